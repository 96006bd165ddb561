"""What one project adds to a figure: yes, no, or not known; each answer through ``ask``.

A condition is True, False, or None where no row says. A project of which one condition is
False adds nothing; of which one is None, it is counted among the unknown. Nothing is taken
to be 0 because nobody wrote it down.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from chainmap.core.dates import Day
from chainmap.core.derivation import Ask
from chainmap.core.formula import Number
from chainmap.core.model import Row
from chainmap.core.schema import STAGES
from chainmap.core.world import World
from chainmap.track.periods import Period, parse_period

Answer = bool | None
SIGNED = STAGES[2:7]  # 签约 and on
BEGUN = STAGES[3:7]  # 开工 and on
BEGINNINGS = ("started", "building", "produced", "full_output")
HOME = ("中国", "China")
LISTS = ("china500", "private500", "central_soe")


@dataclass(frozen=True, slots=True)
class Fact:
    """What a project adds: a number, None where it is unknown; or at least that number."""

    value: float | None
    lower_bound: bool = False


@dataclass(frozen=True, slots=True)
class Signing:
    """When a project was signed; where no one wrote it down, the latest day it can have been."""

    when: Day | None
    latest: Day | None = None

    def __str__(self) -> str:
        return self.when.text if self.when else f"<= {self.latest}"


def all_of(*answers: Answer) -> Answer:
    """True where all are, False where one is, None otherwise."""
    if False in answers:
        return False
    return None if None in answers else True


def any_of(*answers: Answer) -> Answer:
    """True where one is, False where all are, None otherwise."""
    if True in answers:
        return True
    return None if None in answers else False


def project_row(ask: Ask, project: str) -> Row:
    """The newest visible row of a project: several rows of one id are one project."""
    row: Row = ask.rows("projects", ("project",), (project,))[-1]
    return row


def dates_of(ask: Ask, row: Row) -> list[Day]:
    """The dates on which work began or went on, as far as they have come."""
    today = ask.today().last
    found = (ask.day(row, name) for name in BEGINNINGS if row.day(name))
    return [day for day in found if day is not None and day.last <= today]


def signing(ask: Ask, project: str) -> Signing | None:
    """When a project was signed; None where it never was, as far as its row says.

    A project that ended stays signed by its date. Without a date, its stage or the date of a
    later stage shows that it was.
    """
    row = project_row(ask, project)
    when = ask.day(row, "signed")
    if when is not None:
        return Signing(when)
    later = dates_of(ask, row)
    if not later and ask.cell(row, "stage") not in SIGNED:
        return None
    as_of = ask.day(row, "as_of")
    assert as_of is not None
    return Signing(None, min([as_of, *later], key=lambda day: day.last))


def signed_in(ask: Ask, project: str, period: str) -> Answer:
    """Whether a project was signed in a period."""
    span = parse_period(period)
    found: Signing | None = ask("kpi.signing", project)
    if found is None:
        return False
    if found.when is not None:
        return span.first <= found.when.last <= span.until(ask.today().last)
    assert found.latest is not None
    return None if found.latest.last >= span.first else False


def signed_by(ask: Ask, project: str, day: date) -> Answer:
    """Whether a project was signed by a day."""
    found: Signing | None = ask("kpi.signing", project)
    if found is None:
        return False
    if found.when is not None:
        return found.when.last <= day
    assert found.latest is not None
    return True if found.latest.last <= day else None


def begun_by(ask: Ask, project: str, by: str) -> Answer:
    """Whether work had begun, or it ran, by a day: by dates, else by the stage of its row.

    A project that ended counts only where a date says that it had begun.
    """
    row, day = project_row(ask, project), date.fromisoformat(by)
    if any(found.last <= day for found in dates_of(ask, row)):
        return True
    if ask.day(row, "started") is not None:
        return False
    if ask.cell(row, "stage") not in BEGUN and not dates_of(ask, row):
        return False
    as_of = ask.day(row, "as_of")
    assert as_of is not None
    return True if as_of.last <= day else None


def size(ask: Ask, project: str) -> Fact:
    """Planned investment in 亿元; of a project with a foreign sum only, at least that much."""
    row = project_row(ask, project)
    amount = ask.number(row, "investment_100m_cny")
    if amount is not None:
        return Fact(amount)
    foreign = ask.number(row, "foreign_musd")
    rates = ask.rows("rates", ("currency",), ("USD",)) if foreign is not None else ()
    if foreign is None or not rates:
        return Fact(None)
    newest = max(rates, key=lambda rate: rate.number("year") or 0)
    ask.cell(newest, "year")
    cny = ask.number(newest, "cny")
    return Fact(ask.work("", in_100m_cny, foreign, cny), True)


def in_100m_cny(millions: Number, rate: Number) -> Number:
    """Millions of a currency in 亿元."""
    return millions * rate / 100


def reaches(ask: Ask, project: str, limit: str) -> Answer:
    """Whether a project's investment reaches a limit of scoring.yaml."""
    found: Fact = ask("kpi.size", project)
    if found.value is None:
        return None
    if found.value >= ask.setting(f"kpi.{limit}"):
        return True
    return None if found.lower_bound else False


