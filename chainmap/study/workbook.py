"""A workspace as a workbook, and a workbook back into the workspace's files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from chainmap.core.book import CHAIN_SHEETS, SHEET_OF, SHEETS, SheetContent, is_table
from chainmap.core.model import Chain
from chainmap.core.problems import Place, Problem, problem
from chainmap.core.schema import Column
from chainmap.core.text import ID
from chainmap.read.chain_edits import Rows, Unclear, above_of, anew, changed, key, says
from chainmap.read.files import decode
from chainmap.read.holdings import Cells, Held, Holdings, alike, chain_rows, holdings, mark
from chainmap.read.staging import New, tried
from chainmap.read.table_edits import Edit, Edited, edited
from chainmap.read.values import title
from chainmap.read.workbook import BookRead, Line
from chainmap.study.book_changes import Change, Compared, What, compared
from chainmap.study.book_ledger import LEDGER, Moved, moved
from chainmap.study.book_names import Names
from chainmap.study.book_problems import Origin


@dataclass
class Taken:
    """What a workbook comes to: its changes, the files they make, and every problem."""

    changes: list[Change] = field(default_factory=list)
    files: dict[str, New] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    kept: int = 0  # rows that are off the sheets and stay in the files
    ledger: list[Moved] = field(default_factory=list)  # rows of projects before and after
    behind: int = 0  # rows that only the files have changed since the workbook was made
    recast: list[str] = field(default_factory=list)  # chain files that lose their comments

    @property
    def refused(self) -> bool:
        """Whether an error stands against writing anything."""
        return any(one.severity == "error" for one in self.problems)


def contents(held: Holdings) -> list[SheetContent]:
    """The sheets of a workspace's workbook, each row with its mark."""
    found = []
    chains = [chain_rows(chain.file) for chain in held.chains.values()]
    for schema in SHEETS:
        if not is_table(schema.name):
            rows: Sequence[Cells] = [row for one in chains for row in one[schema.name]]
            columns: Sequence[str] = [column.name for column in schema.columns]
        elif schema.name in held.broken:
            continue
        else:
            table = held.tables[schema.name]
            rows = [row.cells for row in table.rows]
            own = [column.name for column in schema.columns]
            columns = [*own, *(name for name in table.columns if name not in own)]
        marked = tuple((row, mark(schema.name, row)) for row in rows)
        found.append(SheetContent(schema, tuple(columns), marked))
    return found


def taken(root: Path, book: BookRead, before: Sequence[Problem], delete: bool) -> Taken:
    """What a workbook would change in a workspace, checked as a whole; writes nothing.

    ``before`` are the problems that the workspace has now: only others count against the book.
    With ``delete`` rows that are off the sheets leave the files too.
    """
    return _Taking(root, book, before, delete).run()


