"""How far projects have come, and when their next date is due.

Usual times: a contract after ``path.sign_share`` of ``path.action_years``, the start of work at
its end, production ``path.build_years`` later. A project is due at the start of work, and once
that is reached at production. Its date counts from the date of the stage that it stands at;
where that date is not known, or the usual time is already over, from the study date. A project
of which nothing was said for ``path.news_years`` is silent: nothing is known of its stage either,
so it moves nothing, and where it is said to be on the way it is looked at first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from chainmap.core.dates import Day, years_later
from chainmap.core.model import Row
from chainmap.core.schema import STAGE_DATES, STAGES
from chainmap.plan.clock import Clock, month_after

_SIGNED, _STARTED, _BUILDING, _PRODUCED = map(STAGES.index, ("签约", "开工", "建设", "投产"))


@dataclass(frozen=True, slots=True)
class Chosen:
    """A row of the plan: which firm is to come to a link, where and when."""

    link: str
    firm: str
    name: str
    kind: str
    district: str | None
    start: Day
    due: Day


@dataclass(frozen=True, slots=True)
class Progress:
    """A project before production. ``since``: the date of its stage; ``begun``: its first date;
    ``news``: the newest day on which something was said of it; ``silent``: long ago."""

    project: str
    name: str
    firm: str
    link: str
    district: str | None
    unit: str | None
    place: int
    since: Day | None
    begun: Day | None
    news: date
    silent: bool
    next_step: str | None
    next_due: Day | None

    @property
    def stage(self) -> str:
        """The stage in the words of the table."""
        return STAGES[self.place]

    @property
    def signed(self) -> bool:
        """Whether there is a contract."""
        return self.place >= _SIGNED

    @property
    def running(self) -> bool:
        """Whether there is a contract, and news."""
        return self.signed and not self.silent

    def step(self, clock: Clock) -> int:
        """The usual months from its stage to the next date that counts."""
        if self.place >= _STARTED:
            return clock.build
        return clock.work - clock.sign if self.signed else clock.sign

    def left(self, clock: Clock) -> int:
        """The months of work left to its next date: the start of work, then production."""
        left = 0 if self.since is None else month_after(self.since) + self.step(clock) - clock.first
        return max(1, left if left > 0 else self.step(clock))

    def risks(self, clock: Clock) -> tuple[str, ...]:
        """What is wrong with it at the study date.

        ``stage``: longer at its stage than ``path.behind`` times the usual. ``next_due``: the
        date of its next step is past. ``news``: it is silent.
        """
        today = clock.today.last
        waited = clock.first - month_after(self.since) if self.since else 0
        found = {
            "stage": not self.silent and waited > clock.behind * self.step(clock),
            "next_due": self.next_due is not None and self.next_due.last < today,
            "news": self.silent,
        }
        return tuple(name for name, true in found.items() if true)


def progress_of(row: Row, clock: Clock) -> Progress | None:
    """How far a project is at the study date; None once it has ended or produces, and where no
    stage is known."""
    at = clock.today
    if row.text("stage") == "终止" or _by(row.day("ended"), at):
        return None
    stages = zip(STAGES[:-1], STAGE_DATES[:-1], strict=True)
    reached: dict[int, Day] = {}
    for place, (_, column) in enumerate(stages):
        day = row.day(column)
        if day is not None and _by(day, at):
            reached[place] = day
    stated = [STAGES.index(row.text("stage"))] if row.text("stage") else []
    place = max([*stated, *reached], default=-1)
    if not 0 <= place < _PRODUCED:
        return None
    # What is being built has started: of both dates the first one.
    since = reached.get(_STARTED) if place == _BUILDING else None
    told = [row.as_of, *(day.last for day in reached.values())]
    progress = row.day("progress_date")
    if progress is not None and _by(progress, at):
        told.append(progress.last)
    return Progress(
        row.text("project"),
        row.text("name"),
        row.text("firm"),
        row.text("link"),
        row.text("district") or None,
        row.text("unit") or None,
        place,
        since or reached.get(place),
        min(reached.values(), key=lambda day: day.first, default=None),
        max(told),
        years_later(max(told), clock.news_years) < at.last,
        row.text("next_step") or None,
        row.day("next_due"),
    )


def furthest(projects: Iterable[Progress]) -> Progress | None:
    """The project that is furthest, first of those with news; of equals the one with the newest
    news, then the first id."""
    in_order = sorted(projects, key=lambda one: one.project)
    return max(in_order, key=lambda one: (not one.silent, one.place, one.news), default=None)


def _by(day: Day | None, at: Day) -> bool:
    return day is not None and day.last <= at.last
