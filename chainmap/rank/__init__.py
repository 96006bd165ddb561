"""Candidates, criteria, score and how sure the rank is: the rules by their name."""

from __future__ import annotations

from chainmap.core.derivation import Rule
from chainmap.rank import candidates, criteria, ledger, ranks, relocation, score

RULES: dict[str, Rule] = {
    "field": candidates.field,
    "candidates": ranks.candidates,
    "ranks": ranks.ranks,
    "interval": ranks.interval,
    "basis": criteria.basis,
    "basis_rows": criteria.basis_rows,
    "neighbours": criteria.neighbours,
    "gone": criteria.gone,
    "ledger.here": ledger.here,
    "ledger.links": ledger.links,
    "ledger.best": ledger.best,
    "ledger.verdict": ledger.verdict,
    "ledger.would_change": ledger.would_change,
    "relocation.destination": relocation.destination,
    "relocation.closeness": relocation.chain_closeness,
    "weights": score.weights,
    "score": score.score,
    **{f"criterion.{name}": getattr(criteria, name) for name in criteria.CRITERIA},
}
