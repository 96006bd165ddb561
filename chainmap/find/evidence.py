"""Evidence on a link: production rows, supply, demand, and whether it is made here.

Rules of DESIGN sections 3 and 4.2. Each takes ``ask`` and ids, and reads through ``ask`` only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from chainmap.core.dates import years_later
from chainmap.core.derivation import Ask
from chainmap.core.formula import Number, total
from chainmap.core.model import ACTIVE, Row
from chainmap.core.schema import STAGE_DATES, STAGES

MONEY = "亿元"
LINK = ("chain", "link")
CHARACTERS = ("strong", "weak", "present", "missing")
RUNNING = ("投产", "达产")
COMING = ("签约", "开工", "建设")


@dataclass(frozen=True, slots=True)
class Producer:
    """A production row: the firm, and the row that shows it (a site or a project)."""

    firm: str
    row: Row
    output: float | None
    unit: str


@dataclass(frozen=True, slots=True)
class Supply:
    """S and S_low in ``unit``; ``known`` is None where S is unknown."""

    known: float | None
    low: float
    unit: str | None
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Demand:
    """D in ``unit``; None where unknown. ``rows`` and ``sources`` stand behind it."""

    value: float | None
    unit: str | None
    lower_bound: bool = False
    alternative: bool = False
    derived: bool = False
    rows: tuple[Row, ...] = ()
    sources: tuple[str, ...] = ()


def stage_now(ask: Ask, row: Row) -> str:
    """A project's stage at the study date: the furthest of its stage and its dated stages."""
    today = ask.today().last
    stated = ask.cell(row, "stage")
    ended = ask.day(row, "ended")
    if stated == "终止" or (ended is not None and ended.last <= today):
        return "终止"
    reached = [STAGES.index(str(stated))] if stated else []
    for at, column in enumerate(STAGE_DATES[:-1]):
        day = row.day(column)
        if day is not None and day.last <= today:
            ask.cell(row, column)
            reached.append(at)
    return STAGES[max(reached)] if reached else ""


def project_stage(ask: Ask, project: str) -> str:
    """A project's stage at the study date, by its id; empty where none is visible."""
    rows = ask.rows("projects", ("project",), (project,))
    return stage_now(ask, rows[-1]) if rows else ""


def producing(ask: Ask, chain: str, link: str) -> tuple[Producer, ...]:
    """Production rows of a link: running sites, and running projects of firms without a site."""
    today = ask.today().last
    found: list[Producer] = []
    for row in ask.rows("presence", LINK, (chain, link)):
        if row.text("activity") != "production":
            continue
        if row.runs(today):
            ask.cell(row, "activity")
            output = ask.number(row, "output")
            found.append(Producer(row.text("firm"), row, output, row.text("output_unit")))
    sited = {producer.firm for producer in found}
    found += [
        Producer(row.text("firm"), row, None, "")
        for row in ask.rows("projects", LINK, (chain, link))
        if stage_now(ask, row) in RUNNING and row.text("firm") not in sited
    ]
    return tuple(found)


def live(ask: Ask, chain: str, link: str, wanted: Callable[[Row], bool], life: str) -> list[Row]:
    """Findings on a link that pass the test and are still live, oldest first."""
    today: date = ask.today().last
    rows = [row for row in ask.rows("findings", LINK, (chain, link)) if wanted(row)]
    if not rows:
        return []
    years = ask.setting(life)
    return sorted(
        (row for row in rows if years_later(row.as_of, years) >= today), key=ask.world.age
    )


def newest_figure(ask: Ask, chain: str, link: str, column: str) -> Row | None:
    """The newest live finding that states a supply or a demand."""
    rows = live(
        ask, chain, link, lambda row: row.number(column) is not None, "status.finding_life_years"
    )
    return rows[-1] if rows else None


def newest_character(ask: Ask, chain: str, link: str) -> Row | None:
    """The newest live finding with status strong, weak, present or missing (rule 3)."""
    rows = live(
        ask,
        chain,
        link,
        lambda row: row.text("status") in CHARACTERS,
        "status.finding_life_years",
    )
    return rows[-1] if rows else None


