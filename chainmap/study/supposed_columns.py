"""The columns of what-if, of losses, and of the figures of a period."""

from __future__ import annotations

from operator import attrgetter, itemgetter

from chainmap.study.column import Column
from chainmap.study.column import with_ as _with

WHATIF_COLUMNS: dict[str, Column] = {
    "ref": Column("cell.ref", args=lambda args: ("/".join(("whatif", *args)),)),
    "what": Column("cell.ref", args=lambda args: args[2:3]),
    "before": Column("whatif.line", attrgetter("before")),
    "after": Column("whatif.line", attrgetter("after")),
}
LOSS_COLUMNS: dict[str, Column] = {
    "ref": Column("cell.ref", args=lambda args: ("/".join(("resilience", *args)),)),
    "what": Column("cell.ref", args=lambda args: (args[1].partition(":")[0],)),
    "name": Column("resilience.name"),
    "stops_without": Column("resilience.loss", attrgetter("without")),
    "stops_low": Column("resilience.loss", attrgetter("low")),
    "stops_high": Column("resilience.loss", attrgetter("high")),
    **{name: Column("resilience.about", itemgetter(name))
       for name in ("chain", "link", "firm", "status", "groups", "single_point")},
    "stopped": Column("resilience.loss", lambda loss: list(loss.stopped)),
}  # fmt: skip
RELIEF_COLUMNS: dict[str, Column] = {
    "ref": Column("cell.ref", args=lambda args: ("/".join(("relief", *args)),)),
    "link": Column("cell.link", args=_with("id")),
    "name": Column("cell.link", args=_with("name")),
    "saves": Column("resilience.relief"),
}
KPI_COLUMNS: dict[str, Column] = {
    "ref": Column("cell.ref", args=lambda args: ("/".join(("kpi", *args)),)),
    "figure": Column("cell.ref", args=lambda args: (args[0].partition(":")[0],)),
    **{name: Column("kpi.line", attrgetter(name))
       for name in ("value", "unit", "period", "compared", "change", "sources", "compared_value",
                    "growth", "target", "done", "lower_bound", "unknown",
                    "compared_lower_bound", "compared_unknown", "cut", "by", "group")},
}  # fmt: skip
