"""The point score of a candidate: weighted criteria, impact and likelihood apart."""

from __future__ import annotations

import math
from dataclasses import dataclass

from chainmap.core.derivation import Ask
from chainmap.rank.criteria import CRITERIA, IMPACT, LIKELIHOOD
from chainmap.rank.marks import Mark


@dataclass(frozen=True, slots=True)
class Score:
    """Score, impact and likelihood (0 to 100); None where all their weights are 0."""

    score: float
    impact: float | None
    likelihood: float | None


def marks(ask: Ask, firm: str, chain: str, link: str) -> dict[str, Mark]:
    """The marks of a candidate on every criterion."""
    return {name: ask(f"criterion.{name}", firm, chain, link) for name in CRITERIA}


def score(ask: Ask, firm: str, chain: str, link: str) -> Score:
    """The weighted mean of the criteria, unknown ones at their middle."""
    values = {name: ask(f"criterion.{name}", firm, chain, link).value for name in CRITERIA}
    weights = {name: ask.setting(f"weights.{name}") for name in CRITERIA}
    total = _mean(values, weights, CRITERIA)
    ask.say(
        "score.is",
        parts=[(name, weights[name], values[name]) for name in CRITERIA],
        total=math.fsum(weights.values()),
    )
    return Score(
        0.0 if total is None else total,
        _mean(values, weights, IMPACT),
        _mean(values, weights, LIKELIHOOD),
    )


def _mean(
    values: dict[str, float], weights: dict[str, float], names: tuple[str, ...]
) -> float | None:
    total = math.fsum(weights[name] for name in names)
    if total <= 0:
        return None
    return math.fsum(weights[name] * values[name] for name in names) / total
