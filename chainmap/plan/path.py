"""The path of a chain: what is done when, from its gaps and its hand-written milestones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from chainmap.core.dates import Day
from chainmap.core.graph import ChainGraph
from chainmap.core.model import ACTIVE, Chain, Row
from chainmap.core.words import say
from chainmap.plan.clock import TERMS, Clock, clock_of, month_after, month_of
from chainmap.plan.outlook import Outlook, outlooks
from chainmap.plan.progress import Chosen, Progress, progress_of
from chainmap.plan.schedule import Schedule, Slot, schedule
from chainmap.plan.tasks import Need, Origin, Task, tasks_of
from chainmap.plan.titles import codes_of, name_of, title_of


@dataclass(frozen=True, slots=True)
class Action:
    """One step of the path. ``needs`` are ids of actions that must be done before it."""

    id: str
    code: str
    link: str | None
    kind: str
    title: str
    start: Day | None
    due: Day | None
    needs: tuple[str, ...]
    owner: str | None
    term: str | None
    condition: str | None  # status of the link that must prove worse, where all hangs on a check
    started: bool
    late: bool
    critical: bool
    slack: int  # months that it may take longer before it lies on the longest way
    origin: Origin
    left: int  # months of work, see ``outlook``
    forecast: Day | None
    risk: tuple[str, ...]  # time | needs | stage | next_due | news
    in_plan: bool | None  # None where the plan has no say
    chosen: Chosen | None
    progress: Progress | None

    @property
    def conditional(self) -> bool:
        """Whether it starts only if a check gives that result."""
        return self.condition is not None

    @property
    def at_risk(self) -> bool:
        """Whether it is not late, but will probably be, or no one can tell."""
        return bool(self.risk)

    @property
    def firm(self) -> str | None:
        """The firm that is to come, else that of the project."""
        if self.chosen:
            return self.chosen.firm
        return (self.progress.firm or None) if self.progress else None

    @property
    def district(self) -> str | None:
        """Where: of the plan's row, else of the project."""
        if self.chosen:
            return self.chosen.district
        return self.progress.district if self.progress else None

    @property
    def project(self) -> str | None:
        """The project that moves it."""
        return self.progress.project if self.progress else None

    @property
    def stage(self) -> str | None:
        """How far the project is."""
        return self.progress.stage if self.progress else None

    @property
    def next_step(self) -> str | None:
        """What the project waits for."""
        return self.progress.next_step if self.progress else None

    @property
    def next_due(self) -> Day | None:
        """When that is due."""
        return self.progress.next_due if self.progress else None


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two dates that do not agree.

    ``order``: a hand-written action starts at ``start``, before one that it needs is ``due``.
    ``delay``: a row of the plan was to end at ``start`` and ends at ``due``, after what it needs.
    ``milestone``: a row of the plan ends at ``start``, after the milestone of its link is ``due``.
    """

    action: str
    need: str
    start: Day
    due: Day
    kind: str = "order"


@dataclass(frozen=True, slots=True)
class Path:
    """The actions of a chain in the order of term, stage and link, and what is wrong with them.

    ``critical`` is one longest way through the needs, in order, and ``months`` its length;
    ``terms`` has the last month of each term.
    """

    chain: str
    stages: tuple[str, ...]
    actions: tuple[Action, ...]
    conflicts: tuple[Conflict, ...]
    unscheduled: tuple[str, ...]
    critical: tuple[str, ...]
    months: int
    first: Day
    terms: tuple[Day, Day, Day]
    ends: Day | None
    basis: str = "gaps"  # gaps | plan | greedy: where the targets come from


def plan_path(
    chain: Chain,
    graph: ChainGraph,
    at: Day,
    setting: Callable[[str], float],
    needs: Iterable[Need],
    projects: Iterable[Row],
    chosen: Iterable[Chosen] | None = None,
    basis: str = "gaps",
) -> Path:
    """The path of a chain at a study date. Hand-written milestones are never moved.

    ``setting`` gives a number of scoring.yaml, ``projects`` are the newest visible rows,
    ``chosen`` the plan's rows for this chain; None where there is no plan.

    Notes: O(links + flows) after sorting; links of one cycle of needs do not wait for each other.
    """
    clock = clock_of(at, setting)
    wanted = {need.link: need for need in needs}
    under_way = [one for row in projects if (one := progress_of(row, clock))]
    tasks = tasks_of(chain, wanted, under_way, list(chosen or ()), clock)

    def status_of(link: str) -> str:
        return wanted[link].status if link in wanted else "unknown"

    months = schedule(chain, graph, tasks, status_of, clock)
    actions = _actions(chain, tasks, months, wanted, clock, chosen is not None)
    near, mid, far = (month_of(clock.first + length - 1) for length in clock.terms)
    return Path(
        chain.id,
        tuple(stage.name for stage in chain.file.panorama.stages),
        actions,
        _conflicts(actions, tasks, clock),
        tuple(action.id for action in actions if action.due is None),
        months.critical,
        sum(months.slots[id].length for id in months.critical),
        month_of(clock.first),
        (near, mid, far),
        None if months.end is None else month_of(months.end - 1),
        basis,
    )


ROW_KEYS = (
    "ref", "code", "action", "link", "name", "stage", "title", "start", "due", "term", "owner",
    "needs", "conditional", "started", "late", "critical", "origin",
    "at_risk", "risk", "left_months", "forecast", "in_plan", "firm", "target", "district",
    "project", "project_name", "project_stage", "stage_date", "next_step", "next_due",
)  # fmt: skip


def rows(path: Path, chain: Chain, lang: str = "zh") -> list[dict[str, Any]]:
    """The actions as rows for CSV and JSON, in order; ``needs`` as codes."""
    code = {action.id: action.code for action in path.actions}
    return [
        {
            "ref": f"path/{path.chain}/{action.code}",
            "code": action.code,
            "action": action.kind,
            "link": action.link,
            "name": name_of(chain, action.link, lang),
            "stage": chain.stage_of(action.link).name if action.link else say("path.whole", lang),
            "title": action.title if action.origin == "hand" else title_of(action, chain, lang),
            "start": action.start and action.start.text,
            "due": action.due and action.due.text,
            "term": action.term,
            "owner": action.owner,
            "needs": [code[need] for need in action.needs],
            "conditional": action.conditional,
            "started": action.started,
            "late": action.late,
            "critical": action.critical,
            "origin": action.origin,
            "at_risk": action.at_risk,
            "risk": list(action.risk),
            "left_months": action.left if action.due else None,
            "forecast": action.forecast and action.forecast.text,
            "in_plan": action.in_plan,
            "firm": action.firm,
            "target": action.chosen.name if action.chosen else None,
            "district": action.district,
            "project": action.project,
            "project_name": action.progress.name if action.progress else None,
            "project_stage": action.stage,
            "stage_date": since.text if (since := _since(action)) else None,
            "next_step": action.next_step,
            "next_due": action.next_due and action.next_due.text,
        }
        for action in path.actions
    ]


def _actions(
    chain: Chain,
    tasks: Mapping[str, Task],
    months: Schedule,
    wanted: Mapping[str, Need],
    clock: Clock,
    planned: bool,
) -> tuple[Action, ...]:
    codes = codes_of(chain, tasks.values())
    stages = {stage.id: at for at, stage in enumerate(chain.file.panorama.stages)}
    days = {id: _days(task, months.slots[id], clock) for id, task in tasks.items()}

    def done(task: Task) -> bool:
        return not task.lands and _done(task.kind, wanted.get(task.link or ""))

    ahead = outlooks(tasks, months.slots, {id: due for id, (_, due) in days.items()}, done, clock)
    made = []
    for id, task in tasks.items():
        one = _action(chain, task, codes[id], days[id], wanted.get(task.link or ""), ahead[id])
        action = replace(
            one,
            needs=months.slots[id].needs,
            term=clock.term(months.slots[id].end) if one.due else None,
            slack=months.slack[id],
            critical=months.slack[id] == 0,
            in_plan=_in_plan(task) if planned else None,
        )
        link = chain.link(task.link) if task.link is not None else None
        place = (stages[link.stage], chain.index[link.id]) if link else (-1, -1)
        term = TERMS.index(action.term) if action.term else len(TERMS)
        made.append(((term, *place, task.kind != "check", id), action))
    return tuple(action for _, action in sorted(made, key=lambda pair: pair[0]))


def _action(
    chain: Chain,
    task: Task,
    code: str,
    days: tuple[Day | None, Day | None],
    need: Need | None,
    ahead: Outlook,
) -> Action:
    """A task as an action, without its place among the others."""
    by_hand = task.milestone
    duties = (
        task.progress.unit if task.progress else None,
        by_hand.owner if by_hand else None,
        task.chosen.district if task.chosen else None,
        chain.file.bureau,
    )
    action = Action(
        id=task.id,
        code=code,
        link=task.link,
        kind=task.kind,
        title=by_hand.title if by_hand else "",
        start=days[0],
        due=days[1],
        needs=(),
        owner=next(filter(None, duties), None),
        term=None,
        condition=_condition(need) if need and task.conditional else None,
        started=task.under_way,
        late=ahead.late,
        critical=False,
        slack=0,
        origin=task.origin,
        left=ahead.left,
        forecast=ahead.forecast,
        risk=ahead.risk,
        in_plan=None,
        chosen=task.chosen,
        progress=task.progress,
    )
    return action if by_hand else replace(action, title=title_of(action, chain, "zh"))


def _since(action: Action) -> Day | None:
    return action.progress.since if action.progress else None


def _in_plan(task: Task) -> bool | None:
    """Whether the plan brings about what a task is for; None for what it does not decide: checks,
    milestones, and what is under way."""
    if task.origin == "plan":
        return True
    decides = task.origin == "generated" and task.kind != "check" and not task.under_way
    return False if decides else None


def _condition(need: Need) -> str:
    """What the check is about: whether it is there, whether it is weak, or whether it is needed."""
    return need.status if need.status in ("unknown", "present") else "missing"


def _done(kind: str, need: Need | None) -> bool:
    """Whether the link already is what the action was to make of it."""
    if need is None:
        return False
    if kind == "check":
        return need.kind != "check" and need.settled
    if kind == "strengthen":
        return need.status == "strong"
    return kind != "deepen" and need.status in ACTIVE


def _days(task: Task, slot: Slot, clock: Clock) -> tuple[Day | None, Day | None]:
    """Dates as they are written, by hand or in the plan, while they hold; else the months."""
    if task.undated:
        return None, None
    start, due = month_of(slot.start), month_of(slot.end - 1)
    if task.milestone:
        return task.milestone.start or start, task.milestone.due or due
    if task.under_way:
        begun = task.progress and task.progress.begun
        return begun or start, due
    if task.chosen:
        first, after = task.window(clock) or (0, 0)
        return (
            task.chosen.start if slot.start == first else start,
            task.chosen.due if slot.end == after else due,
        )
    return start, due


def _conflicts(
    actions: Sequence[Action], tasks: Mapping[str, Task], clock: Clock
) -> tuple[Conflict, ...]:
    by_id = {action.id: action for action in actions}
    found = [
        Conflict(action.id, need, action.start, due)
        for action in actions
        for need in action.needs
        if action.start and (due := by_id[need].due) and action.start.first < due.last
        if not action.started or action.origin == "hand"
    ]
    for action in actions:
        row = tasks[action.id].chosen
        if row is None or action.due is None:
            continue
        found += _delay(action, tasks[action.id], by_id, clock)
        found += [
            Conflict(action.id, other.id, action.due, other.due, "milestone")
            for other in actions
            if other.origin == "hand" and (other.link, other.kind) == (action.link, action.kind)
            if other.due and other.due.last < action.due.last
        ]
    return tuple(sorted(found, key=lambda one: (one.action, one.need, one.kind)))


def _delay(action: Action, task: Task, by_id: Mapping[str, Action], clock: Clock) -> list[Conflict]:
    """What keeps a row of the plan from beginning when it was to begin, if anything does."""
    window = task.window(clock)
    if window is None or task.chosen is None or action.started:
        return []
    ends = {need: month_after(due) for need in action.needs if (due := by_id[need].due)}
    last = max(ends, key=ends.__getitem__, default=None)
    if last is None or action.due is None or ends[last] <= max(window[0], clock.first):
        return []
    return [Conflict(action.id, last, task.chosen.due, action.due, "delay")]
