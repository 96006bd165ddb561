"""A list gone through firm by firm, and the firms that may move: the rows and their order."""

from __future__ import annotations

from typing import Any

from chainmap.rank.ledger import Best, Verdict
from chainmap.rank.relocation import BELOW, movers
from chainmap.study import JsonRow, Study, refs


def ledger_rows(
    study: Study, name: str, year: str | None = None, lang: str = "zh"
) -> list[JsonRow]:
    """Every place of a list in a year, in the order of the list: as many as its file has.

    A year other than the newest stands in the ref (``ledger/global500:2024/byd``). A firm with two
    places in a year has two rows; their ref is about the better place.
    """
    places = study.world.rows("lists", ("list",), (name,))
    newest = max((row.text("year") for row in places), default="")
    wanted = year or newest
    mine = [row for row in places if row.text("year") == wanted]
    mine.sort(key=lambda row: (row.number("rank") or 0, row.order))
    of = name if wanted == newest else f"{name}:{wanted}"
    rows = []
    for place in mine:
        firm = place.text("firm")
        row = refs.row_of(study.book, refs.LEDGER_COLUMNS, (of, firm))
        rows.append({**row, "rank": place.number("rank"), **_worded(study, firm, "group", lang)})
    return rows


def _worded(study: Study, firm: str, scope: str, lang: str) -> JsonRow:
    """The sentences of a row in the reader's language."""
    return {
        "reason": study.book.value("ledger.reason", firm, scope, lang),
        "would_change": study.book.value("ledger.change", firm, scope, lang),
    }


def relocation_rows(study: Study, lang: str = "zh") -> list[JsonRow]:
    """Those who may move, in the order in which to call them.

    First who is free and could serve a link with an open gap, then who could serve none that is
    open, then those of whom no link is known, last those committed elsewhere, who stay with that
    reason. Within each, subsidiaries and branches before groups, since they move without one's
    seat moving; then by the score of the best candidate, then by id.
    """
    firms = sorted(movers(study.world), key=lambda firm: _turn(study, firm))
    columns = refs.RELOCATION_COLUMNS
    return [
        {**refs.row_of(study.book, columns, (firm,)), **_worded(study, firm, "own", lang)}
        for firm in firms
    ]


def _turn(study: Study, firm: str) -> tuple[Any, ...]:
    value = study.book.value
    verdict: Verdict = value("ledger.verdict", firm, "own")
    best: Best | None = value("ledger.best", firm, "own")
    if verdict.reason == "ledger.gone":
        reach = 3
    elif best is not None:
        reach = 0
    else:
        reach = 1 if value("ledger.links", firm, "own") else 2
    below = value("cell.firm_cell", firm, "level") in BELOW
    return (reach, not below, -round(best.score, 9) if best else 0.0, firm)
