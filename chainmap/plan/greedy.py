"""Down the ranking, each target at its best place: what a task-force would do by hand.

It stands beside the plan to say what choosing everything together is worth, and it is where the
search for the plan starts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from chainmap.plan.problem import Choice, Line, Problem, Slot, broken, worth

# What is still missing is no fault of an unfinished choice.
OPEN = frozenset(("least", "must"))


def greedy(problem: Problem, order: Iterable[int]) -> dict[int, Slot]:
    """First what must be, then the floors, then down the order as long as something is gained.

    The choice breaks no limit, but may miss a floor or a line that must be: see ``broken``.
    Notes: O(targets x slots) evaluations of the whole choice.
    """
    choice: dict[int, Slot] = {}
    turn = list(order)
    for line in problem.must:
        _take_one(problem, choice, turn, line)
    for chain, least in problem.least.items():
        of_chain = [at for at in turn if problem.targets[at].chain == chain]
        for at in of_chain:
            if sum(problem.targets[one].chain == chain for one in choice) >= least:
                break
            _take(problem, choice, at, needed=True)
    for at in turn:
        if at not in choice:
            _take(problem, choice, at)
    return choice


def _take_one(problem: Problem, choice: dict[int, Slot], turn: list[int], line: Line) -> None:
    """The first target that meets a line, unless one does already."""
    targets, places = problem.targets, problem.places
    if any(line.meets(targets[at], places[p], year) for at, (p, year) in choice.items()):
        return
    for at in turn:
        if line.about(targets[at]) and at not in choice:

            def meets(slot: Slot, at: int = at) -> bool:
                return line.meets(targets[at], places[slot[0]], slot[1])

            if _take(problem, choice, at, True, meets):
                return


def _take(
    problem: Problem,
    choice: dict[int, Slot],
    at: int,
    needed: bool = False,
    fits: Callable[[Slot], bool] | None = None,
) -> bool:
    """Give a target its best slot that breaks nothing; not at a loss, unless it is needed."""
    before = worth(problem, choice).total
    best: tuple[float, Slot] | None = None
    for slot in _slots(problem):
        if fits is None or fits(slot):
            tried = {**choice, at: slot}
            if set(broken(problem, tried)) <= OPEN:
                gain = worth(problem, tried).total - before
                if best is None or gain > best[0] + 1e-12:
                    best = (gain, slot)
    if best is None or (best[0] <= 0 and not needed):
        return False
    choice[at] = best[1]
    return True


def _slots(problem: Problem) -> Iterator[Slot]:
    return ((place, year) for place in range(len(problem.places)) for year in range(problem.years))


def sound(problem: Problem, choice: Choice) -> bool:
    """Whether a choice breaks no rule at all."""
    return next(broken(problem, choice), None) is None
