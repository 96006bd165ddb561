"""The journal of edits: who changed what, from what, to what and why; it replays to the table.

An entry changes one cell of one row, and a row is a project on a date. A row that is new begins
with an entry for its ``as_of``: ``from`` is the date of the row that it goes on from, empty for a
new project, and ``to`` its own date.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

Cells = dict[str, str]
NEW_ROW = "as_of"


class Torn(ValueError):
    """The journal does not lead to the table: which entry, and what stands there instead."""

    def __init__(self, entry: Entry, found: str | None) -> None:
        super().__init__(f"{entry.edit} {entry.project} {entry.field}")
        self.entry, self.found = entry, found


@dataclass(frozen=True, slots=True)
class Entry:
    """One cell that was changed; texts are as they stand in the table, without any guard."""

    edit: int
    when: str
    who: str
    project: str
    as_of: str
    field: str
    was: str
    now: str
    why: str

    @property
    def cells(self) -> Cells:
        """The entry as a row of the journal."""
        return {
            "edit": str(self.edit), "when": self.when, "who": self.who, "project": self.project,
            "as_of": self.as_of, "field": self.field, "from": self.was, "to": self.now,
            "why": self.why,
        }  # fmt: skip


def entry(cells: Mapping[str, str]) -> Entry:
    """A row of the journal as an entry. Raises ValueError where its number is none."""
    names = ("when", "who", "project", "as_of", "field", "from", "to", "why")
    return Entry(int(cells.get("edit", "")), *(cells.get(name, "") for name in names))


def changes(
    was: Mapping[str, str] | None, now: Mapping[str, str], told: Mapping[str, str], edit: int
) -> list[Entry]:
    """The entries of one row's edit. ``was`` is the row before it, or that it goes on from.

    ``told`` says ``when``, ``who`` and ``why``.
    """
    before = dict(was or {})
    project, day = now["project"], now["as_of"]

    def made(field: str, one: str, other: str) -> Entry:
        return Entry(edit, told["when"], told["who"], project, day, field, one, other, told["why"])

    found = []
    if was is None or before["as_of"] != day:
        found.append(made(NEW_ROW, before.get("as_of", ""), day))
    found += [
        made(field, before.get(field, ""), now.get(field, ""))
        for field in dict.fromkeys((*now, *before))
        if field not in (NEW_ROW, "project") and before.get(field, "") != now.get(field, "")
    ]
    return found


def replay(rows: Iterable[Mapping[str, str]], entries: Iterable[Entry]) -> list[Cells]:
    """The table after the entries, from what it was before them.

    Raises Torn where an entry goes on from something that is not there.
    """
    table = {(row["project"], row["as_of"]): dict(row) for row in rows}
    for one in entries:
        key = (one.project, one.as_of)
        if one.field == NEW_ROW:
            if key in table or (one.was and (one.project, one.was) not in table):
                raise Torn(one, None)
            before = table[one.project, one.was] if one.was else {"project": one.project}
            table[key] = {**before, NEW_ROW: one.now}
            continue
        row = table.get(key)
        if row is None or row.get(one.field, "") != one.was:
            raise Torn(one, None if row is None else row.get(one.field, ""))
        row[one.field] = one.now
    return list(table.values())


def rewind(rows: Iterable[Mapping[str, str]], entries: Sequence[Entry]) -> list[Cells]:
    """The table before the entries, from what it is after them.

    Raises Torn where a cell is not what the entry made of it: someone has edited the table since.
    """
    table = {(row["project"], row["as_of"]): dict(row) for row in rows}
    for one in reversed(entries):
        key = (one.project, one.as_of)
        row = table.get(key)
        if row is None or (one.field != NEW_ROW and row.get(one.field, "") != one.now):
            raise Torn(one, None if row is None else row.get(one.field, ""))
        if one.field == NEW_ROW:
            del table[key]
        else:
            row[one.field] = one.was
    return list(table.values())


def drift(rows: Iterable[Mapping[str, str]], entries: Sequence[Entry]) -> list[Torn]:
    """The cells that are not what the journal last made of them, in the journal's order."""
    table = {(row["project"], row["as_of"]): row for row in rows}
    last = {(one.project, one.as_of, one.field): one for one in entries}
    found = []
    for one in last.values():
        row = table.get((one.project, one.as_of))
        if row is None or (one.field != NEW_ROW and row.get(one.field, "") != one.now):
            found.append(Torn(one, None if row is None else row.get(one.field, "")))
    return found
