"""The rooms that decide are covered, and the examples in docstrings hold."""

from __future__ import annotations

import doctest
import importlib
import os
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest
from running import ROOT

import chainmap

# The quick tests alone must reach the goal, so that the slow ones are never its excuse.
QUICK = (
    "conformance", "rank_cases", "mcda", "coverage", "read_chains", "read_tables",
    "read_workspace", "read_template", "bad_inputs", "words", "covered", "path", "measures",
    "acceptability", "sieve", "stability", "memory", "edits", "catalogue", "ledger", "leaders",
    "backtest", "snapshot", "revisions", "plan_file", "projects", "projects_import", "journal",
    "guards", "kpi_published", "workbook", "workbook_edits", "workbook_faults", "workbook_ledger",
    "workbook_names", "workbook_tables", "register", "register_where", "glance", "fuzz", "limits",
)  # fmt: skip
SKIP = "not validate_fails and not branches and not main_job"


def test_branches_of_core_read_find_and_rank_are_covered(tmp_path: Path) -> None:
    """Branch coverage of the four rooms, by the quick tests in one process: 92 % at least."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-n0", "-k", SKIP),
            *("--cov", "--cov-config=pyproject.toml", "--cov-report=term", "--cov-fail-under=92"),
            *(f"tests/test_{name}.py" for name in QUICK),
        ],
        cwd=ROOT,
        env={**os.environ, "COVERAGE_FILE": str(tmp_path / "coverage"), "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]


def modules() -> list[str]:
    return [
        one.name
        for one in pkgutil.walk_packages(chainmap.__path__, "chainmap.")
        if not one.name.endswith("__main__")
    ]


@pytest.mark.parametrize("name", modules())
def test_the_examples_of_a_module_hold(name: str) -> None:
    found = doctest.testmod(importlib.import_module(name), extraglobs={"ROOT": str(ROOT)})
    assert found.failed == 0
