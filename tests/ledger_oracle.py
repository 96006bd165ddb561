"""What the ledger and the relocation list should say, worked out from the files in plain Python.

Scores come from the ranking's own rows, which an oracle of their own judges; everything else is
read from the files with the eyes of the ranking's oracle. Nothing here imports the product.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from tests import rank_oracle
from tests.oracle import project_stage
from tests.oracle_files import PLAIN, Row, first_day, last_day, read_table
from tests.rank_oracle import Files

MAKING = ("投产", "达产")
COMING = ("签约", "开工", "建设")
CRITERIA = ("gap", "fit", "strength", "pull", "cluster", "signals", "closeness", "headroom")
LIKELY = CRITERIA[5:]
OPEN = ("strengthen", "deepen", "fill", "extend", "build", "check")
Pair = tuple[str, str, str]  # firm, chain, link
Scores = dict[Pair, dict[str, Any]]  # rows of the ranking of every chain


@dataclass
class Ledger:
    """The tables as the ranking's oracle sees them, every chain's links, the ranking's rows."""

    any: Files
    chains: dict[str, set[str]]
    scores: Scores
    data: Path
    read: dict[str, list[Row]] = field(default_factory=dict)
    pairs: dict[str, set[tuple[str, str]]] = field(default_factory=dict)

    def rows(self, table: str) -> list[Row]:
        if table not in self.read:
            self.read[table] = self._rows(table)
        return self.read[table]

    def _rows(self, table: str) -> list[Row]:
        one = self.any
        if not (self.data / f"{table}.csv").exists():
            return []
        return [
            r for r in read_table(self.data / f"{table}.csv") if last_day(r["as_of"]) <= one.today
        ]

    @cached_property
    def parents(self) -> dict[str, str]:
        return {row["firm"]: row.get("parent", "") for row in self.any.case.tables["firms"]}

    def group(self, firm: str) -> str:
        seen = {firm}
        while (above := self.parents.get(firm, "")) and above not in seen:
            seen.add(above)
            firm = above
        return firm

    @cached_property
    def groups(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for firm in {*self.parents, *self.parents.values()} - {""}:
            found.setdefault(self.group(firm), set()).add(firm)
        return found

    def flows(self, chain: str) -> set[tuple[str, str]]:
        """(from, to) of every flow of a chain, of any need."""
        if chain not in self.pairs:
            text = (self.data.parent / "chains" / f"{chain}.yaml").read_text(encoding="utf-8")
            self.pairs[chain] = {
                (source, flow["to"])
                for flow in yaml.load(text, Loader=PLAIN)["panorama"].get("flows") or ()
                for source in (flow["from"] if isinstance(flow["from"], list) else [flow["from"]])
            }
        return self.pairs[chain]

    def members(self, firm: str) -> set[str]:
        return {firm, *self.groups.get(self.group(firm), set())}


def read(workspace: Path, chains: list[str], scores: Scores, as_of: str | None = None) -> Ledger:
    found = {}
    for chain in chains:
        text = (workspace / "chains" / f"{chain}.yaml").read_text(encoding="utf-8")
        links = yaml.load(text, Loader=PLAIN)["panorama"]["links"]
        found[chain] = {link["id"] for link in links}
    smallest = min(chains, key=lambda chain: len(found[chain]))
    files = rank_oracle.read_files(workspace, smallest, as_of)
    return Ledger(files, found, scores, workspace / "data")


def here(ledger: Ledger, firm: str) -> str:
    """``yes``, ``absent``, ``mentioned`` or ``not_looked``, for the whole group."""
    today, members = ledger.any.today, ledger.members(firm)
    sites = [row for row in ledger.any.tables["presence"] if row["firm"] in members]
    open_ones = [
        row
        for row in sites
        if not (row.get("until") and last_day(row["until"]) < today)
        and not (row.get("since") and first_day(row["since"]) > today)
    ]
    if any(row["activity"] != "none" for row in open_ones):
        return "yes"
    case = ledger.any.case
    stages = {
        project_stage(case, row) for row in case.tables["projects"] if row.get("firm") in members
    }
    if stages & {*MAKING}:
        return "yes"
    looks = [row for row in ledger.rows("searched") if row.get("firm") in members]
    if stages & {*COMING} or any(row["found"] == "yes" for row in looks):
        return "mentioned"
    if looks or any(row["activity"] == "none" for row in open_ones):
        return "absent"
    return "not_looked"


def links(ledger: Ledger, firm: str, whole_group: bool = True) -> set[tuple[str, str]]:
    """Links that the firm, or its group, could serve by what it makes."""
    members = ledger.members(firm) if whole_group else {firm}
    return {
        (row["chain"], row["link"])
        for table in ("activities", "screened")
        for row in ledger.any.tables[table]
        if row["firm"] in members and row["link"] in ledger.chains.get(row["chain"], ())
    }


def best(ledger: Ledger, firm: str, whole_group: bool = True) -> dict[str, Any] | None:
    """The best scored row of the firm, or its group, that rests on more than a code."""
    members = ledger.members(firm) if whole_group else {firm}
    rows = [
        row
        for (who, _, _), row in ledger.scores.items()
        if who in members and row["basis"] in ("activity", "match")
    ]
    key = [(-round(row["score"], 9), row["firm"], row["chain"], row["link"]) for row in rows]
    return rows[key.index(min(key))] if rows else None


def verdict(ledger: Ledger, firm: str, whole_group: bool = True) -> str:
    """A firm asked about alone that goes elsewhere is D; a group may still invest, and is C."""
    if not whole_group and rank_oracle.gone(ledger.any, firm):
        return "D"
    members = ledger.members(firm) if whole_group else {firm}
    if not links(ledger, firm, whole_group):
        unfit = {row["firm"] for row in ledger.rows("no_fit")}
        return "D" if members & unfit else "?"
    found = best(ledger, firm, whole_group)
    if found is None or rank_oracle.gone(ledger.any, firm):
        return "C"
    if rank_oracle.gone(ledger.any, found["firm"]):
        return "C"
    return letter(ledger, found["score"], found["likelihood"])


def letter(ledger: Ledger, score: float, likelihood: float | None) -> str:
    numbers = ledger.any.numbers
    if score >= numbers["ledger.approach"] and (
        likelihood is None or likelihood >= numbers["ledger.likely"]
    ):
        return "A"
    return "B" if score >= numbers["ledger.cultivate"] else "C"


def would_change(ledger: Ledger, firm: str, whole_group: bool = True) -> tuple[str, str] | None:
    """The open criterion whose better end (for an A its worse one) moves the score furthest
    among those that change the verdict, and the verdict it leads to."""
    now, found = verdict(ledger, firm, whole_group), best(ledger, firm, whole_group)
    if found is None or now in ("D", "?"):
        return None
    if rank_oracle.gone(ledger.any, firm) or rank_oracle.gone(ledger.any, found["firm"]):
        return None
    weights = {name: ledger.any.numbers[f"weights.{name}"] for name in CRITERIA}

    def mean(marks: dict[str, float], of: tuple[str, ...]) -> float | None:
        whole = sum(weights[name] for name in of)
        return sum(weights[n] * marks[n] for n in of) / whole if whole else None

    moves = []
    for name, (low, high) in found["unknown"].items():
        marks = {**found["criteria"], name: low if now == "A" else high}
        score = mean(marks, CRITERIA) or 0.0
        to = letter(ledger, score, mean(marks, LIKELY))
        if to != now:
            moves.append((-round(abs(score - found["score"]), 9), CRITERIA.index(name), name, to))
    return min(moves)[2:] if moves else None


def closeness(ledger: Ledger, statuses: dict[tuple[str, str], str], firm: str) -> float | None:
    """The share of active neighbours in percent: of the link with the best score, else the
    greatest of its links."""
    pairs = links(ledger, firm, whole_group=False)
    found = best(ledger, firm, whole_group=False)
    if found is not None:
        pairs = {(found["chain"], found["link"])}
    shares = []
    for chain, link in pairs:
        near = {other for pair in ledger.flows(chain) if link in pair for other in pair} - {link}
        active = [n for n in near if statuses[chain, n] in ("strong", "weak", "present")]
        shares.append(100 * len(active) / len(near) if near else 0.0)
    return max(shares, default=None)
