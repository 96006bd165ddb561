"""Status, gaps and value at their edges: what contradicts, what went stale, what counts for none.

Each test was written for an error that the worked cases and the random workspaces had let pass.
"""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path
from typing import Any

import pytest
from one_link import (
    CUSTOMER,
    LINK,
    OLD,
    SHARED,
    Cells,
    cells_read,
    made,
    money,
    named,
    opened,
    override,
    project,
    said,
)

from chainmap.find import evidence, figures, gaps, status, value

# What contradicts the status that won


FINDING = {
    name: ("findings", name, "2024-06-30") for name in ("strong", "weak", "present", "missing")
}
PRODUCTION = ("presence", "production", "2024-03-31")
SEARCHED = ("findings", "none_found", "2024-09-30")


@pytest.mark.parametrize(
    ("stated", "word", "won", "against"),
    [
        (money(100, 100), "weak", "strong", True),
        (money(100, 100), "missing", "strong", True),
        (money(100, 100), "present", "strong", False),
        (money(100, 100), "strong", "strong", False),
        (money(10, 100), "strong", "weak", True),
        (money(10, 100), "missing", "weak", True),
        (money(10, 100), "present", "weak", False),
        (money(10, 100), "weak", "weak", False),
        (money(0, 100), "strong", "missing", True),
        (money(0, 100), "weak", "missing", True),
        (money(0, 100), "present", "missing", True),
        (money(0, 100), "missing", "missing", False),
    ],
)
def test_an_older_judgement_is_held_against_the_figures_where_both_cannot_be(
    stated: Cells, word: str, won: str, against: bool, tmp_path: Path
) -> None:
    study = opened(tmp_path, findings=[said(word), stated])
    standing = study.book.value("standing", "probe", LINK)
    assert (standing.status, standing.basis) == (won, "capacity")
    found = named(study.book.value("contradictions", "probe", LINK))
    assert found == ([FINDING[word]] if against else [])
    found = [one.code for one in study.problems if one.code.startswith("E")]
    assert found == ["E101"] * against


@pytest.mark.parametrize(
    ("tables", "won", "against"),
    [
        # Someone made it before it was found to be missing, or after.
        (
            {"findings": [said("missing")], "presence": [made()]},
            ("missing", "finding"),
            [PRODUCTION],
        ),
        (
            {"findings": [said("missing")], "presence": [made("2024-12-31")]},
            ("present", "count"),
            [FINDING["missing"]],
        ),
        # On the same day neither is newer, and the finding stands.
        (
            {"findings": [said("missing")], "presence": [made("2024-06-30")]},
            ("missing", "finding"),
            [("presence", "production", "2024-06-30")],
        ),
        # Figures that say 0 stand against production too; those that say more do not.
        (
            {"findings": [money(0, 100)], "presence": [made()]},
            ("missing", "capacity"),
            [PRODUCTION],
        ),
        ({"findings": [money(9, 100)], "presence": [made()]}, ("weak", "capacity"), []),
        # A search that found no one, beside someone.
        (
            {"findings": [said("strong"), said("none_found", "2024-09-30")]},
            ("strong", "finding"),
            [SEARCHED],
        ),
        (
            {"findings": [said("none_found", "2024-09-30")], "presence": [made()]},
            ("present", "count"),
            [SEARCHED],
        ),
        (
            {"findings": [said("missing"), said("none_found", "2024-09-30")]},
            ("missing", "finding"),
            [],
        ),
        # What is coming says nothing of what is here.
        (
            {"findings": [said("missing")], "projects": [project("签约")]},
            ("planned", "project"),
            [],
        ),
        ({"findings": [said("strong")], "presence": [made()]}, ("strong", "finding"), []),
    ],
)
def test_what_is_here_and_what_is_not_contradict_each_other(
    tables: dict[str, list[Cells]], won: tuple[str, str], against: list[Any], tmp_path: Path
) -> None:
    study = opened(tmp_path, **tables)
    standing = study.book.value("standing", "probe", LINK)
    assert (standing.status, standing.basis) == won
    assert named(study.book.value("contradictions", "probe", LINK)) == against


