"""What stands behind a figure of a link, and what is said of it.

Each test was written for an error that the worked cases and the random workspaces had let pass.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from one_link import (
    CUSTOMER,
    LINK,
    SHARED,
    SHIPS,
    Cells,
    cells_read,
    made,
    money,
    opened,
    override,
    project,
    said,
)

from chainmap.core.derivation import Figure, Leaf

# What stands behind a figure


def test_the_newest_of_several_searches_is_cited(tmp_path: Path) -> None:
    rows = [
        {**said("none_found", "2024-06-30"), "source": "s1"},
        {**said("none_found", "2025-06-30"), "source": "s2"},
        {**said("none_found", "2024-12-31"), "source": "s3"},
    ]
    study = opened(tmp_path, findings=rows)
    (row,) = study.gap_rows("probe", all_links=True)
    assert (row["status"], row["basis"], row["sources"]) == ("missing", "search", ["s2"])
    figure = study.book.figure("evidence_standing", "probe", LINK)
    assert {line for name, line in cells_read(figure) if name == "status"} == {3}
    assert figure.note == ("status.search", {"day": "2025-06-30"})


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


# What is said of a figure


def outputs(*said: tuple[float | str, str]) -> dict[str, list[Cells]]:
    """Sites in turn of two firms, each with its output and unit."""
    return {
        "presence": [
            made(firm=f"f{at % 2 + 1}", district=f"d{at}", output=output, output_unit=unit)
            for at, (output, unit) in enumerate(said)
        ],
        "districts": [{"district": f"d{at}"} for at in range(len(said))],
    }


@pytest.mark.parametrize(
    ("tables", "supply", "note"),
    [
        ({}, (None, 0, None), ("supply.none", {})),
        (
            {"findings": [money(7, "")]},
            (7, 7, "亿元"),
            ("supply.stated", {"value": 7, "unit": "亿元"}),
        ),
        (
            {"findings": [money(0, "")]},
            (0, 0, "亿元"),
            ("supply.stated", {"value": 0, "unit": "亿元"}),
        ),
        (
            outputs((3, "吨"), (4, "吨")),
            (7, 7, "吨"),
            ("supply.sum", {"value": 7, "unit": "吨", "count": 2}),
        ),
        (
            outputs((0.25, "亿元")),
            (0.25, 0.25, "亿元"),
            ("supply.sum", {"value": 0.25, "unit": "亿元", "count": 1}),
        ),
        (
            outputs((3, "吨"), ("", "")),
            (None, 3, "吨"),
            ("supply.part", {"value": 3, "unit": "吨", "known": 1, "count": 2}),
        ),
        (
            outputs(("", "")),
            (None, 0, None),
            ("supply.part", {"value": 0, "unit": "", "known": 0, "count": 1}),
        ),
        # All 0 says nothing of what is made.
        (
            outputs((0, "吨"), (0, "吨")),
            (None, 0, "吨"),
            ("supply.part", {"value": 0, "unit": "吨", "known": 2, "count": 2}),
        ),
        (
            outputs((3, "吨"), (4, "亿元")),
            (None, 0, None),
            ("supply.mixed", {"units": ["亿元", "吨"]}),
        ),
    ],
)
def test_a_supply_is_known_where_every_output_is_in_one_unit(
    tables: dict[str, list[Cells]], supply: tuple[Any, ...], note: Any, tmp_path: Path
) -> None:
    figure = opened(tmp_path, **tables).book.figure("supply", "probe", LINK)
    found = figure.value
    assert (found.known, found.low, found.unit) == supply
    assert figure.note == note


@pytest.mark.parametrize(
    ("tables", "note"),
    [
        ({}, ("status.none", {})),
        ({"findings": [said("weak")]}, ("status.finding", {"day": "2024-06-30"})),
        ({"presence": [made(), made(district="d0")]}, ("status.count", {"count": 1})),
        ({"presence": [made(), made(firm="f2")]}, ("status.count", {"count": 2})),
        ({"projects": [project("签约")]}, ("status.project", {"count": 1})),
        (
            {"findings": [money(60, 100)]},
            ("status.capacity", {"low": 60, "demand": 100, "unit": "亿元", "at": 0.6}),
        ),
    ],
)
def test_a_status_says_how_it_came_about(
    tables: dict[str, list[Cells]], note: Any, tmp_path: Path
) -> None:
    study = opened(tmp_path, districts=[{"district": "d0"}], **tables)
    assert study.book.figure("evidence_standing", "probe", LINK).note == note


def test_chain_figures_say_what_they_count(tmp_path: Path) -> None:
    links = {
        LINK: override("strong"),
        "coal": override("missing"),
        "ore": override("unknown"),
        "ship": override("present"),
    }
    flows = [
        {"from": one, "to": two} for one, two in (("coal", LINK), ("ore", LINK), (LINK, "ship"))
    ]
    rows = [money(2, 4), {"link": "ship", **money(3, "")}]
    book = opened(tmp_path, links, flows=flows, findings=rows).book
    found = {
        rule: book.figure(rule, "probe")
        for rule in ("completeness", "local_ratio_value", "local_ratio_count")
    }
    assert found["completeness"].value == (0.5, 0.75)
    assert found["completeness"].note == (
        "completeness.is", {"active": 2, "unknown": 1, "links": 4},
    )  # fmt: skip
    assert found["local_ratio_value"].value == 0.5
    assert found["local_ratio_value"].note == ("local.value", {"links": 1})
    assert found["local_ratio_count"].value == (1 / 3, 2 / 3)
    assert found["local_ratio_count"].note == ("local.count", {"needs": 3, "met": 1, "maybe": 2})


def test_a_gap_says_how_far_it_is_from_who_calls_for_it(tmp_path: Path) -> None:
    links = {
        LINK: override("missing"),
        "part": override("missing"),
        "ship": override("strong"),
        "raw": override("weak"),
        "apart": override("missing"),
        "use": override("missing"),
    }
    flows = [
        {"from": one, "to": two}
        for one, two in (("part", LINK), (LINK, "ship"), ("raw", "use"), ("apart", "use"))
    ]
    book = opened(tmp_path, links, flows=flows).book
    assert {link: book.figure("gap", "probe", link).note for link in links} == {
        LINK: ("gap.fill", {"depth": 1}),
        "part": ("gap.fill", {"depth": 2}),
        "ship": None,
        "raw": None,
        "apart": ("gap.build", {}),
        "use": ("gap.extend", {}),
    }
    assert book.figure("dependents", "probe", "part").note == (
        "dependents.are", {"stopped": 2, "others": 5},
    )  # fmt: skip
