"""Robust ranks beside exact ones in fractions and plain loops; Philox beside its paper; and what
must not matter, or must always hold, on random problems."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from fractions import Fraction
from random import Random

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainmap.core import mcda
from chainmap.core.mcda import Robust, Unknown

Floats = npt.NDArray[np.float64]
Problem = tuple[Floats, Floats, list[Unknown], int]
SCHEMES = ("around", "any", "order")
thorough = settings(derandomize=True, database=None)  # of the profile: see conftest.py


@dataclass(frozen=True)
class Part:
    """An unknown quantity: its criterion, its value in each draw, and rows with their scales."""

    criterion: int
    drawn: list[Fraction]
    scales: dict[int, Fraction]


@dataclass(frozen=True)
class Exact:
    """What a row gets, by the definitions read literally."""

    p05: int
    p95: int
    median: Fraction
    p_top: Fraction
    variance: Fraction


def exact(
    values: list[list[Fraction]], weights: list[list[Fraction]], parts: list[Part], top: int
) -> list[Exact]:
    """Rank every row in every draw by counting, then read the distribution off."""
    ranks: list[list[Fraction]] = [[] for _ in values]
    shares: list[list[Fraction]] = [[] for _ in values]
    for draw, weight in enumerate(weights):
        totals = []
        for row, marks in enumerate(values):
            total = sum((w * s for w, s in zip(weight, marks, strict=True)), Fraction(0))
            for part in parts:
                scale = part.scales.get(row, Fraction(0))
                total += weight[part.criterion] * scale * part.drawn[draw]
            totals.append(Fraction(round(total * 10**9)))
        for row, total in enumerate(totals):
            above = sum(other > total for other in totals)
            equal = sum(other == total for other in totals) - 1
            ranks[row].append(1 + above + Fraction(equal, 2))
            places = min(max(top - above, 0), equal + 1)
            shares[row].append(Fraction(places, equal + 1))
    return [_summary(rank, share) for rank, share in zip(ranks, shares, strict=True)]


def _summary(ranks: list[Fraction], shares: list[Fraction]) -> Exact:
    mean = sum(shares, Fraction(0)) / len(shares)
    ordered = sorted(ranks)
    middle = (ordered[(len(ranks) - 1) // 2] + ordered[len(ranks) // 2]) / 2
    return Exact(
        math.floor(_inverted(ranks, Fraction(5, 100))),
        math.ceil(_inverted(ranks, Fraction(95, 100))),
        middle,
        mean,
        sum(((share - mean) ** 2 for share in shares), Fraction(0)) / len(shares),
    )


def _inverted(ranks: list[Fraction], share: Fraction) -> Fraction:
    """The smallest rank that at least that share of the draws do not exceed."""
    return min(r for r in ranks if Fraction(sum(x <= r for x in ranks), len(ranks)) >= share)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[list[Fraction]], list[list[Fraction]], list[Part], int]:
    """Binary fractions throughout, so that floating point has nothing to round."""
    rows, criteria = draw(st.integers(1, 6)), draw(st.integers(1, 4))
    draws = draw(st.sampled_from([1, 2, 7, 19, 20, 21, 40]))
    mark = st.one_of(st.sampled_from([0, 50, 100]), st.integers(0, 100)).map(Fraction)
    values = [[draw(mark) for _ in range(criteria)] for _ in range(rows)]
    random = draw(st.randoms(use_true_random=False))
    weights = []
    for _ in range(draws):
        cuts = sorted(random.randint(0, 64) for _ in range(criteria - 1))
        ends = zip([0, *cuts], [*cuts, 64], strict=True)
        weights.append([Fraction(high - low, 64) for low, high in ends])
    parts = [
        Part(
            draw(st.integers(0, criteria - 1)),
            [Fraction(random.randint(0, 800), 8) for _ in range(draws)],
            {
                row: draw(st.sampled_from([Fraction(1), Fraction(1, 2), Fraction(1, 4)]))
                for row in sorted(draw(st.sets(st.integers(0, rows - 1))))
            },
        )
        for _ in range(draw(st.integers(0, 3)))
    ]
    return values, weights, parts, draw(st.integers(1, 7))


def compare(
    values: list[list[Fraction]], weights: list[list[Fraction]], parts: list[Part], top: int
) -> None:
    unknown = [
        Unknown(
            part.criterion,
            np.array(list(part.scales), dtype=np.int64),
            np.array([float(x) for x in part.drawn]),
            np.array([float(x) for x in part.scales.values()]),
        )
        for part in parts
    ]
    found = mcda.robust(
        np.array([[float(x) for x in row] for row in values]),
        np.array([[float(x) for x in row] for row in weights]),
        unknown,
        top,
        chunk=8,
    )
    expected = exact(values, weights, parts, top)
    assert found.p05.tolist() == [row.p05 for row in expected]
    assert found.p95.tolist() == [row.p95 for row in expected]
    assert found.median.tolist() == [float(row.median) for row in expected]
    assert found.p_top == pytest.approx([float(row.p_top) for row in expected], abs=1e-12)
    errors = [math.sqrt(row.variance / len(weights)) for row in expected]
    assert found.p_top_error == pytest.approx(errors, abs=1e-7)


@thorough
@given(worlds())
def test_ranks_agree_with_counting_in_fractions(
    world: tuple[list[list[Fraction]], list[list[Fraction]], list[Part], int],
) -> None:
    compare(*world)


@settings(thorough)
@given(worlds(), st.sampled_from(SCHEMES), st.integers(0, 2**40))
def test_ranks_agree_under_weights_that_are_drawn(
    world: tuple[list[list[Fraction]], list[list[Fraction]], list[Part], int],
    scheme: str,
    seed: int,
) -> None:
    values, weights, parts, top = world
    stated = mcda.stated({str(at): at + 1.0 for at in range(len(weights[0]))})
    drawn = mcda.draw_weights(stated, scheme, 30, len(weights), seed)
    compare(values, [[Fraction(x) for x in row] for row in drawn.tolist()], parts, top)


def philox(counter: int, key: int) -> list[int]:
    """Philox4x64-10 of Salmon, Moraes, Dror and Shaw (SC11): four words from a counter."""
    mask = 2**64 - 1
    words = [counter >> (64 * at) & mask for at in range(4)]
    low, high = key & mask, key >> 64
    for _ in range(10):
        one, two = words[0] * 0xD2E7470EE14C6C93, words[2] * 0xCA5A826395121157
        words = [
            two >> 64 ^ words[1] ^ low,
            two & mask,
            one >> 64 ^ words[3] ^ high,
            one & mask,
        ]
        low, high = (low + 0x9E3779B97F4A7C15) & mask, (high + 0xBB67AE8584CAA73B) & mask
    return words


def test_philox_gives_the_known_answers_of_its_authors() -> None:
    """The kat_vectors file of Random123: all zero, all one."""
    zero = "16554d9eca36314c db20fe9d672d0fdc d7e772cee186176b 7e68b68aec7ba23b"
    ones = "87b092c3013fe90b 438c3c67be8d0224 9cc7d7c69cd777b6 a09caebf594f0ba0"
    assert [f"{word:016x}" for word in philox(0, 0)] == zero.split()
    assert [f"{word:016x}" for word in philox(2**256 - 1, 2**128 - 1)] == ones.split()


@thorough
@given(st.text(max_size=12), st.integers(-(2**70), 2**70), st.integers(1, 9))
def test_a_quantity_is_the_philox_stream_of_its_name(name: str, seed: int, draws: int) -> None:
    key = hashlib.blake2b(f"{seed}\n{name}".encode(), digest_size=16, person=b"quantity").digest()
    # numpy counts up before it hands out a block, and a double takes the upper 53 bits.
    words = [word for block in range(1, 4) for word in philox(block, int.from_bytes(key, "little"))]
    expected = [(word >> 11) / 2**53 for word in words[:draws]]
    assert mcda.draw_uniform(name, 0, 1, draws, seed).tolist() == expected


def same(one: Robust, other: Robust) -> bool:
    return all(
        np.array_equal(getattr(one, name), getattr(other, name)) for name in Robust.__slots__
    )


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Few rows on a coarse grid, so that ties are common; some marks unknown, some shared."""
    rows, criteria = draw(st.integers(1, 7)), draw(st.integers(1, 4))
    draws, seed = draw(st.integers(1, 30)), draw(st.integers(0, 2**63))
    grid = st.lists(
        st.lists(st.sampled_from([0.0, 50.0, 100.0]), min_size=criteria, max_size=criteria),
        min_size=rows,
        max_size=rows,
    )
    weights = mcda.draw_weights(
        mcda.stated({str(at): 1.0 for at in range(criteria)}),
        draw(st.sampled_from(SCHEMES)),
        30,
        draws,
        seed,
    )
    unknown = [
        Unknown(
            draw(st.integers(0, criteria - 1)),
            np.array(sorted(draw(st.sets(st.integers(0, rows - 1), min_size=1)))),
            mcda.draw_uniform(f"q{at}", 0, 100, draws, seed),
            np.array([draw(st.sampled_from([0.5, 1.0]))]),
        )
        for at in range(draw(st.integers(0, 3)))
    ]
    unknown = [
        Unknown(u.criterion, u.rows, u.drawn, np.repeat(u.scale, len(u.rows))) for u in unknown
    ]
    return np.array(draw(grid)).reshape(rows, criteria), weights, unknown, draw(st.integers(1, 8))


