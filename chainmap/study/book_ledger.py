"""Projects that are edited on their sheet: new days are new rows, and the journal tells of all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from chainmap.core.dates import parse_day
from chainmap.core.problems import Problem
from chainmap.core.schema import JOURNAL
from chainmap.read.desk import last_edit
from chainmap.read.edits import Changed
from chainmap.read.holdings import Cells, held_table
from chainmap.read.private import leaks
from chainmap.read.staging import New
from chainmap.read.table_edits import Edit, edited
from chainmap.study.book_changes import Compared
from chainmap.track.journal import changes

LEDGER = "projects"
Moved = tuple[Cells | None, Cells]  # a row before, or that it goes on from, and after


def moved(one: Compared) -> list[Moved]:
    """The rows of the ledger that differ; one with a later date becomes a row of its own.

    What a project was on a day stays true of that day: the old row stays in the table, and the
    new one goes on from it, as after ``projects move``.
    """
    found: list[Moved] = []
    edits = []
    for held, line, new in one.edits:
        cells = {name: text for name, text in {**held.cells, **new}.items() if text}
        if _last(new.get("as_of", "")) > _last(held.cells.get("as_of", "")):
            one.added.append(replace(line, cells=cells, mark=""))
        else:
            edits.append((held, line, new))
        found.append((held.cells, cells))
    found += [(None, line.cells) for line in one.added if not _known(found, line.cells)]
    one.edits[:] = edits
    one.added.sort(key=lambda line: line.number)
    return found


def _known(found: Sequence[Moved], cells: Cells) -> bool:
    return any(now == cells for _, now in found)


def _last(text: str) -> str:
    try:
        return parse_day(text).last.isoformat()
    except ValueError:
        return ""


def journalled(root: Path, rows: Sequence[Moved], told: Mapping[str, str]) -> dict[str, New]:
    """The journal with an entry for each cell of the ledger that changed.

    ``told`` says ``when``, ``who`` and ``why``. Raises Changed where the journal is no sound table.
    """
    if not rows:
        return {}
    table = held_table(root, JOURNAL)
    if isinstance(table, Problem):
        raise Changed(table.at.file)
    number = last_edit(root / "data") + 1
    entries = [one.cells for was, now in rows for one in changes(was, now, told, number)]
    done = edited(table, Edit({}, frozenset(), entries))
    return {f"data/{JOURNAL.name}.csv": New(table.data, done.data)}


def private(root: Path, rows: Sequence[Moved]) -> list[str]:
    """What of the new texts belongs under ``data/private/`` alone."""
    texts = [
        text
        for was, now in rows
        for name, text in now.items()
        if text != (was or {}).get(name) and name != "source"
    ]
    return sorted(leaks(root / "data", texts))
