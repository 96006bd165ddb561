"""Verdicts on firms in sentences, and what they rest on: figures like any other.

``scope`` is ``group`` in the ledger and ``own`` in the relocation list, as in ``rank.ledger``.
"""

from __future__ import annotations

from typing import Any

from chainmap.core.derivation import Ask, Rule
from chainmap.core.model import Row
from chainmap.core.words import figure, say
from chainmap.rank.ledger import Best, Here, Verdict
from chainmap.rank.relocation import Destination


def _link_words(ask: Ask, chain: str, link: str, lang: str) -> dict[str, str]:
    """What a reader calls a link, its chain and the gap on it."""
    file = ask.world.chain(chain)
    gap = ask("gap", chain, link)
    kind = say(f"kind.{gap.suspect if gap.kind == 'check' else gap.kind}", lang)
    if gap.kind == "check":
        kind = say("kind.suspect", lang, kind=kind)
    names = (file.link(link), file.file)
    link_name, chain_name = ((n.name_en or n.name) if lang == "en" else n.name for n in names)
    return {"link": link_name, "chain": chain_name, "kind": kind}


def reason(ask: Ask, firm: str, scope: str, lang: str) -> str:
    """The verdict's reason as a sentence, made from its facts."""
    verdict: Verdict = ask("ledger.verdict", firm, scope)
    words: dict[str, Any] = dict(verdict.words)
    if "link" in words:
        words |= _link_words(ask, words["chain"], words["link"], lang)
        words["score"] = figure(words["score"])
        words["likelihood"] = figure(words["likelihood"]) or say("unknown", lang)
    if "toward" in words and not words["toward"]:
        words["toward"] = say("ledger.elsewhere", lang)
    return say(verdict.reason, lang, **words)


def brief(ask: Ask, firm: str, scope: str, lang: str) -> tuple[str, str]:
    """The score and the reason in few words, for a line of a terminal."""
    verdict: Verdict = ask("ledger.verdict", firm, scope)
    words = verdict.words
    if "link" not in words:
        return "-", str(ask("ledger.reason", firm, scope, lang))
    key = "ledger.brief_unlikely" if verdict.reason == "ledger.unlikely" else "ledger.brief"
    told = _link_words(ask, words["chain"], words["link"], lang)
    told["likelihood"] = figure(words["likelihood"])
    return figure(words["score"]), say(key, lang, **told)


def change(ask: Ask, firm: str, scope: str, lang: str) -> str:
    """What would change the verdict, as a sentence; empty where no single fact would."""
    verdict: Verdict = ask("ledger.verdict", firm, scope)
    if verdict.reason == "ledger.open":
        return say("ledger.change_open", lang)
    if verdict.reason == "ledger.gone":
        return say("ledger.change_gone", lang)
    if verdict.reason == "ledger.no_gap":
        return say("ledger.change_gap", lang)
    if verdict.reason == "ledger.unfit":
        return _if_it_made(ask, verdict.rows[0], lang)
    move: tuple[str, str] | None = ask("ledger.would_change", firm, scope)
    if move is None:
        return say("ledger.change_none", lang)
    criterion, letter = move
    key = "ledger.change_down" if verdict.letter == "A" else "ledger.change_up"
    chain, link = verdict.words["chain"], verdict.words["link"]
    fact = say(f"ledger.fact.{criterion}", lang, link=_link_words(ask, chain, link, lang)["link"])
    return say(key, lang, fact=fact, letter=letter)


def _if_it_made(ask: Ask, row: Row, lang: str) -> str:
    """An unfit firm would fit if it took up the nearest link."""
    chain, link = (
        str(ask.cell(row, "nearest_chain") or ""),
        str(ask.cell(row, "nearest_link") or ""),
    )
    chains = ask.world.workspace.chains
    if chain not in chains or link not in chains[chain].index:
        return ""
    return say("ledger.change_unfit", lang, link=_link_words(ask, chain, link, lang)["link"])


def behind(ask: Ask, firm: str, scope: str) -> list[str]:
    """The sources behind the verdict: of its own rows and of what the firm could serve.

    For the best candidate also those behind the link's status.
    """
    verdict: Verdict = ask("ledger.verdict", firm, scope)
    found = [source for row in verdict.rows for source in row.sources]
    best: Best | None = ask("ledger.best", firm, scope) if verdict.letter not in "D?" else None
    if best is not None:
        found += ask("cell.candidate_sources", best.firm, best.chain, best.link)
    elif verdict.letter == "C":
        for pair in ask("ledger.links", firm, scope):
            found += (source for row in ask("basis_rows", *pair) for source in row.sources)
    return list(dict.fromkeys(found))


def ledger_sources(ask: Ask, firm: str) -> list[str]:
    """The sources behind presence and verdict of a firm on a list."""
    is_here: Here = ask("ledger.here", firm)
    found = [source for row in is_here.rows for source in row.sources]
    return list(dict.fromkeys([*found, *ask("ledger.behind", firm, "group")]))


def ledger_grade(ask: Ask, firm: str) -> str | None:
    """The worst grade of those sources; None where nothing is known."""
    sources = ask("ledger.sources", firm)
    return max((ask("source_grade", source) for source in sources), default=None)


def relocation_sources(ask: Ask, firm: str) -> list[str]:
    """The sources behind destination, closeness and verdict of a firm that may move."""
    going: Destination = ask("relocation.destination", firm)
    rows = (*going.rows, *ask.rows("affinity", ("firm",), (firm,)))
    found = [source for row in rows for source in row.sources]
    return list(dict.fromkeys([*found, *ask("ledger.behind", firm, "own")]))


def firm_cell(ask: Ask, firm: str, column: str) -> str | None:
    """A cell of the firm's own row; None where it is unknown."""
    for row in ask.rows("firms", ("firm",), (firm,)):
        return str(ask.cell(row, column) or "") or None
    return None


def relocation_line(ask: Ask, firm: str) -> Verdict:
    """What is said of a firm that may move: its verdict, beside where to and how close."""
    ask("relocation.destination", firm)
    for dimension in ("market", "resource"):
        ask("relocation.assessed", firm, dimension)
    ask("relocation.closeness", firm)
    verdict: Verdict = ask("ledger.verdict", firm, "own")
    ask("ledger.would_change", firm, "own")
    return verdict


RULES: dict[str, Rule] = {
    "ledger.reason": reason,
    "ledger.brief": brief,
    "ledger.change": change,
    "ledger.behind": behind,
    "ledger.sources": ledger_sources,
    "ledger.grade": ledger_grade,
    "relocation.sources": relocation_sources,
    "relocation.line": relocation_line,
    "cell.firm_cell": firm_cell,
}
