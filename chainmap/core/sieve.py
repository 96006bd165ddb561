"""The first k of each draw by a rough look at all rows and an exact one at the few that remain.

All totals are worked out in single precision, which is quick and a little off. By how much at most
is known, and so which rows can be among the first at all; only these are added up as ``core.mcda``
does, and compared. What comes out is therefore the same to the last bit as without the rough look.

Reference for the bound on the error: Higham 2002, "Accuracy and Stability of Numerical Algorithms",
section 3.1 (a sum of n products in any order is off by at most n units of rounding of the sum of
their sizes).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from chainmap.core.mcda import ALIKE, MEMORY, Floats, Integers, Layer

Rough = npt.NDArray[np.float32]
Found = tuple[Integers, Integers, Floats]  # draw, row and key, the lower the better
ROWS_A_GROUP = 32  # of which the best is looked for first
GROUPS_A_PLACE = 4  # groups for each of the first places, at least: else few rows are ruled out
IN_CACHE = 2**18  # rough totals of one step: they stay within the cache of a core
# Multiplications that the algebra library does without threads of its own: they would wait for
# each other and for ours.
PRODUCT = 2**18
LEAST = 16  # draws of one step: a matrix product with fewer columns is slow
BLOCK = 1024  # draws whose unknown quantities are laid out at once
BYTES_A_MOVE = 12  # in a draw: in double precision, and in single
ROUNDING = float(np.finfo(np.float32).eps)
LARGEST = 1e9  # of three such numbers the product is far within single precision


class _Moves:
    """What a layer adds to every row; 0 to the rows that it does not move."""

    def __init__(self, layer: Layer, rows: int) -> None:
        self.layer = layer
        pairs = np.stack([layer.quantity, layer.scale], axis=1)
        different, place = np.unique(pairs, axis=0, return_inverse=True)
        self._quantity, self._scale = different[:, 0].astype(int).tolist(), different[:, 1, None]
        self._which = np.zeros(rows, dtype=np.int64)  # 0: nothing moves it
        self._which[layer.rows] = place.reshape(-1) + 1

    def drawn(self, weights: Floats, block: slice) -> _Drawn:
        """Drawn times weight times scale, in the order of ``mcda.totals_of``."""
        by = np.zeros((len(self._scale) + 1, weights.shape[1]))
        parts = [self.layer.drawn[at][block] for at in self._quantity]
        np.concatenate(parts, out=by[1:].reshape(-1))
        by *= weights[self.layer.criterion]
        by[1:] *= self._scale
        largest = np.maximum(by.max(axis=0), -by.min(axis=0))
        return _Drawn(self._which, by, by.astype(np.float32), largest)


@dataclass(frozen=True, slots=True, eq=False)
class _Drawn:
    """What a layer adds in some draws.

    which: (rows,), into the others. by: (moves, draws), and rough: the same in single precision.
    largest: (draws,), the size of the largest.
    """

    which: Integers
    by: Floats
    rough: Rough
    largest: Floats


class Sieve:
    """A table with drawn weights, asked who is among the first ``top`` of some draws.

    Arguments as for ``mcda.totals_of``. ``pays`` says whether rows are many enough, and numbers
    small enough; where it is false, ``found`` must not be asked.
    """

    def __init__(self, values: Floats, weights: Floats, layers: Sequence[Layer], top: int) -> None:
        self.values, self.weights, self.layers, self.top = values, weights, layers, top
        rows = len(values)
        self.size = min(ROWS_A_GROUP, rows // (GROUPS_A_PLACE * top))
        self.groups = rows // max(1, self.size)
        self.step = max(LEAST, IN_CACHE // max(1, rows))
        moved = sum(len(layer.rows) for layer in layers)
        self.block = max(1, min(BLOCK, MEMORY // (BYTES_A_MOVE * max(1, moved))))
        given = [values, weights, *(layer.scale for layer in layers)]
        given += [drawn for layer in layers for drawn in layer.drawn]
        largest = max((float(np.abs(part).max(initial=0)) for part in given), default=0.0)
        self.pays = self.size > 1 and largest < LARGEST
        if self.pays:
            self._moves = [_Moves(layer, rows) for layer in layers]
            self._marks = values.astype(np.float32)

    def found(self, part: slice) -> Iterator[Found]:
        """The rows that are not below place ``top``, step after step, each by draw and row.

        Rows that tie across the border are all included; a key is a total in negative billionths.
        """
        for first in range(part.start, part.stop, self.block):
            block = slice(first, min(first + self.block, part.stop))
            weights = np.ascontiguousarray(self.weights[block].T)
            moves = [one.drawn(weights, block) for one in self._moves]
            slack, rough_weights = self._slack(weights, moves), weights.astype(np.float32)
            for begin in range(0, block.stop - first, self.step):
                now = slice(begin, min(begin + self.step, block.stop - first))
                rough = self._rough(rough_weights[:, now])
                for one in moves:
                    rough += np.take(one.rough[:, now], one.which, axis=0)
                draw, row = self._near(rough, slack[now])
                keys = np.rint(self._exact(weights, moves, draw + begin, row) * -ALIKE)
                kept = keys <= self._border(draw, keys)[draw]
                yield draw[kept] + (first + begin), row[kept], keys[kept]

    def _slack(self, weights: Floats, moves: Sequence[_Drawn]) -> Floats:
        """How far a rough total may be below another that is in truth not above it: (draws,).

        Twice what each may be off, and more than what rounds to the same billionth.
        """
        sizes = np.abs(self.values).max(axis=0) @ np.abs(weights)
        sizes += sum(one.largest for one in moves)
        terms = len(weights) + len(moves)
        slack: Floats = 2 * (terms + 8) * ROUNDING * sizes + 2 / ALIKE
        return slack

    def _rough(self, weights: Rough) -> Rough:
        """The matrix product (rows, draws), in pieces that one thread does at once."""
        rough = np.empty((len(self._marks), weights.shape[1]), dtype=np.float32)
        few = max(1, PRODUCT // weights.size)
        for at in range(0, len(rough), few):
            np.matmul(self._marks[at : at + few], weights, out=rough[at : at + few])
        return rough

    def _exact(
        self, weights: Floats, moves: Sequence[_Drawn], draw: Integers, row: Integers
    ) -> Floats:
        """The totals of some rows in some draws, added up as all are in ``mcda.totals_of``."""
        totals = np.zeros(len(draw))
        for marks, weight in zip(self.values.T, weights, strict=True):
            totals += marks[row] * weight[draw]
        for one in moves:
            totals += one.by[one.which[row], draw]
        return totals

    def _near(self, rough: Rough, slack: Floats) -> tuple[Integers, Integers]:
        """The rows that may be among the first: draw and row, by draw and row.

        ``rough`` is (rows, draws). Rows are dealt out to groups like cards. As many rows as groups
        have a best total at or above the ``top``-th best of these; no row far below that one is
        among the first.
        """
        rows, draws = rough.shape
        size, groups = self.size, self.groups
        dealt = rough[: size * groups].reshape(size, groups, draws)
        best = dealt.max(axis=0)
        surely = np.partition(best.T, groups - self.top, axis=1)[:, groups - self.top]
        cut = np.nextafter((surely - slack).astype(np.float32), np.float32(-np.inf))
        group, which = np.divmod(np.flatnonzero(best >= cut), draws)
        place, hit = np.divmod(np.flatnonzero(dealt[:, group, which] >= cut[which]), len(which))
        rest, left = np.nonzero(rough[size * groups :] >= cut)
        draw = np.concatenate([which[hit], left])
        row = np.concatenate([place * groups + group[hit], rest + size * groups])
        order = np.argsort(draw * rows + row)
        return draw[order], row[order]

    def _border(self, draw: Integers, keys: Floats) -> Floats:
        """The key of place ``top`` in each draw."""
        counts = np.bincount(draw)
        begins = np.cumsum(counts) - counts
        lists = np.full((len(counts), counts.max()), np.inf)
        lists[draw, np.arange(len(draw)) - begins[draw]] = keys
        border: Floats = np.partition(lists, self.top - 1, axis=1)[:, self.top - 1]
        return border
