"""Leader firms, their requests and clusters as they stand on a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chainmap.core.words import figure, say
from chainmap.show.columns import Cell, Head, Line, lay_out
from chainmap.show.screens import span

Row = Mapping[str, Any]


def leader_lines(rows: Sequence[Row], lang: str, limit: int) -> list[Line]:
    """One line a firm: what it is, what it buys, and how much of that is here."""
    names = ("scale", "makes", "bought", "sourced", "single", "leader_score")
    heads = [
        Head(say("head.position", lang), right=True),
        Head(say("head.leader", lang), shrink_to=14),
        *(Head(say(f"head.{name}", lang), right=True) for name in names),
    ]
    cells = [
        [
            Cell(str(at)),
            Cell(row["short"], "bold"),
            Cell("-" if row["scale"] is None else figure(row["scale"], 0)),
            Cell(str(len(row["links"]))),
            Cell(str(row["bought"])),
            Cell(span(row["local_low"], row["local_high"])),
            Cell(f"{row['single_source']}/{row['single_of']}" if row["single_of"] else "-"),
            Cell(_interval(row)),
        ]
        for at, row in enumerate(rows, 1)
    ]
    return lay_out(heads, cells, limit)


def _interval(row: Row) -> str:
    low, high = figure(row["score_low"], 0), figure(row["score_high"], 0)
    middle = figure(row["score"])
    return middle if low == high else f"{middle} ({low}-{high})"


def request_lines(rows: Sequence[Row], lang: str, limit: int) -> list[Line]:
    """One line a request."""
    heads = [
        Head("id"),
        Head(say("head.leader", lang), shrink_to=8),
        Head(say("head.link", lang), shrink_to=10),
        Head(say("head.wanted", lang), shrink_to=10),
        Head(say("head.purchase", lang), right=True),
        Head(say("head.status", lang)),
        Head(say("head.note", lang), shrink_to=6),
    ]
    cells = [
        [
            Cell(row["id"]),
            Cell(row["leader_name"]),
            Cell(row["link_name"]),
            Cell(_wanted(row, lang)),
            Cell(figure(row["purchase_100m_cny"]) or "-"),
            Cell(say(f"request.{row['status'] or 'proposed'}", lang)),
            Cell(row["reason"] or ""),
        ]
        for row in rows
    ]
    return lay_out(heads, cells, limit)


def _wanted(row: Row, lang: str) -> str:
    """What is wanted, and by how many leaders where by more than this one."""
    if row["leaders"] < 2:
        return str(row["wanted_name"])
    return say("request.shared", lang, wanted=row["wanted_name"], count=row["leaders"])


def _place(district: Mapping[str, Any], lang: str) -> str:
    """A district with the land that it has, where anyone knows."""
    land = district["land_mu"]
    told = "" if land is None else " " + say("cluster.land", lang, land=figure(land))
    return f"{district['district']}{told}"


def flat(row: Row) -> dict[str, Any]:
    """A row of the cluster sheet for a spreadsheet: each candidate and district in a few words."""
    span = [f"{one['name']} {one['rank_p05']}-{one['rank_p95']}" for one in row["candidates"]]
    places = [f"{one['district']} {figure(one['land_mu'])}".strip() for one in row["districts"]]
    return {**row, "candidates": span, "districts": places}


def cluster_lines(rows: Sequence[Row], lang: str, limit: int) -> list[Line]:
    """A block a wanted link: what is wanted, beside it whom to call, and where to."""
    heads = [
        Head(say("head.link", lang), shrink_to=16),
        Head(say("head.candidates", lang), shrink_to=14),
        Head(say("head.interval", lang), right=True),
        Head(say("head.leader_score", lang), right=True),
        Head(say("head.districts", lang), shrink_to=20),
    ]
    cells = [line for row in rows for line in _block(row, lang)]
    return lay_out(heads, cells[:-1], limit)


def _block(row: Row, lang: str) -> list[list[Cell]]:
    """The lines of one wanted link, and an empty one."""
    status = say(f"request.{row['status'] or 'proposed'}", lang)
    what = [
        Cell(f"{row['chain_name']}·{row['link_name']}", "bold"),
        Cell(say("cluster.wanted", lang, wanted=_wanted(row, lang))),
        Cell(f"{row['id']} {status}", "dim"),
    ]
    whom = [
        [Cell(one["name"]), Cell(f"{one['rank_p05']}-{one['rank_p95']}"),
         Cell(figure(one["score"]))]
        for one in row["candidates"]
    ] or [[Cell(say("cluster.nobody", lang), "unknown"), Cell(""), Cell("")]]  # fmt: skip
    where = [Cell(_place(one, lang)) for one in row["districts"]]
    where = where or [Cell(say("unknown", lang), "unknown")]
    blank = Cell("")
    count = max(len(what), len(whom), len(where))
    lines = [
        [
            what[at] if at < len(what) else blank,
            *(whom[at] if at < len(whom) else [blank] * 3),
            where[at] if at < len(where) else blank,
        ]
        for at in range(count)
    ]
    return [*lines, [blank] * len(lines[0])]


def proposal_lines(rows: Sequence[Row], lang: str, limit: int) -> list[Line]:
    """What becomes of each line of a catalogue."""
    heads = [
        Head(say("head.place", lang)),
        Head(say("head.how", lang)),
        Head(say("head.product", lang), shrink_to=8),
        Head(say("head.supplier", lang), shrink_to=8),
        Head(say("head.result", lang), shrink_to=28),
    ]
    cells = [
        [
            Cell(row["line"]),
            Cell(say(f"intake.{row['how']}", lang), "" if row["how"] == "new" else "unknown"),
            Cell(row["product"] or ""),
            Cell(row["supplier"] or ""),
            Cell(_result(row, lang)),
        ]
        for row in rows
    ]
    return lay_out(heads, cells, limit)


def _result(row: Row, lang: str) -> str:
    joint = "、" if lang == "zh" else ", "
    parts = [row["why"] or f"{row['ref']} {row['wanted_name']}"]
    if row["choices"]:
        parts.append(joint.join(row["choices"][:4]) + (" .." if row["choices"][4:] else ""))
    if row["like_names"]:
        parts.append(say("intake.like", lang, firms=joint.join(row["like_names"][:2])))
    if row["leaders"]:
        parts.append(say("intake.shared", lang, count=row["leaders"]))
    return " ".join(parts)
