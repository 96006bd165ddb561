"""What a ``ref`` means, and what figure stands behind each column of the rows that carry it.

A kind of ref is a line of ``KINDS``: how many parts it has, the figure that it unfolds to, and
its columns. A column is a figure and what of it the cell shows. Rows are made from this table
where the command allows it, and a cell's derivation is the rule ``cell`` over the same entry, so
that what ``why`` unfolds is what was printed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import attrgetter, itemgetter
from typing import Any

from chainmap.core.derivation import Ask, Book, Rule
from chainmap.find.status import sources_of
from chainmap.plan.path import ROW_KEYS
from chainmap.rank.backtest.lines import KS
from chainmap.rank.criteria import CRITERIA, figure_of
from chainmap.show.key_table import COLUMNS
from chainmap.study.column import Args, Column
from chainmap.study.column import with_ as _with
from chainmap.study.key_rows import CONTRACT, SCOPED
from chainmap.study.placement import COLUMNS as PLACE_COLUMNS
from chainmap.study.programme import COLUMNS as PLAN_COLUMNS
from chainmap.study.programme import PROGRAMME_COLUMNS
from chainmap.study.project_columns import (
    LANDING_COLUMNS,
    PROJECT_COLUMNS,
    RATE_COLUMNS,
    STAGE_COLUMNS,
)
from chainmap.study.quadrant import COUNT_COLUMNS, SPAN_COLUMNS
from chainmap.study.since import COLUMNS as SINCE_COLUMNS
from chainmap.study.supposed_columns import (
    KPI_COLUMNS,
    LOSS_COLUMNS,
    RELIEF_COLUMNS,
    WHATIF_COLUMNS,
)

STATUSES = ("strong", "weak", "present", "missing", "planned", "unknown")
BASES = ("override", "capacity", "finding", "count", "search", "project", "none")
GRADES = ("a", "b", "c", "d", "none")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of ref: ``parts`` ids, after a first word where it has one."""

    name: str
    parts: tuple[str, ...]  # chain | link | firm | list: what each part must be
    root: str  # the figure that the ref unfolds to without a column
    columns: Mapping[str, Column]
    order: tuple[int, ...] = ()  # the parts as arguments of the root and of the columns

    def args(self, parts: Args) -> Args:
        """The ref's parts in the order in which rules take them."""
        return tuple(parts[at] for at in self.order) if self.order else parts


def _link(args: Args) -> Args:
    """(chain, link) of (firm, chain, link)."""
    return args[1:3]


def _link_with(*more: str) -> Callable[[Args], Args]:
    return lambda args: (*args[1:3], *more)


def _ref(args: Args) -> Args:
    return ("/".join(args),)


CHAIN_COLUMNS: dict[str, Column] = {
    "ref": Column("cell.ref", args=_ref),
    "chain": Column("cell.chain", args=_with("chain")),
    "name": Column("cell.chain", args=_with("name")),
    "kind": Column("cell.chain", args=_with("kind")),
    "links": Column("counts", lambda counts: counts.total()),
    **{status: Column("counts", itemgetter(status)) for status in STATUSES},
    "completeness_low": Column("completeness", itemgetter(0)),
    "completeness_high": Column("completeness", itemgetter(1)),
    "local_ratio_value": Column("local_ratio_value"),
    "local_ratio_count_low": Column("local_ratio_count", itemgetter(0)),
    "local_ratio_count_high": Column("local_ratio_count", itemgetter(1)),
}
DATA_COLUMNS: dict[str, Column] = {
    **{name: CHAIN_COLUMNS[name] for name in ("ref", "chain", "name", "links", "unknown")},
    **{f"basis_{name}": Column("data.bases", itemgetter(name)) for name in BASES},
    **{f"grade_{name}": Column("data.grades", itemgetter(name)) for name in GRADES},
    "oldest": Column("data.dates", itemgetter(0)),
    "newest": Column("data.dates", itemgetter(1)),
    **{name: Column(f"data.{name}", len)
       for name in ("stale", "looked", "candidates", "no_candidates")},
}  # fmt: skip
GAP_COLUMNS: dict[str, Column] = {
    "ref": Column("cell.ref", args=_ref),
    "chain": Column("cell.chain", args=lambda args: (args[0], "chain")),
    "link": Column("cell.link", args=_with("id")),
    "name": Column("cell.link", args=_with("name")),
    "stage": Column("cell.link", args=_with("stage")),
    "status": Column("standing", attrgetter("status")),
    "basis": Column("standing", attrgetter("basis")),
    "kind": Column("gap", attrgetter("kind")),
    "suspect": Column("gap", attrgetter("suspect")),
    "settled": Column("gap", attrgetter("settled")),
    "depth": Column("gap", attrgetter("depth")),
    "break": Column("gap", attrgetter("breaks")),
    "value_100m_cny": Column("worth", attrgetter("value")),
    "value_is_lower_bound": Column("worth", attrgetter("lower_bound")),
    "alternative": Column("worth", attrgetter("alternative")),
    "dependents": Column("dependents"),
    "critical": Column("critical"),
    "priority": Column("priority"),
    "producers": Column("producers"),
    "groups": Column("groups"),
    "evidence_grade": Column("cell.link_grade"),
    "sources": Column("cell.link_sources"),
}
VERIFY_COLUMNS: dict[str, Column] = {
    **{name: GAP_COLUMNS[name]
       for name in ("ref", "chain", "link", "name", "status", "suspect", "priority")},
    "kinds": Column("verify", attrgetter("kinds")),
    "top20": Column("verify", attrgetter("top20")),
    "changes": Column("verify", attrgetter("changes")),
    "looked": Column("looked"),
}  # fmt: skip


