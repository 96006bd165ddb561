"""Status, gaps, values and chain figures of random workspaces, beside the brute-force oracle."""

from __future__ import annotations

import dataclasses
import tempfile
from pathlib import Path
from random import Random
from typing import Any

import oracle
import pytest
import random_worlds
import world_changes
import yaml
from agreement import differences
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle_files import Scoring
from random_worlds import World, worlds

from chainmap.study import open_study

MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
REPOSITORY = Path(__file__).parent.parent
SHIPPED = yaml.safe_load((REPOSITORY / "data" / "scoring.yaml").read_text(encoding="utf-8"))
NUMBERS = {
    "priority.value_lo": "lo",
    "priority.value_hi": "hi",
    "priority.dependents_anchor": "anchor",
    "priority.wanted_full": "wanted_full",
    "priority.weights.value": "value",
    "priority.weights.dependents": "dependents",
    "priority.weights.critical": "critical",
    "priority.weights.wanted": "wanted",
    "status.strong_at": "strong_from",
    "status.finding_life_years": "finding_life_years",
    "status.search_life_years": "search_life_years",
}
GAP_KEYS = {
    *("chain", "link", "name", "stage", "status", "basis", "kind", "suspect", "settled", "depth"),
    *("break", "value_100m_cny", "value_is_lower_bound", "alternative", "dependents", "critical"),
    *("priority", "producers", "groups", "evidence_grade", "sources", "ref"),
}
CHAIN_KEYS = {
    *("chain", "name", "kind", "links", "strong", "weak", "present", "missing", "planned"),
    *("unknown", "completeness_low", "completeness_high", "local_ratio_value"),
    *("local_ratio_count_low", "local_ratio_count_high", "ref"),
}
KIND_ORDER = ("strengthen", "deepen", "fill", "extend", "build")
SUSPECT_ORDER = ("fill", "strengthen", "extend", "build", "covered")
thorough = settings()  # of the profile: see conftest.py
Rows = list[dict[str, Any]]


def scoring(changed: dict[str, float]) -> Scoring:
    """The numbers that ship with the reference workspace, some of them changed."""
    found = {}
    for name, attribute in NUMBERS.items():
        node = SHIPPED
        for part in name.split("."):
            node = node[part]
        found[attribute] = changed.get(name, node["value"])
    for life in ("finding_life_years", "search_life_years"):
        found[life] = int(found[life])
    return dataclasses.replace(Scoring(), **found)


def product(world: World, chain: str = "probe", as_of: str | None = None) -> tuple[Rows, Rows]:
    """The gap rows and the chain rows that the product finds in a workspace."""
    with tempfile.TemporaryDirectory(dir=MEMORY) as directory:
        random_worlds.write(world, Path(directory))
        found = open_study(Path(directory), as_of=as_of)
        assert [one.line("en") for one in found.problems if one.severity == "error"] == []
        return found.gap_rows(chain, all_links=True), found.chain_rows()


def judge(world: World, chain: str = "probe", as_of: str | None = None) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(dir=MEMORY) as directory:
        random_worlds.write(world, Path(directory))
        return oracle.answer(Path(directory), chain, as_of, scoring(world.numbers))


def of_chain(rows: Rows, chain: str = "probe") -> dict[str, Any]:
    (row,) = [row for row in rows if row["chain"] == chain]
    return row


def by_link(rows: Rows) -> dict[str, dict[str, Any]]:
    return {row["link"]: row for row in rows}


def assert_agreement(world: World, as_of: str | None = None) -> None:
    for chain in world.chains:
        gaps, chains = product(world, chain, as_of)
        wanted = judge(world, chain, as_of)
        assert len(gaps) == len(wanted["gaps"])
        assert differences(by_link(gaps), wanted["gaps"]) == []
        assert differences({"": of_chain(chains, chain)}, {"": wanted["chains"]}) == []


def place_in_list(row: dict[str, Any]) -> tuple[Any, ...]:
    """The order of section 4.1: gaps by priority, checks by what is feared, the rest by id."""
    if row["kind"] in KIND_ORDER:
        return 0, -row["priority"], row["link"]
    if row["kind"] == "check":
        return 1, SUSPECT_ORDER.index(row["suspect"]), -row["dependents"], row["link"]
    return 2, row["link"]


@thorough
@given(worlds(ties=True))
def test_every_figure_is_the_oracles(world: World) -> None:
    assert_agreement(world)


@thorough
@given(st.data())
def test_every_figure_is_the_oracles_at_any_date(data: st.DataObject) -> None:
    world = data.draw(worlds(ties=True))
    dates = random_worlds.dates_around(world.study_date)
    assert_agreement(world, data.draw(st.sampled_from([*dates, "2009", "2040"])))


@thorough
@given(
    worlds(ties=True),
    st.fixed_dictionaries(
        {},
        optional={
            "priority.value_lo": st.sampled_from([0.5, 10]),
            "priority.value_hi": st.sampled_from([20, 1000]),
            "priority.dependents_anchor": st.sampled_from([0.1, 1]),
            "priority.wanted_full": st.sampled_from([1, 2]),
            "priority.weights.value": st.sampled_from([0, 7]),
            "priority.weights.dependents": st.sampled_from([1, 0.5]),
            "priority.weights.critical": st.sampled_from([0, 9]),
            "priority.weights.wanted": st.sampled_from([0, 5]),
            "status.strong_at": st.sampled_from([0.3, 0.9]),
            "status.finding_life_years": st.sampled_from([1, 2, 4]),
            "status.search_life_years": st.sampled_from([1, 4, 5]),
        },
    ),
)
def test_every_number_of_the_rules_is_a_setting(world: World, numbers: dict[str, float]) -> None:
    assert_agreement(dataclasses.replace(world, numbers=numbers))


