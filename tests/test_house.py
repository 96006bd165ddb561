"""The house stands: layers, style and types are tests like any other."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent


@pytest.mark.parametrize(
    "command",
    [
        ("lint-imports",),
        ("ruff", "check", "."),
        ("ruff", "format", "--check", "."),
        ("mypy",),
    ],
    ids=" ".join,
)
def test_the_tools_find_nothing(command: tuple[str, ...]) -> None:
    name, *arguments = command
    done = subprocess.run(
        [BIN / name, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_files_stay_small() -> None:
    # A catalogue of sentences or columns is one list and is let off.
    catalogues = {"problems.py", "schema.py"}
    for path in (ROOT / "chainmap").rglob("*.py"):
        if path.name not in catalogues and path.parent.name != "words":
            lines = len(path.read_text(encoding="utf-8").splitlines())
            assert lines <= 420, f"{path}: {lines} lines"


def test_no_number_of_the_rules_is_written_in_code() -> None:
    """Every setting of scoring.yaml is used, and so changing it changes something."""
    import yaml

    names = []

    def walk(prefix: str, node: dict[str, object]) -> None:
        for key, value in node.items():
            assert isinstance(value, dict)
            if "because" in value:
                assert value["because"], f"{prefix}{key} has no reason"
                names.append(f"{prefix}{key}")
            else:
                walk(f"{prefix}{key}.", value)

    walk("", yaml.safe_load((ROOT / "data/scoring.yaml").read_text(encoding="utf-8")))
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "chainmap").rglob("*.py"))
    for name in names:
        group, _, last = name.rpartition(".")
        assert name in code or f"{group}." in code or f'"{last}"' in code, name
