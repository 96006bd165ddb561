"""What a kill or a disk that fails leaves: whole files, no lost line, one clear sentence."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import crash_commands
import crash_points
import pytest
from crash_commands import EDITS
from running import ROOT, chainmap

from chainmap.cli.main import command
from chainmap.core.whole import ENDING, sweep, write_new, write_whole

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="mounts and locks of POSIX")
# Commands without -o that write nothing: they print to the screen, or to a shell.
ELSEWHERE = {"completion", "manual"}
# Written by its own tests: a register, its working files and its results.
OWN = {"screen"}
FORMAT = ("gaps", "demo", "-o", "out.csv")


@pytest.fixture
def base(tmp_path: Path) -> Path:
    (tmp_path / "base").mkdir()
    return crash_commands.workspace(tmp_path / "base")


def leaves(node: object, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], bool]]:
    """Every command with whether it takes -o."""
    below = getattr(node, "commands", None)
    if below is None:
        params = getattr(node, "params", ())
        yield path, any("-o" in one.opts for one in params)
        return
    for name, one in below.items():
        yield from leaves(one, (*path, name))


def test_every_command_that_may_write_is_killed_by_the_bench() -> None:
    tried = set(crash_commands.commands())
    for path, writes in leaves(command("en")):
        if path[0] in ELSEWHERE | OWN or path == ("import",):
            continue  # the workbook's own tests kill its import
        assert any(one[: len(path)] == path for one in tried), (path, writes)


@pytest.mark.parametrize(
    ("name", "points"),
    [("projects move", (5, 12)), ("snapshot", (3,)), ("init", (40,))],
)
def test_a_kill_at_any_step_leaves_files_whole_and_ends_in_the_same_place(
    base: Path, tmp_path: Path, name: str, points: Sequence[int]
) -> None:
    """A few steps of some commands; ``tests/bench/kills.py steps`` takes all of all."""
    assert crash_points.hold(base, tmp_path / "room", EDITS[name], iter(points))


def mounted(at: Path, options: str) -> None:
    """A small disk of its own; skipped where the system lets nobody mount one."""
    mount = shutil.which("mount")
    if mount is None or os.geteuid() != 0:
        pytest.skip("only root mounts a small disk")
    done = subprocess.run(
        [mount, "-t", "tmpfs", "-o", options, "tmpfs", at], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip(f"no mount here: {done.stderr.decode().strip()}")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 256 KB that goes again."""
    at = tmp_path / "disk"
    at.mkdir()
    mounted(at, "size=256k")
    yield at
    subprocess.run(["umount", at], check=True)


def fill(disk: Path) -> None:
    """Leave no room on a disk."""
    with pytest.raises(OSError, match="space"):
        (disk / "filler").write_bytes(b"x" * 2**20)


def read_only(disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)


@POSIX
@pytest.mark.parametrize("fault", [fill, read_only])
@pytest.mark.parametrize(
    "name", ["formed", "projects note", "projects note --private", "snapshot", "export", "init"]
)
def test_a_disk_that_takes_nothing_more_is_said_and_harms_nothing(
    base: Path, disk: Path, fault: Callable[[Path], None], name: str
) -> None:
    shutil.copytree(base, disk, dirs_exist_ok=True)
    (disk / "out.csv").write_text("old")
    fault(disk)
    before = crash_points.state(disk)
    done = chainmap(*EDITS.get(name, FORMAT), workspace=None, cwd=disk)
    told = done.stderr.decode()
    assert done.returncode == 4, told
    assert "无法写入" in told and "Traceback" not in told
    assert crash_points.state(disk) == before


@pytest.mark.parametrize(
    "name",
    ["none/out.csv", "file/out.csv", "x" * 300 + ".csv", "taken.csv", "长" * 90 + ".csv"],
)
def test_a_place_that_cannot_be_written_is_said(base: Path, name: str) -> None:
    (base / "file").write_text("x")
    (base / "taken.csv").mkdir()
    before = crash_points.state(base)
    done = chainmap("gaps", "demo", "-o", name, workspace=None, cwd=base)
    assert done.returncode == 4, done.stderr.decode()
    assert name[:9] in done.stderr.decode()
    assert crash_points.state(base) == before


@POSIX
@pytest.mark.skipif(os.name == "posix" and os.geteuid() == 0, reason="root may write anywhere")
def test_a_directory_without_permission_is_said(base: Path) -> None:
    base.chmod(0o555)
    try:
        assert chainmap(*FORMAT, workspace=None, cwd=base).returncode == 4
    finally:
        base.chmod(0o755)


@POSIX
def test_a_directory_that_vanished_is_said(base: Path, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    code = (
        "import os, sys; os.rmdir(os.getcwd()); from chainmap.cli.main import main; "
        f"main(['--workspace', {str(base)!r}, 'gaps', 'demo', '-o', 'out.csv'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=gone, capture_output=True, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 4, done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()


@POSIX
def test_a_name_as_long_as_it_can_be_is_written(tmp_path: Path) -> None:
    for name in ("x" * 255, "长" * 85):
        write_whole(tmp_path / name, b"1")
        assert (tmp_path / name).read_bytes() == b"1"


def test_a_new_file_is_never_put_over_another(tmp_path: Path) -> None:
    write_new(tmp_path / "a", b"1")
    with pytest.raises(FileExistsError):
        write_new(tmp_path / "a", b"2")
    assert (tmp_path / "a").read_bytes() == b"1"
    assert [one.name for one in tmp_path.iterdir()] == ["a"]


@POSIX
def test_of_parts_only_those_that_nobody_holds_go(tmp_path: Path) -> None:
    import fcntl

    names = [f".a.{word}{ENDING}" for word in ("old", "held", "young")]
    other = [f".b.old{ENDING}", ".a.old.txt", "a.part"]
    for name in (*names, *other):
        (tmp_path / name).write_bytes(b"x")
        os.utime(tmp_path / name, (1, 1))
    os.utime(tmp_path / names[2], (time.time(), time.time()))
    with (tmp_path / names[1]).open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        write_whole(tmp_path / "a", b"new")
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == sorted(["a", *names[1:], *other])
    sweep(tmp_path / "a", older=0)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["a", *other])
