"""Content for readers: notes on gaps, cards of the panorama, rows of the key-project table."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from chainmap.core.model import ACTIVE, Chain
from chainmap.core.words import figure, say
from chainmap.show.key_table import COLUMNS
from chainmap.show.panorama import Band, Card
from chainmap.show.screens import evidence
from chainmap.study import JsonRow, Study
from chainmap.study.coverage import looked_for
from chainmap.study.key_rows import SCOPED
from chainmap.study.targets import shortest

if TYPE_CHECKING:
    from chainmap.plan.path import Path as ChainPath
    from chainmap.rank.ranks import Request


def short_name(study: Study, firm: str) -> str:
    """A firm's shortest Chinese name: what a card has room for."""
    row = study.firms.get(firm)
    if row is None:
        return firm
    return shortest(row)


def chain_name(chain: Chain, lang: str) -> str:
    """The chain's name in the reader's language, where it has one."""
    return chain.file.name_en or chain.file.name if lang == "en" else chain.file.name


def link_name(chain: Chain, link: str, lang: str) -> str:
    """The link's name in the reader's language, where it has one."""
    found = chain.link(link)
    return found.name_en or found.name if lang == "en" else found.name


def in_words_of(chain: Chain, lang: str) -> Chain:
    """The chain with its stages and groups named in the reader's language, where they have names.

    Links and firms keep the names that the workspace gives them.
    """
    if lang != "en":
        return chain
    file = chain.file
    panorama = file.panorama
    groups = {group.name: group.name_en for group in panorama.groups}
    stages = tuple(
        stage.model_copy(update={"name": stage.name_en or stage.name}) for stage in panorama.stages
    )
    links = tuple(
        link.model_copy(update={"group": link.group and groups.get(link.group, link.group)})
        for link in panorama.links
    )
    named = panorama.model_copy(update={"stages": stages, "links": links})
    return replace(chain, file=file.model_copy(update={"panorama": named}))


def path_in_words(study: Study, chain: Chain, lang: str) -> ChainPath:
    """The path of a chain, its stages and codes in the reader's language.

    ``chain`` is one that ``in_words_of`` gave.
    """
    from chainmap.plan.titles import codes_in

    path = study.path(chain.id)
    if lang == "zh":
        return path
    codes = (action.code for action in path.actions)
    named = codes_in(codes, study.chain(chain.id), chain, lang)
    actions = tuple(replace(action, code=named[action.code]) for action in path.actions)
    stages = tuple(stage.name for stage in chain.file.panorama.stages)
    return replace(path, actions=actions, stages=stages)


def candidates_by_link(study: Study, chain: str) -> Counter[str]:
    """How many firms are in the running for each link."""
    return Counter(c.link for c in study.book.value("field", chain).running)


def gap_note(study: Study, row: JsonRow, lang: str) -> str:
    """What a reader should know of a gap beside its columns, in one line."""
    makers = "、".join(maker_names(study, row["chain"], row["link"])[:3])
    parts = [*gap_facts(study, row, lang), makers, finding_note(study, row)]
    return ("；" if lang == "zh" else "; ").join(part for part in parts if part)


def gap_facts(study: Study, row: JsonRow, lang: str) -> list[str]:
    """Its value, who wants it, and how old or thin the evidence is."""
    value, chain, link = study.book.value, row["chain"], row["link"]
    parts: list[str] = []
    if row["value_100m_cny"] is not None:
        key = "note.value_low" if row["value_is_lower_bound"] else "note.value"
        parts.append(say(key, lang, value=figure(row["value_100m_cny"])))
    if value("wanted_rows", chain, link):
        parts.append(say("note.wanted", lang))
    requests = value("accepted_requests", chain, link)
    if requests:
        parts.append(say("note.requests", lang, count=len(requests)))
    stale = value("stale", chain, link)
    if stale:
        newest = max(stale, key=study.world.age)
        parts.append(say("note.stale", lang, count=len(stale), day=newest.text("as_of")))
    elif row["status"] == "unknown":
        parts.append(say(f"note.{looked_for(study, chain, link)}", lang))
    return parts


def finding_note(study: Study, row: JsonRow) -> str:
    """What the finding that decided a status says of the link."""
    standing = study.book.value("standing", row["chain"], row["link"])
    notes = [r.text("note") for r in standing.rows if r.table == "findings" and r.text("note")]
    return notes[0] if notes else ""


