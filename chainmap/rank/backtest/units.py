"""What is ranked at a cut-off, and which of it came: asked with today's eyes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from chainmap.core.dates import Day, parse_day, years_later
from chainmap.core.derivation import Ask
from chainmap.core.model import Row
from chainmap.core.world import PastWorld
from chainmap.rank.backtest.past import HERE, PastGroup, PastRow

# The first known one dates an outcome. Production comes years after the signing, and does not.
SIGNED = ("signed", "started", "building")
DATED = (*SIGNED, "produced", "full_output")
HOME = "中国"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A group that signed a project, on which chain and when."""

    group: str
    chain: str
    day: Day
    project: str


@dataclass(frozen=True, slots=True)
class Unit:
    """A group, or a group on a chain: as it stood at the cut-off, and what is known today.

    ``came``: projects signed within the window. ``here``: it had come by the cut-off. ``home``:
    its seat is in this country.
    """

    past: PastGroup
    chain: str
    came: tuple[str, ...]
    here: bool
    home: bool

    @property
    def rows(self) -> tuple[PastRow, ...]:
        """The rows that it is judged by: of all its firms, on its chain where it has one."""
        return tuple(row for row in self.past.rows if self.chain in ("", row.chain))


@dataclass(frozen=True, slots=True)
class Units:
    """Everything that is ranked at a cut-off."""

    cut_off: str
    units: tuple[Unit, ...]

    def of(self, part: str) -> list[Unit]:
        """Those of a part: ``all``, ``new``, or ``here``."""
        return [one for one in self.units if part == "all" or one.here == (part == "here")]


def outcomes(ask: Ask) -> tuple[Outcome, ...]:
    """Every project that has a day of signing, or else of the beginning of work, by group.

    It counts for the group of its firm and of every partner that is a known firm, by id or by a
    name that only one firm has. A partial date counts as its last day, as everywhere. A project
    that ended later was signed all the same.
    """
    world = ask.world
    named = world.once("firms_by_name", lambda: _by_name(world.newest("firms")))
    found = []
    for row in ask.rows("projects", (), ()):
        day = next((day for column in SIGNED if (day := row.day(column)) is not None), None)
        if day is None:
            continue
        for column in SIGNED:
            ask.day(row, column)
        firms = [row.text("firm"), *(named.get(part, part) for part in row.many("partners"))]
        groups = dict.fromkeys(world.group(firm) for firm in firms if firm)
        found += [Outcome(group, row.text("chain"), day, row.text("project")) for group in groups]
    return tuple(found)


def _by_name(rows: tuple[Row, ...]) -> dict[str, str]:
    """Firm ids by name and alias, where one firm alone has it."""
    found: dict[str, set[str]] = {}
    for row in rows:
        for name in (row.text("name"), *row.many("aliases")):
            found.setdefault(name, set()).add(row.text("firm"))
    return {name: firms.pop() for name, firms in found.items() if len(firms) == 1}


def came_before(ask: Ask, cut_off: str, *members: str) -> bool:
    """Whether a group had come by a day, as far as is known today.

    A site counts from ``since`` on, without one from the date of its row; a project from its first
    known date on, without one from the date of its row if it stood at a signing or later.
    """
    day = parse_day(cut_off).last
    for firm in members:
        for site in ask.rows("presence", ("firm",), (firm,)):
            since = site.day("since")
            begun = since.first if since else site.as_of
            if begun <= day and ask.cell(site, "activity") != "none":
                return True
        for project in ask.rows("projects", ("firm",), (firm,)):
            days = [known.last for c in DATED if (known := project.day(c)) is not None]
            stated = [project.as_of] if project.text("stage") in HERE else []
            if min(days or stated, default=date.max) <= day:
                ask.cell(project, "stage")
                return True
    return False


def units(ask: Ask, on: str, cut_off: str, until: str, mode: str, by: str) -> Units:
    """Every group of the list at the cut-off, by chain on every chain, and whether it came.

    The window ends ``backtest.months`` after the cut-off, or at ``until`` if that is earlier. The
    chains of a unit do not depend on what suggests the group there, and so not on who came.
    """
    day = parse_day(cut_off)
    end = min(years_later(day.last, ask.setting("backtest.months") / 12), parse_day(until).last)
    came: dict[tuple[str, str], list[str]] = {}
    for one in ask("backtest.outcomes"):
        if day.last < one.day.last <= end:
            came.setdefault((one.group, one.chain if by == "chain" else ""), []).append(one.project)
    world = PastWorld(ask.world.workspace, day)
    listed = [row.text("firm") for row in ask.elsewhere(world, "past.universe", on)]
    chains = tuple(world.workspace.chains) if by == "chain" else ("",)
    found = []
    for group in dict.fromkeys(map(ask.world.group, listed)):
        members = tuple(dict.fromkeys((group, *ask.world.groups.get(group, ()))))
        past: PastGroup = ask.elsewhere(world, "past.group", on, mode, *members)
        here = past.here or ask("backtest.came_before", cut_off, *members)
        home = _at_home(ask, members, set(listed))
        found += [
            Unit(past, chain, tuple(came.get((group, chain), ())), here, home) for chain in chains
        ]
    return Units(cut_off, tuple(found))


def _at_home(ask: Ask, members: tuple[str, ...], listed: set[str]) -> bool:
    """Whether a member that is on the list has its seat in this country."""
    return any(
        ask.cell(row, "country") == HOME
        for firm in members
        if firm in listed
        for row in ask.rows("firms", ("firm",), (firm,))
    )
