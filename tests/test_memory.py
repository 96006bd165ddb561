"""Results of earlier runs: the same as worked out anew, never stale, safe to lose or damage."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from running import ROOT, as_json, copy_of

from chainmap.rank.ranks import Request
from chainmap.read.memory import KEPT, Memory, memory
from chainmap.study import open_study

CHAIN = "hydrogen"
ASKED = ("rank", CHAIN, "--draws", "60")


def test_a_kept_result_is_the_one_worked_out_anew(tmp_path: Path) -> None:
    env = {"CHAINMAP_CACHE": str(tmp_path)}
    anew = as_json(*ASKED)
    assert as_json(*ASKED, env=env) == anew
    assert len(list(tmp_path.iterdir())) == 1
    assert as_json(*ASKED, env=env) == anew


@pytest.mark.parametrize(
    "change", [("--seed", "7"), ("--weights", "any"), ("--top", "3"), ("--draws", "61")]
)
def test_another_question_is_another_key(tmp_path: Path, change: tuple[str, str]) -> None:
    env = {"CHAINMAP_CACHE": str(tmp_path)}
    as_json(*ASKED, env=env)
    assert as_json(*ASKED, *change, env=env) == as_json(*ASKED, *change)
    assert len(list(tmp_path.iterdir())) == 2


def test_a_changed_weight_is_never_answered_from_memory(tmp_path: Path) -> None:
    env = {"CHAINMAP_CACHE": str(tmp_path / "kept")}
    workspace = copy_of(ROOT, tmp_path / "w")
    before = as_json(*ASKED, workspace=workspace, env=env)
    scoring = workspace / "data" / "scoring.yaml"
    text = scoring.read_text(encoding="utf-8")
    scoring.write_text(text.replace("fit: {value: 20", "fit: {value: 60"), encoding="utf-8")
    after = as_json(*ASKED, workspace=workspace, env=env)
    assert after["rows"] != before["rows"]
    assert after == as_json(*ASKED, workspace=workspace)


@pytest.mark.parametrize("damage", [b"", b"nonsense", b"\x93NUMPY\x01\x00"])
def test_a_damaged_file_is_worked_out_anew(tmp_path: Path, damage: bytes) -> None:
    def ranked() -> list[dict[str, Any]]:
        study = open_study(ROOT)
        study.world.memory = Memory(tmp_path)
        return study.ranking(Request(CHAIN, draws=60)).rows

    rows = ranked()
    (kept,) = tmp_path.iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(damage)
    assert ranked() == rows
    assert kept.read_bytes() == whole


def test_a_directory_that_cannot_be_used_is_no_error(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    held = Memory(file)
    held.keep("a", b"1")
    assert held.recall("a") is None and file.read_text() == "x"


def test_only_the_last_used_are_kept(tmp_path: Path) -> None:
    held = Memory(tmp_path)
    for at in range(KEPT + 5):
        held.keep(str(at), b"x")
    assert len(list(tmp_path.iterdir())) == KEPT
    assert held.recall(str(KEPT + 4)) == b"x" and held.recall("0") is None


def test_the_environment_says_where() -> None:
    assert memory({"CHAINMAP_CACHE": "off", "HOME": "/h"}).directory is None
    assert memory({"CHAINMAP_CACHE": "/x"}).directory == Path("/x")
    assert memory({"XDG_CACHE_HOME": "/c", "HOME": "/h"}).directory == Path("/c/chainmap")
    assert memory({"HOME": "/h"}).directory == Path("/h/.cache/chainmap")
    assert memory({}).directory is None
