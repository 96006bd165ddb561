"""A list gone through firm by firm, and the firms that may move: rows and their sentences."""

from __future__ import annotations

from typing import Any

from chainmap.core.model import Row
from chainmap.core.words import figure, say
from chainmap.rank.ledger import Here, Verdict
from chainmap.rank.relocation import BELOW, Destination, movers
from chainmap.study import JsonRow, Study
from chainmap.study.content import chain_name, link_name


def ledger_rows(
    study: Study, name: str, year: str | None = None, lang: str = "zh"
) -> list[JsonRow]:
    """Every place of a list in a year, in the order of the list: as many as its file has."""
    places = study.world.rows("lists", ("list",), (name,))
    newest = year or max((row.text("year") for row in places), default="")
    mine = [row for row in places if row.text("year") == newest]
    mine.sort(key=lambda row: (row.number("rank") or 0, row.order))
    return [_ledger_row(study, row, lang) for row in mine]


def _ledger_row(study: Study, place: Row, lang: str) -> JsonRow:
    firm, value = place.text("firm"), study.book.value
    is_here: Here = value("ledger.here", firm)
    verdict: Verdict = value("ledger.verdict", firm, "group")
    pairs = dict.fromkeys((chain, link) for _, chain, link in value("ledger.links", firm, "group"))
    sources = _sources(study, firm, is_here, verdict, "group")
    return {
        "ref": f"ledger/{place.text('list')}/{firm}",
        "firm": firm,
        "name": study.world.name(firm),
        "list": place.text("list"),
        "rank": place.number("rank"),
        "here": is_here.word,
        "chains": list(dict.fromkeys(chain for chain, _ in pairs)),
        "links": [f"{chain}/{link}" for chain, link in pairs],
        "verdict": verdict.letter,
        "reason": reason(study, verdict, lang),
        "evidence_grade": study.world.worst(sources),
        "sources": sources,
        "year": place.text("year"),
        "would_change": change(study, firm, "group", lang),
        "here_by": [f"{row.file}:{row.line}" for row in is_here.rows],
    }


def _sources(study: Study, firm: str, is_here: Here, verdict: Verdict, scope: str) -> list[str]:
    """The sources behind presence, verdict and what the best candidate makes."""
    rows = [*is_here.rows, *verdict.rows]
    found = study.book.value("ledger.best", firm, scope)
    if found is not None:
        rows += study.book.value("basis_rows", found.firm, found.chain, found.link)
    elif verdict.letter == "C":
        for who, chain, link in study.book.value("ledger.links", firm, scope):
            rows += study.book.value("basis_rows", who, chain, link)
    return list(dict.fromkeys(source for row in rows for source in row.sources))


def reason(study: Study, verdict: Verdict, lang: str) -> str:
    """The verdict's reason as a sentence, made from its facts."""
    words: dict[str, Any] = dict(verdict.words)
    if "link" in words:
        chain = study.chain(words["chain"])
        gap = study.book.value("gap", chain.id, words["link"])
        kind = gap.suspect if gap.kind == "check" else gap.kind
        word = say(f"kind.{kind}", lang)
        if gap.kind == "check":
            word = say("kind.suspect", lang, kind=word)
        words |= {
            "link": link_name(chain, words["link"], lang),
            "chain": chain_name(chain, lang),
            "kind": word,
            "score": figure(words["score"]),
            "likelihood": figure(words["likelihood"]) or say("unknown", lang),
        }
    if "toward" in words and not words["toward"]:
        words["toward"] = say("ledger.elsewhere", lang)
    return say(verdict.reason, lang, **words)


def change(study: Study, firm: str, scope: str, lang: str) -> str:
    """What would change the verdict, as a sentence; empty where no single fact would."""
    value = study.book.value
    verdict: Verdict = value("ledger.verdict", firm, scope)
    if verdict.letter == "?":
        return say("ledger.change_open", lang)
    if verdict.letter == "D":
        row = verdict.rows[0]
        chain, link = row.text("nearest_chain"), row.text("nearest_link")
        if chain in study.workspace.chains and link in study.chain(chain).index:
            link = link_name(study.chain(chain), link, lang)
        return say("ledger.change_unfit", lang, link=link) if link else ""
    if verdict.reason == "ledger.gone":
        return say("ledger.change_gone", lang)
    if verdict.reason == "ledger.no_gap":
        return say("ledger.change_gap", lang)
    move = value("ledger.would_change", firm, scope)
    if move is None:
        return ""
    criterion, letter = move
    key = "ledger.change_down" if verdict.letter == "A" else "ledger.change_up"
    return say(key, lang, fact=say(f"ledger.fact.{criterion}", lang), letter=letter)


def relocation_rows(study: Study, lang: str = "zh") -> list[JsonRow]:
    """Those who may move, by what to do: who is free to come and could serve a link first.

    Of these subsidiaries before groups, since they decide for themselves, and the best score
    first; then firms without a link; then those committed elsewhere, who stay with that reason.
    """
    rows = [_relocation_row(study, firm, lang) for firm in movers(study.world)]
    rows.sort(key=lambda pair: pair[0])
    return [row for _, row in rows]


def _relocation_row(study: Study, firm: str, lang: str) -> tuple[tuple[Any, ...], JsonRow]:
    value = study.book.value
    row = study.firms.get(firm)
    going: Destination = value("relocation.destination", firm)
    verdict: Verdict = value("ledger.verdict", firm, "own")
    found = value("ledger.best", firm, "own")
    closeness = value("relocation.closeness", firm)
    affinity = {
        one.text("dimension"): one for one in study.world.rows("affinity", ("firm",), (firm,))
    }
    pairs = dict.fromkeys((chain, link) for _, chain, link in value("ledger.links", firm, "own"))
    level = row.text("level") if row else ""
    if value("gone", firm) is not None and verdict.reason != "ledger.gone":
        left = value("gone", firm)
        words = {"toward": left.text("toward"), "day": left.text("date")}
        verdict = Verdict(verdict.letter, "ledger.gone", words, (left,))
    gone = value("gone", firm) is not None
    behind = (*going.rows, *affinity.values(), *verdict.rows)
    sources = [source for one in behind for source in one.sources]
    sources += _sources(study, firm, Here("not_looked"), verdict, "own")
    told = {
        "ref": f"relocation/{firm}",
        "firm": firm,
        "name": study.world.name(firm),
        "level": level or None,
        "parent": (row.text("parent") if row else "") or None,
        "hq_city": (row.text("hq_city") if row else "") or None,
        "destination": going.toward or None,
        "market": affinity["market"].number("value") if "market" in affinity else None,
        "resource": affinity["resource"].number("value") if "resource" in affinity else None,
        "chain_closeness": closeness,
        "verdict": verdict.letter,
        "reason": reason(study, verdict, lang),
        "sources": list(dict.fromkeys(sources)),
        "window": going.window or None,
        "links": [f"{chain}/{link}" for chain, link in pairs],
        "would_change": change(study, firm, "own", lang),
    }
    score = -round(found.score, 9) if found else 0.0
    order = (gone, not pairs, level not in BELOW if pairs and not gone else False, score, firm)
    return order, told
