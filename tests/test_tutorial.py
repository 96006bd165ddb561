"""The tutorial cannot lie: its files are written, its commands run, its output and pictures real.

``python tests/test_tutorial.py`` brings quotations and pictures up to date; read the difference
before it is committed.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tour import FENCE, ROOT, Done, commands, requote, run_all, unreal

PAGE = ROOT / "TUTORIAL.zh-CN.md"
PICTURES = ROOT / "tests" / "tutorial"
BIN = Path(sys.executable).parent
DESK = "desk"
LISTED = commands(PAGE)


def _files() -> Iterator[tuple[int, str, str]]:
    """Each block for a file: the line where it ends, the file named before it, and its text."""
    name, block, kind = "", [], ""
    for number, line in enumerate(PAGE.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith(FENCE):
            if kind in ("yaml", "csv"):
                yield number, name, "".join(f"{one}\n" for one in block)
            kind, block = "" if kind else line.removeprefix(FENCE), []
        elif kind:
            block.append(line)
        else:
            for found in re.findall(r"`((?:data|chains)/[a-z]+\.(?:csv|yaml))`", line):
                name = found


def _followed(root: Path) -> list[Done]:
    """Do what the page says, in its order."""
    done: list[Done] = []
    files = [*_files(), (10**9, "", "")]
    for number, name, text in files:
        until = [one for one in LISTED[len(done) :] if one.number < number]
        inside = len(done) > 0
        done += run_all(until, root / DESK if inside else root, BIN)
        if name:
            with (root / DESK / name).open("a", encoding="utf-8", newline="") as file:
                file.write(text)
    return done


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Done]]:
    """The directory of a reader who followed the page, and what the commands printed."""
    root = tmp_path_factory.mktemp("empty")
    return root, _followed(root)


def test_every_step_works_and_prints_what_is_quoted(followed: tuple[Path, list[Done]]) -> None:
    _, done = followed
    for one, end in zip(LISTED, done, strict=True):
        assert end.code == one.ends, "\n".join([one.line, *end.lines])
        assert one.quoted or not end.lines, f"{one.line}: nothing of it is quoted"
    wrong = unreal(PAGE, LISTED, done)
    assert not wrong, "quoted otherwise than it really prints:\n\n" + "\n\n".join(wrong)


@pytest.mark.parametrize("name", ["panorama.svg", "path.svg"])
def test_the_pictures_are_what_the_tool_draws(name: str, followed: tuple[Path, list[Done]]) -> None:
    assert (PICTURES / name).read_bytes() == (followed[0] / DESK / name).read_bytes()


def test_the_papers_are_there(followed: tuple[Path, list[Done]]) -> None:
    for name in ("robots.docx", "robots.html", "robots.xlsx"):
        assert (followed[0] / DESK / name).stat().st_size > 1000


def _bring_up_to_date() -> None:
    with tempfile.TemporaryDirectory() as directory:
        done = _followed(Path(directory))
        PICTURES.mkdir(exist_ok=True)
        for name in ("panorama.svg", "path.svg"):
            (PICTURES / name).write_bytes((Path(directory) / DESK / name).read_bytes())
    for one, end in zip(LISTED, done, strict=True):
        if not one.quoted:
            print(f"$ {one.line}", *end.lines, sep="\n")
    requote(PAGE, LISTED, done)


if __name__ == "__main__":
    _bring_up_to_date()
