"""A page of tables under headings as a document: what a meeting has on the table."""

from __future__ import annotations

from typing import Any

from chainmap.core.text import safe
from chainmap.core.words import say
from chainmap.show.draw.extras import extra
from chainmap.show.office import finish
from chainmap.show.office.docx import borders, colour, keep, put, styles
from chainmap.show.week import Section, Sheet

WIDTHS = ((1.0,), (2.0, 1.2), (2.0, 1.2, 2.4), (2.0, 1.0, 1.2, 2.0), (2.0, 0.9, 1.2, 1.9, 1.2))
PAGE = 170  # mm between the margins


def as_note(page: Sheet) -> bytes:
    """The document. Raises MissingExtra where the part that writes it is not installed."""
    docx = extra("docx")
    document = docx.Document()
    styles(document)
    _close(document)
    document.add_heading(safe(page.title), 0)
    for line in page.about:
        said = document.add_paragraph(safe(line))
        said.runs[0].font.color.rgb = colour("sub")
    for part in page.sections:
        document.add_heading(safe(part.title), 1)
        if part.rows:
            _table(document, part)
        else:
            document.add_paragraph(say("week.none", page.lang))
        if part.more:
            document.add_paragraph(say("week.more", page.lang, count=part.more))
    return finish.document(document, safe(page.title))


def _close(document: Any) -> None:
    """Headings near their tables, so that a week stands on one page."""
    from docx.shared import Pt

    for name, size, space in (("Title", 18, 2), ("Heading 1", 11, 6)):
        style = document.styles[name]
        style.font.size = Pt(size)
        style.paragraph_format.space_before = Pt(space)
        style.paragraph_format.space_after = Pt(2)
    document.styles["Normal"].paragraph_format.space_after = Pt(1)
    document.styles["Normal"].font.size = Pt(9)


def _table(document: Any, part: Section) -> None:
    from docx.shared import Mm

    made = document.add_table(rows=1, cols=len(part.heads))
    made.autofit = False
    for cell, name in zip(made.rows[0].cells, part.heads, strict=True):
        put(cell, [name], True, "head")
    for row in part.rows:
        for at, (cell, text) in enumerate(zip(made.add_row().cells, row, strict=True)):
            put(cell, [text], at == 0)
    borders(made)
    shares = WIDTHS[len(part.heads) - 1]
    for column, share in zip(made.columns, shares, strict=True):
        column.width = Mm(PAGE * share / sum(shares))
    for line in made.rows:
        keep(line)
        for cell, share in zip(line.cells, shares, strict=True):
            cell.width = Mm(PAGE * share / sum(shares))
