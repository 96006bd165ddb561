"""How long projects take from one stage to the next, and what may land by which quarter.

History is the ledger's own: the time from the date of one stage to that of a later one. A project
that has not got there is at risk for as long as it was in sight, that is to its last news; one
that was ended can no longer get there and, the study date being known, stays at risk until then,
so that the product-limit estimate gives the share of all that ever do (the subdistribution of
Fine and Gray, 1999, under administrative censoring). Where that history is thin, published cohorts
stand in, by name.
"""

from __future__ import annotations

import math
import warnings
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import NormalDist

from chainmap.core.dates import Day
from chainmap.core.derivation import Ask, Rule
from chainmap.core.formula import Number, total
from chainmap.core.model import Row
from chainmap.core.schema import STAGE_DATES, STAGES

LANDED = "开工"  # a project has landed when its ground is broken
FOLLOWED_BY = {"谋划": "签约", "洽谈": "签约", "签约": LANDED, LANDED: "投产", "投产": "达产"}
BEFORE = ("谋划", "洽谈", "签约")
MONTHS = (12, 24, 36)  # for which shares are told
MONTH = 365.25 / 12  # days


@dataclass(frozen=True, slots=True)
class Spell:
    """One project's time at a stage: days, and how it ended (reached, ended, or still open)."""

    project: str
    days: int
    end: str

    def __str__(self) -> str:
        return f"{self.days} ({self.end})"


@dataclass(frozen=True, slots=True)
class Curve:
    """Shares that got there by so many days, with an interval; ``count`` began, ``events`` did.

    ``times`` are days in order; the shares hold from their day on. All have one length.
    """

    count: int
    events: int
    ended: int
    times: tuple[float, ...] = ()
    shares: tuple[float, ...] = ()
    lows: tuple[float, ...] = ()
    highs: tuple[float, ...] = ()

    def __str__(self) -> str:
        return f"{self.events}/{self.count}"

    def by(self, days: float) -> tuple[float, float, float]:
        """The share by then with its interval; 0 before anything happened."""
        at = bisect_right(self.times, days) - 1
        return (self.shares[at], self.lows[at], self.highs[at]) if at >= 0 else (0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Prior:
    """Published cohorts as a rate a day that is the same on every day: middle, low and high."""

    names: tuple[str, ...]
    middle: float
    low: float
    high: float
    sources: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.middle:.5f} ({self.low:.5f}-{self.high:.5f})"


@dataclass(frozen=True, slots=True)
class Chance:
    """How likely a project lands by a day: from ``history``, ``prior``, or not told and why."""

    value: float | None
    low: float
    high: float
    rests_on: str  # history | prior | silent | thin | landed | undated


@dataclass(frozen=True, slots=True)
class Quarter:
    """What is expected to land in a quarter and by its end, in 亿元, with the range of that."""

    value: float
    by_then: float
    low: float
    high: float
    history: int
    prior: int


def product_limit(days: Sequence[float], reached: Sequence[bool], level: float) -> Curve:
    """The product-limit estimate of Kaplan and Meier (1958) with log-log intervals.

    Raises ModuleNotFoundError where scipy is not installed.
    """
    from scipy import stats

    ended = Curve(len(days), sum(reached), 0)
    if not ended.events:
        return ended
    data = stats.CensoredData.right_censored(list(days), [not one for one in reached])
    sf = stats.ecdf(data).sf
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # no interval where nothing or everything has happened
        band = sf.confidence_interval(confidence_level=level, method="log-log")
    times = tuple(float(time) for time in sf.quantiles)
    shares = tuple(1 - float(p) for p in sf.probabilities)
    none = 1 - ((1 - level) / 2) ** (1 / len(days))  # the most that no event among all allows
    lows: list[float] = []
    highs: list[float] = []
    for share, high, low in zip(
        shares, band.low.probabilities, band.high.probabilities, strict=True
    ):
        known = not (math.isnan(low) or math.isnan(high))
        before = lows[-1] if lows else 0.0
        lows.append(1 - float(low) if known else before if share else 0.0)
        highs.append(1 - float(high) if known else 1.0 if share else none)
    return Curve(ended.count, ended.events, 0, times, shares, tuple(lows), tuple(highs))


# The ledger's own history


