"""A report of sentences and tables in three formats: what goes in reads back, and none is live."""

from __future__ import annotations

import html
import io
import re
import zipfile

import docx
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainmap.core.text import safe
from chainmap.show.handout import Handout, Head, Part, worded
from chainmap.show.office.handout import as_docx, as_xlsx
from chainmap.show.web.handout import as_html

NAMES = (
    "=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "<script>alert(1)</script>", "{{7*7}}", "a\x1b[31m",
    "\u202e甲公司", "&lt;b&gt;", "https://example.invalid/x", "'前撇号", "[red]甲[/red]",
    "甲" * 300,
)  # fmt: skip
FEW = settings(max_examples=25, deadline=None)


@st.composite
def handouts(draw: st.DrawFn) -> Handout:
    name = st.sampled_from(NAMES)
    text = st.none() | name
    number = st.none() | st.floats(-1e9, 1e9) | st.integers(-(10**9), 10**9)
    parts = []
    for _ in range(draw(st.integers(0, 3))):
        kinds = draw(st.lists(st.sampled_from([text, number]), max_size=4))
        heads = [Head(f"列{at}", 12, at == 0) for at in range(len(kinds))]
        rows = draw(st.lists(st.tuples(*kinds), max_size=5)) if kinds else []
        title = draw(st.sampled_from(["方案", "名称/带:符号*?[x]", "很长的名称" * 12, *NAMES[:3]]))
        parts.append(Part(title, draw(st.lists(name, max_size=2)), heads, rows))
    told = draw(st.lists(name, max_size=3))
    return Handout(draw(name), "数据截至 2026-11-25", told, parts, draw(name))


@FEW
@given(handouts())
def test_the_page_says_every_cell_and_nothing_is_alive(paper: Handout) -> None:
    page = as_html(paper).decode()
    assert "<script" not in page and "\x1b" not in page and "href" not in page
    tables = re.findall(r"<tbody>(.*?)</tbody>", page, re.S)
    shown = [part for part in paper.parts if part.rows]
    assert len(tables) == len(shown)
    for table, part in zip(tables, shown, strict=True):
        lines = re.findall(r"<tr>(.*?)</tr>", table, re.S)
        found = [[html.unescape(c) for c in re.findall(r"<td[^>]*>(.*?)</td>", line, re.S)]
                 for line in lines]  # fmt: skip
        assert found == [[safe(worded(cell, "zh")) for cell in row] for row in part.rows]
    for sentence in paper.sentences:
        assert html.escape(safe(sentence)) in page


@FEW
@given(handouts())
def test_the_workbook_holds_numbers_as_numbers_and_words_as_words(paper: Handout) -> None:
    data = as_xlsx(paper)
    book = openpyxl.load_workbook(io.BytesIO(data))
    first, *sheets = book.worksheets
    told = [first.cell(at, 1).value for at in range(1, first.max_row + 1)]
    assert told == [safe(one) for one in (paper.title, paper.date, *paper.sentences, paper.footer)]
    assert len(sheets) == len(paper.parts)
    for sheet, part in zip(sheets, paper.parts, strict=True):
        top = len(part.sentences) + 1
        for line, row in enumerate(part.rows, top + 1):
            for at, value in enumerate(row, 1):
                cell = sheet.cell(line, at)
                assert cell.data_type != "f"
                if value is None:
                    assert cell.value is None
                elif isinstance(value, str):
                    assert cell.value == safe(value)
                else:
                    assert cell.value == pytest.approx(value)
    assert not any("externalLink" in name for name in zipfile.ZipFile(io.BytesIO(data)).namelist())


@FEW
@given(handouts())
def test_the_document_says_every_cell(paper: Handout) -> None:
    document = docx.Document(io.BytesIO(as_docx(paper)))
    lines = [line.text for line in document.paragraphs]
    for sentence in (paper.title, *paper.sentences, paper.footer):
        assert safe(sentence) in lines
    shown = [part for part in paper.parts if part.rows]
    for table, part in zip(document.tables, shown, strict=True):
        assert [cell.text for cell in table.rows[0].cells] == [head.title for head in part.heads]
        for line, row in zip(table.rows[1:], part.rows, strict=True):
            assert [cell.text for cell in line.cells] == [safe(worded(c, "zh")) for c in row]


def test_a_column_is_one_of_numbers_where_no_word_stands_in_it() -> None:
    heads = [Head(name, 8) for name in "abc"]
    part = Part("x", (), heads, [["甲", 1.0, None], [None, None, "乙"], ["丙", 2, 3]])
    assert part.numbers == {1}


def test_the_same_report_is_the_same_bytes() -> None:
    paper = Handout("方案", "2026", ["一"], [Part("甲", (), [Head("列", 9)], [["值"]])], "完")
    assert as_xlsx(paper) == as_xlsx(paper) and as_docx(paper) == as_docx(paper)
