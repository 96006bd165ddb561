"""Workbooks as grids of text, opened within limits: nothing in them is computed or followed."""

from __future__ import annotations

import contextlib
import importlib
import re
import stat
import time
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as clock
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from chainmap.core.book import meant
from chainmap.core.limits import LIMITS
from chainmap.core.problems import Both, Place, Problem, problem
from chainmap.read.book_scan import MACRO, Scan, large
from chainmap.read.holdings import number_text

_MERGED = re.compile(
    rb'<(?:\w+:)?mergeCell\s[^>]{0,200}?ref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"'
)
_LINKS = Both("指向其他工作簿或数据源的链接", "links to other workbooks or sources of data")
_NEVER = (  # what no table needs, by the names of parts and by the types that they declare
    ("vbaproject", MACRO), ("/macrosheets/", MACRO), ("/dialogsheets/", MACRO),
    ("/externallinks/", _LINKS), ("xl/connections", _LINKS), ("/querytables/", _LINKS),
)  # fmt: skip
_CHUNK = 1 << 20
_PLAIN = 16 * 2**20  # bytes unpacked, up to which how tightly they were packed does not matter


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


@dataclass
class _Room:
    """What is left for a workbook: cells, and time."""

    cells: int
    ends: float


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
    with opened(path, problems) as book:
        if book is None:
            return
        merged = _merged(path)
        room = _Room(LIMITS.book_cells, time.monotonic() + LIMITS.book_seconds)
        for number, sheet in enumerate(book.worksheets):
            yield _grid(path, sheet, merged.get(number, ()), room, problems)
            if problems:
                return


@contextlib.contextmanager
def opened(path: Path, problems: list[Problem], own: bool = True) -> Iterator[Any]:
    """The workbook, to be read row by row; None where it is refused, with the problem why.

    In a book that is ``own`` no macro and no link to elsewhere has a place; in one that others
    sent they are left alone: nothing here runs or follows them. What fails inside the block fails
    for the workbook: that is a problem too, and ends the block.

    Raises ModuleNotFoundError where openpyxl is not installed.
    """
    openpyxl = importlib.import_module("openpyxl")
    with warnings.catch_warnings(), contextlib.ExitStack() as stack:
        warnings.simplefilter("ignore")  # of the library; what matters is told as a problem
        book = None
        # A damaged workbook fails in ways of its own, wherever its parts are first looked at;
        # which they are depends on the XML library that happens to be installed.
        try:
            book = _book(openpyxl, path, problems, own, stack)
        except Exception as error:
            problems.append(_damaged(path, error))
        try:
            yield book
        except Exception as error:
            problems.append(_damaged(path, error))


def _book(
    openpyxl: Any, path: Path, problems: list[Problem], own: bool, stack: contextlib.ExitStack
) -> Any:
    """The workbook where nothing stands against opening it; ``stack`` closes it."""
    if (refused := _refused(path, own)) is not None:
        problems.append(refused)
        return None
    book = openpyxl.load_workbook(path, read_only=True, keep_links=False)
    stack.enter_context(contextlib.closing(book))
    if len(book.worksheets) > LIMITS.book_sheets:
        problems.append(large(path, "book_sheets", len(book.worksheets)))
        return None
    return book


def _damaged(path: Path, error: Exception) -> Problem:
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return problem("I107", Place(path.name, 0), reason=reason.splitlines()[0][:200])


def _refused(path: Path, own: bool) -> Problem | None:
    """Why a workbook is not opened at all.

    A part gives no more bytes than the archive says it holds, so what it says is what counts.
    """
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):  # a pipe would block, a device never end
        return problem("F102", Place(path.name, 0))
    if found.st_size > LIMITS.book_bytes:
        return large(path, "book_bytes", found.st_size)
    ends = time.monotonic() + LIMITS.book_seconds
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
        if len(parts) > LIMITS.book_parts:
            return large(path, "book_parts", len(parts))
        unpacked = sum(part.file_size for part in parts)
        if unpacked > LIMITS.book_unpacked:
            return large(path, "book_unpacked", unpacked)
        if unpacked > _PLAIN and unpacked > LIMITS.book_ratio * found.st_size:
            return large(path, "book_ratio", unpacked // max(1, found.st_size))
        for part in parts:
            name = part.filename.lower()
            if own and (what := next((w for word, w in _NEVER if word in name), None)):
                return problem("B101", Place(path.name, 0), what=what)
            if name.endswith((".xml", ".rels")):
                if part.file_size > LIMITS.book_kept and not name.startswith("xl/worksheets/"):
                    return large(path, "book_kept", part.file_size)
                refused = Scan(path, name, ends, own).of(archive, part)
                if refused is not None:
                    return refused
    return None


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
    path: Path, sheet: Any, merged: tuple[str, ...], room: _Room, problems: list[Problem]
) -> Grid:
    found = Grid(sheet.title, merged=merged)
    # What a file says of its own size may be wrong, and is not needed.
    sheet.reset_dimensions()
    for number, row in enumerate(sheet.iter_rows(), 1):
        if number > LIMITS.book_rows:
            problems.append(large(path, "book_rows", number))
            break
        cells = [_cell(one) for one in row]
        while cells and cells[-1] is EMPTY:
            cells.pop()
        if cells:
            found.rows[number] = tuple(cells)
        room.cells -= len(row)  # a cell far to the right is as costly as all those before it
        if room.cells < 0:
            problems.append(large(path, "book_cells", LIMITS.book_cells - room.cells))
            break
        if number % 1_000 == 0 and time.monotonic() > room.ends:
            problems.append(large(path, "book_seconds", LIMITS.book_seconds + 1))
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
    if isinstance(value, clock | timedelta):
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
