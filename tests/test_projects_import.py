"""A bureau's own list of projects: headers told once, the difference first, problems by place."""

from __future__ import annotations

import csv
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from running import ROOT, as_json, chainmap, copy_of

from chainmap.read.bureau import column_of, read_listing

LIST = """\
青岛市工信局项目调度表,,,,,,,,,
序号,项目名称,投资方,所属产业链,总投资（万元）,落户区市,项目状态,签约时间,工作进展,备注
1,物元半导体三维先进封装量产线,物元半导体,集成电路,"1,100,000",城阳区,在建,,已搬入,重点
2,芯恩CIDM集成电路项目,芯恩,集成电路,1500000,西海岸新区,已投产,2018年3月30日,产能爬坡,
3,某某光刻胶项目,某某材料有限公司,集成电路,35000,胶州,已签约,2026/3/5,,新引进
"""
SAID = ("--map", "备注=-")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return copy_of(ROOT, tmp_path / "home")


def listing(path: Path, text: str = LIST, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def taken(home: Path, file: Path, *more: str) -> dict[str, Any]:
    return as_json("projects", "import", file, *more, workspace=home)


def ledger(home: Path) -> dict[str, dict[str, str]]:
    with (home / "data" / "projects.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["project"]: row for row in csv.DictReader(file)}


@pytest.mark.parametrize(
    ("head", "column"),
    [("计划总投资（亿元）", "investment_100m_cny"), ("项目名称", "name"), ("stage", "stage"),
     ("开工日期", "started"), ("牵头单位", "unit"), ("联系电话", "-"), ("备注", None),
     ("下步计划", "next_step"), ("投资主体", "firm"), ("合同外资(万美元)", "foreign_musd")],
)  # fmt: skip
def test_headers_are_understood_by_the_words_of_the_trade(head: str, column: str | None) -> None:
    assert column_of(head, {}) == column
    assert column_of(head, {head: "park"}) == "park"


@pytest.mark.parametrize(
    ("head", "cell", "amount"),
    [("总投资（亿元）", "3.50", "3.5"), ("总投资（万元）", "1,100,000", "110"),
     ("总投资", "35000万元", "3.5"), ("总投资（万元）", "2亿元", "2"),
     ("总投资", "100", None), ("总投资（万美元）", "100", None), ("总投资（亿元）", "约3", None),
     ("总投资（亿元）", "-3", None)],
)  # fmt: skip
def test_amounts_come_in_the_ledgers_unit_or_not_at_all(
    head: str, cell: str, amount: str | None, tmp_path: Path
) -> None:
    file = listing(tmp_path / "l.csv", f'项目名称,{head}\n甲,"{cell}"\n')
    found, problems = read_listing(file, {})
    if amount is None:
        assert [str(one.at) for one in problems] == ["l.csv:2:3"]
    else:
        assert problems == []
        assert found.lines[0].cells["investment_100m_cny"] == amount


def test_the_difference_is_shown_and_nothing_written_until_it_is_confirmed(
    home: Path, tmp_path: Path
) -> None:
    file = listing(tmp_path / "list.csv")
    before = {path.name: path.read_bytes() for path in (home / "data").iterdir()}
    found = taken(home, file, *SAID)
    assert [row["how"] for row in found["rows"]] == ["like", "changed", "new"]
    like, changed, new = found["rows"]
    assert like["like"] == "ic-wuyuan-3d" and like["project"] is None
    assert changed["project"] == "ic-sien-cidm"
    assert {field for field, _, _ in changed["changes"]} == {"progress"}
    assert new["unknown_firms"] == ["某某材料有限公司"]
    assert {path.name: path.read_bytes() for path in (home / "data").iterdir()} == before


def test_confirmed_it_is_one_edit_and_the_next_time_nothing_is_new(
    home: Path, tmp_path: Path
) -> None:
    file = listing(tmp_path / "list.csv")
    was = len(ledger(home))
    done = chainmap("projects", "import", file, *SAID, "--yes", "--who", "市工信局", workspace=home)
    assert done.returncode == 0, done.stderr.decode()
    rows = ledger(home)
    assert len(rows) == was + 1
    (new,) = [row for row in rows.values() if row["name"] == "某某光刻胶项目"]
    assert new["investment_100m_cny"] == "3.5" and new["signed"] == "2026-03-05"
    assert new["district"] == "胶州市" and new["stage"] == "签约"
    assert new["partners"] == "某某材料有限公司" and new["firm"] == ""
    assert rows["ic-sien-cidm"]["progress_date"] == "2026-11-25"
    log = as_json("projects", "log", workspace=home)["rows"]
    assert {row["edit"] for row in log} == {"1"} and {row["who"] for row in log} == {"市工信局"}
    again = taken(home, file)  # the header was told once
    assert [row["how"] for row in again["rows"]] == ["like", "same", "same"]
    assert chainmap("validate", workspace=home).returncode == 0


def test_a_column_of_ids_settles_what_may_be_the_same(home: Path, tmp_path: Path) -> None:
    text = LIST.replace("序号,", "项目编号,").replace("\n2,", "\nic-sien-cidm,")
    text = text.replace("\n3,", "\nresist,")
    mine = listing(tmp_path / "a.csv", text.replace("\n1,", "\nic-wuyuan-3d,"))
    assert [r["how"] for r in taken(home, mine, *SAID)["rows"]] == ["changed", "changed", "new"]
    new = listing(tmp_path / "b.csv", text.replace("\n1,", "\nnew,"))
    first, _, last = taken(home, new, *SAID)["rows"]
    assert first["how"] == "new" and first["project"] != "ic-wuyuan-3d"
    assert last["project"] == "resist"


def test_unknown_headers_are_asked_about_once(home: Path, tmp_path: Path) -> None:
    file = listing(tmp_path / "list.csv")
    done = chainmap("projects", "import", file, workspace=home)
    assert done.returncode == 2 and '--map "备注=-"' in done.stderr.decode()
    wrong = chainmap("projects", "import", file, "--map", "备注=nosuch", workspace=home)
    assert wrong.returncode == 2


def test_at_a_terminal_the_question_is_put(home: Path, tmp_path: Path) -> None:
    file = listing(tmp_path / "list.csv")
    mine, theirs = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "CHAINMAP_CACHE": "off"}
    words = ["--workspace", str(home), "projects", "import", str(file), "--yes"]
    with subprocess.Popen([sys.executable, "-m", "chainmap", *words], stdin=theirs, stderr=theirs,
                          stdout=subprocess.DEVNULL, env=environment) as done:  # fmt: skip
        os.close(theirs)
        os.write(mine, "下一步\n".encode())
        said = b""
        while True:
            try:
                part = os.read(mine, 4096)
            except OSError:
                break
            if not part:
                break
            said += part
        assert done.wait(60) == 0, said.decode(errors="replace")
    assert "备注" in said.decode(errors="replace")
    kept = (home / "data" / "projects_import.yaml").read_text(encoding="utf-8")
    assert '"备注": "next_step"' in kept
    assert [
        row["next_step"] for row in ledger(home).values() if row["name"] == "某某光刻胶项目"
    ] == ["新引进"]


def test_every_problem_is_named_by_file_row_and_column(home: Path, tmp_path: Path) -> None:
    text = "项目名称,产业链,总投资（万元）,状态,签约时间\n甲,没有的链,三千,停工中,2026-13\n"
    text += ",集成电路,,,\n"
    done = chainmap("projects", "import", listing(tmp_path / "bad.csv", text), workspace=home)
    said = done.stderr.decode()
    assert done.returncode == 1
    for place in ("bad.csv:2:8", "bad.csv:2:11", "bad.csv:2:15", "bad.csv:3:1"):
        assert place in said, said
    chain = "项目名称,产业链\n甲,没有的链\n"
    done = chainmap("projects", "import", listing(tmp_path / "c.csv", chain), workspace=home)
    assert done.returncode == 1 and "c.csv:2:3: error[T110]" in done.stderr.decode()
    none = listing(tmp_path / "n.csv", "甲,乙\n1,2\n")
    assert chainmap("projects", "import", none, workspace=home).returncode == 1


def test_a_workbook_and_a_gbk_list_say_the_same(home: Path, tmp_path: Path) -> None:
    from datetime import datetime

    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "调度表"
    for row in csv.reader(LIST.splitlines()):
        sheet.append(row)
    sheet["H4"] = datetime(2018, 3, 30)
    sheet["E5"] = 35000.0
    book.save(tmp_path / "list.xlsx")
    plain = taken(home, listing(tmp_path / "list.csv", encoding="gb18030"), *SAID)["rows"]
    rows = taken(home, tmp_path / "list.xlsx", *SAID)["rows"]
    assert [{**row, "line": ""} for row in rows] == [{**row, "line": ""} for row in plain]
    assert rows[0]["line"] == "list.xlsx:调度表!B3"
    sheet["C3"] = "=1+1"
    book.save(tmp_path / "f.xlsx")
    done = chainmap("projects", "import", tmp_path / "f.xlsx", *SAID, workspace=home)
    assert done.returncode == 1 and "调度表!C3" in done.stderr.decode()


def test_contacts_in_a_list_are_left_out_and_phones_in_its_cells_refused(
    home: Path, tmp_path: Path
) -> None:
    file = listing(tmp_path / "a.csv", "项目名称,联系人,联系电话\n甲乙丙产业园,张三,13800138000\n")
    done = chainmap("projects", "import", file, "--yes", workspace=home)
    assert done.returncode == 0, done.stderr.decode()
    for name in ("projects.csv", "journal.csv"):
        assert b"13800138000" not in (home / "data" / name).read_bytes()
    file = listing(tmp_path / "b.csv", "项目名称,工作进展\n丁戊己产业园,联系13800138000\n")
    done = chainmap("projects", "import", file, "--yes", workspace=home)
    assert done.returncode == 2 and "13800138000" in done.stderr.decode()
