"""The doors of the tool as functions of bytes: each may refuse what it is given, none may raise.

Used by the fuzzing bench (tests/bench/fuzz.py) and by the replay of everything that ever failed
(tests/test_fuzz.py). A target writes only into a workspace of its own in a temporary directory.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import os
import shutil
import sys
import tempfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import books
from bad_inputs import SOUND

from chainmap.core.model import Workspace
from chainmap.core.problems import Problem
from chainmap.core.schema import BY_NAME, TABLES
from chainmap.read import workspace
from chainmap.read.chain_files import read_chain
from chainmap.read.files import Intake
from chainmap.read.table_checks import Tables, settle
from chainmap.read.tables import TableRead, read_table
from chainmap.study import Study
from chainmap.track.snapshot import Damaged, Snapshot, decode, encode

ROOT = Path(__file__).parent.parent
FULL = 16  # of sound chains and tables one in so many also goes through a whole study
_GRADES = {"s1": "A", "s2": "B", "s3": "C", "s4": "D"}


class _Room:
    """A workspace in memory where there is one, gone with the process."""

    def __init__(self, sound: Callable[[Path], object]) -> None:
        fast = Path("/dev/shm")
        self._hold = tempfile.TemporaryDirectory(
            prefix="fuzz-", dir=fast if fast.is_dir() else None, ignore_cleanup_errors=True
        )
        self.root = Path(self._hold.name) / "a" / "b" / "c" / "w"
        self.root.parent.mkdir(parents=True)
        sound(self.root)
        self.files = {path: path.read_bytes() for path in self.root.rglob("*") if path.is_file()}

    def put(self, name: str, data: bytes) -> Path:
        """A file with these bytes."""
        path = self.root / name
        path.write_bytes(data)
        return path

    def restore(self, path: Path) -> None:
        """One file as it was at first, where it was there."""
        if path in self.files:
            path.write_bytes(self.files[path])
        else:
            path.unlink()

    def mend(self) -> None:
        """The workspace as it was at first."""
        for path in sorted(self.root.rglob("*"), reverse=True):
            if path not in self.files and (path.is_file() or path.is_symlink()):
                path.unlink()
            elif path.is_dir() and not path.is_symlink():
                with contextlib.suppress(OSError):
                    path.rmdir()
        for path, data in self.files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.is_file() or path.read_bytes() != data:
                path.write_bytes(data)


@cache
def room(kind: str = "sound") -> _Room:
    """The workspace of the damaged inputs, or the small one of the workbooks."""
    if kind == "small":
        return _Room(books.small)
    return _Room(lambda root: shutil.copytree(SOUND, root))


@cache
def _loaded(kind: str = "sound") -> tuple[Workspace, list[Problem]]:
    return workspace.load(room(kind).root)


def _told(problems: list[Problem]) -> None:
    for one in problems:
        one.line("zh"), one.line("en")


def _study(root: Path) -> None:
    """Everything that is worked out of a workspace without drawing lots."""
    found, problems = workspace.load(root)
    study = Study(found, problems, found.study_date)
    _told(study.problems)
    study.gap_rows(None, all_links=True)
    study.chain_rows()


def chain(data: bytes) -> None:
    """A chain file; of the sound ones some are also worked out."""
    here = room()
    path = here.put("chains/probe.yaml", data)
    read = read_chain(Intake(here.root), path, _GRADES)
    _told(read.problems)
    if read.chain is not None and zlib.crc32(data) % FULL == 0:
        _study(here.root)


@cache
def _reads() -> dict[str, TableRead]:
    root = room().root
    paths = {table: root / "data" / f"{table.name}.csv" for table in TABLES}
    return {
        table.name: read_table(Intake(root), path, table)
        for table, path in paths.items()
        if path.exists()
    }


def table(data: bytes) -> None:
    """A table, whose name is the first line."""
    from chainmap.read.edits import Changed, raw_rows
    from chainmap.read.holdings import held_table

    head, _, body = data.partition(b"\n")
    name = head.decode("latin-1").strip()
    schema = BY_NAME.get(name) or TABLES[zlib.crc32(head) % len(TABLES)]
    found, _ = _loaded()
    reads = {key: replace(one, rows=list(one.rows)) for key, one in _reads().items()}
    here = room()
    path = here.put(f"data/{schema.name}.csv", body)
    try:
        mine = reads[schema.name] = read_table(Intake(here.root), path, schema)
        links = {one.id: frozenset(link.id for link in one.links) for one in found.chains.values()}
        _told(mine.problems)
        _told(settle(Tables(reads, links, frozenset(), frozenset({"expansion"}))))
        held_table(here.root, schema)
        with contextlib.suppress(Changed):
            raw_rows(path, schema.name)
        if mine.usable and zlib.crc32(data) % FULL == 0:
            _study(here.root)
    finally:
        here.restore(path)


def _in_data(name: str) -> Callable[[bytes], None]:
    def target(data: bytes) -> None:
        here = room()
        path = here.put(f"data/{name}", data)
        try:
            _, problems = workspace.load(here.root)
            _told(problems)
        finally:
            here.restore(path)

    return target


def workbook(data: bytes) -> None:
    """A workbook that is brought in, but for the writing."""
    from chainmap.read.workbook import read_workbook
    from chainmap.study.workbook import taken

    here = room("small")
    path = here.put("book.xlsx", data)
    read = read_workbook(path)
    _told(read.problems)
    _told(taken(here.root, read, _loaded("small")[1], False).problems)


def _by_magic(data: bytes) -> Path:
    return room("small").put("given.xlsx" if data[:2] == b"PK" else "given.csv", data)


def _small_study() -> Study:
    found, problems = _loaded("small")
    return Study(found, problems, found.study_date)


def catalogue(data: bytes) -> None:
    """A catalogue of wanted suppliers, CSV or XLSX."""
    from chainmap.read.catalogue import read_catalogue
    from chainmap.study.leaders import proposals

    read, problems = read_catalogue(_by_magic(data))
    _told(problems)
    proposals(_small_study(), "beta", read.lines[:50], "2026-06-30")


def bureau(data: bytes) -> None:
    """A bureau's list of projects, CSV or XLSX."""
    from chainmap.read.bureau import read_listing
    from chainmap.study.bureau import proposals

    read, problems = read_listing(_by_magic(data), {})
    _told(problems)
    _, more = proposals(_small_study(), read.lines[:50], [])
    _told(more)


