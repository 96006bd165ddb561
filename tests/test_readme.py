"""The READMEs cannot lie: their commands run, and what they quote is real output.

With CHAINMAP_FRESH=1 the two lines that set everything up run as well, each in a new virtual
environment and a new clone; that takes minutes. ``python tests/test_readme.py`` brings the
quotations up to date where the output has changed; read the difference before it is committed.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import venv
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path

import pytest

from chainmap.core.problems import CATALOGUE
from chainmap.read.files import LIMITS
from chainmap.show.key_table import COLUMNS

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
READMES = ("README.md", "README.zh-CN.md")
FENCE = "```"
FRESH = "CHAINMAP_FRESH"


@dataclass
class Command:
    """A command of a README, and the lines that it quotes from its output."""

    line: str
    number: int  # of its line in the README, from 1
    quoted: list[str] = field(default_factory=list)

    @property
    def sets_up(self) -> bool:
        return self.line.startswith("pip ")

    @property
    def runs(self) -> str:
        """What of it runs in an environment that is set up already."""
        return self.line.partition("&& ")[2] if self.sets_up else self.line


def _commands(readme: str) -> list[Command]:
    """Commands in order: every line of ``sh`` blocks, the ``$`` lines of ``console`` blocks."""
    found: list[Command] = []
    block = None
    for number, line in enumerate((ROOT / readme).read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith(FENCE):
            block = line.removeprefix(FENCE).strip() if block is None else None
        elif block == "sh" and line:
            found.append(Command(line, number))
        elif block == "console" and line.startswith("$ "):
            found.append(Command(line.removeprefix("$ "), number))
        elif block == "console":
            found[-1].quoted.append(line)
    return found


COMMANDS = {readme: _commands(readme) for readme in READMES}


@dataclass(frozen=True)
class Done:
    """How a command ended, and what a reader saw."""

    code: int
    lines: list[str]


def _environment(binaries: Path) -> dict[str, str]:
    """The environment of a reader who has just set the tool up; output 100 wide."""
    unwanted = ("CHAINMAP_", "COVERAGE_", "COV_", "PYTEST_", "PYTHONPATH", "VIRTUAL_ENV")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
    path = f"{binaries}{os.pathsep}{os.environ['PATH']}"
    return kept | {"PATH": path, "COLUMNS": "100", "PYTHONUTF8": "1"}


def _run(line: str, cwd: Path, binaries: Path) -> Done:
    done = subprocess.run(
        ["sh", "-c", line],
        cwd=cwd,
        env=_environment(binaries),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    return Done(done.returncode, [line.rstrip() for line in done.stdout.splitlines()])


def _copy_what_git_keeps(target: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, target / name)


def _run_all(clone: Path) -> list[Done]:
    """Every command, run in order in the clone, but for the suite that this file is part of."""
    assert shutil.which("chainmap", path=str(BIN)), "set up first: pip install --editable '.[test]'"
    return [
        Done(0, []) if command.runs == "python -m pytest" else _run(command.runs, clone, BIN)
        for command in COMMANDS["README.md"]
    ]


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a fresh clone has: the files that git keeps, and nothing that lies around."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a clone")
    target = tmp_path_factory.mktemp("clone")
    _copy_what_git_keeps(target)
    return target


@pytest.fixture(scope="module")
def done(clone: Path) -> list[Done]:
    """How every command of the READMEs ended."""
    return _run_all(clone)


def test_both_readmes_have_the_same_commands() -> None:
    english, chinese = ([command.line for command in COMMANDS[name]] for name in READMES)
    assert english == chinese
    assert len(english) > 20


@pytest.mark.parametrize("at", range(len(COMMANDS["README.md"])))
def test_every_command_runs(at: int, done: list[Done]) -> None:
    command = COMMANDS["README.md"][at]
    shows_an_error = any(" error[" in line for line in command.quoted)
    assert done[at].code == (1 if shows_an_error else 0), "\n".join([command.line, *done[at].lines])


def _pieces(quoted: list[str]) -> Iterator[list[str]]:
    """The quoted lines between the places where ``...`` says that some are cut."""
    piece: list[str] = []
    for line in quoted:
        if line == "...":
            yield piece
            piece = []
        else:
            piece.append(line)
    yield piece


def _quotes(quoted: list[str], real: list[str]) -> bool:
    """Whether the quoted lines are all of the real ones, but for those that ``...`` cuts."""
    pieces = list(_pieces(quoted))
    first, last = pieces[0], pieces[-1]
    if len(pieces) == 1:
        return first == real
    if real[: len(first)] != first:
        return False
    at = len(first)
    for piece in pieces[1:-1]:
        starts = range(at, len(real) - len(piece) + 1)
        start = next((i for i in starts if real[i : i + len(piece)] == piece), None)
        if start is None:
            return False
        at = start + len(piece)
    return len(real) - len(last) >= at and (not last or real[-len(last) :] == last)


@pytest.mark.parametrize(
    ("quoted", "real", "expected"),
    [
        (["a", "b"], ["a", "b"], True),
        (["a", "b"], ["a", "b", "c"], False),
        (["a", "..."], ["a", "b", "c"], True),
        (["b", "..."], ["a", "b", "c"], False),
        (["a", "...", "c"], ["a", "b", "c"], True),
        (["a", "...", "b"], ["a", "b", "c"], False),
        (["a", "...", "c", "...", "b", "..."], ["a", "b", "c"], False),
        (["a", "...", "b", "...", "d"], ["a", "b", "c", "d"], True),
        (["a", "...", "a"], ["a"], False),
    ],
)
def test_a_quotation_is_told_from_an_invention(
    quoted: list[str], real: list[str], expected: bool
) -> None:
    assert _quotes(quoted, real) is expected


@pytest.mark.parametrize("readme", READMES)
def test_what_is_quoted_is_real_output(readme: str, done: list[Done]) -> None:
    wrong = [
        f"{readme}:{command.number}: {command.line}\n" + "\n".join(result.lines)
        for command, result in zip(COMMANDS[readme], done, strict=True)
        if command.quoted and not _quotes(command.quoted, result.lines)
    ]
    assert not wrong, "quoted otherwise than it really prints:\n\n" + "\n\n".join(wrong)


def test_the_two_lines_that_set_up() -> None:
    first, second = (command.line for command in COMMANDS["README.md"] if command.sets_up)
    assert first == "pip install . && chainmap report integrated-circuits"
    # The build machine runs the second one, with nothing but --quiet added.
    recipe = (ROOT / ".ci/run").read_text(encoding="utf-8").replace(" --quiet", "").splitlines()
    assert second in recipe


@pytest.mark.usefixtures("done")
def test_the_exported_table_opens_in_a_spreadsheet(clone: Path) -> None:
    data = (clone / "targets.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.decode("utf-8-sig").split("\r\n")[0].split(",") == list(COLUMNS)
    assert len(COLUMNS) == 21


@pytest.mark.parametrize("readme", READMES)
def test_the_tables_of_a_readme_agree_with_the_code(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    groups = set(re.findall(r"^\| ([A-Z])… \|", text, re.MULTILINE))
    assert groups == {code[0] for code in CATALOGUE}
    megabyte = 1024 * 1024
    for limit in (
        f"{LIMITS.yaml_bytes // megabyte} MiB",
        f"{LIMITS.table_bytes // megabyte} MiB",
        f"{LIMITS.line_bytes // megabyte} MiB",
        *(f"{limit:,}" for limit in (LIMITS.nodes, LIMITS.rows, LIMITS.cell_characters)),
    ):
        assert limit in text, limit
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for need in project["dependencies"]:
        assert f"| {re.split('[<>=!~ ]', need)[0]} |" in text, need
    for address in re.findall(r"\]\(([^)]+)\)", text):
        assert (ROOT / address).exists(), address


@pytest.mark.skipif(not os.environ.get(FRESH), reason=f"takes minutes; set {FRESH}=1")
@pytest.mark.parametrize("at", [0, 1], ids=["main job", "tests"])
def test_a_new_machine_needs_nothing_else(at: int, tmp_path: Path) -> None:
    command = [command for command in COMMANDS["README.md"] if command.sets_up][at]
    subprocess.run(["git", "clone", "--quiet", ROOT, tmp_path / "clone"], check=True)
    venv.create(tmp_path / "environment", with_pip=True)
    result = _run(command.line, tmp_path / "clone", tmp_path / "environment/bin")
    assert result.code == 0, "\n".join(result.lines[-40:])
    if at == 0:
        titles = [line for line in result.lines if "数据截至" in line]
        for title, word in zip(titles, ("全景图", "路径图", "重点招商项目表"), strict=True):
            assert word in title


def _requoted(quoted: list[str], real: list[str]) -> list[str]:
    """The same cut of the new output: as many lines from each end, the likeliest in between."""
    first, *middle = _pieces(quoted)
    if not middle:
        return real
    last = middle.pop()
    pieces, at = [real[: len(first)]], len(first)
    for piece in middle:
        starts = range(at, max(at, len(real) - len(last) - len(piece)) + 1)
        start = max(starts, key=lambda i, old=piece: _likeness(old, real[i : i + len(old)]))
        pieces.append(real[start : start + len(piece)])
        at = start + len(piece)
    pieces.append(real[len(real) - len(last) :])
    lines: list[str] = []
    for piece in pieces:
        lines += [*piece, "..."]
    return lines[:-1]


def _likeness(old: list[str], new: list[str]) -> float:
    return SequenceMatcher(None, "\n".join(old), "\n".join(new), autojunk=False).ratio()


def _requote(readme: str, done: list[Done]) -> None:
    """Write the README again with what its commands print now."""
    path = ROOT / readme
    lines = path.read_text(encoding="utf-8").splitlines()
    pairs = list(zip(COMMANDS[readme], done, strict=True))
    for command, result in reversed(pairs):  # from the end, so that line numbers hold
        if command.quoted and not _quotes(command.quoted, result.lines):
            below = slice(command.number, command.number + len(command.quoted))
            lines[below] = _requoted(command.quoted, result.lines)
            print(f"{readme}:{command.number}: {command.line}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_a_new_cut_quotes_the_new_output() -> None:
    real = ["title 2", "alpha 7", "beta 7", "gamma 7", "total 9"]
    renewed = _requoted(["title 1", "...", "beta 6", "...", "total 8"], real)
    assert renewed == ["title 2", "...", "beta 7", "...", "total 9"]
    assert _requoted(["title 1"], real) == real
    assert _quotes(_requoted(["title 1", "..."], real), real)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as directory:
        _copy_what_git_keeps(Path(directory))
        ended = _run_all(Path(directory))
    for name in READMES:
        _requote(name, ended)
