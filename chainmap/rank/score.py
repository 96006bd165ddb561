"""The point score of a candidate: weighted criteria, impact and likelihood apart."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chainmap.core.derivation import Ask, Book
from chainmap.core.formula import Number, total
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
    whole = _mean(ask, "formula.score", CRITERIA, stated, values)
    return Score(
        0.0 if whole is None else whole,
        _mean(ask, "formula.impact", IMPACT, stated, values),
        _mean(ask, "formula.likelihood", LIKELIHOOD, stated, values),
    )


def _mean(
    ask: Ask, name: str, of: Sequence[str], stated: Weights, values: Mapping[str, float]
) -> float | None:
    terms = {f"criterion.{one}": (stated.of[one], values[one]) for one in of}
    if not math.fsum(weight for weight, _ in terms.values()) > 0:
        return None
    found: float = ask.work(name, weighted_mean, terms)
    return found


def weighted_mean(terms: Mapping[str, tuple[Number, Number]]) -> Number:
    """The mean of (weight, mark) pairs."""
    return total([w * n for w, n in terms.values()]) / total([w for w, _ in terms.values()])
