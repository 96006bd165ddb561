"""The months of a path: what waits for what, earliest months, slack, the longest way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from chainmap.core.graph import ChainGraph, StatusOf, cycles_and_layers, needs_now
from chainmap.core.model import ACTIVE, Chain
from chainmap.plan.clock import Clock, first_month
from chainmap.plan.tasks import Task

Ids = tuple[str, ...]


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
    needs: Ids
    length: int  # its months that count on a way: of what is under way those to come


@dataclass(frozen=True, slots=True)
class Schedule:
    """The months of every task, each after what it waits for; the months by which each falls
    short of the longest way through the needs; that way, in order; the last month of all."""

    slots: Mapping[str, Slot]
    slack: Mapping[str, int]
    critical: tuple[str, ...]
    end: int | None


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
    end = max((slots[id].end for id, task in tasks.items() if not task.undated), default=None)
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
            before = task.kind == "check" and not task.lands
            (checks if before else works).setdefault(task.link, []).append(task.id)

    def last(link: str) -> tuple[Ids, ...]:
        """The tasks after which a link can be counted on, in alternatives: the first of several
        firms to come will do. One that is made here already can be counted on."""
        if status_of(link) in ACTIVE:
            return ()
        mine = works.get(link) or checks.get(link) or []
        other = tuple(id for id in mine if not tasks[id].lands)
        lands = tuple((*other, id) for id in mine if tasks[id].lands)
        return lands or ((other,) if other else ())

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
            ways = [ids for member in earlier for ids in last(member)]
            if len(ways) == 1:
                always += ways[0]
            else:
                groups.append(tuple(sorted(ways, key=lambda ids: [place[id] for id in ids])))
        for id in checks.get(link, ()):
            found.setdefault(id, Wait())
        for id in works.get(link, ()):
            # What is under way has not waited, and to look at a project needs nothing.
            idle = tasks[id].under_way or tasks[id].kind == "check"
            wait = Wait() if idle else Wait(tuple(always), tuple(groups))
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
        firsts = [min(group, key=lambda ids: max(slots[i].end for i in ids))
                  for group in wait.groups]  # fmt: skip
        chosen = {*wait.always, *(need for ids in firsts for need in ids)}
        needs = tuple(sorted(chosen, key=place.__getitem__))
        ready = max((slots[need].end for need in needs), default=0)
        slots[id] = _slot(task, needs, ready, bands[id], clock)
    return slots


def _slot(task: Task, needs: Ids, ready: int, band: int, clock: Clock) -> Slot:
    """The months of a task that can begin when all that it waits for is ready.

    A written date stands as it is, and a project counts from its own dates. A row of the plan
    keeps its months unless it is ready later only; then all of them move.
    """
    window, progress = task.window(clock), task.progress
    if task.milestone is not None and window is not None:
        return Slot(*window, needs, window[1] - window[0])
    if progress is not None and progress.running:
        left = progress.left(clock)
        start = first_month(progress.begun) if progress.begun else clock.first
        return Slot(min(start, clock.first), clock.first + left, needs, left)
    if window is not None:
        begin = max(window[0], clock.first)
        start = max(begin, ready)
        length = window[1] - window[0]
        end = window[1] if start == begin < window[1] else start + length
        return Slot(start, end, needs, end - start)
    length = clock.length(task.kind)
    start = max(clock.release(task.kind, band), ready)
    return Slot(start, start + length, needs, length)


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
