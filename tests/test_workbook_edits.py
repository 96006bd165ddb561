"""Random edits on the sheets come back exactly, and nothing else changes."""

from __future__ import annotations

import io
import random
import typing
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainmap.core import schema
from chainmap.core.book import SHEET_OF, SHEETS
from chainmap.core.words import WORDS
from chainmap.read.holdings import holdings
from chainmap.read.staging import write_all
from chainmap.read.workbook import read_workbook
from chainmap.read.workspace import load
from chainmap.show.office.workbook import Guide, as_workbook
from chainmap.study.workbook import contents as sheets_of
from chainmap.study.workbook import taken
from tests.books import contents, files_of, small

OUTER = " \t\u3000\xa0"
# What XML and openpyxl keep as it is; both make a line feed of a carriage return.
TEXT = st.text(
    st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="|\ufffe\uffff")
    | st.sampled_from("\n=+-@'\"，,；#:&<>{}[]*!%`０ \u3000芯片"),
    min_size=1, max_size=12,
).filter(lambda text: text.strip(OUTER) and "_x" not in text and "<U+" not in text)  # fmt: skip
NUMBER = st.floats(0, 1e9, allow_nan=False).map(lambda x: float(f"{x:.12g}")) | st.integers(
    0, 10**9
)
# Cells that may be edited freely: table, row, column, and what may be put there.
FREE: list[tuple[str, int, str, Any]] = [
    *(("firms", row, column, TEXT) for row in range(3)
      for column in ("name", "country", "hq_city", "备注")),
    *(("firms", row, "revenue_100m_cny", NUMBER | st.none()) for row in range(3)),
    *(("firms", row, "aliases", st.lists(TEXT, min_size=1, max_size=3)) for row in range(3)),
    ("sources", 1, "title", TEXT), ("sources", 1, "publisher", TEXT | st.none()),
    ("presence", 0, "output", NUMBER), ("findings", 0, "note", TEXT | st.none()),
    ("districts", 0, "land_mu", NUMBER | st.none()),
    ("links", 0, "name", TEXT), ("links", 1, "name", TEXT), ("links", 1, "group", TEXT | st.none()),
    ("links", 2, "products", st.lists(TEXT, min_size=1, max_size=3)),
    ("links", 2, "exclude", st.lists(TEXT, max_size=2)),
    ("chains", 0, "name", TEXT), ("chains", 0, "bureau", TEXT | st.none()),
    ("stages", 1, "name", TEXT), ("milestones", 0, "title", TEXT),
    ("flows", 0, "share", st.floats(0.01, 0.99).map(lambda x: float(f"{x:.6g}")) | st.none()),
]  # fmt: skip


def clean(value: Any) -> Any:
    """What a table or a chain file is to hold for what was put into a cell."""
    if isinstance(value, str):
        return value.strip(OUTER)
    if isinstance(value, list):
        return tuple(part.strip(OUTER) for part in value if part.strip(" \u3000"))
    return None if value is None else float(value)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    workspace = small(tmp_path_factory.mktemp("edits") / "w")
    data = as_workbook(sheets_of(holdings(workspace)), Guide("示例市", "zh", ()))
    return workspace, data


@settings(max_examples=30)
@given(data=st.data(), order=st.randoms(use_true_random=False), rows=st.booleans())
def test_random_edits_come_back(
    book: tuple[Path, bytes],
    tmp_path_factory: pytest.TempPathFactory,
    data: st.DataObject,
    order: random.Random,
    rows: bool,
) -> None:
    spots = data.draw(st.lists(st.sampled_from(range(len(FREE))), max_size=8, unique=True))
    edits = [(*FREE[at][:3], data.draw(FREE[at][3])) for at in spots]
    _, made = book
    workspace = small(tmp_path_factory.mktemp("w") / "w")
    found = openpyxl.load_workbook(io.BytesIO(made))
    for table, row, column, value in edits:
        put(found, table, row, column, value)
    if rows:
        shuffle(found["企业"], order)
    file = workspace / "b.xlsx"
    found.save(file)
    before, was = contents(workspace), files_of(workspace)
    took = taken(workspace, read_workbook(file), load(workspace)[1], False)
    assert not took.refused, [one.line() for one in took.problems]
    write_all(workspace, took.files)
    after, now = contents(workspace), files_of(workspace)
    judged(before, after, edits)
    touched = {table for table, *_ in edits}
    for name in was:
        stem = Path(name).stem
        if stem not in touched and not (stem == "toy" and touched & chain_sheets()):
            assert now[name] == was[name], name
    again = taken(workspace, read_workbook(file), load(workspace)[1], False)
    assert not again.changes and not again.files


def chain_sheets() -> set[str]:
    return {"chains", "stages", "groups", "links", "flows", "milestones"}


def put(book: openpyxl.Workbook, table: str, row: int, column: str, value: Any) -> None:
    known = SHEET_OF[table]
    sheet = book[known.zh]
    names = [*(one.name for one in known.columns), "备注"]
    cell = sheet.cell(row + 2, names.index(column) + 1)
    cell.value = "|".join(value) or None if isinstance(value, list) else value
    if isinstance(value, str | list) and cell.value is not None:
        cell.data_type = "s"  # openpyxl would take = for a formula


def shuffle(sheet: Any, order: random.Random) -> None:
    held = [[(cell.value, cell.data_type) for cell in row] for row in sheet.iter_rows(2)]
    order.shuffle(held)
    for number, row in enumerate(held, 2):
        for at, (value, kind) in enumerate(row, 1):
            cell = sheet.cell(number, at)
            cell.value = value
            if value is not None:
                cell.data_type = kind


def judged(before: Any, after: Any, edits: list[tuple[str, int, str, Any]]) -> None:
    """After is before with the edits made, cell by cell."""
    for table, row, column, value in edits:
        wanted = clean(value)
        if table in chain_sheets():
            assert in_chain(after["chains"]["toy"], table, row, column) == (
                wanted if wanted != () or column == "exclude" else None
            )
            continue
        cells = before["rows"][table][row]
        if wanted in (None, (), ""):
            cells.pop(column, None)
        else:
            cells[column] = wanted
    assert after["rows"] == before["rows"]
    if not {table for table, *_ in edits} & chain_sheets():
        assert after["chains"] == before["chains"]


def in_chain(chain: Any, table: str, row: int, column: str) -> Any:
    parts = {
        "chains": [chain], "stages": chain.panorama.stages, "groups": chain.panorama.groups,
        "links": chain.panorama.links,
        "flows": chain.panorama.flows, "milestones": chain.path,
    }  # fmt: skip
    return getattr(parts[table][row], column)


def test_every_kind_of_column_has_a_note() -> None:
    for kind in typing.get_args(schema.Kind):
        assert f"book.kind.{kind}" in WORDS


def test_no_two_sheets_or_columns_have_one_name() -> None:
    for names in ([table.zh for table in SHEETS], [table.name for table in SHEETS]):
        assert len({name.casefold() for name in names}) == len(names)
        assert all(len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in names)
    for table in SHEETS:
        assert len({column.zh for column in table.columns}) == len(table.columns)
