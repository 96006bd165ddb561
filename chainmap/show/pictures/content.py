"""What the panorama says, before any layout: the same for every format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Card:
    """One link as a reader sees it."""

    ref: str
    name: str
    status: str
    mark: str  # worst grade and number of sources; a dash where there are none
    group: str = ""
    critical: bool = False
    firms: tuple[str, ...] = ()  # short names of firms here, in order of size
    count: int = 0  # firms here
    lines: tuple[str, ...] = ()  # where there are no firms: the same said at length and in short
    note: str = ""  # what is known beside that
    path: str = ""  # stage and group, in words


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage with its cards in catalogue order."""

    name: str
    words: str  # what it is about
    cards: tuple[Card, ...]
    support: bool = False  # stands beside the flow, and is no step of it

    def groups(self) -> dict[str, tuple[Card, ...]]:
        """The cards by group, groups in the order they first appear."""
        found: dict[str, list[Card]] = {}
        for card in self.cards:
            found.setdefault(card.group, []).append(card)
        return {name: tuple(cards) for name, cards in found.items()}


@dataclass(frozen=True, slots=True)
class Panorama:
    """A chain's links by stage, and the sentences around them."""

    title: str
    conclusion: str
    date: str  # data as of
    stages: tuple[Stage, ...]
    coverage: str  # by grade of evidence
    next_steps: str  # the gaps to work on first
    footer: str
    edition: str
    lang: str = "zh"

    def cards(self) -> Iterator[Card]:
        """All cards, stage after stage."""
        return (card for stage in self.stages for card in stage.cards)

    @property
    def counts(self) -> Counter[str]:
        """Links by status."""
        return Counter(card.status for card in self.cards())
