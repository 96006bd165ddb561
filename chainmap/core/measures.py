"""How well an order finds what is looked for: precision, recall, average precision, with ties.

Where scores tie, each measure is its mean over all orders of the tied rows, worked out exactly:
McSherry and Najork 2008, "Computing information retrieval performance measures efficiently in the
presence of tied scores", ECIR. The bootstrap resamples whole groups: Davison and Hinkley 1997,
"Bootstrap methods and their application", section 3.8 (hierarchical data).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Measures:
    """Precision and recall by k, and average precision; nan where there is nothing to find.

    precision: share of the first k that are positive (k itself is the divisor, also where fewer
    rows are there). recall: share of the positives that are among the first k.
    """

    precision: dict[int, float]
    recall: dict[int, float]
    average_precision: float


def measure(
    scores: Floats, positive: Flags, ks: Sequence[int], copies: Counts | None = None
) -> Measures:
    """The measures of the order by falling score.

    scores, positive: (rows,). copies: (rows,) how often each row counts, once by default. Raises
    ValueError for scores that are not finite. O(rows log rows).
    """
    if not np.isfinite(scores).all():
        raise ValueError("scores must be finite numbers")
    counted = np.ones(len(scores), dtype=np.int64) if copies is None else copies.astype(np.int64)
    order = np.argsort(-scores, kind="stable")
    order = order[counted[order] > 0]
    ranked, weights = scores[order], counted[order]
    hits = weights * positive[order]
    starts = np.flatnonzero(np.diff(ranked, prepend=np.inf))
    sizes = np.add.reduceat(weights, starts) if len(starts) else np.zeros(0, dtype=np.int64)
    found = np.add.reduceat(hits, starts) if len(starts) else np.zeros(0, dtype=np.int64)
    total = int(found.sum())
    top = {k: _among(k, sizes, found) for k in ks}
    return Measures(
        {k: among / k for k, among in top.items()},
        {k: among / total if total else math.nan for k, among in top.items()},
        _average(sizes, found, total),
    )


def _among(k: int, sizes: Counts, found: Counts) -> float:
    """Positives expected among the first k: of a tie that is cut, its share."""
    before = np.cumsum(sizes) - sizes
    inside = np.clip(k - before, 0, sizes)
    return math.fsum((inside / np.maximum(sizes, 1) * found).tolist())


def _average(sizes: Counts, found: Counts, total: int) -> float:
    """Average precision, the mean over the orders within each tie.

    At the i-th place of a tie of n rows with r positives, behind t rows with p positives, a
    positive stands with chance r/n, and with it p + 1 + (i - 1)(r - 1)/(n - 1) are found.
    """
    if not total:
        return math.nan
    terms: list[float] = []
    behind = above = 0
    for n, r in zip(sizes.tolist(), found.tolist(), strict=True):
        if r:
            place = np.arange(1, n + 1)
            others = (place - 1) * ((r - 1) / (n - 1)) if n > 1 else np.zeros(1)
            terms += (r / n * (above + 1 + others) / (behind + place)).tolist()
        behind, above = behind + n, above + r
    return math.fsum(terms) / total


def bootstrap(
    value: Callable[[Counts], float], groups: int, rounds: int, seed: int
) -> tuple[float, float]:
    """Ends of the 90 % interval of a value when whole groups are drawn again, with replacement.

    ``value`` takes how often each of the groups was drawn. Rounds in which it is nan are left
    out. The same for the same seed on every machine (Philox). nan where no round has a value.
    """
    bits = np.random.Generator(np.random.Philox(key=seed))
    drawn = []
    for _ in range(rounds):
        copies = np.bincount(bits.integers(0, groups, groups), minlength=groups)
        one = value(copies)
        if not math.isnan(one):
            drawn.append(one)
    if not drawn:
        return math.nan, math.nan
    low, high = np.quantile(drawn, (0.05, 0.95), method="inverted_cdf")
    return float(low), float(high)
