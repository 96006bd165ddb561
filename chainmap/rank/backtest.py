"""The ranking as it could have been made at a past date, and a guard that nothing later got in.

Structure, the map from sector words to industries, and the weights are looked at with today's
eyes; everything else must have been out by the cut-off (``core.world.PastWorld``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from chainmap.core.dates import parse_day
from chainmap.core.derivation import Ask, Figure, Found, Leaf
from chainmap.core.model import Row
from chainmap.core.problems import Place
from chainmap.core.world import PastWorld
from chainmap.rank.candidates import code_rows
from chainmap.rank.criteria import CRITERIA, figure_of
from chainmap.rank.marks import Mark
from chainmap.rank.score import Weights, weighted_mean

DIGITS = {"industry": 4, "undecided": 3, "division": 2}  # what a code must agree in
Pair = tuple[str, str, str]  # chain, link, and on what basis


@dataclass(frozen=True, slots=True)
class PastRow:
    """A firm on a link at the cut-off: its score, and the mark on every criterion."""

    chain: str
    link: str
    score: float
    marks: dict[str, float]
    producers: int


@dataclass(frozen=True, slots=True)
class PastFirm:
    """A firm at the cut-off: its place on the list, and its rows on all links."""

    firm: str
    rank: float
    revenue: float | None
    rows: tuple[PastRow, ...]
    here: bool


class Leak(Exception):
    """Rows that could not be known at the cut-off reached the ranking: where, and why."""

    def __init__(self, rows: list[tuple[Place, str]]) -> None:
        super().__init__("; ".join(f"{at.file}:{at.line} {why}" for at, why in rows))
        self.rows = rows


def universe(ask: Ask, name: str) -> tuple[Row, ...]:
    """The places of a list in the newest year that is in sight, in their order."""
    rows = ask.rows("lists", ("list",), (name,))
    newest = max((str(ask.cell(row, "year")) for row in rows), default="")
    return tuple(row for row in rows if row.text("year") == newest)


def links(ask: Ask, firm: str, mode: str) -> tuple[Pair, ...]:
    """The links that a firm could be thought of for: by what it makes, else by its codes.

    A code counts by how far it agrees with one of the link's: four digits, three, or two. In the
    mode ``strict`` only the two-digit division is looked at, for every firm.
    """
    chains = ask.world.workspace.chains
    found: dict[tuple[str, str], str] = {}
    if mode != "strict":
        for table, basis in (("activities", "activity"), ("matches", "match")):
            for row in ask.rows(table, ("firm",), (firm,)):
                chain, link = row.text("chain"), row.text("link")
                if chain in chains and link in chains[chain].index:
                    found.setdefault((chain, link), basis)
    codes = {code for several, _ in code_rows(ask.rows, firm) for code in several}
    bases = ("division",) if mode == "strict" else tuple(DIGITS)
    by_code = ask.world.once("links_by_code", lambda: _links_by_code(ask))
    for basis in bases:
        digits = DIGITS[basis]
        for code in sorted(codes):
            if len(code) >= digits:
                for place in by_code.get(code[:digits], ()):
                    found.setdefault(place, basis)
    return tuple((*place, basis) for place, basis in sorted(found.items()))


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
    """A firm's marks and score on a link, as the ranking would have given them."""
    stated: Weights = ask("weights")
    marks: dict[str, float] = {}
    for name in CRITERIA:
        if name == "fit" and basis in DIGITS:
            ceiling = "backtest.division_ceiling" if basis == "division" else f"fit.{basis}_ceiling"
            marks[name] = ask.setting(ceiling) / 2
        else:
            mark: Mark = ask(*figure_of(name, firm, chain, link))
            marks[name] = mark.value
    terms = {f"criterion.{name}": (stated.of[name], marks[name]) for name in CRITERIA}
    score = ask.work("formula.score", weighted_mean, terms) if stated.total > 0 else 0.0
    return PastRow(chain, link, score, marks, ask("producers", chain, link))


def firm(ask: Ask, name: str, who: str, mode: str) -> PastFirm:
    """A firm of a list with all its rows at the cut-off."""
    places = [row for row in ask("past.universe", name) if row.text("firm") == who]
    ranks = [ask.number(one, "rank") for one in places]
    revenues = [ask.number(one, "revenue") for one in places]
    rows = tuple(ask("past.row", who, *pair) for pair in ask("past.links", who, mode))
    sites = [one for one in ask.rows("presence", ("firm",), (who,))
             if ask.cell(one, "activity") != "none"]  # fmt: skip
    projects = ask.rows("projects", ("firm",), (who,))
    known = [value for value in revenues if value is not None]
    return PastFirm(
        who,
        min((rank for rank in ranks if rank is not None), default=float("inf")),
        max(known, default=None),
        rows,
        bool(sites or projects),
    )


def guard(world: PastWorld, figures: Iterable[Figure]) -> None:
    """Walk everything that the figures were computed from; raise Leak for what was not out yet.

    Independent of the filter: it looks at the record of what was read, row by row and cell by
    cell, and at the dates of the rows and of their sources.
    """
    leaks: dict[tuple[str, int], tuple[Place, str]] = {}
    seen: set[int] = set()
    waiting = list(figures)
    while waiting:
        figure = waiting.pop()
        if id(figure) in seen:
            continue
        seen.add(id(figure))
        for part in figure.inputs:
            if isinstance(part, Figure):
                waiting.append(part)
            elif isinstance(part, Found):
                for one in part.rows:
                    at = Place(one.file, one.line)
                    _note(leaks, world, at, one.as_of <= world.today, one.sources)
            elif isinstance(part, Leaf) and part.kind == "cell":
                day = parse_day(part.as_of) if part.as_of else None
                known = day is not None and day.last <= world.today
                _note(leaks, world, part.at, known, part.sources)
    if leaks:
        raise Leak(list(leaks.values()))


def _note(
    leaks: dict[tuple[str, int], tuple[Place, str]],
    world: PastWorld,
    at: Place,
    known: bool,
    sources: Iterable[str],
) -> None:
    table = at.file.rsplit("/", 1)[-1].removesuffix(".csv")
    if table in (*PastWorld.HINDSIGHT, "sources"):
        return
    late = [source for source in sources if not world.is_out(source)]
    if known and not late:
        return
    why = "as_of" if not known else "|".join(late)
    leaks[at.file, at.line] = (at, why)
