"""Local absence as evidence: links for which a complete register has no active firm here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from chainmap.core.model import ACTIVE, Row
from chainmap.core.register import Tally
from chainmap.core.words import say
from chainmap.screen.rule import LinkWords
from chainmap.study import JsonRow, Study
from chainmap.study.book_changes import Key
from chainmap.study.screening_into import Refused

Verdict = Literal["none_found", "leads", "made_here", "found_otherwise"]
_AREAS = ("市", "地区", "自治州", "盟", "县", "区")
_PROVINCE = ("省", "自治区")


@dataclass(frozen=True)
class Absence:
    """What a register says of a link here: its firms that match, and what follows."""

    chain: str
    link: str
    verdict: Verdict
    leads: tuple[JsonRow, ...]


def stem(region: str) -> str:
    """The name of a place without what kind of place it is.

    >>> stem("青岛市"), stem("山东省青岛市"), stem("沙市")
    ('青岛', '青岛', '沙市')
    """
    for word in _PROVINCE:
        head, found, rest = region.partition(word)
        if found and head and len(rest) >= 2:
            region = rest
    for word in _AREAS:
        if region.endswith(word) and len(region) - len(word) >= 2:
            return region.removesuffix(word)
    return region


def rows_here(region: str) -> str:
    """The condition on a register's rows that may be in a region, for ``--where``.

    A row without a city, or with the place in its name, may be: who says that there is nobody
    must have looked at those too. Raises Refused where the region is no plain name.
    """
    place = stem(region)
    if not place or not all(ch.isalnum() or ch in "·- " for ch in place):
        raise Refused("into.region", region=region)
    return f"city LIKE '%{place}%' OR city IS NULL OR name LIKE '%{place}%'"


def absences(
    study: Study, links: Sequence[LinkWords], rows: Sequence[JsonRow], ident: str
) -> list[Absence]:
    """For each link what the search says: nobody, leads to follow, or a maker that is known.

    Where evidence shows a maker here, a search without a find says that the link's words are
    poor, and where the source itself says otherwise of the link, its word stands.
    """
    leads: dict[tuple[str, str], list[JsonRow]] = {}
    for row in rows:
        leads.setdefault((row["chain"], row["link"]), []).append(row)
    said = {
        (row.text("chain"), row.text("link"))
        for row in study.workspace.rows("findings")
        if ident in row.sources and row.text("status") != "none_found"
    }
    found = []
    for one in links:
        place = (one.chain, one.link)
        verdict: Verdict = "none_found"
        if place in leads:
            verdict = "leads"
        elif study.book.value("standing", *place).status in ACTIVE:
            verdict = "made_here"
        elif place in said:
            verdict = "found_otherwise"
        found.append(Absence(*place, verdict, tuple(leads.get(place, ()))))
    return found


def someone(tally: Tally, region: str) -> int:
    """How many active rows of the register may be in the region.

    Raises Refused where there is none: such a register says nothing about the place.
    """
    if not tally.matched:
        raise Refused("into.nobody", region=region)
    return tally.matched


def none_found(
    found: Sequence[Absence],
    links: Sequence[LinkWords],
    tally: Tally,
    region: str,
    source: Row,
) -> dict[Key, dict[str, str]]:
    """The findings that follow, each with what was searched and in how many rows.

    Raises as ``someone``.
    """
    searched = someone(tally, region)
    words = {(one.chain, one.link): one for one in links}
    wanted: dict[Key, dict[str, str]] = {}
    day, ident = source.text("date"), source.text("source")
    for one in found:
        if one.verdict != "none_found":
            continue
        asked = words[one.chain, one.link]
        note = say("absent.note", "zh", region=region, rows=searched, broken=tally.broken,
                   words="、".join(asked.include))  # fmt: skip
        if asked.exclude:
            note += say("absent.excluded", "zh", words="、".join(asked.exclude))
        wanted[one.chain, one.link, day, ident] = {
            "chain": one.chain, "link": one.link, "status": "none_found", "note": note,
            "source": ident, "as_of": day,
        }  # fmt: skip
    return wanted
