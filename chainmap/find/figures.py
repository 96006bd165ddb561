"""Figures of a whole chain: completeness and how much is met locally (DESIGN section 4.2)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from chainmap.core.derivation import Ask
from chainmap.core.formula import Number, least, ratio, total
from chainmap.core.model import ACTIVE
from chainmap.find.evidence import MONEY, Demand, Supply


def counts(ask: Ask, chain: str) -> Counter[str]:
    """Links of the chain by status."""
    return Counter(ask("status", chain, link) for link in ask.world.graph(chain).links)


def completeness(ask: Ask, chain: str) -> tuple[float | None, float | None]:
    """Active links over all, and active or unknown links over all."""
    by_status: Counter[str] = ask("counts", chain)
    links = by_status.total()
    if links == 0:
        return None, None
    active = sum(by_status[status] for status in ACTIVE)
    ask.say("completeness.is", active=active, unknown=by_status["unknown"], links=links)
    return (
        ask.work("formula.low", ratio, active, links),
        ask.work("formula.high", share_of_both, active, by_status["unknown"], links),
    )


def local_ratio_value(ask: Ask, chain: str) -> float | None:
    """Met demand over demand, over links with both known in 亿元 and the demand exact."""
    pairs: list[tuple[float, float]] = []
    for link in ask.world.graph(chain).links:
        asked: Demand = ask("demand", chain, link)
        made: Supply = ask("supply", chain, link)
        if asked.value is None or made.known is None:
            continue
        if (asked.unit, made.unit) != (MONEY, MONEY) or asked.lower_bound or asked.alternative:
            continue
        pairs.append((made.known, asked.value))
    ask.say("local.value", links=len(pairs))
    if not math.fsum(wanted for _, wanted in pairs):
        return None
    found: float = ask.work("", met_share, pairs)
    return found


def local_ratio_count(ask: Ask, chain: str) -> tuple[float | None, float | None]:
    """Of the needs of active links the share met by an active link, and met or unknown."""
    graph = ask.world.graph(chain)
    met = maybe = needs = 0
    for link in graph.links:
        if ask("status", chain, link) not in ACTIVE:
            continue
        for _, members in graph.needs(link):
            found = {ask("status", chain, member) for member in members}
            needs += 1
            met += bool(found & ACTIVE)
            maybe += bool(found & (ACTIVE | {"unknown"}))
    ask.say("local.count", needs=needs, met=met, maybe=maybe)
    if not needs:
        return None, None
    return (
        ask.work("formula.low", ratio, met, needs),
        ask.work("formula.high", ratio, maybe, needs),
    )


def share_of_both(one: Number, other: Number, whole: Number) -> Number:
    """Two parts of a whole together."""
    return (one + other) / whole


def met_share(pairs: Sequence[tuple[Number, Number]]) -> Number:
    """Of (made, wanted) pairs: the sum of what is met over the sum of what is wanted."""
    return total([least(made, wanted) for made, wanted in pairs]) / total([w for _, w in pairs])


def chain_figures(ask: Ask, chain: str) -> None:
    """All figures of a chain under one heading, for "why"."""
    for rule in ("completeness", "local_ratio_value", "local_ratio_count"):
        ask(rule, chain)


def link_figures(ask: Ask, chain: str, link: str) -> None:
    """All figures of a link under one heading, for "why"."""
    for rule in (
        "standing",
        "stale",
        "wanted_rows",
        "accepted_requests",
        "gap",
        "priority",
        "worth",
    ):
        ask(rule, chain, link)
