"""Ranks under weights and marks that are not known exactly (SMAA), as arithmetic on arrays.

A row has a mark on each criterion and a total, the sum of weight times mark. Where weights are
a matter of opinion and some marks are only known to lie in a range, both are drawn many times
and what is reported is how a row's rank spreads over the draws.

References: Lahdelma, Hokkanen and Salminen 1998, "SMAA - Stochastic multiobjective acceptability
analysis", European Journal of Operational Research 106; Lahdelma and Salminen 2001, "SMAA-2:
Stochastic multicriteria acceptability analysis for group decision making", Operations Research
49 (P(top k) is the sum of its first k rank acceptability indices). Random numbers: Salmon,
Moraes, Dror and Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3" (Philox).
"""

from __future__ import annotations

import hashlib
import math
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

SCHEMES = ("around", "any", "order")
WORTH_THREADS = 200_000  # scores from which several threads pay; numpy works outside the lock
MEMORY = 64 * 2**20  # bytes that the arrays of one chunk of draws may take together
BYTES_A_SCORE = 72  # scores and their copies, order, places: nine words for each, measured
ALIKE = 1e9  # totals are equal when they round to the same billionth


@dataclass(frozen=True, slots=True, eq=False)
class Unknown:
    """One unknown quantity and the marks that it moves, on one criterion.

    It adds ``scale[i] * drawn[d]`` to the mark of row ``rows[i]`` in draw d; what is known of the
    mark is its entry in the array of values (0 where nothing is). Rows that share the quantity
    share its draws. A quantity that moves several criteria is given once for each.

    Shapes: rows (m,) int, each row once; drawn (draws,), in points; scale (m,), without unit.
    """

    criterion: int
    rows: Integers
    drawn: Floats
    scale: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Robust:
    """How the rank of each row spreads over the draws; every array is (rows,).

    p05, p95: int, ends of the 90 % interval; p25, p75: of the 50 % one. median: float, rank.
    p_top: share of the draws in which the row is among the first k. p_top_error: its standard
    error from the draws alone.
    """

    p05: Integers
    p25: Integers
    p75: Integers
    p95: Integers
    median: Floats
    p_top: Floats
    p_top_error: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """Marks of one criterion moved by unknown quantities, each row once."""

    criterion: int
    drawn: list[Floats]  # (draws,) for each quantity
    rows: Integers  # (m,)
    quantity: Integers  # (m,), into drawn
    scale: Floats  # (m,)


def stated(weights: Mapping[str, float]) -> Floats:
    """Weights over their sum, in the order of the mapping: (criteria,), float64, sums to 1.

    Raises ValueError where a weight is negative or not finite, or where none is positive.

    >>> stated({"gap": 3, "fit": 1}).tolist()
    [0.75, 0.25]
    """
    for name, weight in weights.items():
        if not (math.isfinite(weight) and weight >= 0):
            raise ValueError(f"weight of {name!r} must be a number from 0 up, not {weight!r}")
    total = math.fsum(weights.values())
    if not total > 0:
        raise ValueError("no weight is positive")
    return np.array([weight / total for weight in weights.values()], dtype=np.float64)


def draw_weights(stated: Floats, scheme: str, kappa: float, draws: int, seed: int) -> Floats:
    """Draw weights: (draws, criteria), every line sums to 1, where stated is 0 it stays 0.

    ``around``: Dirichlet(kappa * stated); the larger kappa, the closer to what is stated (a
    weight w has variance w(1 - w)/(kappa + 1)). ``any``: every set of weights is as likely as
    any other. ``order``: the same, sorted so that a larger stated weight is never drawn smaller;
    equal ones fall in any order among themselves.

    The result depends on the arguments alone. In all three schemes the first m lines of a longer
    run equal a run of m. ``any`` and ``order`` rest on Philox words alone; ``around`` also on
    how numpy makes gamma variates, which a later numpy may change.

    Raises ValueError for an unknown scheme, kappa not positive, or no draws.

    >>> draw_weights(stated({"a": 2, "b": 1, "c": 0}), "order", 30, 2, seed=1).round(3).tolist()
    [[0.801, 0.199, 0.0], [0.99, 0.01, 0.0]]
    """
    _need_draws(draws)
    if scheme not in SCHEMES:
        raise ValueError(f"unknown scheme {scheme!r}: one of {', '.join(SCHEMES)}")
    if not (math.isfinite(kappa) and kappa > 0):
        raise ValueError(f"kappa must be a number above 0, not {kappa!r}")
    positive = np.flatnonzero(stated > 0)
    stream = _stream(seed, scheme, b"weights")
    if scheme == "around":
        drawn = stream.dirichlet(kappa * stated[positive], size=draws)
    else:
        drawn = -np.log1p(-stream.random((draws, len(positive))))
        drawn /= drawn.sum(axis=1, keepdims=True)
    if scheme == "order":
        drawn = _onto_order(drawn, stated[positive])
    weights = np.zeros((draws, len(stated)))
    weights[:, positive] = drawn
    return weights


