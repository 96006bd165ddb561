"""The workspace as a workbook and back: nothing is lost, whoever saved it in between."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from tests.books import OFFICE, ROOT, contents, empty, files_of, saved_by_libreoffice, small
from tests.running import as_json, chainmap, copy_of


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("book") / "青岛.xlsx"
    done = chainmap("export", file)
    assert done.returncode == 0, done.stderr.decode()
    return file


@pytest.fixture(scope="module")
def saved(book: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    if OFFICE is None:
        pytest.skip("LibreOffice is not installed")
    return saved_by_libreoffice(book, tmp_path_factory.mktemp("saved"))


@pytest.mark.parametrize("by", ["book", "saved"])
def test_a_workbook_that_nobody_changed_changes_no_byte(
    by: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    file: Path = request.getfixturevalue(by)
    workspace = copy_of(ROOT, tmp_path / "w")
    before = files_of(workspace)
    times = {path: path.stat().st_mtime_ns for path in workspace.rglob("*.*")}
    found = as_json("import", file, "--yes", workspace=workspace)
    assert found["rows"] == []
    assert files_of(workspace) == before
    assert {path: path.stat().st_mtime_ns for path in workspace.rglob("*.*")} == times


@pytest.mark.parametrize("by", ["book", "saved"])
def test_an_empty_workspace_becomes_the_reference_workspace(
    by: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    file: Path = request.getfixturevalue(by)
    workspace = empty(tmp_path / "w", ROOT)
    done = chainmap("import", file, "--yes", "-o", tmp_path / "d.csv", workspace=workspace)
    assert done.returncode == 0, done.stderr.decode()
    want, got = contents(ROOT), contents(workspace)
    assert got["chains"] == want["chains"]
    assert got["rows"].keys() == want["rows"].keys()
    for table, rows in want["rows"].items():
        assert got["rows"][table] == rows, table


def test_the_same_workspace_is_the_same_bytes(book: Path, tmp_path: Path) -> None:
    other = tmp_path / "2.xlsx"
    assert (
        chainmap("export", other, env={"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"}).returncode == 0
    )
    assert other.read_bytes() == book.read_bytes()


def test_a_small_workspace_of_every_kind_of_cell_comes_back(tmp_path: Path) -> None:
    workspace = small(tmp_path / "w")
    before = files_of(workspace)
    file = tmp_path / "b.xlsx"
    for lang in ("zh", "en"):
        assert chainmap("--lang", lang, "export", file, workspace=workspace).returncode == 0
        assert as_json("import", file, "--yes", workspace=workspace)["rows"] == []
        assert files_of(workspace) == before
        fresh = empty(tmp_path / lang, workspace)
        done = chainmap("import", file, "--yes", workspace=fresh)
        assert done.returncode == 0, done.stderr.decode()
        want, got = contents(workspace), contents(fresh)
        assert got == want


def test_init_makes_files_and_a_workbook_of_them(tmp_path: Path) -> None:
    done = chainmap("init", tmp_path / "w", "--xlsx", workspace=None)
    assert done.returncode == 0, done.stderr.decode()
    file = tmp_path / "w" / "workbook.xlsx"
    assert b"workbook.xlsx" in done.stderr
    assert as_json("import", file, workspace=tmp_path / "w")["rows"] == []
    assert contents(tmp_path / "w") == contents(ROOT)


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")
def test_the_links_offered_are_those_of_the_chain_in_the_row(book: Path, tmp_path: Path) -> None:
    """LibreOffice works the drop-down's formula out, for the last row of the sheet."""
    found = openpyxl.load_workbook(book)
    sheet = found["本地存在"]
    rules = sheet.data_validations.dataValidation
    offered = next(rule.formula1 for rule in rules if "OFFSET(" in str(rule.formula1))
    row, chain = sheet.max_row, str(sheet.cell(sheet.max_row, 2).value)
    probe = found.create_sheet("probe", 0)
    links = [str(line[1].value) for line in found["环节"].iter_rows(2) if line[0].value == chain]
    asked = offered.replace("$B2", f"'本地存在'!$B{row}")
    for number in range(1, len(links) + 1):
        probe.cell(number, 1, f"=INDEX({asked},{number})")
    probe["B1"] = f"=ROWS({asked})"
    found.save(tmp_path / "probe.xlsx")
    saved = saved_by_libreoffice(tmp_path / "probe.xlsx", tmp_path / "saved")
    answers = openpyxl.load_workbook(saved, data_only=True)["probe"]
    assert answers["B1"].value == len(links)
    assert [cell.value for (cell,) in answers.iter_rows(max_col=1)] == sorted(links)


def test_the_workbook_helps_who_types(book: Path) -> None:
    found = openpyxl.load_workbook(book)
    firms = found["企业"]
    heads = [cell.value for cell in firms[1]]
    assert heads[:3] == ["企业", "名称", "别名"]
    assert all(cell.comment for cell in firms[1] if cell.value in heads[:14])
    assert firms.freeze_panes == "B2"
    assert firms.protection.sheet and not firms.protection.password
    assert not firms.protection.insertRows and not firms.protection.autoFilter  # both allowed
    assert firms["A2"].protection.locked and not firms["B2"].protection.locked
    below = firms.max_row + 5
    assert not firms.column_dimensions["A"].protection.locked, below
    assert firms["A2"].number_format == "@" and firms["J2"].number_format != "@"
    lists = {name: one.attr_text for name, one in found.defined_names.items()}
    rules = {str(rule.sqref): rule for rule in found["本地存在"].data_validations.dataValidation}
    listed = [rule for rule in rules.values() if rule.type == "list"]
    assert any("生产" in rule.formula1 for rule in listed)
    assert any(rule.formula1.lstrip("=") in lists for rule in listed)
    assert any("OFFSET(" in rule.formula1 for rule in listed), "links of the row's own chain"
    for sheet in found:
        for rule in sheet.data_validations.dataValidation:
            assert len(rule.formula1 or "") <= 255
        assert not any(cell.data_type == "f" for line in sheet.iter_rows() for cell in line)
    hidden = {sheet.title for sheet in found if sheet.sheet_state != "visible"}
    assert hidden and all(name.startswith("_") for name in hidden)
    for name in ("链", "段", "环节", "流", "里程碑", "数据源", "项目", "人才"):
        assert name in found.sheetnames
