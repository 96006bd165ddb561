"""Every damaged input ends with the right code, file and line, and never with an exception."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from bad_inputs import SOUND, Case, build, cases

from chainmap.read import workspace

CASES = cases()
# The administrator may read everything, so that a missing permission cannot be shown.
ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
USABLE = [case for case in CASES if not (ROOT and "no_permission" in case.make.values())]
BY_NAME = pytest.mark.parametrize("case", USABLE, ids=[case.name for case in USABLE])


def _unmatched(case: Case, found: list[tuple[str, str, int, int]]) -> tuple[list[str], list[str]]:
    """Expectations that nothing met, and problems that nothing expected."""
    left = list(found)
    missing = []
    for line in case.expect:
        code, place = line.split(" ", 1)
        parts = re.fullmatch(r"([^:]+)(?::(\d+))?(?::(\d+))?", place)
        assert parts, line
        file, row, column = parts.groups()
        met = [
            one
            for one in left
            if one[:2] == (code, file)
            and (row is None or one[2] == int(row))
            and (column is None or one[3] == int(column))
        ]
        if not met:
            missing.append(line)
        # Without a line any number of such problems is meant.
        for one in met if row is None else met[:1]:
            left.remove(one)
    return missing, [f"{code} {file}:{row}:{column}" for code, file, row, column in left]


def test_the_sound_workspace_has_no_problem() -> None:
    loaded, problems = workspace.load(SOUND)
    assert [problem.line("en") for problem in problems] == []
    assert set(loaded.chains) == {"probe"}
    assert len(loaded.rows("findings")) == 2


def test_there_are_sixty_damaged_inputs_and_each_has_its_files() -> None:
    assert sum(case.exit == 1 for case in CASES) >= 60
    assert len({case.name for case in CASES}) == len(CASES)
    made = {case.name for case in CASES if (SOUND.parent / case.name).is_dir()}
    kept = {path.name for path in SOUND.parent.iterdir() if path.is_dir()} - {SOUND.name}
    assert made == kept
    assert all(case.name in made or case.make or case.without for case in CASES)


@BY_NAME
def test_reading_reports_exactly_what_is_wrong(case: Case, tmp_path: Path) -> None:
    root = build(case, tmp_path / "workspace")
    _, problems = workspace.load(root)
    found = [(one.code, one.at.file, one.at.line, one.at.column) for one in problems]
    assert _unmatched(case, found) == ([], [])
    for one in problems:
        assert one.line("zh") and one.line("en")


@BY_NAME
def test_validate_fails_with_code_file_and_line(case: Case, tmp_path: Path) -> None:
    root = build(case, tmp_path / "workspace")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "chainmap",
            "--workspace",
            str(root),
            "validate",
            "--format",
            "json",
        ],
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    assert done.returncode == case.exit, done.stderr.decode()
    if case.exit == 2:
        return
    rows = [row for row in json.loads(done.stdout)["rows"] if not row["code"].startswith("E")]
    found = [(row["code"], row["file"], row["line"], row["column"]) for row in rows]
    assert _unmatched(case, found) == ([], [])
