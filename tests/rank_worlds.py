"""Random workspaces with firms, lists, events and wishes, so that there is someone to rank."""

from __future__ import annotations

import copy
from collections.abc import Callable
from random import Random
from typing import Any

import random_worlds
import world_changes
from hypothesis import strategies as st
from random_worlds import CELLS, HEADERS, Row, World, last_day, several

Draw = Callable[..., Any]
MORE_HEADERS = {
    "lists": "list,year,rank,firm,sector,revenue,currency,source,as_of",
    "rates": "year,currency,cny,source,as_of",
    "sectors": "list,sector,industry,source,as_of",
    "signals": "firm,date,kind,toward,note,source,as_of",
    "affinity": "firm,dimension,value,reason,source,as_of",
    "screened": "firm,chain,link,words,score,source,as_of",
    "searched": "chain,link,firm,where,found,note,source,as_of",
}
KEYS = {
    "activities": ("firm", "chain", "link", "product"),
    "screened": ("firm", "chain", "link"),
    "requests": ("leader", "chain", "link", "wanted"),
    "lists": ("list", "year", "rank"),
    "rates": ("year", "currency"),
    "sectors": ("list", "sector"),
    "signals": ("firm", "date", "kind"),
    "affinity": ("firm", "dimension"),
    "presence": ("firm", "chain", "link", "district", "activity"),
    "searched": ("chain", "link", "firm", "where"),
}
COLUMNS = {t: h.split(",") for t, h in {**HEADERS, **MORE_HEADERS}.items()}
LINK_CODES = ["3985", "3986", "3973", "2651", "2652"]
FIRM_CODES = [*LINK_CODES, "3989", "3979", "398", "397", "39", "26", "2659", "6531"]
SIGNALS = [
    *("relocation_announced", "moved_elsewhere", "hq_established", "site_search"),
    *("lease_ending", "expansion", "new_base", "financing", "strategic_agreement"),
    *("neighbour_investment", "exit"),
]
TOWARD = ["", "示例市", "示例", "中国示例市东区", "外地市", "雄安新区"]
LISTS = ["global500", "beijing_soe"]
SECTORS = ["Chips", "Trade", "化工"]
REVENUES = ["", "", "0", "0.5", "1", "37.5", "4321", "20000"]
PRODUCTS = ["", "产品", "产品0", "高端产品1 ", "ＰＥＭ", "pem 膜", "别的", "产品0"]


def distinct(table: str, rows: list[Row]) -> list[Row]:
    """The rows whose key and date no earlier row has."""
    seen = set()
    kept = []
    for row in rows:
        key = (*(row.get(column, "").strip() for column in KEYS[table]), last_day(row["as_of"]))
        if key not in seen:
            seen.add(key)
            kept.append(row)
    return kept


def told(draw: Draw, row: Row, dates: list[str], graded: bool = True) -> Row:
    """The row with a source and a date, mostly an old one."""
    when = draw(st.sampled_from(["2010", "2012-05", *dates]))
    return row | {
        "source": draw(st.sampled_from(CELLS if graded else [*CELLS, "s4"])),
        "as_of": when,
    }


def codes(draw: Draw, among: list[str], most: int) -> list[str]:
    return draw(st.lists(st.sampled_from(among), max_size=most, unique=True))


def with_codes(draw: Draw, document: dict[str, Any]) -> None:
    """Industry codes and products of links, and now and then a status set by hand."""
    for link in document["panorama"]["links"]:
        link.pop("industry", None)
        found = codes(draw, LINK_CODES, 2)
        if found:
            link["industry"] = found
        link["products"] = draw(st.sampled_from([["产品0"], ["PEM膜", "电解槽"], ["别"]]))


def firm_details(draw: Draw, rows: list[Row]) -> None:
    for row in rows:
        row["industry"] = "|".join(codes(draw, FIRM_CODES, 2))
        row["revenue_100m_cny"] = draw(st.sampled_from(REVENUES))
        row["source"] = draw(st.sampled_from(CELLS))


def market_rows(draw: Draw, firms: list[str], dates: list[str]) -> dict[str, list[Row]]:
    """Places on lists, rates, sector words, events and closeness."""

    def pick(*among: str) -> str:
        return str(draw(st.sampled_from(among)))

    def place() -> Row:
        row = {"list": pick(*LISTS), "year": pick("2024", "2025"), "firm": pick(*firms)}
        row |= {"rank": str(draw(st.integers(1, 4))), "sector": pick("", *SECTORS)}
        row["revenue"] = pick("", "5", "730.5")
        row["currency"] = pick("USD", "CNY", "EUR") if row["revenue"] else ""
        return told(draw, row, dates, graded=False)

    def rate() -> Row:
        row = {
            "year": pick("2024", "2025"),
            "currency": pick("USD", "EUR"),
            "cny": pick("7", "7.2"),
        }
        return told(draw, row, dates, graded=False)

    def sector() -> Row:
        row = {"list": pick(*LISTS), "sector": pick(*SECTORS)}
        return told(draw, row | {"industry": "|".join(codes(draw, FIRM_CODES, 2))}, dates, False)

    def signal() -> Row:
        row = {"firm": pick(*firms), "date": pick(*dates), "kind": pick(*SIGNALS)}
        return told(draw, row | {"toward": pick(*TOWARD)}, dates)

    def close() -> Row:
        row = {"firm": pick(*firms), "dimension": pick("market", "resource")}
        return told(draw, row | {"value": pick("0", "40", "100", "62.5")}, dates)

    def look() -> Row:
        row = {
            "firm": pick(*firms),
            "where": pick("网页", "登记"),
            "found": pick("no", "no", "yes"),
        }
        return told(draw, row, dates, graded=False)

    makers = {"lists": place, "rates": rate, "sectors": sector, "signals": signal}
    makers |= {"affinity": close, "searched": look}
    return {table: several(draw, 5, make) for table, make in makers.items()}


