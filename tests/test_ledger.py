"""The ledger: every firm of a list once, what is known of it, and a verdict from the facts."""

from __future__ import annotations

import csv
import json
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from chainmap.rank.ranks import Request
from chainmap.study import open_study
from tests import ledger_oracle, random_worlds
from tests.rank_worlds import rank_worlds
from tests.running import as_json, chainmap

ROOT = Path(__file__).parent.parent
KEYS = ["ref", "firm", "name", "list", "rank", "here", "chains", "links", "verdict", "reason",
        "evidence_grade", "sources"]  # fmt: skip


def listed(name: str) -> list[str]:
    """The firms of the newest year of a list, as its file has them."""
    with (ROOT / "data" / "lists.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["list"] == name]
    newest = max(row["year"] for row in rows)
    return [row["firm"] for row in rows if row["year"] == newest]


@pytest.mark.parametrize("name", ["global500", "china500", "central_soe", "private500"])
def test_as_many_go_out_as_came_in(name: str) -> None:
    rows = as_json("ledger", "--list", name)["rows"]
    assert Counter(row["firm"] for row in rows) == Counter(listed(name))
    ranks = [int(row["rank"]) for row in rows]
    assert ranks == sorted(ranks)
    for row in rows:
        assert list(row) == KEYS
        assert row["ref"] == f"ledger/{name}/{row['firm']}"
        assert row["reason"]


def test_each_verdict_says_what_would_change_it() -> None:
    found = as_json("ledger", "--list", "global500")
    rows, beside = found["rows"], found["beside"]
    assert [row["ref"] for row in rows] == [row["ref"] for row in beside]
    assert {row["verdict"] for row in rows} <= {"A", "B", "C", "D", "?"}
    told = [
        one["would_change"]
        for row, one in zip(rows, beside, strict=True)
        if row["verdict"] in ("B", "C", "?")
    ]
    assert sum(map(bool, told)) > 100
    assert all(row["chains"] for row in rows if row["verdict"] in "AB")
    assert not any(row["links"] for row in rows if row["verdict"] in "D?")


def test_the_reference_ledger_agrees_with_the_oracle() -> None:
    found = as_json("ledger", "--list", "central_soe")["rows"]
    scores = {}
    study = open_study(ROOT)
    for chain in study.workspace.chains:
        for row in study.ranking(Request(chain, draws=1)).rows:
            scores[row["firm"], row["chain"], row["link"]] = row
    oracle = ledger_oracle.read(ROOT, list(study.workspace.chains), scores)
    for row in found:
        firm = row["firm"]
        assert row["here"] == ledger_oracle.here(oracle, firm), firm
        pairs = {tuple(ref.split("/")) for ref in row["links"]}
        assert pairs == ledger_oracle.links(oracle, firm), firm
        assert row["verdict"] == ledger_oracle.verdict(oracle, firm), firm


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(world=rank_worlds())
def test_random_worlds_agree_with_the_oracle(world: random_worlds.World) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        random_worlds.write(world, path)
        study = open_study(path)
        chains = list(study.workspace.chains)
        scores = {
            (row["firm"], row["chain"], row["link"]): row
            for chain in chains
            for row in study.ranking(Request(chain, draws=1)).rows
        }
        oracle = ledger_oracle.read(path, chains, scores)
        for firm in [row.text("firm") for row in study.world.newest("firms")]:
            value = study.book.value
            assert value("ledger.here", firm).word == ledger_oracle.here(oracle, firm)
            assert value("ledger.verdict", firm, "group").letter == ledger_oracle.verdict(
                oracle, firm
            )
            own = value("ledger.verdict", firm, "own").letter
            assert own == ledger_oracle.verdict(oracle, firm, whole_group=False)


def test_an_unknown_list_is_wrong_usage_with_a_guess() -> None:
    done = chainmap("ledger", "--list", "global50")
    assert done.returncode == 2
    assert "global500" in done.stderr.decode()


def test_filters_keep_the_counts_of_the_whole() -> None:
    whole = as_json("ledger", "--list", "central_soe")
    here = as_json("ledger", "--list", "central_soe", "--here", "yes")
    assert [r for r in whole["rows"] if r["here"] == "yes"] == here["rows"]
    assert whole["counts"] == here["counts"]
    only = as_json("ledger", "--list", "central_soe", "--verdict", "A")
    assert {row["verdict"] for row in only["rows"]} <= {"A"}


@pytest.mark.parametrize("width", ["80", "120"])
def test_the_screen_fits_and_counts(width: str) -> None:
    done = chainmap("ledger", "--list", "central_soe", env={"COLUMNS": width, "NO_COLOR": "1"})
    text = done.stdout.decode()
    assert "100" in text.splitlines()[1]
    from chainmap.core.text import width as cells

    assert max(map(cells, text.splitlines())) <= int(width)


def test_csv_reads_back_the_same_rows(tmp_path: Path) -> None:
    file = tmp_path / "ledger.csv"
    assert chainmap("ledger", "--list", "central_soe", "-o", file).returncode == 0
    with file.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    wanted: list[dict[str, Any]] = as_json("ledger", "--list", "central_soe")["rows"]
    assert [row["firm"] for row in rows] == [row["firm"] for row in wanted]
    assert json.dumps([row["verdict"] for row in rows]) == json.dumps(
        [row["verdict"] for row in wanted]
    )
