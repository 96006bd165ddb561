"""The command plan: what it prints, what plan.yaml does to it, and what it says when it cannot."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from running import ROOT, as_json, chainmap, copy_of

CONTRACT = (
    "firm", "chain", "link", "kind", "district", "start", "due", "expected", "core_index", "reason",
)  # fmt: skip
QUICK = ("--core", "0", "--seconds", "20")


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return copy_of(ROOT, tmp_path)


def planned(workspace: Path, text: str, *more: str) -> dict[str, Any]:
    (workspace / "data/plan.yaml").write_text(text, encoding="utf-8")
    found: dict[str, Any] = as_json("plan", "hydrogen", *QUICK, *more, workspace=workspace)
    return found


def refused(workspace: Path, text: str) -> str:
    (workspace / "data/plan.yaml").write_text(text, encoding="utf-8")
    done = chainmap("plan", "hydrogen", *QUICK, workspace=workspace)
    assert done.returncode == 1 and not done.stdout
    return done.stderr.decode()


def test_the_plan_says_how_good_it_is() -> None:
    found = as_json("plan", "hydrogen", "--core", "3")
    assert found["bound"] >= found["objective"] > found["greedy_objective"] > 0
    assert found["gap"] == pytest.approx((found["bound"] - found["objective"]) / found["objective"])
    assert found["gap"] <= 0.001
    parts = found["closed"] + found["match"] + found["cluster"] - found["misplaced"]
    assert parts == pytest.approx(found["objective"])
    rows = found["rows"]
    ranked = {row["ref"]: row for row in as_json("rank", "hydrogen", "--draws", "0")["rows"]}
    for row in rows:
        assert list(row)[1 : 1 + len(CONTRACT)] == list(CONTRACT)
        candidate = ranked[f"{row['chain']}/{row['link']}/{row['firm']}"]
        marks = candidate["criteria"]
        share = candidate["likelihood"] / 100 * marks["fit"] / 100
        assert row["share"] == pytest.approx(share)
        assert row["expected"] == pytest.approx(marks["gap"] * share)
        assert row["start"] < row["due"] and 0 <= row["core_index"] <= 1
    assert found["draws"] in (1, 2, 3)
    pairs = [(row["firm"], row["link"]) for row in rows]
    assert len(set(pairs)) == len(pairs)
    # Three meetings a quarter, three for a target: one target in each quarter.
    quarters = [row["start"] for row in rows]
    assert len(set(quarters)) == len(quarters) <= 12


def test_a_quarter_has_no_more_meetings_than_its_leader(workspace: Path) -> None:
    text = "leaders: [{leader: 副市长, chains: [hydrogen, display], meetings_a_quarter: 6}]\n"
    (workspace / "data/plan.yaml").write_text(text, encoding="utf-8")
    rows = as_json("plan", *QUICK, "--years", "1", workspace=workspace)["rows"]
    mine = [row for row in rows if row["chain"] in ("hydrogen", "display")]
    assert {row["leader"] for row in mine} == {"副市长"}
    starts = [row["start"] for row in mine]
    assert len(mine) == 8 and max(map(starts.count, starts)) == 2


def test_lines_of_the_plan_are_kept(workspace: Path) -> None:
    free = planned(workspace, "{}")
    firm, link = free["rows"][0]["firm"], free["rows"][0]["link"]
    without = planned(workspace, f"never: [{{firm: {firm}, because: 已谈崩}}]")
    assert firm not in {row["firm"] for row in without["rows"]}
    assert without["objective"] < free["objective"]
    moved = planned(
        workspace,
        f"must: [{{firm: {firm}, link: {link}, district: 城阳区, year: 2, because: 会议}}]",
    )
    (row,) = [row for row in moved["rows"] if (row["firm"], row["link"]) == (firm, link)]
    assert (row["district"], row["year"]) == ("城阳区", 2)
    assert moved["objective"] < free["objective"]
    few = planned(workspace, "chains: [{chain: hydrogen, most: 3}]")
    assert len(few["rows"]) == 3
    before = sum(row["district"] == "西海岸新区" for row in free["rows"])
    full = planned(workspace, "grounds: [{district: 西海岸新区, projects: 1}]")
    assert sum(row["district"] == "西海岸新区" for row in full["rows"]) <= 1 < before
    target = f"{{chain: hydrogen, link: {link}, firm: {firm}, land_mu: 300}}"
    tight = planned(
        workspace, f"targets: [{target}]\ngrounds: [{{district: 西海岸新区, land_mu: 200}}]"
    )
    assert all(
        row["district"] != "西海岸新区"
        for row in tight["rows"]
        if (row["firm"], row["link"]) == (firm, link)
    )


def test_prices_and_costs_are_stated(workspace: Path) -> None:
    found = planned(workspace, "must: [{firm: linde, because: 会议}]", "--prices")
    (seats,) = [one for one in found["prices"] if one["rule"][0] == "seats"]
    assert seats["price"] > 0 and seats["gain"] > 0
    (cost,) = found["costs"]
    free = planned(workspace, "{}")
    assert cost["cost"] == pytest.approx(free["objective"] - found["objective"], abs=0.2)


def test_what_cannot_be_kept_together_is_named(workspace: Path) -> None:
    said = refused(
        workspace,
        "must:\n  - {firm: linde, because: 市长已答应}\n"
        "never:\n  - {firm: linde, because: 环保未过}\n"
        "chains: [{chain: hydrogen, most: 5}]\n",
    )
    assert "第 2 行" in said and "市长已答应" in said
    assert "第 4 行" in said and "环保未过" in said
    assert "至多 5" not in said, "only what is needed for the conflict"


def test_every_fault_of_the_file_is_told_at_once(workspace: Path) -> None:
    said = refused(
        workspace,
        "must:\n  - {firm: lynde, because: 会议}\n  - {because: 会议}\n  - {firm: linde}\n"
        "grounds:\n  - {district: 西海岸, land_mu: -3}\n  - {land_mu: 3}\n"
        "chains:\n  - {chain: hydrogn, least: 1.5}\n"
        "order:\n  - {chain: hydrogen, link: pipes, after: x}\n"
        "nevr: []\n",
    )
    for place in ("2:12", "3:5", "4:5", "6:16", "6:30", "7:5", "9:13", "9:29", "11:29", "12:1"):
        assert f"data/plan.yaml:{place}:" in said, (place, said)
    assert "linde" in said and "hydrogen" in said


def test_a_firm_is_placed_with_reasons() -> None:
    rows = as_json("plan", "hydrogen", "--firm", "ballard", *QUICK)["rows"]
    links = list(dict.fromkeys(row["link"] for row in rows))
    assert len(links) >= 2
    for link in links:
        points = [row["points"] for row in rows if row["link"] == link]
        assert points == sorted(points, reverse=True) and points[0] > 0 > points[-1]
        assert all(row["reason"] for row in rows)
    done = chainmap("why", rows[0]["ref"])
    assert done.returncode == 0, done.stderr
    assert chainmap("plan", "--firm", "nobody").returncode == 2
    data = chainmap("plan", "hydrogen", *QUICK, "--format", "json").stdout
    assert json.loads(data)["rows"]


def test_the_example_in_the_readme_is_sound(workspace: Path) -> None:
    for readme in ("README.md", "README.zh-CN.md"):
        text = (ROOT / readme).read_text(encoding="utf-8")
        example = text.partition("```yaml\n")[2].partition("```")[0]
        assert example.startswith("leaders:")
        (workspace / "data/plan.yaml").write_text(example, encoding="utf-8")
        done = chainmap("validate", workspace=workspace)
        assert done.returncode == 0, done.stdout.decode()
