"""The rule by which a register is screened: one definition, in integers, for every engine."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from chainmap.screen.characters import many

if TYPE_CHECKING:  # the executors of a cluster have no reader of chains
    from chainmap.core.model import Chain

# One character is in too many words to say what a firm makes.
_SHORTEST = 2
# Scores are 32-bit integers in every engine.
_MOST = 2**31 - 1
# Where characters have a traditional form: the blocks of Han characters and what stands for them.
_HAN = ((0x2E80, 0x2FE0), (0x3400, 0xA000), (0xF900, 0xFB00), (0x20000, 0x40000))


@dataclass(frozen=True)
class LinkWords:
    """The words of a link, normalised: any of ``include`` finds it, any of ``exclude`` drops it."""

    chain: str
    link: str
    include: tuple[str, ...]
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rule:
    """Everything that an engine needs to know; it can be pickled and written as JSON.

    For a firm's scope and a link, score = the sum of ``weights`` of the link's include words that
    are in the normalised scope, each once, wherever they overlap; one exclude word in it drops
    the pair. Of each link the best ``keep`` firms stay, by score, then capital, both falling,
    then id by code points. ``simplified`` holds traditional characters and what each becomes, so
    that every machine of a cluster reads a scope alike. Raises ValueError for a weight that is
    missing or no positive integer, and for a link whose words together go beyond 32 bits.
    """

    links: tuple[LinkWords, ...]
    weights: Mapping[str, int]
    keep: int
    simplified: tuple[str, str] = ("", "")
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        if self.keep < 1:
            raise ValueError(f"keep is {self.keep}")
        used = {word: self._weight(word) for link in self.links for word in link.include}
        for link in self.links:
            if sum(used[word] for word in link.include) > _MOST:
                raise ValueError(f"{link.chain}/{link.link}: weights beyond {_MOST}")
        object.__setattr__(self, "weights", dict(sorted(used.items())))
        text = json.dumps(self.plain(), ensure_ascii=False, sort_keys=True)
        object.__setattr__(self, "digest", hashlib.sha256(text.encode()).hexdigest())

    def __hash__(self) -> int:
        return hash(self.digest)

    def _weight(self, word: str) -> int:
        weight = self.weights.get(word)
        if type(weight) is not int or not 1 <= weight <= _MOST:
            raise ValueError(f"{word}: {weight}")
        return weight

    def plain(self) -> dict[str, Any]:
        """The rule as plain JSON values; ``Rule.of`` reads it back."""
        return {
            "links": [
                [one.chain, one.link, list(one.include), list(one.exclude)] for one in self.links
            ],
            "weights": dict(self.weights),
            "keep": self.keep,
            "simplified": list(self.simplified),
        }

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Rule:
        """The rule that ``plain`` wrote. Raises KeyError, TypeError or ValueError for others."""
        links = tuple(
            LinkWords(str(chain), str(link), tuple(include), tuple(exclude))
            for chain, link, include, exclude in plain["links"]
        )
        old, new = plain["simplified"]
        return cls(links, plain["weights"], plain["keep"], (old, new))

    @property
    def words(self) -> tuple[str, ...]:
        """Every word of the rule once, in code point order."""
        return tuple(sorted({word for one in self.links for word in one.include + one.exclude}))

    def normal(self, text: str) -> str:
        """The text as ``normalise`` gives it, by the rule's own table of characters."""
        return _folded(text, _table(*self.simplified))

    def normals(self, texts: Sequence[str]) -> list[str]:
        """``normal`` of each text; many together take a tenth of the time."""
        return many(texts, self.normal, *self.simplified)


def make_rule(links: Iterable[LinkWords], weights: Mapping[str, int], keep: int) -> Rule:
    """The rule for these links on this machine. Raises as ``Rule`` does."""
    return Rule(tuple(links), weights, keep, characters())


def link_words(chain: Chain) -> tuple[LinkWords, ...]:
    """The words of each link of a chain: its name and products, and what rules it out."""
    return tuple(
        LinkWords(
            chain.id, link.id, _distinct((link.name, *link.products)), _distinct(link.exclude)
        )
        for link in chain.links
    )


def normalise(text: str) -> str:
    """NFKC, case folded, each traditional character as its simplified one; nothing else.

    Characters are made simplified one at a time, so that what stands beside one never matters.

    >>> normalise("ＰＥＭ電解槽、乾燥機")
    'pem电解槽、干燥机'
    """
    return _folded(text, _table(*characters()))


@lru_cache(maxsize=1)
def characters() -> tuple[str, str]:
    """Traditional characters in code point order, and the simplified one of each (OpenCC)."""
    from opencc import OpenCC

    han = [chr(code) for start, end in _HAN for code in range(start, end)]
    # A line holds one character: no phrase of the converter reaches over a line's end.
    made = str(OpenCC("t2s").convert("\n".join(han))).split("\n")
    pairs = [(old, new) for old, new in zip(han, made, strict=True) if old != new and len(new) == 1]
    return "".join(old for old, _ in pairs), "".join(new for _, new in pairs)


@lru_cache(maxsize=4)
def _table(old: str, new: str) -> Mapping[int, str]:
    return MappingProxyType({ord(one): to for one, to in zip(old, new, strict=True)})


def _folded(text: str, table: Mapping[int, str]) -> str:
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", text).casefold().translate(table)


def _distinct(words: Iterable[str]) -> tuple[str, ...]:
    normal = dict.fromkeys(normalise(word) for word in words)
    return tuple(word for word in normal if len(word) >= _SHORTEST)
