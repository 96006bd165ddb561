"""Robust ranks at their edges: chunks, threads, ties, what is refused and what is just allowed."""

from __future__ import annotations

import dataclasses
import hashlib
import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from test_mcda_crosscheck import philox

from chainmap.core import mcda
from chainmap.core.mcda import Robust, Unknown

Floats = npt.NDArray[np.float64]
SCHEMES = ("around", "any", "order")
EVEN = mcda.stated({"a": 1, "b": 1})


def unknown(
    criterion: int = 0,
    rows: tuple[int, ...] = (0,),
    drawn: Any = (0.0,) * 4,
    scale: tuple[float, ...] | None = None,
) -> Unknown:
    scales = (1.0,) * len(rows) if scale is None else scale
    return Unknown(
        criterion, np.array(rows, dtype=np.int64), np.array(drawn, dtype=float), np.array(scales)
    )


def same(one: Robust, other: Robust) -> bool:
    return all(
        np.array_equal(getattr(one, name), getattr(other, name)) for name in Robust.__slots__
    )


class TestDraws:
    @pytest.mark.parametrize("scheme", SCHEMES)
    def test_one_is_enough_and_none_is_refused(self, scheme: str) -> None:
        assert mcda.draw_weights(EVEN, scheme, 30, 1, 1).shape == (1, 2)
        assert mcda.draw_uniform("q", 0, 1, 1, 1).shape == (1,)
        for draws in (0, -1):
            with pytest.raises(ValueError, match="draws"):
                mcda.draw_weights(EVEN, scheme, 30, draws, 1)
            with pytest.raises(ValueError, match="draws"):
                mcda.draw_uniform("q", 0, 1, draws, 1)

    @pytest.mark.parametrize("kappa", [0.0, -1.0, -0.5, math.inf, math.nan])
    def test_around_nothing_is_refused(self, kappa: float) -> None:
        with pytest.raises(ValueError, match="kappa"):
            mcda.draw_weights(EVEN, "around", kappa, 2, 1)

    def test_weights_below_one_are_weights(self) -> None:
        assert mcda.stated({"a": 0.25, "b": 0.0, "c": 0.5}).tolist() == [1 / 3, 0, 2 / 3]
        drawn = mcda.draw_weights(mcda.stated({"a": 1e-3, "b": 0.0}), "around", 0.5, 3, 1)
        assert drawn[:, 0] == pytest.approx(1, abs=1e-12)
        assert not drawn[:, 1].any()

    def test_a_range_may_be_a_point_or_lie_below_0(self) -> None:
        assert mcda.draw_uniform("q", 7, 7, 3, 1).tolist() == [7, 7, 7]
        drawn = mcda.draw_uniform("q", -3, -1, 2000, 1)
        assert -3 <= drawn.min() < -2.9
        assert -1.1 < drawn.max() <= -1

    @pytest.mark.parametrize(
        ("low", "high"), [(-math.inf, 1), (0, math.nan), (math.inf, math.inf), (1, 0.5)]
    )
    def test_a_range_without_ends_or_backwards_is_refused(self, low: float, high: float) -> None:
        with pytest.raises(ValueError, match="range"):
            mcda.draw_uniform("q", low, high, 2, 1)

    def test_a_quantity_is_never_past_its_end(self) -> None:
        """Where a range is so narrow that adding its low end rounds, it must round inwards."""
        low, high = 1.0, math.nextafter(1.0, 2)
        drawn = mcda.draw_uniform("q", low, high, 500, 1)
        assert set(drawn.tolist()) == {low, high}

    def test_many_quantities_are_each_what_they_are_alone(self) -> None:
        ranges = {"a": (0.0, 1.0), "b": (30.0, 70.0), "c": (5.0, 5.0), "d": (-1.0, 1.0)}
        together = mcda.draw_uniforms(ranges, 9, 4)
        assert list(together) == list(ranges)
        for name, (low, high) in ranges.items():
            assert np.array_equal(together[name], mcda.draw_uniform(name, low, high, 9, 4))
        assert mcda.draw_uniforms({}, 9, 4) == {}

    @pytest.mark.parametrize("scheme", ["any", "order"])
    @pytest.mark.parametrize("seed", [0, 20260101, -5])
    def test_are_shares_of_exponentials_of_philox_words(self, scheme: str, seed: int) -> None:
        """Row after row of the stream of the scheme's name; ``order`` sorts each row."""
        key = hashlib.blake2b(f"{seed}\n{scheme}".encode(), digest_size=16, person=b"weights")
        number = int.from_bytes(key.digest(), "little")
        words = [word for block in range(1, 4) for word in philox(block, number)]
        waits = [-math.log(1 - (word >> 11) / 2**53) for word in words]
        found = mcda.draw_weights(
            mcda.stated({"a": 3, "off": 0, "b": 2, "c": 1}), scheme, 30, 3, seed
        )
        for line, start in zip(found.tolist(), (0, 3, 6), strict=True):
            shares = [wait / sum(waits[start : start + 3]) for wait in waits[start : start + 3]]
            one, two, three = sorted(shares, reverse=True) if scheme == "order" else shares
            assert line == pytest.approx([one, 0, two, three], abs=1e-14)

    def test_equal_ones_keep_the_order_of_what_was_drawn_for_them(self) -> None:
        """Among themselves, of what the order leaves them: the lesser two of three here."""
        key = hashlib.blake2b(b"1\norder", digest_size=16, person=b"weights").digest()
        number = int.from_bytes(key, "little")
        words = [word for block in range(1, 10) for word in philox(block, number)]
        waits = [-math.log(1 - (word >> 11) / 2**53) for word in words]
        stated = mcda.stated({"a": 1, "most": 2, "b": 1})
        for at, (one, most, two) in enumerate(mcda.draw_weights(stated, "order", 30, 12, 1)):
            drawn = waits[3 * at : 3 * at + 3]
            assert most > max(one, two)
            assert (one > two) == (drawn[0] > drawn[2])

    def test_in_order_the_largest_goes_to_the_largest_wherever_it_stands(self) -> None:
        stated = mcda.stated({"least": 1, "off": 0, "most": 9, "middle": 4})
        least, off, most, middle = mcda.draw_weights(stated, "order", 30, 400, 2).T
        assert (most > middle).all()
        assert (middle > least).all()
        assert (least > 0).all()
        assert not off.any()


