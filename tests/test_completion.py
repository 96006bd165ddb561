"""Completion in real shells: the words that fit, quickly found, and nothing is ever executed."""

from __future__ import annotations

import contextlib
import csv
import io
import os
import pty
import re
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from running import ROOT, chainmap, copy_of
from test_hostile_names import NAMES

from chainmap.cli.completion import VALUES, answer, values_of
from chainmap.cli.main import _language, command

SHELLS = ("bash", "zsh", "fish")
OFFERED = re.compile(r"[\w-][\w./:@=-]*")
FRIENDLY = ROOT / "chainmap" / "show" / "shells"
# Texts that no list can foresee: they are typed by hand.
FREE = {
    "--column", "--as-of", "--until", "--period", "--vs", "--year", "--set", "name",
    "--id", "--name", "--content", "--investment", "--on", "--leader", "--unit", "--date",
    "--who", "--because", "text", "--step", "--due", "--post", "--phone", "--mail", "--text",
    "--title", "id", "whatif --district", "--next", "--note", "--master", "--where", "--limit",
    "--region",
}  # fmt: skip


def offered(*words: str, workspace: Path = ROOT) -> dict[str, str]:
    """What is offered behind those words, the last of which is being typed."""
    before = ("--workspace", str(workspace))
    lines = answered("zsh", *before, *words[:-1], f"={words[-1]}")
    return {word: meaning for word, _, meaning in (line.partition("\t") for line in lines)}


def answered(*arguments: str) -> list[str]:
    """The lines that a script gets, without a process of its own."""
    out = io.TextIOWrapper(io.BytesIO(), "utf-8")
    with contextlib.redirect_stdout(out):
        answer(arguments, command, _language)
    out.flush()
    return out.buffer.getvalue().decode().splitlines()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("ra",), {"rank"}),
        (("rank", "hyd"), {"hydrogen"}),
        (("rank", "hydrogen", "--ki"), {"--kind"}),
        (("rank", "hydrogen", "--kind", "f"), {"fill"}),
        (("rank", "--kind=f"), {"--kind=fill"}),
        (("rank", "hydrogen", "--link", "alk"), {"alkaline-electrolyser"}),
        (("ledger", "--list", "china5"), {"china500"}),
        (("ledger", "--chain", "hyd"), {"hydrogen"}),
        (("leaders", "re"), {"requests"}),
        (("leaders", "hyd"), {"hydrogen"}),
        (("projects", "--stal"), {"--stale"}),
        (("plan", "--firm", "ballar"), {"ballard"}),
        (("why", "hydrog"), {"hydrogen"}),
        (("why", "hydrogen/alk"), {"hydrogen/alkaline-electrolyser"}),
        (("why", "hydrogen/stack/balla"), {"hydrogen/stack/ballard"}),
        (("whatif", "hydrogen", "--land", "ballard@sta"),
             {"ballard@stack", "ballard@stationary-power"}),
        (("init", "any"), set()),
        (("nothing-of-that-name", ""), set()),
        (("why", "hydrogen/no-such-link/"), set()),
        (("rank", "hydrogen", "--official-no-one"), set()),
    ],
)  # fmt: skip
def test_the_words_that_fit(words: tuple[str, ...], expected: set[str]) -> None:
    assert set(offered(*words)) == expected


def test_a_word_says_what_it_stands_for_in_the_language_asked_for() -> None:
    assert offered("rank", "hydrog") == {"hydrogen": "氢能"}
    assert offered("doc")["doctor"] == "版本、工作区与终端"
    assert offered("--lang", "en", "doc")["doctor"] == "versions, workspace and console"


