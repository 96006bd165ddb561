"""A city in which who came follows known weights: the test on the past must find them again.

Two hundred firms of a list, each with an activity on one of forty links and its own signals,
closeness and revenue, all dated before the cut-off. Who signs in the three years after it is
drawn with a chance that rises with the score under the planted weights.
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


def planted_city(path: Path, seed: int, weights: dict[str, float]) -> None:
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
    for n in range(FIRMS):
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
