"""Prices, costs and placements against planning again by trying every choice."""

from __future__ import annotations

from dataclasses import replace

import pytest
from plan_worlds import best, small

from chainmap.plan.placement import placed
from chainmap.plan.prices import costs, loosened, prices
from chainmap.plan.problem import has_room, remaining, worth
from chainmap.plan.programme import Infeasible, solve

WORLDS = 120


def test_what_one_more_unit_adds_is_what_the_best_choice_gains() -> None:
    priced = lines = 0
    for seed in range(WORLDS):
        problem = small(seed)
        try:
            solution = solve(problem)
        except Infeasible:
            continue
        for one in prices(problem, solution, 30.0, checked=1):
            assert one.price > 0
            if one.gain is not None:
                priced += 1
                more = best(loosened(problem, one.rule))[""]
                assert one.gain == pytest.approx(more - solution.objective, abs=1e-6), seed
        for line, cost in zip(problem.must, costs(problem, solution, 30.0), strict=True):
            lines += 1
            without = replace(problem, must=tuple(one for one in problem.must if one != line))
            assert cost.rule == ("must", line.name)
            assert cost.cost == pytest.approx(best(without)[""] - solution.objective, abs=1e-6)
            assert cost.cost >= -1e-6
    assert priced >= 20 and lines >= 20


def test_a_placement_adds_what_it_says() -> None:
    """The points of a place are what the place adds to the worth beside the closed gap, as long
    as the target gives its neighbours nothing new and fills up no one's district."""
    seen = 0
    for seed in range(WORLDS):
        problem = replace(small(seed), limits={}, near={}, per_link=None)
        try:
            choice = dict(solve(problem).choice)
        except Infeasible:
            continue
        for at, target in enumerate(problem.targets):
            rest = {one: slot for one, slot in choice.items() if one != at}
            for place in range(len(problem.places)):
                found = placed(problem, choice, target, place)
                with_it = worth(problem, {**rest, at: (place, 0)})
                before = worth(problem, rest)
                gained = with_it.total - with_it.closed - (before.total - before.closed)
                assert found.points == pytest.approx(gained), seed
                assert found.room is None and not found.crowds
                seen += 1
    assert seen > 1000


def test_who_is_crowded_out_makes_room_and_no_one_goes_in_vain() -> None:
    seen = 0
    for seed in range(WORLDS):
        problem = small(seed)
        try:
            choice = dict(solve(problem).choice)
        except Infeasible:
            continue
        for at, target in enumerate(problem.targets):
            rest = {one: slot for one, slot in choice.items() if one != at}
            for number, place in enumerate(problem.places):
                found = placed(problem, choice, target, number)
                if not found.crowds:
                    continue
                seen += 1
                kept = {one: slot for one, slot in rest.items() if one not in found.crowds}
                left = remaining(problem, kept)
                assert all(has_room(left, owner, target) for owner in place.owners)
                last = {**kept, found.crowds[-1]: rest[found.crowds[-1]]}
                before = remaining(problem, last)
                assert not all(has_room(before, owner, target) for owner in place.owners)
    assert seen > 20
