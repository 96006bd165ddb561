"""Relocation: who could move here, how close it is, and who is committed elsewhere."""

from __future__ import annotations

import csv
from pathlib import Path

from tests.running import as_json, chainmap

ROOT = Path(__file__).parent.parent
KEYS = ["ref", "firm", "name", "level", "parent", "hq_city", "destination", "market", "resource",
        "chain_closeness", "verdict", "reason", "sources"]  # fmt: skip


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
    found = as_json("relocation")
    rows = found["rows"]
    links = {one["ref"]: one["links"] for one in found["beside"]}
    told = {(row["firm"], row["dimension"]): float(row["value"]) for row in table("affinity")}
    for row in rows:
        for dimension in ("market", "resource"):
            assert row[dimension] == told.get((row["firm"], dimension)), row["firm"]
        assert (row["chain_closeness"] is None) == (not links[row["ref"]])
        assert row["chain_closeness"] is None or 0 <= row["chain_closeness"] <= 100


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


def test_subsidiaries_within_reach_come_first() -> None:
    found = as_json("relocation")
    rows = found["rows"]
    links = {one["ref"]: one["links"] for one in found["beside"]}
    able = [row for row in rows if links[row["ref"]] and not row["destination"]]
    assert rows[: len(able)] == able
    groups = [row["level"] in ("subsidiary", "branch") for row in able]
    assert groups == sorted(groups, reverse=True)


def test_the_screen_says_how_many_of_each() -> None:
    done = chainmap("relocation")
    assert done.returncode == 0, done.stderr.decode()
    assert "央企" in done.stdout.decode()
