"""The panorama on a terminal: stages as bands, groups within, one card a link."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from chainmap.core.text import cut, pad, width
from chainmap.core.words import say
from chainmap.show.columns import Line, whole_names
from chainmap.show.screens import tally


@dataclass(frozen=True, slots=True)
class Card:
    """One link of the panorama as a reader sees it."""

    ref: str
    name: str
    group: str
    status: str
    evidence: str  # A/4, or a bar
    second: str  # what stands below the name: a sentence, where there are no firms
    firms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Band:
    """A stage with its cards in catalogue order."""

    name: str
    cards: tuple[Card, ...]


def panorama_lines(bands: Sequence[Band], lang: str, limit: int) -> list[Line]:
    """All stages that have links; two cards a line, three where there is room."""
    across = 3 if limit >= 132 else 2
    room = (limit - 2) // across - 2
    lines: list[Line] = []
    for band in bands:
        if not band.cards:
            continue
        counts = Counter(card.status for card in band.cards)
        title = f"{band.name}  {say('links', lang, count=len(band.cards))}"
        lines += [
            [(_rule(title, limit), "bold")],
            [("  " + tally(counts, lang, all_of_them=False), "dim")],
        ]
        for group, cards in _groups(band.cards, lang).items():
            lines.append([(f"  {group}", "dim")])
            for at in range(0, len(cards), across):
                lines += _cards(cards[at : at + across], room, lang)
    return lines


def _rule(title: str, limit: int) -> str:
    return f"== {title} " + "=" * max(0, limit - width(title) - 4)


def _groups(cards: Sequence[Card], lang: str) -> Mapping[str, list[Card]]:
    groups: dict[str, list[Card]] = {}
    for card in cards:
        groups.setdefault(card.group or say("map.group_none", lang), []).append(card)
    return groups


def _cards(cards: Sequence[Card], room: int, lang: str) -> list[Line]:
    """The cards of one line: tag, name and evidence above, firms or a sentence below."""
    first: Line = [("    ", "")]
    second: Line = [("    ", "")]
    for card in cards:
        tag = say(f"tag.{card.status}", lang)
        left = room - width(tag) - width(card.evidence) - 3
        # A bracketed part goes first; four characters of a name are always kept.
        name = card.name if width(card.name) <= left else card.name.split("（")[0].split("(")[0]
        first += [
            (tag + " ", card.status),
            (pad(cut(name, left), left), "bold"),
            (" " + card.evidence + "  ", "dim"),
        ]
        indent = width(tag) + 1
        if card.firms:
            text = whole_names(card.firms, room - indent, partial(_and_more, lang))
        else:
            text = cut(card.second, room - indent)
        second.append((" " * indent + pad(text, room - indent + 1), "dim"))
    last = second[-1]
    second[-1] = (last[0].rstrip(), last[1])
    first[-1] = (first[-1][0].rstrip(), "dim")
    return [first, second]


def _and_more(lang: str, firms: str, count: int) -> str:
    return say("note.firms_more", lang, firms=firms, count=count)
