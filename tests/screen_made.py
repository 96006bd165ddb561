"""Small made registers, and what both a kernel and the oracle find in them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import pyarrow as pa

from chainmap.core.register import Broken, Tally
from chainmap.screen.rule import LinkWords, Rule, link_words, make_rule, normalise

REGISTER = pa.schema(
    [
        ("id", pa.string()), ("name", pa.string()), ("scope", pa.string()),
        ("capital", pa.int64()), ("city", pa.string()), ("founded", pa.string()),
        ("status", pa.string()),
    ]
)  # fmt: skip
Row = dict[str, Any]


def firm(id: str, scope: str, capital: int = -1, name: str = "", city: str = "") -> Row:
    """A row of a register."""
    return {
        "id": id, "name": name, "scope": scope, "capital": capital, "city": city,
        "founded": "", "status": "",
    }  # fmt: skip


def batch(rows: Sequence[Row]) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist(list(rows), schema=REGISTER)


@dataclass(frozen=True)
class Held:
    """A part whose rows are held in memory."""

    name: str
    held: tuple[Row, ...]
    broken: tuple[Broken, ...] = ()

    @property
    def rows(self) -> int:
        return len(self.held)

    def batches(self, size: int) -> Iterator[pa.RecordBatch | Broken | Tally]:
        for at in range(0, len(self.held), size):
            rows = self.held[at : at + size]
            yield batch(rows)
            yield Tally(read=len(rows))
        yield from self.broken
        yield Tally(broken=len(self.broken))


def rule_of(*links: tuple[str, str], keep: int = 3, weights: dict[str, int] | None = None) -> Rule:
    """A rule from pairs of words with spaces between: those that find, those that drop."""
    made = []
    for at, (include, exclude) in enumerate(links):
        found, dropped = (
            tuple(dict.fromkeys(w for w in map(normalise, text.split()) if len(w) > 1))
            for text in (include, exclude)
        )
        made.append(LinkWords("c", f"l{at}", found, dropped))
    known = {word: 1 + len(word) for link in made for word in link.include}
    return make_rule(made, known | (weights or {}), keep)


# Characters that overlap as words do, with the spellings that are one after normalising.
LETTERS = "硅片光伏電电aAＡßﬁ㈱ｶﾞが가\u0301\u11a8é\0😀；（ 1②"


def made_rule(random: random.Random, links: int = 5, keep: int = 3) -> Rule:
    """A rule with words that overlap and contain each other."""

    def words(most: int) -> str:
        return " ".join(
            "".join(random.choices(LETTERS[:12], k=random.randint(2, 4)))
            for _ in range(random.randint(0, most))
        )

    pairs = [(words(6), words(2)) for _ in range(links)]
    return rule_of(*pairs, keep=keep)


def made_rows(random: random.Random, count: int) -> list[Row]:
    """Rows with many ties, unknown capital, and ids that come again."""
    return [
        firm(
            random.choice(("", "f", "é", "\uffee", "😀")) + str(random.randint(0, count)),
            "".join(random.choices(LETTERS, k=random.randint(0, 30))),
            random.choice((-1, -1, 0, 5, 2**45)),
            random.choice(("甲", "乙")),
            random.choice(("", "青岛")),
        )
        for _ in range(count)
    ]


def rows_of(table: pa.Table) -> list[tuple[Any, ...]]:
    """The rows of a result as the oracle writes them."""
    return list(zip(*(table[name].to_pylist() for name in table.column_names), strict=True))


@cache
def real_rule(chains: tuple[str, ...], keep: int) -> Rule:
    """The rule for chains of the workspace, each word with a weight by its length."""
    from running import ROOT

    from chainmap.read.workspace import load

    found = load(ROOT)[0].chains
    links = [words for name in chains for words in link_words(found[name])]
    weights = {word: 1 + 3 * len(word) for link in links for word in link.include}
    return make_rule(links, weights, keep)


def scopes_like(rule: Rule, chance: random.Random, count: int) -> list[Row]:
    """Firms with scopes of words of the rule among others, as registers write them."""
    marks = (
        "；",
        "、",
        "，",
        "（依法须经批准的项目，经相关部门批准后方可开展经营活动）",
        "的研发、生产",
    )
    words = [*rule.words, "货物进出口", "技术服务", "广告发布", "机械设备销售", "软件开发"]
    return [
        firm(
            f"9137{at:014}",
            "".join(
                chance.choice(words) + chance.choice(marks) for _ in range(chance.randint(1, 20))
            ),
            chance.choice((-1, 10**6, 5 * 10**6, 10**7, 10**8)),
            f"第{at}号",
            chance.choice(("青岛", "苏州")),
        )
        for at in range(count)
    ]
