"""The Spark driver: the same kernel on the parts of a register, one task a part."""

from __future__ import annotations

import pickle
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from chainmap.core.register import Part, Tally, rows_of
from chainmap.screen import spark_tasks as tasks
from chainmap.screen.best import merge
from chainmap.screen.results import Progress, Screened, are_small
from chainmap.screen.rule import LinkWords, Rule
from chainmap.screen.spark_session import MissingJava, SparkFault, quiet, session
from chainmap.screen.weights import Sample, weights
from chainmap.screen.wire import read

if TYPE_CHECKING:
    import pyarrow as pa

    _Step = Callable[[Iterable[pa.RecordBatch]], Iterable[pa.RecordBatch]]

__all__ = ["MissingJava", "SparkFault", "running", "screen_spark", "weigh_spark"]

# All cores here; a task whose Python dies (killed for its memory, say) is tried again.
HERE = "local[*,4]"
# Merging is light: some tasks are enough for many cores, and few parts need fewer.
_MERGES = 16
_LOOK = 0.2  # seconds between two looks at how far Spark is


@contextmanager
def running(master: str | None) -> Iterator[Any]:
    """A Spark on that master, or on all cores here, for all work of this block."""
    with quiet(), session(master or HERE) as spark:
        yield spark


def screen_spark(
    parts: Sequence[Part],
    rule: Rule,
    *,
    master: str | None = None,
    batch: int = 1 << 16,
    told: Callable[[Progress], None] | None = None,
) -> Screened:
    """The table of ``screen_local``, made by Spark: on all cores here, or by that master.

    A task whose executor dies is done again elsewhere; the result is the same. Where the
    calling process runs a Spark already, that one is used and left running.
    Raises MissingJava, ModuleNotFoundError where PySpark is not installed, and SparkFault.
    """
    keep = rule.keep
    fast = False if are_small(parts) else None
    work = tasks.Work(str(uuid4()), _pickled(parts), rule, batch, fast)
    with running(master) as spark:
        plan = _plan(
            spark,
            len(parts),
            "group",
            lambda asked: tasks.matched(asked, work),
            lambda found: tasks.merged(found, keep),
        )
        rows = _run(spark, plan, parts, told)
    return _joined(rows, keep)


def weigh_spark(
    parts: Sequence[Part],
    links: Iterable[LinkWords],
    *,
    sample: int,
    scale: float,
    master: str | None = None,
    batch: int = 1 << 16,
    told: Callable[[Progress], None] | None = None,
) -> dict[str, int]:
    """The weights of ``weights.weigh``, the register read by Spark. Raises as ``screen_spark``."""
    pickled, total = _pickled(parts), rows_of(parts)
    # Twice the hashes that a sample of so many rows needs: hardly any row is sent for nothing.
    near = 2**64 if not total else min(2**64, (2**65 * sample) // total)
    with running(master) as spark:
        for below in sorted({near, 2**64}):

            def look(asked: Any, below: int = below) -> Any:
                return tasks.sampled(asked, pickled, sample, below, batch)

            plan = _plan(
                spark, len(parts), "part", look, lambda found: tasks.sampled_again(found, sample)
            )
            taken = Sample(sample)
            for _, _, body in _sorted(_run(spark, plan, parts, told)):
                taken.take(pickle.loads(body))
            if len(taken.rows()) == sample:
                break  # else too few firms were left in those parts: all hashes count
    return weights(taken.scopes(), links, scale)


def _plan(spark: Any, parts: int, by: str, first: _Step, then: _Step) -> Any:
    """The tasks as a DataFrame: each number of a part in a partition by itself, then merges."""
    numbers = spark.range(0, parts, 1, max(parts, 1))
    found = numbers.mapInArrow(first, tasks.COLUMNS)
    merges = max(1, min(_MERGES, parts // 4))
    return found.repartition(merges, by).mapInArrow(then, tasks.COLUMNS)


def _run(
    spark: Any, plan: Any, parts: Sequence[Part], told: Callable[[Progress], None] | None
) -> pa.Table:
    """Run the plan, telling how far it is; interrupted, the tasks are ended too."""
    from py4j.protocol import Py4JError
    from pyspark import InheritableThread
    from pyspark.errors import PySparkException

    context, name = spark.sparkContext, f"chainmap-{uuid4()}"
    context.setJobGroup(name, "screen", interruptOnCancel=True)
    far = _Far(context.statusTracker(), name, parts)
    result: list[pa.Table] = []
    failed: list[BaseException] = []

    def work() -> None:
        try:
            result.append(plan.toArrow())
        except BaseException as error:
            failed.append(error)

    thread = InheritableThread(target=work, daemon=True)
    try:
        thread.start()
        last = None
        while thread.is_alive():
            thread.join(_LOOK)
            if told and last != (now := far.seen()):
                told(last := now)
    except BaseException:
        context.cancelJobGroup(name)
        thread.join(10)
        raise
    if failed:
        if isinstance(failed[0], (PySparkException, Py4JError)):
            raise SparkFault(_reason(failed[0])) from failed[0]
        raise failed[0]
    if told:
        told(far.done())
    return result[0]


class _Far:
    """How far Spark is, by the tasks that it has finished: one for each part."""

    def __init__(self, tracker: Any, name: str, parts: Sequence[Part]) -> None:
        self._total = rows_of(parts)
        self._tracker, self._name, self._of, self._parts = tracker, name, len(parts), 0

    def seen(self) -> Progress:
        """As Spark says now; a task that is done again does not take anything back."""
        for job in self._tracker.getJobIdsForGroup(self._name):
            known = self._tracker.getJobInfo(job)
            stage = self._tracker.getStageInfo(min(known.stageIds)) if known else None
            if stage and stage.numTasks == self._of:
                self._parts = max(self._parts, min(stage.numCompletedTasks, self._of))
        # Parts are about equal: which ones are finished is not told.
        rows = self._total * self._parts // max(self._of, 1) if self._total is not None else 0
        return Progress(rows, self._total, self._parts, self._of)

    def done(self) -> Progress:
        """All of it."""
        return Progress(self._total or 0, self._total, self._of, self._of)


def _pickled(parts: Sequence[Part]) -> tuple[bytes, ...]:
    return tuple(pickle.dumps(part) for part in parts)


def _sorted(rows: pa.Table) -> list[tuple[int, int, bytes]]:
    """Group, part and body in order. Raises what was wrong with the first part that says so."""
    columns = (rows[name].to_pylist() for name in ("group", "part", "body"))
    found = sorted(zip(*columns, strict=True), key=lambda one: one[:2])
    if found and found[0][0] == tasks.FAULT:
        raise pickle.loads(found[0][2])
    return found


def _joined(rows: pa.Table, keep: int) -> Screened:
    """The table, counts and broken rows, in the order of the parts."""
    found = _sorted(rows)
    fates = [pickle.loads(body) for group, _, body in found if group == tasks.FATE]
    best = merge((read(body) for group, _, body in found if group != tasks.FATE), keep)
    tally = sum((tally for tally, _ in fates), Tally())
    return Screened(best, tally, tuple(one for _, broken in fates for one in broken))


def _reason(error: BaseException) -> str:
    """One line of what went wrong: of a Python task its last word, else Spark's own."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    python = [line for line in lines if re.match(r"[\w.]*(Error|Exception|NotFound)\b: \S", line)]
    own = [line for line in python if not line.startswith(("org.", "java.", "py4j."))]
    return ((own or python or lines or [type(error).__name__])[-1])[:300]
