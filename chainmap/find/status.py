"""Status of a link: the first rule of DESIGN section 3 that applies, and on what basis."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from chainmap.core.derivation import Ask
from chainmap.core.formula import ratio
from chainmap.core.model import ACTIVE, Row
from chainmap.find.evidence import (
    COMING,
    LINK,
    Demand,
    Producer,
    Supply,
    live,
    newest_character,
    stage_now,
    visible_override,
)


@dataclass(frozen=True, slots=True)
class Standing:
    """A link's status, its basis, and the rows and other sources that stand behind both."""

    status: str
    basis: str
    rows: tuple[Row, ...] = ()
    sources: tuple[str, ...] = ()


def standing(ask: Ask, chain: str, link: str) -> Standing:
    """Status and basis of a link at the study date."""
    override = visible_override(ask, chain, link)
    if override is not None:
        set_by_hand = ask.world.chain(chain).link(link).status
        assert set_by_hand is not None
        sources = tuple(part.strip() for part in set_by_hand.source.split("|") if part)
        key = "status.override" if sources else "status.supposed"
        ask.say(key, because=set_by_hand.because)
        return Standing(override, "override", (), sources)
    found: Standing = ask("evidence_standing", chain, link)
    return found


def evidence_standing(ask: Ask, chain: str, link: str) -> Standing:
    """What the evidence says of a link, whatever was set by hand."""
    found = _from_capacity(ask, chain, link) or _from_rows(ask, chain, link)
    if found.status in ("missing", "unknown"):
        coming = [
            row
            for row in ask.rows("projects", LINK, (chain, link))
            if stage_now(ask, row) in COMING
        ]
        if coming:
            ask.say("status.project", count=len(coming))
            return Standing("planned", "project", tuple(coming))
    return found


def _from_capacity(ask: Ask, chain: str, link: str) -> Standing | None:
    """Rule 2: supply against demand in the same unit."""
    wanted: Demand = ask("demand", chain, link)
    made: Supply = ask("supply", chain, link)
    if not wanted.value or wanted.unit != made.unit:
        return None
    rows, sources = (*made.rows, *wanted.rows), wanted.sources
    strong_at = ask.setting("status.strong_at")
    status = ""
    if made.known == 0:
        status = "missing"
    elif made.known is not None and (
        ask.work("formula.s_over_d", ratio, made.known, wanted.value) < strong_at
    ):
        status = "weak"
    elif (
        ask.work("formula.low_over_d", ratio, made.low, wanted.value) >= strong_at
        and not wanted.lower_bound
    ):
        status = "strong"
    if not status:
        return None
    ask.say("status.capacity", low=made.low, demand=wanted.value, unit=made.unit, at=strong_at)
    return Standing(status, "capacity", rows, sources)


def _from_rows(ask: Ask, chain: str, link: str) -> Standing:
    """Rules 3 to 6: a finding, production rows, a search, or nothing."""
    producers: tuple[Producer, ...] = ask("producing", chain, link)
    finding = newest_character(ask, chain, link)
    if finding is not None:
        status = str(ask.cell(finding, "status"))
        newer = any(p.row.as_of > finding.as_of for p in producers)
        if not (status == "missing" and newer):
            ask.say("status.finding", day=finding.text("as_of"))
            return Standing(status, "finding", (finding,))
    if producers:
        ask.say("status.count", count=len({p.firm for p in producers}))
        return Standing("present", "count", tuple(p.row for p in producers))
    searches = none_found(ask, chain, link)
    if searches:
        ask.cell(searches[-1], "status")
        ask.say("status.search", day=searches[-1].text("as_of"))
        return Standing("missing", "search", (searches[-1],))
    ask.say("status.none")
    return Standing("unknown", "none")


def none_found(ask: Ask, chain: str, link: str) -> list[Row]:
    """Live findings of a documented search that found no one."""
    return live(
        ask,
        chain,
        link,
        lambda row: row.text("status") == "none_found",
        "status.search_life_years",
    )


def status(ask: Ask, chain: str, link: str) -> str:
    """Status of a link: strong, weak, present, missing, planned or unknown."""
    found: Standing = ask("standing", chain, link)
    return found.status


def contradictions(ask: Ask, chain: str, link: str) -> tuple[Row, ...]:
    """Live evidence that says something else than the status that won.

    A judgement contradicts another judgement, and what is active contradicts what is missing;
    ``present`` only says that someone makes it, which no judgement of strength contradicts.
    """
    won: Standing = ask("evidence_standing", chain, link)
    against: list[Row] = []
    finding = newest_character(ask, chain, link)
    if finding is not None and finding not in won.rows:
        said = finding.text("status")
        judged = {said, won.status} <= {"strong", "weak"}
        if (judged and said != won.status) or _opposed(said, won.status):
            against.append(finding)
    producers: tuple[Producer, ...] = ask("producing", chain, link)
    if won.status == "missing":
        against += [p.row for p in producers if p.row not in won.rows]
    if won.status in ACTIVE:
        against += none_found(ask, chain, link)
    return tuple(dict.fromkeys(against))


def _opposed(one: str, other: str) -> bool:
    return (one == "missing" and other in ACTIVE) or (other == "missing" and one in ACTIVE)


def stale(ask: Ask, chain: str, link: str) -> tuple[Row, ...]:
    """Findings that were seen but are too old to decide: what to look at again."""
    decided: Standing = ask("standing", chain, link)
    if decided.basis != "none":
        return ()
    found = ask.rows("findings", LINK, (chain, link))
    old = tuple(row for row in found if row.text("status") != "wanted")
    for row in old:
        ask.cell(row, "status")
    return old


def producer_count(ask: Ask, chain: str, link: str) -> int:
    """Firms with a production row on the link."""
    rows: tuple[Producer, ...] = ask("producing", chain, link)
    return len({p.firm for p in rows if p.firm})


def group_count(ask: Ask, chain: str, link: str) -> int:
    """Ultimate parents of the firms with a production row on the link."""
    rows: tuple[Producer, ...] = ask("producing", chain, link)
    return len({ask.world.group(p.firm) for p in rows if p.firm})


def wanted_rows(ask: Ask, chain: str, link: str) -> tuple[Row, ...]:
    """Live findings that the link is officially wanted."""
    rows = tuple(
        live(
            ask,
            chain,
            link,
            lambda row: row.text("status") == "wanted",
            "status.finding_life_years",
        )
    )
    for row in rows:
        ask.cell(row, "status")
    return rows


def accepted_requests(ask: Ask, chain: str, link: str) -> tuple[Row, ...]:
    """Accepted requests for the link."""
    rows = ask.rows("requests", LINK, (chain, link))
    return tuple(row for row in rows if ask.cell(row, "status") == "accepted")


def sources_of(rows: Iterable[Row], more: Iterable[str] = ()) -> tuple[str, ...]:
    """Every source of the rows, each once, in order of appearance."""
    return tuple(dict.fromkeys([*(s for row in rows for s in row.sources), *more]))
