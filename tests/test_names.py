"""Firms found by name: what is decided is right, what is doubtful is asked, nothing raises."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from running import as_csv, as_json, chainmap

from chainmap.core.model import Row
from chainmap.read.workspace import load
from chainmap.screen.names import Found, Names, normalise

ROOT = Path(__file__).parent.parent
LABELLED = ROOT / "tests/cases/names/labelled.csv"
# What is reached, in per cent, rounded down. Another legal form is only proposed: see `suffix`.
RECALL = {
    "exact": 100, "short": 100, "traditional": 100, "fullwidth": 100, "bracket": 100,
    "suffix": 78, "former": 100, "english": 100, "typo": 100, "unknown": 100, "ambiguous": 100,
}  # fmt: skip
FULL = str.maketrans({chr(c): chr(c + 0xFEE0) for c in range(0x21, 0x7F)} | {" ": "\u3000"})


@lru_cache(maxsize=1)
def firms() -> tuple[Row, ...]:
    workspace, _ = load(ROOT)
    return tuple(workspace.rows("firms"))


@lru_cache(maxsize=1)
def names() -> Names:
    return Names(firms())


@lru_cache(maxsize=1)
def written_names() -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(one for row in firms() for one in (row.text("name"), *row.many("aliases")))
    )


def labelled() -> list[tuple[str, str, frozenset[str]]]:
    """Written, kind, expected; without firms that were not in the table once and now are."""
    with LABELLED.open(encoding="utf-8", newline="") as file:
        rows = [
            (row["written"], row["kind"], frozenset(filter(None, row["expected"].split("|"))))
            for row in csv.DictReader(file)
        ]
    assert len(rows) == 200
    return [row for row in rows if row[1] != "unknown" or row[0] not in written_names()]


def good(kind: str, expected: frozenset[str], found: Found) -> bool:
    """Whether the answer is the one wanted: decided, asked about with all in it, or left open."""
    offered = {*found.ambiguous, *(firm for firm, _ in found.proposed)}
    if kind in ("typo", "ambiguous"):
        return found.decided is None and expected <= offered
    if kind == "unknown":
        return found.decided is None
    return expected == {found.decided}


def test_what_is_decided_alone_is_right_and_no_kind_is_found_less(
    capsys: pytest.CaptureFixture[str],
) -> None:
    met: Counter[str] = Counter()
    all_of: Counter[str] = Counter()
    decided: Counter[str] = Counter()
    right: Counter[str] = Counter()
    wrong = []
    for written, kind, expected in labelled():
        found = names().find(written)
        all_of[kind] += 1
        met[kind] += good(kind, expected, found)
        if found.decided:
            decided[kind] += 1
            sound = kind not in ("typo", "unknown", "ambiguous") and expected == {found.decided}
            right[kind] += sound
            wrong += [] if sound else [(written, found.decided)]
    with capsys.disabled():
        print("\nkind           n  automatic  right  recall  precision")
        for kind, count in all_of.items():
            sure = f"{right[kind] / decided[kind]:9.3f}" if decided[kind] else f"{'-':>9}"
            print(f"{kind:12}{count:4}{decided[kind]:11}{right[kind]:7}", end="")
            print(f"{met[kind] / count:8.3f}  {sure}")
        print(f"all automatic matches: {right.total()} of {decided.total()} right")
    assert decided.total() > 130
    assert right.total() / decided.total() >= 0.99, wrong
    low = {
        kind: met[kind] for kind, least in RECALL.items() if 100 * met[kind] < least * all_of[kind]
    }
    assert not low, f"found less than before: {low}"


def test_the_registered_name_of_a_firm_is_that_firm() -> None:
    wrong = [
        row.text("name")
        for row in firms()
        if names().find(row.text("name")).decided != row.text("firm")
    ]
    assert not wrong


def test_an_alias_leads_to_its_firm_or_to_a_question_with_it() -> None:
    for row in firms():
        for alias in row.many("aliases"):
            found = names().find(alias)
            assert row.text("firm") in (found.decided, *found.ambiguous), alias


def test_no_firm_outside_the_table_is_taken_for_one_in_it() -> None:
    """Firms taken out of the table, looked for by their registered names."""
    rows = firms()
    wrong = []
    for at in range(10):
        left = Names(row for row in rows if row.order % 10 != at)
        for row in rows:
            taken = left.find(row.text("name")).decided if row.order % 10 == at else None
            wrong += [(row.text("name"), taken)] if taken else []
    assert not wrong


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("中國平安保險（集團）股份有限公司", "中国平安保险"),
        ("ＴＣＬ科技集团股份有限公司", "tcl科技"),
        ("Samsung Electronics Co., Ltd.", "samsungelectronics"),
        ("The Coca-Cola Company", "cocacola"),
        ("Nestlé S.A.", "nestle"),
        ("Johnson & Johnson", "johnsonandjohnson"),
        ("一汽-大众汽车有限公司青岛分公司", "一汽大众汽车有限公司青岛分公司"),
        ("集团", "集团"),
        ("（）", ""),
    ],
)
def test_a_name_has_one_normal_form(written: str, normal: str) -> None:
    assert normalise(written) == normal


@pytest.mark.parametrize(
    "written",
    ["中国移动有限公司", "中国石油天然气股份有限公司", "华润股份有限公司", "东风汽车有限公司"],
)
def test_another_legal_form_is_another_firm(written: str) -> None:
    found = names().find(written)
    assert found.decided is None or written in written_names()


def test_a_group_stands_before_its_subsidiary_and_neither_is_decided() -> None:
    found = names().find("中国中车")
    assert found.decided is None
    assert found.ambiguous[:2] == ("crrc-group", "crrc")


def test_proposals_are_few_scored_and_in_order() -> None:
    found = names().find("比亚笛")
    scores = [score for _, score in found.proposed]
    assert found.proposed[0][0] == "byd"
    assert len(scores) <= 5
    assert scores == sorted(scores, reverse=True)


# Pieces that the rules act on, so that random texts meet the rules and not only each other.
PIECES = st.sampled_from(
    [
        *"（）()【】[]&.'- 　市乾著ßİé\x00\ud800",
        *("有限公司", "股份", "集团", "集團", "控股", "公司", "总公司", "分公司"),
        *("Inc.", "Co., Ltd", "Group", "the ", "青岛", "中国", "臺灣", "ｶﾞ"),
    ]
)
ANY = st.one_of(st.text(max_size=30), st.lists(PIECES | st.text(max_size=3)).map("".join))


@settings(max_examples=1000, deadline=None)
@given(ANY)
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@settings(max_examples=400, deadline=None)
@given(ANY)
def test_any_text_is_answered(text: str) -> None:
    found = names().find(text)
    assert not (found.decided and (found.ambiguous or found.proposed))
    assert len(found.ambiguous) != 1
    assert len(found.proposed) <= 5


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_a_full_width_name_leads_to_the_same_firm(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(written_names()))
    half, full = names().find(name), names().find(name.translate(FULL))
    assert (full.decided, full.ambiguous) == (half.decided, half.ambiguous)


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_spaces_and_brackets_lead_to_no_other_firm(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([row.text("name") for row in firms()]))
    at = data.draw(st.integers(0, len(name)))
    changed = name[:at] + data.draw(st.sampled_from([" ", "　", "·"])) + name[at:]
    found = names().find(changed.replace("(", "（").replace(")", "）"))
    # A space inside a Latin word makes two words of it, which need not be found.
    if not re.search("[A-Za-z]", name):
        assert found.decided == names().find(name).decided


def test_the_command_says_how_a_firm_was_found() -> None:
    (row,) = as_json("firms", "find", "青岛芯恩")["rows"]
    assert row["firm"] == "sien"
    assert (row["how"], row["score"], row["city"]) == ("alias", None, "青岛")
    heads, line = as_csv(chainmap("firms", "find", "國家電網", "--format", "csv").stdout)
    assert heads == ["firm", "name", "how", "score", "city", "lists"]
    assert line[0] == "state-grid"
    assert "global500" in line[5]


def test_the_command_asks_and_proposes_on_stderr_and_ends_well(tmp_path: Path) -> None:
    asked = chainmap("firms", "find", "中国中车")
    assert asked.returncode == 0
    assert "请选定" in asked.stderr.decode()
    assert asked.stdout.decode().index("crrc-group") < asked.stdout.decode().index("crrc ")
    proposed = chainmap("--lang", "en", "firms", "find", "比亚笛", "-o", tmp_path / "found.json")
    assert proposed.returncode == 0
    assert "none is decided" in proposed.stderr.decode()
    rows = json.loads((tmp_path / "found.json").read_text(encoding="utf-8"))["rows"]
    assert rows[0]["how"] == "proposed"
    assert 0 < rows[0]["score"] < 100
    nothing = chainmap("firms", "find", "zzzqqq", "--format", "md")
    assert nothing.returncode == 0
    assert "没有" in nothing.stderr.decode()


def test_the_group_of_commands_has_its_help_in_both_languages() -> None:
    assert "按名称查找企业" in chainmap("firms", "-h").stdout.decode()
    assert (
        "however it is written" in chainmap("--lang", "en", "firms", "find", "-h").stdout.decode()
    )
