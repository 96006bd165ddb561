"""Small random workspaces that validate clean, as plain data that can be changed and written."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import strategies as st

HEADERS: dict[str, str] = {
    "sources": "source,title,publisher,url,date,grade",
    "firms": "firm,name,aliases,parent,level,ownership,country,hq_city,industry,"
    "revenue_100m_cny,revenue_year,employees,source,as_of",
    "activities": "firm,chain,link,product,role,source,as_of",
    "presence": "firm,chain,link,district,activity,output,output_unit,since,until,source,as_of",
    "findings": "chain,link,as_of,source,status,supply,demand,unit,note",
    "requests": "leader,chain,link,wanted,purchase_100m_cny,status,reason,source,as_of",
    "districts": "district,leading_chains,land_mu,budget_100m_cny,source,as_of",
    "projects": "project,name,firm,partners,chain,link,district,park,content,approach,"
    "investment_100m_cny,foreign_musd,arrived_100m_cny,land_mu,stage,proposed,negotiated,signed,"
    "started,building,produced,full_output,ended,ended_because,progress,progress_date,next_step,"
    "next_due,leader,unit,source,as_of",
}
KEYS: dict[str, tuple[str, ...]] = {
    "firms": ("firm",),
    "activities": ("firm", "chain", "link", "product"),
    "presence": ("firm", "chain", "link", "district", "activity"),
    "requests": ("leader", "chain", "link", "wanted"),
    "projects": ("project",),
}
GRADES = {"s1": "A", "s2": "B", "s3": "C", "s4": "D"}
CELLS = ["s1", "s2", "s3", "s3|s1", "s2|s3"]  # sources that may carry evidence
STATUSES = ["present", "missing", "strong", "weak", "planned", "unknown"]
SAID = ["", "present", "missing", "strong", "weak", "none_found", "wanted"]
STAGES = ["", "谋划", "洽谈", "签约", "开工", "建设", "投产", "达产", "终止"]
STAGE_DATES = ["proposed", "negotiated", "signed", "started", "building", "produced", "full_output"]
STUDY_DATES = ["2025-06-15", "2025-12-31", "2025-06", "2025", "2028-02-29", "2026-02-28"]
AMOUNTS = ["10", "6", "0", "60", "100", "0.6", "37.5"]
DISTRICTS = ["", "东区", "西区"]

Row = dict[str, str]
Draw = Callable[..., Any]
T = TypeVar("T")


@dataclass
class World:
    """A workspace as plain data: chain documents by id, rows by table, in the order of writing."""

    chains: dict[str, dict[str, Any]]
    tables: dict[str, list[Row]]
    study_date: str
    region: str = "示例市"
    numbers: dict[str, float] = field(default_factory=dict)  # of scoring.yaml, by dotted name
    columns: dict[str, list[str]] = field(
        default_factory=lambda: {table: header.split(",") for table, header in HEADERS.items()},
        repr=False,
    )

    def places(self) -> list[tuple[str, str]]:
        return [
            (chain, link["id"])
            for chain, document in self.chains.items()
            for link in document["panorama"]["links"]
        ]


# Drawing


@cache
def whole(low: int, high: int) -> st.SearchStrategy[int]:
    """One strategy for all draws of a range: making it anew each time would cost the most."""
    return st.integers(low, high)


def between(draw: Draw, low: int, high: int) -> int:
    return int(draw(whole(low, high)))


def pick(draw: Draw, values: Sequence[T]) -> T:
    return values[between(draw, 0, len(values) - 1)]


# Writing


def scalar(value: Any, key: str = "") -> str:
    """A YAML scalar that stays what it is: text that looks like something else is quoted."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value)
    if key in ("as_of", "start", "due"):
        return str(value)
    word = re.fullmatch(r"[A-Za-z\u4e00-\u9fff][\w\u4e00-\u9fff-]*", value)
    tricky = value.lower() in ("no", "yes", "true", "false", "on", "off", "null", "y", "n")
    return value if word and not tricky else json.dumps(value, ensure_ascii=False)


