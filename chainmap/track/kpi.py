"""The figures that a city is examined on, for a period; each a rule over the rows of the ledger.

A figure counts what the rows say. Rows that leave open whether they belong to it are counted
apart as unknown: the value is then the least that it can be. Where nothing is known it is None,
never 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chainmap.core.derivation import Ask, Rule
from chainmap.core.formula import Number, total
from chainmap.core.model import Row
from chainmap.track import facts
from chainmap.track.facts import Answer, Fact, Signing
from chainmap.track.periods import parse_period

TALK = ("洽谈", "会谈", "座谈", "会见", "商谈", "面谈", "恳谈")
PROVINCE = "fdi_province"  # a figure of targets: the foreign funds of the province
BY = ("chain", "district", "unit")
MUSD: Mapping[str, float] = {"百万美元": 1.0, "亿美元": 100.0, "万美元": 0.01}
# Every figure in the order of the page, with its unit; those of COUNTS are numbers of projects.
UNITS: Mapping[str, str] = {
    "signed_projects": "个", "signed_amount": "亿元", "signed_started": "个", "start_rate": "%",
    "fdi_contract": "百万美元", "fdi_arrived": "百万美元", "fdi_growth": "%", "fdi_share": "%",
    "global500_projects": "个", "china500_projects": "个", "domestic_large": "个",
    "domestic_listed": "个", "domestic_arrived": "亿元", "leader_visits": "次",
    "leader_talks": "次", "leader_signed_rate": "%",
}  # fmt: skip
COUNTS = (
    "signed_projects", "signed_started", "global500_projects", "china500_projects",
    "domestic_large", "domestic_listed",
)  # fmt: skip
WHOLE_ONLY = ("fdi_share", "leader_visits", "leader_talks", "leader_signed_rate")
TALENT = "talent."


def percent(part: Number, whole: Number) -> Number:
    """A part of a whole, in percent.

    >>> round(percent(100, 178), 1)
    56.2
    """
    return 100 * part / whole


def growth(now: Number, before: Number) -> Number:
    """By how many percent it grew."""
    return 100 * (now - before) / before


def points(now: Number, before: Number) -> Number:
    """By how much it changed: of two percentages, in percentage points."""
    return now - before


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure of a period.

    ``value`` is None where nothing is known. ``unknown`` rows leave open whether and how much
    they add; where there are some, and in sums of least amounts, ``lower_bound`` is set.
    ``sources`` are those of the rows that count.
    """

    value: float | None
    lower_bound: bool = False
    unknown: int = 0
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What a ref of a figure asks: ``figure:period[:vs=period][:by=group]``."""

    figure: str
    period: str
    versus: str = ""
    by: str = ""
    group: str = ""

    @property
    def spec(self) -> str:
        """The ref's words."""
        more = [f"vs={self.versus}"] if self.versus else []
        more += [f"{self.by}={self.group.replace('/', '／')}"] if self.by else []
        return ":".join((self.figure, self.period, *more))


def parse_asked(spec: str) -> Asked:
    """Read the words of a ref. Raises ValueError with the word that makes no sense."""
    figure, _, rest = spec.partition(":")
    period, _, rest = rest.partition(":")
    if figure not in UNITS and not figure.startswith(TALENT):
        raise ValueError(figure)
    name = parse_period(period).text
    versus = by = group = ""
    if rest.startswith("vs="):
        versus, _, rest = rest.removeprefix("vs=").partition(":")
        versus = parse_period(versus).text
    if rest:
        by, sign, group = rest.partition("=")
        if by not in BY or not sign or figure in WHOLE_ONLY or figure.startswith(TALENT):
            raise ValueError(rest)
    return Asked(figure, name, versus, by, group)


