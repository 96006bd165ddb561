"""How far a path has come and what is at risk, by plain loops over every way through the needs.

It takes the dates and the needs of the actions from the path, and everything else from the
world; it shares no code with the product.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

LADDER = [
    ("谋划", "proposed"), ("洽谈", "negotiated"), ("签约", "signed"), ("开工", "started"),
    ("建设", "building"), ("投产", "produced"), ("达产", "full_output"),
]  # fmt: skip
NAMES = [name for name, _ in LADDER]
TODAY = date(2026, 11, 24)
NOW = 2026 * 12 + 11  # 2026-12, the first month to plan
SIGN, WORK, BUILD = 6, 12, 18


def month(day: Any, last: bool = False) -> int:
    at = day.last if last else day.first
    return int(at.year * 12 + at.month - 1)


@dataclass
class Seen:
    """A project as it stands: its place on the ladder, since when, months left, newest news."""

    id: str
    row: Any
    place: int
    since: Any
    news: date

    @property
    def step(self) -> int:
        """The usual months from its stage to the next date that counts."""
        return BUILD if self.place >= 3 else WORK - SIGN if self.place == 2 else SIGN

    @property
    def silent(self) -> bool:
        return (self.news.year + 1, self.news.month, self.news.day) < (2026, 11, 24)

    @property
    def left(self) -> int:
        if self.since is None:
            return self.step
        after = month(self.since, last=True) + 1 + self.step - NOW
        return after if after > 0 else self.step


def seen(row: Any) -> Seen | None:
    """None for a project that has ended, is done, or of which no stage is known."""
    cells = row.cells
    if cells.get("stage") == "终止":
        return None
    if cells.get("ended") is not None and cells["ended"].last <= TODAY:
        return None
    place = NAMES.index(cells["stage"]) if cells.get("stage") else -1
    days = {}
    for at, (_, column) in enumerate(LADDER):
        day = cells.get(column)
        if day is not None and day.last <= TODAY:
            days[at] = day
            place = max(place, at)
    if place < 0 or place >= 5:
        return None
    since = days.get(place)
    if place == 4 and 3 in days:
        since = days[3]
    told = [cells["as_of"].last, *(day.last for day in days.values())]
    if cells.get("progress_date") is not None:
        told.append(cells["progress_date"].last)
    return Seen(cells["project"], row, place, since, max(day for day in told if day <= TODAY))


def risks_of(one: Seen) -> list[str]:
    found = []
    if not one.silent and one.since is not None:
        waited = NOW - 1 - month(one.since, last=True)
        if waited > 1.5 * one.step:
            found.append("stage")
    due = one.row.cells.get("next_due")
    if due is not None and due.last < TODAY:
        found.append("next_due")
    return [*found, "news"] if one.silent else found


@dataclass
class Fact:
    """What is to be true of an action."""

    left: int
    forecast: int | None
    late: bool
    risk: list[str]


def facts(world: Any, path: Any) -> dict[str, Fact]:
    """The facts of every dated action."""
    (_, _, needs, _, _), projects, chosen = world
    need = {one.link: one for one in needs}
    by_project = {one.id: one for row in projects if (one := seen(row))}
    actions = {action.id: action for action in path.actions}
    windows = {f"{c.link}/{c.firm}": (c.start, c.due) for c in chosen or []}

    def done(action: Any) -> bool:
        if action.origin not in ("hand", "generated") or action.link is None:
            return False
        gap = need[action.link]
        if action.kind == "check":
            return gap.kind != "check" and gap.settled
        if action.kind == "strengthen":
            return gap.status == "strong"
        return action.kind != "deepen" and gap.status in ("strong", "weak", "present")

    def left(action: Any) -> int:
        if done(action):
            return 0
        one = by_project.get(action.project)
        if one is not None and one.place >= 2 and not one.silent:
            return one.left
        start, due = windows.get(action.id, (action.start, action.due))
        length = month(due, last=True) + 1 - month(start)
        elapsed = max(0, NOW - month(start))
        if action.kind != "check" and action.link is not None:
            elapsed = min(elapsed, round(length * 0.5))
        return max(1, length - elapsed)

    def begun(action: Any) -> bool:
        return bool(action.started or month(action.start) < NOW)

    def ways(id: str) -> Iterator[list[str]]:
        """Every way through the needs that ends with an action, as far back as one waits."""
        yield [id]
        if not begun(actions[id]):
            for before in actions[id].needs:
                if not done(actions[before]):
                    for way in ways(before):
                        yield [*way, id]

    def ends(way: list[str]) -> int:
        first = actions[way[0]]
        begin = NOW if begun(first) else month(first.start)
        return begin + sum(left(actions[id]) for id in way)

    found = {}
    for id, action in actions.items():
        if action.due is None:
            continue
        if done(action):
            found[id] = Fact(0, None, False, [])
            continue
        end = max(ends(way) for way in ways(id))
        alone = ends([id])
        late = action.due.last < TODAY
        due = month(action.due, last=True) + 1
        risk = []
        if not late and end > due:
            risk.append("time" if alone > due else "needs")
        one = by_project.get(action.project)
        if one is not None and action.kind != "check":
            risk += risks_of(one)
        found[id] = Fact(left(action), end - 1, late, [] if late else risk)
    return found
