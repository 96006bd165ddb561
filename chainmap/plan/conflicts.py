"""Rules that cannot be kept together: a smallest set of them.

Each rule may be let go at a price of one. Sets of rules whose letting go mends the problem, and
sets that hit all of those found so far, narrow each other down until a hitting set cannot be kept
even alone: that is a smallest conflict (Ignatiev, Previti, Liffiton and Marques-Silva 2015,
"Smallest MUS extraction with minimal hitting set dualization").
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable
from dataclasses import replace

from chainmap.plan.model import Model, model_of
from chainmap.plan.problem import Problem
from chainmap.plan.rows import Programme

Rule = tuple[str, ...]
# Rows that say what variables mean; they are no one's wish.
MEANING = frozenset(("one", "never", "gap", "near", "site", "misplaced", "full", "early", "both"))
ENOUGH = 60.0  # seconds after which the smallest set found so far has to do


def conflict(problem: Problem, seconds: float = ENOUGH) -> tuple[Rule, ...]:
    """A smallest set of rules that no choice keeps together; empty where all can be kept.

    A rule is (kind, whom it is about ...): ("least", chain), ("land", district), ("must", line).
    Where time runs out it is a set that cannot be kept together, but perhaps not a smallest.
    """
    model = _open_model(problem)
    rules = list(dict.fromkeys(why for why in map(_rule, model.rows.why) if why[0] not in MEANING))
    mends: list[frozenset[Rule]] = []
    end = time.monotonic() + seconds
    while True:
        kept = _hitting(mends, rules)
        let_go = _mend(model, rules, kept, max(1.0, end - time.monotonic()))
        if let_go is None:
            return tuple(sorted(kept))
        if not let_go:
            return ()
        mends.append(let_go)
        if time.monotonic() > end:
            return tuple(sorted(frozenset().union(*mends)))


def _rule(why: Rule) -> Rule:
    """The rule that a row belongs to: seats of a leader are one rule for all years."""
    return why[:2] if why[0] == "seats" else why


def _open_model(problem: Problem) -> Model:
    """The programme without a gain, in which what is forbidden is a rule like any other."""
    model = model_of(replace(problem, never=()), plain=True, part=True)
    model.rows.gains = [0.0] * len(model.rows.gains)
    for line in problem.never:
        for at, chosen in model.chosen.items():
            if not line.about(problem.targets[at]):
                continue
            there = model.here(at, line.district) if line.district else []
            then = model.in_year[at].get(line.year) if line.year is not None else None
            if line.year is not None and then is None:
                continue
            if not line.district and then is None:
                there = [chosen]
            terms = [(one, 1.0) for one in [*there, *([] if then is None else [then])]]
            both = bool(line.district) and then is not None
            model.rows.row(("forbid", line.name), terms, high=1 if both else 0)
    return model


def _mend(
    model: Model, rules: Iterable[Rule], kept: Collection[Rule], seconds: float
) -> frozenset[Rule] | None:
    """The fewest rules to let go so that those that are kept can be kept; None where they cannot.

    Every row of a rule gets a slack that is open only where the rule is let go.
    """
    import highspy

    old = model.rows
    rows = Programme(
        list(old.gains), list(old.lows), list(old.highs), list(old.whole), [], list(old.why)
    )
    free = {rule: rows.number(-1.0, whole=True) for rule in rules if rule not in kept}
    for (columns, factors, low, high), why in zip(old.rows, old.why, strict=True):
        rule = _rule(why)
        terms = dict(zip(columns, factors, strict=True))
        if rule in free:
            ends = [factor * old.highs[one] for one, factor in terms.items()]
            most = sum(end for end in ends if end > 0)
            least = sum(end for end in ends if end < 0)
            if high < float("inf"):
                terms[free[rule]] = -max(0.0, most - high)
            elif low > -float("inf"):
                terms[free[rule]] = max(0.0, low - least)
        rows.rows.append((list(terms), list(terms.values()), low, high))
    solver = rows.solver()
    solver.setOptionValue("time_limit", seconds)
    solver.run()
    if solver.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
        return None
    values = solver.getSolution().col_value
    if not values:
        return None
    return frozenset(rule for rule, one in free.items() if values[one] > 0.5)


def _hitting(sets: list[frozenset[Rule]], rules: list[Rule]) -> frozenset[Rule]:
    """A smallest set that has a member of each."""
    if not sets:
        return frozenset()
    rows = Programme()
    wanted = frozenset().union(*sets)
    chosen = {rule: rows.number(-1.0, whole=True) for rule in rules if rule in wanted}
    for one in sets:
        rows.row(("hit",), ((chosen[rule], 1.0) for rule in one), low=1)
    solver = rows.solver()
    solver.run()
    values = solver.getSolution().col_value
    return frozenset(rule for rule, variable in chosen.items() if values[variable] > 0.5)
