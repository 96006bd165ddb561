"""A glance at a workspace: the ids in it, read in a moment and without checking anything.

For the completion of words while they are typed. Nothing here takes part in a study; what cannot
be read at once is left out, and no problem is reported.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from chainmap.core.limits import LIMITS
from chainmap.core.schema import BY_NAME
from chainmap.read.files import TextKind, decode, raw

# A larger file takes longer than one waits for a word.
AT_ONCE = replace(LIMITS, yaml_bytes=512 * 1024, table_bytes=64 * 1024 * 1024)
_DEPTH = 20
_NAME = re.compile(r"^name:[ \t]*(.+?)[ \t]*$", re.M)
Item = tuple[str, str]  # an id, and what it stands for


def chains(root: Path) -> Iterator[Item]:
    """The chains by the names of their files, each with its name where that is on one line."""
    folder = root / "chains"
    for path in sorted(folder.glob("*.yaml")) if folder.is_dir() else ():
        if not path.name.startswith(("_", ".")):
            found = _NAME.search(_text(path, root, "yaml_bytes"))
            yield path.stem, found.group(1) if found else ""


def links(root: Path, chain: str) -> Iterator[Item]:
    """The links of a chain with their names, in the order of its file."""
    path = root / "chains" / f"{chain}.yaml"
    if path.parent != root / "chains":
        return
    yield from _links(_text(path, root, "yaml_bytes"))


def _links(text: str) -> Iterator[Item]:
    """Walks the events of the file, so that nothing is built and no nesting costs anything.

    The members of ``panorama: links:`` are the mappings at depth 3 below these two keys.
    """
    import yaml

    keys: list[str | None] = []  # of each open mapping the key whose value comes next
    member: dict[str, str] = {}
    try:
        event: Any  # of which only scalars have a value
        for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            kind = type(event).__name__
            if kind in ("MappingStartEvent", "SequenceStartEvent"):
                keys.append("" if kind[0] == "M" else None)
                if len(keys) > _DEPTH:
                    return
            elif kind in ("MappingEndEvent", "SequenceEndEvent"):
                keys.pop()
                if keys == ["panorama", "links", None] and "id" in member:
                    yield member["id"], member.get("name", "")
                    member = {}
                if keys and keys[-1] is not None:
                    keys[-1] = ""  # the value of that key is complete
            elif kind == "ScalarEvent" and keys and keys[-1] is not None:
                if keys[-1] == "":
                    keys[-1] = event.value or " "
                    continue
                if keys[:3] == ["panorama", "links", None] and len(keys) == 4:
                    member[keys[-1]] = event.value
                keys[-1] = ""
    except (yaml.YAMLError, RecursionError):
        return


def cells(
    root: Path, table: str, column: str, label: str = "", where: Mapping[str, str] | None = None
) -> Iterator[Item]:
    """The cells of a column, each once and in the order of the table, beside those of ``label``.

    ``where`` keeps the rows that have these cells. Headers in either language.
    """
    text = _text(root / "data" / f"{table}.csv", root, "table_bytes")
    rows = csv.reader(io.StringIO(text, newline=""))
    seen: set[str] = set()
    try:
        heads = [head.strip() for head in next(rows, [])]
        at, beside = _place(heads, table, column), _place(heads, table, label) if label else None
        kept = [(_place(heads, table, name), word) for name, word in (where or {}).items()]
        if at is None or any(place is None for place, _ in kept):
            return
        for row in rows:
            value = row[at] if at < len(row) else ""
            if value and value not in seen and all(_cell(row, n) == word for n, word in kept):
                seen.add(value)
                yield value, _cell(row, beside)
    except csv.Error:
        return


def _place(heads: list[str], table: str, column: str) -> int | None:
    wanted = (column, BY_NAME[table].column(column).zh)
    return next((at for at, head in enumerate(heads) if head in wanted), None)


def _cell(row: list[str], at: int | None) -> str:
    return row[at] if at is not None and at < len(row) else ""


def _text(path: Path, root: Path, kind: TextKind) -> str:
    """The text of a file; empty where there is none, or none that can be read at once."""
    data = raw(path, root, kind, AT_ONCE)
    found = decode(data, path.name) if isinstance(data, bytes) else ""
    return found.removeprefix("\ufeff") if isinstance(found, str) else ""
