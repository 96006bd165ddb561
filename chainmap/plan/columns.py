"""Column generation: how a large programme, or one whose districts are nearly full, is closed.

A programme falls into blocks that little ties together, and is written as a choice of one plan for
each block under those ties (Dantzig and Wolfe, 1960, "Decomposition principle for linear
programs", Operations Research 8). Each block is a small programme that HiGHS closes quickly; the
ties have prices, the prices say which further plans of a block are worth having, and prices with
the blocks' best values bound the whole from above (the Lagrangian bound).

What the blocks are depends on what makes the programme hard:

* where no limit binds, chains: the bonus of neighbours acts within a chain, and chains share
  little;
* where limits bind, districts: without blocks a target may be spread in small parts over all of
  them, has all its neighbours everywhere, and fills none. A plan of a district is a whole one.
"""

from __future__ import annotations

import itertools
import math
import random
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from chainmap.plan.greedy import sound
from chainmap.plan.model import Model, model_of
from chainmap.plan.problem import RESOURCES, Choice, Problem, Slot, worth
from chainmap.plan.rows import Programme, begin_at

Vector = Mapping[int, float]  # variable, or row, to its value

PATIENCE = 5  # rounds that bring nothing, after which to stop
SELDOM = 5  # rounds between two compositions, where districts are the blocks
FIRST = 0.25  # of the time in which a better choice is looked for before plans are priced
EXACT = 1e-5  # share of its value to which the best plan of a block is found in the end,
COARSE = 0.1  # at the beginning,
FINER = 0.2  # and between: this part of what the whole is still away from its bound
CALM = 0.7  # weight of the prices of the best bound so far against the newest
FREED = 4  # districts that are planned anew while the others stay
AROUND = 1.0  # seconds for that,
TOGETHER = 3.0  # and for putting plans together


@dataclass
class Bounds:
    """The best choice so far and the best bound so far."""

    choice: dict[int, Slot]
    objective: float
    bound: float = math.inf

    @property
    def gap(self) -> float:
        """How far apart they are, as a share of the objective."""
        return (self.bound - self.objective) / max(abs(self.objective), 1e-9)


@dataclass
class Block:
    """Variables that are planned together: a programme of its own, and its plans so far."""

    rows: Programme
    local: dict[int, int]  # number of a variable in the whole to its number here
    plans: list[tuple[dict[int, float], float, Vector]] = field(default_factory=list)
    known: set[tuple[tuple[int, float], ...]] = field(default_factory=set)


def generate(problem: Problem, start: Choice, seconds: float, enough: float) -> Bounds:
    """The best choice that was found, and a bound that no choice passes.

    ``start`` must be sound. Ends when they meet to ``enough``, or after so many seconds.
    """
    began = time.monotonic()
    end = began + seconds
    whole = Whole(problem, dict(start))
    draw = random.Random(0)

    def apart(until: float) -> bool:
        return time.monotonic() < until and whole.found.gap > max(enough, 1e-9)

    while problem.scarce and apart(began + FIRST * seconds):
        whole.around(draw, min(AROUND, end - time.monotonic()))
    stalled = 0
    while stalled < PATIENCE and apart(end):
        before = (whole.found.objective, whole.found.bound)
        if not whole.round(end):
            break
        stalled = 0 if (whole.found.objective, whole.found.bound) != before else stalled + 1
    if problem.scarce and whole.found.gap > max(enough, 1e-9):
        whole.compose(TOGETHER)
    while problem.scarce and apart(end):
        whole.around(draw, min(AROUND, end - time.monotonic()))
    return whole.found


