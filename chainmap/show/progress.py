"""A sign of life on stderr for anything that takes over a second."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

AFTER = 1.0  # seconds that pass in silence
BAR = 30  # characters of a full bar


@contextmanager
def working(what: str, stream: TextIO | None = None) -> Iterator[None]:
    """Shows ``what`` with the seconds passed, from the second second on; only on a terminal."""
    out = stream or sys.stderr
    if not out.isatty():
        yield
        return
    done = threading.Event()
    encoding = getattr(out, "encoding", None) or "utf-8"
    text = what.encode(encoding, "replace").decode(encoding)
    watcher = threading.Thread(target=_watch, args=(out, text, done), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


@contextmanager
def counted(what: str, total: int, stream: TextIO | None = None) -> Iterator[Callable[[str], None]]:
    """A bar that fills by one with each call, which names what was done; only on a terminal."""
    out = stream or sys.stderr
    shown = out.isatty() and total > 0
    encoding = getattr(out, "encoding", None) or "utf-8"
    done = 0

    def draw(name: str) -> None:
        full = BAR * done // total
        line = f"\r{what} [{'#' * full}{'.' * (BAR - full)}] {done}/{total} {name}\x1b[K"
        out.write(line.encode(encoding, "replace").decode(encoding))
        out.flush()

    def step(name: str) -> None:
        nonlocal done
        done += 1
        if shown:
            draw(name)

    if shown:
        draw("")
    try:
        yield step
    finally:
        if shown:
            out.write("\r\x1b[K")
            out.flush()


def _watch(out: TextIO, text: str, done: threading.Event) -> None:
    begun = time.monotonic()
    shown = False
    while not done.wait(AFTER):
        out.write(f"\r{text} {time.monotonic() - begun:.0f} s ")
        out.flush()
        shown = True
    if shown:
        out.write("\r\x1b[K")
        out.flush()


@contextmanager
def in_rows(
    say: Callable[..., str], stream: TextIO | None = None
) -> Iterator[Callable[[str, int, int | None, int], None]]:
    """Rows done and the time that is left; only on a terminal, twice a second at most.

    The callable takes the key of what is done, rows done, rows in all where that is known, and
    how many of those done took no time.
    """
    out = stream or sys.stderr
    shown = out.isatty()
    encoding = getattr(out, "encoding", None) or "utf-8"
    begun: dict[str, float] = {}
    last = 0.0

    def tell(key: str, done: int, total: int | None, again: int = 0) -> None:
        nonlocal last
        now = time.monotonic()
        start = begun.setdefault(key, now)
        if not shown or now - last < 0.5:
            return
        last = now
        text = say(key, rows=f"{done:,}" if total is None else f"{done:,}/{total:,}")
        if total and done > again and now > start:
            left = (total - done) * (now - start) / (done - again)
            text += say("progress.left", left=_clock(left))
        out.write(f"\r{text}\x1b[K".encode(encoding, "replace").decode(encoding))
        out.flush()

    try:
        yield tell
    finally:
        if shown and last:
            out.write("\r\x1b[K")
            out.flush()


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
