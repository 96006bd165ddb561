"""Projects as they stand at the study date: stage, last word, what is stuck and what is due.

Rules of the Book: each takes ``ask`` and the id of a project.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from chainmap.core.dates import Day
from chainmap.core.derivation import Ask, Rule
from chainmap.core.formula import total
from chainmap.core.model import Row, Value
from chainmap.core.schema import STAGE_DATES, STAGES

# Stages in which something is still to be done for the project to come.
OPEN = STAGES[:5]


def row(ask: Ask, project: str) -> Row:
    """The newest visible row of a project. Raises KeyError where there is none."""
    rows = ask.rows("projects", ("project",), (project,))
    if not rows:
        raise KeyError(project)
    return rows[-1]


def cell(ask: Ask, project: str, column: str) -> Value:
    """A cell of the project's row."""
    return ask.cell(ask("project.row", project), column)


def text(ask: Ask, project: str, column: str) -> str | None:
    """A cell as text; None where it is unknown."""
    value = ask("project.cell", project, column)
    return None if value is None else str(value)


def number(ask: Ask, project: str, column: str) -> float | None:
    """A cell that is a number or unknown."""
    value = ask("project.cell", project, column)
    assert value is None or isinstance(value, int | float)
    return value


def reached(ask: Ask, project: str) -> Day | None:
    """When the project reached the stage that it stands at; None where no row says."""
    stage = ask("project_stage", project)
    if not stage:
        return None
    return ask.day(ask("project.row", project), STAGE_DATES[STAGES.index(stage)])


def heard(ask: Ask, project: str) -> date:
    """The day of the last news: progress or a stage; failing both, the date of the row."""
    today = ask.today().last
    mine: Row = ask("project.row", project)
    days = [ask.day(mine, column) for column in ("progress_date", *STAGE_DATES)
            if column in mine.cells]  # fmt: skip
    known = [day.last for day in days if day is not None and day.last <= today]
    if known:
        return max(known)
    day = ask.day(mine, "as_of")
    assert day is not None
    return day.last


def quiet(ask: Ask, project: str) -> int:
    """Days since the last news."""
    last: date = ask("project.heard", project)
    return (ask.today().last - last).days


def is_open(ask: Ask, project: str) -> bool:
    """Whether something is still to be done: neither in production nor ended."""
    return ask("project_stage", project) in ("", *OPEN)


def stale(ask: Ask, project: str) -> bool:
    """An open project without news for longer than a month."""
    if not ask("project.open", project):
        return False
    days: int = ask("project.quiet", project)
    return days > ask.setting("projects.stale_days")


def due_in(ask: Ask, project: str) -> int | None:
    """Days to the next step's due date, negative where it is past; None where none is set."""
    if not ask("project.open", project):
        return None
    due = ask.day(ask("project.row", project), "next_due")
    return None if due is None else (due.last - ask.today().last).days


def overdue(ask: Ask, project: str) -> bool:
    """Whether the next step should have been done by now."""
    days = ask("project.due_in", project)
    return days is not None and days < 0


def line(ask: Ask, project: str) -> str:
    """The project on the board: its stage, with all that its line shows."""
    for column in ("name", "firm", "chain", "link", "district", "investment_100m_cny"):
        ask("project.cell", project, column)
    for rule in ("reached", "heard", "stale", "overdue", "doubts"):
        ask(f"project.{rule}", project)
    stage: str = ask("project_stage", project)
    return stage


def sources(ask: Ask, project: str) -> list[str]:
    """The sources of the project's row."""
    mine: Row = ask("project.row", project)
    ask.cell(mine, "source")
    return list(mine.sources)


def grade(ask: Ask, project: str) -> str | None:
    """The worst grade of those sources."""
    return max((ask("source_grade", one) for one in ask("project.sources", project)), default=None)


@dataclass(frozen=True, slots=True)
class Sum:
    """What projects come to in 亿元, as far as it is known, and of how many it is not."""

    value: float | None
    unknown: int


def added(ask: Ask, *projects: str) -> Sum:
    """The planned investment of several projects."""
    amounts = [ask("project.number", one, "investment_100m_cny") for one in projects]
    known = [amount for amount in amounts if amount is not None]
    value = ask.work("formula.invested", total, known) if known else None
    return Sum(value, len(amounts) - len(known))


def at_stage(ask: Ask, stage: str) -> tuple[str, ...]:
    """The projects that stand at a stage, in the order of the table."""
    return tuple(one for one in ask("projects.all") if ask("project_stage", one) == stage)


def stage_sum(ask: Ask, stage: str) -> Sum:
    """What the projects at a stage come to."""
    found: Sum = ask("projects.sum", *ask("stage.projects", stage))
    return found


def stuck(ask: Ask, rule: str, stage: str) -> int:
    """How many projects at a stage are stale, or overdue."""
    return sum(ask(f"project.{rule}", one) for one in ask("stage.projects", stage))


RULES: dict[str, Rule] = {
    "projects.sum": added,
    "stage.projects": at_stage,
    "stage.sum": stage_sum,
    "stage.stuck": stuck,
    "project.row": row,
    "project.cell": cell,
    "project.text": text,
    "project.number": number,
    "project.reached": reached,
    "project.heard": heard,
    "project.quiet": quiet,
    "project.open": is_open,
    "project.stale": stale,
    "project.due_in": due_in,
    "project.overdue": overdue,
    "project.line": line,
    "project.sources": sources,
    "project.grade": grade,
}
