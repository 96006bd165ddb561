"""The ledger of projects on the real command line: the board, its edits, and what stays private."""

from __future__ import annotations

import csv
import gzip
import io
import json
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from running import ROOT, as_csv, as_json, chainmap, copy_of

from chainmap.core.text import width
from chainmap.study import Study, open_study

DAY = date(2026, 11, 25)
WHO = ("--who", "集成电路专班")
PHONE, NAME, MAIL = "13800138000", "欧阳试名", "shiming@example.com"


@pytest.fixture(scope="module")
def study() -> Study:
    return open_study(ROOT)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return copy_of(ROOT, tmp_path / "home")


def run(home: Path, *words: str | Path, code: int = 0) -> str:
    done = chainmap("projects", *words, workspace=home)
    assert done.returncode == code, done.stderr.decode()
    assert b"Traceback" not in done.stderr
    return done.stderr.decode()


def one(home: Path, project: str) -> dict[str, Any]:
    rows = as_json("projects", workspace=home)["rows"]
    (row,) = [row for row in rows if row["project"] == project]
    return dict(row)


# The board


def test_every_project_stands_on_the_board_once_with_its_newest_row() -> None:
    found = as_json("projects")
    with (ROOT / "data" / "projects.csv").open(encoding="utf-8-sig", newline="") as file:
        ids = {row["project"] for row in csv.DictReader(file)}
    assert {row["project"] for row in found["rows"]} == ids
    assert len(found["rows"]) == len(ids)
    counts = Counter(row["stage"] for row in found["rows"])
    assert {one["stage"]: one["count"] for one in found["stages"]} == counts


def test_the_sums_of_a_stage_are_those_of_its_rows_and_say_what_is_unknown() -> None:
    found = as_json("projects")
    for stage in found["stages"]:
        mine = [row for row in found["rows"] if row["stage"] == stage["stage"]]
        known = [
            row["investment_100m_cny"] for row in mine if row["investment_100m_cny"] is not None
        ]
        assert stage["investment_100m_cny"] == (pytest.approx(sum(known)) if known else None)
        assert stage["unknown"] == len(mine) - len(known)
        assert stage["stale"] == sum(row["stale"] for row in mine)


def test_stale_and_overdue_are_what_plain_dates_say() -> None:
    """A second opinion from the printed cells alone."""
    landed = ("投产", "达产", "终止")
    for row in as_json("projects")["rows"]:
        is_open = row["stage"] not in landed
        assert row["stale"] == (is_open and row["quiet_days"] > 30)
        due = row["next_due"]
        if due is None or not is_open:
            assert row["overdue"] is False
            continue
        last = {4: f"{due}-12-31", 7: f"{due}-28", 10: due}[len(due)]
        assert row["overdue"] == (date.fromisoformat(last) < DAY)


@pytest.mark.parametrize(
    ("option", "column", "word"),
    [("--district", "district", "即墨区"), ("--chain", "chain", "display"),
     ("--stage", "stage", "签约"), ("--firm", "firm", "haier-group")],
)  # fmt: skip
def test_a_filter_leaves_exactly_what_fits(option: str, column: str, word: str) -> None:
    every = [row for row in as_json("projects")["rows"] if row[column] == word]
    assert every
    assert as_json("projects", option, word)["rows"] == every


def test_every_cell_of_the_board_answers_why(study: Study) -> None:
    from chainmap.study.project_columns import PROJECT_COLUMNS, STAGE_COLUMNS

    printed = {row["ref"]: row for row in as_json("projects")["rows"]}
    for ref in ("projects/nev-bj-auto", "projects/h2-port-rtg", "projects/mat-posco-2"):
        for column in PROJECT_COLUMNS:
            value = study.why(ref, column).value
            assert json.loads(json.dumps(getattr(value, "text", value))) == printed[ref][column]
    stages = {one["stage"]: one for one in as_json("projects")["stages"]}
    for column in STAGE_COLUMNS:
        assert study.why("stages/签约", column).value == pytest.approx(stages["签约"][column])


def test_the_screen_fits_80_columns_and_gbk_in_both_languages() -> None:
    for lang in ("zh", "en"):
        for words in ((), ("--stage", "签约"), ("show", "nev-bj-auto"), ("log",)):
            done = chainmap("--lang", lang, "projects", *words, env={"COLUMNS": "80"})
            assert done.returncode == 0, done.stderr.decode()
            said = done.stdout.decode()
            said.encode("gbk")
            assert max(map(width, said.splitlines())) <= 80, words