class Whole:
    """The blocks, the ties between them, and what was found."""

    def __init__(self, problem: Problem, start: dict[int, Slot]) -> None:
        self.problem = problem
        self.found = Bounds(start, worth(problem, start).total)
        self.model = model_of(problem, part=True)
        rows = self.model.rows
        owner = by_district(self.model) if problem.scarce else by_chain(self.model)
        self.blocks = {one: Block(Programme(), {}) for one in dict.fromkeys(owner.values())}
        self.free = [one for one in range(len(rows.gains)) if one not in owner]
        for one, name in owner.items():
            block = self.blocks[name]
            block.local[one] = block.rows.number(
                rows.gains[one], rows.lows[one], rows.highs[one], rows.whole[one]
            )
        self.ties: list[int] = []
        self.factors: dict[int, list[tuple[int, float]]] = defaultdict(list)
        for at, (columns, factors, low, high) in enumerate(rows.rows):
            names = {owner.get(one, "") for one in columns}
            name = names.pop() if len(names) == 1 else ""
            if name:
                local = self.blocks[name].local
                terms = zip(map(local.__getitem__, columns), factors, strict=True)
                self.blocks[name].rows.row(rows.why[at], terms, low, high)
                continue
            for one, factor in zip(columns, factors, strict=True):
                self.factors[one].append((len(self.ties), factor))
            self.ties.append(at)
        self.rounds, self.exact = 0, COARSE
        self.prices = self._relaxed()
        self.learn(start)

    def _relaxed(self) -> list[float]:
        """Prices of the ties to begin with: those of the whole without integrality, whose worth
        is a first bound."""
        solver = self.model.rows.solver(relaxed=True)
        solver.run()
        self.found.bound = solver.getInfo().objective_function_value
        duals = solver.getSolution().row_dual
        return [duals[at] for at in self.ties]

    def learn(self, choice: Choice) -> None:
        """Every block's part of a choice becomes one of its plans."""
        solver = self.model.rows.solver()
        for one, value in self.model.start(choice).items():
            solver.changeColBounds(one, value, value)
        solver.run()
        values = solver.getSolution().col_value
        for block in self.blocks.values():
            self._keep(block, {one: values[one] for one in block.local})

    def _keep(self, block: Block, values: Vector) -> bool:
        """Put a plan among those of its block; whether it is a new one."""
        plan = {one: value for one, value in values.items() if abs(value) > 1e-9}
        use: dict[int, float] = defaultdict(float)
        for one, value in plan.items():
            for tie, factor in self.factors[one]:
                use[tie] += factor * value
        gain = math.fsum(self.model.rows.gains[one] * value for one, value in plan.items())
        # Plans that use the ties alike differ in their gain alone, as far as the whole can see.
        key = (*sorted((tie, round(used, 6)) for tie, used in use.items()), (-1, round(gain, 6)))
        if key in block.known:
            return False
        block.known.add(key)
        block.plans.append((plan, gain, use))
        return True

    def master(self) -> tuple[Programme, dict[int, int], dict[str, list[int]]]:
        """One plan for each block under the ties: the rows, and the variables of what is in no
        block and of the plans. The rows of the ties come first."""
        whole, rows = self.model.rows, Programme()
        free = {
            one: rows.number(whole.gains[one], whole.lows[one], whole.highs[one], whole.whole[one])
            for one in self.free
        }
        plans = {
            name: [rows.number(gain, whole=True) for _, gain, _ in block.plans]
            for name, block in self.blocks.items()
        }
        use: list[list[tuple[int, float]]] = [[] for _ in self.ties]
        for one, variable in free.items():
            for tie, factor in self.factors[one]:
                use[tie].append((variable, factor))
        for name, block in self.blocks.items():
            for variable, (_, _, used) in zip(plans[name], block.plans, strict=True):
                for tie, factor in used.items():
                    use[tie].append((variable, factor))
        for at, terms in zip(self.ties, use, strict=True):
            rows.row(whole.why[at], terms, *whole.rows[at][2:])
        for name, mine in plans.items():
            rows.row(("block", name), ((one, 1.0) for one in mine), 1.0, 1.0)
        return rows, free, plans

    def round(self, end: float) -> bool:
        """One round of prices and plans; whether any plan was new."""
        rows, _, _ = self.master()
        solver = rows.solver(relaxed=True)
        solver.run()
        newest = list(solver.getSolution().row_dual)[: len(self.ties)]
        level = solver.getInfo().objective_function_value
        away = (self.found.bound - level) / max(abs(level), 1e-9)
        self.exact = min(COARSE, max(EXACT, FINER * away)) if self.problem.scarce else EXACT
        # Prices jump about while there are few plans: those of the best bound hold them back.
        weight = (CALM if self.problem.scarce else 0.0) if self.rounds else 1.0
        calm = [weight * a + (1 - weight) * b for a, b in zip(self.prices, newest, strict=True)]
        added = self._priced(calm, end) or self._priced(newest, end)
        if not added and self.exact > EXACT:
            self.exact = EXACT
            added = self._priced(newest, end)
        self.rounds += 1
        if added and (not self.problem.scarce or self.rounds % SELDOM == 0):
            self.compose(min(TOGETHER, max(0.1, end - time.monotonic())))
        return added

    def _priced(self, prices: Sequence[float], end: float) -> bool:
        """Every block's best plan at these prices, on two threads; whether any is new."""
        signed = [
            min(price, 0.0) if high == math.inf else max(price, 0.0) if low == -math.inf else price
            for price, (*_, low, high) in zip(
                prices, map(self.model.rows.rows.__getitem__, self.ties), strict=True
            )
        ]
        with ThreadPoolExecutor(2) as pool:
            found = list(
                pool.map(
                    lambda block: self._best(block, signed, max(0.1, end - time.monotonic())),
                    self.blocks.values(),
                )
            )
        bound = self._apart(signed) + math.fsum(most for _, most in found)
        if bound < self.found.bound:
            self.found.bound, self.prices = bound, signed
        pairs = zip(self.blocks.values(), found, strict=True)
        new = [plan is not None and self._keep(block, plan) for block, (plan, _) in pairs]
        return any(new)

    def _apart(self, prices: Sequence[float]) -> float:
        """What the ties themselves are worth at these prices, with what is in no block."""
        rows = self.model.rows
        sides = (rows.rows[at][2:] for at in self.ties)
        parts = [
            price * (high if price > 0 else low)
            for price, (low, high) in zip(prices, sides, strict=True)
            if price
        ]
        for one in self.free:
            gain = self._reduced(one, prices)
            parts.append(max(gain * rows.lows[one], gain * rows.highs[one]))
        return math.fsum(parts)

    def _reduced(self, one: int, prices: Sequence[float]) -> float:
        """What a variable gains less the price of what it uses."""
        used = (prices[tie] * factor for tie, factor in self.factors[one])
        return self.model.rows.gains[one] - math.fsum(used)

    def _best(
        self, block: Block, prices: Sequence[float], seconds: float
    ) -> tuple[dict[int, float] | None, float]:
        """The best plan of a block at these prices, and a bound on what any is worth."""
        gains = [self._reduced(one, prices) for one in block.local]
        solver = replace(block.rows, gains=gains).solver()
        solver.setOptionValue("time_limit", seconds)
        solver.setOptionValue("mip_rel_gap", self.exact)
        solver.run()
        values = solver.getSolution().col_value
        info = solver.getInfo()
        ends = zip(gains, block.rows.lows, block.rows.highs, strict=True)
        most = math.fsum(max(gain * low, gain * high) for gain, low, high in ends)
        if not values:
            return None, min(most, info.mip_dual_bound)
        most = min(most, max(info.mip_dual_bound, info.objective_function_value))
        return {one: values[local] for one, local in block.local.items()}, most

    def compose(self, seconds: float) -> None:
        """The best composition of the plans so far."""
        rows, free, plans = self.master()
        solver = rows.solver()
        solver.setOptionValue("time_limit", seconds)
        solver.run()
        values = solver.getSolution().col_value
        if not values:
            return
        whole = [0.0] * len(self.model.rows.gains)
        for one, variable in free.items():
            whole[one] = values[variable]
        for name, block in self.blocks.items():
            for variable, (plan, _, _) in zip(plans[name], block.plans, strict=True):
                if values[variable] > 0.5:
                    for one, value in plan.items():
                        whole[one] = value
        self._offer(self.model.choice(whole))

    def around(self, draw: random.Random, seconds: float) -> None:
        """Plan some districts anew, with the targets of no district, while the others stay."""
        freed = draw.sample(sorted(self.blocks), min(FREED, len(self.blocks)))
        places = self.problem.places
        solver = self.model.rows.solver()
        for at, placed in self.model.placed.items():
            mine = self.found.choice.get(at, (-1, -1))[0]
            for place, one in placed.items():
                if places[place].district not in freed:
                    solver.changeColBounds(one, float(place == mine), float(place == mine))
        begin_at(solver, self.model.start(self.found.choice))
        solver.setOptionValue("time_limit", seconds)
        solver.run()
        values = solver.getSolution().col_value
        if values:
            self._offer(self.model.choice(values))

    def _offer(self, choice: dict[int, Slot]) -> None:
        """Keep a choice if it is the best so far."""
        if not sound(self.problem, choice):
            return
        value = worth(self.problem, choice).total
        if value > self.found.objective + 1e-9:
            self.found.choice, self.found.objective = choice, value
            self.learn(choice)