def projects_of(ask: Ask, by: str, group: str) -> tuple[Row, ...]:
    """The projects of a group, or all; each once, its newest visible row."""
    if not by:
        return ask.rows("projects", (), ())
    groups = ask.world.once(f"kpi/by/{by}", lambda: groups_of(ask.world.newest("projects"), by))
    return ask.rows("projects", (by,), (groups.get(group, group),))


def groups_of(rows: tuple[Row, ...], by: str) -> dict[str, str]:
    """The groups as refs write them, in order, each with its cell; a stroke would part a ref."""
    found = {row.text(by).replace("/", "／"): row.text(by) for row in rows}
    return dict(sorted(found.items(), key=lambda one: (one[0] == "", one[0])))


def measure(ask: Ask, figure: str, period: str, by: str, group: str) -> Measure:
    """A figure of a period, of a group of projects or of all."""
    if parse_period(period).first > ask.today().last:
        return Measure(None)
    if figure.startswith(TALENT):
        return _given(ask, "talent", period, figure.removeprefix(TALENT))
    if figure in facts.ADDS:
        return _summed(ask, figure, period, by, group)
    if figure == "start_rate":
        return _rate(ask, period, by, group)
    if figure == "fdi_share":
        return _share(ask, period)
    return {"leader_visits": _visits, "leader_talks": _talks}.get(figure, _leaders)(ask, period)


def _summed(ask: Ask, figure: str, period: str, by: str, group: str) -> Measure:
    rows = projects_of(ask, by, group)
    known: list[tuple[Row, Fact]] = []
    unknown = 0
    for row in rows:
        found = ask("kpi.adds", figure, row.text("project"), period)
        if isinstance(found, Fact):
            if found.value is None:
                unknown += 1
            else:
                known.append((row, found))
    sources = _sources(row for row, _ in known)
    if figure == "signed_started" and not ask("kpi.measure", "signed_projects", period, by,
                                              group).value:  # fmt: skip
        return Measure(None, False, unknown)
    if not rows or (not known and unknown):
        return Measure(None, unknown > 0, unknown)
    ask.say("kpi.of_projects", count=len(known), unknown=unknown)
    values = [fact.value for _, fact in known]
    value = float(len(known)) if figure in COUNTS else ask.work("", total, values)
    least = unknown > 0 or any(fact.lower_bound for _, fact in known)
    return Measure(value, least, unknown, sources)


def _sources(rows: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(source for row in rows for source in row.sources))


def _rate(ask: Ask, period: str, by: str, group: str) -> Measure:
    """How many of the large projects signed had begun by the end of the period."""
    signed: Measure = ask("kpi.measure", "signed_projects", period, by, group)
    begun: Measure = ask("kpi.measure", "signed_started", period, by, group)
    unknown = signed.unknown + begun.unknown
    if not signed.value or begun.value is None:
        return Measure(None, False, unknown)
    value = ask.work("", percent, begun.value, signed.value)
    return Measure(value, begun.unknown > 0, unknown, signed.sources)


def _share(ask: Ask, period: str) -> Measure:
    """Arrived foreign funds of the ledger as a share of the province's, where that is given."""
    mine: Measure = ask("kpi.measure", "fdi_arrived", period, "", "")
    whole = ask.rows("targets", ("period", "figure"), (parse_period(period).text, PROVINCE))
    for row in whole:
        scale = MUSD.get(str(ask.cell(row, "unit")))
        value = ask.number(row, "value")
        if scale is not None and value and mine.value is not None:
            share = ask.work("", percent, mine.value, value * scale)
            sources = tuple(dict.fromkeys((*mine.sources, *row.sources)))
            return Measure(share, mine.lower_bound, mine.unknown, sources)
    return Measure(None, False, mine.unknown)


def _given(ask: Ask, table: str, period: str, figure: str) -> Measure:
    """A figure that stands in a table as it was reported."""
    for row in ask.rows(table, ("period", "figure"), (parse_period(period).text, figure)):
        value = ask.number(row, "value")
        ask.cell(row, "unit")
        return Measure(value, False, 0, row.sources)
    return Measure(None)


