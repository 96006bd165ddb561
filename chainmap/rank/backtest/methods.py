"""The ranking and what it is compared with: from a unit to a number, the higher the earlier."""

from __future__ import annotations

from collections.abc import Callable

from chainmap.rank.backtest.past import PastRow
from chainmap.rank.backtest.units import Unit
from chainmap.rank.criteria import CRITERIA

NO_ROW = -1.0  # a unit that nothing suggests stands below every mark
Method = Callable[[Unit], tuple[float, ...]]


def _best(mark: Callable[[PastRow], float]) -> Method:
    """The best of the unit's rows; on a chain, of those on it."""

    def of(unit: Unit) -> tuple[float, ...]:
        return (_rounded(max(map(mark, unit.rows), default=NO_ROW)),)

    return of


def best_row(unit: Unit) -> PastRow | None:
    """The row of a unit that the ranking goes by: the first of the best."""
    return max(unit.rows, key=lambda row: _rounded(row.score), default=None)


def _rounded(mark: float) -> float:
    """As in the ranking: equal where they round to the same billionth."""
    return round(mark, 9)


def _alone(name: str) -> Method:
    return _best(lambda row: row.marks[name])


METHODS: dict[str, Method] = {
    "chainmap": _best(lambda row: row.score),
    "random": lambda _: (0.0,),
    "revenue": lambda unit: (unit.past.revenue,),
    "list_rank": lambda unit: (-unit.past.rank,),
    "china_by_revenue": lambda unit: (float(unit.home), unit.past.revenue),
    "already_here": lambda unit: (float(unit.past.here),),
    "sector_size": _best(lambda row: float(row.sector)),
    **{f"criterion.{name}": _alone(name) for name in CRITERIA},
}
