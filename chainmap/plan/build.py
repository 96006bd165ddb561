"""From the figures of a workspace to a planning problem: who, where, under what limits.

Rules in the sense of ``core.derivation``: what is read goes through ``ask``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from chainmap.core.derivation import Ask
from chainmap.core.formula import Number
from chainmap.core.graph import cycles_and_layers
from chainmap.core.model import ACTIVE, Row
from chainmap.core.plan_file import NO_LINES, PlanFile
from chainmap.plan.problem import After, Line, LinkId, Place, Points, Problem, Target

HERE = ("签约", "开工", "建设", "投产", "达产")
QUARTERS = 4


@dataclass(frozen=True)
class Draft:
    """A planning problem, and what a reader must be told about it.

    ``gone``: candidates left out because an event shows them gone elsewhere. ``leaders``: those
    whose time is an assumption. ``unlimited``: districts of which no limit is known.
    ``without_needs``: targets of which neither land nor money is known.
    """

    problem: Problem
    gone: tuple[tuple[str, str, str], ...]
    assumed: tuple[str, ...]
    unlimited: tuple[str, ...]
    without_needs: int


def share(ask: Ask, firm: str, chain: str, link: str) -> float:
    """How much of the gap a target is expected to close: likelihood that it comes x its fit.

    0 to 1; a likelihood without weights counts as sure.
    """
    fit = ask("criterion.fit", firm, chain, link).value
    likelihood = ask("score", firm, chain, link).likelihood
    found: float = ask.work("", of_hundreds, 100.0 if likelihood is None else likelihood, fit)
    return found


def expected(ask: Ask, firm: str, chain: str, link: str) -> float:
    """Points of the gap that a target is expected to close: the gap's points x its share."""
    points = ask("criterion.gap", chain, link).value
    found: float = ask.work("", times, points, ask("plan.share", firm, chain, link))
    return found


def expected_money(ask: Ask, firm: str, chain: str, link: str) -> float | None:
    """亿元 of the gap that a target is expected to close; None where its value is unknown."""
    value = ask("worth", chain, link).value
    if value is None:
        return None
    found: float = ask.work("", times, value, ask("plan.share", firm, chain, link))
    return found


def draft(ask: Ask, years: str, chain: str) -> Draft:
    """The planning problem of all chains, or of one, over so many years."""
    world = ask.world
    file = (world.workspace.plan or NO_LINES).file
    chains = [chain] if chain else list(world.workspace.chains)
    running = [c for name in chains for c in ask("field", name).running]
    gone = tuple((c.firm, c.chain, c.link) for c in running if ask("gone", c.firm) is not None)
    needs = _needs(ask, file)
    kept = sorted({(c.chain, c.link, c.firm) for c in running} - {(b, c, a) for a, b, c in gone})
    targets = tuple(
        Target(
            firm,
            world.group(firm),
            of_chain,
            link,
            min(1.0, ask("plan.share", firm, of_chain, link)),
            needs.get((firm, of_chain, link), {}),
        )
        for of_chain, link, firm in kept
    )
    targets = tuple(one for one in targets if one.share > 0)
    links = dict.fromkeys(one.at for one in targets)
    worth = {at: ask("criterion.gap", *at).value for at in links}
    places, limits = _places(ask, file)
    seats, leader_of, assumed = _leaders(ask, file, chains)
    districts = [place.district for place in places if not place.park]
    return Draft(
        Problem(
            targets,
            places,
            int(years),
            worth,
            _points(ask),
            limits,
            leader_of,
            seats,
            {at: _near(ask, *at) for at in links},
            _made_here(ask, links, set(districts)),
            _order(ask, file, links),
            {one.chain: one.least for one in file.chains if one.least and one.chain in chains},
            {one.chain: one.most for one in file.chains if one.most is not None},
            int(ask.setting("plan.per_link")),
            int(ask.setting("plan.per_group")),
            _lines("must", file, chains),
            _lines("never", file, chains),
        ),
        gone,
        assumed,
        tuple(d for d in districts if not any(owner == d for owner, _ in limits)),
        sum(not one.needs for one in targets),
    )


def _points(ask: Ask) -> Points:
    steps = int(ask.setting("plan.cluster_steps"))
    first, fade = ask.setting("plan.cluster"), ask.setting("plan.cluster_fade")
    return Points(
        ask.setting("plan.match"),
        ask.setting("plan.misplaced"),
        tuple(first * fade**at for at in range(steps)),
        ask.setting("plan.discount"),
    )


def _needs(ask: Ask, file: PlanFile) -> dict[tuple[str, str, str], dict[str, float]]:
    """Land and money that targets need: of their projects' rows, and of plan.yaml before those."""
    found: dict[tuple[str, str, str], dict[str, float]] = {}
    for row in ask.rows("projects", (), ()):
        key = (row.text("firm"), row.text("chain"), row.text("link"))
        land = row.number("land_mu")
        if (
            land is not None
            and key[0]
            and ask("project_stage", row.text("project")) in ("谋划", "洽谈")
        ):
            ask.cell(row, "land_mu")
            found.setdefault(key, {})["land"] = land
    for at, line in enumerate(file.targets):
        mine = found.setdefault((line.firm, line.chain, line.link), {})
        for resource, column in (("land", "land_mu"), ("budget", "budget_100m_cny")):
            if (value := getattr(line, column)) is not None:
                mine[resource] = ask.planned(("targets", at, column), value)
    return found


