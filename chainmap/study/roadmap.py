"""The path of a chain as a figure: what it rests on, and each of its cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chainmap.core.derivation import Ask, Rule
from chainmap.core.model import Row
from chainmap.core.schema import STAGE_DATES
from chainmap.study import targets

if TYPE_CHECKING:
    from chainmap.plan.path import Action, Path

CHAIN = ("chain",)
# What of a project moves the path.
CELLS = (
    "name", "firm", "district", "unit", "stage", *STAGE_DATES, "progress_date", "next_step",
    "next_due",
)  # fmt: skip
# The settings that tell most of an action's dates.
SETTINGS: dict[str, tuple[str, ...]] = {
    "hand": ("sign_share",),
    "generated": ("near_priority", "mid_priority", "check_years", "action_years"),
    "project": ("sign_share", "action_years", "build_years", "check_years", "news_years"),
    "plan": ("action_years",),
}
CONTRACT = "zh"  # the language of the path's files, whatever the screen speaks


def path(ask: Ask, chain: str) -> Path:
    """Which action when; see ``plan.path``."""
    from chainmap.plan.path import plan_path
    from chainmap.plan.tasks import Need

    file = ask.world.chain(chain)
    needs = []
    for link in file.links:
        gap = ask("gap", chain, link.id)
        own = ask("priority", chain, link.id), ask("status", chain, link.id)
        needs.append(Need(link.id, gap.kind, gap.suspect, gap.settled, *own))
    for at, milestone in enumerate(file.file.path):
        ask.structure(chain, ("path", at), milestone.title)
    rows = ask.rows("projects", CHAIN, (chain,))
    for row in rows:
        _read(ask, row)
    graph = ask.world.graph(chain)
    found = ask("path.targets", chain)
    return plan_path(file, graph, ask.today(), ask.setting, needs, rows, found.rows, found.basis)


def action(ask: Ask, chain: str, code: str) -> str:
    """One action in a line, from what its link asks for, its project, and what it waits for."""
    from chainmap.plan.titles import title_of

    whole: Path = ask("path", chain)
    one = _of_code(whole, code)
    codes = {other.id: other.code for other in whole.actions}
    waits = [ask("path.action", chain, codes[need]) for need in one.needs]
    if one.link is not None:
        for rule in ("gap", "priority", "status"):
            ask(rule, chain, one.link)
    rows = ask.rows("projects", CHAIN, (chain,))
    for row in (row for row in rows if one.project and row.text("project") == one.project):
        _read(ask, row)
    for at, milestone in enumerate(ask.world.chain(chain).file.path):
        if milestone.id == one.id:
            ask.structure(chain, ("path", at), milestone.title)
    if one.chosen is not None and one.link is not None:
        ask("plan.expected", one.chosen.firm, chain, one.link)
    for name in SETTINGS[one.origin]:
        ask.setting(f"path.{name}")
    title = title_of(one, ask.world.chain(chain), CONTRACT) if one.origin != "hand" else one.title
    start, due = (day.text if day else "-" for day in (one.start, one.due))
    key = "path.why.waits" if waits else f"path.why.{one.origin}"
    ask.say(key, left=one.left, slack=one.slack, count=len(waits))
    return f"{one.code} {title} {start}—{due}"


def action_cell(ask: Ask, chain: str, code: str, column: str) -> Any:
    """One cell of an action's row."""
    from chainmap.plan.path import rows

    ask("path.action", chain, code)
    found = rows(ask("path", chain), ask.world.chain(chain), CONTRACT)
    return next(row[column] for row in found if row["code"] == code)


def _read(ask: Ask, row: Row) -> None:
    for column in CELLS:
        if row.cells.get(column) is not None:
            ask.cell(row, column)


def _of_code(path: Path, code: str) -> Action:
    return next(action for action in path.actions if action.code == code)


RULES: dict[str, Rule] = {
    "path": path,
    "path.action": action,
    "path.cell": action_cell,
    **targets.RULES,
}
