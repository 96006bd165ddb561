"""Who a firm of a register is: known for certain or new, never merged by likeness."""

from __future__ import annotations

import csv
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainmap.core.credit_code import credit_code, is_like_code
from chainmap.core.model import Row
from chainmap.core.text import ID
from chainmap.read.workspace import load
from chainmap.screen.entities import Entities, Who, proposed_id, split_former

ROOT = Path(__file__).parent.parent
CASES = ROOT / "tests/cases/screen"
ALIKE = 80.0
CODE, OTHER = "91320506628390411J", "91320581726568316N"
# Of the labelled names that are a known firm, so many are known (measured; 56 are labelled).
KNOWN = 56


@lru_cache(maxsize=1)
def entities() -> Entities:
    return Entities(load(ROOT)[0].rows("firms"), ALIKE)


def labelled() -> list[dict[str, str]]:
    lines = (CASES / "names.csv").read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def firm(ident: str, name: str, *aliases: str) -> Row:
    cells = {"firm": ident, "name": name, "aliases": aliases}
    return Row("firms", 1, 1, cells)


def test_no_labelled_name_is_taken_for_a_firm_that_it_is_not() -> None:
    wrong = []
    for row in labelled():
        found = entities().who("", row["written"])
        expected = row["expected"]
        if found.known and found.firm != expected:
            wrong.append((row["written"], expected, found.firm))
    assert not wrong


def test_labelled_names_are_known() -> None:
    rows = [row for row in labelled() if row["expected"] != "-"]
    missed = [row["written"] for row in rows if not entities().who("", row["written"]).known]
    print(f"{len(rows) - len(missed)} of {len(rows)} known; not: {missed}")
    assert len(rows) - len(missed) >= KNOWN


def test_a_typing_error_leads_to_a_proposal_at_most() -> None:
    """In a name of four characters beside its ending one wrong is too much to be proposed."""
    names = [row["written"] for row in labelled() if row["kind"] == "typing error"]
    found = entities().resolve([("", one) for one in names])
    assert not any(one.known for one in found)
    assert [bool(one.like) for one in found] == [
        len(one) > 10 or "股份" not in one for one in names
    ]


def test_the_code_decides_before_the_name() -> None:
    known = Entities([firm("a", "甲有限公司", CODE), firm("b", "乙有限公司")], ALIKE)
    assert known.who(CODE, "乙有限公司") == Who("a", True, "code")
    assert known.who(CODE.lower(), "") == Who("a", True, "code")


def test_a_name_joins_no_firms_with_two_codes() -> None:
    known = Entities([firm("a", "青岛甲乙丙有限公司", CODE)], ALIKE)
    (found,) = known.resolve([(OTHER, "青岛甲乙丙有限公司")])
    assert (found.known, found.firm) == (False, f"r-{OTHER.lower()}")
    assert found.like == (("a", 100.0),)
    assert known.who("row 7", "青岛甲乙丙有限公司") == Who("a", True, "name")


def test_a_firm_that_an_earlier_screen_wrote_is_known_by_its_id() -> None:
    new = Entities([], ALIKE).who(CODE, "甲乙丙制氢设备厂")
    again = Entities([firm(new.firm, "甲乙丙制氢设备厂")], ALIKE)
    assert again.who(CODE, "甲乙丙制氢设备厂") == Who(new.firm, True, "code")
    new = Entities([], ALIKE).who("row 7", "甲乙厂")
    again = Entities([firm(new.firm, "甲乙厂")], ALIKE)
    assert again.who("row 7", "甲乙厂") == Who(new.firm, True, "id")


def test_a_proposed_id_that_is_taken_is_not_given_twice() -> None:
    taken = Entities([firm("r-7", "别的公司"), firm("r-8", "又一家公司")], ALIKE)
    found = taken.who("7", "甲乙丙有限公司")
    assert not found.known
    assert found.firm not in ("r-7", "r-8")


@pytest.mark.parametrize(
    "name", ["", " ", "\x00", "有限公司", "()", "（曾用名：）", "=1+1", "\ud800"]
)
def test_odd_names_raise_nothing_and_are_new(name: str) -> None:
    found = entities().who("", name)
    assert not found.known
    assert ID.fullmatch(found.firm)


@given(st.text(max_size=70), st.text(max_size=40))
def test_a_proposed_id_is_an_id_and_always_the_same(register_id: str, name: str) -> None:
    first = proposed_id(register_id, name)
    assert ID.fullmatch(first)
    assert first == proposed_id(register_id, name)


@given(st.lists(st.text("09AZaz -_", min_size=1, max_size=8), min_size=2, max_size=20, unique=True))
def test_two_register_ids_get_two_ids(ids: list[str]) -> None:
    assert len({proposed_id(one, "") for one in ids}) == len(ids)


def test_many_at_once_are_as_one_by_one() -> None:
    names = [("", row["written"]) for row in labelled()]
    every = entities().resolve(names)
    assert [entities().resolve([one])[0] for one in names] == every
    assert [entities().who(*one) for one in names] == [replace(who, like=()) for who in every]
    for who in every:
        assert all(ALIKE <= share <= 100 for _, share in who.like)


def test_an_institute_is_known_by_all_of_its_name() -> None:
    known = Entities(
        [firm("a", "青岛海洋仪器研究所"), firm("b", "京东方"), firm("c", "京东方研究院")], ALIKE
    )
    assert known.who("1", "青岛海洋仪器研究所") == Who("a", True, "name")
    assert not known.who("1", "海洋仪器研究所").known
    assert not known.who("1", "京东方").known


def test_former_names_stand_in_brackets() -> None:
    assert split_former("甲公司（原乙有限公司）") == ("甲公司", "乙有限公司")
    assert split_former("青岛原野（原生态）有限公司") == ("青岛原野（原生态）有限公司", "")
    assert split_former("甲（原点）") == ("甲（原点）", "")


def test_codes_agree_with_their_last_sign() -> None:
    rows = (
        line.split(",")
        for name in ("hydrogen", "integrated-circuits", "smart-appliance")
        for line in (CASES / f"{name}.csv").read_text(encoding="utf-8").splitlines()[3:]
    )
    codes = [cell for row in rows for cell in row if is_like_code(cell)]
    assert len(codes) > 150
    right = [code for code in codes if credit_code(code)]
    assert len(right) / len(codes) > 0.99
    for code in right:
        for at in range(18):
            for sign in "07AX":
                typed = code[:at] + sign + code[at + 1 :]
                assert typed == code or credit_code(typed) is None
