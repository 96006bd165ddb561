"""Candidates with the interval of their rank: bars, boxes and medians, and who is safely on top."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from chainmap.core.words import say
from chainmap.show.draw.fonts import fit, width, wrap
from chainmap.show.draw.scene import Box, Disc, Group, Item, Page, Shape, Stroke, Text
from chainmap.show.draw.tokens import ACTS
from chainmap.show.pictures.frame import MARGIN, RIGHT, TALL, WIDE, footing, heading

HEIGHT = TALL["16:9"]
ON_PAGE = 20
TOP, BOTTOM = 152.0, 768.0
NAME_X, SCORE_X, SPAN_X = 64.0, 446.0, 520.0
AXIS, AXIS_END = 556.0, 1190.0
BAR, BAR_END, SHARE_X = 1250.0, 1490.0, RIGHT
TALLEST = 50.0
DARK_AT = 0.5  # from here on a share is drawn dark
QUARTER = ("all", "first", "whole", "over")
STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row of the ranking as the charts show it."""

    ref: str
    name: str
    link: str
    kind: str  # of the gap, or what a check would be
    score: float
    span: tuple[int, int, float, int, int]  # rank at 5, 25, 50, 75 and 95 %
    p_top: float
    impact: float | None
    likelihood: float | None
    impact_span: tuple[float, float] | None = None  # over what the unknown marks may be
    likelihood_span: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class RankContent:
    """The candidates by median rank, then score, and the sentences around them."""

    title: str
    conclusion: str
    date: str
    rows: tuple[Candidate, ...]
    count: int  # candidates that were ranked, drawn or not
    top: int
    apart: tuple[str, ...]  # who is not in the ranking
    footer: str
    edition: str
    draws: int
    seed: int
    lines: tuple[float, float]  # where impact and likelihood are divided
    lang: str = "zh"
    # how many have a point, stand in the first quarter, do so wholly, and meet a line
    quarter: Mapping[str, int] = field(default_factory=lambda: dict.fromkeys(QUARTER, 0))


def rank_pages(content: RankContent) -> list[Page]:
    """The chart of the intervals, twenty candidates a page."""
    rows = content.rows
    parts = [rows[at : at + ON_PAGE] for at in range(0, len(rows), ON_PAGE)] or [()]
    return [_page(content, part, at, len(parts)) for at, part in enumerate(parts, 1)]


def share(value: float) -> str:
    """A probability in per cent, rounded down; a small one is never told as 0."""
    return "＜1%" if value < 0.01 else f"{math.floor(value * 100 + 1e-9)}%"


def mark(kind: str, x: float, middle: float, lang: str) -> list[Item]:
    """The kind of a gap as one character in its colour."""
    word = say(f"act.{kind}", lang).strip("[]")
    size = 15 if lang == "zh" else 10.5
    return [
        Box(x, middle - 12, 24, 24, ACTS[kind], None, 4),
        Text(x + 12, middle + 5, word, size, "on-head", True, "middle"),
    ]


def _page(content: RankContent, rows: Sequence[Candidate], page: int, pages: int) -> Page:
    items = heading(content.title, content.conclusion, content.date)
    step = min(TALLEST, (BOTTOM - TOP) / max(1, len(rows)))
    end = TOP + step * max(1, len(rows))
    scale = _Scale(max((row.span[4] for row in content.rows), default=1))
    if rows:
        items += _axes(content, scale, end)
    else:
        items.append(Text(MARGIN, TOP + 30, say("rank.empty", content.lang), 19, "ink"))
    for at, row in enumerate(rows):
        y = TOP + at * step
        if at:
            items.append(Shape(((MARGIN, y), (RIGHT, y)), None, Stroke("track", 1), False))
        items.append(_row(content, row, y + step / 2, scale))
    items += _key(content)
    key = "chart.seed_page" if pages > 1 else "chart.seed"
    words = {"seed": content.seed, "edition": content.edition, "page": page, "pages": pages}
    items += footing(content.footer, say(key, content.lang, **words), HEIGHT)
    return Page(WIDE, HEIGHT, tuple(items), content.title, content.conclusion, content.apart)


@dataclass(frozen=True, slots=True)
class _Scale:
    """Ranks to units."""

    last: int

    def x(self, rank: float) -> float:
        return AXIS + (rank - 1) / max(1, self.last - 1) * (AXIS_END - AXIS)

    def ticks(self) -> list[int]:
        """The first rank and round ones, as many as stand apart."""
        most = (AXIS_END - AXIS) / 40
        step = next((one for one in STEPS if self.last / one <= most), self.last)
        return [1, *(n for n in range(step, self.last + 1, step) if self.x(n) - AXIS >= 30)]


