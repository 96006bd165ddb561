"""Down the ranking, each target at its best place: what a task-force would do by hand.

It stands beside the plan to say what choosing everything together is worth.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from chainmap.plan.problem import Choice, Line, Problem, Slot, broken
from chainmap.plan.state import State

WORTHWHILE = 1e-9  # a gain below this is rounding


def sound(problem: Problem, choice: Choice) -> bool:
    """Whether a choice breaks no rule at all."""
    return next(broken(problem, choice), None) is None


def greedy(
    problem: Problem, order: Iterable[int], places: Mapping[str, Sequence[int]] | None = None
) -> dict[int, Slot]:
    """First what must be, then the floors, then down the order as long as something is gained.

    The choice breaks no limit, but may miss a floor or a line that must be: see ``broken``.
    ``places``: of a chain, those to try. Notes: O(targets x slots) evaluations of one gain.
    """
    slots = slots_of(problem, places)
    state = State(problem)
    turn = list(order)
    for line in problem.must:
        _take_one(state, turn, line, slots)
    for chain, least in problem.least.items():
        for at in turn:
            if state.chains[chain] >= least:
                break
            if problem.targets[at].chain == chain and at not in state.choice:
                _take(state, at, slots(at), needed=True)
    for at in turn:
        if at not in state.choice:
            _take(state, at, slots(at))
    return state.choice


Slots = Callable[[int], list[Slot]]


def slots_of(problem: Problem, places: Mapping[str, Sequence[int]] | None) -> Slots:
    """The slots to try for a target: all years at the places of its chain."""
    every = range(len(problem.places))
    chains = {target.chain for target in problem.targets}
    of = {
        chain: [(p, y) for p in (places or {}).get(chain, every) for y in range(problem.years)]
        for chain in chains
    }
    return lambda at: of[problem.targets[at].chain]


def _take_one(state: State, turn: Sequence[int], line: Line, slots: Slots) -> None:
    """The first target that meets a line, unless one does already."""
    targets, places = state.problem.targets, state.problem.places
    if any(line.meets(targets[at], places[p], year) for at, (p, year) in state.choice.items()):
        return
    for at in turn:
        if line.about(targets[at]) and at not in state.choice:
            mine = [(p, y) for p, y in slots(at) if line.meets(targets[at], places[p], y)]
            if _take(state, at, mine, needed=True):
                return


def _take(state: State, at: int, slots: Iterable[Slot], needed: bool = False) -> bool:
    """Give a target its best slot that breaks nothing; not at a loss, unless it is needed."""
    best: tuple[float, Slot] | None = None
    for slot in slots:
        if state.fits(at, slot):
            gain = state.gain(at, slot)
            if best is None or gain > best[0] + WORTHWHILE:
                best = (gain, slot)
    if best is None or (best[0] <= WORTHWHILE and not needed):
        return False
    state.put(at, best[1])
    return True
