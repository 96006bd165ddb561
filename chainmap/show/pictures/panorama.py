"""The panorama as a picture: stages as columns, groups as panels, links as cards.

How dense it is follows from the number of links. What does not fit goes to a denser form, then
to a larger sheet, then to a page for each stage behind a page of groups; nothing is left out.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from chainmap.core.words import say
from chainmap.show.draw.fonts import fit, width
from chainmap.show.draw.scene import Box, Item, Page, Text
from chainmap.show.pictures.cards import ROW, card, cut_by, row
from chainmap.show.pictures.content import Card, Panorama, Stage
from chainmap.show.pictures.frame import BODY, MARGIN, RIGHT, TALL, WIDE, footing, heading
from chainmap.show.pictures.legend import legend_box, legend_line, legend_room
from chainmap.show.pictures.stages import (
    Column,
    Form,
    bottom_of,
    card_places,
    columns,
    panel_ground,
    shelves,
    stage_head,
    unit_of,
)

FOOT = 78.0  # below the panels: a line for the legend, and the footer
SLIDE, A3 = TALL["16:9"] - FOOT, TALL["a3"] - FOOT
FEW = Form("few", SLIDE, 104, 8, 34, 44, 5, 360)
NOTED = Form("noted", SLIDE, 104, 8, 34, 44, 5, 640)
NOTED_CLOSE = replace(NOTED, name="noted-close", columns=6, widest=400)
FULL = replace(NOTED, name="full", card=70)
FULL_CLOSE = replace(NOTED_CLOSE, name="full-close", card=70)
CLOSE = Form("close", SLIDE, 60, 8, 32, 42, 6, 400)
CLOSER_NOTED = replace(NOTED_CLOSE, name="closer-noted", columns=7)
CLOSER_FULL = replace(FULL_CLOSE, name="closer-full", columns=7)
CLOSER = Form("closer", SLIDE, 58, 7, 32, 42, 7, 400)
LINES = Form("lines", SLIDE, 34, 6, 30, 38, 8, 400, rows=True, text=15, title=18)
DENSE = Form("dense", SLIDE, ROW, 4, 30, 38, 8, 400, rows=True, text=15, title=18)
DENSE_A3 = replace(DENSE, floor=A3)
FEW_UP_TO, FULL_UP_TO, DENSE_UP_TO = 8, 42, 120
COLUMN_GAP = FULL.apart


def panorama(content: Panorama, sheet: str = "16:9") -> list[Page]:
    """The pages of a panorama; one wherever one can hold it. ``sheet`` is ``16:9`` or ``a3``."""
    stages = [stage for stage in content.stages if stage.cards]
    count = sum(len(stage.cards) for stage in stages)
    if not count:
        return [_empty(content, TALL[sheet])]
    for forms in _forms(count, sheet):
        found = fewest_cut(stages, forms, content.lang)
        if found is not None:
            return [_page(content, *found)]
    return _stage_by_stage(content, stages)


def _forms(count: int, sheet: str) -> list[list[Form]]:
    """The forms to try, the roomiest first; on the larger sheet each has more height.

    Those of one list are alternatives: cards of several sizes, or rows.
    """
    cards = [FEW] if count <= FEW_UP_TO else []
    if count <= FULL_UP_TO:
        cards += [NOTED, FULL, NOTED_CLOSE, FULL_CLOSE, CLOSE]
        cards += [CLOSER_NOTED, CLOSER_FULL, CLOSER]
    forms = [cards, *([[LINES], [DENSE]] if count <= DENSE_UP_TO else [])]
    if sheet == "a3":
        forms = [[replace(form, floor=A3) for form in some] for some in forms]
    return [*forms, [DENSE_A3]]


def fewest_cut(
    stages: Sequence[Stage], forms: Sequence[Form], lang: str
) -> tuple[list[Column], Form] | None:
    """Where each stage stands, in the form that cuts the fewest names; None where none fits.

    Of equals the first form; each is tried with fewer and fewer columns, so with wider cards.
    """
    found: tuple[list[Column], Form] | None = None
    least = 0
    for form in forms:
        for most in range(form.columns, len(stages) - 1, -1):
            tried = replace(form, columns=most)
            laid = columns(stages, tried)
            if laid is None:
                break
            cut = _names_cut(laid, tried, lang)
            if found is None or cut < least:
                found, least = (laid, form), cut
            if not least:
                return found
    return found


def _names_cut(laid: Sequence[Column], form: Form, lang: str) -> int:
    """How many cards have no room for the whole name of their link."""
    return sum(
        cut_by(one, (w, form.card), form.rows, lang)
        for column in laid
        for panel in column.panels
        for one, _, _, w in card_places(panel, column, form)
    )


def _page(content: Panorama, laid: Sequence[Column], form: Form) -> Page:
    height = form.floor + FOOT
    items = heading(content.title, content.conclusion, content.date)
    for column in laid:
        items += _stage(content, column, form, laid)
    items += _legend(content, laid, form)
    right = say("picture.first", content.lang, edition=content.edition)
    items += footing(content.footer, right, height)
    return Page(WIDE, height, tuple(items), content.title, content.conclusion)


def _stage(content: Panorama, column: Column, form: Form, laid: Sequence[Column]) -> list[Item]:
    """A stage with its head, its groups and their cards."""
    items = stage_head(column, form, laid, content.lang)
    for panel in column.panels:
        items += panel_ground(panel, column, form, content.lang)
        for one, x, y, w in card_places(panel, column, form):
            if form.rows:
                items.append(row(one, x, y, w, form.card, content.lang))
            else:
                items.append(card(one, x, y, w, form.card, content.lang))
    return items


def _legend(content: Panorama, laid: Sequence[Column], form: Form) -> list[Item]:
    """How to read the picture: in a free corner where one is large enough, else on one line."""
    bottom = form.floor + FOOT - 58
    last = laid[-1].x + laid[-1].w
    places: list[tuple[float, float, float, float]] = []
    for first in range(len(laid)):
        for end in range(first, len(laid)):
            part = laid[first : end + 1]
            top = form.body + max(one.height for one in part) + form.between
            places.append((part[0].x, top, part[-1].x + part[-1].w, bottom))
    if RIGHT - last - COLUMN_GAP > 0:
        places.append((last + COLUMN_GAP, BODY, RIGHT, bottom))
    room = legend_room(content)
    fitting = [at for at in places if at[2] - at[0] >= 560 and at[3] - at[1] >= room]
    if not fitting:
        return legend_line(content, form.floor + FOOT - 48, counted=form.rows)
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
        panels = shelves(part, across, DENSE_A3)
        unit = unit_of([across], DENSE_A3)
        w = across * unit + (across - 1) * DENSE_A3.between
        column = Column(part, MARGIN, w, unit, panels, bottom_of(panels))
        items = heading(f"{content.title} · {stage.name}", content.conclusion, content.date)
        items += _stage(content, column, DENSE_A3, [column])
        items += legend_line(content, TALL["a3"] - 48, counted=True)
        page = say("picture.page", content.lang, page=at + 2, pages=total)
        items += footing(content.footer, page, TALL["a3"])
        pages.append(Page(WIDE, TALL["a3"], tuple(items), content.title, content.conclusion))
    return pages


def _across(stage: Stage) -> int:
    """As few cards side by side as one page allows."""
    room = DENSE_A3.floor - DENSE_A3.body
    fits = (n for n in range(4, 9) if bottom_of(shelves(stage, n, DENSE_A3)) <= room)
    return next(fits, 8)


def _split(stage: Stage) -> list[Stage]:
    """A stage in parts that each fit on a page; only a group that is too long alone is split."""
    room = DENSE_A3.floor - DENSE_A3.body
    pieces: list[tuple[Card, ...]] = []
    for name, cards in stage.groups().items():
        head = DENSE_A3.header if name else DENSE_A3.pad
        lines = int((room - head - DENSE_A3.pad + 4) // (ROW + 4))
        pieces += [cards[at : at + 8 * lines] for at in range(0, len(cards), 8 * lines)]
    parts: list[list[Card]] = [[]]
    for piece in pieces:
        tried = Stage(stage.name, stage.words, (*parts[-1], *piece))
        full = parts[-1] and bottom_of(shelves(tried, 8, DENSE_A3)) > room
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
    items += legend_line(content, TALL["a3"] - 48, counted=True)
    right = say("picture.page", content.lang, page=1, pages=pages)
    items += footing(content.footer, right, TALL["a3"])
    return Page(WIDE, TALL["a3"], tuple(items), content.title, content.conclusion)


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
