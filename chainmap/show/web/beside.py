"""The two maps of a what-if as a page: what is supposed, the maps, and the links that change."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from chainmap.core.text import safe
from chainmap.core.words import say
from chainmap.show.draw.svg import as_svg
from chainmap.show.pictures.beside import Beside, beside_page
from chainmap.show.web.page import document


def beside_document(content: Beside, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """One file without a script; the table says in words what the maps mark."""
    lang = content.lang
    told = "".join(f"<p>{_text(sentence)}</p>" for sentence in content.told)
    above = "".join(f'<th scope="col">{_text(head)}</th>' for head in heads)
    lines = "\n".join(_line(row) for row in rows)
    label = _text(say("beside.changes", lang))
    table = f"""<h2>{label}</h2>
<div class="scroll" tabindex="0" role="group" aria-label="{label}">
<table class="rows"><thead><tr>{above}</tr></thead>
<tbody>{lines}</tbody></table></div>"""
    empty = f"<p>{_text(say('whatif.no_links', lang))}</p>"
    body = f"""<div class="report"><header><h1>{_text(content.title)}</h1>
<p>{_text(content.date)}</p></header>
<main><section>{told}</section>
<section><div class="sheet page">{as_svg(beside_page(content), None)}</div></section>
<section>{table if rows else empty}</section></main></div>"""
    return document(content.title, lang, body)


def _line(row: Sequence[str]) -> str:
    first, *rest = (_text(cell) for cell in row)
    return f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in rest)}</tr>'


def _text(text: str) -> str:
    return escape(safe(text))
