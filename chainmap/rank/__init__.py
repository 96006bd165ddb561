"""Candidates, criteria, score and how sure the rank is: the rules by their name."""

from __future__ import annotations

from chainmap.core.derivation import Rule
from chainmap.rank import backtest, candidates, criteria, leaders, ledger, ranks, relocation, score

RULES: dict[str, Rule] = {
    "field": candidates.field,
    "candidates": ranks.candidates,
    "undecided": candidates.agreeing_rows,
    "ranks": ranks.ranks,
    "interval": ranks.interval,
    "stability": ranks.stability,
    "basis": criteria.basis,
    "basis_rows": criteria.basis_rows,
    "neighbours": criteria.neighbours,
    "gone": criteria.gone,
    "ledger.place": ledger.place,
    "ledger.line": ledger.line,
    "ledger.here": ledger.here,
    "ledger.links": ledger.links,
    "ledger.best": ledger.best,
    "ledger.verdict": ledger.verdict,
    "ledger.would_change": ledger.would_change,
    "relocation.destination": relocation.destination,
    "relocation.assessed": relocation.assessed,
    "relocation.closeness": relocation.chain_closeness,
    **backtest.RULES,
    **leaders.RULES,
    "weights": score.weights,
    "score": score.score,
    **{f"criterion.{name}": getattr(criteria, name) for name in criteria.CRITERIA},
}
