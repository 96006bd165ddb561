"""A page as data: rectangles, shapes and lines of text, in units, the origin at the top left.

Every picture is laid out once into these few things, and each format draws them as its own
native shapes; so no two formats can disagree. Colours are names of ``tokens``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

Point = tuple[float, float]
Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line: its colour, width and dashes (on, off)."""

    paint: str
    width: float = 1.0
    dash: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle, with round corners where a radius is given."""

    x: float
    y: float
    w: float
    h: float
    fill: str | None = None
    stroke: Stroke | None = None
    radius: float = 0.0


@dataclass(frozen=True, slots=True)
class Shape:
    """Straight lines from point to point, closed or open."""

    points: tuple[Point, ...]
    fill: str | None = None
    stroke: Stroke | None = None
    closed: bool = True


@dataclass(frozen=True, slots=True)
class Disc:
    """A circle."""

    x: float
    y: float
    r: float
    fill: str | None = None
    stroke: Stroke | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text; ``y`` is its baseline, ``x`` its start, middle or end."""

    x: float
    y: float
    text: str
    size: float
    paint: str = "ink"
    bold: bool = False
    anchor: Anchor = "start"

    @property
    def width(self) -> float:
        from chainmap.show.draw.fonts import width

        return width(self.text, self.size, self.bold)

    @property
    def left(self) -> float:
        """Where the text begins."""
        share = {"start": 0.0, "middle": 0.5, "end": 1.0}[self.anchor]
        return self.x - share * self.width


@dataclass(frozen=True, slots=True)
class Group:
    """Things that belong together: a card, a task. ``title`` says it in full."""

    items: tuple[Item, ...]
    kind: str = ""  # card | task | legend
    ref: str = ""
    title: str = ""
    status: str = ""


Item = Box | Shape | Disc | Text | Group


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its size in units, what is on it, and what it shows in words."""

    width: float
    height: float
    items: tuple[Item, ...]
    title: str
    description: str = ""
    notes: tuple[str, ...] = field(default=())  # what a speaker or a reader of the notes needs


@dataclass(frozen=True, slots=True)
class Grid:
    """A page that is a table of text: what stands around it, and its cells."""

    width: float
    height: float
    items: tuple[Item, ...]
    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]
    x: float
    y: float
    highs: tuple[float, ...]  # of the head and of every row
    size: float
    bold: int = -1  # the column that stands out
    notes: tuple[str, ...] = field(default=())


def flat(items: tuple[Item, ...]) -> Iterator[Box | Shape | Disc | Text]:
    """All that is drawn, in its order, without the groups."""
    for item in items:
        if isinstance(item, Group):
            yield from flat(item.items)
        else:
            yield item


def groups(items: tuple[Item, ...], kind: str) -> Iterator[Group]:
    """The groups of a kind, in the order they are drawn."""
    for item in items:
        if isinstance(item, Group):
            if item.kind == kind:
                yield item
            yield from groups(item.items, kind)


def texts(page: Page) -> Iterator[Text]:
    """Every line of text on a page."""
    return (item for item in flat(page.items) if isinstance(item, Text))


def left_rounded(x: float, y: float, w: float, h: float, r: float) -> tuple[Point, ...]:
    """A rectangle whose two left corners are round: the strip of a card."""
    return (
        (x + w, y),
        (x + w, y + h),
        *arc(x + r, y + h - r, r, 90, 180),
        *arc(x + r, y + r, r, 180, 270),
    )


def arc(x: float, y: float, r: float, start: float, end: float, steps: int = 8) -> list[Point]:
    """Points on a circle, degrees clockwise from the right."""
    turns = [math.radians(start + (end - start) * step / steps) for step in range(steps + 1)]
    return [(round(x + r * math.cos(a), 3), round(y + r * math.sin(a), 3)) for a in turns]
