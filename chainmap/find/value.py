"""What a gap is worth, how much hangs on a link, and its priority (DESIGN section 4.2)."""

from __future__ import annotations

import math
from dataclasses import dataclass

from chainmap.core.derivation import Ask
from chainmap.core.graph import stopped_by
from chainmap.find.evidence import MONEY, Demand, Supply
from chainmap.find.gaps import Gap

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
        value = max(0.0, wanted.value - made.known)
    ask.say("value.is", value=value)
    return Worth(value, wanted.lower_bound, wanted.alternative)


def dependents(ask: Ask, chain: str, link: str) -> float:
    """Share of the chain's other links that stop when this one stops (0 to 1)."""
    graph = ask.world.graph(chain)
    others = len(graph) - 1
    stopped = stopped_by(graph, link)
    index = ask.world.chain(chain).index
    for other in sorted(stopped, key=index.__getitem__):
        path = ("panorama", "links", index[other], "id")
        ask.structure(chain, path, other)
    ask.say("dependents.are", stopped=len(stopped), others=others)
    return len(stopped) / others if others else 0.0


def wanted_count(ask: Ask, chain: str, link: str) -> int:
    """Accepted requests and live wanted findings of a link."""
    return len(ask("accepted_requests", chain, link)) + len(ask("wanted_rows", chain, link))


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
    terms = [
        ("dependents", _against(ask, ask("dependents", chain, link), "dependents_anchor")),
        ("critical", 1.0 if ask("critical", chain, link) else 0.0),
        ("wanted", _against(ask, ask("wanted_count", chain, link), "wanted_full")),
    ]
    if value is not None:
        terms.insert(0, ("value", _log_share(ask, value)))
    weights = {name: ask.setting(f"priority.weights.{name}") for name, _ in terms}
    total = math.fsum(weights.values())
    if total == 0:
        return None
    ask.say("priority.is", parts=[(name, weights[name], part) for name, part in terms])
    return 100 * math.fsum(weights[name] * part for name, part in terms) / total


def check_worth(ask: Ask, chain: str, link: str) -> Worth:
    """The value that an unsettled link would have at its worst."""
    found: Gap = ask("gap", chain, link)
    return worth_as(ask, chain, link, found.suspect or "none")


def _against(ask: Ask, amount: float, anchor: str) -> float:
    full = ask.setting(f"priority.{anchor}")
    return min(1.0, amount / full) if full > 0 else float(amount > 0)


def _log_share(ask: Ask, value: float) -> float:
    low, high = ask.setting("priority.value_lo"), ask.setting("priority.value_hi")
    return min(1.0, max(0.0, math.log(1 + value / low) / math.log(1 + high / low)))
