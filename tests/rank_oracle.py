"""A slow second opinion on who could close which gap, and on the eight marks of section 5.

Written from the design, from scoring.yaml and from what the rules of the room say of themselves.
It shares nothing with the product, which it judges and so must never import: it reads the files
by itself (oracle_files), takes status, kind and priority of the links from its sister (oracle),
and keeps to loops and dictionaries.

A mark is ``(base, moves)``: the known part, and what each unknown quantity may add to it, as
``{quantity: (scale, low, high)}``. A quantity is a tuple such as ``("gap", link)``.
"""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import oracle
import yaml
from oracle_files import Case, Row, Scoring, last_day, newest, read_case, read_table, row_grade

SHIPPED = Path(__file__).parent.parent / "data" / "scoring.yaml"
ACTIVE = ("strong", "weak", "present")
RANKED = ("strengthen", "deepen", "fill", "extend", "build", "check")
KEYS = {
    "activities": ("firm", "chain", "link", "product"),
    "matches": ("firm", "chain", "link"),
    "lists": ("list", "year", "rank"),
    "rates": ("year", "currency"),
    "sectors": ("list", "sector"),
    "signals": ("firm", "date", "kind"),
    "affinity": ("firm", "dimension"),
    "presence": ("firm", "chain", "link", "district", "activity"),
}
IMPACT = ("gap", "fit", "strength", "pull", "cluster")
LIKELIHOOD = ("signals", "closeness", "headroom")
SCORING = {
    "lo": "priority.value_lo",
    "hi": "priority.value_hi",
    "anchor": "priority.dependents_anchor",
    "wanted_full": "priority.wanted_full",
    "value": "priority.weights.value",
    "dependents": "priority.weights.dependents",
    "critical": "priority.weights.critical",
    "wanted": "priority.weights.wanted",
    "strong_from": "status.strong_at",
    "finding_life_years": "status.finding_life_years",
    "search_life_years": "status.search_life_years",
}
Moves = dict[tuple[str, ...], tuple[float, float, float]]
Mark = tuple[float, Moves]


@dataclass
class Files:
    """What the files say about one chain, and what the sister oracle makes of it."""

    case: Case
    numbers: dict[str, float]
    region: str
    within: list[str]
    gaps: dict[str, dict[str, Any]]
    tables: dict[str, list[Row]] = field(default_factory=dict)

    @property
    def chain(self) -> str:
        return self.case.chain

    @property
    def today(self) -> date:
        return self.case.today

    def rows(self, table: str, **wanted: str) -> list[Row]:
        return [
            row
            for row in self.tables[table]
            if all(row.get(column, "") == word for column, word in wanted.items())
        ]

    def firm(self, firm: str) -> Row | None:
        for row in self.case.tables["firms"]:
            if row["firm"] == firm:
                return row
        return None

    def group(self, firm: str) -> str:
        return oracle.ultimate_parent(self.case, firm)


# Reading


def numbers_of(path: Path) -> dict[str, float]:
    """The numbers of a scoring.yaml by dotted name."""
    found: dict[str, float] = {}

    def walk(node: dict[str, Any], name: str) -> None:
        for key, below in node.items():
            if isinstance(below.get("value"), str):
                found[name + key] = float(below["value"])
            else:
                walk(below, f"{name}{key}.")

    walk(yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader), "")
    return found


def visible(data: Path, table: str, today: date, grades: dict[str, str]) -> list[Row]:
    """The newest visible row of each key, in the order of the file."""
    seen = [row for row in read_table(data / f"{table}.csv") if last_day(row["as_of"]) <= today]
    by_key: dict[tuple[str, ...], list[Row]] = {}
    for row in seen:
        by_key.setdefault(tuple(row.get(column, "") for column in KEYS[table]), []).append(row)
    best = [newest(rows, grades) for rows in by_key.values()]
    return [row for row in seen if any(row is one for one in best)]


