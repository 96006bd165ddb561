"""Leader firms: who orders from many links here, and what is not sourced here yet."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import leaders_oracle
import pytest
import random_worlds
from hypothesis import HealthCheck, given, settings
from rank_files import read_files
from rank_worlds import rank_worlds
from running import as_json, chainmap, copy_of

from chainmap.study import open_study

ROOT = Path(__file__).parent.parent


def agree(path: Path) -> int:
    from chainmap.study.leaders import leader_rows

    study = open_study(path)
    chains = list(study.workspace.chains)
    city = leaders_oracle.City({c: read_files(path, c) for c in chains})
    rows = {row["firm"]: row for row in leader_rows(study)}
    assert set(rows) == leaders_oracle.leaders(city)
    for firm, row in rows.items():
        wanted = leaders_oracle.answer(city, firm)
        found = {**row, "links": {tuple(ref.split("/")) for ref in row["links"]}}
        assert set(wanted) <= set(found)
        for name, value in wanted.items():
            if isinstance(value, float):
                assert found[name] == pytest.approx(value, rel=1e-12, abs=1e-9), (firm, name)
            else:
                assert found[name] == value, (firm, name)
    return len(rows)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(world=rank_worlds())
def test_random_worlds_agree_with_the_oracle(world: random_worlds.World) -> None:
    with tempfile.TemporaryDirectory() as folder:
        random_worlds.write(world, Path(folder))
        agree(Path(folder))


def test_purchases_come_up_on_random_worlds() -> None:
    """Known purchases, whole and in part, are what the oracle is asked about, not only counts."""
    seen = set()

    @settings(
        max_examples=120,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(world=rank_worlds())
    def look(world: random_worlds.World) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder)
            random_worlds.write(world, path)
            chains = [file.stem for file in sorted((path / "chains").glob("*.yaml"))]
            city = leaders_oracle.City({c: read_files(path, c) for c in chains})
            for firm in leaders_oracle.leaders(city):
                value, whole = leaders_oracle.purchases(city, firm)
                if leaders_oracle.links(city, firm):
                    seen.add((value is not None, whole))

    look()
    assert {(True, True), (True, False), (False, False)} <= seen


def test_the_order_is_by_score_and_every_score_is_an_interval() -> None:
    rows = as_json("leaders")["rows"]
    assert len(rows) > 50
    scores = [row["score"] for row in rows]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= r["score_low"] <= r["score"] <= r["score_high"] <= 100 for r in rows)
    by_firm = {row["firm"]: row for row in rows}
    assert any("haier" in firm for firm in by_firm)


def test_a_chain_keeps_its_own_leaders() -> None:
    whole = {row["firm"] for row in as_json("leaders")["rows"]}
    mine = as_json("leaders", "--chain", "smart-appliance")["rows"]
    assert mine and {row["firm"] for row in mine} < whole
    assert all("smart-appliance" in row["chains"] for row in mine)


def test_the_screen_fits() -> None:
    from chainmap.core.text import width

    done = chainmap("leaders", env={"COLUMNS": "90"})
    assert done.returncode == 0, done.stderr.decode()
    assert max(map(width, done.stdout.decode().splitlines())) <= 90


def catalogue(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


CATALOGUE = (
    "产品,供应商,年采购额（亿元）,说明\n压缩机,长虹华意压缩机股份有限公司,3.5,\n说不清的东西,,,\n"
)
TAKE = ("--source", "cat-2026", "--date", "2026-10-01", "--grade", "B")


def taken(workspace: Path, file: Path, *more: str, leader: str = "haier-group") -> Any:
    return chainmap("leaders", "intake", file, "--leader", leader, *more, workspace=workspace)


def test_intake_shows_first_and_writes_only_when_told(tmp_path: Path) -> None:
    home = copy_of(ROOT, tmp_path)
    file = catalogue(tmp_path / "c.csv", CATALOGUE, "gb18030")
    before = (home / "data" / "sources.csv").read_bytes()
    done = taken(home, file, *TAKE)
    assert done.returncode == 0, done.stderr.decode()
    assert "压缩机" in done.stdout.decode() and "c.csv:3" in done.stdout.decode()
    assert not (home / "data" / "requests.csv").exists()
    assert (home / "data" / "sources.csv").read_bytes() == before
    done = taken(home, file, *TAKE, "--yes")
    assert done.returncode == 0, done.stderr.decode()
    rows = as_json("leaders", "requests", workspace=home)["rows"]
    assert {row["status"] for row in rows} == {"proposed"}
    assert {row["link"] for row in rows} <= {"fridge-compressor", "ac-compressor"}
    assert (home / "data" / "sources.csv").read_bytes().startswith(before)
    assert chainmap("validate", workspace=home).returncode == 0
    again = taken(home, file, *TAKE, "--yes")
    assert again.returncode == 0
    assert as_json("leaders", "requests", workspace=home)["rows"] == rows


def test_an_accepted_request_raises_pull_and_is_named_as_the_origin(tmp_path: Path) -> None:
    home = copy_of(ROOT, tmp_path)
    file = catalogue(tmp_path / "c.csv", CATALOGUE)
    assert taken(home, file, *TAKE, "--yes").returncode == 0
    (first, *_) = as_json("leaders", "requests", workspace=home)["rows"]
    before = {r["ref"]: r for r in as_json("rank", "smart-appliance", workspace=home)["rows"]}
    done = chainmap("leaders", "vet", first["id"], "--accept", "--because", "现场核实", *TAKE[:2],
                    workspace=home)  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    (vetted,) = [
        row
        for row in as_json("leaders", "requests", workspace=home)["rows"]
        if row["id"] == first["id"]
    ]
    assert (vetted["status"], vetted["reason"]) == ("accepted", "现场核实")
    after = {r["ref"]: r for r in as_json("rank", "smart-appliance", workspace=home)["rows"]}
    # A request by name raises the pull of the firm that was asked for, and of no other.
    mine = [ref for ref in after if ref.split("/")[1:] == [first["link"], first["wanted"]]]
    assert mine and all(
        after[ref]["criteria"]["pull"] > before[ref]["criteria"]["pull"] for ref in mine
    )
    table = as_json("table", "smart-appliance", workspace=home)["rows"]
    told = [row["来源"] for row in table if row["ref"] in mine]
    assert told and all("链主推荐" in origin for origin in told)


def test_rejecting_needs_a_reason_and_keeps_the_history(tmp_path: Path) -> None:
    home = copy_of(ROOT, tmp_path)
    assert taken(home, catalogue(tmp_path / "c.csv", CATALOGUE), *TAKE, "--yes").returncode == 0
    (first, *_) = as_json("leaders", "requests", workspace=home)["rows"]
    bare = chainmap("leaders", "vet", first["id"], "--reject", workspace=home)
    assert bare.returncode == 2
    file = home / "data" / "requests.csv"
    before = file.read_bytes()
    done = chainmap("leaders", "vet", first["id"], "--reject", "--because", "=自产", *TAKE[:2],
                    workspace=home)  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    assert file.read_bytes().startswith(before)
    none = chainmap("leaders", "vet", "nothing", "--accept", "--because", "x", workspace=home)
    assert none.returncode == 2


def test_the_cluster_sheet_goes_from_leader_to_district(tmp_path: Path) -> None:
    home = copy_of(ROOT, tmp_path)
    assert taken(home, catalogue(tmp_path / "c.csv", CATALOGUE), *TAKE, "--yes").returncode == 0
    rows = as_json("leaders", "cluster", "haier-group", workspace=home)["rows"]
    assert rows
    for row in rows:
        assert row["leader"] == "haier-group" and row["link"]
        assert row["candidates"] == [] or row["candidates"][0]["rank_p05"] is not None
        assert isinstance(row["districts"], list)


def test_bad_catalogues_are_named_by_place_and_nothing_is_written(tmp_path: Path) -> None:
    home = copy_of(ROOT, tmp_path)
    text = "产品,供应商,采购额\n压缩机,,abc\n,,1\n"
    done = taken(home, catalogue(tmp_path / "c.csv", text), *TAKE, "--yes")
    said = done.stderr.decode()
    assert done.returncode == 1
    assert "c.csv:2:" in said and "c.csv:3:" in said
    assert not (home / "data" / "requests.csv").exists()
    two = taken(home, catalogue(tmp_path / "d.csv", "产品,物料名称\na,b\n"), *TAKE)
    assert two.returncode == 1 and "d.csv:1:" in two.stderr.decode()
    unknown = taken(home, catalogue(tmp_path / "e.csv", CATALOGUE), *TAKE, leader="nobody")
    assert unknown.returncode == 2


def test_an_xlsx_is_read_without_formulas_and_within_limits(tmp_path: Path) -> None:
    import openpyxl

    home = copy_of(ROOT, tmp_path)
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "采购目录"
    sheet.append(["产品", "供应商", "年采购额（亿元）"])
    sheet.append(["压缩机", '=HYPERLINK("http://x")', 3])
    book.save(tmp_path / "c.xlsx")
    done = taken(home, tmp_path / "c.xlsx", *TAKE)
    assert done.returncode == 1
    assert "采购目录!B2" in done.stderr.decode()
    sheet["B2"] = None
    book.save(tmp_path / "c.xlsx")
    done = taken(home, tmp_path / "c.xlsx", *TAKE)
    assert done.returncode == 0, done.stderr.decode()
    import zipfile

    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("[Content_Types].xml", b" " * 300_000_000)
    done = taken(home, bomb, *TAKE)
    assert done.returncode == 1
    assert "bomb.xlsx" in done.stderr.decode()
