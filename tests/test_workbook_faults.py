"""What people do to workbooks: it comes out right, or as a problem at its cell; never half."""

from __future__ import annotations

import io
import os
import shutil
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from chainmap.core.whole import write_whole
from chainmap.read import staging
from chainmap.read.edits import Changed
from chainmap.read.staging import New, write_all
from chainmap.read.workbook import read_workbook
from chainmap.read.workspace import load
from chainmap.study.workbook import taken
from tests.books import SMALL_CHAIN, contents, files_of, small
from tests.running import as_json, chainmap

Edit = Callable[[openpyxl.Workbook], None]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small workspace with its workbook beside it."""
    directory = tmp_path_factory.mktemp("made")
    workspace = small(directory / "w")
    assert chainmap("export", directory / "b.xlsx", workspace=workspace).returncode == 0
    return directory


@pytest.fixture
def desk(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "desk")
    return tmp_path / "desk"


def edit(desk: Path, change: Edit) -> Path:
    book = openpyxl.load_workbook(desk / "b.xlsx")
    change(book)
    book.save(desk / "b.xlsx")
    return desk / "b.xlsx"


def take(desk: Path, *, delete: bool = False) -> Any:
    workspace = desk / "w"
    return taken(workspace, read_workbook(desk / "b.xlsx"), load(workspace)[1], delete)


def told(desk: Path, severity: str = "error") -> list[tuple[str, str]]:
    return [(one.code, str(one.at)) for one in take(desk).problems if one.severity == severity]


def rows_after(desk: Path, table: str) -> list[dict[str, Any]]:
    took = take(desk)
    assert not took.refused, took.problems
    write_all(desk / "w", took.files)
    found: list[dict[str, Any]] = contents(desk / "w")["rows"][table]
    return found


def put(sheet: str, cell: str, value: Any, form: str | None = None) -> Edit:
    def change(book: openpyxl.Workbook) -> None:
        book[sheet][cell] = value
        book[sheet][cell].data_type = "s" if isinstance(value, str) else book[sheet][cell].data_type
        if form is not None:
            book[sheet][cell].number_format = form

    return change


# What is typed into a cell, and what the table then holds there.
RIGHT = {
    "a number as text": ("企业", "J2", "88", "revenue_100m_cny", 88.0),
    "1.0 for 1": ("企业", "J2", 12.0, "revenue_100m_cny", 12.0),
    "a full-width number": ("企业", "J2", "１３．５", "revenue_100m_cny", 13.5),
    "outer spaces": ("企业", "B2", "  丙公司　", "name", "丙公司"),
    "a formula that is text": ("企业", "B2", "=SUM(A1)", "name", "=SUM(A1)"),
    "an apostrophe": ("企业", "B2", "'丙", "name", "'丙"),
    "quotes, commas and lines": ("企业", "B2", '丙",\n公司', "name", '丙",\n公司'),
    "a Chinese word": ("企业", "F2", "民营", "ownership", "private"),
    "its identifier": ("企业", "F2", "private", "ownership", "private"),
    "a code": ("企业", "I2", "0111", "industry", ("0111",)),
    "a code as a number": ("企业", "I2", 3463, "industry", ("3463",)),
    "a cleared cell": ("企业", "H2", None, "hq_city", None),
    "a sum of fractions": ("企业", "J2", 0.1 + 0.2, "revenue_100m_cny", 0.3),
    "a large amount": ("企业", "J2", 123456789012.5, "revenue_100m_cny", 123456789012.5),
    "a year as a number": ("企业", "N2", 2026, "as_of", "2026"),
    "a date": ("企业", "N2", date(2026, 3, 1), "as_of", "2026-03-01"),
    "a moment": ("企业", "N2", datetime(2026, 3, 1, 0, 0), "as_of", "2026-03-01"),
    "a column of one's own": ("企业", "O2", "新备注", "备注", "新备注"),
}  # fmt: skip


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_typed_comes_out_right(desk: Path, name: str) -> None:
    sheet, cell, value, column, wanted = RIGHT[name]
    before = contents(desk / "w")["rows"]["firms"]
    edit(desk, put(sheet, cell, value))
    rows = rows_after(desk, "firms")
    got = rows[0].get(column)
    assert (str(got) if column == "as_of" else got) == wanted
    assert rows[1:] == before[1:]
    assert {k: v for k, v in rows[0].items() if k != column} == {
        k: v for k, v in before[0].items() if k != column
    }


def test_a_month_that_excel_made_a_date_of_is_a_month(desk: Path) -> None:
    edit(desk, put("企业", "N2", datetime(2026, 3, 1), "yyyy-mm"))
    assert str(rows_after(desk, "firms")[0]["as_of"]) == "2026-03"


def test_only_the_cell_that_changed_is_written(desk: Path) -> None:
    file = desk / "w" / "data" / "firms.csv"
    before = file.read_bytes()
    edit(desk, put("企业", "H3", "威海"))
    rows_after(desk, "firms")
    assert file.read_bytes() == before.replace('"上,海"'.encode(), '"威海"'.encode(), 1)
    assert file.read_bytes() != before


# What is wrong in a workbook, and where it is told.
WRONG: dict[str, tuple[Edit, tuple[str, str]]] = {
    "a word for a number": (put("企业", "J2", "很多"), ("T105", "b.xlsx: 企业!J2")),
    "thousands with commas": (put("企业", "J2", "1,200"), ("T105", "b.xlsx: 企业!J2")),
    "a date that is none": (put("企业", "N3", "2025-02-30"), ("T106", "b.xlsx: 企业!N3")),
    "a date with slashes": (put("企业", "N3", "2025/6/30"), ("T106", "b.xlsx: 企业!N3")),
    "a word that is none": (put("企业", "F2", "国家队"), ("T107", "b.xlsx: 企业!F2")),
    "a source that is none": (put("本地存在", "J2", "s9"), ("T110", "b.xlsx: 本地存在!J2")),
    "a link of no chain": (put("本地存在", "C2", "gold"), ("T110", "b.xlsx: 本地存在!C2")),
    "no name": (put("企业", "B2", None), ("T109", "b.xlsx: 企业!B2")),
    "a formula": (put("企业", "J2", None), ("I105", "b.xlsx: 企业!J2")),
    "an error value": (put("企业", "J2", None), ("B102", "b.xlsx: 企业!J2")),
    "a short code as a number": (put("企业", "I2", 111), ("B110", "b.xlsx: 企业!I2")),
    "a bad id": (put("企业", "A3", "Beta 公司"), ("T108", "b.xlsx: 企业!A3")),
    "a stage that is none": (put("环节", "D3", "nowhere"), ("C104", "b.xlsx: 环节!D3")),
    "a flow from nowhere": (put("流", "B2", "nothing"), ("C104", "b.xlsx: 流!B2")),
    "a share above 1": (put("流", "E2", 1.5), ("C107", "b.xlsx: 流!E2")),
    "a share that is no number": (put("流", "E2", "一半"), ("T105", "b.xlsx: 流!E2")),
    "a kind of chain that is none": (put("链", "D2", "古老"), ("T107", "b.xlsx: 链!D2")),
    "a status that is none": (put("环节", "K3", "极弱"), ("T107", "b.xlsx: 环节!K3")),
    "two codes too short": (put("环节", "I2", "08"), ("C121", "b.xlsx: 环节!I2")),
    "a circle of needs": (put("里程碑", "H2", "m2"), ("C112", "b.xlsx: 里程碑!H2")),
    "a link without products": (put("环节", "E2", None), ("T109", "b.xlsx: 环节!E2")),
    "a chain without a row": (put("段", "A4", "new"), ("B113", "b.xlsx: 段!A4")),
    "a head that is gone": (put("企业", "B1", None), ("T102", "b.xlsx: 企业!1")),
    "two heads alike": (put("企业", "C1", "名称"), ("T103", "b.xlsx: 企业!C1")),
    "a cell under no head": (put("企业", "T3", "孤"), ("B109", "b.xlsx: 企业!T3")),
}
RAW = {"a formula": "=1+1", "an error value": "#REF!"}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_told_at_its_cell(desk: Path, name: str) -> None:
    change, wanted = WRONG[name]

    def all_of_it(book: openpyxl.Workbook) -> None:
        change(book)
        if name in RAW:
            book["企业"]["J2"] = RAW[name]
        if name == "a chain without a row":
            book["段"]["B4"], book["段"]["C4"] = "up", "上"

    edit(desk, all_of_it)
    found = take(desk)
    assert wanted in [(one.code, str(one.at)) for one in found.problems]
    assert found.refused and not found.files
    for one in found.problems:
        assert one.line("zh").startswith(f"{one.at}: {one.severity}[{one.code}]: ")
        assert one.line("en") != one.line("zh")


def test_a_wrong_workbook_writes_nothing(desk: Path) -> None:
    before = files_of(desk / "w")
    edit(desk, put("企业", "J2", "很多"))
    done = chainmap("import", desk / "b.xlsx", "--yes", workspace=desk / "w")
    assert done.returncode == 1
    assert "b.xlsx: 企业!J2: error[T105]: 营业收入：“很多”不是数字；" in done.stderr.decode()
    assert not done.stdout
    assert files_of(desk / "w") == before


def test_what_is_not_there_is_said_of_the_sheet(desk: Path) -> None:
    def change(book: openpyxl.Workbook) -> None:
        book["本地存在"]["J2"], book["本地存在"]["C3"] = "s9", "gold"

    edit(desk, change)
    lines = [one.line("zh") for one in take(desk).problems if one.code == "T110"]
    assert "来源：“s9”在 工作表“数据源” 中不存在" in lines[0]
    assert "环节：“gold”在 工作表“环节” 中不存在" in lines[1]


def test_every_problem_is_told_at_once(desk: Path) -> None:
    def change(book: openpyxl.Workbook) -> None:
        book["企业"]["J2"] = "很多"
        book["企业"]["N3"] = "昨天"
        book["本地存在"]["A2"] = "nobody"
        book["环节结论"]["C2"] = "很强"

    edit(desk, change)
    assert {at for _, at in told(desk)} == {
        "b.xlsx: 企业!J2", "b.xlsx: 企业!N3", "b.xlsx: 本地存在!A2", "b.xlsx: 环节结论!C2",
    }  # fmt: skip


def test_problems_of_cells_heads_chains_and_tables_are_told_together(desk: Path) -> None:
    def change(book: openpyxl.Workbook) -> None:
        book["企业"]["B2"] = "=1+1"
        book["企业"]["N3"] = "昨天"
        book["本地存在"]["F2"] = "许多"
        book["区市"]["A1"] = None
        book["环节"]["E2"] = None
        book["流"]["E2"] = 1.5
        book["链"]["F2"] = "去年"

    edit(desk, change)
    assert sorted(told(desk)) == [
        ("B106", "b.xlsx: 区市!A1"), ("C107", "b.xlsx: 流!E2"), ("C110", "b.xlsx: 链!F2"),
        ("I105", "b.xlsx: 企业!B2"), ("T105", "b.xlsx: 本地存在!F2"),
        ("T106", "b.xlsx: 企业!N3"), ("T109", "b.xlsx: 环节!E2"),
    ]  # fmt: skip


def test_a_whole_chain_leaves_only_with_all_its_rows(desk: Path) -> None:
    def change(book: openpyxl.Workbook) -> None:
        for name in ("链", "段", "环节", "流", "里程碑", "本地存在", "环节结论", "区市"):
            if name != "段":
                book[name].delete_rows(2, 9)

    edit(desk, change)
    assert not take(desk).files
    found = take(desk, delete=True)
    assert ("B113", "b.xlsx: 段!A3") in [(one.code, str(one.at)) for one in found.problems]
    edit(desk, lambda book: book["段"].delete_rows(2, 9))
    found = take(desk, delete=True)
    assert not found.refused, found.problems
    write_all(desk / "w", found.files)
    assert not (desk / "w" / "chains" / "toy.yaml").exists()
    assert not contents(desk / "w")["chains"]


def test_the_other_row_of_a_problem_is_named_by_its_row_on_the_sheet(desk: Path) -> None:
    def change(book: openpyxl.Workbook) -> None:
        for at, text in enumerate(("beta", "异名公司"), 1):
            book["企业"].cell(9, at, text)
        book["企业"]["M9"], book["企业"]["N9"] = "s2", "2025-12"

    edit(desk, change)
    found = {str(one.at): one.words["other"] for one in take(desk).problems if one.code == "T111"}
    assert found == {"b.xlsx: 企业!A4": 9, "b.xlsx: 企业!A9": 4}


def test_nothing_is_written_without_a_yes(desk: Path) -> None:
    before = files_of(desk / "w")
    edit(desk, put("企业", "H2", "青岛"))
    done = chainmap("import", desk / "b.xlsx", workspace=desk / "w")
    assert done.returncode == 0
    out = done.stdout.decode()
    assert "总部城市：北京 → 青岛" in out and "b.xlsx: 企业!H2" in out
    assert "--yes" in done.stderr.decode()
    assert files_of(desk / "w") == before


def test_rows_taken_off_the_sheet_leave_only_when_told(desk: Path) -> None:
    before = files_of(desk / "w")
    edit(desk, lambda book: book["企业"].delete_rows(4))
    done = chainmap("import", desk / "b.xlsx", "--yes", workspace=desk / "w")
    assert done.returncode == 0 and "--delete" in done.stderr.decode()
    assert files_of(desk / "w") == before
    found = as_json("import", desk / "b.xlsx", "--yes", "--delete", workspace=desk / "w")
    assert [(row["what"], row["key"]) for row in found["rows"]] == [("removed", "beta")]
    file = before["data/firms.csv"]
    rest = file[: file.rindex(b"beta")]
    assert (desk / "w" / "data" / "firms.csv").read_bytes() == rest


def test_a_deleted_row_that_others_rest_on_is_refused(desk: Path) -> None:
    edit(desk, lambda book: book["企业"].delete_rows(2))
    assert not take(desk).refused
    found = take(desk, delete=True)
    assert {(one.code, str(one.at)) for one in found.problems} >= {
        ("T110", "b.xlsx: 企业!D2"), ("T110", "b.xlsx: 本地存在!A2"),
    }  # fmt: skip


def test_new_rows_go_to_the_end_of_their_table(desk: Path) -> None:
    before = (desk / "w" / "data" / "firms.csv").read_bytes()

    def change(book: openpyxl.Workbook) -> None:
        sheet = book["企业"]
        sheet.insert_rows(3)
        for cell, value in {"A3": "gamma", "B3": "丁公司", "M3": "s1", "N3": "2026"}.items():
            sheet[cell] = value

    edit(desk, change)
    rows_after(desk, "firms")
    assert (desk / "w" / "data" / "firms.csv").read_bytes() == before + (
        "gamma,丁公司,,,,,,,,,,,s1,2026,\r\n".encode()
    )


def test_a_copied_row_is_a_new_row(desk: Path) -> None:
    def change(book: openpyxl.Workbook) -> None:
        sheet = book["企业"]
        for at in range(1, sheet.max_column + 1):
            sheet.cell(7, at, sheet.cell(2, at).value)
        sheet["A7"], sheet["B7"] = "delta", "戊公司"

    edit(desk, change)
    rows = rows_after(desk, "firms")
    assert [row["firm"] for row in rows] == ["000001", "beta", "beta", "delta"]


def test_a_name_that_stands_for_one_id_is_read_as_it(desk: Path) -> None:
    """Who fills in a sheet knows names, not ids."""

    def change(book: openpyxl.Workbook) -> None:
        cells = {"A4": "甲公司", "B4": "玩具", "C4": "矿石", "D4": "东区", "E4": "研发",
                 "J4": "=1+1 公报|s2", "K4": "2026"}  # fmt: skip
        for cell, value in cells.items():
            put("本地存在", cell, value)(book)
        put("企业", "D3", "阿甲")(book)
        put("环节", "D2", "下游")(book)
        for cell, value in {"A4": "玩具", "B4": "矿石", "C4": "船"}.items():
            put("流", cell, value)(book)

    edit(desk, change)
    assert ("C106", "b.xlsx: 流!B4") in told(desk), "ore to ship stands in a group already"
    edit(desk, lambda book: book["流"].delete_rows(4))
    row = rows_after(desk, "presence")[2]
    told_ids = [row[name] for name in ("firm", "chain", "link", "district", "activity", "source")]
    assert told_ids == ["000001", "toy", "ore", "东区", "research", ("s1", "s2")]
    assert [one.get("parent") for one in contents(desk / "w")["rows"]["firms"]][1] == "000001"
    assert contents(desk / "w")["chains"]["toy"].panorama.links[0].stage == "down"


def test_a_name_that_stands_for_two_is_told(desk: Path) -> None:
    def change(book: openpyxl.Workbook) -> None:
        put("企业", "C3", "甲公司")(book)
        put("本地存在", "A2", "甲公司")(book)

    edit(desk, change)
    assert ("T108", "b.xlsx: 本地存在!A2") in told(desk)


def shuffled(book: openpyxl.Workbook) -> None:
    """Rows in another order, sheets too, a filter set, rows hidden, titles above the header."""
    sheet = book["企业"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(2)]
    for number, row in enumerate(reversed(rows), 2):
        for at, value in enumerate(row, 1):
            cell = sheet.cell(number, at)
            cell.value = value
            cell.data_type = "s" if isinstance(value, str) else cell.data_type
    sheet.row_dimensions[3].hidden = True
    sheet.auto_filter.add_filter_column(0, ["beta"])
    book.move_sheet("企业", -8)
    book["本地存在"].insert_rows(1, 2)
    book["本地存在"]["A1"] = "本地存在登记表"
    book["本地存在"].merge_cells("A1:F1")
    book["区市"].sheet_state = "hidden"


def test_order_filters_hidden_rows_and_titles_change_nothing(desk: Path) -> None:
    before = files_of(desk / "w")
    edit(desk, shuffled)
    assert as_json("import", desk / "b.xlsx", "--yes", workspace=desk / "w")["rows"] == []
    assert files_of(desk / "w") == before


def test_english_heads_and_names_of_sheets_are_understood(desk: Path) -> None:
    def change(book: openpyxl.Workbook) -> None:
        sheet = book["本地存在"]
        sheet.title = "Presence"
        for at, name in enumerate(("firm", "chain", "LINK", "District"), 1):
            sheet.cell(1, at, name)
        sheet["A1"] = "Firm *"
        sheet["F2"] = 6

    edit(desk, change)
    assert rows_after(desk, "presence")[0]["output"] == 6.0


def test_merged_heads_and_merged_rows_are_told(desk: Path) -> None:
    def change(book: openpyxl.Workbook) -> None:
        book["企业"].merge_cells("G1:H1")
        book["本地存在"].merge_cells("B2:B3")

    edit(desk, change)
    codes = set(told(desk))
    assert ("B109", "b.xlsx: 企业!H2") in codes
    assert ("B108", "b.xlsx: 本地存在!B2") in codes


def test_a_column_off_the_sheet_stays_in_the_file(desk: Path) -> None:
    before = files_of(desk / "w")
    edit(desk, lambda book: book["企业"].delete_cols(8))
    assert ("B107", "b.xlsx: 企业!1") in told(desk, "warning")
    assert as_json("import", desk / "b.xlsx", "--yes", workspace=desk / "w")["rows"] == []
    assert files_of(desk / "w") == before


def test_a_new_column_of_ones_own_is_kept(desk: Path) -> None:
    def change(book: openpyxl.Workbook) -> None:
        sheet = book["区市"]
        at = sheet.max_column + 1
        sheet.cell(1, at, "联系部门")
        sheet.cell(2, at, "投促局")

    edit(desk, change)
    assert rows_after(desk, "districts")[0]["联系部门"] == "投促局"
    assert chainmap("export", desk / "b.xlsx", workspace=desk / "w").returncode == 0
    assert openpyxl.load_workbook(desk / "b.xlsx")["区市"]["G1"].value == "联系部门"


def test_what_the_files_changed_since_is_not_undone(desk: Path) -> None:
    """The workbook is old: rows that nobody touched on it must not bring old values back."""
    file = desk / "w" / "data" / "firms.csv"
    text = file.read_bytes().decode()
    file.write_bytes(text.replace("北京", "青岛").encode())
    edit(desk, put("企业", "H4", "济南"))
    found = as_json("import", desk / "b.xlsx", "--yes", workspace=desk / "w")
    assert [row["at"] for row in found["rows"]] == ["b.xlsx: 企业!H4"]
    cities = [row.get("hq_city") for row in contents(desk / "w")["rows"]["firms"]]
    assert cities == ["青岛", "上,海", "济南"]


def test_what_both_sides_changed_is_told_and_not_chosen(desk: Path) -> None:
    file = desk / "w" / "data" / "firms.csv"
    file.write_bytes(file.read_bytes().decode().replace("北京", "青岛").encode())
    edit(desk, put("企业", "J2", 99))
    assert told(desk) == [("B111", "b.xlsx: 企业!A2")]


def test_a_row_that_the_files_gained_since_is_not_taken_for_deleted(desk: Path) -> None:
    file = desk / "w" / "data" / "districts.csv"
    file.write_bytes(file.read_bytes() + "西区,,,,s1,2025\n".encode())
    found = take(desk, delete=True)
    assert not found.changes and not found.files


def test_a_chain_is_drawn_up_on_the_sheets(desk: Path) -> None:
    def change(book: openpyxl.Workbook) -> None:
        rows = {
            "链": ["rocket", "火箭: 试验", None, "未来", "示例市", "2026-06-30", "市级领导", None],
            "段": ["rocket", "all", "全部"],
            "流": ["rocket", "engine|tank", "rocket", "任一"],
            "里程碑": ["rocket", "m1", "engine", "补链", "试车", "2026-07", "2027", None, "北区"],
        }
        for name, row in rows.items():
            for at, value in enumerate(row, 1):
                book[name].cell(12, at, value)
        for number, row in enumerate(
            (["engine", "发动机", "all", "液体发动机|no", None, None, "汽车", "3741", "是"],
             ["tank", "贮箱", "all", "000001"], ["rocket", "火箭", "all", "运载火箭"]), 12,
        ):  # fmt: skip
            for at, value in enumerate(["rocket", *row], 1):
                book["环节"].cell(number, at, value)

    edit(desk, change)
    before = files_of(desk / "w")
    done = chainmap("import", desk / "b.xlsx", "--yes", workspace=desk / "w")
    assert done.returncode == 0, done.stderr.decode()
    after = files_of(desk / "w")
    assert {name for name in after if after[name] != before.get(name)} == {"chains/rocket.yaml"}
    assert (
        after["chains/rocket.yaml"].decode()
        == """\
