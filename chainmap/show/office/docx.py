"""The hand-over report as a document: findings, both maps as pictures, the table, the sources.

All text goes in as text: nothing of it is a field, a link or a formula.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chainmap.core.text import safe
from chainmap.core.words import figure, say
from chainmap.show.draw.extras import extra
from chainmap.show.draw.png import as_png
from chainmap.show.draw.scene import Page
from chainmap.show.draw.tokens import LIGHT
from chainmap.show.key_table import COLUMNS, title_of
from chainmap.show.office import finish
from chainmap.show.pictures.table import GROUPS, TableContent, printed_columns

FACE = "Microsoft YaHei"
A4, A3 = (210, 297), (420, 297)  # mm
SOURCE = ("source", "grade", "date", "publisher", "title", "url")


@dataclass(frozen=True, slots=True)
class Paper:
    """What goes into the document."""

    title: str
    about: str
    findings: Sequence[tuple[str, str]]
    asks: Sequence[str]
    footer: str
    maps: Sequence[Page]
    table: TableContent
    sources: Sequence[Mapping[str, str]]
    own_fonts_only: bool = True
    lang: str = "zh"


def as_docx(paper: Paper) -> bytes:
    """The document: an upright A4 part to read, and A3 sheets with the maps and the table."""
    docx = extra("docx")
    pictures = [as_png(page, paper.own_fonts_only) for page in paper.maps]
    document = docx.Document()
    styles(document)
    _findings(document, paper)
    wide = section(document, A3)
    for page, picture in zip(paper.maps, pictures, strict=True):
        _picture(document, page, picture, wide)
    _table(document, paper.table, wide)
    section(document, A4)
    _sources(document, paper)
    return finish.document(document, safe(paper.title))


def styles(document: Any) -> None:
    from docx.shared import Mm, Pt

    normal = document.styles["Normal"]
    face(normal, 10.5)
    normal.paragraph_format.space_after = Pt(4)
    for name, size in (("Title", 22), ("Heading 1", 14)):
        style = document.styles[name]
        face(style, size)
        style.font.bold = True
        style.font.color.rgb = colour("head")
    page = document.sections[0]
    page.page_width, page.page_height = Mm(A4[0]), Mm(A4[1])
    page.left_margin = page.right_margin = Mm(20)
    page.top_margin = page.bottom_margin = Mm(18)


def face(style: Any, size: float) -> None:
    """The font for Latin letters and for Chinese: python-docx sets the first alone."""
    from docx.oxml.ns import qn
    from docx.shared import Pt

    style.font.name, style.font.size = FACE, Pt(size)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in ("w:eastAsia", "w:ascii", "w:hAnsi", "w:cs"):
        fonts.set(qn(name), FACE)
    for name in ("w:asciiTheme", "w:eastAsiaTheme", "w:hAnsiTheme", "w:cstheme"):
        fonts.attrib.pop(qn(name), None)


def colour(paint: str) -> Any:
    from docx.shared import RGBColor

    return RGBColor.from_string(LIGHT[paint].removeprefix("#"))


def _findings(document: Any, paper: Paper) -> None:
    document.add_heading(safe(paper.title), 0)
    about = document.add_paragraph(safe(paper.about))
    about.runs[0].font.color.rgb = colour("sub")
    for number, (label, sentence) in enumerate(paper.findings, 1):
        line = document.add_paragraph()
        line.add_run(f"{number}. {safe(label)}").bold = True
        line.add_run(safe(sentence))
    if paper.asks:
        document.add_heading(say("report.ask", paper.lang), 1)
        for number, ask in enumerate(paper.asks, 1):
            document.add_paragraph(f"{number}. {safe(ask)}")
    document.add_paragraph(safe(paper.footer))
    if paper.table.signed:
        document.add_paragraph(safe(paper.table.signed))


def section(document: Any, size: tuple[int, int]) -> float:
    """A part on paper of another size; gives back the width between its margins in mm."""
    from docx.enum.section import WD_ORIENT, WD_SECTION
    from docx.shared import Mm

    part = document.add_section(WD_SECTION.NEW_PAGE)
    part.orientation = WD_ORIENT.LANDSCAPE if size[0] > size[1] else WD_ORIENT.PORTRAIT
    part.page_width, part.page_height = Mm(size[0]), Mm(size[1])
    side = 12 if size[0] > size[1] else 20
    part.left_margin = part.right_margin = Mm(side)
    part.top_margin = part.bottom_margin = Mm(12)
    return float(size[0] - 2 * side)


def _picture(document: Any, page: Page, picture: bytes, wide: float) -> None:
    """A map at the width of the sheet, as high as the sheet at most, said in words too."""
    from docx.shared import Mm

    room = min(wide, 258 * page.width / page.height)
    shape = document.add_picture(io.BytesIO(picture), width=Mm(room))
    named = shape._inline.docPr
    named.set("title", safe(page.title))
    named.set("descr", safe(page.description or page.title))
    document.add_paragraph(safe(page.title))


def _table(document: Any, table: TableContent, wide: float) -> None:
    """The printed columns as a table: groups and heads on every page, no row split."""
    from docx.shared import Mm

    document.add_heading(safe(table.title), 1).paragraph_format.page_break_before = True
    document.add_paragraph(safe(f"{table.date}　{table.about}"))
    columns = printed_columns(table.official, table.lang)
    scale = wide / sum(column.w for column in columns)
    made = document.add_table(rows=2, cols=len(columns))
    made.style = document.styles["Table Grid"]
    made.autofit = False
    _heads(made, table, [column.name for column in columns])
    for row in table.rows:
        cells = made.add_row().cells
        for cell, column in zip(cells, columns, strict=True):
            put(cell, _lines(row, column.name, table), column.name == COLUMNS[1])
    borders(made)
    for at, column in enumerate(columns):
        made.columns[at].width = Mm(column.w * scale)
    for at, line in enumerate(made.rows):
        keep(line)
        for cell, column in zip(line.cells if at else (), columns, strict=False):
            cell.width = Mm(column.w * scale)
    total = "　".join(part for part in (table.kinds, table.money, table.left_out) if part)
    if table.rows:
        document.add_paragraph(f"{say('table.sum', table.lang)}　{safe(total)}")
    document.add_paragraph(safe(table.footer))


def _heads(made: Any, table: TableContent, names: Sequence[str]) -> None:

    first = made.rows[0].cells
    at = 0
    for group, columns in GROUPS:
        count = columns - (table.official and group == "ground")
        cell = first[at] if count == 1 else first[at].merge(first[at + count - 1])
        put(cell, [say(f"sheet.{group}", table.lang)], True, "head")
        at += count
    for cell, name in zip(made.rows[1].cells, names, strict=True):
        lines = [title_of(name, table.lang)]
        if name == COLUMNS[13]:
            span = title_of(COLUMNS[19], table.lang)
            lines.append(f"（{span}）" if table.lang == "zh" else f"({span})")
        put(cell, lines, True, "head")
    for row in made.rows[:2]:
        heading_row(row)


def heading_row(row: Any) -> None:
    """The row stands on every page."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    repeated = OxmlElement("w:tblHeader")
    repeated.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(repeated)


