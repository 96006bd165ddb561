"""The key-project table as a workbook: strings are strings, whatever they begin with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chainmap.core.schema import STAGES
from chainmap.core.text import safe
from chainmap.core.words import say
from chainmap.show.dictionary import dictionary_rows
from chainmap.show.draw.fonts import wrap
from chainmap.show.draw.tokens import LIGHT
from chainmap.show.key_table import COLUMNS
from chainmap.show.office import finish

FACE = "Microsoft YaHei"
CELL_LIMIT = 32_767  # characters that a cell can hold
# What the columns are about, in their order, and how wide each is, in characters.
GROUPS = (
    ("subject", COLUMNS[0:4]),
    ("place", COLUMNS[4:8]),
    ("landing", COLUMNS[8:12]),
    ("ground", COLUMNS[12:14]),
    ("progress", COLUMNS[14:19]),
    ("sure", COLUMNS[19:21]),
)
WIDTHS = dict(
    zip(
        COLUMNS,
        (4, 20, 16, 9, 9, 13, 12, 19, 10, 6, 11, 9, 15, 8, 6, 15, 13, 9, 12, 10, 18),
        strict=True,
    )
)
PIXELS, SIZE, LINE = 7.0, 13.3, 14.5  # a character of width; 10 points in pixels; a line in points
LOW, HIGH = "名次下限", "名次上限"
KINDS = ("strengthen", "deepen", "fill", "extend", "build", "check")


@dataclass(frozen=True)
class Book:
    """What goes into the workbook beside the rows."""

    title: str
    subtitle: str
    sources: Sequence[Mapping[str, str]]  # source, title, publisher, url, date, grade
    below: Sequence[str] = ()  # lines under the table: who signs


def as_xlsx(columns: Sequence[str], rows: Sequence[Mapping[str, Any]], about: Book) -> bytes:
    """The table, its sources, and the data dictionary, a sheet each.

    Rows may hold ``rank_p05`` and ``rank_p95``; they stand in hidden columns behind the table.
    """
    return finish.workbook(safe(about.title), lambda book: _sheets(book, columns, rows, about))


def _sheets(
    book: Any, columns: Sequence[str], rows: Sequence[Mapping[str, Any]], about: Book
) -> None:
    looks = Looks(book)
    _table(book, looks, columns, rows, about)
    heads = ("source", "grade", "date", "title", "publisher", "url")
    titles = [say(f"sheet.{name}") for name in heads]
    cells = [[row.get(name, "") for name in heads] for row in about.sources]
    plain_sheet(book, looks, say("sheet.sources"), (titles, cells), (22, 6, 12, 56, 26, 56))
    titles = [say(f"sheet.{name}") for name in ("table", "column", "zh", "key", "kind", "unit",
                                                "meaning")]  # fmt: skip
    plain_sheet(book, looks, say("sheet.dictionary"), (titles, dictionary_rows()),
           (22, 20, 20, 6, 12, 12, 70))  # fmt: skip


class Looks:
    """The formats of the workbook, each made once."""

    def __init__(self, book: Any) -> None:
        base = {"font_name": FACE, "font_size": 10, "valign": "top", "text_wrap": True,
                "bottom": 1, "bottom_color": LIGHT["line"]}  # fmt: skip
        dark = {"font_name": FACE, "bold": True, "font_color": "#FFFFFF", "bg_color": LIGHT["head"],
                "align": "center", "valign": "vcenter", "text_wrap": True, "border": 1,
                "border_color": LIGHT["sub"]}  # fmt: skip
        self.text = book.add_format(base)
        self.bold = book.add_format({**base, "bold": True})
        self.whole = book.add_format({**base, "align": "center", "num_format": "0"})
        self.amount = book.add_format({**base, "align": "center", "num_format": "0.0"})
        self.group = book.add_format({**dark, "font_size": 10})
        self.head = book.add_format({**dark, "font_size": 10})
        self.note = book.add_format({"font_name": FACE, "font_size": 10})
        self.unknown = book.add_format({**base, "font_color": LIGHT["unknown"], "italic": True})


def _table(
    book: Any,
    looks: Looks,
    columns: Sequence[str],
    rows: Sequence[Mapping[str, Any]],
    about: Book,
) -> None:
    sheet = book.add_worksheet(say("sheet.projects"))
    at = 0
    for name, of in GROUPS:
        shown = [column for column in of if column in columns]
        if len(shown) > 1:
            sheet.merge_range(0, at, 0, at + len(shown) - 1, say(f"sheet.{name}"), looks.group)
        elif shown:
            sheet.write_string(0, at, say(f"sheet.{name}"), looks.group)
        at += len(shown)
    sheet.set_row(0, 20)
    sheet.set_row(1, 34)
    hidden = (LOW, HIGH) if COLUMNS[19] in columns else ()
    for number, column in enumerate((*columns, *hidden)):
        sheet.write_string(1, number, column, looks.head)
        wide = WIDTHS.get(column, 10)
        sheet.set_column(number, number, wide, None, {"hidden": column in hidden})
    for line, row in enumerate(rows, 2):
        sheet.set_row(line, _row_height(columns, row))
        for number, column in enumerate(columns):
            _cell(sheet, looks, (line, number), column, row.get(column))
        for number, key in enumerate(("rank_p05", "rank_p95")[: len(hidden)], len(columns)):
            if row.get(key) is not None:
                sheet.write_number(line, number, row[key], looks.whole)
    last = max(2, len(rows) + 1)
    sheet.autofilter(1, 0, last, len(columns) - 1)
    _choices(sheet, columns, last)
    for number, sentence in enumerate(about.below):
        sheet.write_string(last + 2 + number, 0, safe(sentence)[:CELL_LIMIT], looks.note)
    sheet.freeze_panes(2, 2)
    sheet.repeat_rows(0, 1)
    sheet.set_paper(8)  # A3
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(0.4, 0.4, 0.7, 0.6)
    sheet.set_header(f'&C&"{FACE},Bold"&14{_header(about.title)}&R&9{_header(about.subtitle)}')
    sheet.set_footer(f"&C&9{say('sheet.page')}")


def _row_height(columns: Sequence[str], row: Mapping[str, Any]) -> float:
    """Points that the tallest cell of a row needs, its text wrapped to the column."""
    cells = ((row.get(column), WIDTHS[column]) for column in columns)
    return _height((text, wide) for text, wide in cells if isinstance(text, str))


def _height(cells: Iterable[tuple[str, float]]) -> float:
    """The same for texts, each with the width of its column in characters."""
    lines = 1
    for text, wide in cells:
        lines = max(lines, len(wrap(safe(text)[:600], PIXELS * wide, SIZE, True)))
    return min(400.0, LINE * lines + 4)


def _header(text: str) -> str:
    """Text for a printed header, in which & is a command."""
    return safe(text).replace("&", "&&")[:90]


def _cell(sheet: Any, looks: Looks, at: tuple[int, int], column: str, value: Any) -> None:
    if value is None:
        sheet.write_blank(*at, None, looks.text)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        sheet.write_number(*at, value, looks.whole if isinstance(value, int) else looks.amount)
    else:
        look = looks.unknown if value == say("unknown") else looks.text
        look = looks.bold if column == COLUMNS[1] else look
        sheet.write_string(*at, safe(str(value))[:CELL_LIMIT], look)


def _choices(sheet: Any, columns: Sequence[str], last: int) -> None:
    """Drop-downs where only a few words make sense; other words are asked about, not refused."""
    kinds = [say(f"kind.{kind}") for kind in KINDS]
    kinds += [say("kind.unsettled", kind=kind) for kind in kinds[:5]]
    for column, words in ((COLUMNS[14], [*STAGES, say("unknown")]), (COLUMNS[6], kinds)):
        if column in columns:
            at = columns.index(column)
            choice = {"validate": "list", "source": words, "error_type": "warning"}
            sheet.data_validation(2, at, last + 50, at, choice)


def plain_sheet(
    book: Any,
    looks: Looks,
    name: str,
    content: tuple[Sequence[str], Sequence[Sequence[str]]],
    widths: Sequence[float],
) -> None:
    """A sheet of text with a head."""
    heads, rows = content
    sheet = book.add_worksheet(name)
    for at, (head, wide) in enumerate(zip(heads, widths, strict=True)):
        sheet.set_column(at, at, wide)
        sheet.write_string(0, at, head, looks.head)
    for line, row in enumerate(rows, 1):
        sheet.set_row(line, _height(zip(row, widths, strict=True)))
        for at, text in enumerate(row):
            sheet.write_string(line, at, safe(text)[:CELL_LIMIT], looks.text)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(1, len(rows)), len(heads) - 1)
    sheet.set_paper(8)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