def draw_uniform(name: str, low: float, high: float, draws: int, seed: int) -> Floats:
    """Draw one unknown quantity, uniform from low to high: (draws,), in the unit of its range.

    Its stream is keyed by name and seed, so that no other quantity changes it and the first m
    of a longer run equal a run of m, on every machine.

    Raises ValueError for a range that is not finite or runs backwards, or for no draws.

    >>> draw_uniform("gap:ic/wafer", 30, 70, 2, seed=1).round(3).tolist()
    [44.559, 31.311]
    """
    return draw_uniforms({name: (low, high)}, draws, seed)[name]


def draw_uniforms(
    ranges: Mapping[str, tuple[float, float]], draws: int, seed: int
) -> dict[str, Floats]:
    """Draw several unknown quantities: by name what ``draw_uniform`` gives, at half the cost.

    ``ranges`` maps each name to its lowest and highest value.
    """
    _need_draws(draws)
    bits = np.random.Philox(key=0)
    generator, state = np.random.Generator(bits), bits.state
    drawn = np.empty((len(ranges), draws))
    counter = np.zeros(4, dtype=np.uint64)
    for at, (name, (low, high)) in enumerate(ranges.items()):
        _need_range(name, low, high)
        # The state of a generator that was made with this key and has not been used.
        key = np.frombuffer(_key(seed, name, b"quantity"), dtype="<u8").astype(np.uint64)
        state["state"] = {"counter": counter, "key": key}
        state |= {"buffer_pos": 4, "has_uint32": 0, "uinteger": 0}
        bits.state = state
        generator.random(out=drawn[at])
        drawn[at] *= high - low
        drawn[at] += low
        np.minimum(drawn[at], high, out=drawn[at])  # the product may round up past the end
    return dict(zip(ranges, drawn, strict=True))


def scores(
    values: Floats,
    weights: Floats,
    unknown: Sequence[Unknown] = (),
    *,
    chunk: int | None = None,
) -> Iterator[Floats]:
    """Totals of every row, chunk after chunk of draws: each (draws of the chunk, rows).

    values: (rows, criteria), in points, the known part of each mark. weights: (draws, criteria).
    chunk: draws at a time; by default what fits into ``MEMORY``. A total is the same to the last
    bit whatever the chunk and the other rows: it is added up criterion by criterion, and not by
    a matrix product, whose order of additions depends on its shape.

    Raises ValueError where shapes do not fit or a number is not finite.

    >>> list(scores(np.array([[10.0, 0.0], [0.0, 8.0]]), np.array([[0.5, 0.5]])))
    [array([[5., 4.]])]
    """
    check(values, weights, unknown)
    layers = list(layers_of(unknown, values.shape[1]))
    for part in parts_of(len(weights), len(values), chunk, 1):
        yield totals_of(values, weights, layers, part)


