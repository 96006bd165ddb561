"""Who could close which gap: candidate rows, the expansion list, and firms without a link."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from chainmap.core.derivation import Ask
from chainmap.core.model import Row
from chainmap.core.world import World

RowsOf = Callable[[str, tuple[str, ...], tuple[str, ...]], tuple[Row, ...]]
LIST_WORD = ("list", "sector")
KINDS = ("fill", "strengthen", "deepen", "extend", "build", "check")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A firm that could close the gap of a link, and on what basis we think so."""

    firm: str
    chain: str
    link: str
    basis: str


@dataclass(frozen=True, slots=True)
class Field:
    """Everyone who could serve a chain: in the running, here already, or not yet placed."""

    running: tuple[Candidate, ...]
    expansion: tuple[Candidate, ...]
    undecided: tuple[Candidate, ...]
    no_gap: int = 0  # firms on links that have no gap to close


def field(ask: Ask, chain: str) -> Field:
    """The candidates of a chain.

    A firm whose group already makes the link's product here goes to the expansion list, whatever
    the kind; a reason on a link without a gap leads nowhere. A firm with no reason on any link of
    the chain whose industry codes agree in three digits is undecided.
    """
    world = ask.world
    running: list[Candidate] = []
    expansion: list[Candidate] = []
    kinds: dict[str, str] = {}
    makers: dict[str, set[str]] = {}
    pairs = _pairs(ask, chain)
    for (firm, link), basis in pairs.items():
        if link not in kinds:
            kinds[link] = ask("gap", chain, link).kind
            producers = ask("producing", chain, link)
            makers[link] = {world.group(p.firm) for p in producers if p.firm}
        if makers[link] and world.group(firm) in makers[link]:
            expansion.append(Candidate(firm, chain, link, basis))
        elif kinds[link] in KINDS:
            running.append(Candidate(firm, chain, link, basis))
    placed = {firm for firm, _ in pairs}
    undecided = [
        Candidate(firm, chain, "", "undecided")
        for firm in sorted(_by_code(world, chain, 3))
        if firm not in placed
    ]
    idle = len(pairs) - len(running) - len(expansion)
    return Field(tuple(running), tuple(expansion), tuple(undecided), idle)


def _pairs(ask: Ask, chain: str) -> dict[tuple[str, str], str]:
    """(firm, link) pairs in order, each with the strongest basis that suggests it."""
    world = ask.world
    links = world.chain(chain).index
    pairs: dict[tuple[str, str], str] = {}
    for table, basis in (("activities", "activity"), ("screened", "match")):
        for row in ask.rows(table, ("chain",), (chain,)):
            if row.text("link") in links:
                pairs.setdefault((row.text("firm"), row.text("link")), basis)
    firms = world.once("firms_by_code/4", lambda: _firms_by_code(world, 4))
    for code, coded in _codes_of_links(world, chain, 4).items():
        for firm in firms.get(code, ()):
            for link in coded:
                pairs.setdefault((firm, link), "industry")
    return dict(sorted(pairs.items()))


def _codes_of_links(world: World, chain: str, digits: int) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for link in world.chain(chain).links:
        for code in link.industry:
            found.setdefault(code[:digits], []).append(link.id)
    return found


def _by_code(world: World, chain: str, digits: int) -> Iterator[str]:
    """Firms with a code that agrees with one of the chain's in so many digits, each once."""
    firms = world.once(f"firms_by_code/{digits}", lambda: _firms_by_code(world, digits))
    wanted = _codes_of_links(world, chain, digits)
    yield from dict.fromkeys(firm for code in wanted for firm in firms.get(code, ()))


def _firms_by_code(world: World, digits: int) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    # A firm may stand on a list before a row of its own is in sight.
    firms = [row.text("firm") for table in ("firms", "lists") for row in world.newest(table)]
    for firm in dict.fromkeys(firms):
        codes = dict.fromkeys(c[:digits] for c in codes_of(world, firm) if len(c) >= digits)
        for code in codes:
            found.setdefault(code, []).append(firm)
    return found


def codes_of(world: World, firm: str) -> tuple[str, ...]:
    """Industry codes of a firm, each once."""
    return tuple(dict.fromkeys(c for codes, _ in code_rows(world.rows, firm) for c in codes))


def code_rows(rows: RowsOf, firm: str) -> list[tuple[tuple[str, ...], tuple[Row, ...]]]:
    """Industry codes of a firm with the rows that give them.

    Its own codes where it has any, else those of its sector words, on all lists of all years.
    """
    own = [(row.many("industry"), (row,)) for row in rows("firms", ("firm",), (firm,))]
    if any(codes for codes, _ in own):
        return list(own)
    return [
        (words.many("industry"), (place, words))
        for place in rows("lists", ("firm",), (firm,))
        for words in rows("sectors", LIST_WORD, (place.text("list"), place.text("sector")))
    ]


def agreeing_rows(ask: Ask, chain: str, firm: str) -> tuple[Row, ...]:
    """The rows that give the firm a code agreeing with one of the chain's in three digits."""
    wanted = _codes_of_links(ask.world, chain, 3)
    agreeing: dict[Row, None] = {}
    near: set[str] = set()
    for codes, rows in code_rows(ask.rows, firm):
        if agree := {code[:3] for code in codes} & wanted.keys():
            near |= agree
            agreeing |= dict.fromkeys(rows)
            ask.cell(rows[-1], "industry")
    for at, link in enumerate(ask.world.chain(chain).links):
        if any(code[:3] in near for code in link.industry):
            ask.structure(chain, ("panorama", "links", at, "industry"), link.industry)
    return tuple(agreeing)


def on_list(world: World, name: str) -> set[str]:
    """Firms of the newest year of a list."""
    rows = world.rows("lists", ("list",), (name,))
    newest = max((row.text("year") for row in rows), default="")
    return {row.text("firm") for row in rows if row.text("year") == newest}
