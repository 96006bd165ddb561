"""Expected landing and the history of stages as they stand on a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chainmap.core.words import figure, say
from chainmap.show.columns import Cell, Head, Line, lay_out
from chainmap.show.projects import stage_word

Row = Mapping[str, Any]
MONTHS = (12, 24, 36)


def landing_lines(rows: Sequence[Row], lang: str, limit: int) -> list[Line]:
    """One line a quarter: what lands in it, and by its end with the range of that."""
    names = ("expected", "by_then", "range", "history", "prior")
    heads = [
        Head(say("head.landing_quarter", lang)),
        *(Head(say(f"head.landing_{name}", lang), right=True) for name in names),
    ]
    cells = [
        [
            Cell(row["quarter"], "bold"),
            Cell(figure(row["expected_100m_cny"])),
            Cell(figure(row["by_then_100m_cny"])),
            Cell(f"{figure(row['by_then_low'])}-{figure(row['by_then_high'])}"),
            Cell(str(row["history"])),
            Cell(str(row["prior"])),
        ]
        for row in rows
    ]
    return lay_out(heads, cells, limit)


def rate_lines(rows: Sequence[Row], lang: str, limit: int) -> list[Line]:
    """One line a stage or a cohort of it: how many, and the shares that went on by when."""
    heads = [
        Head(say("head.project_stage", lang)),
        Head(say("head.years", lang)),
        *(Head(say(f"head.landing_{name}", lang), right=True, may_go=name == "ended")
          for name in ("count", "events", "ended")),
        *(Head(say("head.months", lang, months=months), right=True, may_go=months == MONTHS[-1])
          for months in MONTHS),
    ]  # fmt: skip
    cells = []
    for row in rows:
        way = f"{stage_word(row['stage'], lang)}-{stage_word(row['goal'], lang)}"
        counts = [Cell(str(row[name])) for name in ("count", "events", "ended")]
        shares = [Cell(*_share(row, months, lang)) for months in MONTHS]
        years = Cell(row["years"] or say("landing.all", lang))
        cells.append([Cell("" if row["years"] else way, "bold"), years, *counts, *shares])
    return lay_out(heads, cells, limit)


def _share(row: Row, months: int, lang: str) -> tuple[str, str]:
    value = row[f"share_{months}"]
    if value is None:
        return say("landing.thin", lang), "dim"
    low, high = row[f"low_{months}"], row[f"high_{months}"]
    return f"{value:.0%} ({low:.0%}-{high:.0%})", ""
