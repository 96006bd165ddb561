"""What the package is made of: every dependency has its row, and a build gives the same bytes."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from running import ROOT

NEED = re.compile(r"([A-Za-z0-9_.-]+)(?:\[([a-z,]+)\])?(?:>=([0-9.]+))?$")
OURS = "industry-chainmap"


def _named() -> dict[str, tuple[str, str]]:
    """Package to (lowest release, extra) as pyproject.toml names them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found: dict[str, tuple[str, str]] = {}
    groups = {"": project["dependencies"], **project["optional-dependencies"]}
    for extra, needs in groups.items():
        for need in needs:
            match = NEED.match(need)
            assert match, f"{need}: a dependency is NAME>=LOWEST"
            name, _, lowest = match.groups()
            if name != OURS:
                assert lowest, f"{need}: no lowest release"
                assert name not in found, f"{name} is named twice"
                found[name] = (lowest, extra)
    return found


def _rows() -> dict[str, list[str]]:
    lines = (ROOT / "DEPENDENCIES.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if "|" in line]
    return {row[0]: row[1:] for row in rows[2:]}


def test_every_dependency_has_its_row_and_every_row_its_dependency() -> None:
    rows = _rows()
    assert {name: (row[0], row[1]) for name, row in rows.items()} == _named()


def test_every_row_says_why_under_which_licence_and_how_fresh() -> None:
    for name, (_, _, why, licence, seen) in _rows().items():
        assert len(why) > 4, name
        assert re.match(r"(MIT|BSD-[23]-Clause|Apache-2\.0|MPL-2\.0)\b", licence), name
        assert re.fullmatch(r"\d[\w.]*, 20\d\d-(0[1-9]|1[0-2])", seen), name


def test_what_is_installed_agrees_with_the_licence_that_is_stated() -> None:
    import importlib.metadata

    stated = 0
    for name, row in _rows().items():
        try:
            about = importlib.metadata.metadata(name)
        except importlib.metadata.PackageNotFoundError:
            continue
        said = about.get("License-Expression")
        if said:
            assert said.split()[0] == row[3].split()[0], name
            stated += 1
    assert stated > 10


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two builds of the same files: another directory, time, zone, language and umask."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, encoding="utf-8", check=False
    )
    if listed.returncode:
        pytest.skip("not a clone")
    made = []
    for zone, language, mask, age in (
        ("UTC", "C.UTF-8", 0o022, 0),
        ("Asia/Tokyo", "C", 0o077, 10**8),
    ):
        place = tmp_path_factory.mktemp("of-another-length" if age else "build")
        for name in filter(None, listed.stdout.split("\0")):
            if (ROOT / name).is_file():
                (place / "it" / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(ROOT / name, place / "it" / name)
                (place / "it" / name).chmod(0o666 & ~mask)
                os.utime(place / "it" / name, (1_600_000_000 - age,) * 2)
        kept = {key: value for key, value in os.environ.items() if key != "SOURCE_DATE_EPOCH"}
        subprocess.run(
            [sys.executable, "-m", "hatchling", "build", "--directory", place / "built"],
            cwd=place / "it",
            env={**kept, "TZ": zone, "LC_ALL": language},
            umask=mask,
            capture_output=True,
            check=True,
        )
        made.append(place / "built")
    return made


def test_a_build_gives_the_same_bytes(builds: list[Path]) -> None:
    first, second = (
        {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in one.iterdir()}
        for one in builds
    )
    assert first == second
    assert sorted(Path(name).suffix for name in first) == [".gz", ".whl"]


def test_the_wheel_holds_the_workspace_and_nothing_of_persons(builds: list[Path]) -> None:
    (wheel,) = builds[0].glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert "chainmap/workspace/data/sources.csv" in names
    assert "chainmap/workspace/chains/hydrogen.yaml" in names
    assert not [name for name in names if "private" in Path(name).parent.parts]
    top = {name.partition("/")[0] for name in names}
    assert all(name == "chainmap" or name.endswith(".dist-info") for name in top), top
