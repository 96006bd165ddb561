"""What a command loads: a start stays quick only while nobody loads more than the work needs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

EMPTY = """
import typer
app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False)
@app.command()
def nothing() -> None: ...
def main(words):
    app(words)
"""
OURS = "from chainmap.cli.main import main"
# The names go to stderr's last line: stdout belongs to the command.
RUN = """
import json, sys
{program}
try:
    main({words!r})
except SystemExit as stop:
    code = stop.code
else:
    code = 0
names = sorted({{name.partition(".")[0] for name in sys.modules}})
print(json.dumps([code or 0, names]), file=sys.stderr)
"""


def _loaded(program: str, *words: str) -> set[str]:
    """Top-level modules in memory at the end of a run of that program."""
    done = subprocess.run(
        [sys.executable, "-c", RUN.format(program=program, words=list(words))],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    code, names = json.loads(done.stderr.splitlines()[-1])
    assert code == 0, done.stderr
    return set(names)


def _foreign(names: set[str]) -> set[str]:
    return names - sys.stdlib_module_names


@pytest.mark.parametrize("word", ["--help", "--version"])
def test_the_front_door_needs_typer_alone(word: str) -> None:
    needed_by_typer = _foreign(_loaded(EMPTY, "--help"))
    assert "typer" in needed_by_typer
    assert _foreign(_loaded(OURS, word)) <= needed_by_typer | {"chainmap"}


def test_the_front_door_leaves_the_mail_parser_alone() -> None:
    # importlib.metadata brings it along, at a third of the price of an empty start.
    assert "email" not in _loaded(OURS, "--help") - _loaded(EMPTY, "--help")


def test_a_help_page_of_a_command_loads_no_data_library() -> None:
    # Typer itself asks pydantic about a command's parameters, so pydantic may be there.
    heavy = {"yaml", "networkx", "numpy", "pandas", "rich"}
    assert not _loaded(OURS, "rank", "--help") & heavy


@pytest.mark.parametrize(
    ("command", "unneeded"),
    [
        (("validate",), {"pandas", "networkx", "numpy", "rich"}),
        (("gaps", "integrated-circuits"), {"pandas", "numpy", "rich"}),
        (("rank", "integrated-circuits"), {"pandas", "rich"}),
    ],
    ids=lambda part: part[0] if isinstance(part, tuple) else "",
)
def test_a_command_loads_only_what_it_works_with(
    command: tuple[str, ...], unneeded: set[str]
) -> None:
    loaded = _loaded(OURS, *command)
    assert "yaml" in loaded
    assert not loaded & unneeded
