"""The house stands: layers, style and types are tests like any other."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
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


# What may write beside ``core/whole.py``, and why that is no file of the user.
WRITES = {
    ("cli/main.py", "os.open"): "stdout that broke is pointed at nothing",
    ("read/edits.py", "os.open"): "a lock, which holds no bytes",
    ("read/files.py", "os.open"): "opened to be read",
    ("read/staging.py", "write_bytes"): "a copy in a temporary directory, to be checked",
    ("read/staging.py", "shutil.copyfile"): "the same",
    ("read/snapshots.py", "write_bytes"): "a snapshot laid out in a temporary directory",
    ("read/revisions.py", "write_bytes"): "a revision laid out in a temporary directory",
    ("read/revisions.py", "write_text"): "the same, the repository around it",
    ("rank/robust.py", "np.save"): "bytes in memory",
    ("screen/spark_session.py", "write_text"): "a room of Spark's own, gone with its session",
    ("screen/spark_session.py", "log.open"): "the same",
    ("screen/wire.py", "write_table"): "bytes in memory",
    ("study/screening.py", "write_table"): "bytes in memory",
    ("show/register_file.py", "file.open"): "the part that whole_file puts into place",
    ("show/register_file.py", "write_table"): "the same",
    ("show/draw/pptx.py", "show.save"): "bytes in memory",
    ("show/office/finish.py", "made.save"): "bytes in memory",
}
_NAMES = {"write_bytes", "write_text", "touch", "to_csv", "to_excel", "to_parquet", "write_table",
          "save", "savez", "savefig", "extractall", "tofile", "symlink_to",
          "hardlink_to"}  # fmt: skip
_CALLS = {"os.open", "os.rename", "os.replace", "os.link", "os.symlink", "os.truncate",
          "shutil.copy", "shutil.copy2", "shutil.copyfile", "shutil.move", "shutil.copytree",
          "tempfile.mkstemp", "tempfile.NamedTemporaryFile"}  # fmt: skip


def writers(tree: ast.AST) -> Iterator[str]:
    """The calls in a module that write, or may, by what they are called there."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = ast.unparse(node.func)
        last = name.rpartition(".")[2]
        if last == "open" and name != "os.open":
            at = 1 if name in ("open", "io.open") else 0
            given = [*node.args[at : at + 1], *(k.value for k in node.keywords if k.arg == "mode")]
            modes = [str(one.value) for one in given if isinstance(one, ast.Constant)]
            if any(set(mode) & set("wax+") for mode in modes):
                yield name
        elif name in _CALLS:
            yield name
        elif last in _NAMES and "." in name:
            yield last if last.startswith(("write_", "touch")) else name


def test_nothing_else_writes_files() -> None:
    """A file appears whole or not at all, so all are written by one function."""
    found = {
        (path.relative_to(ROOT / "chainmap").as_posix(), call)
        for path in sorted((ROOT / "chainmap").rglob("*.py"))
        if path.name != "whole.py"
        for call in writers(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert not found - WRITES.keys()


def test_a_writer_is_seen_where_one_is() -> None:
    seen = "path.open('w')", "open(p, 'ab')", "io.open(p, mode='x')", "a.write_text('')"
    for line in (*seen, "frame.to_csv(p)", "os.replace(a, b)", "pq.write_table(t, p)"):
        assert list(writers(ast.parse(line))), line
    for line in ("open(p)", "path.open('rb')", "zipfile.ZipFile(out, 'w')", "row.write(1)"):
        assert not list(writers(ast.parse(line))), line
