"""The eight criteria on fixed anchors, so that a newcomer changes no one's score (DESIGN 5)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache

from chainmap.core.derivation import Ask
from chainmap.core.formula import Number, ln, total
from chainmap.core.model import ACTIVE, Row
from chainmap.core.text import fold
from chainmap.rank.candidates import code_rows
from chainmap.rank.marks import Mark, clamp, unknown

IMPACT = ("gap", "fit", "strength", "pull", "cluster")
LIKELIHOOD = ("signals", "closeness", "headroom")
CRITERIA = (*IMPACT, *LIKELIHOOD)
# What a criterion is about: some are the same for all candidates of a link, or of a firm.
OF_LINK = ("gap", "cluster")
OF_FIRM = ("strength", "signals", "headroom")
YEAR = 365.25  # days
FIRM_LINK = ("firm", "chain", "link")
# The cell of a row that says what a firm does, where no activity does.
TELLING = {"screened": "words", "firms": "industry", "lists": "sector", "sectors": "industry"}


def figure_of(criterion: str, firm: str, chain: str, link: str) -> tuple[str, ...]:
    """The figure that holds a candidate's mark: its rule and arguments."""
    rule = f"criterion.{criterion}"
    if criterion in OF_LINK:
        return (rule, chain, link)
    return (rule, firm) if criterion in OF_FIRM else (rule, firm, chain, link)


def basis(ask: Ask, firm: str, chain: str, link: str) -> str:
    """The strongest reason to think that the firm can do the link's work.

    ``activity`` before ``match`` before ``industry`` (equal 4-digit codes), whatever each says.
    """
    if ask.rows("activities", FIRM_LINK, (firm, chain, link)):
        return "activity"
    if ask.rows("screened", FIRM_LINK, (firm, chain, link)):
        return "match"
    return "industry"


def basis_rows(ask: Ask, firm: str, chain: str, link: str) -> tuple[Row, ...]:
    """The rows behind the basis; for equal codes those that give the firm a code of the link."""
    found = ask("basis", firm, chain, link)
    if found in ("activity", "match"):
        table = "activities" if found == "activity" else "screened"
        return ask.rows(table, FIRM_LINK, (firm, chain, link))
    wanted = set(ask.world.chain(chain).link(link).industry)
    behind = [r for codes, rows in code_rows(ask.rows, firm) if wanted & {*codes} for r in rows]
    return tuple(dict.fromkeys(behind))


def gap(ask: Ask, chain: str, link: str) -> Mark:
    """How much the gap matters: its priority; a check lies between 0 and that.

    A gap without a priority counts 0 and is known. The quantity is shared by all firms of the link.
    """
    priority: float | None = ask("priority", chain, link)
    if priority is None:
        return Mark(0.0)
    if ask("gap", chain, link).kind == "check":
        ask.say("criterion.gap_open", priority=priority)
        return unknown(f"gap/{chain}/{link}", 0.0, priority)
    return Mark(priority)


def fit(ask: Ask, firm: str, chain: str, link: str) -> Mark:
    """How surely the firm makes what the link needs: its role, its product, and the basis.

    On a match or an equal code it is unknown, from 0 to the ceiling of that basis. Of several
    activities the best counts. The role gives the mark, and no role a range from minor to main;
    both are discounted where neither of product and link's word holds the other (an empty product
    holds nothing), compared without case, width and spaces.
    """
    found = ask("basis", firm, chain, link)
    name = f"fit/{firm}/{chain}/{link}"
    if found != "activity":
        for row in ask("basis_rows", firm, chain, link):
            ask.cell(row, TELLING[row.table])
        return unknown(name, 0.0, ask.setting(f"fit.{found}_ceiling"))
    words = _folded(ask.world.chain(chain).link(link).products)
    best: Mark | None = None
    for row in ask.rows("activities", FIRM_LINK, (firm, chain, link)):
        product, role = str(ask.cell(row, "product") or ""), ask.cell(row, "role")
        (folded,) = _folded((product,))
        exact = any(word in folded or (folded and folded in word) for word in words)
        factor = 1.0 if exact else ask.setting("fit.other_product")
        if role:
            mark = Mark(
                ask.work("formula.activity", discounted, factor, ask.setting(f"fit.{role}"))
            )
        else:
            low, high = ask.setting("fit.minor"), ask.setting("fit.main")
            mark = unknown(name, factor * low, factor * high)
        # Of equal marks the known one, whatever the order of the rows.
        if best is None or (mark.value, not mark.unknown) > (best.value, not best.unknown):
            best = mark
    assert best is not None
    return best


@lru_cache(maxsize=1 << 16)
def _folded(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(fold, words))


def strength(ask: Ask, firm: str) -> Mark:
    """Size of the firm: 100 * ln(revenue / lo) / ln(hi / lo) in 亿元, kept in 0 to 100."""
    return size_mark(ask, f"strength/{firm}", revenue_of(ask, firm))


