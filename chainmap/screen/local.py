"""The local driver: the parts of a register on the cores of this machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from chainmap.core.register import Broken, Part, Tally
from chainmap.screen.best import merge
from chainmap.screen.kernel import kernel
from chainmap.screen.results import Finished, Progress, Screened
from chainmap.screen.rule import Rule

__all__ = ["Finished", "Progress", "Screened", "screen_local"]

# Broken rows of a part that are listed; the others are only counted, so that memory is bounded.
LISTED = 100_000


def screen_local(
    parts: Sequence[Part],
    rule: Rule,
    *,
    workers: int = 1,
    batch: int = 1 << 16,
    told: Callable[[Progress], None] | None = None,
    done: Finished | None = None,
) -> Screened:
    """The best firms of each link, exactly, with what happened to the other rows."""
    del workers
    sizes = [part.rows for part in parts]
    total = None if None in sizes else sum(size or 0 for size in sizes)
    found: list[Screened] = []
    again = 0
    for part in parts:
        one = done.get(part) if done else None
        if one is None:
            one = _part(part, rule, batch)
            if done:
                done.put(part, one)
        else:
            again += one.tally.read
        found.append(one)
        if told:
            read = sum(each.tally.read for each in found)
            told(Progress(read, total, len(found), len(parts), again))
    return joined(found, rule.keep)


def joined(found: Sequence[Screened], keep: int) -> Screened:
    """What was found in all parts together; broken rows in the order of the parts."""
    best = merge([one.best for one in found], keep)
    broken = [row for one in found for row in one.broken]
    return Screened(best, sum((one.tally for one in found), Tally()), tuple(broken))


def _part(part: Part, rule: Rule, batch: int) -> Screened:
    matcher = kernel(rule)
    tally = Tally()
    broken: list[Broken] = []
    for one in part.batches(batch):
        if isinstance(one, Tally):
            tally += one
        elif isinstance(one, Broken):
            if len(broken) < LISTED:
                broken.append(one)
        else:
            matcher.add(one)
    return Screened(matcher.result(), tally, tuple(broken))
