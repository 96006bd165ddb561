"""Small planning problems, all of their choices, and a judge that shares nothing with the model.

The judge reads a problem's plain fields only and says again, in other words, what a choice is
worth and which rules it breaks.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator

from chainmap.plan.problem import After, Line, Place, Points, Problem, Target

Choice = dict[int, tuple[int, int]]


# The judge


def judged(problem: Problem, choice: Choice) -> float:
    """The worth of a choice, by its definition."""
    p = problem.points
    total = 0.0
    for chain, link in {(t.chain, t.link) for t in problem.targets}:
        closed = 0.0
        for i, (_, year) in choice.items():
            t = problem.targets[i]
            if (t.chain, t.link) == (chain, link):
                closed += t.share * p.discount**year
        total += problem.worth[chain, link] * min(closed, 1.0)
    for i, (k, _) in choice.items():
        t, district = problem.targets[i], problem.places[k].district
        count = 0
        for near in problem.near.get((t.chain, t.link), ()):
            planned = any(
                (problem.targets[j].chain, problem.targets[j].link) == near
                and problem.places[place].district == district
                for j, (place, _) in choice.items()
            )
            count += planned or (*near, district) in problem.here
        total += t.share * sum(p.steps[:count])
        if t.chain in problem.places[k].leads:
            total += t.share * p.match
        elif any(room(problem, choice, d, t) for d in leading(problem, t.chain)):
            total -= t.share * p.misplaced
    return total


def leading(problem: Problem, chain: str) -> list[str]:
    return [place.district for place in problem.places if not place.park and chain in place.leads]


def used(problem: Problem, choice: Choice, owner: str, resource: str) -> float:
    amount = 0.0
    for i, (k, _) in choice.items():
        place = problem.places[k]
        if owner in (place.district, place.park):
            amount += 1 if resource == "projects" else problem.targets[i].needs.get(resource, 0)
    return amount


def room(problem: Problem, choice: Choice, district: str, t: Target) -> bool:
    for (owner, resource), most in problem.limits.items():
        if owner == district:
            need = 1.0 if resource == "projects" else t.needs.get(resource, 0)
            if most - used(problem, choice, owner, resource) < need:
                return False
    return True


def faults(problem: Problem, choice: Choice) -> set[str]:
    """The kinds of rules that a choice breaks."""
    parks = {place.park for place in problem.places}
    kinds = {"forbid": "never"}
    return {
        "park" if rule[0] == "land" and rule[1] in parks else kinds.get(rule[0], rule[0])
        for rule in breaches(problem, choice)
    }


def breaches(problem: Problem, choice: Choice) -> set[tuple[str, ...]]:
    """The rules that a choice breaks, one by one."""
    found: set[tuple[str, ...]] = set()
    ts = [problem.targets[i] for i in choice]
    for (owner, resource), most in problem.limits.items():
        if used(problem, choice, owner, resource) > most:
            found.add((resource, owner))
    for leader, seats in problem.seats.items():
        for year in range(problem.years):
            mine = [
                i
                for i, (_, y) in choice.items()
                if y == year
                and problem.leader_of.get(problem.targets[i].chain, problem.targets[i].chain)
                == leader
            ]
            if len(mine) > seats:
                found.add(("seats", leader))
    for t in ts:
        same = sum((o.chain, o.link) == (t.chain, t.link) for o in ts)
        if problem.per_link is not None and same > problem.per_link:
            found.add(("per_link", t.chain, t.link))
        group = sum(o.group == t.group for o in ts)
        if problem.per_group is not None and group > problem.per_group:
            found.add(("per_group", t.group))
    for chain, least in problem.least.items():
        if sum(t.chain == chain for t in ts) < least:
            found.add(("least", chain))
    for chain, most in problem.most.items():
        if sum(t.chain == chain for t in ts) > most:
            found.add(("most", chain))
    for line in problem.never:
        if any(says(problem, line, i, k, y) for i, (k, y) in choice.items()):
            found.add(("forbid", line.name))
    for line in problem.must:
        if not any(says(problem, line, i, k, y) for i, (k, y) in choice.items()):
            found.add(("must", line.name))
    for rule in problem.after:
        late, early = years_of(problem, choice, rule.link), years_of(problem, choice, rule.first)
        if late and (min(late) < min(early) if early else rule.hard):
            found.add(("after", *rule.link, *rule.first))
    return found


def smallest_conflict(problem: Problem) -> int:
    """The size of a smallest set of rules of which every choice breaks one; 0 where none is."""
    broken = {frozenset(breaches(problem, choice)) for choice in choices(problem)}
    if frozenset() in broken:
        return 0
    least = [one for one in broken if not any(other < one for other in broken)]
    rules = sorted(frozenset().union(*least))
    for size in itertools.count(1):
        for picked in itertools.combinations(rules, size):
            if all(one & set(picked) for one in least):
                return size
    raise AssertionError


def says(problem: Problem, line: Line, i: int, k: int, year: int) -> bool:
    t, place = problem.targets[i], problem.places[k]
    asked = (line.firm, line.chain, line.link, line.district)
    has = (t.firm, t.chain, t.link, place.district)
    return all(a in ("", b) for a, b in zip(asked, has, strict=True)) and line.year in (None, year)


def years_of(problem: Problem, choice: Choice, link: tuple[str, str]) -> list[int]:
    return [
        y
        for i, (_, y) in choice.items()
        if (problem.targets[i].chain, problem.targets[i].link) == link
    ]


# Every choice

RULES = (
    "land", "budget", "projects", "park", "seats", "per_link", "per_group", "least", "most",
    "never", "must", "after",
)  # fmt: skip
KINDS = ("", *RULES)


def choices(problem: Problem) -> Iterator[Choice]:
    slots = list(itertools.product(range(len(problem.places)), range(problem.years)))
    for picked in itertools.product([None, *slots], repeat=len(problem.targets)):
        yield {i: slot for i, slot in enumerate(picked) if slot is not None}


def every(problem: Problem) -> Iterator[tuple[float, frozenset[str], Choice]]:
    """Every choice that breaks rules of at most one kind: its worth, that kind, itself."""
    for choice in choices(problem):
        broken = frozenset(faults(problem, choice))
        if len(broken) <= 1:
            yield judged(problem, choice), broken, choice


def best(problem: Problem) -> dict[str, float]:
    """The best worth under all rules (under ``""``), and with each kind of rule let go."""
    found: dict[str, float] = {}
    for value, broken, _ in every(problem):
        for kind in broken or KINDS:
            found[kind] = max(value, found.get(kind, value))
    return found


# Problems


def small(seed: int) -> Problem:
    """A problem of 5 to 7 targets with 2 to 4 slots each, tight enough that its rules bind."""
    rng = random.Random(seed)
    targets, parks, years = rng.choice(
        ((7, False, 1), (7, False, 1), (6, True, 1), (6, True, 1), (6, True, 1), (5, False, 2))
    )
    return made(rng, targets, 2, parks, years)


def larger(seed: int) -> Problem:
    """A problem of 40 targets on 5 districts."""
    return made(random.Random(seed), 40, 5, True, 3)


def made(rng: random.Random, targets: int, districts: int, parks: bool, years: int) -> Problem:
    chains = [f"c{i}" for i in range(2 if targets < 10 else 4)]
    links = [
        (c, f"l{i}") for at, c in enumerate(chains) for i in range(2 - at if targets < 10 else 10)
    ]
    firms = [f"f{i}" for i in range(max(2, targets * 3 // 4))]
    pairs = sorted({(rng.choice(firms), *rng.choice(links)) for _ in range(targets * 2)})
    chosen = sorted(rng.sample(pairs, min(targets, len(pairs))))
    # Who closes more needs more, which is what makes the best first a bad rule.
    made_targets = tuple(_target(rng, *pair, groups=max(2, len(firms) // 2)) for pair in chosen)
    names = [f"d{i}" for i in range(districts)]
    leads = {d: frozenset(c for c in chains if rng.random() < 0.3) for d in names}
    places = [Place(d, "", leads[d]) for d in names]
    if parks:
        places.append(Place(names[0], "p0", frozenset(chains)))
    size = len(made_targets)
    limits: dict[tuple[str, str], float] = {}
    for d in names:
        for resource, unit in (("land", 5), ("budget", 5), ("projects", 0.9)):
            if rng.random() < 0.8:
                share = rng.uniform(0.35, 0.75) * size / districts
                limits[d, resource] = float(max(1, round(share * unit)))
    if parks:
        limits["p0", "land"] = float(rng.randint(2, 8))
    near: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for one, other in itertools.combinations(links, 2):
        if one[0] == other[0]:
            near.setdefault(one, []).append(other)
            near.setdefault(other, []).append(one)
    order = [
        After(one, other, rng.random() < 0.5)
        for one, other in itertools.combinations(links, 2)
        if rng.random() < (0.35 if size < 10 else 0.05)
    ]
    return Problem(
        made_targets,
        tuple(places),
        years,
        {link: float(rng.randint(20, 50)) for link in links},
        Points(
            float(rng.choice((8, 16, 24))),
            float(rng.choice((10, 20, 30))),
            rng.choice(((20.0, 10.0), (40.0, 20.0, 5.0))),
            rng.choice((1.0, 0.9, 0.75)),
        ),
        limits,
        {c: rng.choice(("a", "b")) for c in chains},
        {leader: max(1, size // 5) for leader in ("a", "b") if rng.random() < 0.7},
        {link: tuple(others) for link, others in near.items()},
        frozenset((*link, d) for link in links for d in names if rng.random() < 0.1),
        tuple(order),
        {c: rng.randint(1, max(1, size // 4)) for c in chains if rng.random() < 0.3},
        {c: rng.randint(1, max(2, size // 4)) for c in chains if rng.random() < 0.7},
        rng.choice((None, 1, 1, 1)),
        rng.choice((None, 1, 2)),
        tuple(_lines(rng, made_targets, names, years, "must", 0.1)),
        tuple(_lines(rng, made_targets, names, years, "never", 0.15)),
    )


def _target(rng: random.Random, firm: str, chain: str, link: str, groups: int) -> Target:
    share = rng.randint(15, 75) / 100
    needs = {
        resource: float(max(1, round(10 * share) + rng.randint(-2, 2)))
        for resource in ("land", "budget")
        if rng.random() < 0.9
    }
    return Target(firm, f"g{int(firm[1:]) % groups}", chain, link, share, needs)


def _lines(
    rng: random.Random, targets: tuple[Target, ...], names: list[str], years: int, word: str,
    chance: float,
) -> Iterator[Line]:  # fmt: skip
    for at, t in enumerate(targets):
        if rng.random() < chance * 3 / len(targets):
            yield Line(
                f"{word}{at}",
                t.firm,
                rng.choice(("", t.chain)),
                rng.choice(("", t.link)),
                rng.choice(("", rng.choice(names))),
                rng.choice((None, rng.randrange(years))),
            )
