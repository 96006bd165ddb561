"""A link as a card: with two or three lines, or as one row where there are many."""

from __future__ import annotations

from chainmap.core.words import say
from chainmap.show.draw.fonts import fit, fit_name, fit_names, width
from chainmap.show.draw.scene import Box, Group, Item, Shape, Stroke, Text, left_rounded
from chainmap.show.draw.symbols import symbol
from chainmap.show.pictures.content import Card

STRIP = 40.0
NARROW = 240.0  # a card below this width puts its evidence on the second line
ROW_STRIP = {"zh": 38.0, "en": 50.0}
ROW = 25.0


def card(one: Card, x: float, y: float, w: float, h: float, lang: str) -> Group:
    """A card: sign and status character on a strip, name and evidence, firms, and a note.

    On a narrow card the name has its line to itself, and the evidence stands below it; so it
    does where the name would be cut beside the evidence.
    """
    narrow = w < NARROW
    strip, pad = (34.0, 8.0) if narrow else (STRIP, 10.0)
    left, right = x + strip + pad, x + w - pad
    mark_room = width(one.mark, 14) + 10
    first, second, size, small = _lines(y, h, narrow)
    starred = one.name + ("*" if one.critical else "")
    alone = narrow or width(starred, size, True) > right - left - mark_room
    room = right - left - (0 if alone else mark_room)
    below = right - left - (mark_room if alone else 0)
    items = [
        *_body(one, x, y, w, h, strip, 6.0),
        *_strip_signs(one, x + strip / 2, y + h / 2, lang),
        Text(left, first, _name(one, room, size, True), size, "ink", True),
        Text(right, second if alone else first - 1, one.mark, 14, "sub", anchor="end"),
        Text(left, second, second_line(one, below, small, lang), small, _ink(one)),
    ]
    if h > 90 and one.note:
        items.append(Text(left, y + 87, fit(one.note, right - left, 14.5), 14.5, "sub"))
    return Group(tuple(item for item in items if _seen(item)), "card", one.ref, _said(one, lang),
                 one.status)  # fmt: skip


def cut_by(one: Card, size: tuple[float, float], as_row: bool, lang: str) -> bool:
    """Whether a card of this size cuts the name of its link; a bracketed part may go."""
    w, h = size
    if as_row:
        return "…" in _name(one, _row_room(one, w, lang), 15.0, one.status == "missing")
    narrow = w < NARROW
    room = w - (34.0 + 2 * 8 if narrow else STRIP + 2 * 10)
    return "…" in _name(one, room, _lines(0, h, narrow)[2], True)


def _lines(y: float, h: float, narrow: bool) -> tuple[float, float, float, float]:
    """Baselines of name and firms, and their sizes, for a card of this height."""
    size = 17 if narrow else 19
    if h > 90:
        return y + 37, y + 63, size, 15
    if h > 64:
        return y + 29, y + 54, size, 15
    return y + 0.42 * h, y + 0.78 * h, 17, 14


def row(one: Card, x: float, y: float, w: float, h: float, lang: str) -> Group:
    """A card of one line: sign, character, name, and how many firms are here."""
    strip = ROW_STRIP[lang]
    items = _body(one, x, y, w, h, strip, 4.0)
    paint = _on_strip(one.status)
    middle, size = y + h / 2, 15.0
    count = _count(one)
    left, right = x + strip + 6, x + w - 7
    room = _row_room(one, w, lang)
    bold = one.status == "missing"
    items += [
        *symbol(one.status, x + 12, middle, paint, 5.4),
        Text(x + strip / 2 + 9, middle + 5, _character(one.status, lang), _small(lang, 13.5), paint,
             True, "middle"),
        Text(left, middle + 5.5, _name(one, room, size, bold), size, "ink", bold),
    ]  # fmt: skip
    if count:
        items.append(Text(right, middle + 5, count, 14, "sub", anchor="end"))
    return Group(tuple(items), "card", one.ref, _said(one, lang), one.status)


def _count(one: Card) -> str:
    return str(one.count) if one.count else ""


def _row_room(one: Card, w: float, lang: str) -> float:
    """The room for a name on one line."""
    count = _count(one)
    return w - ROW_STRIP[lang] - 6 - 7 - (width(count, 14) + 5 if count else 0)


def _name(one: Card, room: float, size: float, bold: bool) -> str:
    """The name, and a star where the link is critical, also behind a name that is cut."""
    star = "*" if one.critical else ""
    return fit_name(one.name, room - width(star, size, bold), size, bold) + star


def second_line(one: Card, room: float, size: float, lang: str) -> str:
    """Whole names of firms here, as many as fit; a sentence where there are none."""
    if one.firms:
        more = say("note.firms_more", lang, firms="{firms}", count="{count}")
        return fit_names(one.firms, max(one.count, len(one.firms)), room, size, more)
    fitting = (line for line in one.lines if width(line, size) <= room)
    return next(fitting, fit(one.lines[-1], room, size) if one.lines else "")


def _body(
    one: Card, x: float, y: float, w: float, h: float, strip: float, radius: float
) -> list[Item]:
    """Ground, strip and border: the border of each status differs also without colour."""
    paint = one.status
    dash, wide, edge = {
        "missing": ((6.0, 4.0), 1.8, paint),
        "unknown": ((1.5, 3.0), 1.0, paint),
        "planned": (None, 1.0, paint),
        "present": (None, 1.0, paint),
    }.get(one.status, (None, 1.0, "line"))
    inset = 0.8 if wide > 1 else 0.5
    items: list[Item] = [Box(x, y, w, h, "card", None, radius)]
    if one.status == "missing":
        items.append(Shape(((x + strip, y + 0.15 * h), (x + strip, y + 0.85 * h)), None,
                           Stroke("missing-tint", 1.4), closed=False))  # fmt: skip
    else:
        fill = paint if one.status == "strong" else f"{paint}-tint"
        corners = left_rounded(x + inset, y + inset, strip - inset, h - 2 * inset, radius - inset)
        items.append(Shape(corners, fill))
    border = Box(x + inset, y + inset, w - 2 * inset, h - 2 * inset, None,
                 Stroke(edge, wide, dash), radius)  # fmt: skip
    return [*items, border]


def _strip_signs(one: Card, x: float, y: float, lang: str) -> list[Item]:
    paint = _on_strip(one.status)
    return [
        *symbol(one.status, x, y - 12, paint),
        Text(x, y + 17, _character(one.status, lang), _small(lang, 15), paint, True, "middle"),
    ]


def _on_strip(status: str) -> str:
    return "on-solid" if status == "strong" else status


def _character(status: str, lang: str) -> str:
    """The status in one character; in English in a short word."""
    return say(f"tag.{status}", lang).strip("[]")


def _small(lang: str, size: float) -> float:
    return size if lang == "zh" else size * 0.8


def _ink(one: Card) -> str:
    return "sub" if one.status == "unknown" else "ink"


def _seen(item: Item) -> bool:
    return not isinstance(item, Text) or bool(item.text)


def _said(one: Card, lang: str) -> str:
    """The card in words, for those who point at it or cannot see it."""
    joint = "；" if lang == "zh" else "; "
    firms = "、".join(one.firms)
    parts = (
        one.name,
        say(f"status.{one.status}", lang),
        firms or "".join(one.lines[:1]),
        one.note,
        one.mark,
    )
    return joint.join(part for part in parts if part)
