"""The rough look rules nobody out who is among the first, whatever the numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainmap.core import acceptability, mcda, sieve
from chainmap.core.mcda import Floats, Unknown

Who = tuple[list[int], list[int], list[float]]


def first(values: Floats, weights: Floats, unknown: list[Unknown], top: int) -> Who:
    """Draw, row and share by sorting every row of every draw: no filter, no partial sort."""
    draws, rows, shares = [], [], []
    for draw, totals in enumerate(np.concatenate(list(mcda.scores(values, weights, unknown)))):
        keys = np.rint(totals * -mcda.ALIKE).tolist()
        border = sorted(keys)[min(top, len(keys)) - 1]
        above = sum(key < border for key in keys)
        left = (min(top, len(keys)) - above) / keys.count(border)
        for row, key in enumerate(keys):
            if key <= border:
                draws.append(draw)
                rows.append(row)
                shares.append(1.0 if key < border else left)
    return draws, rows, shares


def found(
    values: Floats, weights: Floats, unknown: list[Unknown], top: int, chunk: int | None = None
) -> Who:
    got = acceptability.members(values, weights, unknown, top, chunk=chunk)
    return got.draw.tolist(), got.row.tolist(), got.share.tolist()


def pays(values: Floats, weights: Floats, unknown: list[Unknown], top: int) -> bool:
    layers = list(mcda.layers_of(unknown, values.shape[1]))
    return sieve.Sieve(values, weights, layers, top).pays


MARKS = {
    "even": lambda rng, shape: rng.random(shape) * 100,
    "ties": lambda rng, shape: rng.integers(0, 3, shape) * 50.0,
    "all alike": lambda _, shape: np.full(shape, 7.0),
    # What single precision cannot tell apart, and a billionth can.
    "close": lambda rng, shape: 90 + rng.integers(-9, 10, shape) * 3e-10,
    "closer than single": lambda rng, shape: 90 + rng.random(shape) * 1e-6,
    "far apart": lambda rng, shape: rng.random(shape) * 10.0 ** rng.integers(-12, 7, shape),
    "on both sides of 0": lambda rng, shape: rng.random(shape) * 100 - 99,
    "tiny": lambda rng, shape: rng.random(shape) * 1e-42,
    "rising": lambda _, shape: np.arange(np.prod(shape)).reshape(shape) / 100,
}


@given(
    st.sampled_from(sorted(MARKS)),
    st.sampled_from([8, 9, 23, 200, 1023]),
    st.integers(1, 9),
    st.sampled_from([1, 2, 15, 16, 40]),
    st.integers(1, 12),
    st.sampled_from([0, 1, 7]),
    st.sampled_from([None, 1, 3]),
    st.integers(0, 2**32),
)
def test_it_finds_who_a_full_sort_finds(
    marks: str, rows: int, criteria: int, draws: int, top: int, unknowns: int, chunk: int | None,
    seed: int,
) -> None:  # fmt: skip
    rng = np.random.default_rng(seed)
    values = MARKS[marks](rng, (rows, criteria))
    weights = rng.dirichlet(np.ones(criteria), draws)
    unknown = []
    for _ in range(unknowns):
        touched = rng.choice(rows, size=int(rng.integers(1, rows)), replace=False)
        scale = rng.choice([1.0, 0.3, 1e-9], len(touched))
        drawn = rng.random(draws) * 100
        unknown.append(Unknown(int(rng.integers(criteria)), touched, drawn, scale))
    assert found(values, weights, unknown, top, chunk) == first(values, weights, unknown, top)


@pytest.mark.parametrize("marks", sorted(MARKS))
def test_it_does_so_where_steps_and_blocks_end_anywhere(
    monkeypatch: pytest.MonkeyPatch, marks: str
) -> None:
    rng = np.random.default_rng(4)
    values = MARKS[marks](rng, (1003, 5))
    weights = rng.dirichlet(np.ones(5), 90)
    unknown = [Unknown(c, np.arange(c, 1003, 2), rng.random(90) * 50, np.ones((1003 - c + 1) // 2))
               for c in (0, 1, 1, 4)]  # fmt: skip
    wanted = first(values, weights, unknown, 20)
    assert pays(values, weights, unknown, 20)
    for name, small in (("IN_CACHE", 17_000), ("BLOCK", 37), ("PRODUCT", 1000), ("LEAST", 1)):
        monkeypatch.setattr(sieve, name, small)
        assert found(values, weights, unknown, 20) == wanted


def test_few_rows_are_looked_at_exactly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else there would be no point in it: of 5,000 rows some dozens remain for the first 20."""
    looked = []
    real = sieve.Sieve._exact
    monkeypatch.setattr(sieve.Sieve, "_exact", lambda *a: looked.append(len(a[-1])) or real(*a))
    rng = np.random.default_rng(2)
    weights = rng.dirichlet(np.ones(8), 50)
    acceptability.members(rng.random((5000, 8)) * 100, weights, [], 20)
    assert 20 * 50 <= sum(looked) < 60 * 50


@pytest.mark.parametrize("size", [1e10, 1e25, 1e200])
def test_numbers_beyond_single_precision_are_sorted_out_in_double(size: float) -> None:
    rng = np.random.default_rng(3)
    values, weights = rng.random((300, 2)) * size, rng.dirichlet(np.ones(2), 5)
    assert not pays(values, weights, [], 3)
    assert found(values, weights, [], 3) == first(values, weights, [], 3)


def test_where_nearly_all_are_among_the_first_it_is_not_taken() -> None:
    values, weights = np.arange(30.0)[:, None], np.ones((2, 1))
    assert not pays(values, weights, [], 20) and pays(values, weights, [], 3)
    assert found(values, weights, [], 20) == first(values, weights, [], 20)


@pytest.mark.parametrize("rows", [60, 1500])
def test_the_shares_are_those_of_the_whole_ranking_to_the_bit(rows: int) -> None:
    rng = np.random.default_rng(5)
    values, weights = rng.random((rows, 4)) * 100, rng.dirichlet(np.ones(4), 60)
    wanted = mcda.robust(values, weights, [], 20).p_top
    assert acceptability.members(values, weights, [], 20).shares.tobytes() == wanted.tobytes()
