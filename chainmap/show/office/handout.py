"""A report of sentences and tables as a document and as a workbook: text is text in both."""

from __future__ import annotations

import re
from typing import Any

from chainmap.core.text import safe
from chainmap.core.words import say
from chainmap.show.draw.extras import extra
from chainmap.show.draw.fonts import wrap
from chainmap.show.handout import Cell, Handout, Part, worded
from chainmap.show.office import finish
from chainmap.show.office.docx import A3, borders, heading_row, keep, put, section, styles
from chainmap.show.office.xlsx import CELL_LIMIT, FACE, LINE, PIXELS, SIZE, Looks

_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")


def as_docx(paper: Handout) -> bytes:
    """The document: sentences on A4 upright, every table on A3 across.

    Raises MissingExtra where the writer of documents is not installed.
    """
    docx = extra("docx")
    document = docx.Document()
    styles(document)
    document.add_heading(safe(paper.title), 0)
    for sentence in (paper.date, *paper.sentences, paper.footer):
        document.add_paragraph(safe(sentence))
    wide = section(document, A3)
    for number, part in enumerate(paper.parts):
        heading = document.add_heading(safe(part.title), 1)
        heading.paragraph_format.page_break_before = bool(number and part.rows)
        for sentence in part.sentences:
            document.add_paragraph(safe(sentence))
        if part.rows:
            _table(document, part, wide, paper.lang)
    return finish.document(document, safe(paper.title))


def _table(document: Any, part: Part, wide: float, lang: str) -> None:
    """A table over the width of the sheet: its head on every page, no row split."""
    from docx.shared import Mm

    made = document.add_table(rows=1, cols=len(part.heads))
    made.style = document.styles["Table Grid"]
    made.autofit = False
    for cell, head in zip(made.rows[0].cells, part.heads, strict=True):
        put(cell, [head.title], True, "head")
    heading_row(made.rows[0])
    for row in part.rows:
        for cell, value, head in zip(made.add_row().cells, row, part.heads, strict=True):
            put(cell, [worded(value, lang)], head.strong)
    borders(made)
    scale = wide / sum(head.width for head in part.heads)
    for line in made.rows:
        keep(line)
        for cell, head in zip(line.cells, part.heads, strict=True):
            cell.width = Mm(head.width * scale)


def as_xlsx(paper: Handout) -> bytes:
    """The workbook: what comes first on a sheet of its own, then every part.

    Raises MissingExtra where the writer of workbooks is not installed.
    """
    return finish.workbook(safe(paper.title), lambda book: _sheets(book, paper))


def _sheets(book: Any, paper: Handout) -> None:
    looks = Looks(book)
    first = book.add_worksheet(say("sheet.told", paper.lang))
    first.set_column(0, 0, 120)
    for at, sentence in enumerate((paper.title, paper.date, *paper.sentences, paper.footer)):
        first.write_string(at, 0, safe(sentence)[:CELL_LIMIT], looks.text if at else looks.bold)
    taken = {say("sheet.told", paper.lang).casefold()}
    for part in paper.parts:
        _sheet(book, looks, part, _name(part.title, taken))


def _name(title: str, taken: set[str]) -> str:
    """A sheet's name: 31 characters at most, none that a workbook forbids, each once."""
    stem = _NOT_IN_NAMES.sub(" ", safe(title)).strip()[:28] or "-"
    name, number = stem, 1
    while name.casefold() in taken:
        number += 1
        name = f"{stem} {number}"
    taken.add(name.casefold())
    return name


def _sheet(book: Any, looks: Looks, part: Part, name: str) -> None:
    """A part: its sentences, then the table with its head frozen and a filter."""
    sheet = book.add_worksheet(name)
    for at, sentence in enumerate(part.sentences):
        sheet.write_string(at, 0, safe(sentence)[:CELL_LIMIT], looks.note)
    top = len(part.sentences)
    if not part.heads:
        return
    for at, head in enumerate(part.heads):
        sheet.set_column(at, at, head.width)
        sheet.write_string(top, at, head.title, looks.head)
    for line, row in enumerate(part.rows, top + 1):
        sheet.set_row(line, _height(part, row))
        for at, (value, head) in enumerate(zip(row, part.heads, strict=True)):
            _cell(sheet, looks, (line, at), value, head.strong)
    sheet.freeze_panes(top + 1, 1)
    sheet.autofilter(top, 0, top + max(1, len(part.rows)), len(part.heads) - 1)
    sheet.repeat_rows(top)
    sheet.set_paper(8)  # A3
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_header(f'&C&"{FACE},Bold"&14{safe(part.title).replace("&", "&&")[:90]}')
    sheet.set_footer(f"&C&9{say('sheet.page')}")


def _cell(sheet: Any, looks: Looks, at: tuple[int, int], value: Cell, strong: bool) -> None:
    if value is None:
        sheet.write_blank(*at, None, looks.text)
    elif isinstance(value, str):
        sheet.write_string(*at, safe(value)[:CELL_LIMIT], looks.bold if strong else looks.text)
    else:
        sheet.write_number(*at, value, looks.whole if isinstance(value, int) else looks.amount)


def _height(part: Part, row: tuple[Cell, ...] | list[Cell] | Any) -> float:
    """Points that the tallest cell of a row needs, its text wrapped to the column."""
    lines = 1
    for value, head in zip(row, part.heads, strict=True):
        if isinstance(value, str):
            lines = max(lines, len(wrap(safe(value)[:600], PIXELS * head.width, SIZE, head.strong)))
    return min(400.0, LINE * lines + 4)
