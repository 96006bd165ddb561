"""The path on a terminal: widths, characters, nothing dropped."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from path_worlds import busy, busy_worlds, chain_of, chosen_of, need_of, planned, project_of, worlds

from chainmap.core.text import width
from chainmap.plan.path import rows
from chainmap.show.timeline import timeline

MANY = settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
NAMES = [
    "硅片",
    "光刻胶及配套试剂",
    "封装材料与引线框架（含键合丝和环氧塑封料）",
    "EDA",
    "a\x1b[31m\u202eb",
]


def drawn(world: tuple[Any, ...], limit: int = 80, lang: str = "zh") -> list[str]:
    links, flows, _, path, stages = world
    found = planned(world)
    made = rows(found, chain_of(links, flows, path, stages), lang)
    return ["".join(text for text, _ in line) for line in timeline(found, made, limit, lang)]


def drawn_busy(world: tuple[Any, ...], limit: int = 80, lang: str = "zh") -> list[str]:
    links, flows, _, path, stages = world[0]
    found = busy(world)
    made = rows(found, chain_of(links, flows, path, stages), lang)
    return ["".join(text for text, _ in line) for line in timeline(found, made, limit, lang)]


def many(count: int, **words: str) -> tuple[Any, ...]:
    """So many links of one stage, every one with the same need."""
    links = [f"l{n:02d}" for n in range(count)]
    needs = [need_of(link, {"kind": "fill", "priority": "60"} | words) for link in links]
    return links, [], needs, [], {}


@MANY
@given(worlds(names=NAMES), st.sampled_from([80, 100, 137]), st.sampled_from(["zh", "en"]))
def test_every_line_fits_and_prints_everywhere(
    world: tuple[Any, ...], limit: int, lang: str
) -> None:
    for line in drawn(world, limit, lang):
        assert width(line) <= limit
        assert line == line.rstrip() or not line.strip()
        line.encode("gbk")
        assert line.isprintable()
        assert not re.search("[─│┌┐└┘├┤·…—]", line)


@MANY
@given(worlds(), st.sampled_from([80, 100]))
def test_every_action_is_drawn_or_listed(world: tuple[Any, ...], limit: int) -> None:
    text = "\n".join(drawn(world, limit))
    for action in planned(world).actions:
        assert re.search(rf"(?<![\w]){action.code}(?![\w])", text), action.code


@MANY
@given(busy_worlds(), st.sampled_from([80, 100]), st.sampled_from(["zh", "en"]))
def test_projects_and_targets_fit_and_are_all_there(
    world: tuple[Any, ...], limit: int, lang: str
) -> None:
    lines = drawn_busy(world, limit, lang)
    for line in lines:
        assert width(line) <= limit
        line.encode("gbk")
    text = "\n".join(lines)
    for action in busy(world).actions:
        assert re.search(rf"(?<![\w]){action.code}(?![\w])", text), action.code


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_who_comes_how_far_a_project_is_and_what_is_at_risk_is_said(lang: str) -> None:
    needs = [need_of(link, {"kind": "fill", "priority": "60"}) for link in ("a", "b")]
    needs.append(need_of("c", {"kind": "planned", "status": "planned"}))
    projects = [
        project_of(0, {"link": "c", "name": "丙厂", "stage": "签约", "signed": "2026-08",
                       "next_due": "2026-09"}),
        project_of(1, {"link": "c", "name": "旧厂", "stage": "开工", "as_of": "2020-01"}),
    ]  # fmt: skip
    target = {"link": "a", "firm": "fa", "name": "甲公司", "kind": "fill", "district": "即墨区"}
    chosen = [chosen_of(target | {"start": "2027", "due": "2027-12"})]
    world = ["a", "b", "c"], [["c", "b"]], needs, [], {}
    lines = drawn_busy((world, projects, chosen), 140, lang)
    text = "\n".join(lines)
    words = ("+上1 ", "a：引进 甲公司（即墨区）", "?上3 ", "丙厂（签约）", "旧厂（曾开工）",
             "下一步已过期 上3。", "? 有风险", "+ 列入计划", "有风险 1 项。")  # fmt: skip
    if lang == "en":
        words = ("a: bring 甲公司 to 即墨区", "丙厂 (signed)", "旧厂 (once started)",
                 "next step overdue 上3.", "1 at risk.")  # fmt: skip
    for word in words:
        assert word in text


def bars(lines: list[str]) -> list[str]:
    return [line for line in lines if re.search(r"\d{4}(-\d\d)+$", line) and "[" in line[:12]]


def test_bars_and_dates_stand_in_columns() -> None:
    links = ["硅片", "光刻胶及配套试剂", "EDA"]
    ids = ["a", "b", "c"]
    world = ids, [["a", "b"]], [need_of(i, {"kind": "fill", "priority": "60"}) for i in ids], [], {}
    made = rows(planned(world), chain_of(*world[:2], [], {}))
    named = [row | {"name": name} for row, name in zip(made, links, strict=True)]
    lines = ["".join(t for t, _ in line) for line in timeline(planned(world), named, 80, "zh")]
    drawn_bars = bars(lines)
    assert len(drawn_bars) == 3
    assert {width(line) for line in drawn_bars} == {width(drawn_bars[0])}
    starts = {width(line[: line.index("--")]) for line in drawn_bars}
    assert len(starts) == 2  # the one that waits begins later


def test_more_than_a_page_is_drawn_term_by_term() -> None:
    assert not any(line.startswith("== ") for line in drawn(many(24)))
    lines = drawn(many(25))
    assert [line[:5] for line in lines if line.startswith("== ")] == ["== 近期"]
    assert len(bars(lines)) == 25


def test_like_checks_and_what_hangs_on_them_alone_share_a_bar_with_all_their_names() -> None:
    world = many(30, kind="check", suspect="fill")
    links, flows, needs, _, _ = world
    links, needs = [*links, "z0", "z1"], [*needs, *(need_of(z, {"kind": "fill"}) for z in ("z0",))]
    lines = drawn((links, [["z0", "z1"], ["l00", "z0"], ["l01", "l00"]], needs, [], {}))
    shared = [line for line in lines if "核实 " in line and "环 " in line]
    assert len(shared) == 1
    assert "条件任务" in "".join(lines)
    text = "\n".join(lines)
    assert all(re.search(rf"上{n}核? l{n - 1:02d}", text) for n in range(3, 31))
    assert flows == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_has_no_dates_what_clashes_and_what_is_late_is_said(lang: str) -> None:
    path = [
        {"id": "m1", "link": "a", "action": "fill", "title": "钢", "start": "2024",
         "due": "2026-06"},
        {"id": "m2", "link": "a", "action": "build", "title": "船", "start": "2026-01",
         "due": "2032-06", "needs": ["m1"]},
        {"id": "m3", "action": "build", "title": "基金"},
    ]  # fmt: skip
    world = ["a"], [], [need_of("a", {"kind": "fill"})], path, {}
    lines = drawn(world, 80, lang)
    text = "\n".join(lines)
    late = next(line for line in lines if line.startswith("!"))
    assert "2026-06" in late and "<" in late
    assert any(">" in line and line.endswith("2032-06") for line in lines)
    words = ("未排期：总1 基金", "[注意] 上1b 船", "逾期 1 项")
    if lang == "en":
        words = ("Not scheduled: 总1 基金", "[note] 上1b 船", "1 late.")
    assert all(word in text for word in words)


def test_a_chain_without_gaps_says_so() -> None:
    assert drawn((["a"], [], [need_of("a", {})], [], {})) == ["没有需要安排的事项。"]
