"""Relocation: who could move here, how close it is, and who is committed elsewhere."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

from chainmap.study import open_study
from chainmap.study.ledger import relocation_rows
from tests import ledger_oracle
from tests.running import as_json, chainmap
from tests.test_ledger import oracle_of

ROOT = Path(__file__).parent.parent
KEYS = ["ref", "firm", "name", "level", "parent", "hq_city", "destination", "market", "resource",
        "chain_closeness", "verdict", "reason", "sources", "window", "links",
        "would_change"]  # fmt: skip


def table(name: str) -> list[dict[str, str]]:
    with (ROOT / "data" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_every_central_enterprise_and_every_firm_in_beijing_is_listed_once() -> None:
    rows = as_json("relocation")["rows"]
    firms = [row["firm"] for row in rows]
    assert len(firms) == len(set(firms))
    lists = [row for row in table("lists") if row["list"] == "central_soe"]
    newest = max(row["year"] for row in lists)
    wanted = {row["firm"] for row in lists if row["year"] == newest}
    wanted |= {row["firm"] for row in table("firms") if "北京" in row["hq_city"]}
    assert wanted <= set(firms)
    assert all(list(row) == KEYS for row in rows)


def test_closeness_is_what_was_assessed_and_never_made_up() -> None:
    told = {(row["firm"], row["dimension"]): float(row["value"]) for row in table("affinity")}
    for row in as_json("relocation")["rows"]:
        for dimension in ("market", "resource"):
            assert row[dimension] == told.get((row["firm"], dimension)), row["firm"]
        assert (row["chain_closeness"] is None) == (not row["links"])
        assert row["chain_closeness"] is None or 0 <= row["chain_closeness"] <= 100


def test_links_closeness_and_verdict_agree_with_the_oracle() -> None:
    study = open_study(ROOT)
    oracle = oracle_of(ROOT, study)
    statuses = {
        (row["chain"], row["link"]): row["status"] for row in study.gap_rows(all_links=True)
    }
    for row in relocation_rows(study):
        firm = row["firm"]
        pairs = {tuple(ref.split("/")) for ref in row["links"]}
        assert pairs == ledger_oracle.links(oracle, firm, whole_group=False), firm
        assert row["chain_closeness"] == ledger_oracle.closeness(oracle, statuses, firm), firm
        assert row["verdict"] == ledger_oracle.verdict(oracle, firm, whole_group=False), firm


def test_those_committed_elsewhere_stay_with_where_to_and_come_last() -> None:
    rows = as_json("relocation")["rows"]
    gone = [row for row in rows if row["destination"]]
    moved = {
        row["firm"]
        for row in table("signals")
        if row["kind"] in ("moved_elsewhere", "relocation_announced")
        and row["toward"]
        and "青岛" not in row["toward"]
        and row["toward"].removesuffix("省") != "山东"
    }
    assert {row["firm"] for row in gone} == moved & {row["firm"] for row in rows}
    assert gone == rows[-len(gone) :]
    assert all(row["destination"] in row["reason"] for row in gone)
    assert {row["verdict"] for row in gone} == {"D"}


def test_subsidiaries_within_reach_come_first() -> None:
    rows = as_json("relocation")["rows"]
    able = [row for row in rows if row["verdict"] in ("A", "B")]
    assert able and all(row["links"] for row in rows[: len(able)])
    # Who is free and could serve an open link, then who could serve none, then who is bound.
    reach = [
        3 if row["destination"] else 0 if _scored(row) else 1 if row["links"] else 2 for row in rows
    ]
    assert reach == sorted(reach)
    for step in range(4):
        below = [
            row["level"] in ("subsidiary", "branch")
            for row, at in zip(rows, reach, strict=True)
            if at == step
        ]
        assert below == sorted(below, reverse=True), step


def _scored(row: dict[str, Any]) -> bool:
    """Whether the reason names a link and its score."""
    return re.search(r"\d 分.*·", row["reason"]) is not None


def test_the_screen_says_how_many_of_each() -> None:
    done = chainmap("relocation")
    assert done.returncode == 0, done.stderr.decode()
    assert "央企" in done.stdout.decode()
