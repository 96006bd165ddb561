"""Scores and the first k of each draw in one pass, compiled: for tables of many rows.

A chunk of rows is scored draw by draw while its marks stay in the cache; what cannot be among the
first k any more is never written down. Needs numba (extra ``fast``); all works without it. Every
total is added up in the order of ``core.mcda`` and without fused multiply-adds, so that it is the
same to the last bit.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.util import find_spec

import numpy as np

from chainmap.core.mcda import ALIKE, MEMORY, Floats, Integers, Layer

WORTH_ROWS = 5_000  # up to here a partial sort is done before the compiler has started
BLOCK = 1024  # rows that are scored at once: their marks stay in the cache
SPARE = 44  # entries kept for a draw beside the first k before they are weeded out


@cache
def installed() -> bool:
    """Whether the compiler is installed."""
    return find_spec("numba") is not None


def at_least(
    values: Floats, weights: Floats, layers: Sequence[Layer], top: int
) -> tuple[Integers, Integers, Floats]:
    """The rows that are not below place ``top`` in each draw, ties at the border included.

    Arguments as for ``mcda.totals_of``. Returns draw, row and key, by draw and row; a key is the
    total in negative billionths. Raises RuntimeError where numba is not installed.
    """
    if not installed():
        raise RuntimeError("numba is not installed")
    from chainmap.core.kernel import first_of_each

    marks = np.ascontiguousarray(values.T)
    top = min(top, len(values))
    workers = min(4, os.cpu_count() or 1)
    drawn = [one for layer in layers for one in layer.drawn]
    room = top + SPARE
    size = max(1, MEMORY // workers // (16 * room + 8 * len(drawn)))
    size = min(size, -(-len(weights) // workers))
    parts = [slice(at, min(at + size, len(weights))) for at in range(0, len(weights), size)]
    entries = _entries(layers)

    def one(part: slice) -> tuple[Integers, Integers, Floats]:
        moves = np.array([line[part] for line in drawn]).reshape(len(drawn), part.stop - part.start)
        draw, row, key = first_of_each(
            marks, weights[part], top, room, BLOCK, ALIKE, moves, *entries
        )
        order = np.lexsort((row, draw))
        return draw[order] + part.start, row[order], key[order]

    with ThreadPoolExecutor(workers) as pool:
        found = list(pool.map(one, parts))
    draw, row, key = (np.concatenate(column) for column in zip(*found, strict=True))
    return draw, row, key


def _entries(layers: Sequence[Layer]) -> tuple[Integers, Integers, Integers, Floats]:
    """What moves which row, by row and for each in the order of the layers.

    Row, criterion, quantity and scale: each (m,).
    """
    counts = [len(layer.rows) for layer in layers]
    first = np.cumsum([0, *(len(layer.drawn) for layer in layers)])[:-1]
    none = np.zeros(0, dtype=np.int64)
    row = np.concatenate([none, *(layer.rows for layer in layers)])
    criterion = np.repeat([layer.criterion for layer in layers], counts).astype(np.int64)
    shifted = (layer.quantity + at for layer, at in zip(layers, first, strict=True))
    quantity = np.concatenate([none, *shifted])
    scale = np.concatenate([np.zeros(0), *(layer.scale for layer in layers)])
    order = np.argsort(row, kind="stable")
    return row[order], criterion[order], quantity[order], scale[order]