class TestNothingElseMatters:
    @thorough
    @given(problems(), st.randoms(use_true_random=False))
    def test_order_of_rows(self, problem: Problem, random: Random) -> None:
        values, weights, unknown, top = problem
        order = list(range(len(values)))
        random.shuffle(order)
        moved = [
            Unknown(u.criterion, np.array([order.index(at) for at in u.rows]), u.drawn, u.scale)
            for u in unknown
        ]
        one = mcda.robust(values, weights, unknown, top)
        other = mcda.robust(values[order], weights, moved, top)
        for name in Robust.__slots__:
            assert np.array_equal(getattr(one, name)[order], getattr(other, name)), name

    @thorough
    @given(problems(), st.integers(0, 3), st.integers(-100, 100))
    def test_a_constant_on_a_criterion(self, problem: Problem, at: int, add: int) -> None:
        values, weights, unknown, top = problem
        raised = values.copy()
        raised[:, at % values.shape[1]] += add
        assert same(
            mcda.robust(values, weights, unknown, top), mcda.robust(raised, weights, unknown, top)
        )

    @thorough
    @given(problems(), st.integers(1, 9))
    def test_chunks(self, problem: Problem, chunk: int) -> None:
        values, weights, unknown, top = problem
        assert same(
            mcda.robust(values, weights, unknown, top),
            mcda.robust(values, weights, unknown, top, chunk=chunk),
        )
        whole = np.vstack(list(mcda.scores(values, weights, unknown)))
        parts = list(mcda.scores(values, weights, unknown, chunk=chunk))
        assert {len(part) for part in parts[:-1]} <= {chunk}
        assert np.array_equal(whole, np.vstack(parts))

    @thorough
    @given(problems(), st.integers(1, 7))
    def test_other_rows_to_a_score(self, problem: Problem, keep: int) -> None:
        values, weights, unknown, _ = problem
        fewer = []
        for u in unknown:
            left = u.rows < keep
            fewer.append(Unknown(u.criterion, u.rows[left], u.drawn, u.scale[left]))
        whole = np.vstack(list(mcda.scores(values, weights, unknown)))
        assert np.array_equal(
            whole[:, :keep], np.vstack(list(mcda.scores(values[:keep], weights, fewer)))
        )


