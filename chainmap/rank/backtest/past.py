"""The ranking as it could have been made at a past date: these rules are asked in a past world."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from chainmap.core.derivation import Ask
from chainmap.core.formula import middle, total
from chainmap.core.model import Row
from chainmap.rank.candidates import KINDS, code_rows
from chainmap.rank.criteria import CRITERIA, figure_of
from chainmap.rank.marks import Mark
from chainmap.rank.score import Weights, weighted_mean

DIGITS = {"industry": 4, "undecided": 3, "division": 2}  # what a code must agree in
HERE = ("签约", "开工", "建设", "投产", "达产")
Pair = tuple[str, str, str]  # chain, link, and on what basis


@dataclass(frozen=True, slots=True)
class PastRow:
    """A firm on a link at the cut-off: its score, its mark on every criterion, its basis.

    ``sector``: firms that make something on the chain here.
    """

    firm: str
    chain: str
    link: str
    basis: str
    score: float
    marks: dict[str, float]
    sector: int


@dataclass(frozen=True, slots=True)
class PastGroup:
    """A group at the cut-off: its best place on the list, its revenue there, rows of all firms."""

    group: str
    rank: float
    revenue: float
    here: bool
    rows: tuple[PastRow, ...]


def universe(ask: Ask, name: str) -> tuple[Row, ...]:
    """The places of a list in the newest year that is in sight, in their order."""
    rows = ask.rows("lists", ("list",), (name,))
    newest = max((row.text("year") for row in rows), default="")
    return tuple(row for row in rows if row.text("year") == newest)


def links(ask: Ask, firm: str, mode: str) -> tuple[Pair, ...]:
    """The links that a firm could be thought of for: by what it makes, else by its codes.

    A code counts by how far it agrees with one of the link's: in four digits, three, or two; the
    basis is the strongest. In the mode ``strict`` the two-digit division alone is looked at, for
    every firm. As in the ranking a link without a gap leads nowhere, unless the firm's group makes
    its product here already and would expand.
    """
    found: dict[tuple[str, str], str] = {}
    for chain, link, basis in (*(() if mode == "strict" else _by_product(ask, firm)),
                               *_by_codes(ask, firm, mode)):  # fmt: skip
        found.setdefault((chain, link), basis)
    group = ask.world.group(firm)
    return tuple(
        (chain, link, basis)
        for (chain, link), basis in sorted(found.items())
        if ask("gap", chain, link).kind in KINDS
        or any(ask.world.group(made.firm) == group for made in ask("producing", chain, link))
    )


def _by_product(ask: Ask, firm: str) -> Iterator[Pair]:
    chains = ask.world.workspace.chains
    for table, basis in (("activities", "activity"), ("screened", "match")):
        for row in ask.rows(table, ("firm",), (firm,)):
            chain, link = row.text("chain"), row.text("link")
            if chain in chains and link in chains[chain].index:
                yield chain, link, basis


def _by_codes(ask: Ask, firm: str, mode: str) -> Iterator[Pair]:
    given = code_rows(ask.rows, firm)
    for rows in (rows for codes, rows in given if codes):
        ask.cell(rows[-1], "industry")
    codes = dict.fromkeys(code for several, _ in given for code in several)
    by_code = ask.world.once("links_by_code", lambda: _links_by_code(ask))
    for basis in ("division",) if mode == "strict" else tuple(DIGITS):
        for code in codes:
            if len(code) >= DIGITS[basis]:
                for place in by_code.get(code[: DIGITS[basis]], ()):
                    yield (*place, basis)


def _links_by_code(ask: Ask) -> dict[str, list[tuple[str, str]]]:
    """Every link by its codes and their first three and two digits."""
    found: dict[str, dict[tuple[str, str], None]] = {}
    for chain in ask.world.workspace.chains.values():
        for link in chain.links:
            for code in link.industry:
                for digits in DIGITS.values():
                    found.setdefault(code[:digits], {})[chain.id, link.id] = None
    return {code: list(places) for code, places in found.items()}


def row(ask: Ask, firm: str, chain: str, link: str, basis: str) -> PastRow:
    """A firm's marks and score on a link, as the ranking would have given them.

    On codes alone the fit is the middle between 0 and the ceiling of that basis.
    """
    stated: Weights = ask("weights")
    marks: dict[str, float] = {}
    for name in CRITERIA:
        if name == "fit" and basis in DIGITS:
            known = basis != "division"
            ceiling = ask.setting(f"fit.{basis}_ceiling" if known else "backtest.division_ceiling")
            marks[name] = ask.work("criterion.fit", middle, 0.0, [(1.0, 0.0, ceiling)])
        else:
            mark: Mark = ask(*figure_of(name, firm, chain, link))
            marks[name] = mark.value
    terms = {f"criterion.{name}": (stated.of[name], marks[name]) for name in CRITERIA}
    score = ask.work("formula.score", weighted_mean, terms) if stated.total > 0 else 0.0
    return PastRow(firm, chain, link, basis, score, marks, ask("past.sector", chain))


def sector(ask: Ask, chain: str) -> int:
    """How many firms are seen to make something on the chain here, a firm once for each link."""
    made = [ask("producers", chain, link.id) for link in ask.world.chain(chain).links]
    return int(ask.work("", total, made))


def here(ask: Ask, *members: str) -> bool:
    """Whether a group is seen to be here: a site that has not ended, or a signed project."""
    today = ask.today().last
    for firm in members:
        for site in ask.rows("presence", ("firm",), (firm,)):
            if site.runs(today) and ask.cell(site, "activity") != "none":
                return True
        for project in ask.rows("projects", ("firm",), (firm,)):
            if ask("project_stage", project.text("project")) in HERE:
                return True
    return False


def group(ask: Ask, name: str, mode: str, *members: str) -> PastGroup:
    """A group with the rows of all its firms; who they are is told by who asks, it first."""
    wanted = set(members)
    places = [row for row in ask("past.universe", name) if row.text("firm") in wanted]
    ranks = [ask.number(one, "rank") for one in places]
    revenues = [ask.number(one, "revenue") for one in places]
    rows = tuple(
        ask("past.row", firm, *pair) for firm in members for pair in ask("past.links", firm, mode)
    )
    return PastGroup(
        members[0],
        min((rank for rank in ranks if rank is not None), default=math.inf),
        max((revenue for revenue in revenues if revenue is not None), default=0.0),
        ask("past.here", *members),
        rows,
    )
