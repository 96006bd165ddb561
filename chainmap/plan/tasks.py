"""What is to be done on a chain, before it has dates: from gaps, milestones, projects, the plan.

A row of the plan takes the place of the action that its link's gap would get. A hand-written
milestone takes the place of the generated action of the same link and kind, but not of a row of
the plan: that one names who is to come. A link that is being built has a task for every project
on the way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from chainmap.core.model import Chain, Milestone
from chainmap.plan.clock import Clock, first_month, month_after
from chainmap.plan.progress import Chosen, Progress, furthest

WORK = ("fill", "extend", "build", "strengthen", "deepen")
Origin = Literal["hand", "generated", "project", "plan"]


@dataclass(frozen=True, slots=True)
class Need:
    """What a link's gap asks for: its kind, what it may be, how sure and how pressing it is."""

    link: str
    kind: str
    suspect: str | None
    settled: bool
    priority: float | None
    status: str

    @property
    def unsettled(self) -> bool:
        """Whether a check must say first what there is to do."""
        return self.kind == "check" or (self.kind in WORK and not self.settled)

    @property
    def work(self) -> str | None:
        """The kind of action that would close the gap, None where there is none."""
        kind = self.suspect if self.kind == "check" else self.kind
        return kind if kind in WORK else None


@dataclass(frozen=True, slots=True)
class Task:
    """An action before it has dates. ``band`` is the term that its own priority asks for."""

    id: str
    link: str | None
    kind: str
    origin: Origin
    band: int = 0
    conditional: bool = False
    milestone: Milestone | None = None
    progress: Progress | None = None
    chosen: Chosen | None = None

    @property
    def under_way(self) -> bool:
        """Whether there is a contract for it, and news."""
        return self.progress is not None and self.progress.running

    @property
    def lands(self) -> bool:
        """Whether it is one of several that may each bring the link about."""
        return self.origin in ("project", "plan")

    def window(self, clock: Clock) -> tuple[int, int] | None:
        """The months that a milestone or the plan gives it, from the first to the one after.

        Where a milestone leaves one of its dates open, the other follows by the usual length.
        """
        if self.chosen is not None:
            start = first_month(self.chosen.start)
            return start, max(start + 1, month_after(self.chosen.due))
        if self.undated or self.milestone is None:
            return None
        length, due = clock.length(self.kind), self.milestone.due
        if self.milestone.start is None:
            assert due is not None
            return max(12, month_after(due) - length), month_after(due)
        start = first_month(self.milestone.start)
        return start, start + length if due is None else month_after(due)

    @property
    def undated(self) -> bool:
        """Whether it is a milestone without any date."""
        by_hand = self.milestone
        return by_hand is not None and by_hand.start is None and by_hand.due is None


def tasks_of(
    chain: Chain,
    wanted: Mapping[str, Need],
    projects: Iterable[Progress],
    chosen: Sequence[Chosen],
    clock: Clock,
) -> dict[str, Task]:
    """The tasks by id: milestones, then link by link in the order of the catalogue.

    A slash keeps generated ids apart from those of milestones.
    """
    on_link: dict[str, list[Progress]] = {}
    for one in sorted(projects, key=lambda one: one.project):
        on_link.setdefault(one.link, []).append(one)
    found = {task.id: task for task in _by_hand(chain, on_link)}
    rows: dict[str, list[Chosen]] = {}
    for row in sorted(chosen, key=lambda row: row.firm):
        rows.setdefault(row.link, []).append(row)
    taken = {(task.link, task.kind) for task in found.values()}
    carried = {task.progress.project for task in found.values() if task.progress}
    for link in chain.links:
        need = wanted.get(link.id)
        here = on_link.get(link.id, [])
        made = [*_of_gap(need, here, clock)] if need else []
        if link.id in rows:
            made = [task for task in made if task.kind == "check"]
            made += _of_plan(rows[link.id], need, here, clock)
        made = [task for task in made if task.lands or (task.link, task.kind) not in taken]
        told = carried | {task.progress.project for task in made if task.progress}
        if need and (need.kind == "planned" or (link.id in rows and not need.unsettled)):
            made += [_of_project(one) for one in here if one.signed and one.project not in told]
        found |= {task.id: task for task in made}
    return found


def _by_hand(chain: Chain, on_link: Mapping[str, Sequence[Progress]]) -> Iterator[Task]:
    """The milestones; of its link's projects the furthest moves one."""
    for milestone in sorted(chain.file.path, key=lambda m: m.id):
        here = on_link.get(milestone.link or "", ()) if milestone.action != "check" else ()
        yield Task(milestone.id, milestone.link, milestone.action, "hand", milestone=milestone,
                   progress=furthest(here))  # fmt: skip


def _of_gap(need: Need, here: Sequence[Progress], clock: Clock) -> Iterator[Task]:
    """The check of a gap that is not settled, and the action that closes the gap.

    A project on a link moves the action of a settled gap only: it cannot be what an open check
    would ask for.
    """
    band = clock.band(need.priority)
    if need.unsettled:
        yield Task(f"{need.link}/check", need.link, "check", "generated", band)
    if need.work:
        one = Task(f"{need.link}/{need.work}", need.link, need.work, "generated", band,
                   conditional=need.unsettled)  # fmt: skip
        if not need.unsettled:
            one = replace(one, progress=furthest(here))
        yield replace(one, band=0) if one.under_way else one


def _of_project(one: Progress) -> Task:
    """A project on the way is pushed on; a silent one is looked at."""
    kind = "check" if one.silent else "advance"
    return Task(f"{one.link}/advance/{one.project}", one.link, kind, "project", progress=one)


def _of_plan(
    rows: Sequence[Chosen], need: Need | None, here: Sequence[Progress], clock: Clock
) -> Iterator[Task]:
    """A task for every firm that the plan brings to a link; its own project moves it."""
    unsettled = need is not None and need.unsettled
    for row in rows:
        kind = row.kind if row.kind in WORK else (need and need.work) or "build"
        own = [] if unsettled else [one for one in here if one.firm == row.firm]
        band = clock.band_before(first_month(row.start))
        yield Task(f"{row.link}/{row.firm}", row.link, kind, "plan", band, unsettled,
                   progress=furthest(own), chosen=row)  # fmt: skip
