"""Words of the criteria: each has its name, what knowing it would tell, and how to find it out."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    # gap
    "criterion.gap": ("缺口优先度", "gap"),
    "knowing.gap": ("{chain}/{link}：是否有缺口", "{chain}/{link}: whether it is a gap"),
    "ledger.fact.gap": ("核实{link}是否为缺口", "check whether {link} is a gap"),
    # fit
    "criterion.fit": ("产品契合", "fit"),
    "knowing.fit": ("{firm}：能否做{link}", "{firm}: whether it can do {link}"),
    "ledger.fact.fit": ("核实其产品是否对口{link}", "check whether it makes {link}"),
    # strength
    "criterion.strength": ("企业规模", "strength"),
    "knowing.strength": ("{firm}：营收", "{firm}: revenue"),
    "ledger.fact.strength": ("查明营收规模", "find its revenue"),
    # pull
    "criterion.pull": ("链主需求", "pull"),
    "ledger.fact.pull": ("征询链主对{link}的需求", "ask leader firms about {link}"),
    # cluster
    "criterion.cluster": ("本地上下游", "cluster"),
    "ledger.fact.cluster": ("查明{link}本地上下游", "find the neighbours of {link} here"),
    # signals
    "criterion.signals": ("近期动向", "signals"),
    "knowing.signals": ("{firm}：近期动向", "{firm}: recent events"),
    "ledger.fact.signals": ("了解扩产或选址动向", "ask whether it expands"),
    # closeness
    "criterion.closeness": ("市场资源链条接近", "closeness"),
    "knowing.closeness": ("{firm}：接近程度", "{firm}: closeness"),
    "knowing.closeness.market": ("{firm}：与本地市场的接近", "{firm}: closeness in market"),
    "knowing.closeness.resource": ("{firm}：与本地资源的接近", "{firm}: closeness in resources"),
    "ledger.fact.closeness": ("评估市场与资源联系", "assess market and resource ties"),
    # headroom
    "criterion.headroom": ("布局空间", "headroom"),
    "knowing.headroom": ("{firm}：是否已在本地", "{firm}: whether it is here already"),
    "ledger.fact.headroom": ("查明在本市布局情况", "find what it has here"),
}  # fmt: skip
