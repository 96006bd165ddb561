"""The months of a path: what waits for what, earliest months, slack, the longest way.

Everything is counted in whole months, numbered from year 0. The first month to plan is the one
after the study date: terms are promised to a month, and half-years would push work of a quarter
out by up to five months.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from chainmap.core.dates import Day, parse_day
from chainmap.core.graph import ChainGraph, StatusOf, cycles_and_layers, needs_now
from chainmap.core.model import ACTIVE, Chain, Milestone, Settings

TERMS = ("near", "mid", "far")
_LAST_MONTH = 9999 * 12 + 11


@dataclass(frozen=True, slots=True)
class Clock:
    """The settings as months."""

    today: Day
    first: int
    check: int
    work: int
    terms: tuple[int, int, int]
    bounds: tuple[float, float]

    def length(self, kind: str) -> int:
        return self.check if kind == "check" else self.work

    def band(self, priority: float | None) -> int:
        """Term in which a priority wants to be due: 0 near, 1 mid, 2 far."""
        near, mid = self.bounds
        return 2 if priority is None or priority < min(near, mid) else int(priority < near)

    def release(self, kind: str, band: int) -> int:
        """The first month for an action of that band.

        Checks come in three waves, one check long each: what is found in the first year decides
        what later years are for, and a task-force cannot visit every link in one quarter.
        """
        if kind == "check":
            return self.first + band * self.check
        return self.first + (0, self.terms[0], self.terms[1])[band]

    def term(self, end: int) -> str:
        """The term in which an action lies that ends before that month."""
        return next((t for t, n in zip(TERMS, self.terms, strict=True) if end <= self.first + n),
                    "far")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Task:
    """An action before it has dates. ``band`` is the term that its own priority asks for."""

    id: str
    link: str | None
    kind: str
    band: int = 0
    conditional: bool = False
    milestone: Milestone | None = None
    under_way: bool = False


@dataclass(frozen=True, slots=True)
class Wait:
    """What a task waits for: all of ``always``, and of each group the alternative that is first."""

    always: tuple[str, ...] = ()
    groups: tuple[tuple[tuple[str, ...], ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Slot:
    """The months of a task: from ``start`` to before ``end``."""

    start: int
    end: int
    needs: tuple[str, ...]

    @property
    def length(self) -> int:
        """How many months."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Schedule:
    """The months of every task, each after what it waits for; the months by which each falls
    short of the longest way through the needs; that way, in order; the last month of all."""

    slots: Mapping[str, Slot]
    slack: Mapping[str, int]
    critical: tuple[str, ...]
    end: int | None


def clock_of(at: Day, settings: Settings) -> Clock:
    """The settings ``path.*`` at a study date, lengths rounded to months."""

    def months(name: str) -> int:
        return max(1, round(settings[f"path.{name}"] * 12))

    near = months("near_years")
    mid = max(near, months("mid_years"))
    return Clock(
        at,
        index_of(at.last.year, at.last.month) + 1,
        months("check_years"),
        months("action_years"),
        (near, mid, max(mid, months("far_years"))),
        (settings["path.near_priority"], settings["path.mid_priority"]),
    )


def schedule(
    chain: Chain,
    graph: ChainGraph,
    tasks: Mapping[str, Task],
    status_of: StatusOf,
    clock: Clock,
) -> Schedule:
    """The critical-path method over the tasks, which come in the order of the catalogue."""
    waits = _waits(chain, graph, tasks, status_of)
    slots = _earliest(tasks, waits, _pressing(tasks, waits), clock)
    end = max((slots[id].end for id, task in tasks.items() if not undated(task)), default=None)
    slack, critical = _slack(slots)
    return Schedule(slots, slack, critical, end)


def _waits(
    chain: Chain, graph: ChainGraph, tasks: Mapping[str, Task], status_of: StatusOf
) -> dict[str, Wait]:
    """What each task waits for, every task after those that it may wait for."""
    found = {id: Wait(needs) for id, needs in _hand_needs(tasks)}
    checks: dict[str, list[str]] = {}
    works: dict[str, list[str]] = {}
    for task in tasks.values():
        if task.link is not None:
            (checks if task.kind == "check" else works).setdefault(task.link, []).append(task.id)

    def last(link: str) -> tuple[str, ...]:
        """The tasks after which a link can be counted on; one that is made here already can."""
        if status_of(link) in ACTIVE:
            return ()
        return tuple(works.get(link) or checks.get(link) or ())

    place = {id: at for at, id in enumerate(tasks)}
    # Catalogue order within a layer, so that renaming ids changes nothing.
    layers = [sorted(links, key=chain.index.__getitem__) for links in cycles_and_layers(graph)]
    layer = {link: at for at, links in enumerate(layers) for link in links}
    for link in (link for links in layers for link in links):
        always = list(checks.get(link, ()))
        groups = []
        for at, members in graph.needs(link):
            flow = graph.flow(at)
            # Within a layer links need each other only in a cycle, and there no one waits.
            earlier = [m for m in members if layer[m] < layer[link] and last(m)]
            if not needs_now(flow, status_of) or not earlier:
                continue
            if flow.need == "required":
                always += last(earlier[0])
            else:
                groups.append(tuple(sorted(map(last, earlier), key=lambda ids: place[ids[0]])))
        for id in checks.get(link, ()):
            found.setdefault(id, Wait())
        for id in works.get(link, ()):
            # What is under way has not waited, and will not.
            wait = Wait() if tasks[id].under_way else Wait(tuple(always), tuple(groups))
            found.setdefault(id, wait)
    return found


