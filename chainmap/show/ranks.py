"""Candidates with the intervals of their ranks, and how sure those are, on a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chainmap.core.words import figure, say
from chainmap.show.columns import Cell, Head, Line, lay_out

Row = Mapping[str, Any]


def rank_lines(
    rows: Sequence[Row], *, total: int, top: int, lang: str, limit: int, several: bool
) -> list[Line]:
    """Candidates, each with the interval of its rank; the strip only where there is room.

    Rows without draws show neither: a rank stands with its interval or not at all.
    """
    drawn = any(row["rank_p05"] is not None for row in rows)
    strip = 0 if not drawn or limit < 100 else 12 if limit < 120 else 24
    reach = min(total, max([int(r["rank_p95"]) for r in rows if r["rank_p95"]], default=1))
    heads = []
    if drawn:
        heads += [Head(say("head.position", lang), right=True), Head(say("head.interval", lang))]
    if strip:
        dots = "." * max(0, strip - 1 - len(str(reach)))
        heads.append(Head(say("head.strip", lang, dots=dots, n=reach)))
    heads += [
        Head(say("head.kind", lang)),
        Head(say("head.firm", lang), shrink_to=14),
        Head(say("head.target", lang), shrink_to=10),
        Head(say("head.score", lang), right=True),
    ]
    if drawn:
        heads.append(Head(say("head.p_top", lang, top=top), right=True))
    heads += [
        Head(say("head.evidence", lang)),
        Head(say("head.basis", lang), may_go=True),
    ]
    cells = []
    for row in rows:
        target = f"{row['chain']}/{row['link_name']}" if several else row["link_name"]
        line = [Cell(str(row["position"])), Cell(interval(row))] if drawn else []
        if strip:
            line.append(Cell(bar(row, reach, strip), "dim"))
        line += [
            Cell(act(row, lang), "" if row["settled"] else "unknown"),
            Cell(row["name"], "bold"),
            Cell(target),
            Cell(figure(row["score"])),
        ]
        if drawn:
            line.append(Cell(likely(row["p_top"], row["p_top_error"])))
        line += [Cell(row["evidence_grade"] or "-"), Cell(say(f"basis.{row['basis']}", lang))]
        cells.append(line)
    return lay_out(heads, cells, limit)


def act(row: Row, lang: str) -> str:
    """``[补]`` for a gap, ``[核]补`` where it is only suspected."""
    if row["kind"] == "check":
        suspect = say(f"act.{row['suspect']}", lang) if row["suspect"] != "covered" else ""
        return say("act.check", lang) + suspect.strip("[]") + ("?" if suspect else "")
    # A firm that is here already may expand on a link without a gap.
    idle = row["kind"] in (None, "", "none", "planned", "covered")
    return "-" if idle else say(f"act.{row['kind']}", lang)


def interval(row: Row) -> str:
    """``3-9``: the 90 % interval of a rank; a bare rank is never printed."""
    if row["rank_p05"] is None:
        return "-"
    return f"{row['rank_p05']:g}-{row['rank_p95']:g}"


def percent(share: float | None) -> str:
    """A probability: ``<1%`` for less than one percent, never 0 for what is merely unlikely."""
    if share is None:
        return "-"
    return "<1%" if share < 0.01 else f"{share:.0%}"


def likely(share: float | None, error: float | None) -> str:
    """A probability with its standard error, both in percent: ``18±1%``.

    >>> likely(0.183, 0.012), likely(0.004, 0.002), likely(1.0, 0.0)
    ('18±1%', '<1%', '100%')
    """
    text = percent(share)
    if share is None or share < 0.01 or not error:
        return text
    digits = 0 if error >= 0.005 else 1
    return f"{share * 100:.0f}±{error * 100:.{digits}f}%"


def bar(row: Row, reach: int, cells: int) -> str:
    """``[..--==o==---..]``: where the rank lies between 1 and the last one shown.

    ``-`` for the 90 % interval, ``=`` for the 50 % one, ``o`` for the median.
    """
    if row["rank_p05"] is None:
        return ""

    def place(rank: float) -> int:
        return min(cells - 1, int((rank - 1) * cells / max(1, reach)))

    marks = ["."] * cells
    for low, high, mark in (("rank_p05", "rank_p95", "-"), ("rank_p25", "rank_p75", "=")):
        for at in range(place(row[low]), place(row[high]) + 1):
            marks[at] = mark
    marks[place(row["rank_median"])] = "o"
    return f"[{''.join(marks)}]"


def standing_lines(rows: Sequence[Row], lang: str, limit: int) -> list[Line]:
    """Who beats the next one, who is first how often, and what would make it so."""
    heads = [
        Head(say("head.firm", lang), shrink_to=12),
        Head(say("head.target", lang), shrink_to=8),
        Head(say("head.beats_next", lang), right=True),
        Head(say("head.first_share", lang), right=True),
        Head(say("head.confidence", lang), right=True),
        Head(say("head.first_if", lang), shrink_to=8),
    ]
    cells = [
        [
            Cell(row["name"], "bold"),
            Cell(row["link_name"]),
            Cell(percent(row["beats_next"])),
            Cell(percent(row["first"]) if row["first"] else "-"),
            Cell(percent(row["confidence"])),
            Cell(row["when"]),
        ]
        for row in rows
    ]
    return lay_out(heads, cells, limit)


def knowing_lines(rows: Sequence[Row], lang: str, limit: int) -> list[Line]:
    """What is most worth finding out."""
    heads = [
        Head(say("head.knowing", lang), shrink_to=20),
        Head(say("head.swaps", lang), right=True),
        Head(say("head.gain", lang), right=True),
    ]
    cells = [
        [Cell(row["what"], "bold"), Cell(figure(row["swaps"])), Cell(figure(row["gain"], 2))]
        for row in rows
    ]
    return lay_out(heads, cells, limit)