def _values(marks: Mapping[str, Any]) -> dict[str, float]:
    return {name: mark.value for name, mark in marks.items()}


def _spans(marks: Mapping[str, Any]) -> dict[str, list[float]]:
    return {name: list(mark.span) for name, mark in marks.items() if mark.span}


def _mark(criterion: str) -> Column:
    return Column(
        f"criterion.{criterion}", attrgetter("value"), lambda a: figure_of(criterion, *a)[1:]
    )


def _of_interval(name: str) -> Column:
    return Column("interval", lambda found: found and getattr(found, name), scoped=True)


RANK_COLUMNS: dict[str, Column] = {
    "ref": Column("cell.ref", args=lambda args: ("/".join((*args[1:3], args[0])),)),
    "position": _of_interval("position"),
    "firm": Column("cell.firm", args=itemgetter(slice(0, 1))),
    "name": Column("cell.firm_name", args=itemgetter(slice(0, 1))),
    "chain": Column("cell.chain", args=lambda args: (args[1], "chain")),
    "link": Column("cell.link", args=_link_with("id")),
    **{name: Column("gap", attrgetter(name), _link) for name in ("kind", "suspect", "settled")},
    "basis": Column("basis"),
    "score": Column("score", attrgetter("score")),
    "impact": Column("score", attrgetter("impact")),
    "likelihood": Column("score", attrgetter("likelihood")),
    "rank_p05": _of_interval("p05"),
    "rank_p95": _of_interval("p95"),
    "p_top": _of_interval("p_top"),
    "criteria": Column("cell.marks", _values),
    "unknown": Column("cell.marks", _spans),
    "evidence_grade": Column("cell.candidate_grade"),
    "sources": Column("cell.candidate_sources"),
    "rank_p25": _of_interval("p25"),
    "rank_p75": _of_interval("p75"),
    "rank_median": _of_interval("median"),
    "p_top_error": _of_interval("p_top_error"),
    **{f"criteria.{name}": _mark(name) for name in CRITERIA},
}


def _key(column: str) -> Column:
    return Column("key_cell", args=lambda a: (column, CONTRACT, *a), scoped=column in SCOPED)


def _on(scope: str, *more: str) -> Callable[[Args], Args]:
    """The firm, the last part of the ref, with the scope of a verdict."""
    return lambda args: (args[-1], scope, *more)


def _alone(args: Args) -> Args:
    return args[-1:]


def _links_of(found: tuple[Args, ...]) -> list[str]:
    """``chain/link`` of (firm, chain, link), each once."""
    return list(dict.fromkeys("/".join(one[1:]) for one in found))


def _chains_of(found: tuple[Args, ...]) -> list[str]:
    return list(dict.fromkeys(chain for _, chain, _ in found))


def _of_place(name: str) -> Column:
    return Column("ledger.place", lambda row: row and row.cells[name])


def _of_firm(name: str) -> Column:
    return Column("cell.firm_cell", args=lambda args: (args[-1], name))


def _precision(k: int) -> Column:
    return Column("backtest.line", lambda line: line.precision[k])


