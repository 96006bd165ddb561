"""chainmap for Python users: a few names, the same figures as the command line, a cheap import."""

from __future__ import annotations

import doctest
import subprocess
import sys
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path

import pytest

import chainmap
from chainmap.study import UnknownRef, notebook
from tests.running import ROOT, as_json


@pytest.fixture(scope="module")
def city() -> notebook.OpenCity:
    return chainmap.open(ROOT)


def test_the_example_of_the_manual_runs() -> None:
    found = doctest.testmod(notebook, extraglobs={"ROOT": ROOT})
    assert found.attempted >= 6
    assert found.failed == 0


def test_importing_costs_nothing_but_the_package() -> None:
    code = "import sys, chainmap; print(sorted(n for n in sys.modules if n.startswith('chainmap')))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)
    assert done.stdout.decode().strip() == "['chainmap']"


def test_rows_are_those_of_the_commands(city: notebook.OpenCity) -> None:
    chain = city["hydrogen"]
    assert chain.gaps() == as_json("gaps", "hydrogen")["rows"]
    told = as_json("rank", "hydrogen", "--top", "5")["rows"]
    for mine, row in zip(chain.rank(top=5), told, strict=True):
        assert {key: mine[key] for key in ("ref", "score", "rank_p05", "rank_p95")} == {
            key: row[key] for key in ("ref", "score", "rank_p05", "rank_p95")
        }
    names = [row["项目（目标企业）名称"] for row in as_json("table", "hydrogen")["rows"]]
    assert [row["项目（目标企业）名称"] for row in chain.table()] == names


def test_an_unknown_chain_says_what_is_known(city: notebook.OpenCity) -> None:
    with pytest.raises(UnknownRef):
        city["hydrogne"]


def test_notebooks_show_the_city_as_a_table_and_a_chain_as_a_picture(
    city: notebook.OpenCity,
) -> None:
    class Rows(HTMLParser):
        count = 0

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            del attrs
            self.count += tag == "tr"

    rows = Rows()
    rows.feed(city._repr_html_())
    assert rows.count == len(list(city)) + 1
    svg = ET.fromstring(city["hydrogen"]._repr_svg_())
    assert len(svg.findall(".//*[@data-ref]")) == 30


def test_a_chain_saves_what_the_command_writes(city: notebook.OpenCity, tmp_path: Path) -> None:
    file = city["hydrogen"].save(tmp_path / "r.html")
    assert file.read_bytes().startswith(b"<!doctype html>")
    with pytest.raises(ValueError, match="odt"):
        city["hydrogen"].save(tmp_path / "r.odt")
