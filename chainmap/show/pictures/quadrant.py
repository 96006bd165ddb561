"""Candidates by impact and likelihood, with crosses for what is not known, and a list beside."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from chainmap.core.words import say
from chainmap.show.draw.fonts import fit, width, wrap
from chainmap.show.draw.scene import Box, Disc, Group, Item, Page, Shape, Stroke, Text
from chainmap.show.draw.tokens import ACTS
from chainmap.show.pictures.frame import RIGHT, TALL, WIDE, footing, heading
from chainmap.show.pictures.ranks import ON_PAGE, Candidate, RankContent

HEIGHT = TALL["16:9"]
LEFT, END, TOP, FLOOR = 96.0, 1056.0, 120.0, 790.0
LIST = 1090.0
R = 11.0  # of a disc
LABEL = 14.0
Rect = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class _Scale:
    """Likelihood and impact to units; the whole range that points and crosses take."""

    low: tuple[float, float]
    high: tuple[float, float]

    def at(self, likelihood: float, impact: float) -> tuple[float, float]:
        across = (likelihood - self.low[0]) / (self.high[0] - self.low[0])
        up = (impact - self.low[1]) / (self.high[1] - self.low[1])
        return LEFT + across * (END - LEFT), FLOOR - up * (FLOOR - TOP)


@dataclass(frozen=True, slots=True)
class _Point:
    number: int
    row: Candidate
    impact: float
    likelihood: float


def quadrant_page(content: RankContent) -> list[Page]:
    """The chart, twenty candidates a page; those without impact or likelihood stand in the list."""
    rows = list(enumerate(content.rows, 1))
    parts = [rows[at : at + ON_PAGE] for at in range(0, len(rows), ON_PAGE)] or [[]]
    return [_page(content, part) for part in parts]


def _page(content: RankContent, numbered: Sequence[tuple[int, Candidate]]) -> Page:
    lang = content.lang
    points = [
        _Point(number, row, row.impact, row.likelihood)
        for number, row in numbered
        if row.impact is not None and row.likelihood is not None
    ]
    title = say("chart.quadrant", lang, title=content.title)
    told = say("chart.quarter", lang, **content.quarter)
    items = heading(title, told, content.date)
    scale = _scale(content, points)
    items += _ground(content, scale)
    items += _crosses(points, scale)
    items += _discs(points, scale)
    items += _list(content, numbered)
    edition = say("chart.edition", lang, edition=content.edition)
    items += footing(content.footer, edition, HEIGHT)
    return Page(WIDE, HEIGHT, tuple(items), title, told)


def _scale(content: RankContent, points: Sequence[_Point]) -> _Scale:
    impact, likelihood = content.lines
    across, up = [likelihood], [impact]
    for point in points:
        across += [point.likelihood, *(point.row.likelihood_span or ())]
        up += [point.impact, *(point.row.impact_span or ())]
    spans = [
        (max(0.0, math.floor((min(part) - 4) / 10) * 10.0),
         min(100.0, math.ceil((max(part) + 4) / 10) * 10.0))
        for part in (across, up)
    ]  # fmt: skip
    return _Scale((spans[0][0], spans[1][0]), (spans[0][1], spans[1][1]))


def _ground(content: RankContent, scale: _Scale) -> list[Item]:
    """The quarters with their names, the dividing lines, and the axes."""
    lang = content.lang
    impact, likelihood = content.lines
    x, y = scale.at(likelihood, impact)
    items: list[Item] = [
        Box(LEFT, TOP, END - LEFT, FLOOR - TOP, "panel"),
        Box(x, TOP, END - x, y - TOP, "band"),
        Box(LEFT, TOP, END - LEFT, FLOOR - TOP, None, Stroke("faint", 1)),
        Shape(((x, TOP), (x, FLOOR)), None, Stroke("sub", 1.4, (6, 5)), False),
        Shape(((LEFT, y), (END, y)), None, Stroke("sub", 1.4, (6, 5)), False),
    ]
    for name, right, below in (
        ("prepare", False, False), ("first", True, False), ("watch", False, True),
        ("take", True, True),
    ):  # fmt: skip
        at = (END - 14 if right else LEFT + 14, FLOOR - 14 if below else TOP + 28)
        word = say(f"chart.{name}", lang)
        items.append(Text(*at, word, 18, "ink", True, "end" if right else "start"))
    for axis in (0, 1):
        low, high = scale.low[axis], scale.high[axis]
        step = 20 if high - low > 60 else 10
        for value in range(int(low), int(high) + 1, step):
            place = scale.at(value, scale.low[1]) if axis == 0 else scale.at(scale.low[0], value)
            text = f"{value:g}"
            if axis == 0:
                items.append(Text(place[0], FLOOR + 22, text, 14, "sub", False, "middle"))
            else:
                items.append(Text(LEFT - 8, place[1] + 5, text, 14, "sub", False, "end"))
    middle = (LEFT + END) / 2
    items.append(Text(middle, FLOOR + 44, say("chart.likelihood", lang), 15, "ink", True, "middle"))
    items.append(Text(LEFT, TOP - 7, say("chart.impact", lang), 15, "ink", True))
    return items


def _crosses(points: Sequence[_Point], scale: _Scale) -> list[Item]:
    """How far impact and likelihood may lie apart while something is unknown."""
    items: list[Item] = []
    for point in points:
        x, y = scale.at(point.likelihood, point.impact)
        if point.row.likelihood_span:
            low, high = (scale.at(v, 0)[0] for v in point.row.likelihood_span)
            items.append(Shape(((low, y), (high, y)), None, Stroke("faint", 1), False))
        if point.row.impact_span:
            low, high = (scale.at(0, v)[1] for v in point.row.impact_span)
            items.append(Shape(((x, low), (x, high)), None, Stroke("faint", 1), False))
    return items


def _discs(points: Sequence[_Point], scale: _Scale) -> list[Item]:
    """A numbered disc each, beside its place where another stands there; then the names."""
    taken: list[Rect] = _quarter_names()
    placed: list[tuple[_Point, float, float]] = []
    items: list[Item] = []
    for point in points:
        x, y = scale.at(point.likelihood, point.impact)
        cx, cy = _free(x, y, taken)
        taken.append((cx - R - 1, cy - R - 1, cx + R + 1, cy + R + 1))
        placed.append((point, cx, cy))
        if (cx, cy) != (x, y):
            items.append(Disc(x, y, 2.5, ACTS[point.row.kind]))
            items.append(Shape(((x, y), (cx, cy)), None, Stroke("sub", 1), False))
    for point, cx, cy in placed:
        colour = ACTS[point.row.kind]
        body: list[Item] = [
            Disc(cx, cy, R, colour, Stroke("bg", 1.5)),
            Text(cx, cy + 4.5, str(point.number), 12.5, "on-head", True, "middle"),
        ]
        label = _label(point, cx, cy, taken)
        if label is not None:
            body.append(label)
            taken.append(_room(label))
        items.append(Group(tuple(body), "point", point.row.ref, point.row.name))
    return items


def _quarter_names() -> list[Rect]:
    return [
        (x, y, x + 150, y + 34)
        for x, y in product((LEFT, END - 150), (TOP, FLOOR - 34))
    ]  # fmt: skip


def _free(x: float, y: float, taken: Sequence[Rect]) -> tuple[float, float]:
    """The nearest place around a point where a disc has room."""
    for ring in range(40):
        for turn in range(max(1, 8 * ring)):
            angle = 2 * math.pi * turn / max(1, 8 * ring)
            cx = min(END - R - 2, max(LEFT + R + 2, x + ring * 9 * math.cos(angle)))
            cy = min(FLOOR - R - 2, max(TOP + R + 2, y + ring * 9 * math.sin(angle)))
            if ring == 0 and (abs(cx - x) > 1e-9 or abs(cy - y) > 1e-9):
                continue
            if not any(_meet((cx - R, cy - R, cx + R, cy + R), other) for other in taken):
                return cx, cy
    return x, y


def _label(point: _Point, x: float, y: float, taken: Sequence[Rect]) -> Text | None:
    """The name at the first of six places that is free; none where all are taken."""
    name = fit(point.row.name, 130, LABEL, True)
    for side, drop in product((1, -1), (-7.0, 5.0, 17.0)):
        start = x + side * (R + 5)
        text = Text(start, y + drop, name, LABEL, "ink", True, "start" if side == 1 else "end")
        box = _room(text)
        inside = box[0] >= LEFT and box[2] <= END and box[1] >= TOP and box[3] <= FLOOR
        if inside and not any(_meet(box, other) for other in taken):
            return text
    return None


def _room(text: Text) -> Rect:
    left = text.left
    return (left - 2, text.y - text.size, left + text.width + 2, text.y + 4)


def _meet(a: Rect, b: Rect) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _list(content: RankContent, rows: Sequence[tuple[int, Candidate]]) -> list[Item]:
    """Numbers with names, links and values, and how to read the chart."""
    lang = content.lang
    edges = (RIGHT - 62, RIGHT)
    items: list[Item] = [
        Text(LIST, TOP + 10, say("chart.numbers", lang), 15, "ink", True),
        Text(edges[0], TOP + 10, say("chart.short_impact", lang), 14, "sub", False, "end"),
        Text(edges[1], TOP + 10, say("chart.short_likelihood", lang), 14, "sub", False, "end"),
    ]
    step = min(36.0, 520.0 / max(1, len(rows)))
    y = TOP + 38
    for number, row in rows:
        name = fit(row.name, 172, 15, True)
        x = LIST + 34 + width(name, 15, True) + 10
        kind = fit(say(f"kind.{row.kind}", lang).split("（")[0], 64, 14, True)
        values = [say("unknown", lang) if v is None else f"{v:.0f}"
                  for v in (row.impact, row.likelihood)]  # fmt: skip
        right = edges[0] - 40 - width(kind, 14, True)
        body: list[Item] = [
            Disc(LIST + 12, y - 5, R, ACTS[row.kind]),
            Text(LIST + 12, y - 0.5, str(number), 12.5, "on-head", True, "middle"),
            Text(LIST + 34, y, name, 15, "ink", True),
            Text(x, y, fit(row.link, right - x - 10, 14), 14, "sub"),
            Text(right, y, kind, 14, ACTS[row.kind], True),
            *(Text(edge, y, value, 14, "ink", False, "end")
              for edge, value in zip(edges, values, strict=True)),
        ]  # fmt: skip
        items.append(Group(tuple(body), "listed", row.ref))
        y += step
    impact, likelihood = content.lines
    y += 4
    items.append(Shape(((LIST, y - 14), (RIGHT, y - 14)), None, Stroke("line"), False))
    y += 10
    words = {"impact": f"{impact:g}", "likelihood": f"{likelihood:g}"}
    for key in ("chart.lines", "chart.cross", "chart.colour"):
        for line in wrap(say(key, lang, **words), RIGHT - LIST, 14):
            items.append(Text(LIST, y, line, 14, "ink"))
            y += 20
    return items
