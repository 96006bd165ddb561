"""What the selection of leader firms should say, from the files in plain Python.

Statuses and producers of links come from the status oracle; nothing here imports the product.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import oracle
import rank_oracle
from oracle_files import first_day, last_day
from rank_files import Files

ACTIVE = ("strong", "weak", "present")


@dataclass
class City:
    """Every chain of a workspace as the oracles see it."""

    chains: dict[str, Files]
    groups: dict[str, str] = field(default_factory=dict)
    makers: dict[tuple[str, str], set[str]] = field(default_factory=dict)

    def group(self, firm: str) -> str:
        if firm not in self.groups:
            self.groups[firm] = self.any.group(firm)
        return self.groups[firm]

    def producers(self, chain: str, link: str) -> set[str]:
        if (chain, link) not in self.makers:
            rows = oracle.production_rows(self.chains[chain].case, link)
            self.makers[chain, link] = {row["firm"] for row in rows if row.get("firm")}
        return self.makers[chain, link]

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
    return {city.group(f) if city.local(city.group(f)) else f for f in found}


def members(city: City, firm: str) -> set[str]:
    if not city.local(firm) or city.group(firm) != firm:
        return {firm}
    known = {row["firm"] for row in city.any.case.tables["firms"]}
    return {one for one in known if city.group(one) == firm} | {firm}


def links(city: City, firm: str) -> set[tuple[str, str]]:
    mine = members(city, firm)
    return {
        (chain, link)
        for chain, files in city.chains.items()
        for link in files.case.links
        if city.producers(chain, link) & mine
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


def own_output(city: City, firm: str, chain: str, link: str) -> float | None:
    """What the leader makes on a link, in 亿元; where it alone makes there, all that is made."""
    mine = members(city, firm)
    rows = oracle.production_rows(city.chains[chain].case, link)
    own = [row for row in rows if row["firm"] in mine]
    if all(row.get("output") and row["output_unit"] == "亿元" for row in own):
        return math.fsum(float(row["output"]) for row in own)
    if len(own) == len(rows):
        amount, _, unit = oracle.supply(city.chains[chain].case, link)
        return amount if unit == "亿元" else None
    return None


def purchases(city: City, firm: str) -> tuple[float | None, bool]:
    """What it buys a year in 亿元, and whether that is all of it."""
    terms, whole = [], True
    for chain, link in sorted(links(city, firm)):
        amount = own_output(city, firm, chain, link)
        for flow in city.chains[chain].case.flows:
            if flow["to"] != link:
                continue
            if flow["share"] is None or amount is None:
                whole = False
            else:
                terms.append(flow["share"] * amount)
    return (math.fsum(terms) if terms else None), whole


def pull(city: City, firm: str, bought: int) -> float:
    numbers = city.any.numbers
    by_count = min(100.0, 100 * bought / numbers["leaders.pull_full"])
    value, whole = purchases(city, firm)
    if value is None:
        return by_count
    low, high = numbers["leaders.purchase_lo"], numbers["leaders.purchase_hi"]
    by_value = min(100.0, 100 * math.log(1 + value / low) / math.log(1 + high / low))
    return by_value if whole else max(by_count, by_value)


def scores(city: City, found: dict[str, Any]) -> tuple[float, float, float]:
    """The score with the unknown at its middle, at its lowest and at its highest."""
    numbers = city.any.numbers
    size = found["scale"]
    needs, met, counted = found["needs"], found["met"], found["single_of"]
    away = (0.0, 0.0)
    if needs:
        away = (100 * (1 - found["local_high"]), 100 * (1 - found["local_low"]))
    risk = (0.0, 0.0)
    if met:
        single = found["single_source"]
        risk = (100 * single / met, 100 * (single + met - counted) / met)
    marks = {
        "scale": (0.0, 100.0) if size is None else (size, size),
        "pull": (found["pull"], found["pull"]),
        "sourcing": away,
        "single": risk,
    }
    weights = {name: numbers[f"leaders.weights.{name}"] for name in marks}

    def mean(at: float) -> float:
        parts = [weights[n] * (low + at * (high - low)) for n, (low, high) in marks.items()]
        return math.fsum(parts) / math.fsum(weights.values())

    return mean(0.5), mean(0.0), mean(1.0)


def answer(city: City, firm: str) -> dict[str, Any]:
    mine = {city.group(one) for one in members(city, firm)}
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
            groups = {city.group(one) for source in here for one in city.producers(chain, source)}
            if groups:
                counted += 1
                single += len(groups - mine) == 1 and len(groups) == 1
        elif "unknown" in states:
            maybe += 1
    total = len(needs(city, firm))
    sizes = [rank_oracle.revenue(city.any, one) for one in sorted(members(city, firm))]
    known = [size for size in sizes if size is not None]
    largest = max(known, default=None)
    numbers = city.any.numbers
    low, high = numbers["strength.lo"], numbers["strength.hi"]
    scale = None
    if largest is not None:
        inside = 0.0 if largest <= low else math.log(largest / low) / math.log(high / low)
        scale = min(100.0, 100 * inside)
    found = {
        "links": links(city, firm),
        "bought": len(bought),
        "pull": pull(city, firm, len(bought)),
        "purchases_100m_cny": purchases(city, firm)[0],
        "scale": scale,
        "local_low": met / total if total else None,
        "local_high": (met + maybe) / total if total else None,
        "single_source": single,
        "single_of": counted,
        "revenue_100m_cny": largest,
    }
    middle, lowest, highest = scores(city, {**found, "needs": total, "met": met})
    return {**found, "score": middle, "score_low": lowest, "score_high": highest}
