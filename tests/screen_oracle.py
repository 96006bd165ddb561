"""The screen's rule in ten lines: every row against every word of every link."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from opencc import OpenCC

from chainmap.screen.rule import Rule

_TO_SIMPLIFIED = OpenCC("t2s")


@cache
def simplified(character: str) -> str:
    """One character alone, so that no phrase decides."""
    return _TO_SIMPLIFIED.convert(character)


def plain(text: str) -> str:
    """NFKC, casefold, then each traditional character as its simplified one."""
    return "".join(map(simplified, unicodedata.normalize("NFKC", text).casefold()))


def best(rows: Iterable[Mapping[str, Any]], rule: Rule) -> list[tuple[Any, ...]]:
    """(link, id, name, city, capital, score, words) of the best ``rule.keep`` of each link."""
    found: dict[int, dict[str, tuple[Any, ...]]] = {}
    for row in rows:
        text = plain(row["scope"])
        for at, link in enumerate(rule.links):
            words = [word for word in link.include if word in text]
            if words and not any(word in text for word in link.exclude):
                score = sum(rule.weights[word] for word in words)
                one = (
                    -score,
                    -row["capital"],
                    row["id"],
                    row["name"],
                    row["city"],
                    "|".join(words),
                )
                firms = found.setdefault(at, {})
                firms[row["id"]] = min(one, firms.get(row["id"], one))
    return [
        (at, firm, name, city, -capital, -score, words)
        for at in sorted(found)
        for score, capital, firm, name, city, words in sorted(found[at].values())[: rule.keep]
    ]
