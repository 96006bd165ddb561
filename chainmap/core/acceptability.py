"""Who wins how often, under which weights, and what knowing would change: arithmetic on arrays.

All of it rests on draws of weights and unknown quantities that are given (see ``core.mcda``);
nothing is drawn here. Totals that round to the same billionth are equal, as they are there.

References: Lahdelma and Salminen 2001, "SMAA-2: Stochastic multicriteria acceptability analysis
for group decision making", Operations Research 49 (first-place acceptability, central weights,
confidence factors); Leskinen, Viitanen, Kangas and Kangas 2006, "Alternatives to incorporate
uncertainty and risk attitude in multicriteria evaluation of forest plans", Forest Science 52
(pairwise winning shares); Felli and Hazen 1998, "Sensitivity analysis and the expected value of
perfect information", Medical Decision Making 18 (what knowing one quantity is worth).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import chain as joined
from typing import Any

import numpy as np

from chainmap.core.mcda import (
    ALIKE,
    WORTH_THREADS,
    Floats,
    Integers,
    Unknown,
    check,
    layers_of,
    parts_of,
    totals_of,
)
from chainmap.core.sieve import Found, Sieve

# Scores of one chunk: they and their copies stay within the cache of a core.
IN_CACHE = 2**16


@dataclass(frozen=True, eq=False)
class Members:
    """Which rows are among the first k of which draws: only those that are, by draw and row.

    draw, row: (n,) int. share: (n,), 1 for a row that is in; rows that tie across the border
    share the places left. draws, rows: how many there are.
    """

    draw: Integers
    row: Integers
    share: Floats
    draws: int
    rows: int

    @property
    def shares(self) -> Floats:
        """The share of the draws in which each row is in: (rows,), sums to min(k, rows)."""
        return np.bincount(self.row, weights=self.share, minlength=self.rows) / self.draws

    @cached_property
    def _seen(self) -> tuple[int, Integers]:
        """How many rows are ever in, and for each entry which of them it is."""
        ever, which = np.unique(self.row, return_inverse=True)
        return len(ever), which


def members(
    values: Floats,
    weights: Floats,
    unknown: Sequence[Unknown],
    top: int,
    *,
    chunk: int | None = None,
) -> Members:
    """Which rows are among the first ``top`` in each draw: a rough look first, then a partial sort.

    Arguments as for ``mcda.robust``, whose p_top is ``shares`` to the bit.
    O(draws * rows * criteria).

    Raises ValueError as ``robust`` does.

    >>> members(np.array([[9.0], [5.0], [5.0]]), np.ones((4, 1)), [], 2).shares.tolist()
    [1.0, 0.5, 0.5]
    """
    if top < 1:
        raise ValueError(f"top must be 1 or more, not {top!r}")
    check(values, weights, unknown)
    rows, draws = len(values), len(weights)
    if rows == 0:
        none = np.zeros(0, dtype=np.int64)
        return Members(none, none, np.zeros(0), draws, 0)
    layers = list(layers_of(unknown, values.shape[1]))
    workers = min(4, os.cpu_count() or 1) if rows * draws > WORTH_THREADS else 1
    sieve = Sieve(values, weights, layers, top)
    size = chunk or (sieve.block if sieve.pays else max(1, IN_CACHE // rows))
    with ThreadPoolExecutor(workers) as pool:
        found = list(pool.map(partial(_at_least, sieve), parts_of(draws, rows, size, workers)))
    draw, row, key = (np.concatenate(column) for column in zip(*joined(*found), strict=True))
    return Members(draw, row, _shares(draw, key, draws, top), draws, rows)


def _at_least(sieve: Sieve, part: slice) -> list[Found]:
    """The rows that are not below place ``top``, ties at the border included."""
    if sieve.pays:
        return list(sieve.found(part))
    totals, top = totals_of(sieve.values, sieve.weights, sieve.layers, part), sieve.top
    keys = np.rint(totals * -ALIKE, order="C")
    if top < keys.shape[1]:
        border = np.partition(keys, top - 1, axis=1)[:, top - 1, None]
        draw, row = np.nonzero(keys <= border)
    else:
        draw, row = np.nonzero(np.ones_like(keys, dtype=bool))
    return [(draw + part.start, row, keys[draw, row])]


def _shares(draw: Integers, key: Floats, draws: int, top: int) -> Floats:
    """What each entry has of the first ``top`` places; the worst of a draw share what is left."""
    border = np.full(draws, -np.inf)
    np.maximum.at(border, draw, key)
    tied = key == border[draw]
    ties = np.bincount(draw[tied], minlength=draws)
    above = np.bincount(draw, minlength=draws) - ties
    left = np.clip((top - above) / ties, 0, 1)
    return np.where(tied, left[draw], 1.0)


def wins(values: Floats, weights: Floats, unknown: Sequence[Unknown], rows: Integers) -> Floats:
    """How often each of some rows is above each other one: (k, k), half where they are equal.

    ``rows`` (k,): which ones, each once. found[i, j] + found[j, i] is 1.
    """
    check(values, weights, unknown)
    picked = _only(unknown, rows, len(values))
    layers = list(layers_of(picked, values.shape[1]))
    count, draws = len(rows), len(weights)
    doubled = np.zeros((count, count), dtype=np.int64)
    for part in parts_of(draws, count, max(1, IN_CACHE // max(1, count * count)), 1):
        keys = np.rint(totals_of(values[rows], weights, layers, part) * -ALIKE, order="C")
        one, other = keys[:, :, None], keys[:, None, :]
        doubled += 2 * (one < other).sum(axis=0) + (one == other).sum(axis=0)
    return doubled / (2 * draws)


def central(first: Members, weights: Floats) -> Floats:
    """The mean of the weights under which each row is first: (rows, criteria).

    ``first`` are the members of the first place; a draw that rows share counts for each by its
    share. NaN for a row that is never first.
    """
    whole = np.bincount(first.row, weights=first.share, minlength=first.rows)
    found = np.empty((first.rows, weights.shape[1]))
    for criterion, weight in enumerate(weights.T):
        share = first.share * weight[first.draw]
        found[:, criterion] = np.bincount(first.row, weights=share, minlength=first.rows)
    with np.errstate(invalid="ignore"):
        return np.where(whole[:, None] > 0, found / whole[:, None], np.nan)


def confidence(
    values: Floats, unknown: Sequence[Unknown], central: Floats, rows: Integers, draws: int
) -> Floats:
    """How often each of some rows is first when its central weights hold: (k,), the confidence.

    What is unknown still varies over its draws. NaN for a row without central weights.
    """
    found = np.full(len(rows), np.nan)
    moves = _Moves(unknown, len(values))
    for at, row in enumerate(rows):
        if np.isnan(central[row]).any():
            continue
        near = moves.within_reach(values, central[row])
        fixed = np.broadcast_to(central[row], (draws, values.shape[1]))
        rivals = moves.of(near)
        shares = members(values[near], fixed, rivals, 1).shares
        own = np.flatnonzero(near == row)
        found[at] = shares[own[0]] if len(own) else 0.0
    return found


class _Moves:
    """Unknown quantities, asked many times which rows they can move how far."""

    def __init__(self, unknown: Sequence[Unknown], rows: int) -> None:
        self.unknown, self.rows = unknown, rows
        none = np.zeros(0, dtype=np.int64)
        counts = [len(part.rows) for part in unknown]
        self._row = np.concatenate([none, *(part.rows for part in unknown)])
        self._part = np.repeat(np.arange(len(unknown)), counts)
        self._criterion = np.array([part.criterion for part in unknown], dtype=np.int64)
        scale = np.concatenate([np.zeros(0), *(part.scale for part in unknown)])
        ends = [
            scale * np.repeat([end(part.drawn) for part in unknown], counts)
            for end in (np.min, np.max)
        ]
        self._low, self._high = np.minimum(*ends), np.maximum(*ends)

    def within_reach(self, values: Floats, weights: Floats) -> Integers:
        """The rows that can be first in some draw under these weights; all others cannot."""
        known = values @ weights
        weight = weights[self._criterion][self._part]
        low, high = (
            known + np.bincount(self._row, weights=weight * end, minlength=self.rows)
            for end in (self._low, self._high)
        )
        return np.flatnonzero(high >= low.max() - 1e-6)

    def of(self, rows: Integers) -> list[Unknown]:
        """The quantities as they bear on some rows, which are counted anew."""
        near = np.zeros(self.rows, dtype=bool)
        near[rows] = True
        bearing = np.unique(self._part[near[self._row]])
        return _only([self.unknown[at] for at in bearing], rows, self.rows)


def _only(unknown: Sequence[Unknown], rows: Integers, count: int) -> list[Unknown]:
    """The unknown quantities as they bear on some rows, which are counted anew."""
    place = np.full(count, -1)
    place[rows] = np.arange(len(rows))
    found = []
    for part in unknown:
        at = place[part.rows]
        kept = at >= 0
        if kept.any():
            found.append(Unknown(part.criterion, at[kept], part.drawn, part.scale[kept]))
    return found


def first_when(marks: Floats, weights: Floats, group: Integers) -> tuple[Floats, Floats]:
    """With what factor on the weights of a group each row comes first, or shares first place.

    marks: (rows, criteria); weights: (criteria,), as stated; group: the criteria whose weights
    are multiplied. Returns (low, high), each (rows,): every factor from low to high does it,
    1 being the weights as stated and inf no end; NaN where none from 0 up does.

    A total is linear in the factor, so that who leads is the upper envelope of lines.

    >>> first_when(np.array([[9.0, 0.0], [5.0, 6.0]]), np.array([0.5, 0.5]), np.array([1]))[0]
    array([0.        , 0.66666667])
    """
    inside = np.zeros(marks.shape[1], dtype=bool)
    inside[group] = True
    fixed = marks[:, ~inside] @ weights[~inside]
    slope = marks[:, inside] @ weights[inside]
    low, high = np.full(len(marks), np.nan), np.full(len(marks), np.nan)
    for row in range(len(marks)):
        ahead, gains = fixed[row] - fixed, slope[row] - slope
        even = np.abs(gains) < 1 / ALIKE
        if (ahead[even] < -1 / ALIKE).any():
            continue
        up, down = gains >= 1 / ALIKE, gains <= -1 / ALIKE
        least = max(0.0, (-ahead[up] / gains[up]).max(initial=0.0))
        most = (ahead[down] / -gains[down]).min(initial=np.inf)
        if least <= most + 1 / ALIKE:
            low[row], high[row] = least, max(least, most)
    return low, high


def swaps(scores: Floats, rows: Integers, drawn: Floats, top: int) -> float:
    """How many of the first ``top`` would leave, on average, were a quantity known.

    scores: (rows,), highest first, the order as printed. rows: (m,), those that the quantity
    bears on, each once. drawn: (draws, m), their scores in each draw when it alone is known and
    all else stays as it is. Equal scores stand in their printed order. There is no bias from
    few draws: every list is that of one value of the quantity.

    >>> swaps(np.array([70.0, 50.0]), np.array([1]), np.array([[90.0], [60.0]]), 1)
    0.5
    """
    top = min(top, len(scores))
    others = np.ones(len(scores), dtype=bool)
    others[rows] = False
    # Of rows that it does not bear on only the first ``top`` can ever be in.
    pool = np.sort(np.concatenate([np.flatnonzero(others)[:top], rows]))
    keys = np.tile(np.rint(scores[pool] * -ALIKE), (len(drawn), 1))
    keys[:, np.searchsorted(pool, rows)] = np.rint(drawn * -ALIKE)
    border = np.partition(keys, top - 1, axis=1)[:, top - 1, None]
    above, tied = keys < border, keys == border
    room = top - above.sum(axis=1, keepdims=True)
    inside = above | (tied & (np.cumsum(tied, axis=1) <= room))
    return top - float(inside[:, pool < top].sum(axis=1).mean())


def parts(drawn: Floats, count: int) -> Integers:
    """Which of ``count`` equal parts of its range each draw falls in: (draws,), from 0.

    By rank, so that the parts hold the same number of draws; equal ones in the order of draws.
    """
    found = np.empty(len(drawn), dtype=np.int64)
    found[np.argsort(drawn, kind="stable")] = np.arange(len(drawn)) * count // len(drawn)
    return found


def gain(found: Members, groups: Integers, top: int) -> float:
    """How many more names of a list of ``top`` would be right, were it known which group holds.

    The best list has the rows that are most often among the first ``top``; how often they are,
    added up, is how many of its names one may expect to be right. Knowing the group, the list is
    made anew in each. That is the expected value of partial perfect information for the choice
    of a set: never negative, and with few draws too large, for some rows look better in a group
    by chance alone (compare with groups that mean nothing).

    groups: (draws,), from 0.
    """
    count, which = found._seen
    number = int(groups.max()) + 1
    cell = groups[found.draw] * count + which
    summed: Any = np.bincount(cell, weights=found.share, minlength=number * count)
    cells = summed.reshape(number, count)
    return float(_best(cells, top).sum() - _best(cells.sum(axis=0)[None], top)[0]) / found.draws


def _best(shares: Floats, top: int) -> Any:
    """The sum of the largest ``top`` of each line."""
    if top >= shares.shape[1]:
        return shares.sum(axis=1)
    return np.partition(shares, shares.shape[1] - top, axis=1)[:, -top:].sum(axis=1)
