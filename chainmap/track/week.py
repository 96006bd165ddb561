"""What the Monday meeting looks at: what moved, what is stuck, what is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from chainmap.core.dates import Day
from chainmap.core.derivation import Ask, Rule
from chainmap.core.schema import STAGE_DATES, STAGES

# Of stages in which something is open: the nearer to the ground, the earlier it is spoken of.
NEAR = ("建设", "开工", "签约", "洽谈", "谋划", "")


@dataclass(frozen=True, slots=True)
class Move:
    """A step of a project: a stage that it reached, or news without one (``progress``)."""

    what: str
    day: Day

    def __str__(self) -> str:
        return f"{self.what} {self.day.text}"


def moves(ask: Ask, project: str, since: str) -> tuple[Move, ...]:
    """What happened to a project after a day, up to the study date, the last first."""
    first, today = date.fromisoformat(since), ask.today().last
    row = ask("project.row", project)
    named = [*zip(STAGE_DATES, STAGES, strict=True), ("progress_date", "progress")]
    found = []
    for column, what in named:
        day = ask.day(row, column) if column in row.cells else None
        if day is not None and first < day.last <= today:
            found.append(Move(what, day))
    return tuple(sorted(found, key=lambda move: move.day.last, reverse=True))


def moved(ask: Ask, since: str) -> tuple[str, ...]:
    """The projects that moved after a day, the last to move first."""
    found = [(one, ask("week.moves", one, since)) for one in ask("projects.all")]
    order = sorted((-mine[0].day.last.toordinal(), one) for one, mine in found if mine)
    return tuple(one for _, one in order)


def stuck(ask: Ask) -> tuple[str, ...]:
    """Projects without news for too long: nearest to the ground first, then the largest."""
    found = []
    for one in ask("projects.all"):
        if ask("project.stale", one):
            amount = ask("project.number", one, "investment_100m_cny")
            near = NEAR.index(ask("project_stage", one))
            found.append((near, -(amount or 0.0), ask("project.quiet", one), one))
    return tuple(one for *_, one in sorted(found))


def due(ask: Ask) -> tuple[str, ...]:
    """Projects whose next step is past or falls due soon, the longest past first."""
    limit = ask.setting("projects.due_days")
    left = {one: ask("project.due_in", one) for one in ask("projects.all")}
    near = [(days, one) for one, days in left.items() if days is not None and days <= limit]
    return tuple(one for _, one in sorted(near))


RULES: dict[str, Rule] = {
    "week.moves": moves,
    "week.moved": moved,
    "week.stuck": stuck,
    "week.due": due,
}
