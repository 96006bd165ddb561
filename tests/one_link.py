"""Workspaces of one chain around one link, said in a few words: for tests of edges."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import random_worlds
from random_worlds import World

from chainmap.core.derivation import Figure, Leaf
from chainmap.core.model import Row
from chainmap.study import Study, open_study

STUDY_DATE = "2025-12-31"
LINK = "steel"
OLD = "2019-06-30"
Cells = dict[str, Any]


def opened(directory: Path, links: dict[str, Cells] | None = None, **more: Any) -> Study:
    """A workspace of one chain: links by id, ``flows``, and rows by table."""
    flows = more.pop("flows", [])
    numbers = more.pop("numbers", {})
    panorama: Cells = {
        "stages": [{"id": "up", "name": "上游"}],
        "links": [
            {"id": name, "name": name, "stage": "up", "products": ["产品"], **said}
            for name, said in ({LINK: {}} if links is None else links).items()
        ],
    }
    if flows:
        panorama["flows"] = flows
    document = {"chain": "probe", "name": "链", "kind": "future", "region": "示例市"}
    document |= {"as_of": "2020", "panorama": panorama}
    told = {"source": "s1", "as_of": "2025-01-01"}
    place = {"chain": "probe", "link": LINK}
    tables = {
        "sources": [
            {"source": source, "title": "示例", "date": "2010", "grade": grade}
            for source, grade in random_worlds.GRADES.items()
        ],
        "firms": [{"firm": firm, "name": firm, **told} for firm in ("f1", "f2")],
    }
    for table, rows in more.items():
        where = {} if table == "districts" else place
        tables[table] = [{**where, **told, **row} for row in rows]
    world = World({"probe": document}, tables, STUDY_DATE, numbers=numbers)
    random_worlds.write(world, directory)
    study = open_study(directory)
    assert [one.line("en") for one in study.problems if one.severity == "error"] == []
    return study


def override(is_: str) -> Cells:
    return {"status": {"is": is_, "because": "现场核查", "source": "s1", "as_of": "2025"}}


def said(status: str, as_of: str = "2024-06-30", **more: Any) -> Cells:
    return {"status": status, "as_of": as_of, **more}


def money(supply: float | str, demand: float | str, as_of: str = "2025-06-30") -> Cells:
    return {"supply": supply, "demand": demand, "unit": "亿元", "as_of": as_of}


def made(as_of: str = "2024-03-31", firm: str = "f1", **more: Any) -> Cells:
    return {"firm": firm, "activity": "production", "as_of": as_of, **more}


def project(stage: str, as_of: str = "2025-03-31") -> Cells:
    return {"project": "p1", "name": "项目", "firm": "f1", "stage": stage, "as_of": as_of}


def named(rows: tuple[Row, ...]) -> list[tuple[str, str, str]]:
    return [
        (row.table, row.text("status") or row.text("activity"), row.text("as_of")) for row in rows
    ]


def cells_read(figure: Figure) -> set[tuple[str, int]]:
    return {(one.name, one.at.line) for one in figure.inputs if isinstance(one, Leaf)}


CUSTOMER: dict[str, Cells] = {LINK: {}, "ship": {}}
SHARED = {"from": LINK, "to": "ship", "share": 0.25}
SHIPS = {"link": "ship", **money(40, "")}
