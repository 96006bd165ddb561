"""Workbooks made to hurt: each is refused with a clear error, and costs little before it is."""

from __future__ import annotations

import io
import resource
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from chainmap.core.limits import LIMITS
from chainmap.core.problems import Problem
from chainmap.read.catalogue import read_catalogue
from chainmap.read.workbook import read_workbook

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET, STRINGS, STYLES = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"
ADDRESS_SPACE = 1_500 * 2**20  # bytes: what any of them may take, with the interpreter


def plain() -> bytes:
    """A small sound catalogue that is a sheet of a workspace's workbook as well."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = "企业"
    page.append(["企业", "名称", "产品"])
    page.append(["f1", "甲", "钢"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def having(**parts: bytes | Callable[[bytes], bytes]) -> Callable[[], bytes]:
    """The plain workbook with other parts; ``__`` stands for a slash."""

    def made() -> bytes:
        out = io.BytesIO()
        with (
            zipfile.ZipFile(io.BytesIO(plain())) as old,
            zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
        ):
            held = {name: old.read(name) for name in old.namelist()}
            for key, part in parts.items():
                name = key.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin")
                held[name] = part if isinstance(part, bytes) else part(held.get(name, b""))
            for name, data in held.items():
                new.writestr(name, data)
        return out.getvalue()

    return made


def sheet(rows: bytes) -> Callable[[], bytes]:
    body = b'<worksheet xmlns="%b"><sheetData>%b</sheetData></worksheet>' % (MAIN.encode(), rows)
    return having(xl__worksheets__sheet1_xml=body)


def laughs(old: bytes) -> bytes:
    lines = b'<!ENTITY a0 "ha">' + b"".join(
        b'<!ENTITY a%d "%b">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 12)
    )
    return b"<?xml version='1.0'?><!DOCTYPE x [%b]>" % lines + old.split(b"?>")[-1]


def outside(old: bytes) -> bytes:
    return b"<!DOCTYPE x [<!ENTITY f SYSTEM 'file:///etc/passwd'>]>" + old.split(b"?>")[-1]


def enabled(old: bytes) -> bytes:
    return old.replace(
        b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    )


def strings(count: int, text: bytes = b"<si><t>a</t></si>") -> bytes:
    return b'<sst xmlns="%b">%b</sst>' % (MAIN.encode(), text * count)


def fonts(count: int) -> bytes:
    return b'<styleSheet xmlns="%b"><fonts>%b</fonts></styleSheet>' % (
        MAIN.encode(), b"<font/>" * count,
    )  # fmt: skip


DEEP = b"<r>" * 5_000 + b"</r>" * 5_000
ROW = b'<row r="%d"><c r="A%d"><v>1</v></c></row>'
# What it is: how it is made, the problem of the import, and that of a list that others sent.
BOOKS: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "entities in a sheet": (having(xl__worksheets__sheet1_xml=laughs), "B101", "B101"),
    "entities in the strings": (
        having(xl__sharedStrings_xml=lambda _: laughs(strings(1))), "B101", "B101"),
    "an entity from outside": (having(xl__workbook_xml=outside), "B101", "B101"),
    "a macro": (having(xl__vbaProject_bin=b"x"), "B101", ""),
    "a type of macros": (having(**{"[Content_Types]_xml": enabled}), "B101", ""),
    "a macro sheet": (having(xl__macrosheets__sheet1_xml=b"<x/>"), "B101", ""),
    "a link to a workbook": (having(xl__externalLinks__externalLink1_xml=b"<x/>"), "B101", ""),
    "a connection": (having(xl__connections_xml=b"<x/>"), "B101", ""),
    "a bomb": (
        having(xl__worksheets__sheet1_xml=lambda old: old + b" " * 40_000_000), "I106", "I106"),
    "many parts": (
        having(**{f"xl__media__{n}_bin": b"" for n in range(2_001)}), "I106", "I106"),
    "many strings": (
        having(xl__sharedStrings_xml=lambda _: strings(4_100_000, b"<si/>")), "I106", "I106"),
    "a long string": (
        having(xl__sharedStrings_xml=lambda _: strings(1, b"<si><t>%b</t></si>"
                                                       % (b"ab" * 3_000_000))), "I106", "I106"),
    "a long tag": (sheet(b'<row r="1" x="%b"/>' % (b"ab" * 3_000_000)), "I106", "I106"),
    "a long comment": (sheet(b"<!--%b-->" % (b"<a>" * 2_000_000)), "I106", "I106"),
    "many styles": (having(xl__styles_xml=lambda _: fonts(400_000)), "I106", "I106"),
    "deep nesting": (sheet(DEEP), "I106", "I106"),
    "deep nesting of styles": (having(xl__styles_xml=lambda _: DEEP), "I106", "I106"),
    "a wide row": (sheet(b"<row>" + b"<c/>" * 70_000 + b"</row>"), "I106", "I106"),
    "a row far down": (sheet(ROW % (10**12, 1)), "I106", "I106"),
    "a column far off": (sheet(b'<row r="1"><c r="ZZZZZZZ1"><v>1</v></c></row>'), "I107", "I107"),
    "no such string": (sheet(b'<row r="1"><c r="A1" t="s"><v>99</v></c></row>'), "I107", "I107"),
    "no number": (sheet(b'<row r="1"><c r="A1"><v>1e999999x</v></c></row>'), "I107", "I107"),
    "a part that is missing": (
        having(xl___rels__workbook_xml=b"", **{"xl__worksheets__sheet1_xml": b""}), "I107", "I107"),
    "another type": (
        having(**{"[Content_Types]_xml": b'<Types xmlns="http://schemas.openxmlformats.org/'
                                         b'package/2006/content-types"/>'}), "I107", "I107"),
    "names that lead out": (having(**{"..__..__x_xml": b"<x/>"}), "T102", ""),
}  # fmt: skip


def small_process() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))


def first_error(problems: list[Problem]) -> str:
    for one in problems:
        assert one.line("zh") and one.line("en")
    return next((one.code for one in problems if one.severity == "error"), "")


@pytest.mark.parametrize("name", BOOKS)
def test_a_workbook_made_to_hurt_is_refused(name: str, tmp_path: Path) -> None:
    make, ours, theirs = BOOKS[name]
    path = tmp_path / "b.xlsx"
    path.write_bytes(make())
    assert first_error(read_workbook(path).problems) == ours
    assert first_error(read_catalogue(path)[1]) == theirs
    assert [one.name for one in tmp_path.iterdir()] == ["b.xlsx"]


def test_what_they_cost_is_bounded(tmp_path: Path) -> None:
    """All of them one after the other, in a process whose memory is bounded."""
    for number, (make, *_) in enumerate(BOOKS.values()):
        (tmp_path / f"{number}.xlsx").write_bytes(make())
    code = (
        "import sys, pathlib\n"
        "from chainmap.read.workbook import read_workbook\n"
        "for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):\n"
        "    for one in read_workbook(path).problems:\n"
        "        assert 'MemoryError' not in one.line('en'), one.line('en')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        preexec_fn=small_process, capture_output=True, check=False, timeout=120,
        cwd=Path(__file__).parent.parent,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()


def test_a_limit_can_be_raised_and_its_error_says_how(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "b.xlsx"
    path.write_bytes(plain())
    monkeypatch.setattr(LIMITS, "book_rows", 1)
    told = [one.line("en") for one in read_workbook(path).problems]
    assert any("--limit book_rows=N" in line for line in told)
    monkeypatch.setattr(LIMITS, "book_rows", 2)
    monkeypatch.setattr(LIMITS, "book_kept", 500)
    told = [one.line("en") for one in read_workbook(path).problems]
    assert any("--limit book_kept=N" in line for line in told)
    monkeypatch.setattr(LIMITS, "book_kept", 5_000_000)
    monkeypatch.setattr(LIMITS, "book_seconds", -1)
    told = [one.line("en") for one in read_workbook(path).problems]
    assert any("--limit book_seconds=N" in line for line in told)
    monkeypatch.setattr(LIMITS, "book_seconds", 60)
    assert not any("--limit" in one.line("en") for one in read_workbook(path).problems)
