"""The test on the past: who came, who would have been found, and by what else.

Structure, the map from sector words to industries, the weights, and who belongs to which group
are looked at with today's eyes; all else must have been out by the cut-off, its sources included
(``core.world.PastWorld``). ``past`` is the ranking as it could have been made then, ``units`` what
is ranked and who came, ``methods`` the ranking and what it is compared with, ``lines`` the table,
``guard`` the check that nothing later got in.
"""

from __future__ import annotations

from chainmap.core.derivation import Rule
from chainmap.rank.backtest import lines, past, units

RULES: dict[str, Rule] = {
    "past.universe": past.universe,
    "past.links": past.links,
    "past.row": past.row,
    "past.sector": past.sector,
    "past.here": past.here,
    "past.group": past.group,
    "backtest.outcomes": units.outcomes,
    "backtest.came_before": units.came_before,
    "backtest.units": units.units,
    "backtest.order": lines.order,
    "backtest.line": lines.line,
}
