"""How telling a word is: integer weights from how rare it is in a sample of the register."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any

from chainmap.core.register import Part
from chainmap.screen.characters import many
from chainmap.screen.drive import cores, drive
from chainmap.screen.rule import LinkWords, characters, normalise

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    Array = np.ndarray[Any, Any]

_PRIME = 0x100000001B3
_BATCH = 1 << 16
_TOGETHER = 1 << 12


def weigh(
    parts: Sequence[Part],
    links: Iterable[LinkWords],
    *,
    sample: int,
    scale: float,
    told: Callable[[int], None] | None = None,
    workers: int | None = None,
) -> dict[str, int]:
    """A weight for each include word: ``scale`` × log2((n + 1) / (df + 1)), rounded, at least 1.

    n is the size of a sample of at most ``sample`` firms, df how many of their scopes have the
    word. The sample is those with the smallest hashes of their ids: the same whatever the order
    of the rows, the split into parts or the size of batches. A word that contains another
    include word weighs at least one more than it, since whatever says the longer one says more.
    ``told`` is called with the rows read so far, on the caller's thread; ``workers`` (None: one a
    core) read at the same time. Method: Cohen and Kaplan, "Summarizing data
    using bottom-k sketches", 2007; Spärck Jones, "A statistical interpretation of term
    specificity", 1972.
    """
    whole = Sample(sample)
    rows = 0

    def tell(more: int) -> None:
        nonlocal rows
        rows += more
        if told:
            told(rows)

    reading = drive(
        parts,
        lambda _: Sample(sample, whole.last),
        workers=max(1, workers or cores()),
        batch=_BATCH,
        told=tell,
    )
    with closing(reading):
        for eaten in reading:
            for made in eaten.made:
                whole.take(made)
            whole.rows()
    return weights(whole.scopes(), links, scale)


def weights(scopes: Sequence[str], links: Iterable[LinkWords], scale: float) -> dict[str, int]:
    """The weight of each include word by how many of the scopes have it."""
    words = sorted({word for link in links for word in link.include}, key=lambda w: (len(w), w))
    df = _counted(scopes, words)
    found: dict[str, int] = {}
    for word in words:
        own = round(scale * math.log2((len(scopes) + 1) / (df[word] + 1)))
        # Shorter words stand before longer ones, so that those inside have their weights.
        inside = (found.get(word[at:end], 0) for at, end in _pieces(len(word)))
        found[word] = max(1, own, 1 + max(inside, default=0))
    return dict(sorted(found.items()))


def _pieces(length: int) -> Iterable[tuple[int, int]]:
    for at in range(length):
        for end in range(at + 2, length + 1):
            if end - at < length:
                yield at, end


def _counted(scopes: Sequence[str], words: Sequence[str]) -> dict[str, int]:
    """In how many scopes each word is."""
    import ahocorasick

    df = dict.fromkeys(words, 0)
    if not words:
        return df
    automaton = ahocorasick.Automaton()
    for word in words:
        automaton.add_word(word, word)
    automaton.make_automaton()
    for at in range(0, len(scopes), _TOGETHER):
        for scope in many(scopes[at : at + _TOGETHER], normalise, *characters()):
            for word in {word for _, word in automaton.iter(scope)}:
                df[word] += 1
    return df


class Sample:
    """The scopes of the firms with the smallest hashes of their ids, at most ``size``.

    Hashes beyond ``below`` are left out from the start: the sample is that of all firms as long
    as it is full.
    """

    def __init__(self, size: int, below: int = 2**64) -> None:
        self._size = size
        self._rows: list[tuple[int, str, str]] = []
        self.last = below

    def add(self, batch: pa.RecordBatch) -> None:
        """Look at the rows of a batch."""
        import numpy as np
        import pyarrow as pa

        ids = batch.column("id")
        hashes = hashed(ids)
        least = min(self.last, 2**64 - 1)
        distinct = np.unique(hashes)
        if len(distinct) > self._size:
            least = min(least, int(distinct[self._size - 1]))
        near = np.flatnonzero(hashes <= np.uint64(least))
        taken = pa.array(near)
        scopes = batch.column("scope").take(taken).to_pylist()
        self._rows.extend(
            zip(hashes[near].tolist(), ids.take(taken).to_pylist(), scopes, strict=True)
        )
        if len(self._rows) > 2 * self._size:
            self._settle()

    def take(self, rows: Iterable[tuple[int, str, str]]) -> None:
        """Look at the rows of another sample of the same size."""
        self._rows.extend(rows)
        if len(self._rows) > 2 * self._size:
            self._settle()

    def result(self) -> list[tuple[int, str, str]]:
        """``rows``, as a worker gives them."""
        return self.rows()

    def rows(self) -> list[tuple[int, str, str]]:
        """Hash, id and scope of each firm, in the order of the hashes."""
        self._settle()
        return self._rows

    def scopes(self) -> list[str]:
        """The scopes, in the order of the hashes."""
        return [scope for _, _, scope in self.rows()]

    def _settle(self) -> None:
        # Of a firm that is there more than once, one row counts: the first in text order.
        found = {(code, firm): scope for code, firm, scope in sorted(self._rows, reverse=True)}
        self._rows = sorted((*key, scope) for key, scope in found.items())[: self._size]
        if len(self._rows) == self._size:
            self.last = self._rows[-1][0]


def hashed(texts: pa.Array) -> Array:
    """A 64-bit hash of each text, the same on every machine: uint64, one for each.

    A polynomial over the bytes, then the finisher of splitmix64; texts of one length together.
    """
    import numpy as np

    begin, held = spans(texts)
    sizes = np.diff(begin)
    found = np.zeros(len(texts), np.uint64)
    for size in np.unique(sizes):
        at = np.flatnonzero(sizes == size)
        code = np.full(len(at), size + 1, np.uint64)
        for byte in range(int(size)):
            code = code * np.uint64(_PRIME) + held[begin[at] + byte]
        found[at] = code
    found ^= found >> np.uint64(30)
    found *= np.uint64(0xBF58476D1CE4E5B9)
    found ^= found >> np.uint64(27)
    found *= np.uint64(0x94D049BB133111EB)
    return found ^ (found >> np.uint64(31))


def spans(texts: pa.Array) -> tuple[Array, Array]:
    """Where each text starts (int64, one more than texts), and the bytes of all (uint8)."""
    import numpy as np
    import pyarrow as pa

    wide = texts.cast(pa.large_string())
    _, starts, data = wide.buffers()
    found = np.frombuffer(starts, np.int64)[wide.offset : wide.offset + len(wide) + 1]
    if data is None or not data.size:
        return found, np.zeros(1, np.uint8)
    return found, np.frombuffer(data, np.uint8)
