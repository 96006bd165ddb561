"""Several workers over the parts of a register, each part by one or, at the end, by several."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from chainmap.core.register import Broken, Part, Tally
from chainmap.screen.results import Fate

if TYPE_CHECKING:
    import pyarrow as pa

T = TypeVar("T")
Made_co = TypeVar("Made_co", covariant=True)


class Eater(Protocol[Made_co]):
    """Takes batches, and gives what it made of them."""

    def add(self, batch: pa.RecordBatch) -> None:
        """Take a batch; it may be one of many of a part, in any order."""

    def result(self) -> Made_co:
        """What was made of all batches."""


@dataclass
class Eaten(Generic[T]):
    """A part that was read to its end: what each of its workers made of it."""

    at: int  # the position of the part
    made: list[T]
    fate: Fate


def cores() -> int:
    """How many workers this machine is for."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on Windows and macOS
        return os.cpu_count() or 1


def drive(
    parts: Sequence[Part],
    eater: Callable[[int], Eater[T]],
    *,
    workers: int,
    batch: int,
    told: Callable[[int], None] | None = None,
) -> Generator[Eaten[T]]:
    """Read every part and give each as it is finished, in any order.

    ``eater`` is called on a worker's thread with the worker's number whenever it begins a part,
    or joins another worker on one; ``told`` on the caller's thread with the rows read since the
    last time. A worker fetches a batch, eats it, and only then fetches the next: memory is
    bounded by one batch a worker. Whatever a part or an eater raises is raised here. Where the
    caller stops, by Ctrl-C or by an error of its own, the workers end after their batches.
    """
    run = _Run(parts, eater, batch)
    threads = [
        threading.Thread(target=run.work, args=(number,), name=f"screen-{number}")
        for number in range(workers)
    ]
    try:
        for thread in threads:
            thread.start()
        yield from run.events(told)
    finally:
        run.stopped.set()
        for thread in threads:
            if thread.ident is not None:
                thread.join()


def _let_go() -> None:
    """Give memory that this thread's batches took back to the system."""
    import pyarrow as pa

    pa.default_memory_pool().release_unused()


@dataclass
class _Open(Generic[T]):
    """A part that is being read. The lock is held by whoever fetches from it."""

    at: int
    items: Iterator[pa.RecordBatch | Broken | Tally]
    lock: threading.Lock = field(default_factory=threading.Lock)
    ended: bool = False
    workers: int = 0
    made: list[T] = field(default_factory=list)
    fate: Fate = field(default_factory=Fate)


class _Run(Generic[T]):
    """The parts between the workers. ``_lock`` guards which part is open and who is on it."""

    def __init__(self, parts: Sequence[Part], eater: Callable[[int], Eater[T]], batch: int) -> None:
        self._parts, self._eater, self._batch = parts, eater, batch
        self._lock = threading.Lock()
        self._next = 0
        self._open: list[_Open[T]] = []
        self._events: queue.SimpleQueue[int | Eaten[T] | BaseException] = queue.SimpleQueue()
        self.stopped = threading.Event()

    def events(self, told: Callable[[int], None] | None) -> Generator[Eaten[T]]:
        """What the workers say, until every part is finished."""
        left = len(self._parts)
        while left:
            try:
                # With a timeout, so that Ctrl-C is heard on every system.
                event = self._events.get(timeout=0.5)
            except queue.Empty:
                continue
            if isinstance(event, BaseException):
                raise event
            if isinstance(event, Eaten):
                left -= 1
                yield event
            elif told:
                told(event)

    def work(self, number: int) -> None:
        """Read parts until there are none."""
        try:
            while not self.stopped.is_set():
                part = self._choose()
                if part is None:
                    return
                self._eat(part, self._eater(number))
        except BaseException as error:  # raised where the caller waits
            self.stopped.set()
            self._events.put(error)

    def _choose(self) -> _Open[T] | None:
        """The next part, or the open one with the fewest workers, once all are open."""
        with self._lock:
            if self._next < len(self._parts):
                part = self._parts[self._next]
                chosen = _Open[T](self._next, iter(part.batches(self._batch)))
                self._open.append(chosen)
                self._next += 1
            else:
                going = [one for one in self._open if not one.ended]
                if not going:
                    return None
                chosen = min(going, key=lambda one: one.workers)
            chosen.workers += 1
            return chosen

    def _eat(self, part: _Open[T], eater: Eater[T]) -> None:
        eaten = False
        while not self.stopped.is_set():
            with part.lock:
                batch = self._fetch(part)
            if batch is None:
                break
            eater.add(batch)
            eaten = True
        if self.stopped.is_set():
            return
        made = [eater.result()] if eaten else []
        _let_go()
        with self._lock:
            part.made += made
            part.workers -= 1
            if part.workers or part not in self._open:
                return
            self._open.remove(part)
        self._events.put(Eaten(part.at, part.made, part.fate))

    def _fetch(self, part: _Open[T]) -> pa.RecordBatch | None:
        """The next batch of a part, with what stands before it; None at its end."""
        before = part.fate.tally.read
        found = None
        while found is None and not part.ended:
            one = next(part.items, None)
            if one is None:
                part.ended = True
            else:
                found = part.fate.batch(one)
        if part.fate.tally.read > before:
            self._events.put(part.fate.tally.read - before)
        return found
