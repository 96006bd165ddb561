"""What a screening writes: matches for the ranking, firms, and local absence as findings."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from registers import Here
from running import ROOT, as_json, chainmap

from chainmap.core.register import Tally
from chainmap.screen.rule import link_words
from chainmap.study import Study, open_study
from chainmap.study.screening_absent import Absence, absences, none_found, rows_here, stem
from chainmap.study.screening_into import (
    Into,
    Refused,
    into_findings,
    into_screened,
    resolved,
    source_row,
)

CODE = "91320506628390411J"
CHAIN = """
chain: hydrogen
name: 氢能
name_en: Hydrogen
kind: emerging
region: 青岛市
as_of: 2025-12-31
chief: 市级领导
bureau: 市发展改革委
panorama:
  stages: [{id: up, name: 上游}]
  links:
    - {id: cell, name: 电解槽, stage: up, products: [碱性电解槽], exclude: [电解水机]}
    - {id: stack, name: 电堆, stage: up, products: [燃料电池电堆]}
    - {id: bus, name: 氢能客车, stage: up, products: [氢燃料电池客车]}
  flows:
    - {from: stack, to: bus}
    - {from: cell, to: bus, need: optional}
"""
SOURCES = """source,title,publisher,url,date,grade
s1,走访,,,2025-06-30,B
reg,企业名录,,,2025-09-30,B
late,企业名录,,,2025-11-30,A
undated,企业名录,,,,B
lead,线索,,,2025-09-30,D
"""
FIRMS = "firm,name,aliases,hq_city,source,as_of\r\nold,老电解槽有限公司,,苏州,s1,2025\r\n"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "chains").mkdir()
    (tmp_path / "data").mkdir()
    (tmp_path / "chains/hydrogen.yaml").write_text(CHAIN, encoding="utf-8")
    (tmp_path / "data/sources.csv").write_text(SOURCES, encoding="utf-8")
    (tmp_path / "data/firms.csv").write_bytes(FIRMS.encode("gb18030"))
    (tmp_path / "data/presence.csv").write_text(
        "firm,chain,link,district,activity,source,as_of\nold,hydrogen,bus,城阳,production,s1,2025\n",
        encoding="utf-8",
    )
    region = {"region": "青岛市", "study_date": "2025-12-31"}
    (tmp_path / "data/region.yaml").write_text(yaml.safe_dump(region, allow_unicode=True))
    shutil.copy(ROOT / "data/scoring.yaml", tmp_path / "data/scoring.yaml")
    return tmp_path


def row(study: Study, ident: str, name: str, link: str, score: int = 7, **more: Any) -> Any:
    who = resolved(study, [(ident, name)])[ident, name]
    return {
        "chain": "hydrogen", "link": link, "firm": who.firm, "name": name, "score": score,
        "words": ["电解槽", "碱性电解槽"], "known_firm": who.known, "register_id": ident,
        "city": None, **more,
    }  # fmt: skip


LINKS = {("hydrogen", "cell"), ("hydrogen", "stack"), ("hydrogen", "bus")}


def written(place: Path, found: Into) -> None:
    assert not found.problems
    for name, one in found.files.items():
        assert one.now is not None
        (place / name).write_bytes(one.now)


def rows_of(place: Path, table: str) -> list[dict[str, str]]:
    data = (place / f"data/{table}.csv").read_bytes()
    text = data.decode("gb18030" if table == "firms" else "utf-8")
    return list(csv.DictReader(text.splitlines()))


def screen_into(place: Path, *given: tuple[Any, ...], source: str = "reg") -> Into:
    study = open_study(place)
    rows = [row(study, *one[:3], **(one[3] if len(one) > 3 else {})) for one in given]
    return into_screened(study, rows, LINKS, source_row(study, source))


def test_matches_and_new_firms_are_written_and_nothing_twice(place: Path) -> None:
    given = [
        (CODE, "苏州竞立制氢设备有限公司", "cell", {"city": "苏州"}),
        ("7", "老电解槽有限公司", "cell"),
        (CODE, "苏州竞立制氢设备有限公司", "stack"),
    ]
    found = screen_into(place, *given)
    assert [(one.what, one.sheet, one.key) for one in found.changes] == [
        ("added", "screened", f"r-{CODE.lower()}/hydrogen/cell"),
        ("added", "screened", "old/hydrogen/cell"),
        ("added", "screened", f"r-{CODE.lower()}/hydrogen/stack"),
        ("added", "firms", f"r-{CODE.lower()}"),
    ]
    written(place, found)
    assert (place / "data/firms.csv").read_bytes().startswith(FIRMS.encode("gb18030"))
    assert rows_of(place, "firms")[-1] == {
        "firm": f"r-{CODE.lower()}", "name": "苏州竞立制氢设备有限公司", "aliases": CODE,
        "hq_city": "苏州", "source": "reg", "as_of": "2025-09-30",
    }  # fmt: skip
    assert rows_of(place, "screened")[1] == {
        "firm": "old", "chain": "hydrogen", "link": "cell", "words": "电解槽|碱性电解槽",
        "score": "7", "source": "reg", "as_of": "2025-09-30",
    }  # fmt: skip
    again = screen_into(place, *given)
    assert (again.changes, again.files) == ([], {})


def test_another_run_replaces_the_rows_of_its_source_and_links_alone(place: Path) -> None:
    written(place, screen_into(place, ("A1", "甲氢能有限公司", "cell"), ("B2", "乙氢能厂", "cell")))
    written(place, screen_into(place, ("C3", "丙氢能有限公司", "cell"), source="late"))
    found = screen_into(place, ("B2", "乙氢能厂", "cell", {"score": 9}))
    kinds = {(one.what, one.sheet, one.key) for one in found.changes}
    assert kinds == {
        ("removed", "screened", "r-a1/hydrogen/cell"),
        ("changed", "screened", "r-b2/hydrogen/cell"),
    }
    written(place, found)
    assert [(one["firm"], one["score"], one["source"]) for one in rows_of(place, "screened")] == [
        ("r-b2", "9", "reg"), ("r-c3", "7", "late"),
    ]  # fmt: skip
    study = open_study(place)
    other = into_screened(study, [], {("other", "link")}, source_row(study, "reg"))
    assert not other.changes


def test_of_two_rows_of_a_firm_on_a_link_the_first_counts(place: Path) -> None:
    found = screen_into(
        place, ("1", "老电解槽有限公司", "cell", {"score": 9}), ("2", "老电解槽有限公司", "cell")
    )
    (change,) = found.changes
    assert ("score", "", "9") in change.cells


def test_hostile_names_become_plain_cells(place: Path) -> None:
    bad = '=HYPERLINK("x")\u202e,"甲\r\n乙"<script>\x1b[31m'
    written(place, screen_into(place, ("X9", bad, "cell"), ("X8", "\x00", "cell")))
    study = open_study(place)
    assert not [one for one in study.read_problems if one.severity == "error"]
    assert study.firms["r-x9"].text("name") == '=HYPERLINK("x") ,"甲 乙"<script> [31m'
    assert b"'=HYPERLINK" in (place / "data/firms.csv").read_bytes()
    assert [one["firm"] for one in rows_of(place, "screened")] == ["r-x9"]


@pytest.mark.parametrize(
    ("source", "least", "key"),
    [("nobody", "D", "into.source"), ("undated", "D", "into.undated"), ("lead", "B", "into.grade")],
)
def test_a_source_must_be_there_dated_and_good_enough(
    place: Path, source: str, least: str, key: str
) -> None:
    with pytest.raises(Refused) as caught:
        source_row(open_study(place), source, least)
    assert caught.value.key == key


def test_what_the_checks_of_the_workspace_refuse_is_not_written(place: Path) -> None:
    study = open_study(place)
    bad = {**row(study, "A1", "甲氢能有限公司", "cell"), "score": -1}
    found = into_screened(study, [bad], LINKS, source_row(study, "reg"))
    assert found.problems
    assert not found.files


def test_screened_firms_are_ranked_with_their_words(place: Path) -> None:
    from chainmap.rank.ranks import Request

    written(place, screen_into(place, (CODE, "苏州竞立制氢设备有限公司", "stack")))
    study = open_study(place)
    found = study.ranking(Request("hydrogen", basis="match", draws=0)).rows
    assert [(one["firm"], one["link"], one["basis"]) for one in found] == [
        (f"r-{CODE.lower()}", "stack", "match")
    ]
    assert found[0]["unknown"]["fit"][1] == study.world.settings["fit.match_ceiling"]
    assert found[0]["sources"] == ["reg"]


# absence


def absent(place: Path, *given: tuple[Any, ...], source: str = "reg") -> tuple[Into, list[Absence]]:
    study = open_study(place)
    links = link_words(study.chain("hydrogen"))
    found = absences(study, links, [row(study, *one) for one in given], source)
    behind = source_row(study, source, "B")
    wanted = none_found(found, links, Tally(read=900, revoked=100, filtered=300), "青岛市", behind)
    return into_findings(study, wanted, LINKS, behind), found


def kinds(place: Path) -> dict[str, tuple[str, str]]:
    rows = open_study(place).gap_rows("hydrogen", all_links=True)
    return {one["link"]: (one["status"], one["kind"]) for one in rows}


def test_nobody_in_a_complete_register_settles_what_was_to_check(place: Path) -> None:
    assert kinds(place) == {
        "cell": ("unknown", "check"), "stack": ("unknown", "check"), "bus": ("present", "check")
    }  # fmt: skip
    changes, found = absent(place, ("A1", "青岛甲氢能有限公司", "cell"))
    assert {one.link: one.verdict for one in found} == {
        "cell": "leads", "stack": "none_found", "bus": "made_here",
    }  # fmt: skip
    written(place, changes)
    assert kinds(place) == {
        "cell": ("unknown", "check"), "stack": ("missing", "fill"), "bus": ("present", "check")
    }  # fmt: skip
    (said,) = rows_of(place, "findings")
    assert (said["status"], said["source"], said["as_of"]) == ("none_found", "reg", "2025-09-30")
    assert "500 家" in said["note"]
    assert "燃料电池电堆" in said["note"]
    again, _ = absent(place, ("A1", "青岛甲氢能有限公司", "cell"))
    assert not again.changes
    # Whoever turns up later takes the finding away.
    later, _ = absent(place, ("A1", "青岛甲氢能有限公司", "cell"), ("B2", "青岛乙公司", "stack"))
    assert [(one.what, one.key) for one in later.changes] == [
        ("removed", "hydrogen/stack/2025-09-30/reg")
    ]


def test_a_register_without_rows_of_the_region_says_nothing(place: Path) -> None:
    study = open_study(place)
    with pytest.raises(Refused) as caught:
        none_found([], [], Tally(read=900, filtered=900), "青岛市", source_row(study, "reg"))
    assert caught.value.key == "into.nobody"


@pytest.mark.parametrize("region", ["青岛", "青岛市", "山东省青岛市", "山东省青岛"])
def test_a_region_is_one_place_however_it_is_written(region: str) -> None:
    assert stem(region) == "青岛"


@pytest.mark.parametrize("region", ["", "'; drop", "青岛%", "a'b"])
def test_a_region_is_a_plain_name(region: str) -> None:
    with pytest.raises(Refused):
        rows_here(region)


# the command


REGISTER = [
    (CODE, "青岛甲氢能有限公司", "碱性电解槽制造", "青岛市", "存续"),
    ("B2", "济南乙电堆有限公司", "燃料电池电堆制造", "济南市", "存续"),
    ("C3", "青岛丙电堆有限公司", "燃料电池电堆制造", "山东省青岛市", "注销"),
    ("D4", "老电解槽有限公司", "电解槽制造；电解水机销售", "苏州", "存续"),
    ("E5", "青岛丁商贸有限公司", "食品销售", "青岛", "在营"),
]


@pytest.fixture
def register(place: Path) -> Path:
    path = place / "register.csv"
    rows = [("统一社会信用代码", "企业名称", "经营范围", "城市", "经营状态"), *REGISTER]
    path.write_text("".join(",".join(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_the_command_lists_writes_and_ranks(place: Path, register: Path) -> None:
    into = ("screen", register, "--into", "data/screened.csv", "--source", "reg")
    looked = chainmap(*into, workspace=place)
    assert looked.returncode == 0, looked.stderr.decode()
    assert not (place / "data/screened.csv").exists()
    assert f"r-{CODE.lower()}/hydrogen/cell" in looked.stdout.decode()
    done = chainmap(*into, "--yes", workspace=place)
    assert done.returncode == 0, done.stderr.decode()
    rows = [(one["firm"], one["link"], one["words"]) for one in rows_of(place, "screened")]
    assert rows == [
        (f"r-{CODE.lower()}", "cell", "电解槽|碱性电解槽"),
        ("r-b2", "stack", "电堆|燃料电池电堆"),
    ]
    before = {path: path.read_bytes() for path in (place / "data").iterdir()}
    assert as_json(*into, "--yes", workspace=place)["rows"] == []
    assert {path: path.read_bytes() for path in (place / "data").iterdir()} == before
    ranked = as_json("rank", "--basis", "match", workspace=place)
    assert {one["firm"] for one in ranked["rows"]} == {f"r-{CODE.lower()}", "r-b2"}
    why = chainmap("why", "hydrogen/stack/r-b2", workspace=place).stdout.decode()
    # The words that the register holds, in the row that says so.
    assert "words = 电堆 / 燃料电池电堆" in why


def test_the_command_settles_what_was_to_check(place: Path, register: Path) -> None:
    absent = ("screen", register, "--region", "青岛", "--absent", "--complete")
    shown = as_json(*absent, workspace=place)
    assert [(one["link"], one["verdict"], one["count"]) for one in shown["rows"]] == [
        ("cell", "leads", 1), ("stack", "none_found", 0), ("bus", "made_here", 0),
    ]  # fmt: skip
    into = (*absent, "--into", "data/findings.csv", "--source", "reg", "--yes")
    done = chainmap(*into, workspace=place)
    assert done.returncode == 0, done.stderr.decode()
    assert kinds(place)["stack"] == ("missing", "fill")
    assert kinds(place)["cell"] == ("unknown", "check")


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (("--absent",), 2),
        (("--absent", "--complete", "--where", "capital > 1"), 2),
        (("--into", "data/screened.csv"), 2),
        (("--source", "reg"), 2),
        (("--into", "data/firms.csv", "--source", "reg"), 2),
        (("--into", "data/screened.csv", "--source", "nobody"), 2),
        (("--absent", "--complete", "--into", "data/findings.csv", "--source", "lead"), 2),
        (("--absent", "--complete", "--region", "沈阳"), 1),
        (
            (
                "--absent",
                "--complete",
                "--region",
                "济南",
                "--into",
                "data/findings.csv",
                "--source",
                "reg",
            ),
            2,
        ),
        (("--region", "a'b"), 2),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_written(
    run: Here, place: Path, register: Path, more: tuple[str, ...], code: int
) -> None:
    before = {path.name for path in (place / "data").iterdir()}
    assert run("screen", register, *more, workspace=place).returncode == code
    after = {path.name for path in (place / "data").iterdir()}
    assert after - before <= {"register.yaml"}
