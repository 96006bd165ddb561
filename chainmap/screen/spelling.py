"""How a firm's name is spelled: one form for all its spellings, and what its endings claim."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

# What an ending says about the firm. A group, what it holds and what it floats are often
# different firms of one name, so an ending is dropped from the name but not forgotten.
_ENDINGS: tuple[tuple[str, str], ...] = (
    ("股份有限责任公司", "shares"),
    ("股份有限公司", "shares"),
    ("有限责任公司", ""),
    ("有限公司", ""),
    ("股份公司", "shares"),
    # The form that state groups had before they became 集团有限公司.
    ("总公司", "group"),
    ("株式会社", ""),
    ("公司", ""),
    ("股份", "shares"),
    ("集团", "group"),
    ("控股", "holding"),
)
_LEGAL = ("公司", "株式会社")
_BRANCH = ("分公司", "子公司")
_LATIN = frozenset(
    [
        "inc",
        "incorporated",
        "corp",
        "corporation",
        "co",
        "company",
        "ltd",
        "limited",
        "llc",
        "plc",
        "ag",
        "se",
        "sa",
        "nv",
        "bv",
        "spa",
        "gmbh",
        "kgaa",
        "ab",
        "asa",
        "oyj",
        "lp",
        "kk",
        "coltd",
    ]
)
_LATIN_CLAIMS = {"group": "group", "holding": "holding", "holdings": "holding"}
_BRACKETS = re.compile(r"[(\[【〔][^()\[\]【】〔〕]*[)\]】〕]")
_WORD = re.compile(r"[^\W_]+")
_ACCENT = re.compile("[\u0300-\u036f]")
# Each pass of the spelling rules may enable another; no name seen so far needs three.
_PASSES = 8


@dataclass(frozen=True, slots=True)
class Spelling:
    """A name without its endings, what they claimed, and whether one made it a legal name."""

    core: str
    claims: frozenset[str] = frozenset()
    legal: bool = False

    @property
    def registered(self) -> frozenset[str] | None:
        """What the registered name of a firm with this name claims; None where it is not said."""
        if self.legal:
            return self.claims
        # A name that stops at 集团 may leave off 股份有限公司 but no 控股.
        return self.claims | {"shares"} if self.claims else None

    @property
    def bare(self) -> bool:
        """Whether the name had no ending at all."""
        return not self.claims and not self.legal


def normalise(name: str) -> str:
    """The one form of all spellings of a name, without endings such as 有限公司 or Inc.

    Widths, case, accents, traditional characters, brackets, spaces and punctuation are joined.
    Normalising twice changes nothing.

    >>> normalise("中國平安保險（集團）股份有限公司")
    '中国平安保险'
    >>> normalise("Samsung  Electronics Co., Ltd.")
    'samsungelectronics'
    """
    return spelled(name).core


def plain(name: str) -> str:
    """The name in simplified, half-width, small characters; only its letters and digits.

    >>> plain("ＴＣＬ科技集團")
    'tcl科技集团'
    """
    return "".join(_words(name))


def spelled(name: str) -> Spelling:
    """The name's core and what its endings claim."""
    claims: set[str] = set()
    legal = False
    core = name
    for at in range(_PASSES):
        words = _words(core)
        legal |= _without_latin_endings(words, claims)
        short = "".join(words)
        short, more = _without_endings(short, claims)
        legal |= more
        if at and short == core:
            break
        core = short
    return Spelling(core, frozenset(claims), legal)


def bracketed(name: str) -> tuple[str, str, str] | None:
    """The name before its first bracket, what the bracket holds, and what follows it."""
    text = unicodedata.normalize("NFKC", name)
    found = _BRACKETS.search(text)
    if found is None:
        return None
    return text[: found.start()], found[0][1:-1], text[found.end() :]


def _words(name: str) -> list[str]:
    """Runs of letters and digits, all in one width, case and script."""
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    if not text.isascii():
        text = unicodedata.normalize("NFKC", _ACCENT.sub("", unicodedata.normalize("NFKD", text)))
    text = text.replace("&", " and ").replace(".", "").replace("'", "").replace("’", "")
    words = _WORD.findall(text)
    if text.isascii():
        return words
    # Only letters reach the converter: it takes no half of a surrogate pair.
    return str(_converter().convert(" ".join(words))).split()


@lru_cache(maxsize=1)
def _converter() -> Any:
    """Traditional characters to simplified ones, phrase by phrase."""
    from opencc import OpenCC

    return OpenCC("t2s")


def _without_latin_endings(words: list[str], claims: set[str]) -> bool:
    """Takes endings such as Inc. off the list; whether one of them makes a legal name."""
    legal = False
    while len(words) > 1 and (words[-1] in _LATIN or words[-1] in _LATIN_CLAIMS):
        word = words.pop()
        legal |= word in _LATIN
        if word in _LATIN_CLAIMS:
            claims.add(_LATIN_CLAIMS[word])
    while len(words) > 1 and words[0] == "the":
        del words[0]
    return legal


def _without_endings(text: str, claims: set[str]) -> tuple[str, bool]:
    """The text without 有限公司 and the like, which are never all of it."""
    legal = False
    while not text.endswith(_BRANCH):
        found = next((one for one in _ENDINGS if text.endswith(one[0]) and text != one[0]), None)
        if found is None:
            break
        text = text.removesuffix(found[0])
        legal |= found[0].endswith(_LEGAL)
        if found[1]:
            claims.add(found[1])
    return text, legal


def fits(written: Spelling, registered: frozenset[str] | None) -> bool:
    """Whether a written name may mean a firm whose registered name makes these claims.

    A claim that the registered name does not make names another firm. A whole legal name must
    make all its claims; only a plain 有限公司 may stand for 股份有限公司. None: nothing is known.
    """
    if registered is None:
        return True
    missing = registered - written.claims
    if not written.claims <= registered:
        return False
    return not written.legal or not missing or (missing == {"shares"} and not written.claims)
