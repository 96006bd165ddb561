"""An independent check that nothing from after a cut-off reached what was ranked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from chainmap.core.dates import Day, parse_day
from chainmap.core.derivation import Figure, Found, Leaf
from chainmap.core.model import Row
from chainmap.core.problems import Place
from chainmap.core.world import PastWorld

UNDATED = "undated"


class Leak(Exception):
    """Rows that could not be known at the cut-off reached the ranking: where, and why.

    The reason is ``as_of``, ``undated``, or the ids of the sources that were not out.
    """

    def __init__(self, rows: list[tuple[Place, str]]) -> None:
        super().__init__("; ".join(f"{at.file}:{at.line} {why}" for at, why in rows))
        self.rows = rows


def guard(figures: Iterable[Figure]) -> None:
    """Walk all that the figures were computed from; raise Leak for what was not out yet.

    It asks no filter: it looks at the record of what was read, row by row and cell by cell, and
    works the dates of the rows and of their sources out for itself. Only what was read in a past
    world counts; outcomes are read with today's eyes, and must be. Each place is named once.
    """
    leaks: dict[tuple[str, int], tuple[Place, str]] = {}
    seen: set[Figure] = set()
    dates: dict[int, dict[str, Day | None]] = {}
    waiting = list(figures)
    while waiting:
        figure = waiting.pop()
        if figure in seen:
            continue
        seen.add(figure)
        waiting += [part for part in figure.inputs if isinstance(part, Figure)]
        world = figure.world
        if not isinstance(world, PastWorld):
            continue
        if id(world) not in dates:
            dates[id(world)] = _dates(world)
        for at, day, sources in _read(figure, world):
            why = _why(day, sources, dates[id(world)], world.today)
            if why:
                leaks.setdefault((at.file, at.line), (at, why))
    if leaks:
        raise Leak([leaks[key] for key in sorted(leaks)])


def _dates(world: PastWorld) -> dict[str, Day | None]:
    return {row.text("source"): row.day("date") for row in world.workspace.rows("sources")}


def _read(figure: Figure, world: PastWorld) -> Iterator[tuple[Place, Day | None, Iterable[str]]]:
    """Place, date and sources of every row, cell and status set by hand that a figure read."""
    declared = {f"data/{table}.csv" for table in (*PastWorld.HINDSIGHT, "sources")}
    for part in figure.inputs:
        if isinstance(part, Found):
            for row in part.rows:
                if row.file not in declared:
                    yield _of_row(row)
        elif isinstance(part, Leaf) and part.kind == "cell" and part.at.file not in declared:
            yield part.at, _day(part.as_of), part.sources
        elif isinstance(part, Leaf) and part.kind == "structure" and ".status." in part.name:
            chain = world.workspace.chains[part.at.file.rsplit("/", 1)[-1].removesuffix(".yaml")]
            by_hand = chain.links[int(part.name.split(".")[2])].status
            yield part.at, by_hand.as_of if by_hand else None, part.sources


def _of_row(row: Row) -> tuple[Place, Day | None, Iterable[str]]:
    return Place(row.file, row.line), row.day("as_of"), row.sources


def _day(text: str) -> Day | None:
    return parse_day(text) if text else None


def _why(day: Day | None, sources: Iterable[str], out: dict[str, Day | None], cut_off: date) -> str:
    """Why something was not known by the cut-off; empty where it was."""
    if day is None:
        return UNDATED
    if day.last > cut_off:
        return "as_of"
    late = []
    for source in sources:
        dated = out.get(source)
        if dated is None or dated.last > cut_off:
            late.append(source)
    return "|".join(late)
