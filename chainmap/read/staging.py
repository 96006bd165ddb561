"""Several files of a workspace changed together: tried on a copy first, then all or none."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from chainmap.core.limits import LIMITS
from chainmap.core.problems import Place, Problem
from chainmap.core.whole import write_whole
from chainmap.read.cells import Cells, records
from chainmap.read.edits import Changed, lock
from chainmap.read.files import decode
from chainmap.read.nodes import Path as NodePath
from chainmap.read.nodes import document
from chainmap.read.workspace import load

_KINDS = {"chains": (".yaml", ".yml"), "data": (".csv", ".yaml")}


@dataclass(frozen=True)
class New:
    """A file's bytes as they were when it was read and as they are to be; None: no such file."""

    was: bytes | None
    now: bytes | None


def tried(root: Path, files: Mapping[str, New]) -> list[Problem]:
    """The problems that the workspace would have with these files, by its own checks."""
    with tempfile.TemporaryDirectory(prefix="chainmap-") as directory:
        copy = Path(directory)
        for folder, suffixes in _KINDS.items():
            (copy / folder).mkdir()
            for path in (root / folder).iterdir():
                name = f"{folder}/{path.name}"
                if path.suffix in suffixes and path.is_file() and name not in files:
                    shutil.copyfile(path, copy / name)
        if (root / "scoring.yaml").is_file():
            shutil.copyfile(root / "scoring.yaml", copy / "scoring.yaml")
        for name, one in files.items():
            if one.now is not None:
                (copy / name).write_bytes(one.now)
        return load(copy)[1]


def write_all(root: Path, files: Mapping[str, New], *also: str) -> None:
    """Write the files, each whole; where one fails, those before it are put back.

    ``also`` are names that others lock beside those of the files.

    Raises Changed where one is not as it was read, Locked while someone else edits one, and
    OSError where one cannot be written.
    """
    done: list[str] = []
    with contextlib.ExitStack() as locks:
        # Always in the same order, so that two who write wait for each other only once.
        for name in (*also, *sorted(files)):
            locks.enter_context(lock(root / name))
        for name, one in files.items():
            path = root / name
            if (path.read_bytes() if path.exists() else None) != one.was:
                raise Changed(name)
        try:
            for name, one in files.items():
                done.append(name)
                _put(root / name, one.now)
        except BaseException:
            for name in done:
                with contextlib.suppress(OSError):
                    _put(root / name, files[name].was)
            raise


def _put(path: Path, data: bytes | None) -> None:
    if data is None:
        path.unlink(missing_ok=True)
    elif not path.exists() or path.read_bytes() != data:
        write_whole(path, data)


class Finder:
    """Tells which cell of a table, or which node of a chain file, a place of a problem is."""

    def __init__(self, file: str, data: bytes) -> None:
        text = decode(data, file)
        self._text = text if isinstance(text, str) else ""
        self._cells: Cells | None = None
        self._lines: list[int] = []
        self._nodes: dict[tuple[int, int], NodePath] | None = None
        self._file = file

    def cell(self, at: Place) -> tuple[int, int | None]:
        """The line on which the row begins, and which of its cells it is, where it is one."""
        if self._cells is None:
            self._cells = Cells(self._text)
            self._lines = [line for line, _ in records(self._text)]
        line = self._lines[max(0, bisect_right(self._lines, at.line) - 1)]
        for number, (start, _) in enumerate(self._cells.spans(line)):
            if self._cells.at(start) == (at.line, at.column):
                # A problem of a whole row stands at its beginning, as one of its first cell does.
                return line, number
        return line, None

    def node(self, at: Place) -> NodePath:
        """The path of the node that stands there, or of the last one before it."""
        if self._nodes is None:
            places = document(self._text, self._file, LIMITS).places
            self._nodes = {}
            for path, place in places.items():
                if not any(str(step).startswith("key:") for step in path):
                    # Of nodes that begin at one place the outer one comes first.
                    self._nodes[place.line, place.column] = path
        here = (at.line, at.column)
        best = max((spot for spot in self._nodes if spot <= here), default=None)
        return self._nodes[best] if best is not None else ()
