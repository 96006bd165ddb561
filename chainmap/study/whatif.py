"""What-if as figures: each printed figure before and after, with how both came about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chainmap.core.derivation import Ask, Rule
from chainmap.core.formula import ratio
from chainmap.core.graph import stopped_together
from chainmap.core.model import ACTIVE
from chainmap.core.world import World
from chainmap.find.evidence import Supply
from chainmap.find.status import Standing
from chainmap.plan.whatif import Changes, Landing, Loss, Number, first, held, landed, parsed
from chainmap.rank.ranks import Request, scope_of
from chainmap.study.column import Column
from chainmap.study.programme import Programme
from chainmap.study.refs import CHAIN_COLUMNS, GAP_COLUMNS, RANK_COLUMNS

# The figures that are told of a chain, of every link and of a candidate; the same ones each time.
OF_CHAIN = (
    "completeness_low", "completeness_high", "local_ratio_value", "local_ratio_count_low",
    "local_ratio_count_high", "strong", "weak", "present", "missing", "planned", "unknown",
)  # fmt: skip
OF_LINK = ("status", "kind", "suspect", "value_100m_cny", "priority", "producers")
OF_CANDIDATE = ("position", "rank_p05", "rank_p95", "score")
OF_SEAT = ("plan_district", "plan_year")
PLAN_OBJECTIVE, PLAN_TARGETS = "plan_objective", "plan_targets"
STOPS, STOPPED_SHARE = "stops", "stopped_share"
# A status that falls to a lower level lowers one of the bounds of completeness.
_LEVEL = {**dict.fromkeys(ACTIVE, 2), "unknown": 1, "missing": 0, "planned": 0}


@dataclass(frozen=True, slots=True)
class Pair:
    """A figure before and after."""

    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Stopped:
    """Links that are lost, and those that stop with them, the lost ones included."""

    lost: tuple[str, ...]
    links: tuple[str, ...]
    share: float


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change did: to a link's status, or to a number.

    ``reason`` is the basis that keeps a status as it is, and ``at`` the row that does.
    """

    change: str
    link: str | None
    before: Any
    after: Any
    reason: str = ""
    at: str = ""


def changes_in(world: World, word: str) -> Changes:
    """The changes that a word says, parsed once."""
    return world.once(f"whatif/changes/{word}", lambda: parsed(word))


def _in(ask: Ask, world: World, rule: str, *args: str) -> Any:
    """A figure in a world that may be the one that is."""
    return ask(rule, *args) if world is ask.world else ask.elsewhere(world, rule, *args)


def _first(world: World, chain: str, word: str) -> World:
    changes = changes_in(world, word)
    return world.once(f"whatif/first/{chain}/{word}", lambda: first(world, chain, changes))


def _second(ask: Ask, chain: str, word: str) -> World:
    """The world with the landings, before any link is held."""
    base = _first(ask.world, chain, word)
    landings = changes_in(ask.world, word).landings
    if not landings:
        return base
    stated = {link: (known, unit) for link, known, unit in ask("whatif.stated", chain, word)}
    name = f"whatif/second/{chain}/{word}"
    return ask.world.once(name, lambda: landed(base, chain, landings, stated))


def after_world(ask: Ask, chain: str, word: str) -> World:
    """The world after all changes; the world itself where there are none."""
    second = _second(ask, chain, word)
    keeping = dict(ask("whatif.held", chain, word))
    return ask.world.once(f"whatif/after/{chain}/{word}", lambda: held(second, chain, keeping))


def stated(ask: Ask, chain: str, word: str) -> tuple[tuple[str, float, str], ...]:
    """Of the links where firms land, the supply that a finding states, with its unit."""
    base = _first(ask.world, chain, word)
    found = []
    for link in dict.fromkeys(one.link for one in changes_in(ask.world, word).landings):
        made: Supply = _in(ask, base, "supply", chain, link)
        if made.known and made.unit and made.rows[0].table == "findings":
            found.append((link, made.known, made.unit))
    return tuple(found)


def keeping(ask: Ask, chain: str, word: str) -> tuple[tuple[str, str], ...]:
    """Links whose status would sink by the landings alone, with the status that they keep.

    A landing adds: what it makes uncertain (a demand that is now a lower bound, a need that no one
    had) takes nothing away from what was known of other links. Links are held until none sinks.
    """
    base, second = _first(ask.world, chain, word), _second(ask, chain, word)
    if second is base:
        return ()
    links = list(ask.world.chain(chain).index)
    before = {link: _in(ask, base, "status", chain, link) for link in links}
    kept: dict[str, str] = {}
    while True:
        world = held(second, chain, kept)
        sunk = {
            link: was
            for link, was in before.items()
            if _LEVEL[_in(ask, world, "status", chain, link)] < _LEVEL[was]
        }
        if not sunk:
            if kept:
                ask.say("whatif.held_are", count=len(kept))
            return tuple(kept.items())
        kept |= sunk


