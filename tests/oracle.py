"""A slow second opinion on sections 3 and 4 of the design, written from its text alone.

It shares nothing with the product: it reads the files by itself (oracle_files), keeps to sets,
lists and loops, and does everything the obvious way (what would this be if the link were missing?
set it to missing and look). It judges the product, so it must never import it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from oracle_files import Case, Row, Scoring, first_day, last_day, newest, read_case, years_after

ACTIVE = ("strong", "weak", "present")
MONEY = "亿元"
STAGES = ("谋划", "洽谈", "签约", "开工", "建设", "投产", "达产", "终止")
STAGE_DATES = ("proposed", "negotiated", "signed", "started", "building", "produced", "full_output")


# Section 3


def override(case: Case, link: str) -> str | None:
    stated = case.links[link].get("status")
    if stated and last_day(stated["as_of"]) <= case.today:
        return str(stated["is"])
    return None


def project_stage(case: Case, row: Row) -> str | None:
    if row.get("ended") and last_day(row["ended"]) <= case.today:
        return "终止"
    reached = [row["stage"]] if row.get("stage") else []
    for stage, column in zip(STAGES, STAGE_DATES, strict=False):
        if row.get(column) and last_day(row[column]) <= case.today:
            reached.append(stage)
    return max(reached, key=STAGES.index) if reached else None


def production_rows(case: Case, link: str) -> list[Row]:
    rows = []
    for row in case.rows("presence", link):
        if row["activity"] != "production":
            continue
        if row.get("since") and first_day(row["since"]) > case.today:
            continue
        if row.get("until") and last_day(row["until"]) < case.today:
            continue
        rows.append(row)
    firms = {row["firm"] for row in rows}
    return rows + [
        {"firm": row["firm"], "as_of": row["as_of"], "source": row["source"]}
        for row in case.rows("projects", link)
        if project_stage(case, row) in ("投产", "达产") and row["firm"] not in firms
    ]


def live_findings(case: Case, link: str, years: int) -> list[Row]:
    return [
        row
        for row in case.rows("findings", link)
        if years_after(last_day(row["as_of"]), years) >= case.today
    ]


def newest_with(case: Case, link: str, column: str, among: tuple[str, ...] = ()) -> Row | None:
    """The newest live finding whose column is filled, and with one of these words if any."""
    rows = [
        row
        for row in live_findings(case, link, case.scoring.finding_life_years)
        if row[column] and (not among or row[column] in among)
    ]
    return newest(rows, case.grades)


def supply(case: Case, link: str) -> tuple[float | None, float, str | None]:
    """S (None is unknown), S_low and their unit."""
    production = production_rows(case, link)
    finding = newest_with(case, link, "supply")
    if finding and all(last_day(finding["as_of"]) >= last_day(row["as_of"]) for row in production):
        return float(finding["supply"]), float(finding["supply"]), finding["unit"]
    known = [row for row in production if row.get("output")]
    units = {row["output_unit"] for row in known}
    if len(units) > 1:
        return None, 0.0, None
    total = math.fsum(float(row["output"]) for row in known)
    complete = bool(production) and len(known) == len(production)
    all_zero = all(float(row["output"]) == 0 for row in known)
    unit = next(iter(units)) if units else None
    return (total if complete and not all_zero else None), total, unit


def statement(case: Case, link: str) -> Row | None:
    """The newest live finding that says strong, weak, present or missing."""
    return newest_with(case, link, "status", (*ACTIVE, "missing"))


def made_here(case: Case, link: str) -> bool:
    stated = override(case, link)
    if stated is not None:
        return stated in ACTIVE
    said = statement(case, link)
    return (
        supply(case, link)[1] > 0
        or bool(production_rows(case, link))
        or (said is not None and said["status"] in ACTIVE)
    )


def derived_demand(case: Case, link: str) -> tuple[float | None, bool, bool]:
    """Demand in 亿元 (None is unknown), whether a lower bound, whether alternative."""
    terms: list[float] = []
    lower_bound = alternative = False
    for flow in case.flows:
        if link not in flow["from"]:
            continue
        amount, _, unit = supply(case, flow["to"])
        if amount == 0:
            continue
        part, shared_by_nobody = flow["share"], False
        if flow["need"] == "any":
            makers = [member for member in flow["from"] if made_here(case, member)]
            if not makers:
                shared_by_nobody = True
            elif link in makers:
                part = None if part is None else part / len(makers)
            else:
                if made_here(case, flow["to"]):
                    terms.append(0.0)
                continue
        if part is not None and amount is not None and unit == MONEY:
            terms.append(part * amount)
            alternative = alternative or shared_by_nobody
        elif made_here(case, flow["to"]):
            lower_bound = True
    if not terms:
        return None, False, False
    return math.fsum(terms), lower_bound, alternative


def demand(case: Case, link: str) -> tuple[float | None, str | None, bool, bool]:
    """D, its unit, whether a lower bound, whether alternative."""
    finding = newest_with(case, link, "demand")
    if finding:
        return float(finding["demand"]), finding["unit"], False, False
    amount, lower_bound, alternative = derived_demand(case, link)
    return amount, MONEY if amount is not None else None, lower_bound, alternative


def status_by_evidence(case: Case, link: str) -> tuple[str, str]:
    """Rules 2 to 6."""
    production = production_rows(case, link)
    amount, least, unit = supply(case, link)
    wish, wish_unit, lower_bound, _ = demand(case, link)
    if wish is not None and wish > 0 and wish_unit == unit:
        if amount == 0:
            return "missing", "capacity"
        if amount is not None and amount / wish < case.scoring.strong_from:
            return "weak", "capacity"
        if least / wish >= case.scoring.strong_from and not lower_bound:
            return "strong", "capacity"
    said = statement(case, link)
    if said:
        outdated = said["status"] == "missing" and any(
            last_day(row["as_of"]) > last_day(said["as_of"]) for row in production
        )
        if not outdated:
            return said["status"], "finding"
    if production:
        return "present", "count"
    searches = live_findings(case, link, case.scoring.search_life_years)
    if any(row["status"] == "none_found" for row in searches):
        return "missing", "search"
    return "unknown", "none"


def status(case: Case, link: str) -> tuple[str, str]:
    stated = override(case, link)
    if stated is not None:
        return stated, "override"
    result, basis = status_by_evidence(case, link)
    if result in ("missing", "unknown"):
        for row in case.rows("projects", link):
            if project_stage(case, row) in ("签约", "开工", "建设"):
                return "planned", "project"
    return result, basis


def evidence(case: Case, link: str) -> tuple[set[str], set[str]]:
    """Sources that stand behind status and basis: those that must be named, and that may be.

    The two differ only where the text leaves open how far "the rows behind" reaches: a capacity
    is derived through the customers' supply and the shares, and one search may confirm another.
    """
    basis = status(case, link)[1]
    searches = live_findings(case, link, case.scoring.search_life_years)
    coming = ("签约", "开工", "建设")
    rows: dict[str, list[Row | None]] = {
        "finding": [statement(case, link)],
        "count": [*production_rows(case, link)],
        "search": [row for row in searches if row["status"] == "none_found"],
        "project": [r for r in case.rows("projects", link) if project_stage(case, r) in coming],
        "capacity": [newest_with(case, link, "demand")],
    }
    must = {s for row in rows.get(basis, []) if row for s in row["source"].split("|")}
    if basis == "override":
        must = set(str(case.links[link]["status"]["source"]).split("|"))
    if basis == "search" and len(rows["search"]) > 1:
        return set(), must
    if basis != "capacity":
        return must, must
    users = [flow for flow in case.flows if link in flow["from"]]
    may = {source for flow in users for source in flow["source"].split("|") if source}
    for other in (link, *(flow["to"] for flow in users)):
        for table in ("findings", "presence", "projects"):
            may |= {s for row in case.rows(table, other) for s in row["source"].split("|")}
    return must, may


def ultimate_parent(case: Case, firm: str) -> str:
    for row in case.tables["firms"]:
        if row["firm"] == firm and row["parent"]:
            return ultimate_parent(case, row["parent"])
    return firm


# Section 4.1; `states` maps every link to its status, so that "were it missing" can be asked


def needed_by(case: Case, states: dict[str, str], user: str) -> set[str]:
    needed: set[str] = set()
    for flow in case.flows:
        if flow["to"] != user:
            continue
        covered = any(states[member] in (*ACTIVE, "planned") for member in flow["from"])
        if flow["need"] == "required" or (flow["need"] == "any" and not covered):
            needed |= set(flow["from"])
    return needed


def walks(case: Case, states: dict[str, str], walk: list[str]) -> Iterable[list[str]]:
    """Every walk that goes on from here through missing links, none of them twice."""
    for link in sorted(needed_by(case, states, walk[-1])):
        if states[link] == "missing" and link not in walk:
            yield [*walk, link]
            yield from walks(case, states, [*walk, link])


def called_for(case: Case, states: dict[str, str]) -> dict[str, int]:
    """Each missing link that is called for, with the fewest steps to it."""
    depth: dict[str, int] = {}
    for start in case.links:
        if states[start] in (*ACTIVE, "planned"):
            for walk in walks(case, states, [start]):
                steps = len(walk) - 1
                depth[walk[-1]] = min(steps, depth.get(walk[-1], steps))
    return depth


def missing_kind(case: Case, states: dict[str, str], link: str) -> str:
    if link in called_for(case, states):
        return "fill"
    neighbour = served = False
    for flow in case.flows:
        if flow["to"] == link and any(states[member] in ACTIVE for member in flow["from"]):
            neighbour = True
        if link in flow["from"] and states[flow["to"]] in ACTIVE:
            others = [states[member] for member in flow["from"] if member != link]
            if flow["need"] == "any" and any(s in (*ACTIVE, "planned") for s in others):
                served = True
            else:
                neighbour = True
    return "extend" if neighbour else "covered" if served else "build"


def wishes(case: Case, link: str) -> int:
    accepted = [row for row in case.rows("requests", link) if row["status"] == "accepted"]
    live = live_findings(case, link, case.scoring.finding_life_years)
    return len(accepted) + len([row for row in live if row["status"] == "wanted"])


def is_critical(case: Case, link: str) -> bool:
    return case.links[link].get("critical") == "true"


def kind_and_suspect(case: Case, states: dict[str, str], link: str) -> tuple[str, str | None]:
    state = states[link]
    if state == "weak":
        return "strengthen", None
    if state == "strong":
        return ("deepen" if is_critical(case, link) or wishes(case, link) else "none"), None
    if state == "planned":
        return "planned", None
    if state == "present":
        return "check", "strengthen"
    if state == "unknown":
        return "check", missing_kind(case, {**states, link: "missing"}, link)
    return missing_kind(case, states, link), None


def is_break(case: Case, states: dict[str, str], link: str) -> bool:
    customer = any(
        link in needed_by(case, states, user) for user in case.links if states[user] in ACTIVE
    )
    supplier = any(
        states[member] in ACTIVE
        for flow in case.flows
        if flow["to"] == link
        for member in flow["from"]
    )
    return customer and supplier


def is_settled(case: Case, states: dict[str, str], link: str, kind: str) -> bool:
    if kind == "check":
        return False
    if states[link] != "missing":
        return True
    around: set[str] = set()
    for flow in case.flows:
        if link in flow["from"]:
            user = states[flow["to"]] in (*ACTIVE, "planned")
            needed = link in needed_by(case, states, flow["to"])
            open_member = any(states[member] == "unknown" for member in flow["from"])
            firm_need = flow["need"] == "required" or (flow["need"] == "any" and not open_member)
            if kind == "fill" and user and needed and firm_need:
                return True
        if link in flow["from"] or flow["to"] == link:
            around |= {*flow["from"], flow["to"]} if link in flow["from"] else set(flow["from"])
    return all(states[other] != "unknown" for other in around)


# Section 4.2


def gap_value(case: Case, link: str, kind: str) -> tuple[float | None, bool | None, bool | None]:
    """The value in 亿元, whether a lower bound, whether alternative; all None where null."""
    amount, _, unit = supply(case, link)
    wish, wish_unit, lower_bound, alternative = demand(case, link)
    if wish is None or wish_unit != MONEY:
        return None, None, None
    if kind in ("fill", "extend", "build"):
        return wish, lower_bound, alternative
    if kind == "strengthen" and amount is not None and unit == MONEY:
        return max(0.0, wish - amount), lower_bound, alternative
    return None, None, None


def dependents(case: Case, link: str) -> float:
    if len(case.links) == 1:
        return 0.0
    stopped = {link}
    while True:
        before = len(stopped)
        for flow in case.flows:
            if flow["need"] != "optional" and all(m in stopped for m in flow["from"]):
                stopped.add(flow["to"])
        if len(stopped) == before:
            return (len(stopped) - 1) / (len(case.links) - 1)


def priority(case: Case, link: str, kind: str) -> float | None:
    if kind in ("none", "planned", "covered"):
        return None
    numbers = case.scoring
    parts = [
        (numbers.dependents, min(1.0, dependents(case, link) / numbers.anchor)),
        (numbers.critical, 1.0 if is_critical(case, link) else 0.0),
        (numbers.wanted, min(1.0, wishes(case, link) / numbers.wanted_full)),
    ]
    value = gap_value(case, link, kind)[0]
    if value is not None:
        share = math.log(1 + value / numbers.lo) / math.log(1 + numbers.hi / numbers.lo)
        parts.append((numbers.value, min(1.0, max(0.0, share))))
    return 100 * sum(w * n for w, n in parts) / sum(w for w, _ in parts)


def gap(case: Case, states: dict[str, str], link: str) -> dict[str, Any]:
    kind, suspect = kind_and_suspect(case, states, link)
    value, lower_bound, alternative = gap_value(case, link, kind)
    firms = {row["firm"] for row in production_rows(case, link) if row["firm"]}
    return {
        "status": states[link],
        "basis": status(case, link)[1],
        "kind": kind,
        "suspect": suspect,
        "settled": is_settled(case, states, link, kind),
        "depth": called_for(case, states)[link] if kind == "fill" else None,
        "break": kind == "fill" and is_break(case, states, link),
        "value_100m_cny": value,
        "value_is_lower_bound": lower_bound,
        "alternative": alternative,
        "dependents": dependents(case, link),
        "critical": is_critical(case, link),
        "priority": priority(case, link, suspect or kind),
        "producers": len(firms),
        "groups": len({ultimate_parent(case, firm) for firm in firms}),
    }


def sources(case: Case, link: str) -> dict[str, list[str]]:
    must, may = evidence(case, link)
    return {"must": sorted(must), "may": sorted(may)}


def ratio_by_value(case: Case) -> float | None:
    met = total = 0.0
    for link in case.links:
        amount, _, unit = supply(case, link)
        wish, wish_unit, lower_bound, alternative = demand(case, link)
        if amount is None or wish is None or unit != MONEY or wish_unit != MONEY:
            continue
        if not lower_bound and not alternative:
            met += min(amount, wish)
            total += wish
    return met / total if total > 0 else None


def chain_figures(case: Case, states: dict[str, str]) -> dict[str, Any]:
    words = ("strong", "weak", "present", "missing", "planned", "unknown")
    count = {word: list(states.values()).count(word) for word in words}
    active = sum(count[word] for word in ACTIVE)
    needs = [f for f in case.flows if f["need"] != "optional" and states[f["to"]] in ACTIVE]
    met = [f for f in needs if any(states[m] in ACTIVE for m in f["from"])]
    perhaps = [f for f in needs if any(states[m] in (*ACTIVE, "unknown") for m in f["from"])]
    return {
        "links": len(states),
        **count,
        "completeness_low": active / len(states),
        "completeness_high": (active + count["unknown"]) / len(states),
        "local_ratio_value": ratio_by_value(case),
        "local_ratio_count_low": len(met) / len(needs) if needs else None,
        "local_ratio_count_high": len(perhaps) / len(needs) if needs else None,
    }


def answer(
    workspace: Path, chain: str, as_of: str | None = None, scoring: Scoring | None = None
) -> dict[str, Any]:
    """What `gaps CHAIN --all` (by link) and the chain's line of `chains` must say.

    `sources` bounds what the gaps may name as the sources of a link's status.
    """
    case = read_case(workspace, chain, as_of, scoring or Scoring())
    states = {link: status(case, link)[0] for link in case.links}
    return {
        "gaps": {link: gap(case, states, link) for link in case.links},
        "chains": chain_figures(case, states),
        "sources": {link: sources(case, link) for link in case.links},
    }
