"""Contacts and private notes: files under ``data/private/`` that nothing else of the tool reads.

The directory holds a ``.gitignore`` of its own, so that it stays out of every repository, and the
loader reads no directory below ``data/``: nothing of it can come into a study, and so into no
hash, report or snapshot.
"""

from __future__ import annotations

import csv
import errno
import io
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from chainmap.core.problems import Problem
from chainmap.core.text import guard, unguard
from chainmap.core.whole import write_whole
from chainmap.read.cells import Unreadable, records
from chainmap.read.edits import lock
from chainmap.read.files import Intake

PRIVATE = "private"
NOTES, CONTACTS = "notes.csv", "contacts.csv"
COLUMNS = {
    NOTES: ("project", "when", "who", "note"),
    CONTACTS: ("project", "name", "post", "phone", "mail", "note"),
}
_IGNORE = b"*\n"
# A mobile number, however it is set in groups; a mail address.
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d(?:[ -]?\d){8}(?!\d)")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


def keep(data: Path, name: str, row: Mapping[str, str]) -> None:
    """Put a row into a private file of the workspace whose tables are in ``data``.

    Raises Locked and OSError.
    """
    room = data / PRIVATE
    room.mkdir(mode=0o700, exist_ok=True)
    if not (room / ".gitignore").exists():
        write_whole(room / ".gitignore", _IGNORE)
    with lock(room / name):
        rows = [*kept(data, name), dict(row)]
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS[name])
        writer.writerows([guard(one.get(c, "")) for c in COLUMNS[name]] for one in rows)
        write_whole(room / name, out.getvalue().encode())
        (room / name).chmod(0o600)


def kept(data: Path, name: str, project: str | None = None) -> list[dict[str, str]]:
    """The rows of a private file, of one project or all; none where there is no file.

    Raises OSError where it cannot be read, with what is wrong.
    """
    path = data / PRIVATE / name
    if not path.exists():
        return []
    text = Intake(data.parent).text(path, "table_bytes")
    if isinstance(text, Problem):
        if text.code == "F108":
            return []
        raise OSError(errno.EIO, text.line(), str(path))
    try:
        heads, *lines = [[unguard(cell) for cell in cells] for _, cells in records(text) if cells]
    except Unreadable as error:
        raise OSError(errno.EIO, f"{PRIVATE}/{name}:{error.line}:{error.column}") from None
    found = [dict(zip(heads, cells, strict=False)) for cells in lines]
    return [row for row in found if project in (None, row.get("project"))]


def leaks(data: Path, texts: Iterable[str]) -> list[str]:
    """What in texts that are about to become public is private: a contact's name, phone or mail.

    Mobile numbers and mail addresses count whether or not they are on file.
    """
    mine = {row.get(column, "") for row in kept(data, CONTACTS) for column in
            ("name", "phone", "mail")}  # fmt: skip
    found: dict[str, None] = {}
    for text in texts:
        found.update(dict.fromkeys(word for word in sorted(mine) if len(word) > 1 and word in text))
        found.update(dict.fromkeys([*_MOBILE.findall(text), *_MAIL.findall(text)]))
    return list(found)
