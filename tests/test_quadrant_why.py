"""Every number of the quadrant unfolds: points, crosses, and how many stand where."""

from __future__ import annotations

import math
import re
from typing import Any

import pytest
from running import ROOT, as_json, chainmap

from chainmap.rank.criteria import IMPACT, LIKELIHOOD
from chainmap.rank.ranks import Request
from chainmap.show.pictures.ranks import RankContent
from chainmap.study import Study, open_study
from chainmap.study.charts import rank_content

CHAINS = ("display", "tourism", "smart-equipment")


@pytest.fixture(scope="module")
def study() -> Study:
    return open_study(ROOT)


def drawn(study: Study, chain: str, top: int | None = None) -> tuple[RankContent, dict[str, Any]]:
    found = study.ranking(Request(chain, top=top))
    content = rank_content(study, found, chain, "zh")
    return content, {row["ref"]: row for row in found.rows}


def ends(row: dict[str, Any], criteria: tuple[str, ...], weights: dict[str, float]) -> list[float]:
    """Lowest and highest weighted mean, worked out from the printed marks."""
    spans = [row["unknown"].get(name, [row["criteria"][name]] * 2) for name in criteria]
    whole = math.fsum(weights[name] for name in criteria)
    return [
        math.fsum(weights[name] * span[end] for name, span in zip(criteria, spans, strict=True))
        / whole
        for end in (0, 1)
    ]


@pytest.mark.parametrize("chain", CHAINS)
def test_points_and_crosses_are_what_their_derivations_say(study: Study, chain: str) -> None:
    content, rows = drawn(study, chain)
    weights = study.world.settings.group("weights")
    assert content.rows
    for one in content.rows:
        for name, value, span, criteria in (
            ("impact", one.impact, one.impact_span, tuple(IMPACT)),
            ("likelihood", one.likelihood, one.likelihood_span, tuple(LIKELIHOOD)),
        ):
            assert study.why(one.ref, name).value == value
            low, high = (study.why(one.ref, f"{name}_{end}").value for end in ("low", "high"))
            expected = ends(rows[one.ref], criteria, weights)
            assert [low, high] == pytest.approx(expected, abs=1e-9)
            assert span == ((low, high) if low != high or span else None)
            if span is None:
                assert low == high == pytest.approx(value)


@pytest.mark.parametrize(("chain", "top"), [(chain, None) for chain in CHAINS] + [("display", 40)])
def test_the_counts_of_the_quarters_are_those_of_the_points(
    study: Study, chain: str, top: int | None
) -> None:
    content, _ = drawn(study, chain, top)
    impact, likelihood = content.lines
    told = dict.fromkeys(("all", "first", "whole", "over"), 0)
    for one in content.rows:
        if one.impact is None or one.likelihood is None:
            continue
        pairs = ((one.impact, one.impact_span, impact),
                 (one.likelihood, one.likelihood_span, likelihood))  # fmt: skip
        lows = [span[0] if span else value for value, span, _ in pairs]
        told["all"] += 1
        in_first = all(value >= line for value, _, line in pairs)
        told["first"] += in_first
        told["whole"] += in_first and lows[0] >= impact and lows[1] >= likelihood
        told["over"] += any(span and span[0] < line <= span[1] for _, span, line in pairs)
    for name, count in told.items():
        found = study.why(f"quadrant/{chain}", name, Request(chain, top=top)).value
        assert found == count, name
    assert dict(content.quarter) == told


def test_the_picture_prints_the_numbers_that_why_unfolds(tmp_path: Any) -> None:
    done = chainmap("report", "display", "-o", tmp_path / "r.html")
    assert done.returncode == 0
    text = (tmp_path / "r.html").read_text(encoding="utf-8")
    found = re.search(r"(\d+) 项中右上 (\d+) 项，其中 (\d+) 项整体在区内；(\d+) 项的十字", text)
    assert found
    for name, count in zip(("all", "first", "whole", "over"), found.groups(), strict=True):
        told = as_json("why", "quadrant/display", "--column", name)["rows"][0]
        assert told["value"] == int(count)
    shown = chainmap("why", "quadrant/display", "--column", "over").stdout.decode()
    assert shown.startswith(f"over: {found[4]}\n")
    assert "quadrant.impact" in shown or "50" in shown