def test_every_text_that_can_be_typed_is_completed_or_known_to_be_free() -> None:
    left, used = [], set()

    def walk(path: tuple[str, ...], one: object) -> None:
        for parameter in one.params:  # type: ignore[attr-defined]
            spelling = parameter.opts[-1]
            named = " ".join((*path, spelling))
            kind = parameter.type_descriptor.annotation
            wanted = values_of(path, parameter)
            used.update(key for key in (named, spelling) if key in VALUES)
            if kind in (str, list) and not wanted and not {named, spelling} & FREE:
                left.append(named)
        for name, below in getattr(one, "commands", {}).items():
            walk((*path, name), below)

    walk((), command("zh"))
    assert [name for name in left if name != "--workspace"] == []
    assert set(VALUES) - used == set()


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("zsh",),
        ("tcsh", "=x"),
        ("bash", "="),
        ("zsh", "--workspace", "/nowhere", "rank", "=h"),
        ("zsh", "--workspace", "data", "why", "=a/b/c/d/e"),
        ("zsh", "why", "=../../etc/x"),
        ("bash", "=chainmap rank 'hy"),
    ],
)  # fmt: skip
def test_nothing_goes_wrong_whatever_is_asked(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert all(OFFERED.match(line) for line in answered(*arguments))
    assert capsys.readouterr().err == ""


def test_the_program_answers_and_prints_nothing_else() -> None:
    done = chainmap("__complete", "zsh", "rank", "=hydrog", workspace=None)
    assert (done.returncode, done.stderr, done.stdout.decode()) == (0, b"", "hydrogen\t氢能\n")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("chainmap rank hydrog", ["hydrogen"]),
        ("chainmap rank hydrogen --kind=fi", ["fill"]),
        ("chainmap rank hydrogen --kind =fi", []),
        ("chainmap whatif hydrogen --land ballard@stac", ["stack"]),
        ("chainmap rank -- hydrog", ["hydrogen"]),
        ("chainmap rank 'hydrog", ["hydrogen"]),
        ("chainmap firms find ", []),
        ("chainmap", []),
    ],
)
def test_bash_gets_what_stands_behind_its_breaks(line: str, expected: list[str]) -> None:
    found = answered("bash", f"={line}", " \t\n\"'@><=;|&(:")
    assert [word.partition("\t")[0] for word in found if line != "chainmap"] == expected


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace whose ids, names and file names would all be commands if they could."""
    root = copy_of(ROOT, tmp_path_factory.mktemp("hostile"))
    bait = root / "executed"
    live = [
        *(f"$(touch {bait})", f"`touch {bait}`", f";touch {bait};", f"a'$(touch {bait})'b"),
        *(f'a"$(touch {bait})"', "a b", "a:b c", "-rf", "=ls", "(touch x)", "a\tb", "${HOME}", "*"),
    ]
    for word in (*live, *NAMES):
        try:
            path = root / "chains" / f"hyd{word}.yaml"
            path.write_text(f"chain: x\nname: {word}\n", encoding="utf-8", errors="replace")
        except (OSError, ValueError):
            continue  # no file can be called so
    rows = [(f"hyd{word}", word) for word in (*live, *NAMES)] + [(word, "x") for word in live]
    rows += [("hyd-x", f"$(touch {bait})\x1b[31m"), ("hyd-y", "甲公司")]
    with (root / "data" / "firms.csv").open("w", encoding="utf-8", newline="") as file:
        written = csv.writer(file)
        written.writerow(("firm", "name"))
        written.writerows([cell.replace("\0", "") for cell in row] for row in rows)
    return root


@pytest.mark.parametrize(
    "words", [("rank", "hyd"), ("plan", "--firm", ""), ("rank", ""), ("why", "hyd")]
)
def test_only_harmless_words_are_offered(words: tuple[str, ...], hostile: Path) -> None:
    found = offered(*words, workspace=hostile)
    assert found
    for word, meaning in found.items():
        assert OFFERED.fullmatch(word), word
        assert meaning.isprintable() or not re.search(
            r"[\x00-\x1f\x7f\x80-\x9f\u202a-\u202e]", meaning
        )


def _typed(shell: str, line: str, home: Path, workspace: Path) -> str:
    """What stands on the screen after a line and the tab key in an interactive shell."""
    script = home / f"chainmap.{shell}"
    script.write_bytes(chainmap("completion", shell, workspace=None).stdout)
    start = {
        "bash": ["bash", "--norc", "--noprofile", "-i"],
        "zsh": ["zsh", "-f", "-i"],
    }[shell]
    first = (
        "zstyle ':completion:*' insert-tab false; autoload -Uz compinit; compinit -u -D; "
        if shell == "zsh"
        else ""
    )
    binaries = home / "bin"
    binaries.mkdir(exist_ok=True)
    program = binaries / "chainmap"
    answered = home / "answered"
    program.write_text(f'#!/bin/sh\n{sys.executable} -m chainmap "$@"\n: > {answered}\n')
    program.chmod(0o755)
    kept = {"PATH": f"{binaries}:{os.environ['PATH']}", "HOME": str(home), "PS1": "ready> ",
            "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8", "TERM": "dumb",
            "CHAINMAP_WORKSPACE": str(workspace)}  # fmt: skip
    end = time.monotonic() + 100
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(home)
        os.execvpe(start[0], start, kept)
    try:
        os.write(terminal, f"{first}source {script}; echo loa''ded\n".encode())
        _until(terminal, "loaded")
        os.write(terminal, f"{line}\t".encode())
        while not (home / "answered").exists():
            assert time.monotonic() < end, "the shell never asked"
            time.sleep(0.02)
        # What is typed now waits for the shell: the line is wiped, and the end told.
        os.write(terminal, b"\x15echo do''ne\n")
        return _until(terminal, "done")
    finally:
        os.write(terminal, b"exit\n")
        os.close(terminal)
        os.waitpid(child, 0)


def _until(terminal: int, mark: str) -> str:
    """What a terminal prints until a mark."""
    seen = b""
    while mark.encode() not in seen:
        if not select.select([terminal], [], [], 60)[0]:
            raise TimeoutError(seen.decode(errors="replace"))
        seen += os.read(terminal, 65536)
    return seen.decode(errors="replace")


@pytest.mark.parametrize("shell", ["bash", "zsh"])
@pytest.mark.parametrize(
    ("line", "becomes"),
    [
        ("chainmap rank hydrog", "chainmap rank hydrogen "),
        ("chainmap rank hydrogen --kind=fi", "--kind=fill "),
        ("chainmap whatif hydrogen --land ballard@stac", "stack "),
        ('chainmap rank "hydrog', 'rank "hydrogen"'),
    ],
)
def test_a_shell_completes(shell: str, line: str, becomes: str, tmp_path: Path) -> None:
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed")
    assert becomes in _typed(shell, line, tmp_path, ROOT).replace("\r", "")


@pytest.mark.parametrize("shell", ["bash", "zsh"])
@pytest.mark.parametrize(
    "line", ["chainmap rank hyd", "chainmap plan --firm hyd", "chainmap rank '$(touch executed)"]
)
def test_a_shell_executes_nothing(shell: str, line: str, tmp_path: Path, hostile: Path) -> None:
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed")
    _typed(shell, line, tmp_path, hostile)
    assert not (hostile / "executed").exists()
    assert not (tmp_path / "executed").exists()


def test_fish_completes_and_executes_nothing(tmp_path: Path, hostile: Path) -> None:
    if not shutil.which("fish"):
        pytest.skip("fish is not installed")
    script = tmp_path / "chainmap.fish"
    script.write_bytes(chainmap("completion", "fish", workspace=None).stdout)
    program = tmp_path / "chainmap"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m chainmap "$@"\n')
    program.chmod(0o755)
    lines = ("rank hydrog", "rank hydrogen --kind=fi", "whatif hydrogen --land ballard@stac",
             "rank \"hydrog", "rank '$(touch executed)(touch executed)")  # fmt: skip
    for workspace, expected in ((ROOT, True), (hostile, False)):
        asked = "; ".join(f"complete -C {_fish(f'chainmap {line}')}" for line in lines)
        done = subprocess.run(
            ["fish", "--no-config", "-c", f"source {script}; {asked}"],
            env={"PATH": f"{tmp_path}:{os.environ['PATH']}", "HOME": str(tmp_path),
                 "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8",
                 "CHAINMAP_WORKSPACE": str(workspace)},
            cwd=tmp_path, capture_output=True, encoding="utf-8", check=True, timeout=60,
        )  # fmt: skip
        words = {line.partition("\t")[0] for line in done.stdout.splitlines()}
        if expected:
            assert {"hydrogen", "--kind=fill", "ballard@stack"} <= words
        assert not (hostile / "executed").exists()
        assert not (tmp_path / "executed").exists()


def _fish(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


@pytest.mark.parametrize("shell", [*SHELLS, "powershell"])
def test_a_script_is_printed_as_it_ships(shell: str) -> None:
    done = chainmap("completion", shell, workspace=None)
    assert (done.returncode, done.stderr) == (0, b"")
    ending = "ps1" if shell == "powershell" else shell
    assert done.stdout == (FRIENDLY / f"chainmap.{ending}").read_bytes()
    assert b"eval" not in done.stdout.replace(b"evaluated", b"")


def test_another_shell_is_wrong_usage() -> None:
    assert chainmap("completion", "tcsh", workspace=None).returncode == 2
