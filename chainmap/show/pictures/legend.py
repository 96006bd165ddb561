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
    covered = f"{say('read.coverage', lang)}{'：' if lang == 'zh' else ': '}{content.coverage}"
    if content.coverage and width(f"{sentence}　{covered}", 14) <= room:
        sentence = f"{sentence}　{covered}"
    items.append(Text(x, y, fit(sentence, room, 14), 14, "sub"))
    return [Group(tuple(items), "legend")]


def key_line(content: Panorama, left: float, right: float, y: float) -> list[Item]:
    """The signs with their counts on one small line, and what the evidence covers."""
    items, x = _key(content, left, y)
    colon = "：" if content.lang == "zh" else ": "
    sentence = f"{say('read.coverage', content.lang)}{colon}{content.coverage}"
    items.append(Text(right, y, fit(sentence, right - x, 11), 11, "sub", anchor="end"))
    return [Group(tuple(items), "legend")]


def key_box(content: Panorama, left: float, top: float, right: float, end: float) -> list[Item]:
    """The same in a free foot, on as many lines as it takes; nothing where it has no room."""
    lang = content.lang
    per_line = max(1, int((right - left) // (105 if lang == "zh" else 96)))
    shown = shown_statuses(content)
    parts = [shown[at : at + per_line] for at in range(0, len(shown), per_line)]
    head = say("read.coverage", lang)
    lines = wrap(content.coverage, right - left, 11)
    if right - left < 190 or end - top < 20 * len(parts) + 24 + 16 * len(lines):
        return []
    items: list[Item] = []
    y = top + 14
    for part in parts:
        for at, status in enumerate(part):
            x = left + at * (right - left) / per_line
            text = f"{say(f'read.{status}', lang)} {content.counts[status]}"
            items += symbol(status, x + 6, y - 4, status, 4.6)
            items.append(Text(x + 15, y, text, 11.5, "ink"))
        y += 20
    items.append(Text(left, y + 4, head, 11.5, "ink", True))
    for at, line in enumerate(lines):
        items.append(Text(left, y + 21 + 16 * at, line, 11, "sub"))
    return [Group(tuple(items), "legend")]


def _key(content: Panorama, x: float, y: float) -> tuple[list[Item], float]:
    """The signs with their counts from a place on, and where they end."""
    items: list[Item] = []
    for status in shown_statuses(content):
        text = f"{say(f'read.{status}', content.lang)} {content.counts[status]}"
        items += symbol(status, x + 6, y - 4, status, 4.6)
        items.append(Text(x + 15, y, text, 11.5, "ink"))
        x += 15 + width(text, 11.5) + 14
    return items, x
