"""The test on the past: who came, who would have been found, and by what else."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chainmap.core.dates import Day, parse_day, years_later
from chainmap.core.derivation import Figure
from chainmap.core.world import PastWorld, World
from chainmap.rank.backtest import PastFirm, guard
from chainmap.rank.criteria import CRITERIA
from chainmap.study import JsonRow, Study

if TYPE_CHECKING:
    from chainmap.core.measures import Counts, Flags, Floats

KS = (10, 20, 50)
SIGNED = ("signed", "started", "building", "produced")  # the first known one dates an outcome
HOME = "中国"
NO_ROW = -1.0  # the score of a unit that nothing suggests: below every mark


class NoList(LookupError):
    """No place of the list was out by the cut-off."""


@dataclass(frozen=True)
class Unit:
    """What is ranked at a cut-off: a group, or a group on a chain."""

    group: str
    chain: str
    firms: tuple[PastFirm, ...]
    positive: bool
    here: bool


@dataclass(frozen=True)
class Test:
    """The units of every cut-off, and the tables made from them."""

    cut_offs: tuple[str, ...]
    until: str
    universe: int
    positives: int
    positive_groups: int
    rows: list[JsonRow]
    new: list[JsonRow]
    here: list[JsonRow]
    scoring_hash: str


def ranked_past(study: Study, name: str, strict: bool) -> list[Figure]:
    """The figures of every firm of the list, in a study whose world is a past one."""
    mode = "strict" if strict else "codes"
    found = [study.book.figure("past.universe", name)]
    firms = dict.fromkeys(row.text("firm") for row in found[0].value)
    return found + [study.book.figure("past.firm", name, firm, mode) for firm in firms]


def test_on_the_past(
    study: Study, name: str, cut_offs: Sequence[Day], until: Day, strict: bool, by_chain: bool
) -> Test:
    """Rank at each cut-off with what was out by then, and compare with who signed afterwards.

    Who belongs to which group, and where a firm is seated, is looked at with today's eyes.
    Raises NoList, and rank.backtest.Leak.
    """
    months = int(study.world.settings["backtest.months"])
    outcomes = _outcomes(study)
    parts: list[list[Unit]] = []
    for day in cut_offs:
        world = PastWorld(study.workspace, day)
        past = Study(study.workspace, [], day, world)
        figures = ranked_past(past, name, strict)
        if not figures[0].value:
            raise NoList(name)
        guard(world, figures)
        end = min(years_later(day.last, months / 12), until.last)
        came = {
            (group, chain if by_chain else "")
            for group, chain, when in outcomes
            if day.last < when <= end
        }
        firms = [figure.value for figure in figures[1:]]
        parts.append(_units(study, world, firms, came, by_chain))
    positive = [unit for part in parts for unit in part if unit.positive]
    return Test(
        tuple(day.text for day in cut_offs),
        until.text,
        sum(map(len, parts)),
        len(positive),
        len({unit.group for unit in positive}),
        _table(study, parts),
        _table(study, _only(parts, False)),
        _table(study, _only(parts, True)),
        settings_hash(study),
    )


def settings_hash(study: Study) -> str:
    """SHA-256 over every number of scoring.yaml by name, whatever its layout and reasons."""
    numbers = study.world.settings.numbers
    lines = (f"{name}={numbers[name].value!r}\n" for name in sorted(numbers))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _outcomes(study: Study) -> list[tuple[str, str, Any]]:
    """(group, chain, day) of every project whose signing, or a later step, has a date."""
    found = []
    for row in study.world.newest("projects"):
        days = [day for column in SIGNED if (day := row.day(column)) is not None]
        if row.text("firm") and days:
            found.append((study.world.group(row.text("firm")), row.text("chain"), days[0].last))
    return found


def _units(
    study: Study,
    world: World,
    firms: Sequence[PastFirm],
    came: set[tuple[str, str]],
    by_chain: bool,
) -> list[Unit]:
    """Groups with their firms; by chain also the chain that a row of theirs is on."""
    groups: dict[str, list[PastFirm]] = {}
    for firm in firms:
        groups.setdefault(study.world.group(firm.firm), []).append(firm)
    units = []
    for group, members in groups.items():
        here = any(firm.here for firm in members) or _group_here(study, world, group)
        chains = [""]
        if by_chain:
            rows = {row.chain for firm in members for row in firm.rows}
            chains = sorted(rows | {chain for who, chain in came if who == group})
        units += [
            Unit(group, chain, tuple(members), (group, chain) in came, here) for chain in chains
        ]
    return units


def _group_here(study: Study, world: World, group: str) -> bool:
    """Whether any firm of what is one group today had come by the cut-off."""
    members = study.world.groups.get(group, (group,))
    return any(
        world.rows(table, ("firm",), (firm,)) for table in ("presence", "projects")
        for firm in members
    )  # fmt: skip


def _only(parts: Sequence[Sequence[Unit]], here: bool) -> list[list[Unit]]:
    return [[unit for unit in part if unit.here == here] for part in parts]


Method = Callable[[Unit], float]


def _methods(study: Study) -> dict[str, Method]:
    """The ranking and what it is compared with: the higher, the earlier."""

    def of_rows(unit: Unit, mark: Callable[[Any], float]) -> float:
        marks = [
            mark(row) for firm in unit.firms for row in firm.rows if unit.chain in ("", row.chain)
        ]
        return max(marks, default=NO_ROW)

    def revenue(unit: Unit) -> float:
        return max((firm.revenue or 0.0 for firm in unit.firms), default=0.0)

    def home(unit: Unit) -> bool:
        rows = [study.firms.get(firm.firm) for firm in unit.firms]
        return any(row is not None and row.text("country") == HOME for row in rows)

    def alone(name: str) -> Method:
        return lambda unit: of_rows(unit, lambda row: row.marks[name])

    return {
        "chainmap": lambda unit: of_rows(unit, lambda row: row.score),
        "random": lambda _: 0.0,
        "revenue": revenue,
        "list_rank": lambda unit: -min(firm.rank for firm in unit.firms),
        "china_by_revenue": lambda unit: revenue(unit) + (1e12 if home(unit) else 0.0),
        "already_here": lambda unit: float(unit.here),
        "sector_size": lambda unit: of_rows(unit, lambda row: float(row.producers)),
        **{f"criterion.{name}": alone(name) for name in CRITERIA},
    }


def _table(study: Study, parts: Sequence[Sequence[Unit]]) -> list[JsonRow]:
    """A row a method: the mean over the cut-offs, and the bootstrap by group."""
    import numpy as np

    kept = [part for part in parts if any(unit.positive for unit in part)]
    if not kept:
        return []
    groups = {unit.group: None for part in kept for unit in part}
    at = {group: number for number, group in enumerate(groups)}
    columns = [
        (
            np.array([unit.positive for unit in part]),
            np.array([at[unit.group] for unit in part]),
            part,
        )
        for part in kept
    ]
    base = sum(flags.mean() for flags, _, _ in columns) / len(columns)
    rows = []
    for name, method in _methods(study).items():
        scored = [
            (np.array([method(unit) for unit in part], dtype=float), flags, where)
            for flags, where, part in columns
        ]
        rows.append(_row(study, name, scored, len(groups), float(base)))
    return rows


def _row(
    study: Study,
    name: str,
    scored: Sequence[tuple[Floats, Flags, Counts]],
    groups: int,
    base: float,
) -> JsonRow:
    from chainmap.core.measures import bootstrap, measure

    settings = study.world.settings

    def average(copies: Counts) -> float:
        found = [measure(s, p, (), copies[g]).average_precision for s, p, g in scored]
        known = [one for one in found if not math.isnan(one)]
        return math.fsum(known) / len(known) if known else math.nan

    found = [measure(s, p, KS) for s, p, _ in scored]
    mean = {k: math.fsum(one.precision[k] for one in found) / len(found) for k in KS}
    recall = math.fsum(one.recall[50] for one in found) / len(found)
    rounds, seed = int(settings["backtest.rounds"]), int(settings["robust.seed"])
    low, high = bootstrap(average, groups, rounds, seed)
    return {
        "ref": f"backtest/{name}",
        "method": name,
        **{f"p_at_{k}": mean[k] for k in KS},
        "recall_at_50": recall,
        "average_precision": math.fsum(one.average_precision for one in found) / len(found),
        "ap_low": None if math.isnan(low) else low,
        "ap_high": None if math.isnan(high) else high,
        "lift": mean[50] / base if base else None,
    }


def cut_offs_of(first: Day, until: Day, months: int, walk: bool) -> list[Day]:
    """The first cut-off, and with ``walk`` one a year as long as its window ends by ``until``."""
    found = [first]
    while walk:
        following = years_later(first.last, len(found))
        if years_later(following, months / 12) > until.last:
            break
        found.append(parse_day(following.isoformat()))
    return found
