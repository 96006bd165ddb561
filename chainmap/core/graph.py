"""A chain as a graph of links and flows, and what can be asked of it (the only networkx).

Statuses come in as a function, so that whoever asks can see which ones were read.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from chainmap.core.model import ACTIVE, Chain, Flow

if TYPE_CHECKING:
    import networkx as nx

StatusOf = Callable[[str], str]


class ChainGraph:
    """Links as nodes, flows as edges; an edge carries the position of its flow in the file."""

    def __init__(self, chain: Chain) -> None:
        import networkx as nx  # heavy; a check of the files alone never gets here

        graph: nx.DiGraph[str] = nx.DiGraph()
        graph.add_nodes_from(link.id for link in chain.links)
        for at, flow in enumerate(chain.flows):
            graph.add_edges_from(((source, flow.target) for source in flow.sources), flow=at)
        self._graph = graph
        self._flows = chain.flows

    def __len__(self) -> int:
        return len(self._graph)

    @property
    def links(self) -> Iterator[str]:
        """The ids of the links, in the order of the chain file."""
        return iter(self._graph)

    def suppliers(self, link: str) -> Iterator[tuple[str, int]]:
        """Links with a flow into this one, with the flow's position."""
        for supplier, data in self._graph.pred[link].items():
            yield supplier, data["flow"]

    def customers(self, link: str) -> Iterator[tuple[str, int]]:
        """Links that this one flows into, with the flow's position."""
        for customer, data in self._graph.succ[link].items():
            yield customer, data["flow"]

    def flow(self, at: int) -> Flow:
        """The flow at that position in the file."""
        return self._flows[at]

    def needs(self, link: str) -> Iterator[tuple[int, tuple[str, ...]]]:
        """What a link cannot do without: its required inputs and its any-groups, each once."""
        for at in dict.fromkeys(at for _, at in self.suppliers(link)):
            flow = self._flows[at]
            if flow.need != "optional":
                yield at, flow.sources

    def fellows(self, link: str) -> Iterator[str]:
        """The other members of the any-groups that a link belongs to."""
        for _, at in self.customers(link):
            if self._flows[at].need == "any":
                yield from (member for member in self._flows[at].sources if member != link)


def needs_now(flow: Flow, status_of: StatusOf) -> bool:
    """Whether the flow's target needs each of its sources as things stand.

    A required flow always does; an any-group does while no member is active or planned.
    """
    if flow.need == "required":
        return True
    return flow.need == "any" and not any(here_or_coming(status_of(m)) for m in flow.sources)


def here_or_coming(status: str) -> bool:
    """Active or planned."""
    return status in ACTIVE or status == "planned"


def steps_to_caller(graph: ChainGraph, link: str, status_of: StatusOf) -> int | None:
    """Fewest steps from an active or planned link that calls for this one, None for none.

    Walks backwards from the link to those that need it, and on through missing ones only.

    Notes: breadth first, O(links + flows) of what lies behind the link.
    """
    seen, frontier, steps = {link}, [link], 0
    while frontier:
        steps += 1
        behind: list[str] = []
        for wanted in frontier:
            for customer, at in graph.customers(wanted):
                if customer in seen or not needs_now(graph.flow(at), status_of):
                    continue
                status = status_of(customer)
                if here_or_coming(status):
                    return steps
                if status == "missing":
                    seen.add(customer)
                    behind.append(customer)
        frontier = behind
    return None


def stopped_by(graph: ChainGraph, link: str) -> set[str]:
    """The other links that stop when this one stops, whatever their status.

    A link stops when a required input has stopped or all members of an any-group have; the
    least fixed point, so that cycles are fine. Notes: O(links + flows), each need counted down.
    """
    stopped = {link}
    left: dict[int, set[str]] = {}
    frontier = [link]
    while frontier:
        down = frontier.pop()
        for customer, at in graph.customers(down):
            flow = graph.flow(at)
            if customer in stopped or flow.need == "optional":
                continue
            if flow.need == "any":
                remaining = left.setdefault(at, set(flow.sources))
                remaining.discard(down)
                if remaining:
                    continue
            stopped.add(customer)
            frontier.append(customer)
    return stopped - {link}


