"""A business register from the paths that a user gives: its files, their columns, its parts."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chainmap.core.problems import Problem
from chainmap.core.register import Broken, Part, Tally
from chainmap.read import register_csv, register_parquet
from chainmap.read.register_cells import cut
from chainmap.read.register_heads import Heads, Shape, joined, shape_of

if TYPE_CHECKING:
    import pyarrow as pa

ENDINGS = (".parquet", ".pq", ".csv", ".csv.gz")
# What ``screen`` itself puts beside a register.
OURS = (".broken.csv", ".answers.csv")
ROWS = 250_000  # of a part of row groups, at least where there are so many
MOST_BROKEN = 10_000  # broken rows of a part that are kept with their text
_PEEKED = 200  # rows that show whether capitals are plain numbers


class NoRegister(ValueError):
    """No register where a path points: the path, and the key of the reason."""

    def __init__(self, path: Path, key: str) -> None:
        super().__init__(str(path))
        self.path, self.key = path, key


@dataclass(frozen=True)
class FilePart:
    """One CSV file, or a few row groups of one Parquet file; see ``core.register.Part``."""

    path: str
    file: str  # as it is called in messages
    stamp: tuple[int, int]  # size and time of change
    shape: Shape | None  # None: it cannot be read at all, for that reason
    groups: tuple[tuple[int, int], ...] = ()  # of Parquet: number, first row
    encoding: str = ""  # of CSV
    rows: int | None = None  # of CSV by its line ends: of a large file about so many
    where: str | None = None
    reason: str = ""

    @property
    def name(self) -> str:
        """The file, and which row groups of it."""
        return f"{self.file}#{self.groups[0][0]}" if self.groups else self.file

    @property
    def identity(self) -> str:
        """A digest of what the part gives as long as its file is not changed."""
        return hashlib.sha256(repr(self).encode("utf-8", "surrogateescape")).hexdigest()

    def batches(self, size: int) -> Iterator[pa.RecordBatch | Broken | Tally]:
        """Canonical batches of at most so many rows, broken rows and counts."""
        told = 0
        for one in self._batches(size):
            if isinstance(one, Broken):
                told += 1
                if told <= MOST_BROKEN:
                    yield one
            else:
                yield one
        if told > MOST_BROKEN:
            yield Broken(self.file, 0, "broken.more", str(told - MOST_BROKEN))

    def _batches(self, size: int) -> Iterator[pa.RecordBatch | Broken | Tally]:
        if self.shape is None:
            yield Broken(self.file, 0, "broken.file", self.reason)
            yield Tally(broken=1)
            return
        path = Path(self.path)
        if self.groups:
            found = register_parquet.batches(path, self.file, self.groups, self.shape, size)
        else:
            found = register_csv.batches(path, self.file, self.encoding, self.shape, size)
        if self.where is None:
            yield from found
            return
        from chainmap.read.register_where import Where

        where = Where(self.where)
        for one in found:
            if isinstance(one, Broken | Tally):
                yield one
                continue
            kept = one.filter(where.mask(one)) if one.num_rows else one
            yield Tally(filtered=one.num_rows - kept.num_rows)
            yield kept


@dataclass
class Register:
    """A register that is ready to be read, or what is wrong with it."""

    parts: list[Part] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    heads: Heads = field(default_factory=Heads)  # what its headings were taken for
    files: int = 0

    @property
    def identity(self) -> str:
        """A digest over its parts, whatever their order."""
        names = sorted(part.identity for part in self.parts if isinstance(part, FilePart))
        return hashlib.sha256("".join(names).encode()).hexdigest()


def files_of(paths: Sequence[Path]) -> list[tuple[Path, str]]:
    """The files of a register with the names they go by: directories in full, in order.

    Hidden files, those that begin with _ and what ``screen`` itself writes are passed over in a
    directory. Raises NoRegister.
    """
    found: dict[Path, str] = {}
    for path in paths:
        try:
            mode = path.stat().st_mode
        except (OSError, ValueError):
            raise NoRegister(path, "register.none") from None
        if stat.S_ISREG(mode):
            found.setdefault(path, shown(path.name if len(paths) == 1 else path.as_posix()))
            continue
        if not stat.S_ISDIR(mode):
            raise NoRegister(path, "register.kind")
        inside = sorted(
            one.relative_to(path) for one in path.rglob("*")
            if one.name.lower().endswith(ENDINGS) and one.is_file()
        )  # fmt: skip
        taken = [
            one for one in inside
            if not any(part.startswith((".", "_")) for part in one.parts)
            and not one.name.lower().endswith(OURS)
        ]  # fmt: skip
        if not taken:
            raise NoRegister(path, "register.empty")
        for one in taken:
            label = one.as_posix() if len(paths) == 1 else (path / one).as_posix()
            found.setdefault(path / one, shown(label))
    return list(found.items())


def shown(name: str) -> str:
    """A file's name as text: bytes of it that are none are written as codes."""
    return name.encode("utf-8", "backslashreplace").decode()


