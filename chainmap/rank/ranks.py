"""Candidates in their order, and how sure each place is: figures like any other."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from chainmap.core.derivation import Ask
from chainmap.core.model import Settings
from chainmap.rank.candidates import Candidate, on_list
from chainmap.rank.criteria import CRITERIA, figure_of
from chainmap.rank.score import Weights

if TYPE_CHECKING:
    from chainmap.core.mcda import Robust
    from chainmap.rank.stability import Stability

APART = ("any", "expansion")


class TooManyDraws(ValueError):
    """More draws than memory holds for so many unknown quantities; ``most`` are possible."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most


MOST_DRAWN = 250_000_000  # rows, or unknown quantities, times draws: 2 GB of numbers


def need_room(draws: int, each: int) -> None:
    """Raise TooManyDraws where so many draws of so many things do not fit into memory."""
    if draws * each > MOST_DRAWN:
        raise TooManyDraws(MOST_DRAWN // each)


@dataclass(frozen=True, slots=True)
class Request:
    """Which candidates to rank, and how the weights are drawn."""

    chain: str | None = None
    link: str | None = None
    kind: str | None = None
    on: str | None = None
    basis: str | None = None
    top: int | None = None
    draws: int | None = None
    seed: int | None = None
    weights: str = "around"


@dataclass(frozen=True, eq=False)
class Ranks:
    """The candidates of a scope in their order, and how sure each rank is; None without draws."""

    order: tuple[Candidate, ...]
    robust: Robust | None
    top: int

    def at(self, firm: str, chain: str, link: str) -> int | None:
        """Where a candidate stands in the order, from 0."""
        return self._places.get((firm, chain, link))

    @cached_property
    def _places(self) -> dict[tuple[str, str, str], int]:
        return {(c.firm, c.chain, c.link): at for at, c in enumerate(self.order)}


@dataclass(frozen=True, slots=True)
class Interval:
    """A candidate's place among ``of``, the interval of its rank, and how likely it is on top."""

    position: int
    of: int
    p05: int | None = None
    p25: int | None = None
    p75: int | None = None
    p95: int | None = None
    median: float | None = None
    p_top: float | None = None
    p_top_error: float | None = None


def scope_of(request: Request, settings: Settings) -> tuple[str, ...]:
    """The request as arguments of a figure, with the defaults put in."""
    draws = int(settings["robust.draws"]) if request.draws is None else request.draws
    seed = int(settings["robust.seed"]) if request.seed is None else request.seed
    top = request.top or int(settings["robust.top"])
    which = (request.chain, request.link, request.kind, request.on, request.basis)
    return (*(part or "" for part in which), str(top), str(draws), str(seed), request.weights)


def candidates(
    ask: Ask, chain: str, link: str, kind: str, on: str, basis: str
) -> tuple[Candidate, ...]:
    """The candidates that a request lets through; an empty word lets all through."""
    names = {"any": "undecided", "expansion": "expansion"}
    which = names.get(basis, "running")
    chains = [chain] if chain else list(ask.world.workspace.chains)
    found: list[Candidate] = [c for name in chains for c in getattr(ask("field", name), which)]
    if link:
        found = [c for c in found if c.link == link]
    if kind:
        found = [c for c in found if c.link and ask("gap", c.chain, c.link).kind == kind]
    if on:
        firms = on_list(ask.world, on)
        found = [c for c in found if c.firm in firms]
    if basis and basis not in APART:
        found = [c for c in found if c.basis == basis]
    return tuple(found)


def ranks(ask: Ask, *scope: str) -> Ranks:
    """The candidates of a scope by score, firm and link, and how sure each rank is (SMAA).

    The weights and every unknown quantity are drawn; see ``core.mcda``. The scope is that of
    ``scope_of``. Raises TooManyDraws.
    """
    *which, top, draws, seed, scheme = scope
    stated: Weights = ask("weights")
    found = ask("candidates", *which)
    need_room(int(draws), len(found))
    scored = [
        (-round(ask("score", c.firm, c.chain, c.link).score, 9), c.firm, c.link, c.chain, c)
        for c in found
    ]
    order = tuple(c for *_, c in sorted(scored, key=lambda one: one[:4]))
    # Made one after the other: of a whole city they would not fit into memory together.
    marks = (
        {name: ask(*figure_of(name, c.firm, c.chain, c.link)) for name in CRITERIA} for c in order
    )
    kappa = ask.setting("robust.kappa")
    if int(draws) == 0:
        for _ in marks:  # a score rests on them
            pass
        return Ranks(order, None, int(top))
    from chainmap.rank.robust import sure

    how = (scheme, int(draws), int(seed))
    return Ranks(order, sure(ask.world, marks, (stated.of, kappa), int(top), how), int(top))


def interval(ask: Ask, firm: str, chain: str, link: str, *scope: str) -> Interval | None:
    """A candidate's place and the interval of its rank within a scope; None where it is not in."""
    found: Ranks = ask("ranks", *scope)
    at = found.at(firm, chain, link)
    return None if at is None else interval_at(found, at)


def stability(ask: Ask, *scope: str) -> Stability | None:
    """The full account of how sure the ranks of a scope are; None without draws."""
    from chainmap.rank import stability as account

    return account.stability(ask, *scope)


def interval_at(found: Ranks, at: int) -> Interval:
    """The interval of the candidate at a place of the order."""
    robust, count = found.robust, len(found.order)
    if robust is None:
        return Interval(at + 1, count)
    return Interval(
        at + 1,
        count,
        int(robust.p05[at]),
        int(robust.p25[at]),
        int(robust.p75[at]),
        int(robust.p95[at]),
        float(robust.median[at]),
        float(robust.p_top[at]),
        float(robust.p_top_error[at]),
    )
