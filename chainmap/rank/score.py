"""The point score of a candidate: weighted criteria, impact and likelihood apart."""

from __future__ import annotations

import math
from dataclasses import dataclass

from chainmap.core.derivation import Ask, Book
from chainmap.rank.criteria import CRITERIA, IMPACT, LIKELIHOOD, figure_of
from chainmap.rank.marks import Mark


@dataclass(frozen=True, slots=True)
class Score:
    """Score, impact and likelihood (0 to 100); None where all their weights are 0."""

    score: float
    impact: float | None
    likelihood: float | None


@dataclass(frozen=True, slots=True)
class Weights:
    """The stated weights, and their sums over all criteria, impact and likelihood."""

    of: dict[str, float]
    total: float
    impact: float
    likelihood: float


def weights(ask: Ask) -> Weights:
    """The stated weights of the criteria."""
    of = {name: ask.setting(f"weights.{name}") for name in CRITERIA}
    impact, likelihood = ([of[name] for name in part] for part in (IMPACT, LIKELIHOOD))
    return Weights(of, math.fsum(of.values()), math.fsum(impact), math.fsum(likelihood))


def marks(book: Book, firm: str, chain: str, link: str) -> dict[str, Mark]:
    """The marks of a candidate on every criterion."""
    return {name: book.value(*figure_of(name, firm, chain, link)) for name in CRITERIA}


def score(ask: Ask, firm: str, chain: str, link: str) -> Score:
    """The weighted mean of the criteria, unknown ones at their middle."""
    stated: Weights = ask("weights")
    values = {name: ask(*figure_of(name, firm, chain, link)).value for name in CRITERIA}
    parts = [(name, stated.of[name], values[name]) for name in CRITERIA]
    ask.say("score.is", parts=parts, total=stated.total)
    terms = [weight * value for _, weight, value in parts]
    whole = _over(terms, stated.total)
    return Score(
        0.0 if whole is None else whole,
        _over(terms[: len(IMPACT)], stated.impact),
        _over(terms[len(IMPACT) :], stated.likelihood),
    )


def _over(terms: list[float], total: float) -> float | None:
    return math.fsum(terms) / total if total > 0 else None
