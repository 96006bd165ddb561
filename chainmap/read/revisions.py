"""The files of a workspace at a revision of the repository around it.

Git is run on a bare directory of our own that borrows only the repository's objects and refs: no
configuration, hook, filter, attribute, alias or remote of that repository is ever looked at, so
none can run a program. Contents come as stored (``cat-file``), without any conversion.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from chainmap.core.limits import LIMITS
from chainmap.read.snapshots import standard_scoring

_SHA256 = re.compile(r"(?im)^\s*objectformat\s*=\s*sha256\s*$")
_LARGEST_REFS = 64 * 2**20


class NoRevision(LookupError):
    """Why there is no such revision: ``git``, ``repository``, ``revision``, ``objects`` that are
    lacking, or ``workspace``."""


@dataclass(frozen=True)
class _Repository:
    own: Path  # where HEAD stands
    common: Path  # where objects and refs stand
    top: Path


def files_at(root: Path, revision: str, may: Callable[[str], bool]) -> dict[str, bytes]:
    """The files of the workspace in ``root`` at a revision. Raises NoRevision."""
    program = shutil.which("git")
    if program is None:
        raise NoRevision("git")
    found = _repository(root.resolve())
    with tempfile.TemporaryDirectory(prefix="chainmap-") as folder:
        bare = Path(folder) / "repository"
        _borrow(found, bare)

        def git(*arguments: str, given: bytes = b"") -> bytes:
            return _run(program, bare, arguments, given)

        verify = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        commit = git(*verify).decode().strip()
        prefix = root.resolve().relative_to(found.top).as_posix()
        files = _files(git, commit, "" if prefix == "." else prefix + "/", may)
    if not any(name.startswith("chains/") for name in files) and "data/sources.csv" not in files:
        raise NoRevision("workspace")
    files.setdefault("data/scoring.yaml", standard_scoring())
    return files


def _files(
    git: Callable[..., bytes], commit: str, prefix: str, may: Callable[[str], bool]
) -> dict[str, bytes]:
    wanted: dict[str, str] = {}
    listing = git("ls-tree", "-r", "-z", "--full-tree", "--long", commit)
    for line in filter(None, listing.split(b"\0")):
        head, _, path = line.partition(b"\t")
        mode, kind, blob, size = head.split()
        name = path.decode("utf-8", "surrogateescape")
        if not name.startswith(prefix) or not mode.startswith(b"100") or kind != b"blob":
            continue
        name = name.removeprefix(prefix)
        limit = LIMITS.table_bytes if name.endswith(".csv") else LIMITS.yaml_bytes
        if not may(name):
            continue
        if not size.isdigit():
            raise NoRevision("objects")
        if int(size) <= limit:
            wanted[name] = blob.decode()
    given = "".join(f"{blob}\n" for blob in wanted.values()).encode()
    return dict(zip(wanted, _blobs(git("cat-file", "--batch", given=given)), strict=True))


def _blobs(answer: bytes) -> list[bytes]:
    """What ``cat-file --batch`` gave, one after the other."""
    found, at = [], 0
    while at < len(answer):
        end = answer.index(b"\n", at)
        head = answer[at:end].split()
        if len(head) != 3:
            raise NoRevision("objects")
        size = head[2]
        found.append(answer[end + 1 : end + 1 + int(size)])
        at = end + int(size) + 2
    return found


def _run(program: str, bare: Path, arguments: tuple[str, ...], given: bytes) -> bytes:
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "SYSTEMROOT": os.environ.get("SYSTEMROOT", ""),
        "HOME": str(bare),
        "LC_ALL": "C",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ATTR_NOSYSTEM": "1",
    }
    safe = ("-c", "core.hooksPath=" + os.devnull, "-c", "core.fsmonitor=false",
            "-c", "protocol.allow=never", "--no-pager", f"--git-dir={bare}")  # fmt: skip
    try:
        done = subprocess.run(
            [program, *safe, *arguments], cwd=bare, env=environment, input=given,
            capture_output=True, check=False, timeout=LIMITS.git_seconds,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoRevision("git") from error
    if done.returncode != 0:
        raise NoRevision("revision")
    return done.stdout


def _repository(root: Path) -> _Repository:
    """The repository around a directory, told from its files alone."""
    for top in (root, *root.parents):
        found = top / ".git"
        own = found
        if found.is_file():
            text = found.read_text(encoding="utf-8", errors="surrogateescape")
            if not text.startswith("gitdir:"):
                continue
            own = (top / text.removeprefix("gitdir:").strip()).resolve()
        if not (own / "HEAD").is_file():
            continue
        common = own
        shared = own / "commondir"
        if shared.is_file():
            common = (own / shared.read_text(encoding="utf-8").strip()).resolve()
        return _Repository(own, common, top)
    raise NoRevision("repository")


def _borrow(found: _Repository, bare: Path) -> None:
    """A bare directory with the repository's refs, that takes its objects from there."""
    objects = str((found.common / "objects").resolve())
    if "\n" in objects or objects.startswith(('"', "#")):
        raise NoRevision("repository")
    for folder in ("objects/info", "refs"):
        (bare / folder).mkdir(parents=True)
    (bare / "objects/info/alternates").write_text(objects + "\n", encoding="utf-8")
    lines = ["[core]", "\tbare = true"]
    try:
        text = (found.common / "config").read_text(encoding="utf-8", errors="replace")
    except OSError:
        text = ""
    if _SHA256.search(text):
        lines = ["[core]", "\trepositoryformatversion = 1", "\tbare = true",
                 "[extensions]", "\tobjectformat = sha256"]  # fmt: skip
    else:
        lines.insert(1, "\trepositoryformatversion = 0")
    (bare / "config").write_text("\n".join(lines) + "\n", encoding="utf-8")
    for source, name in ((found.own, "HEAD"), (found.common, "packed-refs"),
                         (found.common, "shallow"), (found.own, "logs/HEAD")):  # fmt: skip
        _copy(source / name, bare / name)
    refs = found.common / "refs"
    for count, path in enumerate(sorted(refs.rglob("*")) if refs.is_dir() else ()):
        if count > LIMITS.git_refs:
            raise NoRevision("repository")
        if path.is_file() and not path.is_symlink():
            _copy(path, bare / "refs" / path.relative_to(refs))


def _copy(source: Path, target: Path) -> None:
    if source.is_file() and source.stat().st_size <= _LARGEST_REFS:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())