def inline(value: Any, key: str = "") -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {inline(v, k)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(inline(item) for item in value) + "]"
    return scalar(value, key)


def block(document: dict[str, Any], indent: str = "") -> str:
    lines = []
    for key, value in document.items():
        if isinstance(value, dict):
            lines.append(f"{indent}{key}:\n{block(value, indent + '  ')}")
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            items = "".join(f"{indent}  - {inline(item)}\n" for item in value)
            lines.append(f"{indent}{key}:\n{items}")
        else:
            lines.append(f"{indent}{key}: {inline(value, key)}\n")
    return "".join(lines)


def settings(numbers: dict[str, float]) -> str:
    """A scoring.yaml that states these numbers and leaves the others to the one that ships."""
    tree: dict[str, Any] = {}
    for name, number in numbers.items():
        *parents, last = name.split(".")
        inner = tree
        for parent in parents:
            inner = inner.setdefault(parent, {})
        inner[last] = {"value": float(number), "because": "试验"}
    return block(tree)


def write(world: World, directory: Path) -> None:
    """Write the workspace into an empty directory."""
    (directory / "chains").mkdir()
    (directory / "data").mkdir()
    for chain, document in world.chains.items():
        (directory / "chains" / f"{chain}.yaml").write_text(block(document), encoding="utf-8")
    region = f"region: {world.region}\nstudy_date: {world.study_date}\n"
    (directory / "data" / "region.yaml").write_text(region, encoding="utf-8")
    if world.numbers:
        (directory / "data" / "scoring.yaml").write_text(settings(world.numbers), encoding="utf-8")
    for table, rows in world.tables.items():
        if not rows and table not in ("sources", "firms"):
            continue
        path = directory / "data" / f"{table}.csv"
        with path.open("w", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, world.columns[table], restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


# Dates


def last_day(text: str) -> date:
    year, month, day = (int(part) if part else 0 for part in f"{text}--".split("-")[:3])
    if day:
        return date(year, month, day)
    if month:
        return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    return date(year, 12, 31)


def dates_around(study_date: str) -> list[str]:
    """Dates at, just before and just after what the study date and the lives of findings decide."""
    today = last_day(study_date)
    found = [(today - timedelta(days=30)).isoformat(), today.isoformat(), str(today)[:7]]
    for years in (1, 2, 5):
        year = today.year - years
        day = today.replace(year=year, day=min(today.day, 28) if today.month == 2 else today.day)
        found += [day.isoformat(), (day - timedelta(days=1)).isoformat()]
        found += [str(day)[:7], str(year)]
    found += ["2020-02-29", "2024-02-29", "2024-02", "2023-02-02", "2016-03-01"]
    return found + future_dates(study_date)


def future_dates(study_date: str) -> list[str]:
    today = last_day(study_date)
    return [(today + timedelta(days=1)).isoformat(), str(today.year + 1), f"{today.year + 1}-05"]


# Chains


def flows(draw: Draw, links: list[str]) -> list[dict[str, Any]]:
    """Flows with no pair twice; shares are small enough to sum below 1 however they are counted."""
    found: list[dict[str, Any]] = []
    shares = pick(draw, [(False, True), (True,)])
    for target in links:
        free = [link for link in links if link != target]
        for _ in range(between(draw, 0, 3)):
            need = pick(draw, ["required", "any", "any", "optional", ""])
            size = between(draw, 2, 3) if need == "any" else 1
            if len(free) < size:
                break
            members = [free.pop(between(draw, 0, len(free) - 1)) for _ in range(size)]
            flow: dict[str, Any] = {"from": members if need == "any" else members[0], "to": target}
            if need:
                flow["need"] = need
            if pick(draw, shares):
                flow["share"] = pick(draw, [0.0625, 0.1, 0.031, 0.01])
                flow["source"] = pick(draw, ["s1", "s3", "s4"])
            found.append(flow)
    return found


def chain_file(draw: Draw, chain: str, size: int, dates: list[str]) -> dict[str, Any]:
    links: list[dict[str, Any]] = []
    # Many overrides in some chains: then every mix of statuses meets every shape of flows.
    rarely = pick(draw, [7, 7, 1, 0])
    for number in range(size):
        link: dict[str, Any] = {"id": f"l{number}", "name": f"环节{number}"}
        link |= {"stage": "up" if number % 2 else "down", "products": [f"产品{number}"]}
        if between(draw, 0, 3) == 0:
            link["critical"] = pick(draw, (False, True))
            link |= {"group": "一组", "industry": ["3985"], "exclude": ["废料"]}
        if between(draw, 0, rarely) == 0:
            stated = pick(draw, [*STATUSES, "missing", "missing"])
            link["status"] = {"is": stated, "because": "现场核查"}
            link["status"]["source"] = pick(draw, ["s1", "s2", "s3"])
            link["status"]["as_of"] = pick(draw, dates)
        links.append(link)
    document: dict[str, Any] = {
        "chain": chain,
        "name": f"产业链{chain}",
        "name_en": "Probe",
        "kind": pick(draw, ["traditional", "emerging", "future", "service"]),
        "region": "示例市",
        "as_of": pick(draw, dates),
        "chief": "市级领导",
        "bureau": "市工信局",
        "panorama": {
            "stages": [{"id": "up", "name": "上游"}, {"id": "down", "name": "下游"}],
            "links": links,
        },
    }
    joined = flows(draw, [link["id"] for link in links])
    if joined:
        document["panorama"]["flows"] = joined
    return document


# Tables


def several(draw: Draw, most: int, make: Callable[[], Row]) -> list[Row]:
    return [make() for _ in range(between(draw, most // 3, most))]


def distinct(table: str, rows: list[Row]) -> list[Row]:
    """The rows whose key and date no earlier row has (dates that end on one day are one date)."""
    seen: set[tuple[str | date, ...]] = set()
    kept = []
    for row in rows:
        key = (*(row[column] for column in KEYS[table]), last_day(row["as_of"]))
        if key not in seen:
            seen.add(key)
            kept.append(row)
    return kept


def amount(draw: Draw, row: Row, columns: tuple[str, ...], unit: str, dense: int) -> None:
    """Fill some of the figures, and their unit where there is a figure at all."""
    for column in columns:
        row[column] = pick(draw, AMOUNTS) if between(draw, 0, dense) else ""
    if any(row[column] for column in columns):
        row[unit] = pick(draw, ["亿元"] * 5 + ["吨"])


def firm_rows(draw: Draw, count: int, dates: list[str]) -> list[Row]:
    """Firms whose parent, whenever they have one, stands before them: no circle."""
    rows = []
    for number in range(count):
        for _ in range(between(draw, 1, 2)):
            parent = pick(draw, [*(f"f{before}" for before in range(number)), ""])
            row = {"firm": f"f{number}", "name": f"企业{number}", "country": "中国"}
            row |= {"parent": parent, "level": "subsidiary" if parent else "group"}
            rows.append(row | {"source": "s1", "as_of": pick(draw, dates)})
    return distinct("firms", rows)


def finding_rows(draw: Draw, places: list[Row], dates: list[str], ties: bool) -> list[Row]:
    """Findings; without ties no two of one link have the same date and the same best grade.

    In some worlds every link has one with a supply: then demand is derived from many customers.
    """
    found: list[Row] = []
    taken: set[tuple[str, ...]] = set()
    supplied = places if pick(draw, (False, False, True)) else []
    for at in range(between(draw, len(places) // 2, 2 * len(places)) + len(supplied)):
        row = dict(supplied[at] if at < len(supplied) else pick(draw, places))
        row["as_of"] = pick(draw, dates)
        row["source"] = pick(draw, CELLS)
        row["status"] = pick(draw, SAID)
        columns = ("supply",) if at < len(supplied) else ("supply", "demand")
        amount(draw, row, columns, "unit", 9 if at < len(supplied) else 1)
        best = min(GRADES[source] for source in row["source"].split("|"))
        mark = row["source"] if ties else best
        key = (row["chain"], row["link"], last_day(row["as_of"]).isoformat(), mark)
        if key not in taken:
            taken.add(key)
            found.append(row)
    return found


def presence_row(draw: Draw, places: list[Row], firms: int, dates: list[str]) -> Row:
    # Half of them on a few links, so that links with several producers are no rarity.
    place = pick(draw, pick(draw, [places, places[:2]]))
    row = {"firm": f"f{between(draw, 0, firms - 1)}"} | place
    row["district"] = pick(draw, DISTRICTS)
    row["activity"] = pick(draw, ["production"] * 8 + ["research", "headquarters", "sales", "none"])
    if row["activity"] == "production":
        amount(draw, row, ("output",), "output_unit", 1)
    row["since"] = pick(draw, [*[""] * 20, *dates])
    row["until"] = pick(draw, [*[""] * 20, *dates])
    if row["since"] and row["until"] and last_day(row["since"]) > last_day(row["until"]):
        row["since"] = ""
    return row | {"source": pick(draw, CELLS), "as_of": pick(draw, dates)}


def project_row(draw: Draw, places: list[Row], firms: int, dates: list[str]) -> Row:
    project = f"p{between(draw, 0, 3)}"
    row = {"project": project, "name": f"项目{project}"} | pick(draw, places)
    row["firm"] = pick(draw, [*(f"f{number}" for number in range(firms)), ""])
    row["stage"] = pick(draw, STAGES)
    for _ in range(between(draw, 0, 2)):
        row[pick(draw, STAGE_DATES)] = pick(draw, dates)
    if between(draw, 0, 4) == 0:
        row["ended"] = pick(draw, dates)
    return row | {"source": pick(draw, CELLS), "as_of": pick(draw, dates)}


def request_row(draw: Draw, places: list[Row], firms: int, dates: list[str]) -> Row:
    firm = f"f{between(draw, 0, firms - 1)}"
    row = {"leader": pick(draw, [firm, "市工信局"])} | pick(draw, places)
    row["wanted"] = pick(draw, ["产品", firm])
    row["status"] = pick(draw, ["accepted", "accepted", "proposed", "rejected"])
    row["purchase_100m_cny"] = pick(draw, ["", "3"])
    return row | {"source": pick(draw, CELLS), "as_of": pick(draw, dates)}


def activity_row(draw: Draw, places: list[Row], firms: int, dates: list[str]) -> Row:
    row = {"firm": f"f{between(draw, 0, firms - 1)}"} | pick(draw, places)
    row |= {"product": "产品", "role": pick(draw, ["main", "major", "minor"])}
    return row | {
        "source": pick(draw, ["s1", "s4"]),
        "as_of": pick(draw, dates),
    }


@st.composite
def worlds(draw: Draw, ties: bool = False) -> World:
    """A workspace with one or two chains (with the same link ids) that has no error."""
    study_date = pick(draw, STUDY_DATES)
    dates = dates_around(study_date)
    chains = {"probe": chain_file(draw, "probe", between(draw, 3, 8), dates)}
    if between(draw, 0, 3) == 0:
        chains["second"] = chain_file(draw, "second", between(draw, 1, 3), dates)
    world = World(chains, {}, study_date)
    places = [{"chain": chain, "link": link} for chain, link in world.places()]
    firms, size = between(draw, 1, 5), len(places)
    world.tables = {
        "sources": [
            {"source": source, "title": "示例", "publisher": "示例", "date": "2010", "grade": grade}
            for source, grade in GRADES.items()
        ],
        "firms": firm_rows(draw, firms, [*["2010-01-01", "2011"] * 10, *dates]),
        "findings": finding_rows(draw, places, dates, ties),
        "districts": [
            {"district": name, "source": "s1", "as_of": "2010"} for name in DISTRICTS if name
        ],
    }
    for table, make, most in (
        ("presence", presence_row, size + size // 2),
        ("projects", project_row, 5),
        ("requests", request_row, 3),
        ("activities", activity_row, 2),
    ):
        rows = several(draw, most, lambda make=make: make(draw, places, firms, dates))
        world.tables[table] = distinct(table, rows)
    return world
