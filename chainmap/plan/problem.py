"""What a programme chooses from, what it may not do, and what a choice is worth.

A choice gives some targets a place and a year. Its worth is in points of priority:

* of every link, what its targets are expected to close, at most the gap itself. A target in the
  first year is expected to close ``share`` of the gap, and ``discount`` times as much in every
  later year;
* ``share`` times the points of its place: a district or park that the chain leads, neighbours
  that make what the link buys or sells, less where a district that leads the chain has room.

What neighbours add is concave: the k-th of them adds the k-th of ``steps``.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

LinkId = tuple[str, str]  # chain, link
Slot = tuple[int, int]  # place and year, counted from 0
Choice = Mapping[int, Slot]  # number of the target to its slot

RESOURCES = ("land", "budget", "projects")
# Amounts are told apart to a thousandth: of a mu, of a 亿元, of a project.
GRAIN = 0.001


@dataclass(frozen=True, slots=True)
class Target:
    """A firm that could close part of a link's gap. ``needs``: land in mu, budget in 亿元."""

    firm: str
    group: str
    chain: str
    link: str
    share: float  # 0 to 1
    needs: Mapping[str, float] = field(default_factory=dict)

    @property
    def at(self) -> LinkId:
        """The link that it would close."""
        return self.chain, self.link

    def need(self, resource: str) -> float:
        """How much of a resource it takes; 0 where that is unknown."""
        return 1.0 if resource == "projects" else self.needs.get(resource, 0.0)


@dataclass(frozen=True, slots=True)
class Place:
    """A district, or a park in it, with the chains that it leads."""

    district: str
    park: str = ""
    leads: frozenset[str] = frozenset()

    @property
    def owners(self) -> tuple[str, ...]:
        """Whose limits a project here uses up."""
        return (self.district, self.park) if self.park else (self.district,)


@dataclass(frozen=True, slots=True)
class Line:
    """A line that asks for a choice or forbids one; an empty word stands for any."""

    name: str
    firm: str = ""
    chain: str = ""
    link: str = ""
    district: str = ""
    year: int | None = None  # counted from 0

    def about(self, target: Target) -> bool:
        """Whether the line speaks of a target."""
        pairs = ((self.firm, target.firm), (self.chain, target.chain), (self.link, target.link))
        return all(asked in ("", has) for asked, has in pairs)

    def meets(self, target: Target, place: Place, year: int) -> bool:
        """Whether the line speaks of a target at a place in a year."""
        where = self.district in ("", place.district)
        return self.about(target) and where and self.year in (None, year)


@dataclass(frozen=True, slots=True)
class After:
    """Targets on ``link`` start no earlier than the first on ``first``.

    ``hard``: and there must be one; otherwise only where one was chosen.
    """

    link: LinkId
    first: LinkId
    hard: bool = False


@dataclass(frozen=True, slots=True)
class Points:
    """What places are worth, in points of priority for a target that is sure to come."""

    match: float = 0.0
    misplaced: float = 0.0
    steps: tuple[float, ...] = ()
    discount: float = 1.0

    def neighbours(self, count: int) -> float:
        """What so many neighbours add."""
        return math.fsum(self.steps[:count])


@dataclass(frozen=True)
class Problem:
    """Everything that a programme is chosen from; what is not in ``limits`` has none.

    ``worth``: points of each gap. ``limits``: (district or park, resource) to an amount.
    ``seats``: leader to the targets that he can take up in a year. ``here``: (chain, link,
    district) that make something today.
    """

    targets: tuple[Target, ...]
    places: tuple[Place, ...]
    years: int
    worth: Mapping[LinkId, float]
    points: Points = Points()
    limits: Mapping[tuple[str, str], float] = field(default_factory=dict)
    leader_of: Mapping[str, str] = field(default_factory=dict)
    seats: Mapping[str, int] = field(default_factory=dict)
    near: Mapping[LinkId, tuple[LinkId, ...]] = field(default_factory=dict)
    here: frozenset[tuple[str, str, str]] = frozenset()
    after: tuple[After, ...] = ()
    least: Mapping[str, int] = field(default_factory=dict)
    most: Mapping[str, int] = field(default_factory=dict)
    per_link: int | None = None
    per_group: int | None = None
    must: tuple[Line, ...] = ()
    never: tuple[Line, ...] = ()

    def leader(self, chain: str) -> str:
        """Who leads the projects of a chain; the chain itself where no one is named."""
        return self.leader_of.get(chain, chain)

    @cached_property
    def on_link(self) -> dict[LinkId, list[int]]:
        """The targets of every link."""
        found: dict[LinkId, list[int]] = defaultdict(list)
        for at, target in enumerate(self.targets):
            found[target.at].append(at)
        return dict(found)

    @cached_property
    def districts(self) -> dict[str, frozenset[str]]:
        """Every district with the chains that it leads."""
        return {place.district: place.leads for place in self.places if not place.park}

    @cached_property
    def scarce(self) -> bool:
        """Whether any limit could bind: less than what all targets together would take."""
        wanted = {
            resource: math.fsum(target.need(resource) for target in self.targets)
            for resource in RESOURCES
        }
        return any(most < wanted[resource] for (_, resource), most in self.limits.items())

    def leading(self, chain: str) -> list[str]:
        """The districts that lead a chain."""
        return [district for district, leads in self.districts.items() if chain in leads]

    def neighbours_here(self, at: LinkId, district: str) -> int:
        """How many neighbouring links are made in a district today."""
        return sum((*near, district) in self.here for near in self.near.get(at, ()))

    def allowed(self, at: int, place: int, year: int) -> bool:
        """Whether no line forbids a target there and then."""
        target = self.targets[at]
        return not any(line.meets(target, self.places[place], year) for line in self.never)


