"""The one way to change a table: what is not edited keeps every byte, and no two edit at once."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from chainmap.core.schema import BY_NAME
from chainmap.core.text import fold, guard, unguard
from chainmap.core.whole import write_whole
from chainmap.read.cells import Cells, Unreadable, records

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

PATIENCE = 10.0  # seconds to wait for another edit
_BOM = b"\xef\xbb\xbf"


class Locked(OSError):
    """Another edit of the file has not ended."""


class Changed(OSError):
    """The file is not as it was read, or not a sound table: nothing was written."""


@contextlib.contextmanager
def lock(path: Path, patience: float = PATIENCE) -> Iterator[None]:
    """Keep others from editing a file; waits for them so many seconds.

    The system's own lock on a file beside it: it ends with its holder, however that ends, so
    that no lock is ever left behind. Raises Locked where the wait was in vain.
    """
    beside = path.with_name(f".{path.name}.lock")
    end = time.monotonic() + patience
    while (handle := _held(beside)) is None:
        if time.monotonic() >= end:
            raise Locked(f"{path.name} is being edited ({beside.name})")
        time.sleep(0.02)
    try:
        yield
    finally:
        # POSIX: gone before it is let go, so that who waits for it sees that it is another file.
        # Windows removes no open file: there it goes afterwards, if nobody else has it by then.
        with contextlib.suppress(OSError):
            beside.unlink()
        os.close(handle)
        if sys.platform == "win32":
            with contextlib.suppress(OSError):
                beside.unlink()


def _held(beside: Path) -> int | None:
    """The lock file, open and locked; None while someone else has it."""
    # A link that someone put there would have a file made wherever it points.
    flags = os.O_CREAT | os.O_RDWR | getattr(os, "O_NOFOLLOW", 0)
    handle = os.open(beside, flags, 0o644)
    try:
        if sys.platform == "win32":
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # The holder before may have removed it between our opening and our locking.
        if os.path.samestat(os.fstat(handle), beside.stat()):
            return handle
    except OSError:
        pass
    os.close(handle)
    return None


def append_rows(path: Path, table: str, rows: Sequence[Mapping[str, str]]) -> None:
    """Put rows at the end of a table, by the names of its columns; the rest keeps every byte.

    The file keeps its encoding, line ends and columns; headers may be English or Chinese. Where
    there is none it is made with all columns. Raises KeyError for a cell whose column the file
    lacks, Changed where it is no sound table, Locked, and OSError where it cannot be written.
    """
    with lock(path):
        old = path.read_bytes() if path.exists() else b""
        if not old.removeprefix(_BOM).strip():
            old += _head(table)
        found = _opened(path, table, old)
        lines = [found.line({name: guard(cell) for name, cell in row.items()}) for row in rows]
        gap = "" if found.text.endswith(("\n", "\r")) else found.end
        write_whole(path, old + (gap + "".join(lines)).encode(found.encoding))


def change_row(
    path: Path, table: str, line: int, cells: Mapping[str, str], was: Mapping[str, str]
) -> None:
    """Put other cells into the record that begins on a line; all else keeps every byte.

    ``was`` are cells that it must hold, or someone has edited the file since it was read. Raises
    Changed then and where it is no sound table, and what ``append_rows`` does.
    """
    with lock(path):
        old = path.read_bytes()
        found = _opened(path, table, old)
        held = next((cells for at, cells in records(found.text) if at == line), [])
        if len(held) != len(found.columns) or any(
            unguard(held[found.at(name)]).strip() != cell.strip() for name, cell in was.items()
        ):
            raise Changed(f"{path.name}:{line}")
        spans = list(Cells(found.text).spans(line))
        new = old
        # From the last to the first, so that the places of the others stay what they are.
        for at, name in sorted(((found.at(name), name) for name in cells), reverse=True):
            start, end = spans[at]
            quoted = found.text[start : start + 1] == '"'
            cell = _written(guard(cells[name]), quoted)
            first, last = found.offset(start), found.offset(len(found.text) if end is None else end)
            new = new[:first] + cell.encode(found.encoding) + new[last:]
        write_whole(path, new)


def columns_of(path: Path, table: str) -> list[str]:
    """The columns that a table has, or would be made with. Raises Changed, OSError."""
    data = path.read_bytes() if path.exists() else b""
    return _opened(path, table, data if data.removeprefix(_BOM).strip() else _head(table)).columns


def raw_rows(path: Path, table: str) -> list[tuple[int, dict[str, str]]]:
    """The records of a table with the lines they begin on, by the names of its columns.

    Cells are texts without guards and outer spaces; none where there is no file. Raises Changed
    where it is no sound table, OSError where it cannot be read.
    """
    data = path.read_bytes() if path.exists() else b""
    if not data.removeprefix(_BOM).strip():
        return []
    found = _opened(path, table, data)
    rows = [(line, cells) for line, cells in records(found.text) if any(map(str.strip, cells))]
    for line, cells in rows:
        if len(cells) != len(found.columns):
            raise Changed(f"{path.name}:{line}")
    return [
        (line, {name: unguard(c).strip() for name, c in zip(found.columns, cells, strict=True)})
        for line, cells in rows[1:]
    ]


def _head(table: str) -> bytes:
    return (",".join(column.name for column in BY_NAME[table].columns) + "\n").encode()


@dataclass(frozen=True)
class _Table:
    """A table as it stands: its bytes behind the mark, their text, and what its columns are."""

    mark: int
    body: bytes
    encoding: str
    text: str
    columns: list[str]
    end: str

    def at(self, name: str) -> int:
        """Which column has that name. Raises KeyError."""
        if name not in self.columns:
            raise KeyError(name)
        return self.columns.index(name)

    def line(self, row: Mapping[str, str]) -> str:
        """A record with its line end."""
        for name, cell in row.items():
            if cell:
                self.at(name)
        # The library's writer quotes only its own line end: a line feed within a cell of a table
        # whose lines end in CR would begin a new record.
        return ",".join(_written(row.get(name, ""), False) for name in self.columns) + self.end

    def offset(self, character: int) -> int:
        """Where a character begins among the bytes of the file.

        GB18030 is walked: some of its characters have two spellings, so encoding the text again
        would not tell.
        """
        if self.encoding == "utf-8":
            return self.mark + len(self.text[:character].encode())
        at = 0
        for _ in range(character):
            if self.body[at] < 0x80:
                at += 1
            else:
                at += 4 if 0x30 <= self.body[at + 1] <= 0x39 else 2
        return self.mark + at


def _opened(path: Path, table: str, data: bytes) -> _Table:
    """The table; Changed where it cannot be read to its end."""
    body = data.removeprefix(_BOM)
    try:
        encoding, text = "utf-8", body.decode()
    except UnicodeDecodeError:
        encoding = "gb18030"
        try:
            text = body.decode(encoding)
        except UnicodeDecodeError as error:
            raise Changed(f"{path.name}: {error.reason}") from None
    try:
        named = [(line, cells) for line, cells in records(text) if any(map(str.strip, cells))]
    except Unreadable as error:
        raise Changed(f"{path.name}:{error.line}:{error.column}") from None
    if not named:
        raise Changed(f"{path.name}:1")
    line, heads = named[0]
    *_, (_, last) = Cells(text).spans(line)
    rest = text[last:] if last is not None else ""
    end = "\r\n" if rest.startswith("\r\n") else "\r" if rest.startswith("\r") else "\n"
    return _Table(len(data) - len(body), body, encoding, text, _columns(table, heads), end)


def _columns(table: str, heads: Sequence[str]) -> list[str]:
    """What each header stands for; a column of the user's own stands for itself."""
    known = {fold(column.zh): column.name for column in BY_NAME[table].columns}
    known |= {fold(column.name): column.name for column in BY_NAME[table].columns}
    return [known.get(fold(unguard(head)), unguard(head).strip()) for head in heads]


def _written(cell: str, quoted: bool) -> str:
    """A cell as CSV, in quotes where the one before it was or where it needs them."""
    if quoted or any(sign in cell for sign in ',"\r\n'):
        return '"' + cell.replace('"', '""') + '"'
    return cell
