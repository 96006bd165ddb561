"""What a gap is worth, how much hangs on a link, and its priority (DESIGN section 4.2)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from chainmap.core.derivation import Ask
from chainmap.core.formula import Number, least, ln, most, ratio, total, within
from chainmap.core.graph import stopped_by
from chainmap.find.evidence import MONEY, Demand, Supply
from chainmap.find.gaps import Gap

WEIGHTS = {
    "term.value": "priority.weights.value",
    "term.dependents": "priority.weights.dependents",
    "term.critical": "priority.weights.critical",
    "term.wanted": "priority.weights.wanted",
}
ANCHORS = {"dependents": "priority.dependents_anchor", "wanted": "priority.wanted_full"}
_BY_DEMAND = ("fill", "extend", "build")


@dataclass(frozen=True, slots=True)
class Worth:
    """Value of a gap in 亿元; None where unknown, and then so are the two marks."""

    value: float | None = None
    lower_bound: bool | None = None
    alternative: bool | None = None


def worth(ask: Ask, chain: str, link: str) -> Worth:
    """The value of a link's gap; none for a check, whose kind is not settled."""
    found: Gap = ask("gap", chain, link)
    return worth_as(ask, chain, link, found.kind)


def worth_as(ask: Ask, chain: str, link: str, kind: str) -> Worth:
    """The value that the link's gap would have were it of that kind."""
    if kind not in (*_BY_DEMAND, "strengthen"):
        return Worth()
    wanted: Demand = ask("demand", chain, link)
    if wanted.value is None or wanted.unit != MONEY:
        return Worth()
    value = wanted.value
    if kind == "strengthen":
        made: Supply = ask("supply", chain, link)
        if made.known is None or made.unit != MONEY:
            return Worth()
        value = ask.work("", shortfall, wanted.value, made.known)
    return Worth(value, wanted.lower_bound, wanted.alternative)


def dependents(ask: Ask, chain: str, link: str) -> float:
    """Share of the chain's other links that stop when this one stops (0 to 1)."""
    graph = ask.world.graph(chain)
    others = len(graph) - 1
    stopped = stopped_by(graph, link)
    index = ask.world.chain(chain).index
    ask.structure(chain, ("panorama", "links", index[link], "id"), link)
    for other in sorted(stopped, key=index.__getitem__):
        path = ("panorama", "links", index[other], "id")
        ask.structure(chain, path, other)
    ask.say("dependents.are", stopped=len(stopped), others=others)
    return ask.work("", ratio, len(stopped), others) if others else 0.0


def wanted_count(ask: Ask, chain: str, link: str) -> int:
    """Accepted requests and live wanted findings of a link."""
    requests, wants = ask("accepted_requests", chain, link), ask("wanted_rows", chain, link)
    found: int = ask.work("", both, len(requests), len(wants))
    return found


def critical(ask: Ask, chain: str, link: str) -> bool:
    """Whether the chain file calls the link critical."""
    place = ask.world.chain(chain).index[link]
    path = ("panorama", "links", place, "critical")
    return bool(ask.structure(chain, path, ask.world.chain(chain).link(link).critical))


def priority(ask: Ask, chain: str, link: str) -> float | None:
    """Priority of a gap, 0 to 100: the weighted mean of what is known of it."""
    found: Gap = ask("gap", chain, link)
    kind = found.suspect if found.kind == "check" else found.kind
    if kind in (None, "none", "planned", "covered"):
        return None
    value = ask("check_worth" if found.kind == "check" else "worth", chain, link).value
    marks: dict[str, float] = {} if value is None else {"term.value": _log_share(ask, value)}
    marks |= {
        "term.dependents": _against(ask, "dependents", ask("dependents", chain, link)),
        "term.critical": 1.0 if ask("critical", chain, link) else 0.0,
        "term.wanted": _against(ask, "wanted", ask("wanted_count", chain, link)),
    }
    terms = {name: (ask.setting(WEIGHTS[name]), mark) for name, mark in marks.items()}
    if math.fsum(weight for weight, _ in terms.values()) == 0:
        return None
    mean: float = ask.work("", percent_mean, terms)
    return mean


def check_worth(ask: Ask, chain: str, link: str) -> Worth:
    """The value that an unsettled link would have at its worst."""
    found: Gap = ask("gap", chain, link)
    return worth_as(ask, chain, link, found.suspect or "none")


def _against(ask: Ask, name: str, amount: float) -> float:
    share: float = ask.work(f"formula.{name}", full_at, amount, ask.setting(ANCHORS[name]))
    return share


def _log_share(ask: Ask, value: float) -> float:
    low, high = ask.setting("priority.value_lo"), ask.setting("priority.value_hi")
    share: float = ask.work("formula.value", log_share, value, low, high)
    return share


# The formulas


def shortfall(wanted: Number, made: Number) -> Number:
    """What is wanted and not made, at least 0."""
    return most(0.0, wanted - made)


def both(one: Number, other: Number) -> Number:
    """Two counts together."""
    return one + other


def full_at(amount: Number, full: Number) -> Number:
    """An amount against the one that counts in full: 0 to 1."""
    return least(1.0, amount / full)


def log_share(value: Number, low: Number, high: Number) -> Number:
    """ln(1 + value / low) / ln(1 + high / low), kept in 0 to 1."""
    return within(0.0, ln(1 + value / low) / ln(1 + high / low), 1.0)


def percent_mean(terms: Mapping[str, tuple[Number, Number]]) -> Number:
    """100 times the mean of (weight, mark from 0 to 1) pairs."""
    return 100 * total([w * n for w, n in terms.values()]) / total([w for w, _ in terms.values()])
