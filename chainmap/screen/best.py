"""The best rows of each link, exactly: one total order, whatever was read first or together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

# The order of the rows. What stands behind the id decides only where a register gives an id
# more than once: then the first of its rows counts, and the others are left out.
_ORDER = (
    ("link", "ascending"), ("score", "descending"), ("capital", "descending"),
    ("id", "ascending"), ("name", "ascending"), ("city", "ascending"), ("words", "ascending"),
)  # fmt: skip
# New rows are put in order together once there are so many of them.
_TOGETHER = 1 << 16


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
    rows = rows.take(pc.sort_indices(rows.to_batches()[0], sort_keys=list(_ORDER)))
    link = rows["link"].to_numpy()
    ids = rows["id"].combine_chunks().dictionary_encode()
    firm = link.astype(np.int64) * len(ids.dictionary) + ids.indices.to_numpy()
    first = np.zeros(len(link), dtype=bool)
    first[np.unique(firm, return_index=True)[1]] = True
    kept = np.flatnonzero(first)
    link = link[kept]
    rank = np.arange(len(link)) - np.searchsorted(link, link)
    return rows.take(pa.array(kept[rank < keep])).combine_chunks()


class Top:
    """Gathers rows of one kernel and keeps the best of each link; memory is bounded.

    ``score``, ``capital`` (int32 and int64, one number a link) and ``ids`` (uint8, links × 32,
    the first bytes of the id, filled with zeros) are what the last of ``keep`` rows of a link
    has: a row behind that can be left out. Score is 0 while a link has fewer rows.
    """

    WIDTH = 32

    def __init__(self, links: int, keep: int) -> None:
        import numpy as np

        self.keep = keep
        self.score = np.zeros(links, dtype=np.int32)
        self.capital = np.zeros(links, dtype=np.int64)
        self.ids = np.zeros((links, self.WIDTH), dtype=np.uint8)
        self._tables: list[pa.Table] = []
        self._new = 0
        self._room = max(_TOGETHER, links * min(keep, 1000))

    def add(
        self, batch: pa.RecordBatch, rows: np.ndarray[Any, Any], found: dict[str, pa.Array]
    ) -> None:
        """Take the rows of a batch, with ``link``, ``score`` and ``words`` found for each."""
        import pyarrow as pa

        taken = batch.select(["id", "name", "city", "capital"]).take(pa.array(rows))
        columns = [
            found[one.name] if one.name in found else taken[one.name].cast(one.type)
            for one in schema()
        ]
        self._tables.append(pa.Table.from_arrays(columns, schema=schema()))
        self._new += len(rows)
        if self._new >= self._room:
            self._settle()

    def result(self) -> pa.Table:
        """The best rows so far."""
        self._settle()
        return self._tables[0]

    def _settle(self) -> None:
        import numpy as np

        best = merge(self._tables, self.keep)
        self._tables, self._new = [best], 0
        link = best["link"].to_numpy()
        last = np.flatnonzero(np.r_[link[1:] != link[:-1], True][: len(link)])
        full = last[last - np.searchsorted(link, link[last]) == self.keep - 1]
        at = link[full]
        self.score[at] = best["score"].to_numpy()[full]
        self.capital[at] = best["capital"].to_numpy()[full]
        for one, row in zip(at, full, strict=True):
            start = best["id"][int(row)].as_py().encode()[: self.WIDTH]
            self.ids[one] = 0
            self.ids[one, : len(start)] = np.frombuffer(start, dtype=np.uint8)
