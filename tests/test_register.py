"""Registers of every form give the same rows; what is broken costs only itself."""

from __future__ import annotations

import csv
import io
import pickle
import tempfile
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from registers import HEADS, as_csv, as_parquet, opened, read, rows_of

from chainmap.core.register import Broken, Tally
from chainmap.read import register_csv, register_lines
from chainmap.read.register import NoRegister, register
from chainmap.read.register_cells import LARGEST, LONGEST, amount, day
from chainmap.read.register_csv import Records
from chainmap.read.register_heads import FILE, Heads, Shape, keep, kept, told_by

ROWS = rows_of(250)


@pytest.mark.parametrize("size", [3, 1000])
def test_the_same_rows_come_out_of_every_form(tmp_path: Path, size: int) -> None:
    whole = read(as_parquet(tmp_path / "a.parquet", ROWS, group=60), size=size)
    assert len(whole[0]) == sum(
        row[6] in ("存续", "在营（开业）", "", "存续（未注销）") for row in ROWS
    )
    forms = [
        as_csv(tmp_path / "u.csv", ROWS),
        as_csv(tmp_path / "bom.csv", ROWS, encoding="utf-8-sig", end="\r\n"),
        as_csv(tmp_path / "g.csv", ROWS, encoding="gb18030"),
        as_csv(tmp_path / "r.csv", ROWS, end="\r"),
        as_csv(tmp_path / "z.csv.gz", ROWS),
    ]
    for path in forms:
        assert read(path, size=size) == whole, path.name
    as_csv(tmp_path / "split/2023/a.csv", ROWS[:100], encoding="gb18030")
    as_parquet(tmp_path / "split/2024/b.parquet", ROWS[100:180])
    as_csv(tmp_path / "split/c.csv.gz", ROWS[180:])
    as_csv(tmp_path / "split/_temporary/x.csv", ROWS)
    as_csv(tmp_path / "split/.hidden.csv", ROWS)
    as_csv(tmp_path / "split/c.broken.csv", ROWS, heads=HEADS[:2])
    assert read(tmp_path / "split", size=size) == whole
    parts = [tmp_path / "split/2023/a.csv", tmp_path / "split/2024/b.parquet"]
    assert read(*parts, tmp_path / "split/c.csv.gz", size=size) == whole


def test_cells_come_out_in_canonical_form(tmp_path: Path) -> None:
    rows = [["1 ", "甲\u3000", " 范围 ", "1,000万元人民币", "青岛市", "2015年3月9日", "在业"]]
    heads = ("注册号", "名称", "业务范围", "注册资金", "所属城市", "成立时间", "登记状态")
    found, _, tally = read(as_csv(tmp_path / "a.csv", rows, heads))
    assert found == [
        {"id": "1", "name": "甲", "scope": " 范围 ", "capital": 10_000_000, "city": "青岛市",
         "founded": "2015-03-09", "status": "在业"}
    ]  # fmt: skip
    assert tally == Tally(read=1)


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("1000", "万元", 10_000_000), ("1000.00005", "万元", 10_000_000), ("1000", "元", 1000),
        ("1000万元人民币", "text", 10_000_000), ("人民币１０００万元整", "text", 10_000_000),
        ("1,000.50(万元)", "text", 10_005_000), ("3亿元", "元", 300_000_000),
        ("500万美元", "万元", -1), ("500万港元", "text", -1), ("100欧元", "元", -1),
        ("", "元", -1), ("-", "元", -1), ("—", "元", -1), ("未公开", "元", -1),
        ("壹仟万元", "元", -1),
        ("0", "元", 0), ("-0.0", "元", 0), ("-5", "元", -2), ("1e3", "万元", 10_000_000),
        ("1000人民币", "万元", 10_000_000), ("1000", "text", -1), ("9" * 40, "元", -2),
        ("9" * 60, "元", -1), (str(LARGEST), "元", LARGEST), (str(LARGEST + 1), "元", -2),
        ("0." + "9" * 500, "万元", 9999), ("nan", "元", -1), ("1e99", "元", -2),
        ("5百万", "元", 5_000_000),
    ],
)  # fmt: skip
def test_capital_is_exact_and_in_whole_yuan(text: str, unit: str, value: int) -> None:
    assert amount(text, unit) == value


