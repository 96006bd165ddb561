"""What a screening gives: the best rows, what happened to all others, and how far it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from chainmap.core.register import Broken, Part, Tally, rows_of

if TYPE_CHECKING:
    import pyarrow as pa


# A register of fewer rows is matched by the library on one core before the compiled kernel has
# been loaded, or other processes have begun.
_SMALL = 30_000
# Broken rows of a part that are listed; the others are only counted, so that memory is bounded.
LISTED = 100_000


def are_small(parts: Sequence[Part]) -> bool:
    """Whether parts are known to be matched sooner than what makes it quicker is ready."""
    rows = rows_of(parts)
    return rows is not None and rows < _SMALL


@dataclass
class Fate:
    """What became of the rows of a part, as far as it was read."""

    tally: Tally = field(default_factory=Tally)
    broken: list[Broken] = field(default_factory=list)

    def batch(self, one: pa.RecordBatch | Broken | Tally) -> pa.RecordBatch | None:
        """Take what a part gives: a count or a broken row is noted, a batch is handed on."""
        if isinstance(one, Tally):
            self.tally += one
        elif not isinstance(one, Broken):
            return one
        elif len(self.broken) < LISTED:
            self.broken.append(one)
        return None


@dataclass(frozen=True)
class Screened:
    """The best rows (``best.schema``) of a part or of a register, counts, and broken rows.

    A part lists its first ``LISTED`` broken rows; all are counted.
    """

    best: pa.Table
    tally: Tally = field(default_factory=Tally)
    broken: Sequence[Broken] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a screening is. ``total`` is None where a part does not say its rows."""

    rows: int  # read so far, those of finished parts that were not read again among them
    total: int | None
    parts: int  # finished
    of: int
    again: int = 0  # rows of the parts that an earlier run had finished


class Finished(Protocol):
    """Where finished parts are kept, so that a run that was stopped can go on.

    What is kept holds for the same rule (``Rule.digest``) and the same register as a whole: of a
    part, rows that others of the register are known to beat may have been left out. So a change
    of any part, or one more or less, makes all that was kept void; a part that was lost does not.
    Called from the thread that called the driver, one call at a time.
    """

    def get(self, part: Part) -> Screened | None:
        """What an earlier run with the same rule found in this part, if it finished it."""

    def put(self, part: Part, found: Screened) -> None:
        """Keep what was found in a part."""
