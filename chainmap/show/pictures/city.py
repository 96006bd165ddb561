"""The city on a page: every chain with its counts, how complete it is, and what is open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chainmap.core.words import say
from chainmap.show.draw.fonts import fit, width, wrap
from chainmap.show.draw.scene import Box, Group, Item, Page, Shape, Stroke, Text
from chainmap.show.draw.symbols import symbol
from chainmap.show.pictures.legend import STATUSES

WIDE, TALL = 794.0, 1123.0  # A4 at 96 units an inch
LEFT, RIGHT = 44.0, 750.0
NAME, BAR, BAR_END = 118.0, 206.0, 520.0
COLUMNS = (("whole", 600.0), ("settled", 656.0), ("open", 704.0), ("projects", RIGHT))
TOP, FLOOR = 196.0, 1066.0
ROW = 31.0


@dataclass(frozen=True, slots=True)
class ChainLine:
    """A chain in one line."""

    chain: str
    name: str
    counts: Mapping[str, int]  # links by status
    whole: str  # completeness, as a range
    settled: int  # gaps that are settled
    open: int  # gaps to check
    projects: int  # signed or further, not ended

    @property
    def links(self) -> int:
        """How many links it has."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class City:
    """The chains and the sentences around them."""

    title: str
    about: str
    conclusion: str
    lines: tuple[ChainLine, ...]
    footer: str
    lang: str = "zh"

    @property
    def counts(self) -> Counter[str]:
        """All links by status."""
        return sum((Counter(dict(line.counts)) for line in self.lines), Counter())


def city_pages(city: City) -> list[Page]:
    """The page; more than one where there are many chains."""
    each = int((FLOOR - TOP) // ROW)
    parts = [city.lines[at : at + each] for at in range(0, len(city.lines), each)] or [()]
    return [_page(city, part, at, len(parts)) for at, part in enumerate(parts, 1)]


def _page(city: City, lines: Sequence[ChainLine], page: int, pages: int) -> Page:
    lang = city.lang
    items: list[Item] = [
        Text(LEFT, 64, fit(city.title, RIGHT - LEFT, 25, True), 25, "ink", True),
        Text(LEFT, 86, fit(city.about, RIGHT - LEFT, 12.5), 12.5, "sub"),
        Shape(((LEFT, 97), (RIGHT, 97)), None, Stroke("head", 2), False),
    ]
    for at, text in enumerate(wrap(city.conclusion, RIGHT - LEFT, 13.5)[:2]):
        items.append(Text(LEFT, 120 + 19 * at, text, 13.5, "ink"))
    items += _key(city)
    base = TOP - 10
    items.append(Text(LEFT, base, say("city.chain", lang), 12, "ink", True))
    items.append(Text(BAR, base, say("city.links", lang), 12, "ink", True))
    for name, x in COLUMNS:
        items.append(Text(x, base, say(f"city.{name}", lang), 12, "ink", True, "end"))
    items.append(Shape(((LEFT, TOP), (RIGHT, TOP)), None, Stroke("head", 1.2), False))
    most = max((line.links for line in city.lines), default=1) or 1
    for at, line in enumerate(lines):
        items.append(_line(line, TOP + at * ROW, most))
    items.append(Shape(((LEFT, TALL - 46), (RIGHT, TALL - 46)), None, Stroke("line"), False))
    number = say("picture.page", lang, page=page, pages=pages) if pages > 1 else ""
    room = RIGHT - LEFT - width(number, 10.5) - 16
    for at, text in enumerate(wrap(city.footer, room, 10.5)[:2]):
        items.append(Text(LEFT, TALL - 30 + 13 * at, text, 10.5, "sub"))
    if number:
        items.append(Text(RIGHT, TALL - 30, number, 10.5, "sub", False, "end"))
    return Page(WIDE, TALL, tuple(items), city.title, city.conclusion)


def _key(city: City) -> list[Item]:
    """The signs with the counts of all chains."""
    items: list[Item] = []
    x, y = LEFT, 164.0
    counts = city.counts
    for status in STATUSES:
        text = f"{say(f'read.{status}', city.lang)} {counts[status]}"
        items += symbol(status, x + 6, y - 4, status, 4.6)
        items.append(Text(x + 15, y, text, 12, "ink"))
        x += 15 + width(text, 12) + 18
    return [Group(tuple(items), "legend")]


def _line(line: ChainLine, y: float, most: int) -> Group:
    """Name, links by status as parts of a bar, and the figures."""
    middle = y + ROW / 2
    items: list[Item] = [
        Text(LEFT, middle + 4.5, fit(line.name, NAME, 13, True), 13, "ink", True),
        Text(BAR - 12, middle + 4.5, str(line.links), 12, "sub", False, "end"),
    ]
    unit = (BAR_END - BAR) / most
    x = BAR
    for status in STATUSES:
        count = line.counts.get(status, 0)
        if not count:
            continue
        wide = count * unit
        items += _part(status, count, (x, middle - 9, wide))
        x += wide
    for (_, at), text in zip(
        COLUMNS, (line.whole, str(line.settled), str(line.open), str(line.projects)), strict=True
    ):
        items.append(Text(at, middle + 4.5, text, 12, "ink", False, "end"))
    items.append(Shape(((LEFT, y + ROW), (RIGHT, y + ROW)), None, Stroke("track", 0.8), False))
    return Group(tuple(items), "chain", line.chain, line.name)


def _part(status: str, count: int, at: tuple[float, float, float]) -> list[Item]:
    """The part of a status: drawn as its cards are, so that it can be told without colour."""
    x, y, wide = at
    fill = {"strong": "strong", "missing": "card"}.get(status, f"{status}-tint")
    dash = {"missing": (4.0, 2.5), "unknown": (1.0, 2.0)}.get(status)
    edge = Stroke(status, 1.2 if status == "missing" else 0.8, dash)
    items: list[Item] = [Box(x + 0.5, y, max(1.0, wide - 1.5), 18, fill, edge, 2)]
    text = str(count)
    if width(text, 11, True) + 3 <= wide:
        paint = "on-solid" if status == "strong" else status
        items.append(Text(x + wide / 2, y + 13, text, 11, paint, True, "middle"))
    return items
