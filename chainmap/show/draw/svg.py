"""A page as SVG: no script, no reference to anything outside, the same bytes every time."""

from __future__ import annotations

from collections.abc import Mapping

from chainmap.core.text import safe
from chainmap.show.draw.scene import Box, Disc, Group, Item, Page, Shape, Stroke, Text
from chainmap.show.draw.tokens import LIGHT

STACK = (
    "'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC','SimHei',sans-serif"
)


def as_svg(page: Page, colours: Mapping[str, str] | None = LIGHT) -> str:
    """The page as a document of its own.

    ``colours`` gives each paint its value. With None the paints become classes (``f-ink`` fills,
    ``s-ink`` strokes) that a style sheet around the picture gives a colour.
    """
    size = f"{number(page.width)} {number(page.height)}"
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" '
        f'width="{number(page.width)}" height="{number(page.height)}" font-family="{STACK}" '
        f'role="{"group" if colours is None else "img"}" xml:space="preserve">'
        f"<title>{escape(page.title)}</title>"
    )
    if page.description:
        head += f"<desc>{escape(page.description)}</desc>"
    drawing = _Drawing(colours)
    body = [drawing.of(Box(0, 0, page.width, page.height, "bg"))]
    body += [drawing.of(item) for item in page.items]
    return head + "\n" + "\n".join(body) + "\n</svg>\n"


def escape(text: str) -> str:
    """Text that is nothing but text inside XML, its control characters made visible."""
    return (
        safe(text)
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace('"', "&quot;")
        .replace("\ufffe", "&lt;U+FFFE&gt;")
        .replace("\uffff", "&lt;U+FFFF&gt;")
    )


def number(value: float) -> str:
    """A length as short as it can be, to a hundredth of a unit."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


class _Drawing:
    def __init__(self, colours: Mapping[str, str] | None) -> None:
        self.colours = colours

    def of(self, item: Item) -> str:
        if isinstance(item, Text):
            return self._text(item)
        if isinstance(item, Box):
            return self._box(item)
        if isinstance(item, Disc):
            at = f'cx="{number(item.x)}" cy="{number(item.y)}" r="{number(item.r)}"'
            return f"<circle {at}{self._look(item.fill, item.stroke)}/>"
        if isinstance(item, Shape):
            return self._shape(item)
        return self._group(item)

    def _text(self, item: Text) -> str:
        parts = [f'x="{number(item.x)}" y="{number(item.y)}" font-size="{number(item.size)}"']
        if item.bold:
            parts.append('font-weight="700"')
        if item.anchor != "start":
            parts.append(f'text-anchor="{item.anchor}"')
        return f"<text {' '.join(parts)}{self._look(item.paint, None)}>{escape(item.text)}</text>"

    def _box(self, item: Box) -> str:
        at = f'x="{number(item.x)}" y="{number(item.y)}" '
        size = f'width="{number(item.w)}" height="{number(item.h)}"'
        round_ = f' rx="{number(item.radius)}"' if item.radius else ""
        return f"<rect {at}{size}{round_}{self._look(item.fill, item.stroke)}/>"

    def _shape(self, item: Shape) -> str:
        points = "L".join(f"{number(x)} {number(y)}" for x, y in item.points)
        end = "Z" if item.closed else ""
        join = "" if item.closed else ' stroke-linejoin="round"'
        return f'<path d="M{points}{end}"{join}{self._look(item.fill, item.stroke)}/>'

    def _group(self, item: Group) -> str:
        ref = f' data-ref="{escape(item.ref)}"' if item.ref else ""
        name = " ".join(filter(None, (item.kind, item.status)))
        # In a page the script says it; a picture of its own has the browser's hover text.
        said = item.title if self.colours is not None else ""
        title = f"<title>{escape(said)}</title>" if said else ""
        inner = "".join(self.of(part) for part in item.items)
        return f'<g class="{escape(name)}"{ref}>{title}{inner}</g>'

    def _look(self, fill: str | None, stroke: Stroke | None) -> str:
        if self.colours is None:
            return self._classes(fill, stroke)
        parts = [f' fill="{self.colours[fill] if fill else "none"}"']
        if stroke:
            parts.append(f' stroke="{self.colours[stroke.paint]}"{_line(stroke)}')
        return "".join(parts)

    def _classes(self, fill: str | None, stroke: Stroke | None) -> str:
        names = [f"f-{fill}" if fill else "f-0"]
        if stroke:
            names.append(f"s-{stroke.paint}")
        return f' class="{" ".join(names)}"' + (_line(stroke) if stroke else "")


def _line(stroke: Stroke) -> str:
    text = "" if stroke.width == 1 else f' stroke-width="{number(stroke.width)}"'
    if stroke.dash:
        text += f' stroke-dasharray="{" ".join(number(part) for part in stroke.dash)}"'
    return text
