"""YAML nodes, chain files, settings: text stays text, places are right, nothing ever throws."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from chainmap.core.limits import LIMITS, Limits
from chainmap.core.model import Plain
from chainmap.read import nodes
from chainmap.read.chain_checks import CHECKS, rings
from chainmap.read.chain_files import chain_file
from chainmap.read.guesses import Guesses
from chainmap.read.nodes import document
from chainmap.read.scoring import settings
from chainmap.read.where import shipped
from chainmap.read.workspace import standard_settings

SHELF = Path("/dev/shm" if os.access("/dev/shm", os.W_OK) else tempfile.gettempdir())
PROBE = Path(__file__).parent / "cases" / "bad" / "_sound" / "chains" / "probe.yaml"


@pytest.mark.parametrize(
    ("text", "is_a"),
    [("000001", "number"), ("3985", "number"), ("1e3", "number"), ("1E+3", "number"),
     ("0x1F", "number"), ("0o17", "number"), ("0b10", "number"), ("1_000", "number"),
     ("12:30", "number"), ("1:30.5", "number"), ("-.5", "number"), (".inf", "number"),
     ("-.INF", "number"), (".NaN", "number"), ("+1.", "number"), ("089", "number"),
     ("no", "boolean"), ("Yes", "boolean"), ("ON", "boolean"), ("y", "boolean"),
     ("True", "boolean"), ("~", "null"), ("null", "null"), ("", "null"), ("NULL", "null"),
     ("2025-01-01", None), ("2025-06", None), ("nO", None), ("1e", None), ("nan", None),
     ("inf", None), ("1.2.3", None), ("e3", None), ("芯", None), ("0x", None), (".", None),
     ("-", None), ("1 000", None), ("s1|s2", None), ("=", None)],
)  # fmt: skip
def test_plain_scalars_that_yaml_would_convert(text: str, is_a: str | None) -> None:
    found = nodes.plain(text)
    assert found == text
    assert getattr(found, "is_a", None) == is_a


@given(st.text(st.sampled_from("0123456789abefnoyxNOYX+-._:~"), max_size=8))
def test_whatever_pyyaml_converts_is_marked(text: str) -> None:
    try:
        read = yaml.safe_load(f"k: {text}")["k"]
    except (yaml.YAMLError, ValueError, TypeError, KeyError):
        return
    if not isinstance(read, str | dict | list) and type(read).__name__ not in ("date", "datetime"):
        assert isinstance(document(f"k: {text}", "f").data["k"], Plain)


def test_quoted_scalars_are_text() -> None:
    found = document("a: '000001'\nb: \"no\"\nc: |\n  1\n", "f")
    assert found.problems == []
    assert not any(isinstance(value, Plain) for value in found.data.values())


def test_every_node_and_key_has_its_place() -> None:
    found = document("芯片: {a: [x, y]}\n'b c':\n  - d: 1\n", "f")
    assert found.data == {"芯片": {"a": ["x", "y"]}, "b c": [{"d": "1"}]}
    places = {path: (place.line, place.column) for path, place in found.places.items()}
    assert places == {
        (): (1, 1),
        ("key:芯片",): (1, 1),
        ("芯片",): (1, 5),
        ("芯片", "key:a"): (1, 6),
        ("芯片", "a"): (1, 9),
        ("芯片", "a", 0): (1, 10),
        ("芯片", "a", 1): (1, 13),
        ("key:b c",): (2, 1),
        ("b c",): (3, 3),
        ("b c", 0): (3, 5),
        ("b c", 0, "key:d"): (3, 5),
        ("b c", 0, "d"): (3, 8),
    }


def _codes(text: str, limits: Limits = LIMITS) -> list[str]:
    return [one.code for one in document(text, "f", limits).problems]


def test_forms_that_are_refused() -> None:
    assert _codes("a: &x 1\nb: *x\n<<: *x\nc: {<<: *x}") == ["Y102"] * 6
    assert _codes("'<<': x") == []
    assert _codes("a: !t 1\nb: !!int '1'\nc: ! x") == ["Y107"] * 3
    assert _codes("a: 1\nb: 2\na: {a: 1, a: 2}\n") == ["Y103"] * 2
    assert _codes("? [a, {b: c}]\n: x\n? {d: e}\n: f\n1: x\n~: y\nno: z") == ["Y108"] * 5
    assert _codes("--- \na: 1\n--- \na: 1\n") == ["Y106"]
    assert _codes("%YAML 1.2\n---\na: 1\n...\n") == []
    assert _codes("a: \ufeffb") == ["Y101"]
    assert _codes("a: [1, 2, 3]", Limits(nodes=3)) == ["Y105"]
    assert _codes("a: [[[1]]]", Limits(depth=3)) == ["Y104"]
    assert _codes("a: [[1]]", Limits(depth=3)) == []


def test_a_file_full_of_refusals_is_given_up() -> None:
    assert len(_codes("".join(f"k{n}: !t x\n" for n in range(5_000)))) == nodes._MANY


def test_the_parser_in_plain_python_reads_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    text = PROBE.read_text("utf-8")
    fast = document(text, "f")
    monkeypatch.delattr(yaml, "CSafeLoader")
    slow = document(text, "f")
    assert (slow.data, slow.places, slow.problems) == (fast.data, fast.places, fast.problems)
    assert [one.code for one in document("[" * 10_000, "f").problems] == ["Y104"]
    assert [one.code for one in document("- " * 10_000, "f").problems] == ["Y104"]
    assert [one.code for one in document("a: 'b", "f").problems] == ["Y101"]


def _chain(text: str | bytes) -> tuple[Any, list[Any]]:
    path = SHELF / f"chainmap-{os.getpid()}.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    try:
        return chain_file(path, SHELF)
    finally:
        path.unlink()


@given(st.binary(max_size=200))
@example(b"")
@example(b"\xef\xbb\xbf")
@example(b"\xff\xfea\0")
@example(b"a: \xc2\x85b\n")
@example("chain: \u2028x".encode())
def test_any_bytes_as_a_chain_file_give_problems_not_exceptions(data: bytes) -> None:
    chain, problems = _chain(data)
    assert chain is None
    assert problems
    for one in problems:
        assert one.line("zh")
        assert one.line("en")
        assert one.at.line >= 1


_WORDS = st.sampled_from(
    ["chain", "name", "kind", "region", "as_of", "panorama", "stages", "links", "flows", "path",
     "id", "from", "to", "need", "share", "status", "is", "products", "any", "a", "b", "no", "~",
     "0.5", "2025", "1e3", "true", "[", "]", "{", "}", ",", ": ", "- ", "\n", "\n  ", "\n    ",
     "&x", "*x", "<<", "!t ", "'", '"', "|", "---", "#", "芯"]
)  # fmt: skip


@given(st.lists(_WORDS, max_size=60))
def test_any_pieces_as_a_chain_file_give_problems_not_exceptions(pieces: list[str]) -> None:
    chain, problems = _chain("".join(pieces))
    assert chain is None
    assert problems


_LEAF = st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5)
_TREE = st.recursive(
    _LEAF, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_WORDS, inner, max_size=3)
)
_NODES = [
    ("panorama",), ("panorama", "stages"), ("panorama", "links"), ("panorama", "flows"),
    ("path",), ("panorama", "links", 0), ("panorama", "links", 1, "products"),
    ("panorama", "flows", 0), ("panorama", "flows", 0, "from"), ("panorama", "flows", 0, "share"),
    ("path", 0), ("path", 1, "needs"), ("chain",), ("kind",), ("as_of",),
    ("panorama", "stages", 0, "id"), ("panorama", "links", 2, "stage"), ("path", 0, "due"),
]  # fmt: skip


@given(st.sampled_from(_NODES), _TREE)
def test_any_value_in_any_place_gives_problems_with_places(
    path: tuple[Any, ...], tree: Any
) -> None:
    data = yaml.load(PROBE.read_text("utf-8"), yaml.BaseLoader)
    inner = data
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = tree
    text = yaml.safe_dump(data, allow_unicode=True)
    _, problems = _chain(text)
    lines = text.count("\n") + 1
    for one in problems:
        assert one.line("zh")
        assert 1 <= one.at.line <= lines


def test_slips_of_every_kind_come_with_a_guess() -> None:
    text = PROBE.read_text("utf-8").replace("kind: emerging", "kind: emergng")
    text = text.replace("from: coal", "from: caol").replace("title: 二期", "titel: 二期")
    _, problems = _chain(text)
    guesses = {one.code: one.guess for one in problems if one.guess}
    guesses.pop("C114")  # the test's own file name
    assert guesses == {"C117": "emerging", "C104": "coal", "C101": "title"}


def test_every_check_says_its_code_first() -> None:
    for one in CHECKS:
        assert one.__doc__
        assert one.__doc__.startswith("C1")


def test_circles_of_a_graph() -> None:
    assert rings({"a": "b", "b": "a", "c": "c", "d": "a"}) == [["a", "b"], ["c"]]
    assert rings({"a": "bc", "b": "", "c": "b"}) == []
    assert len(rings({str(n): [str(m) for m in range(50)] for n in range(50)}, 7)) == 7
    line = {str(n): [str(n + 1)] for n in range(5_000)} | {"5000": ["0"]}
    assert len(rings(line)[0]) == 5_001


def test_guesses_end_with_their_budget() -> None:
    guess = Guesses(comparisons=3)
    known = ["steel", "coal"]
    assert guess("stel", known) == "steel"
    assert guess("caol", known) is None
    assert guess("stel", known) == "steel"


def _scored(tmp_path: Path, text: str) -> tuple[dict[str, float], list[str]]:
    path = tmp_path / "scoring.yaml"
    path.write_text(text, encoding="utf-8")
    found, problems = settings(path, standard_settings(shipped()), tmp_path)
    return {name: one.value for name, one in found.numbers.items()}, [one.code for one in problems]


def test_settings_of_a_workspace_stand_over_the_standard(tmp_path: Path) -> None:
    standard = standard_settings(shipped())
    text = "weights:\n  gap: {value: 40, because: 试}\n"
    text += "signals: {weights: {新事: {value: -3, because: 试}}}"
    numbers, codes = _scored(tmp_path, text)
    assert codes == []
    assert numbers["weights.gap"] == 40
    assert numbers["signals.weights.新事"] == -3
    assert numbers["weights.fit"] == standard["weights.fit"]


@pytest.mark.parametrize(
    ("text", "code"),
    [("[]", "S102"), ("x", "S102"), ("wieghts: {gap: {value: 1, because: 试}}", "S101"),
     ("weights: {gap: {value: 1, because: 试, by: x}}", "S101"), ("weights: {gap: 1}", "S104"),
     ("weights: {gap: [1]}", "S102"), ("weights: {gap: {because: 试}}", "S102"),
     ("weights: {gap: {value: -1, because: 试}}", "S103"), ("weights: x", "S102"),
     ("weights: {gap: {value: 1, because: 5}}", "S104"), ("weights: {gap: {value: '1'}}", "S102"),
     ("cluster: {full: {value: 0, because: 试}}", "S103"), ("robust: {draws: 5}", "S104"),
     ("signals: {weights: {x: {value: .inf, because: 试}}}", "S102"), ("a: &b c", "Y102"),
     ("weights: {gap: {value: 1e999, because: 试}}", "S102"), ("a: [", "Y101")],
)  # fmt: skip
def test_settings_with_a_mistake_fall_back(tmp_path: Path, text: str, code: str) -> None:
    numbers, codes = _scored(tmp_path, text)
    assert code in codes
    assert {name: numbers[name] for name in standard_settings(shipped()).numbers} == {
        name: one.value for name, one in standard_settings(shipped()).numbers.items()
    } | ({"weights.gap": 1} if "by: x" in text else {})


def test_the_shipped_settings_have_no_problem() -> None:
    path = shipped() / "data" / "scoring.yaml"
    found, problems = settings(path, standard_settings(shipped()), shipped())
    assert problems == []
    assert all(one.because and one.at.file == "data/scoring.yaml" for one in found.numbers.values())
