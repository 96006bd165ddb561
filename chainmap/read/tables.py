"""Tables: CSV text in, typed rows and every problem out, as the data dictionary says."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from chainmap.core.limits import LIMITS, Limits
from chainmap.core.model import Row, Value
from chainmap.core.problems import Place, Problem, problem
from chainmap.core.schema import Column, Table
from chainmap.core.text import fold, near, unguard
from chainmap.read.cells import Cells, Unreadable, records
from chainmap.read.files import Intake, name_of
from chainmap.read.values import Read, WrongCell, has_marks, reader, tidied, title

_REMEMBERED = 1_000_000  # distinct cells of a column that are converted once only


@dataclass
class TableRead:
    """What came of one table: sound rows, problems, and how to find a cell again."""

    table: Table
    file: str
    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    named: set[str] = field(default_factory=set)  # first keys of all rows, sound or not
    fields: dict[str, int] = field(default_factory=dict)  # column to its position
    cells: Cells | None = None
    usable: bool = False  # the header made sense and the last row was reached

    def place(self, row: Row, column: str) -> Place:
        """Where a cell of a row stands; the row's beginning where it has no such column."""
        at = self.fields.get(column)
        if self.cells is None or at is None:
            return Place(self.file, row.line)
        return Place(self.file, *self.cells.place(row.line, at))


def table(
    path: Path, root: Path, schema: Table, limits: Limits = LIMITS
) -> tuple[tuple[Row, ...], list[Problem]]:
    """Read one table by itself: its sound rows, and every problem."""
    found = read_table(Intake(root, limits), path, schema)
    return tuple(found.rows), found.problems


def read_table(intake: Intake, path: Path, schema: Table) -> TableRead:
    """Read one table of a workspace."""
    found = TableRead(schema, name_of(path, intake.root))
    text = intake.text(path, "table_bytes")
    if isinstance(text, Problem):
        found.problems.append(text)
        return found
    found.cells = Cells(text)
    _Reading(found, intake.limits).run(records(text))
    return found


@dataclass(slots=True)
class _Lane:
    """One column of the file while it is read."""

    name: str
    at: int
    column: Column | None  # None: a column that the dictionary does not know
    read: Read | None
    known: dict[str, Value] = field(default_factory=dict)