def test_the_board_as_a_workbook_holds_every_project_once(tmp_path: Path) -> None:
    import openpyxl

    assert chainmap("projects", "-o", tmp_path / "b.xlsx").returncode == 0
    book = openpyxl.load_workbook(tmp_path / "b.xlsx")
    rows = as_json("projects")["rows"]
    board, listed, doubts = book.worksheets
    cards = [cell.value for line in board.iter_rows(min_row=4) for cell in line if cell.value]
    assert len(cards) == len(rows) == listed.max_row - 1
    assert {row[12].value for row in listed.iter_rows(min_row=2)} == {r["project"] for r in rows}
    assert doubts.max_row == 1 and as_json("projects")["doubts"] == []


def test_the_board_as_a_page_asks_for_nothing_and_escapes_names(home: Path, tmp_path: Path) -> None:
    run(home, "add", "<img src=x onerror=alert(1)>", "--id", "evil")
    file = tmp_path / "b.html"
    assert chainmap("projects", "-o", file, workspace=home).returncode == 0
    text = file.read_text(encoding="utf-8")
    assert "<img" not in text and "&lt;img" in text
    assert "http:" not in text and "https:" not in text and "<script" not in text
    assert text.count('<li class="') == len(as_json("projects", workspace=home)["rows"])


def test_wrong_words_are_wrong_usage() -> None:
    assert chainmap("projects", "--chain", "nosuch").returncode == 2
    assert chainmap("projects", "--stage", "nosuch").returncode == 2
    assert chainmap("projects", "show", "nosuch").returncode == 2
    assert chainmap("why", "projects/nosuch").returncode == 2
    assert chainmap("why", "stages/nosuch").returncode == 2


# Edits


def test_a_year_of_one_project(home: Path) -> None:
    chain = ("--chain", "integrated-circuits")
    run(home, "add", "光刻胶项目", "--id", "resist", *chain, "--investment", "3.5",
        "--date", "2026-01-10", *WHO)  # fmt: skip
    run(home, "note", "resist", "已见面", "--next", "送资料", "--due", "2026-03",
        "--leader", "市级领导", "--date", "2026-02-01", *WHO)  # fmt: skip
    run(home, "move", "resist", "签约", "--on", "2026-04-02", "--date", "2026-04-03", *WHO)
    run(home, "move", "resist", "开工", "--on", "2026-11-20", *WHO)
    row = one(home, "resist")
    assert (row["stage"], row["stage_date"]) == ("开工", "2026-11-20")
    assert row["investment_100m_cny"] == 3.5 and row["leader"] == "市级领导"
    assert row["quiet_days"] == 5 and not row["stale"] and row["overdue"]
    past = as_json("--as-of", "2026-02-15", "projects", workspace=home)["rows"]
    (then,) = [row for row in past if row["project"] == "resist"]
    assert (then["stage"], then["progress"], then["overdue"]) == ("谋划", "已见面", False)
    edits = as_json("projects", "log", "resist", workspace=home)["rows"]
    assert [row["edit"] for row in edits] == sorted((row["edit"] for row in edits), reverse=True)
    assert {row["who"] for row in edits} == {"集成电路专班"}
    assert chainmap("validate", workspace=home).returncode == 0
    shown = chainmap("projects", "show", "resist", workspace=home).stdout.decode()
    assert "光刻胶项目" in shown and "送资料" in shown


def test_every_wrong_cell_is_named_at_once_and_nothing_is_written(home: Path) -> None:
    before = {path.name: path.read_bytes() for path in (home / "data").glob("*.*")}
    said = run(home, "add", "甲", "--firm", "haier-grup", "--chain", "integrated-circuits",
               "--link", "nosuch", "--investment", "abc", "--set", "时限=2026-13",
               code=2)  # fmt: skip
    for code in ("T110", "T105", "T106"):
        assert code in said
    assert "haier-group" in said
    assert {path.name: path.read_bytes() for path in (home / "data").glob("*.*")} == before


def test_an_edit_rests_on_the_desks_own_record_or_on_a_source(home: Path) -> None:
    run(home, "note", "ic-wuyuan-3d", "设备搬入过半", *WHO)
    assert one(home, "ic-wuyuan-3d")["sources"] == ["desk-20261125", "s46"]
    run(home, "note", "ic-wuyuan-3d", "设备搬完", "--source", "s85", *WHO)
    assert one(home, "ic-wuyuan-3d")["sources"] == ["s85", "s46"]
    rows = as_csv((home / "data" / "sources.csv").read_bytes())
    assert next(row for row in rows if row[0] == "desk-20261125")[-1] == "B"
    assert "nosuch" in run(home, "note", "ic-wuyuan-3d", "x", "--source", "nosuch", code=2)
    assert run(home, "note", "ic-wuyuan-3d", "x", "--source", "domain", code=2)


def test_what_is_after_the_study_date_is_refused(home: Path) -> None:
    run(home, "note", "ic-wuyuan-3d", "x", "--date", "2027-01-01", code=2)


