"""Problems of files that a workbook makes, told by the cells of the workbook."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from chainmap.core.problems import Both, Place, Problem
from chainmap.read.holdings import Cells
from chainmap.read.nodes import Path as NodePath
from chainmap.read.staging import Finder, New
from chainmap.read.table_edits import Edited
from chainmap.read.workbook import BookRead
from chainmap.study.book_changes import Compared

Numbered = Sequence[tuple[Cells, int | None]]
_LISTS = {"stages": "stages", "groups": "groups", "links": "links", "flows": "flows",
          "path": "milestones"}  # fmt: skip
_IDS = {"stages": "stage", "links": "link", "milestones": "milestone"}


@dataclass
class Origin:
    """Where on the sheets each row of the files that were made comes from."""

    book: BookRead
    files: Mapping[str, New]
    compared: Mapping[str, Compared]
    edits: Mapping[str, Edited]
    rows: Mapping[str, Mapping[str, Numbered]]  # of a chain, by sheet
    _finders: dict[str, Finder] = field(default_factory=dict)
    _numbers: dict[str, dict[int, int]] = field(default_factory=dict)

    def told(self, before: Sequence[Problem], now: Sequence[Problem]) -> list[Problem]:
        """The problems that were not there before, at the cells that they come from."""
        return [self._placed(one) for one in self._new(before, now)]

    @staticmethod
    def _new(before: Sequence[Problem], now: Sequence[Problem]) -> Iterator[Problem]:
        had = Counter((one.code, one.at.file, one.message("en")) for one in before)
        for one in now:
            name = (one.code, one.at.file, one.message("en"))
            if had[name] > 0:
                had[name] -= 1
            else:
                yield one

    def _placed(self, one: Problem) -> Problem:
        folder, _, name = one.at.file.partition("/")
        stem = name.rpartition(".")[0]
        words = dict(one.words)
        if folder == "data" and name.endswith(".csv"):
            at = self._table_place(stem, one.at)
            if isinstance(words.get("other"), int):
                words["other"] = self._row(stem, int(str(words["other"])))
        elif folder == "chains" and stem in self.rows:
            at, _ = self._chain_place(stem, one.at)
            if isinstance(words.get("other"), int):
                other = Place(one.at.file, int(str(words["other"])), 10_000)
                words["other"] = self._chain_place(stem, other)[1]
        else:
            at = one.at
        return replace(one, at=at, words=words)

    def worded(self, one: Problem) -> Problem:
        """The problem, a file that it speaks of named by the sheet that it is."""
        where = str(one.words.get("where", ""))
        name = "chains" if where == "chains/" else where.removeprefix("data/").removesuffix(".csv")
        if where.startswith("chains/") and where != "chains/":
            name = "links"
        sheet = self.book.sheets.get(name)
        if not where or sheet is None:
            return one
        spoken = Both(f"工作表“{sheet.title}”", f"sheet {sheet.title!r}")
        return replace(one, words={**one.words, "where": spoken})

    def _finder(self, file: str) -> Finder:
        if file not in self._finders:
            self._finders[file] = Finder(file, self.files[file].now or b"")
        return self._finders[file]

    def _number(self, table: str) -> dict[int, int]:
        """The row of the sheet by the line of the new file on which it begins."""
        if table not in self._numbers:
            one, edit = self.compared[table], self.edits.get(table)
            pairs = [*one.same, *((held, line) for held, line, _ in one.edits)]
            moved = edit.moved if edit else {}
            found = {moved.get(held.line, held.line): line.number for held, line in pairs}
            if edit:
                lines = zip(edit.added, one.added, strict=True)
                found |= {at: line.number for at, line in lines}
            self._numbers[table] = found
        return self._numbers[table]

    def _row(self, table: str, line: int) -> int:
        return self._number(table).get(line, line) if table in self.compared else line

    def _table_place(self, table: str, at: Place) -> Place:
        """The cell of a sheet that a place in a table is; the place itself where no sheet is."""
        if table not in self.compared:
            return at
        file = f"data/{table}.csv"
        if file not in self.files:
            number = self._number(table).get(at.line)
            return self.book.place(table, number) if number else at
        line, cell = self._finder(file).cell(at)
        number = self._number(table).get(line)
        if number is None:  # the header, or a row that is on no sheet
            if line > min(self._number(table), default=line + 1):
                return at
            number = self.book.sheets[table].head
        columns = self.edits[table].columns
        return self.book.place(table, number, "" if cell is None else columns[cell])

    def _chain_place(self, chain: str, at: Place) -> tuple[Place, int]:
        """The cell of the sheets that a place in a chain file is, and its row."""
        path = self._finder(f"chains/{chain}.yaml").node(at)
        sheet, row, column = self._spot(path)
        number = self.rows[chain][sheet][row][1] if sheet != "chains" else None
        if number is None:
            number = self.rows[chain]["chains"][0][1]
            sheet, column = "chains", column if sheet == "chains" else "chain"
        if number is None or sheet not in self.book.sheets:
            return at, at.line
        return self.book.place(sheet, number, column), number

    @staticmethod
    def _spot(path: NodePath) -> tuple[str, int, str]:
        """Which row of which sheet a node comes from, and which column."""
        where = path[1:] if path[:1] == ("panorama",) else path
        if len(where) < 2 or where[0] not in _LISTS or not isinstance(where[1], int):
            return "chains", 0, str(path[0]) if path and path[0] != "panorama" else "chain"
        sheet = _LISTS[str(where[0])]
        names = [str(step) for step in where[2:] if isinstance(step, str)]
        name = names[-1] if names else ""
        column = {"id": _IDS.get(sheet, "chain"), "is": "status"}.get(name, name)
        return sheet, where[1], column