def _hand_needs(tasks: Mapping[str, Task]) -> list[tuple[str, tuple[str, ...]]]:
    """Milestones with what they say they need, each after its needs."""
    needs = {
        id: tuple(need for need in dict.fromkeys(task.milestone.needs) if need in tasks)
        for id, task in tasks.items()
        if task.milestone is not None
    }
    try:
        order = list(TopologicalSorter(needs).static_order())
    except CycleError:  # a checked file has none; an unchecked one must not stop the plan
        return [(id, ()) for id in needs]
    return [(id, needs[id]) for id in order]


def _pressing(tasks: Mapping[str, Task], waits: Mapping[str, Wait]) -> dict[str, int]:
    """The band of each task: what a pressing task waits for is as pressing.

    Of a group the most pressing alternative is taken along, the first in the catalogue of equals.
    """
    bands = {id: task.band for id, task in tasks.items()}
    for id in reversed(list(waits)):
        if tasks[id].milestone is None:
            first = [min(group, key=lambda ids: max(bands[i] for i in ids))
                     for group in waits[id].groups]  # fmt: skip
            for need in (*waits[id].always, *(need for ids in first for need in ids)):
                bands[need] = min(bands[need], bands[id])
    return bands


def _earliest(
    tasks: Mapping[str, Task],
    waits: Mapping[str, Wait],
    bands: Mapping[str, int],
    clock: Clock,
) -> dict[str, Slot]:
    """Earliest months of every task. One without dates gets the months that it would usually take,
    so that others can wait for it."""
    slots: dict[str, Slot] = {}
    place = {id: at for at, id in enumerate(tasks)}
    for id, wait in waits.items():
        task = tasks[id]
        length = clock.length(task.kind)
        firsts = [min(group, key=lambda ids: max(slots[i].end for i in ids))
                  for group in wait.groups]  # fmt: skip
        chosen = {*wait.always, *(need for ids in firsts for need in ids)}
        needs = tuple(sorted(chosen, key=place.__getitem__))
        given = _given(task.milestone, length)
        if given is None:
            release = clock.release(task.kind, bands[id])
            start = max([release, *(slots[need].end for need in needs)])
            given = (start, start + length)
        slots[id] = Slot(*given, needs)
    return slots


def _given(milestone: Milestone | None, length: int) -> tuple[int, int] | None:
    """The months of a milestone; where one of its dates is open, by the usual length."""
    if milestone is None or (milestone.start is None and milestone.due is None):
        return None
    start, end = milestone.start, milestone.due
    first = index_of(start.first.year, start.first.month) if start else None
    after = index_of(end.last.year, end.last.month) + 1 if end else None
    if first is None:
        assert after is not None
        return max(12, after - length), after
    return first, first + length if after is None else after


def _slack(slots: Mapping[str, Slot]) -> tuple[dict[str, int], tuple[str, ...]]:
    """How far each task is from the longest way through the needs, and that way; of equal ways
    the first.

    Lengths alone count: the wait for a term is a choice and not work, and a written date may lie
    anywhere. Notes: forward and backward pass, O(tasks + needs).
    """
    before: dict[str, int] = {}  # months up to and with the task
    for id, slot in slots.items():
        before[id] = slot.length + max((before[need] for need in slot.needs), default=0)
    after = {id: slot.length for id, slot in slots.items()}  # months from its start on
    for id in reversed(list(slots)):
        for need in slots[id].needs:
            after[need] = max(after[need], slots[need].length + after[id])
    longest = max(before.values(), default=0)
    slack = {id: longest - before[id] - after[id] + slot.length for id, slot in slots.items()}
    way: list[str] = []
    at = next((id for id in slots if before[id] == longest), None)
    while at is not None:
        way.append(at)
        left = before[at] - slots[at].length
        at = next((need for need in slots[at].needs if before[need] == left), None)
    return slack, tuple(reversed(way))


def undated(task: Task) -> bool:
    """Whether a task is a milestone without any date."""
    return task.milestone is not None and _given(task.milestone, 1) is None


def index_of(year: int, month: int) -> int:
    """The number of a month."""
    return year * 12 + month - 1


def month_of(index: int) -> Day:
    """The month of a number, ``YYYY-MM``."""
    year, month = divmod(min(index, _LAST_MONTH), 12)
    return parse_day(f"{year:04d}-{month + 1:02d}")
