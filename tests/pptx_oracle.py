"""Shapes built by python-pptx itself, call by call: what the writer of DrawingML must equal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pptx.dml.color import RGBColor

from chainmap.core.text import safe
from chainmap.show.draw.drawing_ml import ASCENT, FACE
from chainmap.show.draw.scene import Box, Disc, Group, Item, Shape, Stroke, Text, flat


class SlowSlide:
    """Builds every shape by the library, one call after the other."""

    def __init__(self, colours: Mapping[str, str], unit: float, left: float = 0.0) -> None:
        self.colours, self.unit, self.left = colours, unit, left

    def put(self, shapes: Any, items: Sequence[Item]) -> None:
        for item in items:
            if isinstance(item, Group):
                group = shapes.add_group_shape()
                self.put(group.shapes, tuple(flat(item.items)))
                # The library forgets a freeform shape that is the last of its group.
                group.shapes._recalculate_extents()
                _name(group, item.ref or item.kind, item.title)
            elif isinstance(item, Text):
                self._text(shapes, item)
            elif isinstance(item, Shape):
                self._shape(shapes, item)
            else:
                self._box(shapes, item)

    def _at(self, x: float, *lengths: float) -> list[int]:
        return [round(length * self.unit) for length in (x + self.left, *lengths)]

    def _box(self, shapes: Any, item: Box | Disc) -> None:
        from pptx.enum.shapes import MSO_SHAPE

        if isinstance(item, Disc):
            r = item.r
            at = self._at(item.x - r, item.y - r, 2 * r, 2 * r)
            shape = shapes.add_shape(MSO_SHAPE.OVAL, *at)
        elif item.radius:
            shape = shapes.add_shape(
                MSO_SHAPE.ROUNDED_RECTANGLE, *self._at(item.x, item.y, item.w, item.h)
            )
            shape.adjustments[0] = min(0.5, item.radius / min(item.w, item.h))
        else:
            shape = shapes.add_shape(MSO_SHAPE.RECTANGLE, *self._at(item.x, item.y, item.w, item.h))
        self._look(shape, item.fill, item.stroke)

    def _shape(self, shapes: Any, item: Shape) -> None:
        (first, *rest) = [tuple(self._at(*point)) for point in item.points]
        builder = shapes.build_freeform(*first)
        builder.add_line_segments(rest, close=item.closed)
        self._look(builder.convert_to_shape(), item.fill, item.stroke)

    def _look(self, shape: Any, fill: str | None, stroke: Stroke | None) -> None:
        style = shape._element.find(_qn("p:style"))
        if style is not None:  # the theme's shadow and outline
            shape._element.remove(style)
        if fill is None:
            shape.fill.background()
        else:
            shape.fill.solid()
            shape.fill.fore_color.rgb = self._colour(fill)
        if stroke is None:
            shape.line.fill.background()
            return
        from pptx.enum.dml import MSO_LINE

        shape.line.color.rgb = self._colour(stroke.paint)
        shape.line.width = round(stroke.width * self.unit)
        if stroke.dash:
            dotted = stroke.dash[0] < 2
            shape.line.dash_style = MSO_LINE.ROUND_DOT if dotted else MSO_LINE.DASH

    def _text(self, shapes: Any, item: Text) -> None:
        from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
        from pptx.util import Pt

        wide = item.width * 1.04 + 2
        left = {"start": item.x, "middle": item.x - wide / 2, "end": item.x - wide}[item.anchor]
        top = item.y - ASCENT * item.size
        box = shapes.add_textbox(*self._at(left, top, wide, item.size * 1.35))
        frame = box.text_frame
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
        frame.word_wrap, frame.auto_size = False, MSO_AUTO_SIZE.NONE
        frame.vertical_anchor = MSO_ANCHOR.TOP
        line = frame.paragraphs[0]
        line.alignment = {
            "start": PP_ALIGN.LEFT, "middle": PP_ALIGN.CENTER, "end": PP_ALIGN.RIGHT
        }[item.anchor]  # fmt: skip
        run = line.add_run()
        run.text = safe(item.text)
        run.font.size = Pt(round(item.size * self.unit / 12700, 1))
        run.font.bold = item.bold
        run.font.color.rgb = self._colour(item.paint)
        _face(run)

    def _colour(self, paint: str) -> Any:
        value = self.colours[paint].removeprefix("#")
        return RGBColor(*(int(value[at : at + 2], 16) for at in (0, 2, 4)))


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


def _name(shape: Any, name: str, said: str) -> None:
    """A shape's name and what it says in words, for those who cannot see it."""
    shape.name = safe(name)
    shape._element.nvGrpSpPr.cNvPr.set("descr", safe(said))
