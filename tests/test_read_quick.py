"""The quick way through a YAML file is the careful way's equal, or steps aside."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from running import ROOT

from chainmap.core.model import Plain
from chainmap.read.nodes import document, examined, plainly_sound

PIECES = st.sampled_from(
    ["a", "b: 1", "- x", "[1, 'no']", "{k: v}", "k: [a, {b: c}]", "\n", "  ", ": ", "- ", "# 注",
     "'x'", '"y"', "&n ", "*n", "!t ", "<<: ", "000001", "no", "~", "---\n", "芯片", "? ", "| \n",
     "a: 1\na: 2", "1: x", "{}", "[]", "\t", "\x07", "%d"]
)  # fmt: skip


def same(one: object, other: object) -> bool:
    """Equal, and plain scalars read as the same kind of thing."""
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(same(one[k], other[k]) for k in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    kinds = [value.is_a if isinstance(value, Plain) else None for value in (one, other)]
    return one == other and kinds[0] == kinds[1]


def agree(text: str) -> bool:
    """Whether the quick way was taken; it must then give what the careful way gives."""
    quick, careful = plainly_sound(text, "x"), examined(text, "x")
    if quick is None:
        return False
    assert careful.whole and not careful.problems and not careful.refused
    assert same(quick.data, careful.data)
    assert quick.places == careful.places
    return True


@given(st.lists(PIECES, max_size=12).map("".join))
def test_both_ways_agree_on_any_text(text: str) -> None:
    agree(text)


@pytest.mark.parametrize("path", sorted((ROOT / "chains").glob("*.yaml")), ids=lambda p: p.stem)
def test_both_ways_agree_on_the_chains(path: object) -> None:
    assert agree(path.read_text(encoding="utf-8"))  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "text",
    ["a: &x 1", "a: *x", "a: !t 1", "<<: {a: 1}", "a: 1\na: 2", "---\na\n---\nb", "1: a", "[a]: b",
     "a: [", "[" * 30 + "]" * 30, "- " * 30 + "a", "", "# nothing", "a: \x07"],
)  # fmt: skip
def test_the_quick_way_steps_aside(text: str) -> None:
    assert plainly_sound(text, "x") is None
    assert document(text, "x").places == examined(text, "x").places