@given(st.decimals(0, 10**9, places=6))
def test_capital_agrees_with_decimal_arithmetic(value: Decimal) -> None:
    assert amount(f"{value:f}", "万元") == int(value * 10_000)


def test_numbers_of_parquet_are_the_same_capital_as_their_text(tmp_path: Path) -> None:
    values = [0, 5, None, 123_456, -7, 2**40]
    want = [0, 50_000, -1, 1_234_560_000, "broken", "broken"]
    for kind in (pa.int64(), pa.int32(), pa.uint64(), pa.float64(), pa.decimal128(25, 2)):
        held = [v for v in values if not (v == 2**40 and kind == pa.int32())]
        held = [v for v in held if not (v == -7 and kind == pa.uint64())]
        table = pa.table(
            {"id": [f"i{at}" for at in range(len(held))], "name": [""] * len(held),
             "scope": [""] * len(held), "注册资本(万元)": pa.array(held).cast(kind)}
        )  # fmt: skip
        pq.write_table(table, tmp_path / "n.parquet")
        rows, broken, _ = read(tmp_path / "n.parquet")
        by_value = dict(zip(values, want, strict=True))
        expected = [by_value[v] for v in held]
        assert [row["capital"] for row in rows] == [v for v in expected if v != "broken"], kind
        assert [one.reason for one in broken] == ["broken.capital"] * expected.count("broken")


@pytest.mark.parametrize(
    ("text", "iso"),
    [("2015/1/2", "2015-01-02"), ("2015.01.02", "2015-01-02"), ("2015-01-02T00:00", "2015-01-02"),
     ("2015年", "2015年"), ("not a day", "not a day"), ("", "")],
)  # fmt: skip
def test_dates_are_written_one_way(text: str, iso: str) -> None:
    assert day(text) == iso


def test_broken_rows_go_aside_and_nothing_else_changes(tmp_path: Path) -> None:
    lines = [
        ",".join(HEADS),
        "a1,甲,硅片,1,青岛,2020,存续",
        "a2,乙,硅片,1,青岛,2020",  # a cell too few
        ",丙,硅片,1,青岛,2020,存续",  # no id
        "a4,丁,硅片,-1,青岛,2020,存续",
        '"a5,戊,硅片,1,青岛,2020,存续',  # an open quote, with a quoted cell further down
        'a6,己,"硅片,单晶\n第二行",1,青岛,2020,存续',
        ",".join(HEADS),  # the headings once more, where files were put together
        "9.13702E+17,庚,硅片,1,青岛,2020,存续",
        "a9,辛,\udcff硅片,1,青岛,2020,存续",
        "",
        f"a10,壬,{'长' * (LONGEST + 1)},1,青岛,2020,存续",
        'a11,癸,"引号"错,1,青岛,2020,存续',
        "a12,子,硅片,1,青岛,2020,注销",
        "a13,丑,硅片,1,青岛,2020,存续",
    ]
    data = "\n".join(lines).encode("utf-8", "surrogateescape")
    (tmp_path / "a.csv").write_bytes(data)
    for size in (1, 2, 100):
        rows, broken, tally = read(tmp_path / "a.csv", size=size)
        assert [row["id"] for row in rows] == ["a1", "a6", "a13"]
        assert rows[1]["scope"] == "硅片,单晶\n第二行"
        assert sorted((one.row, one.reason) for one in broken) == [
            (3, "broken.columns"), (4, "broken.no_id"), (5, "broken.capital"),
            (6, "broken.quote"), (9, "broken.heads"), (10, "broken.id"), (11, "broken.bytes"),
            (13, "broken.long"), (14, "broken.quote"),
        ]  # fmt: skip
        assert tally == Tally(read=4, revoked=1, broken=9)
        assert all(len(one.text) <= 202 and "\n" not in one.text for one in broken)