def domestic(ask: Ask, project: str) -> Answer:
    """Whether a project's money is domestic: no foreign sum, and a firm of this country.

    Hong Kong, Macao and Taiwan count as foreign, as the statistics of foreign funds count them.
    """
    row = project_row(ask, project)
    foreign = ask.number(row, "foreign_musd")
    if foreign is not None:
        return foreign == 0
    firm = ask.cell(row, "firm")
    for found in ask.rows("firms", ("firm",), (str(firm),)) if firm else ():
        if ask.cell(found, "ownership") == "foreign":
            return False
        country = ask.cell(found, "country")
        if country is not None:
            return country in HOME
        return True if found.text("ownership") else None
    return None


def foreign_too(ask: Ask, project: str) -> Answer:
    """Whether a project has foreign money."""
    answer: Answer = ask("kpi.domestic", project)
    return None if answer is None else not answer


def group_of(ask: Ask, firm: str) -> tuple[str, ...]:
    """A firm and whom it belongs to, the ultimate parent last."""
    found = [firm]
    while rows := ask.rows("firms", ("firm",), (found[-1],)):
        parent = ask.cell(rows[0], "parent")
        if not parent or parent in found:
            break
        found.append(str(parent))
    return tuple(found)


def listed(ask: Ask, project: str, name: str, period: str) -> Answer:
    """Whether a project's firm, or whom it belongs to, stands on a list.

    On the newest list up to the end of the period; on the oldest where all are later.
    """
    places = ask.world.rows("lists", ("list",), (name,))
    firm = ask.cell(project_row(ask, project), "firm")
    if not firm or not places:
        return None
    year = year_of_list(ask, name, period)
    for one in ask("kpi.group", str(firm)):
        for place in ask.rows("lists", ("list", "firm", "year"), (name, one, year)):
            for column in ("list", "year", "rank"):
                ask.cell(place, column)
            return True
    return False


def year_of_list(ask: Ask, name: str, period: str) -> str:
    """The year of a list that counts for a period; the list must have one."""
    end = parse_period(period).until(ask.today().last)
    places = ask.world.rows("lists", ("list",), (name,))
    years = ask.world.once(f"kpi/{name}", lambda: sorted({int(p.text("year")) for p in places}))
    before = [year for year in years if year <= end.year]
    return str(before[-1] if before else years[0])


def then(ask: Ask, project: str, column: str, day: date) -> float | None:
    """A cell as the newest row of a day had it; None where there was none, or it was empty."""
    world = ask.world

    def past() -> World:
        made = World(world.workspace, Day(day.isoformat(), day, day))
        made.supposed = f"as_of <= {day.isoformat()}"
        return made

    value: float | None = ask.elsewhere(
        world.once(f"kpi/{day.isoformat()}", past), "kpi.cell", project, column
    )
    return value


def cell(ask: Ask, project: str, column: str) -> float | None:
    """A number of a project's newest visible row."""
    rows = ask.rows("projects", ("project",), (project,))
    return ask.number(rows[-1], column) if rows else None


def rise(ask: Ask, project: str, column: str, period: Period, fresh: bool) -> Fact:
    """How much a running total rose within a period; ``fresh``: it stood at nothing before."""
    now = then(ask, project, column, period.until(ask.today().last))
    if now is None:
        ask.say("kpi.lacks.now")
    if now is None or fresh:
        return Fact(now)
    before = then(ask, project, column, period.eve)
    if before is None:
        ask.say("kpi.lacks.before")
    return Fact(None if before is None else ask.work("", rose, now, before))


def rose(now: Number, before: Number) -> Number:
    """By how much a running total rose."""
    return now - before


def counted(answer: Answer) -> Fact | bool:
    """One project, none, or an unknown one."""
    return Fact(None) if answer is None else Fact(1.0) if answer else False


def all_known(ask: Ask, **answers: Answer) -> Answer:
    """All of the answers; says which is lacking where that leaves it open."""
    answer = all_of(*answers.values())
    if answer is None:
        lacking = next(name for name, one in answers.items() if one is None)
        ask.say(f"kpi.lacks.{lacking}")
    return answer


# What a project adds to each figure


def signed_project(ask: Ask, project: str, period: str) -> Fact | bool:
    """A large project signed in the period."""
    signed = ask("kpi.signed", project, period)
    if signed is False:
        return False
    size = ask("kpi.reaches", project, "large")
    return counted(all_known(ask, signed=signed, size=size))