def spell(ask: Ask, project: str, start: str, goal: str) -> Spell | None:
    """A project's time from a stage towards another; None where its beginning has no date.

    None also where it got there on a day that nobody wrote down, or before it began.
    """
    row: Row = ask("project.row", project)
    began = _day(ask, row, STAGE_DATES[STAGES.index(start)])
    today = ask.today().last
    if began is None or began.last > today:
        return None
    later = STAGE_DATES[STAGES.index(goal) : -1]
    days = [day.last for name in later if (day := _day(ask, row, name)) and day.last <= today]
    if days:
        took = (min(days) - began.last).days
        return Spell(project, took, "reached") if took >= 0 else None
    stage = ask("project_stage", project)
    if stage == STAGES[-1]:
        return Spell(project, (today - began.last).days, "ended")
    if STAGES.index(stage) >= STAGES.index(goal):
        return None
    seen: date = max(ask("project.heard", project), min(row.as_of, today))
    return Spell(project, max(0, (seen - began.last).days), "open")


def _day(ask: Ask, row: Row, column: str) -> Day | None:
    return ask.day(row, column) if column in row.cells else None


def spells(ask: Ask, start: str, goal: str, since: str, until: str) -> tuple[Spell, ...]:
    """The spells that began in the years from one to another; empty words are open ends."""
    found = []
    for project in ask("projects.all"):
        one: Spell | None = ask("landing.spell", project, start, goal)
        if one is None:
            continue
        year = str(ask.day(ask("project.row", project), STAGE_DATES[STAGES.index(start)]))[:4]
        if (not since or since <= year) and (not until or year <= until):
            found.append(one)
    return tuple(found)


def curve(ask: Ask, start: str, goal: str, after: str, since: str, until: str) -> Curve:
    """Of the spells that lasted longer than ``after`` days, the shares that got there since."""
    begun = int(after)
    mine = [one for one in ask("landing.spells", start, goal, since, until) if one.days > begun]
    days = [float(one.days - begun) for one in mine]
    found = product_limit(
        days, [one.end == "reached" for one in mine], ask.setting("landing.level")
    )
    ended = sum(one.end == "ended" for one in mine)
    return Curve(found.count, found.events, ended, found.times, found.shares, found.lows,
                 found.highs)  # fmt: skip


def share(
    ask: Ask, start: str, months: str, since: str, until: str
) -> tuple[float, float, float] | None:
    """The share that got to the next stage in so many months; None where history is thin.

    None also where nobody was followed for so long.
    """
    found: Curve = ask("landing.curve", start, FOLLOWED_BY[start], "0", since, until)
    days = int(months) * MONTH
    if found.events < ask.setting("landing.enough") or found.times[-1] < days:
        return None
    return found.by(days)


def rates(ask: Ask, rate: str) -> Curve:
    """The history of a stage, or of those who came to it in some years: ``签约:2016-2020``."""
    start, since, until = rate_of(rate)
    found: Curve = ask("landing.curve", start, FOLLOWED_BY[start], "0", since, until)
    for months in MONTHS:
        ask("landing.share", start, str(months), since, until)
    return found


def rate_of(rate: str) -> tuple[str, str, str]:
    """The stage and the years of a rate.

    >>> rate_of("签约:2016-2020"), rate_of("签约")
    (('签约', '2016', '2020'), ('签约', '', ''))
    """
    start, _, years = rate.partition(":")
    since, _, until = years.partition("-")
    return start, since, until


# Published cohorts


def expected_share(rate: Number, window: float, gap: float) -> float:
    """The share reached by the day a cohort was looked at, at a constant rate a day.

    Members came in evenly over ``window`` days, the last of them ``gap`` days before that day.
    """
    left = math.exp(-rate * gap)
    if window:
        left *= (1 - math.exp(-rate * window)) / (rate * window)
    return 1 - left


def solved(wanted: float, of: Callable[[float], float]) -> float:
    """The rate a day at which an increasing function of it gives what is wanted."""
    low, high = 1e-9, 10.0
    for _ in range(200):
        middle = math.sqrt(low * high)
        low, high = (middle, high) if of(middle) < wanted else (low, middle)
    return low


