"""Each row of the shipped data says where it comes from, and each source when and how good it is.

The files are read here without the product, so that what its reader lets through is seen as well.
"""

from __future__ import annotations

import calendar
import csv
import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from running import ROOT, chainmap, copy_of

ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
DAY = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
READ_ON = re.compile(r"（未署日期，(\d{4}-\d{2}-\d{2}) 查阅）$")


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def span(text: str) -> tuple[date, date] | None:
    """First and last day of a date as written; None where it is none."""
    found = DAY.fullmatch(text)
    if not found:
        return None
    year, month, day = (int(part) if part else 0 for part in found.groups())
    try:
        last = date(year, month or 12, day or calendar.monthrange(year, month or 12)[1])
        return date(year, month or 1, day or 1), last
    except (ValueError, calendar.IllegalMonthError):
        return None


def cited_in_rows(data: Path) -> Iterator[tuple[str, dict[str, str], list[str]]]:
    """Where a row stands, the row, and the sources that it names."""
    for path in sorted(data.glob("*.csv")):
        if path.stem != "sources":
            for at, row in enumerate(table(path), 2):
                yield f"{path.stem} {at}", row, [one for one in row["source"].split("|") if one]


def cited_in_chains(chains: Path) -> Iterator[tuple[str, list[str]]]:
    """What stands in a chain file with a source: statuses and shares, however deep."""

    def walk(node: Any) -> Iterator[str]:
        if isinstance(node, dict):
            yield from [str(node["source"])] if "source" in node else []
            node = list(node.values())
        for below in node if isinstance(node, list) else ():
            yield from walk(below)

    for path in sorted(chains.glob("[!_]*.yaml")):
        for words in walk(yaml.safe_load(path.read_text(encoding="utf-8"))):
            yield path.stem, words.split("|")


def faults(root: Path) -> list[str]:
    """What is wrong with the provenance of a workspace: a word and a place each."""
    data, found = root / "data", []
    sources = {row["source"]: row for row in table(data / "sources.csv")}
    region = yaml.safe_load((data / "region.yaml").read_text(encoding="utf-8"))
    study = span(str(region["study_date"]))
    assert study
    for name, row in sources.items():
        day = span(row["date"])
        found += [] if ID.fullmatch(name) else [f"id {name}"]
        found += [] if row["grade"] in ("A", "B", "C", "D") else [f"grade {name}"]
        found += [] if day else [f"date {name}"]
        found += [f"future {name}"] if day and day[0] > study[1] else []
        read_on = READ_ON.search(row["title"])
        found += [f"read-on {name}"] if read_on and read_on[1] != row["date"] else []
    cited = set()
    for where, row, names in cited_in_rows(data):
        cited |= set(names)
        as_of = span(row["as_of"])
        found += [] if names else [f"source {where}"]
        found += [] if as_of else [f"as_of {where}"]
        found += [f"unknown {name} {where}" for name in names if name not in sources]
        days = [span(sources[name]["date"]) for name in names if name in sources]
        # A source cannot tell what happened after it came out; a day apart is the time zone.
        ends = [day[1] for day in days if day]
        late = as_of and ends and len(ends) == len(days) and as_of[0] > max(ends) + timedelta(1)
        found += [f"later {where}"] if late else []
    for where, names in cited_in_chains(root / "chains"):
        cited |= set(names)
        found += [f"unknown {name} {where}" for name in names if name not in sources]
    return found + [f"uncited {name}" for name in sorted(sources.keys() - cited)]


def test_every_row_has_its_source_and_every_source_its_grade_and_date() -> None:
    assert faults(ROOT) == []


def test_pages_without_a_date_say_the_day_they_were_read() -> None:
    """They are marked, so that nobody takes the day for that of the page."""
    marked = [row for row in table(ROOT / "data" / "sources.csv") if READ_ON.search(row["title"])]
    assert 0 < len(marked) < 100