def _places(ask: Ask, file: PlanFile) -> tuple[tuple[Place, ...], dict[tuple[str, str], float]]:
    """Districts and their parks, with the limits that are known."""
    limits: dict[tuple[str, str], float] = {}
    places: list[Place] = []
    for table, name in (("districts", "district"), ("parks", "park")):
        for row in ask.rows(table, (), ()):
            district = row.text("district")
            if table == "parks" and district not in {p.district for p in places}:
                continue
            leads = ask.cell(row, "leading_chains") or ()
            assert isinstance(leads, tuple)
            park = row.text("park") if table == "parks" else ""
            places.append(Place(district, park, frozenset(leads)))
            for resource, column in (("land", "land_mu"), ("budget", "budget_100m_cny")):
                if (most := row.number(column)) is not None:
                    ask.cell(row, column)
                    limits[row.text(name), resource] = most
    for at, ground in enumerate(file.grounds):
        columns = (("land", "land_mu"), ("budget", "budget_100m_cny"), ("projects", "projects"))
        for resource, column in columns:
            if (most := getattr(ground, column)) is not None:
                owner = str(ground.district or ground.park)
                limits[owner, resource] = float(ask.planned(("grounds", at, column), most))
    return tuple(places), limits


def _leaders(
    ask: Ask, file: PlanFile, chains: Iterable[str]
) -> tuple[dict[str, int], dict[str, str], tuple[str, ...]]:
    """Targets that each leader can take up in a year: four quarters of his meetings.

    A chain without a named leader has one of its own; his time is an assumption.
    """
    each = ask.setting("plan.meetings")
    leader_of, seats = {}, {}
    for at, line in enumerate(file.leaders):
        leader_of.update(dict.fromkeys(line.chains, line.leader))
        if line.meetings_a_quarter is not None:
            meetings = ask.planned(("leaders", at, "meetings_a_quarter"), line.meetings_a_quarter)
            seats[line.leader] = QUARTERS * int(meetings // each)
    usual = QUARTERS * int(ask.setting("plan.meetings_a_quarter") // each)
    assumed = []
    for chain in chains:
        leader = leader_of.get(chain, chain)
        if leader not in seats:
            seats[leader] = usual
            assumed.append(leader)
    return seats, leader_of, tuple(assumed)


def _near(ask: Ask, chain: str, link: str) -> tuple[LinkId, ...]:
    """The links at the other end of its flows."""
    graph = ask.world.graph(chain)
    ends = [*(s for s, _ in graph.suppliers(link)), *(c for c, _ in graph.customers(link))]
    return tuple((chain, one) for one in dict.fromkeys(ends))


def _made_here(
    ask: Ask, links: Iterable[LinkId], districts: set[str]
) -> frozenset[tuple[str, str, str]]:
    """Where the links, and those next to them, are made or under way."""
    found = set()
    wanted = dict.fromkeys(near for at in links for near in (at, *_near(ask, *at)))
    for chain, link in wanted:
        rows: list[Row] = [one.row for one in ask("producing", chain, link)]
        rows += [
            row
            for row in ask.rows("projects", ("chain", "link"), (chain, link))
            if ask("project_stage", row.text("project")) in HERE
        ]
        found |= {
            (chain, link, district)
            for row in rows
            if (district := row.text("district")) in districts
        }
    return frozenset(found)


def _order(ask: Ask, file: PlanFile, links: Mapping[LinkId, Any]) -> tuple[After, ...]:
    """What waits for what: lines of plan.yaml, and links for inputs that are not made here.

    An input that comes in the same plan comes first; links of one cycle do not wait.
    """
    found = [
        After((line.chain, line.link), (line.chain, line.after), hard=True) for line in file.order
    ]
    said = {(rule.link, rule.first) for rule in found}
    below: dict[str, list[str]] = {}
    for chain, link in links:
        below.setdefault(chain, []).append(link)
    for chain, mine in below.items():
        graph = ask.world.graph(chain)
        layer = {one: at for at, ring in enumerate(cycles_and_layers(graph)) for one in ring}
        for link in mine:
            if ask("status", chain, link) in ACTIVE:
                continue
            for at, members in graph.needs(link):
                first = members[0]
                rule = After((chain, link), (chain, first))
                if (
                    graph.flow(at).need == "required"
                    and layer[first] < layer[link]
                    and (chain, first) in links
                    and ask("status", chain, first) not in ACTIVE
                    and (rule.link, rule.first) not in said
                ):
                    found.append(rule)
    return tuple(found)


def _lines(group: str, file: PlanFile, chains: Iterable[str]) -> tuple[Line, ...]:
    mine = set(chains)
    return tuple(
        Line(
            f"{group}.{at}",
            line.firm or "",
            line.chain or "",
            line.link or "",
            line.district or "",
            None if line.year is None else line.year - 1,
        )
        for at, line in enumerate(getattr(file, group))
        if line.chain is None or line.chain in mine
    )


# The formulas


def of_hundreds(one: Number, other: Number) -> Number:
    """Two percentages as the share that both leave."""
    return one / 100 * (other / 100)


def times(amount: Number, share: Number) -> Number:
    """A share of an amount."""
    return amount * share
