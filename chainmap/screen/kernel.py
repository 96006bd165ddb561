"""The matching of a batch, by a library's Aho-Corasick automaton: right everywhere, and plain."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from chainmap.screen.best import Floor, Top
from chainmap.screen.rule import LinkWords, Rule
from chainmap.screen.weights import hashed

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    Array = np.ndarray[Any, Any]


# So many pairs are looked through for those near the best before their texts are taken.
_MANY = 1 << 12


class Matcher(Protocol):
    """A kernel: takes batches of a register in any order, and gives the best rows of all."""

    def start(self, floor: Floor | None = None) -> None:
        """Forget what was added. Rows behind the floor may be left out from now on."""

    def add(self, batch: pa.RecordBatch) -> None:
        """Match the rows of a batch with the columns of ``core.register.FIELDS``."""

    def result(self) -> pa.Table:
        """The best rows of what was added, with ``best.schema``."""


def kernel(rule: Rule, fast: bool | None = None) -> Matcher:
    """A kernel for the rule: compiled where numba is installed, unless ``fast`` says which.

    All kernels give the same table. Raises ModuleNotFoundError where ``fast`` is true and numba
    is not there.
    """
    if fast is None:
        fast = compiled_here()
    if fast:
        from chainmap.screen.compiled import Compiled

        return Compiled(rule)
    return Kernel(rule)


def compiled_here() -> bool:
    """Whether the compiled kernel can run on this machine; numba is loaded where it can."""
    try:
        import numba
    except ImportError:  # not installed, or made for another numpy
        return False
    return bool(numba.njit)


@dataclass(frozen=True)
class Entries:
    """Which links have a word: entries ``start[w]`` to ``start[w + 1]`` are those of word w.

    ``place`` is the word's position among the include words of the link, -1 for an exclude word.
    """

    start: Array  # int64, words + 1
    link: Array  # int32
    place: Array  # int32
    weight: Array  # int32
    masks: int  # 64-bit numbers that hold one bit for each include word of any link


def entries(rule: Rule) -> Entries:
    """The links of each of ``rule.words``."""
    import numpy as np

    number = {word: at for at, word in enumerate(rule.words)}
    found = sorted(
        (number[word], at, place, weight)
        for at, link in enumerate(rule.links)
        for word, place, weight in _words(link, rule)
    )
    columns = np.array(found, dtype=np.int64).reshape(-1, 4).T
    start = np.searchsorted(columns[0], np.arange(len(number) + 1))
    most = max((len(link.include) for link in rule.links), default=0)
    link, place, weight = (column.astype(np.int32) for column in columns[1:])
    return Entries(start, link, place, weight, max(1, -(-most // 64)))


def _words(link: LinkWords, rule: Rule) -> Iterable[tuple[str, int, int]]:
    for place, word in enumerate(link.include):
        yield word, place, rule.weights[word]
    for word in link.exclude:
        yield word, -1, 0


class Spelled:
    """Says which words a mask stands for, as the column ``words`` of the result."""

    def __init__(self, rule: Rule) -> None:
        self._links = rule.links
        self._known: dict[bytes, str] = {}

    def words(self, link: Array, masks: Array) -> pa.Array:
        """The include words of each row: ``link`` (n), ``masks`` (n × masks, uint64)."""
        import numpy as np
        import pyarrow as pa

        keys = np.ascontiguousarray(np.column_stack([link.astype(np.uint64), masks]))
        wide = keys.view(f"S{keys.shape[1] * 8}").ravel()
        _, first, back = np.unique(wide, return_index=True, return_inverse=True)
        texts = [self._spell(keys[at]) for at in first]
        return pa.array(texts, pa.string()).take(pa.array(back))

    def _spell(self, key: Array) -> str:
        known = self._known.get(key.tobytes())
        if known is None:
            include = self._links[int(key[0])].include
            bits = [int(mask) for mask in key[1:]]
            known = "|".join(
                word for at, word in enumerate(include) if bits[at >> 6] >> (at & 63) & 1
            )
            self._known[key.tobytes()] = known
        return known


class Gathered:
    """What a kernel found, on the way to its best rows."""

    def __init__(self, rule: Rule) -> None:
        self.top = Top(len(rule.links), rule.keep)
        self._spelled = Spelled(rule)
        self._batch: pa.RecordBatch | None = None
        self._distinct = False

    def take(
        self, batch: pa.RecordBatch, row: Array, link: Array, score: Array, masks: Array
    ) -> None:
        """Take pairs of a batch's rows and links; only those near the best get their texts."""
        import numpy as np
        import pyarrow as pa

        if len(row) >= _MANY and self._are_distinct(batch):
            capital = batch.column("capital").to_numpy()[row]
            near = self.top.floor.near(link, score, capital, self.top.keep)
            row, link, score, masks = row[near], link[near], score[near], masks[near]
        if len(row):
            found = {
                "link": pa.array(link.astype(np.int32)),
                "score": pa.array(score.astype(np.int32)),
                "words": self._spelled.words(link, masks),
            }
            self.top.add(batch, row, found)

    def _are_distinct(self, batch: pa.RecordBatch) -> bool:
        """Whether no id comes twice in the batch; hashes that meet count as ids that do."""
        import numpy as np

        if self._batch is not batch:
            self._batch = batch
            self._distinct = len(np.unique(hashed(batch.column("id")))) == batch.num_rows
        return self._distinct

    def start(self, floor: Floor | None) -> None:
        """Forget all rows."""
        self._batch = None
        self.top.start(floor)


