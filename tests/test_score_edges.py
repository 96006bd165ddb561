"""Marks and the point score at their edges: ranges, weights of nothing, and what is clamped."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path
from typing import Any

import pytest
import random_worlds
import test_rank_cases

from chainmap.rank.criteria import CRITERIA, IMPACT, LIKELIHOOD
from chainmap.rank.marks import Mark, Quantity, clamp, unknown
from chainmap.rank.ranks import Request
from chainmap.rank.score import Score, Weights, marks, weighted_mean
from chainmap.study import Study, open_study

CASE: dict[str, Any] = {
    "links": {"open": {"is": "missing", "critical": True}, "dock": "strong"},
    "flows": [["open", "dock"]],
    "firms": {"f": {"revenue_100m_cny": 100}},
    "activities": [["f", "open", "steel", "minor"]],
    "signals": [["f", "2025", "expansion", ""]],
    "presence": [["f", "dock", "none"]],
}
FIRM = ("f", "probe", "open")


def opened(directory: Path, weights: dict[str, float]) -> Study:
    world = dataclasses.replace(
        test_rank_cases.world_of(CASE),
        numbers={f"weights.{name}": weights.get(name, 0.0) for name in CRITERIA},
    )
    random_worlds.write(world, directory)
    study = open_study(directory)
    assert [one.line("en") for one in study.problems if one.severity == "error"] == []
    return study


class TestMarks:
    def test_a_known_mark_is_what_it_is(self) -> None:
        mark = Mark(37.5)
        assert (mark.value, mark.span, mark.given) == (37.5, None, (37.5, []))

    def test_an_unknown_mark_is_anything_and_counts_as_its_middle(self) -> None:
        mark = unknown("size/f")
        assert (mark.value, mark.span) == (50, (0, 100))
        assert mark.given == (0, [(1, 0, 100)])

    def test_a_mark_is_what_is_known_of_it_and_shares_of_what_is_not(self) -> None:
        """10 + u/2 + v/4 with u from 20 to 40 and v from 8 to 16."""
        parts = ((Quantity("u", 20, 40), 0.5), (Quantity("v", 8, 16), 0.25))
        mark = Mark(10, parts)
        assert mark.span == (22, 34)
        assert mark.value == 28
        assert mark.given == (10, [(0.5, 20, 40), (0.25, 8, 16)])

    @pytest.mark.parametrize(("one", "other"), [(30, 70), (70, 30), (0, 100), (99, 100)])
    def test_ends_may_come_in_either_order(self, one: float, other: float) -> None:
        mark = unknown("q", one, other)
        assert mark.span == (min(one, other), max(one, other))
        assert mark.value == (one + other) / 2

    @pytest.mark.parametrize("at", [0, 1, 35.5, 100])
    def test_a_range_of_one_point_is_known(self, at: float) -> None:
        assert unknown("q", at, at) == Mark(at)

    def test_a_quantity_goes_by_its_name(self) -> None:
        assert unknown("a").unknown != unknown("b").unknown
        ((quantity, scale),) = unknown("a").unknown
        assert (quantity.name, scale) == ("a", 1)

    @pytest.mark.parametrize(
        ("value", "kept"),
        [(-0.5, 0), (0, 0), (0.5, 0.5), (99.5, 99.5), (100, 100), (100.5, 100), (1e9, 100)],
    )
    def test_marks_end_at_0_and_100(self, value: float, kept: float) -> None:
        assert clamp(value) == kept

    @pytest.mark.parametrize(
        "found",
        [
            Mark(1),
            Quantity("q", 0, 1),
            Score(1, None, None),
            Weights({}, 0, 0, 0),
        ],
        ids=lambda one: type(one).__name__,
    )
    def test_what_was_found_stays_as_it_was(self, found: Any) -> None:
        """Figures are kept and shared: one that could be changed would change what others read."""
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(found, dataclasses.fields(found)[0].name, 1)
        assert not hasattr(found, "__dict__")


class TestScore:
    def test_a_mean_goes_by_weight(self) -> None:
        assert weighted_mean({"a": (3, 10), "b": (1, 50)}) == 20
        assert weighted_mean({"a": (0.5, 40), "b": (0, 99)}) == 40

    def test_stated_weights_and_their_sums_are_those_of_the_file(self, tmp_path: Path) -> None:
        given = {name: 2.0**at for at, name in enumerate(CRITERIA)}
        found = opened(tmp_path, given).book.value("weights")
        assert found.of == given
        assert (found.total, found.impact, found.likelihood) == (255, 31, 224)

    @pytest.mark.parametrize("size", [1, 0.01, 1000])
    def test_only_the_proportion_of_weights_matters(self, size: float, tmp_path: Path) -> None:
        weights = {name: size * (at + 1) for at, name in enumerate(CRITERIA)}
        study = opened(tmp_path, weights)
        (row,) = study.ranking(Request("probe", draws=20)).rows
        given, score = row["criteria"], study.book.value("score", *FIRM)
        for part, found in (
            (CRITERIA, score.score),
            (IMPACT, score.impact),
            (LIKELIHOOD, score.likelihood),
        ):
            wanted = math.fsum(weights[one] * given[one] for one in part)
            wanted /= math.fsum(weights[one] for one in part)
            assert found == pytest.approx(wanted, abs=1e-9)
        assert len({round(one, 6) for one in given.values()}) > 4, "marks that differ"

    def test_a_part_whose_criteria_weigh_nothing_has_no_figure(self, tmp_path: Path) -> None:
        score = opened(tmp_path, {"signals": 0.5, "headroom": 0.25}).book.value("score", *FIRM)
        assert score.impact is None
        assert score.likelihood == score.score > 0

    def test_the_other_part_likewise(self, tmp_path: Path) -> None:
        score = opened(tmp_path, {"fit": 0.5}).book.value("score", *FIRM)
        assert score.likelihood is None
        assert score.impact == score.score > 0

    def test_where_nothing_weighs_nothing_is_scored(self, tmp_path: Path) -> None:
        assert opened(tmp_path, {}).book.value("score", *FIRM) == Score(0, None, None)

    def test_marks_are_those_of_the_candidate(self, tmp_path: Path) -> None:
        study = opened(tmp_path, dict.fromkeys(CRITERIA, 1.0))
        (row,) = study.ranking(Request("probe", draws=20)).rows
        found = marks(study.book, *FIRM)
        assert list(found) == list(CRITERIA)
        assert {name: mark.value for name, mark in found.items()} == row["criteria"]
