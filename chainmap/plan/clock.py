"""The settings of the path as months, numbered from year 0.

The first month to plan is the one after the study date: terms are promised to a month, and
half-years would push work of a quarter out by up to five months.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from chainmap.core.dates import Day, parse_day

TERMS = ("near", "mid", "far")
_LAST_MONTH = 9999 * 12 + 11


@dataclass(frozen=True, slots=True)
class Clock:
    """The settings as months. ``sign`` and ``build``: what it usually takes to a contract, and
    from the start of work to production."""

    today: Day
    first: int
    check: int
    work: int
    terms: tuple[int, int, int]
    bounds: tuple[float, float]
    sign_share: float
    build: int
    behind: float  # times the usual months after which a stage is behind
    news_years: float

    @property
    def sign(self) -> int:
        """Usual months to a contract."""
        return self.part(self.work)

    def part(self, months: int) -> int:
        """How much of an action of that length can be done without a contract."""
        return round(months * self.sign_share)

    def length(self, kind: str) -> int:
        """Usual months of an action."""
        return self.check if kind == "check" else self.work

    def band(self, priority: float | None) -> int:
        """Term in which a priority wants to be due: 0 near, 1 mid, 2 far."""
        near, mid = self.bounds
        return 2 if priority is None or priority < min(near, mid) else int(priority < near)

    def band_before(self, start: int) -> int:
        """The latest term whose actions are over when something starts; near where none is."""
        over = (band for band in (2, 1) if self.release("fill", band) + self.work <= start)
        return next(over, 0)

    def release(self, kind: str, band: int) -> int:
        """The first month for an action of that band.

        Checks come in three waves, one check long each: what is found in the first year decides
        what later years are for, and a task-force cannot visit every link in one quarter.
        """
        if kind == "check":
            return self.first + band * self.check
        return self.first + (0, self.terms[0], self.terms[1])[band]

    def term(self, end: int) -> str:
        """The term in which an action lies that ends before that month."""
        return next((t for t, n in zip(TERMS, self.terms, strict=True) if end <= self.first + n),
                    "far")  # fmt: skip


def clock_of(at: Day, setting: Callable[[str], float]) -> Clock:
    """The settings ``path.*`` at a study date, lengths rounded to months."""

    def months(name: str) -> int:
        return max(1, round(setting(f"path.{name}") * 12))

    near = months("near_years")
    mid = max(near, months("mid_years"))
    return Clock(
        at,
        index_of(at.last.year, at.last.month) + 1,
        months("check_years"),
        months("action_years"),
        (near, mid, max(mid, months("far_years"))),
        (setting("path.near_priority"), setting("path.mid_priority")),
        setting("path.sign_share"),
        months("build_years"),
        setting("path.behind"),
        setting("path.news_years"),
    )


def index_of(year: int, month: int) -> int:
    """The number of a month."""
    return year * 12 + month - 1


def first_month(day: Day) -> int:
    """The number of the first month that a date can mean."""
    return index_of(day.first.year, day.first.month)


def month_after(day: Day) -> int:
    """The number of the month after the last one that a date can mean."""
    return index_of(day.last.year, day.last.month) + 1


def month_of(index: int) -> Day:
    """The month of a number, ``YYYY-MM``."""
    year, month = divmod(min(index, _LAST_MONTH), 12)
    return parse_day(f"{year:04d}-{month + 1:02d}")
