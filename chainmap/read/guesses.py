"""Guesses at what an author meant, within a budget."""

from __future__ import annotations

from collections.abc import Collection

from chainmap.core.text import near


class Guesses:
    """Near words, looked up once each and only so often.

    Comparing a word with thousands of others is slow; where an input has thousands of slips,
    the first ones get a guess and the rest do without.
    """

    def __init__(self, comparisons: int = 50_000) -> None:
        self._left = comparisons
        self._known: dict[tuple[str, int], tuple[str | None, Collection[str]]] = {}

    def __call__(self, word: str, known: Collection[str]) -> str | None:
        """The known word that was probably meant, or None."""
        key = (word, id(known))
        if key not in self._known:
            if len(known) > self._left:
                return None
            self._left -= len(known)
            # The collection is kept with the answer: its identity must not be used again.
            self._known[key] = (near(word, known), known)
        return self._known[key][0]
