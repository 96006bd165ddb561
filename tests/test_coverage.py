"""What the data cover, and what to verify first."""

from __future__ import annotations

from pathlib import Path

import pytest
from running import ROOT, as_json, chainmap, copy_of

from chainmap.study import Study, open_study
from chainmap.study.coverage import ANSWERS, as_if, coverage_rows, looked_for, verify_rows

CHAIN = "hydrogen"


@pytest.fixture(scope="module")
def study() -> Study:
    return open_study(ROOT)


def test_coverage_counts_add_up(study: Study) -> None:
    for row in coverage_rows(study):
        assert sum(row[f"grade_{g}"] for g in ("a", "b", "c", "d", "none")) == row["links"]
        assert sum(n for key, n in row.items() if key.startswith("basis_")) == row["links"]
        assert row["looked"] <= row["links"] and row["no_candidates"] <= row["links"]
        if row["oldest"]:
            assert row["oldest"] <= row["newest"]


def test_an_answer_changes_what_the_override_would(study: Study, tmp_path: Path) -> None:
    """Setting the status in the chain file by hand gives the gaps that ``as_if`` foretells."""
    gap = next(row for row in study.gap_rows(CHAIN) if row["status"] == "unknown")
    workspace = copy_of(ROOT, tmp_path)
    path = workspace / "chains" / f"{CHAIN}.yaml"
    text = path.read_text(encoding="utf-8")
    for answer in ANSWERS["unknown"]:
        status = f"{{is: {answer}, because: 查, source: s102, as_of: 2020}}"
        lines = [
            f"{line}\n      status: {status}" if line.strip() == f"- id: {gap['link']}" else line
            for line in text.splitlines()
        ]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        by_hand = open_study(workspace).gap_rows(CHAIN, True)
        foretold = as_if(study, CHAIN, gap["link"], answer).gap_rows(CHAIN, True)
        keys = ("link", "status", "kind", "suspect", "settled", "priority")
        assert [[r[k] for k in keys] for r in by_hand] == [[r[k] for k in keys] for r in foretold]


def test_asking_what_if_leaves_the_study_as_it_was(study: Study) -> None:
    before = study.gap_rows(CHAIN, True)
    verify_rows(study, CHAIN)
    assert open_study(ROOT).gap_rows(CHAIN, True) == before == study.gap_rows(CHAIN, True)


def test_every_open_link_is_in_the_list_and_the_telling_ones_come_first(study: Study) -> None:
    rows = verify_rows(study, CHAIN)
    open_links = {r["ref"] for r in study.gap_rows(CHAIN) if r["status"] in ANSWERS}
    assert {row["ref"] for row in rows} == open_links
    assert [row["changes"] for row in rows] == sorted((r["changes"] for r in rows), reverse=True)
    assert all(row["changes"] == row["kinds"] + row["top20"] for row in rows)
    # An answer always settles at least the link itself.
    assert all(row["kinds"] >= 1 for row in rows)


def test_a_look_is_told_from_no_look(tmp_path: Path) -> None:
    workspace = copy_of(ROOT, tmp_path)
    head = "chain,link,firm,where,found,note,source,as_of\n"
    row = f"{CHAIN},membrane,,公开网页,no,,s102,2026-11-01\n"
    (workspace / "data" / "searched.csv").write_text(head + row, encoding="utf-8")
    study = open_study(workspace)
    assert not study.read_problems
    assert looked_for(study, CHAIN, "membrane") == "unseen"
    assert looked_for(study, CHAIN, "electrolyser-pem") == "never"
    assert "公开资料未见" in chainmap("gaps", CHAIN, workspace=workspace).stdout.decode()


def test_the_command_prints_both() -> None:
    assert {row["chain"] for row in as_json("data")["rows"]} >= {CHAIN}
    assert as_json("data", CHAIN, "--verify", "--top", "3")["rows"]
    assert chainmap("data").returncode == 0


def test_a_firm_is_called_by_a_list_only_while_it_is_on_it(study: Study) -> None:
    from chainmap.study.content import firm_class

    places = [row for row in study.world.newest("lists") if row.text("list") == "global500"]
    newest = max(row.text("year") for row in places)
    now = {row.text("firm") for row in places if row.text("year") == newest}
    once = {row.text("firm") for row in places} - now
    assert once and now
    assert all(firm_class(study, firm, "zh") != "世界500强" for firm in once)
    assert all(firm_class(study, firm, "zh") == "世界500强" for firm in now)
