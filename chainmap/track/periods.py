"""Periods that figures are reported for: a year, a quarter, a month."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

_FORM = re.compile(r"(\d{4})(?:-(?:[Qq]([1-4])|(\d{2})))?(?:~(\d{4}-\d{2}-\d{2}))?\Z")


@dataclass(frozen=True, slots=True)
class Period:
    """A year, quarter or month; ``cut`` is where it ends early, to be compared with a part.

    ``key`` is what names it among the arguments of rules.
    """

    text: str
    first: date
    last: date
    cut: date | None = None

    @property
    def key(self) -> str:
        """The period as one word of a ref, with the day at which it is cut."""
        return f"{self.text}~{self.cut.isoformat()}" if self.cut else self.text

    def until(self, today: date) -> date:
        """The last day that counts at a day."""
        return min(self.last, today, self.cut or self.last)

    @property
    def eve(self) -> date:
        """The day before it begins."""
        return self.first - timedelta(days=1)

    def year_before(self) -> Period:
        """The same period of the year before."""
        year = int(self.text[:4]) - 1
        return parse_period(f"{year:04d}{self.text[4:]}")

    def like(self, other: Period, today: date) -> Period:
        """This period as far as the other one has come, where that is not over.

        The same number of months and the same day of the month; the last day of a month where
        it has no such day.
        """
        if other.last <= today:
            return self
        months = (self.first.year - other.first.year) * 12 + self.first.month - other.first.month
        year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
        if not 1 <= year <= 9999:
            return self
        day = min(today.day, calendar.monthrange(year, month + 1)[1])
        there = date(year, month + 1, day)
        return self if there >= self.last else Period(self.text, self.first, self.last, there)


def parse_period(text: str) -> Period:
    """Read ``YYYY``, ``YYYY-Qn`` or ``YYYY-MM``, also with ``~`` and the day it is cut at.

    Raises ValueError for any other form.

    >>> parse_period("2025-q2").last.isoformat()
    '2025-06-30'
    """
    match = _FORM.match(text)
    if match is None or int(match[1]) == 0:
        raise ValueError(text)
    year = int(match[1])
    if match[2]:
        first, last = 3 * int(match[2]) - 2, 3 * int(match[2])
    else:
        first, last = (int(match[3]), int(match[3])) if match[3] else (1, 12)
    if not 1 <= first <= 12:
        raise ValueError(text)
    begin = date(year, first, 1)
    end = date(year, last, calendar.monthrange(year, last)[1])
    cut = date.fromisoformat(match[4]) if match[4] else None
    name = text.partition("~")[0].upper()
    return Period(name, begin, end, cut)
