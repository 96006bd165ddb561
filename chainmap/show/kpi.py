"""The figures of a period as they stand on a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chainmap.core.formula import short
from chainmap.core.words import WORDS, say
from chainmap.show.columns import Cell, Head, Line, lay_out

Row = Mapping[str, Any]
LIMITS = ("large", "huge", "counted")  # of scoring.yaml, which names of figures say
BRIEF = (
    "signed_projects", "signed_amount", "signed_started", "start_rate", "fdi_arrived",
    "global500_projects", "china500_projects", "domestic_arrived",
)  # fmt: skip


def figure_name(figure: str, limits: Mapping[str, float], lang: str) -> str:
    """What a figure is called; one of the table of talent by its own name."""
    key = f"kpi.{figure}"
    if key not in WORDS:
        return figure.partition(".")[2]
    return say(key, lang, **{name: f"{limit:g}" for name, limit in limits.items()})


def unit_word(unit: str, lang: str) -> str:
    """A unit in the reader's language; one of the table of talent as it stands."""
    key = f"kpi.unit.{unit}"
    return say(key, lang) if key in WORDS else unit


def number(value: float | None, lower_bound: bool, lang: str, rate: bool = False) -> str:
    """A figure for a reader: empty where unknown, marked where it is the least it can be."""
    if value is None:
        return ""
    text = f"{value:.1f}" if rate else short(value)
    return say("kpi.at_least", lang, value=text) if lower_bound else text


def kpi_lines(
    rows: Sequence[Row], limits: Mapping[str, float], lang: str, limit: int
) -> list[Line]:
    """One line a figure: value, the compared one, change, target, and how many rows are open."""
    compared = next((row["compared"] for row in rows if row["compared"]), None)
    aimed = any(row["target"] is not None for row in rows)
    heads = [
        Head(say("kpi.figure", lang), shrink_to=20),
        Head(rows[0]["period"] if rows else "", right=True),
        Head(say("kpi.unit", lang)),
    ]
    if compared:
        heads += [Head(compared, right=True), Head(say("kpi.change", lang), right=True)]
    if aimed:
        heads += [
            Head(say("kpi.target", lang), right=True),
            Head(say("kpi.done", lang), right=True),
        ]
    heads.append(Head(say("kpi.open", lang), right=True))
    cells = []
    for row in rows:
        rate = row["unit"] == "%"
        line = [
            Cell(figure_name(row["figure"], limits, lang)),
            Cell(number(row["value"], row["lower_bound"], lang, rate), "bold"),
            Cell(unit_word(row["unit"], lang)),
        ]
        if compared:
            past = number(row["compared_value"], bool(row["compared_lower_bound"]), lang, rate)
            line += [Cell(past), Cell(_change(row, lang))]
        if aimed:
            line += [Cell(number(row["target"], False, lang)),
                     Cell(number(row["done"], False, lang, True))]  # fmt: skip
        line.append(Cell(str(row["unknown"]) if row["unknown"] else "", "unknown"))
        cells.append(line)
    return lay_out(heads, cells, limit)


def _change(row: Row, lang: str) -> str:
    change = row["change"]
    if change is None:
        return ""
    text = f"{change:+.1f}" if row["unit"] == "%" or change % 1 else f"{change:+.0f}"
    return say("kpi.points", lang, value=text) if row["unit"] == "%" else text


def grouped_lines(
    names: Mapping[str, str], groups: Mapping[str, Sequence[Row]], lang: str, limit: int, head: str
) -> list[Line]:
    """One line a group, a column each of the figures that a page has room for."""
    heads = [Head(head, shrink_to=10)]
    heads += [Head(say(f"kpi.short.{figure}", lang), right=True) for figure in BRIEF]
    heads.append(Head(say("kpi.open", lang), right=True))
    cells = []
    for group, rows in groups.items():
        of = {row["figure"]: row for row in rows}
        open_rows = max(row["unknown"] for row in rows)
        cells.append(
            [
                Cell(names[group]),
                *(
                    Cell(number(of[f]["value"], of[f]["lower_bound"], lang, of[f]["unit"] == "%"))
                    for f in BRIEF
                ),
                Cell(str(open_rows) if open_rows else "", "unknown"),
            ]
        )
    return lay_out(heads, cells, limit)
