"""Robust ranks where the answer is known: in closed form, in print, or by what must not matter."""

from __future__ import annotations

import math
import tracemalloc
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainmap.core import mcda
from chainmap.core.mcda import Robust, Unknown

Floats = npt.NDArray[np.float64]
MANY = 20_000
SCHEMES = ("around", "any", "order")
# The same cases each time: a draw that lands on an edge must not fail somebody else's commit.
thorough = settings(derandomize=True, database=None)  # of the profile: see conftest.py

marks = st.integers(0, 100).map(float)
seeds = st.integers(0, 2**63)


def near(share: float, draws: int = MANY) -> float:
    """Five standard errors of a share estimated from that many draws."""
    return 5 * math.sqrt(max(share * (1 - share), 1 / draws) / draws)


def equal_weights(criteria: int) -> Floats:
    return mcda.stated({str(at): 1.0 for at in range(criteria)})


def ranked(
    rows: Sequence[Sequence[float]], weights: Floats, top: int = 1, **more: object
) -> Robust:
    return mcda.robust(np.array(rows, dtype=float), weights, more.get("unknown", ()), top)  # type: ignore[arg-type]


class TestStatedWeights:
    def test_are_normalised_in_their_order(self) -> None:
        assert mcda.stated({"gap": 3, "fit": 0, "pull": 1}).tolist() == [0.75, 0.0, 0.25]

    @pytest.mark.parametrize(
        "wrong", [{}, {"a": 0.0}, {"a": 1.0, "b": -0.1}, {"a": math.nan}, {"a": math.inf}]
    )
    def test_that_mean_nothing_are_refused(self, wrong: dict[str, float]) -> None:
        with pytest.raises(ValueError, match="weight"):
            mcda.stated(wrong)

    @thorough
    @given(st.lists(st.floats(0, 1e6), min_size=1, max_size=8).filter(lambda w: sum(w) > 1e-6))
    def test_sum_to_one(self, weights: list[float]) -> None:
        found = mcda.stated({str(at): weight for at, weight in enumerate(weights)})
        assert math.fsum(found) == pytest.approx(1, abs=1e-12)
        assert (found >= 0).all()


