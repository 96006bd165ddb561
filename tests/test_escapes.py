"""Every function that makes a text safe for where it goes, by itself and by cases."""

# ruff: noqa: E501
from __future__ import annotations

import csv
import html
import io
import json
import re
import unicodedata
import xml.etree.ElementTree as ET

import pytest
from hostile import NAMES
from hypothesis import example, given
from hypothesis import strategies as st

from chainmap.core.book import meant, shown
from chainmap.core.dates import parse_day
from chainmap.core.text import (
    cut,
    fold,
    guard,
    halve,
    is_control,
    near,
    pad,
    safe,
    unguard,
    width,
)  # fmt: skip
from chainmap.show import dot
from chainmap.show.draw.pptx import safe_lines
from chainmap.show.draw.svg import escape
from chainmap.show.formats import as_csv, as_json, as_markdown, escaped, plain
from chainmap.show.office import handout, xlsx
from chainmap.show.terminal import Terminal
from chainmap.show.web import page, report

ANY = st.text(max_size=40)
# What steers a reader: the control characters, those without a look, and the ends of planes.
STEERING = (
    *map(chr, range(0x20)), *map(chr, range(0x7F, 0xA0)), "\u200b", "\u200c", "\u200d", "\u200e",
    "\u200f", "\u2028", "\u2029", "\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2060", "\u2061",
    "\u2062", "\u2063", "\u2064", "\u2065", "\u2066", "\u2067", "\u2068", "\u2069", "\ufeff", "\ufffe", "\uffff",
    "\U0001fffe", "\U0001ffff", "\U0010fffe", "\U0010ffff", "\ud800", "\udfff",
)  # fmt: skip
# Their neighbours, which are read.
READ = (
    " ", "~", "\xa0", "\u200a", "\u2010", "\u2027", "\u202f", "\u205f", "\u206a", "\ufefe", "\uff00",
    "\ufffd", "\U0001fffd", "\U00020000", "A", "芯", "＝", "é", "😀",
)  # fmt: skip


@pytest.mark.parametrize("character", STEERING)
def test_what_steers_is_made_visible(character: str) -> None:
    assert is_control(character)
    assert safe(f"a{character}b") == f"a<U+{ord(character):04X}>b"


@pytest.mark.parametrize("character", READ)
def test_what_is_read_stays(character: str) -> None:
    assert not is_control(character)
    assert safe(f"a{character}b") == f"a{character}b"


@given(ANY)
def test_a_safe_text_is_one_line_without_marks(text: str) -> None:
    made = safe(text)
    assert not any(map(is_control, made))
    assert len(made.splitlines()) <= 1
    assert safe(made) == made


def test_widths() -> None:
    assert [width(text) for text in ("", "abc", "芯片", "ａ", "EDA 工具", "é", "e\u0301", "ｱ", "—")] \
        == [0, 3, 4, 2, 8, 2, 1, 1, 2]  # fmt: skip


def test_cut_keeps_whole_characters_within_the_cells() -> None:
    assert cut("晶圆制造", 8) == "晶圆制造"
    assert [cut("晶圆制造", cells) for cells in (7, 6, 5, 4, 3, 2, 1, 0)] == [
        "晶圆..", "晶圆..", "晶..", "晶..", "..", "..", "", "",
    ]  # fmt: skip
    assert cut("abcdef", 5) == "abc.."
    assert (cut("ab", 4), cut("", 0), cut("芯", 9)) == ("ab", "", "芯")
    assert cut("abcde", 5) == "abcde"


def test_pad_fills_either_side() -> None:
    assert pad("缺", 4) == "缺  " and pad("缺", 4, right=True) == "  缺"
    assert pad("缺口", 4) == "缺口" and pad("缺口多", 4, True) == "缺口多"


