"""CSV text as records with their lines, and the place of a cell. The only module that knows CSV."""

from __future__ import annotations

import csv
import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import islice

from chainmap.core.limits import LIMITS
from chainmap.core.text import unguard

_LINE_END = re.compile(r"\r\n|\r|\n")
_FIELD = csv.field_size_limit()  # past it a quote is taken to be open
_CELL_END = re.compile(r"[,\r\n]")

__all__ = ["Cells", "Unreadable", "column_of", "records", "unguard"]


class Unreadable(ValueError):
    """A record that no reading makes sense of; those before it are sound.

    ``size`` is None where a quote is wrong, else the length of a cell that has no end in sight.
    """

    def __init__(self, line: int, column: int, size: int | None) -> None:
        super().__init__(f"line {line}, column {column}")
        self.line, self.column, self.size = line, column, size


def records(text: str) -> Iterator[tuple[int, list[str]]]:
    """Every record with the line on which it begins; a blank line is an empty record.

    Lines end in LF, CRLF or CR; within quotes they belong to the cell. Raises Unreadable.

    >>> list(records('a,b\\r\\n"1\\n2",3\\r\\n'))
    [(1, ['a', 'b']), (2, ['1\\n2', '3'])]
    """
    csv.field_size_limit(max(_FIELD, LIMITS.cell_characters + 1))
    reader = csv.reader(_lines(text), strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except csv.Error:
        raise _fault(text, line) from None


def _lines(text: str) -> Iterator[str]:
    """The lines with their ends; unlike str.splitlines, only LF, CRLF and CR end one."""
    start = 0
    if "\r" not in text:
        while (end := text.find("\n", start)) >= 0:
            yield text[start : end + 1]
            start = end + 1
    else:
        for found in _LINE_END.finditer(text):
            yield text[start : found.end()]
            start = found.end()
    if start < len(text):
        yield text[start:]


def _fault(text: str, line: int) -> Unreadable:
    """What is wrong with the record that begins on a line."""
    cells = Cells(text)
    for start, end in cells.spans(line):
        if end is None:
            return Unreadable(*cells.at(start), None)
        if end - start > csv.field_size_limit():
            return Unreadable(*cells.at(start), end - start)
    return Unreadable(line, 1, None)


class Cells:
    """Finds the place of a cell; costs nothing until it is asked, then as far as it is asked."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = [0]  # where each line begins, as far as they were looked for
        self._ends = _LINE_END.finditer(text)

    def _reach(self, line: int, offset: int) -> None:
        """Look for lines until one has this number and one begins behind this character."""
        while len(self.starts) < line or self.starts[-1] <= offset:
            end = next(self._ends, None)
            if end is None:
                return
            self.starts.append(end.end())

    def at(self, offset: int) -> tuple[int, int]:
        """Line and column of a character."""
        self._reach(1, offset)
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1

    def spans(self, line: int) -> Iterator[tuple[int, int | None]]:
        """Where the cells of the record on a line begin and end; the end is None where a quote
        is open or text follows a closed one."""
        self._reach(line, 0)
        text, at = self.text, self.starts[line - 1]
        while True:
            start = at
            if text.startswith('"', at):
                at = self._after_quote(at)
                if at < 0 or not (at == len(text) or text[at] in ",\r\n"):
                    yield start, None
                    return
            else:
                found = _CELL_END.search(text, at)
                at = found.start() if found else len(text)
            yield start, at
            if at == len(text) or text[at] != ",":
                return
            at += 1

    def _after_quote(self, at: int) -> int:
        """The offset after the closing quote of a cell, -1 where there is none."""
        at += 1
        while (at := self.text.find('"', at)) >= 0:
            if not self.text.startswith('""', at):
                return at + 1
            at += 2
        return -1

    def places(self, line: int, count: int) -> list[tuple[int, int]]:
        """Line and column of the first cells of the record that begins on a line."""
        return [self.at(start) for start, _ in islice(self.spans(line), count)]

    def place(self, line: int, field: int) -> tuple[int, int]:
        """Line and column of a cell of the record that begins on a line."""
        starts = [start for start, _ in islice(self.spans(line), field + 1)]
        return self.at(starts[-1])


def column_of(text: str, line: int, field: int) -> tuple[int, int]:
    """Line and column of a cell: of a record with quoted newlines the cell's own line.

    >>> column_of('a,b\\n"1\\n2",3\\n', 2, 1)
    (3, 4)
    """
    return Cells(text).place(line, field)
