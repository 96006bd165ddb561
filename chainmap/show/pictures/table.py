"""The key-project table as A3 sheets: 19 columns in five groups, text wrapped and never cut."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, NamedTuple

from chainmap.core.text import safe
from chainmap.core.words import figure, say
from chainmap.show.draw.fonts import fit, width, wrap
from chainmap.show.draw.scene import Box, Group, Item, Page, Shape, Stroke, Text
from chainmap.show.key_table import COLUMNS, NAME, paint_of, title_of
from chainmap.show.pictures.frame import MARGIN, RIGHT, TALL, WIDE, footing, heading, shared_out

SCORE, SPAN, KIND, MONEY, STAGE = COLUMNS[13], COLUMNS[19], COLUMNS[6], COLUMNS[8], COLUMNS[14]
PRINTED = COLUMNS[:19]
WIDTHS = (36, 118, 92, 70, 62, 66, 66, 126, 72, 36, 84, 58, 114, 84, 46, 112, 104, 70, 94)
# The same for words of an alphabet, which do not break.
WIDE_WORDS = (34, 118, 92, 62, 74, 66, 84, 110, 84, 66, 70, 62, 104, 70, 58, 96, 84, 64, 98)
GROUPS = (("subject", 4), ("place", 4), ("landing", 4), ("ground", 2), ("progress", 5))
CENTRED = frozenset((COLUMNS[0], KIND, COLUMNS[9], SCORE, STAGE))
SIZE, LINE, PAD = 13.0, 18.5, 5.0
TOP, GROUP_HEAD, HEAD = 118.0, 25.0, 46.0
BOTTOM = TALL["a3"] - 50
TOTAL = 38.0
ROOM = BOTTOM - TOP - GROUP_HEAD - HEAD - TOTAL - 26
MOST_LINES = int((ROOM - 2 * PAD) // LINE)
_CITY = re.compile(r"(.+) ([\u4e00-\u9fff]{2,8})")
_KIND = re.compile(r"(.*?)(?: ?([（(].*))?", re.S)
_DUE = re.compile(r"(.+) (\d{4}(?:-\d\d){0,2})")


@dataclass(frozen=True, slots=True)
class TableContent:
    """The rows of the table and the sentences around them."""

    title: str
    about: str
    date: str
    rows: Sequence[Mapping[str, Any]]  # of the key-project table, each with its ``ref``
    kinds: str  # how many rows of each kind
    money: str  # the sum of what is known; empty where nothing is
    left_out: str  # what the sum leaves out, and the stages
    footer: str
    edition: str
    official: bool = False
    signed: str = ""
    lang: str = "zh"


class Column(NamedTuple):
    """A printed column: its name in the table, and where it stands."""

    name: str
    x: float
    w: float
    begins: bool  # a group begins here


class Say(NamedTuple):
    """A line of a cell."""

    text: str
    bold: bool = False
    paint: str = "ink"
    size: float = SIZE


Cells = list[list[Say]]


def table_pages(table: TableContent) -> list[Page]:
    """The sheets of a table. A row is never split, unless no sheet could hold it alone."""
    columns = printed_columns(table.official, table.lang)
    rows = [part for row in table.rows for part in _parts(row, columns, table.lang)]
    counts = shared_out([_height(cells) for _, cells in rows], ROOM) or [0]
    ends = list(accumulate(counts))
    sheets = [rows[end - count : end] for count, end in zip(counts, ends, strict=True)]
    return [_sheet(table, columns, rows, at, len(sheets)) for at, rows in enumerate(sheets, 1)]


def printed_columns(official: bool, lang: str = "zh") -> list[Column]:
    """The columns of the sheet; what the signed form leaves out widens the others."""
    starts = {sum(count for _, count in GROUPS[:at]) for at in range(1, len(GROUPS))}
    chosen = [
        (name, wide, at in starts)
        for at, (name, wide) in enumerate(
            zip(PRINTED, WIDTHS if lang == "zh" else WIDE_WORDS, strict=True)
        )
        if not (official and name == SCORE)
    ]
    scale = (RIGHT - MARGIN) / sum(wide for _, wide, _ in chosen)
    found: list[Column] = []
    x = MARGIN
    for name, wide, begins in chosen:
        found.append(Column(name, x, wide * scale, begins))
        x += wide * scale
    return found


def _parts(
    row: Mapping[str, Any], columns: Sequence[Column], lang: str
) -> list[tuple[Mapping[str, Any], Cells]]:
    """The row's cells as lines; more than one part where it is higher than a sheet."""
    cells = [_lines(column, row, lang) for column in columns]
    most = max(len(lines) for lines in cells)
    return [
        (row, [lines[at : at + MOST_LINES] for lines in cells])
        for at in range(0, max(most, 1), MOST_LINES)
    ]


