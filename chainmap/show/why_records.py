"""Records of a what-if, of a loss and of the programme in one line each, for "why".

A record is told by what it has: the show room knows none of the classes by name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chainmap.core.words import figure, say

Worded = Callable[[Any, str], str]


def record_text(value: Any, lang: str, worded: Worded) -> str | None:
    """The record in words; None for any other value."""
    supposed = _supposed(value, lang, worded)
    return supposed if supposed is not None else _planned(value, lang)


def _supposed(value: Any, lang: str, worded: Worded) -> str | None:
    if hasattr(value, "before") and hasattr(value, "after"):
        both = (worded(side, lang) for side in (value.before, value.after))
        return say("why.pair", lang, before=next(both), after=next(both))
    if hasattr(value, "share") and hasattr(value, "lost"):
        return worded(value.share, lang)
    if hasattr(value, "without") and hasattr(value, "stopped"):
        ends = (value.low, value.high, value.without)
        low, high, without = (f"{end:.1%}" for end in ends)
        return say("why.stopping", lang, low=low, high=high, without=without)
    if hasattr(value, "sure") and hasattr(value, "maybe"):
        return say("why.standby", lang, sure=len(value.sure), maybe=len(value.maybe - value.sure))
    if hasattr(value, "alone") and hasattr(value, "surely"):
        return " / ".join(value.links) or "-"
    return None


def _planned(value: Any, lang: str) -> str | None:
    if hasattr(value, "seats") and hasattr(value, "solution"):
        if value.solution is None:
            return say("why.no_programme", lang)
        worth = figure(value.solution.objective)
        return say("why.programme", lang, worth=worth, count=len(value.seats))
    if hasattr(value, "problem") and hasattr(value, "without_needs"):
        problem = value.problem
        return say("why.draft", lang, targets=len(problem.targets), places=len(problem.places))
    if hasattr(value, "district") and hasattr(value, "quarter"):
        return say("whatif.seat", lang, district=value.district, year=value.year + 1)
    return None
