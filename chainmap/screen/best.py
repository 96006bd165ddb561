"""The best rows of each link, exactly: one total order, whatever was read first or together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    Array = np.ndarray[Any, Any]

# The order of the rows. What stands behind the id decides only where a register gives an id
# more than once: then the first of its rows counts, and the others are left out.
_ORDER = (
    ("link", "ascending"), ("score", "descending"), ("capital", "descending"),
    ("id", "ascending"), ("name", "ascending"), ("city", "ascending"), ("words", "ascending"),
)  # fmt: skip
# New rows are put in order together once there are so many of them.
_TOGETHER = 1 << 16
# And best rows of finished parts once there are so many.
_MANY = 1 << 18


def schema() -> pa.Schema:
    """link (a position in ``Rule.links``), id, name, city, capital, score, words (with |)."""
    import pyarrow as pa

    return pa.schema(
        [
            pa.field("link", pa.int32(), nullable=False),
            pa.field("id", pa.string(), nullable=False),
            pa.field("name", pa.string(), nullable=False),
            pa.field("city", pa.string(), nullable=False),
            pa.field("capital", pa.int64(), nullable=False),
            pa.field("score", pa.int32(), nullable=False),
            pa.field("words", pa.string(), nullable=False),
        ]
    )


def merge(tables: Iterable[pa.Table], keep: int) -> pa.Table:
    """The best ``keep`` firms of each link in all tables, in order, as one chunk.

    Merging is associative and commutative: tables that were merged before can be merged again
    in any grouping. Text order is that of UTF-8 bytes, which is that of code points.
    Complexity: O(n log n) for n rows.
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    rows = pa.concat_tables([schema().empty_table(), *tables]).combine_chunks()
    if not rows.num_rows:
        return rows
    order = pc.sort_indices(rows.to_batches()[0], sort_keys=list(_ORDER)).to_numpy()
    link = rows["link"].to_numpy()[order]
    ids = rows["id"].combine_chunks().dictionary_encode()
    firm = link.astype(np.int64) * len(ids.dictionary) + ids.indices.to_numpy()[order]
    first = np.zeros(len(link), dtype=bool)
    first[np.unique(firm, return_index=True)[1]] = True
    kept = np.flatnonzero(first)
    near = _rank(link[kept]) < keep
    return rows.take(pa.array(order[kept[near]])).combine_chunks()


def _rank(group: Array) -> Array:
    """The position of each row in its group; rows of a group stand together."""
    import numpy as np

    new = np.r_[True, group[1:] != group[:-1]][: len(group)]
    at = np.arange(len(group))
    return np.asarray(at - np.maximum.accumulate(np.where(new, at, 0)))


