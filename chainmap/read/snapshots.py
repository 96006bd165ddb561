"""The doors to snapshots and to earlier states of a workspace: its files, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from chainmap.core.limits import LIMITS
from chainmap.core.problems import Problem
from chainmap.core.schema import TABLES
from chainmap.read.files import raw
from chainmap.read.where import shipped

FOLDER = Path("data") / "snapshots"
_SCORING = "data/scoring.yaml"


def files_of(root: Path) -> tuple[dict[str, bytes], list[Problem]]:
    """The files that a study reads of a workspace, by name, and those that cannot be read."""
    names = [f"data/{table.name}.csv" for table in TABLES] + ["data/region.yaml", _SCORING]
    folder = root / "chains"
    chains = sorted(folder.glob("*.yaml")) if folder.is_dir() else []
    names += [f"chains/{path.name}" for path in chains if not path.name.startswith(("_", "."))]
    files: dict[str, bytes] = {}
    problems: list[Problem] = []
    for name in names:
        path = root / name
        if name == _SCORING and not path.exists():
            path = root / "scoring.yaml"
        if not (path.is_symlink() or path.exists()):
            continue
        found = raw(path, root, "table_bytes" if name.endswith(".csv") else "yaml_bytes")
        if isinstance(found, Problem):
            problems.append(found)
        else:
            files[name] = found
    files.setdefault(_SCORING, standard_scoring())
    return files, problems


def standard_scoring() -> bytes:
    """The numbers that ship with the program, which hold where a workspace has none."""
    return (shipped() / _SCORING).read_bytes()


def snapshot_path(root: Path, name: str, suffix: str) -> Path:
    """Where a snapshot of that name stands."""
    return root / FOLDER / f"{name}{suffix}"


def snapshot_names(root: Path, suffix: str) -> list[str]:
    """The snapshots of a workspace by name."""
    folder = root / FOLDER
    found = folder.iterdir() if folder.is_dir() else ()
    return sorted(
        path.name.removesuffix(suffix)
        for path in found
        if path.name.endswith(suffix) and not path.name.startswith(".") and path.is_file()
    )


def snapshot_bytes(root: Path, name: str, suffix: str) -> bytes:
    """The bytes of a snapshot. Raises OSError where it cannot be read or is too large."""
    path = snapshot_path(root, name, suffix)
    if path.is_symlink() or path.stat().st_size > LIMITS.snapshot_bytes:
        raise OSError(0, "too large or a link", str(path))
    return path.read_bytes()


def laid_out(files: dict[str, bytes], root: Path, may: Callable[[str], bool]) -> None:
    """Write the files of a state into an empty directory, only under names that are known.

    Raises ValueError at a name that ``may`` refuses, OSError where nothing can be written.
    """
    for folder in ("chains", "data"):
        (root / folder).mkdir()
    for name, data in files.items():
        if not may(name):
            raise ValueError(name)
        (root / name).write_bytes(data)
