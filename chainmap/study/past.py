"""The test on the past: the table with what stands around it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from chainmap.core.dates import Day
from chainmap.core.derivation import Figure
from chainmap.core.world import PastWorld
from chainmap.rank.backtest.guard import guard
from chainmap.rank.backtest.lines import Line
from chainmap.rank.backtest.methods import METHODS
from chainmap.rank.backtest.scope import PARTS, Scope
from chainmap.rank.backtest.units import SIGNED, Units
from chainmap.study import JsonRow, Study, refs


class NotOut(LookupError):
    """The list was not out by the cut-off; ``first`` is the day from which one of it was."""

    def __init__(self, on: str, first: str | None) -> None:
        super().__init__(on)
        self.on, self.first = on, first


@dataclass(frozen=True)
class Table:
    """The lines of a part, and what they are measured on."""

    universe: int
    positives: int
    groups: int  # that are positive at some cut-off
    rows: list[JsonRow]


@dataclass(frozen=True)
class Test:
    """Tables over all units, those that had not come by the cut-off, and those that had.

    ``undated``: projects of which neither the signing nor the beginning of work has a date.
    ``unseen``: rows out of sight at each cut-off, over the tables that were used.
    """

    cut_offs: tuple[str, ...]
    all: Table
    new: Table
    here: Table
    undated: int
    unseen: tuple[int, ...]
    coverage: dict[str, float] | None  # of the scores by grade of evidence


def test_on_the_past(study: Study, scope: Scope) -> Test:
    """Rank at each cut-off with what was out by then, and compare with who signed afterwards.

    Raises NotOut, and rank.backtest.guard.Leak before anything is measured.
    """
    cut_offs = scope.cut_offs(int(study.world.settings["backtest.months"]))
    figures = [
        study.book.figure("backtest.units", scope.on, day.text, scope.until.text, scope.mode,
                          scope.by)
        for day in cut_offs
    ]  # fmt: skip
    guard(figures)
    ranked: list[Units] = [figure.value for figure in figures]
    if not all(one.units for one in ranked):
        raise NotOut(scope.on, first_out(study, scope.on))
    whole, new, here = (_table(study, replace(scope, part=part)) for part in PARTS)
    projects = study.world.newest("projects")
    undated = sum(all(row.day(column) is None for column in SIGNED) for row in projects)
    days = tuple(day.text for day in cut_offs)
    coverage = study.book.value("coverage.past", scope.word)
    return Test(days, whole, new, here, undated, tuple(map(_unseen, figures)), coverage)


def _unseen(units: Figure) -> int:
    """Rows that the world of a cut-off kept out of sight."""
    worlds = {part.world for part in units.inputs if isinstance(part, Figure)}
    return sum(sum(one.unseen.values()) for one in worlds if isinstance(one, PastWorld))


def _table(study: Study, scope: Scope) -> Table:
    """A row a method; no rows where no unit is positive."""
    lines: list[Line] = [study.book.value("backtest.line", scope.word, name) for name in METHODS]
    first = lines[0]
    rows = [refs.row_of(study.book, refs.BACKTEST_COLUMNS, (scope.word, name)) for name in METHODS]
    return Table(
        first.universe, first.positives, len(first.groups), rows if first.positives else []
    )


def first_out(study: Study, on: str) -> str | None:
    """The first day on which a place of the list was out with all its sources, if any is."""
    dates = {row.text("source"): row.day("date") for row in study.workspace.rows("sources")}
    days = []
    for row in study.workspace.rows("lists"):
        known: list[Day | None] = [row.day("as_of"), *(dates.get(one) for one in row.sources)]
        if row.text("list") == on and None not in known:
            days.append(max(day.last for day in known if day is not None))
    return min(days).isoformat() if days else None
