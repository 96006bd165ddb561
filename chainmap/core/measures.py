"""How well an order finds what is looked for: precision, recall, average precision, with ties.

Where scores tie, each measure is its mean over all orders of the tied rows, worked out exactly:
McSherry and Najork 2008, "Computing information retrieval performance measures efficiently in the
presence of tied scores", ECIR. The bootstrap resamples whole groups: Davison and Hinkley 1997,
"Bootstrap methods and their application", section 3.8 (hierarchical data). Random numbers: Salmon,
Moraes, Dror and Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3" (Philox).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Measures:
    """Precision and recall by k, and average precision; nan where there is nothing to find.

    precision: share of the first k that are positive, of all rows where there are fewer. recall:
    share of the positives that are among the first k.
    """

    precision: dict[int, float]
    recall: dict[int, float]
    average_precision: float


@dataclass(frozen=True, slots=True, eq=False)
class Order:
    """Rows by falling score: (rows,) each; ``starts`` (ties,) is where each tie begins."""

    order: Counts
    positive: Flags
    starts: Counts


def ordered(scores: Floats, positive: Flags) -> Order:
    """Sort once what is measured often. Shapes (rows,). ValueError for scores not finite."""
    if not np.isfinite(scores).all():
        raise ValueError("scores must be finite numbers")
    order = np.argsort(-scores, kind="stable")
    return Order(order, positive[order], np.flatnonzero(np.diff(scores[order], prepend=np.inf)))


def measure(
    scores: Floats, positive: Flags, ks: Sequence[int], copies: Counts | None = None
) -> Measures:
    """The measures of the order by falling score.

    scores, positive: (rows,). copies: (rows,) how often each row counts, once by default. Raises
    ValueError for scores that are not finite. O(rows log rows).
    """
    return pooled([ordered(scores, positive)], ks, None if copies is None else [copies])


def pooled(
    orders: Sequence[Order], ks: Sequence[int], copies: Sequence[Counts] | None = None
) -> Measures:
    """The measures of several orders together, every row counting once.

    Each order has a first k of its own: precision is what was found in them over their places,
    recall over all positives, and average precision the mean, over all positives, of the
    precision at their place in their own order. copies: (rows,) for each order. O(rows).
    """
    ties = [
        _ties(one, None if copies is None else copies[at].astype(np.int64, copy=False))
        for at, one in enumerate(orders)
    ]
    positives = sum(int(found.sum()) for _, found in ties)
    rows = [int(sizes.sum()) for sizes, _ in ties]
    among = {k: math.fsum(_among(k, sizes, found) for sizes, found in ties) for k in ks}
    places = {k: sum(min(k, count) for count in rows) for k in ks}
    total = math.fsum(term for sizes, found in ties for term in _averages(sizes, found))
    return Measures(
        {k: among[k] / places[k] if places[k] else math.nan for k in ks},
        {k: among[k] / positives if positives else math.nan for k in ks},
        total / positives if positives else math.nan,
    )


def _ties(one: Order, copies: Counts | None) -> tuple[Counts, Counts]:
    """Rows and positives of each tie, ties without rows left out."""
    if not len(one.starts):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    weights = np.ones(len(one.order), dtype=np.int64) if copies is None else copies[one.order]
    sizes = np.add.reduceat(weights, one.starts)
    found = np.add.reduceat(weights * one.positive, one.starts)
    kept = sizes > 0
    return sizes[kept], found[kept]


def _among(k: int, sizes: Counts, found: Counts) -> float:
    """Positives expected among the first k: of a tie that is cut, its share."""
    before = np.cumsum(sizes) - sizes
    inside = np.clip(k - before, 0, sizes)
    return math.fsum((inside / sizes * found)[inside > 0].tolist())


def _averages(sizes: Counts, found: Counts) -> list[float]:
    """The precision at the place of every positive, added up tie by tie.

    At the i-th place of a tie of n rows with r positives, behind t rows with p positives, a
    positive stands with chance r/n, and with it p + 1 + (i - 1)c are found, c = (r - 1)/(n - 1).
    Over i the sum of (p + 1 + (i - 1)c)/(t + i) is cn + (p + 1 - c(t + 1)) (H(t + n) - H(t)) with
    harmonic numbers H.
    """
    at = np.flatnonzero(found)
    n, r = sizes[at], found[at]
    t, p = np.cumsum(sizes)[at] - n, np.cumsum(found)[at] - r
    c = (r - 1) / np.maximum(n - 1, 1)
    harmonic = _harmonic(1 << int(sizes.sum()).bit_length())
    tied = r / n * (c * n + (p + 1 - c * (t + 1)) * (harmonic[t + n] - harmonic[t]))
    whole: list[float] = np.where(n == 1, (p + 1) / (t + 1), tied).tolist()
    return whole


@lru_cache(maxsize=8)
def _harmonic(count: int) -> Floats:
    """Harmonic numbers H(0) to H(count - 1)."""
    return np.concatenate([[0.0], np.cumsum(1 / np.arange(1, count))])


def bootstrap(
    value: Callable[[Counts], float], groups: int, rounds: int, seed: int
) -> tuple[float, float]:
    """Ends of the 90 % interval of a value when whole groups are drawn again, with replacement.

    ``value`` takes how often each of the groups was drawn. Rounds in which it is nan are left
    out. Each round has a counter of its own, so that a longer run begins like a shorter one, and
    the same seed gives the same on every machine. nan where no round has a value.
    """
    drawn = []
    for at in range(rounds):
        bits = np.random.Philox(key=seed, counter=[0, 0, 0, at])
        uniform = np.random.Generator(bits).random(groups)
        copies = np.bincount((uniform * groups).astype(np.int64), minlength=groups)
        one = value(copies)
        if not math.isnan(one):
            drawn.append(one)
    if not drawn:
        return math.nan, math.nan
    low, high = np.quantile(drawn, (0.05, 0.95), method="inverted_cdf")
    return float(low), float(high)
