"""A workbook's parts looked through once by a plain parser, before any library makes objects."""

from __future__ import annotations

import time
import zipfile
from pathlib import Path
from typing import NoReturn
from xml.parsers import expat

from chainmap.core.limits import LIMITS, named
from chainmap.core.problems import Both, Place, Problem, problem

MACRO, _LIVE = Both("宏", "macros"), Both("XML 实体声明", "XML entity declarations")
_TYPES = "[content_types].xml"
_ENABLED = ("macroenabled", "vbaproject", "macrosheet")
_CHUNK = 1 << 20
_ROW = 3  # the depth of a row: worksheet, sheetData, row; what stands above it is kept


def large(path: Path, name: str, size: int) -> Problem:
    """The problem of a limit that a file passes."""
    words = {"what": named(name), "size": size, "limit": getattr(LIMITS, name), "name": name}
    return problem("I106", Place(path.name, 0), **words)


class _Refused(Exception):
    """Ends a scan: with the limit that was passed and by how much, or with what may not be."""


class Scan:
    """One part: its elements are counted, its depth and its longest text measured.

    Of a sheet the rows are read one by one, so that only what lies within one counts at once; of
    every other part the whole is held in memory. ``ends`` is when there has been enough time; the
    types of a book that is ``own`` name no macro.
    """

    def __init__(self, path: Path, name: str, ends: float, own: bool) -> None:
        self.path, self.name, self.ends = path, name, ends
        self.types = own and name == _TYPES
        self.depth = self.kept = self.inner = self.text = self.fed = 0
        self.sheet = name.startswith("xl/worksheets/")
        if self.sheet:
            self.limit, self.most = "book_rows", LIMITS.book_rows + LIMITS.book_elements
        else:
            shared = "sharedstrings" in name
            self.limit = "book_strings" if shared else "book_elements"
            # A shared string is an item and its text; a rich one has a few more.
            self.most = getattr(LIMITS, self.limit) * (4 if shared else 1)

    def of(self, archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Problem | None:
        """Why the part keeps the workbook from being opened. Raises ExpatError."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.buffer_size = 1 << 16
        parser.StartDoctypeDeclHandler = self._declared
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._said
        try:
            with archive.open(part) as file:
                while chunk := file.read(_CHUNK):
                    self.fed += len(chunk)
                    parser.Parse(chunk, False)
                    # A tag or comment without an end would be held as a whole.
                    self._bound("book_text", self.fed - parser.CurrentByteIndex - _CHUNK)
                    if time.monotonic() > self.ends:
                        raise _Refused("book_seconds", LIMITS.book_seconds + 1)
                parser.Parse(b"", True)
        except _Refused as refused:
            what, *size = refused.args
            if size:
                return large(self.path, what, size[0])
            return problem("B101", Place(self.path.name, 0), what=what)
        return None

    @staticmethod
    def _bound(name: str, size: int) -> None:
        if size > getattr(LIMITS, name):
            raise _Refused(name, size)

    def _declared(self, *_: object) -> NoReturn:
        raise _Refused(_LIVE)

    def _start(self, _: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        self.text = 0
        if self.depth > LIMITS.book_depth:
            raise _Refused("book_depth", self.depth)
        if self.sheet and self.depth > _ROW:
            self.inner += 1
            # A cell has its value, a formula or a text of its own below it.
            if self.inner > LIMITS.book_columns * 4:
                raise _Refused("book_columns", self.inner // 4)
            return
        self.inner = 0
        self.kept += 1
        if self.kept > self.most:
            raise _Refused(self.limit, self.kept)
        if self.types and any(
            word in value.lower() for value in attributes.values() for word in _ENABLED
        ):
            raise _Refused(MACRO)

    def _end(self, _: str) -> None:
        self.depth -= 1
        self.text = 0

    def _said(self, text: str) -> None:
        self.text += len(text)
        self._bound("book_text", self.text)