class TestDrawnWeights:
    def test_around_have_the_moments_of_a_dirichlet(self) -> None:
        stated = mcda.stated({"a": 5, "b": 3, "c": 2, "off": 0})
        drawn = mcda.draw_weights(stated, "around", 30, MANY, 1)
        variance = stated * (1 - stated) / 31
        assert drawn.mean(axis=0) == pytest.approx(stated, abs=5 * math.sqrt(0.25 / 31 / MANY))
        assert drawn.var(axis=0) == pytest.approx(variance, rel=0.06)
        assert not drawn[:, 3].any()

    def test_any_spread_over_the_positive_ones_alone(self) -> None:
        drawn = mcda.draw_weights(mcda.stated({"a": 9, "off": 0, "b": 1}), "any", 30, MANY, 1)
        below = [(drawn[:, 0] < x).mean() for x in (0.1, 0.5, 0.9)]
        assert below == pytest.approx([0.1, 0.5, 0.9], abs=near(0.5))
        assert not drawn[:, 1].any()

    @pytest.mark.parametrize(
        ("count", "centroid"),
        [
            (2, [0.75, 0.25]),
            (3, [0.6111, 0.2778, 0.1111]),
            (4, [0.5208, 0.2708, 0.1458, 0.0625]),
            (5, [0.4567, 0.2567, 0.1567, 0.09, 0.04]),
        ],
    )
    def test_order_average_to_the_published_rank_order_centroid(
        self, count: int, centroid: list[float]
    ) -> None:
        """Table of rank order centroid weights, Barron and Barrett 1996."""
        stated = mcda.stated({str(at): float(count - at) for at in range(count)})
        drawn = mcda.draw_weights(stated, "order", 30, MANY, 3)
        assert drawn.mean(axis=0) == pytest.approx(centroid, abs=0.006)
        assert (np.diff(drawn, axis=1) <= 0).all()

    def test_order_permute_equal_ones_at_random(self) -> None:
        stated = mcda.stated({"low": 1, "a": 2, "off": 0, "b": 2, "top": 3})
        drawn = mcda.draw_weights(stated, "order", 30, MANY, 3)
        low, a, off, b, top = drawn.T
        assert (top >= np.maximum(a, b)).all()
        assert (np.minimum(a, b) >= low).all()
        assert not off.any()
        assert (a > b).mean() == pytest.approx(0.5, abs=near(0.5))
        # The larger of the two is the second of four whichever it is.
        assert np.maximum(a, b).mean() == pytest.approx(0.2708, abs=0.006)

    @thorough
    @given(
        st.lists(st.integers(0, 5), min_size=1, max_size=8).filter(any),
        st.sampled_from(SCHEMES),
        st.sampled_from([1e-3, 1.0, 30.0, 1e6]),
        st.integers(1, 40),
        seeds,
    )
    def test_are_weights_whatever_is_asked(
        self, weights: list[int], scheme: str, kappa: float, draws: int, seed: int
    ) -> None:
        stated = mcda.stated({str(at): float(weight) for at, weight in enumerate(weights)})
        drawn = mcda.draw_weights(stated, scheme, kappa, draws, seed)
        assert drawn.shape == (draws, len(weights))
        assert drawn.sum(axis=1) == pytest.approx(1, abs=1e-12)
        assert (drawn >= 0).all()
        assert not drawn[:, stated == 0].any()

    @thorough
    @given(
        st.sampled_from(SCHEMES),
        st.sampled_from([1e-2, 1.0, 30.0]),
        st.integers(1, 40),
        st.integers(1, 40),
        seeds,
    )
    def test_of_a_short_run_begin_the_long_one(
        self, scheme: str, kappa: float, few: int, more: int, seed: int
    ) -> None:
        stated = mcda.stated({"a": 3, "b": 2, "c": 2, "off": 0})
        short = mcda.draw_weights(stated, scheme, kappa, few, seed)
        long = mcda.draw_weights(stated, scheme, kappa, few + more, seed)
        assert np.array_equal(short, long[:few])

    def test_differ_by_seed(self) -> None:
        drawn = [mcda.draw_weights(equal_weights(3), "any", 30, 9, seed) for seed in (0, 1, -1)]
        assert len({d.tobytes() for d in drawn}) == 3

    @pytest.mark.parametrize(
        ("scheme", "kappa", "draws"),
        [("near", 30.0, 9), ("around", 0.0, 9), ("around", math.inf, 9), ("any", 30.0, 0)],
    )
    def test_that_cannot_be_drawn_are_refused(self, scheme: str, kappa: float, draws: int) -> None:
        with pytest.raises(ValueError, match=r"scheme|kappa|draws"):
            mcda.draw_weights(equal_weights(2), scheme, kappa, draws, 1)


class TestDrawnQuantities:
    def test_are_uniform_over_their_range(self) -> None:
        drawn = mcda.draw_uniform("gap:ic/wafer", 30, 70, MANY, 1)
        assert drawn.min() >= 30
        assert drawn.max() <= 70
        assert [(drawn < x).mean() for x in (34, 50, 66)] == pytest.approx(
            [0.1, 0.5, 0.9], abs=near(0.5)
        )

    def test_of_two_names_have_nothing_in_common(self) -> None:
        one, two = (mcda.draw_uniform(name, 0, 1, MANY, 1) for name in ("a", "b"))
        assert np.corrcoef(one, two)[0, 1] == pytest.approx(0, abs=5 / math.sqrt(MANY))

    def test_have_nothing_in_common_with_weights(self) -> None:
        drawn = mcda.draw_weights(equal_weights(2), "any", 30, MANY, 1)[:, 0]
        for name in (*SCHEMES, ""):
            quantity = mcda.draw_uniform(name, 0, 1, MANY, 1)
            assert np.corrcoef(quantity, drawn)[0, 1] == pytest.approx(0, abs=5 / math.sqrt(MANY))

    def test_stay_as_they_are_from_one_release_to_the_next(self) -> None:
        """Philox and blake2b are fixed by their papers, so these digits hold on any machine."""
        found = mcda.draw_uniform("strength:某公司", 0, 100, 3, 20260101)
        assert found == pytest.approx(FROZEN_QUANTITY, abs=1e-12)

    @thorough
    @given(st.text(max_size=9), seeds, st.integers(1, 30), st.integers(1, 30), marks, marks)
    def test_depend_on_name_and_seed_alone(
        self, name: str, seed: int, few: int, more: int, one: float, two: float
    ) -> None:
        low, high = sorted((one, two))
        short = mcda.draw_uniform(name, low, high, few, seed)
        mcda.draw_uniform(name + "x", low, high, few, seed)
        long = mcda.draw_uniform(name, low, high, few + more, seed)
        assert np.array_equal(short, long[:few])
        assert low <= short.min() <= short.max() <= high

    @pytest.mark.parametrize(
        ("low", "high", "draws"), [(2, 1, 9), (0, math.inf, 9), (math.nan, 1, 9), (0, 1, 0)]
    )
    def test_that_cannot_be_drawn_are_refused(self, low: float, high: float, draws: int) -> None:
        with pytest.raises(ValueError, match=r"range|draws"):
            mcda.draw_uniform("q", low, high, draws, 1)


