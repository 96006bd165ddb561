"""Precision, recall and average precision with ties, against every order that ties allow."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainmap.core.measures import Measures, bootstrap, measure, ordered, pooled


def average_precision(order: list[bool]) -> float:
    """The mean, over the positives, of the precision at their place (Manning et al. 2008)."""
    found, total = 0, 0.0
    for place, positive in enumerate(order, 1):
        if positive:
            found += 1
            total += found / place
    return total / found if found else math.nan


def over_all_orders(scores: list[float], positive: list[bool], k: int) -> tuple[float, ...]:
    """Means over every order that sorts by score, ties in each of their orders once."""
    orders = [
        order
        for order in itertools.permutations(range(len(scores)))
        if all(scores[a] >= scores[b] for a, b in itertools.pairwise(order))
    ]
    hits = [[positive[at] for at in order] for order in orders]
    top = [sum(one[:k]) for one in hits]
    return (
        sum(top) / len(top) / min(k, len(scores)),
        sum(top) / len(top) / max(1, sum(positive)),
        sum(average_precision(one) for one in hits) / len(hits),
    )


@settings(max_examples=150, deadline=None)
@given(
    rows=st.lists(st.tuples(st.integers(0, 3), st.booleans()), min_size=1, max_size=7),
    k=st.integers(1, 8),
)
def test_ties_count_as_every_order_of_them_alike(rows: list[tuple[int, bool]], k: int) -> None:
    scores, positive = [float(s) for s, _ in rows], [p for _, p in rows]
    found = measure(np.array(scores), np.array(positive), (k,))
    precision, recall, average = over_all_orders(scores, positive, k)
    assert found.precision[k] == pytest.approx(precision)
    if any(positive):
        assert found.recall[k] == pytest.approx(recall)
        assert found.average_precision == pytest.approx(average)
    else:
        assert math.isnan(found.average_precision)


rows_of_an_order = st.lists(st.tuples(st.integers(0, 3), st.booleans()), min_size=1, max_size=6)


@settings(max_examples=100, deadline=None)
@given(orders=st.lists(rows_of_an_order, min_size=1, max_size=4), k=st.integers(1, 7))
def test_pooling_counts_every_row_of_every_order_once(
    orders: list[list[tuple[int, bool]]], k: int
) -> None:
    """Each order has its own first k; a positive counts with the precision at its own place."""
    parts = [
        ordered(np.array([float(s) for s, _ in rows]), np.array([p for _, p in rows]))
        for rows in orders
    ]
    found = pooled(parts, (k,))
    hits = places = positives = total = 0.0
    for rows in orders:
        scores, positive = [float(s) for s, _ in rows], [p for _, p in rows]
        precision, _, average = over_all_orders(scores, positive, k)
        hits += precision * min(k, len(rows))
        places += min(k, len(rows))
        positives += sum(positive)
        total += average * sum(positive) if any(positive) else 0
    assert found.precision[k] == pytest.approx(hits / places)
    if positives:
        assert found.recall[k] == pytest.approx(hits / positives)
        assert found.average_precision == pytest.approx(total / positives)
    else:
        assert math.isnan(found.recall[k]) and math.isnan(found.average_precision)


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(
        st.tuples(st.integers(0, 4), st.booleans(), st.integers(0, 3)), min_size=1, max_size=40
    )
)
def test_copies_are_rows_written_down_again(rows: list[tuple[int, bool, int]]) -> None:
    again = [(float(s), p) for s, p, copies in rows for _ in range(copies)]
    one = ordered(np.array([float(s) for s, _, _ in rows]), np.array([p for _, p, _ in rows]))
    found = pooled([one], (3, 50), [np.array([copies for _, _, copies in rows])])
    if again:
        told = measure(np.array([s for s, _ in again]), np.array([p for _, p in again]), (3, 50))
        assert repr(found) == repr(told)
    else:
        assert math.isnan(found.precision[3]) and math.isnan(found.average_precision)


def test_precision_at_more_than_there_are_is_that_of_all() -> None:
    found = measure(np.array([3.0, 2, 1]), np.array([True, False, False]), (50,))
    assert found.precision[50] == 1 / 3


def test_a_perfect_and_a_worst_order() -> None:
    best = measure(np.array([3.0, 2, 1, 0]), np.array([True, True, False, False]), (2,))
    assert (best.precision[2], best.recall[2], best.average_precision) == (1, 1, 1)
    worst = measure(np.array([0.0, 1, 2, 3]), np.array([True, True, False, False]), (2,))
    assert (worst.precision[2], worst.recall[2]) == (0, 0)
    assert worst.average_precision == pytest.approx((1 / 3 + 2 / 4) / 2)


def test_no_order_at_all_has_the_base_rate() -> None:
    found = measure(np.zeros(40), np.arange(40) < 4, (10,))
    assert found.precision[10] == pytest.approx(0.1)
    assert found.recall[10] == pytest.approx(0.25)


def test_what_is_not_a_number_is_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        measure(np.array([1.0, np.nan]), np.array([True, False]), (1,))


def test_the_bootstrap_depends_on_the_seed_alone_and_covers_the_value() -> None:
    rng = np.random.default_rng(5)
    positive = rng.random(200) < 0.2
    scores = positive + rng.normal(0, 0.7, 200)
    groups = np.arange(200) // 2
    parts = [
        (scores[::2], positive[::2], groups[::2]),
        (scores[1::2], positive[1::2], groups[1::2]),
    ]

    def value(weights: np.ndarray) -> float:
        found = [measure(s, p, (10,), weights[g]).average_precision for s, p, g in parts]
        return float(np.mean(found))

    low, high = bootstrap(value, 100, rounds=200, seed=7)
    assert (low, high) == bootstrap(value, 100, rounds=200, seed=7)
    assert (low, high) != bootstrap(value, 100, rounds=200, seed=8)
    assert low < value(np.ones(100)) < high


def test_a_weight_is_a_copy() -> None:
    scores, positive = np.array([3.0, 2.0, 1.0]), np.array([True, False, True])
    weighted = measure(scores, positive, (2, 4), np.array([2, 1, 0]))
    copied = measure(np.array([3.0, 3.0, 2.0]), np.array([True, True, False]), (2, 4))
    assert weighted == copied
    assert isinstance(weighted, Measures)
