"""Status, gaps and value at their edges: what contradicts, what went stale, what counts for none.

Each test was written for an error that the worked cases and the random workspaces had let pass.
"""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path
from typing import Any

import pytest
import random_worlds
from random_worlds import World

from chainmap.core.derivation import Figure, Leaf
from chainmap.core.model import Row
from chainmap.find import evidence, figures, gaps, status, value
from chainmap.study import Study, open_study

STUDY_DATE = "2025-12-31"
LINK = "steel"
OLD = "2019-06-30"
Cells = dict[str, Any]


def opened(directory: Path, links: dict[str, Cells] | None = None, **more: Any) -> Study:
    """A workspace of one chain: links by id, ``flows``, and rows by table."""
    flows = more.pop("flows", [])
    numbers = more.pop("numbers", {})
    panorama: Cells = {
        "stages": [{"id": "up", "name": "上游"}],
        "links": [
            {"id": name, "name": name, "stage": "up", "products": ["产品"], **said}
            for name, said in ({LINK: {}} if links is None else links).items()
        ],
    }
    if flows:
        panorama["flows"] = flows
    document = {"chain": "probe", "name": "链", "kind": "future", "region": "示例市"}
    document |= {"as_of": "2020", "panorama": panorama}
    told = {"source": "s1", "as_of": "2025-01-01"}
    place = {"chain": "probe", "link": LINK}
    tables = {
        "sources": [
            {"source": source, "title": "示例", "date": "2010", "grade": grade}
            for source, grade in random_worlds.GRADES.items()
        ],
        "firms": [{"firm": firm, "name": firm, **told} for firm in ("f1", "f2")],
    }
    for table, rows in more.items():
        tables[table] = [{**place, **told, **row} for row in rows]
    world = World({"probe": document}, tables, STUDY_DATE, numbers=numbers)
    random_worlds.write(world, directory)
    study = open_study(directory)
    assert [one.line("en") for one in study.problems if one.severity == "error"] == []
    return study


def override(is_: str) -> Cells:
    return {"status": {"is": is_, "because": "现场核查", "source": "s1", "as_of": "2025"}}


def said(status: str, as_of: str = "2024-06-30", **more: Any) -> Cells:
    return {"status": status, "as_of": as_of, **more}


def money(supply: float | str, demand: float | str, as_of: str = "2025-06-30") -> Cells:
    return {"supply": supply, "demand": demand, "unit": "亿元", "as_of": as_of}


def made(as_of: str = "2024-03-31", firm: str = "f1", **more: Any) -> Cells:
    return {"firm": firm, "activity": "production", "as_of": as_of, **more}


def project(stage: str, as_of: str = "2025-03-31") -> Cells:
    return {"project": "p1", "name": "项目", "firm": "f1", "stage": stage, "as_of": as_of}


def named(rows: tuple[Row, ...]) -> list[tuple[str, str, str]]:
    return [
        (row.table, row.text("status") or row.text("activity"), row.text("as_of")) for row in rows
    ]


def cells_read(figure: Figure) -> set[tuple[str, int]]:
    return {(one.name, one.at.line) for one in figure.inputs if isinstance(one, Leaf)}


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


# What stands behind a figure


def test_the_newest_of_several_searches_is_cited(tmp_path: Path) -> None:
    rows = [
        {**said("none_found", "2024-06-30"), "source": "s1"},
        {**said("none_found", "2025-06-30"), "source": "s2"},
        {**said("none_found", "2024-12-31"), "source": "s3"},
    ]
    (row,) = opened(tmp_path, findings=rows).gap_rows("probe", all_links=True)
    assert (row["status"], row["basis"], row["sources"]) == ("missing", "search", ["s2"])


def test_every_wish_stands_in_the_derivation(tmp_path: Path) -> None:
    wishes = [said("wanted", "2024"), said("wanted", "2025")]
    requests = [
        {"leader": "f1", "wanted": "f2", "status": "accepted"},
        {"leader": "f2", "wanted": "f1", "status": "proposed"},
        {"leader": "f2", "wanted": "产品"},
    ]
    book = opened(tmp_path, findings=wishes, requests=requests).book
    for rule, count in (("wanted_rows", 2), ("accepted_requests", 1)):
        figure = book.figure(rule, "probe", LINK)
        assert len(figure.value) == count
        assert {("status", row.line) for row in figure.value} <= cells_read(figure)
    assert book.value("wanted_count", "probe", LINK) == 3


CUSTOMER = {LINK: {}, "ship": {}}
SHARED = {"from": LINK, "to": "ship", "share": 0.25}
SHIPS = {"link": "ship", **money(40, "")}


@pytest.mark.parametrize(
    ("source", "sources"),
    [({"source": "s2 | s3"}, ("s2", "s3")), ({}, ()), ({"source": "s2"}, ("s2",))],
)
def test_a_derived_demand_cites_the_share_and_the_supply(
    source: Cells, sources: tuple[str, ...], tmp_path: Path
) -> None:
    study = opened(tmp_path, CUSTOMER, flows=[{**SHARED, **source}], findings=[SHIPS])
    demand = study.book.value("derived_demand", "probe", LINK)
    assert (demand.value, demand.sources, demand.derived) == (10, sources, True)
    assert [row.text("link") for row in demand.rows] == ["ship"]


def test_a_demand_that_was_stated_is_not_derived(tmp_path: Path) -> None:
    study = opened(tmp_path, CUSTOMER, flows=[SHARED], findings=[SHIPS, money("", 7)])
    demand = study.book.value("demand", "probe", LINK)
    assert (demand.value, demand.derived, demand.sources) == (7, False, ())


def test_an_override_cites_each_of_its_sources(tmp_path: Path) -> None:
    status = {"is": "weak", "because": "现场核查", "source": "s3 | s1", "as_of": "2025"}
    (row,) = opened(tmp_path, {LINK: {"status": status}}).gap_rows("probe")
    assert (row["basis"], row["sources"], row["evidence_grade"]) == ("override", ["s3", "s1"], "C")


def rules_asked(figure: Figure) -> list[str]:
    return [one.rule for one in figure.inputs if isinstance(one, Figure)]


def test_all_that_is_known_of_a_link_stands_under_it(tmp_path: Path) -> None:
    study = opened(tmp_path)
    assert rules_asked(study.why(f"probe/{LINK}")) == [
        *("standing", "stale", "wanted_rows", "accepted_requests", "gap", "priority", "worth"),
    ]
    assert rules_asked(study.why("probe")) == [
        *("completeness", "local_ratio_value", "local_ratio_count"),
    ]


def test_a_link_and_those_that_stop_with_it_are_named_in_the_order_of_the_file(
    tmp_path: Path,
) -> None:
    links: dict[str, Cells] = {"z": {}, LINK: {}, "m": {}, "a": {}, "apart": {}}
    flows = [{"from": one, "to": two} for one, two in ((LINK, "a"), (LINK, "z"), ("a", "m"))]
    figure = opened(tmp_path, links, flows=flows).book.figure("dependents", "probe", LINK)
    assert figure.value == 0.75
    named = [one for one in figure.inputs if isinstance(one, Leaf)]
    assert [(one.name, one.value) for one in named] == [
        (f"panorama.links.{at}.id", link) for at, link in ((1, LINK), (0, "z"), (2, "m"), (3, "a"))
    ]


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
    assert value.log_share(0, 2, 7) == 0
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
