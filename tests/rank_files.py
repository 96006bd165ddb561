"""What the files say of one chain, and who could do which link's work: the oracle's reading.

Half of a slow second opinion, written from the design, from scoring.yaml and from what the rules
of the room say of themselves; the other half (rank_oracle) gives the marks. It shares nothing
with the product, which it judges and so must never import: it reads the files by itself
(oracle_files), takes status, kind and priority of the links from its sister (oracle), and keeps
to loops and dictionaries.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import oracle
import yaml
from oracle_files import Case, Row, Scoring, last_day, newest, read_case, read_table

SHIPPED = Path(__file__).parent.parent / "data" / "scoring.yaml"
KEYS = {
    "activities": ("firm", "chain", "link", "product"),
    "screened": ("firm", "chain", "link"),
    "lists": ("list", "year", "rank"),
    "rates": ("year", "currency"),
    "sectors": ("list", "sector"),
    "signals": ("firm", "date", "kind"),
    "affinity": ("firm", "dimension"),
    "presence": ("firm", "chain", "link", "district", "activity"),
    "searched": ("chain", "link", "firm", "where"),
}
SCORING = {
    "lo": "priority.value_lo",
    "hi": "priority.value_hi",
    "anchor": "priority.dependents_anchor",
    "wanted_full": "priority.wanted_full",
    "value": "priority.weights.value",
    "dependents": "priority.weights.dependents",
    "critical": "priority.weights.critical",
    "wanted": "priority.weights.wanted",
    "strong_from": "status.strong_at",
    "finding_life_years": "status.finding_life_years",
    "search_life_years": "status.search_life_years",
}


@dataclass
class Files:
    """What the files say about one chain, and what the sister oracle makes of it."""

    case: Case
    numbers: dict[str, float]
    region: str
    within: list[str]
    gaps: dict[str, dict[str, Any]]
    tables: dict[str, list[Row]] = field(default_factory=dict)

    @property
    def chain(self) -> str:
        return self.case.chain

    @property
    def today(self) -> date:
        return self.case.today

    def rows(self, table: str, **wanted: str) -> list[Row]:
        return [
            row
            for row in self.tables[table]
            if all(row.get(column, "") == word for column, word in wanted.items())
        ]

    def firm(self, firm: str) -> Row | None:
        for row in self.case.tables["firms"]:
            if row["firm"] == firm:
                return row
        return None

    def group(self, firm: str) -> str:
        return oracle.ultimate_parent(self.case, firm)


# Reading


def numbers_of(path: Path) -> dict[str, float]:
    """The numbers of a scoring.yaml by dotted name."""
    found: dict[str, float] = {}

    def walk(node: dict[str, Any], name: str) -> None:
        for key, below in node.items():
            if isinstance(below.get("value"), str):
                found[name + key] = float(below["value"])
            else:
                walk(below, f"{name}{key}.")

    walk(yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader), "")
    return found


def visible(data: Path, table: str, today: date, grades: dict[str, str]) -> list[Row]:
    """The newest visible row of each key, in the order of the file."""
    seen = [row for row in read_table(data / f"{table}.csv") if last_day(row["as_of"]) <= today]
    by_key: dict[tuple[str, ...], list[Row]] = {}
    for row in seen:
        by_key.setdefault(tuple(row.get(column, "") for column in KEYS[table]), []).append(row)
    best = [newest(rows, grades) for rows in by_key.values()]
    return [row for row in seen if any(row is one for one in best)]


def read_files(workspace: Path, chain: str, as_of: str | None = None) -> Files:
    data = workspace / "data"
    numbers = numbers_of(SHIPPED)
    if (data / "scoring.yaml").exists():
        numbers |= numbers_of(data / "scoring.yaml")
    known: dict[str, Any] = {attribute: numbers[name] for attribute, name in SCORING.items()}
    for life in ("finding_life_years", "search_life_years"):
        known[life] = int(known[life])
    scoring = Scoring(**known)
    region = yaml.load((data / "region.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    case = read_case(workspace, chain, as_of, scoring)
    gaps = oracle.answer(workspace, chain, as_of, scoring)["gaps"]
    files = Files(case, numbers, region["region"], region.get("within", []), gaps)
    for table in KEYS:
        files.tables[table] = visible(data, table, case.today, case.grades)
    return files


# Who could serve which link, and why we think so


def code_rows(files: Files, firm: str) -> list[tuple[set[str], list[Row]]]:
    """Industry codes of a firm with the rows that give them.

    Its own codes where it has any, else those of its sector words on all lists.
    """
    row = files.firm(firm)
    if row and row.get("industry"):
        return [(set(row["industry"].split("|")), [row])]
    return [
        (set(words["industry"].split("|")), [place, words])
        for place in files.rows("lists", firm=firm)
        for words in files.rows("sectors", list=place["list"], sector=place.get("sector", ""))
        if words.get("industry")
    ]


def link_codes(files: Files, link: str) -> list[str]:
    return list(files.case.links[link].get("industry", []))


def basis(files: Files, firm: str, link: str) -> tuple[str, list[Row]] | None:
    """The strongest reason that the firm can do the link's work, with its rows."""
    here = {"firm": firm, "chain": files.chain, "link": link}
    for table, word in (("activities", "activity"), ("screened", "match")):
        rows = files.rows(table, **here)
        if rows:
            return word, rows
    rows = []
    for codes, behind in code_rows(files, firm):
        if codes & set(link_codes(files, link)):
            rows += behind
    return ("industry", rows) if rows else None


def known_firms(files: Files) -> list[str]:
    """Every firm that any visible row names as one that can do something.

    A firm may stand on a list before a row of its own is in sight.
    """
    firms = {row["firm"] for row in (*files.case.tables["firms"], *files.tables["lists"])}
    for table in ("activities", "screened"):
        firms |= {row["firm"] for row in files.rows(table, chain=files.chain)}
    return sorted(firms)


def makes_here(files: Files, group: str, link: str) -> bool:
    """Whether a firm of the group has a production row on the link."""
    for row in oracle.production_rows(files.case, link):
        if row["firm"] and files.group(row["firm"]) == group:
            return True
    return False


def same_in_three(files: Files, firm: str) -> bool:
    for codes, _ in code_rows(files, firm):
        for code in codes:
            for link in files.case.links:
                for other in link_codes(files, link):
                    if len(code) >= 3 and code[:3] == other[:3]:
                        return True
    return False
