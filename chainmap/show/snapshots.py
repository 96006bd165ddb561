"""Snapshots and what changed between two states, as they stand on a terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from chainmap.core.formula import short
from chainmap.core.schema import BY_NAME
from chainmap.core.words import WORDS, say
from chainmap.show.columns import Cell, Head, Line, lay_out

Row = Mapping[str, Any]


def snapshot_lines(rows: Sequence[Row], lang: str, limit: int) -> list[Line]:
    """One line a snapshot."""
    heads = [
        Head(say("snapshot.name", lang)),
        Head(say("snapshot.when", lang)),
        Head(say("snapshot.day", lang)),
        Head(say("snapshot.inputs", lang)),
        *(Head(say(f"tag.{s}", lang), right=True, may_go=True) for s in _STATUSES),
        Head(say("snapshot.size", lang), right=True, may_go=True),
        Head(say("snapshot.code", lang), shrink_to=8, may_go=True),
    ]
    cells = [
        [
            Cell(row["name"], "bold"),
            Cell((row["taken"] or "")[:16].replace("T", " ")),
            Cell(row["as_of"] or ""),
            Cell((row["inputs"] or say("snapshot.damaged", lang))[:12],
                 "" if row["inputs"] else "error"),
            *(Cell("" if row[s] is None else str(row[s])) for s in _STATUSES),
            Cell(f"{row['bytes'] / 1024:.0f}"),
            Cell(row["code"] or ""),
        ]
        for row in rows
    ]  # fmt: skip
    return lay_out(heads, cells, limit)


_STATUSES = ("strong", "weak", "present", "missing", "planned", "unknown")


def change_lines(
    rows: Sequence[Row], name: Callable[[Row], str], by_code: bool, lang: str, limit: int
) -> list[Line]:
    """One line a change: what it was and is, the part of each cause, and the rows behind it."""
    heads = [
        Head(say("diff.what", lang), shrink_to=24),
        Head(say("diff.before", lang), right=True),
        Head(say("diff.after", lang), right=True),
        Head(say("diff.data", lang), right=True),
        Head(say("diff.settings", lang), right=True),
    ]
    if by_code:
        heads.append(Head(say("diff.by_code", lang), right=True))
    heads.append(Head(say("diff.rows", lang), shrink_to=16))
    cells = []
    for row in rows:
        line = [
            Cell(name(row)),
            Cell(_value(row, "before", lang)),
            Cell(_value(row, "after", lang), "bold"),
            Cell(_part(row["data"])),
            Cell(_part(row["settings"])),
        ]
        if by_code:
            line.append(Cell(_part(row["code"])))
        line.append(Cell(", ".join(cause(one, lang) for one in row["rows"][:3])))
        cells.append(line)
    return lay_out(heads, cells, limit)


def _value(row: Row, side: str, lang: str) -> str:
    value = row[side]
    if value is None:
        return "-"
    key = f"{row['what']}.{value}"
    return (
        say(key, lang) if key in WORDS else str(value) if isinstance(value, str) else short(value)
    )


def _part(part: float) -> str:
    text = short(part)
    return "" if part == 0 else text if part < 0 else f"+{text}"


def column_name(column: str, lang: str) -> str:
    """A figure of a chain in words."""
    if column in _STATUSES:
        return say(f"status.{column}", lang)
    return say(f"diff.column.{column}", lang)


def cause(place: str, lang: str) -> str:
    """What stands behind a change: a row with its sign, a setting, a chain file, the date."""
    if place == "as_of":
        return say("diff.as_of", lang)
    kind, colon, name = place.partition(":")
    if kind == "setting" and colon:
        return say("diff.by_setting", lang, name=name)
    return place.replace("data/", "", 1)


def cause_words(place: str, lang: str) -> str:
    """The same in a sentence's words: a row by its table and what became of it."""
    table = place[1:].removeprefix("data/").partition(".csv")[0]
    key = {"+": "diff.row_added", "-": "diff.row_removed", "~": "diff.row_changed"}.get(place[:1])
    if key is None or table not in BY_NAME:
        return cause(place, lang)
    name = BY_NAME[table].zh if lang == "zh" else table
    return say(key, lang, table=name, at=cause(place[1:], lang))
