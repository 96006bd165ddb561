"""Guards of the ledger: one project counts once, and its figures do not contradict each other.

Each rule gives problems with both rows: where the one stands, and the line of the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from chainmap.core.dates import Day
from chainmap.core.derivation import Ask, Rule
from chainmap.core.formula import Number, total
from chainmap.core.model import Row
from chainmap.core.problems import Place, Problem, problem
from chainmap.core.schema import STAGE_DATES, STAGES
from chainmap.core.words import figure
from chainmap.core.world import World
from chainmap.track.sameness import Named, Sameness, folded

USD = "USD"


def named(ask: Ask, project: str) -> Named:
    """How a row names its project, with the names of its firm and of the firm's group."""
    row: Row = ask("project.row", project)
    firm = str(ask.cell(row, "firm") or "")
    group = ask.world.group(firm) if firm else ""
    link = f"{row.text('chain')}/{row.text('link')}" if row.text("link") else ""
    days = [day.last.year for column in STAGE_DATES[:-1] if (day := row.day(column)) is not None]
    words = [word for one in dict.fromkeys((firm, group)) if one for word in _names(ask, one)]
    return Named(
        str(ask.cell(row, "name")),
        group,
        tuple(dict.fromkeys(words)),
        row.many("partners"),
        link,
        str(ask.cell(row, "district") or ""),
        min(days, default=row.as_of.year),
    )


def _names(ask: Ask, firm: str) -> Iterator[str]:
    for row in ask.rows("firms", ("firm",), (firm,)):
        yield str(ask.cell(row, "name"))
        yield from row.many("aliases")


def sameness_in(world: World) -> Sameness:
    """What compares rows, made once: also those that are not in the ledger yet."""

    def made() -> Sameness:
        districts = [row.text("district") for row in world.newest("districts")]
        around = [place for place in (world.workspace.region, *world.workspace.within) if place]
        return Sameness(districts, around, lambda name: world.settings[f"same.{name}"])

    return world.once("sameness", made)


def _sameness(ask: Ask) -> Sameness:
    """The same, with all that it goes by on record."""
    ask.rows("districts", (), ())
    settings = ask.world.settings
    for name in ask.world.once("sameness/settings", lambda: sorted(settings.group("same"))):
        ask.setting(f"same.{name}")
    return sameness_in(ask.world)


def likeness(ask: Ask, one: str, other: str) -> float:
    """How alike two projects are, from 0 to 1."""
    return _sameness(ask).compare(ask("project.named", one), ask("project.named", other)).value


def apart(ask: Ask, one: str, other: str) -> bool:
    """Whether someone found that two projects are not one, with the reason."""
    rows = [row for pair in ((one, other), (other, one))
            for row in ask.rows("apart", ("project", "other"), pair)]  # fmt: skip
    for row in rows:
        ask.cell(row, "because")
    return bool(rows)


def phase_of(ask: Ask, part: str, whole: str) -> bool:
    """Whether a project is a numbered phase of another."""
    return _sameness(ask).is_phase_of(ask("project.named", part), ask("project.named", whole))


def everyone(ask: Ask) -> tuple[str, ...]:
    """Every project with a visible row, in the order of the table."""
    return tuple(row.text("project") for row in ask.rows("projects", (), ()))


def pairs(ask: Ask) -> tuple[tuple[str, str], ...]:
    """Pairs worth comparing: of one group, or with a rare pair of signs in common.

    Of two firms, neither a partner of the other, none can be one project; so rows without a firm
    and rows with partners are also held against all that have two signs in a row in common,
    which not too many others have.
    """
    groups: dict[str, list[str]] = {}
    signs: dict[str, list[str]] = {}
    free: set[str] = set()
    order = {project: at for at, project in enumerate(ask("projects.all"))}
    for project in order:
        one: Named = ask("project.named", project)
        if one.group:
            groups.setdefault(one.group, []).append(project)
        if not one.group or one.others:
            free.add(project)
        text = folded(one.name)
        for at in range(len(text) - 1):
            signs.setdefault(text[at : at + 2], []).append(project)
    found = {pair for mine in groups.values() for pair in combinations(mine, 2)}
    common = ask.setting("same.common")
    for mine in signs.values():
        if len(mine) <= common:
            once = sorted(set(mine), key=order.__getitem__)
            found |= {pair for pair in combinations(once, 2) if free & set(pair)}
    return tuple(sorted(found, key=lambda pair: (order[pair[0]], order[pair[1]])))


