"""Two states side by side: what changed, of which cause, and the rows that did it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from chainmap.show.kpi import LIMITS, figure_name
from chainmap.show.snapshots import column_name
from chainmap.study import JsonRow, Study, UnknownRef
from chainmap.study.content import chain_name, link_name, short_name
from chainmap.study.snapshots import CHAIN_FIGURES, State, code_version, results, study_of
from chainmap.track.diff import (
    Corners,
    Parts,
    Reading,
    RowChange,
    chain_changes,
    parts_of,
    row_changes,
    shares_of,
)
from chainmap.track.kpi import parse_asked
from chainmap.track.snapshot import SETTINGS, Results, hashes

WORDS_OF_A_LINK = ("status", "kind")
RIVALS = 3  # of those who passed or fell behind, so many are looked at for what moved them
ORDER = ("status", "kind", "kpi", "chain", "rank", "priority")
SIGNS = {"added": "+", "removed": "-", "changed": "~"}


@dataclass(frozen=True)
class Inputs:
    """What differs in what was put in."""

    rows: tuple[RowChange, ...]
    chains: Mapping[str, list[str]]
    settings: Mapping[str, tuple[float | None, float | None]]
    as_of: tuple[str, str]
    code: tuple[str, str]

    @property
    def data(self) -> bool:
        return bool(self.rows or self.chains) or self.as_of[0] != self.as_of[1]


@dataclass(frozen=True)
class Difference:
    """What differs between two states: the inputs, and row by row what came of it."""

    inputs: Inputs
    rows: list[JsonRow]


@dataclass(frozen=True)
class _Cases:
    """Results of the ends as they were stored, and of the four cases worked out now."""

    before: Results
    old: Results
    mixed: Results
    other: Results
    new: Results
    after: Results

    def at(self, *way: str) -> Corners:
        """One value in every case."""
        return Corners(*(_in(one, way) for one in (
            self.before, self.old, self.mixed, self.other, self.new, self.after)))  # fmt: skip


def _in(found: Any, way: tuple[str, ...]) -> Any:
    for name in way:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def difference(one: State, other: State) -> Difference:
    """How the second state differs from the first, with the part of each cause.

    Data are tables, chains, region and study date; settings are scoring.yaml. Where the two
    states were worked out by other programs than this one, the program is a third cause.
    """
    studies = study_of(one.files, one.as_of)[0], study_of(other.files, other.as_of)[0]
    inputs = _inputs(one, other, *studies)
    cases = _cases(one, other, studies, inputs)
    finder = _Finder(studies, inputs, cases)
    rows = [row for what in ORDER for row in finder.rows(what)]
    return Difference(inputs, rows)


def _inputs(one: State, other: State, old: Study, new: Study) -> Inputs:
    chains: dict[str, list[str]] = {}
    had, has = old.workspace.chains, new.workspace.chains
    for name in {**had, **has}:
        if changes := chain_changes(had.get(name), has.get(name)):
            chains[name] = changes
    before, after = old.workspace.settings.numbers, new.workspace.settings.numbers
    numbers = {
        name: (before[name].value if name in before else None,
               after[name].value if name in after else None)
        for name in {**before, **after}
    }  # fmt: skip
    return Inputs(
        tuple(row_changes(old.workspace.tables, new.workspace.tables)),
        chains,
        {name: pair for name, pair in numbers.items() if pair[0] != pair[1]},
        (old.world.at.text, new.world.at.text),
        (one.code, other.code),
    )


def _cases(one: State, other: State, studies: tuple[Study, Study], inputs: Inputs) -> _Cases:
    data = inputs.data or _region(studies[0]) != _region(studies[1])
    old = _results(one, studies[0])
    new = _results(other, studies[1]) if data or inputs.settings else old
    if data and inputs.settings:
        mixed = _worked_out(other, one, inputs.as_of[1])
        swapped = _worked_out(one, other, inputs.as_of[0])
    else:
        mixed, swapped = (new, old) if data else (old, new)
    return _Cases(one.stored or old, old, mixed, swapped, new, other.stored or new)


def _results(side: State, study: Study) -> Results:
    """What was stored, where this very program worked it out; else worked out now."""
    if side.stored is not None and side.code == code_version():
        return side.stored
    return results(study, intervals=False)


def _region(study: Study) -> str:
    return hashes(study.workspace)["data/region.yaml"]


def _worked_out(data: State, settings: State, as_of: str) -> Results:
    """Results of one state's data under the other's settings."""
    files = {**data.files, SETTINGS: settings.files[SETTINGS]}
    return results(study_of(files, as_of)[0], intervals=False)


class _Finder:
    """Finds what changed, and the changed rows that its derivation reads on either side."""

    def __init__(self, studies: tuple[Study, Study], inputs: Inputs, cases: _Cases) -> None:
        self.studies, self.inputs, self.cases = studies, inputs, cases
        files = [f"chains/{name}.yaml" for name in inputs.chains]
        date = inputs.as_of[0] != inputs.as_of[1]
        self.places: list[dict[str, RowChange]] = []
        self.reading: list[Reading] = []
        for side in ("old", "new"):
            lines = {
                (f"data/{row.table}.csv", getattr(row, side)): row
                for row in inputs.rows
                if getattr(row, side) is not None
            }
            self.places.append({f"{file}:{line}": row for (file, line), row in lines.items()})
            self.reading.append(Reading(lines, inputs.settings, files, date))

    def rows(self, what: str) -> Iterator[JsonRow]:
        """What changed of one kind, in the order of the page."""
        if what in WORDS_OF_A_LINK:
            for ref in self._refs("links"):
                yield from self._words(what, ref)
        elif what == "priority":
            for ref in self._refs("links"):
                yield from self._number(what, ref, "priority", ("links", ref, "priority"))
        elif what == "chain":
            for ref in self._refs("chains"):
                for name in CHAIN_FIGURES:
                    yield from self._number(what, ref, name, ("chains", ref, name))
        elif what == "kpi":
            for ref in self._refs("kpi"):
                yield from self._number(what, ref, "value", ("kpi", ref, "value"))
        else:
            found = [row for ref in self._refs("ranks") for row in self._rank(ref)]
            top = self.studies[1].world.settings["robust.top"]
            yield from sorted(found, key=lambda row: _by_move(row, top))

    def _refs(self, part: str) -> list[str]:
        return list({**self.cases.before[part], **self.cases.after[part]})

    def _words(self, what: str, ref: str) -> Iterator[JsonRow]:
        corners = self.cases.at("links", ref, what)
        if corners.before != corners.after:
            yield self._row(what, ref, what, corners, shares_of(corners))

    def _number(self, what: str, ref: str, column: str, way: tuple[str, ...]) -> Iterator[JsonRow]:
        corners = self.cases.at(*way)
        if corners.before == corners.after:
            return
        known = corners.before is not None and corners.after is not None
        parts = parts_of(corners) if known else shares_of(corners)
        yield self._row(what, ref, column, corners, parts)

    def _rank(self, ref: str) -> Iterator[JsonRow]:
        corners = self.cases.at("ranks", ref, "position")
        if corners.before == corners.after:
            return
        known = corners.before is not None and corners.after is not None
        parts = parts_of(corners) if known else shares_of(corners)
        row = self._row("rank", ref, "score", corners, parts)
        if not row["rows"] and known:
            row["rows"] = self._of_rivals(ref, corners)
        yield {**row, "column": "position"}

    def _row(self, what: str, ref: str, column: str, corners: Corners, parts: Parts) -> JsonRow:
        return {
            "what": what, "ref": ref, "column": column,
            "before": corners.before, "after": corners.after, "change": _number(parts.whole),
            "data": _number(parts.data), "settings": _number(parts.settings),
            "code": _number(parts.code), "rows": self._causes(ref, column),
        }  # fmt: skip

    def _causes(self, ref: str, column: str) -> list[str]:
        """The changed rows, settings and chain files that either side's figure reads.

        The study date is named only where nothing else is, as almost every figure reads it.
        """
        found: dict[str, None] = {}
        for study, reading, places in zip(self.studies, self.reading, self.places, strict=True):
            try:
                figure = study.why(ref, column)
            except (UnknownRef, LookupError):
                continue
            for place in sorted(reading.of(figure)):
                change = places.get(place)
                found[f"{SIGNS[change.kind]}{change.at}" if change else place] = None
        kept = [place for place in found if place != "as_of"]
        chain = ref.partition("/")[0]
        if not kept and chain in self.inputs.chains:
            return [f"chains/{chain}.yaml"]
        return kept or list(found)

    def _of_rivals(self, ref: str, corners: Corners) -> list[str]:
        """What moved those who passed a candidate or fell behind it."""
        chain = ref.partition("/")[0]
        before, after = self.cases.before["ranks"], self.cases.after["ranks"]
        crossed = [
            other
            for other in {**before, **after}
            if other.startswith(f"{chain}/")
            and (_place(before, other) < corners.before) != (_place(after, other) < corners.after)
        ]
        crossed.sort(key=lambda other: (abs(_place(after, other) - corners.after), other))
        found: dict[str, None] = {}
        for other in crossed:
            causes = self._causes(other, "score")
            found.update(dict.fromkeys(causes))
            if len(found) >= RIVALS:
                break
        return list(found)[:RIVALS]


def _place(ranks: Mapping[str, Any], ref: str) -> float:
    found: float = ranks[ref]["position"] if ref in ranks else float("inf")
    return found


def _by_move(row: JsonRow, top: float) -> tuple[bool, bool, float, str]:
    """Moves that touch the top of a list first, then the widest; who came or left comes last."""
    known = [place for place in (row["before"], row["after"]) if place is not None]
    moved = -abs(row["change"]) if len(known) == 2 else 0.0
    return min(known) > top, len(known) < 2, moved, row["ref"]


def _number(part: Fraction) -> float | int:
    return int(part) if part.denominator == 1 else float(part)


def described(study: Study, row: Mapping[str, Any], lang: str) -> str:
    """What a change is about, in words; by its ref where the workspace has it no longer."""
    ref = row["ref"]
    if row["what"] == "kpi":
        asked = parse_asked(ref.removeprefix("kpi/"))
        limits = {name: study.world.settings[f"kpi.{name}"] for name in LIMITS}
        return f"{asked.period} {figure_name(asked.figure, limits, lang)}"
    chain, *rest = ref.split("/")
    file = study.workspace.chains.get(chain)
    if file is None:
        return str(ref)
    words = [chain_name(file, lang)]
    if rest:
        words.append(link_name(file, rest[0], lang) if rest[0] in file.index else rest[0])
    if len(rest) > 1:
        words = [short_name(study, rest[1]), words[-1]]
    if row["what"] == "chain":
        words.append(column_name(row["column"], lang))
    return "·".join(words)
