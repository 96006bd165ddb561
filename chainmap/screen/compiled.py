"""The matching of a batch in one compiled pass over the bytes of its scopes."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from chainmap.screen.automaton import Classes, Trie, classes, trie
from chainmap.screen.best import Floor
from chainmap.screen.kernel import Entries, Gathered, entries
from chainmap.screen.rule import Rule
from chainmap.screen.weights import spans

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    Array = np.ndarray[Any, Any]

# Pairs that are found before those near the best are picked out of them: as many as tell the
# best of each link, within bounds.
_ROOM, _MOST = 1 << 15, 1 << 20


class Compiled:
    """Matches by machine code; holds no lock of the interpreter while it does.

    A scope is read once: bytes to characters, to the classes of what they become, to walks
    through the trie from each position. Rows with characters that change beside others are
    normalised in Python and read again.
    """

    def __init__(self, rule: Rule) -> None:
        import numpy as np

        from chainmap.screen.machine import match

        self._match = match
        self._rule = rule
        self._classes, self._trie, self._entries = _prepared(rule)
        links = len(rule.links)
        self._gathered = Gathered(rule)
        masks = self._entries.masks
        # What the machine remembers of a row, marked with the row's number instead of cleared.
        self._memory = (
            np.zeros(1, np.int64),
            np.zeros(len(rule.words) + 1, np.int64),
            np.zeros(links, np.int64),
            np.zeros(links, np.int32),
            np.zeros(links, np.uint8),
            np.zeros((links, masks), np.uint64),
            np.zeros(len(rule.words) + 1, np.int32),
            np.zeros(links, np.int32),
        )
        room = max(_ROOM, 2 * links, min(4 * links * rule.keep, _MOST))
        self._found = (
            np.zeros(room, np.int64),
            np.zeros(room, np.int32),
            np.zeros(room, np.int32),
            np.zeros((room, masks), np.uint64),
        )
        self._buffer = np.zeros(1 << 12, np.int32)

    def start(self, floor: Floor | None = None) -> None:
        """Forget all rows, and begin from a floor."""
        self._gathered.start(floor)

    def add(self, batch: pa.RecordBatch) -> None:
        """Match the rows of a batch."""
        import pyarrow as pa

        if not self._rule.words or not batch.num_rows:
            return
        scope = batch.column("scope")
        slow = self._read(batch, scope, self._classes.table)
        if len(slow):
            again = batch.take(pa.array(slow))
            texts = again.column("scope").to_pylist()
            made = pa.array([self._rule.normal(text) for text in texts], pa.string())
            self._read(again, made, self._classes.plain)

    def _read(self, batch: pa.RecordBatch, scope: pa.Array, table: Array) -> Array:
        """Match every row by the table; the numbers of the rows that it does not settle."""
        import numpy as np

        starts, data = spans(scope)
        id_starts, ids = spans(batch.column("id"))
        capital = batch.column("capital").to_numpy()
        longest = int(np.diff(starts).max()) * self._classes.longest + 1
        if longest > len(self._buffer):
            self._buffer = np.zeros(longest, np.int32)
        held, words, floor = self._classes, self._trie, self._gathered.top.floor
        slow = np.zeros(batch.num_rows, np.int64)
        row, slows = 0, 0
        while row < batch.num_rows:
            row, count, slows = self._match(
                (starts, data, capital, id_starts, ids),
                (table, held.start, held.more),
                (words.first, words.base, words.check, words.word),
                (
                    self._entries.start, self._entries.link, self._entries.place,
                    self._entries.weight,
                ),
                (floor.score, floor.capital, floor.ids),
                self._memory, self._buffer, self._found, slow, row, slows,
            )  # fmt: skip
            self._keep(batch, count)
        return slow[:slows]

    def _keep(self, batch: pa.RecordBatch, count: int) -> None:
        if count:
            # Arrow takes arrays as they are, and the machine writes over these.
            row, link, score, masks = (column[:count].copy() for column in self._found)
            self._gathered.take(batch, row, link, score, masks)

    def result(self) -> pa.Table:
        """The best rows of what was added."""
        return self._gathered.top.result()


@lru_cache(maxsize=2)
def _prepared(rule: Rule) -> tuple[Classes, Trie, Entries]:
    """The arrays of a rule, once for all threads: they are only read."""
    found = classes(rule)
    return found, trie(rule.words, found.number), entries(rule)
