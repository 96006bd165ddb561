"""Changes to random workspaces, drawn as a user would write them and made to the files by hand.

It writes the changed files itself and must never import the product's what-if, which it judges.
Only one thing is taken from an ordinary study: what the rules of the evidence make of the files.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from random_worlds import Row, World, last_day

from chainmap.study import Study

Draw = Callable[..., Any]
Opened = Callable[[World], Study]
SETTINGS = {
    "status.strong_at": ["0.4", "0.6", "0.9"],
    "status.finding_life_years": ["1", "8"],
    "priority.weights.value": ["0", "5"],
    "weights.gap": ["0", "60"],
    "weights.cluster": ["40"],
}
LEVEL = {"strong": 2, "weak": 2, "present": 2, "unknown": 1, "missing": 0, "planned": 0}


@st.composite
def thinned(draw: Draw, worlds: st.SearchStrategy[World], chain: str = "probe") -> World:
    """A workspace of which little is known but amounts: there a landing makes much uncertain.

    No status is set by hand or found; supplies and shares are in money, some supplies are 0.
    """
    world = copy.deepcopy(draw(worlds))
    panorama = world.chains[chain]["panorama"]
    for link in panorama["links"]:
        link.pop("status", None)
    for flow in panorama.get("flows", []):
        if draw(st.integers(0, 3)):
            flow.update(share=0.1, source="s1")
    rows = []
    for link in panorama["links"]:
        said = draw(st.sampled_from(["", "0", "0", "1", "10", "60"]))
        if said:
            row = {"chain": chain, "link": link["id"], "source": "s1", "status": "", "demand": ""}
            rows.append(row | {"as_of": "2024-05-01", "supply": said, "unit": "亿元"})
    other = [row for row in world.tables["findings"] if row["chain"] != chain]
    world.tables["findings"] = [*other, *rows]
    world.tables["projects"] = world.tables["projects"][: draw(st.integers(0, 1))]
    return world


@st.composite
def landings(draw: Draw, world: World, chain: str = "probe", most: int = 3) -> list[str]:
    """One landing or several."""
    firms = sorted({row["firm"] for row in world.tables["firms"]})
    links = [link["id"] for link in world.chains[chain]["panorama"]["links"]]
    found = []
    for _ in range(draw(st.integers(1, most))):
        word = f"{draw(st.sampled_from(firms))}@{draw(st.sampled_from(links))}"
        word += draw(st.sampled_from(["", ":20", ":0.5", ":300"]))
        word += draw(st.sampled_from(["", "", "@东区"]))
        found.append(word)
    return found


@st.composite
def changes(draw: Draw, world: World, chain: str = "probe") -> dict[str, list[str]]:
    """Some of every kind of change."""
    firms = sorted({row["firm"] for row in world.tables["firms"]})
    links = [link["id"] for link in world.chains[chain]["panorama"]["links"]]
    keys = draw(st.lists(st.sampled_from(sorted(SETTINGS)), max_size=2, unique=True))
    return {
        "land": draw(landings(world, chain)) if draw(st.booleans()) else [],
        "lose": draw(st.lists(st.sampled_from([*links, *firms]), max_size=2, unique=True)),
        "set": [f"{key}={draw(st.sampled_from(SETTINGS[key]))}" for key in keys],
        "district": draw(
            st.lists(st.sampled_from(["东区.land_mu=70", "西区.budget_100m_cny=2.5"]),
                     max_size=2, unique=True)
        ),
    }  # fmt: skip


def by_hand(
    world: World, chain: str, told: dict[str, list[str]], opened: Opened
) -> tuple[World, dict[str, str]]:
    """The workspace with the changes made to its files, and the links that keep their status.

    First what is lost, set and given to districts; then the landings. A link whose status would
    sink by the landings alone keeps the one it had, by hand.
    """
    first = copy.deepcopy(world)
    for word in told.get("set", []):
        key, value = word.split("=")
        first.numbers[key] = float(value)
    for word in told.get("district", []):
        where, value = word.split("=")
        district, column = where.split(".")
        for row in first.tables["districts"]:
            if row["district"] == district:
                row[column] = value
    links = {link["id"]: link for link in first.chains[chain]["panorama"]["links"]}
    for word in told.get("lose", []):
        if word in links:
            links[word]["status"] = set_by_hand("missing", world.study_date)
        else:
            first.tables["presence"] = [
                row for row in first.tables["presence"]
                if (row["firm"], row["activity"]) != (word, "production")
            ]  # fmt: skip
            first.tables["projects"] = [r for r in first.tables["projects"] if r["firm"] != word]
    if not told.get("land"):
        return first, {}
    return _landed(first, chain, told["land"], opened)


def _landed(
    first: World, chain: str, landings: list[str], opened: Opened
) -> tuple[World, dict[str, str]]:
    study = opened(first)
    second = copy.deepcopy(first)
    added: dict[str, float] = {}
    for word in dict.fromkeys(landings):
        firm, place, *district = word.split("@")
        link, *amount = place.split(":")
        _land(second, chain, (firm, link, *(district or [""])), amount)
        if amount:
            added[link] = added.get(link, 0.0) + float(amount[0])
        else:
            added.setdefault(link, 0.0)
    for link, more in added.items():
        stated = study.book.value("supply", chain, link)
        # What a finding states of all who are here does not go by one who comes.
        if stated.known and stated.rows[0].table == "findings":
            known = stated.known + (more if stated.unit == "亿元" else 0.0)
            second.tables["findings"].append(
                {"chain": chain, "link": link, "as_of": first.study_date, "source": "s1",
                 "status": "", "supply": repr(known), "demand": "", "unit": stated.unit}
            )  # fmt: skip
    before = statuses(study, chain)
    held: dict[str, str] = {}
    while True:
        after = statuses(opened(second), chain)
        sunk = {link: was for link, was in before.items() if LEVEL[after[link]] < LEVEL[was]}
        if not sunk:
            return second, held
        held |= sunk
        for link in second.chains[chain]["panorama"]["links"]:
            if link["id"] in sunk:
                link["status"] = set_by_hand(sunk[link["id"]], first.study_date)


def _land(world: World, chain: str, where: tuple[str, ...], amount: list[str]) -> None:
    firm, link, district = where
    key: Row = {"firm": firm, "chain": chain, "link": link, "district": district}
    key["activity"] = "production"
    same = [
        row for row in world.tables["presence"]
        if all(row.get(name, "") == word for name, word in key.items())
    ]  # fmt: skip
    today = last_day(world.study_date)
    seen = [row for row in same if last_day(row["as_of"]) <= today]
    row = key | {"since": world.study_date, "source": "s1", "as_of": world.study_date}
    if amount:
        row |= {"output": amount[0], "output_unit": "亿元"}
    running = [one for one in seen if _runs(one, world) and _newest(one, seen)]
    if running:
        # It makes the thing there already: what is new comes on top, where both are known.
        (old,) = running
        known = old.get("output", "")
        row |= {"output": known, "output_unit": old.get("output_unit", "")}
        if amount and known and row["output_unit"] == "亿元":
            row["output"] = repr(float(known) + float(amount[0]))
    world.tables["presence"] = [one for one in world.tables["presence"] if one not in same]
    world.tables["presence"].append(row)


def _runs(row: Row, world: World) -> bool:
    from oracle_files import first_day

    today = last_day(world.study_date)
    begun = not row.get("since") or first_day(row["since"]) <= today
    return begun and (not row.get("until") or last_day(row["until"]) >= today)


def _newest(row: Row, rows: list[Row]) -> bool:
    """By date, then grade, then the later row."""
    from random_worlds import GRADES

    def age(one: Row) -> tuple[Any, ...]:
        grade = min(GRADES[source] for source in one["source"].split("|"))
        return (last_day(one["as_of"]), -ord(grade), rows.index(one))

    return max(rows, key=age) is row


def set_by_hand(status: str, day: str) -> dict[str, str]:
    return {"is": status, "because": "假设", "source": "s1", "as_of": day}


def statuses(study: Study, chain: str) -> dict[str, str]:
    return {row["link"]: row["status"] for row in study.gap_rows(chain, all_links=True)}