def supply(ask: Ask, chain: str, link: str) -> Supply:
    """S and S_low of a link."""
    producers: tuple[Producer, ...] = ask("producing", chain, link)
    stated = newest_figure(ask, chain, link, "supply")
    if stated is not None and all(stated.as_of >= p.row.as_of for p in producers):
        value = ask.number(stated, "supply")
        assert value is not None
        unit = str(ask.cell(stated, "unit"))
        ask.say("supply.stated", value=value, unit=unit)
        return Supply(value, value, unit, (stated,))
    known = [p for p in producers if p.output is not None]
    units = {p.unit for p in known}
    rows = tuple(p.row for p in producers)
    if len(units) > 1:
        ask.say("supply.mixed", units=sorted(units))
        return Supply(None, 0.0, None, rows)
    low = ask.work("formula.s_low", total, [p.output for p in known])
    unit_or_none = units.pop() if units else None
    whole = bool(producers) and len(known) == len(producers) and low > 0
    if not producers:
        ask.say("supply.none")
    elif whole:
        ask.say("supply.sum", value=low, unit=unit_or_none, count=len(known))
    else:
        ask.say("supply.part", value=low, unit=unit_or_none or "", known=len(known),
                count=len(producers))  # fmt: skip
    return Supply(low if whole else None, low, unit_or_none, rows)


def made_here(ask: Ask, chain: str, link: str) -> bool:
    """Whether a link is made in the region, told without its status."""
    override = visible_override(ask, chain, link)
    if override is not None:
        return override in ACTIVE
    mine: Supply = ask("supply", chain, link)
    if mine.low > 0 or ask("producing", chain, link):
        return True
    finding = newest_character(ask, chain, link)
    return finding is not None and ask.cell(finding, "status") in ACTIVE


def visible_override(ask: Ask, chain: str, link: str) -> str | None:
    """The status set by hand, where its date is not after the study date."""
    override = ask.world.chain(chain).link(link).status
    if override is None or override.as_of.last > ask.today().last:
        return None
    at = ask.world.chain(chain).index[link]
    path = ("panorama", "links", at, "status")
    sources = tuple(part.strip() for part in override.source.split("|") if part)
    status: str = ask.structure(chain, (*path, "is"), override.status, sources)
    return status


def demand(ask: Ask, chain: str, link: str) -> Demand:
    """D of a link: stated by the newest live finding, else derived from its customers."""
    stated = newest_figure(ask, chain, link, "demand")
    if stated is not None:
        value = ask.number(stated, "demand")
        unit = str(ask.cell(stated, "unit"))
        ask.say("demand.stated", value=value, unit=unit)
        return Demand(value, unit, rows=(stated,))
    derived: Demand = ask("derived_demand", chain, link)
    return derived


def derived_demand(ask: Ask, chain: str, link: str) -> Demand:
    """Sum over customers of share times their supply, with the rule for any-groups (4.2)."""
    terms: list[tuple[float, int, float]] = []
    rows: list[Row] = []
    sources: list[str] = []
    lower_bound = alternative = False
    file = ask.world.chain(chain)
    for at in file.outflows.get(link, ()):
        flow = file.flows[at]
        theirs: Supply = ask("supply", chain, flow.target)
        if theirs.known == 0:
            continue
        divisor, whole = 1, False
        if flow.need == "any":
            here = [member for member in flow.sources if ask("made_here", chain, member)]
            if here and link not in here:
                if ask("made_here", chain, flow.target):
                    terms.append((0.0, 1, 0.0))
                continue
            divisor, whole = max(1, len(here)), not here
        share = flow.share
        if share is None or theirs.known is None or theirs.unit != MONEY:
            lower_bound = lower_bound or ask("made_here", chain, flow.target)
            continue
        path = ("panorama", "flows", at, "share")
        share_sources = tuple(part.strip() for part in (flow.source or "").split("|") if part)
        share = ask.structure(chain, path, share, share_sources)
        terms.append((share, divisor, theirs.known))
        rows += theirs.rows
        sources += share_sources
        alternative = alternative or whole
    if not terms:
        ask.say("demand.unknown")
        return Demand(None, None)
    value = ask.work("", shares_of_supplies, terms)
    ask.say("demand.derived", count=len(terms))
    return Demand(value, MONEY, lower_bound, alternative, True, tuple(rows), tuple(sources))


def shares_of_supplies(terms: Sequence[tuple[Number, Number, Number]]) -> Number:
    """The sum of share / members * supply over the customers."""
    return total([share / members * supply for share, members, supply in terms])
