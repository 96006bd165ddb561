"""A leader firm's catalogue of wanted suppliers: CSV or XLSX, read within limits, all at once."""

from __future__ import annotations

import importlib
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from chainmap.core.problems import Both, Place, Problem, problem
from chainmap.core.text import fold
from chainmap.read.cells import Cells, Unreadable, records, unguard
from chainmap.read.files import LIMITS, Intake, name_of

MOST_ROWS, MOST_COLUMNS = 50_000, 100
MOST_BYTES, MOST_UNPACKED = 20 * 2**20, 200 * 2**20
# What a header may say for each column; a header is taken for the one whose word it holds.
HEADS = {
    "product": ("产品", "物料", "零部件", "品名", "product", "part", "item"),
    "firm": ("供应商", "企业", "厂家", "公司", "supplier", "firm", "company", "vendor"),
    "purchase": ("采购额", "采购金额", "金额", "purchase", "amount", "spend"),
    "note": ("说明", "备注", "要求", "note", "remark", "requirement"),
}
WHAT = {
    "product": Both("产品", "products"), "firm": Both("供应商", "suppliers"),
    "purchase": Both("采购额", "purchases"), "note": Both("说明", "notes"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """One line of a catalogue: a product, a supplier or both, and where it stands."""

    at: Place
    product: str
    firm: str
    purchase: float | None
    note: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The lines of a catalogue, and which of its headers was taken for what."""

    lines: tuple[Wanted, ...]
    heads: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Row:
    """The cells of a record, each with its place; a formula is marked."""

    cells: tuple[str, ...]
    places: tuple[Place, ...]
    formulas: tuple[bool, ...]


def read_catalogue(path: Path) -> tuple[Catalogue, list[Problem]]:
    """Read a catalogue. With any problem nothing of it should be used.

    Raises ModuleNotFoundError for XLSX where openpyxl is not installed.
    """
    problems: list[Problem] = []
    if path.suffix.lower() == ".xlsx":
        rows = list(_sheet(path, problems))
    else:
        rows = list(_csv(path, problems))
    if problems or not rows:
        return Catalogue((), {}), problems
    columns = _columns(rows[0], problems)
    if problems:
        return Catalogue((), {}), problems
    lines = [_line(row, columns, problems) for row in rows[1:] if any(row.cells)]
    heads = {name: rows[0].cells[at] for name, at in columns.items()}
    return Catalogue(tuple(line for line in lines if line), heads), problems


def _csv(path: Path, problems: list[Problem]) -> Iterator[_Row]:
    intake = Intake(path.parent)
    text = intake.text(path, LIMITS.table_bytes)
    if isinstance(text, Problem):
        problems.append(text)
        return
    cells, name = Cells(text), name_of(path, path.parent)
    try:
        for number, (line, record) in enumerate(records(text)):
            if number > MOST_ROWS:
                problems.append(_too_large(name, "rows", number, MOST_ROWS))
                return
            places = tuple(
                Place(name, *cells.place(line, at)) for at in range(min(len(record), MOST_COLUMNS))
            )
            shown = tuple(unguard(cell).strip() for cell in record[:MOST_COLUMNS])
            yield _Row(shown, places or (Place(name, line),), (False,) * len(shown))
    except Unreadable as error:
        at = Place(name, error.line, error.column)
        problems.append(problem("I107", at, reason=str(error)))


def _sheet(path: Path, problems: list[Problem]) -> Iterator[_Row]:
    """The first sheet of a workbook; nothing in it is computed, followed or run."""
    openpyxl = importlib.import_module("openpyxl")
    name = path.name
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            problems.append(_too_large(name, "bytes", size, MOST_BYTES))
            return
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
        if unpacked > MOST_UNPACKED:
            problems.append(_too_large(name, "bytes", unpacked, MOST_UNPACKED))
            return
        book = openpyxl.load_workbook(path, read_only=True, keep_links=False)
        sheet = book.worksheets[0]
        for number, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS)):
            if number > MOST_ROWS:
                problems.append(_too_large(name, "rows", number, MOST_ROWS))
                break
            yield _cells_of(name, sheet.title, number, row)
        book.close()
    # A damaged workbook fails in ways of its own, wherever its parts are first looked at.
    except (OSError, ValueError, KeyError, IndexError, zipfile.BadZipFile, TypeError) as error:
        problems.append(problem("I107", Place(name, 0), reason=str(error) or type(error).__name__))


def _cells_of(name: str, title: str, number: int, row: Sequence[object]) -> _Row:
    values = [getattr(cell, "value", None) for cell in row]
    shown = tuple("" if value is None else str(value).strip() for value in values)
    places = tuple(Place(f"{name}:{title}!{_letters(at)}{number + 1}", 0) for at in range(len(row)))
    formulas = tuple(getattr(cell, "data_type", "") == "f" for cell in row)
    return _Row(shown, places, formulas)


def _letters(column: int) -> str:
    """The letters of a column, from 0.

    >>> _letters(0), _letters(27)
    ('A', 'AB')
    """
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def _too_large(name: str, what: str, size: int, limit: int) -> Problem:
    return problem("I106", Place(name, 0), what=what, size=size, limit=limit)


def _columns(head: _Row, problems: list[Problem]) -> dict[str, int]:
    """Which column holds what, by the words of its header."""
    found: dict[str, int] = {}
    for at, text in enumerate(head.cells):
        for name, words in HEADS.items():
            if any(fold(word) in fold(text) for word in words):
                if name in found:
                    one, other = head.cells[found[name]], head.places[at]
                    problems.append(problem("I102", other, one=one, other=text, what=WHAT[name]))
                found.setdefault(name, at)
                break
    if not {"product", "firm"} & set(found):
        heads = "、".join(cell for cell in head.cells if cell)
        problems.append(problem("I101", head.places[0], heads=heads))
    return found


def _line(row: _Row, columns: dict[str, int], problems: list[Problem]) -> Wanted | None:
    cells = {name: row.cells[at] for name, at in columns.items() if at < len(row.cells)}
    sound = True
    for column in columns.values():
        if column < len(row.formulas) and row.formulas[column]:
            problems.append(problem("I105", row.places[column]))
            sound = False
    if not cells.get("product") and not cells.get("firm"):
        problems.append(problem("I104", row.places[0]))
        sound = False
    purchase = None
    if sound and cells.get("purchase"):
        purchase = _number(cells["purchase"])
        if purchase is None:
            at = row.places[columns["purchase"]]
            problems.append(problem("I103", at, value=cells["purchase"]))
            sound = False
    if not sound:
        return None
    return Wanted(
        row.places[0], cells.get("product", ""), cells.get("firm", ""), purchase,
        cells.get("note", ""),
    )  # fmt: skip


def _number(text: str) -> float | None:
    try:
        value = float(text.replace(",", "").replace("，", ""))
    except ValueError:
        return None
    return value if 0 <= value < 1e9 else None
