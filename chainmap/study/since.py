"""What changed since the newest snapshot or, without one, since the last quarter's end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING

from chainmap.core.dates import parse_day
from chainmap.core.derivation import Ask, Rule
from chainmap.core.world import World
from chainmap.rank.ranks import Request, scope_of
from chainmap.study.column import Column

if TYPE_CHECKING:
    from chainmap.study import Study

STATUSES = ("strong", "weak", "present", "missing", "planned", "unknown")


@dataclass(frozen=True)
class Since:
    """A chain then and now: links by status, and the first targets, as ``chain/link/firm``.

    ``before`` and ``were`` are None where there was no such chain then.
    """

    day: str  # the study date of the state compared with
    before: Counter[str] | None
    after: Counter[str]
    were: tuple[str, ...] | None
    are: tuple[str, ...]

    @property
    def came(self) -> list[str]:
        """The targets that are new among the first."""
        return sorted({*self.are} - {*(self.were or ())})

    @property
    def left(self) -> list[str]:
        """Those that are among the first no more."""
        return sorted({*(self.were or ())} - {*self.are})

    @property
    def moved(self) -> dict[str, tuple[int, int]]:
        """The statuses that have more or fewer links, with both counts."""
        if self.before is None:
            return {}
        pairs = ((name, (self.before[name], self.after[name])) for name in STATUSES)
        return {name: pair for name, pair in pairs if pair[0] != pair[1]}


def quarter_end(day: date) -> date:
    """The last day of the quarter before the one that a day lies in.

    >>> quarter_end(date(2026, 11, 25)).isoformat()
    '2026-09-30'
    """
    return date(day.year, day.month - (day.month - 1) % 3, 1) - timedelta(days=1)


def states(study: Study) -> list[str]:
    """What the study can be compared with: the newest snapshot, else the last quarter's end."""
    found: str = study.world.once("since/state", partial(_state, study))
    return [found]


def _state(study: Study) -> str:
    """The newest snapshot of no later day that can be read; else the last quarter's end."""
    from chainmap.study.snapshots import names, read
    from chainmap.track.snapshot import Damaged

    found = []
    for name in names(study):
        try:
            one = read(study, name)
        except (Damaged, OSError):
            continue
        if parse_day(one.as_of).last <= study.world.today:
            found.append((one.taken, one.name))
    return max(found)[1] if found else quarter_end(study.world.today).isoformat()


def is_day(state: str) -> bool:
    """Whether a state is a day of this workspace, and no snapshot."""
    return state[:1].isdigit() and len(state) == 10 and state[4] == state[7] == "-"


def since(ask: Ask, chain: str, state: str) -> Since:
    """The chain now beside the same chain in another state of the workspace."""
    world = ask.world.once(f"since/{state}", partial(_world, ask.world, state))
    after, are = ask("counts", chain), ask("since.targets", chain)
    if chain not in world.workspace.chains:
        return Since(world.at.text, None, after, None, are)
    before = ask.elsewhere(world, "counts", chain)
    were = ask.elsewhere(world, "since.targets", chain)
    return Since(world.at.text, before, after, were, are)


def _world(world: World, state: str) -> World:
    if is_day(state):
        found = World(world.workspace, parse_day(state))
        found.supposed = f"as_of <= {state}"
        return found
    from chainmap.study import Study
    from chainmap.study.snapshots import read, study_of

    snapshot = read(Study(world.workspace, [], world.at, world), state)
    found = study_of(dict(snapshot.files), snapshot.as_of)[0].world
    found.supposed = state
    return found


def targets(ask: Ask, chain: str) -> tuple[str, ...]:
    """The first rows of the key-project table, which need no draws."""
    scope = scope_of(Request(chain, draws=0), ask.world.settings)
    most = int(ask.setting("table.rows"))
    order = ask("key_table", *scope).order[:most]
    return tuple(f"{one.chain}/{one.link}/{one.firm}" for one in order)


def _count(of: str, status: str) -> Callable[[Since], int | None]:
    def pick(found: Since) -> int | None:
        counts: Counter[str] | None = getattr(found, of)
        return None if counts is None else counts[status]

    return pick


COLUMNS: dict[str, Column] = {
    "day": Column("since", attrgetter("day")),
    **{f"{status}_{word}": Column("since", _count(of, status))
       for status in STATUSES for word, of in (("before", "before"), ("now", "after"))},
    "came": Column("since", attrgetter("came")),
    "left": Column("since", attrgetter("left")),
}  # fmt: skip
RULES: dict[str, Rule] = {"since": since, "since.targets": targets}
