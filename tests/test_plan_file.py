"""data/plan.yaml as it is read: what is sound, and every fault at its place."""

from __future__ import annotations

from pathlib import Path

import pytest
from running import ROOT, copy_of

from chainmap.core.model import Workspace
from chainmap.read.workspace import load

SOUND = """
leaders: [{leader: 副市长, chains: [hydrogen, display], meetings_a_quarter: 6}]
grounds: [{district: 即墨区, land_mu: 80.5, projects: 3}, {park: 中德氢动力产业园, land_mu: 100}]
targets: [{chain: hydrogen, link: stack, firm: ballard, land_mu: 120, budget_100m_cny: 2}]
must: [{firm: linde, year: 1, because: 会议}]
never: [{district: 市南区, because: 禁止类}]
chains: [{chain: hydrogen, least: 2, most: 8}]
order: [{chain: hydrogen, link: refuelling-station, after: stack}]
"""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_of(ROOT, tmp_path_factory.mktemp("planned"))


def read(workspace: Path, text: str) -> tuple[Workspace, list[str]]:
    (workspace / "data/plan.yaml").write_text(text, encoding="utf-8")
    found, problems = load(workspace)
    mine = [one for one in problems if one.at.file == "data/plan.yaml"]
    return found, [f"{one.at.line}:{one.at.column} {one.code}" for one in mine]


def test_sound_lines_are_kept_with_their_places(workspace: Path) -> None:
    found, faults = read(workspace, SOUND)
    assert not faults and found.plan is not None
    file = found.plan.file
    assert file.leaders[0].meetings_a_quarter == 6 and file.grounds[0].land_mu == 80.5
    assert file.targets[0].budget_100m_cny == 2 and file.must[0].year == 1
    assert file.chains[0].least == 2 and file.order[0].after == "stack"
    assert found.plan.place("must", 0, "year").line == 5
    assert found.plan.place("must", 0, "no-such").line == 5


def test_no_file_is_no_plan_and_no_fault(workspace: Path) -> None:
    (workspace / "data/plan.yaml").unlink(missing_ok=True)
    found, problems = load(workspace)
    assert found.plan is None
    assert not [one for one in problems if "plan" in one.at.file]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("must:\n  - {firm: lynde, because: 会议}\n", "2:12 L103"),
        ("must:\n  - {because: 会议}\n", "2:5 L101"),
        ("must:\n  - {firm: linde}\n", "2:5 C102"),
        ("must:\n  - {firm: linde, year: 0, because: 会议}\n", "2:25 L104"),
        ("must:\n  - {firm: linde, year: 1.5, because: 会议}\n", "2:25 C116"),
        ("never:\n  - {chain: hydrogen, link: stak, because: 会议}\n", "2:29 L103"),
        ("grounds:\n  - {district: 西海岸, land_mu: 3}\n", "2:16 L103"),
        ("grounds:\n  - {park: 无名园, land_mu: 3}\n", "2:12 L103"),
        ("grounds:\n  - {district: 即墨区, land_mu: -3}\n", "2:30 C116"),
        ("grounds:\n  - {land_mu: 3}\n", "2:5 L102"),
        ("grounds:\n  - {district: 即墨区, park: 中德氢动力产业园}\n", "2:5 L102"),
        ("chains:\n  - {chain: hydrogn, least: 1}\n", "2:13 L103"),
        ("leaders:\n  - {leader: 甲, chains: [hydrogn]}\n", "2:25 L103"),
        ("leaders:\n  - {leader: 甲, chains: []}\n", "2:25 C116"),
        ("order:\n  - {chain: hydrogen, link: stack, after: x}\n", "2:43 L103"),
        ("nevr: []\n", "1:1 C101"),
        ("must: 1\n", "1:7 C116"),
        ("must: [\n", "2:1 Y101"),
    ],
)
def test_a_fault_is_told_at_its_place(workspace: Path, text: str, fault: str) -> None:
    found, faults = read(workspace, text)
    assert fault in faults, faults
    assert found.plan is None, "a plan without one of its lines would be another plan"
