"""Tables come in whole: headers, widths, encodings, quotes, and every cell reads back the same."""

from __future__ import annotations

import csv
import io
import os
import string
import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chainmap.core.limits import Limits
from chainmap.core.problems import Problem
from chainmap.core.schema import BY_NAME, TABLES
from chainmap.core.text import guard
from chainmap.read.cells import Cells, Unreadable, column_of, records, unguard
from chainmap.read.files import Intake, decode
from chainmap.read.table_checks import Tables, settle
from chainmap.read.tables import TableRead, read_table, table

FIRMS = BY_NAME["firms"]
FINDINGS = BY_NAME["findings"]
# A room in memory where there is one: these tests write a file for each example.
SHELF = Path("/dev/shm" if os.access("/dev/shm", os.W_OK) else tempfile.gettempdir())


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("room")


def _read(room: Path, name: str, data: str | bytes, limits: Limits | None = None) -> TableRead:
    path = room / f"{name}.csv"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return read_table(Intake(room, limits or Limits()), path, BY_NAME[name])


def _codes(read: TableRead) -> list[str]:
    return [one.code for one in read.problems]


def test_headers_may_be_english_chinese_or_mixed_in_any_order(room: Path) -> None:
    english = _read(room, "parks", "park,district,source,as_of\n甲园,东区,s1|s2,2025-06\n")
    mixed = _read(room, "parks", "\ufeff数据日期,ＰＡＲＫ, 来源 ,区市\n2025-06,甲园,s1|s2,东区\n")
    assert _codes(english) == _codes(mixed) == []
    assert dict(english.rows[0].cells) == dict(mixed.rows[0].cells)
    assert english.rows[0].many("source") == ("s1", "s2")


def test_an_extra_column_is_kept_and_a_slip_is_guessed(room: Path) -> None:
    read = _read(room, "parks", "park,distrct,备注,source,as_of\n甲园,东区,好,s1,2025\n")
    assert _codes(read) == ["T101", "T101"]
    assert [one.guess for one in read.problems] == ["district", None]
    assert read.rows[0].cells["备注"] == "好"


def test_an_empty_cell_is_unknown_and_an_empty_line_is_nothing(room: Path) -> None:
    read = _read(room, "parks", "park,district,land_mu,source,as_of\n\n甲园,,,s1,2025\n,,,,\n  \n")
    assert _codes(read) == []
    (row,) = read.rows
    assert row.number("land_mu") is None
    assert row.line == 3


def test_full_width_numbers_dates_and_ids_are_read_with_a_warning(room: Path) -> None:
    data = "park,district,land_mu,source,as_of\n甲园,东区,１２．５,ｓ１｜s2,２０２５－０６\n"
    read = _read(room, "parks", data)
    assert _codes(read) == ["T116"] * 3
    assert read.rows[0].number("land_mu") == 12.5
    assert read.rows[0].many("source") == ("s1", "s2")
    assert read.rows[0].as_of.isoformat() == "2025-06-30"


def test_full_width_words_in_a_name_stay(room: Path) -> None:
    read = _read(room, "firms", "firm,name,source,as_of\nf1,示例（集团）１号,s1,2025\n")
    assert _codes(read) == []
    assert read.rows[0].text("name") == "示例（集团）１号"


def test_chinese_words_stand_for_identifiers(room: Path) -> None:
    data = "产业链,环节,数据日期,来源,状态\nic,eda,2025,s1,缺\n"
    read = _read(room, "findings", data)
    assert _codes(read) == []
    assert read.rows[0].text("status") == "missing"


@pytest.mark.parametrize(
    ("cell", "guess"),
    [("1,234.5", "1234.5"), ("1,23", None), ("nan", None), ("inf", None), ("1e3", None),
     ("9" * 400, None), ("0x10", None), ("１２亿", None), ("-", None), ("１,２３４", "1234")],
)  # fmt: skip
def test_what_is_no_plain_number_is_refused(room: Path, cell: str, guess: str | None) -> None:
    read = _read(room, "parks", f'park,land_mu,source,as_of\n甲园,"{cell}",s1,2025\n')
    wrong = [one for one in read.problems if one.code != "T116"]
    assert [(one.code, one.guess, one.at.line, one.at.column) for one in wrong] == [
        ("T105", guess, 2, 4)
    ]
    assert read.rows == []


@pytest.mark.parametrize(
    ("cell", "guess"),
    [("2025/6/3", "2025-06-03"), ("2025年6月", "2025-06"), ("20250630", None), ("明年", None),
     ("2025-13", None), ("2025.2.30", None)],
)  # fmt: skip
def test_other_dates_are_refused_with_the_likely_one(
    room: Path, cell: str, guess: str | None
) -> None:
    read = _read(room, "parks", f"park,source,as_of\n甲园,s1,{cell}\n")
    assert [(one.code, one.guess) for one in read.problems] == [("T106", guess)]


