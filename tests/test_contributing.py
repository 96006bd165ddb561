"""CONTRIBUTING cannot lie: its changes apply and run, its picture is that of the import contract.

``python tests/test_contributing.py`` brings its quotations up to date; read the difference before
it is committed.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest
from tour import FENCE, ROOT, Command, Done, commands, requote, run_all, unreal

PAGE = ROOT / "CONTRIBUTING.md"
BIN = Path(sys.executable).parent


@dataclass
class Change:
    """A section: its title, its changes of files, the commands below them."""

    title: str
    blocks: list[tuple[str, list[list[str]]]]  # a file, and its places as lines of a difference
    listed: list[Command]


def _changes() -> list[Change]:
    """The sections that begin with "Add a", in order."""
    found: list[Change] = []
    every = commands(PAGE)
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    starts = [at for at, line in enumerate(lines) if line.startswith(("## ", "### "))]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        title = lines[start].lstrip("# ")
        if not title.startswith("Add a"):
            continue
        blocks, inside = [], False
        for line in lines[start:end]:
            if line.startswith(FENCE):
                inside = line == f"{FENCE}diff"
            elif inside and line.startswith("--- "):
                blocks.append((line.removeprefix("--- "), [[]]))
            elif inside and line == "@@":
                blocks[-1][1].append([])
            elif inside:
                blocks[-1][1][-1].append(line)
        found.append(Change(title, blocks, [one for one in every if start < one.number <= end]))
    return found


CHANGES = _changes()


def _apply(change: Change, root: Path) -> None:
    """Change the files: each place is found once, by the lines that it keeps or takes away."""
    for name, places in change.blocks:
        path = root / name
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        at = 0
        for place in places:
            old = "".join(f"{line[1:]}\n" for line in place if line[:1] in (" ", "-", ""))
            new = "".join(f"{line[1:]}\n" for line in place if line[:1] in (" ", "+", ""))
            assert not old or text.count(old, at) == 1, f"{name}: stands there not once:\n{old}"
            start = text.index(old, at) if old else len(text)
            text = text[:start] + new + text[start + len(old) :]
            at = start + len(new)
        path.write_text(text, encoding="utf-8")


def _house(at: Path) -> Path:
    """A copy of what a change is about."""
    for name in ("chainmap", "chains", "data"):
        shutil.copytree(ROOT / name, at / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copyfile(ROOT / "pyproject.toml", at / "pyproject.toml")
    return at


def _done(change: Change, at: Path) -> tuple[Path, list[Done]]:
    """A changed copy, and how the commands ended there, run by the copy itself."""
    root = _house(at / "house")
    _apply(change, root)
    binaries = at / "bin"
    binaries.mkdir()
    program = binaries / "chainmap"
    program.write_text(f'#!/bin/sh\nPYTHONPATH={root} exec {sys.executable} -m chainmap "$@"\n')
    program.chmod(0o755)
    return root, run_all(change.listed, root, binaries)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.title)
def test_a_worked_change_applies_and_runs(change: Change, tmp_path: Path) -> None:
    root, done = _done(change, tmp_path)
    for one, end in zip(change.listed, done, strict=True):
        assert end.code == one.ends, "\n".join([one.line, *end.lines])
    silent = [one.line for one, end in zip(change.listed, done, strict=True) if not end.lines]
    assert [one.line for one in change.listed if not one.quoted] == silent
    wrong = unreal(PAGE, change.listed, done)
    assert not wrong, "quoted otherwise than it really prints:\n\n" + "\n\n".join(wrong)
    files = [root / name for name, _ in change.blocks if name.endswith(".py")]
    for command in (["check", "-q"], ["format", "-q", "--check"]):
        if files:
            subprocess.run([BIN / "ruff", *command, *files], cwd=root, check=True)


def test_there_is_one_of_each() -> None:
    assert [one.title for one in CHANGES] == [
        "Add a criterion", "Add a check", "Add a format", "Add a chain",
    ]  # fmt: skip
    assert max(len(one.blocks) for one in CHANGES) <= 3


def test_the_picture_is_that_of_the_import_contract() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    layers = contracts["importlinter"]["contracts"][0]["layers"]
    floors = [[room.split(".")[1] for room in layer.split(" | ")] for layer in layers]
    picture = re.search(rf"{FENCE}text\n(.*?){FENCE}", PAGE.read_text(encoding="utf-8"), re.S)
    assert picture
    drawn = []
    for part in re.split(r"^  [.|'][-.v']+[.|']$", picture.group(1), flags=re.M)[1:-1]:
        first = part.strip().splitlines()[0]
        cells = [cell.split() for cell in first.strip(" |").split("|")]
        drawn.append([cell[0] for cell in cells])
    assert drawn == floors


def test_every_file_that_is_named_is_there() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for address in re.findall(r"\]\(([^)#]+)\)", text):
        assert (ROOT / address).exists(), address
    for name in re.findall(r"`((?:core|read|find|rank|study|show|cli)/[a-z_/]*(?:\.py)?)`", text):
        assert (ROOT / "chainmap" / name).exists(), name
    for name in re.findall(r"`((?:tests|data|chains)/[a-z_./]+)`", text):
        if name != "data/private/":
            assert (ROOT / name).exists(), name


if __name__ == "__main__":
    for one in CHANGES:
        with tempfile.TemporaryDirectory() as directory:
            _, ended = _done(one, Path(directory))
        for command, end in zip(one.listed, ended, strict=True):
            if not command.quoted:
                print(command.line, *end.lines, sep="\n")
        requote(PAGE, one.listed, ended)