class TestTwoRowsAndTwoCriteria:
    @pytest.mark.parametrize(("gain", "loss"), [(10, 10), (30, 10), (1, 9), (50, 0.5)])
    def test_any_weights_give_the_share_of_the_simplex(self, gain: float, loss: float) -> None:
        """A is better by ``gain`` on one criterion, worse by ``loss`` on the other."""
        weights = mcda.draw_weights(equal_weights(2), "any", 30, MANY, 5)
        found = ranked([[50 + gain, 50], [50, 50 + loss]], weights)
        first = gain / (gain + loss)
        assert found.p_top == pytest.approx([first, 1 - first], abs=near(first))

    @pytest.mark.parametrize(("gain", "loss"), [(10, 10), (30, 10), (1, 9)])
    def test_weights_around_even_give_the_beta_share(self, gain: float, loss: float) -> None:
        weights = mcda.draw_weights(equal_weights(2), "around", 4, MANY, 5)
        found = ranked([[50 + gain, 50], [50, 50 + loss]], weights)
        cut = loss / (gain + loss)  # Beta(2, 2) is below x with 3x² - 2x³
        first = 1 - (3 * cut**2 - 2 * cut**3)
        assert found.p_top[0] == pytest.approx(first, abs=near(first))

    @pytest.mark.parametrize(("gain", "loss", "first"), [(10, 10, 1), (10, 30, 0.5), (1, 9, 0.2)])
    def test_ordered_weights_give_the_share_of_the_half_that_is_left(
        self, gain: float, loss: float, first: float
    ) -> None:
        weights = mcda.draw_weights(mcda.stated({"a": 2, "b": 1}), "order", 30, MANY, 5)
        found = ranked([[50 + gain, 50], [50, 50 + loss]], weights)
        assert found.p_top[0] == pytest.approx(first, abs=near(first))

    def test_a_row_better_everywhere_is_always_first(self) -> None:
        weights = mcda.draw_weights(equal_weights(2), "any", 30, 999, 5)
        found = ranked([[51, 61], [50, 60]], weights)
        assert found.p_top.tolist() == [1, 0]
        assert found.p_top_error.tolist() == [0, 0]
        assert (found.p05.tolist(), found.p95.tolist()) == ([1, 2], [1, 2])

    def test_the_standard_error_is_the_binomial_one(self) -> None:
        weights = mcda.draw_weights(equal_weights(2), "any", 30, 900, 5)
        found = ranked([[60, 50], [50, 60]], weights)
        share = found.p_top[0]
        assert found.p_top_error == pytest.approx(math.sqrt(share * (1 - share) / 900), abs=1e-12)


