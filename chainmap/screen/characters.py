"""What each character becomes when a scope is normalised, so that a text can be read once."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

# Han characters that no Unicode form changes, and what is private or stands for nothing: these
# ranges are most of all characters, and are looked at for traditional ones alone.
_PLAIN = ((0x3400, 0xA000), (0xAC00, 0xD7A4), (0xE000, 0xF900), (0x30000, 0xE0000))
_SURROGATES = (0xD800, 0xE000)
_NOT_ONE = 0xFFFFFFFF


@lru_cache(maxsize=1)
def folded() -> Mapping[str, str]:
    """Each character that NFKC and casefold change when it stands alone, and what it becomes."""
    some = [chr(code) for code in _open_codes()]
    # A line's end joins with nothing, so that each character is as if it stood alone.
    text = unicodedata.normalize("NFKC", "\n".join(some)).casefold()
    made = text.split("\n")
    at = some.index("\n")
    made[at : at + 2] = ["\n"]
    return {old: new for old, new in zip(some, made, strict=True) if old != new}


@lru_cache(maxsize=1)
def joining() -> frozenset[str]:
    """Characters that may become something else, or change what stands before them, in a text.

    All others can be normalised one by one: a text without these becomes what its characters
    become. They are the characters whose decomposition begins with a combining mark, or with one
    that some character is composed of as its second part: accents, the voiced marks of
    half-width kana, the vowels and final consonants of Hangul, and parts of Indic vowels.
    Source: Unicode Standard Annex 15, sections 9 and 11 (stable code points and boundaries).
    """
    second = {chr(code) for span in ((0x1161, 0x1176), (0x11A8, 0x11C3)) for code in range(*span)}
    firsts: dict[str, str] = {}
    for code in _open_codes():
        one = chr(code)
        parts = unicodedata.decomposition(one).split()
        if len(parts) == 2 and not parts[0].startswith("<"):
            second.add(chr(int(parts[1], 16)))
        if parts or unicodedata.combining(one):
            firsts[one] = unicodedata.normalize("NFKD", one)[0]
    found = {one for one, first in firsts.items() if first in second or _marks(first)}
    return frozenset(found | second)


def many(
    texts: Sequence[str], normal: Callable[[str], str], old: str = "", new: str = ""
) -> list[str]:
    """``normal`` of each text, by a table of characters where one by one is enough.

    ``old`` and ``new`` are traditional characters and what each becomes.
    """
    import numpy as np

    table = _single(old, new)
    codes = np.frombuffer("".join(texts).encode("utf-32-le"), np.uint32)
    made = table[codes]
    ends = np.cumsum([0, *map(len, texts)])
    # A text with a character that does not become one other is read by itself.
    apart = np.searchsorted(ends, np.flatnonzero(made == _NOT_ONE), side="right") - 1
    made[made == _NOT_ONE] = 0
    joined = made.tobytes().decode("utf-32-le")
    found = [joined[start:end] for start, end in pairwise(ends.tolist())]
    for at in np.unique(apart):
        found[at] = normal(texts[at])
    return found


@lru_cache(maxsize=2)
def _single(old: str, new: str) -> np.ndarray[Any, Any]:
    """uint32 by code point: the one character that a character becomes, or ``_NOT_ONE``."""
    import numpy as np

    table = np.arange(sys.maxunicode + 1, dtype=np.uint32)
    simple = dict(zip(old, new, strict=True))
    for one in {**folded(), **simple}:
        made = folded().get(one, one)
        table[ord(one)] = ord(simple.get(made, made)) if len(made) == 1 else _NOT_ONE
    for one in joining():
        table[ord(one)] = _NOT_ONE
    return table


def _marks(character: str) -> bool:
    return unicodedata.combining(character) != 0


def _open_codes() -> Iterable[int]:
    """The characters of planes that hold any, but for the ranges that nothing changes."""
    at = 0
    for start, end in sorted((*_PLAIN, _SURROGATES)):
        yield from range(at, max(at, start))
        at = max(at, end)
    yield from range(at, min(sys.maxunicode + 1, 0xF0000))
