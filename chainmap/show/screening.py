"""What a screening found, as it stands on a terminal, and the list of broken rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from chainmap.core.register import Broken
from chainmap.core.words import say
from chainmap.show.columns import Cell, Head, Line, lay_out
from chainmap.show.formats import as_csv

Row = Mapping[str, Any]
LINKS = 20  # links that a terminal shows
FEW = 3  # firms of each
BROKEN_KEYS = ("file", "row", "reason", "text")


def shown_rows(rows: Sequence[Row], top: int | None) -> list[list[Row]]:
    """The best few rows of the first links, a list for each link."""
    groups = [list(group) for _, group in groupby(rows, lambda row: (row["chain"], row["link"]))]
    return [group[: top or FEW] for group in groups[:LINKS]]


def screen_lines(
    groups: Sequence[Sequence[Row]], names: Mapping[tuple[str, str], str], lang: str, limit: int
) -> list[Line]:
    """A line for each firm; the link stands before its first one."""
    heads = [
        Head(say("head.screen_link", lang), shrink_to=16),
        Head(say("head.position", lang), right=True),
        Head(" "),
        Head(say("head.screen_firm", lang), shrink_to=16),
        Head(say("head.city", lang), shrink_to=6, may_go=True),
        Head(say("head.screen_capital", lang), right=True, may_go=True),
        Head(say("head.score", lang), right=True),
        Head(say("head.screen_words", lang), shrink_to=12),
    ]
    cells = []
    for group in groups:
        for nth, row in enumerate(group):
            capital = "-" if row["capital"] is None else f"{row['capital'] / 10_000:,.0f}"
            cells.append(
                [
                    Cell(names[row["chain"], row["link"]] if nth == 0 else ""),
                    Cell(str(row["position"])),
                    Cell("*" if row["known_firm"] else "", "strong"),
                    Cell(row["name"] or row["register_id"], "bold"),
                    Cell(row["city"] or "-"),
                    Cell(capital),
                    Cell(str(row["score"])),
                    Cell(" ".join(row["words"])),
                ]
            )
    return lay_out(heads, cells, limit)


def absent_lines(rows: Sequence[Row], lang: str, limit: int) -> list[Line]:
    """A line for each link: what the register says of it here, and the first leads."""
    heads = [
        Head(say("head.screen_link", lang), shrink_to=16),
        Head(say("head.screen_verdict", lang)),
        Head(say("head.screen_leads", lang), shrink_to=20),
    ]
    cells = []
    for row in rows:
        joint = "、" if lang == "zh" else ", "
        first = joint.join(row["leads"][:FEW])
        more = len(row["leads"]) - FEW
        style = "missing" if row["verdict"] == "none_found" else ""
        cells.append(
            [
                Cell(row["name"]),
                Cell(say(f"absent.{row['verdict']}", lang), style),
                Cell(first + (f" +{more}" if more > 0 else "")),
            ]
        )
    return lay_out(heads, cells, limit)


def broken_csv(broken: Sequence[Broken], lang: str) -> bytes:
    """The side file of broken rows: where, why, and what stood there."""
    found = sorted(broken, key=lambda one: (one.file, one.row, one.reason, one.text))
    return as_csv(
        BROKEN_KEYS, [[one.file, one.row or None, say(one.reason, lang), one.text] for one in found]
    )


def judged_lines(rows: Sequence[Row], lang: str, limit: int) -> list[Line]:
    """A line for each kind of noise: how many were planted, found, and found wrongly."""
    keys = ("kind", "wanted", "planted", "found", "recall", "false", "precision")
    heads = [Head(say(f"head.judged_{key}", lang), right=key not in keys[:2]) for key in keys]
    cells = []
    for row in rows:
        wanted = {True: "yes", False: "no", None: "both"}[row["wanted"]]
        cells.append(
            [
                Cell(say(f"noise.{row['kind']}", lang)),
                Cell(say(f"judged.{wanted}", lang)),
                *(Cell(f"{row[key]:,}") for key in ("planted", "found")),
                Cell(_share(row["recall"])),
                Cell(f"{row['false']:,}"),
                Cell(_share(row["precision"])),
            ]
        )
    return lay_out(heads, cells, limit)


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
