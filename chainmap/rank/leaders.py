"""Leader firms (链主): local firms that order from many links, and what of it is bought here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from chainmap.core.derivation import Ask, Rule
from chainmap.core.formula import Number, ln, ratio, total
from chainmap.core.model import ACTIVE, Flow
from chainmap.core.world import World
from chainmap.rank.criteria import revenue_of, size_mark
from chainmap.rank.marks import Mark, clamp
from chainmap.rank.score import weighted_mean

PARTS = ("scale", "pull", "sourcing", "single")
MONEY = "亿元"
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Purchases:
    """What a leader buys a year in 亿元, None where no part is known; ``whole``: it is all."""

    value: float | None
    whole: bool

    @property
    def lower_bound(self) -> bool:
        """Whether it buys more than that."""
        return self.value is not None and not self.whole


@dataclass(frozen=True, slots=True)
class Sourcing:
    """Needs of a leader's links: how many there are, met here, and perhaps met (unknown).

    ``single`` of the ``counted`` met needs, those with known makers, rest on one group alone.
    """

    needs: int
    met: int
    maybe: int
    single: int
    counted: int

    @property
    def risk(self) -> tuple[float, float]:
        """Percent of the met needs that rest on one group; makers nobody knows may be one too."""
        if not self.met:
            return 0.0, 0.0
        most = self.single + self.met - self.counted
        return 100 * self.single / self.met, 100 * most / self.met

    @property
    def low(self) -> float | None:
        """Share of needs that are met here for certain."""
        return self.met / self.needs if self.needs else None

    @property
    def high(self) -> float | None:
        """Share of needs that are met here if every unknown link is here."""
        return (self.met + self.maybe) / self.needs if self.needs else None


@dataclass(frozen=True, slots=True)
class LeaderScore:
    """The score with what is unknown at its middle, and its lowest and highest value."""

    score: float
    low: float
    high: float


def is_local(world: World, firm: str) -> bool:
    """Whether a firm is seated in the region, by its visible row."""
    place = world.workspace.region.removesuffix("市")
    return any(place in row.text("hq_city") for row in world.rows("firms", ("firm",), (firm,)))


def leaders(world: World) -> list[str]:
    """Firms seated in the region, or with a site that makes or leads here and has not ended.

    A group that is seated here itself stands for its firms. By id.
    """
    found = {row.text("firm") for row in world.newest("firms") if is_local(world, row.text("firm"))}
    for row in world.newest("presence"):
        if row.text("activity") in ("production", "headquarters") and row.runs(world.today):
            found.add(row.text("firm"))
    return sorted({_stands_for(world, firm) for firm in found})


def _stands_for(world: World, firm: str) -> str:
    group = world.group(firm)
    return group if is_local(world, group) else firm


def members(world: World, firm: str) -> tuple[str, ...]:
    """The firm, and every firm of its group where it is a local group."""
    if world.group(firm) != firm or not is_local(world, firm):
        return (firm,)
    return tuple(dict.fromkeys((firm, *world.groups.get(firm, ()))))


def links(ask: Ask, firm: str) -> tuple[Pair, ...]:
    """(chain, link) that the leader makes here, in order."""
    mine = set(members(ask.world, firm))
    chains = ask.world.workspace.chains
    places = {
        (row.text("chain"), row.text("link")): None
        for member in members(ask.world, firm)
        for table in ("presence", "projects")
        for row in ask.rows(table, ("firm",), (member,))
    }
    found = [
        (chain, link)
        for chain, link in places
        if chain in chains
        and link in chains[chain].index
        and mine & {producer.firm for producer in ask("producing", chain, link)}
    ]
    return tuple(sorted(found))


def bought(ask: Ask, firm: str) -> tuple[Pair, ...]:
    """(chain, link) with a flow into what the leader makes here: whom it buys from, each once."""
    return tuple(
        sorted({(c, source) for c, _, flow in _flows(ask, firm) for source in flow.sources})
    )


def _flows(ask: Ask, firm: str) -> Iterator[tuple[str, int, Flow]]:
    """(chain, position, flow) of every flow into what the leader makes here."""
    for chain, link in ask("leaders.links", firm):
        graph = ask.world.graph(chain)
        for at in dict.fromkeys(at for _, at in graph.suppliers(link)):
            flow = graph.flow(at)
            ask.structure(chain, ("panorama", "flows", at, "to"), flow.target)
            yield chain, at, flow


def output(ask: Ask, firm: str, chain: str, link: str) -> float | None:
    """What the leader makes on a link in 亿元; where nobody else makes there, the link's supply."""
    mine = set(members(ask.world, firm))
    rows = ask("producing", chain, link)
    own = [row for row in rows if row.firm in mine]
    known = {f"{row.row.file}:{row.row.line}": row.output for row in own
             if row.output is not None and row.unit == MONEY}  # fmt: skip
    if len(known) == len(own):
        made: float = ask.work("", all_of, known)
        return made
    if len(own) < len(rows):
        return None
    supply = ask("supply", chain, link)
    return supply.known if supply.unit == MONEY else None


def purchases(ask: Ask, firm: str) -> Purchases:
    """Share of each input times what is made with it, over the flows where both are known."""
    terms: dict[str, tuple[float, float]] = {}
    whole = True
    for chain, at, flow in _flows(ask, firm):
        made = ask("leaders.output", firm, chain, flow.target)
        if flow.share is None or made is None:
            whole = False
            continue
        sources = tuple(part.strip() for part in (flow.source or "").split("|") if part)
        share = ask.structure(chain, ("panorama", "flows", at, "share"), flow.share, sources)
        terms[f"{chain}/{at}"] = (share, made)
    return Purchases(ask.work("", products, terms) if terms else None, whole)