def test_halve_turns_full_width_signs_alone() -> None:
    every = "".join(map(chr, range(0xFF01, 0xFF5F)))
    assert halve(every) == "".join(map(chr, range(0x21, 0x7F)))
    assert halve("\u3000a\xa0、｟\uff00") == " a 、｟\uff00"
    assert halve("plain") == "plain"


def test_fold_and_near() -> None:
    assert fold(" Ａbc\u3000Ｄ ｅ\t") == "abcde" and fold("STRASSE") == fold("straße")
    assert near("electroliser", ["electrolyser", "storage"]) == "electrolyser"
    assert near("steel", iter(["steal", "steels", "ore"])) in ("steal", "steels")
    assert near("zzz", ["steel", "ore"]) is None
    assert near("abcde", ["abxyz"]) is None and near("abcde", ["abcxyz"]) is None
    assert near("abcdef", ["abcxyz"]) is None and near("abcde", ["abcxy"]) == "abcxy"
    assert near("a" * 100, ["a" * 99]) == "a" * 99 and near("a" * 101, ["a" * 101]) is None


@pytest.mark.parametrize("mark", "=+-@＝＋－＠\t\r\n'")
@pytest.mark.parametrize("before", ["", " ", "\u3000", "\xa0", " \u3000 \xa0"])
def test_what_a_spreadsheet_might_compute_is_guarded(mark: str, before: str) -> None:
    assert guard(before + mark + "1") == "'" + before + mark + "1"
    assert guard(before + mark) == "'" + before + mark
    assert guard("a" + before + mark) == "a" + before + mark


@given(ANY)
@example("''a")
@example("")
@example(" ")
def test_guarding_takes_off_exactly_one(text: str) -> None:
    assert unguard(guard(text)) == text
    assert unguard("'" + text) == text
    assert guard(text) in (text, "'" + text)


def test_csv_of_every_kind_of_value() -> None:
    rows = [[None, True, False, 1, -2.5, "x", "=1", ["a", 2], ("-b",), {"k": parse_day("2025-06")}]]
    data = as_csv(("=head", *"bcdefghij"), rows)
    assert data.startswith("\ufeff'=head,b".encode())
    assert data.endswith(b"\r\n") and b"\n" not in data.replace(b"\r\n", b"")
    read = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert read[1] == [
        "",
        "true",
        "false",
        "1",
        "-2.5",
        "x",
        "'=1",
        "a|2",
        "'-b",
        '{"k": "2025-06"}',
    ]


def test_json_of_every_kind_of_value() -> None:
    day = parse_day("2025-06")
    assert plain({"a": (day, [day], {"b": None})}) == {"a": ["2025-06", ["2025-06"], {"b": None}]}
    data = as_json({"as_of": day}, [{"名": (1, day)}])
    assert (
        data
        == '{\n "as_of": "2025-06",\n "rows": [\n  {\n   "名": [\n    1,\n    "2025-06"\n   ]\n  }\n ]\n}\n'.encode()
    )
    with pytest.raises(ValueError, match="JSON"):
        as_json({}, [{"a": float("nan")}])


def test_markdown_marks_are_text() -> None:
    assert escaped("\\`*_[]|#&<>\x1b") == "\\\\\\`\\*\\_\\[\\]\\|\\#&amp;&lt;&gt;&lt;U+001B&gt;"
    data = as_markdown(("a|b", "c"), [["x", None], [1, True]]).decode()
    assert data == "| a\\|b | c |\n| --- | --- |\n| x |  |\n| 1 | true |\n"


@pytest.mark.parametrize("name", NAMES[:100])
def test_a_name_is_text_in_every_form(name: str) -> None:
    visible = safe(name)
    assert html.unescape(escape(name)) == visible
    assert ET.fromstring(f'<a b="{escape(name)}">{escape(name)}</a>').text == (visible or None)
    assert not re.search('[<>"]', escape(name))
    for of in (page._text, report._text):
        assert html.unescape(of(name)) == visible and not re.search('[<>"]', of(name))
    quoted = dot._quoted(name)
    assert json.loads(quoted) == visible
    assert re.fullmatch(r'"(?:[^"\\]|\\.)*"', quoted)
    inside = page.as_data({"a": name})
    assert json.loads(inside)["a"] == name and not re.search("[<>&]", inside)
    assert xlsx._header(name).replace("&&", "").count("&") <= 1
    if "\0" not in name:
        assert meant(shown(name)) == name


