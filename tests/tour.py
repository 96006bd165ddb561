"""Pages that cannot lie: their commands, how they are run, and whether what they quote is real.

A page is Markdown. Every line of its ``sh`` blocks is a command, and every line of its ``console``
blocks that starts with ``$``; the lines below such a one quote its output, and ``...`` stands for
lines left out.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path

ROOT = Path(__file__).parent.parent
FENCE = "```"


@dataclass
class Command:
    """A command of a page, and the lines that it quotes from its output."""

    line: str
    number: int  # of its line in the page, from 1
    quoted: list[str] = field(default_factory=list)

    @property
    def sets_up(self) -> bool:
        """Whether it installs the tool first."""
        return self.line.startswith("pip ")

    @property
    def runs(self) -> str:
        """What of it runs in an environment that is set up already."""
        return self.line.partition("&& ")[2] if self.sets_up else self.line

    @property
    def ends(self) -> int:
        """The exit code: 1 where an error is quoted."""
        return 1 if any(" error[" in line for line in self.quoted) else 0


@dataclass(frozen=True)
class Done:
    """How a command ended, and what a reader saw."""

    code: int
    lines: list[str]


def commands(page: Path) -> list[Command]:
    """The commands of a page in order."""
    found: list[Command] = []
    block = None
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith(FENCE):
            block = line.removeprefix(FENCE).strip() if block is None else None
        elif block == "sh" and line:
            found.append(Command(line, number))
        elif block == "console" and line.startswith("$ "):
            found.append(Command(line.removeprefix("$ "), number))
        elif block == "console":
            found[-1].quoted.append(line)
    return found


def environment(binaries: Path) -> dict[str, str]:
    """The environment of a reader who has just set the tool up; output 100 wide."""
    unwanted = ("CHAINMAP_", "COVERAGE_", "COV_", "PYTEST_", "PYTHONPATH", "VIRTUAL_ENV")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
    path = f"{binaries}{os.pathsep}{os.environ['PATH']}"
    return kept | {"PATH": path, "COLUMNS": "100", "PYTHONUTF8": "1"}


def run(line: str, cwd: Path, binaries: Path) -> Done:
    """Run a line in a shell, with the programs of ``binaries`` first."""
    done = subprocess.run(
        ["sh", "-c", line],
        cwd=cwd,
        env=environment(binaries),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    return Done(done.returncode, [line.rstrip() for line in done.stdout.splitlines()])


def kept_files() -> list[str]:
    """What git keeps of the repository, as paths from its root."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    )
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def run_all(listed: list[Command], clone: Path, binaries: Path) -> list[Done]:
    """Every command, run in order in the clone, but for the suite that these files belong to.

    ``cd DIR`` holds for those that come after it.
    """
    found, here = [], clone
    for one in listed:
        skipped = one.runs == "python -m pytest"
        found.append(Done(0, []) if skipped else run(one.runs, here, binaries))
        if one.runs.startswith("cd "):
            here = here / one.runs.removeprefix("cd ")
    return found


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


def quotes(quoted: list[str], real: list[str]) -> bool:
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


def requoted(quoted: list[str], real: list[str]) -> list[str]:
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


def requote(page: Path, listed: list[Command], done: list[Done]) -> None:
    """Write the page again with what its commands print now."""
    lines = page.read_text(encoding="utf-8").splitlines()
    for one, result in reversed(list(zip(listed, done, strict=True))):  # so that numbers hold
        if one.quoted and not quotes(one.quoted, result.lines):
            below = slice(one.number, one.number + len(one.quoted))
            lines[below] = requoted(one.quoted, result.lines)
            print(f"{page.name}:{one.number}: {one.line}")
    page.write_text("\n".join(lines) + "\n", encoding="utf-8")


def unreal(page: Path, listed: list[Command], done: list[Done]) -> list[str]:
    """The commands whose quotation is not what they print, with what they do print."""
    return [
        f"{page.name}:{one.number}: {one.line}\n" + "\n".join(result.lines)
        for one, result in zip(listed, done, strict=True)
        if one.quoted and not quotes(one.quoted, result.lines)
    ]
