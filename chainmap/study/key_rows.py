"""The key-project table as figures: which candidates stand in it, and each of its cells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from chainmap.core.derivation import Ask, Rule
from chainmap.core.model import Row
from chainmap.core.words import say
from chainmap.rank.candidates import Candidate, on_list
from chainmap.show.key_table import NUMBERS

# The lists that say most of a firm, first the most telling one.
LISTS = ("global500", "china500", "central_soe", "private500")
CONTRACT = "zh"  # the language of the table's files, whatever the screen speaks
FIRM_LINK = ("firm", "chain", "link")


@dataclass(frozen=True)
class KeyTable:
    """Candidates of the table in their order, and how many were set aside before each."""

    order: tuple[Candidate, ...]
    aside: tuple[int, ...]
    all_aside: int

    def at(self, firm: str, chain: str, link: str) -> int | None:
        """The row's number, from 1; None where the candidate was set aside."""
        return self._numbers.get((firm, chain, link))

    @cached_property
    def _numbers(self) -> dict[tuple[str, str, str], int]:
        return {(c.firm, c.chain, c.link): number for number, c in enumerate(self.order, 1)}


def key_table(ask: Ask, *scope: str) -> KeyTable:
    """The ranked candidates of a scope, at most so many a firm and a link.

    So that one page covers more links; nobody is lost, since ``rank`` lists them all.
    """
    per_firm, per_link = ask.setting("table.per_firm"), ask.setting("table.per_link")
    firms: Counter[str] = Counter()
    links: Counter[tuple[str, str]] = Counter()
    order: list[Candidate] = []
    before: list[int] = []
    aside = 0
    for one in ask("ranks", *scope).order:
        if firms[one.firm] >= per_firm or links[one.chain, one.link] >= per_link:
            aside += 1
            continue
        firms[one.firm] += 1
        links[one.chain, one.link] += 1
        order.append(one)
        before.append(aside)
    return KeyTable(tuple(order), tuple(before), aside)


def key_cell(
    ask: Ask, column: str, lang: str, firm: str, chain: str, link: str, *scope: str
) -> Any:
    """One cell: what is unknown is blank in a number, a word in text."""
    if column in SCOPED:
        found = SCOPED[column](ask, lang, firm, chain, link, *scope)
    else:
        found = CELLS[column](ask, lang, firm, chain, link)
    return found if column in NUMBERS else found or say("unknown", lang)


def _project(ask: Ask, firm: str, chain: str, link: str) -> Row | None:
    """The firm's own project on the link, if one is on record and has not ended."""
    rows = ask.rows("projects", FIRM_LINK, (firm, chain, link))
    alive = [row for row in rows if ask("project_stage", row.text("project")) != "终止"]
    return alive[-1] if alive else None


def _stage(ask: Ask, lang: str, firm: str, chain: str, link: str) -> str | None:
    """The stage that the project stands at, by its dates as well."""
    del lang
    project = _project(ask, firm, chain, link)
    return None if project is None else ask("project_stage", project.text("project")) or None


def _firm(ask: Ask, firm: str) -> Row | None:
    """The firm's row; it may have activities in sight before its own row is."""
    rows = ask.rows("firms", ("firm",), (firm,))
    return rows[0] if rows else None


def _of_project(column: str) -> Callable[..., Any]:
    def cell(ask: Ask, lang: str, firm: str, chain: str, link: str) -> Any:
        del lang
        project = _project(ask, firm, chain, link)
        return None if project is None else ask.cell(project, column)

    return cell


def _name(ask: Ask, lang: str, firm: str, chain: str, link: str) -> Any:
    return _of_project("name")(ask, lang, firm, chain, link) or ask("cell.firm_name", firm)


def _investor(ask: Ask, lang: str, firm: str, *_: str) -> str:
    del lang
    row = _firm(ask, firm)
    city = str(ask.cell(row, "hq_city") or "") if row else ""
    group = str(ask("cell.firm_name", ask.world.group(firm)))
    return " ".join(part for part in (group, city) if part)


def _class(ask: Ask, lang: str, firm: str, *_: str) -> str | None:
    """The most telling list whose newest year names the firm; failing that its ownership."""
    for name in LISTS:
        if firm in ask.world.once(f"on_list/{name}", partial(on_list, ask.world, name)):
            rows = ask.rows("lists", ("list", "firm"), (name, firm))
            ask.cell(max(rows, key=lambda row: row.text("year")), "rank")
            return say(f"list.{name}", lang)
    row = _firm(ask, firm)
    owner = ask.cell(row, "ownership") if row else None
    return say(f"owner.{owner}", lang) if owner else None


def _chain(ask: Ask, lang: str, firm: str, chain: str, link: str) -> Any:
    del lang, firm, link
    return ask("cell.chain", chain, "name")


def _link(ask: Ask, lang: str, firm: str, chain: str, link: str) -> Any:
    del lang, firm
    return ask("cell.link", chain, link, "name")


