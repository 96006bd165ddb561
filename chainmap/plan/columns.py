"""Column generation by blocks of chains: how a large programme is closed.

The bonus of neighbours makes the programme hard, and it acts within a chain. What ties chains to
each other is little: limits of districts and how often one group may be approached. So the whole
is written as a choice of one plan for each block of chains under those ties (Dantzig and Wolfe,
1960). Each block is a small programme that HiGHS closes quickly; the ties have prices, the prices
say which further plans of a block are worth having, and prices with the blocks' best values
bound the whole from above (the Lagrangian bound). Where no tie binds one round proves the optimum.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from chainmap.plan.greedy import sound
from chainmap.plan.model import Model, model_of
from chainmap.plan.problem import RESOURCES, Choice, Problem, Slot, worth
from chainmap.plan.rows import Programme

Tie = tuple[str, ...]
PATIENCE = 3  # rounds that bring nothing, after which to stop


@dataclass
class Column:
    """A plan of one block: its choice by the numbers of the whole, worth, and use of ties."""

    choice: dict[int, Slot]
    value: float
    use: Mapping[Tie, float]


@dataclass
class Block:
    """Chains that cannot be planned apart, as a problem of their own."""

    numbers: tuple[int, ...]  # of its targets in the whole
    model: Model
    columns: list[Column] = field(default_factory=list)


@dataclass
class Bounds:
    """The best choice so far and the best bound so far."""

    choice: dict[int, Slot]
    objective: float
    bound: float = float("inf")

    @property
    def gap(self) -> float:
        """How far apart they are, as a share of the objective."""
        return (self.bound - self.objective) / max(abs(self.objective), 1e-9)


def generate(problem: Problem, start: Choice, seconds: float, enough: float) -> Bounds:
    """The best choice that was found, and a bound that no choice passes.

    ``start`` must be sound. Ends when they meet to ``enough``, or after so many seconds.
    """
    end = time.monotonic() + seconds
    whole = Whole(problem, dict(start))
    stalled = 0
    while time.monotonic() < end and stalled < PATIENCE:
        before = (whole.found.objective, whole.found.bound)
        if not whole.round(end) or whole.found.gap <= max(enough, 1e-9):
            break
        stalled = 0 if (whole.found.objective, whole.found.bound) != before else stalled + 1
    return whole.found


class Whole:
    """The blocks, the ties between them, and what was found."""

    def __init__(self, problem: Problem, start: dict[int, Slot]) -> None:
        self.problem = problem
        self.found = Bounds(start, worth(problem, start).total)
        self.blocks = [_block(problem, numbers) for numbers in blocks_of(problem)]
        self.ties = dict(_ties(problem, self.blocks))
        self.first = True
        for block in self.blocks:
            mine = {at: start[at] for at in block.numbers if at in start}
            block.columns.append(self.column(block, mine))

    def column(self, block: Block, choice: dict[int, Slot]) -> Column:
        """A choice of a block with its worth in the model's terms and what it uses of the ties."""
        use: dict[Tie, float] = defaultdict(float)
        for at, (place, _) in choice.items():
            target = self.problem.targets[at]
            if ("per_group", target.group) in self.ties:
                use["per_group", target.group] += 1
            for owner in self.problem.places[place].owners:
                for resource in RESOURCES:
                    if (resource, owner) in self.ties:
                        use[resource, owner] += target.need(resource)
        return Column(choice, _lenient(block.model, choice, block.numbers), use)

    def round(self, end: float) -> bool:
        """One round of prices and plans; whether any plan was worth adding."""
        prices, level = self.prices()
        if self.first:
            prices, self.first = self.relaxed_prices(), False
        bound = sum(price * self.ties[tie] for tie, price in prices.items())
        added = False
        found = self.all_priced(prices, end)
        if found is None:
            return False
        for at, (block, (best, most)) in enumerate(zip(self.blocks, found, strict=True)):
            bound += most
            if best is not None:
                column = self.column(block, best)
                if self.paid(column) > level[at] + 1e-7:
                    block.columns.append(column)
                    added = True
        self.found.bound = min(self.found.bound, bound)
        if added:
            self.compose(min(2.0, max(0.1, end - time.monotonic())))
        return added

    def master(self) -> tuple[Programme, list[list[int]], dict[Tie, int], list[int]]:
        """One plan for each block under the ties: rows, the plans' variables, the rows of ties."""
        rows = Programme()
        plans = [
            [rows.number(column.value, whole=True) for column in block.columns]
            for block in self.blocks
        ]
        one = [rows.row(("block",), ((v, 1.0) for v in mine), 1.0, 1.0) for mine in plans]
        use: dict[Tie, list[tuple[int, float]]] = defaultdict(list)
        for block, mine in zip(self.blocks, plans, strict=True):
            for column, variable in zip(block.columns, mine, strict=True):
                for tie, used in column.use.items():
                    use[tie].append((variable, used))
        tied = {tie: rows.row(tie, use[tie], high=most) for tie, most in self.ties.items()}
        return rows, plans, tied, one

    def all_priced(
        self, prices: Mapping[Tie, float], end: float
    ) -> list[tuple[dict[int, Slot] | None, float]] | None:
        """Every block's best plan at these prices, on two threads; None where time ran out."""
        with ThreadPoolExecutor(2) as pool:
            found = list(
                pool.map(
                    lambda block: self.priced(block, prices, max(0.1, end - time.monotonic())),
                    self.blocks,
                )
            )
        return None if time.monotonic() > end else found

    def paid(self, column: Column) -> float:
        """What a plan is worth less the price of what it uses."""
        return column.value - sum(self.paying[tie] * used for tie, used in column.use.items())

    def relaxed_prices(self) -> dict[Tie, float]:
        """Prices of the ties to begin with: those of the whole without integrality, whose worth
        is a first bound."""
        model = model_of(self.problem, part=True)
        solver = model.rows.solver(relaxed=True)
        solver.run()
        self.found.bound = min(self.found.bound, solver.getInfo().objective_function_value)
        duals = solver.getSolution().row_dual
        found = dict.fromkeys(self.ties, 0.0)
        for at, why in enumerate(model.rows.why):
            if why in found:
                found[why] = max(0.0, duals[at])
        return found

    def prices(self) -> tuple[dict[Tie, float], list[float]]:
        """What a unit of each tie is worth, and each block's level."""
        rows, _, tied, one = self.master()
        solver = rows.solver(relaxed=True)
        solver.run()
        duals = solver.getSolution().row_dual
        self.paying = {tie: max(0.0, duals[at]) for tie, at in tied.items()}
        return self.paying, [duals[at] for at in one]

    def priced(
        self, block: Block, prices: Mapping[Tie, float], seconds: float
    ) -> tuple[dict[int, Slot] | None, float]:
        """The best plan of a block at these prices, and a bound on what any is worth."""
        import highspy

        model, problem = block.model, self.problem
        gains = list(model.rows.gains)
        for local, at in enumerate(block.numbers):
            if local not in model.chosen:
                continue
            target = problem.targets[at]
            gains[model.chosen[local]] -= prices.get(("per_group", target.group), 0.0)
            for place, variable in model.placed[local].items():
                for owner in problem.places[place].owners:
                    for resource in RESOURCES:
                        price = prices.get((resource, owner), 0.0)
                        gains[variable] -= price * target.need(resource)
        rows = replace(model.rows, gains=gains)
        solver = rows.solver()
        solver.setOptionValue("time_limit", seconds)
        solver.setOptionValue("mip_rel_gap", 1e-6)
        solver.run()
        info = solver.getInfo()
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return None, sum(
                max(0.0, gain * high) for gain, high in zip(gains, rows.highs, strict=True)
            )
        choice = model.choice(solver.getSolution().col_value)
        whole = {block.numbers[local]: slot for local, slot in choice.items()}
        return whole, max(info.mip_dual_bound, info.objective_function_value)

    def compose(self, seconds: float) -> None:
        """The best composition of the plans so far, bettered by hand; kept if it is better."""
        rows, plans, *_ = self.master()
        solver = rows.solver()
        solver.setOptionValue("time_limit", seconds)
        solver.run()
        values = solver.getSolution().col_value
        if not values:
            return
        choice: dict[int, Slot] = {}
        for block, mine in zip(self.blocks, plans, strict=True):
            for column, variable in zip(block.columns, mine, strict=True):
                if values[variable] > 0.5:
                    choice.update(column.choice)
        if sound(self.problem, choice):
            value = worth(self.problem, choice).total
            if value > self.found.objective + 1e-9:
                self.found.choice, self.found.objective = choice, value


