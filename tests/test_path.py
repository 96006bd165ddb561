"""The path of a chain: the worked cases, and properties against brute force."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from path_oracle import NOW, facts, month, seen
from path_worlds import (
    AT,
    busy,
    busy_worlds,
    chain_of,
    chosen_of,
    need_of,
    planned,
    project_of,
    settings_of,
    worlds,
)

from chainmap.core.dates import Day
from chainmap.core.graph import ChainGraph
from chainmap.plan.path import ROW_KEYS, Action, plan_path, rows
from chainmap.plan.tasks import WORK

CASES = [
    (f"{file.stem}: {case['case']}", case)
    for file in sorted((Path(__file__).parent / "cases" / "path").glob("*.yaml"))
    for case in yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
]
MANY = settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def shown(action: Action) -> dict[str, Any]:
    """An action in the words of a case."""

    def word(value: Any) -> Any:
        if isinstance(value, Day):
            return value.text
        if isinstance(value, tuple):
            return list(value)
        if isinstance(value, bool | int):
            return str(value).lower()
        return value or "null"

    names = ("code", "link", "title", "start", "due", "needs", "owner", "term", "conditional",
             "started", "late", "critical", "origin", "slack", "at_risk", "risk", "left",
             "forecast", "in_plan", "firm", "district", "project", "stage", "next_step",
             "next_due")  # fmt: skip
    found = {name: word(getattr(action, name)) for name in names}
    return found | {"needs": list(action.needs)}


@pytest.mark.parametrize(("name", "case"), CASES, ids=[name for name, _ in CASES])
def test_a_worked_case_comes_out_as_stated(name: str, case: dict[str, Any]) -> None:
    links = case["links"]
    chain = chain_of(list(links), case.get("flows", []), case.get("path", []), {})
    needs = [need_of(link, words) for link, words in links.items()]
    projects = [project_of(at, words) for at, words in enumerate(case.get("projects", []))]
    chosen = [chosen_of(words) for words in case["chosen"]] if "chosen" in case else None
    found = plan_path(
        chain, ChainGraph(chain), AT, settings_of().__getitem__, needs, projects, chosen
    )
    actions = {action.id: shown(action) for action in found.actions}
    assert sorted(actions) == sorted(case["want"]), name
    for id, wanted in case["want"].items():
        assert {key: actions[id][key] for key in wanted} == wanted
    assert [[c.action, c.need] for c in found.conflicts] == case.get("conflicts", [])
    assert list(found.unscheduled) == case.get("unscheduled", [])


@MANY
@given(worlds())
def test_nothing_starts_before_what_it_needs_is_due(world: tuple[Any, ...]) -> None:
    path = planned(world)
    by_id = {action.id: action for action in path.actions}
    early = {
        (action.id, need)
        for action in path.actions
        for need in action.needs
        if action.start and (due := by_id[need].due) and action.start.first < due.last
    }
    assert early == {(c.action, c.need) for c in path.conflicts if c.kind == "order"}
    assert all(by_id[action].origin == "hand" for action, _ in early)
    for action in path.actions:
        if action.origin == "generated":
            assert action.start and action.due and AT.last < action.start.first < action.due.last


@MANY
@given(worlds())
def test_every_gap_has_its_action_and_every_milestone_is_there(world: tuple[Any, ...]) -> None:
    links, _, needs, milestones, _ = world
    path = planned(world)
    has = {(action.link, action.kind) for action in path.actions}
    for need in needs:
        kind = need.suspect if need.kind == "check" else need.kind
        if kind in WORK:
            assert (need.link, kind) in has
        if need.kind == "check" or (need.kind in WORK and not need.settled):
            assert (need.link, "check") in has
    wanted = {m["id"] for m in milestones}
    assert wanted == {action.id for action in path.actions if action.origin == "hand"}
    assert len({action.code for action in path.actions}) == len(path.actions)
    by_hand = {(m.get("link"), m["action"]) for m in milestones}
    made = [(a.link, a.kind) for a in path.actions if a.origin == "generated"]
    assert not by_hand & set(made)
    assert len(set(made)) == len(made)
    assert {link for link, _ in made} <= set(links)


@MANY
@given(worlds(), st.randoms(use_true_random=False))
def test_the_order_of_rows_flows_and_milestones_changes_nothing(
    world: tuple[Any, ...], order: Any
) -> None:
    links, flows, needs, path, stages = world
    shuffled = [list(part) for part in (flows, needs, path)]
    for part in shuffled:
        order.shuffle(part)
    assert planned(world) == planned((links, *shuffled, stages))


def supplied(links: list[str], flows: list[Any]) -> dict[str, set[str]]:
    """For every link all that it needs, however far, by plain loops."""
    reach = {link: set() for link in links}
    for _ in links:
        for sources, target, need in flows:
            for source in sources if need == "any" else [sources]:
                if need != "optional":
                    reach[target] |= {source} | reach[source]
    return reach


@MANY
@given(busy_worlds(hand=False))
def test_an_action_waits_for_what_its_link_needs(world: tuple[Any, ...]) -> None:
    links, flows, needs, _, _ = world[0]
    reach = supplied(links, flows)
    status = {need.link: need.status for need in needs}
    actions = {action.id: action for action in busy(world).actions}

    def ready(link: str) -> Day | None:
        if status[link] in ("strong", "weak", "present"):
            return None
        counted = [a for a in actions.values() if a.link == link]
        firms = [a.due for a in counted if a.origin in ("plan", "project") and a.due]
        if firms:
            return min(firms, key=lambda day: day.last)
        return max((a.due for a in counted if a.due), key=lambda day: day.last, default=None)

    for action in actions.values():
        if action.kind == "check" or action.started:
            assert action.needs == ()
            continue
        bounds = [actions[n].due for n in action.needs if actions[n].link == action.link]
        for sources, target, need in flows:
            if target != action.link or need == "optional":
                continue
            members = sources if need == "any" else [sources]
            if need == "any" and any(
                status[m] in ("strong", "weak", "present", "planned") for m in members
            ):
                continue
            dues = [ready(m) for m in members if target not in reach[m]]
            bounds += sorted((d for d in dues if d), key=lambda day: day.last)[:1]
        assert action.start
        latest = max((day.last for day in bounds if day), default=None)
        assert latest is None or latest < action.start.first
        waited = [actions[need].due for need in action.needs]
        assert latest == max((day.last for day in waited if day), default=None)


def ways(actions: dict[str, Action], last: str) -> Iterator[list[str]]:
    """Every way through the needs that ends with an action."""
    yield [last]
    for need in actions[last].needs:
        for way in ways(actions, need):
            yield [*way, last]


@MANY
@given(worlds(dated=True), st.sampled_from([0.25, 0.5, 1.0]))
def test_the_critical_path_is_the_longest_way(world: tuple[Any, ...], years: float) -> None:
    path = planned(world, check_years=years)
    actions = {action.id: action for action in path.actions}
    if not actions:
        assert (path.critical, path.months, path.ends) == ((), 0, None)
        return

    def months(id: str) -> int:
        start, due = actions[id].start, actions[id].due
        assert start and due
        return (due.last.year - start.first.year) * 12 + due.last.month - start.first.month + 1

    every = [way for id in actions for way in ways(actions, id)]
    lengths = [sum(map(months, way)) for way in every]
    longest = max(lengths)
    assert path.months == longest
    ways_of_it = [way for way, length in zip(every, lengths, strict=True) if length == longest]
    assert list(path.critical) in ways_of_it
    assert {id for id, action in actions.items() if action.critical} == set().union(*ways_of_it)
    for id, action in actions.items():
        through = max(n for way, n in zip(every, lengths, strict=True) if id in way)
        assert action.slack == longest - through


@MANY
@given(worlds())
def test_a_term_is_where_the_action_is_due(world: tuple[Any, ...]) -> None:
    path = planned(world)
    near, mid, _ = path.terms
    for action in path.actions:
        if action.due is None:
            assert action.term is None and action.id in path.unscheduled
            continue
        last = action.due.last
        term = "near" if last <= near.last else "mid" if last <= mid.last else "far"
        assert action.term == term


@MANY
@given(worlds(), st.sampled_from(["zh", "en"]))
def test_rows_hold_the_columns_and_name_needs_by_code(world: tuple[Any, ...], lang: str) -> None:
    links, flows, _, milestones, stages = world
    path = planned(world)
    made = rows(path, chain_of(links, flows, milestones, stages), lang)
    assert [row["code"] for row in made] == [action.code for action in path.actions]
    code_of = {action.id: action.code for action in path.actions}
    for row, action in zip(made, path.actions, strict=True):
        assert list(row) == list(ROW_KEYS)
        assert row["needs"] == [code_of[need] for need in action.needs]
        assert lang == "en" or row["title"] == action.title


def test_an_unchecked_circle_of_needs_does_not_stop_the_plan() -> None:
    path = [
        {"id": "m1", "action": "build", "title": "一", "start": "2027-01", "needs": ["m2"]},
        {"id": "m2", "action": "build", "title": "二", "needs": ["m1"]},
    ]
    found = planned((["a"], [], [], path, {}))
    assert [action.id for action in found.actions] == ["m1", "m2"]


def test_a_code_means_the_same_link_when_other_gaps_close() -> None:
    links, stages = ["a", "b", "c"], {"a": "上游", "b": "中游", "c": "上层"}
    first = [need_of(link, {"kind": "fill"}) for link in links]
    later = [need_of("a", {"kind": "none"}), *first[1:]]
    one, two = (planned((links, [], needs, [], stages)) for needs in (first, later))
    codes = {action.id: action.code for action in one.actions}
    assert codes == {"a/fill": "上1", "b/fill": "中1", "c/fill": "上2"}
    assert {a.id: a.code for a in two.actions} == {"b/fill": "中1", "c/fill": "上2"}


# Projects and the plan


@MANY
@given(busy_worlds())
def test_what_is_left_late_and_at_risk_is_what_every_way_through_the_needs_says(
    world: tuple[Any, ...],
) -> None:
    path = busy(world)
    wanted = facts(world, path)
    for action in path.actions:
        if action.due is None:
            continue
        fact = wanted[action.id]
        assert action.left == fact.left, action
        assert action.late == fact.late, action
        assert list(action.risk) == fact.risk, action
        assert action.at_risk == bool(fact.risk)
        forecast = None if action.forecast is None else month(action.forecast)
        assert forecast == fact.forecast, action


@MANY
@given(busy_worlds())
def test_written_dates_are_never_moved_and_nothing_else_starts_before_what_it_needs(
    world: tuple[Any, ...],
) -> None:
    path = busy(world)
    milestones = {m["id"]: m for m in world[0][3]}
    by_id = {action.id: action for action in path.actions}
    assert set(milestones) == {a.id for a in path.actions if a.origin == "hand"}
    for action in path.actions:
        if action.origin == "hand":
            for name in ("start", "due"):
                written = milestones[action.id].get(name)
                assert written is None or getattr(action, name).text == written
            continue
        assert action.start and action.due and action.start.first <= action.due.last
        assert action.started or month(action.start) >= NOW
        for need in () if action.started else action.needs:
            due = by_id[need].due
            assert due is None or due.last < action.start.first


@MANY
@given(busy_worlds())
def test_every_row_of_the_plan_and_every_project_on_the_way_stands_where_it_should(
    world: tuple[Any, ...],
) -> None:
    (links, _, needs, _, _), projects, chosen = world
    path = busy(world)
    rows_of_plan = [a for a in path.actions if a.in_plan]
    wanted = sorted((c.link, c.firm) for c in chosen or [])
    assert sorted((a.link, a.firm) for a in rows_of_plan) == wanted
    picked = {link for link, _ in wanted}
    kinds = {need.link: need for need in needs}
    for action in path.actions:
        if action.origin == "generated" and action.kind != "check":
            assert action.in_plan is (None if chosen is None or action.started else False)
            assert action.link not in picked
    carried = [action.project for action in path.actions if action.project]
    for row in projects:
        one, link = seen(row), row.cells["link"]
        if one is None:
            assert row.cells["project"] not in carried
        elif one.place >= 2 and kinds[link].kind == "planned":
            assert one.id in carried
    assert len({action.code for action in path.actions}) == len(path.actions)
    assert {action.link for action in path.actions} <= {*links, None}


@MANY
@given(busy_worlds())
def test_a_row_of_the_plan_keeps_its_dates_unless_something_it_needs_is_later(
    world: tuple[Any, ...],
) -> None:
    path = busy(world)
    by_id = {action.id: action for action in path.actions}
    moved = {(c.action, c.need): c for c in path.conflicts if c.kind == "delay"}
    for one in world[2] or []:
        action = by_id[f"{one.link}/{one.firm}"]
        if action.started:
            continue
        begin = max(month(one.start), NOW)
        ends = {n: month(due, last=True) + 1 for n in action.needs if (due := by_id[n].due)}
        latest = max(ends.values(), default=0)
        length = month(one.due, last=True) + 1 - month(one.start)
        assert action.start and action.due
        assert month(action.start) == max(begin, latest)
        if latest <= begin < month(one.due, last=True) + 1:
            assert month(action.due) == month(one.due)
        else:
            assert month(action.due) == month(action.start) + length - 1
        clash = [need for id, need in moved if id == action.id]
        assert bool(clash) == (latest > begin)
        assert all(ends[need] == latest for need in clash)


@MANY
@given(busy_worlds())
def test_a_milestone_that_the_plan_cannot_keep_is_named(world: tuple[Any, ...]) -> None:
    path = busy(world)
    found = {(c.action, c.need) for c in path.conflicts if c.kind == "milestone"}
    by_hand = [a for a in path.actions if a.origin == "hand" and a.due and a.link]
    wanted = {
        (a.id, m.id)
        for a in path.actions
        for m in by_hand
        if a.origin == "plan" and (a.link, a.kind) == (m.link, m.kind) and a.due and m.due
        if a.due.last > m.due.last
    }
    assert found == wanted


@MANY
@given(busy_worlds(), st.randoms(use_true_random=False))
def test_the_order_of_projects_and_of_the_plan_changes_nothing(
    world: tuple[Any, ...], order: Any
) -> None:
    base, projects, chosen = world
    shuffled = [list(projects), None if chosen is None else list(chosen)]
    for part in shuffled:
        if part is not None:
            order.shuffle(part)
    assert busy(world) == busy((base, *shuffled))