def test_a_row_of_the_key_table_becomes_a_project_and_the_gap_is_planned(home: Path) -> None:
    gap = next(
        row
        for row in as_json("gaps", "integrated-circuits", workspace=home)["rows"]
        if row["status"] in ("missing", "unknown")
        and as_json("rank", "integrated-circuits", "--link", row["link"], "--draws", "0",
                    workspace=home)["rows"]
    )  # fmt: skip
    link = gap["link"]
    (first, *_) = as_json("rank", "integrated-circuits", "--link", link, "--draws", "0",
                          workspace=home)["rows"]  # fmt: skip
    firm = first["firm"]
    run(home, "adopt", firm, "integrated-circuits", link, "--id", "won", *WHO)
    row = one(home, "won")
    assert (row["firm"], row["link"], row["stage"]) == (firm, link, "谋划")
    assert set(first["sources"]) <= set(row["sources"])
    run(home, "note", "won", "已对接", "--next", "考察", "--due", "2026-12-10",
        "--leader", "市级领导", "--unit", "市工信局", *WHO)  # fmt: skip
    study = open_study(home)
    cells = {
        column: study.book.value("key_cell", column, "zh", firm, "integrated-circuits", link)
        for column in ("阶段", "对接进展", "下一步/时限", "责任领导", "责任单位")
    }
    assert cells == {
        "阶段": "谋划",
        "对接进展": "已对接 2026-11-25",
        "下一步/时限": "考察 2026-12-10",
        "责任领导": "市级领导",
        "责任单位": "市工信局",
    }
    run(home, "move", "won", "签约", "--on", "2026-11-24", *WHO)
    now = {
        r["link"]: r
        for r in as_json("gaps", "integrated-circuits", "--all", workspace=home)["rows"]
    }
    assert now[link]["status"] == now[link]["kind"] == "planned"
    run(home, "adopt", "nosuch", "integrated-circuits", link, code=2)
    run(home, "adopt", "haier-group", "textile", "nosuch", code=2)


def test_the_shipped_workspace_refuses_every_edit(tmp_path: Path) -> None:
    package = tmp_path / "site" / "chainmap"
    shutil.copytree(ROOT / "chainmap", package, ignore=shutil.ignore_patterns("__pycache__"))
    copy_of(ROOT, package / "workspace")
    env = {"PYTHONPATH": str(package.parent)}
    for words in (("add", "甲"), ("note", "mat-amer", "x", "--private")):
        done = chainmap("projects", *words, workspace=None, cwd=tmp_path, env=env)
        assert done.returncode == 4, done.stderr.decode()
    assert not (package / "workspace" / "data" / "private").exists()


# Contacts and personal names go no way out


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A workspace with a contact and a private note."""
    home = copy_of(ROOT, tmp_path / "home")
    run(home, "contact", "ic-wuyuan-3d", "--name", NAME, "--post", "总经理", "--phone", PHONE,
        "--mail", MAIL)  # fmt: skip
    run(home, "note", "ic-wuyuan-3d", f"{NAME}要求电价优惠", "--private", *WHO)
    return home


def told(data: bytes) -> bool:
    return any(word.encode() in data for word in (NAME, PHONE, MAIL, "电价优惠"))


def test_private_notes_are_shown_on_the_screen_when_asked_and_only_then(secret: Path) -> None:
    plain = chainmap("projects", "show", "ic-wuyuan-3d", workspace=secret)
    assert not told(plain.stdout)
    asked = chainmap("projects", "show", "ic-wuyuan-3d", "--private", workspace=secret)
    assert NAME in asked.stdout.decode() and PHONE in asked.stdout.decode()
    for more in (("--format", "json"), ("-o", "x.json")):
        done = chainmap("projects", "show", "ic-wuyuan-3d", "--private", *more, workspace=secret)
        assert done.returncode == 2


@pytest.mark.parametrize("how", ["note", "next", "because", "set", "add"])
def test_a_contact_does_not_get_into_the_ledger_or_its_journal(secret: Path, how: str) -> None:
    words = {
        "note": ("note", "ic-wuyuan-3d", f"与{NAME}见面"),
        "next": ("note", "ic-wuyuan-3d", "--next", "致电138 0013 8000"),
        "because": ("move", "ic-wuyuan-3d", "投产", "--because", f"{NAME}说的"),
        "set": ("note", "ic-wuyuan-3d", "--set", f"合作方={MAIL}"),
        "add": ("add", f"{NAME}的项目"),
    }[how]
    before = (secret / "data" / "projects.csv").read_bytes()
    said = run(secret, *words, code=2)
    assert "--private" in said
    assert (secret / "data" / "projects.csv").read_bytes() == before
    assert not (secret / "data" / "journal.csv").exists()


def test_no_file_of_the_tool_holds_what_is_private(secret: Path, tmp_path: Path) -> None:
    """Every way out: tables, figures, reports, pictures, boards, the workspace's hash."""
    bare = copy_of(ROOT, tmp_path / "bare")
    hashes = [as_json("chains", workspace=one)["workspace_hash"] for one in (secret, bare)]
    assert hashes[0] == hashes[1]
    out = tmp_path / "out"
    out.mkdir()
    for words in (
        ("report", "integrated-circuits", "-o", out / "set"),
        ("projects", "-o", out / "b.xlsx"),
        ("projects", "-o", out / "b.html"),
        ("projects", "-o", out / "b.json"),
        ("why", "projects/ic-wuyuan-3d", "-o", out / "why.json"),
        ("table", "integrated-circuits", "-o", out / "t.xlsx"),
        ("map", "integrated-circuits", "-o", out / "m.html"),
        ("kpi", "-o", out / "kpi.json"),
        ("export", out / "book.xlsx"),
        ("snapshot", "before"),
        ("week", "-o", out / "week.html"),
    ):
        done = chainmap(*words, workspace=secret)
        assert done.returncode == 0, done.stderr.decode()
    inside = secret / "data" / "private"
    kept = [path for path in secret.rglob("*") if path.is_file() and inside not in path.parents]
    files = [*kept, *(path for path in out.rglob("*") if path.is_file())]
    assert len(files) - len(kept) > 12
    for path in files:
        data = path.read_bytes()
        assert not told(data), path
        if data.startswith(b"\x1f\x8b"):
            inner = json.loads(gzip.decompress(data))  # its texts are written in ASCII
            assert not told(json.dumps(inner, ensure_ascii=False).encode()), path
        if zipfile.is_zipfile(io.BytesIO(data)):
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                assert not any(told(archive.read(name)) for name in archive.namelist()), path


