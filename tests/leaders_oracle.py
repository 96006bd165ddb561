"""What the selection of leader firms should say, from the files in plain Python.

Statuses and producers of links come from the status oracle; nothing here imports the product.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests import oracle, rank_oracle
from tests.oracle_files import first_day, last_day
from tests.rank_oracle import Files

ACTIVE = ("strong", "weak", "present")


@dataclass
class City:
    """Every chain of a workspace as the oracles see it."""

    chains: dict[str, Files]

    @property
    def any(self) -> Files:
        return next(iter(self.chains.values()))

    def local(self, firm: str) -> bool:
        row = self.any.firm(firm)
        place = self.any.region.removesuffix("市")
        return bool(row and place in row.get("hq_city", ""))


def leaders(city: City) -> set[str]:
    """Firms seated here or with a site that makes or leads; a local group stands for its firms."""
    today = city.any.today
    found = {row["firm"] for row in city.any.case.tables["firms"] if city.local(row["firm"])}
    for row in city.any.tables["presence"]:
        over = row.get("until") and last_day(row["until"]) < today
        ahead = row.get("since") and first_day(row["since"]) > today
        if row["activity"] in ("production", "headquarters") and not over and not ahead:
            found.add(row["firm"])
    return {city.any.group(f) if city.local(city.any.group(f)) else f for f in found}


def members(city: City, firm: str) -> set[str]:
    if not city.local(firm) or city.any.group(firm) != firm:
        return {firm}
    known = {row["firm"] for row in city.any.case.tables["firms"]}
    return {one for one in known if city.any.group(one) == firm} | {firm}


def producers(files: Files, link: str) -> set[str]:
    return {row["firm"] for row in oracle.production_rows(files.case, link) if row.get("firm")}


def links(city: City, firm: str) -> set[tuple[str, str]]:
    mine = members(city, firm)
    return {
        (chain, link)
        for chain, files in city.chains.items()
        for link in files.case.links
        if producers(files, link) & mine
    }


def needs(city: City, firm: str) -> list[tuple[str, tuple[str, ...]]]:
    """What its links need: (chain, the links of which any one will do), each once."""
    found = {}
    for chain, link in links(city, firm):
        for flow in city.chains[chain].case.flows:
            if flow["to"] != link:
                continue
            need = flow.get("need", "required")
            sources = flow["from"] if isinstance(flow["from"], list) else [flow["from"]]
            if need != "optional":
                found[chain, tuple(sources)] = None
    return list(found)


def answer(city: City, firm: str) -> dict[str, Any]:
    mine = {city.any.group(one) for one in members(city, firm)}
    bought = {
        (chain, source)
        for chain, link in links(city, firm)
        for flow in city.chains[chain].case.flows
        if flow["to"] == link
        for source in (flow["from"] if isinstance(flow["from"], list) else [flow["from"]])
    }
    met = maybe = single = counted = 0
    for chain, sources in needs(city, firm):
        files = city.chains[chain]
        states = [files.gaps[source]["status"] for source in sources]
        if any(state in ACTIVE for state in states):
            met += 1
            here = [s for s, state in zip(sources, states, strict=True) if state in ACTIVE]
            groups = {city.any.group(one) for source in here for one in producers(files, source)}
            if groups:
                counted += 1
                single += len(groups - mine) == 1 and len(groups) == 1
        elif "unknown" in states:
            maybe += 1
    total = len(needs(city, firm))
    sizes = [rank_oracle.revenue(city.any, one) for one in sorted(members(city, firm))]
    known = [size for size in sizes if size is not None]
    return {
        "links": links(city, firm),
        "bought": len(bought),
        "local_low": met / total if total else None,
        "local_high": (met + maybe) / total if total else None,
        "single_source": single,
        "single_of": counted,
        "revenue": max(known, default=None),
    }
