"""The path of a chain: what is done when, from its gaps and its hand-written milestones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from chainmap.core.dates import Day
from chainmap.core.graph import ChainGraph
from chainmap.core.model import ACTIVE, Chain, Row, Settings
from chainmap.core.schema import STAGE_DATES, STAGES
from chainmap.core.words import say
from chainmap.plan.schedule import (
    TERMS,
    Clock,
    Schedule,
    Task,
    clock_of,
    month_of,
    schedule,
    undated,
)

WORK = ("fill", "extend", "build", "strengthen", "deepen")
UNDER_WAY = ("签约", "开工", "建设", "投产", "达产")

_WHOLE_LETTER, _CHECK_LETTER = "总", "核"


@dataclass(frozen=True, slots=True)
class Need:
    """What a link's gap asks for: its kind, what it may be, how sure and how pressing it is."""

    link: str
    kind: str
    suspect: str | None
    settled: bool
    priority: float | None
    status: str


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
    origin: str  # hand | generated

    @property
    def conditional(self) -> bool:
        """Whether it starts only if a check gives that result."""
        return self.condition is not None


@dataclass(frozen=True, slots=True)
class Conflict:
    """A hand-written action that starts before one that it needs is due."""

    action: str
    need: str
    start: Day
    due: Day


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


def plan_path(
    chain: Chain,
    graph: ChainGraph,
    at: Day,
    settings: Settings,
    needs: Iterable[Need],
    projects: Iterable[Row],
) -> Path:
    """The path of a chain at a study date. Hand-written milestones are never moved.

    Notes: O(links + flows) after sorting; links of one cycle of needs do not wait for each other.
    """
    clock = clock_of(at, settings)
    wanted = {need.link: need for need in needs}
    running = {row.text("link") for row in projects if _under_way(row, at)}
    tasks = _tasks(chain, wanted, running, clock)

    def status_of(link: str) -> str:
        return wanted[link].status if link in wanted else "unknown"

    months = schedule(chain, graph, tasks, status_of, clock)
    actions = _actions(chain, tasks, months, wanted, clock)
    near, mid, far = (month_of(clock.first + length - 1) for length in clock.terms)
    return Path(
        chain.id,
        tuple(stage.name for stage in chain.file.panorama.stages),
        actions,
        _conflicts(actions),
        tuple(action.id for action in actions if action.due is None),
        months.critical,
        sum(months.slots[id].length for id in months.critical),
        month_of(clock.first),
        (near, mid, far),
        None if months.end is None else month_of(months.end - 1),
    )


ROW_KEYS = (
    "ref", "code", "action", "link", "name", "stage", "title", "start", "due", "term", "owner",
    "needs", "conditional", "started", "late", "critical", "origin",
)  # fmt: skip


def rows(path: Path, chain: Chain, lang: str = "zh") -> list[dict[str, Any]]:
    """The actions as rows for CSV and JSON, in order; ``needs`` as codes."""
    code = {action.id: action.code for action in path.actions}
    return [
        {
            "ref": f"{path.chain}/{action.link}" if action.link else path.chain,
            "code": action.code,
            "action": action.kind,
            "link": action.link,
            "name": _name(chain, action.link, lang),
            "stage": chain.stage_of(action.link).name if action.link else say("path.whole", lang),
            "title": action.title if action.origin == "hand" else _title(action, chain, lang),
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
        }
        for action in path.actions
    ]


def _tasks(
    chain: Chain, wanted: Mapping[str, Need], running: set[str], clock: Clock
) -> dict[str, Task]:
    """Hand-written milestones, and for every gap what they leave open."""
    by_hand = {
        m.id: Task(m.id, m.link, m.action, milestone=m,
                   under_way=m.link in running and m.action != "check")
        for m in sorted(chain.file.path, key=lambda m: m.id)
    }  # fmt: skip
    taken = {(task.link, task.kind) for task in by_hand.values()}
    made = [
        task
        for link in chain.links
        if link.id in wanted
        for task in _of_gap(wanted[link.id], link.id in running, clock)
        if (task.link, task.kind) not in taken
    ]
    return by_hand | {task.id: task for task in made}


def _of_gap(need: Need, running: bool, clock: Clock) -> Iterator[Task]:
    """The check of a gap that is not settled, and the action that closes the gap.

    A slash keeps generated ids apart from those of milestones. A project on a link starts the
    action of a settled gap only: it cannot be what an open check would ask for.
    """
    band = clock.band(need.priority)
    kind = need.suspect if need.kind == "check" else need.kind
    settled = need.settled and need.kind != "check"
    if need.kind == "check" or (need.kind in WORK and not settled):
        yield Task(f"{need.link}/check", need.link, "check", band)
    if kind in WORK:
        started = running and settled
        band = 0 if started else band
        id = f"{need.link}/{kind}"
        yield Task(id, need.link, str(kind), band, conditional=not settled, under_way=started)


