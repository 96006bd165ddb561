"""A choice that is being made, kept so that one more target or one less is judged at once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable

from chainmap.plan.problem import RESOURCES, Choice, LinkId, Problem, Slot, Target, has_room


class State:
    """A choice with what its rules and its worth need to know about it."""

    def __init__(self, problem: Problem, choice: Choice | None = None) -> None:
        self.problem = problem
        self.choice: dict[int, Slot] = {}
        self.left = dict(problem.limits)
        self.seats: Counter[tuple[str, int]] = Counter()
        self.links: Counter[LinkId] = Counter()
        self.groups: Counter[str] = Counter()
        self.chains: Counter[str] = Counter()
        self.years: dict[LinkId, Counter[int]] = defaultdict(Counter)
        self.closing: dict[LinkId, float] = defaultdict(float)
        self.at: dict[tuple[LinkId, str], list[int]] = defaultdict(list)
        self.away: set[int] = set()
        limited = {owner for owner, _ in problem.limits}
        chains = {target.chain for target in problem.targets}
        leading = {chain: problem.leading(chain) for chain in chains}
        # Where a leading district has no limits, it always has room.
        self._always = {c for c, lead in leading.items() if any(d not in limited for d in lead)}
        self._leading = {c: [d for d in lead if d in limited] for c, lead in leading.items()}
        self._before: dict[LinkId, list[tuple[LinkId, bool]]] = defaultdict(list)
        self._behind: dict[LinkId, list[LinkId]] = defaultdict(list)
        for rule in problem.after:
            self._before[rule.link].append((rule.first, rule.hard))
            self._behind[rule.first].append(rule.link)
        for at, slot in (choice or {}).items():
            self.put(at, slot)

    def put(self, at: int, slot: Slot, times: int = 1) -> None:
        """Take a target in; with ``times`` -1 take it out again."""
        problem = self.problem
        target, place = problem.targets[at], problem.places[slot[0]]
        for owner in place.owners:
            for resource in RESOURCES:
                if (owner, resource) in self.left:
                    self.left[owner, resource] -= times * target.need(resource)
        self.seats[problem.leader(target.chain), slot[1]] += times
        self.links[target.at] += times
        self.groups[target.group] += times
        self.chains[target.chain] += times
        self.years[target.at][slot[1]] += times
        self.closing[target.at] += times * target.share * problem.points.discount ** slot[1]
        if times > 0:
            self.choice[at] = slot
            self.at[target.at, place.district].append(at)
            if target.chain not in place.leads and target.chain not in self._always:
                self.away.add(at)
        else:
            del self.choice[at]
            self.at[target.at, place.district].remove(at)
            self.away.discard(at)

    def out(self, at: int) -> Slot:
        """Take a target out, and say where it was."""
        slot = self.choice[at]
        self.put(at, slot, -1)
        return slot

    def needed(self, at: int) -> bool:
        """Whether taking a target out would break a floor, a line that must be, or an order."""
        problem = self.problem
        target, slot = problem.targets[at], self.choice[at]
        if self.chains[target.chain] <= problem.least.get(target.chain, 0):
            return True
        place = problem.places[slot[0]]
        for line in problem.must:
            if line.meets(target, place, slot[1]) and not any(
                one != at and line.meets(problem.targets[one], problem.places[p], year)
                for one, (p, year) in self.choice.items()
            ):
                return True
        if not self._behind[target.at]:
            return False
        years = self.years[target.at].copy()
        years[slot[1]] -= 1
        first = min((year for year, count in years.items() if count), default=None)
        for later in self._behind[target.at]:
            begun = self._first(later)
            hard = (target.at, True) in self._before[later]
            if begun is not None and (hard if first is None else begun < first):
                return True
        return False

    def fits(self, at: int, slot: Slot) -> bool:
        """Whether a target may be taken in there, floors and what must be left aside."""
        problem = self.problem
        target = problem.targets[at]
        if not self._seat(target, slot[1]):
            return False
        if self._over(target) is not None:
            return False
        if not self._room(target, slot[0]):
            return False
        return self._in_order(target.at, slot[1]) and problem.allowed(at, *slot)

    def against(self, at: int) -> str:
        """What stands against taking a target in: a rule, or ``less`` where others are worth more.

        per_link, per_group, most, never, after, limit or seats, in this order.
        """
        problem = self.problem
        target = problem.targets[at]
        slots = [(p, y) for p in range(len(problem.places)) for y in range(problem.years)]
        over = self._over(target)
        if over is not None:
            return over
        passes: dict[str, Callable[[Slot], bool]] = {
            "never": lambda slot: problem.allowed(at, *slot),
            "after": lambda slot: self._in_order(target.at, slot[1]),
            "limit": lambda slot: self._room(target, slot[0]),
            "seats": lambda slot: self._seat(target, slot[1]),
        }
        for word, passed in passes.items():
            slots = list(filter(passed, slots))
            if not slots:
                return word
        return "less"

    def _over(self, target: Target) -> str | None:
        """The ceiling that one more target like this would pass; None where it passes none."""
        for word, count, most in (
            ("per_link", self.links[target.at], self.problem.per_link),
            ("per_group", self.groups[target.group], self.problem.per_group),
            ("most", self.chains[target.chain], self.problem.most.get(target.chain)),
        ):
            if most is not None and count >= most:
                return word
        return None

    def _room(self, target: Target, place: int) -> bool:
        return all(has_room(self.left, o, target) for o in self.problem.places[place].owners)

    def _seat(self, target: Target, year: int) -> bool:
        leader = self.problem.leader(target.chain)
        return self.seats[leader, year] < self.problem.seats.get(leader, len(self.problem.targets))

    def _first(self, link: LinkId) -> int | None:
        return min((year for year, count in self.years[link].items() if count), default=None)

    def _in_order(self, link: LinkId, year: int) -> bool:
        for first, hard in self._before[link]:
            begun = self._first(first)
            if hard if begun is None else begun > year:
                return False
        for later in self._behind[link]:
            begun, mine = self._first(later), self._first(link)
            if begun is not None and begun < (year if mine is None else min(year, mine)):
                return False
        return True

    def gain(self, at: int, slot: Slot) -> float:
        """What taking a target in there adds to the worth."""
        problem, points = self.problem, self.problem.points
        target, place = problem.targets[at], problem.places[slot[0]]
        closing = self.closing[target.at]
        more = min(1.0, closing + target.share * points.discount ** slot[1]) - min(1.0, closing)
        gain = problem.worth[target.at] * more
        gain += target.share * points.neighbours(self._near(target.at, place.district))
        new_site = (*target.at, place.district) not in problem.here and not self.at[
            target.at, place.district
        ]
        if new_site and points.steps:
            for link in problem.near.get(target.at, ()):
                mates = self.at[link, place.district]
                if mates:
                    near = self._near(link, place.district)
                    step = points.neighbours(near + 1) - points.neighbours(near)
                    gain += step * sum(problem.targets[mate].share for mate in mates)
        if target.chain in place.leads:
            gain += target.share * points.match
        elif target.chain in self._always:
            gain -= target.share * points.misplaced
        if points.misplaced and (self._leading[target.chain] or self.away):
            before = self._misplaced()
            self.put(at, slot)
            gain -= points.misplaced * (self._misplaced() - before)
            self.out(at)
        return gain

    def _near(self, link: LinkId, district: str) -> int:
        """How many neighbouring links are made in a district, today or by the choice."""
        return sum(
            (*one, district) in self.problem.here or bool(self.at[one, district])
            for one in self.problem.near.get(link, ())
        )

    def _misplaced(self) -> float:
        """The shares of targets that are away from a leading district with limits and room."""
        targets = self.problem.targets
        return sum(
            targets[at].share
            for at in self.away
            if any(
                has_room(self.left, district, targets[at])
                for district in self._leading[targets[at].chain]
            )
        )
