"""What a workbook changes: its rows beside those of the files, and those it was made of.

Three sides are compared, as in a merge: the row when the workbook was made (its mark), the row
on the sheet, and the row in the file now. Who did not touch a row changes nothing; where both
did, it is said and nothing is chosen.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from chainmap.core.problems import Place
from chainmap.core.schema import EXTRA_KEYS, Table
from chainmap.read.holdings import Held, alike, mark

if TYPE_CHECKING:
    from chainmap.read.workbook import Line

What = Literal["added", "changed", "removed"]
Key = tuple[str, ...]
Cell = tuple[str, str, str]  # its column, and what it holds before and after


@dataclass(frozen=True)
class Change:
    """A row that differs: on which sheet, which key, and each cell before and after.

    ``at`` is the cell or row that asks for it; of a removed row the line of its file.
    """

    what: What
    sheet: str
    key: str
    at: Place
    cells: tuple[Cell, ...]


@dataclass
class Compared:
    """The rows of one sheet beside those of its file.

    ``same`` pairs rows that stay, ``edits`` those with other cells, ``clashes`` those that were
    changed on both sides; ``gone`` are rows of the file that someone took off the
    sheet, or that it lacks where the workbook does not tell what it was made of.
    """

    same: list[tuple[Held, Line]] = field(default_factory=list)
    edits: list[tuple[Held, Line, dict[str, str]]] = field(default_factory=list)
    clashes: list[tuple[Held | None, Line]] = field(default_factory=list)
    added: list[Line] = field(default_factory=list)
    gone: list[Held] = field(default_factory=list)
    behind: int = 0  # rows that only the files have changed since the workbook was made


def compared(
    schema: Table,
    held: Sequence[Held],
    lines: Sequence[Line],
    told: frozenset[str],
    base: Sequence[str] | None,
) -> Compared:
    """Compare a sheet with its file. O(n) beside sorting.

    ``told`` are the columns that the sheet has: of the others it says nothing. ``base`` are the
    marks of the rows that the workbook was made of; None where it does not tell.
    """
    return _Comparison(schema, held, lines, told, base).run()


class _Comparison:
    """One sheet beside its file: rows find each other step by step, surest first."""

    def __init__(
        self,
        schema: Table,
        held: Sequence[Held],
        lines: Sequence[Line],
        told: frozenset[str],
        base: Sequence[str] | None,
    ) -> None:
        self.schema, self.told, self.base = schema, told, base
        self.made_of = frozenset(base or ())
        self.held = list(held)
        self.marks = [mark(schema.name, row.cells) for row in held]
        self.free = dict.fromkeys(range(len(held)))  # rows of the file without a partner yet
        self.lines = list(lines)
        self.found = Compared()
        self.whole = all(name in told for row in held for name in row.cells)

    def run(self) -> Compared:
        """Pair the rows, and say what becomes of those without a partner."""
        own = {line.number: mark(self.schema.name, line.cells) for line in self.lines}
        left = self._pair(self.lines, lambda at: self.marks[at], lambda line: own[line.number])
        known = set(self.marks)
        left = self._pair(left, lambda at: self.marks[at], lambda line: line.mark)
        fresh: list[Line] = []
        stale: list[Line] = []
        for line in left:
            # A mark that no row of the file bears any more: the file was changed since.
            is_stale = bool(line.mark) and line.mark not in known and self._was_made_of(line.mark)
            (stale if is_stale else fresh).append(line)
        for columns in self._keys():
            stale = self._meet(stale, columns, own)
        for line in stale:
            if own[line.number] == line.mark:
                self.found.behind += 1
            else:
                self.found.clashes.append((None, line))
        for columns in self._keys():
            fresh = self._pair(fresh, *self._by(columns), single=True)
        self.found.added = fresh
        self._gone()
        return self.found

    def _was_made_of(self, one: str) -> bool:
        return one in self.made_of

    def _keys(self) -> list[tuple[str, ...]]:
        """Columns that tell a row from the others, from most to fewest."""
        keys = self.schema.keys
        more = EXTRA_KEYS.get(self.schema.name, ())
        dated = ("as_of",) if self.schema.dated else ()
        ways = [(*keys, *more, *dated, "source"), (*keys, *more, *dated), (*keys, *more), keys]
        return [tuple(dict.fromkeys(way)) for way in ways if set(way) & self.told]

    def _by(self, columns: Sequence[str]) -> tuple[Callable[[int], Key], Callable[[Line], Key]]:
        name = self.schema.name

        def of_held(at: int) -> Key:
            return tuple(alike(name, c, self.held[at].cells.get(c, "")) for c in columns)

        def of_line(line: Line) -> Key:
            return tuple(alike(name, c, line.cells.get(c, "")) for c in columns)

        return of_held, of_line

    def _pair(
        self,
        lines: Sequence[Line],
        of_held: Callable[[int], object],
        of_line: Callable[[Line], object],
        single: bool = False,
    ) -> list[Line]:
        """Pair lines with rows of the file that have the same name; the lines left over.

        With ``single`` only where it names one row on either side.
        """
        waiting: dict[object, list[int]] = defaultdict(list)
        for at in self.free:
            waiting[of_held(at)].append(at)
        often = Counter(of_line(line) for line in lines)
        left = []
        for line in lines:
            name = of_line(line)
            rows = waiting.get(name)
            if not name or not rows or (single and (len(rows) > 1 or often[name] > 1)):
                left.append(line)
                continue
            at = rows.pop(0)
            del self.free[at]
            self._settle(at, line)
        return left

    def _settle(self, at: int, line: Line) -> None:
        """Two rows that are the same one: what differs between them."""
        new = self._difference(at, line)
        if new:
            self.found.edits.append((self.held[at], line, new))
        else:
            self.found.same.append((self.held[at], line))

    def _difference(self, at: int, line: Line) -> dict[str, str]:
        held, name = self.held[at].cells, self.schema.name
        return {
            column: line.cells.get(column, "")
            for column in dict.fromkeys((*line.cells, *held))
            if column in self.told
            and alike(name, column, line.cells.get(column, ""))
            != alike(name, column, held.get(column, ""))
        }

    def _meet(
        self, lines: Sequence[Line], columns: Sequence[str], own: dict[int, str]
    ) -> list[Line]:
        """Lines whose rows were changed in the file since: untouched ones give way."""
        of_held, of_line = self._by(columns)
        waiting: dict[Key, list[int]] = defaultdict(list)
        for at in self.free:
            waiting[of_held(at)].append(at)
        left = []
        for line in lines:
            rows = waiting.get(of_line(line))
            if not rows:
                left.append(line)
                continue
            at = rows.pop(0)
            del self.free[at]
            if own[line.number] == line.mark or not self._difference(at, line):
                self.found.same.append((self.held[at], line))
                self.found.behind += own[line.number] == line.mark
            else:
                self.found.clashes.append((self.held[at], line))
        return left

    def _gone(self) -> None:
        """Rows of the file that the workbook was made of, or may have been, and has no more."""
        base = None if self.base is None else Counter(self.base)
        # A row that became another one on the sheet, as on a later day, was not taken off it.
        still = {line.mark for line in self.lines if line.mark}
        for at in self.free:
            if self.marks[at] not in still and (base is None or base[self.marks[at]] > 0):
                self.found.gone.append(self.held[at])