class TestUnknownQuantities:
    weights = np.ones((MANY, 1))

    def test_a_range_beats_a_mark_as_often_as_it_is_above_it(self) -> None:
        drawn = mcda.draw_uniform("q", 0, 100, MANY, 1)
        unknown = [Unknown(0, np.array([1]), drawn, np.array([1.0]))]
        found = ranked([[70], [0]], self.weights, unknown=unknown)
        assert found.p_top == pytest.approx([0.7, 0.3], abs=near(0.3))

    def test_a_shared_quantity_moves_its_rows_together(self) -> None:
        drawn = mcda.draw_uniform("q", 0, 100, MANY, 1)
        unknown = [Unknown(0, np.array([0, 1]), drawn, np.array([1.0, 1.0]))]
        found = ranked([[0], [0]], self.weights, unknown=unknown)
        assert found.p_top.tolist() == [0.5, 0.5]
        assert (found.p05.tolist(), found.p95.tolist()) == ([1, 1], [2, 2])
        assert found.median.tolist() == [1.5, 1.5]

    def test_a_part_that_is_unknown_counts_by_its_scale(self) -> None:
        """50 + u/2 against 80, u uniform to 100: above when u is over 60."""
        drawn = mcda.draw_uniform("q", 0, 100, MANY, 1)
        unknown = [Unknown(0, np.array([0]), drawn, np.array([0.5]))]
        found = ranked([[50], [80]], self.weights, unknown=unknown)
        assert found.p_top == pytest.approx([0.4, 0.6], abs=near(0.4))

    def test_two_parts_of_one_mark_add_up(self) -> None:
        """(u + v)/2 is below 25 with 1/8 (a triangle of the unit square)."""
        unknown = [
            Unknown(0, np.array([0]), mcda.draw_uniform(name, 0, 100, MANY, 1), np.array([0.5]))
            for name in ("u", "v")
        ]
        found = ranked([[0], [25]], self.weights, unknown=unknown)
        assert found.p_top[1] == pytest.approx(1 / 8, abs=near(1 / 8))

    @pytest.mark.parametrize(
        "wrong",
        [
            Unknown(1, np.array([0]), np.zeros(4), np.array([1.0])),
            Unknown(0, np.array([2]), np.zeros(4), np.array([1.0])),
            Unknown(0, np.array([-1]), np.zeros(4), np.array([1.0])),
            Unknown(0, np.array([0]), np.zeros(3), np.array([1.0])),
            Unknown(0, np.array([0]), np.zeros(4), np.array([1.0, 1.0])),
            Unknown(0, np.array([0, 0]), np.zeros(4), np.array([1.0, 1.0])),
            Unknown(0, np.array([0]), np.full(4, np.nan), np.array([1.0])),
            Unknown(0, np.array([0]), np.zeros(4), np.array([np.inf])),
        ],
    )
    def test_that_fit_nowhere_are_refused(self, wrong: Unknown) -> None:
        with pytest.raises(ValueError, match="unknown"):
            ranked([[1], [2]], np.ones((4, 1)), unknown=[wrong])


class TestTies:
    def test_rows_that_are_all_equal_share_the_middle(self) -> None:
        found = ranked([[7, 7]] * 4, mcda.draw_weights(equal_weights(2), "any", 30, 50, 1), top=1)
        assert found.p_top.tolist() == [0.25] * 4
        assert found.p_top_error == pytest.approx(0, abs=1e-9)
        assert (found.p05.tolist(), found.p95.tolist()) == ([2] * 4, [3] * 4)
        assert found.median.tolist() == [2.5] * 4

    def test_a_tie_across_the_border_shares_the_places_left(self) -> None:
        found = ranked([[9], [5], [5], [5], [1]], np.ones((3, 1)), top=2)
        assert found.p_top == pytest.approx([1, 1 / 3, 1 / 3, 1 / 3, 0], abs=1e-15)
        assert found.p05.tolist() == [1, 3, 3, 3, 5]

    def test_scores_that_differ_past_the_ninth_decimal_are_equal(self) -> None:
        found = ranked([[50], [50 + 2e-10], [50 + 2e-9]], np.ones((1, 1)))
        assert found.median.tolist() == [2.5, 2.5, 1]

    def test_the_three_thirds_of_three_equals(self) -> None:
        """Unit rows under weights that nobody knows: each is first, second, third as often."""
        weights = mcda.draw_weights(equal_weights(3), "any", 30, MANY, 2)
        found = ranked(np.eye(3).tolist(), weights)
        assert found.p_top == pytest.approx(1 / 3, abs=near(1 / 3))
        assert (found.p05.tolist(), found.p95.tolist()) == ([1] * 3, [3] * 3)
        assert found.median.tolist() == [2] * 3


