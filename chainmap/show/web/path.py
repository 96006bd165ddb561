"""The path as a page: the pictures, and a table with who answers for what and how far it is."""

from __future__ import annotations

from collections.abc import Sequence

from chainmap.core.words import say
from chainmap.show.draw.scene import Page
from chainmap.show.path_words import COLUMNS, Row, cells
from chainmap.show.pictures.path_content import PathContent
from chainmap.show.web.page import document
from chainmap.show.web.rows import sheets, table, text


def path_page(content: PathContent, pages: Sequence[Page], rows: Sequence[Row]) -> bytes:
    """One file without a request and without a script."""
    lang = content.lang
    heads = [say(f"path.column.{name}", lang) for name in COLUMNS]
    below = "\n".join(f"<p>{text(sentence)}</p>" for sentence in content.below)
    body = f"""<div class="report"><header><h1>{text(content.title)}</h1>
<p>{text(content.date)}　{text(content.conclusion)}</p></header>
<main><section id="path">{sheets(pages)}
{below}</section>
<section id="table"><h2>{text(say("path.table", lang))}</h2>
{table(say("path.table", lang), heads, [cells(row, lang) for row in rows])}
<p>{text(content.footer)}</p></section></main></div>"""
    return document(content.title, lang, body)