def stopped_together(graph: ChainGraph, lost: Iterable[str], standby: Collection[str]) -> set[str]:
    """What stops when several links are lost at once, those included.

    A link stops when a required input has stopped, or when a member of an any-group has and none
    of the members that stand by is left; optional inputs never stop it. With every link standing
    by it is ``stopped_by``. Notes: the least fixed point, O(links + flows).
    """
    stopped = set(lost)
    frontier = list(stopped)
    left: dict[int, int] = {}
    while frontier:
        down = frontier.pop()
        for customer, at in graph.customers(down):
            flow = graph.flow(at)
            if flow.need == "any":
                # Counted also where the customer has stopped: each member once.
                waiting = left.get(at, -1)
                if waiting < 0:
                    waiting = sum(member in standby for member in set(flow.sources))
                left[at] = waiting = waiting - (down in standby)
                if waiting:
                    continue
            if customer in stopped or flow.need == "optional":
                continue
            stopped.add(customer)
            frontier.append(customer)
    return stopped


class Sweep:
    """For every link what stops when it alone is lost.

    causes: link to the set of links whose loss stops it, itself included, as the bits of a number
    in the order of ``links``.
    """

    def __init__(self, links: Sequence[str], causes: Mapping[str, int]) -> None:
        self.links, self.causes = links, causes
        self._places = {link: at for at, link in enumerate(links)}

    def stopped(self, link: str) -> list[str]:
        """The other links that stop with it, in the order of the links."""
        bit = 1 << self._places[link]
        return [other for other in self.links if other != link and self.causes[other] & bit]

    def count(self, link: str) -> int:
        """How many other links stop with it."""
        return self._counts[self._places[link]] - 1

    @cached_property
    def _counts(self) -> list[int]:
        """How often each bit stands, over all numbers: added up in columns, a plane a digit."""
        planes: list[int] = []
        for number in self.causes.values():
            carry = number
            for at, plane in enumerate(planes):
                planes[at], carry = plane ^ carry, plane & carry
                if not carry:
                    break
            else:
                planes.append(carry)
        counts = [0] * len(self.links)
        for at, plane in enumerate(planes):
            for place, digit in enumerate(reversed(f"{plane:b}")):
                counts[place] += (digit == "1") << at
        return counts


def sweep(graph: ChainGraph, standby: Collection[str]) -> Sweep:
    """What stops when any one link is lost, for all links in one go.

    The rule is that of ``stopped_together``, turned round: a link is stopped by itself, by what
    stops a required input, and by what stops a member of an any-group and all that stand by.
    Notes: the least fixed point over sets held as bits, worked out along the layers of needs;
    O((links + flows) * links / 64) without cycles, and linear in practice.
    """
    links = list(graph.links)
    causes = {link: 1 << at for at, link in enumerate(links)}
    for layer in cycles_and_layers(graph):
        inside, waiting = set(layer), list(reversed(layer))
        queued = set(layer)
        while waiting:
            link = waiting.pop()
            queued.discard(link)
            now = causes[link]
            for at, members in graph.needs(link):
                now |= _fallen(graph.flow(at), members, standby, causes)
            if now != causes[link]:
                causes[link] = now
                again = {c for c, _ in graph.customers(link) if c in inside} - queued
                waiting += sorted(again)
                queued |= again
    return Sweep(links, causes)


def _fallen(
    flow: Flow, members: Sequence[str], standby: Collection[str], causes: Mapping[str, int]
) -> int:
    """Losses that leave a need unmet."""
    found = 0
    for member in members:
        found |= causes[member]
    if flow.need == "any":
        for member in members:
            if member in standby:
                found &= causes[member]
    return found


def cycles_and_layers(graph: ChainGraph) -> list[list[str]]:
    """Links in dependency order of their needs, links of one cycle together.

    Returns layers: every need of a link lies in an earlier layer or in the same one.
    """
    import networkx as nx

    needs: nx.DiGraph[str] = nx.DiGraph()
    needs.add_nodes_from(graph.links)
    for link in graph.links:
        for _, members in graph.needs(link):
            needs.add_edges_from((member, link) for member in members)
    condensed = nx.condensation(needs)
    return [
        sorted(member for part in layer for member in condensed.nodes[part]["members"])
        for layer in nx.topological_generations(condensed)
    ]