def test_what_svg_may_not_hold() -> None:
    assert escape("a&b<c>d\"e'") == "a&amp;b&lt;c&gt;d&quot;e'"
    assert escape("\ufffe\uffff") == "&lt;U+FFFE&gt;&lt;U+FFFF&gt;"
    assert safe_lines(["a\x1b", "b\n"]) == "a<U+001B>\nb<U+000A>"
    assert dot._quoted('a"b\\') == '"a\\"b\\\\"'
    assert page.as_data({"a": [1, "</"]}) == '{"a":[1,"\\u003c/"]}'
    assert page.as_data("名&>") == '"名\\u0026\\u003e"'


def test_cells_of_a_workbook_come_back() -> None:
    assert shown("a\x0bb\x1b\ud800\ufffe_x005F_<U+0041>\t\n") == (
        "a<U+000B>b<U+001B><U+D800><U+FFFE>_<U+0078>005F_<U+003C>U+0041>\t\n"
    )
    assert meant("<U+000B><U+003C><U+0078><U+FFFE><U+0041>") == "\x0b<x\ufffe<U+0041>"
    assert meant("<U+0000>") == "<U+0000>"
    assert len(shown("长" * 40_000)) == 32_767


def test_a_printed_header_takes_no_code() -> None:
    assert xlsx._header("a&b\x07") == "a&&b<U+0007>"
    assert len(xlsx._header("长" * 200)) == 90


def test_names_of_sheets() -> None:
    taken: set[str] = set()
    assert [handout._name(one, taken) for one in ("A", "a", "A", "", "[x]:*?/\\", "字" * 40)] == [
        "A", "a 2", "A 3", "-", "x", "字" * 28,
    ]  # fmt: skip
    assert taken == {"a", "a 2", "a 3", "-", "x", "字" * 28}


@pytest.mark.parametrize("name", NAMES)
def test_every_name_makes_a_sheet(name: str) -> None:
    made = handout._name(name, set())
    assert 1 <= len(made) <= 31 and not re.search(r"[\[\]:*?/\\]", made)
    assert not made.startswith("'") and not made.endswith("'") and made.casefold() != "history"


def test_a_terminal_gets_what_it_can_show() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="gbk")
    assert Terminal(stream, False).printable("芯\x1b[0m😀") == "芯<U+001B>[0m?"
    bare = Terminal(io.StringIO(), False)
    assert bare.printable("芯\u202e") == "芯<U+202E>"


@pytest.mark.parametrize(
    ("url", "linked"),
    [("http://a.example", True), ("https://a.example/x?y=1&z=二", True), ("https://", False),
     ("HTTP://a.example", False), ("javascript:alert(1)", False), ("http://a b", False),
     ("http://a\u202eb", False), ("xhttp://a", False), ("http://a\n", False), ("ftp://a", False),
     ("data:text/html,x", False), ("//a.example", False), ("http:/a", False), ("", False)],
)  # fmt: skip
def test_only_web_addresses_are_links(url: str, linked: bool) -> None:
    made = report._address(url)
    assert ("<a " in made) == linked
    told = html.escape(safe(url), quote=False)
    if linked:
        assert made == f'<a href="{told}" rel="noopener noreferrer">{told}</a>'
    else:
        assert html.unescape(made) == safe(url)


@given(st.characters())
def test_the_marks_are_those_of_unicode(character: str) -> None:
    kind = unicodedata.category(character)
    assert is_control(character) or kind not in ("Cc", "Cs", "Zl", "Zp")
