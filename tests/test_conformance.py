"""The sixty worked cases of the contract, through the corridor and through the front door."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from agreement import differences

from chainmap.study import open_study

CASES = sorted(path for path in (Path(__file__).parent / "conformance").iterdir() if path.is_dir())
BY_COMMAND = CASES[::12]


def expected(case: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((case / "expected.json").read_text(encoding="utf-8"))
    return found


def assert_as_expected(case: Path, gaps: list[dict[str, Any]], chains: list[Any]) -> None:
    wanted = expected(case)
    assert len(gaps) == len(wanted["gaps"])
    assert differences({row["link"]: row for row in gaps}, wanted["gaps"]) == []
    (chain,) = chains
    assert differences({"": chain}, {"": wanted["chains"]}) == []


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_a_worked_case_comes_out_as_stated(case: Path) -> None:
    found = open_study(case)
    assert [one.line("en") for one in found.problems if one.severity == "error"] == []
    assert_as_expected(case, found.gap_rows("probe", all_links=True), found.chain_rows())


def run(case: Path, *words: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "chainmap", "--workspace", str(case), *words]
    environment = os.environ | {"PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        command, capture_output=True, encoding="utf-8", env=environment, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@pytest.mark.parametrize("case", BY_COMMAND, ids=lambda path: path.name)
def test_a_worked_case_comes_out_of_the_command(case: Path) -> None:
    gaps = run(case, "gaps", "probe", "--all", "--format", "json")
    chains = run(case, "chains", "--format", "json")
    region = (case / "data" / "region.yaml").read_text(encoding="utf-8")
    for answer in (gaps, chains):
        assert answer["as_of"] == region.split("study_date:")[1].strip()
        assert answer["workspace_hash"]
    assert_as_expected(case, gaps["rows"], chains["rows"])
