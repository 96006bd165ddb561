"""Chains with gaps and milestones for the tests of the path: stated, and at random."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from chainmap.core.dates import parse_day
from chainmap.core.graph import ChainGraph
from chainmap.core.model import Chain, ChainFile, Row, Setting, Settings
from chainmap.core.problems import Place
from chainmap.core.schema import STAGE_DATES, STAGES
from chainmap.plan.path import Path as ChainPath
from chainmap.plan.path import plan_path
from chainmap.plan.progress import Chosen
from chainmap.plan.tasks import WORK, Need

NUMBERS = {
    "path.near_years": 1.0,
    "path.mid_years": 3.0,
    "path.far_years": 5.0,
    "path.near_priority": 50.0,
    "path.mid_priority": 25.0,
    "path.check_years": 0.25,
    "path.action_years": 1.0,
    "path.sign_share": 0.5,
    "path.build_years": 1.5,
    "path.behind": 1.5,
    "path.news_years": 1.0,
}
AT = parse_day("2026-11-24")
UNITS = st.sampled_from([None, "市商务局"])
DATES = (*STAGE_DATES, "progress_date", "next_due", "as_of")


def settings_of(**changed: float) -> Settings:
    at = Place("data/scoring.yaml", 1)
    numbers = NUMBERS | {f"path.{key}": value for key, value in changed.items()}
    return Settings({key: Setting(value, "", at) for key, value in numbers.items()})


def chain_of(
    links: list[str], flows: list[Any], path: list[dict[str, Any]], stages: dict[str, str]
) -> Chain:
    """A chain of links in stages, its flows as [from, to] or [from, to, need]."""
    names = list(dict.fromkeys(stages.values())) or ["上游"]
    return Chain(
        ChainFile.model_validate(
            {
                "chain": "probe",
                "name": "探针",
                "kind": "emerging",
                "region": "示例市",
                "as_of": "2026",
                "bureau": "市工信局",
                "panorama": {
                    "stages": [{"id": f"s{at}", "name": name} for at, name in enumerate(names)],
                    "links": [
                        {
                            "id": link,
                            "name": link,
                            "stage": f"s{names.index(stages.get(link, names[0]))}",
                            "products": [link],
                        }
                        for link in links
                    ],
                    "flows": [
                        dict(zip(("from", "to", "need"), flow, strict=False)) for flow in flows
                    ],
                },
                "path": path,
            }
        ),
        {},
    )


def need_of(link: str, words: dict[str, str]) -> Need:
    kind = words.get("kind", "none")
    unsure = kind == "check" or words.get("settled") == "false"
    status = "unknown" if kind == "check" else "missing"
    priority = words.get("priority")
    return Need(
        link,
        kind,
        words.get("suspect"),
        not unsure,
        float(priority) if priority else None,
        words.get("status", status),
    )


def project_of(at: int, words: dict[str, str]) -> Row:
    usual = {"project": f"p{at}", "name": f"项目{at}", "as_of": "2026-10"} | words
    dates = {key: parse_day(word) for key, word in usual.items() if key in DATES}
    return Row("projects", at + 2, at, usual | dates)


def chosen_of(words: dict[str, str]) -> Chosen:
    return Chosen(
        words["link"],
        words["firm"],
        words["name"],
        words["kind"],
        words.get("district"),
        parse_day(words["start"]),
        parse_day(words["due"]),
    )


@st.composite
def worlds(
    draw: Any, hand: bool = True, dated: bool = False, names: Sequence[str] = ()
) -> tuple[Any, ...]:
    """Links, flows with cycles and groups, needs, milestones."""
    links = [f"l{n}" for n in range(draw(st.integers(1, 7)))]
    link = st.sampled_from(links)
    flows, pairs = [], set()
    for _ in range(draw(st.integers(0, 10)) if len(links) > 1 else 0):
        ends = draw(st.lists(link, min_size=2, max_size=4, unique=True))
        target, sources = ends[0], ends[1:]
        sources = [s for s in sources if (s, target) not in pairs]
        if not sources:
            continue
        need = "any" if len(sources) > 1 else draw(st.sampled_from(["required", "optional"]))
        pairs |= {(s, target) for s in sources}
        flows.append([sources if need == "any" else sources[0], target, need])
    needs = []
    for name in links:
        kind = draw(st.sampled_from([*WORK, "check", "none", "planned", "covered"]))
        suspect = draw(st.sampled_from(["fill", "strengthen", "extend", "covered"]))
        status = {"none": "strong", "deepen": "strong", "strengthen": "weak", "check": "unknown",
                  "planned": "planned"}.get(kind, "missing")  # fmt: skip
        priority = draw(st.none() | st.floats(0, 100))
        needs.append(Need(name, kind, suspect if kind == "check" else None,
                          kind != "check" and draw(st.booleans()),
                          priority, status))  # fmt: skip
    path = []
    for at in range(draw(st.integers(0, 4)) if hand else 0):
        start = draw(st.integers(2025 * 12, 2029 * 12) | (st.nothing() if dated else st.none()))
        due = draw(st.none() | st.integers(start or 2025 * 12, 2031 * 12))
        months = {"start": start, "due": due}
        path.append(
            {
                "id": f"m{at}",
                "action": draw(st.sampled_from([*WORK, "check"])),
                "title": draw(st.sampled_from(names)) if names else f"事项{at}",
                "needs": draw(st.lists(st.sampled_from([f"m{n}" for n in range(at)]), unique=True))
                if at
                else [],
            }
            | {k: f"{m // 12}-{m % 12 + 1:02d}" for k, m in months.items() if m is not None}
            | ({"link": draw(link)} if draw(st.booleans()) else {})
        )
    stages = {name: draw(st.sampled_from(["上游", "中游", "上层"])) for name in links}
    return links, flows, needs, path, stages


@st.composite
def busy_worlds(draw: Any, hand: bool = True) -> tuple[Any, ...]:
    """A world whose milestones have dates, with projects, and with the rows of a plan or none."""
    world = draw(worlds(hand=hand, dated=True))
    months = st.integers(2023 * 12, 2027 * 12 + 11)
    link = st.sampled_from(world[0])
    firm = st.sampled_from(["fa", "fb", "fc"])
    projects = []
    for at in range(draw(st.integers(0, 5))):
        dated = draw(st.lists(st.sampled_from(STAGE_DATES[:5]), unique=True, max_size=3))
        if draw(st.integers(0, 9)) == 0:
            dated.append("ended")
        dates = {name: month(draw(months)) for name in dated}
        dates["as_of"] = month(draw(st.integers(2023 * 12, 2026 * 12 + 9)))
        for name in ("next_due", "progress_date"):
            if draw(st.booleans()):
                dates[name] = month(draw(months))
        words = {"project": f"p{at}", "link": draw(link), "firm": draw(firm),
                 "stage": draw(st.sampled_from(["", *STAGES])), "unit": draw(UNITS)}  # fmt: skip
        projects.append(project_of(at, words | dates))
    if draw(st.booleans()):
        return world, projects, None
    rows = []
    for link_id, firm_id in draw(st.lists(st.tuples(link, firm), unique=True, max_size=5)):
        start = draw(st.integers(2026 * 12, 2030 * 12))
        due = start + draw(st.integers(0, 23))
        kind = draw(st.sampled_from([*WORK, "check"]))
        district = draw(st.sampled_from([None, "即墨区"]))
        dates = parse_day(month(start)), parse_day(month(due))
        rows.append(Chosen(link_id, firm_id, firm_id, kind, district, *dates))
    return world, projects, rows


def month(at: int) -> str:
    return f"{at // 12}-{at % 12 + 1:02d}"


def planned(world: tuple[Any, ...], **numbers: float) -> ChainPath:
    links, flows, needs, path, stages = world
    chain = chain_of(links, flows, path, stages)
    return plan_path(chain, ChainGraph(chain), AT, settings_of(**numbers).__getitem__, needs, [])


def busy(world: tuple[Any, ...], **numbers: float) -> ChainPath:
    """The path of a world with projects and plan."""
    (links, flows, needs, path, stages), projects, chosen = world
    chain = chain_of(links, flows, path, stages)
    graph, numbered = ChainGraph(chain), settings_of(**numbers).__getitem__
    return plan_path(chain, graph, AT, numbered, needs, projects, chosen)
