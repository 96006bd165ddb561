"""The manual page: what the help pages say, as one page for ``man``.

Written in the macros of man(7), which groff and mandoc read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chainmap.core.text import safe
from chainmap.core.words import say

# Between two wide characters, unless a mark would begin or an opening one end the line.
_BREAK = re.compile(r"(?<=[\u3000-\uffef])(?<![（《“【])(?=[\u4e00-\u9fff（《“【])")
Item = tuple[str, str]  # how it is written, and what it means
EXITS = (0, 1, 2, 3, 4, 70, 130)
VARIABLES = ("CHAINMAP_WORKSPACE", "CHAINMAP_CACHE")
FILES = ("chains/*.yaml", "data/*.csv", "data/region.yaml", "data/scoring.yaml", "data/plan.yaml")


@dataclass(frozen=True)
class Entry:
    """A command: its words, what it does, its arguments and options."""

    path: tuple[str, ...]
    help: str
    arguments: tuple[Item, ...]
    options: tuple[Item, ...]


def page(version: str, root: Entry, entries: Sequence[Entry], lang: str) -> str:
    """The page in man(7), the same for the same commands: it bears the version and no day."""
    title = roff(say("manual.title", lang))
    lines = [
        '.\\" t',
        f'.TH CHAINMAP 1 "" "chainmap {roff(version)}" "{title}"',
        ".ad l",
        ".nh",
        *_section("manual.name", lang),
        f"chainmap \\- {roff(root.help)}",
        *_section("manual.synopsis", lang),
        *_call(root, roff(say("manual.command", lang))),
        *_section("manual.options", lang),
        *_items(root.options),
        *_section("manual.commands", lang),
    ]
    for one in entries:
        lines += [f".SS {roff(' '.join(one.path))}", *_paragraph(one.help), *_call(one)]
        lines += _items((*one.arguments, *one.options))
    lines += _section("manual.exit", lang)
    lines += _items([(str(code), say(f"manual.exit_{code}", lang)) for code in EXITS])
    lines += _section("manual.environment", lang)
    lines += _items([(name, say(f"manual.{name}", lang)) for name in VARIABLES])
    lines += _section("manual.files", lang)
    lines += _items([(name, say(f"manual.{name}", lang)) for name in FILES])
    return "\n".join(lines) + "\n"


def _section(key: str, lang: str) -> list[str]:
    return [f".SH {roff(say(key, lang))}"]


def _paragraph(text: str) -> list[str]:
    return [roff(text), ".PP"] if text else []


def _call(one: Entry, rest: str = "") -> list[str]:
    """How the command is called."""
    words = " ".join(roff(word) for word in ("chainmap", *one.path))
    marks = ["[\\fIOPTION\\fR]..."] if one.options else []
    marks += [f"\\fI{roff(name)}\\fR" for name, _ in one.arguments]
    marks += [f"\\fI{rest}\\fR"] if rest else []
    return [" ".join((f"\\fB{words}\\fR", *marks))]


def _items(items: Sequence[Item]) -> Iterator[str]:
    for name, meaning in items:
        yield ".TP"
        yield f"\\fB{roff(name)}\\fR"
        yield roff(meaning) or "\\&"


def roff(text: str) -> str:
    r"""The text as roff prints it: no escape, no request, a hyphen that can be copied.

    In ASCII, so that no encoding has to be guessed, with a place to break behind every wide
    character that may end a line.

    >>> roff("-o C:\\x"), roff(".br"), roff("补链。")
    ('\\-o C:\\ex', '\\&.br', '\\[u8865]\\:\\[u94FE]\\[u3002]')
    """
    quiet = safe(text).replace("\\", "\\e").replace("-", "\\-").replace('"', "\\(dq")
    quiet = _BREAK.sub("\\\\:", quiet)
    ascii_only = "".join(ch if ch.isascii() else f"\\[u{ord(ch):04X}]" for ch in quiet)
    return f"\\&{ascii_only}" if ascii_only.startswith((".", "'")) else ascii_only
