"""A report of sentences and tables as a page."""

from __future__ import annotations

from chainmap.show.handout import Handout, Part, worded
from chainmap.show.web.page import document
from chainmap.show.web.rows import table, text


def as_html(paper: Handout) -> bytes:
    """One file without a request and without a script."""
    told = "\n".join(f"<p>{text(sentence)}</p>" for sentence in paper.sentences)
    parts = "\n".join(_part(part, paper.lang) for part in paper.parts)
    body = f"""<div class="report"><header><h1>{text(paper.title)}</h1>
<p>{text(paper.date)}</p></header>
<main><section id="findings">{told}</section>
{parts}
<section><p>{text(paper.footer)}</p></section></main></div>"""
    return document(paper.title, paper.lang, body)


def _part(part: Part, lang: str) -> str:
    told = "\n".join(f"<p>{text(sentence)}</p>" for sentence in part.sentences)
    rows = [[worded(cell, lang) for cell in row] for row in part.rows]
    heads = [head.title for head in part.heads]
    shown = table(part.title, heads, rows, part.numbers) if rows else ""
    return f"<section><h2>{text(part.title)}</h2>\n{told}\n{shown}</section>"