def by_project(ask: Ask) -> dict[str, tuple[str, ...]]:
    """The projects that each is compared with."""
    found: dict[str, list[str]] = {}
    for one, other in ask("projects.pairs"):
        found.setdefault(one, []).append(other)
        found.setdefault(other, []).append(one)
    return {project: tuple(others) for project, others in found.items()}


def rivals(ask: Ask, project: str) -> tuple[str, ...]:
    """The projects that this one is compared with."""
    mine: tuple[str, ...] = ask("projects.rivals").get(project, ())
    return mine


def doubts(ask: Ask, project: str) -> tuple[Problem, ...]:
    """What the guards say of a project."""
    return (
        *_twice(ask, project),
        *_parts(ask, project),
        *_more_arrived(ask, project),
        *_out_of_order(ask, project),
        *_two_currencies(ask, project),
        *_versions(ask, project),
    )


def _at(row: Row) -> Place:
    return Place(row.file, row.line)


def _twice(ask: Ask, project: str) -> Iterator[Problem]:
    """P101, P106: another row is the same project; where both are signed it would count twice."""
    row: Row = ask("project.row", project)
    for rival in ask("project.rivals", project):
        value: float = ask("project.likeness", *sorted((project, rival)))
        if value < ask.setting("same.at") or ask("project.apart", *sorted((project, rival))):
            continue
        other: Row = ask("project.row", rival)
        yield problem(
            "P101", _at(row), name=row.text("name"), other=other.line,
            other_name=other.text("name"), likeness=figure(value, 2),
        )  # fmt: skip
        yield from _signed_twice(ask, row, other)


def _signed_twice(ask: Ask, row: Row, other: Row) -> Iterator[Problem]:
    mine, theirs = ask.day(row, "signed"), ask.day(other, "signed")
    if mine and theirs and _apart(mine, theirs):
        yield problem("P106", _at(row), signed=mine.text, other=other.line,
                      other_signed=theirs.text)  # fmt: skip


def _apart(one: Day, other: Day) -> bool:
    """Whether two dates, as far as they are known, cannot be one day."""
    return one.last < other.first or other.last < one.first


def _parts(ask: Ask, project: str) -> Iterator[Problem]:
    """P102: the phases of a project come to more than its total."""
    row: Row = ask("project.row", project)
    whole = ask.number(row, "investment_100m_cny")
    if whole is None:
        return
    parts = [one for one in ask("project.rivals", project) if ask("project.phase_of", one, project)]
    rows = [ask("project.row", one) for one in parts]
    known = [(one, amount) for one in rows
             if (amount := ask.number(one, "investment_100m_cny")) is not None]  # fmt: skip
    if not known:
        return
    added = ask.work("formula.phases", total, [amount for _, amount in known])
    if added > whole * (1 + ask.setting("guards.tolerance")):
        lines = "、".join(str(one.line) for one, _ in known)
        yield problem("P102", _at(row), name=row.text("name"), total=figure(whole, 2),
                      sum=figure(added, 2), other=lines)  # fmt: skip


def _more_arrived(ask: Ask, project: str) -> Iterator[Problem]:
    """P103: more has arrived than was planned."""
    row: Row = ask("project.row", project)
    arrived, whole = (ask.number(row, f"{name}_100m_cny") for name in ("arrived", "investment"))
    if arrived is None or whole is None:
        return
    if arrived > whole * (1 + ask.setting("guards.tolerance")):
        yield problem("P103", _at(row), arrived=figure(arrived, 2), total=figure(whole, 2))


