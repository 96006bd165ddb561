"""The message catalogue: everything an analyst reads, in Chinese and in English.

One catalogue, a file for each part of the product.
"""

from __future__ import annotations

from typing import Any

from chainmap.core.words import (
    backtest,
    common,
    criteria,
    kpi,
    leaders,
    ledger,
    path,
    pictures,
    plan,
    plan_paper,
    projects,
    screen,
    screening_into,
    shell,
    snapshots,
    stability,
    week,
    whatif,
    why,
    workbook,
)

PARTS = (
    common, criteria, stability, why, ledger, leaders, backtest, pictures, path, kpi, workbook, whatif,
    projects, snapshots, week, plan, plan_paper, screen,
    screening_into,
    shell,
)  # fmt: skip
WORDS: dict[str, tuple[str, str]] = {
    key: both for part in PARTS for key, both in part.WORDS.items()
}


def say(key: str, lang: str = "zh", /, **words: Any) -> str:
    """The catalogue's sentence for a key with its words put in; KeyError for an unknown key.

    >>> say("links", "en", count=3)
    '3 links'
    """
    zh, en = WORDS[key]
    return (zh if lang == "zh" else en).format(**words)


def figure(value: float | None, digits: int = 1) -> str:
    """A number for a reader: rounded, empty where unknown.

    >>> figure(86.69999)
    '86.7'
    """
    return "" if value is None else f"{value:.{digits}f}"
