"""A slow second opinion on the eight marks of section 5, and on who is ranked where.

Its sister rank_files reads the files and says who could serve which link; like it, this shares
nothing with the product, which it judges and so must never import.

A mark is ``(base, moves)``: the known part, and what each unknown quantity may add to it, as
``{quantity: (scale, low, high)}``. A quantity is a tuple such as ``("gap", link)``.
"""

from __future__ import annotations

import math
import unicodedata
from pathlib import Path
from typing import Any

from oracle_files import Row, last_day, newest, row_grade
from rank_files import Files, basis, known_firms, makes_here, read_files, same_in_three

ACTIVE = ("strong", "weak", "present")
RANKED = ("strengthen", "deepen", "fill", "extend", "build", "check")
IMPACT = ("gap", "fit", "strength", "pull", "cluster")
LIKELIHOOD = ("signals", "closeness", "headroom")
Moves = dict[tuple[str, ...], tuple[float, float, float]]
Mark = tuple[float, Moves]


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
    found = {
        row["found"]
        for row in files.tables["searched"]
        if row["firm"] and files.group(row["firm"]) == files.group(firm)
    }
    if "none" in words or found == {"no"}:
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