def register(paths: Sequence[Path], told: Heads, where: str | None = None) -> Register:
    """The parts of a register, its columns by what was told and guessed.

    A file that is damaged as a whole becomes a part that says so. Raises NoRegister; BadWhere
    where the expression is none.
    """
    if where is not None:
        from chainmap.read.register_where import check

        check(where)
    found = Register()
    listed = files_of(paths)
    found.files = len(listed)
    for path, file in listed:
        state = path.stat()
        bare = FilePart(
            str(path.resolve()), file, (state.st_size, state.st_mtime_ns), None, where=where
        )
        try:
            parts, heads, problems = _parts(path, bare, joined(told, found.heads))
        except (*register_csv.TORN, ValueError) as error:
            found.parts.append(replace(bare, reason=cut(str(error))))
            continue
        found.parts += parts
        found.problems += problems
        found.heads = joined(found.heads, heads)
    return found


def _parts(path: Path, bare: FilePart, told: Heads) -> tuple[list[FilePart], Heads, list[Problem]]:
    with path.open("rb") as file:
        magic = file.read(4)
    if magic == register_parquet.MAGIC or path.suffix.lower() in (".parquet", ".pq"):
        return _parquet(path, bare, told)
    return _csv(path, bare, told)


def _csv(path: Path, bare: FilePart, told: Heads) -> tuple[list[FilePart], Heads, list[Problem]]:
    encoding = register_csv.encoding_of(path)
    first = register_csv.first_records(path, encoding, _PEEKED)
    heads = first[0] if first else []
    rows = [dict(zip(heads, row, strict=False)) for row in first[1:]]
    shape, new, problems = shape_of(
        bare.file, heads, told, lambda head: _is_bare(row.get(head, "") for row in rows)
    )
    if shape is None:
        return [], new, problems
    about = register_csv.about_rows(path)
    return [replace(bare, shape=shape, encoding=encoding, rows=about)], new, []


def _parquet(
    path: Path, bare: FilePart, told: Heads
) -> tuple[list[FilePart], Heads, list[Problem]]:
    import pyarrow as pa

    with register_parquet.opened(path) as source:
        schema, footer = source.schema_arrow, source.metadata

        def plain(head: str) -> bool:
            kind = schema.field(head).type
            if pa.types.is_string(kind) or pa.types.is_large_string(kind):
                return _is_bare(_peeked(source, head))
            return True

        shape, new, problems = shape_of(bare.file, schema.names, told, plain)
        problems += register_parquet.wrong_types(bare.file, schema, shape) if shape else []
        if shape is None or problems:
            return [], new, problems
        counts = [footer.row_group(at).num_rows for at in range(footer.num_row_groups)]
    parts: list[FilePart] = []
    held: list[tuple[int, int]] = []
    rows, first = 0, 1
    for at, count in enumerate(counts):
        held.append((at, first))
        rows += count
        first += count
        if rows >= ROWS or at == len(counts) - 1:
            parts.append(replace(bare, shape=shape, groups=tuple(held), rows=rows))
            held, rows = [], 0
    return parts, new, []


def _peeked(source: Any, head: str) -> list[str]:
    for batch in source.iter_batches(batch_size=_PEEKED, columns=[head]):
        return [str(value or "") for value in batch.column(0).to_pylist()]
    return []


def _is_bare(values: Iterable[str]) -> bool:
    """Whether capitals are plain numbers, as far as anything stands there."""
    held = [value.strip() for value in values if value.strip()]
    return bool(held) and all(value.replace(",", "").replace(".", "").isdigit() for value in held)
