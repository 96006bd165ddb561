"""Dates that may be partial: a year, a month or a day."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

_FORM = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?\Z")


@dataclass(frozen=True, slots=True)
class Day:
    """A date as written, with the first and the last calendar day that it can mean."""

    text: str
    first: date
    last: date

    def __str__(self) -> str:
        return self.text


def parse_day(text: str) -> Day:
    """Read ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``.

    Raises ValueError for any other form and for a day that no calendar has.

    >>> parse_day("2024-02").last.isoformat()
    '2024-02-29'
    """
    match = _FORM.match(text)
    if match is None:
        raise ValueError(text)
    year, month, day = (int(part) if part else None for part in match.groups())
    assert year is not None
    if month is None:
        return Day(text, date(year, 1, 1), date(year, 12, 31))
    if day is None:
        last = calendar.monthrange(year, month)[1] if 1 <= month <= 12 else 0
        return Day(text, date(year, month, 1), date(year, month, last))
    exact = date(year, month, day)
    return Day(text, exact, exact)


def years_later(day: date, years: float) -> date:
    """The same calendar day some years on; 29 February counts as the 28th.

    A fraction of a year is counted in whole months, rounded down.

    >>> years_later(date(2024, 2, 29), 1).isoformat()
    '2025-02-28'
    """
    months = int(round(years * 12, 6))
    total = day.year * 12 + day.month - 1 + months
    year, month = divmod(total, 12)
    if year > date.max.year:
        return date.max
    month += 1
    if (day.month, day.day) == (2, 29):
        return date(year, month, min(28, calendar.monthrange(year, month)[1]))
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
