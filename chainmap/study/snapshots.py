"""States of a workspace: taking one, finding one, and what is worked out from one."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from chainmap import __version__
from chainmap.core.dates import parse_day
from chainmap.core.problems import Problem
from chainmap.core.whole import write_new
from chainmap.rank.ranks import Request
from chainmap.read.revisions import files_at
from chainmap.read.snapshots import (
    files_of,
    laid_out,
    snapshot_bytes,
    snapshot_names,
    snapshot_path,
)
from chainmap.read.workspace import load
from chainmap.study import Study, UnknownRef
from chainmap.study.kpi import kpi_rows
from chainmap.track.diff import kept
from chainmap.track.snapshot import (
    SUFFIX,
    Damaged,
    Results,
    Snapshot,
    belongs,
    decode,
    encode,
    hashes,
    is_name,
    is_safe,
)

NOW = "now"
REVISION = "rev:"
# What a result depends on; the front door and the pictures only show it.
_WORKING = ("core", "read", "find", "rank", "track", "study")
CHAIN_FIGURES = (
    "strong", "weak", "present", "missing", "planned", "unknown", "completeness_low",
    "completeness_high", "local_ratio_value", "local_ratio_count_low", "local_ratio_count_high",
)  # fmt: skip


@dataclass(frozen=True)
class State:
    """A state to compare: its files and study date; ``stored`` results where it is a snapshot."""

    label: str
    files: dict[str, bytes]
    as_of: str
    code: str
    stored: Results | None = None


@cache
def code_version() -> str:
    """The version of the program, and a mark of the code that results come from."""
    package = Path(__file__).resolve().parents[1]
    whole = sha256()
    for room in _WORKING:
        for path in sorted((package / room).rglob("*.py")):
            if path.parent.name != "words":
                whole.update(path.relative_to(package).as_posix().encode() + path.read_bytes())
    return f"{__version__}+{whole.hexdigest()[:12]}"


def study_of(files: dict[str, bytes], as_of: str) -> tuple[Study, list[Problem]]:
    """A study of files that need not stand anywhere; they are laid out for the reader alone."""
    with tempfile.TemporaryDirectory(prefix="chainmap-") as folder:
        root = Path(folder)
        laid_out(files, root, is_safe)
        workspace, problems = load(root)
    at = parse_day(as_of) if as_of else workspace.study_date
    return Study(workspace, problems, at), problems


# Results


def results(study: Study, intervals: bool) -> Results:
    """What was worked out: links, chains, ranks and the figures of two years.

    ``intervals`` draws the rank intervals, which takes most of the time; without them only the
    order and the scores are there.
    """
    return {
        "links": dict(_links(study)),
        "chains": {
            row["chain"]: {name: _plain(row[name]) for name in CHAIN_FIGURES}
            for row in study.chain_rows()
        },
        "ranks": dict(_ranks(study, intervals)),
        "kpi": dict(_kpi(study)),
    }


def _plain(value: Any) -> Any:
    return kept(value) if isinstance(value, float) else value


def _links(study: Study) -> Iterable[tuple[str, dict[str, Any]]]:
    names = ("status", "basis", "kind", "suspect", "priority", "value_100m_cny")
    for row in study.gap_rows(None, all_links=True):
        yield row["ref"], {name: _plain(row[name]) for name in names}


def _ranks(study: Study, intervals: bool) -> Iterable[tuple[str, dict[str, Any]]]:
    names = ("position", "score", "rank_p05", "rank_p95")
    for chain in study.workspace.chains:
        request = Request(chain=chain, draws=None if intervals else 0)
        for row in study.ranking(request).rows:
            yield row["ref"], {name: _plain(row[name]) for name in names}


def _kpi(study: Study) -> Iterable[tuple[str, dict[str, Any]]]:
    year = study.world.today.year
    if year < 2:  # no study date could be told
        return
    for period in (f"{year - 1:04d}", f"{year:04d}"):
        for row in kpi_rows(study, period):
            value = {"value": kept(row["value"]), "unknown": row["unknown"]}
            yield row["ref"], value


# Taking and finding


def take(study: Study, name: str, taken: str) -> tuple[Snapshot, bytes]:
    """A snapshot of the workspace of a study at its date, worked out from the files as they are.

    Raises Damaged where a file cannot be read or the region cannot be told.
    """
    files, unread = files_of(Path(study.workspace.root))
    again, _ = study_of(files, study.world.at.text)
    if unread or not again.workspace.region:
        raise Damaged(unread[0].line() if unread else "data/region.yaml")
    found = Snapshot(
        name=name, taken=taken, region=again.workspace.region, as_of=again.world.at.text,
        code=code_version(), hashes=hashes(again.workspace), files=files,
        results=results(again, intervals=True),
    )  # fmt: skip
    return found, encode(found)


def keep(study: Study, name: str, data: bytes) -> Path:
    """Write a snapshot; FileExistsError where one of that name stands already."""
    path = snapshot_path(Path(study.workspace.root), name, SUFFIX)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_new(path, data)
    return path


def names(study: Study) -> list[str]:
    """The snapshots of a workspace by name."""
    found = snapshot_names(Path(study.workspace.root), SUFFIX)
    return [name for name in found if is_name(name)]


def size(study: Study, name: str) -> int:
    """How many bytes a snapshot takes."""
    return snapshot_path(Path(study.workspace.root), name, SUFFIX).stat().st_size


def read(study: Study, name: str) -> Snapshot:
    """A snapshot by its name. Raises UnknownRef, OSError or Damaged."""
    known = names(study)
    if name not in known:
        raise UnknownRef("snapshot", name, (*known, NOW))
    return decode(snapshot_bytes(Path(study.workspace.root), name, SUFFIX))


def newest(study: Study) -> Snapshot | None:
    """The snapshot taken last; None where there is none that can be read."""
    found = []
    for name in names(study):
        try:
            found.append(read(study, name))
        except (Damaged, OSError):
            continue
    return max(found, key=lambda one: (one.taken, one.name), default=None)


def state(study: Study, word: str) -> State:
    """The state that a word means: a snapshot, ``now``, or ``rev:`` and a revision.

    Raises UnknownRef, OSError, Damaged or NoRevision.
    """
    root = Path(study.workspace.root)
    if word == NOW:
        files, unread = files_of(root)
        if unread:
            raise Damaged(unread[0].line())
        return State(NOW, files, study.world.at.text, code_version())
    if word.startswith(REVISION):
        files = files_at(root, word.removeprefix(REVISION), belongs)
        return State(word, files, "", code_version())
    return state_of(read(study, word))


def state_of(snapshot: Snapshot) -> State:
    """A snapshot as a state."""
    return State(snapshot.name, dict(snapshot.files), snapshot.as_of, snapshot.code,
                 snapshot.results)  # fmt: skip
