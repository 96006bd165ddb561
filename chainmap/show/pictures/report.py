"""The report on one A4 page: what the counts say, both maps in small, the first projects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chainmap.core.words import figure, say
from chainmap.show.draw.fonts import fit, width, wrap
from chainmap.show.draw.scene import Box, Group, Item, Page, Shape, Stroke, Text
from chainmap.show.key_table import COLUMNS, paint_of, title_of
from chainmap.show.pictures.compact import small_panorama, small_path
from chainmap.show.pictures.content import Panorama
from chainmap.show.pictures.path_content import PathContent

WIDE, TALL = 794.0, 1123.0  # A4 at 96 units an inch
LEFT, RIGHT = 44.0, 750.0
MOST_ROWS = 6
# The columns of the small table: which cell, how wide, and where its text stands.
TABLE = (
    (COLUMNS[0], 30, "middle"), (COLUMNS[1], 158, "start"), (COLUMNS[5], 112, "start"),
    (COLUMNS[6], 90, "middle"), (COLUMNS[8], 42, "end"), (COLUMNS[11], 64, "start"),
    ("score", 97, "middle"), (COLUMNS[14], 40, "middle"), (COLUMNS[16], 73, "start"),
)  # fmt: skip
PLAIN_TABLE = (
    (COLUMNS[0], 30, "middle"), (COLUMNS[1], 190, "start"), (COLUMNS[5], 104, "start"),
    (COLUMNS[6], 96, "middle"), (COLUMNS[8], 52, "end"), (COLUMNS[11], 76, "start"),
    (COLUMNS[14], 46, "middle"), (COLUMNS[16], 112, "start"),
)  # fmt: skip
# The same where words are English.
ENGLISH_WIDTHS = (28, 138, 94, 92, 66, 64, 84, 66, 74)


@dataclass(frozen=True, slots=True)
class Report:
    """What the page says."""

    title: str
    about: str  # task-force, date, edition
    findings: tuple[tuple[str, str], ...]  # label and sentence
    panorama: Panorama
    path: PathContent
    rows: Sequence[Mapping[str, Any]]  # of the key-project table
    totals: str
    asks: tuple[str, ...]  # what needs a decision
    footer: str
    official: bool = False
    signed: str = ""
    lang: str = "zh"


def report_page(report: Report) -> Page:
    """The page. The table gives up rows, and the path tasks, before anything is cut."""
    lang = report.lang
    items: list[Item] = [
        Text(LEFT, 64, fit(report.title, RIGHT - LEFT, 25, True), 25, "ink", True),
        Text(LEFT, 86, fit(report.about, RIGHT - LEFT, 12.5), 12.5, "sub"),
        Shape(((LEFT, 97), (RIGHT, 97)), None, Stroke("head", 2), False),
    ]
    y = 110.0
    for number, (label, sentence) in enumerate(report.findings, 1):
        y = _finding(items, number, label, sentence, y)
    y += 26
    items.append(_figure_title(say("report.map", lang), "", y))
    table = _table_height(report, MOST_ROWS)
    below = 24 + 9 + table + 10 + _asks_height(report) + 60
    drawn, y = small_panorama(report.panorama, LEFT, RIGHT, y + 9, min(430, TALL - y - below - 140))
    items += drawn
    y += 26
    room = TALL - y - below
    drawn, end, left_out = small_path(report.path, LEFT, RIGHT, y + 9, max(90.0, room))
    note = say("report.path_note", lang)
    if left_out:
        note += say("report.left_out", lang, count=left_out)
    items.append(_figure_title(say("report.path", lang), note, y))
    items += drawn
    y = end + 24
    items.append(_figure_title(say("report.table", lang), report.totals, y))
    y = _table(report, items, y + 9)
    _asks(report, items, y + 10)
    items.append(Shape(((LEFT, TALL - 46), (RIGHT, TALL - 46)), None, Stroke("line"), False))
    foot = [*_foot(report.footer), *([report.signed] if report.signed else [])]
    for at, line in enumerate(foot[:3]):
        items.append(Text(LEFT, TALL - 33 + 13 * at, fit(line, RIGHT - LEFT, 10.5), 10.5, "sub"))
    notes = tuple(sentence for _, sentence in report.findings)
    return Page(WIDE, TALL, tuple(items), report.title, report.findings[0][1], notes)


def _foot(text: str) -> list[str]:
    """The sources on a line of their own where one line cannot hold all that is said below."""
    room = RIGHT - LEFT
    first, stop, rest = text.partition("。")
    if width(text, 10.5) <= room or not rest or width(first + stop, 10.5) > room:
        return wrap(text, room, 10.5)
    return [first + stop, *wrap(rest, room, 10.5)]


def _finding(items: list[Item], number: int, label: str, sentence: str, y: float) -> float:
    head = f"{number}. {label}"
    indent = width(head, 13.5, True) + 8
    room = RIGHT - LEFT - 4 - indent
    lines = wrap(sentence, room, 13.5)
    if len(lines) > 2:
        lines = [lines[0], fit("".join(lines[1:]), room, 13.5)]
    items.append(Text(LEFT + 4, y + 16, head, 13.5, "ink", True))
    for at, line in enumerate(lines):
        items.append(Text(LEFT + 4 + indent, y + 16 + 19 * at, line, 13.5, "ink"))
    return y + 21 + 19 * (len(lines) - 1)


def _figure_title(title: str, note: str, y: float) -> Group:
    items: list[Item] = [Text(LEFT, y, title, 14.5, "head", True)]
    if note:
        x = LEFT + width(title, 14.5, True) + 14
        items.append(Text(x, y, fit(note, RIGHT - x, 11.5), 11.5, "sub"))
    return Group(tuple(items), "title")


def _columns(report: Report) -> Sequence[tuple[str, float, str]]:
    if report.official:
        return PLAIN_TABLE
    if report.lang == "zh":
        return TABLE
    return [(name, w, at) for (name, _, at), w in zip(TABLE, ENGLISH_WIDTHS, strict=True)]


def _cell(row: Mapping[str, Any], name: str, lang: str) -> str:
    if name == "score":
        span = row.get(COLUMNS[19]) or say("unknown", lang)
        score, span = figure(row[COLUMNS[13]]), str(span).removesuffix(" 名")
        return f"{score}（{span}）" if lang == "zh" else f"{score} ({span})"
    value = row.get(name)
    if value is None:
        return say("unknown", lang)
    return figure(value) if isinstance(value, float) else str(value)


def _lines(report: Report, row: Mapping[str, Any]) -> list[list[str]]:
    return [
        wrap(_cell(row, name, report.lang), w - 8, 11.5, name == COLUMNS[1])[:3]
        for name, w, _ in _columns(report)
    ]


def _row_height(lines: Sequence[Sequence[str]]) -> float:
    return 9 + 15 * max(len(part) for part in lines)


def _table_height(report: Report, most: int) -> float:
    return 24 + sum(_row_height(_lines(report, row)) for row in report.rows[:most])


def _table(report: Report, items: list[Item], y: float) -> float:
    heads = [
        say("report.score", report.lang) if name == "score" else _short(name, report.lang)
        for name, _, _ in _columns(report)
    ]
    items.append(Box(LEFT, y, RIGHT - LEFT, 22, "head"))
    x = LEFT
    for head, (_, w, anchor) in zip(heads, _columns(report), strict=True):
        items.append(_text(head, x, w, y + 15.5, anchor, "on-head", True))
        x += w
    y += 22
    for at, row in enumerate(report.rows[:MOST_ROWS]):
        lines = _lines(report, row)
        h = _row_height(lines)
        if at % 2:
            items.append(Box(LEFT, y, RIGHT - LEFT, h, "zebra"))
        x = LEFT
        for (name, w, anchor), part in zip(_columns(report), lines, strict=True):
            items += _cells(name, part, (x, y, w), anchor, report.lang)
            x += w
        y += h
        items.append(Shape(((LEFT, y), (RIGHT, y)), None, Stroke("line", 0.7), False))
    return y


def _cells(
    name: str, lines: Sequence[str], at: tuple[float, float, float], anchor: str, lang: str
) -> list[Item]:
    x, y, w = at
    bold = name == COLUMNS[1]
    paint = "unknown" if lines == [say("unknown", lang)] else "ink"
    if name == COLUMNS[6]:
        paint = paint_of(" ".join(lines), lang)
        bold = True
    return [
        _text(line, x, w, y + 17 + 15 * number, anchor, paint, bold)
        for number, line in enumerate(lines)
    ]


def _text(text: str, x: float, w: float, y: float, anchor: str, paint: str, bold: bool) -> Text:
    shown = fit(text, w - 4, 11.5, bold)
    if anchor == "middle":
        return Text(x + w / 2, y, shown, 11.5, paint, bold, "middle")
    if anchor == "end":
        return Text(x + w - 8, y, shown, 11.5, paint, bold, "end")
    return Text(x + 4, y, shown, 11.5, paint, bold)


def _short(column: str, lang: str) -> str:
    words = {COLUMNS[1]: "project", COLUMNS[6]: "kind", COLUMNS[8]: "money", COLUMNS[16]: "next"}
    if column in words:
        return say(f"report.{words[column]}", lang)
    return title_of(column, lang)


def _asks_height(report: Report) -> float:
    return 0.0 if not report.asks else 22 + 18 * len(_ask_lines(report))


def _ask_lines(report: Report) -> list[str]:
    room = RIGHT - LEFT - 100
    return [
        line
        for number, ask in enumerate(report.asks, 1)
        for line in wrap(f"{number}. {ask}", room, 12.5)[:2]
    ]


def _asks(report: Report, items: list[Item], y: float) -> None:
    """What the page asks its reader for, in a box of its own."""
    lines = _ask_lines(report)
    if not lines:
        return
    h = 18 + 18 * len(lines)
    items += [
        Box(LEFT, y, RIGHT - LEFT, h, "panel"),
        Box(LEFT, y, 4, h, "missing"),
        Text(LEFT + 18, y + 22, say("report.ask", report.lang), 13, "missing", True),
    ]
    for at, line in enumerate(lines):
        items.append(Text(LEFT + 84, y + 22 + 18 * at, line, 12.5, "ink"))