def heads(data: bytes) -> None:
    """The headers of a bureau's list that were told before."""
    from chainmap.read.bureau import KEPT, kept_map

    path = room("small").put(f"data/{KEPT}", data)
    _told(kept_map(path.parent)[1])
    path.unlink()


def snapshot(data: bytes) -> None:
    """A snapshot: packed, or its JSON, which is then given a digest that is right."""
    from chainmap.study.diff import difference
    from chainmap.study.snapshots import state_of, study_of

    if data[:2] != b"\x1f\x8b":
        from chainmap.track.snapshot import _dumped, _hash

        try:
            body = json.loads(data)
            body.pop("digest", None)
            body["digest"] = _hash(_dumped(body))
        except (ValueError, TypeError, AttributeError, RecursionError):
            return
        data = gzip.compress(json.dumps(body).encode(), 1)
    try:
        found = decode(data)
    except Damaged:
        return
    [link["status"] for link in found.results["links"].values()]
    _, problems = study_of(dict(found.files), found.as_of)
    _told(problems)
    difference(state_of(found), state_of(sound_snapshot()))


@cache
def sound_snapshot() -> Snapshot:
    """A snapshot of the small workspace."""
    from chainmap.study.snapshots import take

    return take(_small_study(), "one", "2026-06-30T08:00:00+08:00")[0]


def snapshot_seeds() -> list[bytes]:
    """The snapshot as JSON, and packed."""
    packed = encode(sound_snapshot())
    return [gzip.decompress(packed), packed]


def revision(data: bytes) -> None:
    """A repository with one of its files damaged (its name is the first line), and a name."""
    from chainmap.read.revisions import NoRevision, files_at
    from chainmap.track.snapshot import belongs

    head, _, rest = data.partition(b"\n")
    word, _, body = rest.partition(b"\n")
    root = _repository()
    names = sorted(path for path in (root / ".git").rglob("*") if path.is_file())
    by_name = {path.relative_to(root).as_posix().encode(): path for path in names}
    path = by_name.get(head)
    was = path.read_bytes() if path else b""
    revision = word.decode("utf-8", "replace").replace("\0", "") or "HEAD"
    try:
        if path:
            path.chmod(0o644)
            path.write_bytes(body)
        with contextlib.suppress(NoRevision):
            files_at(root, revision, belongs)
    finally:
        if path:
            path.write_bytes(was)


