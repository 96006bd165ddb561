"""What changed between two states: parts that add up exactly, and the rows that did it."""

from __future__ import annotations

import json
import random
import shutil
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from running import chainmap
from state_worlds import changed_data, changed_settings, reference_state, world

from chainmap.study import open_study
from chainmap.study.diff import Difference, difference
from chainmap.study.snapshots import State, results, state, state_of, study_of, take
from chainmap.track.diff import Corners, Parts, exact, kept, parts_of, shares_of

HERE = Path(__file__).parent
TAKEN = "2026-01-05T09:00:00+08:00"

# The parts


amounts = st.floats(-1e7, 1e7, allow_nan=False).map(kept)
maybe = st.one_of(st.none(), amounts)


@given(amounts, maybe, maybe, maybe, maybe, amounts)
def test_parts_add_up_to_the_whole_exactly(
    before: float, old: Any, mixed: Any, other: Any, new: Any, after: float
) -> None:
    parts = parts_of(Corners(before, old, mixed, other, new, after))
    assert parts.whole == exact(after) - exact(before)


def test_a_thousand_printed_changes_add_up_to_the_last_digit() -> None:
    draw = random.Random(8)
    for _ in range(1000):
        scale = draw.choice((1, 100, 1e4, 1e6))
        corners = Corners(*(kept(draw.uniform(-scale, scale)) for _ in range(6)))
        parts = parts_of(corners)
        printed = [Decimal(repr(float(part))) for part in (parts.data, parts.settings, parts.code)]
        assert sum(printed) == Decimal(repr(corners.after)) - Decimal(repr(corners.before))


@given(amounts, amounts, amounts, amounts)
def test_the_part_of_data_is_the_mean_of_both_orders(
    a: float, b: float, c: float, d: float
) -> None:
    parts = parts_of(Corners(a, a, b, c, d, d))
    first = exact(b) - exact(a), exact(d) - exact(b)  # data first, then settings
    last = exact(d) - exact(c), exact(c) - exact(a)  # settings first, then data
    assert parts == Parts((first[0] + last[0]) / 2, (first[1] + last[1]) / 2, Fraction(0))
    turned = parts_of(Corners(a, a, c, b, d, d))  # the causes change places
    assert (turned.data, turned.settings) == (parts.settings, parts.data)


@given(amounts, amounts, amounts, amounts)
def test_the_program_has_what_the_others_do_not_explain(
    before: float, old: float, new: float, after: float
) -> None:
    parts = parts_of(Corners(before, old, new, old, new, after))
    assert parts.settings == 0 and parts.data == exact(new) - exact(old)
    assert parts.code == (exact(after) - exact(new)) + (exact(old) - exact(before))


def test_a_word_belongs_to_who_made_it() -> None:
    def of(mixed: str, other: str) -> tuple[Fraction, Fraction]:
        parts = shares_of(Corners("a", "a", mixed, other, "b", "b"))
        assert parts.whole == 1
        return parts.data, parts.settings

    assert of("b", "a") == (1, 0)
    assert of("a", "b") == (0, 1)
    assert of("a", "a") == of("b", "b") == of("c", "c") == (Fraction(1, 2), Fraction(1, 2))


# States of small workspaces


def a_state(label: str, files: dict[str, bytes], like: State) -> State:
    return State(label, files, like.as_of, like.code)


def in_results(found: Any, row: dict[str, Any]) -> Any:
    part = {"status": "links", "kind": "links", "priority": "links", "chain": "chains",
            "rank": "ranks", "kpi": "kpi"}[row["what"]]  # fmt: skip
    return found[part].get(row["ref"], {}).get(row["column"])


def test_a_thousand_changes_of_real_results_add_up_and_nothing_is_left_out() -> None:
    draw = random.Random(4)
    seen = 0
    kinds: dict[str, int] = {}
    both = 0
    one = reference_state()
    for _ in range(12):
        new = changed_data(one.files, draw)
        new = changed_settings(new, draw) if draw.random() < 0.7 else new
        other = a_state("new", new, one)
        found = difference(one, other)
        ends = [results(study_of(side.files, side.as_of)[0], False) for side in (one, other)]
        for row in found.rows:
            assert row["before"] != row["after"]
            before, after = (in_results(end, row) for end in ends)
            assert (row["before"], row["after"]) == (before, after)
            sums = sum(Decimal(repr(row[name])) for name in ("data", "settings", "code"))
            assert sums == Decimal(repr(row["change"]))
            numbers = all(isinstance(end, int | float) for end in (before, after))
            whole = Decimal(repr(after)) - Decimal(repr(before)) if numbers else 1
            assert sums == whole, row
            seen += 1
            kinds[row["what"]] = kinds.get(row["what"], 0) + 1
            both += row["data"] != 0 and row["settings"] != 0
        told = {row["ref"] for row in found.rows if row["what"] == "rank"}
        places = [{ref: row["position"] for ref, row in end["ranks"].items()} for end in ends]
        assert told == {ref for ref in {**places[0], **places[1]}
                        if places[0].get(ref) != places[1].get(ref)}  # fmt: skip
    assert seen >= 1000 and both > 20, (seen, both)
    assert {"status", "kind", "priority", "chain", "rank"} <= kinds.keys(), kinds


