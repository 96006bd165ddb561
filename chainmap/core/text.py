"""Text as it comes in and as it goes out: widths, folding, safety, near misses."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable

ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}\Z")

# Marks that reorder or hide what stands beside them; a name has no honest use for them.
_HIDDEN = frozenset(
    chr(code)
    for span in ((0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x2069), (0xFEFF, 0xFEFF))
    for code in range(span[0], span[1] + 1)
)
_FORMULA = "=+-@＝＋－＠\t\r\n'"


def is_control(character: str) -> bool:
    """Whether a character steers a terminal or the reading order instead of being read.

    >>> is_control("\\x1b"), is_control("芯")
    (True, False)
    """
    if character in _HIDDEN or ord(character) & 0xFFFE == 0xFFFE:  # the last two of each plane
        return True
    return unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")


def safe(text: str) -> str:
    """The text with every control character made visible as a code, on one line.

    >>> safe("a\\x1b[31mb")
    'a<U+001B>[31mb'
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(f"<U+{ord(ch):04X}>" if is_control(ch) else ch for ch in text)


def width(text: str) -> int:
    """Terminal cells that a text takes; East Asian wide, full and ambiguous count two.

    >>> width("EDA 工具")
    8
    """
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(ch) else 2 if unicodedata.east_asian_width(ch) in "WFA" else 1
        for ch in text
    )


def cut(text: str, cells: int) -> str:
    """The text, shortened to so many cells with ``..`` where it does not fit.

    >>> cut("晶圆制造", 6)
    '晶圆..'
    """
    if width(text) <= cells:
        return text
    room, kept = cells - 2, ""
    for ch in text:
        room -= width(ch)
        if room < 0:
            break
        kept += ch
    return kept + ".." if cells >= 2 else ""


def pad(text: str, cells: int, right: bool = False) -> str:
    """The text filled with spaces to so many cells, at its right or left side.

    >>> pad("缺", 4) + "|"
    '缺  |'
    """
    fill = " " * max(0, cells - width(text))
    return fill + text if right else text + fill


def halve(text: str) -> str:
    """Full-width ASCII letters, digits, signs and spaces as their usual forms.

    >>> halve("２０２５－０１")
    '2025-01'
    """
    if text.isascii():
        return text
    return "".join(
        chr(ord(ch) - 0xFEE0) if "！" <= ch <= "～" else " " if ch in "\u3000\xa0" else ch
        for ch in text
    )


def fold(text: str) -> str:
    """A form for comparing words: compatibility forms joined, case and spaces dropped."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def near(word: str, known: Iterable[str]) -> str | None:
    """The known word that an author most likely meant, or None where none is close.

    >>> near("electroliser", ["electrolyser", "storage"])
    'electrolyser'
    """
    if len(word) > 100:
        return None
    found = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return found[0] if found else None


def guard(text: str) -> str:
    """A CSV cell that no spreadsheet takes for a formula: one leading ' where it might.

    >>> guard("=1+1"), guard("芯片")
    ("'=1+1", '芯片')
    """
    start = text.lstrip(" \u3000\xa0")
    return "'" + text if start and start[0] in _FORMULA else text


def unguard(text: str) -> str:
    """The cell as it was before ``guard``: exactly one leading ' taken off.

    >>> unguard("'=1+1")
    '=1+1'
    """
    return text[1:] if text.startswith("'") else text
