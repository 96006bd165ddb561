"""What one more unit of a limit is worth, and what it costs that something must be.

The price of a limit is its dual value in the programme whose targets may be split: a relaxation
price. What one more unit really adds is told by planning again with it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

from chainmap.plan.model import model_of
from chainmap.plan.problem import RESOURCES, Problem
from chainmap.plan.programme import Solution, solve

Rule = tuple[str, ...]
NOTHING = 1e-6  # a price below this is rounding


@dataclass(frozen=True, slots=True)
class Price:
    """The relaxation price of one more unit of a rule, and what it really adds where that was
    looked up. A unit of seats is one more target in every year."""

    rule: Rule
    price: float
    gain: float | None


@dataclass(frozen=True, slots=True)
class Cost:
    """What the programme would be worth more without a line that must be."""

    rule: Rule
    cost: float


def prices(problem: Problem, solution: Solution, seconds: float, checked: int) -> list[Price]:
    """The limits that are worth loosening, the dearest first; the first few planned again.

    ``seconds`` is the time of each planning again. A gain may fall short of the truth by the gap
    of the solutions.
    """
    model = model_of(problem)
    solver = model.rows.solver(relaxed=True)
    solver.run()
    duals = solver.getSolution().row_dual
    sums: dict[Rule, float] = defaultdict(float)
    for why, dual in zip(model.rows.why, duals, strict=True):
        if why[0] in (*RESOURCES, "seats"):
            sums[why[:2]] += max(0.0, dual)
    dear = sorted(
        ((price, rule) for rule, price in sums.items() if price > NOTHING),
        key=lambda one: (-one[0], one[1]),
    )
    return [
        Price(
            rule,
            price,
            solve(loosened(problem, rule), seconds, solution.choice).objective - solution.objective
            if at < checked
            else None,
        )
        for at, (price, rule) in enumerate(dear)
    ]


def loosened(problem: Problem, rule: Rule) -> Problem:
    """The problem with one more unit of a rule."""
    kind, who = rule
    if kind == "seats":
        return replace(problem, seats={**problem.seats, who: problem.seats[who] + 1})
    return replace(problem, limits={**problem.limits, (who, kind): problem.limits[who, kind] + 1})


def costs(problem: Problem, solution: Solution, seconds: float) -> list[Cost]:
    """What each line that must be costs: the worth of the best programme without it, less that
    of the programme."""
    return [
        Cost(
            ("must", line.name),
            solve(
                replace(problem, must=tuple(one for one in problem.must if one is not line)),
                seconds,
                solution.choice,
            ).objective
            - solution.objective,
        )
        for line in problem.must
    ]
