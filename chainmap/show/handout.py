"""A report of sentences and tables, before any format: for pages, workbooks and documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chainmap.core.words import figure, say

Cell = str | float | int | None


@dataclass(frozen=True, slots=True)
class Head:
    """A column: its title, and its width in characters. ``strong`` ones are read first."""

    title: str
    width: float
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A titled part: sentences, then a table where there is one. None in a cell is unknown."""

    title: str
    sentences: Sequence[str] = ()
    heads: Sequence[Head] = ()
    rows: Sequence[Sequence[Cell]] = ()

    @property
    def numbers(self) -> frozenset[int]:
        """The columns, counted from 0, that hold numbers or nothing."""
        return frozenset(
            at
            for at in range(len(self.heads))
            if any(isinstance(row[at], int | float) for row in self.rows)
            and not any(isinstance(row[at], str) for row in self.rows)
        )


@dataclass(frozen=True, slots=True)
class Handout:
    """What is handed over: a title, what comes first, and its parts in their order."""

    title: str
    date: str
    sentences: Sequence[str]
    parts: Sequence[Part]
    footer: str
    lang: str = "zh"


def worded(cell: Cell, lang: str, digits: int = 1) -> str:
    """A cell as it is read: what is unknown is said."""
    if cell is None:
        return say("unknown", lang)
    return figure(cell, digits) if isinstance(cell, float) else str(cell)