# yaml-language-server: $schema=chain.schema.json
chain: rocket
name: '火箭: 试验'
kind: future
region: 示例市
as_of: 2026-06-30
chief: 市级领导
panorama:
  stages:
    - {id: all, name: 全部}
  links:
    - id: engine
      name: 发动机
      stage: all
      products: [液体发动机, 'no']
      exclude: [汽车]
      industry: ['3741']
      critical: true
    - id: tank
      name: 贮箱
      stage: all
      products: ['000001']
    - id: rocket
      name: 火箭
      stage: all
      products: [运载火箭]
  flows:
    - {from: [engine, tank], to: rocket, need: any}
path:
  - {id: m1, link: engine, action: fill, title: 试车, start: 2026-07, due: 2027, owner: 北区}
"""
    )
    assert chainmap("validate", workspace=desk / "w").returncode == 0


def test_a_chain_that_changes_keeps_its_comments(desk: Path) -> None:
    def change(book: openpyxl.Workbook) -> None:
        book["链"]["B2"], book["链"]["G2"] = "新玩具", "市级领导"
        book["环节"]["C3"] = "特钢"
        book["流"]["D3"], book["流"]["E2"] = "任一", 0.4
        for at, value in enumerate(["toy", "toy-box", "盒", "down", "盒子"], 1):
            book["环节"].cell(9, at, value)

    edit(desk, change)
    rows_after(desk, "firms")
    wanted = SMALL_CHAIN.replace("name: 玩具", "name: 新玩具").replace("name: 钢", "name: 特钢")
    wanted = wanted.replace("bureau:", "chief: 市级领导\nbureau:").replace("0.35", "0.4")
    wanted = wanted.replace('"铁: 合金"', "'铁: 合金'")
    wanted = wanted.replace("  flows:", "    - id: toy-box\n      name: 盒\n      stage: down\n"
                            "      products: [盒子]\n  flows:")  # fmt: skip
    assert (desk / "w" / "chains" / "toy.yaml").read_text(encoding="utf-8") == wanted


def test_lists_that_a_chain_has_not_yet_find_their_place(desk: Path) -> None:
    short = SMALL_CHAIN[: SMALL_CHAIN.index("  flows:")]
    (desk / "w" / "chains" / "toy.yaml").write_text(short, encoding="utf-8")
    assert chainmap("export", desk / "b.xlsx", workspace=desk / "w").returncode == 0

    def change(book: openpyxl.Workbook) -> None:
        for name, row in {"组名": ["toy", "冶炼", "Smelting"], "流": ["toy", "ore", "steel"],
                          "里程碑": ["toy", "m1", "steel", "强链", "扩产"]}.items():  # fmt: skip
            for at, value in enumerate(row, 1):
                book[name].cell(2, at, value)

    edit(desk, change)
    rows_after(desk, "firms")
    assert (desk / "w" / "chains" / "toy.yaml").read_text(encoding="utf-8") == short.replace(
        "  links:", "  groups:\n    - {name: 冶炼, name_en: Smelting}\n  links:"
    ) + (
        "  flows:\n    - {from: ore, to: steel}\n"
        "path:\n  - {id: m1, link: steel, action: strengthen, title: 扩产}\n"
    )


def test_a_link_is_taken_out_of_a_chain_only_when_told(desk: Path) -> None:
    def change(book: openpyxl.Workbook) -> None:
        book["环节"].delete_rows(4)
        book["流"].delete_rows(3)
        book["环节结论"].delete_rows(2, 2)

    edit(desk, change)
    assert not take(desk).files and take(desk).kept == 4
    found = take(desk, delete=True)
    assert not found.refused, found.problems
    text = found.files["chains/toy.yaml"].now.decode()
    assert "ship" not in text and "# What feeds what" in text


# Files that are no workbook to read.
def _zipped(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/"), data)
    return out.getvalue()


def _with(data: bytes, **parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, parts.pop(name.replace("/", "__"), old.read(name)))
        for name, part in parts.items():
            new.writestr(name.replace("__", "/"), part)
    return out.getvalue()


BOMB = b"<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]>"
BAD_FILES: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "empty": (lambda _: b"", "I107"),
    "text": (lambda _: b"firm,name\n", "I107"),
    "cut off": (lambda data: data[: len(data) // 2], "I107"),
    "another archive": (lambda _: _zipped(a=b"1"), "I107"),
    "a macro": (lambda data: _with(data, xl__vbaProject__bin=b"x"), "B101"),
    "entities": (lambda data: _with(data, **{"xl__sharedStrings.xml": BOMB + b"<x/>"}), "B101"),
    "wide entities": (
        lambda data: _with(data, **{"xl__styles.xml": BOMB.decode().encode("utf-16")}), "B101"),
    "a zip bomb": (lambda data: _with(data, xl__big=b"") and _bomb(data), "I106"),
    "no table": (lambda _: _other_book(), "B105"),
    "broken XML": (lambda data: _with(data, **{"xl__workbook.xml": b"<workbook"}), "I107"),
}  # fmt: skip


def _bomb(data: bytes) -> bytes:
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        for at in range(6):
            archive.writestr(f"xl/media/{at}.bin", b"\0" * (100 * 2**20))
    return out.getvalue()


def _other_book() -> bytes:
    out = io.BytesIO()
    openpyxl.Workbook().save(out)
    return out.getvalue()


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_file_that_is_no_workbook_is_refused(desk: Path, name: str) -> None:
    make, code = BAD_FILES[name]
    file = desk / "b.xlsx"
    file.write_bytes(make(file.read_bytes()))
    done = chainmap("import", file, "--yes", workspace=desk / "w")
    assert done.returncode == 1
    assert f"b.xlsx: error[{code}]" in done.stderr.decode()


def test_a_missing_or_wrong_file_is_wrong_usage_or_said(desk: Path) -> None:
    os.mkfifo(desk / "pipe.xlsx")
    done = chainmap("import", desk / "pipe.xlsx", workspace=desk / "w")
    assert done.returncode == 1 and "F102" in done.stderr.decode()
    done = chainmap("import", desk / "none.xlsx", workspace=desk / "w")
    assert done.returncode == 1 and "none.xlsx" in done.stderr.decode()
    for command in ("import", "export"):
        assert chainmap(command, desk / "b.csv", workspace=desk / "w").returncode == 2
    done = chainmap("export", desk / "no" / "b.xlsx", workspace=desk / "w")
    assert done.returncode == 4


def test_a_row_number_beyond_every_sheet_ends_soon(desk: Path) -> None:
    file = desk / "b.xlsx"
    data = file.read_bytes()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheet = archive.read("xl/worksheets/sheet2.xml")
    far = sheet.replace(b'<row r="2"', b'<row r="999999999"', 1)
    assert far != sheet
    file.write_bytes(_with(data, **{"xl__worksheets__sheet2.xml": far}))
    assert told(desk)[0][0] == "I106"


def test_a_workspace_that_cannot_be_read_is_not_written(desk: Path) -> None:
    (desk / "w" / "data" / "firms.csv").write_bytes(b'firm,name\n"a,b\n')
    before = files_of(desk / "w")
    done = chainmap("import", desk / "b.xlsx", "--yes", workspace=desk / "w")
    assert done.returncode == 1 and "T115" in done.stderr.decode()
    assert files_of(desk / "w") == before
    done = chainmap("export", desk / "c.xlsx", workspace=desk / "w")
    assert done.returncode == 1 and "T115" in done.stderr.decode()
    assert "企业" not in openpyxl.load_workbook(desk / "c.xlsx").sheetnames


def test_one_file_that_fails_puts_the_others_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "w"
    (root / "data").mkdir(parents=True)
    (root / "data" / "a.csv").write_bytes(b"old")
    files = {
        "data/a.csv": New(b"old", b"new"),
        "data/new.csv": New(None, b"new"),
        "data/last.csv": New(None, b"new"),
    }

    def failing(path: Path, data: bytes) -> None:
        if path.name == "last.csv":
            raise OSError("no space left")
        write_whole(path, data)

    monkeypatch.setattr(staging, "write_whole", failing)
    with pytest.raises(OSError, match="no space"):
        write_all(root, files)
    assert (root / "data" / "a.csv").read_bytes() == b"old"
    assert [path.name for path in (root / "data").iterdir()] == ["a.csv"]


def test_a_file_edited_meanwhile_is_not_overwritten(desk: Path) -> None:
    edit(desk, put("企业", "H2", "青岛"))
    found = take(desk)
    file = desk / "w" / "data" / "firms.csv"
    file.write_bytes(file.read_bytes() + b"\r\n")
    with pytest.raises(Changed):
        write_all(desk / "w", found.files)
    assert file.read_bytes().endswith(b"\r\n\r\n")
