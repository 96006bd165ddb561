"""The panorama as a page: the picture, a list, filters, and the evidence of each link.

One file without a request: the style sheet and the script stand in it, and the policy in its head
lets a browser run those two and nothing else, by their hashes.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from chainmap.core.text import safe
from chainmap.core.words import say
from chainmap.show.draw.scene import Page
from chainmap.show.draw.svg import as_svg
from chainmap.show.draw.tokens import DARK, LIGHT
from chainmap.show.pictures.content import Card, Panorama

HERE = Path(__file__).parent
STATUSES = ("strong", "weak", "present", "missing", "planned", "unknown")
SIGNS = {"strong": "●", "weak": "◐", "present": "◉", "missing": "○", "planned": "◇", "unknown": "?"}
EVIDENCE = 3  # rows of evidence on a card
_TOLD = (
    "bar", "search", "status", "stage", "stages", "out", "whole", "in", "list", "theme", "none",
    "tip",
)  # fmt: skip
MANY = 60  # links from which a card shows one row


@dataclass(frozen=True, slots=True)
class Evidence:
    """A row of evidence: its grade, what kind of row, its date, and what it found."""

    grade: str
    kind: str
    date: str
    found: str


def panorama_page(
    content: Panorama, pages: Sequence[Page], evidence: Mapping[str, Sequence[Evidence]]
) -> bytes:
    """The page of a chain; ``evidence`` is by ref of a link, the best first."""
    bar, view, below = panorama_parts(content, pages, evidence)
    body = f"""<header id="head"><h1>{_text(content.title)}</h1>
<p>{_text(content.date)}　{_text(content.conclusion)}</p></header>
{bar}
<main>{view}</main>
{below}"""
    return document(content.title, content.lang, body, script())


def panorama_parts(
    content: Panorama, pages: Sequence[Page], evidence: Mapping[str, Sequence[Evidence]]
) -> tuple[str, str, str]:
    """The toolbar, the map with its list, and what the script needs below them."""
    lang = content.lang
    pictures = "\n".join(as_svg(page, None) for page in pages)
    data = {"words": _words(lang), "links": _links(content, evidence)}
    counts = content.counts
    toggles = "".join(
        f'<button type="button" class="toggle {status}" data-status="{status}" '
        f'aria-pressed="true"><b>{SIGNS[status]} {_text(say(f"tag.{status}", lang).strip("[]"))}'
        f"</b>{counts[status]}</button>"
        for status in STATUSES
        if counts[status]
    )
    names = [f"{stage.name} {stage.words}".strip() for stage in content.stages if stage.cards]
    stages = "".join(f"<option>{_text(name)}</option>" for name in names)
    told = {name: _said(f"web.{name}", lang) for name in _TOLD}
    bar = f"""<div id="bar" role="toolbar" aria-label="{told["bar"]}" hidden>
<input id="q" type="search" placeholder="{told["search"]}" aria-label="{told["search"]}">
<div class="set" role="group" aria-label="{told["status"]}">{toggles}</div>
<select id="stage" aria-label="{told["stage"]}">
<option value="">{told["stages"]}</option>{stages}</select>
<span id="count" role="status" aria-live="polite"></span><span class="space"></span>
<span class="zoom"><button type="button" id="out" aria-label="{told["out"]}">−</button>
<button type="button" id="whole" aria-label="{told["whole"]}">100%</button>
<button type="button" id="in" aria-label="{told["in"]}">＋</button></span>
<button type="button" id="view">{told["list"]}</button>
<button type="button" id="theme">{told["theme"]}</button></div>"""
    view = f"""<div id="map">
{pictures}</div>
<div id="list" hidden></div><p id="none" hidden>{told["none"]}</p>"""
    below = f"""<div id="tip" role="dialog" aria-label="{told["tip"]}" hidden></div>
<script type="application/json" id="data">{as_data(data)}</script>"""
    return bar, view, below


def script() -> str:
    """What the toolbar and the cards do."""
    return _file("page.js")


def document(title: str, lang: str, body: str, script: str = "") -> bytes:
    """A whole page around a body, with the policy that lets only its own style and script in."""
    style = colours() + _file("page.css")
    allowed = f"script-src '{_hash(script)}';" if script else ""
    policy = (
        f"default-src 'none';{allowed}style-src '{_hash(style)}';base-uri 'none';form-action 'none'"
    )
    code = f"<script>{script}</script>" if script else ""
    language = "zh-CN" if lang == "zh" else "en"
    return f"""<!doctype html>
<html lang="{language}"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>{_text(title)}</title><style>{style}</style></head><body>
{body}
{code}</body></html>
""".encode()


def colours() -> str:
    """The tokens as variables, for light and dark, and the classes that the pictures use."""
    light, dark = (
        "".join(f"--{name}:{value};" for name, value in tokens.items()) for tokens in (LIGHT, DARK)
    )
    paints = "".join(
        f".f-{name}{{fill:var(--{name})}}.s-{name}{{stroke:var(--{name})}}" for name in LIGHT
    )
    return (
        f":root{{{light}color-scheme:light}}"
        f"@media screen{{:root[data-theme=dark]{{{dark}color-scheme:dark}}}}"
        "@media screen and (prefers-color-scheme:dark){:root:not([data-theme=light])"
        f"{{{dark}color-scheme:dark}}}}.f-0{{fill:none}}{paints}\n"
    )


def as_data(data: Any) -> str:
    """JSON that cannot end the element it stands in."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _words(lang: str) -> dict[str, str]:
    names = ("close", "map", "list")
    words = {name: say(f"web.{name}", lang) for name in names}
    return {**words, "count": say("web.count", lang, shown="{shown}", all="{all}")}


def _links(content: Panorama, evidence: Mapping[str, Sequence[Evidence]]) -> list[dict[str, Any]]:
    count = sum(len(stage.cards) for stage in content.stages)
    most = 1 if count > MANY else EVIDENCE
    return [
        _link(card, f"{stage.name} {stage.words}".strip(), evidence.get(card.ref, ()), most,
              content.lang)
        for stage in content.stages
        for card in stage.cards
    ]  # fmt: skip


def _link(
    card: Card, stage: str, evidence: Sequence[Evidence], most: int, lang: str
) -> dict[str, Any]:
    firms = "、".join(card.firms)
    line = firms or (card.lines[0] if card.lines else "")
    rest = len(evidence) - most
    path = " / ".join(part for part in (stage, card.group) if part)
    star = "*" if card.critical else ""
    return {
        "ref": card.ref,
        "name": safe(card.name) + star,
        "status": card.status,
        "tag": say(f"tag.{card.status}", lang).strip("[]"),
        "word": say(f"read.{card.status}", lang),
        "mark": card.mark,
        "stage": safe(stage),
        "path": safe(path),
        "firms": safe(firms),
        "line": safe(line),
        "note": safe(card.note),
        "find": safe(" ".join((card.name, firms, line))),
        "rows": [[safe(part) for part in (e.grade, e.kind, e.date, e.found)]
                 for e in evidence[:most]],
        "rest": say("web.rest", lang, count=rest) if rest > 0 else "",
    }  # fmt: skip


def _file(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _text(text: str) -> str:
    return escape(safe(text))


def _said(key: str, lang: str) -> str:
    return escape(say(key, lang))