class TestIntervals:
    @pytest.mark.parametrize(
        ("draws", "worse", "p95"), [(20, 1, 1), (20, 2, 2), (100, 5, 1), (100, 6, 2), (1, 0, 1)]
    )
    def test_end_at_the_inverted_distribution(self, draws: int, worse: int, p95: int) -> None:
        """A row second in ``worse`` of the draws, first in the others."""
        drawn = np.where(np.arange(draws) < worse, 0.0, 100.0)
        unknown = [Unknown(0, np.array([0]), drawn, np.array([1.0]))]
        found = ranked([[0], [50]], np.ones((draws, 1)), unknown=unknown)
        assert (found.p05[0], found.p95[0]) == (1, p95)
        assert found.p05.dtype.kind == found.p95.dtype.kind == "i"

    @pytest.mark.parametrize(
        ("worse", "p25", "p75"), [(24, 1, 1), (25, 1, 1), (26, 1, 2), (75, 1, 2), (76, 2, 2)]
    )
    def test_the_inner_half(self, worse: int, p25: int, p75: int) -> None:
        """Second in ``worse`` of 100 draws: a quarter of the draws lie below each end."""
        drawn = np.where(np.arange(100) < worse, 0.0, 100.0)
        unknown = [Unknown(0, np.array([0]), drawn, np.array([1.0]))]
        found = ranked([[0], [50]], np.ones((100, 1)), unknown=unknown)
        assert (found.p25[0], found.p75[0]) == (p25, p75)
        assert found.p05[0] <= found.p25[0] <= found.median[0] <= found.p75[0] <= found.p95[0]


class TestEdges:
    def test_no_rows_give_no_ranks(self) -> None:
        found = mcda.robust(np.zeros((0, 2)), np.full((9, 2), 0.5), (), 5)
        assert [len(getattr(found, name)) for name in Robust.__slots__] == [0] * 7

    def test_one_row_is_first(self) -> None:
        found = ranked([[3]], np.ones((2, 1)), top=9)
        assert [getattr(found, name).tolist() for name in Robust.__slots__] == [
            [1], [1], [1], [1], [1], [1], [0],
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("values", "weights", "top"),
        [
            (np.zeros((2, 3)), np.ones((4, 2)), 1),
            (np.zeros(2), np.ones((4, 2)), 1),
            (np.zeros((2, 2)), np.ones((0, 2)), 1),
            (np.full((2, 2), np.nan), np.ones((4, 2)), 1),
            (np.zeros((2, 2)), np.full((4, 2), np.inf), 1),
            (np.zeros((2, 2)), np.ones((4, 2)), 0),
        ],
    )
    def test_what_cannot_be_ranked_is_refused(
        self, values: Floats, weights: Floats, top: int
    ) -> None:
        with pytest.raises(ValueError, match=r"values|weights|top"):
            mcda.robust(values, weights, (), top)

    def test_memory_is_bounded_beside_the_ranks(self) -> None:
        rows, draws = 3000, 2000
        values = np.linspace(0, 100, rows * 2).reshape(rows, 2)
        weights = mcda.draw_weights(equal_weights(2), "any", 30, draws, 1)
        tracemalloc.start()
        try:
            mcda.robust(values, weights, (), 20)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert peak < 1.1 * mcda.MEMORY + 4 * rows * draws

    def test_inputs_are_left_as_they_were(self) -> None:
        values, weights = np.zeros((2, 1)), np.ones((3, 1))
        drawn = np.arange(3.0)
        mcda.robust(values, weights, [Unknown(0, np.array([0]), drawn, np.array([1.0]))], 1)
        assert not values.any()
        assert (weights == 1).all()
        assert drawn.tolist() == [0, 1, 2]


# By an implementation of Philox4x64-10 and blake2b that shares no code with numpy's;
# see test_mcda_crosscheck.py.
FROZEN_QUANTITY = [58.75609304635201, 54.27931451392004, 12.389301355450666]
