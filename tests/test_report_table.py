"""The key-project table as sheets: whole text, whole rows, every column, on every page its head."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from chainmap.core.text import safe
from chainmap.show.draw.scene import Page, Text, flat, groups, texts
from chainmap.show.key_table import COLUMNS, NUMBERS
from chainmap.show.pictures.table import TableContent, table_pages
from tests.test_workbook import HOSTILE

SPARE = 0.6
WORDS = st.one_of(
    st.text("青岛氢能装备（）「」，。ABCi0123 亿元-/", max_size=60),
    st.text("长字", min_size=0, max_size=900),
    st.sampled_from((*HOSTILE, "待核", "2026-09-30", "签订协议 2026-09-30", "补链（待核）")),
)
NUMBER = st.one_of(st.none(), st.floats(0, 1e7, allow_nan=False).map(lambda n: round(n, 1)))
ROW = st.fixed_dictionaries(
    {c: (NUMBER if c in NUMBERS and c != "序号" else WORDS) for c in COLUMNS[1:]}
)


@st.composite
def tables(draw: st.DrawFn) -> TableContent:
    rows: list[dict[str, Any]] = []
    for number, row in enumerate(draw(st.lists(ROW, max_size=30)), 1):
        rows.append({"ref": f"c/l/{number}", "序号": number, **row})
    official = draw(st.booleans())
    signed = "填报单位：市发展改革委" if official else ""
    return TableContent(
        "青岛市氢能产业链重点招商项目表", "按得分排列。", "数据截至 2026-11-25", tuple(rows),
        "12 项", "82.6", "2 项投资额待核", "证据等级", "2026-11-25", official, signed,
    )  # fmt: skip


def bare(text: str) -> str:
    return "".join(text.split())


def read_back(pages: list[Page]) -> dict[str, str]:
    """The text of every cell by row and column, over all pages."""
    found: dict[str, str] = {}
    for page in pages:
        for cell in groups(page.items, "cell"):
            said = "".join(item.text for item in flat(cell.items) if isinstance(item, Text))
            found[cell.ref] = found.get(cell.ref, "") + said
    return found


@settings(max_examples=60, deadline=None)
@given(table=tables())
def test_every_cell_is_printed_whole(table: TableContent) -> None:
    found = read_back(table_pages(table))
    for row in table.rows:
        for column in COLUMNS[1:19]:
            if table.official and column == "综合得分":
                assert f"{row['ref']}#{column}" not in found
                continue
            value = row[column]
            shown = bare(found[f"{row['ref']}#{column}"])
            if value is None or value == "":
                assert shown.startswith("待核")
            elif isinstance(value, float):
                assert shown.startswith(f"{value:.1f}")
            else:
                assert shown == bare(safe(value)), column
    assert any("待核" in text.text or not table.rows for page in table_pages(table)
               for text in texts(page))  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(table=tables())
def test_a_row_stays_together_below_a_head_that_every_page_has(table: TableContent) -> None:
    pages = table_pages(table)
    names = [page_names(page) for page in pages]
    assert all("责任单位" in name and "主体" in name for name in names)
    for at, page in enumerate(pages, 1):
        assert any(f"第 {at} 页，共 {len(pages)} 页" in text.text for text in texts(page))
    on: dict[str, list[int]] = {}
    for at, page in enumerate(pages):
        for cell in groups(page.items, "cell"):
            row = cell.ref.split("#")[0]
            if at not in on.setdefault(row, []):
                on[row].append(at)
    # Only a row that no page can hold goes on, and it begins at the head of a page.
    for row, places in on.items():
        if len(places) > 1:
            first = next(groups(pages[places[0]].items, "cell")).ref.split("#")[0]
            assert first == row


def page_names(page: Page) -> str:
    return "".join(text.text for text in texts(page))


@settings(max_examples=40, deadline=None)
@given(table=tables())
def test_no_text_leaves_its_column_or_runs_into_another(table: TableContent) -> None:
    for page in table_pages(table):
        assert (page.width, page.height) == (1600, 1131)
        lines = list(texts(page))
        for line in lines:
            assert line.left >= 30 - SPARE
            assert line.left + line.width <= page.width - 30 + SPARE, line
            assert 0 < line.y <= page.height - 12
        rows = sorted(lines, key=lambda line: line.y)
        for at, a in enumerate(rows):
            for b in rows[at + 1 :]:
                if b.y - a.y >= 0.6 * a.size:
                    break
                apart = a.left + a.width <= b.left + SPARE or b.left + b.width <= a.left + SPARE
                assert apart, (a, b)
        cells = list(groups(page.items, "cell"))
        assert len({cell.ref for cell in cells}) == len(cells)
        assert all(a.ref != b.ref for a, b in combinations(cells[:40], 2))


def test_an_empty_table_says_so() -> None:
    table = TableContent("题", "副题", "数据截至 2026", (), "0 项", "", "", "注", "2026")
    assert "目标企业" in page_names(table_pages(table)[0])
