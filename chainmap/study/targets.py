"""Whom a chain's path brings in: rows of the city's programme, or the chain's own choice.

Solving the programme takes up to a minute, and a map is looked at in passing. So what ``plan``
found for all chains is kept under the hash of everything that it was found from, and the path
takes it from there. Where nothing is kept the path chooses for the chain alone, down its ranking:
that takes no time and no solver, and the map says so.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chainmap.core.dates import parse_day
from chainmap.core.derivation import Ask, Rule
from chainmap.core.model import Row
from chainmap.core.world import World

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chainmap.plan.build import Draft
    from chainmap.plan.progress import Chosen
    from chainmap.study.programme import Seat

METHOD = 1  # raise it when what is kept comes to mean something else
Kept = tuple[str, str, str, str, str, str]  # chain, link, firm, district, start, due


@dataclass(frozen=True)
class Targets:
    """``basis``: ``plan`` where the city's programme was solved, else ``greedy``."""

    basis: str
    rows: tuple[Chosen, ...]


def targets(ask: Ask, chain: str) -> Targets:
    """Who is to come to the links of a chain, where and when."""
    kept = recall(ask.world)
    rows = _of_chain(ask, chain) if kept is None else [row for row in kept if row[0] == chain]
    chosen = tuple(_chosen(ask, row) for row in rows)
    return Targets("greedy" if kept is None else "plan", chosen)


def _of_chain(ask: Ask, chain: str) -> list[Kept]:
    """The chain's candidates down their ranking under its own limits."""
    from chainmap.plan.greedy import greedy
    from chainmap.plan.model import worthwhile
    from chainmap.study.programme import dated

    draft: Draft = ask("plan.draft", str(int(ask.setting("plan.years"))), chain)
    problem = draft.problem
    scores = [ask("score", t.firm, t.chain, t.link).score for t in problem.targets]
    order = sorted(range(len(scores)), key=lambda at: (-round(scores[at], 9), at))
    choice = greedy(problem, order, worthwhile(problem))
    return _rows(dated(ask, problem, choice, ask.setting("path.action_years")))


def _chosen(ask: Ask, row: Kept) -> Chosen:
    from chainmap.plan.progress import Chosen

    chain, link, firm, district, start, due = row
    kind = ask("gap", chain, link).kind
    found = ask.rows("firms", ("firm",), (firm,))
    name = shortest(found[0]) if found else firm
    days = parse_day(start), parse_day(due)
    return Chosen(link, firm, name, kind, district or None, *days)


def shortest(row: Row) -> str:
    """A firm's shortest Chinese name: what a card has room for."""
    names = [row.text("name"), *row.many("aliases")]
    chinese = [n for n in names if any("\u4e00" <= ch <= "\u9fff" for ch in n) and len(n) > 1]
    return min(chinese, key=len, default=names[0])


# What is kept


def _rows(seats: Iterable[Seat]) -> list[Kept]:
    return [(s.chain, s.link, s.firm, s.district, s.start.text, s.due.text) for s in seats]


def _name(world: World) -> str:
    parts = (METHOD, world.workspace.hash, world.at.text)
    return f"programme-{hashlib.sha256(repr(parts).encode()).hexdigest()}.json"


def keep(world: World, seats: Iterable[Seat]) -> None:
    """Keep the programme of all chains for their paths, but none of a world only supposed."""
    if world.memory and not world.supposed:
        world.memory.keep(_name(world), json.dumps(_rows(seats)).encode())


def recall(world: World) -> list[Kept] | None:
    """What was kept for exactly this workspace, settings and study date; None where nothing was."""
    if world.memory is None or world.supposed:
        return None
    data = world.memory.recall(_name(world))
    if data is None:
        return None
    try:
        found = json.loads(data)
        return [_read(world, row) for row in found] if isinstance(found, list) else None
    except (ValueError, TypeError, KeyError):
        return None  # what was kept is not ours


def _read(world: World, row: object) -> Kept:
    """A row that was kept. Raises ValueError, TypeError or KeyError for anything else."""
    if not isinstance(row, list):
        raise TypeError
    chain, link, firm, district, start, due = map(str, row)
    if link not in world.workspace.chains[chain].index:
        raise KeyError(link)
    if parse_day(start).first > parse_day(due).last:
        raise ValueError(due)
    return chain, link, firm, district, start, due


RULES: dict[str, Rule] = {"path.targets": targets}
