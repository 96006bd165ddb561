"""A business register as the matching sees it: parts of Arrow batches with fixed columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import pyarrow as pa

# The columns of every batch, in this order. Text is never null (unknown: empty). ``capital`` is
# int64, registered capital in whole 元; unknown is -1, so that it stands behind a known 0.
FIELDS = ("id", "name", "scope", "capital", "city", "founded", "status")


@dataclass(frozen=True, slots=True)
class Broken:
    """A row, or a run of rows, of a register that could not be read: where, and why."""

    file: str
    row: int  # of the file, from 1; 0 for the file or the row group as a whole
    reason: str  # a key of the catalogue
    text: str = ""  # what stood there, cut to a readable length


@dataclass(frozen=True, slots=True)
class Tally:
    """What happened to the rows of a part: read = matched + set aside; broken ones apart."""

    read: int = 0
    revoked: int = 0  # revoked or cancelled firms, set aside
    filtered: int = 0  # not asked for by --where
    broken: int = 0

    @property
    def matched(self) -> int:
        """Rows that were held against the words: neither set aside nor left out."""
        return self.read - self.revoked - self.filtered

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.read + other.read,
            self.revoked + other.revoked,
            self.filtered + other.filtered,
            self.broken + other.broken,
        )


class Part(Protocol):
    """A piece of a register that one worker reads by itself: a few row groups, or a CSV file.

    Parts can be pickled, and are opened where they are read: on a thread, in a process of this
    machine, or on an executor of a cluster that sees the same path.
    """

    @property
    def name(self) -> str:
        """A short name that tells the part from all others, the same at each run."""

    @property
    def rows(self) -> int | None:
        """Rows, or about so many, where that is known without reading the file."""

    def batches(self, size: int) -> Iterator[pa.RecordBatch | Broken | Tally]:
        """Batches of at most so many rows with the columns ``FIELDS``; broken rows and counts
        between them. Raises nothing for what a file holds."""


def rows_of(parts: Sequence[Part]) -> int | None:
    """Rows of all parts, where each says its own without being read."""
    sizes = [part.rows for part in parts]
    return None if None in sizes else sum(size or 0 for size in sizes)