def test_a_record_that_is_too_long_is_the_same_in_both_forms(tmp_path: Path) -> None:
    def row(length: int) -> list[str]:
        return [f"i{length}", "甲", "长" * length, "1", "", "", ""]

    rows = [row(LONGEST), row(LONGEST + 1), row(3)]
    for path in (as_csv(tmp_path / "a.csv", rows), as_parquet(tmp_path / "a.parquet", rows)):
        found, broken, tally = read(path)
        assert [len(one["scope"]) for one in found] == [LONGEST, 3]
        assert len(broken) == 1 and tally == Tally(read=2, broken=1)


def test_a_line_without_end_does_not_fill_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(register_csv, "BLOCK", 2**16)
    huge = b"x" * (5 * 2**16 + 7)
    head = ",".join(HEADS).encode()
    good = "a1,甲,硅片,1,青岛,2020,存续".encode()
    (tmp_path / "a.csv").write_bytes(b"\n".join([head, good, huge, good.replace(b"a1", b"a2")]))
    rows, broken, tally = read(tmp_path / "a.csv")
    assert [row["id"] for row in rows] == ["a1", "a2"]
    assert [(one.row, one.reason) for one in broken] == [(3, "broken.line")]
    assert tally == Tally(read=2, broken=1)


def test_damaged_files_in_the_middle_change_only_the_side_file(tmp_path: Path) -> None:
    good = tmp_path / "good"
    as_parquet(good / "a.parquet", ROWS[:100], group=30)
    as_csv(good / "c.csv", ROWS[200:])
    whole = read(good)
    bad = tmp_path / "bad"
    as_parquet(bad / "a.parquet", ROWS[:100], group=30)
    as_csv(bad / "c.csv", ROWS[200:])
    middle = as_parquet(bad / "b.parquet", ROWS[100:200], group=30)
    middle.write_bytes(middle.read_bytes()[:-100])  # the footer is gone
    torn = as_csv(bad / "d.csv.gz", ROWS[100:200])
    torn.write_bytes(torn.read_bytes()[:40])
    (bad / "e.csv").write_bytes(b"")
    (bad / "f.parquet").write_bytes(b"no parquet at all")
    bad_rows = register([bad], Heads())
    assert [one.code for one in bad_rows.problems] == ["I112"] * 3  # the empty file has no columns
    (bad / "e.csv").unlink()
    rows, broken, tally = read(bad)
    assert rows == whole[0]
    assert sorted((one.file, one.reason) for one in broken) == [
        ("b.parquet", "broken.file"), ("d.csv.gz", "broken.file"), ("f.parquet", "broken.file"),
    ]  # fmt: skip
    assert tally == whole[2] + Tally(broken=3)


def test_a_damaged_row_group_is_left_out_as_a_whole(tmp_path: Path) -> None:
    path = as_parquet(tmp_path / "a.parquet", ROWS, group=50)
    chunk = pq.ParquetFile(path).metadata.row_group(2).column(2)
    data = bytearray(path.read_bytes())
    at = chunk.data_page_offset + chunk.total_compressed_size // 2
    data[at : at + 8] = b"\xff" * 8
    path.write_bytes(data)
    without = [row for at, row in enumerate(ROWS) if not 100 <= at < 150]
    want = read(as_csv(tmp_path / "w.csv", without))[0]
    for size in (7, 1000):
        rows, broken, tally = read(path, size=size)
        assert rows == want
        assert [(one.row, one.reason) for one in broken] == [(101, "broken.group")]
        assert tally.broken == 50 and tally.read == 200


def test_bytes_that_are_no_text_break_a_row_of_parquet(tmp_path: Path) -> None:
    scope = pa.Array.from_buffers(
        pa.string(), 2, pa.array([b"\xff\xfe", b"ok"], pa.binary()).buffers()
    )
    table = pa.table({"id": ["a", "b"], "name": ["", ""], "scope": scope})
    pq.write_table(table, tmp_path / "a.parquet")
    rows, broken, _ = read(tmp_path / "a.parquet")
    assert [row["id"] for row in rows] == ["b"]
    assert [(one.row, one.reason) for one in broken] == [(1, "broken.bytes")]


