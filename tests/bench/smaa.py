"""Robust ranks as multiples of the bare matrix product of the same run.

    python tests/bench/smaa.py [REPETITIONS]

10,000 draws of the weights of 8 criteria, on 5,000 rows and on 50,000. The product is numpy's, in
double precision, written over itself chunk by chunk, as many chunks at once as the machine has
cores; of the chunks tried the best counts. Repetitions are interleaved, so that a busy moment
hits all. Exit 1 where a median misses its target.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple

# Threads of the algebra library would wait for each other: chunks run at once instead.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from chainmap.core import acceptability, mcda  # noqa: E402

DRAWS, CRITERIA, TOP, SEED = 10_000, 8, 20, 20260101
LEAST = 3
CHUNKS = (4, 16, 64)
WHOLE = "full intervals"


class Way(NamedTuple):
    """One way to an answer, the most it may take in products, and whether it is run at all."""

    rows: int
    name: str
    most: float | None
    run: Callable[[mcda.Floats, mcda.Floats], object]


def product(values: mcda.Floats, weights: mcda.Floats, chunk: int) -> None:
    """All totals as a matrix product, each chunk of draws over the last."""
    marks = np.ascontiguousarray(values.T)
    workers = min(4, os.cpu_count() or 1)

    def run(worker: int) -> None:
        out = np.empty((chunk, len(values)))
        for begin in range(worker * chunk, len(weights), workers * chunk):
            part = weights[begin : begin + chunk]
            np.matmul(part, marks, out=out[: len(part)])

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(run, range(workers)))


def members(values: mcda.Floats, weights: mcda.Floats) -> object:
    """The shares of the first k."""
    return acceptability.members(values, weights, [], TOP).shares


def whole(values: mcda.Floats, weights: mcda.Floats) -> object:
    """Full intervals of every row."""
    return mcda.robust(values, weights, [], TOP)


def ways() -> list[Way]:
    """What is measured; full intervals of 50,000 rows need 2 GB and stand without a target."""
    return [
        Way(rows, name, most, run)
        for rows, best in ((5_000, 11.0), (50_000, 3.0))
        for name, most, run in (("first 20", best, members), (WHOLE, None, whole))
    ]


def seconds(run: Callable[[], object]) -> float:
    """Wall time of one run."""
    begun = time.perf_counter()
    run()
    return time.perf_counter() - begun


def problem(rows: int) -> tuple[mcda.Floats, mcda.Floats]:
    """Marks of so many rows and the drawn weights."""
    rng = np.random.default_rng(SEED)
    stated = mcda.stated({str(at): 1.0 for at in range(CRITERIA)})
    weights = mcda.draw_weights(stated, "around", 30, DRAWS, SEED)
    return rng.random((rows, CRITERIA)) * 100, weights


def main(repetitions: int) -> int:
    """Print the table; 1 where a target is missed."""
    missed = 0
    print(f"{DRAWS} draws, {CRITERIA} criteria, {repetitions} repetitions, medians")
    for rows in (5_000, 50_000):
        values, weights = problem(rows)
        here = [way for way in ways() if way.rows == rows]
        for way in here:
            way.run(values[:50], weights[:50])
        products: dict[int, list[float]] = {chunk: [] for chunk in CHUNKS}
        times: dict[str, list[float]] = {way.name: [] for way in here}
        for turn in range(repetitions):
            for chunk in CHUNKS:
                products[chunk].append(seconds(partial(product, values, weights, chunk)))
            for way in here:
                if way.name == WHOLE and rows > 5_000 and turn:
                    continue  # one run says enough
                times[way.name].append(seconds(partial(way.run, values, weights)))
        base = min(statistics.median(taken) for taken in products.values())
        print(f"{rows:>6} rows: matrix product {base * 1000:.0f} ms")
        for way in here:
            ratio = statistics.median(times[way.name]) / base
            verdict = ""
            if way.most is not None:
                verdict = f"at most {way.most:g}   {'held' if ratio <= way.most else 'MISSED'}"
                missed += ratio > way.most
            print(f"{'':>14}{way.name:<26}{ratio:7.1f} x   {verdict}".rstrip())
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(max(LEAST, int(sys.argv[1]) if len(sys.argv) > 1 else LEAST)))
