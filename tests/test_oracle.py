"""The oracle agrees with the worked cases of the contract, and knows what it was told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import oracle
import pytest

CASES = sorted(path for path in (Path(__file__).parent / "conformance").iterdir() if path.is_dir())


def agree(found: Any, wanted: Any) -> bool:
    if isinstance(wanted, float) and not isinstance(found, bool) and found is not None:
        return abs(found - wanted) <= 1e-9
    return type(found) is type(wanted) and found == wanted


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_the_oracle_agrees_with_a_worked_case(case: Path) -> None:
    expected = json.loads((case / "expected.json").read_text(encoding="utf-8"))
    found = oracle.answer(case, "probe")
    assert found["gaps"].keys() == expected["gaps"].keys()
    wrong = [
        (link, key, found["gaps"][link][key], wanted)
        for link, row in expected["gaps"].items()
        for key, wanted in row.items()
        if not agree(found["gaps"][link][key], wanted)
    ]
    wrong += [
        ("chain", key, found["chains"][key], wanted)
        for key, wanted in expected["chains"].items()
        if not agree(found["chains"][key], wanted)
    ]
    assert wrong == []