def link_rows(
    draw: Draw, places: list[Row], firms: list[str], dates: list[str]
) -> dict[str, list[Row]]:
    """What firms can do, what screening found, what was asked for."""

    def pick(*among: str) -> str:
        return str(draw(st.sampled_from(among)))

    def spot() -> Row:
        return {"firm": pick(*firms)} | draw(st.sampled_from(places))

    def activity() -> Row:
        row = spot() | {"product": pick(*PRODUCTS), "role": pick("", "main", "major", "minor")}
        return told(draw, row, dates, graded=False)

    def match() -> Row:
        return told(draw, spot() | {"words": "产品|电解槽", "score": "3"}, dates, graded=False)

    def request() -> Row:
        row = spot()
        row = {"leader": pick("市工信局", "市商务局", row.pop("firm"))} | row
        row["wanted"] = pick("", "产品", "产品0号", "PEM", "别的东西", *firms)
        row["status"] = pick("accepted", "accepted", "proposed", "rejected")
        return told(draw, row, dates)

    rows = {"activities": several(draw, 6, activity), "screened": several(draw, 3, match)}
    return rows | {"requests": several(draw, 4, request)}


def one_newest(rows: list[Row]) -> list[Row]:
    """Places on lists, no two of one firm with the same date: else the later row decides."""
    return list({(row["firm"], last_day(row["as_of"])): row for row in rows}.values())


@st.composite
def rank_worlds(draw: Draw, ties: bool = False) -> World:
    """A workspace of ``random_worlds.worlds`` with everything that a ranking reads."""
    world = copy.deepcopy(draw(random_worlds.worlds(ties=ties)))
    dates = random_worlds.dates_around(world.study_date)
    for document in world.chains.values():
        with_codes(draw, document)
    firm_details(draw, world.tables["firms"])
    firms = sorted({row["firm"] for row in world.tables["firms"]})
    places = [{"chain": chain, "link": link} for chain, link in world.places()]
    more = market_rows(draw, firms, dates) | link_rows(draw, places, firms, dates)
    # Fewer sites than the base draws: otherwise almost everyone is here already.
    more["presence"] = world.tables["presence"][: draw(st.integers(0, 4))]
    for table, rows in more.items():
        world.tables[table] = distinct(table, rows)
    if not ties:
        world.tables["lists"] = one_newest(world.tables["lists"])
    world.columns = COLUMNS
    return world


# Changes after which the answer must be the same


def names_for(world: World, rng: Random) -> world_changes.Names:
    return world_changes.new_names(world, rng)


def renamed(world: World, names: world_changes.Names) -> World:
    """The workspace with every id replaced by its new one, everywhere."""
    changed = world_changes.renamed(world, names)
    changed.columns, changed.region = world.columns, world.region
    return changed


def reordered(world: World, rng: Random) -> World:
    """The workspace with its files, rows, columns, links and flows in another order."""
    changed = world_changes.reordered(world, rng)
    columns = {table: rng.sample(header, len(header)) for table, header in COLUMNS.items()}
    changed.columns, changed.region = columns, world.region
    return changed


@st.composite
def with_newcomer(draw: Draw, world: World) -> World:
    """The workspace with one firm more, on its own, that does and lists everything."""
    dates = ["2010-01-01", "2024-01-01"]
    places = [{"chain": chain, "link": link} for chain, link in world.places()]
    more = market_rows(draw, ["newcomer"], dates) | link_rows(draw, places, ["newcomer"], dates)
    del more["requests"], more["rates"], more["sectors"]
    for number, row in enumerate(more["lists"]):
        row["rank"] = str(100 + number)
    more["firms"] = [{"firm": "newcomer", "name": "新企业", "source": "s1", "as_of": "2010"}]
    firm_details(draw, more["firms"])
    return _joined(world, more)


@st.composite
def foretold(draw: Draw, world: World) -> World:
    """The workspace with rows that are dated after the study date, also newer ones of old keys."""
    future = random_worlds.future_dates(world.study_date)
    firms = sorted({row["firm"] for row in world.tables["firms"]})
    places = [{"chain": chain, "link": link} for chain, link in world.places()]
    more = market_rows(draw, firms, future) | link_rows(draw, places, firms, future)
    more["presence"] = several(
        draw, 2, lambda: random_worlds.presence_row(draw, places, len(firms), future)
    )
    for table, rows in more.items():
        old = [row for row in world.tables[table] if draw(st.integers(0, 3)) == 0]
        newer = [draw(st.sampled_from(rows or [row])) | _key(table, row) for row in old]
        later = {"as_of": "2031-07-01"}
        more[table] = distinct(table, [row | later for row in (*rows, *newer)])
    more["firms"] = [
        row | {"revenue_100m_cny": "777", "industry": "3985", "as_of": "2032", "parent": ""}
        for row in world_changes.last_versions(world.tables["firms"], "firms")
        if draw(st.booleans())
    ]
    return _joined(world, more)


def _key(table: str, row: Row) -> Row:
    return {column: row.get(column, "") for column in KEYS[table]}


def _joined(world: World, more: dict[str, list[Row]]) -> World:
    changed = copy.deepcopy(world)
    for table, rows in more.items():
        joined = [*changed.tables.get(table, []), *rows]
        changed.tables[table] = distinct(table, joined) if table in KEYS else joined
    return changed
