"""Two panoramas of one chain side by side, before and after, with the differences marked.

Both maps are laid out once, so that every link stands at the same place in each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from chainmap.core.words import say
from chainmap.show.draw.fonts import fit, width
from chainmap.show.draw.scene import Box, Group, Item, Page, Shape, Stroke, Text, flat, groups
from chainmap.show.draw.symbols import symbol
from chainmap.show.pictures.cards import row
from chainmap.show.pictures.compact import small_card
from chainmap.show.pictures.content import Card, Panorama, Stage
from chainmap.show.pictures.frame import MARGIN, RIGHT, TALL, WIDE, footing, heading
from chainmap.show.pictures.legend import STATUSES
from chainmap.show.pictures.panorama import fewest_cut
from chainmap.show.pictures.stages import (
    Column,
    Form,
    card_places,
    columns,
    panel_ground,
    stage_head,
)

BETWEEN = 32.0  # the two maps
HALF = (RIGHT - MARGIN - BETWEEN) / 2
HEAD = 118.0  # where the names of the maps stand
TOP = 152.0
FOOT = 84.0
MOST = 30000.0  # units: a chain of any size goes on one page
LINES = Form("half", 0, 31, 6, 27, 34, 4, 400, rows=True, pad=7, between=7, apart=10, text=14,
             title=16)  # fmt: skip
DENSE = replace(LINES, name="half-dense", card=25, gap=4)
SMALL = Form("half-small", 0, 18, 4, 21, 21, 6, 220, rows=True, pad=6, between=6, apart=8, notch=8,
             text=11.5, title=13)  # fmt: skip
SIZE = 13.0  # of the words on a chip


@dataclass(frozen=True, slots=True)
class Mark:
    """What differs of a link, in few characters; whether its status does, and whether it stops."""

    chip: str
    status: bool = False
    stops: bool = False


@dataclass(frozen=True, slots=True)
class Beside:
    """The two maps, what was supposed, and which links differ (by ref)."""

    title: str
    told: tuple[str, ...]
    date: str
    before: Panorama
    after: Panorama
    figures: tuple[str, str]
    marks: Mapping[str, Mark]
    footer: str
    lang: str = "zh"


def beside_page(content: Beside) -> Page:
    """The two maps on one page; it grows where they need more room."""
    lang = content.lang
    joint = "　" if lang == "zh" else "  "
    told = joint.join(content.told).replace(" -> ", " → ")
    items = heading(content.title, told, content.date)
    for side, key in enumerate(("before", "after")):
        items += _title(say(f"beside.{key}", lang), content.figures[side], _left(side))
    stages = [stage for stage in content.before.stages if stage.cards]
    end = TOP + 60
    if stages:
        drawn, end = _maps(content, stages)
        items += drawn
    else:
        items.append(Text(MARGIN, TOP + 40, say("picture.empty", lang), 17, "sub"))
    height = next((tall for tall in TALL.values() if tall >= end + FOOT - 1), end + FOOT)
    x = MARGIN + HALF + BETWEEN / 2
    items.append(Shape(((x, HEAD - 20), (x, height - FOOT)), None, Stroke("line"), False))
    items += _legend(content, height - 50)
    items += footing(content.footer, "", height)
    return Page(WIDE, height, tuple(items), content.title, told)


def _left(side: int) -> float:
    return MARGIN + side * (HALF + BETWEEN)


def _title(name: str, figures: str, x: float) -> list[Item]:
    wide = width(name, 19, True)
    room = HALF - wide - 16
    return [
        Text(x, HEAD + 16, name, 19, "ink", True),
        Text(x + HALF, HEAD + 16, fit(figures, room, 15), 15, "sub", anchor="end"),
    ]


def _maps(content: Beside, stages: Sequence[Stage]) -> tuple[list[Item], float]:
    """Both maps in the form that cuts the fewest names, of equals the roomiest; where they end."""
    after = {card.ref: card for card in content.after.cards()}
    moved = [
        replace(stage, cards=tuple(after[card.ref] for card in stage.cards)) for stage in stages
    ]
    found: tuple[list[Item], float] | None = None
    least = 0
    for laid, form in _laid(stages, content.lang):
        items = _map(laid, form, content, 0)
        items += _map(_again(laid, moved), _moved(form), content, 1)
        cut = sum("…" in text.text for card in groups(tuple(items), "card")
                  for text in flat(card.items) if isinstance(text, Text))  # fmt: skip
        if found is None or cut < least:
            found, least = (items, form.body + max(column.height for column in laid)), cut
        if not least:
            break
    assert found is not None
    return found


def _laid(stages: Sequence[Stage], lang: str) -> Iterator[tuple[list[Column], Form]]:
    """Where everything stands in the left map, in every form that has room for it."""
    few, fits = len(stages), False
    slide, sheet = TALL["16:9"] - FOOT, TALL["a3"] - FOOT
    tries = ((LINES, slide), (DENSE, slide), (LINES, sheet), (DENSE, sheet), (SMALL, slide),
             (SMALL, sheet))  # fmt: skip
    for shape, floor in tries:
        form = replace(shape, columns=max(few, shape.columns), floor=floor, left=MARGIN,
                       right=MARGIN + HALF, top=TOP)  # fmt: skip
        found = fewest_cut(stages, [form], lang)
        if found is not None:
            fits = True
            yield found
    if not fits:
        last = replace(form, floor=MOST)
        laid = columns(stages, last)
        assert laid is not None
        yield laid, last


def _moved(form: Form) -> Form:
    step = HALF + BETWEEN
    return replace(form, left=form.left + step, right=form.right + step)


def _again(laid: Sequence[Column], stages: Sequence[Stage]) -> list[Column]:
    """The same places in the right map, with the cards as they are after."""
    found = []
    for column, stage in zip(laid, stages, strict=True):
        groups = stage.groups()
        panels = tuple(replace(panel, cards=groups[panel.name]) for panel in column.panels)
        x = column.x + HALF + BETWEEN
        found.append(replace(column, stage=stage, x=x, panels=panels))
    return found


def _map(laid: Sequence[Column], form: Form, content: Beside, side: int) -> list[Item]:
    items: list[Item] = []
    for column in laid:
        items += stage_head(column, form, laid, content.lang)
        for panel in column.panels:
            items += panel_ground(panel, column, form, content.lang)
            for one, x, y, w in card_places(panel, column, form):
                items += _card(one, (x, y, w, form.card), form, content, side)
    return items


def _card(
    one: Card, at: tuple[float, float, float, float], form: Form, content: Beside, side: int
) -> list[Item]:
    """A card, narrower in the right map where a chip says what differs; an outline around it."""
    x, y, w, h = at
    small = form.name == SMALL.name
    draw = small_card if small else row
    mark = content.marks.get(one.ref)
    if mark is None:
        return [draw(one, x, y, w, h, content.lang)]
    size = SIZE - 2.5 if small else SIZE
    wide = width(mark.chip, size, True) + 8 if side else 0.0
    bare = replace(one, count=0) if side else one
    items: list[Item] = [draw(bare, x, y, max(w - wide - 3 * bool(wide), 46), h, content.lang)]
    dash = None if mark.status else (5.0, 3.0)
    edge = Box(x - 2, y - 2, w + 4, h + 4, None, Stroke("focus", 2.2, dash), 5)
    items.append(Group((edge,), "changed", one.ref))
    if side:
        base = y + h / 2 + 0.36 * size
        paint = "missing" if mark.stops else "focus"
        chip: tuple[Item, ...] = (
            Box(x + w - wide, y + 2, wide - 2, h - 4, "panel", None, 3),
            Text(x + w - wide / 2 - 1, base, mark.chip, size, paint, True, "middle"),
        )
        items.append(Group(chip, "chip", one.ref, mark.chip))
    return items


def _legend(content: Beside, y: float) -> list[Item]:
    """The signs, and what the outlines and chips mean."""
    items: list[Item] = []
    x, lang = MARGIN, content.lang
    counts = (content.before.counts, content.after.counts)
    for status in STATUSES:
        was, now = (count[status] for count in counts)
        if not was and not now:
            continue
        number = str(was) if was == now else f"{was}→{now}"
        text = f"{say(f'read.{status}', lang)} {number}"
        items += symbol(status, x + 8, y - 5, status, 6.2)
        items.append(Text(x + 22, y, text, 15, "ink"))
        x += 22 + width(text, 15) + 22
    for key, dash in (("beside.status", None), ("beside.kind", (5.0, 3.0))):
        text = say(key, lang)
        items.append(Box(x + 1, y - 14, 24, 17, None, Stroke("focus", 2.2, dash), 4))
        items.append(Text(x + 32, y, text, 15, "ink"))
        x += 32 + width(text, 15) + 22
    items.append(Text(x, y, fit(say("beside.stops", lang), RIGHT - x, 15), 15, "sub"))
    return [Group(tuple(items), "legend")]
