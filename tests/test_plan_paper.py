"""The programme as a report: the rows of the command, whom, where, when, by whom and why."""

from __future__ import annotations

import html
import io
import re
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest

from chainmap.core.words import WORDS, figure
from tests.running import as_json, chainmap

CHAIN = "hydrogen"
PLAN = ("plan", CHAIN, "--core", "0")


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = as_json(*PLAN)["rows"]
    assert len(found) > 3
    return found


def made(tmp_path: Path, suffix: str, *more: str) -> bytes:
    out = tmp_path / f"plan.{suffix}"
    done = chainmap(*more, *PLAN, "-o", out)
    assert done.returncode == 0, done.stderr.decode()
    return out.read_bytes()


def agrees(line: list[str], row: dict[str, Any]) -> None:
    """A line of the report says what the row of the command says."""
    assert row["district"] in line[4] and line[5:7] == [row["start"], row["due"]]
    assert line[9] == figure(row["expected"]) and line[13] == row["reason"]
    assert line[7] and line[8], "someone answers for it"


def test_the_page_has_every_row_and_what_was_given_up(
    rows: list[dict[str, Any]], tmp_path: Path
) -> None:
    page = made(tmp_path, "html").decode()
    bodies = re.findall(r"<tbody>(.*?)</tbody>", page, re.S)
    targets, _, given_up = (
        [[html.unescape(c) for c in re.findall(r"<td[^>]*>(.*?)</td>", line, re.S)]
         for line in re.findall(r"<tr>(.*?)</tr>", body, re.S)]
        for body in bodies
    )  # fmt: skip
    assert len(targets) == len(rows)
    for line, row in zip(targets, rows, strict=True):
        agrees(line, row)
    assert given_up and all(line[-1] for line in given_up)
    assert WORDS["plan.given_up"][0] in page


def test_the_workbook_has_numbers_that_add_up(rows: list[dict[str, Any]], tmp_path: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(made(tmp_path, "xlsx")))
    assert len(book.sheetnames) == 4
    sheet = book[WORDS["plan.part.targets"][0]]
    heads = [cell.value for cell in sheet[1]]
    at = heads.index(WORDS["plan.column.expected"][0])
    found = [line[at].value for line in sheet.iter_rows(min_row=2)]
    assert found == pytest.approx([row["expected"] for row in rows])
    districts = book[WORDS["plan.part.districts"][0]]
    assert sum(line[1].value for line in districts.iter_rows(min_row=2)) == len(rows)


def test_the_document_has_the_rows_in_english_too(
    rows: list[dict[str, Any]], tmp_path: Path
) -> None:
    document = docx.Document(io.BytesIO(made(tmp_path, "docx", "--lang", "en")))
    table = document.tables[0]
    assert table.rows[0].cells[0].text == WORDS["plan.column.firm"][1]
    assert [line.cells[5].text for line in table.rows[1:]] == [row["start"] for row in rows]


def test_a_missing_writer_says_how_to_get_it_and_writes_nothing(tmp_path: Path) -> None:
    out = tmp_path / "plan.xlsx"
    (tmp_path / "xlsxwriter.py").write_text("raise ModuleNotFoundError('xlsxwriter')")
    path = {"PYTHONPATH": f"{tmp_path}:{Path(__file__).parent.parent}"}
    done = chainmap(*PLAN, "-o", out, env=path)
    assert done.returncode == 3 and not out.exists()
    assert "pip install" in done.stderr.decode()
