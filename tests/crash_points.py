"""Ends a command at each of its steps that change a file, and looks at what it leaves.

A child process runs the command and ends at the nth step without another word, as one that is
killed does: no exception runs, nothing is put back, no buffer is written out. A step is a file
opened for writing, a rename, a removal, a link, a directory made, or bytes brought to the disk.
"""

from __future__ import annotations

import gzip
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
KILLED = 99
STEPS = ("os.rename", "os.remove", "os.link", "os.mkdir", "os.rmdir", "os.symlink", "os.truncate")
# When something was written down is not what was written.
TIMES = re.compile(
    rb"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(\.\d+)?([+-]\d\d:?\d\d|Z)?"
    rb'|"digest":"[0-9a-f]{64}"'  # which covers the time
)
State = dict[str, bytes]


@dataclass
class Done:
    """How a run ended, and what it said on stderr."""

    returncode: int
    stderr: bytes


def run(at: int, room: Path, command: Sequence[str]) -> Done:
    """Run a command in ``room`` and end it at its nth step; at 0 it runs to its end.

    In a child of this process, which has everything imported already.
    """
    import networkx
    import numpy
    import openpyxl
    import xlsxwriter

    from chainmap.cli import main

    del networkx, numpy, openpyxl, xlsxwriter
    with tempfile.TemporaryFile() as told:
        child = os.fork()
        if child == 0:
            try:
                _prepared(at, room, told.fileno())
                main.main(list(command))
            except SystemExit as end:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(end.code if isinstance(end.code, int) else 1)
            finally:
                os._exit(1)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        told.seek(0)
        return Done(code, told.read())


def _prepared(at: int, room: Path, told: int) -> None:
    """In the child: where it stands, where its words go, and where it ends."""
    os.chdir(room)
    os.environ["CHAINMAP_CACHE"] = "off"
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    os.dup2(0, 1)
    os.dup2(told, 2)
    sys.stdin, sys.stdout, sys.stderr = (open(n, mode) for n, mode in enumerate("rww"))  # noqa: PTH123, SIM115
    below, seen = os.path.realpath(room), 0

    def step() -> None:
        nonlocal seen
        seen += 1
        if seen == at:
            os._exit(KILLED)

    def heard(event: str, args: tuple[object, ...]) -> None:
        if event == "open":
            flags = args[2]
            writes = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        else:
            writes = event in STEPS
        if writes and isinstance(args[0], str | os.PathLike):
            path = os.path.realpath(os.fspath(args[0]))
            if path.startswith(below):
                step()

    synced = os.fsync

    def fsync(handle: int) -> None:
        step()
        synced(handle)

    os.fsync = fsync
    sys.addaudithook(heard)


def state(room: Path) -> State:
    """Every file below a directory, without the times in them."""
    return {
        path.relative_to(room).as_posix(): TIMES.sub(b"T", _plain(path))
        for path in sorted(room.rglob("*"))
        if path.is_file()
    }


def _plain(path: Path) -> bytes:
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else data


def grown_old(room: Path) -> None:
    """Make what was begun look as old as it will be when someone comes back."""
    for path in room.rglob(".*"):
        if path.is_file():
            os.utime(path, (1, 1))


def litter(found: Mapping[str, bytes], clean: Mapping[str, bytes]) -> list[str]:
    """Files that a run which was not disturbed does not leave.

    A lock holds no bytes and stops no one: who edits next takes it over and removes it.
    """
    return sorted(name for name in found.keys() - clean.keys() if not name.endswith(".lock"))


def half(found: State, before: State, after: State) -> Iterator[str]:
    """Files in sight that are neither as they were nor as they are to be."""
    for name, data in found.items():
        hidden = any(part.startswith(".") for part in name.split("/"))
        if not hidden and data not in (before.get(name), after.get(name)):
            yield name
    yield from (name for name in before.keys() - found.keys() if name in after)


def hold(base: Path, room: Path, command: Sequence[str], points: Iterator[int]) -> int:
    """End a command at these steps, each time on a fresh copy of ``base``; how many there were.

    Whatever is in sight afterwards is as it was or as it is to be, the workspace is as sound as
    before, and the same command, given again, ends what was begun and leaves nothing lying about.
    """
    before, after = clean(base, room, command)
    count = 0
    for at in points:
        fresh(base, room)
        done = run(at, room, command)
        if done.returncode != KILLED:
            assert done.returncode == 0, (at, done.stderr.decode())
            break
        count += 1
        judge(room, command, before, after, at)
    return count


def judge(room: Path, command: Sequence[str], before: State, after: State, at: int | str) -> None:
    """Hold what a killed command left; AssertionError where something is wrong."""
    found = state(room)
    assert not list(half(found, before, after)), (at, "half", [*half(found, before, after)])
    if command[0] != "init":
        assert errors(room) == 0, (at, "errors")
    grown_old(room)
    again = run(0, room, command)
    told = again.stderr.decode()
    assert again.returncode in (0, 1, 2, 4), (at, told)
    ended = state(room)
    assert not litter(ended, after), (at, "litter", litter(ended, after), told)
    # What was done already may be done once more.
    lost = [
        name
        for name in after
        if not _holds(ended.get(name, b""), after[name]) and found.get(name) != after[name]
    ]
    assert not lost, (at, "lost", lost, told)


def clean(base: Path, room: Path, command: Sequence[str]) -> tuple[State, State]:
    """What stands there before a command, and after one that nobody disturbs."""
    fresh(base, room)
    before = state(room)
    done = run(0, room, command)
    assert done.returncode == 0, (command, done.stderr.decode())
    after = state(room)
    assert after != before, f"{command} writes nothing"
    return before, after


def _holds(found: bytes, wanted: bytes) -> bool:
    """Whether a file is what a clean run leaves; a journal may tell of a second go as well."""
    return found == wanted or found.startswith(wanted)


def fresh(base: Path, room: Path) -> None:
    """A copy of the workspace, always in the same place."""
    shutil.rmtree(room, ignore_errors=True)
    shutil.copytree(base, room)


def errors(room: Path) -> int:
    """How many errors the workspace has, as a later command would find it."""
    from chainmap.read.workspace import load

    return sum(one.severity == "error" for one in load(room)[1])
