"""Leader firms: their selection, the catalogues they hand in, and what becomes of them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from chainmap.core.dates import Day
from chainmap.core.model import Row
from chainmap.core.text import fold
from chainmap.rank.leaders import leaders
from chainmap.rank.ranks import Request
from chainmap.read.catalogue import Wanted
from chainmap.screen.names import Found, Names
from chainmap.study import JsonRow, Study
from chainmap.study.content import chain_name, link_name
from chainmap.study.refs import LEADER_COLUMNS, row_of

KEY = ("leader", "chain", "link", "wanted")


def leader_rows(study: Study, chain: str | None = None) -> list[JsonRow]:
    """Local firms by how well they could lead, the best first; of a chain those that make there."""
    rows = [row_of(study.book, LEADER_COLUMNS, (firm,)) for firm in leaders(study.world)]
    if chain is not None:
        rows = [row for row in rows if chain in row["chains"]]
    rows.sort(key=lambda row: (-round(row["score"], 9), row["firm"]))
    return rows


@dataclass(frozen=True, slots=True)
class Proposal:
    """What becomes of a line of a catalogue.

    ``how``: new, merged (a line before it says the same), known (on record already), ambiguous
    (several links fit, ``choices``) or nothing. ``like`` are firms with similar names, which
    decide nothing; ``leaders`` is how many other leaders want the same.
    """

    line: Wanted
    how: str
    cells: dict[str, str]
    choices: tuple[str, ...] = ()
    like: tuple[str, ...] = ()
    leaders: int = 0


def proposals(study: Study, leader: str, lines: Sequence[Wanted], day: str) -> list[Proposal]:
    """Match names and products of a catalogue; a fuzzy likeness of names decides nothing."""
    names = Names(study.world.newest("firms"))
    rows = study.world.newest("requests")
    known = {tuple(row.text(column) for column in KEY) for row in rows}
    mine: dict[tuple[str, ...], Proposal] = {}
    found = []
    for line in lines:
        named = names.find(line.firm) if line.firm else Found()
        like = named.ambiguous or tuple(firm for firm, _ in named.proposed)
        links = (
            _named_link(study, line.link)
            if line.link
            else matching_links(study, line.product, named.decided)
        )
        wanted = named.decided or line.product or line.firm
        if len(links) != 1:
            choices = tuple(f"{chain}/{link}" for chain, link in links)
            how = "ambiguous" if links else "nothing"
            found.append(Proposal(line, how, {"wanted": wanted}, choices, like))
            continue
        cells = dict(zip(KEY, (leader, *links[0], wanted), strict=True))
        key = tuple(cells.values())
        others = {row.text("leader") for row in rows if _same(row, key)} - {leader}
        how = "known" if key in known else "merged" if key in mine else "new"
        cells |= {"purchase_100m_cny": _amount(line.purchase), "status": "proposed"}
        cells |= {"reason": _reason(line, named.decided), "as_of": day}
        one = Proposal(line, how, cells, (), like, len(others))
        if how == "merged":
            _merge(mine[key], one)
        mine.setdefault(key, one)
        found.append(one)
    return found


def _named_link(study: Study, ref: str) -> list[tuple[str, str]]:
    chain, _, link = ref.partition("/")
    file = study.workspace.chains.get(chain)
    return [(chain, link)] if file and link in file.index else []


def _same(row: Row, key: Sequence[str]) -> bool:
    """Whether a request is for the same link and supplier, whoever wants it."""
    return all(row.text(column) == word for column, word in zip(KEY[1:], key[1:], strict=True))


def _merge(first: Proposal, more: Proposal) -> None:
    """Two lines that ask for the same are one request: amounts add up, reasons are joined."""
    amounts = [one for one in (first.line.purchase, more.line.purchase) if one is not None]
    so_far = first.cells["purchase_100m_cny"]
    if more.line.purchase is not None and so_far:
        first.cells["purchase_100m_cny"] = _amount(float(so_far) + more.line.purchase)
    elif amounts and not so_far:
        first.cells["purchase_100m_cny"] = _amount(amounts[-1])
    parts = [first.cells["reason"], more.cells["reason"]]
    first.cells["reason"] = "；".join(dict.fromkeys(part for part in parts if part))


def _amount(value: float | None) -> str:
    """An amount as a plain decimal, rounded to a yuan; empty where unknown."""
    return "" if value is None else f"{value:.8f}".rstrip("0").rstrip(".")


def _reason(line: Wanted, firm: str | None) -> str:
    """What the request itself has no room for: a supplier that no firm is known by, and notes."""
    said = [
        line.firm if line.firm and firm is None else "",
        line.product if firm else "",
        line.note,
    ]
    return "；".join(part for part in said if part)


def matching_links(study: Study, product: str, firm: str | None) -> list[tuple[str, str]]:
    """The links that a product means: by the longest word that it shares with them.

    Of several, those on which the supplier has an activity; without a product its activities.
    """
    acts = study.world.rows("activities", ("firm",), (firm,)) if firm else ()
    made = dict.fromkeys((row.text("chain"), row.text("link")) for row in acts)
    if not product:
        return list(made)
    said = fold(product)
    best, found = 0, dict[tuple[str, str], None]()
    for chain in study.workspace.chains.values():
        for link in chain.links:
            if any(fold(word) in said for word in link.exclude):
                continue
            words = [fold(word) for word in (*link.products, link.name)]
            fits = [len(w) if w in said else len(said) for w in words if w in said or said in w]
            longest = max(fits, default=0)
            if longest < 2 or longest < best:
                continue
            if longest > best:
                best, found = longest, {}
            found[chain.id, link.id] = None
    narrowed = [pair for pair in found if pair in made]
    return narrowed or list(found)


def request_id(row: Row) -> str:
    """A short id that stays with a request as long as its key does."""
    key = "\n".join(row.text(column) for column in KEY)
    return "r-" + hashlib.sha256(key.encode()).hexdigest()[:8]


def request_rows(study: Study, status: str | None = None, lang: str = "zh") -> list[JsonRow]:
    """The requests as they stand, each with how many leaders want the same."""
    rows = study.world.newest("requests")
    same: dict[tuple[str, ...], set[str]] = {}
    for row in rows:
        same.setdefault(tuple(row.text(c) for c in KEY[1:]), set()).add(row.text("leader"))
    found = []
    for row in rows:
        if status not in (None, row.text("status")):
            continue
        chain = study.workspace.chains.get(row.text("chain"))
        found.append(
            {
                "ref": f"{row.text('chain')}/{row.text('link')}",
                "id": request_id(row),
                "leader": row.text("leader"),
                "leader_name": study.world.name(row.text("leader")),
                "chain": row.text("chain"),
                "link": row.text("link"),
                "link_name": link_name(chain, row.text("link"), lang) if chain else "",
                "wanted": row.text("wanted") or None,
                "wanted_name": study.world.name(row.text("wanted")),
                "purchase_100m_cny": row.number("purchase_100m_cny"),
                "status": row.text("status"),
                "reason": row.text("reason") or None,
                "leaders": len(same[tuple(row.text(c) for c in KEY[1:])]),
                "as_of": row.text("as_of"),
                "sources": list(row.sources),
            }
        )
    return found


def request_of(study: Study, id: str) -> Row | None:
    """The request of that id, None where there is none."""
    return next((row for row in study.world.newest("requests") if request_id(row) == id), None)


def judged(row: Row, status: str, because: str, source: str | None, day: Day) -> dict[str, str]:
    """The cells of a judgement of a request.

    On a later day a row of its own; on the day of the request the cells that take the place of
    its own, since one key has one row a day: what was noted then stays behind the reason.
    """
    sources = source or "|".join(row.sources)
    if day.last == row.as_of:
        reason = "；".join(part for part in (because, row.text("reason")) if part)
        return {"status": status, "reason": reason, "source": sources}
    kept = {column: row.text(column) for column in (*KEY, "purchase_100m_cny")}
    return {**kept, "status": status, "reason": because, "source": sources, "as_of": day.text}


def cluster_rows(study: Study, leader: str, lang: str = "zh") -> list[JsonRow]:
    """A leader's wanted links, whom to call for each, and the districts that lead the chain."""
    shown = int(study.world.settings["leaders.shown"])
    wanted = [row for row in request_rows(study, None, lang) if row["leader"] == leader]
    found = []
    for request in wanted:
        # The problems of a chain whose file cannot be read are told where the study is opened.
        if request["status"] == "rejected" or request["chain"] not in study.workspace.chains:
            continue
        chain = study.chain(request["chain"])
        ranked = study.ranking(Request(chain.id, request["link"])).rows
        found.append(
            {
                **{key: request[key] for key in ("ref", "id", "leader", "chain", "link", "wanted",
                                                 "status", "leaders")},
                "chain_name": chain_name(chain, lang),
                "link_name": request["link_name"],
                "wanted_name": request["wanted_name"],
                "candidates": [_candidate(row) for row in ranked[:shown]],
                "districts": _districts(study, chain.id),
            }
        )  # fmt: skip
    return found


def _candidate(row: JsonRow) -> dict[str, Any]:
    keys = ("firm", "name", "score", "rank_p05", "rank_p95")
    return {key: row[key] for key in keys}


def _districts(study: Study, chain: str) -> list[dict[str, Any]]:
    return [
        {"district": row.text("district"), "land_mu": row.number("land_mu")}
        for row in study.world.newest("districts")
        if chain in row.many("leading_chains")
    ]