class TestChunks:
    """3 rows, 10 draws; each total stands for its draw, so that a wrong slice would show."""

    values = np.array([[1.0, 0.0], [0.0, 1.0], [2.0, 2.0]])
    weights = np.arange(20.0).reshape(10, 2)

    @pytest.mark.parametrize(
        ("chunk", "sizes"),
        [
            (1, [1] * 10),
            (3, [3, 3, 3, 1]),
            (5, [5, 5]),
            (9, [9, 1]),
            (10, [10]),
            (11, [10]),
            (None, [10]),
        ],
    )
    def test_hold_as_many_draws_as_asked(self, chunk: int | None, sizes: list[int]) -> None:
        found = list(mcda.scores(self.values, self.weights, chunk=chunk))
        assert [len(part) for part in found] == sizes
        assert np.array_equal(np.vstack(found), self.weights @ self.values.T)

    @pytest.mark.parametrize(("scores", "sizes"), [(12, [4, 4, 2]), (14, [4, 4, 2]), (2, [1] * 10)])
    def test_fit_into_memory(
        self, scores: int, sizes: list[int], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Memory for so many scores: whole draws, and never less than one."""
        monkeypatch.setattr(mcda, "MEMORY", scores * mcda.BYTES_A_SCORE)
        found = list(mcda.scores(self.values, self.weights))
        assert [len(part) for part in found] == sizes

    @pytest.mark.parametrize(
        ("workers", "sizes"), [(1, [10]), (2, [5, 5]), (4, [3, 3, 3, 1]), (64, [1] * 10)]
    )
    def test_leave_no_worker_idle_that_could_share(self, workers: int, sizes: list[int]) -> None:
        parts = mcda.parts_of(10, 3, None, workers)
        assert [part.stop - part.start for part in parts] == sizes
        assert [at for part in parts for at in range(10)[part]] == list(range(10))

    def test_that_are_worked_on_at_once_share_the_memory(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(mcda, "MEMORY", 12 * mcda.BYTES_A_SCORE)
        for rows, workers, sizes in ((3, 2, [2] * 5), (1, 4, [3, 3, 3, 1]), (1, 1, [10])):
            parts = mcda.parts_of(10, rows, None, workers)
            assert [part.stop - part.start for part in parts] == sizes

    def test_of_no_rows_are_empty(self) -> None:
        (found,) = mcda.scores(np.zeros((0, 2)), self.weights)
        assert found.shape == (10, 0)


def problem(rows: int, draws: int) -> tuple[Floats, Floats, list[Unknown]]:
    random = np.random.Generator(np.random.Philox(7))
    values = random.integers(0, 5, (rows, 2)) * 25.0
    weights = mcda.draw_weights(EVEN, "any", 30, draws, 1)
    parts = [
        unknown(at % 2, (at, at + 1), mcda.draw_uniform(f"q{at}", 0, 100, draws, 1), (0.5, 1.0))
        for at in range(0, rows - 1, 3)
    ]
    return values, weights, parts


class TestThreads:
    @pytest.mark.parametrize("cores", [None, 1, 2, 3, 64])
    @pytest.mark.parametrize("chunk", [None, 7, 1000])
    def test_change_nothing(
        self, cores: int | None, chunk: int | None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        values, weights, parts = problem(30, 101)
        alone = mcda.robust(values, weights, parts, 5)
        monkeypatch.setattr(mcda, "WORTH_THREADS", 0)
        monkeypatch.setattr("os.cpu_count", lambda: cores)
        assert same(mcda.robust(values, weights, parts, 5, chunk=chunk), alone)

    @pytest.mark.parametrize(
        ("cores", "worth", "used"),
        [(64, 3029, 4), (64, 3030, 1), (64, 3031, 1), (2, 0, 2), (1, 0, 1), (None, 0, 1)],
    )
    def test_are_used_where_they_pay_and_are_there(
        self, cores: int | None, worth: int, used: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """30 rows and 101 draws are 3,030 scores; more than four threads are never taken."""
        started: list[int] = []

        class Pool(ThreadPoolExecutor):
            def __init__(self, workers: int) -> None:
                started.append(workers)
                super().__init__(workers)

        monkeypatch.setattr(mcda, "ThreadPoolExecutor", Pool)
        monkeypatch.setattr(mcda, "WORTH_THREADS", worth)
        monkeypatch.setattr("os.cpu_count", lambda: cores)
        mcda.robust(*problem(30, 101), 5)
        assert started == [used]


class TestRanks:
    def test_a_share_of_thirds_has_an_error_of_nothing(self) -> None:
        """Three rows that always tie: a third each time, which no binary number is."""
        for draws in (3, 7, 10, 49, 1000):
            found = mcda.robust(np.zeros((3, 1)), np.ones((draws, 1)), (), 1)
            assert found.p_top == pytest.approx(1 / 3, abs=1e-12)
            assert (found.p_top_error >= 0).all()
            assert found.p_top_error == pytest.approx(0, abs=1e-8)

    def test_two_ties_that_touch_stay_two(self) -> None:
        found = mcda.robust(np.array([[5.0], [9], [5], [9], [1]]), np.ones((1, 1)), (), 3)
        assert found.median.tolist() == [3.5, 1.5, 3.5, 1.5, 5]
        assert found.p_top.tolist() == [0.5, 1, 0.5, 1, 0]
        assert (found.p05.tolist(), found.p95.tolist()) == ([3, 1, 3, 1, 5], [4, 2, 4, 2, 5])
        assert (found.p25.tolist(), found.p75.tolist()) == ([3, 1, 3, 1, 5], [4, 2, 4, 2, 5])

    @pytest.mark.parametrize("apart", [4e-10, -4e-10])
    @pytest.mark.parametrize("total", [50.0, 50.5])
    def test_totals_are_equal_to_the_billionth(self, total: float, apart: float) -> None:
        found = mcda.robust(np.array([[total], [total + apart]]), np.ones((1, 1)), (), 1)
        assert found.median.tolist() == [1.5, 1.5]

    @pytest.mark.parametrize("apart", [1.5e-9, -1.5e-9])
    def test_and_not_beyond(self, apart: float) -> None:
        found = mcda.robust(np.array([[50.0], [50 + apart]]), np.ones((1, 1)), (), 1)
        assert found.median.tolist() == ([2, 1] if apart > 0 else [1, 2])

    def test_negative_totals_rank_like_any_other(self) -> None:
        found = mcda.robust(np.array([[-3.0], [-1], [-2]]), np.ones((1, 1)), (), 2)
        assert found.median.tolist() == [3, 1, 2]
        assert found.p_top.tolist() == [0, 1, 1]

    @pytest.mark.parametrize(("top", "inside"), [(1, [1, 0]), (2, [1, 1]), (3, [1, 1])])
    def test_the_first_k_may_be_all(self, top: int, inside: list[int]) -> None:
        found = mcda.robust(np.array([[2.0], [1.0]]), np.ones((3, 1)), (), top)
        assert found.p_top.tolist() == inside

    def test_the_error_is_that_of_a_mean(self) -> None:
        """Inside in 1 of 4 draws: sqrt(1/4 * 3/4 / 4)."""
        part = unknown(drawn=(9.0, 0.0, 0.0, 0.0))
        found = mcda.robust(np.array([[0.0], [5.0]]), np.ones((4, 1)), [part], 1)
        assert found.p_top.tolist() == [0.25, 0.75]
        assert found.p_top_error == pytest.approx(math.sqrt(3 / 64), abs=1e-12)

    def test_the_median_of_an_even_number_is_between_the_middle_two(self) -> None:
        part = unknown(drawn=(9.0, 9.0, 0.0, 0.0))
        found = mcda.robust(np.array([[0.0], [5.0], [4.0]]), np.ones((4, 1)), [part], 1)
        assert found.median.tolist() == [2, 1.5, 2.5]

    def test_a_row_moved_by_many_quantities_takes_each_once(self) -> None:
        """Three parts on the same row and criterion, one of them shared, one on another."""
        weights = np.array([[0.5, 0.25]])
        parts = [
            unknown(0, (1, 0), [8.0], (1.0, 0.5)),
            unknown(0, (1,), [2.0], (0.5,)),
            unknown(1, (2, 1), [4.0], (1.0, 2.0)),
            unknown(0, (), [99.0]),
            unknown(0, (1,), [16.0], (0.25,)),
        ]
        (found,) = mcda.scores(np.array([[1.0, 2.0]] * 3), weights, parts)
        assert found.tolist() == [[1 + 2, 1 + 4 + 0.5 + 2 + 2, 1 + 1]]

    def test_later_draws_take_their_own_values(self) -> None:
        part = unknown(0, (1,), (10.0, 20.0, 30.0, 40.0))
        for chunk in (1, 2, 3, None):
            found = np.vstack(
                list(mcda.scores(np.zeros((2, 1)), np.ones((4, 1)), [part], chunk=chunk))
            )
            assert found.tolist() == [[0, 10], [0, 20], [0, 30], [0, 40]]


def test_what_is_unknown_on_the_last_of_many_criteria_moves_few_rows() -> None:
    """Criteria are counted by the columns of the table, of which there may be more than rows."""
    values, weights = np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 5.0]]), np.full((4, 3), 1 / 3)
    moved = unknown(2, (0,), (9.0,) * 4)
    assert mcda.robust(values, weights, [moved], 1).p_top.tolist() == [1, 0]
    (totals,) = mcda.scores(values, weights, [moved])
    assert totals[:, 0].tolist() == [3.0] * 4


def test_the_ends_are_where_so_many_percent_of_a_hundred_and_one_draws_lie() -> None:
    """Every rank once: 5 % of 101 draws are 6 of them, 25 % 26, 75 % 76 and 95 % 96."""
    places = 101
    marks = np.arange(places, dtype=float)
    # Row 0 has in each draw another number of rows above it: none, one, two, ...
    drawn = unknown(1, (0,), marks[::-1] + 0.5)
    values = np.column_stack([np.zeros(places), marks])
    values[0] = 0.0
    found = mcda.robust(values, np.tile([0.0, 1.0], (places, 1)), [drawn], 1)
    ends = (found.p05[0], found.p25[0], found.p75[0], found.p95[0])
    assert ends == (6, 26, 76, 96) and found.median[0] == 51


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # numbers that run over
class TestWhatIsRefused:
    values, weights = np.zeros((3, 2)), np.ones((4, 2))

    def ask(self, *parts: Unknown) -> Robust:
        return mcda.robust(self.values, self.weights, parts, 1)

    @pytest.mark.parametrize(
        "part",
        [
            unknown(1, (0, 2)),
            unknown(0, (2,)),
            unknown(0, (2, 0, 1)),
            unknown(0, ()),
            unknown(1, (0,), (-1e300,) * 4),
            # Together they run past the largest number, each of them does not.
            unknown(0, (0,), (1.7e308, 1.7e308, 0, 0), (0.0,)),
            unknown(0, (0, 1), (0.0,) * 4, (1.7e308, 1.7e308)),
        ],
    )
    def test_is_not_what_just_fits(self, part: Unknown) -> None:
        assert len(self.ask(part).p05) == 3

    @pytest.mark.parametrize(
        "part",
        [
            unknown(2),
            unknown(9),
            unknown(-1),
            unknown(0, (3,)),
            unknown(0, (9,)),
            unknown(0, (-1,)),
            unknown(0, (-1, 0)),
            unknown(0, (0, 3)),
            unknown(0, (1, 1)),
            unknown(0, (0, 1, 0)),
            unknown(0, (0,), (0.0,) * 5),
            unknown(0, (0,), (0.0,) * 3),
            unknown(0, (0, 1), scale=(1.0,)),
            unknown(0, (0,), np.zeros((4, 1))),
            unknown(0, (0,), (0.0, math.inf, 0.0, 0.0)),
            unknown(0, (0,), (math.inf, -math.inf, 0.0, 0.0)),
            unknown(0, (0,), scale=(math.nan,)),
            Unknown(0, np.array([[0]]), np.zeros(4), np.ones((1, 1))),
            Unknown(0, np.array([[0]]), np.zeros(4), np.ones(1)),
        ],
    )
    def test_is_what_fits_nowhere(self, part: Unknown) -> None:
        for parts in ((part,), (unknown(), part)):
            with pytest.raises(ValueError, match=f"quantity {len(parts) - 1} "):
                self.ask(*parts)

    @pytest.mark.parametrize(
        ("values", "weights"),
        [
            (np.zeros(2), np.ones((4, 2))),
            (np.zeros((2, 2, 2)), np.ones((4, 2))),
            (np.zeros((2, 2)), np.ones(2)),
            (np.zeros((2, 2)), np.ones((4, 3))),
            (np.zeros((2, 2)), np.ones((4, 2, 1))),
            (np.array([[0.0, math.inf]]), np.ones((4, 2))),
            (np.zeros((2, 2)), np.array([[1.0, math.nan]])),
        ],
    )
    def test_is_what_has_no_shape(self, values: Floats, weights: Floats) -> None:
        calls: tuple[Callable[[], Any], ...] = (
            lambda: mcda.robust(values, weights, (), 1),
            lambda: list(mcda.scores(values, weights)),
        )
        for call in calls:
            with pytest.raises(ValueError, match=r"^(values|weights) must be "):
                call()

    def test_is_a_first_of_none(self) -> None:
        for top in (0, -1):
            with pytest.raises(ValueError, match="top"):
                mcda.robust(self.values, self.weights, (), top)


@pytest.mark.parametrize(
    "found",
    [
        unknown(),
        mcda.robust(np.ones((1, 1)), np.ones((1, 1)), (), 1),
        mcda.Layer(0, [], np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)),
    ],
    ids=lambda one: type(one).__name__,
)
def test_what_was_found_stays_as_it_was_and_is_itself_alone(found: Any) -> None:
    """Arrays have no one answer to whether they are equal; what holds them is told by identity."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(found, dataclasses.fields(found)[0].name, 1)
    assert not hasattr(found, "__dict__")
    assert found == found  # noqa: PLR0124
    assert found != dataclasses.replace(found)
    assert len({found, found}) == 1