# Visits and talks of leaders


def _of_period(ask: Ask, period: str) -> tuple[list[Row], int] | None:
    """The visits of a period and how many have no date.

    None where none is kept, or none before the period's end: the table was begun later.
    """
    rows = ask.rows("visits", (), ())
    if not rows:
        return None
    span = parse_period(period)
    end = span.until(ask.today().last)
    dated = [(row, ask.day(row, "date")) for row in rows]
    mine = [row for row, day in dated if day is not None and span.first <= day.last <= end]
    undated = sum(day is None for _, day in dated)
    if not undated and all(day is not None and day.last > end for _, day in dated):
        return None
    return mine, undated


def _visits(ask: Ask, period: str) -> Measure:
    """Visits and talks of leaders."""
    found = _of_period(ask, period)
    if found is None:
        return Measure(None)
    mine, undated = found
    return _number(mine, undated)


def _number(rows: list[Row], unknown: int) -> Measure:
    if not rows and unknown:
        return Measure(None, True, unknown)
    return Measure(float(len(rows)), unknown > 0, unknown, _sources(rows))


def _talks(ask: Ask, period: str) -> Measure:
    """Those of them of which the outcome says that talks were held."""
    found = _of_period(ask, period)
    if found is None:
        return Measure(None)
    mine, undated = found
    said = [(row, str(ask.cell(row, "outcome") or "")) for row in mine]
    talks = [row for row, text in said if any(word in text for word in TALK)]
    return _number(talks, undated + sum(not text for _, text in said))


def _leaders(ask: Ask, period: str) -> Measure:
    """Of the groups that were visited, how many signed a project from then to the period's end."""
    found = _of_period(ask, period)
    first: dict[str, Row] = {}
    for row in found[0] if found else ():
        firm = ask.cell(row, "firm")
        day = row.day("date")
        if firm and day is not None:
            group = ask("kpi.group", str(firm))[-1]
            held = first.get(group)
            day_held = held.day("date") if held is not None else None
            if day_held is None or day.last < day_held.last:
                first[group] = row
    if not first:
        return Measure(None)
    answers = {
        group: ask("kpi.came_of", group, row.text("visit"), period) for group, row in first.items()
    }
    signed = sum(answer is True for answer in answers.values())
    unknown = sum(answer is None for answer in answers.values())
    value = ask.work("", percent, signed, len(first))
    return Measure(value, unknown > 0, unknown, _sources(first.values()))


def came_of(ask: Ask, group: str, visit: str, period: str) -> Answer:
    """Whether a group signed a project between a visit and the end of a period."""
    (row,) = ask.rows("visits", ("visit",), (visit,))
    day = ask.day(row, "date")
    assert day is not None
    end = parse_period(period).until(ask.today().last)
    answers: list[Answer] = [False]
    for project in ask.rows("projects", (), ()):
        firm = project.text("firm")
        if not firm or ask("kpi.group", firm)[-1] != group:
            continue
        found: Signing | None = ask("kpi.signing", project.text("project"))
        if found is not None and found.when is not None:
            answers.append(day.last <= found.when.last <= end)
        elif found is not None and found.latest is not None and found.latest.last >= day.last:
            answers.append(None)
    return facts.any_of(*answers)


# One line of the page


@dataclass(frozen=True, slots=True)
class Line:
    """A figure with what it is compared with; ``change`` is in the figure's unit or in points."""

    value: float | None
    lower_bound: bool
    unknown: int
    unit: str
    period: str
    compared: str | None
    compared_value: float | None
    compared_unknown: int | None
    compared_lower_bound: bool | None
    change: float | None
    growth: float | None
    target: float | None
    done: float | None
    sources: tuple[str, ...]
    cut: str | None
    by: str | None
    group: str | None


