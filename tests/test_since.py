"""What changed since the newest snapshot, or since the last quarter's end, as the page says it."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from running import as_json, chainmap

from chainmap.study import open_study
from chainmap.study.papers import Papers
from chainmap.study.since import quarter_end, states
from tests.test_report_sets import FILES

STATUSES = ("strong", "weak", "present", "missing", "planned", "unknown")
LATER = {
    "data/findings.csv": "one,ore,2026-05-02,s2,strong\n",
    "data/activities.csv": "fa,one,part,部件,main,s1,2026-05-03\n",
}


@pytest.fixture
def world(tmp_path: Path) -> Path:
    root = tmp_path / "world"
    for name, text in FILES.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return root


def append(world: Path, name: str, line: str) -> None:
    file = world / name
    file.write_text(file.read_text(encoding="utf-8") + line, encoding="utf-8")


def told(world: Path, chain: str = "one", official: bool = False, lang: str = "zh") -> str:
    study = open_study(world)
    report = Papers(study, study.chain(chain), lang, official).report
    label = {"zh": "变化：", "en": "Change:"}[lang]
    (found,) = [sentence for name, sentence in report.findings if name == label]
    return found


@pytest.mark.parametrize(
    ("day", "end"),
    [("2026-11-25", "2026-09-30"), ("2026-06-30", "2026-03-31"), ("2026-01-01", "2025-12-31"),
     ("2026-04-01", "2026-03-31"), ("2024-12-31", "2024-09-30")],
)  # fmt: skip
def test_the_last_quarter_ends_before_the_day(day: str, end: str) -> None:
    assert quarter_end(date.fromisoformat(day)).isoformat() == end


def counts(world: Path, *more: str) -> dict[str, int]:
    rows = as_json(*more, "chains", workspace=world)["rows"]
    (row,) = [one for one in rows if one["chain"] == "one"]
    return {status: row[status] for status in STATUSES}


def targets(world: Path, *more: str) -> list[str]:
    return [row["ref"] for row in as_json(*more, "table", "one", workspace=world)["rows"]][:20]


def test_without_snapshots_it_is_the_quarter_by_the_dates_of_rows(world: Path) -> None:
    for name, line in LATER.items():
        append(world, name, line)
    past = ("--as-of", "2026-03-31")
    before, now = counts(world, *past), counts(world)
    assert before != now
    study = open_study(world)
    (state,) = states(study)
    assert state == "2026-03-31"
    sentence = told(world)
    assert "2026-03-31" in sentence and "按资料日期" in sentence
    moved = {name: (before[name], now[name]) for name in STATUSES if before[name] != now[name]}
    found = re.findall(r"(\w) (\d+)→(\d+)", sentence)
    assert sorted(pair for _, *pair in found) == sorted([str(a), str(b)] for a, b in moved.values())
    came = set(targets(world)) - set(targets(world, *past))
    assert len(came) == 1 and "新进 1 项（甲公司）" in sentence
    for name in STATUSES:
        for end, where in (("before", before), ("now", now)):
            figure = study.why(f"since/one/{state}", f"{name}_{end}")
            assert figure.value == where[name]
    assert study.why(f"since/one/{state}", "came").value == sorted(came)


def test_a_snapshot_comes_before_the_quarter(world: Path) -> None:
    before = counts(world)
    assert chainmap("snapshot", "spring", workspace=world).returncode == 0
    assert "spring" in told(world) and "无变化" in told(world)
    append(world, "data/findings.csv", "one,ore,2026-02-02,s2,weak\n")  # dated before the quarter
    sentence = told(world)
    assert "spring" in sentence and "2026-03-31" not in sentence
    now = counts(world)
    for name in STATUSES:
        if before[name] != now[name]:
            assert f"{before[name]}→{now[name]}" in sentence
    assert "unknown 1→0" in told(world, lang="en")
    shown = chainmap("why", "since/one/spring", "--column", "weak_before", workspace=world)
    assert shown.returncode == 0 and shown.stdout.decode().startswith("weak_before: 0\n")


def test_a_snapshot_of_a_later_day_or_that_is_damaged_is_not_compared_with(world: Path) -> None:
    assert chainmap("snapshot", "spring", workspace=world).returncode == 0
    early = open_study(world, "2026-05-01")
    assert states(early) == ["2026-03-31"]
    (file,) = (world / "data/snapshots").iterdir()
    file.write_bytes(file.read_bytes()[:-20])
    assert states(open_study(world)) == ["2026-03-31"]


def test_a_chain_that_a_snapshot_does_not_have_is_said_to_be_new(world: Path) -> None:
    two = world / "chains/two.yaml"
    text = two.read_text(encoding="utf-8")
    two.unlink()
    for name in ("activities", "presence", "findings"):
        file = world / f"data/{name}.csv"
        lines = file.read_text(encoding="utf-8").splitlines(True)
        kept = [one for one in lines if ",two," not in one and not one.startswith("two,")]
        file.write_text("".join(kept), encoding="utf-8")
    assert chainmap("snapshot", "spring", workspace=world).returncode == 0
    two.write_text(text, encoding="utf-8")
    assert "spring" in told(world, "two") and "没有这条链" in told(world, "two")


def test_the_signed_form_speaks_of_links_only(world: Path) -> None:
    for name, line in LATER.items():
        append(world, name, line)
    assert "→" in told(world, official=True)
    assert "新进" not in told(world, official=True)


def test_the_page_shows_it_and_a_new_snapshot_makes_a_set_stale(
    world: Path, tmp_path: Path
) -> None:
    append(world, "data/findings.csv", LATER["data/findings.csv"])
    out = tmp_path / "set"
    order: list[Any] = ["report", "one", "-o", out]
    assert chainmap(*order, workspace=world).returncode == 0
    text = (out / "one-report.svg").read_text(encoding="utf-8")
    assert "变化：" in text and "2026-03-31" in text
    assert chainmap(*order, "--check", workspace=world).returncode == 0
    assert chainmap("snapshot", "spring", workspace=world).returncode == 0
    assert chainmap(*order, "--check", workspace=world).returncode == 1
