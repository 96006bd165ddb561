"""Resilience: what stops when a link or a firm is lost, beside the literal definition."""

from __future__ import annotations

import itertools
import re
import tempfile
from pathlib import Path
from typing import Any

import pytest
import random_worlds
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from one_link import made, opened, override, said
from random_worlds import World
from resilience_oracle import Need, stopped
from running import as_json, chainmap

from chainmap.core.derivation import replay
from chainmap.core.graph import ChainGraph, stopped_by, stopped_together, sweep
from chainmap.core.model import Chain, ChainFile, Flow, Link, Panorama
from chainmap.study import Study, open_study
from chainmap.study.whatif_rows import resilience_rows

MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
CHAIN = "probe"
ACTIVE = ("strong", "weak", "present")
several = settings(
    max_examples=80, deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip


def study_of(world: World) -> Study:
    with tempfile.TemporaryDirectory(dir=MEMORY) as directory:
        random_worlds.write(world, Path(directory))
        return open_study(Path(directory))


def needs_of(chain: Chain) -> list[Need]:
    return [(flow.target, flow.sources, flow.need) for flow in chain.flows]


# The graph


@several
@given(random_worlds.worlds(), st.data())
def test_the_sweep_equals_the_definition_for_every_link(world: World, data: st.DataObject) -> None:
    chain = study_of(world).chain(CHAIN)
    graph, needs, links = ChainGraph(chain), needs_of(chain), list(chain.index)
    standby = frozenset(data.draw(st.lists(st.sampled_from(links), unique=True)))
    found = sweep(graph, standby)
    for link in links:
        wanted = stopped(needs, {link}, standby)
        assert set(found.stopped(link)) == wanted - {link}
        assert found.count(link) == len(wanted) - 1
        assert stopped_together(graph, {link}, standby) == wanted
    lost = set(data.draw(st.lists(st.sampled_from(links), unique=True)))
    assert stopped_together(graph, lost, standby) == stopped(needs, lost, standby)


@st.composite
def tangles(draw: st.DrawFn) -> Chain:
    """A chain of up to thirty links with cycles through cycles, and any-groups of any size."""
    names = [f"l{at}" for at in range(draw(st.integers(1, 30)))]
    pairs: set[tuple[str, str]] = set()
    flows = []
    for _ in range(draw(st.integers(0, 2 * len(names)))):
        target = draw(st.sampled_from(names))
        some = draw(st.lists(st.sampled_from(names), min_size=1, max_size=4, unique=True))
        members = [one for one in some if one != target and (one, target) not in pairs]
        if not members:
            continue
        pairs |= {(one, target) for one in members}
        need = draw(st.sampled_from(("required", "required", "optional")))
        need = "any" if len(members) > 1 else need
        flows.append(Flow.model_construct(sources=tuple(members), target=target, need=need))
    links = tuple(Link.model_construct(id=name) for name in names)
    panorama = Panorama.model_construct(stages=(), links=links, flows=tuple(flows))
    return Chain(ChainFile.model_construct(chain=CHAIN, panorama=panorama), {})


@settings(max_examples=400, deadline=None)
@given(tangles(), st.data())
def test_the_sweep_equals_the_definition_in_a_tangle(chain: Chain, data: st.DataObject) -> None:
    graph, needs, links = ChainGraph(chain), needs_of(chain), list(chain.index)
    standby = frozenset(data.draw(st.lists(st.sampled_from(links), unique=True)))
    found = sweep(graph, standby)
    for link in links:
        wanted = stopped(needs, {link}, standby)
        assert {link, *found.stopped(link)} == wanted
        assert found.count(link) == len(wanted) - 1
    lost = set(data.draw(st.lists(st.sampled_from(links), unique=True)))
    assert stopped_together(graph, lost, standby) == stopped(needs, lost, standby)


@several
@given(random_worlds.worlds())
def test_with_everyone_standing_by_it_is_the_dependents_of_the_contract(world: World) -> None:
    chain = study_of(world).chain(CHAIN)
    graph, everyone = ChainGraph(chain), frozenset(chain.index)
    found = sweep(graph, everyone)
    for link in chain.index:
        assert set(found.stopped(link)) == stopped_by(graph, link)


@several
@given(random_worlds.worlds(), st.data())
def test_more_standing_by_never_stops_more_and_more_lost_never_stops_less(
    world: World, data: st.DataObject
) -> None:
    chain = study_of(world).chain(CHAIN)
    graph, links = ChainGraph(chain), list(chain.index)
    few = frozenset(data.draw(st.lists(st.sampled_from(links), unique=True)))
    more = few | frozenset(data.draw(st.lists(st.sampled_from(links), unique=True)))
    some = set(data.draw(st.lists(st.sampled_from(links), unique=True)))
    assert stopped_together(graph, some, more) <= stopped_together(graph, some, few)
    for link in links:
        assert stopped_together(graph, some, few) <= stopped_together(graph, some | {link}, few)


# The figures of a chain


def losses(study: Study) -> dict[tuple[str | None, str | None], dict[str, Any]]:
    return {(row["link"], row["firm"]): row for row in resilience_rows(study, CHAIN).losses}


@several
@given(random_worlds.worlds())
def test_every_loss_equals_the_definition_worked_out_from_the_rows(world: World) -> None:
    study = study_of(world)
    chain, value = study.chain(CHAIN), study.book.value
    needs, links = needs_of(chain), set(chain.index)
    status = {link: value("status", CHAIN, link) for link in links}
    sure = {link for link in links if status[link] in ACTIVE}
    maybe = sure | {link for link in links if status[link] == "unknown"}
    makers = {link: {p.firm for p in value("producing", CHAIN, link) if p.firm} for link in links}
    # What a finding or a hand says is made here may be made by others than those we know of.
    told = {link for link in sure
            if value("standing", CHAIN, link).basis in ("override", "finding")
            or any(r.table == "findings" for r in value("supply", CHAIN, link).rows)}  # fmt: skip
    others = len(links) - 1
    found = losses(study)
    for link in links:
        row = found.pop((link, None))
        for column, standby in (("without", set()), ("low", maybe), ("high", sure)):
            down = stopped(needs, {link}, standby) - {link}
            assert row[f"stops_{column}"] == (len(down) / others if others else 0.0)
        assert set(row["stopped"]) == stopped(needs, {link}, sure) - {link}
    firms = sorted(set().union(*makers.values()))
    assert sorted(firm for _, firm in found) == firms
    for firm in firms:
        row = found[None, firm]
        mine = {link for link in links if firm in makers[link]}
        alone = {link for link in mine if makers[link] == {firm}}
        surely = {link for link in alone if link not in told}
        for column, lost, standby in (
            ("without", mine, set()), ("low", surely, maybe), ("high", alone, sure),
        ):  # fmt: skip
            down = stopped(needs, lost, standby)
            assert row[f"stops_{column}"] == len(down) / len(links)
        assert row["stops_low"] <= row["stops_high"] <= row["stops_without"]


@several
@given(random_worlds.worlds())
def test_landing_a_second_producer_saves_what_it_says(world: World) -> None:
    """The saving of each target is the mean over all losses, worked out anew by the definition."""
    study = study_of(world)
    chain, value = study.chain(CHAIN), study.book.value
    needs, links = needs_of(chain), list(chain.index)
    sure = {link for link in links if value("status", CHAIN, link) in ACTIVE}
    makers = {link: {p.firm for p in value("producing", CHAIN, link) if p.firm} for link in links}
    firms = sorted(set().union(*makers.values()))

    def exposure(more: str | None) -> float:
        standby = sure | ({more} if more else set())
        shares = []
        for link in links:
            down = stopped(needs, {link}, standby) - {link}
            shares.append(len(down) / (len(links) - 1) if len(links) > 1 else 0.0)
        for firm in firms:
            lost = {link for link in links if makers[link] == {firm} and link != more}
            shares.append(len(stopped(needs, lost, standby)) / len(links))
        return sum(shares) / len(shares)

    now = exposure(None)
    found = resilience_rows(study, CHAIN)
    assert found.exposure == pytest.approx(now, abs=1e-12)
    saved = {row["link"]: row["saves"] for row in found.targets}
    candidates = {c.link for c in value("field", CHAIN).running}
    for link in candidates:
        wanted = now - exposure(link)
        assert saved.get(link, 0.0) == pytest.approx(wanted, abs=1e-12)
    assert set(saved) <= candidates and all(share > 0 for share in saved.values())
    assert list(saved.values()) == sorted(saved.values(), reverse=True)


@several
@given(random_worlds.worlds())
def test_a_loss_can_be_worked_out_again_from_what_it_read(world: World) -> None:
    study = study_of(world)
    for row in resilience_rows(study, CHAIN).losses:
        figure = study.why(row["ref"])
        assert replay(study.book, figure) == figure.value
        assert figure.value.high == row["stops_high"]


# Case by case


def test_a_fellow_that_is_made_here_keeps_the_customer_running(tmp_path: Path) -> None:
    flows = [{"from": ["grid", "wind"], "to": "hydrogen", "need": "any"}]
    at = itertools.count()

    def share(wind: dict[str, Any]) -> tuple[float, ...]:
        directory = tmp_path / str(next(at))
        directory.mkdir()
        links = {"grid": override("present"), "wind": wind, "hydrogen": {}}
        row = losses(opened(directory, links, flows=flows))["grid", None]
        return row["stops_without"], row["stops_low"], row["stops_high"]

    assert share(override("present")) == (0.5, 0.0, 0.0)
    assert share({}) == (0.5, 0.0, 0.5)  # not known: perhaps
    assert share(override("missing")) == (0.5, 0.5, 0.5)
    assert share(override("planned")) == (0.5, 0.5, 0.5)  # to come is not here


def test_another_producer_of_the_link_keeps_it_running(tmp_path: Path) -> None:
    flows = [{"from": "steel", "to": "ship"}]
    links: dict[str, dict[str, Any]] = {"steel": {}, "ship": {}}
    one, two, three = (tmp_path / name for name in ("one", "two", "three"))
    for directory in (one, two, three):
        directory.mkdir()
    row = losses(opened(one, links, flows=flows, presence=[made()]))[None, "f1"]
    assert (row["stops_without"], row["stops_low"], row["stops_high"]) == (1.0, 1.0, 1.0)
    both = [made(), made(firm="f2")]
    row = losses(opened(two, links, flows=flows, presence=both))[None, "f1"]
    assert (row["stops_without"], row["stops_low"], row["stops_high"]) == (1.0, 0.0, 0.0)
    # Someone says that it is strong here: there may be others whom we do not know.
    strong = [said("strong")]
    row = losses(opened(three, links, flows=flows, presence=[made()], findings=strong))[None, "f1"]
    assert (row["stops_without"], row["stops_low"], row["stops_high"]) == (1.0, 0.0, 1.0)


def test_a_single_point_is_one_group_on_whom_much_hangs(tmp_path: Path) -> None:
    flows = [{"from": "steel", "to": "ship"}]
    links: dict[str, dict[str, Any]] = {"steel": {}, "ship": {}}
    study = opened(tmp_path, links, flows=flows, presence=[made(), {**made(), "link": "ship"}])
    found = losses(study)
    assert found["steel", None]["single_point"] == "yes"
    assert found["ship", None]["single_point"] == "no"  # nothing hangs on it


@pytest.mark.parametrize(
    ("more", "verdict"),
    [
        ({}, "yes"),
        ({"findings": [said("strong")]}, "maybe"),  # others may make it whom we do not know
        ({"presence": [made(), made(firm="f2")]}, "no"),
        ({"presence": [], "findings": [said("strong")]}, None),  # by nobody knows whom
        ({"presence": [], "findings": [said("missing")]}, "no"),
    ],
)
def test_whether_one_group_is_all_there_is(
    tmp_path: Path, more: dict[str, Any], verdict: str | None
) -> None:
    flows = [{"from": "steel", "to": "ship"}]
    rows = {"presence": [made()], **more}
    study = opened(tmp_path, {"steel": {}, "ship": {}}, flows=flows, **rows)
    assert losses(study)["steel", None]["single_point"] == verdict


def test_how_many_groups_make_a_link_is_unknown_where_nobody_looked(tmp_path: Path) -> None:
    links: dict[str, dict[str, Any]] = {"steel": {}, "ship": {}, "ore": override("missing"),
                                        "glass": override("strong")}  # fmt: skip
    found = losses(opened(tmp_path, links, presence=[made()]))
    groups = {link: found[link, None]["groups"] for link in links}
    assert groups == {"steel": 1, "ship": None, "ore": 0, "glass": None}


# The command


def test_the_command_lists_every_link_and_firm_and_answers_why() -> None:
    found = as_json("resilience", "new-energy-vehicle")
    rows = found["rows"]
    assert list(rows[0])[:4] == ["ref", "what", "name", "stops_without"]
    links = [row for row in rows if row["what"] == "link"]
    assert len(links) == len(as_json("gaps", "new-energy-vehicle", "--all")["rows"])
    assert found["targets"] and found["exposure"] > 0
    for row in (links[0], next(row for row in rows if row["what"] == "firm")):
        done = chainmap("why", row["ref"], "--column", "stops_high")
        assert done.returncode == 0, done.stderr.decode()
        assert done.stdout.decode().startswith("stops_high: ")
        assert not re.search(r"[A-Z][A-Za-z]+\([a-z_]+=", done.stdout.decode())


def test_the_screen_names_the_worst_loss_first(tmp_path: Path) -> None:
    del tmp_path
    rows = as_json("resilience", "new-energy-vehicle")["rows"]
    highs = [row["stops_high"] for row in rows]
    assert highs == sorted(highs, reverse=True)
    done = chainmap("resilience", "new-energy-vehicle")
    assert done.returncode == 0 and rows[0]["name"] in done.stdout.decode()
