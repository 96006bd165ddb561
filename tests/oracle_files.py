"""What the files of a workspace say at a date, read by the oracle with its own eyes.

It shares nothing with the product, and so must never import it.
"""

from __future__ import annotations

import calendar
import csv
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

PLAIN = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # every scalar stays text
KEYS = {
    "firms": ("firm",),
    "presence": ("firm", "chain", "link", "district", "activity"),
    "findings": ("chain", "link", "as_of", "source"),
    "requests": ("leader", "chain", "link", "wanted"),
    "projects": ("project",),
}

Row = dict[str, str]


@dataclass(frozen=True)
class Scoring:
    """The numbers of sections 3 and 4 that the text leaves to scoring.yaml."""

    lo: float = 1.0
    hi: float = 100.0
    anchor: float = 0.5
    value: float = 1.0
    dependents: float = 1.0
    critical: float = 1.0
    wanted: float = 1.0
    wanted_full: float = 3
    strong_from: float = 0.6
    finding_life_years: int = 5
    search_life_years: int = 2


@dataclass
class Case:
    """All that the files say at one study date about one chain."""

    chain: str
    today: date
    scoring: Scoring
    header: dict[str, Any]
    links: dict[str, dict[str, Any]]
    flows: list[dict[str, Any]]
    grades: dict[str, str]
    tables: dict[str, list[Row]] = field(default_factory=dict)

    def rows(self, table: str, link: str) -> list[Row]:
        return [
            row for row in self.tables[table] if row["chain"] == self.chain and row["link"] == link
        ]


# Dates


def first_day(text: str) -> date:
    parts = [int(part) for part in text.split("-")]
    return date(parts[0], parts[1] if len(parts) > 1 else 1, parts[2] if len(parts) > 2 else 1)


def last_day(text: str) -> date:
    parts = [int(part) for part in text.split("-")]
    month = parts[1] if len(parts) > 1 else 12
    day = parts[2] if len(parts) > 2 else calendar.monthrange(parts[0], month)[1]
    return date(parts[0], month, day)


def years_after(day: date, years: int) -> date:
    if (day.month, day.day) == (2, 29):
        day = day.replace(day=28)
    return day.replace(year=day.year + years)


# Reading


def read_table(path: Path) -> list[Row]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return [{key: value or "" for key, value in row.items()} for row in csv.DictReader(handle)]


def row_grade(row: Row, grades: dict[str, str]) -> str:
    return min(grades[source] for source in row["source"].split("|"))


def newest(rows: list[Row], grades: dict[str, str]) -> Row | None:
    best: Row | None = None
    for row in rows:
        if best is None:
            best = row
            continue
        old, new = last_day(best["as_of"]), last_day(row["as_of"])
        if new > old or (new == old and row_grade(row, grades) <= row_grade(best, grades)):
            best = row
    return best


def visible_rows(path: Path, table: str, today: date, grades: dict[str, str]) -> list[Row]:
    """The newest visible row of each key, in the order of the file."""
    seen = [row for row in read_table(path) if last_day(row["as_of"]) <= today]
    kept = []
    for row in seen:
        key = [row.get(column, "") for column in KEYS[table]]
        same = [other for other in seen if [other.get(c, "") for c in KEYS[table]] == key]
        if newest(same, grades) is row:
            kept.append(row)
    return kept


def read_case(workspace: Path, chain: str, as_of: str | None, scoring: Scoring) -> Case:
    def read_yaml(path: Path) -> Any:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=PLAIN)

    data = workspace / "data"
    today = last_day(as_of or read_yaml(data / "region.yaml")["study_date"])
    document = read_yaml(workspace / "chains" / f"{chain}.yaml")
    links = {link["id"]: link for link in document["panorama"]["links"]}
    flows = []
    for flow in document["panorama"].get("flows") or []:
        origin = flow["from"]
        flows.append(
            {
                "from": [origin] if isinstance(origin, str) else list(origin),
                "to": flow["to"],
                "need": flow.get("need", "required"),
                "share": float(flow["share"]) if "share" in flow else None,
                "source": flow.get("source", ""),
            }
        )
    grades = {row["source"]: row["grade"] for row in read_table(data / "sources.csv")}
    case = Case(chain, today, scoring, document, links, flows, grades)
    for table in KEYS:
        case.tables[table] = visible_rows(data / f"{table}.csv", table, today, grades)
    return case
