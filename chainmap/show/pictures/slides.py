"""The key-project table as slides: the columns that can be read from a seat, in a real table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any

from chainmap.core.text import safe
from chainmap.core.words import figure, say
from chainmap.show.draw.fonts import wrap
from chainmap.show.draw.scene import Grid
from chainmap.show.key_table import COLUMNS, heads, score_title, title_of
from chainmap.show.pictures.frame import MARGIN, RIGHT, TALL, WIDE, footing, heading, shared_out
from chainmap.show.pictures.table import SCORE, SPAN, TableContent

WIDTHS = {
    COLUMNS[0]: 48, COLUMNS[1]: 246, COLUMNS[2]: 226, COLUMNS[5]: 130, COLUMNS[6]: 124,
    COLUMNS[7]: 206, COLUMNS[8]: 84, COLUMNS[11]: 104, SCORE: 142, COLUMNS[14]: 70,
    COLUMNS[16]: 156,
}  # fmt: skip
SIZE, LINE, PAD = 14.0, 19.5, 10.0
TOP, FLOOR = 112.0, TALL["16:9"] - 52
HEAD = 2 * LINE + PAD
MOST_LINES = 30  # of a cell: more than that stands in the workbook and on the sheets


def table_slides(table: TableContent, most: int, notes: Mapping[str, Sequence[str]]) -> list[Grid]:
    """The first ``most`` rows as slides; ``notes`` are the sources of a row by its ref."""
    names = [name for name in WIDTHS if not (table.official and name == SCORE)]
    scale = (RIGHT - MARGIN) / sum(WIDTHS[name] for name in names)
    widths = tuple(WIDTHS[name] * scale for name in names)
    rows = []
    for row in table.rows[:most]:
        cells = tuple(_cell(row, name, table.lang) for name in names)
        high = max(_lines(cell, wide) for cell, wide in zip(cells, widths, strict=True)) * LINE
        rows.append((str(row["ref"]), cells, high + PAD))
    counts = shared_out([high for _, _, high in rows], FLOOR - TOP - HEAD) or [0]
    ends = accumulate(counts)
    parts = [rows[end - count : end] for count, end in zip(counts, ends, strict=True)]
    titles = tuple(
        score_title(table.lang) if name == SCORE else title_of(name, table.lang) for name in names
    )
    found: list[Grid] = []
    for page, part in enumerate(parts, 1):
        place = say("table.slide", table.lang, page=page, pages=len(parts),
                    shown=min(most, len(table.rows)), all=len(table.rows),
                    columns=len(heads(table.official)))  # fmt: skip
        items = heading(table.title, table.about, table.date)
        items += footing(table.signed or table.footer, place, TALL["16:9"])
        told = dict.fromkeys(line for ref, _, _ in part for line in notes.get(ref, ()))
        found.append(
            Grid(
                WIDE, TALL["16:9"], tuple(items), table.title, titles,
                tuple(cells for _, cells, _ in part), widths, MARGIN, TOP,
                (HEAD, *(high for _, _, high in part)), SIZE, 1, tuple(told),
            )
        )  # fmt: skip
    return found


def _lines(text: str, wide: float) -> int:
    return min(MOST_LINES, len(wrap(safe(text)[:1200], wide - 14, SIZE, True)))


def _cell(row: Mapping[str, Any], name: str, lang: str) -> str:
    """A cell as text; what is unknown says so."""
    value = row.get(name)
    if value is None or value == "":
        return say("unknown", lang)
    text = figure(value) if isinstance(value, float) else str(value)
    if name == SCORE:
        span = str(row.get(SPAN) or say("unknown", lang)).removesuffix(" 名")
        return f"{text}（{span}）" if lang == "zh" else f"{text} ({span})"
    return text