@cache
def _repository() -> Path:
    import subprocess

    root = room().root.parent / "repository"
    shutil.copytree(SOUND, root)
    who = ["-c", "user.name=a", "-c", "user.email=a@example.invalid"]
    for words in (["init", "-q", "-b", "main"], ["add", "."], [*who, "commit", "-qm", "x"]):
        subprocess.run(["git", *words], cwd=root, check=True, capture_output=True)
    shutil.rmtree(root / ".git" / "hooks", ignore_errors=True)
    return root


def register(data: bytes) -> None:
    """A business register in one file: Parquet, CSV, or CSV that is packed."""
    from chainmap.read.register import register as opened
    from chainmap.read.register_heads import Heads

    ending = ".parquet" if data[:4] == b"PAR1" else ".csv.gz" if data[:2] == b"\x1f\x8b" else ".csv"
    path = room("small").put(f"register{ending}", data)
    try:
        found = opened([path], Heads())
        _told(found.problems)
        for part in found.parts:
            for batch in part.batches(7):
                len(repr(batch))
    finally:
        path.unlink()


def register_heads(data: bytes) -> None:
    """What data/register.yaml says of headings."""
    from chainmap.read.register_heads import KEPT, kept

    path = room("small").put(f"data/{KEPT}", data)
    _told(kept(path.parent)[1])
    path.unlink()


def where(data: bytes) -> None:
    """An expression that chooses rows of a register."""
    from chainmap.read.register_where import BadWhere, check

    with contextlib.suppress(BadWhere):
        check(data.decode("utf-8", "surrogateescape"))


class _Tty(io.TextIOWrapper):
    """A stream of bytes for text, with nobody at its other end."""

    def __init__(self) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8", errors="strict")


def arguments(data: bytes) -> None:
    """The words of a command line, one a line; paths lead nowhere out of the room."""
    from chainmap.cli import main as door

    words = [
        word.lstrip("/~\\").replace("\0", "")
        for word in data.decode("utf-8", "surrogateescape").split("\n")
    ]
    words = [word if "=/" not in word else word.replace("=/", "=") for word in words[:30]]
    here = room("small")
    before = (Path.cwd(), sys.stdout, sys.stderr, sys.stdin, dict(os.environ))
    os.chdir(here.root)
    os.environ |= {"CHAINMAP_CACHE": "off", "CHAINMAP_WORKSPACE": str(here.root), "COLUMNS": "100"}
    out, told = _Tty(), _Tty()
    sys.stdout, sys.stderr, sys.stdin = out, told, io.StringIO("")
    code: Any = None
    # What the last flush of a real process would do to its own stdout must not happen here.
    dropped, door._drop_stdout = door._drop_stdout, lambda: None
    try:
        door.main(words)
    except SystemExit as end:
        code = end.code
    finally:
        door._drop_stdout = dropped
        os.chdir(before[0])
        sys.stdout, sys.stderr, sys.stdin = before[1:4]
        os.environ.clear()
        os.environ.update(before[4])
        here.mend()
    told.flush()
    said = told.buffer.getvalue().decode("utf-8", "replace")  # type: ignore[attr-defined]
    if code not in (0, 1, 2, 3, 4):
        raise AssertionError(f"exit {code}: {said[-300:]}")
    assert "Traceback" not in said


TARGETS: Mapping[str, Callable[[bytes], None]] = {
    "chain": chain,
    "table": table,
    "region": _in_data("region.yaml"),
    "settings": _in_data("scoring.yaml"),
    "plan": _in_data("plan.yaml"),
    "workbook": workbook,
    "catalogue": catalogue,
    "bureau": bureau,
    "heads": heads,
    "snapshot": snapshot,
    "revision": revision,
    "register": register,
    "register_heads": register_heads,
    "where": where,
    "arguments": arguments,
}
