"""No command opens a connection: each is run in a process in which sockets are forbidden."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from every_command import ARGUMENTS, SPOILED, leaves, run, workspace
from running import ROOT


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What came of every command."""
    room = tmp_path_factory.mktemp("offline")
    names = (f"示例{number}" for number in itertools.count())
    root = workspace(room / "w", names)
    done = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "every_command.py"), str(root)],
        cwd=room, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, check=False,
        timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_every_command_is_run() -> None:
    assert set(ARGUMENTS) == set(leaves()), "give a new command its arguments in every_command.py"


def test_no_command_opens_a_socket(found: dict[str, Any]) -> None:
    assert found["events"] == []
    assert found["kernel"] or sys.platform != "linux"


def test_every_command_does_its_work(found: dict[str, Any]) -> None:
    """A command that ended early would show nothing of what it opens."""
    failed = [(" ".join(one["words"]), one["code"], one["told"]) for one in found["runs"]
              if one["code"] in SPOILED or one["code"] != 0]  # fmt: skip
    assert not failed


def test_sockets_are_really_forbidden() -> None:
    code = (
        "import sys; sys.path[:0] = sys.argv[1:]\n"
        "from every_command import forbid_sockets\n"
        "events = []; kernel = forbid_sockets(events)\n"
        "import socket\n"
        "try: socket.create_connection(('127.0.0.1', 9))\n"
        "except PermissionError: pass\n"
        "assert events, events\n"
        "import ctypes; print('asks', kernel, flush=True)\n"
        "ctypes.CDLL(None).socket(2, 1, 0); print('got it')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(ROOT), str(ROOT / "tests")],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.stdout.startswith("asks"), done.stderr
    assert ("got it" in done.stdout) == ("asks False" in done.stdout)


def test_a_chain_that_cannot_be_read_stops_no_other_work(tmp_path: Path) -> None:
    root = workspace(tmp_path / "w", (f"示例{number}" for number in itertools.count()))
    (root / "chains" / "toy.yaml").write_text("chain: [", encoding="utf-8")
    code, told, _ = run(["leaders", "cluster", "maker"], root)
    assert code in (0, 1) and "Y101" in told, told
