"""The page for the Monday meeting."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from kpi_worlds import TextRow, a_workspace
from running import ROOT, as_json, chainmap, copy_of
from state_worlds import world

from chainmap.core.model import Setting, Settings, Workspace
from chainmap.core.problems import Place
from chainmap.core.schema import BY_NAME, STAGE_DATES, STAGES
from chainmap.study import Study

PARTS = ("moved", "stuck", "due", "check", "status", "rose", "figures")
PROJECT = [column.name for column in BY_NAME["projects"].columns]
TODAY = date(2025, 6, 30)


def a_project(**cells: str) -> TextRow:
    row = dict.fromkeys((name for name in PROJECT if name != "source"), "")
    return {**row, "as_of": "2024-01-01", **cells}


def study_of(projects: list[TextRow], **numbers: float) -> Study:
    workspace: Workspace = a_workspace({"projects": projects}, TODAY)
    limits = {"projects.stale_days": 30.0, "projects.due_days": 14.0, **numbers}
    settings = {
        **workspace.settings.numbers,
        **{n: Setting(v, "test", Place("data/scoring.yaml")) for n, v in limits.items()},
    }
    object.__setattr__(workspace, "settings", Settings(settings))
    return Study(workspace, [], workspace.study_date)


# Plain reading of the same rows


def last(row: TextRow, name: str) -> date | None:
    return date.fromisoformat(row[name]) if row[name] else None


def plain_stage(row: TextRow) -> str:
    if row["stage"] == "终止" or ((ended := last(row, "ended")) and ended <= TODAY):
        return "终止"
    at = STAGES.index(row["stage"]) if row["stage"] else -1
    for index, name in enumerate(STAGE_DATES[:-1]):
        day = last(row, name)
        if day and day <= TODAY:
            at = max(at, index)
    return STAGES[at] if at >= 0 else ""


def plain_moves(row: TextRow, since: date) -> list[date]:
    days = [last(row, name) for name in (*STAGE_DATES, "progress_date")]
    return [day for day in days if day and since < day <= TODAY]


def plain_stale(row: TextRow) -> bool:
    if plain_stage(row) in ("投产", "达产", "终止"):
        return False
    days = [last(row, name) for name in (*STAGE_DATES, "progress_date")]
    known = [day for day in days if day and day <= TODAY]
    heard = max(known) if known else last(row, "as_of")
    assert heard is not None
    return (TODAY - heard).days > 30


def plain_due(row: TextRow) -> bool:
    due = last(row, "next_due")
    still_open = plain_stage(row) not in ("投产", "达产", "终止")
    return still_open and due is not None and (due - TODAY).days <= 14


def test_moved_stuck_and_due_are_what_the_rows_say() -> None:
    draw = random.Random(1)
    seen = [0, 0, 0]
    for _ in range(300):
        projects = []
        for number in range(draw.randint(1, 6)):
            cells = {"project": f"p{number}", "stage": draw.choice(("", *STAGES))}
            for name in (*STAGE_DATES, "progress_date", "next_due"):
                if draw.random() < 0.25:
                    day = TODAY + timedelta(days=draw.randint(-60, 25))
                    cells[name] = day.isoformat()
            as_of = TODAY - timedelta(days=draw.randint(0, 90))
            projects.append(a_project(**cells, as_of=as_of.isoformat()))
        study = study_of(projects)
        since = TODAY - timedelta(days=draw.choice((1, 7, 30)))
        moved = study.book.value("week.moved", since.isoformat())
        assert set(moved) == {row["project"] for row in projects if plain_moves(row, since)}
        by_day = [max(plain_moves(row, since)) for one in moved for row in projects
                  if row["project"] == one]  # fmt: skip
        assert by_day == sorted(by_day, reverse=True)
        stuck = study.book.value("week.stuck")
        assert set(stuck) == {row["project"] for row in projects if plain_stale(row)}
        due = study.book.value("week.due")
        assert set(due) == {row["project"] for row in projects if plain_due(row)}
        days = [last(row, "next_due") for one in due for row in projects if row["project"] == one]
        assert days == sorted(d for d in days if d)
        seen = [count + len(found) for count, found in zip(seen, (moved, stuck, due), strict=True)]
    assert min(seen) > 50


def test_what_stands_nearest_to_the_ground_is_spoken_of_first() -> None:
    rows = [a_project(project="a", stage="洽谈", investment_100m_cny="90"),
            a_project(project="b", stage="签约", investment_100m_cny="3"),
            a_project(project="c", stage="签约", investment_100m_cny="8"),
            a_project(project="d", stage="签约"), a_project(project="e", stage="投产")]  # fmt: skip
    assert study_of(rows).book.value("week.stuck") == ("c", "b", "d", "a")


# The page


def with_projects(tmp_path: Path) -> Path:
    root = world(tmp_path)
    rows = [
        a_project(project="moved", name="动了的项目", chain="x", link="b", stage="签约",
                  signed="2025-12-29", progress="签了框架", unit="市发改委", leader="副市长"),
        a_project(project="stuck", name="滞留<b>|项目", chain="x", link="c", stage="洽谈",
                  negotiated="2025-01-01", next_step="=HYPERLINK(1)", next_due="2025-12-20"),
    ]  # fmt: skip
    lines = [",".join(PROJECT)]
    lines += [",".join({**row, "source": "s1"}[name] for name in PROJECT) for row in rows]
    path = root / "data/projects.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return root


def parts_of(root: Path) -> dict[str, list[dict[str, Any]]]:
    rows = as_json("week", workspace=root)["rows"]
    return {part: [row for row in rows if row["part"] == part] for part in PARTS}


def test_each_row_stands_in_its_part_and_unfolds(tmp_path: Path) -> None:
    root = with_projects(tmp_path)
    parts = parts_of(root)
    (moved,) = parts["moved"]
    assert (moved["ref"], moved["day"], moved["note"]) == (
        "projects/moved",
        "2025-12-29",
        "签了框架",
    )
    assert (moved["unit"], moved["leader"]) == ("市发改委", "副市长")
    assert [row["ref"] for row in parts["stuck"]] == ["projects/stuck"]
    (due,) = parts["due"]
    assert (due["days"], due["day"]) == (-11, "2025-12-20")
    assert parts["check"] == [] and parts["status"] == parts["rose"] == []
    for row in (moved, due, *parts["figures"]):
        assert chainmap("why", row["ref"], workspace=root).returncode == 0


def test_targets_that_rose_are_named_with_the_rows_that_did_it(tmp_path: Path) -> None:
    root = with_projects(tmp_path)
    assert "尚无快照" in chainmap("week", workspace=root).stdout.decode()
    assert chainmap("snapshot", "last", workspace=root).returncode == 0
    assert parts_of(root)["rose"] == []
    activities = root / "data/activities.csv"
    text = activities.read_text(encoding="utf-8").replace("f1,x,a,a品,main", "f1,x,a,a品,minor")
    activities.write_text(text.replace("f2,x,a,a品,minor", "f2,x,a,a品,main"), encoding="utf-8")
    findings = root / "data/findings.csv"
    text = findings.read_text(encoding="utf-8").replace(
        "x,c,2025-01,s1,strong", "x,c,2025-01,s1,weak"
    )
    findings.write_text(text, encoding="utf-8")
    parts = parts_of(root)
    (status,) = parts["status"]
    assert (status["ref"], status["what"], status["note"]) == (
        "x/c", "强 → 弱", "环节结论有改动（findings.csv:3）"
    )  # fmt: skip
    rose = {row["ref"]: row for row in parts["rose"]}
    assert (
        rose["x/a/f2"]["what"] == "2 → 1"
        and "企业能力有改动（activities.csv:3）" in rose["x/a/f2"]["note"]
    )
    assert "x/a/f1" not in rose
    assert as_json("week", workspace=root)["snapshot"] == "last"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_reads_the_same_in_every_form(tmp_path: Path, lang: str) -> None:
    root = with_projects(tmp_path)
    seen = chainmap("--lang", lang, "week", workspace=root, env={"COLUMNS": "100"}).stdout.decode()
    mark = chainmap("--lang", lang, "week", "--format", "md", workspace=root).stdout.decode()
    page = tmp_path / "week.html"
    assert chainmap("--lang", lang, "week", "-o", page, workspace=root).returncode == 0
    html = page.read_text(encoding="utf-8")
    for text in (seen, mark, html):
        assert "动了的项目" in text and "签了框架" in text
    assert "滞留&lt;b&gt;" in html and "<b>" not in html.replace("<br>", "")
    assert "滞留&lt;b&gt;\\|项目" in mark and mark.count("\n## ") == 5
    assert html.startswith("<!doctype html>") and "default-src 'none'" in html


def test_what_the_journal_says_is_told_with_its_reason(tmp_path: Path) -> None:
    root = with_projects(tmp_path)
    edit = ("projects", "move", "stuck", "签约", "--on", "2025-12-30", "--because", "厂房已定")
    done = chainmap("--as-of", "2025-12-31", *edit, workspace=root)
    assert done.returncode == 0, done.stderr.decode()
    journal = root / "data/journal.csv"
    when = journal.read_text(encoding="utf-8").splitlines()[1].split(",")[1]
    text = journal.read_text(encoding="utf-8").replace(when[:10], "2025-12-31")
    journal.write_text(text + "9,2025-12-31T09:00,x,moved,2025,nosuch,a,b,c\n", encoding="utf-8")
    rows = {row["ref"]: row for row in parts_of(root)["moved"]}
    assert rows["projects/stuck"]["note"] == "阶段 洽谈 → 签约（厂房已定）"
    journal.write_text("edit,when\nx,\n", encoding="utf-8")  # one that makes no sense is left out
    assert {row["ref"] for row in parts_of(root)["moved"]} == {"projects/moved", "projects/stuck"}


def test_the_document_holds_the_page(tmp_path: Path) -> None:
    import docx

    root = with_projects(tmp_path)
    one, other = tmp_path / "a.docx", tmp_path / "b.docx"
    for path in (one, other):
        assert chainmap("week", "-o", path, workspace=root).returncode == 0
    assert one.read_bytes() == other.read_bytes()
    document = docx.Document(str(one))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert "滞留<b>|项目" in cells and "签了框架" in cells and "市发改委 副市长" in cells
    heads = [line.text for line in document.paragraphs if line.style.name == "Heading 1"]
    assert len(heads) == 5 and heads[0].endswith("动了什么")


def test_the_reference_workspace_has_its_page(tmp_path: Path) -> None:
    root = copy_of(ROOT, tmp_path / "w")
    done = chainmap("week", "--days", "365", workspace=root, env={"COLUMNS": "80"})
    text = done.stdout.decode()
    assert done.returncode == 0 and b"Traceback" not in done.stderr
    for title in ("动了什么", "卡在哪", "什么到期", "先核实什么", "本年指标"):
        assert title in text
    assert chainmap("week", "-o", tmp_path / "x.pdf", workspace=root).returncode == 2
