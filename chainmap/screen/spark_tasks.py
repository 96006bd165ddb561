"""What a Spark executor does: match one part, and merge what parts found for a group of links.

Between the tasks go rows of (group, part, body). Group ``FATE`` tells what happened to the rows of
a part, ``FAULT`` what was wrong with a question to it; any other holds the best rows of that part
for a run of links. So the best rows of a link meet in one place, whatever part they come from,
and no cell is large. An executor needs this package's code, pyarrow, numpy and the automaton (or
numba; duckdb for ``--where``), and the path of the register.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chainmap.core.register import Broken, Part, Tally
from chainmap.screen.best import Standing, merge
from chainmap.screen.kernel import kernel
from chainmap.screen.results import Fate, Screened
from chainmap.screen.rule import Rule
from chainmap.screen.weights import Sample
from chainmap.screen.wire import read, written

if TYPE_CHECKING:
    import pyarrow as pa

COLUMNS = "group int, part int, body binary"
FATE, FAULT = -1, -2
GROUPS = 64
_PACKED = "lz4"
# Rows that a merge gathers before it drops those behind the best.
_GATHERED = 1 << 18


@dataclass(frozen=True)
class Work:
    """A run of the matching, as its tasks know it: the parts are pickled one by one."""

    key: str  # no other run has it
    parts: Sequence[bytes]
    rule: Rule
    batch: int
    fast: bool | None = None  # as ``kernel.kernel`` takes it


class Station:
    """What a Python process of an executor keeps from part to part of one run.

    Its floor rises with the parts that it has read. That so many firms reach it is true of the
    register whatever becomes of this process, so that no row among the best is ever left out.
    """

    def __init__(self, work: Work) -> None:
        self._work = work
        self._matcher = kernel(work.rule, work.fast)
        self._standing = Standing(len(work.rule.links), work.rule.keep)

    def screen(self, part: Part) -> Screened:
        """The best rows of one part, but for those behind the floor, and what became of others."""
        self._matcher.start(self._standing.floor)
        fate = Fate()
        for one in part.batches(self._work.batch):
            batch = fate.batch(one)
            if batch is not None:
                self._matcher.add(batch)
        found = self._matcher.result()
        self._standing.take(found)
        return Screened(found, fate.tally, tuple(fate.broken))


_stations: dict[str, Station] = {}


def _station(work: Work) -> Station:
    if work.key not in _stations:
        _stations.clear()
        _stations[work.key] = Station(work)
    return _stations[work.key]


def matched(asked: Iterable[pa.RecordBatch], work: Work) -> Iterator[pa.RecordBatch]:
    """For each number of a part in ``asked``: its fate, and its best rows by groups of links."""
    for numbers in asked:
        for number in numbers.column(0).to_pylist():
            try:
                found = _station(work).screen(pickle.loads(work.parts[number]))
            except ValueError as error:  # the same here as anywhere: not to be tried again
                yield row(FAULT, number, pickle.dumps(error))
                continue
            yield row(FATE, number, pickle.dumps((found.tally, found.broken)))
            for group, best in cut(found.best, len(work.rule.links)):
                yield row(group, number, written(best, _PACKED))


def merged(found: Iterable[pa.RecordBatch], keep: int) -> Iterator[pa.RecordBatch]:
    """The best rows of each group of links; fates go on as they are.

    Memory is bounded by ``keep`` rows a link, not by the number of parts.
    """
    gathered: dict[int, list[pa.Table]] = {}
    waiting = 0
    for rows in found:
        for group, number, body in zip(*(column.to_pylist() for column in rows), strict=True):
            if group < 0:
                yield row(group, number, body)
                continue
            best = read(body)
            gathered.setdefault(group, []).append(best)
            waiting += best.num_rows
        if waiting > _GATHERED:
            gathered = {group: [merge(tables, keep)] for group, tables in gathered.items()}
            waiting = 0
    for group, tables in sorted(gathered.items()):
        yield row(group, 0, written(merge(tables, keep), _PACKED))


def sampled(
    asked: Iterable[pa.RecordBatch], parts: Sequence[bytes], size: int, below: int, batch: int
) -> Iterator[pa.RecordBatch]:
    """For each number of a part in ``asked``: its sample of scopes, by ``weights.Sample``."""
    for numbers in asked:
        for number in numbers.column(0).to_pylist():
            sample = Sample(size, below)
            part: Part = pickle.loads(parts[number])
            try:
                for one in part.batches(batch):
                    if not isinstance(one, Broken | Tally):
                        sample.add(one)
            except ValueError as error:
                yield row(FAULT, number, pickle.dumps(error))
                continue
            yield row(0, number, pickle.dumps(sample.rows()))


def sampled_again(found: Iterable[pa.RecordBatch], size: int) -> Iterator[pa.RecordBatch]:
    """One sample of many, in the memory of two."""
    sample = Sample(size)
    for rows in found:
        for group, number, body in zip(*(column.to_pylist() for column in rows), strict=True):
            if group < 0:
                yield row(group, number, body)
            else:
                sample.take(pickle.loads(body))
    yield row(0, 0, pickle.dumps(sample.rows()))


def cut(best: pa.Table, links: int) -> Iterator[tuple[int, pa.Table]]:
    """The rows by groups of links that follow one another; groups without rows are left out."""
    import numpy as np

    groups = min(GROUPS, links)
    group = best["link"].to_numpy().astype(np.int64) * groups // max(links, 1)
    ends = np.searchsorted(group, np.arange(groups + 1))
    for at in range(groups):
        if ends[at] < ends[at + 1]:
            yield at, best.slice(ends[at], ends[at + 1] - ends[at])


def row(group: int, part: int, body: bytes) -> pa.RecordBatch:
    """One row for the next task."""
    import pyarrow as pa

    return pa.RecordBatch.from_arrays(
        [
            pa.array([group], pa.int32()),
            pa.array([part], pa.int32()),
            pa.array([body], pa.binary()),
        ],
        names=["group", "part", "body"],
    )
