"""The sign of each status as shapes: fonts differ in the size of such characters."""

from __future__ import annotations

from chainmap.show.draw.scene import Disc, Item, Shape, Stroke, arc


def symbol(status: str, x: float, y: float, paint: str, r: float = 7.2) -> tuple[Item, ...]:
    """The sign of a status around a middle point; ``r`` is its radius."""
    line = Stroke(paint, 0.25 * r)
    if status == "strong":
        return (Disc(x, y, r + 0.3, paint),)
    if status == "weak":
        half = tuple(arc(x, y, r, 90, 270, 16))
        return (Disc(x, y, r, None, line), Shape(half, paint))
    if status == "present":
        return (Disc(x, y, r, None, line), Disc(x, y, 0.42 * r, paint))
    if status == "missing":
        return (Disc(x, y, r - 0.2, None, Stroke(paint, 0.28 * r)),)
    if status == "planned":
        d = 1.1 * r
        return (Shape(((x, y - d), (x + d, y), (x, y + d), (x - d, y)), None, line),)
    return _question(x, y, paint, r)


def _question(x: float, y: float, paint: str, r: float) -> tuple[Item, ...]:
    """A question mark: a hook, a stem and a dot."""
    s = 0.62 * r
    top = y - 0.42 * r
    hook = arc(x, top, s, 190, 400, 14)
    stem = ((x, y + 0.2 * r), (x, y + 0.5 * r))
    line = Stroke(paint, 0.27 * r)
    return (
        Shape((*hook, *stem), None, line, closed=False),
        Disc(x, y + 1.02 * r, 0.17 * r, paint),
    )
