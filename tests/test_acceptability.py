"""Who wins how often, under which weights, and what knowing would change: beside the oracle."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction
from random import Random

import acceptability_oracle as oracle
import numpy as np
import numpy.typing as npt
import pytest
from acceptability_oracle import Case
from hypothesis import given, settings
from hypothesis import strategies as st

from chainmap.core import acceptability, mcda
from chainmap.core.mcda import Unknown

Floats = npt.NDArray[np.float64]
MANY = 20_000
EIGHTH = Fraction(1, 8)
thorough = settings(max_examples=300, deadline=None, derandomize=True, database=None)


def near(share: float, draws: int = MANY) -> float:
    """Five standard errors of a share estimated from that many draws."""
    return 5 * math.sqrt(max(share * (1 - share), 1 / draws) / draws)


@st.composite
def cases(draw: st.DrawFn, unknown: bool = True) -> Case:
    """Few rows with few different marks, so that ties are common; weights in eighths."""
    rows, criteria = draw(st.integers(1, 7)), draw(st.integers(1, 4))
    draws = draw(st.integers(1, 12))
    mark = st.integers(0, 3)
    values = [[draw(mark) for _ in range(criteria)] for _ in range(rows)]
    weights = []
    for _ in range(draws):
        cuts = sorted(draw(st.integers(0, 8)) for _ in range(criteria - 1))
        ends = [0, *cuts, 8]
        weights.append([EIGHTH * (high - low) for low, high in itertools.pairwise(ends)])
    moves = []
    for _ in range(draw(st.integers(0, 3)) if unknown else 0):
        touched = draw(st.lists(st.integers(0, rows - 1), min_size=1, unique=True))
        scales = {row: draw(st.sampled_from([Fraction(1), Fraction(1, 2)])) for row in touched}
        drawn = draw(st.lists(st.integers(0, 4), min_size=draws, max_size=draws))
        moves.append((draw(st.integers(0, criteria - 1)), scales, drawn))
    return Case(values, weights, moves)


def arrays(case: Case) -> tuple[Floats, Floats, list[Unknown]]:
    unknown = [
        Unknown(
            criterion,
            np.array(list(scales)),
            np.array(drawn, dtype=float),
            np.array([float(scale) for scale in scales.values()]),
        )
        for criterion, scales, drawn in case.unknown
    ]
    return np.array(case.values, dtype=float), np.array(case.weights, dtype=float), unknown


def close(found: object, wanted: object) -> None:
    numbers = np.asarray(found, dtype=float)
    assert numbers == pytest.approx(
        np.broadcast_to(np.asarray(wanted, dtype=float), numbers.shape), abs=1e-12
    )


class TestMembers:
    @thorough
    @given(cases(), st.integers(1, 8))
    def test_share_the_places_as_the_oracle_says(self, case: Case, top: int) -> None:
        found = acceptability.members(*arrays(case), top)
        close(found.shares, oracle.acceptability(case, top))
        whole = np.zeros((len(case.weights), len(case.values)))
        whole[found.draw, found.row] = found.share
        close(whole, oracle.memberships(case, top))
        close(whole.sum(axis=1), min(top, len(case.values)))

    @thorough
    @given(cases(), st.integers(1, 8), st.integers(1, 5))
    def test_are_those_of_the_full_sort_to_the_bit(self, case: Case, top: int, chunk: int) -> None:
        found = acceptability.members(*arrays(case), top, chunk=chunk)
        assert found.shares.tobytes() == mcda.robust(*arrays(case), top).p_top.tobytes()

    def test_many_rows_with_ties_are_those_of_the_full_sort(self) -> None:
        rng = np.random.default_rng(3)
        values = rng.integers(0, 4, (900, 3)).astype(float)
        weights = rng.integers(0, 5, (200, 3)) / 8
        for top in (1, 2, 20, 899, 900, 901):
            found = acceptability.members(values, weights, [], top)
            wanted = mcda.robust(values, weights, [], top).p_top
            assert found.shares.tobytes() == wanted.tobytes()


class TestWins:
    @thorough
    @given(cases(), st.data())
    def test_are_the_oracles(self, case: Case, data: st.DataObject) -> None:
        among = list(range(len(case.values)))
        rows = data.draw(st.lists(st.sampled_from(among), min_size=1, unique=True))
        found = acceptability.wins(*arrays(case), np.array(rows))
        close(found, oracle.wins(case, rows))
        close(found + found.T, 1)  # one of two wins, or each by half
        close(np.diag(found), 0.5)

    @pytest.mark.parametrize(("gain", "loss"), [(10, 10), (30, 10), (1, 9), (50, 0.5)])
    def test_of_two_rows_are_the_share_of_the_simplex(self, gain: float, loss: float) -> None:
        """Dirichlet(1) on two weights is uniform: a cut at loss / (gain + loss)."""
        weights = mcda.draw_weights(mcda.stated({"a": 1, "b": 1}), "any", 30, MANY, 5)
        values = np.array([[50 + gain, 50], [50, 50 + loss]])
        first = gain / (gain + loss)
        found = acceptability.wins(values, weights, [], np.array([0, 1]))
        assert found[0, 1] == pytest.approx(first, abs=near(first))

    def test_do_not_depend_on_who_else_is_there(self) -> None:
        rng = np.random.default_rng(1)
        values, weights = rng.random((9, 3)) * 100, rng.dirichlet(np.ones(3), 50)
        rows = np.array([4, 1])
        alone = acceptability.wins(values[rows], weights, [], np.array([0, 1]))
        among = acceptability.wins(values, weights, [], rows)
        assert alone.tobytes() == among.tobytes()


class TestCentralWeights:
    @thorough
    @given(cases())
    def test_and_confidence_are_the_oracles(self, case: Case) -> None:
        values, weights, unknown = arrays(case)
        first = acceptability.members(values, weights, unknown, 1)
        found = acceptability.central(first, weights)
        rows = np.arange(len(values))
        sure = acceptability.confidence(values, unknown, found, rows, len(weights))
        for row in rows:
            wanted = oracle.central(case, int(row))
            if wanted is None:
                assert np.isnan(found[row]).all() and np.isnan(sure[row])
            else:
                close(found[row], wanted)
                close(sure[row], oracle.confidence(case, int(row)))

    def test_of_two_rows_are_the_middles_of_their_parts(self) -> None:
        """w uniform; the first is best from w = 1/4 up: middles 5/8 and 1/8."""
        weights = mcda.draw_weights(mcda.stated({"a": 1, "b": 1}), "any", 30, MANY, 5)
        first = acceptability.members(np.array([[80.0, 50], [50, 60]]), weights, [], 1)
        found = acceptability.central(first, weights)
        assert found[:, 0] == pytest.approx([5 / 8, 1 / 8], abs=0.01)
        sure = acceptability.confidence(
            np.array([[80.0, 50], [50, 60]]), [], found, np.array([0, 1]), len(weights)
        )
        assert sure.tolist() == [1, 1]

    def test_average_to_the_mean_of_all_by_first_shares(self) -> None:
        rng = np.random.default_rng(2)
        values, weights = rng.random((6, 3)) * 100, rng.dirichlet(np.ones(3), 500)
        first = acceptability.members(values, weights, [], 1)
        found = acceptability.central(first, weights)
        close(np.nansum(first.shares[:, None] * found, axis=0), weights.mean(axis=0))


class TestFirstWhen:
    @thorough
    @given(cases(unknown=False), st.data())
    def test_is_the_oracles_interval(self, case: Case, data: st.DataObject) -> None:
        values, _, _ = arrays(case)
        weights = case.weights[0]
        criteria = range(len(weights))
        group = data.draw(st.lists(st.sampled_from(list(criteria)), min_size=1, unique=True))
        low, high = acceptability.first_when(values, np.array(weights, float), np.array(group))
        marks = [[Fraction(mark) for mark in line] for line in case.values]
        for row in range(len(values)):
            wanted = oracle.first_when(marks, weights, set(group), row)
            if wanted is None:
                assert np.isnan(low[row]) and np.isnan(high[row])
            else:
                close(low[row], wanted[0])
                close(high[row], math.inf if wanted[1] is None else wanted[1])


class TestSwaps:
    scores = st.integers(0, 6).map(Fraction)

    @thorough
    @given(st.data(), st.integers(1, 7))
    def test_are_the_oracles(self, data: st.DataObject, top: int) -> None:
        count = data.draw(st.integers(1, 8))
        before = sorted((data.draw(self.scores) for _ in range(count)), reverse=True)
        rows = data.draw(st.lists(st.integers(0, count - 1), min_size=1, unique=True))
        lines = data.draw(st.integers(1, 6))
        drawn = [[data.draw(self.scores) for _ in rows] for _ in range(lines)]
        after = []
        for line in drawn:
            scores = list(before)
            for row, score in zip(rows, line, strict=True):
                scores[row] = score
            after.append(scores)
        found = acceptability.swaps(
            np.array(before, float), np.array(rows), np.array(drawn, float), top
        )
        close(found, oracle.swaps(before, after, top))

    def test_a_range_across_a_mark_swaps_as_often_as_it_is_above(self) -> None:
        """70 stands before an unknown at its middle of 50; above 70 it takes the place."""
        drawn = mcda.draw_uniform("q", 0, 100, MANY, 1)
        found = acceptability.swaps(np.array([70.0, 50]), np.array([1]), drawn[:, None], 1)
        assert found == pytest.approx(0.3, abs=near(0.3))

    def test_a_score_that_cannot_reach_the_border_swaps_nothing(self) -> None:
        drawn = np.linspace(0, 69, 50)[:, None]
        assert acceptability.swaps(np.array([70.0, 50]), np.array([1]), drawn, 1) == 0


class TestGain:
    @thorough
    @given(cases(), st.integers(1, 7), st.integers(1, 5), st.integers(0, 2**32))
    def test_is_the_oracles_and_never_negative(
        self, case: Case, top: int, parts: int, seed: int
    ) -> None:
        found = acceptability.members(*arrays(case), top)
        drawn = [Random(seed).randrange(4) for _ in case.weights]
        groups = acceptability.parts(np.array(drawn, float), parts)
        assert groups.tolist() == oracle.fifths(drawn, parts)
        gain = acceptability.gain(found, groups, top)
        close(gain, oracle.gain(case, groups.tolist(), top))
        assert gain >= -1e-12

    def test_of_a_coin_between_two_rows_is_half_a_name(self) -> None:
        """One of two is first, by a quantity alone: blind half the names are right, then all."""
        drawn = mcda.draw_uniform("q", 0, 100, 1000, 1)
        drawn = np.where(np.argsort(np.argsort(drawn)) < 500, 0.0, 100.0)
        unknown = [Unknown(0, np.array([0]), drawn, np.array([1.0]))]
        found = acceptability.members(np.array([[0.0], [50]]), np.ones((1000, 1)), unknown, 1)
        assert acceptability.gain(found, acceptability.parts(drawn, 2), 1) == pytest.approx(0.5)

    def test_of_knowing_all_is_a_list_without_a_mistake(self) -> None:
        case = Case([[1], [2], [0]], [[Fraction(1)]] * 3, [(0, {2: Fraction(1)}, [0, 2, 4])])
        found = acceptability.members(*arrays(case), 2)
        groups = np.arange(3)
        shares = sorted(found.shares, reverse=True)[:2]
        assert acceptability.gain(found, groups, 2) == pytest.approx(2 - sum(shares))

    def test_of_what_has_no_bearing_is_the_bias_of_few_draws(self) -> None:
        """A partition that knows nothing still finds some gain; it falls with more draws."""
        gains = []
        for draws in (200, 20_000):
            weights = mcda.draw_weights(mcda.stated({"a": 1, "b": 1}), "any", 30, draws, 5)
            found = acceptability.members(np.array([[60.0, 50], [50, 60]]), weights, [], 1)
            drawn = mcda.draw_uniform("no bearing", 0, 1, draws, 9)
            gains.append(acceptability.gain(found, acceptability.parts(drawn, 5), 1))
        assert gains[1] < gains[0] < 0.06
        assert gains[1] < 0.006


class TestWhatMustNotMatter:
    @thorough
    @given(cases(), st.integers(1, 7), st.randoms())
    def test_the_order_of_rows(self, case: Case, top: int, rng: Random) -> None:
        values, weights, unknown = arrays(case)
        order = list(range(len(values)))
        rng.shuffle(order)
        at = np.argsort(order)  # where each old row has gone
        moved = [Unknown(u.criterion, at[u.rows], u.drawn, u.scale) for u in unknown]
        found = acceptability.members(values[order], weights, moved, top)
        wanted = acceptability.members(values, weights, unknown, top)
        close(found.shares[at], wanted.shares)

    @thorough
    @given(cases(), st.integers(1, 7), st.integers(1, 4))
    def test_the_same_added_to_all(self, case: Case, top: int, more: int) -> None:
        values, weights, unknown = arrays(case)
        found = acceptability.members(values + more, weights, unknown, top)
        close(found.shares, acceptability.members(values, weights, unknown, top).shares)

    @thorough
    @given(cases(), st.integers(1, 7))
    def test_a_row_that_gets_better_is_not_less_often_on_top(self, case: Case, top: int) -> None:
        values, weights, unknown = arrays(case)
        better = values.copy()
        better[0] += 1
        before = acceptability.members(values, weights, unknown, top).shares[0]
        assert acceptability.members(better, weights, unknown, top).shares[0] >= before - 1e-12