@dataclass(frozen=True, slots=True)
class Worth:
    """The worth of a choice, and its parts."""

    closed: float
    match: float
    cluster: float
    misplaced: float

    @property
    def total(self) -> float:
        """The objective."""
        return math.fsum((self.closed, self.match, self.cluster, -self.misplaced))


def worth(problem: Problem, choice: Choice) -> Worth:
    """What a choice is worth, limits or not."""
    points = problem.points
    closing: dict[LinkId, list[float]] = defaultdict(list)
    sites = {(*problem.targets[at].at, problem.places[place].district)
             for at, (place, _) in choice.items()}  # fmt: skip
    sites |= problem.here
    left = remaining(problem, choice)
    match, cluster, misplaced = [], [], []
    for at, (place_at, year) in choice.items():
        target, place = problem.targets[at], problem.places[place_at]
        closing[target.at].append(target.share * points.discount**year)
        near = sum((*one, place.district) in sites for one in problem.near.get(target.at, ()))
        cluster.append(target.share * points.neighbours(near))
        if target.chain in place.leads:
            match.append(target.share * points.match)
        elif any(has_room(left, d, target) for d in problem.leading(target.chain)):
            misplaced.append(target.share * points.misplaced)
    closed = [problem.worth[link] * min(1.0, math.fsum(parts)) for link, parts in closing.items()]
    return Worth(*map(math.fsum, (closed, match, cluster, misplaced)))


def remaining(problem: Problem, choice: Choice) -> dict[tuple[str, str], float]:
    """What is left of every limit; below 0 where a choice takes too much."""
    taken: dict[tuple[str, str], list[float]] = defaultdict(list)
    for at, (place, _) in choice.items():
        for owner in problem.places[place].owners:
            for resource in RESOURCES:
                taken[owner, resource].append(problem.targets[at].need(resource))
    return {key: most - math.fsum(taken[key]) for key, most in problem.limits.items()}


def has_room(left: Mapping[tuple[str, str], float], owner: str, target: Target) -> bool:
    """Whether a district could take one more project of that size; without limits it could."""
    return all(
        left[owner, resource] >= target.need(resource) - GRAIN / 2
        for resource in RESOURCES
        if (owner, resource) in left
    )


def broken(problem: Problem, choice: Choice) -> Iterator[str]:
    """The kinds of rules that a choice breaks, one word for each time.

    The floors and what must be are counted too: an unfinished choice breaks them.
    """
    targets = problem.targets
    for left in remaining(problem, choice).values():
        if left < -GRAIN / 2:
            yield "limit"
    seats = Counter((problem.leader(targets[at].chain), year) for at, (_, year) in choice.items())
    for (leader, _), count in seats.items():
        if leader in problem.seats and count > problem.seats[leader]:
            yield "seats"
    links = Counter(targets[at].at for at in choice)
    groups = Counter(targets[at].group for at in choice)
    for counts, most in ((links, problem.per_link), (groups, problem.per_group)):
        for count in counts.values():
            if most is not None and count > most:
                yield "per_link" if counts is links else "per_group"
    chains = Counter(targets[at].chain for at in choice)
    for chain, least in problem.least.items():
        if chains[chain] < least:
            yield "least"
    for chain, most in problem.most.items():
        if chains[chain] > most:
            yield "most"
    yield from _lines_broken(problem, choice)
    yield from _order_broken(problem, choice)


def _lines_broken(problem: Problem, choice: Choice) -> Iterator[str]:
    for at, (place, year) in choice.items():
        if not problem.allowed(at, place, year):
            yield "never"
    for line in problem.must:
        if not any(
            line.meets(problem.targets[at], problem.places[place], year)
            for at, (place, year) in choice.items()
        ):
            yield "must"


def _order_broken(problem: Problem, choice: Choice) -> Iterator[str]:
    first: dict[LinkId, int] = {}
    for at, (_, year) in choice.items():
        link = problem.targets[at].at
        first[link] = min(year, first.get(link, year))
    for rule in problem.after:
        if rule.link not in first:
            continue
        if rule.first in first:
            if first[rule.link] < first[rule.first]:
                yield "after"
        elif rule.hard:
            yield "after"