def test_a_row_after_a_quoted_newline_keeps_its_line(room: Path) -> None:
    read = _read(
        room, "parks", 'park,district,source,as_of\n"甲\r\n园",东区,s1,2025\n乙园,?,s!,x\n'
    )
    assert [row.line for row in read.rows] == [2]
    assert read.rows[0].text("park") == "甲\r\n园"
    assert [(one.code, one.at.line, one.at.column) for one in read.problems] == [
        ("T108", 4, 6),
        ("T106", 4, 9),
    ]


def test_rows_before_an_open_quote_are_kept_but_the_table_cannot_tell(room: Path) -> None:
    read = _read(room, "parks", 'park,source,as_of\n甲园,s1,2025\n乙园,"s1,2025\n')
    assert _codes(read) == ["T115"]
    assert len(read.rows) == 1
    assert not read.usable


def test_limits_on_rows_cells_and_lines(room: Path) -> None:
    data = "park,source,as_of\n" + "".join(f"园{n},s1,2025\n" for n in range(5))
    assert _codes(_read(room, "parks", data, Limits(rows=3))) == ["T121"]
    assert _codes(_read(room, "parks", data, Limits(columns=2))) == ["T130"]
    assert _codes(_read(room, "parks", data, Limits(cell_characters=3))) == ["T120"] * 5
    assert _codes(_read(room, "parks", data, Limits(line_bytes=10))) == ["F104"]
    assert _codes(_read(room, "parks", data, Limits(table_bytes=10))) == ["F103"]
    long = 'park,source,as_of\n"' + "长" * 200_000 + '",s1,2025\n'
    assert _codes(_read(room, "parks", long)) == ["T120"]


def test_every_known_table_reads_its_own_chinese_header(room: Path) -> None:
    for one in TABLES:
        header = ",".join(column.zh for column in one.columns)
        assert _codes(_read(room, one.name, header + "\n")) == [], one.name


def test_headers_of_a_table_are_told_apart() -> None:
    for one in TABLES:
        names = [name for column in one.columns for name in {column.name, column.zh}]
        assert len(names) == len(set(names)), one.name


def _settled(
    room: Path, firms: str, sources: str = "s1,甲,2020,A\n"
) -> tuple[TableRead, list[Problem]]:
    reads = {
        "sources": _read(room, "sources", "source,title,date,grade\n" + sources),
        "firms": _read(room, "firms", "firm,name,parent,source,as_of\n" + firms),
    }
    return reads["firms"], settle(Tables(reads, {}))


def test_parents_in_a_circle_at_some_date_are_found(room: Path) -> None:
    firms = "a,甲,b,s1,2020\na,甲,,s1,2022\nb,乙,,s1,2020\nb,乙,a,s1,2021\nc,丙,a,s1,2020\n"
    read, problems = _settled(room, firms)
    assert [(one.code, one.at.line) for one in problems] == [("T112", 2), ("T112", 5)]
    assert [row.line for row in read.rows] == [3, 4, 6]


def test_parents_that_swap_over_time_are_no_circle(room: Path) -> None:
    firms = "a,甲,b,s1,2020\na,甲,,s1,2021\nb,乙,,s1,2020\nb,乙,a,s1,2022\n"
    _, problems = _settled(room, firms)
    assert problems == []


def test_a_long_line_of_parents_costs_little(room: Path) -> None:
    firms = "".join(f"f{n},甲{n},f{n + 1},s1,2020\n" for n in range(20_000))
    read, problems = _settled(room, firms + "f20000,末,f0,s1,2020\n")
    assert len(problems) == 20_001
    assert read.rows == []
    assert max(len(one.message("zh")) for one in problems) < 200


def test_a_row_on_a_source_with_an_error_is_left_out_and_counted(room: Path) -> None:
    firms = "a,甲,,s1,2020\nb,乙,,s2,2020\nc,丙,,s2|s1,2020\n"
    read, problems = _settled(room, firms, "s1,甲,2020,A\ns2,乙,2020,E\n")
    assert [(one.code, one.words["count"]) for one in problems] == [("T126", 1)]
    assert [row.text("firm") for row in read.rows] == ["a", "c"]


def test_the_place_of_a_cell() -> None:
    text = 'a,"b,1","c\n2",d\r\n1,2,3,4\n'
    assert [column_of(text, 1, field) for field in range(4)] == [(1, 1), (1, 3), (1, 9), (2, 4)]
    assert column_of(text, 3, 3) == (3, 7)
    assert column_of(text, 3, 9) == (3, 7)


