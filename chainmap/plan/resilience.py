"""Resilience: how much of a chain stops when a link or a firm is lost, and who could help.

Shares without substitution, and with it as a range: what is not known to be made here is no
substitute at worst (``high``) and one at best (``low``). A link that a finding or a hand calls
active may have makers whom no one wrote down; whether it goes with the only one known is open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chainmap.core.derivation import Ask, Rule
from chainmap.core.formula import ratio, total
from chainmap.core.graph import ChainGraph, Sweep, stopped_together, sweep
from chainmap.core.model import ACTIVE

TOLD = ("override", "finding")  # bases that speak of a link and not of one firm


@dataclass(frozen=True, slots=True)
class Stopping:
    """The share of the chain that stops, and the links that do at worst, in file order."""

    without: float
    low: float
    high: float
    stopped: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standby:
    """Members of any-groups that are made here: surely, and perhaps."""

    sure: frozenset[str]
    maybe: frozenset[str]


@dataclass(frozen=True, slots=True)
class Makers:
    """Links that a firm makes here; those it alone is known to make, and of these the sure ones."""

    links: tuple[str, ...]
    alone: tuple[str, ...]
    surely: tuple[str, ...]


def standby(ask: Ask, chain: str) -> Standby:
    """Which members of any-groups are made here, and of which nothing is known."""
    flows = ask.world.chain(chain).flows
    members = dict.fromkeys(m for flow in flows if flow.need == "any" for m in flow.sources)
    found = {member: ask("status", chain, member) for member in members}
    sure = frozenset(member for member, status in found.items() if status in ACTIVE)
    unknown = (member for member, status in found.items() if status == "unknown")
    return Standby(sure, sure | frozenset(unknown))


def link_loss(ask: Ask, chain: str, link: str) -> Stopping:
    """Share of the chain's other links that stop when this one is lost."""
    by: Standby = ask("resilience.standby", chain)
    found = [_sweep(ask, chain, one) for one in (frozenset[str](), by.maybe, by.sure)]
    counts = [one.count(link) for one in found]
    stopped = tuple(found[2].stopped(link))
    _name(ask, chain, (link, *stopped))
    return _shares(ask, counts, len(ask.world.graph(chain)) - 1, stopped)


def firm_loss(ask: Ask, chain: str, firm: str) -> Stopping:
    """Share of the chain's links that stop when this firm is lost."""
    by: Standby = ask("resilience.standby", chain)
    makes: Makers = ask("resilience.makes", chain, firm)
    graph = ask.world.graph(chain)
    cases = ((makes.links, frozenset[str]()), (makes.surely, by.maybe), (makes.alone, by.sure))
    found = [stopped_together(graph, lost, one) for lost, one in cases]
    stopped = tuple(link for link in graph.links if link in found[2])
    _name(ask, chain, stopped)
    return _shares(ask, [len(one) for one in found], len(graph), stopped)


def makes(ask: Ask, chain: str, firm: str) -> Makers:
    """What a firm makes here, and where it is alone as far as is known."""
    mine: list[str] = []
    alone: list[str] = []
    surely: list[str] = []
    for link, firms in ask("resilience.producers", chain).items():
        if firm not in firms:
            continue
        mine.append(link)
        if len(firms) == 1:
            alone.append(link)
            if not _told(ask, chain, link):
                surely.append(link)
    return Makers(tuple(mine), tuple(alone), tuple(surely))


def _told(ask: Ask, chain: str, link: str) -> bool:
    """Whether a finding or a hand says that it is made here, by whomever."""
    standing = ask("standing", chain, link)
    supply = ask("supply", chain, link)
    stated = any(row.table == "findings" for row in supply.rows)
    return standing.status in ACTIVE and (stated or standing.basis in TOLD)


def producers(ask: Ask, chain: str) -> dict[str, tuple[str, ...]]:
    """The firms that make each link's product here, in the order of the links."""
    return {
        link: tuple(dict.fromkeys(p.firm for p in ask("producing", chain, link) if p.firm))
        for link in ask.world.graph(chain).links
    }


def single_point(ask: Ask, chain: str, link: str) -> str | None:
    """Whether one group alone makes it and much hangs on it: yes, maybe or no.

    Much is ``resilience.single_point_at`` of the chain; ``maybe`` where there may be makers or
    substitutes that are not known. None where it is made here by nobody knows whom.
    """
    if ask("status", chain, link) not in ACTIVE:
        return "no"
    groups: int = ask("groups", chain, link)
    if groups == 0:
        return None
    loss: Stopping = ask("resilience.link", chain, link)
    much = ask.setting("resilience.single_point_at")
    if groups > 1 or loss.high < much:
        return "no"
    return "maybe" if loss.low < much or _told(ask, chain, link) else "yes"


def exposure(ask: Ask, chain: str) -> float | None:
    """The mean share that stops at worst, over the loss of each link and of each maker here."""
    shares = [ask("resilience.link", chain, link).high for link in ask.world.graph(chain).links]
    shares += [ask("resilience.firm", chain, firm).high for firm in _firms(ask, chain)]
    return _mean(ask, shares)