def _kind(ask: Ask, lang: str, firm: str, chain: str, link: str) -> str:
    del firm
    gap = ask("gap", chain, link)
    if gap.kind != "check":
        word = say(f"kind.{gap.kind}", lang)
        return word if gap.settled else say("kind.unsettled", lang, kind=word)
    if gap.suspect in (None, "covered"):
        return say("kind.check", lang)
    return say("kind.unsettled", lang, kind=say(f"kind.{gap.suspect}", lang))


def _content(ask: Ask, lang: str, firm: str, chain: str, link: str) -> str | None:
    own = _of_project("content")(ask, lang, firm, chain, link)
    if own:
        return str(own)
    rows = [r for r in ask("basis_rows", firm, chain, link) if r.table == "activities"]
    return "、".join(dict.fromkeys(str(p) for r in rows if (p := ask.cell(r, "product"))))


def _capital(ask: Ask, lang: str, firm: str, *_: str) -> str | None:
    row = _firm(ask, firm)
    country = ask.cell(row, "country") if row else None
    if not country:
        return None
    return say("capital.home" if country == "中国" else "capital.foreign", lang)


def _land(ask: Ask, lang: str, firm: str, chain: str, link: str) -> str | None:
    project = _project(ask, firm, chain, link)
    if project is None:
        return None
    land, park = ask.number(project, "land_mu"), str(ask.cell(project, "park") or "")
    area = say("unit.mu", lang, value=f"{land:g}") if land else ""
    return " ".join(part for part in (park, area) if part) or None


def _origin(ask: Ask, lang: str, firm: str, chain: str, link: str) -> str | None:
    """Who said that the firm can do it, with the grade."""
    del lang
    rows = ask("basis_rows", firm, chain, link)
    names: dict[str, None] = {}
    if ask("criterion.pull", firm, chain, link).value > 0:
        names[say("origin.leader")] = None
    for source in (s for r in rows for s in r.sources):
        for found in ask.rows("sources", ("source",), (source,)):
            publisher = ask.cell(found, "publisher") or ask.cell(found, "title")
            names[f"{publisher} {ask.cell(found, 'grade')}"] = None
    return "；".join(list(names)[:3]) or None


def _score(ask: Ask, lang: str, firm: str, chain: str, link: str) -> float:
    del lang
    points: float = ask("score", firm, chain, link).score
    return round(points, 1)


def _progress(ask: Ask, lang: str, firm: str, chain: str, link: str) -> str | None:
    project = _project(ask, firm, chain, link)
    if project is not None and ask.cell(project, "progress"):
        return f"{project.text('progress')} {ask.cell(project, 'progress_date') or ''}".strip()
    gone = ask("gone", firm)
    if gone is None:
        return None
    return say("note.gone", lang, toward=ask.cell(gone, "toward") or "", day=ask.cell(gone, "date"))


def _next(ask: Ask, lang: str, firm: str, chain: str, link: str) -> str | None:
    del lang
    project = _project(ask, firm, chain, link)
    if project is None:
        return None
    parts = (ask.cell(project, column) for column in ("next_step", "next_due"))
    return " ".join(str(part) for part in parts if part) or None


def _duty(column: str, part: str) -> Callable[..., Any]:
    """A cell of the project, failing that what the chain file says."""

    def cell(ask: Ask, lang: str, firm: str, chain: str, link: str) -> Any:
        return _of_project(column)(ask, lang, firm, chain, link) or ask("cell.chain", chain, part)

    return cell


def _evidence(ask: Ask, lang: str, firm: str, chain: str, link: str) -> str:
    del lang
    grade = ask("cell.candidate_grade", firm, chain, link)
    return f"{grade or '-'}：{'、'.join(ask('cell.candidate_sources', firm, chain, link))}"


def _number(ask: Ask, lang: str, firm: str, chain: str, link: str, *scope: str) -> int | None:
    del lang
    found: int | None = ask("key_table", *scope).at(firm, chain, link)
    return found


def _interval(ask: Ask, lang: str, firm: str, chain: str, link: str, *scope: str) -> str | None:
    found = ask("interval", firm, chain, link, *scope)
    if found is None or found.p05 is None:
        return None
    return say("rank.interval", lang, low=found.p05, high=found.p95)


CELLS: dict[str, Callable[..., Any]] = {
    "项目（目标企业）名称": _name,
    "投资主体/总部": _investor,
    "企业类别": _class,
    "产业链": _chain,
    "环节": _link,
    "招商类型": _kind,
    "项目内容": _content,
    "计划总投资（亿元）": _of_project("investment_100m_cny"),
    "内外资": _capital,
    "需用土地/载体": _land,
    "拟落区市": _of_project("district"),
    "来源": _origin,
    "综合得分": _score,
    "阶段": _stage,
    "对接进展": _progress,
    "下一步/时限": _next,
    "责任领导": _duty("leader", "chief"),
    "责任单位": _duty("unit", "bureau"),
    "证据": _evidence,
}
SCOPED: dict[str, Callable[..., Any]] = {"序号": _number, "排名区间": _interval}
RULES: dict[str, Rule] = {"key_table": key_table, "key_cell": key_cell}
