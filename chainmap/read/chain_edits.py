"""A chain file from its rows on the sheets: written anew, or changed where the rows changed.

The lines of what did not change stay as they are, comments and all. What was written is read
again: where the careful way gives anything but what the rows say, the file is written anew.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from chainmap.core.book import CHAIN_SHEETS
from chainmap.core.model import Chain
from chainmap.read.chain_files import read_chain
from chainmap.read.files import Intake, TextKind
from chainmap.read.holdings import Cells, chain_rows, mark, number_text
from chainmap.read.nodes import plain

Rows = Mapping[str, Sequence[Cells]]
HEAD = ("chain", "name", "name_en", "kind", "region", "as_of", "chief", "bureau")
_KEYS = {table.name: tuple(c.name for c in table.columns if c.key) for table in CHAIN_SHEETS}
_WHERE: dict[str, tuple[str, ...]] = {
    "stages": ("panorama", "stages"),
    "groups": ("panorama", "groups"),
    "links": ("panorama", "links"),
    "flows": ("panorama", "flows"),
    "milestones": ("path",),
}
# Letters, digits, Chinese and signs that mean nothing to YAML wherever they stand.
_FREE = re.compile(r"[\w.][\w.+/()（）、，。；：·“”《》%~=^ \-]*\Z")


def key(sheet: str, row: Cells) -> tuple[str, ...]:
    """What tells a row of a sheet from the others."""
    return tuple(row.get(name, "") for name in _KEYS[sheet])


def scalar(text: str) -> str:
    """A text as YAML that is read back as that text, as plain as it can be.

    >>> scalar("电解槽"), scalar("000001"), scalar("a: b"), scalar("it's #1")
    ('电解槽', "'000001'", "'a: b'", "'it''s #1'")
    """
    if _FREE.match(text) and text == text.strip() and type(plain(text)) is str:
        return text
    if text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(
        ch
        if ch.isprintable()
        else f"\\u{ord(ch):04x}"
        if ord(ch) < 0x10000
        else f"\\U{ord(ch):08x}"
        for ch in quoted
    )


def day(text: str) -> str:
    """A date, which needs no quotes; any other text is quoted as text is."""
    return text if re.fullmatch(r"\d{4}(-\d{2}){0,2}", text) else scalar(text)


def number(text: str) -> str:
    """A number; a text that is none stands as it is, for the reader to refuse."""
    try:
        return number_text(float(text))
    except ValueError:
        return scalar(text)


def several(text: str) -> list[str]:
    """The values of a cell that holds several."""
    return [part for one in text.split("|") if (part := one.strip(" \u3000"))]


def listed(text: str) -> str:
    """Several values as a list on one line."""
    return "[" + ", ".join(scalar(part) for part in several(text)) + "]"


def codes(text: str) -> str:
    """Industry codes, always quoted."""
    return "[" + ", ".join("'" + part.replace("'", "''") + "'" for part in several(text)) + "]"


def stage(row: Cells) -> list[str]:
    """A stage as the lines of its item."""
    return [_named((("id", "stage"), ("name", "name"), ("name_en", "name_en")), row)]


def group(row: Cells) -> list[str]:
    """What a group is called in English, as the lines of its item."""
    return [_named((("name", "name"), ("name_en", "name_en")), row)]


def _named(parts: Sequence[tuple[str, str]], row: Cells) -> str:
    return "{" + ", ".join(f"{name}: {scalar(row[of])}" for name, of in parts if row.get(of)) + "}"


def link(row: Cells) -> list[str]:
    """A link as the lines of its item."""
    lines = [f"id: {scalar(row.get('link', ''))}"]
    forms: tuple[tuple[str, Callable[[str], str]], ...] = (
        ("name", scalar), ("name_en", scalar), ("stage", scalar), ("group", scalar),
        ("products", listed), ("exclude", listed), ("industry", codes),
    )  # fmt: skip
    lines += [f"{name}: {form(row[name])}" for name, form in forms if row.get(name)]
    if row.get("critical") == "yes":
        lines.append("critical: true")
    if any(row.get(name) for name in ("status", "because", "source", "as_of")):
        parts = (("is", "status", scalar), ("because", "because", scalar),
                 ("source", "source", scalar), ("as_of", "as_of", day))  # fmt: skip
        told = ", ".join(f"{name}: {form(row[of])}" for name, of, form in parts if row.get(of))
        lines.append(f"status: {{{told}}}")
    return lines


def flow(row: Cells) -> list[str]:
    """A flow as the lines of its item."""
    ends = several(row.get("from", ""))
    start = scalar(ends[0]) if len(ends) == 1 else listed(row.get("from", ""))
    parts = [f"from: {start}"] if ends else []
    if row.get("to"):
        parts.append(f"to: {scalar(row['to'])}")
    if row.get("need") not in (None, "required"):
        parts.append(f"need: {scalar(row['need'])}")
    if row.get("share"):
        parts.append(f"share: {number(row['share'])}")
    if row.get("source"):
        parts.append(f"source: {scalar(row['source'])}")
    return ["{" + ", ".join(parts) + "}"]


def milestone(row: Cells) -> list[str]:
    """A milestone as the lines of its item."""
    forms: tuple[tuple[str, str, Callable[[str], str]], ...] = (
        ("id", "milestone", scalar), ("link", "link", scalar), ("action", "action", scalar),
        ("title", "title", scalar), ("start", "start", day), ("due", "due", day),
        ("needs", "needs", listed), ("owner", "owner", scalar),
    )  # fmt: skip
    return ["{" + ", ".join(f"{n}: {form(row[of])}" for n, of, form in forms if row.get(of)) + "}"]


_ITEM: dict[str, Callable[[Cells], list[str]]] = {
    "stages": stage, "groups": group, "links": link, "flows": flow, "milestones": milestone,
}  # fmt: skip


def anew(rows: Rows, above: Sequence[str] = ()) -> str:
    """A chain file written from its rows, below the comments that are to stand above it."""
    lines = list(above) or ["# yaml-language-server: $schema=chain.schema.json"]
    lines += [_head_line(name, rows["chains"][0]) for name in HEAD if rows["chains"][0].get(name)]
    lines.append("panorama:")
    for sheet in ("stages", "groups", "links", "flows"):
        if rows[sheet] or sheet == "stages":
            lines.append(f"  {sheet}:")
        for row in rows[sheet]:
            lines += _item(_ITEM[sheet](row), "    ")
    if rows["milestones"]:
        lines.append("path:")
        for row in rows["milestones"]:
            lines += _item(milestone(row), "  ")
    return "\n".join(lines) + "\n"


def _head_line(name: str, row: Cells) -> str:
    return f"{name}: {(day if name == 'as_of' else scalar)(row[name])}"


def _item(lines: Sequence[str], indent: str) -> list[str]:
    return [f"{indent}- {lines[0]}", *(f"{indent}  {line}" for line in lines[1:])]


def above_of(text: str) -> list[str]:
    """The comments at the head of a file."""
    found = []
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            break
        found.append(line)
    return found


@dataclass
class _Given(Intake):
    """An intake of one text that is in no file yet."""

    given: str = ""

    def text(self, path: Path, kind: TextKind) -> str:
        del path, kind
        return self.given


def says(text: str, chain: str, rows: Rows) -> bool:
    """Whether the text of a chain file is read as those rows, in whatever order."""
    read = read_chain(_Given(Path(), given=text), Path(f"{chain}.yaml"), None)
    if read.chain is None:
        return False
    told = chain_rows(read.chain.file)
    return all(
        len(told[sheet]) == len(rows[sheet])
        and {key(sheet, row): mark(sheet, row) for row in told[sheet]}
        == {key(sheet, row): mark(sheet, row) for row in rows[sheet]}
        for sheet in told
    )


class Unclear(Exception):
    """The file is not laid out so that a part of it can be changed by itself."""


def changed(text: str, chain: Chain, was: Rows, now: Rows) -> str:
    """The text of a chain file with those parts changed whose rows are not what they were.

    Raises Unclear where its layout does not allow it. The caller reads what comes out.
    """
    lines = text.splitlines(keepends=True)
    if any("\r" in line.rstrip("\r\n") for line in lines):
        raise Unclear
    end = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += end
    edits: list[tuple[int, int, list[str]]] = []  # first line, line behind the last, new lines
    _head_edits(edits, lines, chain, was["chains"][0], now["chains"][0])
    for sheet in _WHERE:
        _list_edits(edits, lines, chain, sheet, (was[sheet], now[sheet]))
    # From the last to the first; of two that go in at one place the second goes in first.
    edits.sort(key=lambda one: one[:2])
    for first, behind, new in reversed(edits):
        lines[first:behind] = [line + end for line in new]
    return "".join(lines)


def _head_edits(
    edits: list[tuple[int, int, list[str]]],
    lines: Sequence[str],
    chain: Chain,
    was: Cells,
    now: Cells,
) -> None:
    """Changes of the keys that stand above the panorama; a comment behind a value stays."""
    last = 0
    for name in HEAD:
        at = chain.places.get((f"key:{name}",))
        if at is not None:
            line = lines[at.line - 1].rstrip("\r\n")
            found = re.fullmatch(
                r"([a-z_]+: *)('(?:[^']|'')*'|[^#\"'|>\[{&*!][^#]*?)( +#.*)?", line
            )
            if was.get(name) != now.get(name):
                if found is None or at.column != 1:
                    raise Unclear
                new = [_head_line(name, now) + (found.group(3) or "")] if now.get(name) else []
                edits.append((at.line - 1, at.line, new))
            last = at.line
        elif now.get(name):
            edits.append((last, last, [_head_line(name, now)]))


def _list_edits(
    edits: list[tuple[int, int, list[str]]],
    lines: Sequence[str],
    chain: Chain,
    sheet: str,
    rows: tuple[Sequence[Cells], Sequence[Cells]],
) -> None:
    """Changes of one list: items changed in place, taken out, or put behind the last."""
    was, now = rows
    if list(was) == list(now):
        return
    way = _WHERE[sheet]
    items = [chain.places[(*way, at)] for at in range(len(was))]
    if not items:
        edits.append(_new_list(lines, chain, sheet, now))
        return
    begins = [at.line - 1 for at in items]
    indents = {re.match(r"( *)- +\Z", lines[at.line - 1][: at.column - 1]) for at in items}
    spaces = {found.group(1) for found in indents if found}
    if None in indents or len(spaces) != 1 or len(set(begins)) != len(begins):
        raise Unclear
    indent = spaces.pop()
    ends = [_behind(lines, first, len(indent)) for first in begins]
    new = {key(sheet, row): row for row in now}
    old = {key(sheet, row): row for row in was}
    if len(new) != len(now) or len(old) != len(was):
        raise Unclear
    for row, first, behind in zip(was, begins, ends, strict=True):
        told = new.get(key(sheet, row))
        if told is None:
            edits.append((first, behind, []))
        elif told != row:
            edits.append((first, behind, _item(_ITEM[sheet](told), indent)))
    more = [row for row in now if key(sheet, row) not in old]
    fresh = [line for row in more for line in _item(_ITEM[sheet](row), indent)]
    if fresh:
        edits.append((ends[-1], ends[-1], fresh))


def _new_list(
    lines: Sequence[str], chain: Chain, sheet: str, rows: Sequence[Cells]
) -> tuple[int, int, list[str]]:
    """A list that the file does not have yet: groups above links, flows below, path at the end."""
    *around, name = _WHERE[sheet]
    beside = chain.places.get(("panorama", "key:links"))
    last = chain.places.get(("panorama", "links", len(chain.links) - 1))
    if (*around, f"key:{name}") in chain.places or beside is None or last is None:
        raise Unclear
    margin = " " * (beside.column - 1) if around else ""
    at = {"groups": beside.line - 1, "milestones": len(lines)}.get(sheet)
    if at is None:
        at = _behind(lines, last.line - 1, last.column - 3)
    items = [line for row in rows for line in _item(_ITEM[sheet](row), margin + "  ")]
    return at, at, [f"{margin}{name}:", *items]


def _behind(lines: Sequence[str], first: int, indent: int) -> int:
    """The line behind an item's last; comments and blank lines below it are not its own."""
    last = first + 1
    for at in range(first + 1, len(lines)):
        line = lines[at].strip()
        if not line or line.startswith("#"):
            continue
        if len(lines[at]) - len(lines[at].lstrip(" ")) <= indent:
            break
        last = at + 1
    return last
