"""Plans put together from blocks: never better than the best, never bounded below it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from plan_worlds import best, faults, judged, small

from chainmap.plan.columns import Whole, by_chain, by_district, generate
from chainmap.plan.greedy import greedy, sound
from chainmap.plan.model import model_of
from chainmap.plan.problem import Problem, worth

WORLDS = 60


def begun(problem: Problem) -> dict[int, tuple[int, int]]:
    of = problem.targets
    order = sorted(range(len(of)), key=lambda at: -of[at].share * problem.worth[of[at].at])
    return greedy(problem, order)


@pytest.mark.parametrize("free", [True, False])
def test_the_bound_holds_and_the_choice_keeps_every_rule(free: bool) -> None:
    met = scarce = 0
    for seed in range(WORLDS):
        problem = replace(small(seed), limits={}) if free else small(seed)
        start = begun(problem)
        most = best(problem).get("")
        if most is None or not sound(problem, start):
            continue
        scarce += problem.scarce
        found = generate(problem, start, 0.3 if problem.scarce else 20.0, 0.0)
        assert not faults(problem, found.choice), seed
        assert found.objective == pytest.approx(judged(problem, found.choice), abs=1e-6), seed
        assert found.objective <= most + 1e-6, seed
        assert found.bound >= most - 1e-6, seed
        assert found.objective >= worth(problem, start).total - 1e-9, seed
        met += found.objective >= most - 1e-6
    assert scarce == 0 if free else scarce >= 10
    assert met >= 0.8 * WORLDS * 0.5, met


def test_every_variable_has_one_owner_and_every_row_one_home() -> None:
    for seed in range(20):
        problem = small(seed)
        model = model_of(problem, part=True)
        for owner in (by_chain(model), by_district(model)):
            assert set(owner) <= set(range(len(model.rows.gains)))
        assert set(by_chain(model)) == set(range(len(model.rows.gains)))
        start = begun(problem)
        if not sound(problem, start):
            continue
        whole = Whole(problem, start)
        homes = len(whole.ties) + sum(len(one.rows.rows) for one in whole.blocks.values())
        assert homes == len(model.rows.rows)