_CELL = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=12)
_PLAIN = st.text(string.printable + "　芯片＝－’‘", max_size=12)


@given(st.lists(st.lists(_CELL, min_size=1, max_size=5), min_size=1, max_size=6),
       st.sampled_from(["\r\n", "\n", "\r"]))  # fmt: skip
@example([["=1", "'", "''x", " +1"]], "\n")
def test_guarded_cells_read_back_the_same(rows: list[list[str]], end: str) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerows([guard(cell) for cell in row] for row in rows)
    text = out.getvalue()
    back = list(records(text))
    assert [[unguard(cell) for cell in cells] for _, cells in back] == rows
    cells = Cells(text)
    for line, row in back:
        for field in range(len(row)):
            at, column = cells.place(line, field)
            assert text[cells.starts[at - 1] + column - 1] == '"'


@given(st.text(st.sampled_from("a,\"'\r\n芯")))
def test_any_text_gives_records_or_one_fault(text: str) -> None:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    try:
        for line, _ in records(text):
            assert 1 <= line <= lines
    except Unreadable as fault:
        assert 1 <= fault.line <= lines
        assert fault.column >= 1


@given(st.binary(max_size=300))
@example(b"\xef\xbb\xbf")
@example("芯片产业".encode() + b"\n\xca\xbe\xc0\xfd")
@example(b"firm,name,source,as_of\n\xff,\x81,,\n")
def test_any_bytes_as_a_table_give_problems_not_exceptions(data: bytes) -> None:
    path = SHELF / f"chainmap-{os.getpid()}.csv"
    path.write_bytes(data)
    try:
        rows, problems = table(path, path.parent, FIRMS)
    finally:
        path.unlink()
    assert rows or problems or not data.strip() or data.count(b"\n") <= 1
    for one in problems:
        assert one.line("zh")
        assert one.at.line >= 1
        assert one.at.column >= 1


@given(st.lists(st.sampled_from(
    ["firm", "name", "as_of", "source", "企业", "employees", "f1", "s1|s2", "2025", "'=1", "1e3",
     "", ",", ",", ",", "\n", "\n", '"', "＝", "\u202e", "　"]), max_size=60))  # fmt: skip
def test_any_pieces_as_a_table_give_problems_not_exceptions(pieces: list[str]) -> None:
    data = "firm,name,source,as_of\n" + "".join(pieces)
    path = SHELF / f"chainmap-{os.getpid()}.csv"
    path.write_text(data, encoding="utf-8", newline="")
    try:
        _, problems = table(path, path.parent, FIRMS)
    finally:
        path.unlink()
    assert all(one.line("en") for one in problems)


_NAMES = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp", "Cf", "Cn")), min_size=1
)
_ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "firm": st.from_regex(r"[a-z0-9][a-z0-9_-]{0,10}", fullmatch=True),
            "name": _NAMES,
            "aliases": st.lists(_NAMES.filter(lambda name: "|" not in name), max_size=3),
            "revenue_100m_cny": st.none() | st.decimals(0, 10**9, places=3),
            "employees": st.none() | st.integers(0, 10**9),
            "source": st.just("s1"),
            "as_of": st.dates().map(str),
        }
    ),
    max_size=8,
)


@given(_ROWS, st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]), st.permutations(range(7)))
def test_a_table_written_with_csv_reads_back_equal(
    rows: list[dict[str, object]], encoding: str, order: list[int]
) -> None:
    heads = ["firm", "name", "aliases", "revenue_100m_cny", "employees", "source", "as_of"]
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([heads[at] for at in order])
    for row in rows:
        cells = {
            head: "|".join(cell) if isinstance(cell, list) else "" if cell is None else str(cell)
            for head, cell in row.items()
        }
        writer.writerow([guard(cells[heads[at]]) for at in order])
    data = out.getvalue().encode(encoding)
    if isinstance(decode(data, "f"), Problem) or decode(data, "f") != out.getvalue():
        return  # some short GB18030 files are UTF-8 as well: nobody can tell
    path = SHELF / f"chainmap-{os.getpid()}.csv"
    path.write_bytes(data)
    try:
        back, problems = table(path, path.parent, FIRMS)
    finally:
        path.unlink()
    assert problems == []
    assert len(back) == len(rows)
    for found, row in zip(back, rows, strict=True):
        assert found.text("firm") == row["firm"]
        assert found.text("name") == row["name"]
        assert list(found.many("aliases")) == row["aliases"]
        amount = row["revenue_100m_cny"]
        assert found.number("revenue_100m_cny") == (None if amount is None else float(str(amount)))
        assert found.cells.get("employees") == row["employees"]
        assert found.text("as_of") == row["as_of"]
