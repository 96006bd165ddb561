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
from chainmap.read import register_lines
from chainmap.read.register_cells import LONGEST, Cells, cut
from chainmap.read.register_heads import Shape

if TYPE_CHECKING:
    import pyarrow as pa

BLOCK = 16 * 2**20  # bytes that are read at once, and the longest line
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


class _Unpacked(io.RawIOBase):
    """A file packed by gzip that gives all it has before it says that it is torn."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._file = gzip.GzipFile(path)
        self._fault: BaseException | None = None

    def read(self, size: int = -1) -> bytes:
        """So many bytes, fewer at the end only."""
        pieces: list[bytes] = []
        while size > 0 and self._fault is None:
            try:
                piece = self._file.read1(size)
            except TORN as error:
                self._fault = error
                break
            if not piece:
                break
            pieces.append(piece)
            size -= len(piece)
        if not pieces and self._fault is not None:
            raise self._fault
        return b"".join(pieces)

    def close(self) -> None:
        self._file.close()
        super().close()


def opened(path: Path) -> BinaryIO:
    """The bytes of a CSV file, packed by gzip or not. Raises OSError."""
    if path.suffix.lower() == ".gz":
        return cast(BinaryIO, _Unpacked(path))
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


def about_rows(path: Path) -> int | None:
    """About how many rows a file has, by the line ends at its beginning; None where it is packed.

    Raises OSError.
    """
    if path.suffix.lower() == ".gz":
        return None
    with path.open("rb") as file:
        block = file.read(BLOCK)
    ends = max(block.count(b"\n"), block.count(b"\r"))
    if len(block) < BLOCK:
        return max(0, ends - block.endswith((b"\n", b"\r")))
    return ends * path.stat().st_size // len(block)


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


class Records:
    """The records of a CSV file, but for blank lines; ``line`` is where the next one begins.

    A record that no reading makes sense of, such as an open quote, is broken with its first line
    alone; reading goes on with the next line.
    """

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        self.line = 1
        self.blocks = _blocks(file)  # whole lines, as bytes
        self._encoding = encoding
        self._waiting: deque[str] = deque()  # lines of blocks that were begun
        self._taken: list[str] = []  # lines of the record that is being read
        self._dirty = False  # bytes that do not decode were met

    def __iter__(self) -> Iterator[Record]:
        """All records. Raises what TORN names, where the file is torn."""
        for block in self.blocks:
            yield from self.of(block)

    def of(self, block: bytes) -> Iterator[Record]:
        """The records from a block on, until one ends where a block does."""
        self._begin(block)
        reader = csv.reader(self._feed(), strict=True)
        while self._waiting:
            self._taken.clear()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                first, *others = self._taken
                self._waiting.extendleft(reversed(others))
                long = len(first) > LONGEST
                yield Record(self.line, [first], "broken.long" if long else "broken.quote")
                self.line += 1
                reader = csv.reader(self._feed(), strict=True)
                continue
            if self._dirty and any(map(_LONE.search, cells)):
                long = cells[0] == _TOO_LONG.strip()
                yield Record(self.line, cells, "broken.line" if long else "broken.bytes")
            elif len(cells) > 1 or (cells and cells[0].strip()):
                yield Record(self.line, cells)
            self.line += len(self._taken)

    def _feed(self) -> Iterator[str]:
        while True:
            if not self._waiting:
                block = next(self.blocks, None)
                if block is None:
                    return
                self._begin(block)
            self._taken.append(self._waiting.popleft())
            yield self._taken[-1]

    def _begin(self, block: bytes) -> None:
        """Take the lines of a block, with their ends; bytes that do not decode stand as lone
        surrogates."""
        if not block:
            self._dirty = True
            self._waiting.append(_TOO_LONG)
            return
        try:
            text = block.decode(self._encoding)
        except UnicodeDecodeError:
            self._dirty = True
            text = block.decode(self._encoding, "surrogateescape")
        self._waiting.extend(io.StringIO(text, newline=""))


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    """Whole lines, many at a time, without the mark before them; nothing for a line too long to
    be one."""
    data, skipping = file.read(BLOCK).removeprefix(_BOM), False
    while data:
        # A \r at the very end may be half of a line end.
        end = max(data.rfind(b"\n"), data.rfind(b"\r", 0, len(data) - 1)) + 1
        block, rest = data[:end], data[end:]
        if not end and (skipping or len(data) > BLOCK):
            rest, skipping = data[-1:], True
        elif block:
            if skipping:
                yield b""
                block, skipping = _next_line(block), False
            if block:
                yield block
        more = file.read(BLOCK)
        data = rest + more
        if not more:
            break
    if skipping:
        yield b""
    elif data:
        yield data


def _next_line(block: bytes) -> bytes:
    """What follows the first line end."""
    at = min(at for at in (block.find(b"\n"), block.find(b"\r")) if at >= 0)
    return block[at + (2 if block.startswith(b"\r\n", at) else 1) :]


def batches(
    path: Path, file: str, encoding: str, shape: Shape, size: int
) -> Iterator[pa.RecordBatch | Broken | Tally]:
    """A CSV file as the canonical batches of its rows, broken rows and counts."""
    reading = _Reading(file, encoding, shape, size)
    records: Records | None = None
    try:
        with opened(path) as raw:
            records = Records(raw, encoding)
            for block in records.blocks:
                # The headings by themselves, so that what follows can be read at once.
                first = 0 if reading.begun else block.find(b"\n") + 1
                apart = first if b'"' not in block[:first] else 0
                for piece in filter(None, (block[:apart], block[apart:])) if apart else (block,):
                    yield from reading.block(records, piece)
    except TORN as error:
        yield from reading.given()
        yield Broken(file, records.line if records else 0, "broken.torn", cut(str(error)))
        yield Tally(broken=1)


class _Reading:
    """Reads one file block by block: at once where nothing in it is unusual, by records else."""

    def __init__(self, file: str, encoding: str, shape: Shape, size: int) -> None:
        self.file, self.encoding, self.shape, self.size = file, encoding, shape, size
        self.cells = Cells(shape)
        self.held: list[Record] = []
        self.begun = False  # the headings were met

    def block(self, records: Records, block: bytes) -> Iterator[pa.RecordBatch | Broken | Tally]:
        """What a block gives, and others that its last record reaches into."""
        found = self._at_once(records.line, block)
        if found is None:
            for one in records.of(block):
                yield from self._record(one)
            yield from self.given()
            return
        batch, tally = found
        records.line += block.count(b"\n")
        yield tally
        for start in range(0, batch.num_rows, self.size):
            yield batch.slice(start, self.size)

    def _at_once(self, line: int, block: bytes) -> tuple[pa.RecordBatch, Tally] | None:
        """The rows of a block in which all is as usual; None where anything may be broken."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if not self.begun:
            return None
        table = register_lines.table(block, self.encoding, len(self.shape.heads), self.shape.at)
        if table is None:
            return None
        # The lines matter for broken rows alone; where there are any, records tell them.
        rows = pa.array(range(line, line + table.num_rows), pa.int64())
        columns = {name: table.column(name) for name in self.shape.at}
        if pc.any(pc.equal(columns["id"], self.shape.head("id"))).as_py():
            return None  # the headings may stand there once more
        batch, broken, tally = self.cells.canonical(self.file, columns, rows)
        return None if broken else (batch, tally)

    def _record(self, one: Record) -> Iterator[pa.RecordBatch | Broken | Tally]:
        width = len(self.shape.heads)
        fault = one.fault or ("" if len(one.cells) == width else "broken.columns")
        if not self.begun:
            self.begun = True
        elif fault or tuple(one.cells) == self.shape.heads:
            text = cut(",".join(one.cells).rstrip("\r\n"))
            yield Broken(self.file, one.line, fault or "broken.heads", text)
            yield Tally(broken=1)
        else:
            self.held.append(one)
            if len(self.held) >= self.size:
                yield from self.given()

    def given(self) -> Iterator[pa.RecordBatch | Broken | Tally]:
        """The rows that were gathered, as a batch."""
        import pyarrow as pa

        if not self.held:
            return
        columns = {
            name: pa.array([one.cells[at] for one in self.held], pa.string())
            for name, at in self.shape.at.items()
        }
        rows = pa.array([one.line for one in self.held], pa.int64())
        self.held.clear()
        batch, broken, tally = self.cells.canonical(self.file, columns, rows)
        yield from broken
        yield tally
        yield batch


def first_records(path: Path, encoding: str, count: int) -> list[list[str]]:
    """The headings of a file and its first sound rows, as far as it can be read.

    Raises what TORN names where it cannot be read at all.
    """
    found: list[list[str]] = []
    try:
        with opened(path) as raw:
            for one in Records(raw, encoding):
                if not found or not one.fault:
                    found.append(one.cells)
                if len(found) > count:
                    break
    except TORN:
        if not found:
            raise
    return found
