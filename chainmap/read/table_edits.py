"""A table with other rows: what is not changed keeps every byte, and order, and encoding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chainmap.core.text import guard
from chainmap.read.cells import Cells, records
from chainmap.read.files import decode
from chainmap.read.holdings import HeldTable

_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Edit:
    """What happens to a table: cells by the line their row begins on, rows out, rows in."""

    changed: Mapping[int, Mapping[str, str]]
    removed: frozenset[int]
    added: Sequence[Mapping[str, str]]


@dataclass(frozen=True)
class Edited:
    """A table after its edit: its bytes, its columns, and where each row begins now.

    ``moved`` gives the new line of each old one, ``added`` those of the new rows.
    """

    data: bytes
    columns: tuple[str, ...]
    moved: Mapping[int, int]
    added: tuple[int, ...]


def edited(table: HeldTable, edit: Edit) -> Edited:
    """The table with an edit made; a column that it lacks is put behind the others.

    A row whose number of cells is not that of the header stays as it is.
    """
    data = table.data
    if data is None:
        data = (",".join(column.name for column in table.schema.columns) + "\n").encode()
    body = data.removeprefix(_BOM)
    text = decode(data, "")
    assert isinstance(text, str), "it was read before"
    encoding = "utf-8" if _is_utf8(body) else "gb18030"
    cells, starts = Cells(text), [line for line, _ in records(text)]
    begins = [cells.at(0)[0] and _offset(cells, line) for line in starts] + [len(text)]
    said = [*edit.changed.values(), *edit.added]
    more = [name for name in dict.fromkeys(n for one in said for n in one)
            if name not in table.columns]  # fmt: skip
    columns = (*table.columns, *more)
    head = next(at for at, (_, row) in enumerate(records(text)) if any(map(str.strip, row)))
    out: list[str] = []
    kept: list[int] = []  # the old lines of the records that stay, in order
    for at, (line, record) in enumerate(records(text)):
        piece = text[begins[at] : begins[at + 1]]
        if at > head and line in edit.removed:
            continue
        kept.append(line)
        sound = at >= head and len(record) == len(table.columns) and any(record)
        if at == head and more:
            piece = _with(cells, line, piece, {}, table.columns, [guard(name) for name in more])
        elif at > head and sound and (more or line in edit.changed):
            new = edit.changed.get(line, {})
            piece = _with(cells, line, piece, new, table.columns, [new.get(n, "") for n in more])
        out.append(piece)
    end = _end(text[begins[head] : begins[head + 1]])
    gap = end if edit.added and out and not out[-1].endswith(("\n", "\r")) else ""
    lines = [_record([row.get(name, "") for name in columns], end) for row in edit.added]
    whole = "".join(out) + gap + "".join(lines)
    now = [line for line, _ in records(whole)]
    moved = dict(zip(kept, now, strict=False))
    mark = data[: len(data) - len(body)]
    return Edited(mark + whole.encode(encoding), columns, moved,
                  tuple(now[len(now) - len(lines) :]) if lines else ())  # fmt: skip


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _offset(cells: Cells, line: int) -> int:
    next(iter(cells.spans(line)))
    return cells.starts[line - 1]


def _end(piece: str) -> str:
    """How the lines of a table end, as its header does."""
    if piece.endswith("\r\n"):
        return "\r\n"
    return "\r" if piece.endswith("\r") else "\n"


def _with(
    cells: Cells,
    line: int,
    piece: str,
    new: Mapping[str, str],
    columns: Sequence[str],
    more: Sequence[str],
) -> str:
    """A record with other cells, and cells behind its last."""
    start = cells.starts[line - 1]
    spans = list(cells.spans(line))
    last = spans[-1][1]
    assert last is not None
    parts = []
    for name, (first, end) in zip(columns, spans, strict=True):
        held = cells.text[first:end]
        parts.append(_cell(guard(new[name]), held.startswith('"')) if name in new else held)
    parts += [_cell(guard(text), False) for text in more]
    return ",".join(parts) + piece[last - start :]


def _cell(text: str, quoted: bool) -> str:
    """A cell as CSV, in quotes where the one before it was or where it needs them."""
    if quoted or any(sign in text for sign in ',"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text


def _record(cells: Sequence[str], end: str) -> str:
    return ",".join(_cell(guard(cell), False) for cell in cells) + end