UNDECIDED_COLUMNS: dict[str, Column] = {
    "ref": Column("cell.ref", args=lambda args: ("/".join(("undecided", *args)),)),
    "firm": Column("cell.firm", args=_alone),
    "name": Column("cell.firm_name", args=_alone),
    "chain": Column("cell.chain", args=lambda args: (args[0], "chain")),
    "basis": Column("undecided", lambda rows: "undecided" if rows else None),
    "evidence_grade": Column("cell.undecided_grade"),
    "sources": Column("undecided", lambda rows: list(sources_of(rows))),
}
LEDGER_COLUMNS: dict[str, Column] = {
    "ref": Column("cell.ref", args=lambda args: ("/".join(("ledger", *args)),)),
    "firm": Column("cell.firm", args=_alone),
    "name": Column("cell.firm_name", args=_alone),
    "list": _of_place("list"),
    "rank": _of_place("rank"),
    "here": Column("ledger.here", attrgetter("word"), _alone),
    "chains": Column("ledger.links", _chains_of, _on("group")),
    "links": Column("ledger.links", _links_of, _on("group")),
    "verdict": Column("ledger.verdict", attrgetter("letter"), _on("group")),
    "reason": Column("ledger.reason", args=_on("group", CONTRACT)),
    "evidence_grade": Column("ledger.grade", args=_alone),
    "sources": Column("ledger.sources", args=_alone),
    "year": _of_place("year"),
    "would_change": Column("ledger.change", args=_on("group", CONTRACT)),
    "here_by": Column(
        "ledger.here", lambda found: [f"{row.file}:{row.line}" for row in found.rows], _alone
    ),
}
RELOCATION_COLUMNS: dict[str, Column] = {
    "ref": Column("cell.ref", args=lambda args: ("/".join(("relocation", *args)),)),
    "firm": LEDGER_COLUMNS["firm"],
    "name": LEDGER_COLUMNS["name"],
    **{name: _of_firm(name) for name in ("level", "parent", "hq_city")},
    "destination": Column("relocation.destination", lambda going: going.toward or None),
    **{name: Column("relocation.assessed", args=_with(name)) for name in ("market", "resource")},
    "chain_closeness": Column("relocation.closeness"),
    "verdict": Column("ledger.verdict", attrgetter("letter"), _on("own")),
    "reason": Column("ledger.reason", args=_on("own", CONTRACT)),
    "sources": Column("relocation.sources"),
    "window": Column("relocation.destination", lambda going: going.window or None),
    "links": Column("ledger.links", _links_of, _on("own")),
    "would_change": Column("ledger.change", args=_on("own", CONTRACT)),
}
BACKTEST_COLUMNS: dict[str, Column] = {
    "ref": Column("cell.ref", args=lambda args: ("/".join(("backtest", *args)),)),
    "method": Column("cell.ref", args=lambda args: args[1:]),
    **{f"p_at_{k}": _precision(k) for k in KS},
    "recall_at_50": Column("backtest.line", attrgetter("recall")),
    "average_precision": Column("backtest.line", attrgetter("average")),
    "ap_low": Column("backtest.line", attrgetter("low")),
    "ap_high": Column("backtest.line", attrgetter("high")),
    "lift": Column("backtest.line", attrgetter("lift")),
}
# And what is told of the whole test, not of a method.
BACKTEST_WHY = {**BACKTEST_COLUMNS, "coverage": Column("coverage.past", args=itemgetter(slice(1)))}


def _firsts(pairs: tuple[Args, ...]) -> list[str]:
    return list(dict.fromkeys(chain for chain, _ in pairs))


LEADER_COLUMNS: dict[str, Column] = {
    "ref": Column("cell.ref", args=lambda args: ("/".join(("leaders", *args)),)),
    "firm": Column("cell.firm"),
    "name": Column("cell.firm_name"),
    "chains": Column("leaders.links", _firsts),
    "links": Column("leaders.links", lambda pairs: ["/".join(pair) for pair in pairs]),
    "scale": Column("leaders.scale", lambda mark: None if mark.unknown else mark.value),
    "pull": Column("leaders.pull", attrgetter("value")),
    "local_low": Column("leaders.sourcing", attrgetter("low")),
    "local_high": Column("leaders.sourcing", attrgetter("high")),
    "single_source": Column("leaders.sourcing", attrgetter("single")),
    "score": Column("leaders.score", attrgetter("score")),
    "score_low": Column("leaders.score", attrgetter("low")),
    "score_high": Column("leaders.score", attrgetter("high")),
    "sources": Column("leaders.sources"),
    "bought": Column("leaders.bought", len),
    "purchases_100m_cny": Column("leaders.purchases", attrgetter("value")),
    "single_of": Column("leaders.sourcing", attrgetter("counted")),
    "revenue_100m_cny": Column("leaders.revenue"),
    "evidence_grade": Column("leaders.grade"),
}
# Parts of a ref that are no ids of the workspace.
SUPPOSED = ("changes", "what", "name", "loss")


