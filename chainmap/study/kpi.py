"""The figures of a period as rows: which there are, in which order, and by which groups."""

from __future__ import annotations

from chainmap.study import JsonRow, Study, refs
from chainmap.study.supposed_columns import KPI_COLUMNS
from chainmap.track.kpi import TALENT, UNITS, WHOLE_ONLY, Asked, groups_of
from chainmap.track.periods import Period, parse_period


def default_period(study: Study) -> Period:
    """The year of the study date."""
    return parse_period(f"{study.world.today.year:04d}")


def figures_of(study: Study, *periods: str) -> list[str]:
    """Every figure, with those that the table of talent gives for the periods."""
    rows = [row for row in study.world.newest("talent") if row.text("period") in periods]
    return [*UNITS, *dict.fromkeys(TALENT + row.text("figure") for row in rows)]


def kpi_rows(study: Study, period: str, versus: str | None = None) -> list[JsonRow]:
    """One row a figure, for all projects."""
    figures = figures_of(study, period, versus or period)
    return [_row(study, Asked(name, period, versus or "")) for name in figures]


def grouped_rows(
    study: Study, period: str, by: str, versus: str | None = None
) -> dict[str, list[JsonRow]]:
    """Group to its rows, in the order of the groups, the unnamed one last.

    Groups by chain, district or unit; figures that are not about single projects are left out.
    """
    figures = [name for name in UNITS if name not in WHOLE_ONLY]
    groups = groups_of(study.world.newest("projects"), by)
    return {
        group: [_row(study, Asked(name, period, versus or "", by, group)) for name in figures]
        for group in groups
    }


def _row(study: Study, asked: Asked) -> JsonRow:
    return refs.row_of(study.book, KPI_COLUMNS, (asked.spec,))