class _Taking:
    """One workbook beside one workspace."""

    def __init__(self, root: Path, book: BookRead, before: Sequence[Problem], delete: bool) -> None:
        self.root, self.book, self.before, self.delete = root, book, before, delete
        self.held = holdings(root)
        self.found = Taken(problems=list(book.problems))
        self.compared: dict[str, Compared] = {}
        self.edits: dict[str, Edited] = {}
        self.rows: dict[str, dict[str, list[tuple[Cells, int | None]]]] = {}  # chain, sheet
        self.unsound: set[str] = set()  # chains with rows of which no file can be made

    def run(self) -> Taken:
        """Compare, make the files, and try them."""
        found = self.found
        if self.book.unread or not self.book.sheets or self._unreadable():
            return found
        self._named()
        base = self._base()
        for name in self.book.sheets:
            if name not in self.book.unsound:
                self._compare(name, base)
        for name in self.compared:
            if is_table(name):
                self._table(name)
        self._chains()
        if found.files:
            found.problems += self._tried()
        if found.refused:
            found.files.clear()
        return found

    def _tried(self) -> list[Problem]:
        """What the workspace's own checks say, beside what was said of the same cells before."""
        origin = Origin(self.book, self.found.files, self.compared, self.edits, self.rows)
        now = origin.told(self.before, tried(self.root, self.found.files))
        said = {one.at for one in self.found.problems if one.severity == "error"}
        left_out = {f"data/{name}.csv" for name in self.book.unsound}
        left_out |= {f"chains/{chain}.yaml" for chain in self.unsound}
        if self.unsound:
            left_out.add("chains/")
        return [
            origin.worded(one)
            for one in now
            if one.at not in said
            and one.words.get("where") not in left_out
            and one.code != "C102"  # a key that is missing is a cell that is empty: it was said
        ]

    def _unreadable(self) -> bool:
        """Whether a file that the book has rows for cannot be read: it must be mended first."""
        chains = {line.cells.get("chain", "") for name in self.book.sheets if not is_table(name)
                  for line in self.book.sheets[name].lines}  # fmt: skip
        if not self.held.broken & (chains | {*self.book.sheets}):
            return False
        self.found.problems += self.held.problems
        return self.found.refused

    def _named(self) -> None:
        """Put ids where names stand, in the rows that someone typed."""
        sheets = self.book.sheets
        rows: dict[str, list[Cells]] = {}
        for table in SHEETS:
            if table.name not in self.held.broken:
                rows[table.name] = [row.cells for row in self._held(table.name)]
            if table.name in sheets:
                rows.setdefault(table.name, []).extend(
                    one.cells for one in sheets[table.name].lines
                )
        names = Names(rows)
        for name, sheet in sheets.items():
            sheet.lines = [
                line if mark(name, line.cells) == line.mark else names.told(sheet.schema, line)
                for line in sheet.lines
            ]

    def _base(self) -> Mapping[str, Sequence[str]] | None:
        """What the workbook was made of; None where not one row of it is in this workspace."""
        base = self.book.base or {}
        for name in self.book.sheets:
            made_of = frozenset(base.get(name, ()))
            if made_of and any(mark(name, row.cells) in made_of for row in self._held(name)):
                return base
        return None

    def _held(self, sheet: str) -> Sequence[Held]:
        if is_table(sheet):
            return self.held.tables[sheet].rows
        rows = [row for chain in self.held.chains for row in self.held.sheet_rows(chain)[sheet]]
        return [Held(at, row) for at, row in enumerate(rows)]

    def _compare(self, name: str, base: Mapping[str, Sequence[str]] | None) -> None:
        """Compare one sheet with its file, and note what differs."""
        sheet, found = self.book.sheets[name], self.found
        made_of = None if base is None else base.get(name, ())
        told = frozenset(sheet.columns)
        one = compared(sheet.schema, self._held(name), sheet.lines, told, made_of)
        self.compared[name] = one
        if name == LEDGER:
            found.ledger = moved(one)
        found.behind += one.behind
        for held, line in one.clashes:
            code = "B111" if held is not None else "B112"
            at = self.book.place(name, line.number)
            found.problems.append(problem(code, at, key=self._key(name, line.cells)))
        for held, line, new in one.edits:
            cells = tuple((c, held.cells.get(c, ""), text) for c, text in new.items())
            at = self.book.place(name, line.number, next(iter(new)))
            self._note("changed", name, {**held.cells, **new}, at, cells)
            self._required(name, line, {**held.cells, **line.cells, **new})
        for line in one.added:
            cells = tuple((c, "", text) for c, text in line.cells.items())
            self._note("added", name, line.cells, self.book.place(name, line.number), cells)
            self._required(name, line, line.cells)
        for held in one.gone:
            if not self.delete:
                found.kept += 1
                continue
            at = Place(f"data/{name}.csv", held.line)
            if not is_table(name):
                at = Place(f"chains/{held.cells['chain']}.yaml", 0)
            cells = tuple((c, text, "") for c, text in held.cells.items())
            self._note("removed", name, held.cells, at, cells)

    def _note(
        self, what: What, sheet: str, row: Cells, at: Place, cells: tuple[tuple[str, str, str], ...]
    ) -> None:
        self.found.changes.append(Change(what, sheet, self._key(sheet, row), at, cells))

    @staticmethod
    def _key(sheet: str, row: Cells) -> str:
        return "/".join(row.get(name, "") for name in SHEET_OF[sheet].keys)

    def _required(self, name: str, line: Line, row: Cells) -> None:
        """Cells without which a row of a chain is not one; tables are checked when tried."""
        if is_table(name):
            return
        for column in SHEET_OF[name].columns:
            at = self.book.place(name, line.number, column.name)
            text = row.get(column.name, "")
            if column.required and not text:
                code = "T109"
            elif text and not self._sound(column, text):
                code = "T105" if column.kind == "number" else "T108"
            else:
                continue
            if column.name == "chain":
                self.unsound.add(text)
            if not any(one.at == at for one in self.found.problems):
                self.found.problems.append(problem(code, at, column=title(column), value=text))

    @staticmethod
    def _sound(column: Column, text: str) -> bool:
        if column.kind == "id" or column.name == "chain":
            return bool(ID.match(text))
        if column.kind == "number":
            try:
                float(text)
            except ValueError:
                return False
        return True

    def _table(self, name: str) -> None:
        """Make the file of a table whose rows differ."""
        one = self.compared[name]
        gone = one.gone if self.delete else []
        if not (one.edits or one.added or gone):
            return
        edit = Edit(
            {held.line: new for held, _, new in one.edits},
            frozenset(held.line for held in gone),
            [line.cells for line in one.added],
        )
        table = self.held.tables[name]
        self.edits[name] = edited(table, edit)
        self.found.files[f"data/{name}.csv"] = New(table.data, self.edits[name].data)

    def _chains(self) -> None:
        """Make the files of chains whose rows differ."""
        for chain in dict.fromkeys(self._touched()):
            file = f"chains/{chain}.yaml"
            self.rows[chain] = self._chain_rows(chain)
            was = self.held.sheet_rows(chain)
            now: Rows = {
                sheet: [row for row, _ in rows] for sheet, rows in self.rows[chain].items()
            }
            if not any(now.values()):
                self.found.files[file] = New(self.held.texts.get(chain), None)
            elif len(now["chains"]) != 1:
                self._no_head(chain)
            elif chain not in self.unsound:
                data = self._data(chain, self.held.chains.get(chain), was, now)
                self.found.files[file] = New(self.held.texts.get(chain), data)

    def _touched(self) -> Sequence[str]:
        """The chains that a row differs of."""
        found = []
        for table in CHAIN_SHEETS:
            one = self.compared.get(table.name)
            if one is None:
                continue
            found += [held.cells["chain"] for held, *_ in one.edits]
            found += [{**held.cells, **new}["chain"] for held, _, new in one.edits]
            found += [line.cells["chain"] for line in one.added if "chain" in line.cells]
            found += [held.cells["chain"] for held in one.gone if self.delete]
        return found

    def _chain_rows(self, chain: str) -> dict[str, list[tuple[Cells, int | None]]]:
        """The rows of a chain as they are to be, each with the row of the book it stands on."""
        found: dict[str, list[tuple[Cells, int | None]]] = {}
        for table in CHAIN_SHEETS:
            sheet = table.name
            rows: list[tuple[Cells, int | None]] = []
            renamed: list[tuple[Cells, int | None]] = []
            one = self.compared.get(sheet, Compared())
            new = {held.line: (line, cells) for held, line, cells in one.edits}
            lines = {held.line: line.number for held, line in one.same}
            gone = {held.line for held in one.gone} if self.delete else set()
            for held in self._held(sheet):
                line, cells = new.get(held.line, (None, {}))
                row = {name: text for name, text in {**held.cells, **cells}.items() if text}
                if row.get("chain") == chain and held.line not in gone:
                    number = line.number if line else lines.get(held.line)
                    same = key(sheet, row) == key(sheet, held.cells)
                    (rows if same else renamed).append((self._read(sheet, row), number))
            rows += renamed
            rows += [(self._read(sheet, line.cells), line.number) for line in one.added
                     if line.cells.get("chain") == chain]  # fmt: skip
            found[sheet] = rows
        return found

    @staticmethod
    def _read(sheet: str, row: Cells) -> Cells:
        """A row without what says no more than an empty cell would."""
        return {name: text for name, text in row.items() if alike(sheet, name, text)}

    def _no_head(self, chain: str) -> None:
        """A chain without its own row, or with two."""
        self.unsound.add(chain)
        rows = self.rows[chain]
        code = "B113" if not rows["chains"] else "T117"
        sheet = next(name for name, one in rows.items() if one)
        number = rows[sheet][-1][1] or 1
        at = (
            self.book.place(sheet, number, "chain")
            if sheet in self.book.sheets
            else Place(f"chains/{chain}.yaml", 0)
        )
        self.found.problems.append(problem(code, at, chain=chain, value=chain,
                                           other=rows[sheet][0][1] or 1))  # fmt: skip

    def _data(self, chain: str, old: Chain | None, was: Rows, now: Rows) -> bytes:
        """A chain file: changed with care where that gives what the rows say, else anew."""
        if old is None:
            return anew(now).encode()
        data = self.held.texts[chain]
        text = decode(data, chain)
        assert isinstance(text, str), "it was read before"
        encoding = "utf-8" if text.encode() in data else "gb18030"
        try:
            careful = changed(text, old, was, now)
        except Unclear:
            careful = ""
        if careful and says(careful, chain, now):
            return data[: len(data) - len(text.encode(encoding))] + careful.encode(encoding)
        above = above_of(text)
        if any("#" in line for line in text.splitlines()[len(above) :]):
            self.found.recast.append(f"chains/{chain}.yaml")
        return anew(now, above).encode()