class _Reading:
    """Reads the records of one table."""

    def __init__(self, found: TableRead, limits: Limits) -> None:
        self.found = found
        self.limits = limits
        self.lanes: list[_Lane] = []
        self.width = 0

    def run(self, rows: Iterator[tuple[int, list[str]]]) -> None:
        """Read the header, then row after row."""
        found = self.found
        sound = False
        try:
            sound = self._header(*self._first(rows))
            whole = self._rows(rows)
        except Unreadable as error:
            at = Place(found.file, error.line, error.column)
            if error.size is None:
                found.problems.append(problem("T115", at))
            else:
                limit = self.limits.cell_characters
                found.problems.append(
                    problem("T120", at, size=error.size, limit=limit, name="cell_characters")
                )
            whole = False
        if not sound:
            found.rows.clear()
        found.usable = sound and whole

    @staticmethod
    def _first(rows: Iterator[tuple[int, list[str]]]) -> tuple[int, list[str]]:
        for line, cells in rows:
            if any(cell.strip() for cell in cells):
                return line, cells
        return 1, []

    def _at(self, line: int, field: int) -> Place:
        assert self.found.cells is not None
        return Place(self.found.file, *self.found.cells.place(line, field))

    def _header(self, line: int, names: list[str]) -> bool:
        """Take the header in; whether rows can be read by it."""
        schema, found = self.found.table, self.found
        known = {fold(column.name): column for column in schema.columns}
        known |= {fold(column.zh): column for column in schema.columns}
        self.width = len(names)
        if self.width > self.limits.columns:  # the place of each would be looked for anew
            words = {"size": self.width, "limit": self.limits.columns, "name": "columns"}
            found.problems.append(problem("T130", Place(found.file, line), None, **words))
            return False
        taken: set[str] = set()
        extra: list[tuple[int, str]] = []
        twice = False
        for at, raw in enumerate(names):
            written = unicodedata.normalize("NFKC", unguard(raw)).strip()
            column = known.get(fold(written))
            name = column.name if column else written or f"#{at + 1}"
            if name in taken:
                found.problems.append(problem("T103", self._at(line, at), column=written))
                twice = True
                continue
            taken.add(name)
            if column is None:
                extra.append((at, name))
            else:
                found.fields[name] = at
            self.lanes.append(
                _Lane(name, at, column, reader(schema.name, column) if column else None)
            )
        self._report_extra(line, extra, taken)
        missing = [column for column in schema.columns if column.required]
        missing = [column for column in missing if column.name not in taken]
        for column in missing:
            found.problems.append(problem("T102", Place(found.file, line), column=title(column)))
        return not twice and not missing

    def _report_extra(self, line: int, extra: list[tuple[int, str]], taken: set[str]) -> None:
        absent = [column for column in self.found.table.columns if column.name not in taken]
        names = [name for column in absent for name in (column.name, column.zh)]
        for nth, (at, name) in enumerate(extra):
            guess = near(name, names) if nth < 100 else None
            self.found.problems.append(problem("T101", self._at(line, at), guess, column=name))

    def _rows(self, rows: Iterator[tuple[int, list[str]]]) -> bool:
        """Take every row in; whether the end was reached within the limits."""
        found = self.found
        first_key = found.table.keys[0]
        needed = [column for column in found.table.columns if column.required]
        needed = [column for column in needed if column.name in found.fields]
        names = {column.name for column in needed}
        order = 0
        for line, cells in rows:
            if not any(cells) or (len(cells) == 1 and not cells[0].strip()):
                continue
            if order >= self.limits.rows:
                found.problems.append(
                    problem("T121", Place(found.file, line), limit=self.limits.rows, name="rows")
                )
                return False
            if len(cells) != self.width:
                found.problems.append(
                    problem("T104", Place(found.file, line), found=len(cells), wanted=self.width)
                )
                at = found.fields.get(first_key, self.width)
                if at < len(cells):
                    found.named.add(cells[at].strip())
                order += 1
                continue
            values, sound = self._values(line, cells)
            key = values.get(first_key)
            if isinstance(key, str):
                found.named.add(key)
            if not names <= values.keys():
                sound = False
                for column in needed:
                    if column.name not in values:
                        self._empty(line, column, cells)
            if sound:
                found.rows.append(Row(found.table.name, line, order, values))
            order += 1
        return True

    def _empty(self, line: int, column: Column, cells: list[str]) -> None:
        """A required cell holds nothing; where it held something wrong, that was said."""
        at = self.found.fields[column.name]
        if not tidied(unguard(cells[at]), column).strip("|"):
            self.found.problems.append(problem("T109", self._at(line, at), column=title(column)))

    @cached_property
    def _ways(self) -> list[tuple[int, str, Callable[[str], Value], _Lane]]:
        """Each lane with what is needed of it for every cell."""
        return [(lane.at, lane.name, lane.known.get, lane) for lane in self.lanes]

    def _values(self, line: int, cells: list[str]) -> tuple[dict[str, Value], bool]:
        """The values of a row's cells that hold something, and whether all are sound."""
        values: dict[str, Value] = {}
        sound = True
        for at, name, known, lane in self._ways:  # millions of cells come by here
            cell = cells[at]
            if not cell:
                continue
            value = known(cell)
            if value is None:
                try:
                    value = self._value(line, lane, cell)
                except WrongCell as wrong:
                    place = self._at(line, at)
                    found = problem(wrong.code, place, wrong.guess, **wrong.words)
                    self.found.problems.append(found)
                    sound = False
                    continue
            if value is not None:
                values[name] = value
        return values, sound

    def _value(self, line: int, lane: _Lane, cell: str) -> Value:
        """The value of one cell; a clean one is remembered."""
        if len(cell) > self.limits.cell_characters:
            raise WrongCell(
                "T120", size=len(cell), limit=self.limits.cell_characters, name="cell_characters"
            )
        if cell.isascii() and cell.isprintable() and cell[0] not in " '" and cell[-1] != " ":
            tidy, clean = cell, True  # what most cells are
        else:
            tidy, clean = self._tidied(line, lane, cell)
        if not tidy or lane.read is None:
            return tidy or None
        value = lane.read(tidy)
        if clean and len(lane.known) < _REMEMBERED:
            lane.known[cell] = value
        return value

    def _tidied(self, line: int, lane: _Lane, cell: str) -> tuple[str, bool]:
        """The cell without guard, outer spaces and full-width signs; whether it had no fault."""
        text = unguard(cell)
        marked = has_marks(text)
        if marked:
            self.found.problems.append(problem("T118", self._at(line, lane.at)))
        guarded = text != cell
        # A guarded text is to be taken as it stands, outer spaces and all.
        if lane.column is None or (guarded and lane.column.kind == "text"):
            return text, False
        tidy = tidied(text, lane.column)
        if tidy != text:
            self.found.problems.append(problem("T116", self._at(line, lane.at), value=text))
        return tidy, not marked and tidy == text
