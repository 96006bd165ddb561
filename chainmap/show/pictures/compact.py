"""The two maps in small, for a page that is read at arm's length: names and states alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from chainmap.core.words import say
from chainmap.show.draw.fonts import fit, fit_name, width
from chainmap.show.draw.scene import Box, Group, Item, Shape, Stroke, Text
from chainmap.show.draw.symbols import symbol
from chainmap.show.draw.tokens import ACTS
from chainmap.show.pictures.content import Card, Panorama
from chainmap.show.pictures.legend import key_box, key_line
from chainmap.show.pictures.path_content import TERMS, Job, PathContent, is_support
from chainmap.show.pictures.stages import (
    Column,
    Form,
    card_places,
    columns,
    panel_ground,
    stage_head,
)

STRIP = {"zh": 29.0, "en": 38.0}
FORM = Form(
    "a4", 0, 20, 4, 21, 21, 5, 220, rows=True, pad=6, between=6, apart=8, notch=8, text=11.5,
    title=13,
)  # fmt: skip
NAME = 11.0
BAR, ROW = 15.0, 19.0
LANE = {"zh": 44.0, "en": 78.0}
AXIS = 24.0


def small_panorama(
    content: Panorama, left: float, right: float, top: float, room: float
) -> tuple[list[Item], float]:
    """Every link with its state and name in a frame, and the key; also where it all ends.

    Of the forms that fit, the one that cuts the fewest names, of equals the roomiest; where none
    fits, the last form is taken as it is. The key stands in the free foot of short columns where
    there is room, else on a line of its own.
    """
    stages = [stage for stage in content.stages if stage.cards]
    frame = replace(FORM, left=left, right=right, top=top, floor=top + room)
    fewest = max(4, len(stages))
    forms = [
        replace(frame, columns=n, card=card, gap=gap, header=header)
        for n in range(fewest, max(10, fewest + 1))
        for card, gap, header in ((20, 4, 21), (17, 3, 19), (15.5, 2, 18), (14.5, 1.5, 17))
    ]
    tried = [(form, laid) for form in forms if (laid := columns(stages, form))]
    if not tried:
        last = replace(forms[-1], floor=9e9)
        tried = [(last, columns(stages, last) or [])]
    form, laid = min(tried, key=lambda one: _cut(one[1], one[0], content.lang))
    items: list[Item] = []
    for column in laid:
        items += stage_head(column, form, laid, content.lang)
        for panel in column.panels:
            items += panel_ground(panel, column, form, content.lang)
            for one, x, y, w in card_places(panel, column, form):
                items.append(small_card(one, x, y, w, form.card, content.lang))
    end = form.body + max((column.height for column in laid), default=0.0)
    for first in range(len(laid)):
        box = (laid[first].x, form.body + max(c.height for c in laid[first:]) + 10, right, end)
        key = key_box(content, *box)
        if key:
            return [*items, *key], end
    return [*items, *key_line(content, left, right, end + 19)], end + 22


def _cut(laid: Sequence[Column], form: Form, lang: str) -> int:
    """How many cards have no room for the whole name of their link."""
    return sum(
        "…" in _name(one, w, lang)
        for column in laid
        for panel in column.panels
        for one, _, _, w in card_places(panel, column, form)
    )


def _name(one: Card, w: float, lang: str) -> str:
    """The name as a card of this width shows it."""
    star = "*" if one.critical else ""
    bold = one.status == "missing"
    room = w - STRIP[lang] - 6 - width(star, NAME, bold)
    return fit(fit_name(one.name, room, NAME, bold), room, NAME, bold) + star


def small_card(one: Card, x: float, y: float, w: float, h: float, lang: str) -> Group:
    """State and name on one line; border and ground differ by state as on the large map."""
    paint, strip = one.status, STRIP[lang]
    dash, wide, edge = {
        "missing": ((4.0, 2.5), 1.2, paint),
        "unknown": ((1.0, 2.0), 0.8, paint),
        "planned": (None, 0.8, paint),
        "present": (None, 0.8, paint),
    }.get(one.status, (None, 0.8, "line"))
    items: list[Item] = [Box(x, y, w, h, "card", None, 3)]
    on = "on-solid" if one.status == "strong" else paint
    if one.status != "missing":
        ground = paint if one.status == "strong" else f"{paint}-tint"
        items.append(Box(x + 0.5, y + 0.5, strip - 1, h - 1, ground, None, 2.5))
    middle = y + h / 2
    mark = say(f"tag.{one.status}", lang).strip("[]")
    size = 10.5 if lang == "zh" else 7.5
    items += [
        Box(x + 0.4, y + 0.4, w - 0.8, h - 0.8, None, Stroke(edge, wide, dash), 3),
        *symbol(one.status, x + 8.5, middle, on, 3.7),
        Text(x + (strip + 13) / 2, middle + 4, mark, size, on, True, "middle"),
        Text(x + strip + 3, middle + 4.1, _name(one, w, lang), NAME, "ink",
             one.status == "missing"),
    ]  # fmt: skip
    return Group(tuple(items), "card", one.ref, one.name, one.status)


@dataclass(frozen=True, slots=True)
class _Bar:
    job: Job
    x: float
    w: float
    row: int
    words: str  # where its words stand: inside, after it, before it
    left: float  # of bar and words
    end: float


def small_path(
    content: PathContent, left: float, right: float, top: float, room: float
) -> tuple[list[Item], float, int]:
    """The tasks that matter most as bars; also where it ends, and how many are left out.

    First those under way, then what is late, the critical path, what is at risk, and the earliest:
    as many as have room.
    """
    start = left + LANE[content.lang] + 4
    first, last = content.first, content.terms[2]
    unit = (right - start) / max(1, last - first)

    def x(month: int) -> float:
        return start + max(0, min(last - first, month - first)) * unit

    chosen: list[Job] = []
    for job in sorted(content.jobs, key=_weight):
        lanes = _lanes(content, [*chosen, job], x, (start, right))
        if AXIS + sum(_high(bars) + 4 for bars in lanes.values()) <= room:
            chosen.append(job)
    lanes = _lanes(content, chosen, x, (start, right))
    items: list[Item] = []
    begins = (first, *content.terms[:2])
    for term, begin, end in zip(TERMS, begins, content.terms, strict=True):
        begin_x, end_x = x(begin), x(end)
        years = f"{begin // 12}—{(end - 1) // 12}"
        text = f"{say(f'path.{term}', content.lang)} {years}"
        items += [
            Box(begin_x, top, end_x - begin_x - 1, 19, term, None, 2),
            Text((begin_x + end_x) / 2, top + 14, fit(text, end_x - begin_x - 6, 12, True), 12,
                 "on-head", True, "middle"),
        ]  # fmt: skip
    y = top + AXIS
    grid: list[Item] = []
    for lane, bars in lanes.items():
        items += _lane(lane, (left, start - 4, right), y, _high(bars))
        for bar in bars:
            items.append(_bar(content, bar, y + 3 + bar.row * ROW))
        y += _high(bars) + 4
    januaries = range(first - first % 12 + 12, last, 12)
    grid += [
        Shape(((x(m), top + 20), (x(m), y - 4)), None, Stroke("line", 0.6), False)
        for m in januaries
    ]
    grounds = [item for item in items if isinstance(item, Box | Text)]
    drawn = [item for item in items if not isinstance(item, Box | Text)]
    left_out = sum(job.count for job in content.jobs) - sum(job.count for job in chosen)
    return [*grounds, *grid, *drawn], y, left_out


def _weight(job: Job) -> tuple[bool, bool, bool, bool, int, str]:
    return (not job.started, not job.late, not job.critical, not job.risky, job.start, job.code)


def _high(bars: Sequence[_Bar]) -> float:
    return (max(bar.row for bar in bars) + 1) * ROW + 4


def _lanes(
    content: PathContent,
    jobs: Sequence[Job],
    x: Callable[[int], float],
    edges: tuple[float, float],
) -> dict[str, list[_Bar]]:
    """The bars of each lane, each in the first row that is free where it stands."""
    lanes: dict[str, list[_Bar]] = {}
    for lane in content.lanes:
        mine = sorted((job for job in jobs if job.lane == lane), key=lambda j: (j.start, j.code))
        ends: list[list[tuple[float, float]]] = []
        for job in mine:
            bar = _placed(job, x, edges)
            row = next(
                (at for at, taken in enumerate(ends)
                 if all(bar.left > end + 8 or bar.end + 8 < begin for begin, end in taken)),
                len(ends),
            )  # fmt: skip
            if row == len(ends):
                ends.append([])
            ends[row].append((bar.left, bar.end))
            lanes.setdefault(lane, []).append(replace(bar, row=row))
    return lanes


def _placed(job: Job, x: Callable[[int], float], edges: tuple[float, float]) -> _Bar:
    """A bar with its words: inside where they fit, else after it, else before it.

    Where no place has room for all of them they stand, cut, where there is most.
    """
    start, right = edges
    begin = x(job.start)
    wide = max(18.0, x(job.end) - begin)
    begin = min(begin, right - wide)
    text = width(_label(job), 11, job.critical) + 1
    rooms = {
        "inside": wide - 24,
        "after": right - begin - wide - 6,
        "before": begin - start - 6,
    }
    words = next((name for name, room in rooms.items() if room >= text), None)
    words = words or max(rooms, key=lambda name: rooms[name])
    taken = min(text, rooms[words])
    left = begin - 6 - taken if words == "before" else begin
    end = begin + wide + 6 + taken if words == "after" else begin + wide
    return _Bar(job, begin, wide, 0, words, left, end)


def _label(job: Job) -> str:
    return f"{job.name or job.title}　{_due(job)}"


def _due(job: Job) -> str:
    return f"{job.due}!" if job.late else f"{job.due}△" if job.risky else job.due


def _lane(name: str, at: tuple[float, float, float], y: float, h: float) -> list[Item]:
    left, end, right = at
    first = name.partition(" ")[0]
    wide = end - left
    head: Item = Box(left, y, wide, h, "head", None, 3)
    paint = "on-head"
    if is_support(first):
        head, paint = Box(left + 0.5, y + 0.5, wide - 1, h - 1, "card", Stroke("head"), 3), "ink"
    middle = y + h / 2 + 4.5
    return [
        Box(end + 4, y, right - end - 4, h, "panel", None, 2),
        head,
        Text(left + wide / 2, middle, fit(first, wide - 4, 12, True), 12, paint, True, "middle"),
    ]


def _bar(content: PathContent, bar: _Bar, y: float) -> Group:
    job, lang = bar.job, content.lang
    colour = ACTS[job.kind]
    dash = (3.5, 2.5) if job.conditional else None
    fill = colour if job.started else "card"
    edge = Stroke(colour, 1.6 if job.critical else 0.9, dash)
    mark = say(f"act.{job.kind}", lang).strip("[]")
    on = "on-head" if job.started else colour
    size = 10 if lang == "zh" else 7.5
    items: list[Item] = [
        Box(bar.x + 0.5, y + 0.5, bar.w - 1, BAR - 1, fill, edge, 2.5),
        Text(bar.x + 4.5, y + BAR - 4, mark, size, on, True),
    ]
    left, end = {
        "inside": (bar.x + 20, bar.x + bar.w - 4),
        "after": (bar.x + bar.w + 6, bar.end),
        "before": (bar.left, bar.x - 6),
    }[bar.words]
    paint = "on-head" if bar.words == "inside" and job.started else "ink"
    # The date is never cut.
    due = f"　{_due(job)}"
    room = end - left - width(due, 11, job.critical)
    title = fit(job.name or job.title, room, 11, job.critical)
    items.append(Text(left, y + BAR - 3.8, title + due, 11, paint, job.critical))
    return Group(tuple(items), "task", job.code, job.said or job.title, job.kind)