def parts_of(draws: int, rows: int, chunk: int | None, workers: int) -> list[slice]:
    """The draws in chunks; those that are worked on at once share the memory."""
    size = chunk or max(1, MEMORY // workers // (BYTES_A_SCORE * max(1, rows)))
    size = min(size, -(-draws // workers))
    return [slice(start, min(start + size, draws)) for start in range(0, draws, size)]


def robust(
    values: Floats,
    weights: Floats,
    unknown: Sequence[Unknown],
    top: int,
    *,
    chunk: int | None = None,
) -> Robust:
    """Rank every row in every draw, and say how its rank spreads.

    The rank in a draw is 1 + rows strictly above + half of the other rows equal to it, totals
    rounded to 1e-9. The interval's ends are the smallest ranks that 5 % and 95 % of the draws do
    not exceed, the first rounded down and the second up; those of 25 % and 75 % likewise. The
    median is the mean of the middle two where the draws are even in number. Rows that tie across
    place ``top`` share the places left, so that p_top sums to min(top, rows); such a row can have
    a share of the first k although its rank, the middle of the tie, lies past k.

    Arguments as for ``scores``; the result does not depend on ``chunk``. Beside the chunk there
    is one array of all ranks, 4 bytes for each row and draw. O(draws * rows * (criteria +
    log rows)).

    Raises ValueError as ``scores`` does, and for top below 1.

    >>> found = robust(np.array([[9.0], [5.0], [5.0]]), np.ones((10, 1)), [], top=2)
    >>> found.p05.tolist(), found.p95.tolist(), found.p_top.tolist()
    ([1, 2, 2], [1, 3, 3], [1.0, 0.5, 0.5])
    """
    if top < 1:
        raise ValueError(f"top must be 1 or more, not {top!r}")
    count, draws = len(values), len(weights)
    doubled = np.empty((count, draws), dtype=np.int32)  # twice the rank: a whole number
    inside, squared = np.zeros(count), np.zeros(count)
    check(values, weights, unknown)
    layers = list(layers_of(unknown, values.shape[1]))
    workers = min(4, os.cpu_count() or 1) if count * draws > WORTH_THREADS else 1
    parts = parts_of(draws, count, chunk, workers)

    def places(part: slice) -> tuple[npt.NDArray[np.int32], Floats]:
        return _places(totals_of(values, weights, layers, part), top)

    with ThreadPoolExecutor(workers) as pool:
        for first in range(0, len(parts), workers):
            together = parts[first : first + workers]
            # What they find is added up in the order of the draws, whoever is ready first.
            for part, (ranks, shares) in zip(together, pool.map(places, together), strict=True):
                doubled[:, part] = ranks.T
                for share in shares:  # draw by draw: the sum must not know where a chunk ends
                    inside += share
                    squared += share * share
    p_top = inside / draws
    variance = np.maximum(squared / draws - p_top * p_top, 0)
    doubled.sort(axis=1)
    # Inverted CDF: the smallest rank that so many percent of the draws do not exceed.
    ends = {p: doubled[:, -(-p * draws // 100) - 1].astype(np.int64) for p in (5, 25, 75, 95)}
    middle = doubled[:, (draws - 1) // 2].astype(np.float64) + doubled[:, draws // 2]
    low, high = ends[5] // 2, -(-ends[95] // 2)
    quarter, three = ends[25] // 2, -(-ends[75] // 2)
    error = np.sqrt(variance / draws)
    return Robust(low, quarter, three, high, middle / 4, p_top, error)


def _stream(seed: int, name: str, use: bytes) -> np.random.Generator:
    """A stream of random numbers of its own for each seed, name and use."""
    key = int.from_bytes(_key(seed, name, use), "little")
    return np.random.Generator(np.random.Philox(key=key))


def _key(seed: int, name: str, use: bytes) -> bytes:
    return hashlib.blake2b(f"{seed}\n{name}".encode(), digest_size=16, person=use).digest()


def _need_range(name: str, low: float, high: float) -> None:
    if not (math.isfinite(low) and math.isfinite(high) and low <= high):
        raise ValueError(f"{name!r} has no range from {low!r} to {high!r}")


def _need_draws(draws: int) -> None:
    if draws < 1:
        raise ValueError(f"draws must be 1 or more, not {draws!r}")


def _onto_order(drawn: Floats, stated: Floats) -> Floats:
    """Give the largest of a line to the largest stated weight, and so on down.

    Equal stated weights take theirs in the order of what was drawn for them. That order is
    random and says nothing of the sorted values, so it is a fair permutation at no cost.
    """
    lines = len(drawn)
    order = np.lexsort((-drawn, np.broadcast_to(-stated, drawn.shape)), axis=1)
    sorted_onto = np.empty_like(drawn)
    sorted_onto[np.arange(lines)[:, None], order] = -np.sort(-drawn, axis=1)
    return sorted_onto


def check(values: Floats, weights: Floats, unknown: Sequence[Unknown]) -> None:
    """Refuse shapes that do not fit and numbers that are not finite.

    ``values`` is (rows, criteria), ``weights`` (draws, criteria); of each unknown ``rows`` and
    ``scale`` are (n,) and ``drawn`` is (draws,). Raises ValueError.
    """
    if values.ndim != 2 or not np.isfinite(values).all():
        raise ValueError("values must be finite numbers in (rows, criteria)")
    rows, criteria = values.shape
    if weights.ndim != 2 or weights.shape[1] != criteria or not len(weights):
        raise ValueError(f"weights must be (draws, {criteria}), at least one draw")
    if not np.isfinite(weights).all():
        raise ValueError("weights must be finite numbers")
    for at, part in enumerate(unknown):
        count = len(part.rows)
        fits = (
            0 <= part.criterion < criteria
            and part.rows.shape == part.scale.shape == (count,)
            and part.drawn.shape == (len(weights),)
            and (count == 0 or 0 <= part.rows.min() <= part.rows.max() < rows)
            and (count < 2 or len(set(part.rows.tolist())) == count)
        )
        if not fits:
            raise ValueError(f"unknown quantity {at} does not fit {rows} rows, {criteria} criteria")
        # A sum is finite where all its parts are; one that runs over is looked at closely.
        if not (math.isfinite(part.drawn.sum()) and math.isfinite(part.scale.sum())) and not (
            np.isfinite(part.drawn).all() and np.isfinite(part.scale).all()
        ):
            raise ValueError(f"unknown quantity {at} is not made of finite numbers")


def layers_of(unknown: Sequence[Unknown], criteria: int) -> Iterator[Layer]:
    """The unknown quantities by criterion, and then the first of each row, the second, ...

    A loop over quantities would cost far more than their arithmetic: a firm has its own, and
    there are thousands of firms. Within a layer every row stands once, so that it adds at once.
    """
    for criterion in range(criteria):
        parts = [part for part in unknown if part.criterion == criterion and len(part.rows)]
        if not parts:
            continue
        rows = np.concatenate([part.rows for part in parts])
        scale = np.concatenate([part.scale for part in parts])
        quantity = np.repeat(np.arange(len(parts)), [len(part.rows) for part in parts])
        order = np.argsort(rows, kind="stable")
        begins = np.flatnonzero(np.diff(rows[order], prepend=-1))
        counts = np.diff(begins, append=len(rows))
        nth = np.arange(len(rows)) - np.repeat(begins, counts)
        for layer in range(int(counts.max())):
            at = order[nth == layer]
            used, which = np.unique(quantity[at], return_inverse=True)
            yield Layer(criterion, [parts[q].drawn for q in used], rows[at], which, scale[at])


def totals_of(values: Floats, weights: Floats, layers: Sequence[Layer], draws: slice) -> Floats:
    """Totals of the rows in those draws: (draws, rows), the same bits in either way.

    In memory draw by draw; row by row of the table where unknown quantities move whole lines.
    """
    if not layers:
        return _added_up(values, weights[draws])
    # One line for each row of the table: an unknown quantity then moves whole lines at once.
    columns = np.ascontiguousarray(weights[draws].T)
    totals = np.zeros((len(values), columns.shape[1]))
    product = np.empty_like(totals)
    for criterion, weight in enumerate(columns):
        np.multiply(values[:, criterion, None], weight, out=product)
        totals += product
    for layer in layers:
        moved = np.array([drawn[draws] for drawn in layer.drawn])
        moved *= columns[layer.criterion]
        part = moved[layer.quantity]
        part *= layer.scale[:, None]
        totals[layer.rows] += part
    return totals.T


def _added_up(values: Floats, weights: Floats) -> Floats:
    """The sum of weight times mark, criterion by criterion: (draws, rows)."""
    totals = np.zeros((len(weights), len(values)))
    product = np.empty_like(totals)
    for marks, weight in zip(np.ascontiguousarray(values.T), weights.T, strict=True):
        np.multiply(weight[:, None], marks, out=product)
        totals += product
    return totals


def _places(totals: Floats, top: int) -> tuple[npt.NDArray[np.int32], Floats]:
    """Twice the rank, and the share of the first ``top`` places: both (draws, rows)."""
    draws, rows = totals.shape
    keys = np.rint(totals * -ALIKE, order="C")  # the best first
    order = np.argsort(keys, axis=1)
    keys = np.take_along_axis(keys, order, axis=1)
    place = np.arange(rows, dtype=np.int32)
    changes = keys[:, 1:] != keys[:, :-1]
    first = np.zeros((draws, rows), dtype=np.int32)
    np.multiply(changes, place[1:], out=first[:, 1:])
    np.maximum.accumulate(first, axis=1, out=first)  # where the tie that a place is in begins
    last = np.full((draws, rows), rows - 1, dtype=np.int32)
    np.copyto(last[:, :-1], place[:-1], where=changes)
    backwards = last[:, ::-1]
    np.minimum.accumulate(backwards, axis=1, out=backwards)  # and where it ends
    doubled = np.empty_like(first)
    np.put_along_axis(doubled, order, first + last + 2, axis=1)
    last -= first
    last += 1  # rows in the tie
    shares = np.empty((draws, rows))
    np.put_along_axis(shares, order, np.clip((top - first) / last, 0, 1), axis=1)
    return doubled, shares
