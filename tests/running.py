"""Runs the real command line, and copies of workspaces to run it on."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent


def chainmap(
    *arguments: str | Path,
    workspace: Path | None = ROOT,
    cwd: Path | None = None,
    env: dict[str, str] | None = None,
    **more: Any,
) -> subprocess.CompletedProcess[bytes]:
    """Run ``python -m chainmap`` and give back what it said, as bytes."""
    before = ["--workspace", str(workspace)] if workspace else []
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "100"}
    environment |= {"CHAINMAP_CACHE": "off", **(env or {})}
    return subprocess.run(
        [sys.executable, "-m", "chainmap", *before, *map(str, arguments)],
        cwd=cwd or ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=more.pop("capture_output", True),
        check=False,
        timeout=120,
        **more,
    )


def as_json(*arguments: str | Path, **more: Any) -> dict[str, Any]:
    """The JSON form of a command's rows; fails where the command does."""
    done = chainmap(*arguments, "--format", "json", **more)
    assert done.returncode == 0, done.stderr.decode()
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def as_csv(data: bytes) -> list[list[str]]:
    """Rows of a CSV as a spreadsheet reads it."""
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def copy_of(workspace: Path, to: Path) -> Path:
    """A copy of a workspace to change."""
    for name in ("chains", "data"):
        shutil.copytree(workspace / name, to / name)
    return to
