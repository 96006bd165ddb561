"""The columns of projects and of their stages: what ``why projects/ID`` unfolds."""

from __future__ import annotations

from functools import partial
from operator import attrgetter

from chainmap.study.column import Args, Column, with_
from chainmap.track.landing import FOLLOWED_BY, MONTHS, rate_of


def _first(word: str, args: Args) -> Args:
    return (word, *args)


def _project(name: str) -> Column:
    return Column("project.text", args=with_(name))


PROJECT_COLUMNS: dict[str, Column] = {
    "ref": Column("cell.ref", args=lambda args: ("/".join(("projects", *args)),)),
    **{name: _project(name) for name in ("project", "name", "firm", "chain", "link", "district",
                                         "park")},
    "stage": Column("project_stage", lambda stage: stage or None),
    "stage_date": Column("project.reached"),
    **{f"{name}": Column("project.number", args=with_(name))
       for name in ("investment_100m_cny", "foreign_musd", "arrived_100m_cny")},
    **{name: _project(name) for name in ("progress", "progress_date")},
    "quiet_days": Column("project.quiet"),
    "stale": Column("project.stale"),
    **{name: _project(name) for name in ("next_step", "next_due")},
    "overdue": Column("project.overdue"),
    **{name: _project(name) for name in ("leader", "unit")},
    "doubts": Column("project.doubts", lambda found: [one.code for one in found]),
    "evidence_grade": Column("project.grade"),
    "sources": Column("project.sources"),
}  # fmt: skip
STAGE_COLUMNS: dict[str, Column] = {
    "count": Column("stage.projects", len),
    "investment_100m_cny": Column("stage.sum", attrgetter("value")),
    "unknown": Column("stage.sum", attrgetter("unknown")),
    **{name: Column("stage.stuck", args=partial(_first, name)) for name in ("stale", "overdue")},
}


def _of_rate(args: Args) -> Args:
    start, since, until = rate_of(args[0])
    return start, FOLLOWED_BY[start], "0", since, until


def _share(months: int, at: int) -> Column:
    def of(args: Args) -> Args:
        start, since, until = rate_of(args[0])
        return start, str(months), since, until

    return Column("landing.share", lambda found: found and found[at], of)


RATE_COLUMNS: dict[str, Column] = {
    **{name: Column("landing.curve", attrgetter(name), _of_rate)
       for name in ("count", "events", "ended")},
    **{f"{name}_{months}": _share(months, at)
       for months in MONTHS for at, name in enumerate(("share", "low", "high"))},
}  # fmt: skip
LANDING_COLUMNS: dict[str, Column] = {
    "ref": Column("cell.ref", args=lambda args: ("/".join(("landing", *args)),)),
    "quarter": Column("cell.ref"),
    "expected_100m_cny": Column("landing.quarter", attrgetter("value")),
    "by_then_100m_cny": Column("landing.quarter", attrgetter("by_then")),
    "by_then_low": Column("landing.quarter", attrgetter("low")),
    "by_then_high": Column("landing.quarter", attrgetter("high")),
    "history": Column("landing.quarter", attrgetter("history")),
    "prior": Column("landing.quarter", attrgetter("prior")),
}
