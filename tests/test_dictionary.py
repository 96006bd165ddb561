"""The data dictionary: generated pages equal the schema, and other tools accept the data.

``python tests/test_dictionary.py`` writes the pages anew.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from running import ROOT

from chainmap.core.schema import BY_NAME
from chainmap.show.dictionary import datapackage, dictionary_page

DATA = ROOT / "data"


def tables() -> list[str]:
    return [path.stem for path in sorted(DATA.glob("*.csv")) if path.stem in BY_NAME]


def test_the_package_is_the_one_that_the_schema_gives() -> None:
    assert (DATA / "datapackage.json").read_bytes() == datapackage(tables())


def test_the_page_is_the_one_that_the_schema_gives() -> None:
    assert (DATA / "README.md").read_text(encoding="utf-8") == dictionary_page()


@pytest.mark.filterwarnings("ignore")
def test_frictionless_accepts_the_data() -> None:
    from frictionless import Package

    report = Package(str(DATA / "datapackage.json")).validate()
    wrong = [error.message for task in report.tasks for error in task.errors]
    assert report.valid, wrong[:5]


def test_the_data_has_no_error_and_every_row_a_graded_source() -> None:
    from chainmap.read.workspace import load

    workspace, problems = load(ROOT)
    assert [one.line("en") for one in problems if one.severity == "error"] == []
    grades = {row.text("source"): row.text("grade") for row in workspace.rows("sources")}
    for name in tables():
        for row in workspace.rows(name):
            if name != "sources":
                assert row.sources and all(grades[source] in "ABCD" for source in row.sources)


def test_no_row_of_the_data_is_lost_in_reading() -> None:
    from chainmap.read.workspace import load

    workspace, _ = load(ROOT)
    for name in tables():
        lines = (DATA / f"{name}.csv").read_text(encoding="utf-8").count("\n")
        assert len(workspace.rows(name)) <= lines - 1
        assert Path(DATA / f"{name}.csv").read_bytes().count(b"\r") == 0


def test_no_reason_for_no_fit_serves_more_than_ten_firms() -> None:
    from collections import Counter

    from chainmap.read.workspace import load

    workspace, _ = load(ROOT)
    reasons = Counter(row.text("reason") for row in workspace.rows("no_fit"))
    assert reasons and max(reasons.values()) <= 10


def test_every_firm_of_the_newest_lists_is_accounted_for() -> None:
    """N in, N accounted for: an activity, or a reason for none; and each was looked for here."""
    from chainmap.read.workspace import load

    workspace, _ = load(ROOT)
    placed = {r.text("firm") for t in ("activities", "no_fit") for r in workspace.rows(t)}
    looked = {row.text("firm") for row in workspace.rows("searched")}
    for name, year, count in (("global500", "2026", 500), ("central_soe", "2025", 100)):
        rows = [
            row
            for row in workspace.rows("lists")
            if (row.text("list"), row.text("year")) == (name, year)
        ]
        assert len(rows) == count
        assert {row.text("firm") for row in rows} <= placed & looked
    links = {(row.text("chain"), row.text("link")) for row in workspace.rows("searched")}
    for chain in workspace.chains.values():
        assert {(chain.id, link.id) for link in chain.links} <= links


if __name__ == "__main__":
    from chainmap.read.template import SCHEMA_NAME, chain_schema

    (DATA / "datapackage.json").write_bytes(datapackage(tables()))
    (DATA / "README.md").write_text(dictionary_page(), encoding="utf-8")
    (ROOT / "chains" / SCHEMA_NAME).write_text(chain_schema(), encoding="utf-8")