def by_district(model: Model) -> dict[int, str]:
    """The district of every variable that is about one: who is placed there and next to whom."""
    places = model.problem.places
    owner = {
        one: places[place].district
        for placed in model.placed.values()
        for place, one in placed.items()
    }
    return _spread(model, owner, ("site", "near"))


def by_chain(model: Model) -> dict[int, str]:
    """The block of every variable, where chains that cannot be planned apart make one block: a
    leader's, and those that one line, one link's neighbours or one order speak of."""
    problem = model.problem
    block = {target.chain: target.chain for target in problem.targets}

    def root(chain: str) -> str:
        while block[chain] != chain:
            chain = block[chain]
        return chain

    def join(chains: Sequence[str]) -> None:
        for one, other in itertools.pairwise(chain for chain in chains if chain in block):
            block[root(other)] = root(one)

    by_leader: dict[str, list[str]] = defaultdict(list)
    for chain in block:
        by_leader[problem.leader(chain)].append(chain)
    for leader, chains in by_leader.items():
        if leader in problem.seats:
            join(chains)
    for line in problem.must:
        join([target.chain for target in problem.targets if line.about(target)])
    for link, near in problem.near.items():
        join([chain for chain, _ in (link, *near)])
    for rule in problem.after:
        join([rule.link[0], rule.first[0]])
    owner: dict[int, str] = {}
    for at, chosen in model.chosen.items():
        mine = (chosen, *model.placed[at].values(), *model.in_year[at].values())
        owner.update(dict.fromkeys(mine, root(problem.targets[at].chain)))
    kinds = {why[0] for why in model.rows.why} - {"per_group", *RESOURCES}
    return _spread(model, owner, tuple(kinds))


def _spread(model: Model, owner: dict[int, str], kinds: Sequence[str]) -> dict[int, str]:
    """Give every variable that shares a row of these kinds with an owned one to the same owner."""
    rows = model.rows
    for why, (columns, *_) in zip(rows.why, rows.rows, strict=True):
        if why[0] in kinds:
            name = next((owner[one] for one in columns if one in owner), None)
            if name is not None:
                owner.update((one, name) for one in columns if one not in owner)
    return owner
