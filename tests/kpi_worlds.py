"""Random ledgers, as rows of text for the plain count and as a workspace for the rules."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

from chainmap.core.dates import Day, parse_day
from chainmap.core.model import Row, Setting, Settings, Workspace
from chainmap.core.problems import Place
from chainmap.core.schema import BY_NAME, STAGES

TextRow = dict[str, str]
LIMITS = {"large": 5.0, "huge": 100.0, "counted": 1.0}
DATES = ("signed", "started", "building", "produced", "full_output")
YEARS = ("2023", "2024", "2025")


def a_day(draw: random.Random) -> str:
    """A date, at times partial."""
    year, month = draw.choice(YEARS), draw.randint(1, 12)
    full = f"{year}-{month:02d}-{draw.randint(1, 28):02d}"
    return draw.choice((full, full, full[:7], year))


def a_period(draw: random.Random) -> str:
    year = draw.choice(YEARS)
    return draw.choice((year, year, f"{year}-Q{draw.randint(1, 4)}",
                        f"{year}-{draw.randint(1, 12):02d}"))  # fmt: skip


def maybe(draw: random.Random, odds: float, *words: str) -> str:
    return draw.choice(words) if draw.random() < odds else ""


def a_ledger(draw: random.Random) -> dict[str, list[TextRow]]:
    """Projects with rows of several dates, firms in groups, lists, visits: few, and crossing."""
    firms = [f"f{n}" for n in range(draw.randint(1, 6))]
    tables: dict[str, list[TextRow]] = {"firms": [], "projects": [], "lists": [], "visits": [],
                                        "rates": [], "targets": [], "talent": []}  # fmt: skip
    for at, firm in enumerate(firms):
        above = firms[:at]
        tables["firms"].append({
            "firm": firm, "name": firm, "parent": maybe(draw, 0.4, *above) if above else "",
            "ownership": maybe(draw, 0.8, "foreign", "private", "central_soe"),
            "country": maybe(draw, 0.6, "中国", "中国", "德国", "中国香港"),
            "as_of": draw.choice(("2020", "2020", "2025-05")),
        })  # fmt: skip
    for at in range(draw.choice((0, 4, 8, 12))):
        for _ in range(draw.choice((1, 1, 2, 3))):
            row = {name: maybe(draw, 0.2, a_day(draw)) for name in DATES}
            row["signed"] = maybe(draw, 0.7, a_day(draw))
            row |= {
                "project": f"p{at}", "name": f"p{at}", "firm": maybe(draw, 0.8, *firms),
                "chain": maybe(draw, 0.7, "x", "y"),
                "district": maybe(draw, 0.7, "东区", "西/南区"),
                "unit": maybe(draw, 0.5, "甲局", "乙局"),
                "investment_100m_cny": maybe(draw, 0.85, "0.5", "3", "5", "12.5", "100", "260"),
                "foreign_musd": maybe(draw, 0.3, "0", "20", "75", "1500"),
                "arrived_100m_cny": maybe(draw, 0.8, "0", "0.5", "2", "7.25"),
                "stage": maybe(draw, 0.85, *STAGES), "ended": maybe(draw, 0.1, a_day(draw)),
                "as_of": a_day(draw),
            }  # fmt: skip
            tables["projects"].append(row)
    places = {(maybe(draw, 1, "global500", "china500", "private500", "central_soe"),
               maybe(draw, 1, "2022", "2024", "2025"), str(rank)): maybe(draw, 1, *firms)
              for rank in range(1, draw.randint(1, 12))}  # fmt: skip
    tables["lists"] = [{"list": name, "year": year, "rank": rank, "firm": firm, "as_of": "2020"}
                       for (name, year, rank), firm in places.items()]  # fmt: skip
    for at in range(draw.randint(0, 8)):
        tables["visits"].append({
            "visit": f"v{at}", "date": maybe(draw, 0.9, a_day(draw)),
            "firm": maybe(draw, 0.8, *firms),
            "outcome": maybe(draw, 0.8, "赴京走访", "与其座谈", "洽谈合作"), "as_of": "2023",
        })  # fmt: skip
    if draw.random() < 0.8:
        tables["rates"] = [{"year": y, "currency": "USD", "cny": c, "as_of": "2020"}
                           for y, c in (("2023", "7"), ("2025", "7.2"))]  # fmt: skip
    return tables


def a_workspace(tables: dict[str, list[TextRow]], today: date) -> Workspace:
    """The same rows as the reader would give them."""
    read = {name: tuple(_row(name, at, row) for at, row in enumerate(rows))
            for name, rows in tables.items()}  # fmt: skip
    numbers = {f"kpi.{name}": Setting(value, "test", Place("data/scoring.yaml", at + 1))
               for at, (name, value) in enumerate(LIMITS.items())}  # fmt: skip
    return Workspace(
        root="", region="示例市", region_en="", within=(), moving_from=(),
        study_date=Day(today.isoformat(), today, today),
        study_date_at=Place("data/region.yaml"), chains={}, tables=read,
        settings=Settings(numbers), hash="",
    )  # fmt: skip


def _row(table: str, at: int, row: TextRow) -> Row:
    cells: dict[str, Any] = {"source": ("s1",)}
    for name, text in row.items():
        if text:
            kind = BY_NAME[table].column(name).kind
            cells[name] = {"number": float, "whole": int, "day": parse_day}.get(kind, str)(text)
    return Row(table, at + 2, at, cells)
