"""Changes to a random workspace after which every answer must be the same."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from hypothesis import strategies as st
from random_worlds import (
    CELLS,
    HEADERS,
    KEYS,
    STAGES,
    STATUSES,
    Row,
    World,
    chain_file,
    finding_rows,
    future_dates,
    presence_row,
    project_row,
    request_row,
)

Draw = Callable[..., Any]
# Ids that careless software takes for a number, a date, a boolean, nothing or an option.
AWKWARD = [
    "no",
    "1e3",
    "000001",
    "null",
    "true",
    "2025-01-01",
    "0",
    "a-b_c",
    "x" * 64,
    "inf",
    "0x1f",
]


@dataclass
class Names:
    """The new id of each old one, kind by kind."""

    chains: dict[str, str]
    links: dict[tuple[str, str], str]
    firms: dict[str, str]
    sources: dict[str, str]
    projects: dict[str, str] = field(default_factory=dict)

    def cell(self, sources: str) -> str:
        return "|".join(self.sources[source] for source in sources.split("|"))


def new_ids(rng: Random, old: list[str], letter: str) -> dict[str, str]:
    fresh = [*AWKWARD, *(f"{letter}{number}" for number in range(len(old)))]
    return dict(zip(old, rng.sample(fresh, len(old)), strict=True))


def new_names(world: World, rng: Random) -> Names:
    links = {}
    for chain in world.chains:
        old = [link for place, link in world.places() if place == chain]
        links |= {(chain, link): new for link, new in new_ids(rng, old, "k").items()}
    firms = sorted({row["firm"] for row in world.tables["firms"]})
    sources = [row["source"] for row in world.tables["sources"]]
    projects = sorted({row["project"] for row in world.tables["projects"]})
    return Names(
        chains=new_ids(rng, list(world.chains), "c"),
        links=links,
        firms=new_ids(rng, firms, "e"),
        sources=new_ids(rng, sources, "q"),
        projects=new_ids(rng, projects, "r"),
    )


def renamed_chain(document: dict[str, Any], names: Names) -> dict[str, Any]:
    changed = copy.deepcopy(document)
    old = document["chain"]
    changed["chain"] = names.chains[old]
    for link in changed["panorama"]["links"]:
        link["id"] = names.links[old, link["id"]]
        if "status" in link:
            link["status"]["source"] = names.cell(link["status"]["source"])
    for flow in changed["panorama"].get("flows", []):
        origin = flow["from"]
        flow["to"] = names.links[old, flow["to"]]
        if isinstance(origin, list):
            flow["from"] = [names.links[old, member] for member in origin]
        else:
            flow["from"] = names.links[old, origin]
        if "source" in flow:
            flow["source"] = names.cell(flow["source"])
    return changed


def renamed_row(table: str, row: Row, names: Names) -> Row:
    changed = dict(row)
    if "source" in row:
        changed["source"] = names.cell(row["source"])
    if "link" in row:
        changed["link"] = names.links[row["chain"], row["link"]]
        changed["chain"] = names.chains[row["chain"]]
    for column in ("firm", "parent", "leader", "wanted"):
        if row.get(column):
            changed[column] = names.firms.get(row[column], row[column])
    if table == "projects":
        changed["project"] = names.projects[row["project"]]
    return changed


def renamed(world: World, names: Names) -> World:
    """The workspace with every id replaced by its new one, everywhere."""
    return World(
        {
            names.chains[chain]: renamed_chain(document, names)
            for chain, document in world.chains.items()
        },
        {
            table: [renamed_row(table, row, names) for row in rows]
            for table, rows in world.tables.items()
        },
        world.study_date,
    )


def shuffled(value: Any, rng: Random) -> Any:
    """The same mappings with their keys in another order, and the same lists likewise."""
    if isinstance(value, dict):
        return {key: shuffled(value[key], rng) for key in rng.sample(list(value), len(value))}
    if isinstance(value, list):
        return [shuffled(item, rng) for item in rng.sample(value, len(value))]
    return value


def reordered(world: World, rng: Random) -> World:
    """The workspace with its files, rows, columns, mapping keys, links and flows in any order."""
    changed = shuffled({"chains": world.chains, "tables": world.tables}, rng)
    for rows in changed["tables"].values():
        for row in rows:
            row["source"] = "|".join(shuffled(row["source"].split("|"), rng))
    columns = {table: shuffled(header.split(","), rng) for table, header in HEADERS.items()}
    return World(changed["chains"], changed["tables"], world.study_date, columns=columns)


def extended(world: World, more: dict[str, list[Row]]) -> World:
    changed = copy.deepcopy(world)
    for table, rows in more.items():
        changed.tables[table] = [*changed.tables.get(table, []), *rows]
    return changed


@st.composite
def unrelated(draw: Draw, world: World) -> World:
    """The workspace with one chain more: its own rows, firms and source, the same link ids."""
    dates = ["2010-01-01", "2024-12-31", *future_dates(world.study_date)]
    document = chain_file(draw, "aside", draw(st.integers(1, 4)), dates)
    places = [{"chain": "aside", "link": link["id"]} for link in document["panorama"]["links"]]
    known = {row["firm"] for row in world.tables["firms"]}
    firm = {"firm": "newcomer", "name": "新企业", "parent": draw(st.sampled_from(sorted(known)))}
    rows: dict[str, list[Row]] = {
        "sources": [{"source": "s9", "title": "示例", "date": "2010", "grade": "A"}],
        "firms": [firm | {"source": "s9", "as_of": "2010-01-01"}],
        "findings": finding_rows(draw, places, dates, ties=False),
        "presence": [presence_row(draw, places, 1, dates) | {"firm": "newcomer"}],
        "projects": [project_row(draw, places, 1, dates) | {"project": "p9"}],
        "requests": [request_row(draw, places, 1, dates) | {"leader": "newcomer"}],
    }
    rows["presence"].append(dict(rows["presence"][0]) | {"firm": min(known), "source": "s9"})
    changed = extended(world, rows)
    changed.chains["aside"] = document
    return changed


@st.composite
def foretold(draw: Draw, world: World) -> World:
    """The workspace with rows and overrides that are dated after the study date.

    Every old row but a finding may get a successor with the same key and another content.
    """
    later = st.sampled_from(future_dates(world.study_date))
    places = [{"chain": chain, "link": link} for chain, link in world.places()]
    firms = sorted({row["firm"] for row in world.tables["firms"]})
    rows: dict[str, list[Row]] = {
        "findings": finding_rows(draw, places, future_dates(world.study_date), ties=False),
        "sources": [{"source": "s9", "title": "示例", "date": draw(later), "grade": "A"}],
    }
    taken = {(r["chain"], r["link"], r["as_of"], r["source"]) for r in world.tables["findings"]}
    rows["findings"] = [
        row
        for row in rows["findings"]
        if (row["chain"], row["link"], row["as_of"], row["source"]) not in taken
    ]
    for table in ("firms", "presence", "projects", "requests"):
        rows[table] = [
            successor(draw, table, dict(old), places, firms)
            | {"source": draw(st.sampled_from([*CELLS, "s9"])), "as_of": "2031-07-01"}
            for old in last_versions(world.tables[table], table)
            if draw(st.booleans())
        ]
    for table, make in (("presence", presence_row), ("projects", project_row)):
        fresh = make(draw, places, len(firms), future_dates(world.study_date))
        known = {tuple(row[column] for column in KEYS[table]) for row in world.tables[table]}
        if tuple(fresh[column] for column in KEYS[table]) not in known:
            rows[table].append(fresh)
    changed = extended(world, rows)
    for document in changed.chains.values():
        for link in document["panorama"]["links"]:
            if "status" not in link and draw(st.booleans()):
                link["status"] = {"is": draw(st.sampled_from(STATUSES)), "because": "以后"}
                link["status"] |= {"source": "s9", "as_of": draw(later)}
    return changed


def last_versions(rows: list[Row], table: str) -> list[Row]:
    return list({tuple(row[column] for column in KEYS[table]): row for row in rows}.values())


def successor(draw: Draw, table: str, row: Row, places: list[Row], firms: list[str]) -> Row:
    """What the next row of the same key might say."""
    if table == "firms":
        before = firms[: firms.index(row["firm"])]
        row["parent"] = draw(st.sampled_from(["", *before]))
    elif table == "presence":
        row |= {"since": "2009", "until": draw(st.sampled_from(["2010", ""]))}
        row |= {"output": draw(st.sampled_from(["", "7"])), "output_unit": ""}
        row["output_unit"] = "亿元" if row["output"] else ""
    elif table == "projects":
        row |= draw(st.sampled_from(places)) | {"stage": draw(st.sampled_from(STAGES))}
    else:
        row["status"] = draw(st.sampled_from(["accepted", "rejected"]))
    return row
