"""How often each target and place stays in the programme when the weights are drawn anew.

Core problems and core indices of decision-aiding with incomplete information: Liesiö, Mild and
Salo 2007, "Preference programming for robust portfolio modeling and project selection", European
Journal of Operational Research 181. The weights and the unknown quantities are drawn as for the
ranks (``core.mcda``); each draw is planned again, from the programme on, without telling its years
apart, until the time is over.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chainmap.core.derivation import Ask, Rule
from chainmap.rank.criteria import CRITERIA, LIKELIHOOD, figure_of

if TYPE_CHECKING:
    from chainmap.core.mcda import Floats
    from chainmap.plan.problem import Problem
    from chainmap.study.programme import Programme

ENOUGH = 0.01  # gap at which a draw counts as planned
Key = tuple[str, str, str]


@dataclass(frozen=True)
class Cores:
    """Of the draws that were planned, how many took a target, and each place of it."""

    draws: int
    asked: int
    taken: Counter[Key]
    placed: Counter[tuple[Key, str]]

    def share(self, chain: str, link: str, firm: str) -> float | None:
        """The share of the draws with that target; None without draws."""
        return self.taken[chain, link, firm] / self.draws if self.draws else None

    def share_there(self, chain: str, link: str, firm: str, district: str) -> float | None:
        """Of the draws with that target, the share that puts it into a district; None without."""
        key = (chain, link, firm)
        return self.placed[key, district] / self.taken[key] if self.taken[key] else None


def cores(ask: Ask, of: str) -> Cores:
    """Plan so many draws, or as many as there is time for."""
    from chainmap.study.programme import parse_asked

    found: Programme = ask("plan.programme", of)
    wanted = parse_asked(of).draws
    draws = int(ask.setting("plan.core_draws") if wanted is None else wanted)
    limit = ask.setting("plan.core_seconds")
    if found.solution is None or not draws:
        return Cores(0, draws, Counter(), Counter())
    problem = found.draft.problem
    worths, shares = _drawn(ask, problem, draws)
    from chainmap.plan.programme import solve

    base = _undated(problem)
    start = {at: (place, 0) for at, (place, _) in found.solution.choice.items()}
    end = time.monotonic() + limit
    taken: Counter[Key] = Counter()
    placed: Counter[tuple[Key, str]] = Counter()
    done = 0
    for worth, share in zip(worths, shares, strict=True):
        left = end - time.monotonic()
        if left <= 0 or (done and left < (limit - left) / done):
            break  # the next would not be whole
        drawn = replace(
            base,
            targets=tuple(
                replace(t, share=float(s)) for t, s in zip(base.targets, share, strict=True)
            ),
            worth=dict(zip(base.worth, map(float, worth), strict=True)),
        )
        choice = solve(drawn, left, start, ENOUGH).choice
        done += 1
        for at, (place, _) in choice.items():
            target = drawn.targets[at]
            key = (target.chain, target.link, target.firm)
            taken[key] += 1
            placed[key, drawn.places[place].district] += 1
    return Cores(done, draws, taken, placed)


def _undated(problem: Problem) -> Problem:
    """The same problem with all years as one: which targets, and where."""
    return replace(
        problem,
        years=1,
        points=replace(problem.points, discount=1.0),
        seats={leader: seats * problem.years for leader, seats in problem.seats.items()},
        must=tuple(replace(line, year=None) for line in problem.must),
        never=tuple(line for line in problem.never if line.year is None),
        after=tuple(rule for rule in problem.after if rule.hard),
    )


def _drawn(ask: Ask, problem: Problem, draws: int) -> tuple[Floats, Floats]:
    """Points of every gap (draws, links) and share of every target (draws, targets)."""
    import numpy as np

    from chainmap.rank.robust import drawn

    marks = [
        {name: ask(*figure_of(name, t.firm, t.chain, t.link)) for name in CRITERIA}
        for t in problem.targets
    ]
    kappa, seed = ask.setting("robust.kappa"), int(ask.setting("robust.seed"))
    made = drawn(marks, (ask("weights").of, kappa), ("around", draws, seed))
    values = np.repeat(made.base[None], draws, axis=0)  # (draws, targets, criteria)
    for one in made.unknown:
        values[:, one.rows, one.criterion] += one.drawn[:, None] * one.scale[None, :]
    at = [CRITERIA.index(name) for name in LIKELIHOOD]
    weights = made.weights[:, None, at]
    whole = weights.sum(axis=2)
    likely = np.where(
        whole > 0, (values[:, :, at] * weights).sum(axis=2) / np.where(whole > 0, whole, 1), 100.0
    )
    shares = likely / 100 * values[:, :, CRITERIA.index("fit")] / 100
    first = {t.at: number for number, t in reversed(list(enumerate(problem.targets)))}
    gaps = values[:, [first[link] for link in problem.worth], CRITERIA.index("gap")]
    return gaps, np.clip(shares, 0.0, 1.0)


RULES: dict[str, Rule] = {"plan.cores": cores}
