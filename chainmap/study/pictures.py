"""What the pictures say: the panorama's cards and sentences, from the study's figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from chainmap.core.model import ACTIVE, Chain, Row
from chainmap.core.schema import STAGE_DATES, STAGES
from chainmap.core.words import say
from chainmap.show.pictures.content import Card, Panorama, Stage
from chainmap.show.pictures.path_content import PathContent, is_support, jobs_of, month
from chainmap.study import JsonRow, Study
from chainmap.study.content import (
    candidates_by_link,
    chain_name,
    conclusion,
    coverage,
    finding_note,
    gap_facts,
    in_words_of,
    link_name,
    path_in_words,
    short_name,
)

DATE_OF = dict(zip(STAGES, STAGE_DATES, strict=True))
if TYPE_CHECKING:
    from chainmap.show.web.page import Evidence

NEXT = 3  # links named for each kind of gap


def panorama_content(study: Study, chain: Chain, lang: str) -> Panorama:
    """The panorama of a chain, before any layout."""
    chain = in_words_of(chain, lang)
    rows = {row["link"]: row for row in study.gap_rows(chain.id, all_links=True)}
    open_to = candidates_by_link(study, chain.id)
    stages: list[Stage] = []
    for stage in chain.file.panorama.stages:
        name, _, words = stage.name.partition(" ")
        cards = tuple(
            _card(study, chain, rows[link.id], open_to[link.id], lang)
            for link in chain.links
            if link.stage == stage.id
        )
        stages.append(Stage(name, words.strip(), cards, is_support(name)))
    day = study.world.at.text
    region = study.region(lang)
    title = say("picture.title", lang, region=region, chain=chain_name(chain, lang))
    return Panorama(
        title,
        conclusion(study, chain, lang),
        say("picture.date", lang, day=day),
        tuple(stages),
        coverage(study, chain, lang).split("：" if lang == "zh" else ": ", 1)[-1],
        next_steps(list(rows.values()), chain, lang),
        footer(study, list(rows.values()), lang),
        day,
        lang,
    )


def _card(study: Study, chain: Chain, row: JsonRow, open_to: int, lang: str) -> Card:
    link = chain.link(row["link"])
    grade = row["evidence_grade"]
    count = len(row["sources"])
    firms = makers_by_size(study, chain.id, link.id) if row["status"] in ACTIVE else ()
    joint = "；" if lang == "zh" else "; "
    facts = [*gap_facts(study, row, lang), finding_note(study, row)]
    note = joint.join(part for part in facts if part)
    calls = say("note.to_call", lang, count=open_to) if open_to else ""
    lines: tuple[str, ...] = ()
    if row["status"] == "missing":
        lines = (say("note.local_out", lang, count=open_to), say("note.local_none", lang))
    elif row["status"] == "planned":
        projects = _projects(study, chain.id, link.id)
        lines = tuple(
            "、".join(form(study, project) for project in projects) for form in (_dated, _staged)
        )
        note = joint.join([*(project.text("name") for project in projects), *filter(None, [note])])
    elif not firms:
        lines = tuple(part for part in (note, *_short(study, row, lang)) if part) or (calls,)
        note = calls if lines[0] != calls else ""
    return Card(
        row["ref"],
        link_name(chain, link.id, lang),
        row["status"],
        f"{grade}·{count}" if count and grade else "—",
        link.group or "",
        link.critical,
        firms,
        len(firms),
        lines,
        note,
        chain.stage_of(link.id).name,
    )


def _short(study: Study, row: JsonRow, lang: str) -> list[str]:
    """How old or thin the evidence is, in few words."""
    stale = study.book.value("stale", row["chain"], row["link"])
    return [say("note.stale_short", lang, count=len(stale))] if stale else []


def _projects(study: Study, chain: str, link: str) -> list[Row]:
    standing = study.book.value("standing", chain, link)
    return [row for row in standing.rows if row.table == "projects"]


def _dated(study: Study, row: Row) -> str:
    """Who builds, since when it is as far as it is."""
    stage = row.text("stage")
    day = row.text(DATE_OF.get(stage, "")) or row.text("as_of")
    return f"{_who(study, row)} · {day[:7]} {stage}"


def _staged(study: Study, row: Row) -> str:
    return f"{_who(study, row)} {row.text('stage')}"


def _who(study: Study, row: Row) -> str:
    return short_name(study, row.text("firm")) if row.text("firm") else row.text("name")


def makers_by_size(study: Study, chain: str, link: str) -> tuple[str, ...]:
    """Short names of the firms that make a link's product here, the largest known ones first."""
    firms = dict.fromkeys(p.firm for p in study.book.value("producing", chain, link) if p.firm)

    def size(firm: str) -> float:
        row = study.firms.get(firm)
        return -((row and row.number("revenue_100m_cny")) or 0.0)

    return tuple(short_name(study, firm) for firm in sorted(firms, key=size))