class Floor:
    """What a row must reach: the last of the best ``keep`` firms of each link, where so many are
    known. A row behind it can be left out by any kernel of the run.

    ``score`` (int32), ``capital`` (int64), one number a link; ``ids`` (uint8, links × WIDTH): the
    first bytes of the id, filled with zeros. Score is 0 while a link has fewer firms.
    """

    WIDTH = 32

    def __init__(self, links: int) -> None:
        import numpy as np

        self.score = np.zeros(links, dtype=np.int32)
        self.capital = np.zeros(links, dtype=np.int64)
        self.ids = np.zeros((links, self.WIDTH), dtype=np.uint8)

    def copy(self) -> Floor:
        """A floor of its own that stands as high."""
        made = Floor(len(self.score))
        made.score[:], made.capital[:], made.ids[:] = self.score, self.capital, self.ids
        return made

    def rise(self, best: pa.Table, keep: int) -> None:
        """Rise to the last row of each link that has all it keeps; ``best`` is merged."""
        import numpy as np

        link = best["link"].to_numpy()
        last = np.flatnonzero(_rank(link) == keep - 1)
        score, capital = best["score"].to_numpy()[last], best["capital"].to_numpy()[last]
        higher = self._is_higher(link[last], score, capital)
        last = last[higher]
        self.score[link[last]], self.capital[link[last]] = score[higher], capital[higher]
        self.ids[link[last]] = 0
        for row in last:
            start = best["id"][int(row)].as_py().encode()[: self.WIDTH]
            self.ids[link[row], : len(start)] = np.frombuffer(start, dtype=np.uint8)

    def near(self, link: Array, score: Array, capital: Array, keep: int) -> Array:
        """The rows, each of another firm, that can be among the best; the floor rises to them."""
        import numpy as np

        order = np.lexsort((-capital, -score, link))
        group = link[order]
        last = order[_rank(group) == keep - 1]
        at, most = link[last], score[last]
        equal = (most == self.score[at]) & (capital[last] == self.capital[at])
        last = last[self._is_higher(at, most, capital[last]) & ~equal]
        at = link[last]
        self.score[at], self.capital[at] = score[last], capital[last]
        # Which of the firms with this score and capital are the last ones is not known yet.
        self.ids[at] = 255
        least = self.score[link]
        kept = (score > least) | ((score == least) & (capital >= self.capital[link]))
        return np.flatnonzero(kept)

    def _is_higher(self, link: Array, score: Array, capital: Array) -> Array:
        import numpy as np

        higher = (score > self.score[link]) | (
            (score == self.score[link]) & (capital >= self.capital[link])
        )
        return np.asarray(higher)


class Top:
    """Gathers rows of one kernel and keeps the best of each link; memory is bounded.

    A row behind ``floor`` can be left out before it comes here.
    """

    def __init__(self, links: int, keep: int) -> None:
        self.keep = keep
        self.floor = Floor(links)
        self._tables: list[pa.Table] = []
        self._new = 0
        self._room = max(_TOGETHER, min(links * keep, 8 * _TOGETHER))

    def start(self, floor: Floor | None) -> None:
        """Begin again, from a floor that other rows of the register have reached."""
        self.floor = floor.copy() if floor else Floor(len(self.floor.score))
        self._tables, self._new = [], 0

    def add(self, batch: pa.RecordBatch, row: Array, found: dict[str, pa.Array]) -> None:
        """Take rows of a batch, with ``link``, ``score`` and ``words`` found for each."""
        import pyarrow as pa

        taken = batch.select(["id", "name", "city", "capital"]).take(pa.array(row))
        columns = [
            found[one.name] if one.name in found else taken[one.name].cast(one.type)
            for one in schema()
        ]
        self._tables.append(pa.Table.from_arrays(columns, schema=schema()))
        self._new += len(row)
        if self._new >= self._room:
            self._settle()

    def result(self) -> pa.Table:
        """The best rows so far."""
        self._settle()
        return self._tables[0]

    def _settle(self) -> None:
        best = merge(self._tables, self.keep)
        self._tables, self._new = [best], 0
        self.floor.rise(best, self.keep)


class Standing:
    """The best rows of what parts gave so far, and the floor that they make for what follows.

    The floor is replaced, never changed: workers may read it meanwhile.
    """

    def __init__(self, links: int, keep: int) -> None:
        self._keep = keep
        self._best = schema().empty_table()
        self._tables: list[pa.Table] = []
        self._new = 0
        self.floor = Floor(links)

    def take(self, found: pa.Table) -> None:
        """Take the best rows of a part. They are put in order once there are many of them: each
        time all are."""
        self._tables.append(found)
        self._new += found.num_rows
        if self._new >= max(_MANY, self._best.num_rows // 2) or not self._best.num_rows:
            self.settle()

    def settle(self) -> pa.Table:
        """The best rows of all that was taken."""
        self._best = merge([self._best, *self._tables], self._keep)
        self._tables, self._new = [], 0
        floor = self.floor.copy()
        floor.rise(self._best, self._keep)
        self.floor = floor
        return self._best