def scale(ask: Ask, firm: str) -> Mark:
    """Size by the largest known revenue among its firms, on the anchors of ``strength``."""
    return size_mark(ask, f"scale/{firm}", ask("leaders.revenue", firm))


def revenue(ask: Ask, firm: str) -> float | None:
    """The largest known revenue among the leader's firms, in 亿元."""
    sizes = [revenue_of(ask, member) for member in members(ask.world, firm)]
    return max((size for size in sizes if size is not None), default=None)


def pull(ask: Ask, firm: str) -> Mark:
    """How much it buys: by value where all is known, else by the number of links.

    Where a part of the value is known, the better of both: neither can be less than it is.
    """
    count = len(ask("leaders.bought", firm))
    by_count: float = ask.work("leaders.by_count", against, count, ask.setting("leaders.pull_full"))
    known: Purchases = ask("leaders.purchases", firm)
    if known.value is None:
        return Mark(by_count)
    low, high = ask.setting("leaders.purchase_lo"), ask.setting("leaders.purchase_hi")
    by_value: float = ask.work("leaders.by_value", log_percent, known.value, low, high)
    return Mark(by_value if known.whole else max(by_count, by_value))


def sourcing(ask: Ask, firm: str) -> Sourcing:
    """How many of the needs of its links are met here; an any-group counts once.

    A need is met by an active link. It rests on one group where all known makers of the links
    that meet it are of one group other than the leader's own.
    """
    own = {ask.world.group(member) for member in members(ask.world, firm)}
    met = maybe = single = counted = count = 0
    for chain, sources in _needs(ask, firm):
        count += 1
        here = [one for one in sources if ask("status", chain, one) in ACTIVE]
        if not here:
            maybe += any(ask("status", chain, one) == "unknown" for one in sources)
            continue
        met += 1
        makers = {
            ask.world.group(producer.firm)
            for one in here
            for producer in ask("producing", chain, one)
            if producer.firm
        }
        if makers:
            counted += 1
            single += len(makers) == 1 and not makers & own
    return Sourcing(count, met, maybe, single, counted)


def _needs(ask: Ask, firm: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    found = {
        (chain, sources): None
        for chain, link in ask("leaders.links", firm)
        for _, sources in ask.world.graph(chain).needs(link)
    }
    yield from found


def score(ask: Ask, firm: str) -> LeaderScore:
    """The weighted mean of scale, pull, what is not bought here, and single-source risk.

    What is unknown counts as its middle; low and high put every unknown at its worse or better
    end. Weights in scoring.yaml, ``leaders.weights``.
    """
    size: Mark = ask("leaders.scale", firm)
    found: Sourcing = ask("leaders.sourcing", firm)
    pulled: Mark = ask("leaders.pull", firm)
    low, high = found.low, found.high
    away = (0.0, 0.0) if low is None or high is None else (100 * (1 - high), 100 * (1 - low))
    spans = {
        "scale": size.span or (size.value, size.value),
        "pull": (pulled.value, pulled.value),
        "sourcing": away,
        "single": found.risk,
    }
    weights = {part: ask.setting(f"leaders.weights.{part}") for part in PARTS}
    if not total(list(weights.values())) > 0:
        return LeaderScore(0.0, 0.0, 0.0)
    ends = [
        ask.work(
            f"leaders.{name}",
            weighted_mean,
            {f"leaders.part.{p}": (weights[p], at(spans[p])) for p in PARTS},
        )
        for name, at in (("middle", _middle), ("low", min), ("high", max))
    ]
    return LeaderScore(*ends)


def _middle(span: tuple[float, float]) -> float:
    return (span[0] + span[1]) / 2


def sources(ask: Ask, firm: str) -> list[str]:
    """The sources of the rows that say where the leader is, what it makes and how large it is."""
    rows = [
        row
        for member in members(ask.world, firm)
        for table in ("presence", "projects", "firms")
        for row in ask.rows(table, ("firm",), (member,))
    ]
    return list(dict.fromkeys(source for row in rows for source in row.sources))


def grade(ask: Ask, firm: str) -> str | None:
    """The worst grade of those sources."""
    return max((ask("source_grade", one) for one in ask("leaders.sources", firm)), default=None)


# The formulas


def all_of(parts: Mapping[str, Number]) -> Number:
    """The sum of the parts."""
    return total(list(parts.values()))


def products(terms: Mapping[str, tuple[Number, Number]]) -> Number:
    """The sum of share times what is made."""
    return total([share * made for share, made in terms.values()])


def log_percent(value: Number, low: Number, high: Number) -> Number:
    """100 ln(1 + value / low) / ln(1 + high / low), kept in 0 to 100."""
    return clamp(100 * ln(1 + value / low) / ln(1 + high / low))


def against(count: Number, full: Number) -> Number:
    """A count in percent of the one that counts in full."""
    return clamp(100 * ratio(count, full))


RULES: dict[str, Rule] = {
    "leaders.links": links,
    "leaders.bought": bought,
    "leaders.output": output,
    "leaders.purchases": purchases,
    "leaders.revenue": revenue,
    "leaders.scale": scale,
    "leaders.pull": pull,
    "leaders.sourcing": sourcing,
    "leaders.score": score,
    "leaders.sources": sources,
    "leaders.grade": grade,
}
