"""A workbook of a workspace: its sheets as rows of text by column, and every problem at once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from chainmap.core.book import BASE, GUIDES, MARK, SHEETS, is_table, spoken
from chainmap.core.problems import Place, Problem, problem
from chainmap.core.schema import Column, Table
from chainmap.core.text import fold, near
from chainmap.read.holdings import OUTER, columns_of, written
from chainmap.read.sheets import EMPTY, Cell, Grid, grids, letters, place
from chainmap.read.values import title

_UNIT = re.compile(r"\s*\([^()]*\)\Z")
_ABOVE = 10  # a header is looked for in so many rows


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a sheet: its number, its cells that hold something, and which row it was."""

    number: int
    cells: dict[str, str]
    mark: str = ""


@dataclass
class SheetRead:
    """A sheet of the workbook: the columns it has, each with its position from 1, and its rows."""

    schema: Table
    title: str
    head: int = 1
    columns: dict[str, int] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)


@dataclass
class BookRead:
    """What came of a workbook; ``base`` are the marks of what it was made of, by sheet."""

    file: str
    sheets: dict[str, SheetRead] = field(default_factory=dict)
    base: dict[str, list[str]] | None = None
    unsound: set[str] = field(default_factory=set)  # sheets whose heads make no sense
    unread: bool = False  # the file itself was not read to its end
    problems: list[Problem] = field(default_factory=list)

    def place(self, sheet: str, row: int, column: str = "") -> Place:
        """Where a cell stands; the row's first cell where the sheet has no such column."""
        found = self.sheets[sheet]
        return place(self.file, found.title, row, found.columns.get(column, 1))


def read_workbook(path: Path) -> BookRead:
    """Read a workbook of a workspace. With an error among its problems nothing of it is to
    be written.

    Raises ModuleNotFoundError where openpyxl is not installed.
    """
    found = BookRead(path.name)
    known = {fold(name): table for table in SHEETS for name in (table.zh, table.name)}
    unread: list[Problem] = []  # what keeps the file itself from being read
    for grid in grids(path, unread):
        if grid.title == BASE:
            found.base = _base(grid)
            continue
        schema = known.get(fold(grid.title))
        if schema is None:
            ours = grid.title.startswith("_") or grid.title in GUIDES
            if not ours and _tabular(grid):
                guess = near(grid.title.strip(), [table.zh for table in SHEETS])
                at = Place(f"{path.name}: {grid.title}", 0)
                found.problems.append(problem("B103", at, guess, sheet=grid.title))
            continue
        if schema.name in found.sheets:
            found.unsound.add(schema.name)
            at = Place(f"{path.name}: {grid.title}", 0)
            found.problems.append(problem("B104", at, other=found.sheets[schema.name].title))
            continue
        if grid.rows:
            _sheet(found, schema, grid)
    found.problems += unread
    found.unread = bool(unread)
    if not found.sheets and not found.problems:
        found.problems.append(problem("B105", Place(path.name, 0)))
    return found


def _tabular(grid: Grid) -> bool:
    """Whether a sheet holds a table rather than a few words."""
    return any(sum(bool(cell.text) for cell in row) > 2 for row in grid.rows.values())


def _base(grid: Grid) -> dict[str, list[str]]:
    """The marks by sheet: each column is headed by a sheet's name."""
    rows = [grid.rows[number] for number in sorted(grid.rows)]
    heads = [cell.text for cell in rows[0]] if rows else []
    return {
        head: [row[at].text for row in rows[1:] if at < len(row) and row[at].text]
        for at, head in enumerate(heads)
        if head
    }


def _sheet(found: BookRead, schema: Table, grid: Grid) -> None:
    """Take one sheet in."""
    head = _head(schema, grid)
    if head is None:
        heads = "、".join(column.zh for column in schema.columns[:4])
        first = place(found.file, grid.title, min(grid.rows), 1)
        found.problems.append(problem("B106", first, heads=heads))
        found.unsound.add(schema.name)
        return
    sheet = SheetRead(schema, grid.title, head)
    found.sheets[schema.name] = sheet
    lanes = _lanes(found, sheet, grid)
    _whole(found, sheet, grid)
    marked = next((at for at, cell in enumerate(grid.rows[head]) if cell.text == MARK), None)
    for number in sorted(grid.rows):
        if number <= head:
            continue
        row = grid.rows[number]
        cells: dict[str, str] = {}
        for at, name, column in lanes:
            cell = row[at] if at < len(row) else EMPTY
            text = _text(found, sheet, (number, at), column, cell)
            if text:
                cells[name] = text
        mark = row[marked].text if marked is not None and marked < len(row) else ""
        if cells:
            sheet.lines.append(Line(number, cells, mark))
        taken = {at for at, *_ in lanes} if marked is None else {marked, *(at for at, *_ in lanes)}
        _headless(found, sheet, number, row, taken)


