"""Rows as CSV, JSON and Markdown: bytes for machines, the same whatever the console is."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from chainmap.core.dates import Day
from chainmap.core.text import guard, safe

FORMATS = {".csv": "csv", ".json": "json", ".md": "md"}  # of a file, by its ending


def plain(value: Any) -> Any:
    """A value as JSON has it: dates as written, tuples as lists."""
    if isinstance(value, Day):
        return value.text
    if isinstance(value, Mapping):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return value


def as_json(envelope: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> bytes:
    """The envelope with its rows, numbers unrounded, unknown as null."""
    whole = {**plain(envelope), "rows": [plain(row) for row in rows]}
    return (json.dumps(whole, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def as_csv(heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    """UTF-8 with BOM and CRLF; text that a spreadsheet might take for a formula is guarded."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([guard(head) for head in heads])
    for row in rows:
        writer.writerow([_cell(value) for value in row])
    return out.getvalue().encode("utf-8-sig")


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return value
    if isinstance(value, Mapping):
        return json.dumps(plain(value), ensure_ascii=False)
    if isinstance(value, list | tuple):
        return guard("|".join(str(part) for part in value))
    return guard(str(value))


def as_markdown(heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    """A pipe table; marks that Markdown or HTML would act on are escaped."""
    lines = [_bar(heads), "|" + " --- |" * len(heads), *(_bar(row) for row in rows)]
    return ("\n".join(lines) + "\n").encode()


def _bar(row: Sequence[Any]) -> str:
    return "| " + " | ".join(_marked(value) for value in row) + " |"


def _marked(value: Any) -> str:
    return escaped(value if isinstance(value, str) else str(_cell(value)))


def escaped(text: str) -> str:
    """Text in which no character means anything to Markdown or HTML."""
    shown = safe(text).replace("&", "&amp;")
    for mark in "\\`*_[]|#":
        shown = shown.replace(mark, "\\" + mark)
    return shown.replace("<", "&lt;").replace(">", "&gt;")


# How heads and rows of cells become bytes; JSON takes the rows as they are (as_json).
WRITERS: dict[str, Callable[[Sequence[str], Sequence[Sequence[Any]]], bytes]] = {
    "csv": as_csv,
    "md": as_markdown,
}
