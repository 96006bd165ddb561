"""Bytes and text of input files: what is refused before it costs anything."""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Literal

from chainmap.core.limits import LIMITS, Limits
from chainmap.core.problems import Place, Problem, problem

_BOM = b"\xef\xbb\xbf"
_CJK = re.compile(rb"[\xe4-\xe9][\x80-\xbf]{2}")
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
_LINE_END = re.compile(rb"\r\n|\r|\n")
TextKind = Literal["yaml_bytes", "table_bytes"]


def name_of(path: Path, root: Path) -> str:
    """The file's name in problems: its path below the workspace."""
    try:
        return path.relative_to(root).as_posix()
    except ValueError:
        return path.as_posix()


def raw(path: Path, root: Path, kind: TextKind, limits: Limits = LIMITS) -> bytes | Problem:
    """The bytes of a regular file inside the workspace, or why they are refused.

    ``kind`` names the limit of its size.

    What the file is, is asked before it is opened: a pipe would block, a device never end.
    """
    at, limit = Place(name_of(path, root)), int(getattr(limits, kind))
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            return problem("F102", at)
        if not path.resolve().is_relative_to(root.resolve()):
            return problem("F110", at)
        if found.st_size > limit:
            return problem("F103", at, size=found.st_size, limit=limit, name=kind)
        data = _bytes(path, limit)
    except FileNotFoundError as error:
        code = "F109" if path.is_symlink() else "F101"
        return problem(code, at, reason=error.strerror)
    except (OSError, RuntimeError) as error:
        return problem("F109", at, reason=getattr(error, "strerror", None) or str(error))
    if data is None:
        return problem("F102", at)
    if len(data) > limit:
        return problem("F103", at, size=len(data), limit=limit, name=kind)
    return _refused(data, at.file, limits) or data


def _bytes(path: Path, limit: int) -> bytes | None:
    """The bytes, at most one more than allowed; None where the path changed its nature."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            return None
        return file.read(limit + 1)


def _refused(data: bytes, file: str, limits: Limits) -> Problem | None:
    """What makes the bytes of a file unreadable as text of any encoding."""
    if not data.removeprefix(_BOM).strip():
        return problem("F108", Place(file))
    at = data.find(b"\0")
    if at >= 0:
        return problem("F107", _place(file, data, at))
    start = _long_line(data, limits.line_bytes)
    if start is not None:
        size = _line_end(data, start) - start
        return problem(
            "F104", _place(file, data, start), size=size, limit=limits.line_bytes, name="line_bytes"
        )
    return None


def _long_line(data: bytes, limit: int) -> int | None:
    """Where a line longer than the limit begins.

    Jumps from line end to line end as far as the limit allows, so that a table of many short
    lines costs a few steps.
    """
    start = 0
    while start + limit < len(data):
        window = (start, start + limit + 1)
        end = max(data.rfind(b"\n", *window), data.rfind(b"\r", *window))
        if end < 0:
            return start
        start = end + 1
    return None


def _place(file: str, data: bytes, at: int, encoding: str | None = None) -> Place:
    """Line and character column of a byte; the encoding is guessed where none is given."""
    ends = list(_LINE_END.finditer(data, 0, at))
    start = ends[-1].end() if ends else 0
    before = data[start:at]
    if start == 0:
        before = before.removeprefix(_BOM)
    for name in (encoding,) if encoding else ("utf-8", "gb18030"):
        try:
            return Place(file, len(ends) + 1, len(before.decode(name)) + 1)
        except UnicodeDecodeError:
            continue
    return Place(file, len(ends) + 1, len(before) + 1)


def decode(data: bytes, file: str) -> str | Problem:
    """The text: UTF-8 strictly, with or without a byte-order mark, else GB18030 strictly."""
    marked = data.startswith(_BOM)
    body = data.removeprefix(_BOM)
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        first = error.start
    mixed = _mixed(body, first, marked, file)
    if mixed is not None:
        return mixed
    try:
        return body.decode("gb18030")
    except UnicodeDecodeError as error:
        # The encoding that got further is the one the author meant.
        name, at = max(("utf-8", first), ("gb18030", error.start), key=lambda pair: pair[1])
        return problem("F105", _place(file, body, at, name))


def _mixed(body: bytes, first: int, marked: bool, file: str) -> Problem | None:
    """Lines of both encodings in one file, which one strict decoding would turn to nonsense.

    ``first`` is where UTF-8 ends; a byte-order mark says that the file was meant as UTF-8.
    """
    start, line = _line_around(body, first)
    try:
        line.decode("gb18030")
    except UnicodeDecodeError:
        return None
    # The line is of the other encoding as a whole, though its first bytes may pass for UTF-8.
    at = _place(file, body, start + _ascii_length(line), "utf-8")
    if marked or any(_is_utf8_chinese(one) for one in _LINE_END.split(body)):
        return problem("F106", at)
    return None


def _line_around(body: bytes, at: int) -> tuple[int, bytes]:
    """The line in which a byte stands, and where it begins."""
    start = max(body.rfind(b"\n", 0, at), body.rfind(b"\r", 0, at)) + 1
    return start, body[start : _line_end(body, at)]


def _line_end(data: bytes, at: int) -> int:
    """Where the line in which a byte stands ends."""
    ends = [end for end in (data.find(b"\n", at), data.find(b"\r", at)) if end >= 0]
    return min(ends, default=len(data))


def _ascii_length(line: bytes) -> int:
    found = _BEYOND_ASCII.search(line)
    return found.start() if found else len(line)


def _is_utf8_chinese(line: bytes) -> bool:
    """A line that is UTF-8 beyond chance: three or more Chinese characters of three bytes."""
    if len(_CJK.findall(line)) < 3:
        return False
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


@dataclass
class Intake:
    """The door of one workspace: reads its files and keeps a digest of each."""

    root: Path
    limits: Limits = LIMITS
    digests: dict[str, bytes] = field(default_factory=dict)

    def text(self, path: Path, kind: TextKind) -> str | Problem:
        """The text of a file, or why it cannot be read."""
        data = raw(path, self.root, kind, self.limits)
        if isinstance(data, Problem):
            return data
        file = name_of(path, self.root)
        self.digests[file] = sha256(data).digest()
        return decode(data, file)

    def hash(self) -> str:
        """One hash over the names and contents of all files read, whatever the order."""
        whole = sha256()
        for file, digest in sorted(self.digests.items()):
            whole.update(file.encode("utf-8", "surrogateescape") + b"\0" + digest)
        return whole.hexdigest()
