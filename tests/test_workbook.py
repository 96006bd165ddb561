"""The table as a workbook: what other programs read back is what was written."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainmap.core.text import safe
from chainmap.show.key_table import COLUMNS, NUMBERS, heads
from chainmap.show.office.xlsx import Book, as_xlsx
from tests.running import as_json, chainmap

HOSTILE = (
    "=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "-2+3", "\tTab", "'quoted", "<b>粗</b>",
    "{=A1}", "http://example.invalid/x", "000001", "1e5", "2026-01-01", "TRUE", "_x0041_",
    "a\x00b\x1b[31m", "\u202eabc", "\u200b", "😀芯", "长" * 2000, " 前后 ", "",
)  # fmt: skip


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> openpyxl.Workbook:
    file = tmp_path_factory.mktemp("book") / "t.xlsx"
    done = chainmap("table", "hydrogen", "-o", file)
    assert done.returncode == 0, done.stderr.decode()
    return openpyxl.load_workbook(file)


def test_the_sheet_holds_the_rows_of_the_table_in_its_columns(
    workbook: openpyxl.Workbook,
) -> None:
    sheet = workbook.worksheets[0]
    shown = [cell.value for cell in sheet[2]]
    assert shown[:21] == list(COLUMNS)
    rows = as_json("table", "hydrogen")["rows"]
    assert sheet.max_row == len(rows) + 2
    for line, row in enumerate(rows, 3):
        for at, column in enumerate(COLUMNS, 1):
            found = sheet.cell(line, at).value
            assert found == row[column], (line, column)
            assert isinstance(found, int | float | None if column in NUMBERS else str)
    assert sheet.freeze_panes == "C3"
    assert sheet.auto_filter.ref == f"A2:U{len(rows) + 2}"
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (8, "landscape")
    assert sheet.print_title_rows == "$1:$2"
    assert sheet.column_dimensions["V"].hidden


def test_every_source_of_the_table_stands_on_a_sheet(workbook: openpyxl.Workbook) -> None:
    rows = as_json("rank", "hydrogen")["rows"]
    shown = {row["ref"] for row in as_json("table", "hydrogen")["rows"]}
    cited = {source for row in rows if row["ref"] in shown for source in row["sources"]}
    listed = {row[0].value for row in workbook["来源"].iter_rows(min_row=2)}
    assert listed == cited
    assert workbook["数据字典"].max_row > 100


def test_the_signed_form_has_no_scores_and_says_who_signs(tmp_path: Path) -> None:
    file = tmp_path / "signed.xlsx"
    assert chainmap("table", "hydrogen", "--official", "-o", file).returncode == 0
    sheet = openpyxl.load_workbook(file).worksheets[0]
    assert [cell.value for cell in sheet[2]][: len(heads(True))] == list(heads(True))
    assert sheet.max_column == len(heads(True))
    assert "填报单位" in str(sheet.cell(sheet.max_row, 1).value)


@settings(max_examples=40, deadline=None)
@given(texts=st.lists(st.sampled_from(HOSTILE), min_size=21, max_size=21))
def test_hostile_text_stays_text(texts: list[str]) -> None:
    row = dict(zip(COLUMNS, texts, strict=True))
    data = as_xlsx(COLUMNS, [row], Book("=1&题", "副题", [{"source": "=2", "url": "javascript:x"}]))
    book = openpyxl.load_workbook(io.BytesIO(data))
    for at, text in enumerate(texts, 1):
        cell = book.worksheets[0].cell(3, at)
        assert cell.data_type in ("s", "n", "inlineStr")
        assert (cell.value or "") == safe(text)
        assert cell.hyperlink is None
    assert book["来源"].cell(2, 1).value == "=2"
    assert not any(
        cell.data_type == "f" for sheet in book for line in sheet.iter_rows() for cell in line
    )


def test_the_same_rows_are_the_same_bytes(tmp_path: Path) -> None:
    one, two = tmp_path / "1.xlsx", tmp_path / "2.xlsx"
    chainmap("table", "hydrogen", "-o", one)
    chainmap("table", "hydrogen", "-o", two, env={"PYTHONHASHSEED": "5", "TZ": "Asia/Tokyo"})
    assert one.read_bytes() == two.read_bytes()


def test_a_missing_part_ends_with_3_and_the_command_that_installs_it(tmp_path: Path) -> None:
    (tmp_path / "xlsxwriter.py").write_text("raise ModuleNotFoundError(name='xlsxwriter')")
    path = f"{tmp_path}:{Path(__file__).parent.parent}"
    done = chainmap("table", "hydrogen", "-o", tmp_path / "t.xlsx", env={"PYTHONPATH": path})
    assert done.returncode == 3
    assert 'pip install "industry-chainmap[office]"' in done.stderr.decode()
    assert not (tmp_path / "t.xlsx").exists()
