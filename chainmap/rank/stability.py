"""How sure a ranking is, in full: who beats whom, under which weights, and what to find out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from chainmap.core import acceptability, mcda
from chainmap.core.derivation import Ask
from chainmap.core.mcda import Floats, Integers
from chainmap.rank.candidates import Candidate
from chainmap.rank.criteria import CRITERIA, IMPACT, LIKELIHOOD, figure_of
from chainmap.rank.marks import Mark
from chainmap.rank.ranks import Ranks
from chainmap.rank.robust import Drawn, drawn
from chainmap.rank.score import Weights

GROUPS = {"impact": IMPACT, "likelihood": LIKELIHOOD, **{name: (name,) for name in CRITERIA}}
AT_ONCE = 2**22  # scores that are held at once


@dataclass(frozen=True)
class Standing:
    """One of the first candidates: how often it is first, and under which weights.

    central: the mean of the weights in the draws in which it is first, None where it never is;
    confidence: how often it is first when these hold. first_if: with what factors, from low to
    high (None: no end), on the stated weight of a criterion, of impact or of likelihood it has
    the best score, all unknown at their middle; a group that cannot do it is not there.
    """

    row: Candidate
    first: float
    central: dict[str, float] | None
    confidence: float | None
    first_if: dict[str, tuple[float, float | None]]


@dataclass(frozen=True)
class Worth:
    """What knowing one thing is worth: an ``unknown`` quantity, or the ``weight`` of a criterion.

    swaps: how many of the first ``core`` would be others, on average over its range, if it alone
    became known. gain: how many more names of that list would be right, all else still open, as
    far as the draws tell; it is too large by about what ``Stability.by_chance`` says.
    """

    kind: str
    name: str
    swaps: float
    gain: float


@dataclass(frozen=True)
class Stability:
    """The full account of a ranking; the draws are those of its intervals.

    wins: how often each of the standings is above each other one, half where equal. by_chance:
    the gain that parts of the draws which mean nothing show, on average and at most.
    """

    core: int
    standings: tuple[Standing, ...]
    wins: tuple[tuple[float, ...], ...]
    worth: tuple[Worth, ...]
    by_chance: tuple[float, float]


def stability(ask: Ask, *scope: str) -> Stability | None:
    """The full account of the ranks of a scope (that of ``ranks.scope_of``); None without draws."""
    ranks: Ranks = ask("ranks", *scope)
    *_, draws, seed, scheme = scope
    core, pairs = int(ask.setting("robust.core")), int(ask.setting("robust.pairs"))
    blind, parts = int(ask.setting("robust.blind")), int(ask.setting("robust.parts"))
    stated: Weights = ask("weights")
    kappa = ask.setting("robust.kappa")
    marks = [
        {name: ask(*figure_of(name, c.firm, c.chain, c.link)) for name in CRITERIA}
        for c in ranks.order
    ]
    scores = [ask("score", c.firm, c.chain, c.link).score for c in ranks.order]
    if ranks.robust is None:
        return None
    if not ranks.order:
        return Stability(core, (), (), (), (0.0, 0.0))
    sample = drawn(marks, (stated.of, kappa), (scheme, int(draws), int(seed)))
    rows = np.arange(min(len(marks), pairs))
    wins = acceptability.wins(sample.base, sample.weights, sample.unknown, rows)
    listed = _Listed(sample, marks, np.array(scores), min(core, len(marks)))
    chance = listed.by_chance(blind, parts, int(seed))
    return Stability(
        core,
        tuple(_standings(sample, marks, ranks.order, rows)),
        tuple(tuple(line) for line in wins.tolist()),
        tuple(listed.worth(parts)),
        chance,
    )


def _standings(
    sample: Drawn, marks: Sequence[Mapping[str, Mark]], order: Sequence[Candidate], rows: Integers
) -> Iterator[Standing]:
    first = acceptability.members(sample.base, sample.weights, sample.unknown, 1)
    shares, central = first.shares, acceptability.central(first, sample.weights)
    sure = acceptability.confidence(sample.base, sample.unknown, central, rows, len(sample.weights))
    middle = np.array([[one[name].value for name in CRITERIA] for one in marks])
    ends = {
        name: acceptability.first_when(
            middle, sample.stated, np.array([CRITERIA.index(one) for one in group])
        )
        for name, group in GROUPS.items()
    }
    for at in rows.tolist():
        never = bool(np.isnan(central[at]).any())
        yield Standing(
            order[at],
            float(shares[at]),
            None if never else dict(zip(CRITERIA, central[at].tolist(), strict=True)),
            None if never else float(sure[at]),
            {
                name: (float(low[at]), None if np.isinf(high[at]) else float(high[at]))
                for name, (low, high) in ends.items()
                if not np.isnan(low[at])
            },
        )


class _Listed:
    """The first ``core`` candidates, and what would put others in their place."""

    def __init__(
        self, sample: Drawn, marks: Sequence[Mapping[str, Mark]], scores: Floats, core: int
    ) -> None:
        self.sample, self.marks, self.scores, self.core = sample, marks, scores, core
        self.members = acceptability.members(sample.base, sample.weights, sample.unknown, core)
        self.ever = {*self.members.row.tolist()}
        self.printed = scores.tolist()

    def worth(self, parts: int) -> list[Worth]:
        """What may move the list, the most worth knowing first."""
        found = [*self._of_weights(parts), *self._of_unknown(parts)]
        return sorted(found, key=lambda one: (-one.swaps, -one.gain, one.kind, one.name))

    def by_chance(self, times: int, parts: int, seed: int) -> tuple[float, float]:
        """The gain from knowing what has no bearing: the mean and the most of so many tries."""
        names = {f"blind/{at}": (0.0, 1.0) for at in range(times)}
        lines = mcda.draw_uniforms(names, len(self.sample.weights), seed).values()
        gains = [self._gain(line, parts) for line in lines] or [0.0]
        return float(np.mean(gains)), max(gains)

    def _gain(self, drawn: Floats, parts: int) -> float:
        return acceptability.gain(self.members, acceptability.parts(drawn, parts), self.core)

    def _of_weights(self, parts: int) -> Iterator[Worth]:
        every = np.arange(len(self.scores))
        size = max(1, AT_ONCE // len(every))
        for at, name in enumerate(CRITERIA):
            own, drawn = self.sample.stated[at], self.sample.weights[:, at]
            if not 0 < own < 1:
                continue
            mark = np.array([one[name].value for one in self.marks])
            # The others share what is left as they are stated to.
            rest = (self.scores - own * mark) / (1 - own)
            moved = 0.0
            for begin in range(0, len(drawn), size):
                weight = drawn[begin : begin + size, None]
                lines = weight * mark + (1 - weight) * rest
                moved += len(lines) * acceptability.swaps(self.scores, every, lines, self.core)
            yield Worth("weight", name, moved / len(drawn), self._gain(drawn, parts))

    def _of_unknown(self, parts: int) -> Iterator[Worth]:
        moves: dict[str, dict[int, float]] = {}
        for (name, criterion), rows in self.sample.uses.items():
            weight = float(self.sample.stated[criterion])
            of = moves.setdefault(name, {})
            for row, scale in zip(*rows, strict=True):
                of[row] = of.get(row, 0.0) + weight * scale
        for name, scales in moves.items():
            swaps = self._swaps(name, scales)
            # A row that is in the list in no draw is not put there by knowing.
            bears = not self.ever.isdisjoint(scales)
            gain = self._gain(self.sample.drawn[name], parts) if bears else 0.0
            if swaps > 0 or gain > 0:
                yield Worth("unknown", name, swaps, gain)

    def _swaps(self, name: str, scales: Mapping[int, float]) -> float:
        low, high = self.sample.ranges[name]
        reach = (high - low) / 2
        inside = [self.printed[at] - abs(scales[at]) * reach for at in scales if at < self.core]
        outside = [self.printed[at] + abs(scales[at]) * reach for at in scales if at >= self.core]
        least = min([self.printed[self.core - 1], *inside])
        most = max([*self.printed[self.core : self.core + 1], *outside], default=least - 1)
        if most < least - 1e-6:
            return 0.0  # nobody can come in
        rows, scale = np.array(list(scales)), np.array(list(scales.values()))
        moved = (self.sample.drawn[name] - (low + high) / 2)[:, None] * scale
        return acceptability.swaps(self.scores, rows, self.scores[rows] + moved, self.core)
