"""The test on the past as it stands on a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chainmap.core.words import figure, say
from chainmap.show.columns import Cell, Head, Line, lay_out

Row = Mapping[str, Any]


def method_name(method: str, lang: str) -> str:
    """A method in words."""
    if method.startswith("criterion."):
        return say("method.criterion", lang, criterion=say(method, lang))
    return say(f"method.{method}", lang)


def backtest_lines(rows: Sequence[Row], lang: str, limit: int) -> list[Line]:
    """One line a method; the ranking first, the baselines as they come."""
    names = ("p10", "p20", "p50", "r50", "ap", "ap_span", "lift")
    heads = [Head(say("head.method", lang), shrink_to=12)]
    heads += [Head(say(f"head.{name}", lang), right=True, may_go=name == "p20") for name in names]
    cells = [
        [
            Cell(method_name(row["method"], lang), "bold" if row["method"] == "chainmap" else ""),
            Cell(_share(row["p_at_10"])),
            Cell(_share(row["p_at_20"])),
            Cell(_share(row["p_at_50"])),
            Cell(_share(row["recall_at_50"])),
            Cell(_share(row["average_precision"])),
            Cell(f"{_share(row['ap_low'])}-{_share(row['ap_high'])}"),
            Cell(figure(row["lift"], 1) or "-"),
        ]
        for row in rows
    ]
    return lay_out(heads, cells, limit)


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"


def better_than(rows: Sequence[Row]) -> list[str]:
    """Methods whose interval lies wholly below that of the ranking."""
    (mine,) = [row for row in rows if row["method"] == "chainmap"]
    low = mine["ap_low"]
    return [
        row["method"]
        for row in rows
        if low is not None and row["ap_high"] is not None and row["ap_high"] < low
    ]
