"""The path's targets: the city's programme where it was solved, else the chain's own choice."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from chainmap.plan.path import rows
from chainmap.read.memory import Memory
from chainmap.study import Study, open_study
from chainmap.study.sets import Order, inputs_of
from chainmap.study.targets import keep, recall
from tests.running import ROOT, as_json, chainmap
from tests.test_report_sets import FILES

DISTRICTS = (
    "district,leading_chains,land_mu,budget_100m_cny,source,as_of\n"
    "崂山区,one,,,s1,2026-01-01\n即墨区,two,,,s1,2026-01-01\n"
)
ONE = ("map", "one", "--view", "path")


@pytest.fixture
def world(tmp_path: Path) -> Path:
    root = tmp_path / "world"
    for name, text in {**FILES, "data/districts.csv": DISTRICTS}.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return root


def path_of(root: Path, cache: Path | None) -> tuple[list[dict[str, Any]], str]:
    """The rows of the path and what stands on stderr."""
    env = {"CHAINMAP_CACHE": str(cache) if cache else "off"}
    done = chainmap(*ONE, "--format", "json", workspace=root, env=env)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)["rows"], done.stderr.decode()


def test_without_a_programme_the_chain_chooses_for_itself_and_says_so(world: Path) -> None:
    found, said = path_of(world, None)
    (row,) = [row for row in found if row["in_plan"]]
    assert (row["firm"], row["district"], row["origin"]) == ("fb", "崂山区", "plan")
    assert "chainmap plan" in said
    done = chainmap(*ONE, workspace=world)
    assert "本链逐项择优安排1项" in "".join(done.stdout.decode().split())


def test_once_the_programme_is_solved_the_path_has_its_rows_each_once(
    world: Path, tmp_path: Path
) -> None:
    cache = tmp_path / "cache"
    env = {"CHAINMAP_CACHE": str(cache)}
    done = chainmap("plan", "--core", "0", "--format", "json", workspace=world, env=env)
    assert done.returncode == 0, done.stderr.decode()
    keys = ("link", "firm", "district", "start", "due")
    for chain in ("one", "two"):
        asked = ("map", chain, "--view", "path", "--format", "json")
        whole = chainmap(*asked, workspace=world, env=env)
        assert "chainmap plan" not in whole.stderr.decode()
        found = [row for row in json.loads(whole.stdout)["rows"] if row["in_plan"]]
        wanted = [row for row in json.loads(done.stdout)["rows"] if row["chain"] == chain]
        assert wanted
        assert sorted(r["firm"] for r in found) == sorted(r["firm"] for r in wanted)
        plain = [row for row in found if not row["needs"]]
        for row in plain:
            assert {k: row[k] for k in keys} in [{k: one[k] for k in keys} for one in wanted]
    text = "".join(chainmap(*ONE, workspace=world, env=env).stdout.decode().split())
    assert "招商计划安排1项" in text


def test_another_workspace_or_date_or_damage_is_no_programme(world: Path, tmp_path: Path) -> None:
    study = open_study(world)
    study.world.memory = Memory(tmp_path / "cache")
    seats = study.book.value("plan.programme", "all").seats
    keep(study.world, seats)
    kept = recall(study.world)
    assert kept and len(kept) == len(seats)
    (file,) = (tmp_path / "cache").glob("programme-*.json")
    for text in ("", "{}", "[[1]]", '[["one","nowhere","fb","崂山区","2026-07","2027-06"]]', "x",
                 '[["one","part","fb","崂山区","2026-13","2027-06"]]', "3"):  # fmt: skip
        file.write_text(text, encoding="utf-8")
        assert recall(study.world) is None
    later = open_study(world, "2026-12-31")
    later.world.memory = study.world.memory
    keep(study.world, seats)
    assert recall(study.world) and recall(later.world) is None
    study.world.supposed = "x"
    assert recall(study.world) is None


def test_a_set_of_reports_is_stale_once_the_programme_changes(world: Path, tmp_path: Path) -> None:
    study = open_study(world)
    study.world.memory = Memory(tmp_path / "cache")
    before = inputs_of(study, Order(), ("", ""))
    keep(study.world, study.book.value("plan.programme", "all").seats)
    assert inputs_of(study, Order(), ("", "")) != before


def test_no_solver_is_needed(world: Path) -> None:
    code = (
        "import sys; sys.modules['highspy'] = None\n"
        "from chainmap.study import open_study\n"
        f"path = open_study({str(world)!r}).path('one')\n"
        "print(path.basis, [a.firm for a in path.actions if a.in_plan])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout.decode().strip() == "greedy ['fb']"


@pytest.mark.parametrize("chain", ["hydrogen", "integrated-circuits", "tourism"])
def test_the_reference_paths_name_whom_they_bring_in(chain: str) -> None:
    study: Study = open_study(ROOT)
    path = study.path(chain)
    chosen = study.book.value("path.targets", chain).rows
    found = [a for a in path.actions if a.in_plan]
    assert sorted((a.link, a.firm) for a in found) == sorted((c.link, c.firm) for c in chosen)
    assert found
    for row in rows(path, study.chain(chain)):
        if row["in_plan"]:
            assert row["target"] and row["target"] in row["title"]
    assert as_json("map", chain, "--view", "path")["rows"] == rows(path, study.chain(chain))
