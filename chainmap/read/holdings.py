"""A workspace as it is written: every row of its tables and chains as text, sound or not.

What a workbook shows and what a changed workbook is compared with.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path

from chainmap.core.book import CHAIN_SHEETS, SHEET_OF, meant, shown, spoken
from chainmap.core.dates import Day
from chainmap.core.model import Chain, ChainFile
from chainmap.core.problems import Place, Problem, problem
from chainmap.core.schema import TABLES, Column, Table
from chainmap.core.text import fold, unguard
from chainmap.read.cells import Unreadable, records
from chainmap.read.chain_files import read_chain
from chainmap.read.files import Intake, decode, name_of, raw
from chainmap.read.values import tidied

OUTER = " \t\u3000\xa0"
Cells = Mapping[str, str]


@dataclass(frozen=True)
class Held:
    """A row as its file has it: the line it begins on, and its cells that hold something."""

    line: int
    cells: Cells


@dataclass(frozen=True)
class HeldTable:
    """A table as it stands in its file; ``columns`` are names, those of the user's own too."""

    schema: Table
    columns: tuple[str, ...]
    rows: tuple[Held, ...] = ()
    data: bytes | None = None  # None: there is no such file


@dataclass
class Holdings:
    """What a workspace holds: tables by name, chain files by chain, and what cannot be read."""

    root: Path
    tables: dict[str, HeldTable] = field(default_factory=dict)
    chains: dict[str, Chain] = field(default_factory=dict)
    texts: dict[str, bytes] = field(default_factory=dict)  # of each chain file, by chain
    broken: set[str] = field(default_factory=set)  # tables and chains that cannot be read
    problems: list[Problem] = field(default_factory=list)

    def sheet_rows(self, chain: str) -> dict[str, list[Cells]]:
        """The rows that a chain has on each of the six sheets; none where it is not there."""
        found = self.chains.get(chain)
        return chain_rows(found.file) if found else {table.name: [] for table in CHAIN_SHEETS}


def holdings(root: Path) -> Holdings:
    """Read a workspace without judging it."""
    found = Holdings(root)
    for schema in TABLES:
        table = held_table(root, schema)
        if isinstance(table, Problem):
            found.broken.add(schema.name)
            found.problems.append(table)
        else:
            found.tables[schema.name] = table
    folder = root / "chains"
    for path in sorted(folder.glob("*.yaml")) if folder.is_dir() else ():
        if path.name.startswith(("_", ".")):
            continue
        read = read_chain(Intake(root), path, None)
        if read.chain is None or read.chain.id != path.stem:
            found.broken.add(path.stem)
            found.problems += [one for one in read.problems if one.severity == "error"]
        else:
            found.chains[path.stem] = read.chain
            found.texts[path.stem] = path.read_bytes()
    return found


def held_table(root: Path, schema: Table) -> HeldTable | Problem:
    """A table as its file has it, or why that cannot be read."""
    path = root / "data" / f"{schema.name}.csv"
    if not (path.is_symlink() or path.exists()):
        return HeldTable(schema, tuple(column.name for column in schema.columns))
    name = name_of(path, root)
    data = raw(path, root, "table_bytes")
    text = data if isinstance(data, Problem) else decode(data, name)
    if isinstance(data, Problem):
        return data
    if isinstance(text, Problem):
        return text
    try:
        rows = [(line, cells) for line, cells in records(text) if any(map(str.strip, cells))]
    except Unreadable as error:
        return problem("T115", Place(name, error.line, error.column))
    if not rows:  # spaces that only a text knows for such
        return problem("F108", Place(name))
    columns = columns_of(schema, rows[0][1])
    if len(set(columns)) < len(columns):
        twice = next(one for at, one in enumerate(columns) if one in columns[:at])
        return problem("T103", Place(name), column=twice)
    held = tuple(
        Held(line, {name: text for name, cell in zip(columns, cells, strict=True)
                    if (text := unguard(cell))})
        for line, cells in rows[1:]
        if len(cells) == len(columns)
    )  # fmt: skip
    return HeldTable(schema, columns, held, data)


def columns_of(schema: Table, heads: list[str]) -> tuple[str, ...]:
    """What each header stands for; a column of the user's own stands for itself."""
    known = {fold(column.zh): column.name for column in schema.columns}
    known |= {fold(column.name): column.name for column in schema.columns}
    return tuple(
        known.get(fold(unguard(head))) or unguard(head).strip() or f"#{at}"
        for at, head in enumerate(heads, 1)
    )


