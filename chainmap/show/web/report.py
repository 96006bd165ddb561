"""The report as one page: findings, the panorama to work with, the path, ranks, table, sources."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from chainmap.core.text import safe
from chainmap.core.words import figure, say
from chainmap.show.draw.scene import Page
from chainmap.show.key_table import COLUMNS, NUMBERS, heads, title_of
from chainmap.show.pictures.content import Panorama
from chainmap.show.pictures.table import GROUPS, TableContent
from chainmap.show.web.page import Evidence, document, panorama_parts, script
from chainmap.show.web.rows import sheets

ADDRESS = re.compile(r"https?://[!-~\u00a0-\U0010ffff]+")
SURE = 2  # columns after those of the printed groups: how sure a row is
SOURCE = ("source", "grade", "date", "publisher", "title", "url")


@dataclass(frozen=True, slots=True)
class Whole:
    """What stands on the page, in its order."""

    title: str
    about: str
    findings: Sequence[tuple[str, str]]
    asks: Sequence[str]
    footer: str
    panorama: Panorama
    panorama_pages: Sequence[Page]
    evidence: Mapping[str, Sequence[Evidence]]
    path_pages: Sequence[Page]
    rank_pages: Sequence[Page]
    table: TableContent
    sources: Sequence[Mapping[str, str]]
    lang: str = "zh"


def report_document(whole: Whole) -> bytes:
    """The page: no request, and only its own style and script may run."""
    lang = whole.lang
    bar, view, below = panorama_parts(whole.panorama, whole.panorama_pages, whole.evidence)
    findings = "\n".join(
        f"<p>{number}. <b>{_text(label)}</b>{_text(sentence)}</p>"
        for number, (label, sentence) in enumerate(whole.findings, 1)
    )
    asks = ""
    if whole.asks:
        told = "　".join(f"{number}. {_text(ask)}" for number, ask in enumerate(whole.asks, 1))
        asks = f'<p class="ask"><b>{_text(say("report.ask", lang))}</b>　{told}</p>'
    signed = f"<p>{_text(whole.table.signed)}</p>" if whole.table.signed else ""
    ranks = ""
    if whole.rank_pages:
        ranks = f'<section id="ranks">{_heading(whole.rank_pages[0].title, True)}\n'
        ranks += f"{sheets(whole.rank_pages)}</section>"
    body = f"""<div class="report"><header><h1>{_text(whole.title)}</h1>
<p>{_text(whole.about)}</p></header>
<main><section id="findings">{findings}
{asks}{signed}</section>
<section id="panorama"><div id="head">{_heading(whole.panorama.title)}
<p>{_text(whole.panorama.conclusion)}</p></div>
{bar}
{view}</section>
<section id="path">{_heading(whole.path_pages[0].title, True)}
{sheets(whole.path_pages)}</section>
{ranks}
<section id="table">{_heading(whole.table.title)}
<p>{_text(whole.table.date)}　{_text(whole.table.about)}</p>
{_table(whole.table)}<p>{_text(whole.table.footer)}</p></section>
<section id="sources">{_heading(say("sheet.sources", lang))}
{_sources(whole.sources, lang)}<p>{_text(whole.footer)}</p></section></main></div>
{below}"""
    return document(whole.title, lang, body, script())


def _heading(text: str, drawn: bool = False) -> str:
    """A section's title; where a picture shows it, only those who hear the page need it."""
    name = ' class="quiet"' if drawn else ""
    return f"<h2{name}>{_text(text)}</h2>"


def _table(table: TableContent) -> str:
    """All the columns of the table, grouped as on the sheets."""
    names = heads(table.official)
    counts = [(name, count - (table.official and name == "ground")) for name, count in GROUPS]
    counts += [] if table.official else [("sure", SURE)]
    above = "".join(
        f'<th class="group" scope="colgroup" colspan="{count}">'
        f"{_text(say(f'sheet.{name}', table.lang))}</th>"
        for name, count in counts
    )
    titles = "".join(f'<th scope="col">{_text(title_of(name, table.lang))}</th>' for name in names)
    lines = "\n".join(
        f"<tr>{''.join(_cell(name, row.get(name), table.lang) for name in names)}</tr>"
        for row in table.rows
    )
    total = "　".join(part for part in (table.kinds, table.money, table.left_out) if part)
    foot = f"<p><b>{_text(say('table.sum', table.lang))}</b>　{_text(total)}</p>"
    return (
        f'<div class="scroll" tabindex="0" role="group" aria-label="{_text(table.title)}">'
        f'<table class="rows"><thead><tr>{above}</tr><tr>{titles}</tr></thead>\n'
        f"<tbody>{lines}</tbody></table></div>{foot if table.rows else ''}"
    )


def _cell(name: str, value: Any, lang: str) -> str:
    unknown = say("unknown", lang)
    kind = ' class="number"' if name in NUMBERS else ""
    if value is None or value in ("", unknown):
        return f'<td{kind}><span class="todo">{_text(unknown)}</span></td>'
    text = figure(value) if isinstance(value, float) else str(value)
    shown = f"<b>{_text(text)}</b>" if name == COLUMNS[1] else _text(text)
    return f"<td{kind}>{shown}</td>"


def _sources(rows: Sequence[Mapping[str, str]], lang: str) -> str:
    """Every source with its grade; an address is a link only where it leads to the web."""
    titles = "".join(f'<th scope="col">{_text(say(f"sheet.{name}", lang))}</th>' for name in SOURCE)
    lines = []
    for row in rows:
        cells = "".join(f"<td>{_text(row.get(name, ''))}</td>" for name in SOURCE[:-1])
        lines.append(f"<tr>{cells}<td>{_address(row.get('url', ''))}</td></tr>")
    return (
        f'<div class="scroll" tabindex="0" role="group" aria-label="'
        f'{_text(say("sheet.sources", lang))}"><table class="rows"><thead><tr>{titles}</tr>'
        f"</thead>\n<tbody>{chr(10).join(lines)}</tbody></table></div>"
    )


def _address(url: str) -> str:
    shown = _text(url)
    if ADDRESS.fullmatch(url) and safe(url) == url:
        return f'<a href="{shown}" rel="noopener noreferrer">{shown}</a>'
    return shown


def _text(text: str) -> str:
    return escape(safe(text))
