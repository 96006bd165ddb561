"""Shapes of a slide as DrawingML text: rectangles, circles, lines, text boxes, groups.

What ``python-pptx`` would build element by element is written here in one go, a twentieth of the
work; the bytes are the same. Lengths are in EMU.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

from chainmap.core.text import safe
from chainmap.show.draw.scene import Box, Disc, Group, Item, Shape, Stroke, Text, flat

FACE = "Microsoft YaHei"  # on every Windows and WPS; others take their own Chinese font for it
ASCENT = 1.08  # of the size: from the top of a line of text to its baseline
POINT, CENTIPOINT = 12700, 127
SPACES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
_NO_TEXT = (
    '<p:txBody><a:bodyPr rtlCol="0" anchor="ctr"/><a:lstStyle/><a:p><a:pPr algn="ctr"/></a:p>'
    "</p:txBody>"
)
_ALIGN = {"start": "l", "middle": "ctr", "end": "r"}
Extent = tuple[int, int, int, int]  # left, top, width, height


@dataclass
class Writer:
    """Writes the shapes of one slide: ``unit`` EMU to a unit, ``left`` units in from the edge."""

    colours: Mapping[str, str]
    unit: float
    left: float = 0.0
    last: int = 1  # the highest id so far; 1 is the slide's own
    _extents: list[Extent] = field(default_factory=list)  # of the shapes of the open group

    def tree(self, items: Sequence[Item]) -> str:
        """The items in an element of their own, from which they are moved into a slide."""
        return f"<p:spTree {SPACES}>{''.join(map(self._item, items))}</p:spTree>"

    def _item(self, item: Item) -> str:
        if isinstance(item, Group):
            return self._group(item)
        if isinstance(item, Text):
            return self._text(item)
        if isinstance(item, Shape):
            return self._shape(item)
        return self._box(item)

    def _group(self, group: Group) -> str:
        self.last += 1
        names = (f'id="{self.last}" name={quoteattr(safe(group.ref or group.kind))} '
                 f"descr={quoteattr(safe(group.title))}")  # fmt: skip
        self._extents = []
        inside = "".join(map(self._item, flat(group.items)))
        x = min((one[0] for one in self._extents), default=0)
        y = min((one[1] for one in self._extents), default=0)
        w = max((one[0] + one[2] for one in self._extents), default=0) - x
        h = max((one[1] + one[3] for one in self._extents), default=0) - y
        return (
            f"<p:grpSp><p:nvGrpSpPr><p:cNvPr {names}/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr>"
            f'<p:grpSpPr><a:xfrm><a:off x="{x}" y="{y}"/><a:ext cx="{w}" cy="{h}"/>'
            f'<a:chOff x="{x}" y="{y}"/><a:chExt cx="{w}" cy="{h}"/></a:xfrm></p:grpSpPr>'
            f"{inside}</p:grpSp>"
        )

    def at(self, x: float, *lengths: float) -> list[int]:
        """Lengths in EMU; the first is a place across the slide."""
        return [round(length * self.unit) for length in (x + self.left, *lengths)]

    def _box(self, item: Box | Disc) -> str:
        guides = ""
        if isinstance(item, Disc):
            r = item.r
            name, form = "Oval", "ellipse"
            x, y, w, h = self.at(item.x - r, item.y - r, 2 * r, 2 * r)
        else:
            name, form = "Rectangle", "rect"
            x, y, w, h = self.at(item.x, item.y, item.w, item.h)
            if item.radius:
                name, form = "Rounded Rectangle", "roundRect"
                share = min(0.5, item.radius / min(item.w, item.h))
                guides = f'<a:gd name="adj" fmla="val {int(share * 100_000)}"/>'
        avs = f"<a:avLst>{guides}</a:avLst>" if guides else "<a:avLst/>"
        geometry = f'<a:prstGeom prst="{form}">{avs}</a:prstGeom>'
        return self._sp(name, (x, y, w, h), geometry, item.fill, item.stroke)

    def _shape(self, item: Shape) -> str:
        points = [tuple(self.at(*point)) for point in item.points]
        x, y = (min(point[axis] for point in points) for axis in (0, 1))
        w, h = (max(point[axis] for point in points) - low for axis, low in ((0, x), (1, y)))
        first, *rest = [f'<a:pt x="{px - x}" y="{py - y}"/>' for px, py in points]
        lines = "".join(f"<a:lnTo>{point}</a:lnTo>" for point in rest)
        geometry = (
            '<a:custGeom><a:avLst/><a:gdLst/><a:ahLst/><a:cxnLst/><a:rect l="l" t="t" r="r" b="b"/>'
            f'<a:pathLst><a:path w="{w}" h="{h}"><a:moveTo>{first}</a:moveTo>{lines}'
            f"{'<a:close/>' if item.closed else ''}</a:path></a:pathLst></a:custGeom>"
        )
        return self._sp("Freeform", (x, y, w, h), geometry, item.fill, item.stroke)

    def _sp(
        self, name: str, at: Extent, geometry: str, fill: str | None, stroke: Stroke | None
    ) -> str:
        ground = "<a:noFill/>" if fill is None else self._paint(fill)
        return (
            f"{self._start(name, at)}{geometry}{ground}{self._line(stroke)}</p:spPr>"
            f"{_NO_TEXT}</p:sp>"
        )

    def _start(self, name: str, at: Extent, marks: str = "") -> str:
        """The shape up to its geometry: its id, its name and its place."""
        self.last += 1
        self._extents.append(at)
        x, y, w, h = at
        return (
            f'<p:sp><p:nvSpPr><p:cNvPr id="{self.last}" name="{name} {self.last - 1}"/>'
            f"<p:cNvSpPr{marks}/><p:nvPr/></p:nvSpPr><p:spPr><a:xfrm>"
            f'<a:off x="{x}" y="{y}"/><a:ext cx="{w}" cy="{h}"/></a:xfrm>'
        )

    def _line(self, stroke: Stroke | None) -> str:
        if stroke is None:
            return "<a:ln><a:noFill/></a:ln>"
        dash = ""
        if stroke.dash:
            dash = f'<a:prstDash val="{"sysDot" if stroke.dash[0] < 2 else "dash"}"/>'
        wide = round(stroke.width * self.unit)
        return f'<a:ln w="{wide}">{self._paint(stroke.paint)}{dash}</a:ln>'

    def _paint(self, paint: str) -> str:
        value = self.colours[paint].removeprefix("#").upper()
        return f'<a:solidFill><a:srgbClr val="{value}"/></a:solidFill>'

    def _text(self, item: Text) -> str:
        wide = item.width * 1.04 + 2
        left = {"start": item.x, "middle": item.x - wide / 2, "end": item.x - wide}[item.anchor]
        x, y, w, h = self.at(left, item.y - ASCENT * item.size, wide, item.size * 1.35)
        start = self._start("TextBox", (x, y, w, h), ' txBox="1"')
        size = int(round(item.size * self.unit / POINT, 1) * POINT) // CENTIPOINT
        return (
            f'{start}<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/></p:spPr>'
            '<p:txBody><a:bodyPr wrap="none" lIns="0" rIns="0" tIns="0" bIns="0" anchor="t">'
            f'<a:noAutofit/></a:bodyPr><a:lstStyle/><a:p><a:pPr algn="{_ALIGN[item.anchor]}"/>'
            f'<a:r><a:rPr sz="{size}" b="{int(item.bold)}">{self._paint(item.paint)}'
            f'<a:latin typeface="{FACE}"/><a:ea typeface="{FACE}"/></a:rPr>'
            f"<a:t>{escape(safe(item.text))}</a:t></a:r></a:p></p:txBody></p:sp>"
        )