def size_mark(ask: Ask, name: str, revenue: float | None) -> Mark:
    """A revenue on the anchors of size; without one the quantity of that name is unknown."""
    if revenue is None:
        return unknown(name)
    low, high = ask.setting("strength.lo"), ask.setting("strength.hi")
    if revenue <= low or high <= low:
        return Mark(0.0 if revenue <= low else 100.0)
    return Mark(ask.work("", log_scale, revenue, low, high))


def revenue_of(ask: Ask, firm: str) -> float | None:
    """Revenue in 亿元: of the firm's row, else of its newest place on a list.

    A place counts where it states a revenue in CNY, or one with a rate for its year and currency.
    """
    for row in ask.rows("firms", ("firm",), (firm,)):
        if row.number("revenue_100m_cny") is not None:
            return ask.number(row, "revenue_100m_cny")
    listed = [
        row for row in ask.rows("lists", ("firm",), (firm,)) if row.number("revenue") is not None
    ]
    for row in sorted(listed, key=ask.world.age, reverse=True):
        revenue, currency = ask.number(row, "revenue"), row.text("currency")
        if currency == "CNY":
            return revenue
        for rate in ask.rows("rates", ("year", "currency"), (row.text("year"), currency)):
            cny = ask.number(rate, "cny")
            assert revenue is not None and cny is not None
            found: float = ask.work("formula.revenue", in_cny, revenue, cny)
            return found
    return None


def pull(ask: Ask, firm: str, chain: str, link: str) -> Mark:
    """Whether leader firms or bureaus asked for it: by name, by product, or for the link.

    The best accepted request counts. By name: it wants the firm or its ultimate parent. By product:
    a product of the firm's activities on the link and what is wanted hold one another. Else it
    counts for the link, unless it wants another firm. Without a request 0, and known.
    """
    products = [
        fold(row.text("product"))
        for row in ask.rows("activities", FIRM_LINK, (firm, chain, link))
        if row.text("product")
    ]
    best = 0.0
    for row in ask("accepted_requests", chain, link):
        wanted = str(ask.cell(row, "wanted") or "")
        if wanted and wanted in (firm, ask.world.group(firm)):
            level = "named"
        elif wanted and any(p in fold(wanted) or fold(wanted) in p for p in products):
            level = "product"
        elif wanted and ask.world.rows("firms", ("firm",), (wanted,)):
            continue  # someone else was asked for
        else:
            level = "link"
        best = max(best, ask.setting(f"pull.{level}"))
    return Mark(best)


def neighbours(ask: Ask, chain: str, link: str) -> tuple[int, int]:
    """How many links it would buy from or sell to are active, and how many there are.

    Links at the other end of its flows, of any need, each once.
    """
    graph = ask.world.graph(chain)
    near = dict.fromkeys(
        [*(s for s, _ in graph.suppliers(link)), *(c for c, _ in graph.customers(link))]
    )
    return sum(ask("status", chain, other) in ACTIVE for other in near), len(near)


def cluster(ask: Ask, chain: str, link: str) -> Mark:
    """How many active neighbours the firm would find here, against ``cluster.full``."""
    active, _ = ask("neighbours", chain, link)
    ask.say("criterion.cluster_is", active=active)
    return Mark(ask.work("", percent_of_full, active, ask.setting("cluster.full")))


def toward_here(ask: Ask, kind: str, toward: str) -> bool:
    """Whether an event points at the region, at an area around it, or nowhere in particular.

    It points at the region where ``toward`` holds the region's name, with or without 市. One who
    has moved elsewhere is elsewhere, also where no one wrote down where to.
    """
    if not toward:
        return kind != "moved_elsewhere"
    workspace = ask.world.workspace
    around = toward.removesuffix("省") in workspace.within
    return workspace.region.removesuffix("市") in toward or around


def signals(ask: Ask, firm: str) -> Mark:
    """Dated events of the firm, each weighing less with every half-life that passed.

    Middle + sum of weight * 0.5 ** (years since / half-life), kept in 0 to 100; years of 365.25
    days. A positive weight is multiplied by ``signals.elsewhere`` where the event points away. The
    firm's own events only, and none after the study date; without any the mark is unknown.
    """
    today = ask.today().last
    rows = [
        row
        for row in ask.rows("signals", ("firm",), (firm,))
        if (day := row.day("date")) is not None and day.last <= today
    ]
    if not rows:
        ask.say("criterion.no_signal")
        low, high = ask.setting("signals.unknown_low"), ask.setting("signals.unknown_high")
        return unknown(f"signals/{firm}", low, high)
    half_life = ask.setting("signals.half_life_years")
    events: list[tuple[float, ...]] = []
    for row in rows:
        kind, day = str(ask.cell(row, "kind")), ask.day(row, "date")
        assert day is not None
        weight = ask.setting(f"signals.weights.{kind}")
        event: tuple[float, ...] = (weight,)
        if weight > 0 and not toward_here(ask, kind, str(ask.cell(row, "toward") or "")):
            event = (weight, ask.setting("signals.elsewhere"))
        events.append((*event, (today - day.last).days))
    middle = ask.setting("signals.middle")
    return Mark(ask.work("", decayed, middle, events, half_life, YEAR))


