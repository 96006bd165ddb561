"""Everything that a fuzzing run ever broke, again: a door may refuse it, and must not raise."""

from __future__ import annotations

from pathlib import Path

import pytest
from fuzz_targets import TARGETS

CORPUS = Path(__file__).parent / "cases" / "fuzz"
KEPT = sorted(path for path in CORPUS.rglob("*") if path.is_file())


def test_every_case_belongs_to_a_door() -> None:
    assert {path.parent.name for path in KEPT} <= TARGETS.keys()
    assert KEPT


@pytest.mark.parametrize("path", KEPT, ids=[f"{path.parent.name}-{path.name}" for path in KEPT])
def test_a_door_that_was_broken_once_holds(path: Path) -> None:
    TARGETS[path.parent.name](path.read_bytes())
