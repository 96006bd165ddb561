"""A kernel in a process of its own, for kernels that hold the interpreter's lock."""

from __future__ import annotations

import signal
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from chainmap.screen.best import Floor
from chainmap.screen.rule import Rule
from chainmap.screen.wire import read, written

if TYPE_CHECKING:
    import pyarrow as pa

_NEEDED = ["id", "name", "scope", "capital", "city"]


class Remote:
    """Sends batches to a process that matches them, one at a time. Not for two threads at once.

    The process is spawned, never forked, since the parent has threads; it ends with the parent.
    Raises RuntimeError where the process was ended by something else.
    """

    def __init__(self, rule: Rule) -> None:
        context = get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=serve, args=(theirs, rule), daemon=True)
        self._process.start()
        theirs.close()

    def start(self, floor: Floor | None = None) -> None:
        """Forget what was added. Rows behind the floor may be left out from now on."""
        self._ask("start", floor)

    def add(self, batch: pa.RecordBatch) -> None:
        """Match a batch over there, and wait until it is done."""
        import pyarrow as pa

        self._ask("add", written(pa.Table.from_batches([batch.select(_NEEDED)])))

    def result(self) -> pa.Table:
        """The best rows of what was added."""
        return read(self._ask("result", None))

    def close(self) -> None:
        """End the process."""
        self._pipe.close()
        self._process.join(timeout=2)
        if self._process.is_alive():
            self._process.terminate()
            self._process.join()

    def _ask(self, what: str, value: Any) -> Any:
        try:
            self._pipe.send((what, value))
            answer = self._pipe.recv()
        except (EOFError, OSError) as error:
            self._process.join(timeout=2)
            raise RuntimeError(f"a matching process ended: {self._process.exitcode}") from error
        if isinstance(answer, BaseException):
            raise answer
        return answer


def serve(pipe: Connection, rule: Rule) -> None:
    """Match what comes through the pipe, until it is closed."""
    from chainmap.screen.kernel import kernel

    # Ctrl-C reaches every process of a terminal; the parent decides what becomes of this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    matcher = kernel(rule, fast=False)
    while True:
        try:
            what, value = pipe.recv()
        except (EOFError, OSError):
            return
        answer: Any = None
        try:
            if what == "start":
                matcher.start(value)
            elif what == "add":
                for batch in read(value).to_batches():
                    matcher.add(batch)
            else:
                answer = written(matcher.result())
        except Exception as error:  # raised in the parent
            answer = error
        try:
            pipe.send(answer)
        except OSError:
            return
