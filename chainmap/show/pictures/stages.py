"""Stages as columns with their groups as panels: where each stands, and their heads.

How wide and high things are is a form's affair, so that a sheet, a slide and a figure in a
report are laid out by the same rules.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from chainmap.core.words import say
from chainmap.show.draw.fonts import fit, width
from chainmap.show.draw.scene import Box, Group, Item, Shape, Stroke, Text
from chainmap.show.pictures.content import Card, Stage
from chainmap.show.pictures.frame import BODY, MARGIN, RIGHT


@dataclass(frozen=True, slots=True)
class Form:
    """How dense stages are drawn, and in which frame."""

    name: str
    floor: float  # the lowest that a panel may reach
    card: float  # height of a card
    gap: float  # between cards
    header: float  # of a group
    stage: float  # of a stage
    columns: int  # cards side by side over all stages, at most
    widest: float  # a card is never wider
    rows: bool = False  # one line a card
    left: float = MARGIN
    right: float = RIGHT
    top: float = BODY
    pad: float = 10.0  # between a panel's edge and its cards
    between: float = 12.0  # panels
    apart: float = 16.0  # stages
    notch: float = 12.0
    text: float = 16.0  # size of a group's name
    title: float = 20.0  # size of a stage's name

    @property
    def body(self) -> float:
        """Where the panels begin."""
        return self.top + self.stage + self.pad


@dataclass(frozen=True, slots=True)
class Panel:
    """A group where it stands in its stage: first column, how many, and which shelf."""

    name: str
    cards: tuple[Card, ...]
    first: int
    across: int
    top: float
    height: float


@dataclass(frozen=True, slots=True)
class Column:
    """A stage where it stands."""

    stage: Stage
    x: float
    w: float
    unit: float  # the width of one column of cards with its panel
    panels: tuple[Panel, ...]
    height: float  # of its panels together


def columns(stages: Sequence[Stage], form: Form) -> list[Column] | None:
    """Where each stage stands; None where this form has no room for them.

    Every stage has one column of cards; more go one at a time to the tallest stage that gets
    lower by it.
    """
    if len(stages) > form.columns:
        return None
    room = form.floor - form.body
    across = [1] * len(stages)
    laid = [shelves(stage, 1, form) for stage in stages]
    while sum(across) < form.columns:
        tallest = max(range(len(stages)), key=lambda at: (bottom_of(laid[at]), -at))
        if form.rows is False and form.card > 90 and bottom_of(laid[tallest]) <= room:
            break
        most = form.columns - sum(across) + across[tallest]
        wider = range(across[tallest] + 1, most + 1)
        now = bottom_of(laid[tallest])
        lower = next((n for n in wider if bottom_of(shelves(stages[tallest], n, form)) < now), 0)
        if not lower:
            break
        across[tallest], laid[tallest] = lower, shelves(stages[tallest], lower, form)
    if max(map(bottom_of, laid)) > room:
        return None
    unit = unit_of(across, form)
    found, x = [], form.left
    for stage, n, panels in zip(stages, across, laid, strict=True):
        w = n * unit + (n - 1) * form.between
        found.append(Column(stage, x, w, unit, panels, bottom_of(panels)))
        x += w + form.apart
    return found


def unit_of(across: Sequence[int], form: Form) -> float:
    """The width of one column of cards with its panel, the same for all stages."""
    between = sum((n - 1) * form.between for n in across) + (len(across) - 1) * form.apart
    return min(form.widest + 2 * form.pad, (form.right - form.left - between) / sum(across))


def shelves(stage: Stage, columns: int, form: Form) -> tuple[Panel, ...]:
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
            total = tall + (form.between + rest if end < len(groups) else 0.0)
            choices.append((round(total, 6), count + 1, shares))
        best[at] = min(choices, key=lambda one: one[:2])
    panels: list[Panel] = []
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
            panels.append(Panel(name, cards, first, share, top, tall))
            first += share
        at, top = at + len(shares), top + tall + form.between
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


def bottom_of(panels: Sequence[Panel]) -> float:
    """How high the panels of a stage are together."""
    return max(panel.top + panel.height for panel in panels)


def _group_height(name: str, cards: int, across: int, form: Form) -> float:
    lines = math.ceil(cards / across)
    return header_of(name, form) + lines * form.card + (lines - 1) * form.gap + form.pad


def header_of(name: str, form: Form) -> float:
    """The room above the cards of a group; a group without a name has no head."""
    return form.header if name else form.pad


def stage_head(column: Column, form: Form, columns: Sequence[Column], lang: str) -> list[Item]:
    """The head of a stage: a step of the flow points on to the next; support is no step."""
    x, y, w, h, stage = column.x, form.top, column.w, form.stage, column.stage
    steps = [one for one in columns if not one.stage.support]
    points = not stage.support and column is not steps[-1]
    notched = not stage.support and column is not steps[0]
    if stage.support:
        items: list[Item] = [Box(x + 1, y + 1, w - 2, h - 2, "card", Stroke("head", 2))]
        paint = "ink"
    else:
        right = [(x + w - form.notch, y), (x + w, y + h / 2), (x + w - form.notch, y + h)]
        corners = [(x, y), *(right if points else [(x + w, y), (x + w, y + h)]), (x, y + h)]
        if notched:
            corners.append((x + form.notch, y + h / 2))
        items = [Shape(tuple(corners), "head")]
        paint = "on-head"
    size, small = form.title, 0.75 * form.title
    left = x + form.notch + 0.5 * form.title
    end = x + w - (form.notch + 0.4 * size if points else 0.6 * size)
    count = say("links.short", lang, count=len(stage.cards))
    if width(stage.name, size, True) > end - left - width(count, small) - 0.5 * size:
        count = str(len(stage.cards))
    room = end - left - width(count, small) - 0.5 * size
    name = fit(stage.name, room, size, True)
    base = y + h / 2 + 0.35 * size
    items += [
        Text(left, base, name, size, paint, True),
        Text(end, base, count, small, paint, anchor="end"),
    ]
    beside = left + width(name, size, True) + 0.6 * size
    if stage.words and beside + width(stage.words, small) <= left + room:
        items.append(Text(beside, base, stage.words, small, paint))
    return [Group(tuple(items), "stage", title=f"{stage.name} {stage.words}".strip())]


def place_of(panel: Panel, column: Column, form: Form) -> tuple[float, float, float]:
    """Left, top and width of a panel on the page."""
    x = column.x + panel.first * (column.unit + form.between)
    w = panel.across * column.unit + (panel.across - 1) * form.between
    return x, form.body + panel.top, w


def card_places(panel: Panel, column: Column, form: Form) -> list[tuple[Card, float, float, float]]:
    """Every card of a panel with its left, top and width."""
    x, y, room = place_of(panel, column, form)
    w = (room - 2 * form.pad - (panel.across - 1) * form.gap) / panel.across
    top = y + header_of(panel.name, form)
    return [
        (
            one,
            x + form.pad + at % panel.across * (w + form.gap),
            top + at // panel.across * (form.card + form.gap),
            w,
        )
        for at, one in enumerate(panel.cards)
    ]


def panel_ground(panel: Panel, column: Column, form: Form, lang: str) -> list[Item]:
    """The ground of a group with its name, and how many of its links are missing or unknown."""
    x, y, w = place_of(panel, column, form)
    items: list[Item] = [Box(x, y, w, panel.height, "panel", None, 0.6 * form.pad)]
    if not panel.name:
        return items
    size, small, inset = form.text, form.text - 1, 1.2 * form.pad
    base = y + form.header - 0.68 * size
    text = open_links(panel.cards, lang)
    room = w - 2 * inset - (width(text, small) + 0.7 * size if text else 0)
    if room < 2 * size:  # the name before the counts: those stand on every card
        text, room = "", w - 2 * inset
    items.append(Text(x + inset, base, fit(panel.name, room, size, True), size, "ink", True))
    if text:
        items.append(Text(x + w - inset, base, text, small, "sub", anchor="end"))
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
