"""Projects edited on their sheet: the ledger's journal tells of it, and no line is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from chainmap.core.schema import BY_NAME
from chainmap.read import desk as ledger
from chainmap.read.edits import lock
from chainmap.track.journal import drift, entry, replay, rewind
from tests.books import contents, files_of, small
from tests.running import as_json, chainmap

COLUMNS = [column.name for column in BY_NAME["projects"].columns]
ROWS = (
    {"project": "p1", "name": "一期", "firm": "beta", "stage": "签约", "signed": "2025-03",
     "source": "s1", "as_of": "2025-06-30"},
    {"project": "p2", "name": "二期", "firm": "beta", "stage": "谋划", "source": "s2",
     "as_of": "2025-12"},
)  # fmt: skip


def csv_of(rows: Any) -> str:
    return "".join(",".join(row.get(c, "") for c in COLUMNS) + "\n"
                   for row in ({c: c for c in COLUMNS}, *rows))  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Path:
    workspace = small(tmp_path / "w", projects=csv_of(ROWS))
    assert chainmap("export", tmp_path / "b.xlsx", workspace=workspace).returncode == 0
    return workspace


def edit(home: Path, cells: dict[str, str], row: int = 2) -> Path:
    file = home.parent / "b.xlsx"
    book = openpyxl.load_workbook(file)
    for column, value in cells.items():
        book["项目"].cell(row, COLUMNS.index(column) + 1, value)
    book.save(file)
    return file


def bring(home: Path, *more: str) -> dict[str, Any]:
    file = home.parent / "b.xlsx"
    return as_json("import", file, "--yes", "--who", "专班", *more, workspace=home)


def test_a_cell_changed_in_place_stands_in_the_journal(home: Path) -> None:
    before = ledger.lines(home / "data")
    edit(home, {"next_step": "报批", "leader": "分管市领导"})
    bring(home, "--because", "周例会")
    rows, entries = ledger.lines(home / "data"), ledger.journal(home / "data")
    told = {(one["field"], one["from"], one["to"], one["who"], one["why"]) for one in entries}
    assert told == {
        ("next_step", "", "报批", "专班", "周例会"), ("leader", "", "分管市领导", "专班", "周例会"),
    }  # fmt: skip
    found = [entry(one) for one in entries]
    assert not drift(ledger.texts(rows), found)
    filled = [{k: v for k, v in one.cells.items() if v} for one in before]
    back = [{k: v for k, v in one.items() if v} for one in rewind(ledger.texts(rows), found)]
    assert back == filled
    now = [{k: v for k, v in one.cells.items() if v} for one in rows]
    assert [{k: v for k, v in one.items() if v} for one in replay(filled, found)] == now


def test_a_later_date_is_a_new_row_and_the_old_one_stays(home: Path) -> None:
    old = (home / "data" / "projects.csv").read_bytes()
    edit(home, {"stage": "开工", "started": "2026-02", "as_of": "2026-03-31"})
    found = bring(home)
    assert [(row["what"], row["at"]) for row in found["rows"]] == [("added", "b.xlsx: 项目!A2")]
    new = (home / "data" / "projects.csv").read_bytes()
    assert new.startswith(old) and new.count(b"\n") == old.count(b"\n") + 1
    rows = ledger.lines(home / "data")
    assert rows[2].cells["signed"] == "2025-03" and rows[2].cells["stage"] == "开工"
    entries = [entry(one) for one in ledger.journal(home / "data")]
    assert (entries[0].field, entries[0].was, entries[0].now) == (
        "as_of", "2025-06-30", "2026-03-31",
    )  # fmt: skip
    assert not drift(ledger.texts(rows), entries)
    # The same book again is no news, and does not take the old row for deleted.
    again = chainmap("import", home.parent / "b.xlsx", "--yes", "--delete", workspace=home)
    assert again.returncode == 0 and "没有差异" in again.stdout.decode()
    assert not again.stderr and (home / "data" / "projects.csv").read_bytes() == new


def test_an_earlier_date_is_a_correction_in_place(home: Path) -> None:
    edit(home, {"as_of": "2025-05"})
    bring(home)
    assert [str(row["as_of"]) for row in contents(home)["rows"]["projects"]] == [
        "2025-05", "2025-12",
    ]  # fmt: skip


def test_a_new_project_begins_in_the_journal(home: Path) -> None:
    edit(
        home, {"project": "p3", "name": "三期", "stage": "谋划", "source": "s1", "as_of": "2026"}, 8
    )
    bring(home)
    entries = [entry(one) for one in ledger.journal(home / "data")]
    assert (entries[0].project, entries[0].field, entries[0].was) == ("p3", "as_of", "")
    assert not drift(ledger.texts(ledger.lines(home / "data")), entries)
    assert chainmap("validate", workspace=home).returncode == 0


def test_other_tables_leave_the_journal_alone(home: Path) -> None:
    file = home.parent / "b.xlsx"
    book = openpyxl.load_workbook(file)
    book["企业"]["H2"] = "青岛"
    book.save(file)
    bring(home)
    assert not (home / "data" / "journal.csv").exists()


def test_an_import_waits_for_who_edits_the_ledger(home: Path) -> None:
    edit(home, {"next_step": "报批"})
    before = files_of(home)
    with lock(home / "data" / "desk"):
        done = chainmap("import", home.parent / "b.xlsx", "--yes", workspace=home)
        assert done.returncode == 4
    assert {k: v for k, v in files_of(home).items() if ".lock" not in k} == before


def test_what_is_private_does_not_enter_through_the_workbook(home: Path) -> None:
    told = ("projects", "contact", "p1", "--name", "王小明", "--phone", "13800001234")
    assert chainmap(*told, workspace=home).returncode == 0
    edit(home, {"next_step": "找王小明谈"})
    before = (home / "data" / "projects.csv").read_bytes()
    done = chainmap("import", home.parent / "b.xlsx", "--yes", workspace=home)
    assert done.returncode == 2, done.stderr.decode()
    assert (home / "data" / "projects.csv").read_bytes() == before
