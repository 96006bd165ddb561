"""What is expected to land by quarter, and the history of each stage behind it: rows to show."""

from __future__ import annotations

from chainmap.core.schema import STAGE_DATES, STAGES
from chainmap.study import JsonRow, Study
from chainmap.study.project_columns import LANDING_COLUMNS, RATE_COLUMNS
from chainmap.study.refs import row_of
from chainmap.track.landing import BEFORE, FOLLOWED_BY, LANDED, Chance, quarter_ends


def landing_rows(study: Study) -> list[JsonRow]:
    """The quarters from that of the study date on, as many as the setting says."""
    count = int(study.world.settings["landing.quarters"])
    names = [name for name, _ in quarter_ends(study.world.today, count)]
    return [row_of(study.book, LANDING_COLUMNS, (name,)) for name in names]


def rate_rows(study: Study) -> list[JsonRow]:
    """The history of each stage: of all who came to it, and of those who did in some years."""
    found = []
    for stage, goal in FOLLOWED_BY.items():
        for years in ("", *_cohorts(study, stage)):
            rate = f"{stage}:{years}" if years else stage
            row = row_of(study.book, RATE_COLUMNS, (rate,))
            if row["count"]:
                found.append({"ref": f"rates/{rate}", "stage": stage, "goal": goal,
                              "years": years or None, **row})  # fmt: skip
    return found


def _cohorts(study: Study, stage: str) -> list[str]:
    """The years in which projects came to a stage, some together, as ``2016-2020``."""
    step = int(study.world.settings["landing.cohort_years"])
    column = STAGE_DATES[STAGES.index(stage)]
    years = {day.last.year for row in study.world.newest("projects")
             if (day := row.day(column)) is not None}  # fmt: skip
    starts = sorted({(year - 1) // step * step + 1 for year in years})
    return [f"{start}-{start + step - 1}" for start in starts]


def left_out(study: Study) -> list[JsonRow]:
    """The projects that have not landed and are not counted, by why."""
    count = int(study.world.settings["landing.quarters"])
    (*_, (_, last)) = quarter_ends(study.world.today, count)
    days = str((last - study.world.today).days)
    found: dict[str, list[float | None]] = {}
    value = study.book.value
    for project in value("projects.all"):
        if value("project_stage", project) not in BEFORE:
            continue
        one: Chance = value("landing.chance", project, days)
        amount = value("project.number", project, "investment_100m_cny")
        why = one.rests_on if one.value is None else "no_amount" if amount is None else ""
        if why:
            found.setdefault(why, []).append(amount)
    return [
        {"why": why, "count": len(amounts),
         "investment_100m_cny": sum(a for a in amounts if a is not None)}
        for why, amounts in sorted(found.items())
    ]  # fmt: skip


def prior_row(study: Study) -> JsonRow | None:
    """The published cohorts that stand in where history is thin, with what they come to."""
    told = study.book.value("landing.prior", "签约", LANDED)
    if told is None:
        return None
    return {"names": list(told.names), "a_day": told.middle, "low": told.low, "high": told.high,
            "sources": list(told.sources)}  # fmt: skip