def next_steps(rows: Sequence[JsonRow], chain: Chain, lang: str) -> str:
    """The gaps to work on first, by kind; and which to check before."""
    joint = "、" if lang == "zh" else ", "
    parts = []
    for kind in ("fill", "strengthen", "deepen", "extend", "build"):
        names = [link_name(chain, row["link"], lang) for row in rows if row["kind"] == kind][:NEXT]
        if names:
            word = say(f"kind.{kind}", lang)
            parts.append(say("next.kind", lang, kind=word, links=joint.join(names)))
    checks = [link_name(chain, row["link"], lang) for row in rows if row["kind"] == "check"][:NEXT]
    if checks:
        parts.append(say("next.check", lang, links=joint.join(checks)))
    return ("；" if lang == "zh" else "; ").join(parts)


def footer(study: Study, rows: Sequence[JsonRow], lang: str) -> str:
    """Which kinds of sources the chain's evidence rests on, below the panorama."""
    kinds = kinds_of_sources(study, rows, lang)
    if not kinds:
        return say("picture.no_sources", lang)
    return say("picture.footer", lang, kinds=kinds)


def kinds_of_sources(study: Study, rows: Sequence[JsonRow], lang: str) -> str:
    """The kinds of sources behind the links: only those that there really are."""
    grades = {study.world.grades.get(source) for row in rows for source in row["sources"]}
    kinds = [say(f"grade.{grade}", lang) for grade in "ABCD" if grade in grades]
    return ("、" if lang == "zh" else ", ").join(kinds)


def path_content(study: Study, chain: Chain, lang: str) -> PathContent:
    """The path of a chain, before any layout."""
    chain = in_words_of(chain, lang)
    from chainmap.plan.path import rows as path_rows
    from chainmap.show.path_words import conclusion as path_conclusion
    from chainmap.show.path_words import remarks

    path = path_in_words(study, chain, lang)
    rows = path_rows(path, chain, lang)
    first = month(path.first.text)
    ends = tuple(month(day.text, last=True) + 1 for day in path.terms)
    day = study.world.at.text
    title = say(
        "path.picture",
        lang,
        region=study.region(lang),
        chain=chain_name(chain, lang),
        first=first // 12,
        last=(ends[2] - 1) // 12,
    )
    return PathContent(
        title,
        ("" if lang == "zh" else " ")
        .join(path_conclusion(path, rows, lang))
        .replace(" -> ", " → "),
        say("picture.date", lang, day=day),
        (say("path.whole", lang), *path.stages),
        jobs_of(rows, lang),
        first,
        (ends[0], ends[1], ends[2]),
        tuple(remarks(path, rows, lang)),
        say("path.footer", lang, day=day, basis=say(f"path.basis.{path.basis}", lang)),
        day,
        lang,
    )


def link_evidence(study: Study, chain: Chain, lang: str) -> dict[str, list[Evidence]]:
    """What is known of each link here, by its ref: the best grade first, then the newest."""
    from chainmap.show.web.page import Evidence

    tables = (("findings", "finding"), ("presence", "presence"), ("projects", "project"))
    found: dict[str, list[Evidence]] = {}
    for table, kind in tables:
        word = say(f"web.{kind}", lang)
        for row in study.world.rows(table, ("chain",), (chain.id,)):
            ref = f"{chain.id}/{row.text('link')}"
            told = Evidence(
                study.world.grade(row), word, row.text("as_of"), _told(study, row, lang)
            )
            found.setdefault(ref, []).append(told)
    for rows in found.values():
        rows.sort(key=lambda one: one.date, reverse=True)
        rows.sort(key=lambda one: one.grade)
    return found


def _told(study: Study, row: Row, lang: str) -> str:
    """A row of evidence in few words."""
    parts: list[str] = []
    if row.table == "findings":
        status = row.text("status")
        parts = [say(f"finding.{status}", lang) if status else "", row.text("note")]
    elif row.table == "presence":
        activity = say(f"activity.{row.text('activity')}", lang)
        parts = [study.world.name(row.text("firm")), row.text("district"), activity]
    else:
        parts = [row.text("name"), row.text("stage")]
    return " ".join(part for part in parts if part)