def read_files(workspace: Path, chain: str, as_of: str | None = None) -> Files:
    data = workspace / "data"
    numbers = numbers_of(SHIPPED)
    if (data / "scoring.yaml").exists():
        numbers |= numbers_of(data / "scoring.yaml")
    known: dict[str, Any] = {attribute: numbers[name] for attribute, name in SCORING.items()}
    for life in ("finding_life_years", "search_life_years"):
        known[life] = int(known[life])
    scoring = Scoring(**known)
    region = yaml.load((data / "region.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    case = read_case(workspace, chain, as_of, scoring)
    gaps = oracle.answer(workspace, chain, as_of, scoring)["gaps"]
    files = Files(case, numbers, region["region"], region.get("within", []), gaps)
    for table in KEYS:
        files.tables[table] = visible(data, table, case.today, case.grades)
    return files


# Who could serve which link, and why we think so


def code_rows(files: Files, firm: str) -> list[tuple[set[str], list[Row]]]:
    """Industry codes of a firm with the rows that give them.

    Its own codes where it has any, else those of its sector words on all lists.
    """
    row = files.firm(firm)
    if row and row.get("industry"):
        return [(set(row["industry"].split("|")), [row])]
    return [
        (set(words["industry"].split("|")), [place, words])
        for place in files.rows("lists", firm=firm)
        for words in files.rows("sectors", list=place["list"], sector=place.get("sector", ""))
        if words.get("industry")
    ]


def link_codes(files: Files, link: str) -> list[str]:
    return list(files.case.links[link].get("industry", []))


def basis(files: Files, firm: str, link: str) -> tuple[str, list[Row]] | None:
    """The strongest reason that the firm can do the link's work, with its rows."""
    here = {"firm": firm, "chain": files.chain, "link": link}
    for table, word in (("activities", "activity"), ("matches", "match")):
        rows = files.rows(table, **here)
        if rows:
            return word, rows
    if files.firm(firm) is None:
        return None
    rows = []
    for codes, behind in code_rows(files, firm):
        if codes & set(link_codes(files, link)):
            rows += behind
    return ("industry", rows) if rows else None


def known_firms(files: Files) -> list[str]:
    """Every firm that any visible row names as one that can do something."""
    firms = {row["firm"] for row in files.case.tables["firms"]}
    for table in ("activities", "matches"):
        firms |= {row["firm"] for row in files.rows(table, chain=files.chain)}
    return sorted(firms)


def makes_here(files: Files, group: str, link: str) -> bool:
    """Whether a firm of the group has a production row on the link."""
    for row in oracle.production_rows(files.case, link):
        if row["firm"] and files.group(row["firm"]) == group:
            return True
    return False


def same_in_three(files: Files, firm: str) -> bool:
    if files.firm(firm) is None:
        return False
    for codes, _ in code_rows(files, firm):
        for code in codes:
            for link in files.case.links:
                for other in link_codes(files, link):
                    if len(code) >= 3 and code[:3] == other[:3]:
                        return True
    return False


# The eight marks


def known(value: float) -> Mark:
    return value, {}


def between(quantity: tuple[str, ...], low: float, high: float) -> Mark:
    return (low, {}) if low == high else (0.0, {quantity: (1.0, *sorted((low, high)))})


def clamp(value: float) -> float:
    return 0.0 if value < 0 else 100.0 if value > 100 else value


def middle(mark: Mark) -> float:
    base, moves = mark
    return math.fsum([base, *(scale * (low + high) / 2 for scale, low, high in moves.values())])


def ends(mark: Mark) -> list[float]:
    base, moves = mark
    return [
        math.fsum([base, *(move[0] * move[1] for move in moves.values())]),
        math.fsum([base, *(move[0] * move[2] for move in moves.values())]),
    ]


def gap(files: Files, link: str) -> Mark:
    priority = files.gaps[link]["priority"]
    if priority is None:
        return known(0.0)
    if files.gaps[link]["kind"] == "check":
        return between(("gap", link), 0.0, priority)
    return known(priority)


def fold(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in folded if not character.isspace())


def overlap(one: str, other: str) -> bool:
    """Whether one of two words holds the other; an empty word holds and is held by none."""
    one, other = fold(one), fold(other)
    return bool(one) and bool(other) and (one in other or other in one)


def fit(files: Files, firm: str, link: str) -> Mark:
    found = basis(files, firm, link)
    assert found is not None
    word, rows = found
    name = ("fit", firm, link)
    if word != "activity":
        return between(name, 0.0, files.numbers[f"fit.{word}_ceiling"])
    marks = []
    for row in rows:
        factor = files.numbers["fit.other_product"]
        for product in files.case.links[link]["products"]:
            if overlap(product, row.get("product", "")):
                factor = 1.0
        if row.get("role"):
            marks.append(known(factor * files.numbers[f"fit.{row['role']}"]))
        else:
            low, high = files.numbers["fit.minor"], files.numbers["fit.main"]
            marks.append(between(name, factor * low, factor * high))
    best = max(middle(mark) for mark in marks)
    equal = [mark for mark in marks if middle(mark) == best]
    certain = [mark for mark in equal if not mark[1]]
    return certain[0] if certain else equal[0]


def revenue(files: Files, firm: str) -> float | None:
    row = files.firm(firm)
    if row and row.get("revenue_100m_cny"):
        return float(row["revenue_100m_cny"])
    places = [row for row in files.rows("lists", firm=firm) if row.get("revenue")]
    while places:
        best = newest(places, files.case.grades)
        assert best is not None
        if best["currency"] == "CNY":
            return float(best["revenue"])
        for rate in files.rows("rates", year=best["year"], currency=best["currency"]):
            return float(best["revenue"]) * float(rate["cny"])
        places = [row for row in places if row is not best]
    return None


def strength(files: Files, firm: str) -> Mark:
    size = revenue(files, firm)
    if size is None:
        return between(("strength", firm), 0.0, 100.0)
    low, high = files.numbers["strength.lo"], files.numbers["strength.hi"]
    if size <= low or high <= low:
        return known(0.0 if size <= low else 100.0)
    return known(clamp(100 * math.log(size / low) / math.log(high / low)))


def pull(files: Files, firm: str, link: str) -> Mark:
    best = 0.0
    for row in files.case.rows("requests", link):
        if row["status"] != "accepted":
            continue
        wanted = row.get("wanted", "")
        activities = files.rows("activities", firm=firm, chain=files.chain, link=link)
        if wanted and wanted in (firm, files.group(firm)):
            word = "named"
        elif any(overlap(one.get("product", ""), wanted) for one in activities):
            word = "product"
        elif wanted and files.firm(wanted):
            continue
        else:
            word = "link"
        best = max(best, files.numbers[f"pull.{word}"])
    return known(best)


def neighbours(files: Files, link: str) -> tuple[int, int]:
    near = set()
    for flow in files.case.flows:
        if flow["to"] == link:
            near |= set(flow["from"])
        if link in flow["from"]:
            near.add(flow["to"])
    return len([other for other in near if files.gaps[other]["status"] in ACTIVE]), len(near)


def cluster(files: Files, link: str) -> Mark:
    return known(clamp(100 * neighbours(files, link)[0] / files.numbers["cluster.full"]))


def elsewhere(files: Files, row: Row) -> bool:
    """Whether an event points away from the region; moved away is away, wherever to."""
    if not row.get("toward"):
        return row["kind"] == "moved_elsewhere"
    if row["toward"].removesuffix("省") in files.within:
        return False
    return files.region.removesuffix("市") not in row["toward"]


def past_signals(files: Files, firm: str) -> list[Row]:
    rows = files.rows("signals", firm=firm)
    return [row for row in rows if last_day(row["date"]) <= files.today]


def signals(files: Files, firm: str) -> Mark:
    rows = past_signals(files, firm)
    if not rows:
        low, high = files.numbers["signals.unknown_low"], files.numbers["signals.unknown_high"]
        return between(("signals", firm), low, high)
    total = [files.numbers["signals.middle"]]
    for row in rows:
        weight = files.numbers[f"signals.weights.{row['kind']}"]
        if weight > 0 and elsewhere(files, row):
            weight = weight * files.numbers["signals.elsewhere"]
        years = (files.today - last_day(row["date"])).days / 365.25
        total.append(weight / 2 ** (years / files.numbers["signals.half_life_years"]))
    return known(clamp(math.fsum(total)))


def gone(files: Files, firm: str) -> Row | None:
    rows = [
        row
        for row in past_signals(files, firm)
        if row["kind"] in ("moved_elsewhere", "relocation_announced") and elsewhere(files, row)
    ]
    return newest(rows, files.case.grades)


def closeness(files: Files, firm: str, link: str) -> Mark:
    parts = ("market", "resource", "chain")
    total = sum(files.numbers[f"closeness.{part}"] for part in parts)
    if total == 0:
        return between(("closeness", firm), 0.0, 100.0)
    active, near = neighbours(files, link)
    terms = [files.numbers["closeness.chain"] / total * (100 * active / near if near else 0.0)]
    moves: Moves = {}
    for part in ("market", "resource"):
        scale = files.numbers[f"closeness.{part}"] / total
        rows = files.rows("affinity", firm=firm, dimension=part)
        if rows:
            terms.append(scale * float(rows[0]["value"]))
        elif scale > 0:
            moves[f"closeness.{part}", firm] = (scale, 0.0, 100.0)
    return math.fsum(terms), moves


def headroom(files: Files, firm: str) -> Mark:
    sites, words = set(), set()
    for row in files.tables["presence"]:
        over = row.get("until") and last_day(row["until"]) < files.today
        if over or files.group(row["firm"]) != files.group(firm):
            continue
        words.add(row["activity"])
        if row["activity"] not in ("sales", "none"):
            sites.add((row["firm"], row["chain"], row["link"], row["district"]))
    if len(sites) >= files.numbers["headroom.large_sites"] and sites:
        return known(files.numbers["headroom.large"])
    if sites:
        return known(files.numbers["headroom.one_site"])
    if "sales" in words:
        return known(files.numbers["headroom.sales"])
    if "none" in words:
        return known(files.numbers["headroom.absent"])
    return between(("headroom", firm), 0.0, 100.0)


def marks(files: Files, firm: str, link: str) -> dict[str, Mark]:
    return {
        "gap": gap(files, link),
        "fit": fit(files, firm, link),
        "strength": strength(files, firm),
        "pull": pull(files, firm, link),
        "cluster": cluster(files, link),
        "signals": signals(files, firm),
        "closeness": closeness(files, firm, link),
        "headroom": headroom(files, firm),
    }


def mean(files: Files, found: dict[str, Mark], names: tuple[str, ...]) -> float | None:
    total = math.fsum(files.numbers[f"weights.{name}"] for name in names)
    if total == 0:
        return None
    parts = [files.numbers[f"weights.{name}"] * middle(found[name]) for name in names]
    return math.fsum(parts) / total


# Everything together


def row_of(files: Files, firm: str, link: str) -> dict[str, Any]:
    found, why = marks(files, firm, link), basis(files, firm, link)
    assert why is not None
    stands = {name: files.gaps[link][name] for name in ("kind", "suspect", "settled")}
    return {
        **stands,
        "basis": why[0],
        "score": mean(files, found, (*IMPACT, *LIKELIHOOD)) or 0.0,
        "impact": mean(files, found, IMPACT),
        "likelihood": mean(files, found, LIKELIHOOD),
        "criteria": {name: middle(mark) for name, mark in found.items()},
        "unknown": {name: ends(mark) for name, mark in found.items() if mark[1]},
        "marks": found,
        "basis_sources": {s for row in why[1] for s in row["source"].split("|")},
    }


def answer(workspace: Path, chain: str, as_of: str | None = None) -> dict[str, Any]:
    """Who is ranked, who is here already, who has no gap to close, who has no link yet.

    ``ranked`` holds the rows by (firm, link), ``order`` the same pairs as they are printed.
    """
    files = read_files(workspace, chain, as_of)
    ranked: dict[tuple[str, str], dict[str, Any]] = {}
    expansion: dict[tuple[str, str], str] = {}
    no_gap: dict[tuple[str, str], str] = {}
    undecided = []
    for firm in known_firms(files):
        placed = False
        for link in files.case.links:
            why = basis(files, firm, link)
            if why is None:
                continue
            placed = True
            if makes_here(files, files.group(firm), link):
                expansion[firm, link] = why[0]
            elif files.gaps[link]["kind"] in RANKED:
                ranked[firm, link] = row_of(files, firm, link)
            else:
                no_gap[firm, link] = files.gaps[link]["kind"]
        if not placed and same_in_three(files, firm):
            undecided.append(firm)
    order = sorted(ranked, key=lambda pair: (-round(ranked[pair]["score"], 9), *pair))
    return {
        "ranked": ranked,
        "order": order,
        "expansion": expansion,
        "no_gap": no_gap,
        "undecided": undecided,
        "gone": {firm: gone(files, firm) for firm in known_firms(files)},
        "grade": {source: row_grade({"source": source}, files.case.grades)
                  for source in files.case.grades},
    }  # fmt: skip