def line(ask: Ask, spec: str) -> Line:
    """A figure of a period, beside another period and the target where there are such."""
    asked = parse_asked(spec)
    span = parse_period(asked.period)
    today = ask.today().last
    before = parse_period(asked.versus).like(span, today) if asked.versus else None
    now, then = _pair(ask, asked, span.key, before.key if before else None)
    change = grown = None
    if then is not None and now.value is not None and then.value is not None:
        change = ask.work("formula.kpi_change", points, now.value, then.value)
        if asked.figure != "fdi_growth" and _unit(ask, asked) != "%" and then.value > 0:
            grown = ask.work("formula.kpi_growth", growth, now.value, then.value)
    target = done = None
    if not asked.by:
        aim: Measure = ask("kpi.target", asked.figure, span.text)
        target = aim.value
        if target and now.value is not None:
            done = ask.work("formula.kpi_done", percent, now.value, target)
    cut = span.until(today)
    sources = (*now.sources, *(then.sources if then else ()))
    return Line(
        now.value, now.lower_bound, now.unknown, _unit(ask, asked), span.text,
        before.text if before else None, then.value if then else None,
        then.unknown if then else None, then.lower_bound if then else None,
        change, grown, target, done,
        tuple(dict.fromkeys(sources)), cut.isoformat() if cut < span.last else None,
        asked.by or None, asked.group if asked.by else None,
    )  # fmt: skip


def _pair(ask: Ask, asked: Asked, now: str, then: str | None) -> tuple[Measure, Measure | None]:
    name = "kpi.growth" if asked.figure == "fdi_growth" else "kpi.measure"
    figure = "fdi_arrived" if asked.figure == "fdi_growth" else asked.figure
    mine: Measure = ask(name, figure, now, asked.by, asked.group)
    return mine, ask(name, figure, then, asked.by, asked.group) if then else None


def year_on_year(ask: Ask, figure: str, period: str, by: str, group: str) -> Measure:
    """By how many percent a figure is above that of the same period of the year before."""
    span = parse_period(period)
    if int(span.text[:4]) <= 1:
        return Measure(None)
    last = span.year_before()
    before = last.like(span, min(ask.today().last, span.cut or span.last))
    now: Measure = ask("kpi.measure", figure, period, by, group)
    then: Measure = ask("kpi.measure", figure, before.key, by, group)
    unknown = now.unknown + then.unknown
    if now.value is None or then.value is None or then.value <= 0:
        return Measure(None, False, unknown)
    sources = tuple(dict.fromkeys((*now.sources, *then.sources)))
    return Measure(ask.work("", growth, now.value, then.value), False, unknown, sources)


def target(ask: Ask, figure: str, period: str) -> Measure:
    """The target of a figure, where one is set in the figure's own unit."""
    for row in ask.rows("targets", ("period", "figure"), (period, figure)):
        if ask.cell(row, "unit") == UNITS.get(figure, row.text("unit")):
            return Measure(ask.number(row, "value"), False, 0, row.sources)
    return Measure(None)


def _unit(ask: Ask, asked: Asked) -> str:
    if asked.figure in UNITS:
        return UNITS[asked.figure]
    name = asked.figure.removeprefix(TALENT)
    rows = ask.rows("talent", ("figure",), (name,))
    return str(ask.cell(rows[-1], "unit") or "") if rows else ""


RULES: dict[str, Rule] = {
    "kpi.line": line,
    "kpi.measure": measure,
    "kpi.growth": year_on_year,
    "kpi.target": target,
    "kpi.adds": facts.adds,
    "kpi.signing": facts.signing,
    "kpi.signed": facts.signed_in,
    "kpi.begun": facts.begun_by,
    "kpi.size": facts.size,
    "kpi.reaches": facts.reaches,
    "kpi.domestic": facts.domestic,
    "kpi.group": facts.group_of,
    "kpi.listed": facts.listed,
    "kpi.cell": facts.cell,
    "kpi.came_of": came_of,
}