def relief(ask: Ask, chain: str, link: str) -> float:
    """How much lower the exposure is with one more maker of the link, over the same losses.

    A second maker keeps the link running when the first is lost, and a link that is made here
    stands by in its any-groups. Where it does neither: 0.
    """
    by: Standby = ask("resilience.standby", chain)
    made: Mapping[str, tuple[str, ...]] = ask("resilience.producers", chain)
    whole = ask("resilience.exposure", chain)
    graph = ask.world.graph(chain)
    joins = link not in by.sure and any(graph.flow(at).need == "any"
                                        for _, at in graph.customers(link))  # fmt: skip
    only = made[link][0] if len(made[link]) == 1 else None
    if not joins and only is None:
        return 0.0
    sure = by.sure | {link} if joins else by.sure
    saved: list[float] = []
    if joins:
        now, then = _sweep(ask, chain, by.sure), _sweep(ask, chain, sure)
        others = max(1, len(graph) - 1)
        saved += [(now.count(one) - then.count(one)) / others for one in graph.links]
    for firm in _firms(ask, chain) if joins else filter(None, [only]):
        lost = [one for one, firms in made.items() if firms == (firm,) and one != link]
        loss: Stopping = ask("resilience.firm", chain, firm)
        saved.append(loss.high - len(stopped_together(graph, lost, sure)) / len(graph))
    losses = len(graph) + len(_firms(ask, chain))
    ask.say("resilience.relief_is", losses=losses, exposure=whole)
    found: float = ask.work("", mean_of, [one for one in saved if one], losses)
    return found


def loss(ask: Ask, chain: str, name: str) -> Stopping:
    """The loss of ``link:ID`` or of ``firm:ID``."""
    what, _, one = name.partition(":")
    found: Stopping = ask(f"resilience.{what}", chain, one)
    return found


def name_of(ask: Ask, chain: str, loss: str) -> str:
    """What is lost, by its name."""
    what, _, one = loss.partition(":")
    found: str = ask("cell.firm_name", one) if what == "firm" else ask("cell.link", chain, one,
                                                                       "name")  # fmt: skip
    return found


def about(ask: Ask, chain: str, loss: str) -> dict[str, Any]:
    """Where a loss stands: the link with its status and makers, or the firm.

    How many groups make a link is unknown where its status is, or where nobody knows whom.
    """
    what, _, one = loss.partition(":")
    firm = what == "firm"
    status = None if firm else ask("status", chain, one)
    groups = None if firm else ask("groups", chain, one)
    if groups == 0 and (status in ACTIVE or status == "unknown"):
        groups = None
    return {
        "chain": chain,
        "link": None if firm else one,
        "firm": one if firm else None,
        "status": status,
        "groups": groups,
        "single_point": None if firm else ask("resilience.single", chain, one),
    }


def _firms(ask: Ask, chain: str) -> list[str]:
    made: Mapping[str, tuple[str, ...]] = ask("resilience.producers", chain)
    return sorted({firm for firms in made.values() for firm in firms})


def _sweep(ask: Ask, chain: str, by: frozenset[str]) -> Sweep:
    """The sweep over a chain's links, worked out once: it depends on flows and standby alone."""
    graph: ChainGraph = ask.world.graph(chain)
    return ask.world.once(f"sweep/{chain}/{'/'.join(sorted(by))}", lambda: sweep(graph, by))


def _name(ask: Ask, chain: str, links: tuple[str, ...]) -> None:
    """The links that stop, as they stand in the chain file."""
    index = ask.world.chain(chain).index
    for link in links:
        ask.structure(chain, ("panorama", "links", index[link], "id"), link)


def _shares(ask: Ask, counts: list[int], whole: int, stopped: tuple[str, ...]) -> Stopping:
    ask.say("resilience.stops", high=counts[2], low=counts[1], without=counts[0], whole=whole)
    if not whole:
        return Stopping(0.0, 0.0, 0.0, stopped)
    names = ("formula.without", "formula.at_best", "formula.at_worst")
    without, low, high = (
        ask.work(name, ratio, count, whole) for name, count in zip(names, counts, strict=True)
    )
    return Stopping(without, low, high, stopped)


def _mean(ask: Ask, shares: list[float]) -> float | None:
    if not shares:
        return None
    ask.say("resilience.exposure_is", losses=len(shares))
    found: float = ask.work("", mean_of, [one for one in shares if one], len(shares))
    return found


def mean_of(shares: list[float], count: int) -> float:
    """The sum of the shares that are not 0 over how many losses there are."""
    found: float = total(shares) / count
    return found


RULES: dict[str, Rule] = {
    "resilience.standby": standby,
    "resilience.link": link_loss,
    "resilience.firm": firm_loss,
    "resilience.makes": makes,
    "resilience.producers": producers,
    "resilience.single": single_point,
    "resilience.exposure": exposure,
    "resilience.relief": relief,
    "resilience.loss": loss,
    "resilience.name": name_of,
    "resilience.about": about,
}
