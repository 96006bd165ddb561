"""A smallest set of rules that cannot be kept together, against every choice there is."""

from __future__ import annotations

from plan_worlds import breaches, choices, small, smallest_conflict

from chainmap.plan.conflicts import conflict

WORLDS = 160


def test_the_conflict_is_one_and_a_smallest_one() -> None:
    seen = 0
    for seed in range(WORLDS):
        problem = small(seed)
        size = smallest_conflict(problem)
        found = conflict(problem)
        assert len(found) == size, (seed, found)
        if size:
            seen += 1
            rules = set(found)
            assert all(rules & breaches(problem, choice) for choice in choices(problem)), seed
    assert seen >= WORLDS // 10