def stopped(ask: Ask, chain: str, word: str) -> Stopped:
    """What stops by what is lost (DESIGN 4.2): links named, and links no longer active.

    A link that is missing already cannot be lost.
    """
    after = after_world(ask, chain, word)
    named = {one.id for one in changes_in(ask.world, word).all
             if isinstance(one, Loss) and one.what == "link"}  # fmt: skip
    lost = []
    links = list(ask.world.chain(chain).index)
    for link in links if after is not ask.world else ():
        was, now = ask("status", chain, link), _in(ask, after, "status", chain, link)
        gone = was in ACTIVE and now not in ACTIVE
        if gone or (link in named and was != "missing" and now not in ACTIVE):
            lost.append(link)
    down = stopped_together(ask.world.graph(chain), lost, frozenset(links)) if lost else set()
    found = tuple(link for link in links if link in down)
    ask.say("whatif.stops", lost=len(lost), stopped=len(found), links=len(links))
    share = ask.work("", ratio, len(found), len(links)) if links else 0.0
    return Stopped(tuple(lost), found, share)


def effects(ask: Ask, chain: str, word: str) -> tuple[Effect, ...]:
    """What each change did, in the order in which they were given."""
    after = after_world(ask, chain, word)
    found: list[Effect] = []
    for one in changes_in(ask.world, word).all:
        if isinstance(one, Landing):
            found.append(_effect(ask, after, chain, one.word, one.link))
        elif isinstance(one, Number):
            found.append(Effect(one.word, None, ask.setting(one.key), one.value))
        elif not isinstance(one, Loss):
            rows = ask.rows("districts", ("district",), (one.district,))
            was = ask.number(rows[0], one.column) if rows else None
            found.append(Effect(one.word, None, was, one.value))
        elif one.what == "link":
            found.append(_effect(ask, after, chain, one.word, one.id))
        else:
            links = _links_of(ask, chain, one.id)
            found += [_effect(ask, after, chain, one.word, link) for link in links]
            if not links:
                found.append(Effect(one.word, None, None, None, "nowhere"))
    return tuple(found)


def _links_of(ask: Ask, chain: str, firm: str) -> list[str]:
    """Links of the chain on which a firm makes something here, or has a project."""
    named = {row.text("link") for row in ask.rows("projects", ("firm",), (firm,))
             if row.text("chain") == chain}  # fmt: skip
    return [
        link for link in ask.world.chain(chain).index
        if link in named or any(p.firm == firm for p in ask("producing", chain, link))
    ]  # fmt: skip


def _effect(ask: Ask, after: World, chain: str, change: str, link: str) -> Effect:
    was: str = ask("status", chain, link)
    now: Standing = _in(ask, after, "standing", chain, link)
    at = ""
    if now.basis == "override":
        at = str(after.chain(chain).place("panorama", "links", after.chain(chain).index[link]))
    elif now.rows:
        at = f"{now.rows[0].file}:{now.rows[0].line}"
    return Effect(change, link, was, now.status, now.basis if was == now.status else "", at)


def line(ask: Ask, chain: str, word: str, what: str, name: str) -> Pair:
    """One figure before and after: of the chain (``-``), of a link, or of ``firm@link``."""
    if what in (STOPS, STOPPED_SHARE):
        found: Stopped = ask("whatif.stopped", chain, word)
        return Pair(False, name in found.links) if what == STOPS else Pair(0.0, found.share)
    if what in (PLAN_OBJECTIVE, PLAN_TARGETS, *OF_SEAT):
        planned = ask("plan.programme", chain)
        after = after_world(ask, chain, word)
        later = _in(ask, after, "plan.programme", chain)
        return Pair(_of_plan(planned, chain, what, name), _of_plan(later, chain, what, name))
    if "@" in name:
        before = _of_candidate(ask, ask.world, chain, word, what, name)
        after = after_world(ask, chain, word)
        return Pair(before, _of_candidate(ask, after, chain, word, what, name))
    columns: Mapping[str, Column] = CHAIN_COLUMNS if name == "-" else GAP_COLUMNS
    column, own = columns[what], (chain,) if name == "-" else (chain, name)
    args = column.args(own)
    before = column.pick(ask(column.rule, *args))
    after = after_world(ask, chain, word)
    return Pair(before, column.pick(_in(ask, after, column.rule, *args)))


def _of_candidate(ask: Ask, world: World, chain: str, word: str, what: str, name: str) -> Any:
    """A candidate's figure; None where it is not in the running."""
    firm, _, link = name.partition("@")
    changes = changes_in(ask.world, word)
    scope = scope_of(Request(chain, draws=changes.draws, seed=changes.seed), world.settings)
    sure = _in(ask, world, "interval", firm, chain, link, *scope)
    if sure is None:
        return None
    column = RANK_COLUMNS[what]
    if column.scoped:
        return column.pick(sure)
    return column.pick(_in(ask, world, column.rule, *column.args((firm, chain, link))))


def _of_plan(found: Programme, chain: str, what: str, name: str) -> Any:
    """What a programme is worth, how many targets it has, or where and when one of them goes.

    The year is the first, second or third of the programme; None where a target is not in it, and
    where no programme keeps all the rules.
    """
    if what == PLAN_OBJECTIVE:
        return found.solution.objective if found.solution else None
    if what == PLAN_TARGETS:
        return len(found.seats) if found.solution else None
    firm, _, link = name.partition("@")
    seat = found.seat(chain, link, firm)
    if seat is None:
        return None
    return seat.year + 1 if what == "plan_year" else seat.district


RULES: dict[str, Rule] = {
    "whatif.stated": stated,
    "whatif.held": keeping,
    "whatif.stopped": stopped,
    "whatif.effects": effects,
    "whatif.line": line,
}
