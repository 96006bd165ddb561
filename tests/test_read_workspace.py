"""A workspace is found, read whole, hashed by what it holds; files are refused before they cost."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from bad_inputs import SOUND

from chainmap.core.limits import Limits
from chainmap.core.problems import Place, Problem
from chainmap.read.files import decode, raw
from chainmap.read.where import Found, find
from chainmap.read.workspace import NO_DAY, load


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SOUND, tmp_path / "city"))


def test_a_workspace_is_found_in_the_stated_order(sound: Path, tmp_path: Path) -> None:
    inner = sound / "data"
    told = {"CHAINMAP_WORKSPACE": "/told"}
    assert find("/given", told, sound) == Found(Path("/given"), "option")
    assert find(None, told, sound) == Found(Path("/told"), "environment")
    assert find(None, {"CHAINMAP_WORKSPACE": ""}, sound) == Found(sound, "here")
    assert find(None, {}, inner) == Found(sound, "parent")
    found = find(None, {}, tmp_path)
    assert found.how == "shipped"
    assert (found.root / "chains" / "integrated-circuits.yaml").is_file()


def test_everything_is_read(sound: Path) -> None:
    heard: list[str] = []
    loaded, problems = load(sound, progress=heard.append)
    assert problems == []
    assert heard[-1] == "chains/probe.yaml"
    assert "data/firms.csv" in heard
    assert loaded.region == "示例市"
    assert loaded.study_date.text == "2025-12-31"
    assert loaded.study_date_at == Place("data/region.yaml", 2, 13)
    assert loaded.settings["status.strong_at"] == 0.6
    assert [row.text("firm") for row in loaded.rows("firms")] == ["f1", "f2"]
    assert loaded.rows("visits") == ()
    assert loaded.chains["probe"].place("panorama", "links", 2, "name").line == 13


def test_the_hash_follows_the_contents_alone(sound: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(sound, tmp_path / "elsewhere"))
    (copy / "notes.txt").write_text("not read")
    (copy / "chains" / "_draft.yaml").write_text("not read")
    assert load(copy)[0].hash == load(sound)[0].hash
    firms = copy / "data" / "firms.csv"
    firms.write_bytes(firms.read_bytes() + b"\n")
    changed = load(copy)[0].hash
    assert changed != load(sound)[0].hash
    firms.rename(copy / "data" / "visits.csv")
    assert load(copy)[0].hash not in (changed, load(sound)[0].hash)


def test_the_region_decides_the_study_date_and_its_lack_shows_nothing(sound: Path) -> None:
    (sound / "data" / "region.yaml").write_text("region: 示例市\n", encoding="utf-8")
    loaded, problems = load(sound)
    assert [one.code for one in problems] == ["C102"]
    assert loaded.study_date == NO_DAY
    assert all(row.as_of > loaded.study_date.last for row in loaded.rows("findings"))


def test_scoring_beside_the_directories_is_read_too(sound: Path) -> None:
    text = "weights:\n  gap: {value: 41, because: 试}\n"
    (sound / "scoring.yaml").write_text(text, encoding="utf-8")
    loaded, problems = load(sound)
    assert problems == []
    assert loaded.settings["weights.gap"] == 41
    assert loaded.settings.numbers["weights.gap"].at == Place("scoring.yaml", 2, 16)


def test_rows_with_errors_are_left_out_and_others_stay(sound: Path) -> None:
    path = sound / "data" / "presence.csv"
    path.write_text(path.read_text("utf-8").replace("西区,none", "北区,none"), encoding="utf-8")
    loaded, problems = load(sound)
    assert [one.code for one in problems] == ["T110"]
    assert [row.line for row in loaded.rows("presence")] == [2]


def test_districts_are_not_checked_where_no_table_names_them(sound: Path) -> None:
    (sound / "data" / "districts.csv").unlink()
    path = sound / "data" / "presence.csv"
    path.write_text(path.read_text("utf-8").replace("西区,none", "北区,none"), encoding="utf-8")
    assert load(sound)[1] == []


def test_a_broken_chain_does_not_make_its_rows_look_wrong(sound: Path) -> None:
    path = sound / "chains" / "probe.yaml"
    path.write_text(path.read_text("utf-8").replace("kind: emerging", "kind: x"), encoding="utf-8")
    loaded, problems = load(sound)
    assert [one.code for one in problems] == ["C117"]
    assert loaded.chains == {}
    assert len(loaded.rows("findings")) == 2


def test_problems_of_all_files_come_at_once_and_in_order(sound: Path) -> None:
    for name, old, new in (
        ("chains/probe.yaml", "kind: emerging", "kind: x"),
        ("data/findings.csv", "weak", "weka"),
        ("data/firms.csv", "2024,8000", "二零二四,8000"),
        ("data/region.yaml", "study_date", "study_dat"),
    ):
        path = sound / name
        path.write_text(path.read_text("utf-8").replace(old, new), encoding="utf-8")
    _, problems = load(sound)
    places = [one.at for one in problems]
    assert places == sorted(places)
    assert {one.at.file for one in problems} == {
        "chains/probe.yaml",
        "data/findings.csv",
        "data/firms.csv",
        "data/region.yaml",
    }


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    found = raw(tmp_path / "nothing", tmp_path, "yaml_bytes")
    assert isinstance(found, Problem)
    assert found.code == "F101"


def test_a_line_limit_knows_all_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "f"
    for data, line in (
        (b"12345\n12345\r12345\r\n12345", None),
        (b"12345\n123456", 2),
        (b"12345\r\n12345\r\n123456\n1", 3),
        (b"123456", 1),
        (b"\n\n\n\r\r\n\n123456\n", 7),
    ):
        path.write_bytes(data)
        found = raw(path, tmp_path, "table_bytes", Limits(line_bytes=5))
        if line is None:
            assert found == data
        else:
            assert isinstance(found, Problem)
            assert (found.code, found.at.line, found.words["size"]) == ("F104", line, 6)


@pytest.mark.parametrize(
    ("data", "text"),
    [("芯片".encode(), "芯片"), (b"\xef\xbb\xbf" + "芯片".encode(), "芯片"),
     ("芯片，𠮷".encode("gb18030"), "芯片，𠮷"), (b"", ""), (b"abc", "abc")],
)  # fmt: skip
def test_text_is_utf8_or_gb18030(data: bytes, text: str) -> None:
    assert decode(data, "f") == text


@pytest.mark.parametrize(
    ("data", "code", "line", "column"),
    [
        (b"ab\n\xd0\xbe\xff", "F105", 2, 2),
        ("a\n芯片产业\nx,".encode() + "产业".encode("gb18030"), "F106", 3, 3),
        ("a\n芯片".encode() + b"\xff\xff", "F105", 2, 3),
        (b"\xef\xbb\xbf" + "产业".encode("gb18030"), "F106", 1, 1),
    ],
)
def test_text_of_no_or_two_encodings(data: bytes, code: str, line: int, column: int) -> None:
    found = decode(data, "f")
    assert isinstance(found, Problem)
    assert (found.code, found.at.line, found.at.column) == (code, line, column)
