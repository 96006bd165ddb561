"""The panorama as a picture: stages as columns, groups as panels, links as cards.

How dense it is follows from the number of links. What does not fit goes to a denser form, then
to a larger sheet, then to a page for each stage behind a page of groups; nothing is left out.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from chainmap.core.words import say
from chainmap.show.draw.fonts import fit, width
from chainmap.show.draw.scene import Box, Group, Item, Page, Shape, Stroke, Text
from chainmap.show.pictures.cards import ROW, card, row
from chainmap.show.pictures.content import Card, Panorama, Stage
from chainmap.show.pictures.frame import BODY, MARGIN, RIGHT, TALL, WIDE, footing, heading
from chainmap.show.pictures.legend import legend_box, legend_line, legend_room

COLUMN_GAP = 16.0
GROUP_GAP = 12.0
PAD = 10.0
NOTCH = 12.0


@dataclass(frozen=True, slots=True)
class Form:
    """How dense a panorama is drawn."""

    name: str
    height: float
    card: float  # height of a card
    gap: float  # between cards
    header: float  # of a group
    stage: float  # of a stage
    columns: int  # cards side by side over all stages, at most
    widest: float  # a card is never wider
    rows: bool  # one line a card


FEW = Form("few", TALL["16:9"], 104, 8, 34, 44, 5, 360, False)
FULL = Form("full", TALL["16:9"], 70, 8, 34, 44, 5, 640, False)
NOTED = Form("noted", TALL["a3"], 104, 8, 34, 44, 5, 640, False)
NOTED_CLOSE = Form("noted-close", TALL["a3"], 104, 8, 34, 44, 6, 400, False)
CLOSE = Form("close", TALL["16:9"], 60, 8, 32, 42, 6, 400, False)
CLOSER = Form("closer", TALL["16:9"], 58, 7, 32, 42, 7, 400, False)
LINES = Form("lines", TALL["16:9"], 34, 6, 30, 38, 8, 400, True)
DENSE = Form("dense", TALL["16:9"], ROW, 4, 30, 38, 8, 400, True)
DENSE_A3 = replace(DENSE, height=TALL["a3"])
FEW_UP_TO, FULL_UP_TO, DENSE_UP_TO = 8, 42, 120


@dataclass(frozen=True, slots=True)
class _Panel:
    """A group where it stands in its stage: first column, how many, and which shelf."""

    name: str
    cards: tuple[Card, ...]
    first: int
    across: int
    top: float
    height: float


@dataclass(frozen=True, slots=True)
class _Column:
    """A stage where it stands."""

    stage: Stage
    x: float
    w: float
    unit: float  # the width of one column of cards with its panel
    panels: tuple[_Panel, ...]
    height: float  # of its panels together


def panorama(content: Panorama, sheet: str = "16:9") -> list[Page]:
    """The pages of a panorama; one wherever one can hold it. ``sheet`` is ``16:9`` or ``a3``."""
    stages = [stage for stage in content.stages if stage.cards]
    count = sum(len(stage.cards) for stage in stages)
    if not count:
        return [_empty(content, TALL[sheet])]
    for form in _forms(count, sheet):
        columns = _columns(stages, form)
        if columns is not None:
            return [_page(content, columns, form)]
    return _stage_by_stage(content, stages)


def _forms(count: int, sheet: str) -> list[Form]:
    """The forms to try, the roomiest first; on the larger sheet each has more height."""
    few = [FEW] if count <= FEW_UP_TO else []
    full = [FULL, CLOSE, CLOSER] if count <= FULL_UP_TO else []
    dense = [LINES, DENSE] if count <= DENSE_UP_TO else [DENSE]
    if sheet == "a3":
        noted = [NOTED, NOTED_CLOSE] if count <= FULL_UP_TO else []
        return [*few, *noted, *(_on_a3(form) for form in [*full, *dense])]
    return [*few, *full, *(dense if count <= DENSE_UP_TO else []), DENSE_A3]


def _on_a3(form: Form) -> Form:
    return replace(form, height=TALL["a3"])


def _columns(stages: Sequence[Stage], form: Form) -> list[_Column] | None:
    """Where each stage stands; None where this form has no room for them.

    Every stage has one column of cards; more go one at a time to the tallest stage that gets
    lower by it.
    """
    if len(stages) > form.columns:
        return None
    across = [1] * len(stages)
    laid = [shelves(stage, 1, form) for stage in stages]
    while sum(across) < form.columns:
        tallest = max(range(len(stages)), key=lambda at: (_bottom(laid[at]), -at))
        if form is FEW and _bottom(laid[tallest]) <= _floor(form) - _top(form):
            break
        lower = next(
            (
                n
                for n in range(
                    across[tallest] + 1, form.columns - sum(across) + across[tallest] + 1
                )
                if _bottom(shelves(stages[tallest], n, form)) < _bottom(laid[tallest])
            ),
            0,
        )
        if not lower:
            break
        across[tallest], laid[tallest] = lower, shelves(stages[tallest], lower, form)
    if max(map(_bottom, laid)) > _floor(form) - _top(form):
        return None
    unit = _unit(across, form)
    columns, x = [], MARGIN
    for stage, n, panels in zip(stages, across, laid, strict=True):
        w = n * unit + (n - 1) * GROUP_GAP
        columns.append(_Column(stage, x, w, unit, panels, _bottom(panels)))
        x += w + COLUMN_GAP
    return columns


def _unit(across: Sequence[int], form: Form) -> float:
    between = sum((n - 1) * GROUP_GAP for n in across) + (len(across) - 1) * COLUMN_GAP
    return min(form.widest + 2 * PAD, (RIGHT - MARGIN - between) / sum(across))


def shelves(stage: Stage, columns: int, form: Form) -> tuple[_Panel, ...]:
    """The groups of a stage in catalogue order, side by side where that makes it lower.

    Groups stand on shelves; those of one shelf share the columns, more of them to the tallest.
    Which groups share a shelf is chosen so that the whole is as low as it can be, and of equals
    with the fewest shelves: the best way to place the rest is worked out from the last one back.
    """
    groups = list(stage.groups().items())
    best: list[tuple[float, int, tuple[int, ...]]] = [(0.0, 0, ())] * (len(groups) + 1)
    for at in range(len(groups) - 1, -1, -1):
        choices = []
        for end in range(at + 1, min(len(groups), at + columns) + 1):
            shares = _shares(groups[at:end], columns, form)
            tall = max(
                _group_height(name, len(cards), share, form)
                for (name, cards), share in zip(groups[at:end], shares, strict=True)
            )
            rest, count, _ = best[end]
            total = tall + (GROUP_GAP + rest if end < len(groups) else 0.0)
            choices.append((round(total, 6), count + 1, shares))
        best[at] = min(choices, key=lambda one: one[:2])
    panels: list[_Panel] = []
    at, top = 0, 0.0
    while at < len(groups):
        shares = best[at][2]
        here = groups[at : at + len(shares)]
        tall = max(
            _group_height(name, len(cards), share, form)
            for (name, cards), share in zip(here, shares, strict=True)
        )
        first = 0
        for (name, cards), share in zip(here, shares, strict=True):
            panels.append(_Panel(name, cards, first, share, top, tall))
            first += share
        at, top = at + len(shares), top + tall + GROUP_GAP
    return tuple(panels)


def _shares(
    groups: Sequence[tuple[str, tuple[Card, ...]]], columns: int, form: Form
) -> tuple[int, ...]:
    """How many columns each group of a shelf gets: all of them, the tallest first."""
    shares = [1] * len(groups)
    while sum(shares) < columns:
        heights = [
            _group_height(name, len(cards), share, form)
            for (name, cards), share in zip(groups, shares, strict=True)
        ]
        shares[heights.index(max(heights))] += 1
    return tuple(shares)


def _bottom(panels: Sequence[_Panel]) -> float:
    return max(panel.top + panel.height for panel in panels)


def _top(form: Form) -> float:
    return BODY + form.stage + 10


def _floor(form: Form) -> float:
    """The lowest that a panel may reach: above it stays a line for the legend, and the footer."""
    return form.height - 78


def _group_height(name: str, cards: int, across: int, form: Form) -> float:
    lines = math.ceil(cards / across)
    return _header(name, form) + lines * form.card + (lines - 1) * form.gap + PAD


def _header(name: str, form: Form) -> float:
    return form.header if name else PAD


def _page(content: Panorama, columns: Sequence[_Column], form: Form) -> Page:
    items = heading(content.title, content.conclusion, content.date)
    for at, column in enumerate(columns):
        items += _stage(content, column, form, at, columns)
        items += _groups(content, column, form)
    items += _legend(content, columns, form)
    right = say("picture.first", content.lang, edition=content.edition)
    items += footing(content.footer, right, form.height)
    return Page(WIDE, form.height, tuple(items), content.title, content.conclusion)


def _stage(
    content: Panorama, column: _Column, form: Form, at: int, columns: Sequence[_Column]
) -> list[Item]:
    """The head of a stage: a step of the flow points on to the next; support is no step."""
    x, y, w, h, stage = column.x, BODY, column.w, form.stage, column.stage
    steps = [one for one in columns if not one.stage.support]
    points = not stage.support and column is not steps[-1]
    notched = not stage.support and column is not steps[0]
    if stage.support:
        items: list[Item] = [Box(x + 1, y + 1, w - 2, h - 2, "card", Stroke("head", 2))]
        paint = "ink"
    else:
        right = [(x + w - NOTCH, y), (x + w, y + h / 2), (x + w - NOTCH, y + h)]
        corners = [(x, y), *(right if points else [(x + w, y), (x + w, y + h)]), (x, y + h)]
        if notched:
            corners.append((x + NOTCH, y + h / 2))
        items = [Shape(tuple(corners), "head")]
        paint = "on-head"
    left = x + 22
    end = x + w - (NOTCH + 8 if points else 12)
    size = 20 if form.stage > 40 else 18
    count = say("links.short", content.lang, count=len(stage.cards))
    room = end - left - width(count, 15) - 10
    name = fit(stage.name, room, size, True)
    base = y + h / 2 + 7
    items += [
        Text(left, base, name, size, paint, True),
        Text(end, base, count, 15, paint, anchor="end"),
    ]
    room -= width(name, size, True) + 12
    if stage.words and width(stage.words, 15) <= room:
        items.append(Text(left + width(name, size, True) + 12, base, stage.words, 15, paint))
    del at
    return [Group(tuple(items), "stage", title=f"{stage.name} {stage.words}".strip())]


def _groups(content: Panorama, column: _Column, form: Form) -> list[Item]:
    items: list[Item] = []
    for panel in column.panels:
        x = column.x + panel.first * (column.unit + GROUP_GAP)
        y = _top(form) + panel.top
        w = panel.across * column.unit + (panel.across - 1) * GROUP_GAP
        items += _panel(content, panel.name, panel.cards, (x, y, w, panel.height), form)
        items += _cards(content, panel, (x, y + _header(panel.name, form), w), form)
    return items


def _panel(
    content: Panorama,
    name: str,
    cards: Sequence[Card],
    at: tuple[float, float, float, float],
    form: Form,
) -> list[Item]:
    """The ground of a group with its name, and how many are missing or unknown."""
    x, y, w, h = at
    items: list[Item] = [Box(x, y, w, h, "panel", None, 6)]
    if not name:
        return items
    size = 16 if form.header > 32 else 15
    base = y + form.header - 11
    text = open_links(cards, content.lang)
    room = w - 24 - (width(text, 15) + 12 if text else 0)
    items.append(Text(x + 12, base, fit(name, room, size, True), size, "ink", True))
    if text:
        items.append(Text(x + w - 12, base, text, 15, "sub", anchor="end"))
    return items


def open_links(cards: Sequence[Card], lang: str) -> str:
    """How many links of a group are missing or unknown; nothing where none is."""
    counts = Counter(one.status for one in cards)
    parts = [
        say(f"group.{status}", lang, count=counts[status])
        for status in ("missing", "unknown")
        if counts[status]
    ]
    return " · ".join(parts)


def _cards(
    content: Panorama, panel: _Panel, at: tuple[float, float, float], form: Form
) -> list[Item]:
    x, y, room = at
    w = (room - 2 * PAD - (panel.across - 1) * form.gap) / panel.across
    items: list[Item] = []
    for number, one in enumerate(panel.cards):
        down, along = divmod(number, panel.across)
        left = x + PAD + along * (w + form.gap)
        top = y + down * (form.card + form.gap)
        if form.rows:
            items.append(row(one, left, top, w, form.card, content.lang))
        else:
            items.append(card(one, left, top, w, form.card, content.lang))
    return items


def _legend(content: Panorama, columns: Sequence[_Column], form: Form) -> list[Item]:
    """How to read the picture: in a free corner where one is large enough, else on one line."""
    bottom = form.height - 58
    last = columns[-1].x + columns[-1].w
    places: list[tuple[float, float, float, float]] = []
    for first in range(len(columns)):
        for end in range(first, len(columns)):
            part = columns[first : end + 1]
            top = _top(form) + max(one.height for one in part) + GROUP_GAP
            places.append((part[0].x, top, part[-1].x + part[-1].w, bottom))
    if RIGHT - last - COLUMN_GAP > 0:
        places.append((last + COLUMN_GAP, BODY, RIGHT, bottom))
    room = legend_room(content)
    fitting = [at for at in places if at[2] - at[0] >= 560 and at[3] - at[1] >= room]
    if not fitting:
        return legend_line(content, form.height - 48, counted=form.rows)
    x, top, right, low = max(fitting, key=lambda at: (at[0], at[2]))
    box = (x, top, min(right - x, 760), min(low - top, room + 20))
    return legend_box(content, box, counted=form.rows)


def _empty(content: Panorama, height: float) -> Page:
    """A chain without links says so, and draws no empty columns."""
    items = heading(content.title, "", content.date)
    items.append(Text(MARGIN, 150, say("picture.empty", content.lang), 19, "ink"))
    right = say("picture.first", content.lang, edition=content.edition)
    items += footing(content.footer, right, height)
    return Page(WIDE, height, tuple(items), content.title)


def _stage_by_stage(content: Panorama, stages: Sequence[Stage]) -> list[Page]:
    """A page of groups with their counts, and a page or more for each stage."""
    parts = [(stage, part) for stage in stages for part in _split(stage)]
    total = len(parts) + 1
    pages = [_cover(content, stages, total)]
    for at, (stage, part) in enumerate(parts):
        across = _across(part)
        unit = _unit([across], DENSE_A3)
        panels = shelves(part, across, DENSE_A3)
        w = across * unit + (across - 1) * GROUP_GAP
        column = _Column(part, MARGIN, w, unit, panels, _bottom(panels))
        items = heading(f"{content.title} · {stage.name}", content.conclusion, content.date)
        items += _stage(content, column, DENSE_A3, 0, [column])
        items += _groups(content, column, DENSE_A3)
        items += legend_line(content, DENSE_A3.height - 48, counted=True)
        page = say("picture.page", content.lang, page=at + 2, pages=total)
        items += footing(content.footer, page, DENSE_A3.height)
        pages.append(Page(WIDE, DENSE_A3.height, tuple(items), content.title, content.conclusion))
    return pages


def _across(stage: Stage) -> int:
    """As few cards side by side as one page allows."""
    room = _floor(DENSE_A3) - _top(DENSE_A3)
    fits = (n for n in range(4, 9) if _bottom(shelves(stage, n, DENSE_A3)) <= room)
    return next(fits, 8)


def _split(stage: Stage) -> list[Stage]:
    """A stage in parts that each fit on a page; only a group that is too long alone is split."""
    room = _floor(DENSE_A3) - _top(DENSE_A3)
    pieces: list[tuple[Card, ...]] = []
    for name, cards in stage.groups().items():
        lines = int((room - _header(name, DENSE_A3) - PAD + 4) // (ROW + 4))
        pieces += [cards[at : at + 8 * lines] for at in range(0, len(cards), 8 * lines)]
    parts: list[list[Card]] = [[]]
    for piece in pieces:
        tried = Stage(stage.name, stage.words, (*parts[-1], *piece))
        full = parts[-1] and _bottom(shelves(tried, 8, DENSE_A3)) > room
        # Two pieces of one group on one page would be drawn as one.
        if full or (parts[-1] and len(tried.groups()) == len(_groups_of(parts[-1]))):
            parts.append([])
        parts[-1] += piece
    return [Stage(stage.name, stage.words, tuple(part), stage.support) for part in parts]


def _groups_of(cards: Sequence[Card]) -> set[str]:
    return {one.group for one in cards}


def _cover(content: Panorama, stages: Sequence[Stage], pages: int) -> Page:
    """The groups of every stage with their counts."""
    items = heading(content.title, content.conclusion, content.date)
    lines: list[tuple[str, Sequence[Card], bool]] = []
    for stage in stages:
        lines.append((stage.name, stage.cards, True))
        named = stage.groups().items()
        lines += [(name, cards, False) for name, cards in named if name]
    per_column = 30
    across = max(1, math.ceil(len(lines) / per_column))
    w = (RIGHT - MARGIN - (across - 1) * COLUMN_GAP) / across
    for at, (name, cards, is_stage) in enumerate(lines):
        x = MARGIN + at // per_column * (w + COLUMN_GAP)
        y = BODY + 10 + at % per_column * 29
        items += _cover_line(content, name, cards, (x, y, w), is_stage)
    items += legend_line(content, DENSE_A3.height - 48, counted=True)
    right = say("picture.page", content.lang, page=1, pages=pages)
    items += footing(content.footer, right, DENSE_A3.height)
    return Page(WIDE, DENSE_A3.height, tuple(items), content.title, content.conclusion)


def _cover_line(
    content: Panorama,
    name: str,
    cards: Sequence[Card],
    at: tuple[float, float, float],
    is_stage: bool,
) -> list[Item]:
    x, y, w = at
    counts = Counter(one.status for one in cards)
    parts = [
        f"{say(f'status.{status}', content.lang)} {counts[status]}"
        for status in ("strong", "weak", "present", "missing", "planned", "unknown")
        if counts[status]
    ]
    text = fit("  ".join(parts), w * 0.62, 14)
    paint = "on-head" if is_stage else "ink"
    ground = Box(x, y, w, 25, "head" if is_stage else "panel", None, 0 if is_stage else 4)
    room = w - 32 - width(text, 14)
    return [
        ground,
        Text(x + 10, y + 18, fit(name, room, 15, is_stage), 15, paint, is_stage),
        Text(x + w - 10, y + 18, text, 14, "on-head" if is_stage else "sub", anchor="end"),
    ]
