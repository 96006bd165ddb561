"""What changed between two states, and how much of it came of data, settings and program.

Of two causes that changed together, each gets the mean of what it does when it is changed first
and when it is changed last (the Shapley value of two players). All parts are exact fractions and
add up to the whole change, to the last digit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from chainmap.core.derivation import Figure, Found, Leaf
from chainmap.core.model import Chain, Row
from chainmap.core.schema import BY_NAME
from chainmap.track.snapshot import said

DIGITS = 6  # results are kept to so many decimals, so that parts can be written out in full
HALF = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Parts:
    """How much of a change came of data, of settings and of the program."""

    data: Fraction
    settings: Fraction
    code: Fraction

    @property
    def whole(self) -> Fraction:
        """The whole change, exactly."""
        return self.data + self.settings + self.code


@dataclass(frozen=True, slots=True)
class Corners:
    """A value as it was stored, and as it is worked out now with either side's inputs.

    ``mixed`` has the new data with the old settings, ``other`` the old data with the new
    settings. None: there is no such value in that case.
    """

    before: Any
    old: Any
    mixed: Any
    other: Any
    new: Any
    after: Any


def exact(value: float | int) -> Fraction:
    """A number as it is written."""
    return Fraction(Decimal(repr(value)))


def kept(value: float | None) -> float | None:
    """A number as results keep it."""
    return None if value is None else round(float(value), DIGITS) + 0.0


def parts_of(corners: Corners) -> Parts:
    """The parts of a change of a number; both ends must be known.

    Where the program of today has no value for an end, what was stored stands in; where a swap
    has none, the swap is taken to change nothing by itself.
    """
    before, after = exact(corners.before), exact(corners.after)
    old = before if corners.old is None else exact(corners.old)
    new = after if corners.new is None else exact(corners.new)
    mixed = old if corners.mixed is None else exact(corners.mixed)
    other = old if corners.other is None else exact(corners.other)
    data = HALF * ((mixed - old) + (new - other))
    return Parts(data, (new - old) - data, (after - new) + (old - before))


def shares_of(corners: Corners) -> Parts:
    """The parts of a change of a word, as shares of 1: who made it what it is now."""
    values = (corners.before, corners.old, corners.mixed, corners.other, corners.new, corners.after)
    return parts_of(Corners(*(int(value == corners.after) for value in values)))


# Which rows changed


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row that came, went or says something else; lines are those of the two states."""

    kind: str  # added | removed | changed
    table: str
    key: str
    old: int | None
    new: int | None
    columns: tuple[str, ...] = ()

    @property
    def at(self) -> str:
        """Where the row stands: ``data/TABLE.csv:LINE``, in the old state where it is gone."""
        line = self.new if self.new is not None else self.old
        return f"data/{self.table}.csv:{line}"


def row_changes(old: Mapping[str, Sequence[Row]], new: Mapping[str, Sequence[Row]]) -> list[
    RowChange
]:  # fmt: skip
    """The rows that differ between two states, whatever their order."""
    found: list[RowChange] = []
    for table in BY_NAME:
        found += _of_table(table, old.get(table, ()), new.get(table, ()))
    return found


def _of_table(table: str, old: Sequence[Row], new: Sequence[Row]) -> list[RowChange]:
    before, after = {said(row): row for row in old}, {said(row): row for row in new}
    gone = [row for words, row in before.items() if words not in after]
    came = [row for words, row in after.items() if words not in before]
    names = BY_NAME[table].keys
    waiting: dict[tuple[str, ...], list[Row]] = {}
    for row in gone:
        waiting.setdefault(_key(row, names), []).append(row)
    found = []
    for row in came:
        match = _nearest(waiting.get(_key(row, names), []), row)
        if match is None:
            found.append(RowChange("added", table, "/".join(_key(row, names)), None, row.line))
            continue
        waiting[_key(row, names)].remove(match)
        columns = sorted(name for name in {*row.cells, *match.cells}
                         if row.cells.get(name) != match.cells.get(name))  # fmt: skip
        key = "/".join(_key(row, names))
        found.append(RowChange("changed", table, key, match.line, row.line, tuple(columns)))
    left = [row for rows in waiting.values() for row in rows]
    found += [RowChange("removed", table, "/".join(_key(row, names)), row.line, None)
              for row in left]  # fmt: skip
    return found


def _key(row: Row, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(row.text(name) for name in names)


def _nearest(rows: Sequence[Row], row: Row) -> Row | None:
    """Of rows with the same key the one that shares most cells, its date above all."""

    def alike(one: Row) -> tuple[bool, int]:
        same = sum(one.cells.get(name) == value for name, value in row.cells.items())
        return one.text("as_of") == row.text("as_of"), same

    return max(rows, key=alike, default=None)


def chain_changes(old: Chain | None, new: Chain | None) -> list[str]:
    """The links and flows of a chain that differ, by id; the whole file where one side has none."""
    if old is None or new is None:
        return ["*"]
    found = []
    links = ({one.id: one for one in chain.links} for chain in (old, new))
    before, after = links
    found += [name for name in {**before, **after} if before.get(name) != after.get(name)]
    flows = ({(one.sources, one.target): one for one in chain.flows} for chain in (old, new))
    had, has = flows
    found += [f"{'|'.join(ends[0])}>{ends[1]}" for ends in {**had, **has}
              if had.get(ends) != has.get(ends)]  # fmt: skip
    return found or ([] if old.file == new.file else ["*"])


class Reading:
    """Which changed things a figure's derivation reads: rows, settings, chain files, the date."""

    def __init__(self, wanted: Iterable[tuple[str, int]], settings: Iterable[str],
                 chains: Iterable[str], date: bool) -> None:  # fmt: skip
        self.lines = set(wanted)
        self.settings, self.chains, self.date = set(settings), set(chains), date
        self._known: dict[Figure, frozenset[str]] = {}

    def of(self, figure: Figure) -> frozenset[str]:
        """Places ``file:line``, ``file`` of a chain, ``setting:NAME`` or ``as_of``."""
        known = self._known.get(figure)
        if known is not None:
            return known
        found: set[str] = set()
        for part in figure.inputs:
            if isinstance(part, Figure):
                found |= self.of(part)
            elif isinstance(part, Found):
                found.update(f"{row.file}:{row.line}" for row in part.rows
                             if (row.file, row.line) in self.lines)  # fmt: skip
            else:
                found.update(self._leaf(part))
        self._known[figure] = frozenset(found)
        return self._known[figure]

    def _leaf(self, leaf: Leaf) -> Iterable[str]:
        if leaf.kind == "cell" and (leaf.at.file, leaf.at.line or 0) in self.lines:
            yield f"{leaf.at.file}:{leaf.at.line}"
        elif leaf.kind == "setting" and leaf.name in self.settings:
            yield f"setting:{leaf.name}"
        elif leaf.kind == "structure" and leaf.at.file in self.chains:
            yield leaf.at.file
        elif leaf.kind == "date" and self.date:
            yield "as_of"