TABLE_COLUMNS: dict[str, Column] = {column: _key(column) for column in COLUMNS}

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("chain", ("chain",), "chain_figures", {**DATA_COLUMNS, **CHAIN_COLUMNS}),
        Kind("link", ("chain", "link"), "link_figures", {**VERIFY_COLUMNS, **GAP_COLUMNS}),
        Kind(
            "candidate",
            ("chain", "link", "firm"),
            "score",
            {**RANK_COLUMNS, **SPAN_COLUMNS, **TABLE_COLUMNS},
            order=(2, 0, 1),
        ),
    )
}
PATH_COLUMNS = {name: Column("path.cell", args=_with(name)) for name in ROW_KEYS}
# Refs that begin with a word of their own; each is a line here.
WORDED: dict[str, Kind] = {
    "coverage": Kind("coverage", ("report", "chain"), "coverage", {}),
    "undecided": Kind("undecided", ("chain", "undecided"), "undecided", UNDECIDED_COLUMNS),
    "ledger": Kind("ledger", ("list", "firm"), "ledger.line", LEDGER_COLUMNS),
    "relocation": Kind("relocation", ("firm",), "relocation.line", RELOCATION_COLUMNS),
    "leaders": Kind("leaders", ("firm",), "leaders.score", LEADER_COLUMNS),
    "kpi": Kind("kpi", ("figure",), "kpi.line", KPI_COLUMNS),
    "projects": Kind("projects", ("project",), "project.line", PROJECT_COLUMNS),
    "landing": Kind("landing", ("quarter",), "landing.quarter", LANDING_COLUMNS),
    "rates": Kind("rates", ("rate",), "landing.rates", RATE_COLUMNS),
    "stages": Kind("stages", ("stage",), "stage.sum", STAGE_COLUMNS),
    "path": Kind("path", ("chain", "action"), "path.action", PATH_COLUMNS),
    "backtest": Kind("backtest", ("list", "method"), "backtest.line", BACKTEST_WHY),
    "whatif": Kind("whatif", ("chain", "changes", "what", "name"), "whatif.line", WHATIF_COLUMNS),
    "since": Kind("since", ("chain", "state"), "since", SINCE_COLUMNS),
    "quadrant": Kind("quadrant", ("chain",), "quadrant", COUNT_COLUMNS),
    "resilience": Kind("resilience", ("chain", "loss"), "resilience.loss", LOSS_COLUMNS),
    "plan": Kind("plan", ("programme", "chain", "link", "firm"), "plan.line", PLAN_COLUMNS),
    "programme": Kind("programme", ("programme",), "plan.programme", PROGRAMME_COLUMNS),
    "place": Kind(
        "place", ("programme", "chain", "link", "firm", "site"), "plan.site", PLACE_COLUMNS
    ),
    "relief": Kind("relief", ("chain", "link"), "resilience.relief", RELIEF_COLUMNS),
}


@dataclass(frozen=True, slots=True)
class Ref:
    """A ref that was understood: its kind, and its parts as rules take them."""

    kind: Kind
    args: Args


class UnknownPart(LookupError):
    """A part of a ref that is not there: what it should be, the word, and what is known."""

    def __init__(self, what: str, word: str) -> None:
        super().__init__(word)
        self.what, self.word = what, word


def understood(ref: str) -> Ref:
    """The kind of a ref and its arguments; UnknownPart where it has parts too many or too few."""
    first, *rest = ref.split("/")
    if first in WORDED:
        kind, parts = WORDED[first], tuple(rest)
    else:
        parts = (first, *rest)
        kind = KINDS[("chain", "link", "candidate")[min(len(parts), 3) - 1]]
    if len(parts) > len(kind.parts):
        raise UnknownPart(kind.parts[-1], "/".join(parts[len(kind.parts) - 1 :]))
    if len(parts) < len(kind.parts):
        raise UnknownPart(kind.parts[len(parts)], "")
    return Ref(kind, kind.args(parts))


def chain_of(ref: str) -> str:
    """The chain whose ranking a ref is about unless another is asked for."""
    first, _, rest = ref.partition("/")
    return rest.partition("/")[0] if first in WORDED else first


def row_of(book: Book, columns: Mapping[str, Column], args: Args) -> dict[str, Any]:
    """A command's row from its columns."""
    return {name: one.pick(book.value(one.rule, *one.args(args))) for name, one in columns.items()}


def cell(ask: Ask, kind: str, column: str, *args: str) -> Any:
    """One cell of a row: what a column shows of its figure."""
    found = {**KINDS, **WORDED}[kind]
    one = found.columns[column]
    count = len(found.parts)
    own = one.args(args[:count])
    return one.pick(ask(one.rule, *own, *(args[count:] if one.scoped else ())))


def joined(ask: Ask, ref: str) -> str:
    """The ref itself: ids joined by a stroke."""
    del ask
    return ref


RULES: dict[str, Rule] = {"cell": cell, "cell.ref": joined}
