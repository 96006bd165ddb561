"""Leader firms: who orders from many links here, and what is not sourced here yet."""

from __future__ import annotations

import csv
import json
import os
import random
import shutil
import tempfile
from pathlib import Path
from typing import Any

import leaders_oracle
import pytest
import random_worlds
from hypothesis import HealthCheck, given, settings
from rank_files import read_files
from rank_worlds import rank_worlds
from read_back import ReadBack, calculated, nodes
from running import as_json, chainmap, copy_of

from chainmap.core.derivation import replay
from chainmap.show.why_data import as_data, plain
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
        max_examples=400,
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


CONTRACT = (
    "ref", "firm", "name", "chains", "links", "scale", "pull", "local_low", "local_high",
    "single_source", "score", "score_low", "score_high", "sources",
)  # fmt: skip


def test_rows_have_the_keys_of_the_contract_first() -> None:
    found = as_json("leaders", "--top", "3")
    assert len(found["rows"]) == 3
    for row in found["rows"]:
        assert tuple(row)[: len(CONTRACT)] == CONTRACT
        assert row["ref"] == f"leaders/{row['firm']}"
    assert sum(found["coverage"].values()) == pytest.approx(1)


def test_every_cell_answers_why_and_follows_from_its_json() -> None:
    study = open_study(ROOT)
    rows = as_json("leaders")["rows"]
    draw = random.Random(7)
    for column in rows[0]:
        row = draw.choice(rows[:60])
        figure = study.why(row["ref"], column)
        assert plain(figure.value) == row[column], (row["ref"], column)
        assert plain(replay(study.book, figure)) == row[column], (row["ref"], column)
        tree = json.loads(json.dumps(as_data(figure, {}.get)))
        back = ReadBack(study, tree)
        assert plain(back.value(back.figure(tree))) == row[column], (row["ref"], column)
        for one in nodes(tree):
            for formula in one.get("formulas", ()):
                assert calculated(formula) == formula["value"], formula


def test_the_screen_of_why_is_in_words() -> None:
    done = chainmap("why", "leaders/hisense")
    said = done.stdout.decode()
    assert done.returncode == 0
    assert "Sourcing(" not in said and "LeaderScore(" not in said and "Mark(" not in said
    assert "规模" in said and "data/scoring.yaml" in said


def test_a_chain_keeps_its_own_leaders() -> None:
    whole = {row["firm"] for row in as_json("leaders")["rows"]}
    mine = as_json("leaders", "smart-appliance")["rows"]
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
    home = copy_of(ROOT, tmp_path / "home")
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
    home = copy_of(ROOT, tmp_path / "home")
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


def test_a_judgement_on_the_day_of_the_request_takes_its_place(tmp_path: Path) -> None:
    home = copy_of(ROOT, tmp_path / "home")
    assert taken(home, catalogue(tmp_path / "c.csv", CATALOGUE), *TAKE, "--yes").returncode == 0
    (first, *_) = as_json("leaders", "requests", workspace=home)["rows"]
    file = home / "data" / "requests.csv"
    before = file.read_text(encoding="utf-8").splitlines()
    early = chainmap("leaders", "vet", first["id"], "--accept", "--because", "x", "--date",
                     "2026-09-30", workspace=home)  # fmt: skip
    assert early.returncode == 2 and file.read_text(encoding="utf-8").splitlines() == before
    done = chainmap("leaders", "vet", first["id"], "--reject", "--because", "=自产", "--date",
                    "2026-10-01", workspace=home)  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    after = file.read_text(encoding="utf-8").splitlines()
    assert len(after) == len(before)
    assert sum(one != other for one, other in zip(before, after, strict=True)) == 1
    found = {r["id"]: r for r in as_json("leaders", "requests", workspace=home)["rows"]}
    assert found[first["id"]]["status"] == "rejected"
    assert found[first["id"]]["reason"].startswith("=自产")
    assert chainmap("validate", workspace=home).returncode == 0
    accepted = as_json("leaders", "requests", "--status", "accepted", workspace=home)["rows"]
    assert accepted == []


