"""The one function that writes: whole or not at all, whatever fails, and nothing left behind."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from chainmap.core import whole
from chainmap.core.whole import write_whole

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="modes and links of POSIX")
Calls = list[tuple[str, object]]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    """What is asked of the system, in order; everything is done as well."""
    found: Calls = []

    def noted(name: str, real: Callable[..., object], say: Callable[..., object]) -> None:
        def call(*words: object, **more: object) -> object:
            found.append((name, say(*words)))
            return real(*words, **more)

        monkeypatch.setattr(whole.os, name, call)

    def kind(handle: int) -> str:
        return "directory" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file"

    noted("fsync", os.fsync, kind)
    real = Path.replace

    def replace(self: Path, target: Path) -> Path:
        found.append(("replace", target.name))
        assert self.parent == target.parent and self.name.startswith(f".{target.name}.")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    return found


def test_the_bytes_reach_the_disk_before_the_name(tmp_path: Path, calls: Calls) -> None:
    write_whole(tmp_path / "a", b"x" * 100_000)
    assert calls == [("fsync", "file"), ("replace", "a"), ("fsync", "directory")]
    assert (tmp_path / "a").read_bytes() == b"x" * 100_000
    assert [one.name for one in tmp_path.iterdir()] == ["a"]


@POSIX
@pytest.mark.parametrize("mask", [0o022, 0o077, 0o000, 0o027])
def test_a_new_file_has_the_mode_that_the_user_wants(tmp_path: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        write_whole(tmp_path / "a", b"1")
        assert os.umask(mask) == mask
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o666 & ~mask


@POSIX
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o444, 0o755])
def test_a_file_that_was_there_keeps_its_mode(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    path.chmod(mode)
    write_whole(path, b"new")
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b"new", mode)


@pytest.mark.parametrize("error", [OSError("no space"), KeyboardInterrupt()])
@pytest.mark.parametrize("name", ["fsync", "replace", "chmod"])
def test_what_fails_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, error: BaseException
) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")

    def failing(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(*((whole.os, "fsync") if name == "fsync" else (Path, name)), failing)
    with pytest.raises(type(error)):
        write_whole(path, b"new")
    monkeypatch.undo()
    assert path.read_bytes() == b"old"
    assert [one.name for one in tmp_path.iterdir()] == ["a"]


def test_a_cleanup_that_fails_hides_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(name: str) -> Callable[..., None]:
        def call(*_: object, **__: object) -> None:
            raise OSError(name)

        return call

    monkeypatch.setattr(Path, "replace", failing("the first"))
    monkeypatch.setattr(Path, "unlink", failing("the second"))
    with pytest.raises(OSError, match="the first"):
        write_whole(tmp_path / "a", b"new")


def test_a_directory_that_cannot_be_synced_is_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.fsync

    def failing(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError("not here")
        real(handle)

    opened: list[int] = []
    real_open = os.open
    monkeypatch.setattr(
        whole.os, "open", lambda *words: opened.append(real_open(*words)) or opened[-1]
    )
    monkeypatch.setattr(whole.os, "fsync", failing)
    write_whole(tmp_path / "a", b"1")
    monkeypatch.undo()
    assert (tmp_path / "a").read_bytes() == b"1"
    for handle in opened:
        with pytest.raises(OSError, match="descriptor"):
            os.fstat(handle)


def test_no_directory_no_file(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="none"):
        write_whole(tmp_path / "none" / "a", b"1")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OSError, match="file"):
        write_whole(tmp_path / "file" / "a", b"1")
    assert [one.name for one in tmp_path.iterdir()] == ["file"]


@POSIX
def test_a_link_is_replaced_and_what_it_points_to_is_left(tmp_path: Path) -> None:
    """A link that someone put in the way leads no writing out of the directory."""
    outside = tmp_path / "outside"
    outside.write_bytes(b"theirs")
    link = tmp_path / "w"
    link.symlink_to(outside)
    write_whole(link, b"ours")
    assert outside.read_bytes() == b"theirs"
    assert link.read_bytes() == b"ours" and not link.is_symlink()


class TestPieceByPiece:
    """A file that is written piece by piece is as whole as any."""

    def test_it_is_put_into_place_at_the_end(self, tmp_path: Path, calls: Calls) -> None:
        path = tmp_path / "a"
        path.write_bytes(b"old")
        path.chmod(0o640)
        with whole.whole_file(path) as temporary:
            assert temporary.parent == tmp_path and temporary.name.startswith(".a.")
            temporary.write_bytes(b"new")
            assert path.read_bytes() == b"old" and calls == []
        assert path.read_bytes() == b"new"
        assert stat.S_IMODE(path.stat().st_mode) == 0o640
        assert calls[:2] == [("fsync", "file"), ("replace", "a")]
        assert [one.name for one in tmp_path.iterdir()] == ["a"]

    @POSIX
    def test_a_new_one_has_the_mode_that_the_user_wants(self, tmp_path: Path) -> None:
        before = os.umask(0o027)
        try:
            with whole.whole_file(tmp_path / "a") as temporary:
                temporary.write_bytes(b"1")
        finally:
            os.umask(before)
        assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o640

    @pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
    def test_what_fails_leaves_what_was_there(
        self, tmp_path: Path, error: type[BaseException]
    ) -> None:
        path = tmp_path / "a"
        path.write_bytes(b"old")
        with pytest.raises(error), whole.whole_file(path) as temporary:
            temporary.write_bytes(b"half")
            raise error
        assert path.read_bytes() == b"old"
        assert [one.name for one in tmp_path.iterdir()] == ["a"]

    def test_a_cleanup_that_fails_hides_no_error(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def failing(*_: object, **__: object) -> None:
            raise OSError("the second")

        monkeypatch.setattr(Path, "unlink", failing)
        with pytest.raises(ValueError, match="the first"), whole.whole_file(tmp_path / "a"):
            raise ValueError("the first")
