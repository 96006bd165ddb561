"""Where the workspace is. Apart from reading it, so that it is found without what reading needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

How = Literal["option", "environment", "here", "parent", "shipped"]
VARIABLE = "CHAINMAP_WORKSPACE"


@dataclass(frozen=True)
class Found:
    """A workspace directory, and how it was found."""

    root: Path
    how: How


def find(option: str | Path | None, environ: Mapping[str, str], cwd: Path) -> Found:
    """The workspace to use: as told, else around the current directory, else the shipped one."""
    if option is not None:
        return Found(Path(option), "option")
    if environ.get(VARIABLE):
        return Found(Path(environ[VARIABLE]), "environment")
    for at, directory in enumerate((cwd, *cwd.parents)):
        if _is_workspace(directory):
            return Found(directory, "here" if at == 0 else "parent")
    return Found(shipped(), "shipped")


def shipped() -> Path:
    """The reference workspace: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "workspace"
    return inside if _is_workspace(inside) else package.parent


def inside_package(root: Path) -> bool:
    """Whether a workspace is the one of an installed package, which nobody edits."""
    return root.resolve() == Path(__file__).resolve().parents[1] / "workspace"


def _is_workspace(directory: Path) -> bool:
    try:
        return (directory / "chains").is_dir() and (directory / "data").is_dir()
    except OSError:
        return False


def leading_out(root: Path) -> Path | None:
    """A directory of a workspace, of those that are written into, that lies elsewhere."""
    home = root.resolve()
    for name in ("chains", "data", "data/private", "data/snapshots"):
        path = root / name
        if path.exists() and not path.resolve().is_relative_to(home):
            return path
    return None