def wilson(reached: float, count: float, level: float) -> tuple[float, float]:
    """The interval of Wilson (1927) for a share.

    >>> [round(end, 3) for end in wilson(107, 195, 0.95)]
    [0.479, 0.617]
    """
    z = NormalDist().inv_cdf((1 + level) / 2)
    part = reached / count
    middle = (part + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * math.sqrt(part * (1 - part) / count + z * z / 4 / count**2)
    return middle - half, middle + half


def prior(ask: Ask, start: str, goal: str) -> Prior | None:
    """What published cohorts say of a stage: one rate for all, from the lowest to the highest.

    The middle is the rate at which all of them together would have reached as many as they did;
    the ends are those of the intervals of each. None where no cohort is published.
    """
    rows = ask.rows("cohorts", ("from_stage", "to_stage"), (start, goal))
    level = ask.setting("landing.level")
    seen: list[tuple[float, float, float, float]] = []
    ends: list[float] = []
    for row in rows:
        entered, reached = (ask.number(row, name) or 0.0 for name in ("entered", "reached"))
        since, until, at = (ask.day(row, name) for name in ("since", "until", "observed"))
        assert since is not None and until is not None and at is not None
        window, gap = (until.last - since.first).days, (at.last - until.last).days
        seen.append((entered, reached, window, gap))
        ends += (solved(end, lambda r, w=window, g=gap: expected_share(r, w, g))  # type: ignore[misc]
                 for end in wilson(reached, entered, level))  # fmt: skip
    if not seen:
        return None
    whole = sum(reached for _, reached, _, _ in seen)
    middle = solved(whole, lambda rate: sum(n * expected_share(rate, w, g) for n, _, w, g in seen))
    names = tuple(str(ask.cell(row, "name")) for row in rows)
    told = dict.fromkeys(source for row in rows for source in row.sources)
    return Prior(names, middle, min(ends), max(ends), tuple(told))


# What may land


def chance(ask: Ask, project: str, days: str) -> Chance:
    """How likely a project that has not landed does within so many days."""
    stage = ask("project_stage", project)
    if stage not in BEFORE:
        return Chance(None, 0, 0, "landed")
    if ask("project.quiet", project) > ask.setting("landing.silent_days"):
        return Chance(None, 0, 0, "silent")
    began = _day(ask, ask("project.row", project), STAGE_DATES[STAGES.index(stage)])
    if began is not None:
        age = max(0, (ask.today().last - began.last).days)
        found: Curve = ask("landing.curve", stage, LANDED, str(age), "", "")
        if found.events >= ask.setting("landing.enough"):
            return Chance(*found.by(int(days)), "history")
    told: Prior | None = ask("landing.prior", stage, LANDED)
    if told is None:
        return Chance(None, 0, 0, "undated" if began is None else "thin")
    by = [1 - math.exp(-rate * int(days)) for rate in (told.middle, told.low, told.high)]
    return Chance(by[0], by[1], by[2], "prior")


def weighted(terms: Sequence[tuple[Number, Number]]) -> Number:
    """The sum of amounts times how likely each is."""
    return total([amount * likely for amount, likely in terms])


def quarter_ends(today: date, count: int) -> list[tuple[str, date]]:
    """The name and the last day of the quarter of a day and of those that follow.

    >>> [name for name, _ in quarter_ends(date(2026, 11, 25), 3)]
    ['2026Q4', '2027Q1', '2027Q2']
    """
    found = []
    at = today.year * 4 + (today.month - 1) // 3
    for number in range(at, at + count):
        year, quarter = divmod(number, 4)
        after = date(year + quarter // 3, (quarter * 3 + 3) % 12 + 1, 1)
        found.append((f"{year}Q{quarter + 1}", after - timedelta(days=1)))
    return found


def quarter(ask: Ask, name: str) -> Quarter:
    """What is expected to land in a quarter: planned investment times how likely each lands.

    The range is that of the rates, not of the luck of single projects. Raises KeyError for a
    quarter that has passed or lies too far ahead.
    """
    today = ask.today().last
    ends = dict(quarter_ends(today, int(ask.setting("landing.quarters"))))
    until = (ends[name] - today).days
    before = max(((end - today).days for end in ends.values() if end < ends[name]), default=0)
    parts: dict[str, list[tuple[float, float]]] = {"now": [], "start": [], "low": [], "high": []}
    counts = {"history": 0, "prior": 0}
    for project in ask("projects.all"):
        one: Chance = ask("landing.chance", project, str(until))
        amount = ask("project.number", project, "investment_100m_cny") if one.value else None
        if amount is None or one.value is None:
            continue
        first: Chance = ask("landing.chance", project, str(before))
        counts[one.rests_on] += 1
        for key, value in (("now", one.value), ("start", first.value or 0.0), ("low", one.low),
                           ("high", one.high)):  # fmt: skip
            parts[key].append((amount, value))
    by_then = ask.work("formula.landed_by", weighted, parts["now"])
    started = ask.work("formula.landed_before", weighted, parts["start"])
    low, high = (ask.work(f"formula.landed_{end}", weighted, parts[end]) for end in ("low", "high"))
    value = ask.work("", _difference, by_then, started)
    return Quarter(value, by_then, low, high, **counts)


def _difference(one: Number, other: Number) -> Number:
    return one - other


RULES: dict[str, Rule] = {
    "landing.spell": spell,
    "landing.spells": spells,
    "landing.curve": curve,
    "landing.share": share,
    "landing.rates": rates,
    "landing.prior": prior,
    "landing.chance": chance,
    "landing.quarter": quarter,
}