def maker_names(study: Study, chain: str, link: str) -> list[str]:
    producers = study.book.value("producing", chain, link)
    return [short_name(study, firm) for firm in dict.fromkeys(p.firm for p in producers) if firm]


def bands(study: Study, chain: Chain, lang: str) -> list[Band]:
    """The panorama: every stage with its cards in the order of the file."""
    rows = {row["link"]: row for row in study.gap_rows(chain.id, all_links=True)}
    open_to = candidates_by_link(study, chain.id)
    return [
        Band(
            stage.name,
            tuple(
                _card(study, chain, rows[link.id], open_to[link.id], lang)
                for link in chain.links
                if link.stage == stage.id
            ),
        )
        for stage in chain.file.panorama.stages
    ]


def _card(study: Study, chain: Chain, row: JsonRow, open_to: int, lang: str) -> Card:
    link = chain.link(row["link"])
    name = link_name(chain, link.id, lang) + ("*" if link.critical else "")
    firms = tuple(maker_names(study, chain.id, link.id)) if row["status"] in ACTIVE else ()
    second = ""
    if row["status"] == "missing":
        second = say("note.local_out", lang, count=open_to)
    elif row["status"] == "planned":
        second = "；".join(project_words(study, chain.id, link.id))
    elif not firms:
        joint = "；" if lang == "zh" else "; "
        calls = [say("note.to_call", lang, count=open_to)] if open_to else []
        second = joint.join([*filter(None, [gap_note(study, row, lang)]), *calls])
    group = link.group or ""
    return Card(row["ref"], name, group, row["status"], evidence(row), second, firms)


def project_words(study: Study, chain: str, link: str) -> list[str]:
    rows = study.book.value("standing", chain, link).rows
    return [f"{row.text('name')} {row.text('stage')}" for row in rows if row.table == "projects"]


def conclusion(study: Study, chain: Chain, lang: str) -> str:
    """The line under a title: counts, and no adjective that the counts do not support."""
    counts = study.book.value("counts", chain.id)
    order = ("strong", "weak", "present", "missing", "planned", "unknown")
    joint = "、" if lang == "zh" else ", "
    parts = joint.join(
        f"{say(f'status.{status}', lang)} {counts[status]}" for status in order if counts[status]
    )
    rows = study.gap_rows(chain.id)
    settled = sum(row["settled"] for row in rows)
    sentences = [
        say("conclusion.counts", lang, links=counts.total(), parts=parts),
        say("conclusion.gaps", lang, settled=settled, open=len(rows) - settled),
    ]
    broken = [row["name"] for row in rows if row["break"]]
    if broken:
        sentences.append(say("conclusion.break", lang, links=joint.join(broken)))
    return ("" if lang == "zh" else " ").join(sentences)


def coverage(study: Study, chain: Chain, lang: str) -> str:
    """How many links rest on which grade of evidence."""
    rows = study.gap_rows(chain.id, all_links=True)
    counts = Counter(row["evidence_grade"] for row in rows)
    parts = ("，" if lang == "zh" else ", ").join(
        say("coverage.grade", lang, grade=grade, count=counts[grade])
        for grade in "ABCD"
        if counts[grade]
    )
    return say("coverage.links", lang, parts=parts or "-", none=counts[None])


def table_rows(
    study: Study, request: Request, limit: int | None, lang: str = "zh"
) -> tuple[list[JsonRow], int]:
    """Candidates as rows of the key-project table, and how many were set aside on the way."""
    from chainmap.rank.ranks import scope_of

    scope, value = scope_of(request, study.world.settings), study.book.value
    found = value("key_table", *scope)
    rows: list[JsonRow] = []
    for one in found.order[:limit]:
        own = (one.firm, one.chain, one.link)
        row: JsonRow = {"ref": f"{one.chain}/{one.link}/{one.firm}"}
        for column in COLUMNS:
            row[column] = value(
                "key_cell", column, lang, *own, *(scope if column in SCOPED else ())
            )
        sure = value("interval", *own, *scope)
        sources = value("cell.candidate_sources", *own)
        rows.append({**row, "rank_p05": sure.p05, "rank_p95": sure.p95, "sources": sources})
    whole = limit is None or limit >= len(found.order)
    return rows, found.all_aside if whole else found.aside[len(rows) - 1]


def firm_class(study: Study, firm: str, lang: str) -> str | None:
    """The most telling list whose newest year names the firm; failing that its ownership."""
    found: str = study.book.value("key_cell", "企业类别", lang, firm, "", "")
    return None if found == say("unknown", lang) else found
