"""A leader firm's catalogue of wanted suppliers: CSV or XLSX, read within limits, all at once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from decimal import Decimal
from pathlib import Path

from chainmap.core.limits import LIMITS
from chainmap.core.problems import Both, Place, Problem, problem
from chainmap.read.book_scan import large
from chainmap.read.cells import Cells, Unreadable, records, unguard
from chainmap.read.files import Intake, name_of
from chainmap.read.sheets import letters, opened

_SHEETS = (".xlsx", ".xlsm")
_ABOVE = 10  # a header is looked for in so many rows
# What a header ends with, once its unit and a word like 名称 are taken off.
HEADS = {
    "product": ("产品", "物料", "部件", "品名", "物资", "product", "part", "item", "material"),
    "firm": ("供应商", "企业", "厂家", "厂商", "公司", "supplier", "firm", "company", "vendor"),
    "purchase": ("采购额", "采购金额", "采购规模", "金额", "purchase", "amount", "spend"),
    "link": ("环节", "link"),
    "note": ("说明", "备注", "要求", "note", "notes", "remark", "requirement", "requirements"),
}  # fmt: skip
_TAIL = re.compile("(名称|全称|简称|名)$")
_NO_NAME = {"name", "names", "cny", "rmb", "yuan", "100m", "million", "m", "annual"}
_BRACKETS = re.compile(r"[(\[【].*?[)\]】]")
_UNITS = {"亿元": "1", "百万元": "0.01", "万元": "0.0001", "千元": "0.0000001", "元": "0.00000001"}
_UNIT = re.compile("(亿|百万|万|千)?元")
_FOREIGN = re.compile("[美欧日港韩英]元|英镑|usd|eur|jpy|gbp|hkd|dollar|euro")
WHAT = {
    "product": Both("产品", "products"), "firm": Both("供应商", "suppliers"),
    "purchase": Both("采购额", "purchases"), "note": Both("说明", "notes"),
    "link": Both("环节", "links"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """One line of a catalogue: a product, a supplier or both, and where it stands.

    ``link`` is ``chain/link`` where someone has settled which one is meant.
    """

    at: Place
    product: str
    firm: str
    purchase: float | None
    note: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The lines of a catalogue, and which of its headers was taken for what, or for nothing.

    ``sheet`` is the sheet that was read, and ``others`` are those that were not.
    """

    lines: tuple[Wanted, ...] = ()
    heads: Mapping[str, str] = field(default_factory=dict)
    unused: tuple[str, ...] = ()
    sheet: str = ""
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Columns:
    """Which column holds what, and what an amount is multiplied by to be in 亿元."""

    at: Mapping[str, int]
    factor: Decimal


@dataclass(frozen=True, slots=True)
class Record:
    """The cells of a record, each with its place; a formula is marked."""

    cells: tuple[str, ...]
    places: tuple[Place, ...]
    formulas: tuple[bool, ...]


def read_catalogue(path: Path) -> tuple[Catalogue, list[Problem]]:
    """Read a catalogue. With any problem nothing of it should be used.

    Raises ModuleNotFoundError for XLSX where openpyxl is not installed.
    """
    problems: list[Problem] = []
    sheets: list[str] = []
    rows = records_of(path, problems, sheets)
    if problems:
        return Catalogue(), problems
    head = _head(rows)
    if head is None:
        at = rows[0].places[0] if rows else Place(path.name, 0)
        shown = "、".join(cell for cell in rows[0].cells if cell) if rows else ""
        return Catalogue(), [problem("I101", at, heads=shown)]
    columns = _columns(rows[head], problems)
    if problems:
        return Catalogue(), problems
    lines = [_line(row, columns, problems) for row in rows[head + 1 :]]
    cells = rows[head].cells
    heads = {name: cells[at] for name, at in columns.at.items()}
    taken = set(columns.at.values())
    unused = tuple(cell for at, cell in enumerate(cells) if cell and at not in taken)
    found = tuple(line for line in lines if line)
    return Catalogue(found, heads, unused, "".join(sheets[:1]), tuple(sheets[1:])), problems


def records_of(path: Path, problems: list[Problem], sheets: list[str]) -> list[Record]:
    """The records of a CSV, or of the first sheet in sight of a workbook, within limits.

    Names of the sheets go into ``sheets``. Raises ModuleNotFoundError for a workbook where
    openpyxl is not installed.
    """
    if path.suffix.lower() in _SHEETS:
        return list(_sheet(path, problems, sheets))
    return list(_csv(path, problems))


def _csv(path: Path, problems: list[Problem]) -> Iterator[Record]:
    intake = Intake(path.parent)
    text = intake.text(path, "table_bytes")
    if isinstance(text, Problem):
        problems.append(text)
        return
    cells, name, count = Cells(text), name_of(path, path.parent), 0
    try:
        for line, record in records(text):
            if not any(map(str.strip, record)):
                continue
            count += 1
            if count > LIMITS.list_rows:
                problems.append(large(path, "list_rows", count))
                return
            taken = record[: LIMITS.list_columns]
            places = tuple(Place(name, *at) for at in cells.places(line, len(taken)))
            shown = tuple(unguard(cell).strip() for cell in taken)
            yield Record(shown, places, (False,) * len(shown))
    except Unreadable as error:
        problems.append(problem("T115", Place(name, error.line, error.column)))


