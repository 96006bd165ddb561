"""The ledger and the relocation list as they stand on a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chainmap.core.words import figure, say
from chainmap.show.columns import Cell, Head, Line, lay_out

Row = Mapping[str, Any]
WIDE = 110  # columns of a terminal that also has room for what would change a verdict
STYLES = {"A": "strong", "B": "present", "C": "", "D": "dim", "?": "unknown"}


def tally(counts: Mapping[str, int], words: Mapping[str, str], lang: str) -> str:
    """``在青 21、查无 380``: the counts that are not 0, each with its word."""
    joint = "、" if lang == "zh" else ", "
    return joint.join(f"{word} {counts[key]}" for key, word in words.items() if counts[key])


def ledger_lines(rows: Sequence[Row], lang: str, limit: int) -> list[Line]:
    """One line a firm; where there is room, what would change the verdict."""
    wide = limit >= WIDE
    heads = [
        Head(say("head.position", lang), right=True),
        Head(say("head.firm", lang), shrink_to=14),
        Head(say("head.here", lang)),
        Head(say("head.verdict", lang)),
        Head(say("head.evidence", lang), may_go=True),
        Head(say("head.links", lang), right=True),
        Head(say("head.score", lang), right=True),
        Head(say("head.reason", lang), shrink_to=16),
    ]
    if wide:
        heads.append(Head(say("head.change", lang), shrink_to=28))
    cells = []
    for row in rows:
        line = [
            Cell(f"{row['rank']:g}" if row["rank"] is not None else "-"),
            Cell(row["short"], "bold"),
            Cell(
                say(f"here.{row['here']}", lang), "unknown" if row["here"] == "not_looked" else ""
            ),
            Cell(row["verdict"], STYLES[row["verdict"]]),
            Cell(row["evidence_grade"] or "-"),
            Cell(str(len(row["links"]))),
            Cell(row["brief"][0]),
            Cell(row["brief"][1]),
        ]
        if wide:
            line.append(Cell(row["would_change"], "dim"))
        cells.append(line)
    return lay_out(heads, cells, limit)


def relocation_lines(rows: Sequence[Row], lang: str, limit: int) -> list[Line]:
    """One line a firm: the three kinds of closeness apart."""
    heads = [
        Head(say("head.firm", lang), shrink_to=14),
        Head(say("head.level", lang), may_go=True),
        Head(say("head.destination", lang), shrink_to=6, may_go=True),
        Head(say("head.market", lang), right=True),
        Head(say("head.resource", lang), right=True),
        Head(say("head.chain_close", lang), right=True),
        Head(say("head.verdict", lang)),
        Head(say("head.score", lang), right=True),
        Head(say("head.reason", lang), shrink_to=16),
    ]
    cells = [
        [
            Cell(row["short"], "bold"),
            Cell(say(f"tier.{row['level'] or 'none'}", lang)),
            Cell(row["destination"] or "-"),
            Cell(_known(row["market"])),
            Cell(_known(row["resource"])),
            Cell(_known(row["chain_closeness"])),
            Cell(row["verdict"], STYLES[row["verdict"]]),
            Cell(row["brief"][0]),
            Cell(row["brief"][1]),
        ]
        for row in rows
    ]
    return lay_out(heads, cells, limit)


def _known(value: float | None) -> str:
    return "-" if value is None else figure(value, 0)
