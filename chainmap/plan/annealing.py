"""A better choice by simulated annealing: what the search for the programme starts from.

One target at a time is moved, taken out, or taken in with another one making way; a step that
costs something is taken with a chance that falls with the cost and with time (Kirkpatrick, Gelatt
and Vecchi 1983, "Optimization by simulated annealing", Science 220).
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Mapping, Sequence

from chainmap.plan.greedy import slots_of, sound
from chainmap.plan.problem import Choice, Problem, Slot, worth
from chainmap.plan.state import State

STEPS, MOST_STEPS = 400, 60_000  # for each target, and in all
HOT, COLD = 3.0, 0.02  # points that a step may usually cost, at the beginning and at the end


def better(
    problem: Problem,
    choice: Choice,
    seconds: float,
    places: Mapping[str, Sequence[int]] | None = None,
) -> dict[int, Slot]:
    """A choice that is worth at least as much; the same for the same problem unless time runs out.

    A choice that is not sound stays. Notes: ``STEPS`` steps for each target and at most
    ``MOST_STEPS``, each the cost of a few gains.
    """
    if not problem.targets or not sound(problem, choice):
        return dict(choice)
    search = _Search(problem, choice, places)
    steps = min(STEPS * len(problem.targets), MOST_STEPS)
    end = time.monotonic() + seconds
    for step in range(steps):
        if step % 256 == 0 and time.monotonic() > end:
            break
        search.step(HOT * (COLD / HOT) ** (step / steps))
    return search.best if sound(problem, search.best) else dict(choice)


class _Search:
    """The state of the search, and the best choice so far."""

    def __init__(
        self, problem: Problem, choice: Choice, places: Mapping[str, Sequence[int]] | None
    ) -> None:
        self.problem = problem
        self.random = random.Random(0)
        self.slots = slots_of(problem, places)
        self.state = State(problem, choice)
        self.value = self.most = worth(problem, choice).total
        self.best = dict(choice)

    def step(self, heat: float) -> None:
        """One change, kept if it gains or if chance lets it pass."""
        state, draw = self.state, self.random
        at = draw.randrange(len(self.problem.targets))
        slots = self.slots(at)
        slot = slots[draw.randrange(len(slots))]
        undo: list[tuple[int, Slot | None]] = []
        change = 0.0
        if at in state.choice:
            if state.needed(at):
                return
            change -= self._out(at, undo)
            if draw.random() < 0.1:
                self._end(change, heat, undo)
                return
        if not state.fits(at, slot):
            one = self._in_the_way(at, slot)
            if one is None or state.needed(one):
                self._undo(undo)
                return
            change -= self._out(one, undo)
            if not state.fits(at, slot):
                self._undo(undo)
                return
        change += state.gain(at, slot)
        state.put(at, slot)
        undo.append((at, None))
        self._end(change, heat, undo)

    def _out(self, at: int, undo: list[tuple[int, Slot | None]]) -> float:
        """Take a target out; what that costs."""
        slot = self.state.out(at)
        undo.append((at, slot))
        return self.state.gain(at, slot)

    def _in_the_way(self, at: int, slot: Slot) -> int | None:
        """A chosen target that takes up what this one would need: its leader's time, its link,
        its group or its place."""
        problem, target = self.problem, self.problem.targets[at]
        place = problem.places[slot[0]].district
        leader = problem.leader(target.chain)
        rivals = []
        for one, (p, year) in self.state.choice.items():
            other = problem.targets[one]
            if (
                other.at == target.at
                or other.group == target.group
                or (year == slot[1] and problem.leader(other.chain) == leader)
                or problem.places[p].district == place
            ):
                rivals.append(one)
        return self.random.choice(rivals) if rivals else None

    def _end(self, change: float, heat: float, undo: list[tuple[int, Slot | None]]) -> None:
        if change < 0 and self.random.random() >= math.exp(change / heat):
            self._undo(undo)
            return
        self.value += change
        if self.value > self.most + 1e-9:
            self.most, self.best = self.value, dict(self.state.choice)

    def _undo(self, undo: list[tuple[int, Slot | None]]) -> None:
        for at, slot in reversed(undo):
            if slot is None:
                self.state.out(at)
            else:
                self.state.put(at, slot)
