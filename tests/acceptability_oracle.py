"""A slow second opinion on who wins, with exact fractions: shares, weights, what knowing is worth.

It shares nothing with the product, which it judges and so must never import. A case is a list of
draws, each as likely as any other; with all combinations of a small set listed, what it finds is
exact enumeration and no estimate. Totals that round to the same billionth are equal.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

ALIKE = 10**9


@dataclass
class Case:
    """Marks of rows, and draws of weights and of unknown quantities."""

    values: list[list[int]]
    weights: list[list[Fraction]]  # a line for each draw
    # Each unknown: (criterion, {row: scale}, a value for each draw).
    unknown: list[tuple[int, dict[int, Fraction], list[int]]] = field(default_factory=list)

    def total(self, row: int, weights: Sequence[Fraction], draw: int) -> Fraction:
        found = Fraction(0)
        for mark, weight in zip(self.values[row], weights, strict=True):
            found += mark * weight
        for criterion, scales, drawn in self.unknown:
            found += weights[criterion] * scales.get(row, 0) * drawn[draw]
        return found

    def keys(self, draw: int, weights: Sequence[Fraction] | None = None) -> list[int]:
        """Totals of the rows in a draw, in whole billionths; other weights may be put in."""
        used = self.weights[draw] if weights is None else weights
        return [round(self.total(row, used, draw) * ALIKE) for row in range(len(self.values))]


def places(keys: Sequence[int], top: int) -> list[Fraction]:
    """The share of the first places of each row; rows that tie across the border share them."""
    found = []
    for key in keys:
        above = sum(other > key for other in keys)
        equal = sum(other == key for other in keys)
        found.append(min(Fraction(1), max(Fraction(0), Fraction(top - above, equal))))
    return found


def memberships(case: Case, top: int) -> list[list[Fraction]]:
    return [places(case.keys(draw), top) for draw in range(len(case.weights))]


def mean(numbers: Sequence[Fraction]) -> Fraction:
    return sum(numbers, Fraction(0)) / len(numbers)


def acceptability(case: Case, top: int) -> list[Fraction]:
    """How often each row is among the first ``top``."""
    return [mean(column) for column in zip(*memberships(case, top), strict=True)]


def wins(case: Case, rows: Sequence[int]) -> list[list[Fraction]]:
    """How often each row is above each other one, half where they are equal."""
    found = []
    for one in rows:
        line = []
        for other in rows:
            won = [
                Fraction((keys[one] > keys[other]) * 2 + (keys[one] == keys[other]), 2)
                for keys in map(case.keys, range(len(case.weights)))
            ]
            line.append(mean(won))
        found.append(line)
    return found


def central(case: Case, row: int) -> list[Fraction] | None:
    """The mean of the weights under which a row is first, None where it never is."""
    firsts = [line[row] for line in memberships(case, 1)]
    if not sum(firsts):
        return None
    return [
        sum((f * w[c] for f, w in zip(firsts, case.weights, strict=True)), Fraction(0))
        / sum(firsts)
        for c in range(len(case.values[0]))
    ]


def confidence(case: Case, row: int) -> Fraction | None:
    """How often a row is first when its central weights are the true ones."""
    weights = central(case, row)
    if weights is None:
        return None
    draws = range(len(case.weights))
    return mean([places(case.keys(draw, weights), 1)[row] for draw in draws])


def fifths(drawn: Sequence[float], parts: int) -> list[int]:
    """Which part of the sorted draws each belongs to; equal ones in the order of the draws."""
    order = sorted(range(len(drawn)), key=lambda at: (drawn[at], at))
    found = [0] * len(drawn)
    for place, at in enumerate(order):
        found[at] = place * parts // len(drawn)
    return found


def best(shares: Sequence[Fraction], top: int) -> Fraction:
    """How many of the best list of ``top`` rows one may expect to belong there."""
    return sum(sorted(shares, reverse=True)[:top], Fraction(0))


def gain(case: Case, groups: Sequence[int], top: int) -> Fraction:
    """How many more would belong there if the list could be made anew in each group of draws."""
    lines = memberships(case, top)
    known = Fraction(0)
    for group in set(groups):
        inside = [line for line, one in zip(lines, groups, strict=True) if one == group]
        shares = [mean(column) for column in zip(*inside, strict=True)]
        known += Fraction(len(inside), len(lines)) * best(shares, top)
    return known - best([mean(column) for column in zip(*lines, strict=True)], top)


def swaps(before: Sequence[Fraction], after: Sequence[Sequence[Fraction]], top: int) -> Fraction:
    """The mean number of the first ``top`` that leave; equal scores stand in their old order.

    ``before`` is in the order in which it is printed; ``after`` has a line for each draw.
    """

    def listed(scores: Sequence[Fraction]) -> set[int]:
        order = sorted(range(len(scores)), key=lambda at: (-round(scores[at] * ALIKE), at))
        return set(order[:top])

    old = listed(before)
    return mean([Fraction(len(old - listed(line))) for line in after])


def first_when(
    marks: Sequence[Sequence[Fraction]], weights: Sequence[Fraction], group: set[int], row: int
) -> tuple[Fraction, Fraction | None] | None:
    """The factors on the weights of a group with which a row is first, or shares that place.

    ``(low, high)``, high None where there is no end; None where no factor from 0 up does it.
    Found by trying every factor at which two rows change places, and the middles between them.
    """

    def score(at: int, factor: Fraction) -> Fraction:
        terms = enumerate(zip(marks[at], weights, strict=True))
        return sum((m * w * (factor if c in group else 1) for c, (m, w) in terms), Fraction(0))

    def is_first(factor: Fraction) -> bool:
        return all(score(row, factor) >= score(at, factor) for at in range(len(marks)))

    crossings = {Fraction(0)}
    for other in range(len(marks)):
        fixed = score(row, Fraction(0)) - score(other, Fraction(0))
        slope = score(row, Fraction(1)) - score(other, Fraction(1)) - fixed
        if slope and -fixed / slope > 0:
            crossings.add(-fixed / slope)
    ends = sorted(crossings)
    tried = [(one, one) for one in ends if is_first(one)]
    for low, high in itertools.pairwise(ends):
        if is_first((low + high) / 2):
            tried.append((low, high))
    endless = is_first(ends[-1] + 1)
    if endless:
        return min([ends[-1], *(low for low, _ in tried)]), None
    return (min(low for low, _ in tried), max(high for _, high in tried)) if tried else None