def test_settings_alone_and_data_alone_have_all_of_it() -> None:
    draw = random.Random(2)
    one = reference_state()
    for _ in range(2):
        by_data = difference(one, a_state("d", changed_data(one.files, draw), one))
        assert all(row["settings"] == row["code"] == 0 for row in by_data.rows)
        by_settings = difference(one, a_state("s", changed_settings(one.files, draw), one))
        assert all(row["data"] == row["code"] == 0 for row in by_settings.rows)
        assert not by_settings.inputs.rows and by_settings.inputs.settings


def test_another_program_is_a_third_part(tmp_path: Path) -> None:
    root = tmp_path / "w"
    shutil.copytree(HERE / "conformance/07", root)
    study = open_study(root)
    found, _ = take(study, "a", TAKEN)
    (chain,) = found.results["chains"]
    had = found.results["chains"][chain]["completeness_low"]
    older = json.loads(json.dumps(found.results))
    older["chains"][chain]["completeness_low"] = had + 0.25
    snapshot = replace(found, code="0.0.1+other", results=older)
    rows = difference(state_of(snapshot), state(study, "now")).rows
    (row,) = rows
    assert (row["ref"], row["column"]) == (chain, "completeness_low")
    assert (row["data"], row["settings"], row["code"]) == (0, 0, -0.25)


# The rows that did it


def edited(root: Path, name: str, old: str, new: str) -> None:
    path = root / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def compared(root: Path, change: tuple[str, str, str]) -> Difference:
    before = state(open_study(root), "now")
    edited(root, *change)
    return difference(before, state(open_study(root), "now"))


def row_of(found: Difference, what: str, ref: str) -> dict[str, Any]:
    (row,) = [row for row in found.rows if (row["what"], row["ref"]) == (what, ref)]
    return row


def test_a_changed_row_is_named(tmp_path: Path) -> None:
    found = compared(world(tmp_path), ("data/findings.csv", "s1,missing", "s1,weak"))
    row = row_of(found, "status", "x/a")
    assert (row["before"], row["after"]) == ("missing", "weak")
    assert row["rows"] == ["~data/findings.csv:2"]
    assert found.inputs.rows[0].columns == ("status",)


def test_a_removed_row_is_named_where_it_stood(tmp_path: Path) -> None:
    gone = "x,a,2025-01,s1,missing,,,,\n"
    found = compared(world(tmp_path), ("data/findings.csv", gone, ""))
    row = row_of(found, "status", "x/a")
    assert row["rows"] == ["-data/findings.csv:2"] and row["after"] == "unknown"


def test_an_added_row_is_named_and_others_are_not(tmp_path: Path) -> None:
    root = world(tmp_path)
    more = "x,c,2025-01,s1,strong,,,,\nx,b,2025-02,s1,present,,,,\n"
    found = compared(root, ("data/findings.csv", "x,c,2025-01,s1,strong,,,,\n", more))
    assert row_of(found, "status", "x/b")["rows"] == ["+data/findings.csv:4"]


def test_who_was_passed_is_told_what_moved_the_other(tmp_path: Path) -> None:
    found = compared(world(tmp_path), ("data/activities.csv", "a品,minor", "a品,main"))
    rows = [row for row in found.rows if row["what"] == "rank"]
    assert rows == []  # equal scores keep the order of ids
    edited(tmp_path / "w", "data/activities.csv", "f1,x,a,a品,main", "f1,x,a,a品,minor")
    root = tmp_path / "w"
    study = open_study(root)
    earlier = state(study, "now")
    edited(root, "data/activities.csv", "f1,x,a,a品,minor", "f1,x,a,a品,main")
    edited(root, "data/activities.csv", "f2,x,a,a品,main", "f2,x,a,a品,minor")
    found = difference(earlier, state(open_study(root), "now"))
    first = row_of(found, "rank", "x/a/f1")
    assert (first["before"], first["after"]) == (2, 1)
    assert first["rows"] == ["~data/activities.csv:2"]


def test_a_setting_and_a_chain_file_are_named(tmp_path: Path) -> None:
    found = compared(world(tmp_path), ("chains/x.yaml", "{from: a, to: b}", "{from: a, to: c}"))
    assert found.inputs.chains == {"x": ["a>b", "a>c"]}
    assert any("chains/x.yaml" in row["rows"] for row in found.rows)


def test_the_study_date_is_a_change_of_data(tmp_path: Path) -> None:
    change = ("data/region.yaml", "2025-12-31", "2032-12-31")
    found = compared(world(tmp_path), change)
    row = row_of(found, "status", "x/c")
    assert (row["before"], row["after"], row["data"]) == ("strong", "unknown", 1)
    assert row["rows"] == ["as_of"]


def test_the_printed_json_adds_up(tmp_path: Path) -> None:
    root = world(tmp_path)
    assert chainmap("snapshot", "a", workspace=root).returncode == 0
    edited(root, "data/findings.csv", "s1,missing", "s1,weak")
    done = chainmap("diff", "a", "--format", "json", workspace=root)
    rows = json.loads(done.stdout, parse_float=Decimal, parse_int=Decimal)["rows"]
    assert len(rows) > 3
    for row in rows:
        assert row["data"] + row["settings"] + row["code"] == row["change"]
        if isinstance(row["before"], Decimal) and isinstance(row["after"], Decimal):
            assert row["after"] - row["before"] == row["change"]
    text = chainmap("diff", "a", workspace=root).stdout.decode()
    assert "~findings.csv:2" in text