def assert_cites(row: dict[str, Any], bounds: dict[str, list[str]], world: World) -> None:
    """All sources behind the status are named and set the grade; only findings may stand beside."""
    beside = {
        source
        for finding in world.tables["findings"]
        if (finding["chain"], finding["link"]) == (row["chain"], row["link"])
        for source in finding["source"].split("|")
    }
    assert set(bounds["must"]) <= set(row["sources"]) <= set(bounds["may"]) | beside
    worst = [
        max((random_worlds.GRADES[source] for source in sources), default=None)
        for sources in (bounds["must"], bounds["may"])
    ]
    if bounds["must"] == bounds["may"]:
        assert row["evidence_grade"] == worst[0]
    else:
        assert (worst[0] or "A") <= row["evidence_grade"] <= worst[1]


@thorough
@given(worlds())
def test_rows_have_their_keys_order_and_sources(world: World) -> None:
    gaps, chains = product(world)
    expected = judge(world)
    links = {link["id"]: link for link in world.chains["probe"]["panorama"]["links"]}
    for row in gaps:
        assert row.keys() == GAP_KEYS
        assert row["chain"] == "probe"
        assert row["ref"] == f"probe/{row['link']}"
        assert row["name"] == links[row["link"]]["name"]
        assert row["stage"] == links[row["link"]]["stage"]
        assert len(set(row["sources"])) == len(row["sources"])
        assert_cites(row, expected["sources"][row["link"]], world)
    assert [row["link"] for row in gaps] == [r["link"] for r in sorted(gaps, key=place_in_list)]
    assert sorted(row["chain"] for row in chains) == sorted(world.chains)
    for row in chains:
        assert row.keys() == CHAIN_KEYS
        assert row["ref"] == row["chain"]
        assert row["kind"] == world.chains[row["chain"]]["kind"]


@thorough
@given(worlds(), st.integers(0, 2**32))
def test_new_ids_change_nothing(world: World, seed: int) -> None:
    names = world_changes.new_names(world, Random(seed))
    chain = names.chains["probe"]
    gaps, chains = product(world_changes.renamed(world, names), chain)
    old_gaps, old_chains = product(world)
    for row in old_gaps:
        row |= {"chain": chain, "link": names.links["probe", row["link"]]}
        row |= {"ref": f"{chain}/{row['link']}"}
        row["sources"] = sorted(names.sources[source] for source in row["sources"])
    for row in gaps:
        row["sources"] = sorted(row["sources"])
    assert differences(by_link(gaps), by_link(old_gaps)) == []
    wanted = of_chain(old_chains) | {"chain": chain, "ref": chain}
    assert differences({"": of_chain(chains, chain)}, {"": wanted}) == []


def assert_unchanged(changed: World, world: World) -> None:
    """Row by row in the same order, and every figure."""
    gaps, chains = product(changed)
    old_gaps, old_chains = product(world)
    assert [row["link"] for row in gaps] == [row["link"] for row in old_gaps]
    for row in (*gaps, *old_gaps):
        row["sources"] = sorted(row["sources"])
    assert differences(by_link(gaps), by_link(old_gaps)) == []
    assert differences({"": of_chain(chains)}, {"": of_chain(old_chains)}) == []


@thorough
@given(worlds(), st.integers(0, 2**32))
def test_another_order_of_files_rows_and_keys_changes_nothing(world: World, seed: int) -> None:
    assert_unchanged(world_changes.reordered(world, Random(seed)), world)


@thorough
@given(st.data())
def test_an_unrelated_chain_changes_nothing(data: st.DataObject) -> None:
    world = data.draw(worlds())
    assert_unchanged(data.draw(world_changes.unrelated(world)), world)


@thorough
@given(st.data())
def test_what_is_dated_after_the_study_date_changes_nothing(data: st.DataObject) -> None:
    world = data.draw(worlds())
    assert_unchanged(data.draw(world_changes.foretold(world)), world)


@pytest.mark.parametrize(
    ("as_of", "years", "study_date", "status"),
    [
        ("2024-02-29", 5, "2029-02-28", "weak"),
        ("2024-02", 5, "2029-02-28", "weak"),
        ("2024-02-29", 5, "2029-03-01", "unknown"),
        ("2024-02-29", 4, "2028-02-28", "weak"),
        ("2024-02-29", 4, "2028-02-29", "unknown"),
        ("2023-02-28", 5, "2028-02-29", "unknown"),
        ("2023-02", 5, "2028-02-29", "unknown"),
    ],
)
def test_a_life_that_began_on_29_february_ends_on_the_28th(
    as_of: str, years: int, study_date: str, status: str
) -> None:
    link = {"id": "l0", "name": "环节", "stage": "up", "products": ["产品"]}
    document = {"chain": "probe", "name": "链", "kind": "future", "region": "示例市"}
    document |= {"as_of": "2020", "chief": "市级领导", "bureau": "市工信局"}
    panorama = {"stages": [{"id": "up", "name": "上游"}], "links": [link]}
    finding = {"chain": "probe", "link": "l0", "as_of": as_of, "source": "s1", "status": "weak"}
    world = World(
        {"probe": document | {"panorama": panorama}},
        {
            "sources": [{"source": "s1", "title": "示例", "date": "2010", "grade": "A"}],
            "firms": [],
            "findings": [finding],
        },
        study_date,
        numbers={"status.finding_life_years": years},
    )
    assert product(world)[0][0]["status"] == status
    assert judge(world)["gaps"]["l0"]["status"] == status
