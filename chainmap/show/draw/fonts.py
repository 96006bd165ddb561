"""How wide text is: the advances of the shipped font, Chinese line breaking, and shortening.

The font is Noto Sans CJK SC without kerning, so that a text is as wide as its characters
together. Widths are in the unit of the size given. A character that the font lacks is drawn with
a font of the reader's system and counted wide enough for any of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

FAMILY = "Noto Sans CJK SC"
FOLDER = Path(__file__).parent.parent / "fonts"
FILES = {False: FOLDER / "NotoSansCJKsc-Regular.otf", True: FOLDER / "NotoSansCJKsc-Bold.otf"}
ELLIPSIS = "…"
UNKNOWN_EM = 1.4  # the width given to a character that the font does not have
# Characters that may not begin a line, and those that may not end one (GB/T 15834).
NO_START = frozenset("。，、；：？！）》】」』〉〕”’…—～·%％℃°)]},.;:?!/／名家")
NO_END = frozenset("（《【「『〈〔“‘([{￥¥$＄")
# What stays in one piece: a number with its unit, a date, a word of another script.
_PIECE = re.compile(
    r"\d[\d,.]*(?:[—~-]\d[\d,.]*)* ?(?:万?㎡|亿元|万元|万吨|万亩|[年月日名家项亩亿万元环个%％])?"
    r"|[A-Za-zÀ-ɏ0-9_@#&+.'’/-]+|\s|."
)


@lru_cache(maxsize=2)
def _advances(bold: bool) -> dict[str, float]:
    """Width of every character of the font, in em."""
    from fontTools.ttLib import TTFont

    with TTFont(str(FILES[bold]), lazy=True) as font:
        per_em = font["head"].unitsPerEm
        widths = font["hmtx"].metrics
        return {chr(code): widths[name][0] / per_em for code, name in font.getBestCmap().items()}


def width(text: str, size: float, bold: bool = False) -> float:
    """Width of a text on one line."""
    advances = _advances(bold)
    return size * sum(advances.get(ch, UNKNOWN_EM) for ch in text)


def lacking(text: str) -> set[str]:
    """Characters of a text that the font does not have."""
    advances = _advances(False)
    return {ch for ch in text if ch not in advances}


def fit(text: str, room: float, size: float, bold: bool = False) -> str:
    """The text, cut with ``…`` where it is wider than the room."""
    if width(text, size, bold) <= room:
        return text
    left = room - width(ELLIPSIS, size, bold)
    kept = 0
    for ch in text:
        left -= width(ch, size, bold)
        if left < 0:
            break
        kept += 1
    return text[:kept].rstrip() + ELLIPSIS


def fit_name(name: str, room: float, size: float, bold: bool = False) -> str:
    """A link's name on one line: first bracketed parts go, then the end.

    Four characters are kept whatever the room; a layout leaves that much.
    """
    if width(name, size, bold) <= room:
        return name
    bare = re.sub(r"（[^）]*）?|\([^)]*\)?", "", name).strip() or name
    short = fit(bare, room, size, bold)
    return short if len(short) > 4 or len(bare) <= 4 else bare[:4] + ELLIPSIS


def fit_names(names: Sequence[str], of: int, room: float, size: float, more: str) -> str:
    """As many whole names as fit, and how many there are in all.

    ``more`` is the sentence for the rest, with ``{firms}`` and ``{count}``. A single name that is
    too long is cut and keeps its count.
    """
    whole = "、".join(names)
    if len(names) == of and width(whole, size) <= room:
        return whole
    for count in range(len(names) - (len(names) == of), 0, -1):
        text = more.format(firms="、".join(names[:count]), count=of)
        if width(text, size) <= room:
            return text
    if not names:
        return ""
    if of == 1:
        return fit(names[0], room, size)
    tail = width(more.format(firms="", count=of), size)
    return more.format(firms=fit(names[0], room - tail, size), count=of)


def wrap(text: str, room: float, size: float, bold: bool = False) -> list[str]:
    """Lines no wider than the room, broken as Chinese text is.

    No line begins with a closing mark or ends with an opening one; a number keeps its unit, and
    a date and a foreign word stay whole where a line has room for them.
    """
    lines: list[str] = []
    line, used = "", 0.0
    for piece in _together(_PIECE.findall(text.replace("\n", " "))):
        wide = width(piece, size, bold)
        if used + wide <= room:
            line, used = line + piece, used + wide
            continue
        if line.strip():
            lines.append(line.rstrip())
        line, used = "", 0.0
        for part in [piece.lstrip()] if wide <= room else piece:
            wide = width(part, size, bold)
            if line and used + wide > room:
                lines.append(line.rstrip())
                line, used = "", 0.0
            line, used = line + part, used + wide
    if line.strip() or not lines:
        lines.append(line.rstrip())
    return lines


def _together(pieces: Iterable[str]) -> list[str]:
    """Pieces that a line may end after: closing and opening marks stay with their text."""
    found: list[str] = []
    for piece in pieces:
        joins = found and (piece[0] in NO_START or found[-1][-1] in NO_END)
        if joins and found[-1].strip():
            found[-1] += piece
        else:
            found.append(piece)
    return found
