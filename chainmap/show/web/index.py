"""The way into a city's set: every chain with its counts and its files, and the city's page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from chainmap.core.text import safe
from chainmap.core.words import say
from chainmap.show.draw.scene import Page
from chainmap.show.draw.svg import as_svg
from chainmap.show.pictures.city import ChainLine, City
from chainmap.show.pictures.legend import STATUSES
from chainmap.show.web.page import document

SHOWN = ("report.html", "report.pdf", "report.pptx", "report.docx", "table.xlsx")


def index_page(city: City, pages: Sequence[Page], files: Mapping[str, Sequence[str]]) -> bytes:
    """The page; ``files`` are the names of each chain's files, relative to the page."""
    lang = city.lang
    heads = [
        ("", say("city.chain", lang)),
        *(("number", say(f"city.{name}", lang)) for name in ("links",)),
        *(("number", say(f"read.{status}", lang)) for status in STATUSES),
        *(("number", say(f"city.{name}", lang)) for name in ("whole", "settled", "open",
                                                             "projects")),
        ("", say("city.files", lang)),
    ]  # fmt: skip
    above = "".join(
        f'<th scope="col"{f" class={chr(34)}{kind}{chr(34)}" if kind else ""}>{_text(head)}</th>'
        for kind, head in heads
    )
    lines = "\n".join(_line(line, files.get(line.chain, ())) for line in city.lines)
    pictures = "\n".join(f'<div class="sheet page">{as_svg(page, None)}</div>' for page in pages)
    label = _text(city.title)
    body = f"""<div class="report"><header><h1>{_text(city.title)}</h1>
<p>{_text(city.about)}</p></header>
<main><section><p>{_text(city.conclusion)}</p>
<p>{_links(tuple(name for name in files.get("", ())))}</p>
<div class="scroll" tabindex="0" role="group" aria-label="{label}">
<table class="rows"><thead><tr>{above}</tr></thead>
<tbody>{lines}</tbody></table></div></section>
<section>{pictures}</section></main></div>"""
    return document(city.title, lang, body)


def _line(line: ChainLine, files: Sequence[str]) -> str:
    numbers = [("links", line.links), *((s, line.counts.get(s, 0)) for s in STATUSES)]
    counts = "".join(f'<td class="number {name}">{count}</td>' for name, count in numbers)
    rest = "".join(
        f'<td class="number">{_text(str(value))}</td>'
        for value in (line.whole, line.settled, line.open, line.projects)
    )
    shown = [name for end in SHOWN for name in files if name.endswith(f"-{end}")]
    return (
        f'<tr data-chain="{_text(line.chain)}"><th scope="row">{_text(line.name)}</th>'
        f"{counts}{rest}<td>{_links(shown)}</td></tr>"
    )


def _links(names: Sequence[str]) -> str:
    """Links to files beside the page, each called by its ending."""
    return " ".join(
        f'<a href="{_text(name)}">{_text(name.rpartition(".")[2].upper())}</a>' for name in names
    )


def _text(text: str) -> str:
    return escape(safe(text))
