"""Pages as slides: every box, line and text a shape that can be edited, cards grouped."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from chainmap.core.text import safe
from chainmap.show.draw.drawing_ml import FACE, Writer
from chainmap.show.draw.extras import extra
from chainmap.show.draw.scene import Grid, Item, Page
from chainmap.show.draw.steady import CREATED, steady
from chainmap.show.draw.tokens import LIGHT

UNIT = 7620  # EMU to a unit: 1600 units are 13.33 inches


def as_pptx(pages: Sequence[Page | Grid], author: str = "chainmap") -> bytes:
    """A presentation of the size of the first page; others are fitted into its middle.

    A grid becomes a table that can be edited, below its title.
    """
    pptx = extra("pptx")
    show = pptx.Presentation()
    first = next((page for page in pages if isinstance(page, Page)), pages[0])
    show.slide_width = round(first.width * UNIT)
    show.slide_height = round(first.height * UNIT)
    for page in pages:
        slide = show.slides.add_slide(show.slide_layouts[6])
        fit = min(show.slide_width / page.width, show.slide_height / page.height)
        drawing = _Slide(LIGHT, fit, (show.slide_width / fit - page.width) / 2)
        writer = Writer(LIGHT, fit, drawing.left)
        fill_slide(slide.shapes, writer, page.items)
        if isinstance(page, Grid):
            drawing.table(slide.shapes, page)
        if page.notes:
            slide.notes_slide.notes_text_frame.text = safe_lines(page.notes)
    about = show.core_properties
    about.title, about.author, about.last_modified_by = safe(pages[0].title), author, author
    about.created = about.modified = CREATED
    about.revision = 1
    out = io.BytesIO()
    show.save(out)
    return steady(out.getvalue())


def fill_slide(shapes: Any, writer: Writer, items: Sequence[Item]) -> None:
    """Put the items on a slide that has nothing on it yet."""
    from pptx.oxml import parse_xml

    for shape in list(parse_xml(writer.tree(items))):
        shapes._spTree.append(shape)
        for text in shape.iter(_qn("a:t")):
            text.text = text.text or ""  # an empty text is written as the library writes it


def safe_lines(lines: Sequence[str]) -> str:
    """Lines of notes, their control characters made visible."""
    return "\n".join(safe(line) for line in lines)


class _Slide:
    """Puts shapes on one slide."""

    def __init__(self, colours: Mapping[str, str], unit: float, left: float = 0.0) -> None:
        self.colours, self.unit, self.left = colours, unit, left

    def _at(self, x: float, *lengths: float) -> list[int]:
        return [round(length * self.unit) for length in (x + self.left, *lengths)]

    def table(self, shapes: Any, grid: Grid) -> None:
        """A grid as a table: a dark head, hairlines, its own widths."""
        rows = [grid.heads, *grid.rows]
        wide = sum(grid.widths)
        at = self._at(grid.x, grid.y, wide, sum(grid.highs))
        frame = shapes.add_table(len(rows), len(grid.heads), *at)
        frame.name = safe(grid.title)
        table = frame.table
        properties = table._tbl.tblPr
        for mark in ("bandRow", "firstRow"):
            properties.set(mark, "0")
        style = properties.find(_qn("a:tableStyleId"))
        style.text = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # no style, no grid
        for number, column in enumerate(grid.widths):
            table.columns[number].width = round(column * self.unit)
        for line, row in enumerate(rows):
            table.rows[line].height = round(grid.highs[line] * self.unit)
            for number, text in enumerate(row):
                bold = line == 0 or number == grid.bold
                paint = "on-head" if line == 0 else "ink"
                self._table_cell(table.cell(line, number), text, grid.size, (paint, bold))
                fill = "head" if line == 0 else "zebra" if line % 2 == 0 else "bg"
                cell = table.cell(line, number)
                cell.fill.solid()
                cell.fill.fore_color.rgb = self._colour(fill)
                self._hairline(cell)

    def _hairline(self, cell: Any) -> None:
        """A thin line below a cell, as on the sheets, and no other."""
        from pptx.oxml import parse_xml

        colour = self.colours["line"].removeprefix("#")
        space = "http://schemas.openxmlformats.org/drawingml/2006/main"
        line = parse_xml(
            f'<a:lnB xmlns:a="{space}" w="{UNIT}"><a:solidFill><a:srgbClr val="{colour}"/>'
            "</a:solidFill></a:lnB>"
        )
        cell._tc.get_or_add_tcPr().insert(0, line)  # lines stand before the fill

    def _table_cell(self, cell: Any, text: str, size: float, look: tuple[str, bool]) -> None:
        from pptx.util import Pt

        paint, bold = look
        cell.margin_left = cell.margin_right = round(5 * self.unit)
        cell.margin_top = cell.margin_bottom = round(3 * self.unit)
        run = cell.text_frame.paragraphs[0].add_run()
        run.text = safe(text)
        run.font.size = Pt(round(size * self.unit / 12700, 1))
        run.font.bold = bold
        run.font.color.rgb = self._colour(paint)
        _face(run)

    def _colour(self, paint: str) -> Any:
        colour: Any = extra("pptx.dml.color")
        value = self.colours[paint].removeprefix("#")
        return colour.RGBColor(*(int(value[at : at + 2], 16) for at in (0, 2, 4)))


def _qn(name: str) -> str:
    from pptx.oxml.ns import qn

    found: str = qn(name)
    return found


def _face(run: Any) -> None:
    """The font for Latin letters and for Chinese: python-pptx sets the first alone."""
    run.font.name = FACE
    properties = run.font._element
    chinese = properties.makeelement(_qn("a:ea"), {"typeface": FACE})
    properties.find(_qn("a:latin")).addnext(chinese)
