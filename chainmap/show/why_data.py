"""The derivation of a figure as nested data: all of it, for machines.

Read back, it is enough to evaluate the figure again: ``formulas`` hold expressions with every
number put in, ``inputs`` every cell, setting and figure that the rule was given.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from chainmap.core.dates import Day
from chainmap.core.derivation import Figure, Found, Leaf
from chainmap.core.formula import Work, exact
from chainmap.core.model import Row
from chainmap.show.why import SourceOf, formula, note, once, works


def as_data(figure: Figure, source_of: SourceOf, lang: str = "zh") -> dict[str, Any]:
    """The whole derivation; each figure and leaf has an ``id`` and is whole where it comes first.

    Where it comes again there is only its ``id``, and ``seen``. A figure that was computed as if
    something were so says what, under ``as_if``.
    """
    numbers: dict[object, int] = {}

    def grow(one: Figure) -> dict[str, Any]:
        if id(one) in numbers:
            return {"id": numbers[id(one)], "seen": True}
        number = numbers[id(one)] = len(numbers) + 1
        data = {"id": number, "rule": one.rule, "args": list(one.args), "value": plain(one.value)}
        if one.world.supposed:
            data["as_if"] = one.world.supposed
        said, run = note(one, lang), works(one)
        if said:
            data["note"] = said
        if run:
            data["formulas"] = [_formula(work, lang) for work in run]
        data["inputs"] = [
            grow(part) if isinstance(part, Figure) else leaf(part) for part in once(one)
        ]
        return data

    def leaf(part: Leaf | Found) -> dict[str, Any]:
        data = _leaf(part, source_of)
        key = tuple(map(str, data.values()))
        if key in numbers:
            return {"id": numbers[key], "seen": True}
        numbers[key] = len(numbers) + 1
        return {"id": numbers[key], **data}

    return grow(figure)


def _leaf(part: Leaf | Found, source_of: SourceOf) -> dict[str, Any]:
    if isinstance(part, Found):
        lines = [row.line for row in part.rows]
        return {"kind": "rows", "table": part.table, "key": list(part.key), "lines": lines}
    return {
        "kind": part.kind,
        "name": part.name,
        "value": plain(part.value),
        "file": part.at.file,
        "line": part.at.line,
        "as_of": part.as_of or None,
        "sources": [_source(source, source_of(source)) for source in part.sources],
    }


def as_lines(envelope: Mapping[str, Any], ref: Mapping[str, Any], tree: Mapping[str, Any]) -> bytes:
    """JSON of a derivation, a figure or leaf a line, what it was computed from set in below it."""
    head = _compact({**envelope, "rows": []}).removesuffix("]}")
    row = _compact({**ref, "tree": None}).removesuffix("null}")
    return "".join((head, row, *_branches(tree, "\n "), "}]}\n")).encode()


def _branches(node: Mapping[str, Any], start: str) -> Iterator[str]:
    inputs = node.get("inputs")
    if not inputs:
        yield start + _compact(node)
        return
    own = {key: value for key, value in node.items() if key != "inputs"}
    yield start + _compact(own).removesuffix("}") + ', "inputs": ['
    for at, part in enumerate(inputs):
        yield "," if at else ""
        yield from _branches(part, start + " ")
    yield "]}"


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _formula(work: Work, lang: str) -> dict[str, Any]:
    term = work.term
    name = work.name.removeprefix("formula.") or None
    return {
        "name": name,
        "shown": formula(work, lang),
        "exact": exact(term),
        "value": work.value,
    }


def _source(source: str, row: Row | None) -> dict[str, Any]:
    known = {name: row.text(name) or None for name in ("grade", "date", "title")} if row else {}
    return {"source": source, **known}


def plain(value: Any) -> Any:
    """A value as JSON has it: records by their fields, rows by their place."""
    if isinstance(value, Row):
        return {"file": value.file, "line": value.line}
    if isinstance(value, Day):
        return value.text
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(plain(part) for part in value)
    if isinstance(value, tuple | list):
        return [plain(part) for part in value]
    if hasattr(value, "span") and hasattr(value, "value"):
        return {"value": value.value, "range": plain(value.span)}
    fields = getattr(value, "__dataclass_fields__", None)
    if fields:
        return {name: plain(getattr(value, name)) for name in fields}
    if hasattr(value, "tolist"):
        return value.tolist()
    return value
