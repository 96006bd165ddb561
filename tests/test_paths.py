"""Paths lead nowhere else: links in a workspace, names that become file names, archives."""

from __future__ import annotations

import gzip
import json
import os
import sys
from pathlib import Path

import pytest
from books import small
from running import chainmap

from chainmap.read.edits import lock
from chainmap.read.where import leading_out
from chainmap.study import sets
from chainmap.track.snapshot import Damaged, decode, is_name, is_safe

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links of POSIX")
OUTSIDE = ("../x", "/etc/passwd", "..", ".", "a/b", "a\\b", "a\0b", "~", "CON:", "a\nb", "", "-x",
           ".hidden", "A", "甲", "x" * 65)  # fmt: skip


def untouched(directory: Path) -> bool:
    return [one.name for one in directory.rglob("*")] == ["theirs"]


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A directory that no command may change."""
    found = tmp_path / "elsewhere"
    found.mkdir()
    (found / "theirs").write_text("theirs", encoding="utf-8")
    return found


@pytest.mark.parametrize("name", ["data/private", "data/snapshots", "data", "chains"])
def test_a_directory_that_leads_out_is_not_written_into(
    name: str, tmp_path: Path, elsewhere: Path
) -> None:
    root = small(tmp_path / "w")
    assert leading_out(root) is None
    if (root / name).exists():
        (root / name).rename(tmp_path / "moved")
        elsewhere = tmp_path / "moved"
    (root / name).symlink_to(elsewhere)
    assert leading_out(root) == root / name
    before = {one: one.read_bytes() for one in elsewhere.rglob("*") if one.is_file()}
    for words in (
        ("snapshot", "one"),
        ("projects", "add", "扩产", "--firm", "beta", "--chain", "toy", "--link", "ship",
         "--because", "走访"),
    ):  # fmt: skip
        done = chainmap(*words, workspace=root)
        assert done.returncode in (1, 2, 4), done.stderr.decode()
        assert b"Traceback" not in done.stderr
    assert {one: one.read_bytes() for one in elsewhere.rglob("*") if one.is_file()} == before


def test_a_link_to_a_file_outside_is_not_read(tmp_path: Path, elsewhere: Path) -> None:
    root = small(tmp_path / "w")
    (root / "data" / "signals.csv").symlink_to(elsewhere / "theirs")
    (root / "chains" / "more.yaml").symlink_to(elsewhere / "theirs")
    done = chainmap("validate", workspace=root)
    assert done.returncode == 1
    assert (done.stdout + done.stderr).decode().count("F110") == 2
    assert "theirs" not in (done.stdout + done.stderr).decode().replace("elsewhere", "")


@pytest.mark.parametrize("kind", ["link", "fifo", "gb18030", "open quote"])
def test_private_files_are_read_with_care(kind: str, tmp_path: Path, elsewhere: Path) -> None:
    root = small(tmp_path / "w")
    room = root / "data" / "private"
    room.mkdir()
    path = room / "contacts.csv"
    if kind == "link":
        path.symlink_to(elsewhere / "theirs")
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "gb18030":
        path.write_bytes("project,name,phone\np1,王某,13800000000\n".encode("gb18030"))
    else:
        path.write_text('project,name\np1,"王', encoding="utf-8")
    words = ("projects", "add", "王某扩产", "--firm", "beta", "--chain", "toy", "--link", "ship",
             "--because", "走访")  # fmt: skip
    done = chainmap(*words, workspace=root)
    told = done.stderr.decode()
    assert "Traceback" not in told
    assert done.returncode == (2 if kind == "gb18030" else 4), told
    assert kind != "gb18030" or "王某" in told
    assert not (root / "data" / "projects.csv").exists()


def test_a_lock_follows_no_link(tmp_path: Path, elsewhere: Path) -> None:
    (tmp_path / ".a.csv.lock").symlink_to(elsewhere / "made")
    with pytest.raises(OSError, match="symbolic"), lock(tmp_path / "a.csv", 0.1):
        pass
    assert untouched(elsewhere)


def test_an_output_through_a_link_leaves_what_it_points_to(tmp_path: Path, elsewhere: Path) -> None:
    out = tmp_path / "out.csv"
    out.symlink_to(elsewhere / "theirs")
    done = chainmap("gaps", "toy", "-o", out, workspace=small(tmp_path / "w"))
    assert done.returncode == 0
    assert untouched(elsewhere) and (elsewhere / "theirs").read_text(encoding="utf-8") == "theirs"
    assert not out.is_symlink() and out.read_bytes().startswith(b"\xef\xbb\xbf")


def test_reports_are_not_written_through_a_link(tmp_path: Path, elsewhere: Path) -> None:
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "toy").symlink_to(elsewhere)
    with pytest.raises(OSError, match="link"):
        sets.write_changed(tmp_path / "set", "toy/report.html", b"x")
    assert sets.write_changed(tmp_path / "set", "ours/report.html", b"x")
    assert untouched(elsewhere)
    assert sets.remove(tmp_path / "set", {"../elsewhere/theirs": sets._sha(b"theirs")}) == []
    assert sets.remove(tmp_path / "set", {"toy/theirs": sets._sha(b"theirs")}) == []
    assert untouched(elsewhere)


@pytest.mark.parametrize("name", OUTSIDE)
def test_a_snapshot_is_called_by_an_id(name: str, tmp_path: Path) -> None:
    assert not is_name(name)
    if name in ("../x", "/etc/passwd"):
        done = chainmap("snapshot", name, workspace=small(tmp_path / "w"))
        assert done.returncode == 2, done.stderr.decode()
        assert not (tmp_path / "w" / "data" / "snapshots").exists()


@pytest.mark.parametrize(
    "file", ["../chains/a.yaml", "chains/../x.yaml", "/data/firms.csv", "data/private/contacts.csv",
             "data/.x.csv", "chains/a.yaml\n", "data/A.csv", "chains/sub/a.yaml", "", "data/",
             "data\\firms.csv", "chains/a.yml", "scoring.yaml"],
)  # fmt: skip
def test_a_snapshot_holds_files_of_a_workspace_alone(file: str) -> None:
    assert not is_safe(file)
    from fuzz_targets import sound_snapshot

    from chainmap.track.snapshot import _dumped, _hash, encode

    body = json.loads(gzip.decompress(encode(sound_snapshot())))
    body.pop("digest")
    body["files"][file] = "x"
    body["digest"] = _hash(_dumped(body))
    with pytest.raises(Damaged, match="files"):
        decode(gzip.compress(json.dumps(body).encode()))


@pytest.mark.parametrize("name", OUTSIDE)
def test_ids_that_become_file_names_are_ids(name: str, tmp_path: Path) -> None:
    root = small(tmp_path / "w")
    text = (root / "chains" / "toy.yaml").read_text(encoding="utf-8")
    told = text.replace("chain: toy", f"chain: {json.dumps(name)}")
    (root / "chains" / "toy.yaml").write_text(told, encoding="utf-8")
    from chainmap.read.workspace import load

    found, problems = load(root)
    assert not found.chains
    assert any(one.severity == "error" for one in problems)
