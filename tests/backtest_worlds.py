"""A city in which who came follows known weights: the test on the past must find them again.

Firms of a list, each with an activity on one of the links and its own signals, closeness and
revenue, all dated before the cut-off. Who signs in the three years after it is drawn with a chance
that rises with the score under the planted weights. ``furnish`` adds evidence in every other table
that a ranking reads, and ``late_rows`` writes, for each table, rows that no one could know then.
"""

from __future__ import annotations

import csv
import math
from datetime import date
from pathlib import Path
from random import Random

FIRMS, LINKS = 240, 24
CUT = 2019
# Events by what they add to 50; they count half after two years.
KINDS = {"expansion": 15, "new_base": 15, "site_search": 30, "exit": -25, "financing": 10}


def _write(path: Path, name: str, rows: list[dict[str, object]]) -> None:
    with (path / "data" / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def planted_city(path: Path, seed: int, weights: dict[str, float], size: int = FIRMS) -> None:
    """Write the workspace; ``weights`` are over signals, closeness and strength."""
    rng = Random(seed)
    (path / "chains").mkdir()
    (path / "data").mkdir()
    links = "\n".join(
        f"    - {{id: l{n}, name: 环节{n}, stage: mid, products: [产品{n}], "
        f"industry: ['{3400 + n}']}}"
        for n in range(LINKS)
    )
    flows = "\n".join(f"    - {{from: l{n}, to: l{n + 1}}}" for n in range(LINKS - 1))
    (path / "chains" / "probe.yaml").write_text(
        f"""chain: probe
name: 试验链
kind: emerging
region: 青岛市
as_of: 2019-01-01
panorama:
  stages:
    - {{id: mid, name: 中游}}
  links:
{links}
  flows:
{flows}
""",
        encoding="utf-8",
    )
    (path / "data" / "region.yaml").write_text(
        "region: 青岛市\nstudy_date: 2026-01-01\n", encoding="utf-8"
    )
    dated = {"source": "s1", "as_of": f"{CUT}-01-01"}
    _write(path, "sources", [{"source": "s1", "title": "年报", "publisher": "某社", "url": "",
                              "date": f"{CUT}-01-01", "grade": "B"},
                             {"source": "late", "title": "后来的报道", "publisher": "某社",
                              "url": "", "date": "2023-01-01", "grade": "B"}])  # fmt: skip
    firms, lists, acts, signals, near, projects = [], [], [], [], [], []
    for n in range(size):
        firm, link = f"f{n}", f"l{n % LINKS}"
        revenue = math.exp(rng.uniform(math.log(2), math.log(9000)))
        firms.append({"firm": firm, "name": f"企业{n}", "parent": "", "country": "中国",
                      "revenue_100m_cny": f"{revenue:.1f}", **dated})  # fmt: skip
        lists.append({"list": "global500", "year": CUT, "rank": n + 1, "firm": firm, "sector": "",
                      "revenue": f"{revenue:.1f}", "currency": "CNY", **dated})  # fmt: skip
        acts.append({"firm": firm, "chain": "probe", "link": link, "product": f"产品{n % LINKS}",
                     "role": "main", **dated})  # fmt: skip
        heat = 50.0
        for kind in rng.sample(sorted(KINDS), rng.randint(1, 3)):
            day = date(CUT - rng.randint(1, 3), rng.randint(1, 12), rng.randint(1, 28))
            years = (date(CUT, 12, 31) - day).days / 365.25
            heat += KINDS[kind] * 0.5 ** (years / 2)
            signals.append({"firm": firm, "date": day.isoformat(), "kind": kind, "toward": "青岛市",
                            "note": "", **dated})  # fmt: skip
        market, resource = rng.uniform(40, 60), rng.uniform(40, 60)
        for dimension, value in (("market", market), ("resource", resource)):
            near.append({"firm": firm, "dimension": dimension, "value": f"{value:.1f}",
                         "reason": "试验", **dated})  # fmt: skip
        strength = 100 * math.log(revenue) / math.log(10000)
        marks = {"signals": heat, "closeness": (market + resource) / 2, "strength": strength}
        score = sum(weights[name] * mark for name, mark in marks.items()) / sum(weights.values())
        if rng.random() < 1 / (1 + math.exp(-(score - 61) / 1.5)):
            year = CUT + rng.choice((1, 2))
            projects.append({"project": f"p{n}", "name": f"项目{n}", "firm": firm, "chain": "probe",
                             "link": link, "stage": "签约", "signed": f"{year}-05-01",
                             "source": "late", "as_of": "2023-01-01"})  # fmt: skip
    tables = {"firms": firms, "lists": lists, "activities": acts, "signals": signals,
              "affinity": near, "projects": projects}  # fmt: skip
    for name, rows in tables.items():
        _write(path, name, rows)


DATED = {"source": "s1", "as_of": f"{CUT}-01-01"}
# What a ranking reads beside the tables of ``planted_city``.
FURNITURE: dict[str, list[dict[str, object]]] = {
    "presence": [
        {"firm": "f1", "chain": "probe", "link": "l1", "district": "甲区", "activity": "production",
         "output": "3", "output_unit": "亿元", "since": "2015", "until": "", **DATED},
        {"firm": "f2", "chain": "", "link": "", "district": "甲区", "activity": "sales",
         "output": "", "output_unit": "", "since": "", "until": "", **DATED},
        {"firm": "f3", "chain": "", "link": "", "district": "", "activity": "none",
         "output": "", "output_unit": "", "since": "", "until": "", **DATED},
    ],
    "findings": [
        {"chain": "probe", "link": "l2", "status": "weak", "supply": "", "demand": "", "unit": "",
         "note": "", **DATED},
        {"chain": "probe", "link": "l4", "status": "", "supply": "2", "demand": "9",
         "unit": "亿元", "note": "", **DATED},
    ],
    "requests": [
        {"leader": "f5", "chain": "probe", "link": "l5", "wanted": "f6",
         "purchase_100m_cny": "", "status": "accepted", "reason": "要", **DATED},
    ],
    "rates": [{"year": CUT, "currency": "USD", "cny": "6.9", **DATED}],
    "searched": [
        {"chain": "", "link": "", "firm": "f10", "where": "登记", "found": "no", "note": "",
         **DATED},
    ],
}  # fmt: skip


def table_rows(path: Path, table: str) -> list[dict[str, object]]:
    """The rows of a table as they stand in its file."""
    with (path / "data" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def add_rows(path: Path, table: str, rows: list[dict[str, object]]) -> list[int]:
    """Append rows to a table; gives back the line of each."""
    before = table_rows(path, table)
    _write(path, table, [*before, *({**dict.fromkeys(before[0], ""), **row} for row in rows)])
    return [len(before) + 2 + at for at in range(len(rows))]


def furnish(path: Path) -> None:
    """Evidence in every table; f6 states its revenue in dollars on the list alone."""
    for table, rows in FURNITURE.items():
        _write(path, table, rows)
    firms = table_rows(path, "firms")
    for row in firms:
        if row["firm"] == "f6":
            row["revenue_100m_cny"] = ""
    _write(path, "firms", [{**row, "industry": ""} for row in firms])
    places = table_rows(path, "lists")
    for row in places:
        if row["firm"] == "f6":
            row |= {"currency": "USD", "revenue": "100"}
    _write(path, "lists", places)
    projects = table_rows(path, "projects")
    columns = dict.fromkeys([*projects[0], "produced"], "")
    running = {**columns, "project": "old", "name": "老项目", "firm": "f7", "chain": "probe",
               "link": "l7", "stage": "投产", "produced": "2017-03", **DATED}  # fmt: skip
    _write(path, "projects", [{**columns, **row} for row in projects] + [running])
    add_rows(path, "sources", [{"source": "undated", "title": "无日期", "publisher": "某社",
                                "date": "", "grade": "B"}])  # fmt: skip


# One row for each table that would reach the ranking at once if it could be seen.
LATE: dict[str, dict[str, object]] = {
    "firms": {"firm": "f0", "name": "企业0", "country": "中国", "revenue_100m_cny": "8888"},
    "lists": {"list": "global500", "year": CUT, "rank": 3, "firm": "f2", "sector": "",
              "revenue": "7777", "currency": "CNY"},
    "activities": {"firm": "f0", "chain": "probe", "link": "l9", "product": "产品9",
                   "role": "main"},
    "presence": {"firm": "f8", "chain": "probe", "link": "l8", "district": "乙区",
                 "activity": "production", "output": "1", "output_unit": "亿元"},
    "findings": {"chain": "probe", "link": "l3", "status": "weak"},
    "projects": {"project": "new", "name": "新项目", "firm": "f9", "chain": "probe", "link": "l10",
                 "stage": "投产"},
    "signals": {"firm": "f0", "date": "2018-07-01", "kind": "site_search", "toward": "青岛市"},
    "affinity": {"firm": "f0", "dimension": "market", "value": "1", "reason": "后来"},
    "requests": {"leader": "f5", "chain": "probe", "link": "l6", "wanted": "f6",
                 "status": "accepted", "reason": "要"},
    "rates": {"year": CUT, "currency": "USD", "cny": "9.9"},
    "searched": {"firm": "f11", "where": "登记", "found": "no"},
}  # fmt: skip
# How a row can be unknown at the cut-off: by itself, by a source, or by a source without a date.
WAYS: dict[str, dict[str, object]] = {
    "a late row": {"source": "s1", "as_of": f"{CUT + 1}-06-01"},
    "a late source": {"source": "late", "as_of": f"{CUT}-06-01"},
    "one late source of two": {"source": "s1|late", "as_of": f"{CUT}-06-01"},
    "a source without a date": {"source": "undated", "as_of": f"{CUT}-06-01"},
}


def late_rows(path: Path, way: str) -> dict[str, int]:
    """Plant in every table a row that could not be known; gives back its line by table."""
    return {table: add_rows(path, table, [{**row, **WAYS[way]}])[0] for table, row in LATE.items()}
