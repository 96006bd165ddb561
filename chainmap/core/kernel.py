"""The loops of ``core.fused``, compiled by numba; imported only where they are run.

marks: (criteria, rows); weights: (draws, criteria); moves: (quantities, draws), what was drawn.
Lists of a draw hold a key for each row that may be among the first, the lower the better.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np

PIECE = 16  # totals that are looked at together before any of them is by itself
PIECES = 256  # and those before any piece is


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function compiled at its first call; kept on disk where numba finds a place for it."""
    try:
        found: Callable[..., Any] = numba.njit(nogil=True, cache=True)(function)
    except RuntimeError:
        found = numba.njit(nogil=True)(function)
    return found


@compiled
def score(totals: Any, marks: Any, begin: int, count: int, weights: Any) -> None:
    """Totals of a block of rows in one draw, criterion by criterion, four of them at a time."""
    criteria, end = len(weights), begin + count
    out = totals[:count]
    out[:] = 0.0
    at = 0
    while at + 4 <= criteria:
        a, b, c, d = weights[at], weights[at + 1], weights[at + 2], weights[at + 3]
        one, two = marks[at, begin:end], marks[at + 1, begin:end]
        three, four = marks[at + 2, begin:end], marks[at + 3, begin:end]
        for row in range(count):
            total = out[row] + one[row] * a
            total = total + two[row] * b
            total = total + three[row] * c
            out[row] = total + four[row] * d
        at += 4
    while at < criteria:
        a, one = weights[at], marks[at, begin:end]
        for row in range(count):
            out[row] = out[row] + one[row] * a
        at += 1


@compiled
def reach(totals: Any, begin: int, end: int, least: float) -> int:
    """How many totals are not below what is needed; without a branch, so that it is quick."""
    found = 0
    for total in totals[begin:end]:
        found += 1 if total >= least else 0
    return found


@compiled
def passing(totals: Any, count: int, least: float, found: Any) -> Any:
    """Which totals are not below what is needed: nearly all are passed over by the hundred."""
    number = 0
    for many in range(0, count, PIECES):
        last = min(many + PIECES, count)
        if reach(totals, many, last, least) == 0:
            continue
        for few in range(many, last, PIECE):
            end = min(few + PIECE, last)
            if reach(totals, few, end, least) == 0:
                continue
            for row in range(few, end):
                if totals[row] >= least:
                    found[number] = row
                    number += 1
    return found[:number]


@compiled
def surely(totals: Any, count: int, top: int) -> float:
    """A total that at least ``top`` of them reach, near that of place ``top``.

    The ``top``-th best of the bests of small groups; minus infinity where groups are too few.
    """
    size = max(1, count // (2 * top))
    groups = count // size
    if groups < top:
        return -np.inf
    bests = np.empty(groups)
    for group in range(groups):
        best = totals[group * size]
        for total in totals[group * size + 1 : group * size + size]:
            best = max(best, total)
        bests[group] = best
    bests.sort()
    found: float = bests[groups - top]
    return found


@compiled
def weed(keys: Any, who: Any, kept: int, top: int) -> tuple[float, int]:
    """Leave out of a list what is worse than its ``top``-th best: that key, and how many stay."""
    worst = np.sort(keys[:kept])[top - 1]
    left = 0
    for place in range(kept):
        if keys[place] <= worst:
            keys[left], who[left] = keys[place], who[place]
            left += 1
    return worst, left


@compiled
def twice(lists: Any) -> Any:
    """The same lists with room for twice as much."""
    longer = np.empty((lists.shape[0], 2 * lists.shape[1]), dtype=lists.dtype)
    longer[:, : lists.shape[1]] = lists
    return longer


@compiled
def collected(keys: Any, who: Any, kept: Any) -> Any:
    """The lists end to end: draw, row and key."""
    number = kept.sum()
    draw, row = np.empty(number, dtype=np.int64), np.empty(number, dtype=np.int64)
    key = np.empty(number)
    at = 0
    for one in range(len(kept)):
        for place in range(kept[one]):
            draw[at], row[at], key[at] = one, who[one, place], keys[one, place]
            at += 1
    return draw, row, key


@compiled
def first_of_each(
    marks: Any, weights: Any, top: int, room: int, block: int, alike: float, moves: Any,
    row_of: Any, criterion_of: Any, quantity_of: Any, scale_of: Any,
) -> Any:  # fmt: skip
    """The rows that are not below place ``top`` in each draw, ties included: draw, row, key.

    A list that is full is weeded out; where ties fill one, all are made longer.
    """
    draws, rows = len(weights), marks.shape[1]
    kept = np.zeros(draws, dtype=np.int64)
    who, keys = np.empty((draws, room), dtype=np.int64), np.empty((draws, room))
    worst = np.full(draws, np.inf)  # no key above it is needed
    cut = np.full(draws, -np.inf)  # and so no total below it
    totals, found = np.empty(block), np.empty(block, dtype=np.int64)
    after = 0
    for begin in range(0, rows, block):
        count, entry = min(block, rows - begin), after
        while after < len(row_of) and row_of[after] < begin + count:
            after += 1
        for draw in range(draws):
            score(totals, marks, begin, count, weights[draw])
            for at in range(entry, after):
                moved = moves[quantity_of[at], draw] * weights[draw, criterion_of[at]]
                totals[row_of[at] - begin] += moved * scale_of[at]
            if begin == 0:
                # A billionth below what is needed, so that rounding shuts nothing out.
                cut[draw] = surely(totals, count, top) - 1.0 / alike
            for row in passing(totals, count, cut[draw], found):
                if totals[row] < cut[draw]:
                    continue
                key = np.rint(totals[row] * -alike)
                if kept[draw] == room and key <= worst[draw]:
                    worst[draw], kept[draw] = weed(keys[draw], who[draw], room, top)
                    cut[draw] = -(worst[draw] + 1.0) / alike
                    if kept[draw] == room:
                        who, keys, room = twice(who), twice(keys), 2 * room
                if key <= worst[draw]:
                    keys[draw, kept[draw]], who[draw, kept[draw]] = key, begin + row
                    kept[draw] += 1
    for draw in range(draws):
        worst[draw], kept[draw] = weed(keys[draw], who[draw], kept[draw], top)
    return collected(keys, who, kept)