def _axes(content: RankContent, scale: _Scale, end: float) -> list[Item]:
    """Heads, the region of the first k, and a line for each tick."""
    lang, base = content.lang, TOP - 12
    most = say("chart.share", lang, top=content.top)
    edge = min(AXIS_END + 12, scale.x(content.top + 0.5))
    items: list[Item] = [
        Text(MARGIN, base, say("chart.candidate", lang), 16, "ink", True),
        Text(SCORE_X, base, say("chart.score", lang), 16, "ink", True, "end"),
        Text(SPAN_X, base, say("chart.span", lang), 16, "ink", True, "end"),
        Text(BAR, base, most, 16, "ink", True),
        Box(AXIS - 14, TOP, edge - AXIS + 14, end - TOP, "band", None, 3),
        Text((AXIS + AXIS_END) / 2, base - 21, say("chart.rank", lang), 14, "sub", False, "middle"),
    ]
    for tick in scale.ticks():
        x, inside = scale.x(tick), tick <= content.top
        items.append(Shape(((x, TOP), (x, end)), None, Stroke("line", 1), False))
        items.append(Text(x, base, str(tick), 15, "ink" if inside else "sub", inside, "middle"))
    return items


def _row(content: RankContent, row: Candidate, middle: float, scale: _Scale) -> Group:
    room = SCORE_X - 52 - NAME_X
    name = fit(row.name, room * 0.62, 17, True)
    x = NAME_X + width(name, 17, True) + 10
    low, first, median, third, high = row.span
    tall = 8.0
    ends = [(scale.x(low), scale.x(high))]
    items: list[Item] = [
        *mark(row.kind, MARGIN, middle, content.lang),
        Text(NAME_X, middle + 6, name, 17, "ink", True),
        Text(x, middle + 5, fit(row.link, SCORE_X - 50 - x, 14), 14, "sub"),
        Text(SCORE_X, middle + 6, f"{row.score:.1f}", 16, "ink", True, "end"),
        Text(SPAN_X, middle + 6, f"{low}—{high}", 14, "ink", False, "end"),
    ]
    for left, right in ends:
        items.append(_line(((left, middle), (right, middle)), 2.4))
        items += [_line(((at, middle - tall), (at, middle + tall)), 2.4) for at in (left, right)]
    left, right = scale.x(first) - 4, scale.x(third) + 4
    items.append(Box(left, middle - 8, right - left, 16, "half", Stroke("mark", 1.2), 3))
    items.append(Disc(scale.x(median), middle, 5.6, "bg", Stroke("mark", 2.6)))
    items += _share(row.p_top, middle)
    told = f"{row.name} {row.link} {row.score:.1f} {low}—{high} {share(row.p_top)}"
    return Group(tuple(items), "candidate", row.ref, told)


def _share(value: float, middle: float) -> list[Item]:
    dark = value >= DARK_AT
    long = (BAR_END - BAR) * value
    items: list[Item] = [Box(BAR, middle - 8, BAR_END - BAR, 16, "track", None, 3)]
    if long >= 1:
        items.append(Box(BAR, middle - 8, long, 16, "mark" if dark else "faint", None, 3))
    return [*items, Text(SHARE_X, middle + 6, share(value), 16, "ink", dark, "end")]


def _line(points: tuple[tuple[float, float], ...], wide: float) -> Shape:
    return Shape(points, None, Stroke("mark", wide), False)


def _key(content: RankContent) -> list[Item]:
    """How to read the bars, and who is not among them."""
    lang, y = content.lang, HEIGHT - 84
    x = MARGIN
    items: list[Item] = [Text(x, y, say("chart.key", lang), 15, "ink", True)]
    x += width(say("chart.key", lang), 15, True) + 16
    middle = y - 5
    for name, wide in (("interval", 54.0), ("half", 38.0), ("median", 14.0), ("top", 26.0)):
        if name == "interval":
            items.append(_line(((x, middle), (x + wide, middle)), 2.4))
            ends = (x, x + wide)
            items += [_line(((at, middle - 7), (at, middle + 7)), 2.4) for at in ends]
        elif name == "half":
            items.append(Box(x, middle - 8, wide, 16, "half", Stroke("mark", 1.2), 3))
        elif name == "median":
            items.append(Disc(x + 7, middle, 5.6, "bg", Stroke("mark", 2.6)))
        else:
            items.append(Box(x, middle - 9, wide, 18, "band", Stroke("line"), 3))
        word = say(f"chart.{name}", lang, top=content.top)
        items.append(Text(x + wide + 8, y, word, 15, "ink"))
        x += wide + 8 + width(word, 15) + 22
    left_out = content.count - len(content.rows)
    more = [say("chart.more", lang, count=left_out)] if left_out else []
    joint = "" if content.lang == "zh" else " "
    lines = wrap(joint.join(part.strip() for part in [*more, *content.apart]), RIGHT - MARGIN, 14)
    if len(lines) > 2:  # the notes of the page hold everything
        lines = [lines[0], fit("".join(lines[1:]), RIGHT - MARGIN, 14)]
    for at, line in enumerate(lines):
        items.append(Text(MARGIN, HEIGHT - 58 + 18 * at, line, 14, "sub"))
    return [Group(tuple(items), "legend")]
