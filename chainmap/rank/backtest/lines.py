"""The table of a test on the past: a line a method, pooled over the cut-offs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chainmap.core.derivation import Ask
from chainmap.core.formula import ratio
from chainmap.rank.backtest.methods import METHODS
from chainmap.rank.backtest.scope import parse
from chainmap.rank.backtest.units import Unit, Units

if TYPE_CHECKING:
    from chainmap.core import measures

KS = (10, 20, 50)


@dataclass(frozen=True, slots=True)
class Order:
    """The units of a cut-off by a method, best first; ``levels`` are equal where units tie."""

    cut_off: str
    groups: tuple[str, ...]
    chains: tuple[str, ...]
    levels: tuple[int, ...]
    scores: tuple[float, ...]
    came: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A method's figures; None where there is no unit, or no positive, to divide by."""

    universe: int
    positives: int
    groups: tuple[str, ...]  # that are positive at some cut-off
    precision: dict[int, float | None]
    recall: float | None
    average: float | None
    low: float | None
    high: float | None
    lift: float | None


def order(
    ask: Ask, part: str, method: str, on: str, cut_off: str, until: str, mode: str, by: str
) -> Order:
    """The units of a cut-off as a method orders them; ties, unseen, by group and chain."""
    found: Units = ask("backtest.units", on, cut_off, until, mode, by)
    number = METHODS[method]
    keyed = [(number(one), one) for one in found.of(part)]
    steps = {key: at for at, key in enumerate(sorted({key for key, _ in keyed}))}
    ranked = sorted(((steps[key], key[-1], one) for key, one in keyed), key=_place)
    return Order(
        cut_off,
        tuple(one.past.group for *_, one in ranked),
        tuple(one.chain for *_, one in ranked),
        tuple(level for level, *_ in ranked),
        tuple(score for _, score, _ in ranked),
        tuple(one.came for *_, one in ranked),
    )


def _place(ranked: tuple[int, float, Unit]) -> tuple[int, str, str]:
    level, _, one = ranked
    return -level, one.past.group, one.chain


def line(ask: Ask, word: str, method: str) -> Line:
    """Precision, recall, average precision and lift of a method, every unit counting once.

    Every cut-off has a first 10, 20 and 50 of its own. Ties count as all their orders alike. The
    interval draws whole groups again, with their units at every cut-off. ``lift`` is precision
    among the first 50 over the share of positives.
    """
    import numpy as np

    from chainmap.core.measures import ordered, pooled

    scope = parse(word)
    days = scope.cut_offs(int(ask.setting("backtest.months")))
    orders: list[Order] = [
        ask("backtest.order", scope.part, method, scope.on, day.text, scope.until.text, scope.mode,
            scope.by)
        for day in days
    ]  # fmt: skip
    came = [np.array([bool(projects) for projects in one.came], dtype=bool) for one in orders]
    sorted_ = [
        ordered(np.array(one.levels, dtype=float), flags)
        for one, flags in zip(orders, came, strict=True)
    ]
    universe, positives = sum(map(len, came)), sum(int(flags.sum()) for flags in came)
    found = pooled(sorted_, KS)
    low, high = _interval(ask, orders, sorted_) if positives else (math.nan, math.nan)
    precision = {k: _known(found.precision[k]) for k in KS}
    lift = None
    if positives:
        base = ask.work("formula.base_rate", ratio, positives, universe)
        lift = ask.work("formula.lift", ratio, found.precision[50], base)
    groups = {g for one in orders for g, c in zip(one.groups, one.came, strict=True) if c}
    return Line(
        universe,
        positives,
        tuple(sorted(groups)),
        precision,
        _known(found.recall[50]),
        _known(found.average_precision),
        _known(low),
        _known(high),
        lift,
    )


def _interval(
    ask: Ask, orders: Sequence[Order], sorted_: Sequence[measures.Order]
) -> tuple[float, float]:
    import numpy as np

    from chainmap.core.measures import Counts, bootstrap, pooled

    names = sorted({group for one in orders for group in one.groups})
    numbers = {group: at for at, group in enumerate(names)}
    where = [np.array([numbers[group] for group in one.groups], dtype=int) for one in orders]

    def average(copies: Counts) -> float:
        return pooled(sorted_, (), [copies[at] for at in where]).average_precision

    rounds, seed = int(ask.setting("backtest.rounds")), int(ask.setting("robust.seed"))
    return bootstrap(average, len(names), rounds, seed)


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value
