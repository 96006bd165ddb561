"""The board of projects: its rows, their order, and what stands above them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chainmap.core.problems import Problem
from chainmap.core.schema import BY_NAME, STAGES
from chainmap.core.words import say
from chainmap.study import JsonRow, Study
from chainmap.study.project_columns import PROJECT_COLUMNS
from chainmap.study.refs import row_of

FILTERS = ("leader", "unit", "district", "chain", "firm")


def board_rows(study: Study, wanted: Mapping[str, str], stage: str | None = None) -> list[JsonRow]:
    """The projects that fit, by stage; within one what is overdue, due next, and longest quiet."""
    rows = []
    for project in study.book.value("projects.all"):
        row = row_of(study.book, PROJECT_COLUMNS, (project,))
        if stage in (None, row["stage"]) and all(_fits(row, *one) for one in wanted.items()):
            rows.append(row)
    return sorted(rows, key=lambda row: _turn(study, row))


def _fits(row: JsonRow, name: str, word: str) -> bool:
    """Whether a cell has the word: a whole id or name, or, of leaders and units, a part."""
    cell = str(row[name] or "")
    return word in cell if name in ("leader", "unit") else word == cell


def _turn(study: Study, row: JsonRow) -> tuple[Any, ...]:
    due = study.book.value("project.due_in", row["project"])
    at = STAGES.index(row["stage"]) if row["stage"] else -1
    return (at, due is None, due or 0, not row["stale"], -row["quiet_days"], row["project"])


def due_rows(study: Study, rows: Sequence[JsonRow], days: float | None) -> list[JsonRow]:
    """The rows whose next step is past or due within so many days; the setting's where None."""
    limit = study.world.settings["projects.due_days"] if days is None else days
    left = [(study.book.value("project.due_in", row["project"]), row) for row in rows]
    return [row for due, row in left if due is not None and due <= limit]


def stage_rows(study: Study, rows: Sequence[JsonRow]) -> list[JsonRow]:
    """For each stage how many projects of these, what they come to, and what is stuck."""
    found = []
    for stage in (None, *STAGES):
        mine = [row for row in rows if row["stage"] == stage]
        if mine:
            added = study.book.value("projects.sum", *(row["project"] for row in mine))
            found.append({
                "stage": stage, "count": len(mine), "investment_100m_cny": added.value,
                "unknown": added.unknown, "stale": sum(row["stale"] for row in mine),
                "overdue": sum(row["overdue"] for row in mine),
            })  # fmt: skip
    return found


def doubts_of(study: Study, rows: Sequence[JsonRow]) -> list[Problem]:
    """What the guards say of these projects, each once."""
    mine = {study.book.value("project.row", row["project"]).line for row in rows}
    return [one for one in study.project_problems()
            if one.at.line in mine or one.words.get("other") in mine]  # fmt: skip


def named_rows(study: Study, rows: Sequence[JsonRow], lang: str) -> list[JsonRow]:
    """The rows with what a reader calls their firm and link."""
    from chainmap.study.content import link_name, short_name

    chains = study.workspace.chains
    return [
        {
            **row,
            "short": short_name(study, row["firm"]) if row["firm"] else "",
            "place": link_name(chains[row["chain"]], row["link"], lang)
            if row["chain"] in chains and row["link"]
            else "",
            "due_in": study.book.value("project.due_in", row["project"]),
        }
        for row in rows
    ]


def project_facts(study: Study, project: str, lang: str) -> list[JsonRow]:
    """What is known of a project, a line a column, with the computed figures behind."""
    row = study.book.value("project.row", project)
    ref = f"projects/{project}"
    zh = {column.name: column.zh for column in BY_NAME["projects"].columns}
    facts = [
        {"ref": ref, "field": name, "title": zh.get(name, name) if lang == "zh" else name,
         "value": "|".join(value) if isinstance(value, tuple) else value}
        for name, value in row.cells.items()
    ]  # fmt: skip
    for rule in ("project_stage", "project.heard", "project.quiet", "project.stale",
                 "project.due_in"):  # fmt: skip
        value = study.book.value(rule, project)
        value = value.isoformat() if hasattr(value, "isoformat") else value
        facts.append({"ref": ref, "field": rule, "title": say(f"rule.{rule}", lang),
                      "value": value})  # fmt: skip
    return facts
