"""The path as a picture: time across, stages as lanes, a box a task, lines for what waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from chainmap.core.words import say
from chainmap.show.draw.fonts import fit, width, wrap
from chainmap.show.draw.scene import Box, Group, Item, Page, Shape, Stroke, Text
from chainmap.show.draw.tokens import ACTS
from chainmap.show.pictures.frame import BODY, MARGIN, RIGHT, TALL, WIDE, footing, heading
from chainmap.show.pictures.path_content import TERMS, Job, PathContent, is_support
from chainmap.show.pictures.path_key import arrow, path_key
from chainmap.show.pictures.routes import Block, Router, rounded

LANE = 84.0  # width of the lane heads
LEFT = MARGIN + LANE + 6  # where time begins
TOP = 176.0  # where the lanes begin, below terms and half-years
ROW, TALL_BOX = 54.0, 46.0
STRIP = 32.0
LANE_GAP = 8.0
NARROW = 204.0  # a shorter box has its words beside it
ONE_PAGE = 24


@dataclass(frozen=True, slots=True)
class _Place:
    """A task where it stands: its box, and the room that box and words take together."""

    job: Job
    x: float
    w: float
    row: int
    end: float  # right of box and words
    beside: bool  # the words stand right of the box


@dataclass(frozen=True, slots=True)
class _Scale:
    """Months to units."""

    first: int
    months: int

    @property
    def unit(self) -> float:
        return (RIGHT - LEFT) / self.months

    def x(self, month: int) -> float:
        """Where a month begins, kept within the drawing."""
        return LEFT + max(0, min(self.months, month - self.first)) * self.unit


def path_pages(content: PathContent, sheet: str = "16:9") -> list[Page]:
    """The pages of a path: one, or one a term where it has many tasks.

    A page that is too full is drawn on the larger sheet; one too full for that goes on. On the
    sheet ``a3`` all pages are.
    """
    heights = [height for name, height in TALL.items() if sheet in ("16:9", name)]
    if not content.jobs:
        return [_empty(content, heights[0])]
    whole = _scale(content.first, content.terms[2], content.jobs)
    if len(content.jobs) <= ONE_PAGE:
        placed = _placed(content, content.jobs, whole)
        for height in heights:
            if _fits(placed, height):
                return [_page(content, placed, whole, content.title, height)]
    pages = []
    begins = (content.first, *content.terms[:2])
    for term, begin, end in zip(TERMS, begins, content.terms, strict=True):
        jobs = [job for job in content.jobs if job.term == term]
        scale = _scale(begin, end, jobs)
        parts = _parts(content, jobs, scale)
        for at, part in enumerate(parts, 1):
            words = {"title": content.title, "term": say(f"path.{term}", content.lang)}
            placed = _placed(content, part, scale)
            height = next((h for h in heights if _fits(placed, h)), TALL["a3"])
            title = say("path.only", content.lang, **words)
            if len(parts) > 1:
                title += f" {at}/{len(parts)}"
            pages.append(_page(content, placed, scale, title, height))
    return pages


def _scale(begin: int, end: int, jobs: Sequence[Job]) -> _Scale:
    """From the quarter of the first task to the half-year of the last, within the term."""
    first = max(begin - 6, min((job.start for job in jobs), default=begin))
    first -= first % 3
    last = max([end, *(min(job.end, end + 12) for job in jobs)])
    return _Scale(first, max(6, last + (-last) % 6 - first))


def _parts(content: PathContent, jobs: Sequence[Job], scale: _Scale) -> list[list[Job]]:
    """Tasks in as many pages as they need, lane after lane, the pages filled alike."""
    in_order = sorted(jobs, key=lambda job: content.lanes.index(job.lane))
    fewest = _filled(content, in_order, scale, TALL["a3"])
    found, height = fewest, TALL["a3"] - ROW
    while 1 < len(found) == len(fewest):
        fewest = found
        found = _filled(content, in_order, scale, height)
        height -= ROW
    return fewest


def _filled(
    content: PathContent, jobs: Sequence[Job], scale: _Scale, height: float
) -> list[list[Job]]:
    """Tasks on pages of a height, each page as full as it gets."""
    parts: list[list[Job]] = []
    for job in jobs:
        if parts and _fits(_placed(content, [*parts[-1], job], scale), height):
            parts[-1].append(job)
        else:
            parts.append([job])
    return parts


Lanes = Mapping[str, tuple[tuple[_Place, ...], int]]  # the places of a lane, and its rows


def _placed(content: PathContent, jobs: Sequence[Job], scale: _Scale) -> Lanes:
    """Every task in a row of its lane: the first row that is free from its start on."""
    lanes: dict[str, tuple[tuple[_Place, ...], int]] = {}
    for lane in content.lanes:
        mine = sorted((job for job in jobs if job.lane == lane), key=_reading_order)
        rows: list[list[_Place]] = []
        for job in mine:
            place = _place(job, scale)
            row = next((at for at, taken in enumerate(rows) if _room(taken, place)), len(rows))
            if row == len(rows):
                rows.append([])
            rows[row].append(replace(place, row=row))
        if mine:
            lanes[lane] = (tuple(p for row in rows for p in _widened(row)), len(rows))
    return lanes


def _place(job: Job, scale: _Scale) -> _Place:
    """The box of a task, its words inside, or beside where it is short."""
    x = scale.x(job.start)
    w = max(STRIP + 4, scale.x(job.end) - x)
    x = min(x, RIGHT - w)
    if w >= NARROW:
        return _Place(job, x, w, 0, x + w, False)
    room = RIGHT - x - w - 8
    if room < 160:  # too near the edge: the box is widened to hold its words
        x = min(x, RIGHT - NARROW)
        return _Place(job, x, NARROW, 0, x + NARROW, False)
    words = width(job.title, 16, True) + width(f"{job.code}…", 14) + 14
    return _Place(job, x, w, 0, x + w + 8 + min(room, max(160.0, words)), True)


def _room(row: Sequence[_Place], new: _Place) -> bool:
    return all(new.x >= one.end + 18 or new.end + 18 <= one.x for one in row)


def _widened(row: Sequence[_Place]) -> list[_Place]:
    """Words beside a box get the room up to the next box of the row."""
    in_order = sorted(row, key=lambda one: one.x)
    ends = [*(one.x - 18 for one in in_order[1:]), RIGHT - 8]
    found = []
    for one, end in zip(in_order, ends, strict=True):
        wanted = one.x + one.w + 8 + width(f"{one.job.due} {one.job.words}", 14) + 20
        found.append(replace(one, end=max(one.end, min(end, wanted))) if one.beside else one)
    return found


def _reading_order(job: Job) -> tuple[bool, int, int, str]:
    return (not job.critical, job.start, job.end, job.code)


def _lane_height(rows: int) -> float:
    return rows * ROW + 4


def _fits(lanes: Lanes, height: float) -> bool:
    used = sum(_lane_height(rows) + LANE_GAP for _, rows in lanes.values())
    return TOP + used <= height - 96


def _page(content: PathContent, lanes: Lanes, scale: _Scale, title: str, height: float) -> Page:
    items = heading(title, content.conclusion, content.date)
    bottom = TOP + sum(_lane_height(rows) + LANE_GAP for _, rows in lanes.values()) - LANE_GAP
    items += _axis(content, scale)
    tops: dict[str, float] = {}
    y = TOP
    for lane, (_, rows) in lanes.items():
        items += _lane(lane, y, _lane_height(rows))
        tops[lane] = y
        y += _lane_height(rows) + LANE_GAP
    items += _grid(scale, bottom)
    places = [
        (one, tops[lane] + one.row * ROW + 4) for lane, (of, _) in lanes.items() for one in of
    ]
    lines, waits = _edges(places)
    items += lines
    for one, top in places:
        items.append(_box(content, one, top, waits.get(one.job.code, [])))
    items += path_key(content, height - 62)
    if content.below:
        text = fit("　".join(content.below), RIGHT - MARGIN, 14)
        items.append(Text(MARGIN, height - 41, text, 14, "sub"))
    right = say("path.second", content.lang, edition=content.edition)
    items += footing(content.footer, right, height)
    shared = [one.job.said for one, _ in places if one.job.count > 1]
    notes = (*content.below, *shared)
    return Page(WIDE, height, tuple(items), title, content.conclusion, notes)


def _empty(content: PathContent, height: float) -> Page:
    items = heading(content.title, "", content.date)
    items.append(Text(MARGIN, 150, say("path.none", content.lang), 19, "ink"))
    right = say("path.second", content.lang, edition=content.edition)
    items += footing(content.footer, right, height)
    return Page(WIDE, height, tuple(items), content.title)


def _axis(content: PathContent, scale: _Scale) -> list[Item]:
    """Near, mid and far as bands, and the half-years below them."""
    items: list[Item] = []
    begins = (scale.first, *content.terms[:2])
    for term, begin, end in zip(TERMS, begins, content.terms, strict=True):
        left, right = scale.x(begin), scale.x(end)
        if right - left < 4:
            continue
        items.append(Box(left, BODY, right - left - 2, 32, term, None, 3))
        first, last = max(begin, scale.first) // 12, (end - 1) // 12
        key = "path.span" if last > first else "path.span_one"
        text = say(key, content.lang, term=say(f"path.{term}", content.lang), first=first,
                   last=last)  # fmt: skip
        if width(text, 16, True) > right - left - 8:
            text = say(f"path.{term}", content.lang)
        if width(text, 16, True) <= right - left - 4:
            items.append(
                Text((left + right) / 2 - 1, BODY + 22, text, 16, "on-head", True, "middle")
            )
    for month in range(scale.first - scale.first % 6, scale.first + scale.months, 6):
        left, right = scale.x(month), scale.x(month + 6)
        key = "path.first_half" if month % 12 == 0 else "path.second_half"
        paint = "ink" if month % 12 == 0 else "sub"
        for text in (say(key, content.lang, year=month // 12), str(month // 12)):
            if width(text, 14) <= right - left - 4:
                middle = (left + right) / 2
                items.append(Text(middle, TOP - 12, text, 14, paint, False, "middle"))
                break
    return items


def _lane(name: str, y: float, h: float) -> list[Item]:
    """The ground of a lane and its head; support is no step of the flow and only outlined."""
    first, _, rest = name.partition(" ")
    support = is_support(first)
    head: Item = Box(MARGIN, y, LANE - 2, h, "head", None, 4)
    paint = "on-head"
    if support:
        head, paint = Box(MARGIN + 1, y + 1, LANE - 4, h - 2, "card", Stroke("head", 2), 4), "ink"
    middle = MARGIN + (LANE - 2) / 2
    size = next((one for one in (18.0, 15.0) if width(first, one, True) <= LANE - 8), 13.5)
    lines = [(fit(first, LANE - 4, size, True), size, True)]
    if rest and h > 80:
        lines += [(line, 13.5, False) for line in wrap(rest, LANE - 14, 13.5)[:2]]
    base = y + h / 2 + 7 - (len(lines) - 1) * 10
    texts: list[Item] = []
    for at, (text, size, bold) in enumerate(lines):
        texts.append(Text(middle, base + at * 20, text, size, paint, bold, "middle"))
    return [Box(LEFT, y, RIGHT - LEFT, h, "panel", None, 3), head, *texts]


def _grid(scale: _Scale, bottom: float) -> list[Item]:
    halves = range(scale.first - scale.first % 6 + 6, scale.first + scale.months, 6)
    return [
        Shape(((scale.x(m), TOP), (scale.x(m), bottom)), None,
              Stroke("line", 1.4 if m % 12 == 0 else 0.7), closed=False)
        for m in halves
    ]  # fmt: skip


def _edges(places: Sequence[tuple[_Place, float]]) -> tuple[list[Item], dict[str, list[str]]]:
    """Lines from what must be done first, short ones first; and what no line could be drawn for."""
    by_code = {one.job.code: (one, top) for one, top in places}
    blocks = [Block(one.x - 3, top - 2, one.end + 3, top + TALL_BOX + 2) for one, top in places]
    wanted = [
        (by_code[box], (one, top), task)
        for one, top in places
        for box, task in one.job.needs
        if box in by_code
    ]
    waits = {
        one.job.code: [task for box, task in one.job.needs if box not in by_code]
        for one, _ in places
    }
    wanted.sort(key=lambda pair: (
        abs(pair[1][1] - pair[0][1]) + abs(pair[1][0].x - pair[0][0].end),
        pair[0][0].job.code, pair[1][0].job.code,
    ))  # fmt: skip
    items: list[Item] = []
    router = Router(blocks)
    for (one, top), (other, below), task in wanted:
        begin = (one.end + 3 if one.beside else one.x + one.w, top + TALL_BOX / 2)
        end = (other.x, below + TALL_BOX / 2)
        way = router.way(one.job.code, begin, (end[0] - 3, end[1]))
        if way is None:
            waits[other.job.code].append(task)
            continue
        critical = one.job.critical and other.job.critical
        dash = (5.0, 4.0) if other.job.conditional else None
        items += arrow(rounded((*way[:-1], end)), critical, dash)
    return items, {code: codes for code, codes in waits.items() if codes}


def _box(content: PathContent, one: _Place, top: float, waits: Sequence[str]) -> Group:
    """A task: its kind on a strip, title and code, date and words."""
    job, lang = one.job, content.lang
    colour = ACTS[job.kind]
    dash = (6.0, 4.0) if job.conditional else None
    edge = Stroke(colour if job.started or job.conditional or job.critical else "faint",
                  2.4 if job.critical else 1.8 if job.started else 1.2, dash)  # fmt: skip
    items: list[Item] = [Box(one.x, top, one.w, TALL_BOX, "card", None, 5)]
    if job.started:
        items.append(Box(one.x, top, STRIP, TALL_BOX, colour, None, 5))
    else:
        x = one.x + STRIP
        if one.w > STRIP + 10:
            items.append(Shape(((x, top + 6), (x, top + TALL_BOX - 6)), None, Stroke(colour, 1.2),
                               closed=False))  # fmt: skip
    items.append(Box(one.x + 0.6, top + 0.6, one.w - 1.2, TALL_BOX - 1.2, None, edge, 5))
    mark = say(f"act.{job.kind}", lang).strip("[]")
    size = 16 if lang == "zh" else 12
    items.append(Text(one.x + STRIP / 2, top + 28, mark, size,
                      "on-head" if job.started else colour, True, "middle"))  # fmt: skip
    left = one.x + one.w + 8 if one.beside else one.x + STRIP + 8
    right = one.end if one.beside else one.x + one.w - 8
    items += _words(job, (left, right, top), waits, lang)
    return Group(tuple(items), "task", job.code, job.said or job.title, job.kind)


def _words(job: Job, at: tuple[float, float, float], waits: Sequence[str], lang: str) -> list[Item]:
    """The two lines of a task: the date stands first and is never cut, then what is aimed at."""
    left, right, top = at
    code = f"{job.code}…" if job.count > 1 else job.code
    room = right - left - (width(code, 14) + 8 if code else 0)
    date = f"{job.due}!" if job.late else f"{job.due}△" if job.risky else job.due
    paint = "missing" if job.late else "weak" if job.risky else ACTS[job.kind]
    items: list[Item] = [
        Text(left, top + 20, fit(job.title, room, 16, True), 16, "ink", True),
        Text(left, top + 39, date, 14, paint, True),
    ]
    if code:
        items.append(Text(right, top + 19, code, 14, "sub", anchor="end"))
    at_x = left + width(date, 14, True) + 8
    if waits:
        text = say("path.waits", lang, codes="、".join(waits[:3]) + ("…" if waits[3:] else ""))
        shown = fit(text, right - at_x, 14, True)
        items.append(Text(right, top + 39, shown, 14, "ink", True, "end"))
        right -= width(shown, 14, True) + 8
    if job.words and right - at_x > 42:
        items.append(Text(at_x, top + 39, fit(job.words, right - at_x, 14), 14, "sub"))
    return items