def _out_of_order(ask: Ask, project: str) -> Iterator[Problem]:
    """P104: a later stage has an earlier date."""
    row: Row = ask("project.row", project)
    dated = [(zh, day) for zh, column in zip(STAGES, STAGE_DATES, strict=True)
             if column in row.cells and (day := ask.day(row, column)) is not None]  # fmt: skip
    for (earlier, early), (later, late) in combinations(dated, 2):
        if late.last < early.first:
            yield problem("P104", _at(row), later=later, late=late.text, earlier=earlier,
                          early=early.text)  # fmt: skip


def in_cny(musd: Number, rate: Number) -> Number:
    """Millions of dollars as 亿元: a hundred millions are one 亿."""
    return musd * rate / 100


def rate(ask: Ask, year: str) -> Row | None:
    """The row with the dollar's rate of a year, or of the nearest year not too far from it."""
    far = ask.setting("guards.rate_years")
    rows = [(abs(int(row.text("year")) - int(year)), row.text("year"), row)
            for row in ask.rows("rates", ("currency",), (USD,))]  # fmt: skip
    near = [one for one in rows if one[0] <= far]
    return min(near, key=lambda one: one[:2])[2] if near else None


def foreign(ask: Ask, project: str) -> float | None:
    """The foreign funds of a project in 亿元, at the rate of its year."""
    row: Row = ask("project.row", project)
    musd = ask.number(row, "foreign_musd")
    if musd is None:
        return None
    one: Named = ask("project.named", project)
    told = ask("projects.rate", str(one.year))
    if told is None:
        return None
    value: float = ask.work("", in_cny, musd, ask.number(told, "cny"))
    return value


def _two_currencies(ask: Ask, project: str) -> Iterator[Problem]:
    """P105, P108: foreign funds above the total, or the same sum on another row of the group."""
    row: Row = ask("project.row", project)
    cny: float | None = ask("project.foreign", project)
    if cny is None:
        return
    musd, slack = ask.number(row, "foreign_musd"), ask.setting("guards.rate_tolerance")
    words = {"musd": f"{musd:g}", "cny": figure(cny, 2)}
    whole = ask.number(row, "investment_100m_cny")
    one: Named = ask("project.named", project)
    if whole is not None and cny > whole * (1 + slack):
        told: Row = ask("projects.rate", str(one.year))
        yield problem("P105", _at(row), **words, other=told.line, total=figure(whole, 2))
    for rival in ask("project.rivals", project) if whole is None else ():
        other: Row = ask("project.row", rival)
        theirs = ask.number(other, "investment_100m_cny")
        if theirs is None or ask.number(other, "foreign_musd") is not None:
            continue
        near = abs(theirs - cny) <= slack * max(theirs, cny)
        links = {one.link, ask("project.named", rival).link} - {""}
        if near and len(links) < 2:
            yield problem("P108", _at(row), **words, other=other.line, total=figure(theirs, 2))


def _versions(ask: Ask, project: str) -> Iterator[Problem]:
    """P106, P107: an earlier row of the same project was signed on another day, or went further."""
    *before, row = ask.versions("projects", ("project",), (project,))
    for other in before:
        yield from _signed_twice(ask, row, other)
        was, now = str(ask.cell(other, "stage") or ""), str(ask.cell(row, "stage") or "")
        if was and now and was != STAGES[-1] and STAGES.index(now) < STAGES.index(was):
            yield problem("P107", _at(row), was=was, now=now, other=other.line)


RULES: dict[str, Rule] = {
    "project.named": named,
    "project.likeness": likeness,
    "project.apart": apart,
    "project.phase_of": phase_of,
    "project.rivals": rivals,
    "project.foreign": foreign,
    "project.doubts": doubts,
    "projects.all": everyone,
    "projects.pairs": pairs,
    "projects.rivals": by_project,
    "projects.rate": rate,
}