def test_a_running_project_contradicts_what_is_missing(tmp_path: Path) -> None:
    study = opened(tmp_path, findings=[said("missing")], projects=[project("投产", "2024-01-31")])
    assert study.book.value("status", "probe", LINK) == "missing"
    (row,) = study.book.value("contradictions", "probe", LINK)
    assert row.table == "projects"


# What is too old to decide


@pytest.mark.parametrize(
    ("tables", "stale"),
    [
        ({"findings": [said("weak", OLD), said("", OLD[:4], supply=1, unit="吨")]}, 2),
        ({"findings": [said("none_found", "2023-06-30")]}, 1),
        ({"findings": [said("wanted", OLD)]}, 0),
        ({"findings": [said("weak", OLD), said("wanted", "2025")]}, 1),
        # Where something decides, nobody need look again.
        ({"findings": [said("weak", OLD)], "presence": [made()]}, 0),
        ({"findings": [said("weak", OLD), said("strong")]}, 0),
        ({"findings": [said("weak", OLD), money(100, 100)]}, 0),
        ({"findings": [said("weak", OLD)], "projects": [project("签约")]}, 0),
        ({"findings": [said("weak", OLD), said("none_found", "2025")]}, 0),
        ({}, 0),
    ],
)
def test_old_findings_are_to_be_looked_at_again_where_nothing_else_decides(
    tables: dict[str, list[Cells]], stale: int, tmp_path: Path
) -> None:
    figure = opened(tmp_path, **tables).book.figure("stale", "probe", LINK)
    assert len(figure.value) == stale
    assert {row.text("status") for row in figure.value} <= {"weak", "none_found", ""}
    assert {("status", row.line) for row in figure.value} <= cells_read(figure)


def test_old_findings_on_a_link_set_by_hand_need_no_second_look(tmp_path: Path) -> None:
    study = opened(tmp_path, {LINK: override("unknown")}, findings=[said("weak", OLD)])
    assert study.book.value("stale", "probe", LINK) == ()


# Units and zeros


@pytest.mark.parametrize("unit", ["吨", "MW"])
def test_a_demand_in_another_unit_has_no_value_in_money(unit: str, tmp_path: Path) -> None:
    """One unit sorts before 亿元 and one after it."""
    stated = {"supply": 0, "demand": 100, "unit": unit, "as_of": "2025"}
    study = opened(tmp_path, findings=[stated])
    (row,) = study.gap_rows("probe")
    assert (row["status"], row["basis"], row["kind"]) == ("missing", "capacity", "build")
    keys = ("value_100m_cny", "value_is_lower_bound", "alternative")
    assert [row[key] for key in keys] == [None] * 3
    assert study.book.value("local_ratio_value", "probe") is None


@pytest.mark.parametrize("unit", ["吨", "MW"])
def test_a_supply_in_another_unit_leaves_what_is_short_unknown(unit: str, tmp_path: Path) -> None:
    rows = [said("weak"), {**money("", 100), "as_of": "2024"}]
    rows.append({"supply": 5, "unit": unit, "as_of": "2025"})
    study = opened(tmp_path, findings=rows)
    (row,) = study.gap_rows("probe")
    assert (row["status"], row["basis"], row["kind"]) == ("weak", "finding", "strengthen")
    assert row["value_100m_cny"] is None
    assert study.book.value("local_ratio_value", "probe") is None


@pytest.mark.parametrize("unit", ["吨", "MW"])
def test_a_customers_supply_in_another_unit_gives_no_demand(unit: str, tmp_path: Path) -> None:
    supply = {"link": "ship", "supply": 40, "unit": unit, "as_of": "2025"}
    study = opened(tmp_path, CUSTOMER, flows=[SHARED], findings=[supply])
    assert study.book.value("demand", "probe", LINK) == evidence.Demand(None, None)


def test_a_local_ratio_of_figures_that_say_0_is_none(tmp_path: Path) -> None:
    study = opened(tmp_path, findings=[money(5, 0)])
    assert study.book.value("local_ratio_value", "probe") is None


def test_a_small_demand_has_a_local_ratio(tmp_path: Path) -> None:
    study = opened(tmp_path, findings=[money(0.1, 0.4)])
    assert study.book.value("local_ratio_value", "probe") == 0.25