def borders(made: Any) -> None:
    """Hairlines, as on the sheets."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    lines = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        line = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "4"), ("color", LIGHT["line"][1:])):
            line.set(qn(f"w:{name}"), value)
        lines.append(line)
    made._tbl.tblPr.append(lines)


def keep(row: Any) -> None:
    """A row is not split over two pages."""
    from docx.oxml import OxmlElement

    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def put(cell: Any, lines: Sequence[str], bold: bool, fill: str = "") -> None:
    """Lines of text in a cell, one paragraph."""
    from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt

    line = cell.paragraphs[0]
    line.paragraph_format.space_after = Pt(0)
    run = line.add_run(safe(lines[0]))
    for text in lines[1:]:
        run.add_break()
        run.add_text(safe(text))
    run.font.size, run.bold = Pt(8), bold
    if fill:
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
        run.font.color.rgb = colour("on-head")
        shade = OxmlElement("w:shd")
        shade.set(qn("w:val"), "clear")
        shade.set(qn("w:fill"), LIGHT[fill].removeprefix("#"))
        cell._tc.get_or_add_tcPr().append(shade)


def _lines(row: Mapping[str, Any], name: str, table: TableContent) -> list[str]:
    value = row.get(name)
    if value is None or value == "":
        return [say("unknown", table.lang)]
    text = figure(value) if isinstance(value, float) else str(value)
    if name == COLUMNS[13]:
        span = str(row.get(COLUMNS[19]) or say("unknown", table.lang))
        return [text, span]
    return [text]


def _sources(document: Any, paper: Paper) -> None:
    from docx.shared import Pt

    document.add_heading(say("sheet.sources", paper.lang), 1)
    for row in paper.sources:
        parts = [row.get(name, "") for name in SOURCE]
        line = document.add_paragraph(safe("　".join(part for part in parts if part)))
        line.paragraph_format.space_after = Pt(2)
        line.runs[0].font.size = Pt(8.5)
