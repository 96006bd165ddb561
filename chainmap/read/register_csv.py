"""A register as CSV: a stream of records in bounded memory; a wrong one costs only itself.

The encoding is told from the beginning of a file; what does not decode strictly is a broken row.
Neither comma nor quote nor line end is ever a part of a character in UTF-8 or GB18030, so that
lines can be cut from bytes.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from chainmap.core.register import Broken, Tally
from chainmap.read.register_cells import Cells, cut
from chainmap.read.register_heads import Shape

if TYPE_CHECKING:
    import pyarrow as pa

BLOCK = 4 * 2**20  # bytes that are read at once, and the longest line
TORN = (OSError, EOFError, zlib.error)  # what reading a file to its end may meet
_BOM = b"\xef\xbb\xbf"
_LONE = re.compile("[\ud800-\udfff]")
_TOO_LONG = "\udc00\n"  # stands for a line too long to be one; no decoded text holds it


@dataclass(frozen=True, slots=True)
class Record:
    """A record, the line on which it begins, and why it is none where it is broken."""

    line: int
    cells: list[str]
    fault: str = ""


def opened(path: Path) -> BinaryIO:
    """The bytes of a CSV file, packed by gzip or not. Raises OSError."""
    if path.suffix.lower() == ".gz":
        return cast(BinaryIO, gzip.open(path))
    return path.open("rb")


def encoding_of(path: Path) -> str:
    """UTF-8 or GB18030, by the first lines that are not plain ASCII. Raises what TORN names.

    It is the one that more of these lines decode in; UTF-8 where they are as many.
    """
    first = True
    with opened(path) as file:
        while block := file.read(BLOCK):
            if first and block.startswith(_BOM):
                return "utf-8"
            first = False
            if block.isascii():
                continue
            # The last line may be cut within a character.
            lines = [line for line in block.split(b"\n")[:-1] or [block] if not line.isascii()]
            fits = {name: sum(_decodes(line, name) for line in lines[:2000])
                    for name in ("utf-8", "gb18030")}  # fmt: skip
            if any(fits.values()):
                return max(fits, key=lambda name: fits[name])
    return "utf-8"


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


class Records:
    """The records of a CSV file, but for blank lines.

    A record that no reading makes sense of, such as an open quote, is broken with its first line
    alone; reading goes on with the next line.
    """

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        self._source = _blocks(file)
        self._encoding = encoding
        self._again: deque[str] = deque()  # lines that are read a second time
        self._taken: list[str] = []  # lines of the record that is being read
        self._dirty = False  # bytes that do not decode were met

    def __iter__(self) -> Iterator[Record]:
        """Raises what TORN names, where the file is torn."""
        lines = self._lines()
        line = 1
        reader = csv.reader(self._feed(lines), strict=True)
        while True:
            self._taken.clear()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                self._again.extendleft(reversed(self._taken[1:]))
                yield Record(line, self._taken[:1], "broken.quote")
                line += 1
                reader = csv.reader(self._feed(lines), strict=True)
                continue
            if self._dirty and any(map(_LONE.search, cells)):
                long = cells[0] == _TOO_LONG.strip()
                yield Record(line, cells, "broken.line" if long else "broken.bytes")
            elif len(cells) > 1 or (cells and cells[0].strip()):
                yield Record(line, cells)
            line += len(self._taken)

    def _feed(self, lines: Iterator[str]) -> Iterator[str]:
        while True:
            one = self._again.popleft() if self._again else next(lines, "")
            if not one:
                return
            self._taken.append(one)
            yield one

    def _lines(self) -> Iterator[str]:
        """Lines with their ends; bytes that do not decode stand as lone surrogates."""
        first = True
        for block in self._source:
            if not block:
                self._dirty = True
                yield _TOO_LONG
                continue
            data = block.removeprefix(_BOM) if first else block
            first = False
            try:
                text = data.decode(self._encoding)
            except UnicodeDecodeError:
                self._dirty = True
                text = data.decode(self._encoding, "surrogateescape")
            yield from io.StringIO(text, newline="")


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    """Whole lines, many at a time; nothing for a line too long to be one."""
    rest, skipping = b"", False
    while data := file.read(BLOCK):
        data = rest + data
        # A \r at the very end may be half of a line end.
        end = max(data.rfind(b"\n"), data.rfind(b"\r", 0, len(data) - 1)) + 1
        if not end:
            skipping = skipping or len(data) > BLOCK
            rest = data[-1:] if skipping else data
            continue
        block, rest = data[:end], data[end:]
        if skipping:
            yield b""
            block, skipping = _next_line(block), False
        if block:
            yield block
    if skipping:
        yield b""
    elif rest:
        yield rest


def _next_line(block: bytes) -> bytes:
    """What follows the first line end."""
    at = min(at for at in (block.find(b"\n"), block.find(b"\r")) if at >= 0)
    return block[at + (2 if block.startswith(b"\r\n", at) else 1) :]


def batches(
    path: Path, file: str, encoding: str, shape: Shape, size: int
) -> Iterator[pa.RecordBatch | Broken | Tally]:
    """A CSV file as the canonical batches of its rows, broken rows and counts."""
    import pyarrow as pa

    cells = Cells(shape)
    width = len(shape.heads)
    held: list[Record] = []

    def given() -> Iterator[pa.RecordBatch | Broken | Tally]:
        columns = {
            name: pa.array([one.cells[at] for one in held], pa.string())
            for name, at in shape.at.items()
        }
        batch, broken, tally = cells.canonical(
            file, columns, pa.array([one.line for one in held], pa.int64())
        )
        held.clear()
        yield from broken
        yield tally
        yield batch

    line, begun = 0, False
    try:
        with opened(path) as raw:
            for one in Records(raw, encoding):
                line = one.line
                fault = one.fault or ("" if len(one.cells) == width else "broken.columns")
                if not begun:
                    begun = True  # the headings
                elif fault or tuple(one.cells) == shape.heads:
                    text = cut(",".join(one.cells).rstrip("\r\n"))
                    yield Broken(file, one.line, fault or "broken.heads", text)
                    yield Tally(broken=1)
                else:
                    held.append(one)
                    if len(held) >= size:
                        yield from given()
    except TORN as error:
        yield Broken(file, line + 1, "broken.torn", cut(str(error)))
        yield Tally(broken=1)
    if held:
        yield from given()


def first_records(path: Path, encoding: str, count: int) -> list[list[str]]:
    """The headings of a file and its first sound rows. Raises what TORN names."""
    found: list[list[str]] = []
    with opened(path) as raw:
        for one in Records(raw, encoding):
            if not found or not one.fault:
                found.append(one.cells)
            if len(found) > count:
                break
    return found
