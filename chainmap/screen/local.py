"""The local driver: the parts of a register on the cores of this machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

from chainmap.core.register import Part, Tally, rows_of
from chainmap.screen.best import Standing, merge, schema
from chainmap.screen.drive import Eater, cores, drive
from chainmap.screen.kernel import Matcher, compiled_here, kernel
from chainmap.screen.remote import Remote
from chainmap.screen.results import Finished, Progress, Screened, are_small
from chainmap.screen.rule import Rule

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Finished", "Progress", "Screened", "screen_local"]


def screen_local(
    parts: Sequence[Part],
    rule: Rule,
    *,
    workers: int | None = None,
    batch: int = 1 << 16,
    told: Callable[[Progress], None] | None = None,
    done: Finished | None = None,
    fast: bool | None = None,
) -> Screened:
    """The best firms of each link, exactly, with what happened to the other rows.

    The table is the same to the byte whatever ``workers`` (None: one a core), ``batch``, the
    split into parts and their order. The compiled kernel runs on threads, the library's in
    processes; ``fast`` says which (None: the compiled one where numba is installed, but not for
    a small register). ``told`` and ``done`` are called on the caller's thread. Memory: a batch a
    worker, and ``rule.keep`` rows of each link a few times. Raises what a part raises;
    KeyboardInterrupt after the parts in hand have been let go, those that were finished being
    in ``done``.
    """
    run = _Run(parts, rule, told)
    found = done.get if done else lambda _: None
    waiting = []
    for at, part in enumerate(parts):
        one = found(part)
        if one is None:
            waiting.append(at)
        else:
            run.take(at, one, again=True)
    small = are_small([parts[at] for at in waiting])
    if fast is None:
        fast = not small and compiled_here()
    wanted = 1 if small and not fast else max(1, workers or cores())
    with ExitStack() as stack:
        matchers: list[Matcher] = []
        for _ in range(wanted if waiting else 0):
            if fast or wanted == 1:
                matchers.append(kernel(rule, fast))
            else:
                matchers.append(stack.enter_context(closing(Remote(rule))))

        def eater(worker: int) -> Eater[pa.Table]:
            matchers[worker].start(run.standing.floor)
            return matchers[worker]

        reading = drive(
            [parts[at] for at in waiting], eater, workers=wanted, batch=batch, told=run.read
        )
        with closing(reading):
            for eaten in reading:
                best, fate = merge(eaten.made, rule.keep), eaten.fate
                one = Screened(best, fate.tally, tuple(fate.broken))
                at = waiting[eaten.at]
                if done:
                    done.put(parts[at], one)
                run.take(at, one)
    return run.result()


class _Run:
    """What is known so far; the floor rises with every part that is finished."""

    def __init__(
        self, parts: Sequence[Part], rule: Rule, told: Callable[[Progress], None] | None
    ) -> None:
        self._total, self._told = rows_of(parts), told
        self._fates: list[Screened | None] = [None] * len(parts)
        self._rows = self._again = 0
        self.standing = Standing(len(rule.links), rule.keep)

    def read(self, rows: int) -> None:
        """So many rows more have been read."""
        self._rows += rows
        self._tell()

    def take(self, at: int, found: Screened, again: bool = False) -> None:
        """What was found in a part, in this run or in an earlier one."""
        self._fates[at] = Screened(schema().empty_table(), found.tally, found.broken)
        if again:
            self._again += found.tally.read
            self._rows += found.tally.read
        self.standing.take(found.best)
        self._tell()

    def _tell(self) -> None:
        if self._told:
            ready = sum(fate is not None for fate in self._fates)
            of = len(self._fates)
            self._told(Progress(self._rows, self._total, ready, of, self._again))

    def result(self) -> Screened:
        """What was found in all parts."""
        fates = [fate for fate in self._fates if fate is not None]
        tally = sum((fate.tally for fate in fates), Tally())
        best = self.standing.settle()
        return Screened(best, tally, tuple(row for fate in fates for row in fate.broken))
