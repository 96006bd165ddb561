"""The one way to change a table: what is not edited keeps every byte, and no two edit at once."""

from __future__ import annotations

import contextlib
import csv
import io
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from chainmap.core.schema import BY_NAME
from chainmap.core.whole import write_whole
from chainmap.read.cells import records

PATIENCE = 10.0  # seconds to wait for another edit
ABANDONED = 120.0  # seconds after which a lock is taken for one that was left behind
_BOM = b"\xef\xbb\xbf"


class Locked(OSError):
    """Another edit of the file has not ended."""


@contextlib.contextmanager
def lock(path: Path, patience: float = PATIENCE) -> Iterator[None]:
    """Keep others from editing a file; waits for them so many seconds.

    A lock file beside it, made anew or not at all, which every system does in one step. Raises
    Locked where the wait was in vain.
    """
    beside = path.with_name(f".{path.name}.lock")
    end = time.monotonic() + patience
    while True:
        try:
            handle = os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
            break
        except FileExistsError:
            with contextlib.suppress(OSError):
                if time.time() - beside.stat().st_mtime > ABANDONED:
                    beside.unlink()
                    continue
            if time.monotonic() >= end:
                raise Locked(f"{path.name} is being edited ({beside.name})") from None
            time.sleep(0.02)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(f"{os.getpid()}\n")
        yield
    finally:
        with contextlib.suppress(OSError):
            beside.unlink()


def append_rows(path: Path, table: str, rows: Sequence[Mapping[str, str]]) -> None:
    """Put rows at the end of a table, by the names of its columns; the rest keeps every byte.

    The file keeps its encoding, line ends and columns; headers may be English or Chinese. Where
    there is none it is made with all columns. Raises KeyError for a cell whose column the file
    lacks, Locked, and OSError where it cannot be written.
    """
    with lock(path):
        old = path.read_bytes() if path.exists() else _empty(table)
        write_whole(path, old + _tail(old, table, rows))


def _empty(table: str) -> bytes:
    names = [column.name for column in BY_NAME[table].columns]
    return (",".join(names) + "\n").encode()


def _tail(old: bytes, table: str, rows: Sequence[Mapping[str, str]]) -> bytes:
    body = old.removeprefix(_BOM)
    encoding = "utf-8"
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError:
        encoding = "gb18030"
        text = body.decode(encoding)
    _, heads = next(records(text))
    columns = _columns(table, heads)
    end = "\r\n" if "\r\n" in text else "\n"
    out = io.StringIO()
    if text and not text.endswith(("\n", "\r")):
        out.write(end)
    writer = csv.writer(out, lineterminator=end)
    for row in rows:
        lacking = [name for name, cell in row.items() if cell and name not in columns]
        if lacking:
            raise KeyError(", ".join(lacking))
        writer.writerow([row.get(name, "") for name in columns])
    return out.getvalue().encode(encoding)


def _columns(table: str, heads: Sequence[str]) -> list[str]:
    """What each header stands for; a column of the user's own stands for itself."""
    known = {column.zh: column.name for column in BY_NAME[table].columns}
    return [known.get(head.strip(), head.strip()) for head in heads]