def test_the_name_of_every_chain_was_looked_for_and_what_is_recalled_is_marked() -> None:
    looks = {
        row["chain"]: row["found"]
        for row in table(ROOT / "data" / "searched.csv")
        if row["chain"] and not row["link"] and not row["firm"]
    }
    files = {path.stem: path for path in (ROOT / "chains").glob("[!_]*.yaml")}
    assert looks.keys() == files.keys()
    for chain, path in files.items():
        marked = re.search("^# 名称：.*待核", path.read_text(encoding="utf-8"), re.MULTILINE)
        assert bool(marked) == (looks[chain] == "no"), chain


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return copy_of(ROOT, tmp_path)


def problems(workspace: Path, code: int) -> list[dict[str, Any]]:
    """What ``validate`` says of a workspace, and that it ends as it must."""
    done = chainmap("validate", "--format", "json", workspace=workspace)
    assert done.returncode == code, done.stderr.decode()
    return list(json.loads(done.stdout)["rows"])


def plant(path: Path, row: int, column: str, cell: str) -> None:
    """Write a cell into a table: row counts from 0."""
    rows = table(path)
    rows[row][column] = cell
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


TABLES = sorted(path.stem for path in (ROOT / "data").glob("*.csv") if path.stem != "sources")


@pytest.mark.parametrize("name", TABLES)
def test_a_row_without_source_in_any_table_is_found(workspace: Path, name: str) -> None:
    last = len(table(workspace / "data" / f"{name}.csv")) - 1
    plant(workspace / "data" / f"{name}.csv", last, "source", "")
    assert f"source {name} {last + 2}" in faults(workspace)


@pytest.mark.parametrize(
    ("column", "cell", "word"),
    [
        ("grade", "", "grade"),
        ("grade", "E", "grade"),
        ("date", "", "date"),
        ("date", "2025-02-30", "date"),
        ("date", "undated", "date"),
        ("date", "2031", "future"),
    ],
)
def test_a_bad_source_is_found(workspace: Path, column: str, cell: str, word: str) -> None:
    path = workspace / "data" / "sources.csv"
    name = table(path)[7]["source"]
    plant(path, 7, column, cell)
    assert f"{word} {name}" in faults(workspace)


def test_a_source_that_came_out_before_what_it_supports_is_found(workspace: Path) -> None:
    path = workspace / "data" / "visits.csv"
    plant(path, 0, "as_of", "2026-11-20")
    plant(path, 0, "source", table(workspace / "data" / "sources.csv")[0]["source"])
    assert "later visits 2" in faults(workspace)


def test_an_unknown_and_an_unused_source_are_found(workspace: Path) -> None:
    path = workspace / "data" / "sources.csv"
    name = table(path)[0]["source"]
    plant(path, 0, "source", "renamed-source")
    found = faults(workspace)
    assert "uncited renamed-source" in found
    assert any(line.startswith(f"unknown {name} ") for line in found)


def test_validate_refuses_a_row_without_source_and_a_source_without_grade(
    workspace: Path,
) -> None:
    plant(workspace / "data" / "visits.csv", 0, "source", "")
    plant(workspace / "data" / "sources.csv", 7, "grade", "")
    found = problems(workspace, 1)
    places = {(one["severity"], one["code"], one["file"], one["line"]) for one in found}
    assert ("error", "T109", "data/visits.csv", 2) in places
    assert ("error", "T109", "data/sources.csv", 9) in places


def test_validate_warns_of_a_source_without_date(workspace: Path) -> None:
    path = workspace / "data" / "sources.csv"
    plant(path, 7, "date", "")
    # What the guards doubt in the ledger of projects is no matter of sources.
    (row,) = [one for one in problems(workspace, 0) if not one["code"].startswith("P")]
    assert (row["severity"], row["code"]) == ("warning", "T128")
    assert (row["file"], row["line"]) == ("data/sources.csv", 9)
    line = path.read_text(encoding="utf-8").splitlines()[8]
    assert line[row["column"] - 1 :].startswith(",")
    assert table(path)[7]["source"] in row["message"]
