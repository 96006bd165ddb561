"""Variables and rows of a mixed-integer programme, gathered and handed to HiGHS at once.

HiGHS is called directly: its own expressions cost a Python object for every term, and a
modelling layer on top costs a second import; rows of (variable, factor) pairs read as well.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import highspy

INFINITY = math.inf
Terms = Iterable[tuple[int, float]]


@dataclass
class Programme:
    """max gain . x under rows of low <= terms <= high; each row says why it is there."""

    gains: list[float] = field(default_factory=list)
    lows: list[float] = field(default_factory=list)
    highs: list[float] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    rows: list[tuple[list[int], list[float], float, float]] = field(default_factory=list)
    why: list[tuple[str, ...]] = field(default_factory=list)

    def number(
        self, gain: float = 0.0, low: float = 0.0, high: float = 1.0, whole: bool = False
    ) -> int:
        """A new variable."""
        self.gains.append(gain)
        self.lows.append(low)
        self.highs.append(high)
        self.whole.append(whole)
        return len(self.gains) - 1

    def row(
        self, why: tuple[str, ...], terms: Terms, low: float = -INFINITY, high: float = INFINITY
    ) -> int:
        """A new row; factors of the same variable add up."""
        sums: dict[int, float] = {}
        for variable, factor in terms:
            sums[variable] = sums.get(variable, 0.0) + factor
        self.rows.append((list(sums), list(sums.values()), low, high))
        self.why.append(why)
        return len(self.rows) - 1

    def solver(self, relaxed: bool = False) -> highspy.Highs:
        """A HiGHS instance that holds the programme; quiet."""
        import highspy
        import numpy as np

        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(self.gains), len(self.rows)
        lp.sense_ = highspy.ObjSense.kMaximize
        lp.col_cost_ = np.array(self.gains)
        lp.col_lower_, lp.col_upper_ = np.array(self.lows), np.array(self.highs)
        lp.row_lower_ = np.array([low for *_, low, _ in self.rows])
        lp.row_upper_ = np.array([high for *_, high in self.rows])
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = np.cumsum([0, *(len(columns) for columns, *_ in self.rows)])
        lp.a_matrix_.index_ = np.array(
            [one for columns, *_ in self.rows for one in columns], dtype=np.int32
        )
        lp.a_matrix_.value_ = np.array([one for _, factors, *_ in self.rows for one in factors])
        if not relaxed:
            kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
            lp.integrality_ = [kinds[whole] for whole in self.whole]
        solver = _quiet()
        for name, value in QUIET.items():
            solver.setOptionValue(name, value)
        solver.passModel(lp)
        return solver


def _quiet() -> highspy.Highs:
    """A HiGHS instance that writes nothing to stdout, not even its banner at the start."""
    import highspy

    class Quiet(highspy.Highs):
        def enableCallbacks(self) -> None:  # the banner comes with this
            self.setOptionValue("output_flag", False)
            super().enableCallbacks()  # type: ignore[no-untyped-call]

    return Quiet()  # type: ignore[no-untyped-call]


QUIET: Mapping[str, Any] = {
    "output_flag": False,
    "random_seed": 0,
    "mip_feasibility_tolerance": 1e-9,
    "primal_feasibility_tolerance": 1e-9,
    "dual_feasibility_tolerance": 1e-9,
    "mip_rel_gap": 0.0,
    "mip_abs_gap": 1e-9,
}


def begin_at(solver: highspy.Highs, values: Mapping[int, float]) -> None:
    """Start the search at the solution that holds these values, by number of the variable."""
    import numpy as np

    at = np.array(list(values), dtype=np.int32)
    solver.setSolution(len(at), at, np.array(list(values.values()), dtype=float))