def _lenient(model: Model, choice: Mapping[int, Slot], numbers: tuple[int, ...]) -> float:
    """The worth of a block's choice where a leading district with limits never has room."""
    problem = model.problem
    local = {at: slot for at, number in enumerate(numbers) if (slot := choice.get(number))}
    free = {
        d: leads
        for d, leads in problem.districts.items()
        if not any((d, resource) in problem.limits for resource in RESOURCES)
    }
    found = worth(replace(problem, points=replace(problem.points, misplaced=0.0)), local).total
    for at, (place, _) in local.items():
        target = problem.targets[at]
        if target.chain not in problem.places[place].leads and any(
            target.chain in leads for leads in free.values()
        ):
            found -= target.share * problem.points.misplaced
    return found


def blocks_of(problem: Problem) -> Iterator[tuple[int, ...]]:
    """The targets of chains that cannot be planned apart: a leader's, those a line speaks of."""
    parent = {target.chain: target.chain for target in problem.targets}

    def root(chain: str) -> str:
        while parent[chain] != chain:
            chain = parent[chain]
        return chain

    def join(chains: list[str]) -> None:
        for chain in chains[1:]:
            parent[root(chain)] = root(chains[0])

    by_leader: dict[str, list[str]] = defaultdict(list)
    for chain in parent:
        by_leader[problem.leader(chain)].append(chain)
    for leader, chains in by_leader.items():
        if leader in problem.seats:
            join(chains)
    for line in problem.must:
        join([t.chain for t in problem.targets if line.about(t)])
    for link, near in problem.near.items():
        join([chain for chain, _ in (link, *near) if chain in parent])
    for rule in problem.after:
        join([chain for chain, _ in (rule.link, rule.first) if chain in parent])
    found: dict[str, list[int]] = defaultdict(list)
    for at, target in enumerate(problem.targets):
        found[root(target.chain)].append(at)
    return (tuple(numbers) for numbers in found.values())


def _block(problem: Problem, numbers: tuple[int, ...]) -> Block:
    """The part of a problem that is about some targets."""
    targets = tuple(problem.targets[at] for at in numbers)
    chains = {target.chain for target in targets}
    part = replace(
        problem,
        targets=targets,
        after=tuple(rule for rule in problem.after if rule.link[0] in chains),
        least={chain: least for chain, least in problem.least.items() if chain in chains},
        most={chain: most for chain, most in problem.most.items() if chain in chains},
        must=tuple(line for line in problem.must if any(map(line.about, targets))),
    )
    return Block(numbers, model_of(part, part=True))


def _ties(problem: Problem, blocks: list[Block]) -> Iterator[tuple[Tie, float]]:
    """The rules that several blocks share, with their limits."""
    if problem.per_group is not None:
        groups: dict[str, set[int]] = defaultdict(set)
        for at, block in enumerate(blocks):
            for number in block.numbers:
                groups[problem.targets[number].group].add(at)
        for group, mine in groups.items():
            if len(mine) > 1:
                yield ("per_group", group), float(problem.per_group)
    for (owner, resource), most in problem.limits.items():
        yield (resource, owner), most
