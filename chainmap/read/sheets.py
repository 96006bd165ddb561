"""Workbooks as grids of text, opened within limits: nothing in them is computed or followed."""

from __future__ import annotations

import contextlib
import importlib
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from chainmap.core.book import meant
from chainmap.core.problems import Both, Place, Problem, problem
from chainmap.read.holdings import number_text

MOST_BYTES, MOST_UNPACKED = 64 * 2**20, 512 * 2**20
MOST_PARTS, MOST_SHEETS, MOST_ROWS = 2_000, 200, 200_000
MOST_CELLS = 4_000_000
_BYTES, _ROWS = Both("字节数", "bytes"), Both("行数", "rows")
_PARTS, _SHEETS = Both("部件数", "parts"), Both("工作表数", "sheets")
_CELLS = Both("单元格数", "cells")
_MERGED = re.compile(
    rb'<(?:\w+:)?mergeCell\s[^>]{0,200}?ref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"'
)
_MACRO, _LIVE = Both("宏", "macros"), Both("XML 实体声明", "XML entity declarations")
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell holds: its text, and what is wrong with it or was odd about it."""

    text: str
    fault: str = ""  # a problem code
    number: bool = False


EMPTY = Cell("")


@dataclass
class Grid:
    """One sheet: its rows that hold something, by their number, and its merged ranges."""

    title: str
    rows: dict[int, tuple[Cell, ...]] = field(default_factory=dict)
    merged: tuple[str, ...] = ()


def place(file: str, sheet: str, row: int, column: int) -> Place:
    """The place of a cell: ``BOOK.xlsx: 企业!B7``; row and column from 1."""
    return Place(f"{file}: {sheet}!{letters(column)}{row}", 0)


def letters(column: int) -> str:
    """The letters of a column, from 1.

    >>> letters(1), letters(28)
    ('A', 'AB')
    """
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def grids(path: Path, problems: list[Problem]) -> Iterator[Grid]:
    """Every sheet of a workbook; with any problem nothing of it should be used.

    Raises ModuleNotFoundError where openpyxl is not installed.
    """
    openpyxl = importlib.import_module("openpyxl")
    at = Place(path.name, 0)
    try:
        if (refused := _refused(path)) is not None:
            problems.append(refused)
            return
        merged = _merged(path)
        book = openpyxl.load_workbook(path, read_only=True, keep_links=False)
        with contextlib.closing(book):
            if len(book.worksheets) > MOST_SHEETS:
                problems.append(_large(path, _SHEETS, len(book.worksheets), MOST_SHEETS))
                return
            room = [MOST_CELLS]
            for number, sheet in enumerate(book.worksheets):
                yield _grid(path, sheet, merged.get(number, ()), room, problems)
                if problems:
                    return
    # A damaged workbook fails in ways of its own, wherever its parts are first looked at.
    except (OSError, ValueError, LookupError, TypeError, EOFError, AttributeError, ArithmeticError,
            RecursionError, NotImplementedError, zipfile.BadZipFile, zlib.error,
            ElementTree.ParseError) as error:  # fmt: skip
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        problems.append(problem("I107", at, reason=reason.splitlines()[0][:200]))


def _large(path: Path, what: Both, size: int, limit: int) -> Problem:
    return problem("I106", Place(path.name, 0), what=what, size=size, limit=limit)


def _refused(path: Path) -> Problem | None:
    """Why a workbook is not opened at all.

    A part gives no more bytes than the archive says it holds, so what it says is what counts.
    """
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):  # a pipe would block, a device never end
        return problem("F102", Place(path.name, 0))
    if found.st_size > MOST_BYTES:
        return _large(path, _BYTES, found.st_size, MOST_BYTES)
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
        if len(parts) > MOST_PARTS:
            return _large(path, _PARTS, len(parts), MOST_PARTS)
        unpacked = sum(part.file_size for part in parts)
        if unpacked > MOST_UNPACKED:
            return _large(path, _BYTES, unpacked, MOST_UNPACKED)
        for part in parts:
            name = part.filename.lower()
            if "vbaproject" in name or "/macrosheets/" in name:
                return problem("B101", Place(path.name, 0), what=_MACRO)
            if name.endswith((".xml", ".rels")) and _declares(archive, part):
                return problem("B101", Place(path.name, 0), what=_LIVE)
    return None


def _declares(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    """Whether an XML part declares a document type: no spreadsheet program writes one."""
    last = b""
    with archive.open(part) as file:
        while chunk := file.read(_CHUNK):
            text = (last + chunk).replace(b"\0", b"")  # UTF-16 would hide the word
            if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
                return True
            last = chunk[-64:]
    return False


def _merged(path: Path) -> dict[int, tuple[str, ...]]:
    """The merged ranges of each sheet, by its position: reading row by row does not tell them."""
    found: dict[int, tuple[str, ...]] = {}
    with zipfile.ZipFile(path) as archive:
        for number, name in enumerate(_sheet_parts(archive)):
            ranges: list[str] = []
            last = b""
            with archive.open(name) as file:
                while chunk := file.read(_CHUNK):
                    text = last + chunk
                    ranges += [one.decode() for one in _MERGED.findall(text)]
                    last = text[-300:] if b"mergeCell" in text[-300:] else b""
            found[number] = tuple(dict.fromkeys(ranges))
    return found


def _sheet_parts(archive: zipfile.ZipFile) -> list[str]:
    """The parts of the worksheets in the order of the workbook."""
    spaces = {
        "m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        "p": "http://schemas.openxmlformats.org/package/2006/relationships",
    }
    key = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
    names = set(archive.namelist())
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {
        one.get("Id"): one.get("Target", "") for one in links.findall("p:Relationship", spaces)
    }
    parts = []
    for sheet in book.findall("m:sheets/m:sheet", spaces):
        target = targets.get(sheet.get(key), "")
        part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if part in names and "chartsheet" not in part:
            parts.append(part)
    return parts


def _grid(
    path: Path, sheet: Any, merged: tuple[str, ...], room: list[int], problems: list[Problem]
) -> Grid:
    found = Grid(sheet.title, merged=merged)
    # What a file says of its own size may be wrong, and is not needed.
    sheet.reset_dimensions()
    for number, row in enumerate(sheet.iter_rows(), 1):
        if number > MOST_ROWS:
            problems.append(_large(path, _ROWS, number, MOST_ROWS))
            break
        cells = [_cell(one) for one in row]
        while cells and cells[-1] is EMPTY:
            cells.pop()
        if cells:
            found.rows[number] = tuple(cells)
        room[0] -= len(row)  # a cell far to the right is as costly as all those before it
        if room[0] < 0:
            problems.append(_large(path, _CELLS, MOST_CELLS - room[0], MOST_CELLS))
            break
    return found


def _cell(cell: Any) -> Cell:
    """A cell as text: dates as far as its format shows them, numbers without exponent."""
    value = cell.value
    if value is None:
        return EMPTY
    kind = cell.data_type
    if kind == "f":
        return Cell(str(value), "I105")
    if kind == "e":
        return Cell(str(value), "B102")
    if isinstance(value, str):
        return Cell(meant(value)) if value else EMPTY
    if isinstance(value, bool):
        return Cell("TRUE" if value else "FALSE")
    if isinstance(value, int | float):
        return Cell(number_text(value), number=True)
    if isinstance(value, datetime | date):
        return Cell(_day(value, str(cell.number_format)))
    if isinstance(value, time | timedelta):
        return Cell(str(value))
    return Cell(str(value))


def _day(value: date, form: str) -> str:
    """A date as its format shows it: a month where no day is shown, a year where no month is."""
    shown = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.', "", form.lower())
    text = f"{value.year:04d}"
    if "m" in shown or "d" in shown or "y" not in shown:
        text += f"-{value.month:02d}"
        if "d" in shown or "y" not in shown:
            text += f"-{value.day:02d}"
    return text
