"""The mixed-integer programme of a planning problem: its variables, and its rules as rows."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from chainmap.plan.problem import (
    GRAIN,
    RESOURCES,
    After,
    Choice,
    Line,
    LinkId,
    Problem,
    Slot,
)
from chainmap.plan.rows import Programme

SETS = 200  # on a link, beyond which its targets are not looked at together


@dataclass
class Model:
    """The rows, and which variable says what. Targets, places and years by their numbers."""

    problem: Problem
    rows: Programme = field(default_factory=Programme)
    chosen: dict[int, int] = field(default_factory=dict)
    placed: dict[int, dict[int, int]] = field(default_factory=dict)
    in_year: dict[int, dict[int, int]] = field(default_factory=dict)
    sites: dict[tuple[LinkId, str], int] = field(default_factory=dict)
    early: dict[tuple[LinkId, int], int] = field(default_factory=dict)

    def choice(self, values: Sequence[float]) -> dict[int, Slot]:
        """The choice that values of the variables stand for."""

        def most(of: dict[int, int]) -> int:
            return max(of, key=lambda one: values[of[one]])

        return {
            at: (most(self.placed[at]), most(self.in_year[at]))
            for at, variable in self.chosen.items()
            if values[variable] > 0.5
        }

    def start(self, choice: Choice) -> dict[int, float]:
        """The variables that say what a choice says; the others follow from them."""
        found: dict[int, float] = {}
        for at, variable in self.chosen.items():
            place, year = choice.get(at, (-1, -1))
            found[variable] = float(at in choice)
            found.update({one: float(p == place) for p, one in self.placed[at].items()})
            found.update({one: float(y == year) for y, one in self.in_year[at].items()})
        return found

    def here(self, at: int, district: str) -> list[int]:
        """The variables that put a target into a district or one of its parks."""
        places = self.problem.places
        return [one for p, one in self.placed[at].items() if places[p].district == district]


def model_of(problem: Problem, plain: bool = False, part: bool = False) -> Model:
    """The programme of a problem. ``plain`` leaves out what only makes it quicker to solve.

    ``part``: the problem is part of a larger one whose other targets may fill a leading district,
    so that only a district without limits counts as one with room.
    """
    model = Model(problem)
    _choices(model, plain)
    _gaps(model, plain)
    _limits(model)
    _neighbours(model)
    if not part:
        _misplaced(model)
    _counts(model)
    for rule in problem.after:
        _order(model, rule)
    for line in problem.must:
        _must(model, line)
    return model


def _choices(model: Model, plain: bool) -> None:
    """Each target once or not at all: at one place, in one year."""
    problem, rows = model.problem, model.rows
    years = range(problem.years)
    places = {} if plain else worthwhile(problem)
    for at, target in enumerate(problem.targets):
        slots = {
            place: [year for year in years if problem.allowed(at, place, year)]
            for place in places.get(target.chain, range(len(problem.places)))
        }
        when = [year for year in years if any(year in mine for mine in slots.values())]
        if not when:
            continue
        chosen = model.chosen[at] = rows.number(whole=True)
        placed = model.placed[at] = {
            place: rows.number(_gain(problem, at, place), whole=True)
            for place, mine in slots.items()
            if mine
        }
        in_year = model.in_year[at] = {year: rows.number(whole=True) for year in when}
        for parts in (placed, in_year):
            rows.row(
                ("one", target.firm), [*((v, 1.0) for v in parts.values()), (chosen, -1.0)], 0, 0
            )
        for place, one in placed.items():
            for year in when:
                if year not in slots[place]:
                    rows.row(("never",), [(one, 1.0), (in_year[year], 1.0)], high=1)


def _gain(problem: Problem, at: int, place: int) -> float:
    """What a place adds whatever else is chosen."""
    target, where, points = problem.targets[at], problem.places[place], problem.points
    gain = points.neighbours(problem.neighbours_here(target.at, where.district))
    if target.chain in where.leads:
        gain += points.match
    elif any(not _limited(problem, district) for district in problem.leading(target.chain)):
        gain -= points.misplaced
    return target.share * gain


def _limited(problem: Problem, owner: str) -> bool:
    return any((owner, resource) in problem.limits for resource in RESOURCES)


def worthwhile(problem: Problem) -> dict[str, list[int]]:
    """The places of every chain without those that another one beats whatever else is chosen.

    A place without limits that the chain leads beats another one that has no limits, or whose room
    no chain asks for, where all that is made there of the chain is made here too: a programme that
    uses the other is worth no less with all of the chain moved here. Of places that beat each
    other the first stays.
    """
    every = range(len(problem.places))
    chains = dict.fromkeys(target.chain for target in problem.targets)
    if any(line.district for line in (*problem.must, *problem.never)):
        return {chain: list(every) for chain in chains}
    made: dict[tuple[str, str], set[str]] = defaultdict(set)
    for chain, link, district in problem.here:
        made[chain, district].add(link)
    free = [not any(_limited(problem, owner) for owner in p.owners) for p in problem.places]
    unasked = [not p.park and not p.leads for p in problem.places]

    def beats(chain: str, one: int, other: int) -> bool:
        mine, its = problem.places[one], problem.places[other]
        better = chain in mine.leads or chain not in its.leads
        more = made[chain, mine.district] >= made[chain, its.district]
        return free[one] and (free[other] or unasked[other]) and better and more

    return {
        chain: [
            place
            for place in every
            if not any(
                beats(chain, other, place) and (other < place or not beats(chain, place, other))
                for other in every
                if other != place
            )
        ]
        for chain in chains
    }


def _gaps(model: Model, plain: bool) -> None:
    """A gap is closed by its targets, the later the less, and no further than it goes."""
    problem, rows = model.problem, model.rows
    for link, targets in problem.on_link.items():
        worth_of = problem.worth[link]
        if worth_of <= 0:
            continue
        shares = {
            (at, year): problem.targets[at].share * problem.points.discount**year
            for at in targets
            for year in model.in_year.get(at, {})
        }
        sets = None if plain else _sets(shares, problem.per_link)
        if sets is None:
            closed = rows.number(1.0, 0.0, worth_of)
            terms = [(model.in_year[at][y], -worth_of * s) for (at, y), s in shares.items()]
            rows.row(("gap", *link), [(closed, 1.0), *terms], high=0)
            continue
        within = [rows.number(worth_of * min(1.0, sum(map(shares.__getitem__, s)))) for s in sets]
        rows.row(("set", *link), ((one, 1.0) for one in within), high=1)
        for at, year in shares:
            of = zip(within, sets, strict=True)
            mine = [(one, 1.0) for one, some in of if (at, year) in some]
            rows.row(("set", *link), [*mine, (model.in_year[at][year], -1.0)], 0, 0)


def _sets(
    shares: Mapping[tuple[int, int], float], most: int | None
) -> list[tuple[tuple[int, int], ...]] | None:
    """Everything that may be chosen on a link, as sets of target and year.

    With a variable for each set, half of one target and half of another close no more than they
    do in truth. None where that is of no use (one target, or no two that close too much
    together), or where the sets are more than ``SETS``.
    """
    years: dict[int, list[int]] = defaultdict(list)
    best: dict[int, float] = defaultdict(float)
    for (at, year), share in shares.items():
        years[at].append(year)
        best[at] = max(best[at], share)
    most = len(years) if most is None else min(most, len(years))
    if most < 2 or sum(sorted(best.values())[-most:]) <= 1.0:
        return None
    found: list[tuple[tuple[int, int], ...]] = []
    for size in range(1, most + 1):
        for some in itertools.combinations(years, size):
            if len(found) > SETS:
                return None
            each = itertools.product(*(years[at] for at in some))
            found += [tuple(zip(some, when, strict=True)) for when in each]
    return found


def _use(model: Model, owner: str, resource: str) -> list[tuple[int, float]]:
    """What everything that is placed with an owner takes of a resource."""
    problem = model.problem
    return [
        (one, need)
        for at, placed in model.placed.items()
        if (need := problem.targets[at].need(resource))
        for place, one in placed.items()
        if owner in problem.places[place].owners
    ]


def _limits(model: Model) -> None:
    for (owner, resource), most in model.problem.limits.items():
        model.rows.row((resource, owner), _use(model, owner, resource), high=most)


def _neighbours(model: Model) -> None:
    """What neighbours that are planned add to those that are there: the lines of a concave hull."""
    problem, rows = model.problem, model.rows
    for at in model.chosen:
        target = problem.targets[at]
        for district in dict.fromkeys(problem.places[p].district for p in model.placed[at]):
            there = problem.neighbours_here(target.at, district)
            near = [
                site
                for link in problem.near.get(target.at, ())
                if (site := _site(model, link, district)) is not None
            ]
            steps = problem.points.steps[there : there + len(near)]
            if not steps:
                continue
            here = model.here(at, district)
            bonus = rows.number(target.share, 0.0, sum(steps))
            for count in range(len(steps) + 1):
                more = steps[count] if count < len(steps) else 0.0
                base = sum(steps[:count]) - count * more
                terms = [*((one, -base) for one in here), *((one, -more) for one in near)]
                rows.row(("near",), [(bonus, 1.0), *terms], high=0)


def _site(model: Model, link: LinkId, district: str) -> int | None:
    """Whether a link that is not made in a district will be; None where it cannot, or is."""
    problem = model.problem
    if (*link, district) in problem.here:
        return None
    key = (link, district)
    if key not in model.sites:
        makers = [
            one
            for at in problem.on_link.get(link, ())
            if at in model.placed
            for one in model.here(at, district)
        ]
        if not makers:
            return None
        model.sites[key] = model.rows.number()
        model.rows.row(
            ("site",), [(model.sites[key], 1.0), *((one, -1.0) for one in makers)], high=0
        )
    return model.sites[key]


def _misplaced(model: Model) -> None:
    """A place that the chain does not lead costs something while a leading district has room.

    Where one of them has no limits that is part of the place's gain. Otherwise the penalty falls
    away only if each of them is full: too little is left of something for this target.
    """
    problem, rows = model.problem, model.rows
    if not problem.points.misplaced:
        return
    for at in model.chosen:
        target = problem.targets[at]
        leading = problem.leading(target.chain)
        if not leading or not all(_limited(problem, district) for district in leading):
            continue
        away = [
            one
            for place, one in model.placed[at].items()
            if target.chain not in problem.places[place].leads
        ]
        penalty = rows.number(-problem.points.misplaced * target.share)
        for district in leading:
            terms = [*((one, 1.0) for one in away), (penalty, -1.0)]
            full = _full(model, at, district)
            if full is not None:
                rows.row(("misplaced",), [*terms, *((one, -1.0) for one in full)], high=0)


def _full(model: Model, at: int, district: str) -> list[int] | None:
    """Variables of which one may be 1 where a district has no room; None where it never has."""
    problem = model.problem
    found = []
    for resource in RESOURCES:
        most = problem.limits.get((district, resource))
        need = problem.targets[at].need(resource)
        if most is None or not need:
            continue
        least = most - need + 0.75 * GRAIN
        if least <= 0:
            return None
        full = model.rows.number(whole=True)
        use = _use(model, district, resource)
        model.rows.row(("full",), [*use, (full, -least)], low=0)
        found.append(full)
    return found


def _counts(model: Model) -> None:
    """Seats of leaders in each year; floors and ceilings of chains, links and groups."""
    problem, rows = model.problem, model.rows
    seats: dict[tuple[str, int], list[int]] = defaultdict(list)
    of: dict[str, dict[object, list[int]]] = {
        word: defaultdict(list) for word in ("chain", "per_link", "per_group")
    }
    for at, chosen in model.chosen.items():
        target = problem.targets[at]
        for year, one in model.in_year[at].items():
            seats[problem.leader(target.chain), year].append(one)
        of["chain"][target.chain].append(chosen)
        of["per_link"][target.at].append(chosen)
        of["per_group"][target.group].append(chosen)
    for (leader, year), mine in seats.items():
        if leader in problem.seats:
            why = ("seats", leader, str(year + 1))
            rows.row(why, ((one, 1.0) for one in mine), high=problem.seats[leader])
    for word, most in (("per_link", problem.per_link), ("per_group", problem.per_group)):
        for who, mine in of[word].items():
            if most is not None and len(mine) > most:
                name = who if isinstance(who, tuple) else (str(who),)
                rows.row((word, *name), ((one, 1.0) for one in mine), high=most)
    for word, counts in (("least", problem.least), ("most", problem.most)):
        for chain, count in counts.items():
            terms = [(one, 1.0) for one in of["chain"].get(chain, ())]
            if word == "least":
                rows.row((word, chain), terms, low=count)
            else:
                rows.row((word, chain), terms, high=count)


def _order(model: Model, rule: After) -> None:
    """Targets on a link start no earlier than the first on another."""
    problem, rows = model.problem, model.rows
    first = [at for at in problem.on_link.get(rule.first, ()) if at in model.chosen]
    mine = [at for at in problem.on_link.get(rule.link, ()) if at in model.chosen]
    why = ("after", *rule.link, *rule.first)
    if not mine or (not first and not rule.hard):
        return
    any_first = None
    if not rule.hard:
        any_first = rows.number()
        for at in first:
            rows.row(why, [(any_first, 1.0), (model.chosen[at], -1.0)], low=0)
    for year in range(problem.years if rule.hard else problem.years - 1):
        early = _early(model, rule.first, first, year)
        for at in mine:
            if year in model.in_year[at]:
                terms = [(model.in_year[at][year], 1.0), (early, -1.0)]
                if any_first is not None:
                    terms.append((any_first, 1.0))
                rows.row(why, terms, high=0 if rule.hard else 1)


def _early(model: Model, link: LinkId, first: Sequence[int], year: int) -> int:
    """Whether a target on a link starts in a year or before."""
    if (link, year) not in model.early:
        early = model.early[link, year] = model.rows.number()
        starts = [(one, -1.0) for at in first for y, one in model.in_year[at].items() if y <= year]
        model.rows.row(("early",), [(early, 1.0), *starts], high=0)
    return model.early[link, year]


def _must(model: Model, line: Line) -> None:
    """At least one target meets the line."""
    model.rows.row(("must", line.name), ((one, 1.0) for one in _meeting(model, line)), low=1)


def _meeting(model: Model, line: Line) -> Iterator[int]:
    problem, rows = model.problem, model.rows
    for at, chosen in model.chosen.items():
        if not line.about(problem.targets[at]):
            continue
        there = model.here(at, line.district) if line.district else []
        then = model.in_year[at].get(line.year) if line.year is not None else None
        if (line.district and not there) or (line.year is not None and then is None):
            continue
        if line.district and then is not None:
            both = rows.number()
            rows.row(("both",), [(both, 1.0), *((one, -1.0) for one in there)], high=0)
            rows.row(("both",), [(both, 1.0), (then, -1.0)], high=0)
            yield both
        elif line.district:
            yield from there
        else:
            yield chosen if then is None else then