def _lines(column: Column, row: Mapping[str, Any], lang: str) -> list[Say]:
    """A cell as wrapped lines, in the look of its column."""
    name, room = column.name, column.w - 2 * PAD
    value = row.get(name)
    if value is None or value == "":
        lines = [Say(say("unknown", lang), True, "unknown")]
    elif isinstance(value, int | float):
        size = 15.0 if name == SCORE else SIZE
        text = str(value) if name == COLUMNS[0] else figure(value)
        bold = name in (SCORE, MONEY)
        lines = [Say(part, bold, "ink", size) for part in wrap(text, room, size, bold)]
    elif value == say("unknown", lang):
        lines = [Say(value, True, "unknown")]
    else:
        lines = _words(name, safe(str(value)), room, lang)
    if name == SCORE:
        span = safe(str(row.get(SPAN) or say("unknown", lang)))
        lines += [Say(part) for part in wrap(span, room, SIZE)]
    return lines


def _words(name: str, text: str, room: float, lang: str) -> list[Say]:
    """Text in pieces: a city, a source and a date each begin a line of their own."""
    pieces = [(text, name == NAME, "ink")]
    if name == KIND:
        word, rest = _KIND.fullmatch(text).groups()  # type: ignore[union-attr]
        paint = paint_of(text, lang)
        pieces = [(word, True, paint), *([(rest, False, paint)] if rest else [])]
    elif name == COLUMNS[12]:
        parts = text.split("；")
        pieces = [(part + "；" * (at < len(parts) - 1), False, "ink")
                  for at, part in enumerate(parts)]  # fmt: skip
    elif name == COLUMNS[2] and (found := _CITY.fullmatch(text)):
        pieces = [(found[1], False, "ink"), (found[2], False, "sub")]
    elif name == COLUMNS[16] and (found := _DUE.fullmatch(text)):
        pieces = [(found[1], False, "ink"), (found[2], True, "ink")]
    return [
        Say(line, bold, paint)
        for piece, bold, paint in pieces
        for line in wrap(piece, room, SIZE, bold)
        if line
    ]


def _height(cells: Cells) -> float:
    return LINE * max(1, *(len(lines) for lines in cells)) + 2 * PAD + 4


def _sheet(
    table: TableContent,
    columns: Sequence[Column],
    rows: Sequence[tuple[Mapping[str, Any], Cells]],
    page: int,
    pages: int,
) -> Page:
    items = heading(table.title, table.about, table.date)
    items += _head(columns, table.lang)
    y = TOP + GROUP_HEAD + HEAD
    if not table.rows:
        items.append(Text(MARGIN + 12, y + 36, say("table.none", table.lang), 16, "ink"))
        y += 50
    top = y
    for at, (row, cells) in enumerate(rows):
        high = _height(cells)
        if at % 2:
            items.append(Box(MARGIN, y, RIGHT - MARGIN, high, "zebra"))
        for column, lines in zip(columns, cells, strict=True):
            items.append(_cell(str(row["ref"]), column, lines, y))
        y += high
        items.append(_rule(y))
    items += [
        Shape(((c.x, top), (c.x, y)), None, Stroke("faint", 0.8), False)
        for c in columns
        if c.begins and y > top
    ]
    if page == pages and table.rows:
        items += _total(table, columns, y)
        y += TOTAL
    if table.signed and page == pages:
        items.append(Text(MARGIN, min(y + 30, TALL["a3"] - 46), table.signed, 14, "ink"))
    place = say("table.page", table.lang, page=page, pages=pages, edition=table.edition)
    items += footing(table.footer, place, TALL["a3"])
    return Page(WIDE, TALL["a3"], tuple(items), table.title, table.about)