PIECES = st.sampled_from(
    [",", ",,", "\n", "\n", "\r\n", "\r", '"', '""', '"""', "a", "中文", "x1,甲,硅片\n", '"b,c"',
     '"d\ne"', '"f""g"', " ", "id,name,scope\n", '"', "\x00", "\ufeff", "乙,丙\n"]
)  # fmt: skip


@settings(max_examples=150)
@given(st.lists(PIECES, max_size=25).map("".join), st.integers(4, 40), st.integers(1, 3))
def test_many_lines_at_once_are_read_as_one_by_one(text: str, block: int, size: int) -> None:
    shape = Shape({"id": 0, "name": 1, "scope": 2}, ("id", "name", "scope"), "text", ())
    for encoding in ("utf-8", "gb18030"):
        data = ("id,name,scope\n" + text).encode(encoding)
        made = []
        for quick in (True, False):
            with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as place:
                patch.setattr(register_csv, "BLOCK", block)
                if not quick:
                    patch.setattr(register_lines, "table", lambda *_: None)
                path = Path(place) / "a.csv"
                path.write_bytes(data)
                given_ = list(register_csv.batches(path, "a.csv", encoding, shape, size))
            rows = [row for one in given_ if isinstance(one, pa.RecordBatch)
                    for row in one.to_pylist()]  # fmt: skip
            tally = sum((one for one in given_ if isinstance(one, Tally)), Tally())
            made.append((rows, [one for one in given_ if isinstance(one, Broken)], tally))
        assert made[0] == made[1]


def test_a_torn_file_gives_what_stands_before_the_tear(tmp_path: Path) -> None:
    path = as_csv(tmp_path / "a.csv.gz", rows_of(20_000))
    whole = read(path)[0]
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    rows, broken, tally = read(path)
    assert len(rows) > 1000 and rows == whole[: len(rows)]
    assert [one.reason for one in broken] == ["broken.torn"] and tally.broken == 1


def test_a_file_of_nothing_but_broken_rows_keeps_a_bounded_list(tmp_path: Path) -> None:
    as_csv(tmp_path / "a.csv", [["x"]] * 10_500)
    rows, broken, tally = read(tmp_path / "a.csv")
    assert not rows and tally == Tally(broken=10_500)
    assert len(broken) == 10_001 and broken[-1] == Broken("a.csv", 0, "broken.more", "500")


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@given(
    st.lists(st.lists(TEXT, min_size=3, max_size=3), max_size=8), st.sampled_from(["\n", "\r\n"])
)
def test_records_are_what_a_csv_library_wrote(rows: list[list[str]], end: str) -> None:
    out = io.StringIO()
    # The library's writer leaves a lone \r without quotes unless it quotes everything.
    lone = any("\r" in cell for row in rows for cell in row)
    csv.writer(
        out, lineterminator=end, quoting=csv.QUOTE_ALL if lone else csv.QUOTE_MINIMAL
    ).writerows(rows)
    for encoding in ("utf-8", "gb18030"):
        data = io.BytesIO(out.getvalue().encode(encoding))
        # The mark at a file's beginning is none of its text.
        want = [[cell.removeprefix("\ufeff") if (at, k) == (0, 0) and encoding == "utf-8" else cell
                 for k, cell in enumerate(row)] for at, row in enumerate(rows)]  # fmt: skip
        assert [one.cells for one in Records(data, encoding)] == want


@given(st.binary(max_size=200))
def test_any_bytes_are_records_or_broken(data: bytes) -> None:
    lines = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    for encoding in ("utf-8", "gb18030"):
        found = list(Records(io.BytesIO(data), encoding))
        places = [one.line for one in found]
        assert places == sorted(set(places)) and all(1 <= at <= len(lines) for at in places)
        for one in found:
            assert one.fault or all(ch < "\ud800" or ch > "\udfff" for c in one.cells for ch in c)