def signed_amount(ask: Ask, project: str, period: str) -> Fact | bool:
    """The investment of a large project signed in the period."""
    found = ask("kpi.adds", "signed_projects", project, period)
    if not found or found.value is None:
        return found  # type: ignore[no-any-return]
    amount: Fact = ask("kpi.size", project)
    return amount


def signed_and_begun(ask: Ask, project: str, period: str) -> Fact | bool:
    """A large project signed in the period on which work had begun by its end."""
    found = ask("kpi.adds", "signed_projects", project, period)
    if not found or found.value is None:
        return False
    end = parse_period(period).until(ask.today().last)
    return counted(all_known(ask, begun=ask("kpi.begun", project, end.isoformat())))


def on_list(name: str) -> Callable[[Ask, str, str], Fact | bool]:
    """A project signed in the period by a firm of a list."""

    def adds(ask: Ask, project: str, period: str) -> Fact | bool:
        signed = ask("kpi.signed", project, period)
        if signed is False:
            return False
        return counted(all_known(ask, signed=signed, firm=ask("kpi.listed", project, name, period)))

    return adds


def domestic_large(ask: Ask, project: str, period: str) -> Fact | bool:
    """A very large domestic project signed in the period."""
    signed = ask("kpi.signed", project, period)
    if signed is False:
        return False
    home = ask("kpi.domestic", project)
    size = ask("kpi.reaches", project, "huge")
    return counted(all_known(ask, signed=signed, money=home, size=size))


def domestic_listed(ask: Ask, project: str, period: str) -> Fact | bool:
    """A domestic project signed in the period by a firm of one of the country's lists."""
    signed = ask("kpi.signed", project, period)
    if signed is False:
        return False
    on = any_of(*(ask("kpi.listed", project, name, period) for name in LISTS))
    home = ask("kpi.domestic", project)
    return counted(all_known(ask, signed=signed, money=home, firm=on))


def fdi_contract(ask: Ask, project: str, period: str) -> Fact | bool:
    """The foreign sum of a project signed in the period, million USD."""
    signed = ask("kpi.signed", project, period)
    if signed is False:
        return False
    answer = all_known(ask, signed=signed, money=foreign_too(ask, project))
    if not answer:
        return Fact(None) if answer is None else False
    amount = ask("kpi.cell", project, "foreign_musd")
    if amount is None:
        ask.say("kpi.lacks.size")
    return Fact(amount)


def fdi_arrived(ask: Ask, project: str, period: str) -> Fact | bool:
    """The foreign sum that came in within the period, million USD.

    A foreign sum counts as arrived once work has begun; what the ledger said before the period
    is taken off.
    """
    span = parse_period(period)
    foreign = foreign_too(ask, project)
    if foreign is False:
        return False
    end = span.until(ask.today().last)
    begun = ask("kpi.begun", project, end.isoformat())
    answer = all_known(ask, money=foreign, begun=begun)
    if not answer:
        return Fact(None) if answer is None else False
    before = ask("kpi.begun", project, span.eve.isoformat())
    if all_known(ask, begun=before) is None:
        return Fact(None)
    return rise(ask, project, "foreign_musd", span, not before)


def domestic_arrived(ask: Ask, project: str, period: str) -> Fact | bool:
    """The domestic money that came in within the period, 亿元, of projects that are counted.

    The ledger keeps a running total: what it said before the period is taken off, nothing where
    the project was signed in it.
    """
    span = parse_period(period)
    if ask("kpi.domestic", project) is False or ask("kpi.reaches", project, "counted") is False:
        return False
    signed = signed_by(ask, project, span.until(ask.today().last))
    home, size = ask("kpi.domestic", project), ask("kpi.reaches", project, "counted")
    answer = all_known(ask, money=home, size=size, signed=signed)
    if not answer:
        return Fact(None) if answer is None else False
    found: Signing = ask("kpi.signing", project)
    fresh = found.when is not None and found.when.last >= span.first
    return rise(ask, project, "arrived_100m_cny", span, fresh)


ADDS: dict[str, Callable[[Ask, str, str], Fact | bool]] = {
    "signed_projects": signed_project,
    "signed_amount": signed_amount,
    "signed_started": signed_and_begun,
    "fdi_contract": fdi_contract,
    "fdi_arrived": fdi_arrived,
    "global500_projects": on_list("global500"),
    "china500_projects": on_list("china500"),
    "domestic_large": domestic_large,
    "domestic_listed": domestic_listed,
    "domestic_arrived": domestic_arrived,
}


def adds(ask: Ask, figure: str, project: str, period: str) -> Fact | bool:
    """What a project adds to a figure of a period."""
    return ADDS[figure](ask, project, period)