def test_private_files_are_ignored_by_git_and_closed_to_others(secret: Path) -> None:
    room = secret / "data" / "private"
    assert (room / "contacts.csv").stat().st_mode & 0o077 == 0
    subprocess.run(["git", "init", "-q", str(secret)], check=True)
    subprocess.run(["git", "-C", str(secret), "add", "-A"], check=True)
    listed = subprocess.run(["git", "-C", str(secret), "ls-files"], capture_output=True, check=True)
    assert b"private" not in listed.stdout and b"data/projects.csv" in listed.stdout
    assert "data/private/" in (ROOT / ".gitignore").read_text(encoding="utf-8")


def test_a_fresh_workspace_is_made_without_them(tmp_path: Path) -> None:
    package = tmp_path / "site" / "chainmap"
    shutil.copytree(ROOT / "chainmap", package, ignore=shutil.ignore_patterns("__pycache__"))
    inside = copy_of(ROOT, package / "workspace")
    room = inside / "data" / "private"
    room.mkdir()
    (room / "contacts.csv").write_text(f"project,name\nx,{NAME}\n", encoding="utf-8")
    done = chainmap("init", tmp_path / "new", workspace=None, cwd=tmp_path,
                    env={"PYTHONPATH": str(package.parent)})  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    files = [path for path in (tmp_path / "new").rglob("*") if path.is_file()]
    assert files and not any(told(path.read_bytes()) for path in files)


def test_a_wheel_and_a_source_archive_are_built_without_them(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(".git", "__pycache__", ".*_cache"))
    room = tree / "data" / "private"
    room.mkdir(exist_ok=True)
    (room / "contacts.csv").write_text(f"project,name\nx,{NAME}\n", encoding="utf-8")
    build = [sys.executable, "-m", "hatchling", "build", "-d", str(tmp_path / "dist")]
    done = subprocess.run(build, cwd=tree, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        assert any(name.endswith("workspace/data/projects.csv") for name in names)
        assert not [name for name in names if "private" in name and "data" in name]
    import tarfile

    (source,) = (tmp_path / "dist").glob("*.tar.gz")
    with tarfile.open(source) as tape:
        assert not [name for name in tape.getnames() if "data/private" in name]


def test_due_dates_are_counted_in_days(home: Path) -> None:
    soon, late = (DAY + timedelta(days=7)).isoformat(), (DAY - timedelta(days=3)).isoformat()
    run(home, "note", "ic-wuyuan-3d", "--next", "甲", "--due", soon, *WHO)
    run(home, "note", "mat-amer", "--next", "乙", "--due", late, *WHO)
    due = [row["project"] for row in as_json("projects", "--due", workspace=home)["rows"]]
    assert {"ic-wuyuan-3d", "mat-amer"} <= set(due)
    none = as_json("projects", "--days", "0", workspace=home)["rows"]
    assert "mat-amer" in {r["project"] for r in none}
    assert "ic-wuyuan-3d" not in {r["project"] for r in none}