def test_a_csv_file_knows_about_how_many_rows_it_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = as_csv(tmp_path / "a.csv", [row for row in ROWS if "\n" not in row[2]])
    count = len(read(path)[0]) + read(path)[2].revoked
    assert opened(path).parts[0].rows == count
    path.write_bytes(path.read_bytes().rstrip())
    assert opened(path).parts[0].rows == count
    monkeypatch.setattr(register_csv, "BLOCK", 2000)
    about = opened(path).parts[0].rows
    assert about is not None and abs(about - count) < count / 5


def test_parts_can_be_pickled_and_are_told_apart(tmp_path: Path) -> None:
    as_parquet(tmp_path / "r/a.parquet", ROWS, group=100)
    as_csv(tmp_path / "r/b.csv", ROWS)
    found = opened(tmp_path / "r", where="city = '青岛市'")
    again = pickle.loads(pickle.dumps(found.parts))
    assert again == found.parts
    names = [part.name for part in found.parts]
    assert len(set(names)) == len(names)
    first = found.identity
    assert opened(tmp_path / "r", where="city = '青岛市'").identity == first
    assert opened(tmp_path / "r").identity != first
    as_csv(tmp_path / "r/b.csv", ROWS[1:])
    assert opened(tmp_path / "r", where="city = '青岛市'").identity != first


def test_a_path_without_a_register_says_so(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for path in (tmp_path / "none.csv", tmp_path / "empty", Path("/dev/null")):
        with pytest.raises(NoRegister):
            register([path], Heads())


# columns


def test_headings_are_guessed_told_and_kept(tmp_path: Path) -> None:
    rows = [["1", "甲", "硅片", "5"]]
    path = as_csv(tmp_path / "a.csv", rows, ("编码", "企业名称", "经营范围", "注册资本"))
    found = register([path], Heads())
    assert [one.code for one in found.problems] == ["I112", "I113"]
    told, wrong = told_by(["编码=id", "注册资本=capital:亿元", "城市=nothing", "x", "a=id:元"])
    assert wrong == ["城市=nothing", "x", "a=id:元"]
    found = register([path], told)
    assert not found.problems
    keep(tmp_path, found.heads)
    again, problems = kept(tmp_path)
    assert not problems and again == found.heads
    assert read(path, told=again)[0][0]["capital"] == 500_000_000


def test_two_columns_for_one_field_are_an_error(tmp_path: Path) -> None:
    path = as_csv(tmp_path / "a.csv", [], ("id", "name", "name", "scope"))
    assert [one.code for one in register([path], Heads()).problems] == ["I102"]


def test_a_column_of_lists_is_no_text(tmp_path: Path) -> None:
    pq.write_table(
        pa.table({"id": ["a"], "name": ["甲"], "scope": [["硅片"]]}), tmp_path / "a.parquet"
    )
    assert [one.code for one in register([tmp_path / "a.parquet"], Heads()).problems] == ["I115"]


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("columns:\n  编码: idd\n", 2, 7),
        ("columns:\n  编码: id\nunits:\n  资本: 千万元\n", 4, 7),
        ("colums:\n  编码: id\n", 1, 1),
        ("columns: id\n", 1, 10),
        ("set_aside: 吊销\n", 1, 12),
        ("set_aside: [吊销, '']\n", 1, 17),
        ("- id\n", 1, 1),
        ("columns:\n  编码: [id]\n", 2, 7),
        ("columns: {a: id\n", 1, 10),
    ],
)
def test_an_error_of_the_kept_columns_says_where(
    tmp_path: Path, text: str, line: int, column: int
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "register.yaml").write_text(text, encoding="utf-8")
    _, problems = kept(data)
    assert [(one.at.file, one.at.line, one.at.column) for one in problems] == [(FILE, line, column)]
    assert problems[0].line("zh") and problems[0].line("en")
