"""Words that say where a figure comes from: formulas, columns, evidence behind a score."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    # what a formula gives, where it does not give the figure itself
    "formula.score": ("得分", "score"),
    "formula.impact": ("影响", "impact"),
    "formula.likelihood": ("可能性", "likelihood"),
    "formula.low": ("下限", "low"),
    "formula.high": ("上限", "high"),
    "formula.value": ("金额折算", "value, scaled"),
    "formula.dependents": ("影响面折算", "dependents, scaled"),
    "formula.wanted": ("需求折算", "wants, scaled"),
    "formula.s_low": ("S_low", "S_low"),
    "formula.s_over_d": ("S/D", "S/D"),
    "formula.low_over_d": ("S_low/D", "S_low/D"),
    "formula.activity": ("折扣后", "after discount"),
    "formula.revenue": ("折人民币", "in CNY"),
    "formula.chain": ("链条", "chain"),
    "formula.known": ("已知部分", "known part"),
    "formula.middle": ("中值", "middle"),
    # terms of a formula
    "term.value": ("金额", "value"),
    "term.dependents": ("影响面", "dependents"),
    "term.critical": ("关键", "critical"),
    "term.wanted": ("需求", "wants"),
    "closeness.market": ("市场", "market"),
    "closeness.resource": ("资源", "resource"),
    "closeness.chain": ("链条", "chain"),
}  # fmt: skip