def chain_rows(file: ChainFile) -> dict[str, list[Cells]]:
    """What a chain file says, a row each on the six sheets."""
    chain = {"chain": file.chain}
    rows: dict[str, list[Cells]] = {table.name: [] for table in CHAIN_SHEETS}
    rows["chains"].append(_filled({
        "chain": file.chain, "name": file.name, "name_en": file.name_en, "kind": file.kind,
        "region": file.region, "as_of": file.as_of, "chief": file.chief, "bureau": file.bureau,
    }))  # fmt: skip
    for stage in file.panorama.stages:
        rows["stages"].append(_filled({**chain, "stage": stage.id, "name": stage.name,
                                      "name_en": stage.name_en}))  # fmt: skip
    for group in file.panorama.groups:
        rows["groups"].append(_filled({**chain, "name": group.name, "name_en": group.name_en}))
    for link in file.panorama.links:
        set_by = link.status
        rows["links"].append(_filled({
            **chain, "link": link.id, "name": link.name, "stage": link.stage,
            "products": link.products, "name_en": link.name_en, "group": link.group,
            "exclude": link.exclude, "industry": link.industry,
            "critical": "yes" if link.critical else None,
            "status": set_by and set_by.status, "because": set_by and set_by.because,
            "source": set_by and set_by.source, "as_of": set_by and set_by.as_of,
        }))  # fmt: skip
    for flow in file.panorama.flows:
        rows["flows"].append(_filled({
            **chain, "from": flow.sources, "to": flow.target,
            "need": None if flow.need == "required" else flow.need,
            "share": flow.share, "source": flow.source,
        }))  # fmt: skip
    for step in file.path:
        rows["milestones"].append(_filled({
            **chain, "milestone": step.id, "link": step.link, "action": step.action,
            "title": step.title, "start": step.start, "due": step.due, "needs": step.needs,
            "owner": step.owner,
        }))  # fmt: skip
    return rows


def _filled(cells: Mapping[str, object]) -> dict[str, str]:
    """The cells that hold something, as text."""
    found: dict[str, str] = {}
    for name, value in cells.items():
        text = "|".join(value) if isinstance(value, tuple) else _plain(value)
        if text:
            found[name] = text
    return found


def _plain(value: object) -> str:
    if isinstance(value, Day):
        return value.text
    if isinstance(value, float):
        return number_text(value)
    return "" if value is None else str(value)


def number_text(value: float) -> str:
    """A number as a spreadsheet shows it: 15 digits, no exponent, no useless zeros.

    >>> number_text(0.1 + 0.2), number_text(1e20), number_text(5.0)
    ('0.3', '100000000000000000000', '5')
    """
    text = f"{Decimal(f'{value:.15g}'):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def written(table: str, column: Column | None, text: str) -> str:
    """A cell's text as a file has it: its words as identifiers, without outer spaces."""
    if column is None:
        return text.strip(OUTER)
    tidy = tidied(text, column)
    return spoken(table, column.name).get(tidy, tidy)


@lru_cache(maxsize=200_000)
def alike(table: str, name: str, text: str) -> str:
    """A form of a cell that two ways of writing the same thing share.

    A cell is compared as it would stand on a sheet, so that what no sheet can hold is no change.
    """
    column = next((one for one in SHEET_OF[table].columns if one.name == name), None)
    text = written(table, column, meant(shown(text)))
    if column is None or not text:
        return text
    if column.kind in ("number", "whole"):
        try:
            return number_text(float(Decimal(text)))
        except (InvalidOperation, ValueError, OverflowError):
            return text
    if column.kind in ("refs", "texts", "codes"):
        return "|".join(part for one in text.split("|") if (part := one.strip(" \u3000")))
    if (table, name, text) in (("links", "critical", "no"), ("flows", "need", "required")):
        return ""
    return text


def mark(table: str, cells: Cells) -> str:
    """A short name for what a row says: equal for equal rows, whatever their order of columns."""
    parts = [f"{name}={same}" for name, text in cells.items() if (same := alike(table, name, text))]
    return "r" + hashlib.sha256("\0".join(sorted(parts)).encode()).hexdigest()[:15]