class TestWhatAlwaysHolds:
    @thorough
    @given(problems())
    def test_places_add_up(self, problem: Problem) -> None:
        values, weights, unknown, top = problem
        found = mcda.robust(values, weights, unknown, top)
        assert math.fsum(found.p_top) == pytest.approx(min(top, len(values)), abs=1e-9)
        assert (found.p_top >= 0).all()
        assert (found.p_top <= 1 + 1e-12).all()

    @thorough
    @given(problems())
    def test_an_interval_holds_its_median_inside_the_table(self, problem: Problem) -> None:
        values, weights, unknown, top = problem
        found = mcda.robust(values, weights, unknown, top)
        assert (found.p05 >= 1).all()
        assert (found.p05 <= found.median).all()
        assert (found.median <= found.p95).all()
        assert (found.p95 <= len(values)).all()

    @thorough
    @given(problems())
    def test_an_interval_agrees_with_its_probability(self, problem: Problem) -> None:
        """Past the top k at 5 % means at most 5 % inside, where no tie crosses the border."""
        values, weights, unknown, _ = problem
        values = values + np.arange(len(values))[:, None] * 1e-3  # no two rows alike
        found = mcda.robust(values, weights, unknown, 1)
        assert (found.p_top[found.p05 > 1] <= 0.05 + 1e-12).all()
        assert (found.p_top[found.p95 <= 1] >= 0.95 - 1e-12).all()

    @thorough
    @given(problems(), st.integers(0, 6))
    def test_a_better_mark_never_harms(self, problem: Problem, at: int) -> None:
        values, weights, unknown, top = problem
        at %= len(values)
        better = values.copy()
        better[at] += 50
        one, other = (mcda.robust(v, weights, unknown, top) for v in (values, better))
        assert other.p_top[at] >= one.p_top[at] - 1e-12
        assert other.p95[at] <= one.p95[at]
        assert other.p05[at] <= one.p05[at]
