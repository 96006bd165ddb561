"""Kind of a gap: what a link's status means beside its neighbours (DESIGN section 4.1)."""

from __future__ import annotations

from dataclasses import dataclass

from chainmap.core.derivation import Ask
from chainmap.core.graph import StatusOf, here_or_coming, needs_now, steps_to_caller
from chainmap.core.model import ACTIVE


@dataclass(frozen=True, slots=True)
class Gap:
    """What is to be done about a link, and how sure that is."""

    kind: str
    suspect: str | None = None
    settled: bool = True
    depth: int | None = None
    breaks: bool = False


def gap(ask: Ask, chain: str, link: str) -> Gap:
    """The gap of a link."""
    status: str = ask("status", chain, link)
    if status == "weak":
        return Gap("strengthen")
    if status == "planned":
        return Gap("planned")
    if status == "present":
        return Gap("check", suspect="strengthen", settled=False)
    if status == "strong":
        return Gap("deepen" if _worth_deepening(ask, chain, link) else "none")

    def status_of(other: str) -> str:
        found: str = ask("status", chain, other)
        return found

    if status == "unknown":
        return Gap("check", suspect=_absent(ask, chain, link, status_of).kind, settled=False)
    return _absent(ask, chain, link, status_of)


def _worth_deepening(ask: Ask, chain: str, link: str) -> bool:
    place = ask.world.chain(chain).index[link]
    critical = ask.world.chain(chain).link(link).critical
    path = ("panorama", "links", place, "critical")
    return bool(
        ask.structure(chain, path, critical)
        or ask("wanted_rows", chain, link)
        or ask("accepted_requests", chain, link)
    )


def _absent(ask: Ask, chain: str, link: str, status_of: StatusOf) -> Gap:
    """The gap of a link that is missing, or of an unknown one were it missing."""
    graph = ask.world.graph(chain)
    depth = steps_to_caller(graph, link, status_of)
    active_supplier = any(status_of(s) in ACTIVE for s, _ in graph.suppliers(link))
    if depth is not None:
        caller = certain = False
        for customer, at in graph.customers(link):
            flow, status = graph.flow(at), status_of(customer)
            if not here_or_coming(status) or not needs_now(flow, status_of):
                continue
            caller = caller or status in ACTIVE
            certain = certain or (
                flow.need == "required" or all(status_of(m) != "unknown" for m in flow.sources)
            )
        settled = certain or not _unknown_nearby(ask, chain, link, status_of)
        ask.say("gap.fill", depth=depth)
        return Gap("fill", None, settled, depth, caller and active_supplier)
    neighbour, served = active_supplier, False
    for customer, at in graph.customers(link):
        if status_of(customer) not in ACTIVE:
            continue
        if graph.flow(at).need == "any":
            served = True
        else:
            neighbour = True
    kind = "extend" if neighbour else "covered" if served else "build"
    ask.say(f"gap.{kind}")
    return Gap(kind, None, not _unknown_nearby(ask, chain, link, status_of))


def _unknown_nearby(ask: Ask, chain: str, link: str, status_of: StatusOf) -> bool:
    """Whether a link at either end of the link's flows, or a fellow member, is unknown."""
    graph = ask.world.graph(chain)
    near = [
        *(supplier for supplier, _ in graph.suppliers(link)),
        *(customer for customer, _ in graph.customers(link)),
        *graph.fellows(link),
    ]
    return any(status_of(other) == "unknown" for other in near)
