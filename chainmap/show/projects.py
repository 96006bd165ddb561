"""The board of projects as it stands on a terminal; one project; the journal of edits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chainmap.core.words import figure, say
from chainmap.show.columns import Cell, Head, Line, lay_out

Row = Mapping[str, Any]
STYLES = {"new": "present", "changed": "", "same": "dim", "like": "warning"}


@dataclass(frozen=True)
class Board:
    """What a board file shows: title, date, rows by stage, sums by stage, doubts as sentences."""

    title: str
    date: str
    lang: str
    rows: Sequence[Row]
    stages: Sequence[Row]
    doubts: Sequence[str]


def stage_lines(stages: Sequence[Row], lang: str, limit: int) -> list[Line]:
    """One line a stage: how many, what they come to, and what is stuck."""
    heads = [
        Head(say("head.project_stage", lang)),
        *(Head(say(f"head.{name}", lang), right=True)
          for name in ("count", "invested", "no_amount", "stuck", "overdue")),
    ]  # fmt: skip
    cells = [
        [
            Cell(stage_word(row["stage"], lang), "bold"),
            Cell(str(row["count"])),
            Cell(figure(row["investment_100m_cny"]) or "-"),
            Cell(str(row["unknown"])),
            Cell(str(row["stale"]), "warning" if row["stale"] else ""),
            Cell(str(row["overdue"]), "error" if row["overdue"] else ""),
        ]
        for row in stages
    ]
    return lay_out(heads, cells, limit)


def stage_word(stage: str | None, lang: str) -> str:
    """A stage as a reader calls it."""
    return say(f"stage.{stage}", lang) if stage else say("unknown", lang)


def sum_words(one: Row, lang: str) -> str:
    """How many projects of a stage there are, and what they come to as far as it is known."""
    added = figure(one["investment_100m_cny"])
    if not added:
        return say("board.no_sum", lang, count=one["count"])
    return say("board.sum", lang, count=one["count"], sum=added, unknown=one["unknown"])


def board_lines(rows: Sequence[Row], lang: str, limit: int) -> list[Line]:
    """One line a project; its stage stands where it begins."""
    heads = [
        Head(say("head.project_stage", lang)),
        Head(say("head.project", lang), shrink_to=18),
        Head(say("head.project_firm", lang), shrink_to=8, may_go=True),
        Head(say("head.district", lang), shrink_to=6, may_go=True),
        Head(say("head.invested", lang), right=True),
        Head(say("head.quiet", lang), right=True),
        Head(say("head.next_step", lang), shrink_to=10),
        Head(say("head.duty", lang), shrink_to=6, may_go=True),
        Head(say("head.marks", lang)),
    ]
    cells, before = [], ""
    for row in rows:
        stage = stage_word(row["stage"], lang)
        cells.append([
            Cell("" if stage == before else stage, "bold"),
            Cell(row["name"] or row["project"]),
            Cell(row["short"]),
            Cell(row["district"] or "-"),
            Cell(figure(row["investment_100m_cny"]) or "-"),
            Cell(str(row["quiet_days"])),
            Cell(next_words(row) or "-"),
            Cell(row["leader"] or row["unit"] or "-"),
            Cell(marks(row, lang), "error" if row["overdue"] else "warning"),
        ])  # fmt: skip
        before = stage
    return lay_out(heads, cells, limit)


def next_words(row: Row) -> str:
    """The next step and its due date."""
    return " ".join(str(part) for part in (row["next_step"], row["next_due"]) if part)


def marks(row: Row, lang: str) -> str:
    """Overdue, stuck, doubted: in words."""
    parts = []
    if row["overdue"]:
        parts.append(say("mark.overdue", lang, days=-row["due_in"]))
    if row["stale"]:
        parts.append(say("mark.stale", lang))
    if row["doubts"]:
        parts.append(say("mark.doubt", lang))
    return " ".join(parts)


def fact_lines(rows: Sequence[Row], limit: int) -> list[Line]:
    """What is known of one project, a line a column."""
    cells = [[Cell(row["title"], "dim"), Cell(_text(row["value"]))] for row in rows]
    return lay_out([Head(""), Head("", shrink_to=20)], cells, limit)[2:]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:g}"
    return "-" if value is None else str(value)


def journal_lines(rows: Sequence[Row], lang: str, limit: int) -> list[Line]:
    """One line an entry of the journal."""
    names = ("edit", "when", "who", "project", "field", "from", "to", "why")
    shrink = {"who": 6, "project": 10, "from": 6, "to": 8, "why": 6}
    heads = [
        Head(say(f"head.{name}", lang), right=name == "edit", shrink_to=shrink.get(name),
             may_go=name in ("why", "who"))
        for name in names
    ]  # fmt: skip
    cells = [
        [Cell((row[name] or "-")[:16] if name == "when" else row[name] or "-") for name in names]
        for row in rows
    ]
    return lay_out(heads, cells, limit)


def import_lines(rows: Sequence[Row], lang: str, limit: int) -> list[Line]:
    """One line a change that a bureau's list would make, and one for what stays or is asked."""
    heads = [
        Head(say("head.line", lang), shrink_to=10),
        Head(say("head.what", lang)),
        Head(say("head.project", lang), shrink_to=16),
        Head(say("head.field", lang), may_go=True),
        Head(say("head.from", lang), shrink_to=8),
        Head(say("head.to", lang), shrink_to=10),
    ]
    cells = []
    for row in rows:
        start = [row["line"], say(f"listing.{row['how']}", lang), row["name"]]
        changes = row["changes"] or [("", "", row["like"] or "")]
        for field, was, now in changes if row["how"] != "same" else [("", "", "")]:
            words = [*start, field, was or "-", now or "-"]
            cells.append([Cell(word, STYLES[row["how"]]) for word in words])
            start = ["", "", ""]
    return lay_out(heads, cells, limit)