def test_nothing_of_a_catalogue_is_lost(tmp_path: Path) -> None:
    home = copy_of(ROOT, tmp_path / "home")
    text = (
        "产品,供应商,年采购额（万元）,备注\n"
        "冰箱压缩机,长虹华意压缩机股份有限公司,10000,急需\n"
        "冰箱压缩机 二号,长虹华意压缩机股份有限公司,5000,\n"  # the same wish once more
        "冰箱压缩机,长虹华意压缩机股分有限公司,1,\n"  # a slip of the pen: proposed, not taken
        "说不清的东西,,,\n"
        ",没有这家公司,,\n"
    )
    rest = tmp_path / "rest.csv"
    file = catalogue(tmp_path / "c.csv", text, "gbk")
    found = json.loads(taken(home, file, *TAKE, "--rest", rest, "--format", "json").stdout)
    assert [row["line"] for row in found["rows"]] == [f"c.csv:{n}:1" for n in range(2, 7)]
    assert [row["how"] for row in found["rows"]] == ["new", "merged", "new", "nothing", "nothing"]
    one, _, slip, *left = found["rows"]
    assert one["purchase_100m_cny"] == pytest.approx(1.5)
    assert "急需" in one["reason"]
    assert slip["wanted"] == "冰箱压缩机"
    assert "长虹华意压缩机股分有限公司" in slip["reason"]
    assert slip["like"] and slip["like"][0] == one["wanted"]
    assert all(row["why"] for row in left)
    said = rest.read_text(encoding="utf-8-sig")
    assert "说不清的东西" in said and "没有这家公司" in said and "长虹" not in said
    assert taken(home, file, *TAKE, "--yes").returncode == 0
    other = taken(home, file, *TAKE, "--yes", leader="hisense")
    assert other.returncode == 0, other.stderr.decode()
    rows = as_json("leaders", "requests", workspace=home)["rows"]
    assert {row["leader"] for row in rows} == {"haier-group", "hisense"}
    assert [row["leaders"] for row in rows] == [2, 2, 2, 2]
    assert len({row["id"] for row in rows}) == 4
    assert chainmap("validate", workspace=home).returncode == 0


def test_a_line_that_fits_several_links_is_settled_in_the_file_of_the_rest(tmp_path: Path) -> None:
    home = copy_of(ROOT, tmp_path / "home")
    rest = tmp_path / "rest.csv"
    file = catalogue(tmp_path / "c.csv", "产品,采购额（亿元）\n压缩机,2\n轴承,1\n")
    found = json.loads(taken(home, file, *TAKE, "--rest", rest, "--format", "json").stdout)["rows"]
    assert [row["how"] for row in found] == ["ambiguous", "ambiguous"]
    assert "smart-appliance/ac-compressor" in found[0]["choices"]
    with rest.open(encoding="utf-8-sig", newline="") as opened:
        lines = list(csv.DictReader(opened))
    lines[0]["link"], lines[1]["link"] = "smart-appliance/ac-compressor", "smart-appliance/nothing"
    with rest.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, lines[0])
        writer.writeheader()
        writer.writerows(lines)
    found = json.loads(taken(home, rest, *TAKE, "--format", "json").stdout)["rows"]
    assert [row["how"] for row in found] == ["new", "nothing"]
    assert (found[0]["ref"], found[0]["purchase_100m_cny"]) == ("smart-appliance/ac-compressor", 2)
    assert "smart-appliance/nothing" in found[1]["why"]


def test_a_date_that_nobody_can_see_yet_is_refused(tmp_path: Path) -> None:
    home = copy_of(ROOT, tmp_path / "home")
    file = catalogue(tmp_path / "c.csv", CATALOGUE)
    done = taken(home, file, "--date", "2030-01-01", "--yes")
    assert done.returncode == 2 and "2030-01-01" in done.stderr.decode()
    assert not (home / "data" / "requests.csv").exists()
    # Without options the source is named after the leader, the day and what is in the file.
    assert taken(home, file, "--yes").returncode == 0
    (source,) = {s for r in as_json("leaders", "requests", workspace=home)["rows"]
                 for s in r["sources"]}  # fmt: skip
    again = catalogue(tmp_path / "d.csv", "产品\n冰箱压缩机\n")
    assert taken(home, again, "--yes").returncode == 0
    sources = {s for r in as_json("leaders", "requests", workspace=home)["rows"]
               for s in r["sources"]}  # fmt: skip
    assert source in sources and len(sources) == 2


