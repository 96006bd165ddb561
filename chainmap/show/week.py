"""The page for the Monday meeting: one content, on a terminal, as Markdown and for a browser."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from chainmap.core.text import safe
from chainmap.core.words import say
from chainmap.show.columns import Cell, Head, Line, lay_out
from chainmap.show.formats import as_markdown, escaped

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Section:
    """One part: its title, its rows as text, and how many more there are."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    more: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole page."""

    title: str
    about: Sequence[str]
    sections: Sequence[Section]
    lang: str


def section(title: str, rows: Sequence[Row], top: int, lang: str) -> Section:
    """The first rows of a part, in the columns that hold something."""
    cells = [
        [row["name"], row["what"], _when(row, lang), row["note"] or "", _who(row)]
        for row in rows[:top]
    ]
    names = [say(f"week.head.{name}", lang) for name in ("name", "what", "when", "note", "who")]
    kept = [at for at in range(len(names)) if at == 0 or any(line[at] for line in cells)]
    lines = [[line[at] for at in kept] for line in cells]
    return Section(title, [names[at] for at in kept], lines, max(0, len(rows) - top))


def _when(row: Row, lang: str) -> str:
    day, days = row["day"], row["days"]
    if day is not None and days is not None:
        key = "week.left" if days >= 0 else "week.past"
        return say(key, lang, day=day, days=abs(days))
    return say("week.quiet", lang, days=days) if days is not None else day or ""


def _who(row: Row) -> str:
    return " ".join(dict.fromkeys(part for part in (row["unit"], row["leader"]) if part))


def week_lines(page: Sheet, limit: int) -> list[Line]:
    """The page on a terminal."""
    lines: list[Line] = []
    for part in page.sections:
        lines += [[("", "")], [(part.title, "bold")]]
        if not part.rows:
            lines.append([("  " + say("week.none", page.lang), "dim")])
            continue
        shrink = (16, 8, None, 12, 6)
        heads = [Head(head, shrink_to=shrink[min(at, 4)]) for at, head in enumerate(part.heads)]
        lines += lay_out(heads, [[Cell(text) for text in row] for row in part.rows], limit)
        if part.more:
            lines.append([("  " + say("week.more", page.lang, count=part.more), "dim")])
    return lines


def week_markdown(page: Sheet) -> bytes:
    """The page as Markdown."""
    lines = [f"# {escaped(page.title)}", "", *(escaped(line) + "  " for line in page.about)]
    for part in page.sections:
        lines += ["", f"## {escaped(part.title)}", ""]
        if part.rows:
            lines.append(as_markdown(part.heads, part.rows).decode().rstrip("\n"))
        else:
            lines.append(say("week.none", page.lang))
        if part.more:
            lines += ["", say("week.more", page.lang, count=part.more)]
    return ("\n".join(lines) + "\n").encode()


def week_page(page: Sheet) -> bytes:
    """The page for a browser, in one file without a request."""
    from chainmap.show.web.page import document

    body = "\n".join(_section(part, page.lang) for part in page.sections)
    about = "<br>".join(map(_text, page.about))
    whole = f"""<div class="report"><header><h1>{_text(page.title)}</h1>
<p>{about}</p></header>
<main><section id="findings">{body}</section></main></div>"""
    return document(page.title, page.lang, whole)


def _section(part: Section, lang: str) -> str:
    head = f"<div><h2>{_text(part.title)}</h2>"
    if not part.rows:
        return f"{head}<p>{_text(say('week.none', lang))}</p></div>"
    above = "".join(f'<th scope="col">{_text(name)}</th>' for name in part.heads)
    lines = "\n".join(
        "<tr>" + "".join(f"<td>{_text(cell)}</td>" for cell in row) + "</tr>" for row in part.rows
    )
    more = f"<p>{_text(say('week.more', lang, count=part.more))}</p>" if part.more else ""
    label = _text(part.title)
    return (
        f'{head}<div class="scroll" tabindex="0" role="group" aria-label="{label}">'
        f'<table class="rows"><thead><tr>{above}</tr></thead><tbody>{lines}</tbody></table></div>'
        f"{more}</div>"
    )


def _text(text: str) -> str:
    return escape(safe(text))
