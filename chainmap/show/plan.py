"""The programme as it stands on a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chainmap.core.words import figure, say
from chainmap.show.columns import Cell, Head, Line, lay_out
from chainmap.show.ranks import act, percent

Row = Mapping[str, Any]


def programme_lines(rows: Sequence[Row], lang: str, limit: int, several: bool) -> list[Line]:
    """One line a target: when, whom, where, what for, and why."""
    drawn = any(row["core_index"] is not None for row in rows)
    heads = [
        Head(say("head.quarter", lang)),
        Head(say("head.kind", lang)),
        Head(say("head.firm", lang), shrink_to=12),
        Head(say("head.target", lang), shrink_to=12),
        Head(say("head.plan_place", lang), shrink_to=8),
        Head(say("head.expected", lang), right=True),
    ]
    if drawn:
        heads += [Head(say(f"head.{key}", lang), right=True) for key in ("core", "core_place")]
    heads.append(Head(say("head.reason", lang), shrink_to=16))
    cells = []
    for row in rows:
        target = f"{row['chain_name']}/{row['link_name']}" if several else row["link_name"]
        line = [
            Cell(row["start"]),
            Cell(act(row, lang), "" if row["settled"] else "unknown"),
            Cell(row["short"], "bold"),
            Cell(target),
            Cell(row["park"] or row["district"]),
            Cell(figure(row["expected"])),
        ]
        if drawn:
            line += [Cell(percent(row[key])) for key in ("core_index", "core_place")]
        cells.append([*line, Cell(row["reason"], "dim")])
    return lay_out(heads, cells, limit)


def place_lines(rows: Sequence[Row], lang: str, limit: int) -> list[Line]:
    """One line a place: its points, its room, and what speaks for and against it."""
    heads = [
        Head(say("head.plan_place", lang), shrink_to=10),
        Head(say("head.points", lang), right=True),
        Head(say("head.room", lang)),
        Head(say("head.rivals", lang), right=True),
        Head(say("head.reason", lang), shrink_to=16),
    ]
    words = {True: "room.yes", False: "room.no", None: "room.unknown"}
    cells = [
        [
            Cell(row["park"] or row["district"], "bold"),
            Cell(figure(row["points"])),
            Cell(say(words[row["room"]], lang), "unknown" if row["room"] is None else ""),
            Cell(str(len(row["rivals"]))),
            Cell(row["reason"]),
        ]
        for row in rows
    ]
    return lay_out(heads, cells, limit)