def test_the_workspace_inside_the_package_is_not_edited(tmp_path: Path) -> None:
    """As an installed wheel has it: the data stand inside the package."""
    shutil.copytree(ROOT / "chainmap", tmp_path / "site" / "chainmap",
                    ignore=shutil.ignore_patterns("__pycache__", "workspace"))  # fmt: skip
    inside = copy_of(ROOT, tmp_path / "site" / "chainmap" / "workspace")
    file = catalogue(tmp_path / "c.csv", CATALOGUE)
    elsewhere = tmp_path / "cwd"
    elsewhere.mkdir()
    before = (inside / "data" / "sources.csv").read_bytes()
    environment = {"PYTHONPATH": str(tmp_path / "site")}
    for home in (None, inside):
        done = chainmap("leaders", "intake", file, "--leader", "haier-group", "--yes",
                        workspace=home, cwd=elsewhere, env=environment)  # fmt: skip
        assert done.returncode == 4, done.stderr.decode()
        assert "chainmap init" in done.stderr.decode()
        shown = chainmap("leaders", "intake", file, "--leader", "haier-group", workspace=home,
                         cwd=elsewhere, env=environment)  # fmt: skip
        assert shown.returncode == 0
    assert (inside / "data" / "sources.csv").read_bytes() == before
    assert not (inside / "data" / "requests.csv").exists()


def test_rejecting_needs_a_reason_and_keeps_the_history(tmp_path: Path) -> None:
    home = copy_of(ROOT, tmp_path / "home")
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
    home = copy_of(ROOT, tmp_path / "home")
    assert taken(home, catalogue(tmp_path / "c.csv", CATALOGUE), *TAKE, "--yes").returncode == 0
    rows = as_json("leaders", "cluster", "haier-group", workspace=home)["rows"]
    assert rows
    for row in rows:
        assert row["ref"] == f"{row['chain']}/{row['link']}"
        assert row["leader"] == "haier-group" and row["link"]
        assert row["candidates"] == [] or row["candidates"][0]["rank_p05"] is not None
        assert all(set(one) == {"district", "land_mu"} for one in row["districts"])
    flat = chainmap("leaders", "cluster", "haier-group", "--format", "csv", workspace=home)
    assert b"{" not in flat.stdout
    screen = chainmap("leaders", "cluster", "haier-group", workspace=home)
    assert screen.returncode == 0


def test_bad_catalogues_are_named_by_place_and_nothing_is_written(tmp_path: Path) -> None:
    home = copy_of(ROOT, tmp_path / "home")
    text = "产品,供应商,采购额（亿元）\n压缩机,,abc\n,,1\n"
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

    home = copy_of(ROOT, tmp_path / "home")
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


def test_without_the_reader_of_workbooks_its_command_is_named(tmp_path: Path) -> None:
    (tmp_path / "openpyxl.py").write_text(
        "raise ModuleNotFoundError('no openpyxl', name='openpyxl')\n", encoding="utf-8"
    )
    (tmp_path / "c.xlsx").write_bytes(b"PK")
    paths = os.pathsep.join([str(tmp_path), str(ROOT)])
    done = chainmap("leaders", "intake", tmp_path / "c.xlsx", "--leader", "haier-group",
                    env={"PYTHONPATH": paths}, cwd=tmp_path)  # fmt: skip
    assert done.returncode == 3
    assert 'pip install "industry-chainmap[xlsx]"' in done.stderr.decode()


def test_every_screen_fits_80_columns_and_gbk(tmp_path: Path) -> None:
    from chainmap.core.text import width

    home = copy_of(ROOT, tmp_path / "home")
    file = catalogue(tmp_path / "c.csv", CATALOGUE)
    commands: list[tuple[str | Path, ...]] = [
        ("intake", file, "--leader", "haier-group", *TAKE, "--yes"),
        ("requests",),
        ("cluster", "haier-group"),
        ("smart-appliance",),
    ]
    for command in commands:
        done = chainmap("leaders", *command, workspace=home, env={"COLUMNS": "80"})
        assert done.returncode == 0, done.stderr.decode()
        said = done.stdout.decode()
        said.encode("gbk")
        assert max(map(width, said.splitlines())) <= 80, command
