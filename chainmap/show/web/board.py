"""The board of projects as a page: a column a stage, cards in it, the doubts below."""

from __future__ import annotations

from html import escape

from chainmap.core.schema import STAGES
from chainmap.core.text import safe
from chainmap.core.words import figure, say
from chainmap.show.projects import Board, Row, marks, next_words, stage_word, sum_words
from chainmap.show.web.page import document


def as_html(board: Board) -> bytes:
    """One file without a script and without a request."""
    lang = board.lang
    sums = {row["stage"]: row for row in board.stages}
    columns = "\n".join(
        _column(board, stage, sums[stage]) for stage in (None, *STAGES) if stage in sums
    )
    doubts = "".join(f"<li>{_text(one)}</li>" for one in board.doubts)
    below = f"<section><h2>{_text(say('sheet.doubts', lang))}</h2><ul>{doubts}</ul></section>"
    body = f"""<div class="report"><header><h1>{_text(board.title)}</h1>
<p>{_text(board.date)}</p></header>
<main><div class="board" tabindex="0" role="group" aria-label="{_text(board.title)}">
{columns}
</div>{below if board.doubts else ""}</main></div>"""
    return document(board.title, lang, body)


def _column(board: Board, stage: str | None, one: Row) -> str:
    lang = board.lang
    cards = "".join(_card(row, lang) for row in board.rows if row["stage"] == stage)
    return (
        f'<section class="lane"><h2>{_text(stage_word(stage, lang))}</h2>'
        f"<p>{_text(sum_words(one, lang))}</p><ol>{cards}</ol></section>"
    )


def _card(row: Row, lang: str) -> str:
    money = figure(row["investment_100m_cny"])
    facts = [row["short"], row["place"], row["district"],
             money and say("board.money", lang, value=money)]  # fmt: skip
    lines = [" · ".join(fact for fact in facts if fact), next_words(row)]
    duty = " ".join(part for part in (row["leader"], row["unit"]) if part)
    said = "".join(f"<span>{_text(line)}</span>" for line in (*lines, duty) if line)
    mark = marks(row, lang)
    kind = "missing" if row["overdue"] else "weak" if row["stale"] else "present"
    warned = f'<b class="tag {kind}">{_text(mark)}</b>' if mark else ""
    name = row["name"] or row["project"]
    return f'<li class="{kind}"><strong>{_text(name)}</strong>{said}{warned}</li>'


def _text(text: str) -> str:
    return escape(safe(text))