def _head(columns: Sequence[Column], lang: str) -> list[Item]:
    """What the groups are about, and below it the name of each column."""
    items: list[Item] = [
        Box(MARGIN, TOP, RIGHT - MARGIN, GROUP_HEAD, "near"),
        Box(MARGIN, TOP + GROUP_HEAD, RIGHT - MARGIN, HEAD, "head"),
    ]
    edges = [c.x for c in columns if c.begins]
    ends = zip([MARGIN, *edges], [*edges, RIGHT], strict=True)
    for (name, _), (left, right) in zip(GROUPS, ends, strict=True):
        word = say(f"sheet.{name}", lang)
        middle = (left + right) / 2
        items.append(Text(middle, TOP + 17.5, word, 13, "on-head", True, "middle"))
    items.append(Shape(((MARGIN, TOP + GROUP_HEAD), (RIGHT, TOP + GROUP_HEAD)), None,
                       Stroke("far", 0.8), False))  # fmt: skip
    for column in columns:
        lines = _titles(column, lang)
        base = TOP + GROUP_HEAD + HEAD / 2 + 4.5 - 8.5 * (len(lines) - 1)
        for at, line in enumerate(lines):
            middle = column.x + column.w / 2
            items.append(Text(middle, base + 17 * at, line, SIZE, "on-head", True, "middle"))
        if column.x > MARGIN:
            rule = ((column.x, TOP + GROUP_HEAD * (not column.begins)),
                    (column.x, TOP + GROUP_HEAD + HEAD))  # fmt: skip
            items.append(Shape(rule, None, Stroke("far", 0.8), False))
    return items


def _titles(column: Column, lang: str) -> list[str]:
    if column.name == SCORE:
        name, span = title_of(SCORE, lang), title_of(SPAN, lang)
        return [name, f"（{span}）" if lang == "zh" else f"({span})"]
    if lang != "zh":
        return wrap(title_of(column.name, lang), column.w - 6, SIZE, True)
    for cut in ("（亿元）", "名称", "/"):
        at = column.name.find(cut)
        if at > 0 and width(column.name, SIZE, True) > column.w - 6:
            split = at + (cut == "/")
            return [column.name[:split], column.name[split:]]
    return wrap(column.name, column.w - 6, SIZE, True)


def _cell(ref: str, column: Column, lines: Sequence[Say], y: float) -> Group:
    """A cell with its lines; a dotted box around what is unknown, a solid one around a kind."""
    items: list[Item] = []
    base = y + PAD + 14
    for at, line in enumerate(lines):
        here = base + LINE * at
        wide = width(line.text, line.size, line.bold)
        if column.name in CENTRED:
            text = Text(column.x + column.w / 2, here, line.text, line.size, line.paint, line.bold,
                        "middle")  # fmt: skip
            left = text.x - wide / 2
        elif column.name == MONEY:
            right = column.x + column.w - PAD - 4
            text = Text(right, here, line.text, line.size, line.paint, line.bold, "end")
            left = right - wide
        else:
            left = column.x + PAD + (3 if line.paint == "unknown" else 0)
            text = Text(left, here, line.text, line.size, line.paint, line.bold)
        if at == 0 and line.bold and line.paint == "unknown":
            items.append(Box(left - 3, here - 13, wide + 6, 17.5, None,
                             Stroke("unknown", 1, (1.5, 2.5)), 3))  # fmt: skip
        elif at == 0 and column.name == KIND:
            edge = Stroke(line.paint, 1.3)
            items.append(Box(left - 3, here - 13, wide + 6, 17.5, None, edge, 3))
        items.append(text)
    return Group(tuple(items), "cell", f"{ref}#{column.name}")


def _rule(y: float) -> Shape:
    return Shape(((MARGIN, y), (RIGHT, y)), None, Stroke("line", 0.8), False)


def _total(table: TableContent, columns: Sequence[Column], y: float) -> list[Item]:
    """How many, of which kinds, the sum of what is known, and what it leaves out."""
    money = next(column for column in columns if column.name == MONEY)
    base = y + 24
    items: list[Item] = [
        Box(MARGIN, y, RIGHT - MARGIN, TOTAL, "track"),
        Shape(((MARGIN, y), (RIGHT, y)), None, Stroke("head", 1.8), False),
        Text(MARGIN + 8, base, say("table.sum", table.lang), 14, "ink", True),
    ]
    left = MARGIN + 8 + width(say("table.sum", table.lang), 14, True) + 18
    items.append(Text(left, base, fit(table.kinds, money.x - left, 14, True), 14, "ink", True))
    if table.money:
        right = money.x + money.w - PAD - 4
        items.append(Text(right, base, table.money, 14, "ink", True, "end"))
    left = money.x + money.w + 10
    shown = fit(table.left_out, RIGHT - left - 8, 14, True)
    items.append(Text(left, base, shown, 14, "ink", True))
    return items