def _sheet(path: Path, problems: list[Problem], sheets: list[str]) -> Iterator[Record]:
    """The first sheet in sight; nothing in it is computed, followed or run.

    Names of the sheets go into ``sheets``, that which is read first.
    """
    with opened(path, problems, own=False) as book:
        if book is None:
            return
        shown = [one for one in book.worksheets if one.sheet_state == "visible"]
        sheet = (shown or book.worksheets)[0]
        sheets += [sheet.title, *(one for one in book.sheetnames if one != sheet.title)]
        count, blank = 0, None
        for number, row in enumerate(sheet.iter_rows(max_col=LIMITS.list_columns)):
            if number >= LIMITS.book_rows:
                problems.append(large(path, "book_rows", number + 1))
                return
            # Rows that a file leaves out are one and the same empty row.
            if row is blank or all(getattr(cell, "value", None) in (None, "") for cell in row):
                blank = row
                continue
            count += 1
            if count > LIMITS.list_rows:
                problems.append(large(path, "list_rows", count))
                return
            yield _cells_of(path.name, sheet.title, number, row)


def _cells_of(name: str, title: str, number: int, row: Sequence[object]) -> Record:
    values = [getattr(cell, "value", None) for cell in row]
    shown = tuple(map(_shown, values))
    sheet = f"{name}:{title}!"
    places = tuple(Place(f"{sheet}{letters(at + 1)}{number + 1}", 0) for at in range(len(row)))
    formulas = tuple(getattr(cell, "data_type", "") in ("f", "e") for cell in row)
    return Record(shown, places, formulas)


def _shown(value: object) -> str:
    """A cell's value as one would type it: dates as we write them, 3.0 as 3."""
    if value is None:
        return ""
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value).strip()


def _meaning(head: str) -> str | None:
    """What a column holds by the words that its header ends with.

    >>> _meaning("产品供应商名称"), _meaning("Annual purchase (100m CNY)"), _meaning("产品编号")
    ('firm', 'purchase', None)
    """
    text = unicodedata.normalize("NFKC", head).casefold()
    text = _UNIT.sub("", _BRACKETS.sub("", text)).strip(" /:,_-*")
    if text.isascii():
        words = [word for word in re.findall("[a-z0-9]+", text) if word not in _NO_NAME]
        last = words[-1] if words else ""
        return next((name for name, known in HEADS.items() if last in known), None)
    forms = (text, _TAIL.sub("", text))
    return next(
        (name for name, known in HEADS.items() if any(f.endswith(known) for f in forms)), None
    )


def _head(rows: Sequence[Record]) -> int | None:
    """Which of the first rows is the header: that which names most columns."""
    best, most = None, 0
    for at, row in enumerate(rows[:_ABOVE]):
        found = {_meaning(cell) for cell in row.cells} - {None}
        if found & {"product", "firm"} and len(found) > most:
            best, most = at, len(found)
    return best


def _columns(head: Record, problems: list[Problem]) -> _Columns:
    found: dict[str, int] = {}
    for at, text in enumerate(head.cells):
        name = _meaning(text)
        if name is None:
            continue
        if name in found:
            one = head.cells[found[name]]
            problems.append(problem("I102", head.places[at], one=one, other=text, what=WHAT[name]))
        found.setdefault(name, at)
    factor = Decimal(1)
    if "purchase" in found:
        at = found["purchase"]
        told = _factor(head.cells[at])
        if told is None:
            problems.append(problem("I108", head.places[at], head=head.cells[at]))
        factor = told or factor
    return _Columns(found, factor)


def _factor(head: str) -> Decimal | None:
    """What an amount under this header is multiplied by to be in 亿元; None without a unit."""
    text = unicodedata.normalize("NFKC", head).casefold()
    if _FOREIGN.search(text):
        return None
    unit = _UNIT.search(text)
    if unit:
        return Decimal(_UNITS[unit.group()])
    return Decimal(1) if "100m" in text else Decimal("0.01") if "million" in text else None


def _line(row: Record, columns: _Columns, problems: list[Problem]) -> Wanted | None:
    at = {name: column for name, column in columns.at.items() if column < len(row.cells)}
    cells = {name: row.cells[column] for name, column in at.items()}
    wrong = [problem("I105", row.places[column]) for column in sorted(at.values())
             if row.formulas[column]]  # fmt: skip
    first = min((c for name, c in at.items() if name in ("product", "firm")), default=0)
    if not wrong and not cells.get("product") and not cells.get("firm"):
        wrong.append(problem("I104", row.places[first]))
    purchase = None
    if not wrong and cells.get("purchase"):
        purchase = _amount(cells["purchase"], columns.factor)
        if purchase is None:
            wrong.append(problem("I103", row.places[at["purchase"]], value=cells["purchase"]))
    problems += wrong
    if wrong:
        return None
    product, firm, note, link = (cells.get(n, "") for n in ("product", "firm", "note", "link"))
    return Wanted(row.places[first], product, firm, purchase, note, link)


def _amount(text: str, factor: Decimal) -> float | None:
    """An amount in 亿元; None where the cell is no plain number of at least 0."""
    text = unicodedata.normalize("NFKC", text).replace(",", "").replace("，", "").strip()
    if not re.fullmatch(r"\d+(\.\d*)?(e[+-]?\d{1,2})?", text, re.ASCII | re.IGNORECASE):
        return None
    value = float(Decimal(text) * factor)
    return value if value < 1e9 else None
