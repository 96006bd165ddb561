"""Edits of the ledger of projects with their journal: a kill at any moment loses no line.

One writer at a time holds the desk. It writes down what it is about to do, whole, in a file of its
own; then the source that the edit cites, then the table, then the journal; then that file goes.
Whoever comes next finds the file of one that was killed and does what of it is not done yet: each
step looks at what is there first, so it may be done twice.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from chainmap.core.schema import JOURNAL
from chainmap.core.whole import sweep, write_whole
from chainmap.read.edits import Changed, append_rows, change_row, columns_of, lock, raw_rows

PENDING = ".desk.pending"
TABLE = "projects"
FILES = ("projects", "sources", "journal")
Cells = dict[str, str]


@dataclass(frozen=True)
class Line:
    """A record of the table: the line it begins on, and its cells without guards."""

    line: int
    cells: Cells


@dataclass(frozen=True)
class Change:
    """A row that is changed: ``cells`` put in where ``was`` stands; or, without a line, made."""

    cells: Cells
    line: int | None = None
    was: Cells = field(default_factory=dict)


@dataclass(frozen=True)
class Batch:
    """One edit: rows, the entries that tell of them, and the sources that came with it."""

    changes: tuple[Change, ...]
    entries: tuple[Cells, ...]
    sources: tuple[Cells, ...] = ()


Plan = Callable[[Sequence[Line], int], Batch]


def write(data: Path, plan: Plan) -> Batch:
    """Carry out an edit of the ledger in the directory ``data``, alone and whole.

    ``plan`` gets the table as it stands and the number of the edit. Raises Locked where others
    keep the desk too long, Changed where the table is no sound one, KeyError for a column that a
    file lacks, and OSError where it cannot be written.
    """
    with lock(data / "desk"):
        _finish(data)
        batch = _fitting(data, plan(lines(data), last_edit(data) + 1))
        if batch.changes:
            text = json.dumps(asdict(batch), ensure_ascii=False)
            write_whole(data / PENDING, text.encode())
            _carry_out(data, batch)
            (data / PENDING).unlink()
    return batch


def pending(data: Path) -> bool:
    """Whether an edit was begun and not ended, as by a kill; the next edit ends it."""
    return (data / PENDING).exists()


def finish(data: Path) -> bool:
    """End an edit that was begun; whether there was one."""
    if not pending(data):
        return False
    with lock(data / "desk"):
        return _finish(data)


def lines(data: Path) -> list[Line]:
    """The records of the ledger as they stand; none where there is no file."""
    return [Line(line, cells) for line, cells in raw_rows(data / f"{TABLE}.csv", TABLE)]


def journal(data: Path) -> list[Cells]:
    """The records of the journal; none where there is no file. Raises Changed."""
    return [cells for _, cells in raw_rows(data / f"{JOURNAL.name}.csv", JOURNAL.name)]


def last_edit(data: Path) -> int:
    """The number of the last edit in the journal, 0 where there is none. Raises Changed."""
    numbers = [cells.get("edit", "") for cells in journal(data)]
    if not all(number.isascii() and number.isdigit() for number in numbers):
        raise Changed(f"{JOURNAL.name}.csv")
    return max(map(int, numbers), default=0)


def _finish(data: Path) -> bool:
    path = data / PENDING
    _sweep(data)
    if not path.exists():
        return False
    held = json.loads(path.read_text(encoding="utf-8"))
    parts = (tuple(Change(**one) for one in held["changes"]), tuple(held["entries"]))
    _carry_out(data, Batch(*parts, tuple(held["sources"])))
    path.unlink()
    return True


def _fitting(data: Path, batch: Batch) -> Batch:
    """The edit, found to fit into every file before anything is written. Raises KeyError."""
    has = {name: columns_of(data / f"{name}.csv", name) for name in FILES}
    parts = ((TABLE, [one.cells for one in batch.changes]), (JOURNAL.name, batch.entries))
    for name, rows in parts:
        for column in dict.fromkeys(c for row in rows for c, cell in row.items() if cell):
            if column not in has[name]:
                raise KeyError(column)
    # Of a source less may be told: a title and a grade are enough.
    sources = tuple({c: v for c, v in one.items() if c in has["sources"]} for one in batch.sources)
    return replace(batch, sources=sources)


def _sweep(data: Path) -> None:
    """Remove what a writer that was killed had begun to write beside the files."""
    for name in (*(f"{file}.csv" for file in FILES), PENDING):
        with lock(data / name):
            sweep(data / name, older=0)


def _carry_out(data: Path, batch: Batch) -> None:
    known = {cells["source"] for _, cells in raw_rows(data / "sources.csv", "sources")}
    new = [one for one in batch.sources if one["source"] not in known]
    if new:
        append_rows(data / "sources.csv", "sources", new)
    held = {_key(one.cells): one for one in lines(data)}
    appended = []
    for change in batch.changes:
        at = held.get(_key(change.cells))
        if change.line is not None and at is not None:
            _put_in(data / f"{TABLE}.csv", at, change)
        elif change.line is None and at is None:
            appended.append(change.cells)
    if appended:
        append_rows(data / f"{TABLE}.csv", TABLE, appended)
    done = {cells["edit"] for cells in journal(data)}
    entries = [one for one in batch.entries if one["edit"] not in done]
    if entries:
        append_rows(data / f"{JOURNAL.name}.csv", JOURNAL.name, entries)


def _put_in(path: Path, at: Line, change: Change) -> None:
    """Put in what is not there yet; a cell that someone has edited since is theirs."""
    todo = {
        name: cell
        for name, cell in change.cells.items()
        if at.cells.get(name, "") != cell and at.cells.get(name, "") == change.was.get(name, "")
    }
    if todo:
        change_row(path, TABLE, at.line, todo, {name: change.was.get(name, "") for name in todo})


def _key(cells: Mapping[str, str]) -> tuple[str, str]:
    return cells.get("project", ""), cells.get("as_of", "")


def texts(found: Sequence[Line]) -> Iterator[Cells]:
    """The cells of the records."""
    return (one.cells for one in found)