def _actions(
    chain: Chain,
    tasks: Mapping[str, Task],
    months: Schedule,
    wanted: Mapping[str, Need],
    clock: Clock,
) -> tuple[Action, ...]:
    codes = _codes(chain, tasks.values())
    stages = {stage.id: at for at, stage in enumerate(chain.file.panorama.stages)}
    made = []
    for id, task in tasks.items():
        link = chain.link(task.link) if task.link is not None else None
        need = wanted.get(task.link or "")
        slot = months.slots[id]
        start, due = _days(task, slot.start, slot.end)
        late = due is not None and due.last < clock.today.last
        action = Action(
            id=id,
            code=codes[id],
            link=task.link,
            kind=task.kind,
            title=task.milestone.title if task.milestone else "",
            start=start,
            due=due,
            needs=slot.needs,
            owner=(task.milestone and task.milestone.owner) or chain.file.bureau,
            term=clock.term(slot.end) if due else None,
            condition=_condition(need) if need and task.conditional else None,
            started=task.under_way,
            late=late and not _done(task.kind, need),
            critical=months.slack[id] == 0,
            slack=months.slack[id],
            origin="hand" if task.milestone else "generated",
        )
        if not task.milestone:
            action = replace(action, title=_title(action, chain, "zh"))
        place = (stages[link.stage], chain.index[link.id]) if link else (-1, -1)
        term = TERMS.index(action.term) if action.term else len(TERMS)
        made.append(((term, *place, task.kind != "check", id), action))
    return tuple(action for _, action in sorted(made, key=lambda pair: pair[0]))


def _codes(chain: Chain, tasks: Iterable[Task]) -> dict[str, str]:
    """A code for every task: the first character of the stage, and the link's number in it.

    The number counts the links of the catalogue, not the tasks, so that a code means the same
    link in every edition as long as new links are added behind.
    """
    letters = {stage.id: stage.name.strip()[:1] for stage in chain.file.panorama.stages}
    numbers: dict[str, Iterator[int]] = {}
    stem = {}
    for link in chain.links:
        letter = letters[link.stage]
        stem[link.id] = f"{letter}{next(numbers.setdefault(letter, count(1)))}"
    codes: dict[str, str] = {}
    used: dict[str, int] = {}
    rank = ("check", *WORK)
    for task in sorted(tasks, key=lambda t: (rank.index(t.kind), t.id)):
        if task.link is None:
            codes[task.id] = f"{_WHOLE_LETTER}{next(numbers.setdefault(_WHOLE_LETTER, count(1)))}"
            continue
        code = stem[task.link] + (_CHECK_LETTER if task.kind == "check" else "")
        used[code] = used.get(code, 0) + 1
        codes[task.id] = code + _suffix(used[code])
    return codes


def _suffix(number: int) -> str:
    """Nothing for the first task of a link, then b, c, … and numbers past z."""
    if number == 1:
        return ""
    return chr(ord("a") + number - 1) if number <= 26 else f"-{number}"


def _name(chain: Chain, link: str | None, lang: str) -> str:
    if link is None:
        return say("path.whole", lang)
    found = chain.link(link)
    return (found.name_en or found.name) if lang == "en" else found.name


def _title(action: Action, chain: Chain, lang: str) -> str:
    """``补链：光刻胶``, or ``若缺则补链：光刻胶`` where a check comes first."""
    key = f"path.if.{action.condition}" if action.condition else "path.title"
    kind = action.kind
    word = say("path.check", lang) if kind == "check" else say(f"kind.{kind}", lang)
    return say(key, lang, kind=word, name=_name(chain, action.link, lang))


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


def _days(task: Task, start: int, end: int) -> tuple[Day | None, Day | None]:
    """Dates as written by hand where they are, else the months of the plan."""
    if undated(task):
        return None, None
    by_hand = task.milestone
    return (
        (by_hand and by_hand.start) or month_of(start),
        (by_hand and by_hand.due) or month_of(end - 1),
    )


def _conflicts(actions: Sequence[Action]) -> tuple[Conflict, ...]:
    by_id = {action.id: action for action in actions}
    return tuple(
        Conflict(action.id, need, action.start, due)
        for action in sorted(actions, key=lambda a: a.id)
        for need in action.needs
        if action.start and (due := by_id[need].due) and action.start.first < due.last
    )


def _under_way(row: Row, at: Day) -> bool:
    """Whether a project stands at signing or beyond at the study date, and has not ended."""
    ended = row.day("ended")
    if row.text("stage") == "终止" or (ended is not None and ended.last <= at.last):
        return False
    dates = zip(STAGES, STAGE_DATES, strict=True)
    reached = {stage for stage, column in dates if _by(row.day(column), at)}
    return any(stage in UNDER_WAY for stage in (*reached, row.text("stage")))


def _by(day: Day | None, at: Day) -> bool:
    return day is not None and day.last <= at.last