def closeness(ask: Ask, firm: str, chain: str, link: str) -> Mark:
    """Closeness in market, resource and chain: the first two as assessed, the third computed.

    The weighted mean of the three. Chain is the share of neighbours that are active, in percent,
    and 0 without neighbours. What is not assessed is unknown, by firm and dimension.
    """
    shares = {part: ask.setting(f"closeness.{part}") for part in ("market", "resource", "chain")}
    whole = math.fsum(shares.values())
    if whole == 0:
        return unknown(f"closeness/{firm}")
    active, near = ask("neighbours", chain, link)
    known: dict[str, tuple[float, float]] = {}
    here = ask.work("formula.chain", percent, active, near) if near else 0.0
    known["closeness.chain"] = (shares["chain"], here)
    open_parts = []
    for part in ("market", "resource"):
        rows = ask.rows("affinity", ("firm", "dimension"), (firm, part))
        scale = shares[part] / whole
        if rows:
            value = ask.number(rows[0], "value")
            assert value is not None
            known[f"closeness.{part}"] = (shares[part], value)
        elif scale:
            quantity = unknown(f"closeness.{part}/{firm}").unknown[0][0]
            open_parts.append((quantity, scale))
    name = "formula.known" if open_parts else ""
    return Mark(ask.work(name, parts_of_whole, known, whole), tuple(open_parts))


def headroom(ask: Ask, firm: str) -> Mark:
    """How much room its group has left here: nothing yet, sales only, one site, or many.

    Rows of the whole group, on any chain, that have not ended. A site is a (firm, chain, link,
    district) with production, research or headquarters; sites outweigh sales, and sales a search
    that found nothing: a row that says so, or a look at a firm of the group, if none found it
    mentioned. Otherwise the mark is unknown, by firm.
    """
    today = ask.today().last
    sites: set[tuple[str, ...]] = set()
    sales = absent = False
    group = ask.world.group(firm)
    # A parent that no visible row describes is named by its subsidiaries alone.
    members = dict.fromkeys((*ask.world.groups.get(group, ()), group))
    for member in members:
        for row in ask.rows("presence", ("firm",), (member,)):
            until = row.day("until")
            if until is not None and until.last < today:
                continue
            activity = ask.cell(row, "activity")
            sales, absent = sales or activity == "sales", absent or activity == "none"
            if activity not in ("sales", "none"):
                place = (row.text(column) for column in ("chain", "link", "district"))
                sites.add((member, *place))
    if sites:
        large = len(sites) >= ask.setting("headroom.large_sites")
        return Mark(ask.setting("headroom.large" if large else "headroom.one_site"))
    if sales:
        return Mark(ask.setting("headroom.sales"))
    looks = [row for member in members for row in ask.rows("searched", ("firm",), (member,))]
    found = [ask.cell(row, "found") for row in looks]
    if absent or (found and "yes" not in found):
        return Mark(ask.setting("headroom.absent"))
    ask.say("criterion.mentioned" if found else "criterion.not_looked")
    return unknown(f"headroom/{firm}")


def gone(ask: Ask, firm: str) -> Row | None:
    """The newest event that shows the firm gone, or going, elsewhere.

    A relocation announced or done that does not point here, dated up to the study date. Newest by
    the row's date, as everywhere; a later event toward the region does not undo it.
    """
    rows = [
        row
        for row in ask.rows("signals", ("firm",), (firm,))
        if row.text("kind") in ("moved_elsewhere", "relocation_announced")
        and not toward_here(ask, row.text("kind"), row.text("toward"))
        and (day := row.day("date")) is not None
        and day.last <= ask.today().last
    ]
    return max(rows, key=ask.world.age, default=None)


# The formulas


def discounted(factor: Number, mark: Number) -> Number:
    """A mark times the discount for another product."""
    return factor * mark


def in_cny(revenue: Number, rate: Number) -> Number:
    """A revenue in another currency at its rate."""
    return revenue * rate


def log_scale(amount: Number, low: Number, high: Number) -> Number:
    """100 * ln(amount / low) / ln(high / low), kept in 0 to 100."""
    return clamp(100 * ln(amount / low) / ln(high / low))


def percent(part: Number, whole: Number) -> Number:
    """A part of a whole in percent."""
    return 100 * part / whole


def percent_of_full(part: Number, full: Number) -> Number:
    """An amount in percent of the one that counts in full, at most 100."""
    return clamp(100 * part / full)


def decayed(
    middle: Number, events: Sequence[Sequence[Number]], half_life: Number, year: Number
) -> Number:
    """A middle moved by events: weight (times the factor of another place) * 0.5 ** half-lives."""
    moves = [middle]
    for *weights, days in events:
        weight = weights[0] * weights[1] if len(weights) > 1 else weights[0]
        moves.append(weight * 0.5 ** (days / year / half_life))
    return clamp(total(moves))


def parts_of_whole(parts: Mapping[str, tuple[Number, Number]], whole: Number) -> Number:
    """The sum of share / whole * mark."""
    return total([share / whole * mark for share, mark in parts.values()])
