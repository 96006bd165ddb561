"""Content for readers: notes on gaps, cards of the panorama, rows of the key-project table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import partial

from chainmap.core.model import ACTIVE, Chain, Row
from chainmap.core.words import figure, say
from chainmap.rank.candidates import on_list
from chainmap.show.key_table import filled
from chainmap.show.panorama import Band, Card
from chainmap.show.screens import evidence
from chainmap.study import JsonRow, Study
from chainmap.study.coverage import looked_for

# The lists that say most of a firm, first the most telling one.
_LISTS = ("global500", "china500", "central_soe", "private500")


def short_name(study: Study, firm: str) -> str:
    """A firm's shortest Chinese name: what a card has room for."""
    row = study.firms.get(firm)
    if row is None:
        return firm
    names = [row.text("name"), *row.many("aliases")]
    chinese = [n for n in names if any("\u4e00" <= ch <= "\u9fff" for ch in n) and len(n) > 1]
    return min(chinese, key=len, default=names[0])


def chain_name(chain: Chain, lang: str) -> str:
    """The chain's name in the reader's language, where it has one."""
    return chain.file.name_en or chain.file.name if lang == "en" else chain.file.name


def link_name(chain: Chain, link: str, lang: str) -> str:
    """The link's name in the reader's language, where it has one."""
    found = chain.link(link)
    return found.name_en or found.name if lang == "en" else found.name


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
    study: Study, ranked: Iterable[JsonRow], limit: int | None, lang: str = "zh"
) -> tuple[list[JsonRow], int]:
    """Candidates as rows of the key-project table, and how many were set aside on the way.

    At most so many rows a firm and a link (scoring.yaml, ``table``), so that one page covers
    more links; nobody is lost, since ``rank`` lists them all.
    """
    per_firm = study.world.settings["table.per_firm"]
    per_link = study.world.settings["table.per_link"]
    firms: Counter[str] = Counter()
    links: Counter[str] = Counter()
    rows: list[JsonRow] = []
    aside = 0
    for row in ranked:
        if limit is not None and len(rows) >= limit:
            break
        link = f"{row['chain']}/{row['link']}"
        if firms[row["firm"]] >= per_firm or links[link] >= per_link:
            aside += 1
            continue
        firms[row["firm"]] += 1
        links[link] += 1
        beside = {key: row[key] for key in ("rank_p05", "rank_p95", "sources")}
        cells = _table_row(study, row, len(rows) + 1, lang)
        rows.append({"ref": row["ref"], **cells, **beside})
    return rows, aside


def _table_row(study: Study, row: JsonRow, number: int, lang: str) -> JsonRow:
    # A firm may have activities in sight before its own row is.
    chain, firm = study.chain(row["chain"]), study.firms.get(row["firm"])
    link = chain.link(row["link"])
    project = _project_of(study, row)
    group = study.world.group(row["firm"])
    city = firm.text("hq_city") if firm else ""
    investor = " ".join(part for part in (study.world.name(group), city) if part)
    products = dict.fromkeys(
        r.text("product")
        for r in study.book.value("basis_rows", row["firm"], chain.id, link.id)
        if r.table == "activities" and r.text("product")
    )
    interval = None
    if row["rank_p05"] is not None:
        interval = say("rank.interval", lang, low=row["rank_p05"], high=row["rank_p95"])
    return filled(
        {
            "序号": number,
            "项目（目标企业）名称": (project and project.text("name")) or row["name"],
            "投资主体/总部": investor,
            "企业类别": firm_class(study, row["firm"], lang),
            "产业链": chain.file.name,
            "环节": link.name,
            "招商类型": _kind(row, lang),
            "项目内容": (project and project.text("content")) or "、".join(products),
            "计划总投资（亿元）": project and project.number("investment_100m_cny"),
            "内外资": _capital(firm, lang),
            "需用土地/载体": _land(project, lang),
            "拟落区市": project and project.text("district"),
            "来源": _origin(study, row),
            "综合得分": round(row["score"], 1),
            "阶段": project and project.text("stage"),
            "对接进展": _progress(study, row, project, lang),
            "下一步/时限": _next(project),
            "责任领导": (project and project.text("leader")) or chain.file.chief,
            "责任单位": (project and project.text("unit")) or chain.file.bureau,
            "排名区间": interval,
            "证据": f"{row['evidence_grade'] or '-'}：{'、'.join(row['sources'])}",
        },
        say("unknown", lang),
    )


def _kind(row: JsonRow, lang: str) -> str:
    if row["kind"] != "check":
        word = say(f"kind.{row['kind']}", lang)
        return word if row["settled"] else say("kind.unsettled", lang, kind=word)
    if row["suspect"] in (None, "covered"):
        return say("kind.check", lang)
    return say("kind.unsettled", lang, kind=say(f"kind.{row['suspect']}", lang))


def _capital(firm: Row | None, lang: str) -> str | None:
    country = firm.text("country") if firm else ""
    if not country:
        return None
    return say("capital.home" if country == "中国" else "capital.foreign", lang)


def _land(project: Row | None, lang: str) -> str | None:
    land = project.number("land_mu") if project else None
    park = project.text("park") if project else ""
    area = say("unit.mu", lang, value=f"{land:g}") if land else ""
    return " ".join(part for part in (park, area) if part) or None


def _next(project: Row | None) -> str | None:
    if project is None:
        return None
    parts = (project.text("next_step"), project.text("next_due"))
    return " ".join(part for part in parts if part) or None


def _progress(study: Study, row: JsonRow, project: Row | None, lang: str) -> str | None:
    if project is not None and project.text("progress"):
        return f"{project.text('progress')} {project.text('progress_date')}".strip()
    gone = study.book.value("gone", row["firm"])
    if gone is None:
        return None
    return say("note.gone", lang, toward=gone.text("toward"), day=gone.text("date"))


def _project_of(study: Study, row: JsonRow) -> Row | None:
    """The firm's own project on the link, if one is on record and has not ended."""
    rows = study.world.rows("projects", ("firm", "chain", "link"),
                            (row["firm"], row["chain"], row["link"]))  # fmt: skip
    alive = [r for r in rows if r.text("stage") != "终止"]
    return alive[-1] if alive else None


def firm_class(study: Study, firm: str, lang: str) -> str | None:
    """The most telling list whose newest year names the firm; failing that its ownership."""
    for name in _LISTS:
        if firm in study.world.once(f"on_list/{name}", partial(on_list, study.world, name)):
            return say(f"list.{name}", lang)
    row = study.firms.get(firm)
    owner = row.text("ownership") if row else ""
    return say(f"owner.{owner}", lang) if owner else None


def _origin(study: Study, row: JsonRow) -> str | None:
    """Who said that the firm can do it, with the grade."""
    rows = study.book.value("basis_rows", row["firm"], row["chain"], row["link"])
    names: dict[str, None] = {}
    for source in (s for r in rows for s in r.sources):
        for found in study.world.rows("sources", ("source",), (source,)):
            publisher = found.text("publisher") or found.text("title")
            names[f"{publisher} {found.text('grade')}"] = None
    return "；".join(list(names)[:3]) or None