class Kernel:
    """Matches by pyahocorasick and adds up by numpy."""

    def __init__(self, rule: Rule) -> None:
        import ahocorasick

        self._rule = rule
        self._automaton = ahocorasick.Automaton()
        words = rule.words
        for at, word in enumerate(words):
            self._automaton.add_word(word, at)
        self._automaton.make_automaton()
        self._entries = entries(rule)
        self._gathered = Gathered(rule)
        self._any = bool(words)

    def start(self, floor: Floor | None = None) -> None:
        """Forget all rows, and begin from a floor."""
        self._gathered.start(floor)

    def add(self, batch: pa.RecordBatch) -> None:
        """Match the rows of a batch."""
        import numpy as np

        if not self._any or not batch.num_rows:
            return
        find = self._automaton.iter
        scopes = self._rule.normals(batch.column("scope").to_pylist())
        hits = [{word for _, word in find(scope)} for scope in scopes]
        counts = np.fromiter(map(len, hits), np.int64, len(hits))
        words = np.fromiter((word for hit in hits for word in hit), np.int64, int(counts.sum()))
        rows = np.repeat(np.arange(len(hits)), counts)
        row, link, score, masks = self._pairs(rows, words)
        capital = batch.column("capital").to_numpy()[row]
        floor = self._gathered.top.floor
        near = (score > floor.score[link]) | (
            (score == floor.score[link]) & (capital >= floor.capital[link])
        )
        self._gathered.take(batch, row[near], link[near], score[near], masks[near])

    def _pairs(self, rows: Array, words: Array) -> tuple[Array, Array, Array, Array]:
        """Row, link, score and mask of each pair that no exclude word drops."""
        import numpy as np

        held = self._entries
        counts = held.start[words + 1] - held.start[words]
        ends = np.cumsum(counts)
        entry = np.arange(int(counts.sum())) + np.repeat(held.start[words] - ends + counts, counts)
        pair = np.repeat(rows, counts) * len(self._rule.links) + held.link[entry]
        order = np.argsort(pair, kind="stable")
        pair, entry = pair[order], entry[order]
        first = np.flatnonzero(np.r_[True, pair[1:] != pair[:-1]][: len(pair)])
        if not len(first):
            nothing = np.zeros(0, np.int64)
            return nothing, nothing, nothing, np.zeros((0, held.masks), np.uint64)
        place = held.place[entry]
        sound = np.minimum.reduceat(place, first) >= 0
        score = np.add.reduceat(held.weight[entry].astype(np.int64), first)
        bits = np.zeros((len(entry), held.masks), np.uint64)
        bits[np.arange(len(entry)), np.maximum(place, 0) >> 6] = np.uint64(1) << (
            np.maximum(place, 0) & 63
        ).astype(np.uint64)
        masks = np.bitwise_or.reduceat(bits, first, axis=0)
        pair = pair[first][sound]
        links = len(self._rule.links)
        return pair // links, pair % links, score[sound], masks[sound]

    def result(self) -> pa.Table:
        """The best rows of what was added."""
        return self._gathered.top.result()