def _head(schema: Table, grid: Grid) -> int | None:
    """The row among the first that names most columns, one of them the first key's."""
    best, most = None, 0
    for number in sorted(grid.rows)[:_ABOVE]:
        names = set(_names(schema, grid.rows[number])) & {c.name for c in schema.columns}
        if schema.columns[0].name in names and len(names) > most:
            best, most = number, len(names)
    return best if most > 1 or len(schema.columns) == 1 else None


def _names(schema: Table, row: Sequence[Cell]) -> list[str]:
    """What each header stands for; an empty string where there is none."""
    known = {fold(name) for column in schema.columns for name in (column.zh, column.name)}
    heads = []
    for cell in row:
        head = unicodedata.normalize("NFKC", cell.text).strip(OUTER + "*\n")
        bare = _UNIT.sub("", head)  # 营业收入（亿元）
        heads.append(bare if fold(head) not in known and fold(bare) in known else head)
    names = columns_of(schema, heads)
    return [name if head else "" for head, name in zip(heads, names, strict=True)]


def _lanes(found: BookRead, sheet: SheetRead, grid: Grid) -> list[tuple[int, str, Column | None]]:
    """The columns of a sheet with their positions; what is missing, strange or twice is told."""
    schema = sheet.schema
    known = {column.name: column for column in schema.columns}
    lanes: list[tuple[int, str, Column | None]] = []
    for at, name in enumerate(_names(schema, grid.rows[sheet.head])):
        if not name or name == MARK:
            continue
        here = place(found.file, sheet.title, sheet.head, at + 1)
        if name in sheet.columns:
            found.problems.append(problem("T103", here, column=name))
            found.unsound.add(schema.name)
            continue
        if grid.rows[sheet.head][at].fault:
            found.problems.append(problem("I105", here))
        sheet.columns[name] = at + 1
        lanes.append((at, name, known.get(name)))
    for column in schema.columns:
        if column.name in sheet.columns:
            continue
        here = Place(f"{found.file}: {sheet.title}!{sheet.head}", 0)
        code = "T102" if column.required else "B107"
        if column.required:
            found.unsound.add(schema.name)
        found.problems.append(problem(code, here, column=title(column)))
    return lanes


def _whole(found: BookRead, sheet: SheetRead, grid: Grid) -> None:
    """Merged cells below the header hide what their rows say."""
    for one in grid.merged:
        first, last = one.split(":")
        if int(last.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) > sheet.head:
            at = Place(f"{found.file}: {sheet.title}!{first}", 0)
            found.problems.append(problem("B108", at, range=one))


def _headless(
    found: BookRead, sheet: SheetRead, number: int, row: Sequence[Cell], taken: set[int]
) -> None:
    """A cell that holds something under no header would be lost."""
    for at, cell in enumerate(row):
        if cell.text.strip(OUTER) and at not in taken:
            here = place(found.file, sheet.title, number, at + 1)
            if sheet.schema.name not in found.unsound:
                found.problems.append(problem("B109", here, column=letters(at + 1)))


def _text(
    found: BookRead, sheet: SheetRead, at: tuple[int, int], column: Column | None, cell: Cell
) -> str:
    """What a cell says, as a file has it."""
    number, lane = at
    table = sheet.schema.name
    if cell.fault:
        here = place(found.file, sheet.title, number, lane + 1)
        found.problems.append(problem(cell.fault, here, value=cell.text))
        return ""
    if column is not None and column.kind in ("code", "codes") and cell.number:
        if len(cell.text) != 4:
            here = place(found.file, sheet.title, number, lane + 1)
            found.problems.append(problem("B110", here, title=title(column), value=cell.text))
        return cell.text
    text = cell.text
    if column is not None and column.words == ("yes", "no") and text in ("TRUE", "FALSE"):
        return "yes" if text == "TRUE" else "no"
    told = written(table, column, text)
    # Sheets that become YAML: what their words are is told here, where the cell is known.
    if column is not None and not is_table(table) and _wrong_word(column, told):
        here = place(found.file, sheet.title, number, lane + 1)
        words = [*spoken(table, column.name)] or list(column.words)
        found.problems.append(
            problem("T107", here, near(told, (*words, *column.words)), column=title(column),
                    value=told, allowed=" ".join(words))
        )  # fmt: skip
    return told


def _wrong_word(column: Column, text: str) -> bool:
    return bool(text) and column.kind == "word" and text not in column.words
