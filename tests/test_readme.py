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
import venv
from pathlib import Path

import pytest
from tour import ROOT, Done, commands, kept_files, quotes, requote, requoted, run, run_all, unreal

from chainmap.core.limits import LIMITS
from chainmap.core.problems import CATALOGUE
from chainmap.show.key_table import COLUMNS

BIN = Path(sys.executable).parent
READMES = ("README.md", "README.zh-CN.md")
FRESH = "CHAINMAP_FRESH"


COMMANDS = {readme: commands(ROOT / readme) for readme in READMES}


def _copy_what_git_keeps(target: Path) -> None:
    for name in kept_files():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, target / name)


def _run_all(clone: Path) -> list[Done]:
    """Every command, run in order in the clone, but for the suite that this file is part of."""
    assert shutil.which("chainmap", path=str(BIN)), "set up first: pip install --editable '.[test]'"
    return run_all(COMMANDS["README.md"], clone, BIN)


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
    assert done[at].code == command.ends, "\n".join([command.line, *done[at].lines])


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
    assert quotes(quoted, real) is expected


@pytest.mark.parametrize("readme", READMES)
def test_what_is_quoted_is_real_output(readme: str, done: list[Done]) -> None:
    wrong = unreal(ROOT / readme, COMMANDS[readme], done)
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
    for address in re.findall(r"\]\(([^)]+)\)", text):
        assert (ROOT / address).exists(), address


@pytest.mark.skipif(not os.environ.get(FRESH), reason=f"takes minutes; set {FRESH}=1")
@pytest.mark.parametrize("at", [0, 1], ids=["main job", "tests"])
def test_a_new_machine_needs_nothing_else(at: int, tmp_path: Path) -> None:
    command = [command for command in COMMANDS["README.md"] if command.sets_up][at]
    subprocess.run(["git", "clone", "--quiet", ROOT, tmp_path / "clone"], check=True)
    venv.create(tmp_path / "environment", with_pip=True)
    result = run(command.line, tmp_path / "clone", tmp_path / "environment/bin")
    assert result.code == 0, "\n".join(result.lines[-40:])
    if at == 0:
        titles = [line for line in result.lines if "数据截至" in line]
        for title, word in zip(titles, ("全景图", "路径图", "重点招商项目表"), strict=True):
            assert word in title


def test_a_new_cut_quotes_the_new_output() -> None:
    real = ["title 2", "alpha 7", "beta 7", "gamma 7", "total 9"]
    renewed = requoted(["title 1", "...", "beta 6", "...", "total 8"], real)
    assert renewed == ["title 2", "...", "beta 7", "...", "total 9"]
    assert requoted(["title 1"], real) == real
    assert quotes(requoted(["title 1", "..."], real), real)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as directory:
        _copy_what_git_keeps(Path(directory))
        ended = _run_all(Path(directory))
    for name in READMES:
        requote(ROOT / name, COMMANDS[name], ended)
