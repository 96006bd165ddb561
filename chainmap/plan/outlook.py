"""Where the actions of a path stand at the study date: what is left, when each will end, what is
late and what is at risk.

*Left* is, of an action with a contract, what its project usually still takes; of any other its
months less those that have passed. But where a contract would be on record, no more than
``path.sign_share`` of an action can have been done without one. Nothing that is open has less
than a month left.

The *forecast* is the critical-path method from today: what has begun goes on from now, anything
else begins in its first month, or later when what it needs ends later.

*Late* is what was due before the study date and is not done. *At risk* is what is not late, but
``time``: what is left does not fit before its date; ``needs``: it would fit, but what it needs
ends too late; or its project is behind (see ``progress.Progress.risks``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from chainmap.core.dates import Day
from chainmap.plan.clock import Clock, month_of
from chainmap.plan.schedule import Slot
from chainmap.plan.tasks import Task


@dataclass(frozen=True, slots=True)
class Outlook:
    """Months left, the month in which it will end (None once done), and what is wrong."""

    left: int
    forecast: Day | None
    late: bool
    risk: tuple[str, ...]


DONE = Outlook(0, None, False, ())


def outlooks(
    tasks: Mapping[str, Task],
    slots: Mapping[str, Slot],
    due: Mapping[str, Day | None],
    done: Callable[[Task], bool],
    clock: Clock,
) -> dict[str, Outlook]:
    """The outlook of every task; ``slots`` has each after what it needs.

    Notes: one forward pass, O(tasks + needs).
    """
    ends: dict[str, int] = {}
    found: dict[str, Outlook] = {}
    for id, slot in slots.items():
        task = tasks[id]
        if done(task):
            found[id] = DONE
            continue
        begun = task.under_way or slot.start < clock.first
        left = _left(task, slot, clock)
        alone = (clock.first if begun else slot.start) + left
        waits = [] if begun else [ends[need] for need in slot.needs if need in ends]
        ends[id] = max(alone, *(end + left for end in waits)) if waits else alone
        day = due[id]
        late = day is not None and day.last < clock.today.last
        risk = () if late or day is None else _risk(task, slot, (alone, ends[id]), clock)
        found[id] = Outlook(left, month_of(ends[id] - 1), late, risk)
    return found


def _left(task: Task, slot: Slot, clock: Clock) -> int:
    if task.progress is not None and task.progress.running:
        return task.progress.left(clock)
    start, end = task.window(clock) or (slot.start, slot.end)
    passed = max(0, clock.first - start)
    if task.kind != "check" and task.link is not None:
        passed = min(passed, clock.part(end - start))
    return max(1, end - start - passed)


def _risk(task: Task, slot: Slot, ends: tuple[int, int], clock: Clock) -> tuple[str, ...]:
    alone, whole = ends
    found: tuple[str, ...] = ()
    if whole > slot.end:
        found = ("time",) if alone > slot.end else ("needs",)
    if task.progress is None or task.kind == "check":
        return found
    return (*found, *task.progress.risks(clock))