def test_more_than_is_wanted_meets_no_more_than_all(tmp_path: Path) -> None:
    links: dict[str, Cells] = {LINK: {}, "ship": {}}
    rows = [money(300, 100), {"link": "ship", **money(20, 100)}]
    study = opened(tmp_path, links, findings=rows)
    assert study.book.value("local_ratio_value", "probe") == 0.6


def test_a_chain_without_links_has_no_figures(tmp_path: Path) -> None:
    (row,) = opened(tmp_path, {}).chain_rows()
    assert row["links"] == 0
    assert [value for key, value in row.items() if key.endswith(("_low", "_high", "_value"))] == (
        [None] * 5
    )


@pytest.mark.parametrize(
    ("row", "stage"),
    [
        (project("洽谈"), "洽谈"),
        ({**project(""), "signed": "2025-01", "building": "2026"}, "签约"),
        ({**project("洽谈"), "signed": "2025", "started": "2025-12-31"}, "开工"),
        ({**project("建设"), "signed": "2025"}, "建设"),
        ({**project("建设"), "ended": "2025-12-31", "ended_because": "撤资"}, "终止"),
        ({**project("建设"), "ended": "2026-01-01", "ended_because": "撤资"}, "建设"),
        (project(""), ""),
        (project("签约", "2026-01-01"), ""),
    ],
)
def test_a_project_stands_at_the_furthest_stage_it_has_reached(
    row: Cells, stage: str, tmp_path: Path
) -> None:
    study = opened(tmp_path, projects=[{**row, "project": "p0", "stage": "谋划"}, row])
    assert study.book.value("project_stage", "p1") == stage
    assert study.book.value("project_stage", "p2") == ""


WEIGHTS = {f"priority.weights.{one}": 0 for one in ("value", "dependents", "critical", "wanted")}


@pytest.mark.parametrize(
    ("weights", "priority"),
    [
        # Critical with its full mark; what is not known weighs nothing.
        ({"critical": 0.5}, 100),
        ({"critical": 0.5, "dependents": 0.5}, 50),
        ({"critical": 0.5, "value": 0.5}, 100),
        ({"value": 0.5}, None),
        ({}, None),
    ],
)
def test_a_priority_is_the_mean_of_what_is_known_and_weighs_anything(
    weights: dict[str, float], priority: float | None, tmp_path: Path
) -> None:
    numbers = WEIGHTS | {f"priority.weights.{name}": one for name, one in weights.items()}
    links = {LINK: {**override("missing"), "critical": True}}
    study = opened(tmp_path, links, numbers=numbers)
    assert study.book.value("priority", "probe", LINK) == priority


# The formulas


def test_formulas_give_what_they_say() -> None:
    """With numbers that no other operation would bring to the same result."""
    assert value.shortfall(10.5, 4) == 6.5
    assert value.shortfall(4, 10.5) == 0
    assert value.shortfall(0.5, 0.25) == 0.25
    assert value.both(2, 3) == 5
    assert value.full_at(1, 4) == 0.25
    assert value.full_at(5, 4) == 1
    assert value.log_share(5, 2, 7) == pytest.approx(math.log(3.5) / math.log(4.5))
    assert value.log_share(8, 2, 7) == 1
    assert value.log_share(0, 2, 7) == value.log_share(-1, 2, 7) == 0
    assert value.percent_mean({"a": (3, 0.5), "b": (2, 0.25)}) == 40
    assert figures.share_of_both(1, 2, 4) == 0.75
    assert figures.met_share([(3, 2), (1, 6)]) == 0.375
    assert evidence.shares_of_supplies([(0.5, 2, 10), (0.25, 1, 6)]) == 4


# What cannot be changed any more


@pytest.mark.parametrize(
    "kind",
    [
        *(evidence.Producer, evidence.Supply, evidence.Demand),
        *(status.Standing, gaps.Gap, value.Worth),
    ],
)
def test_what_a_rule_found_stays_as_it_was(kind: type) -> None:
    """Figures are kept and shared: one that could be changed would change what others read."""
    wanted = [f for f in dataclasses.fields(kind) if f.default is dataclasses.MISSING]
    found = kind(*(None for _ in wanted))
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(found, dataclasses.fields(kind)[0].name, 1)
    assert not hasattr(found, "__dict__")
