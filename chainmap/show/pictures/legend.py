"""How to read a panorama: the signs, how many links have each, and what the evidence covers."""

from __future__ import annotations

from chainmap.core.words import say
from chainmap.show.draw.fonts import fit, width, wrap
from chainmap.show.draw.scene import Box, Group, Item, Shape, Stroke, Text
from chainmap.show.draw.symbols import symbol
from chainmap.show.pictures.content import Panorama
from chainmap.show.pictures.frame import MARGIN, RIGHT

STATUSES = ("strong", "weak", "present", "missing", "planned", "unknown")
LINE = 27.0
LABELLED = 24.0


def shown_statuses(content: Panorama) -> list[str]:
    """The statuses that occur, and always the two that must not be taken for each other."""
    counts = content.counts
    return [s for s in STATUSES if counts[s] or s in ("missing", "unknown")]


def legend_room(content: Panorama) -> float:
    """The height that the box needs, with its sentences on two lines each at most."""
    return 44 + LINE * len(shown_statuses(content)) + 24 + LABELLED * 4


def legend_box(
    content: Panorama, at: tuple[float, float, float, float], counted: bool
) -> list[Item]:
    """Signs with counts as bars, what they mean, and the sentences on evidence and next steps."""
    x, y, w, h = at
    lang, counts = content.lang, content.counts
    items: list[Item] = [
        Box(x + 0.5, y + 0.5, w - 1, h - 1, "card", Stroke("line"), 6),
        Text(x + 16, y + 29, say("read.title", lang), 17, "ink", True),
        Text(x + 16 + width(say("read.title", lang), 17, True) + 12, y + 29,
             say("read.what", lang), 15, "sub"),
    ]  # fmt: skip
    most = max(counts.values(), default=1)
    top = y + 44
    for status in shown_statuses(content):
        items += _bar(status, counts[status], most, (x, top, w), lang)
        top += LINE
    items.append(Shape(((x + 16, top + 8), (x + w - 16, top + 8)), None, Stroke("line"), False))
    top += 32
    sentences = [
        ("read.coverage", content.coverage, "ink"),
        ("read.mark", say("read.count_is" if counted else "read.mark_is", lang), "ink"),
        ("read.next", content.next_steps, "missing"),
    ]
    labels = max(width(say(key, lang), 15.5, True) for key, _, _ in sentences) + 14
    for key, sentence, paint in sentences:
        if not sentence:
            continue
        lines = wrap(sentence, w - 32 - labels, 15)
        left = 1 if top + LABELLED > y + h - 10 else 2
        if len(lines) > left:
            lines = [*lines[: left - 1], fit("".join(lines[left - 1 :]), w - 32 - labels, 15)]
        items.append(Text(x + 16, top, say(key, lang), 15.5, paint, True))
        for line in lines:
            items.append(Text(x + 16 + labels, top, line, 15, "ink"))
            top += 22
        top += LABELLED - 22
    return [Group(tuple(items), "legend")]


def _bar(
    status: str, count: int, most: int, at: tuple[float, float, float], lang: str
) -> list[Item]:
    x, y, w = at
    middle = y + LINE / 2
    dash = {"missing": (6.0, 4.0), "unknown": (1.5, 3.0)}.get(status)
    fill = {"strong": "strong", "missing": None}.get(status, f"{status}-tint")
    long = max(4.0, 112.0 * count / most) if count else 0.0
    items: list[Item] = [
        *symbol(status, x + 26, middle, status, 6.6),
        Text(x + 42, middle + 5.5, say(f"read.{status}", lang), 16, status, True),
    ]
    if count:
        stroke = None if status == "strong" else Stroke(status, 1.4, dash)
        items.append(Box(x + 92, middle - 8, long, 16, fill, stroke, 2))
    return [
        *items,
        Text(x + 92 + long + 10, middle + 5.5, str(count), 16, "ink", True),
        Text(x + 252, middle + 5.5,
             fit(say(f"read.{status}_is", lang), w - 268, 15), 15, "ink"),
    ]  # fmt: skip


def legend_line(content: Panorama, y: float, counted: bool) -> list[Item]:
    """The signs with their counts on one line, and what the figures on the cards are."""
    items: list[Item] = []
    x, lang = MARGIN, content.lang
    for status in shown_statuses(content):
        text = f"{say(f'read.{status}', lang)} {content.counts[status]}"
        items += symbol(status, x + 8, y - 5, status, 6.6)
        items.append(Text(x + 22, y, text, 15, "ink"))
        x += 22 + width(text, 15) + 24
    sentence = say("read.count_is" if counted else "read.mark_is", lang)
    room = RIGHT - x
    if content.coverage and width(f"{sentence}　{content.coverage}", 14) <= room:
        sentence = f"{sentence}　{content.coverage}"
    items.append(Text(x, y, fit(sentence, room, 14), 14, "sub"))
    return [Group(tuple(items), "legend")]
