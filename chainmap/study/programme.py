"""The programme over all chains, or of one: solved, dated, and said in words."""

from __future__ import annotations

import hashlib
import json
import math
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from chainmap.core.dates import Day
from chainmap.core.derivation import Ask, Rule
from chainmap.core.words import figure, say
from chainmap.plan import build
from chainmap.study import cores
from chainmap.study.column import Args, Column, with_
from chainmap.study.targets import keep

if TYPE_CHECKING:
    from chainmap.plan.build import Draft
    from chainmap.plan.problem import Choice, Problem, Worth
    from chainmap.plan.programme import Solution
    from chainmap.study import JsonRow, Study

CONTRACT = "zh"
METHOD = 1  # raise it when the solver comes to give other choices for the same problem
ENOUGH = 1e-3  # a gap below a thousandth is not worth the wait
BETTERED = 30.0  # seconds that the choice which the search begins with may take, on any machine


@dataclass(frozen=True, slots=True)
class Seat:
    """A target of the programme with its place and time. ``quarter``: from the first, from 0."""

    number: int
    firm: str
    chain: str
    link: str
    district: str
    park: str
    leader: str
    year: int
    quarter: int
    start: Day
    due: Day


@dataclass(frozen=True)
class Programme:
    """The chosen targets in the order of time and worth, with what the choice is worth.

    ``solution`` is None where no choice keeps all rules: then ``conflict`` holds a smallest set
    of rules that cannot be kept together. ``by_hand``: the worth of the choice down the ranking,
    None where that cannot keep all rules. ``timed_out``: none was found in the time.
    """

    draft: Draft
    solution: Solution | None
    worth: Worth | None
    seats: tuple[Seat, ...]
    by_hand: float | None
    conflict: tuple[tuple[str, ...], ...] = ()
    timed_out: bool = False

    def seat(self, chain: str, link: str, firm: str) -> Seat | None:
        """The seat of a target; None where it was not chosen."""
        key = (chain, link, firm)
        return next((s for s in self.seats if (s.chain, s.link, s.firm) == key), None)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which programme: of a chain or all, over how many years, found in how many seconds, and
    how often drawn again for its core. Open parts are as in scoring.yaml."""

    chain: str = "all"
    years: int | None = None
    seconds: float | None = None
    draws: int | None = None

    @property
    def of(self) -> str:
        """``all``, ``hydrogen:2``, ``all::30:0``: the programme as a word of a ref."""
        parts = (self.chain, self.years, self.seconds, self.draws)
        words = ["" if part is None else f"{part:g}" if part != self.chain else str(part)
                 for part in parts]  # fmt: skip
        return ":".join(words).rstrip(":")


def parse_asked(of: str) -> Asked:
    """The programme that a word names; ValueError where it names none."""
    chain, *rest = of.split(":")
    if len(rest) > 3:
        raise ValueError(of)
    years, seconds, draws = [*rest, "", "", ""][:3]
    asked = Asked(
        chain,
        int(years) if years else None,
        float(seconds) if seconds else None,
        int(draws) if draws else None,
    )
    patience = 1.0 if asked.seconds is None else asked.seconds
    if asked.years == 0 or not 0 < patience < math.inf:
        raise ValueError(of)
    return asked


def programme(ask: Ask, of: str) -> Programme:
    """The best choice of targets, places and years under all limits; see ``plan.programme``."""
    from chainmap.plan.annealing import better
    from chainmap.plan.greedy import greedy, sound
    from chainmap.plan.model import worthwhile
    from chainmap.plan.problem import worth

    asked = parse_asked(of)
    years = ask.setting("plan.years") if asked.years is None else asked.years
    seconds = ask.setting("plan.seconds") if asked.seconds is None else asked.seconds
    draft: Draft = ask("plan.draft", str(int(years)), "" if asked.chain == "all" else asked.chain)
    problem = draft.problem
    scores = [ask("score", t.firm, t.chain, t.link).score for t in problem.targets]
    scored = sorted(range(len(scores)), key=lambda at: (-round(scores[at], 9), at))
    places = worthwhile(problem)
    by_hand = greedy(problem, scored, places)
    hand = worth(problem, by_hand).total if sound(problem, by_hand) else None

    def start() -> Choice:
        return by_hand if hand is None else better(problem, by_hand, BETTERED, places)

    found = _recalled(ask, problem, seconds, start)
    if isinstance(found, str):
        from chainmap.plan.conflicts import conflict

        timed_out = found == "timeout"
        return Programme(
            draft, None, None, (), hand, () if timed_out else conflict(problem), timed_out
        )
    months = ask.setting("path.action_years")
    seats = dated(ask, problem, found.choice, months)
    if asked.chain == "all" and asked.years is None:
        keep(ask.world, seats)  # for the paths of the chains
    return Programme(draft, found, worth(problem, found.choice), seats, hand)


def _recalled(
    ask: Ask, problem: Problem, seconds: float, start: Callable[[], Choice]
) -> Solution | str:
    """The solution, kept within a run and, where the user lets us, between runs.

    ``start`` makes the choice to begin with; it is asked for only where there is none on record.
    """
    digest = hashlib.sha256(repr((METHOD, seconds, _canonical(problem))).encode()).hexdigest()
    return ask.world.once(f"plan/{digest}", lambda: _solved(ask, problem, seconds, start, digest))


def _canonical(problem: Problem) -> Any:
    return (
        problem.targets,
        tuple((p.district, p.park, tuple(sorted(p.leads))) for p in problem.places),
        problem.years,
        sorted(problem.worth.items()),
        problem.points,
        sorted(problem.limits.items()),
        sorted(problem.leader_of.items()),
        sorted(problem.seats.items()),
        sorted(problem.near.items()),
        sorted(problem.here),
        problem.after,
        sorted(problem.least.items()),
        sorted(problem.most.items()),
        problem.per_link,
        problem.per_group,
        problem.must,
        problem.never,
    )


def _solved(
    ask: Ask, problem: Problem, seconds: float, start: Callable[[], Choice], digest: str
) -> Solution | str:
    from chainmap.plan.greedy import sound
    from chainmap.plan.problem import worth
    from chainmap.plan.programme import Infeasible, Solution, solve

    memory, name = ask.world.memory, f"plan-{digest}.json"
    kept = memory.recall(name) if memory else None
    if kept is not None:
        try:
            data = json.loads(kept)
            choice = {int(at): (int(place), int(year)) for at, place, year in data["choice"]}
            if sound(problem, choice):
                objective = worth(problem, choice).total
                bound = max(objective, float(data["bound"]))
                return Solution(choice, objective, bound, bool(data["proven"]), data["seconds"])
        except (ValueError, KeyError, TypeError, IndexError):
            pass  # what was kept is not ours: solve again
    try:
        found = solve(problem, seconds, start(), ENOUGH)
    except Infeasible:
        return "infeasible"
    except TimeoutError:
        return "timeout"
    if memory:
        choice_rows = [[at, *slot] for at, slot in found.choice.items()]
        data = {"choice": choice_rows, "bound": found.bound, "proven": found.proven,
                "seconds": found.seconds}  # fmt: skip
        memory.keep(name, json.dumps(data).encode())
    return found


def dated(ask: Ask, problem: Problem, choice: Choice, work_years: float) -> tuple[Seat, ...]:
    """Quarters within each year, so that no leader has more in one than he can take up.

    In a year the targets of a leader go in the order of what they wait for, then of worth.
    """
    from chainmap.plan.clock import month_after, month_of

    first = month_after(ask.today())
    months = max(1, round(work_years * 12))
    rank = _order_of(problem)
    by_leader: dict[tuple[str, int], list[int]] = defaultdict(list)
    for at, (_, year) in choice.items():
        by_leader[problem.leader(problem.targets[at].chain), year].append(at)
    seats = []
    for (leader, year), mine in by_leader.items():
        mine.sort(key=lambda at: (rank.get(problem.targets[at].at, 0), -worth_of(problem, at), at))
        room = problem.seats.get(leader)
        a_quarter = -(-len(mine) // build.QUARTERS) if room is None else room // build.QUARTERS
        for turn, at in enumerate(mine):
            target = problem.targets[at]
            place = problem.places[choice[at][0]]
            quarter = min(turn // max(1, a_quarter), build.QUARTERS - 1)
            start = first + 12 * year + 3 * quarter
            seats.append(
                Seat(at, target.firm, target.chain, target.link, place.district, place.park,
                     leader, year, 4 * year + quarter, month_of(start),
                     month_of(start + months - 1))
            )  # fmt: skip
    seats.sort(key=lambda s: (s.quarter, -worth_of(problem, s.number), s.number))
    return tuple(seats)


def worth_of(problem: Problem, at: int) -> float:
    """Points that a target is expected to close in the first year."""
    target = problem.targets[at]
    return problem.worth[target.at] * target.share


def _order_of(problem: Problem) -> Mapping[tuple[str, str], int]:
    """How many steps of waiting stand before a link."""
    before: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for rule in problem.after:
        before[rule.link].append(rule.first)
    depth: dict[tuple[str, str], int] = {}

    def of(link: tuple[str, str], seen: frozenset[tuple[str, str]]) -> int:
        if link not in depth:
            waits = [one for one in before[link] if one not in seen]
            depth[link] = 1 + max((of(one, seen | {link}) for one in waits), default=-1)
        return depth[link]

    for link in list(before):
        of(link, frozenset())
    return depth


# Rows


def line(ask: Ask, of: str, chain: str, link: str, firm: str) -> Seat | None:
    """The seat of a target in the programme; None where it was not chosen."""
    found: Programme = ask("plan.programme", of)
    ask("plan.expected", firm, chain, link)
    return found.seat(chain, link, firm)


def core(ask: Ask, of: str, chain: str, link: str, firm: str) -> float | None:
    """How often a target stays in the programme over drawn weights; None where none was drawn."""
    found = ask("plan.cores", of)
    share: float | None = found.share(chain, link, firm)
    return share


def core_place(ask: Ask, of: str, chain: str, link: str, firm: str) -> float | None:
    """Of the draws with a target, how many put it where the programme does."""
    seat: Seat | None = ask("plan.line", of, chain, link, firm)
    found = ask("plan.cores", of)
    if seat is None:
        return None
    share: float | None = found.share_there(chain, link, firm, seat.district)
    return share


def reason(ask: Ask, of: str, chain: str, link: str, firm: str, lang: str) -> str:
    """Why this firm, there and then, as a sentence made of the facts."""
    seat: Seat | None = ask("plan.line", of, chain, link, firm)
    if seat is None:
        return ""
    found: Programme = ask("plan.programme", of)
    problem = found.draft.problem
    target = problem.targets[seat.number]
    parts = [
        say("plan.because.gap", lang, points=figure(problem.worth[target.at]),
            share=figure(100 * target.share, 0))
    ]  # fmt: skip
    place = next(p for p in problem.places if (p.district, p.park) == (seat.district, seat.park))
    leading = problem.leading(chain)
    if chain in place.leads:
        parts.append(say("plan.because.park" if seat.park else "plan.because.leads", lang))
    elif leading:
        parts.append(say("plan.because.full", lang, districts="、".join(leading)))
    else:
        parts.append(say("plan.because.no_lead", lang))
    here = problem.neighbours_here(target.at, seat.district)
    coming = sum(
        other.chain == chain
        and (chain, other.link) in problem.near.get(target.at, ())
        and (chain, other.link, seat.district) not in problem.here
        and other.district == seat.district
        for other in {s.link: s for s in found.seats
                      if s.chain == chain and s.district == seat.district}.values()
    )  # fmt: skip
    if here:
        parts.append(say("plan.because.here", lang, count=here))
    if coming:
        parts.append(say("plan.because.coming", lang, count=coming))
    return ("；" if lang == "zh" else "; ").join(parts)


RULES: dict[str, Rule] = {
    "plan.share": build.share,
    "plan.expected": build.expected,
    "plan.money": build.expected_money,
    "plan.draft": build.draft,
    "plan.programme": programme,
    "plan.line": line,
    "plan.core": core,
    "plan.core_place": core_place,
    "plan.reason": reason,
    **cores.RULES,
}


def _of_seat(name: str) -> Column:
    def pick(seat: Seat | None) -> Any:
        value = getattr(seat, name) if seat else None
        return value.text if isinstance(value, Day) else (value or None)

    return Column("plan.line", pick)


def _of_target(args: Args) -> Args:
    """(firm, chain, link) of (programme, chain, link, firm)."""
    return (args[3], *args[1:3])


def _link_of(args: Args) -> Args:
    return args[1:3]


COLUMNS: dict[str, Column] = {
    "ref": Column("cell.ref", args=lambda args: ("/".join(("plan", *args)),)),
    "firm": Column("cell.firm", args=lambda args: args[3:4]),
    "chain": Column("cell.chain", args=lambda args: (args[1], "chain")),
    "link": Column("cell.link", args=lambda args: (*args[1:3], "id")),
    "kind": Column("gap", lambda gap: gap.kind, _link_of),
    "district": _of_seat("district"),
    "start": _of_seat("start"),
    "due": _of_seat("due"),
    "expected": Column("plan.expected", args=_of_target),
    "core_index": Column("plan.core"),
    "reason": Column("plan.reason", args=with_(CONTRACT)),
    "name": Column("cell.firm_name", args=lambda args: args[3:4]),
    "park": _of_seat("park"),
    "leader": _of_seat("leader"),
    "year": Column("plan.line", lambda seat: seat and seat.year + 1),
    "quarter": Column("plan.line", lambda seat: seat and seat.quarter + 1),
    "share": Column("plan.share", args=_of_target),
    "expected_100m_cny": Column("plan.money", args=_of_target),
    "core_place": Column("plan.core_place"),
    **{name: Column("gap", attrgetter(name), _link_of)
       for name in ("suspect", "settled")},
}  # fmt: skip


def _of_solution(name: str) -> Column:
    def pick(found: Programme) -> Any:
        value = getattr(found.solution, name) if found.solution else None
        return None if value == math.inf else value

    return Column("plan.programme", pick)


PROGRAMME_COLUMNS: dict[str, Column] = {
    **{name: _of_solution(name) for name in ("objective", "bound", "gap", "proven")},
    "greedy_objective": Column("plan.programme", attrgetter("by_hand")),
    **{name: Column("plan.programme", attrgetter(f"worth.{name}"))
       for name in ("closed", "match", "cluster", "misplaced")},
}  # fmt: skip


def programme_rows(study: Study, of: str, lang: str = "zh") -> list[JsonRow]:
    """The chosen targets as rows, in the order of time and worth."""
    found: Programme = study.book.value("plan.programme", of)
    rows = []
    for seat in found.seats:
        args = (of, seat.chain, seat.link, seat.firm)
        row = {name: one.pick(study.book.value(one.rule, *one.args(args)))
               for name, one in COLUMNS.items()}  # fmt: skip
        rows.append({**row, "reason": study.book.value("plan.reason", *args, lang)})
    return rows
