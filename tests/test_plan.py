"""The plan against every choice there is, and against a judge that does not share its model."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from plan_worlds import RULES, best, faults, judged, larger, small

from chainmap.plan.greedy import greedy, sound
from chainmap.plan.model import model_of
from chainmap.plan.problem import Problem, broken, worth
from chainmap.plan.programme import Infeasible, Solution, solve

WORLDS = 1000


def by_rank(problem: Problem) -> list[int]:
    of = problem.targets
    return sorted(range(len(of)), key=lambda at: -of[at].share * problem.worth[of[at].at])


def solved(problem: Problem) -> Solution | None:
    try:
        return solve(problem)
    except Infeasible:
        return None


def test_the_plan_is_the_best_of_all_choices() -> None:
    """On a generator where doing it by hand fails and every kind of rule matters."""
    bound: Counter[str] = Counter()
    possible = beaten = 0
    for seed in range(WORLDS):
        problem = small(seed)
        found, most = solved(problem), best(problem)
        bound.update(
            rule
            for rule in RULES
            if rule in most and ("" not in most or most[rule] > most[""] + 1e-9)
        )
        if "" not in most:
            assert found is None, seed
            continue
        possible += 1
        assert found is not None and found.proven, seed
        assert found.objective == pytest.approx(most[""], abs=1e-6), seed
        assert judged(problem, dict(found.choice)) == pytest.approx(most[""], abs=1e-6), seed
        assert not faults(problem, dict(found.choice)), seed
        by_hand = greedy(problem, by_rank(problem))
        if not sound(problem, by_hand) or worth(problem, by_hand).total < most[""] - 1e-6:
            beaten += 1
    assert beaten >= 0.3 * possible, (beaten, possible)
    assert possible >= 0.7 * WORLDS
    for rule in RULES:
        assert bound[rule] >= 0.05 * WORLDS, (rule, bound)


def test_larger_plans_keep_every_rule() -> None:
    for seed in range(50):
        problem = larger(seed)
        found = solved(problem)
        by_hand = greedy(problem, by_rank(problem))
        assert set(broken(problem, by_hand)) <= {"least", "must"}
        if found is None:
            assert not sound(problem, by_hand), seed
            continue
        choice = dict(found.choice)
        assert not faults(problem, choice), seed
        assert found.objective == pytest.approx(judged(problem, choice), abs=1e-6), seed
        assert found.bound >= found.objective
        if sound(problem, by_hand):
            assert found.objective >= judged(problem, by_hand) - 1e-6, seed


def test_what_only_makes_it_quicker_changes_nothing() -> None:
    for seed in range(100):
        problem = replace(small(seed), limits={})
        found = solved(problem)
        if found is not None:
            plain = solve(problem, model=model_of(problem, plain=True))
            assert plain.objective == pytest.approx(found.objective, abs=1e-6), seed


def test_a_start_changes_nothing_but_the_way() -> None:
    for seed in range(40):
        problem = small(seed)
        found = solved(problem)
        if found is not None:
            again = solve(problem, start=greedy(problem, by_rank(problem)))
            assert again.objective == pytest.approx(found.objective, abs=1e-6), seed
