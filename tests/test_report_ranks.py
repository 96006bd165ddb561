"""Candidates as charts: intervals, shares and crosses are those of the rows, and none is lost."""

from __future__ import annotations

import math
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainmap.show.draw.scene import Disc, Page, Text, flat, groups, texts
from chainmap.show.pictures.quadrant import quadrant_page
from chainmap.show.pictures.ranks import Candidate, RankContent, rank_pages
from tests.running import ROOT, as_json, chainmap

SPARE = 0.6
NAMES = st.text("示沪刻蚀装备（）ABCi0123 与、<", min_size=1, max_size=40).filter(str.strip)


@st.composite
def rankings(draw: st.DrawFn, most: int = 60) -> RankContent:
    count = draw(st.integers(0, most))
    rows = []
    for number in range(count):
        low, first, middle, third, high = sorted(draw(st.tuples(*[st.integers(1, count)] * 5)))
        impact, likelihood = draw(st.floats(0, 100)), draw(st.floats(0, 100))
        rows.append(
            Candidate(
                f"c/l/{number}", draw(NAMES), draw(NAMES),
                draw(st.sampled_from(("fill", "strengthen", "deepen", "extend", "build", "check"))),
                draw(st.floats(0, 100)), (low, first, float(middle), third, high),
                draw(st.floats(0, 1)), impact, likelihood,
                (draw(st.floats(0, 1)) * impact, impact + draw(st.floats(0, 1)) * (100 - impact)),
                (draw(st.floats(0, 1)) * likelihood, likelihood),
            )
        )  # fmt: skip
    return RankContent(
        "青岛市氢能产业链候选企业", "前 4 名稳定。", "数据截至 2026-11-25", tuple(rows), count,
        draw(st.integers(1, 30)), ("另有 3 行",), "来源", "2026-11-25", 1000, 7, (50.0, 50.0),
    )  # fmt: skip


def everything_in_its_place(page: Page) -> None:
    lines = list(texts(page))
    for line in lines:
        assert line.left >= 20
        assert line.left + line.width <= page.width - 20 + SPARE, line
        assert 0 < line.y < page.height
    for a, b in combinations(lines, 2):
        if abs(a.y - b.y) < 0.6 * min(a.size, b.size):
            apart = a.left + a.width <= b.left + SPARE or b.left + b.width <= a.left + SPARE
            assert apart, (a, b)


@settings(max_examples=60, deadline=None)
@given(content=rankings())
def test_every_candidate_has_its_line_and_its_interval(content: RankContent) -> None:
    pages = rank_pages(content)
    drawn = [group for page in pages for group in groups(page.items, "candidate")]
    assert [group.ref for group in drawn] == [row.ref for row in content.rows]
    for row, group in zip(content.rows, drawn, strict=True):
        said = [item.text for item in flat(group.items) if isinstance(item, Text)]
        assert f"{row.score:.1f}" in said
        share = "＜1%" if row.p_top < 0.01 else f"{math.floor(row.p_top * 100 + 1e-9)}%"
        assert share in said
        assert f"{row.span[0]}—{row.span[4]}" in said
    for page in pages:
        everything_in_its_place(page)


@settings(max_examples=60, deadline=None)
@given(content=rankings())
def test_the_quadrant_names_each_candidate_in_its_list(content: RankContent) -> None:
    for page in quadrant_page(content):
        everything_in_its_place(page)
        for group in groups(page.items, "point"):
            (disc, *_) = [item for item in flat(group.items) if isinstance(item, Disc)]
            assert 60 <= disc.x <= 1100
    refs = [g.ref for page in quadrant_page(content) for g in groups(page.items, "listed")]
    assert refs == [row.ref for row in content.rows]


def test_shares_of_the_top_sum_to_its_size_and_agree_with_their_intervals() -> None:
    found = as_json("rank", "hydrogen")
    assert sum(row["p_top"] for row in found["rows"]) == pytest.approx(found["top"])
    for row in found["rows"]:
        if row["rank_p05"] > found["top"]:
            assert row["p_top"] <= 0.05 + 1e-9


@pytest.mark.parametrize("suffix", ["svg", "png", "pdf", "pptx"])
def test_rank_draws_its_charts(tmp_path: object, suffix: str) -> None:
    file = ROOT.__class__(str(tmp_path)) / f"r.{suffix}"
    done = chainmap("rank", "hydrogen", "-o", file)
    assert done.returncode == 0, done.stderr.decode()
    if suffix in ("svg", "png"):
        assert file.with_name(f"r-2.{suffix}").exists()
    if suffix == "svg":
        rows = as_json("rank", "hydrogen")["rows"]
        text = file.read_text(encoding="utf-8")
        top = [row["ref"] for row in rows if row["rank_p95"] <= 20]
        assert all(f'data-ref="{ref}"' in text for ref in top)


def test_rows_without_ranks_have_no_chart(tmp_path: object) -> None:
    file = ROOT.__class__(str(tmp_path)) / "r.svg"
    done = chainmap("rank", "hydrogen", "--basis", "any", "-o", file)
    assert done.returncode == 2
    assert not file.exists()
