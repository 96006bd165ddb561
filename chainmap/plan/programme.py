"""The programme: targets, their places and years chosen together, and how good that provably is.

A mixed-integer programme on HiGHS. Place and year of a target are separate choices (nothing but a
line that must be speaks of both), so a target needs places + years variables and not their
product; places that another one beats whatever else is chosen are left out beforehand; the bonus
of neighbours is one number per target and place under the lines of its concave hull; and what a
district needs to be full is asked only where that would lift a penalty.

The model says again what ``problem.worth`` and ``problem.broken`` say; each solution is judged by
those before anyone sees it.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

from chainmap.plan.columns import generate
from chainmap.plan.greedy import sound
from chainmap.plan.model import Model, model_of
from chainmap.plan.problem import Choice, Problem, worth
from chainmap.plan.rows import begin_at


@dataclass(frozen=True)
class Solution:
    """A choice with its objective, and a bound that no choice can pass; ``proven`` where they meet.

    ``gap`` is (bound - objective) / objective; None where the objective is not above 0, or no bound
    is known.
    """

    choice: Choice
    objective: float
    bound: float
    proven: bool
    seconds: float

    @property
    def gap(self) -> float | None:
        """How far the choice may be from the best, as a share of its objective."""
        if math.isinf(self.bound):
            return None
        if self.objective <= 0:
            return 0.0 if self.proven else None
        return max(0.0, self.bound - self.objective) / self.objective


class Infeasible(Exception):
    """No choice keeps all the rules."""


STALE = 1e-6  # points by which a solution may differ from what HiGHS says it is worth
LARGE = 120  # targets from which on the programme is put together from blocks
ALONE = 0.15  # of the time in which HiGHS may close a programme with limits alone


def solve(
    problem: Problem,
    seconds: float = 60.0,
    start: Choice | None = None,
    enough: float = 0.0,
    model: Model | None = None,
) -> Solution:
    """The best choice, or the best that was found in the time, with its bound.

    ``start`` is a sound choice to begin with; ``enough`` the gap at which to stop. A large problem
    that has such a start is put together from blocks (``columns``), and so is one whose
    limits bind and that HiGHS does not close alone in part of the time.
    Raises Infeasible where no choice keeps all the rules, TimeoutError where none was found in
    time.
    """
    began = time.monotonic()
    begin = start if start is not None and sound(problem, start) else None
    if model is not None or not (
        problem.scarce or (begin is not None and len(problem.targets) > LARGE)
    ):
        return _at_once(problem, model or model_of(problem), seconds, begin, enough)
    bound = math.inf
    if problem.scarce:
        alone = _at_once(problem, model_of(problem), ALONE * seconds, begin, enough)
        if alone.proven or (alone.gap is not None and alone.gap <= enough):
            return alone
        begin, bound = alone.choice, alone.bound
    assert begin is not None
    found = generate(problem, begin, seconds - (time.monotonic() - began), enough)
    bound = max(min(bound, found.bound), found.objective)
    proven = bound - found.objective <= 1e-9 * max(1.0, abs(found.objective))
    return Solution(found.choice, found.objective, bound, proven, time.monotonic() - began)


def _at_once(
    problem: Problem, model: Model, seconds: float, begin: Choice | None, enough: float
) -> Solution:
    """The whole problem as one programme."""
    import highspy

    solver = model.rows.solver()
    solver.setOptionValue("time_limit", float(seconds))
    solver.setOptionValue("mip_rel_gap", float(enough))
    if begin is not None:
        begin_at(solver, model.start(begin))
    solver.run()
    status = solver.getModelStatus()
    if status == highspy.HighsModelStatus.kInfeasible:
        raise Infeasible
    info = solver.getInfo()
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        raise TimeoutError
    choice = model.choice(solver.getSolution().col_value)
    assert sound(problem, choice), "the programme keeps its rules"
    objective = worth(problem, choice).total
    if begin is not None and info.objective_function_value > objective + STALE:
        # Where its presolve alone solves the programme, HiGHS gives the start back as the solution.
        return _at_once(problem, model, seconds, None, enough)
    close = info.mip_dual_bound - objective <= 1e-9 * max(1.0, abs(objective))
    proven = status == highspy.HighsModelStatus.kOptimal and (enough == 0 or close)
    bound = objective if proven else max(objective, info.mip_dual_bound)
    return Solution(choice, objective, bound, proven, solver.getRunTime())
