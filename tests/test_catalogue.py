"""Catalogues of wanted suppliers: what is read out of them, and what is refused with its place."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from chainmap.core.limits import LIMITS
from chainmap.read.catalogue import Catalogue, read_catalogue


def read(path: Path) -> tuple[Catalogue, list[str]]:
    found, problems = read_catalogue(path)
    return found, [f"{one.at} {one.code}" for one in problems]


def csv_of(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "c.csv"
    path.write_bytes(text.encode(encoding))
    return path


def book_of(path: Path, *rows: list[Any], sheet: str = "采购目录") -> Path:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = sheet
    for row in rows:
        page.append(row)
    book.save(path)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_csv_says_the_same_in_every_encoding(tmp_path: Path, encoding: str, end: str) -> None:
    text = end.join(
        ["产品,供应商,年采购额（万元）,备注", '压缩机,甲公司,"12,500",急', ",乙公司,,", ""]
    )
    found, problems = read(csv_of(tmp_path, text, encoding))
    assert problems == []
    assert [(w.product, w.firm, w.purchase, w.note) for w in found.lines] == [
        ("压缩机", "甲公司", 1.25, "急"),
        ("", "乙公司", None, ""),
    ]
    assert [str(w.at) for w in found.lines] == ["c.csv:2:1", "c.csv:3:1"]
    assert found.heads == {"product": "产品", "firm": "供应商", "purchase": "年采购额（万元）",
                           "note": "备注"}  # fmt: skip


@pytest.mark.parametrize(
    ("head", "taken", "unused"),
    [
        ("序号,产品名称,产品编号,供应商名称,供应商所在地", "product firm", 3),
        ("需求产品,现有供应商", "product firm", 0),
        ("产品供应商,采购产品", "firm product", 0),
        ("Part name,Supplier,Annual purchase (100m CNY),Department", "product firm purchase", 1),
        ("product,firm,purchase_100m_cny,note", "product firm purchase note", 0),
        ("企业性质,品名", "product", 1),
        ("零部件,2025年度采购金额/亿元,质量要求", "product purchase note", 0),
    ],
)
def test_a_header_is_taken_by_what_it_names(
    tmp_path: Path, head: str, taken: str, unused: int
) -> None:
    found, problems = read(csv_of(tmp_path, head + "\n"))
    assert problems == []
    assert set(found.heads) == set(taken.split())
    assert len(found.unused) == unused


def test_a_link_may_be_named(tmp_path: Path) -> None:
    found, problems = read(csv_of(tmp_path, "产品,所属环节\n压缩机,a/b\n电机,\n"))
    assert problems == []
    assert [w.link for w in found.lines] == ["a/b", ""]


@pytest.mark.parametrize(
    ("head", "factor"),
    [
        ("采购额（亿元）", 1.0), ("采购额（万元）", 1e-4), ("采购额（元）", 1e-8),
        ("采购额（百万元）", 0.01), ("采购额(千元)", 1e-7), ("purchase (million CNY)", 0.01),
        ("purchase_100m_cny", 1.0),
    ],
)  # fmt: skip
def test_the_unit_stands_in_the_header(tmp_path: Path, head: str, factor: float) -> None:
    found, problems = read(csv_of(tmp_path, f"产品,{head}\n压缩机,300\n"))
    assert problems == []
    assert found.lines[0].purchase == pytest.approx(300 * factor, rel=1e-15)


@pytest.mark.parametrize("head", ["采购额", "采购额（万美元）", "amount", "金额（USD million）"])
def test_an_amount_without_a_unit_or_in_another_currency_is_refused(
    tmp_path: Path, head: str
) -> None:
    _, problems = read(csv_of(tmp_path, f"产品,{head}\n压缩机,300\n"))
    assert problems == ["c.csv:1:4 I108"]


def test_all_faults_are_named_at_once(tmp_path: Path) -> None:
    text = "产品,供应商,采购额（亿元）\n压缩机,,abc\n,,1\n线束,,-1\n电机,,1_000\n轴承,,３.5\n"
    _, problems = read(csv_of(tmp_path, text))
    assert problems == ["c.csv:2:6 I103", "c.csv:3:1 I104", "c.csv:4:5 I103", "c.csv:5:5 I103"]


def test_headers_that_could_be_the_same_column_are_an_error(tmp_path: Path) -> None:
    _, problems = read(csv_of(tmp_path, "产品,物料名称,供应商,合作企业\n"))
    assert problems == ["c.csv:1:4 I102", "c.csv:1:13 I102"]


def test_a_file_without_a_header_or_without_anything_says_so(tmp_path: Path) -> None:
    assert read(csv_of(tmp_path, "甲,乙\n1,2\n"))[1] == ["c.csv:1:1 I101"]
    assert read(csv_of(tmp_path, "\n \n"))[1] == ["c.csv F108"] or read(csv_of(tmp_path, "\n \n"))[
        1
    ] == ["c.csv:1:1 F108"]
    assert read(book_of(tmp_path / "empty.xlsx"))[1] == ["empty.xlsx I101"]
    assert read(tmp_path / "none.csv")[1] == ["none.csv:1:1 F101"]


def test_a_title_above_the_header_is_stepped_over(tmp_path: Path) -> None:
    path = book_of(tmp_path / "c.xlsx", ["海尔集团 2026 年供应商"], [], [None, "产品", "供应商"],
                   [1, "压缩机", "甲公司"])  # fmt: skip
    found, problems = read(path)
    assert problems == []
    assert [(str(w.at), w.product, w.firm) for w in found.lines] == [
        ("c.xlsx:采购目录!B4", "压缩机", "甲公司")
    ]


def test_formulas_and_errors_are_not_read_but_named(tmp_path: Path) -> None:
    path = book_of(
        tmp_path / "c.xlsx",
        ["产品", "供应商", "采购额（亿元）", "合计"],
        ["压缩机", '=HYPERLINK("http://x")', 3, "=1+1"],
        ["电机", None, "#N/A", None],
        ["线束", None, "=SUM(1,2)", None],
    )
    _, problems = read(path)
    assert problems == [f"c.xlsx:采购目录!{cell} I105" for cell in ("B2", "C3", "C4")]


def test_a_workbook_of_another_writer_reads_the_same(tmp_path: Path) -> None:
    path = tmp_path / "w.xlsx"
    book = xlsxwriter.Workbook(path)
    hidden = book.add_worksheet("旧表")
    sheet, notes = book.add_worksheet("目录"), book.add_worksheet("说明")
    sheet.activate()
    sheet.set_first_sheet()
    hidden.hide()
    sheet.write_row(0, 0, ["Product", "Supplier", "Purchase (100m CNY)"])
    sheet.write_row(1, 0, ["compressor", "A", 0.1])
    hidden.write_row(0, 0, ["产品"])
    notes.write_row(0, 0, ["x"])
    book.close()
    found, problems = read(path)
    assert problems == []
    assert [(w.product, w.firm, w.purchase) for w in found.lines] == [("compressor", "A", 0.1)]
    assert (found.sheet, found.others) == ("目录", ("旧表", "说明"))


def test_macros_are_never_looked_at(tmp_path: Path) -> None:
    plain = book_of(tmp_path / "plain.xlsx", ["产品"], ["压缩机"])
    path = tmp_path / "m.xlsm"
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "[Content_Types].xml":
                data = data.replace(b"spreadsheetml.sheet.main+xml",
                                    b"ms-excel.sheet.macroEnabled.main+xml").replace(
                    b"application/vnd.openxmlformats-officedocument.ms-excel",
                    b"application/vnd.ms-excel")  # fmt: skip
            new.writestr(name, data)
        new.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0 not a real project")
    found, problems = read(path)
    assert problems == []
    assert [w.product for w in found.lines] == ["压缩机"]


def test_a_bomb_is_refused_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("xl/worksheets/sheet1.xml", b" " * (LIMITS.book_unpacked + 1))
    assert bomb.stat().st_size < 2_000_000

    def never(*_: object, **__: object) -> None:
        raise AssertionError("it was opened")

    monkeypatch.setattr(openpyxl, "load_workbook", never)
    assert read(bomb)[1] == ["bomb.xlsx I106"]


def test_a_bomb_that_lies_about_its_size_gives_no_more_than_it_said(tmp_path: Path) -> None:
    path = book_of(tmp_path / "c.xlsx", ["产品"], ["压缩机"])
    bomb = tmp_path / "liar.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name.endswith("sheet1.xml"):
                data = data + b" " * 50_000_000
            new.writestr(name, data)
    lying = bytearray(bomb.read_bytes())
    with zipfile.ZipFile(bomb) as archive:
        info = archive.getinfo("xl/worksheets/sheet1.xml")
        true = info.file_size.to_bytes(4, "little")
    at = lying.find(true)
    while at >= 0:
        lying[at : at + 4] = (1000).to_bytes(4, "little")
        at = lying.find(true, at + 4)
    bomb.write_bytes(lying)
    assert read(bomb)[1] == ["liar.xlsx I107"]


@pytest.mark.parametrize("damage", ["truncated", "text", "empty"])
def test_a_damaged_workbook_is_named(tmp_path: Path, damage: str) -> None:
    path = book_of(tmp_path / "c.xlsx", ["产品"], ["压缩机"])
    data = path.read_bytes()
    path.write_bytes({"truncated": data[: len(data) // 2], "text": b"hello", "empty": b""}[damage])
    assert read(path)[1] == ["c.xlsx I107"]


def test_too_many_rows_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LIMITS, "list_rows", 3)
    head, row = ["产品"], ["压缩机"]
    assert read(book_of(tmp_path / "a.xlsx", head, row, row))[1] == []
    assert read(book_of(tmp_path / "b.xlsx", head, row, row, row, row))[1] == ["b.xlsx I106"]
    assert read(csv_of(tmp_path, "产品\n" + "压缩机\n" * 4))[1] == ["c.csv I106"]


def test_a_cell_far_down_costs_no_refusal(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page["A1"], page["A2"], page["A200000"] = "产品", "压缩机", "电机"
    book.save(tmp_path / "far.xlsx")
    found, problems = read(tmp_path / "far.xlsx")
    assert problems == []
    assert [w.product for w in found.lines] == ["压缩机", "电机"]
    assert str(found.lines[1].at) == "far.xlsx:Sheet!A200000"
