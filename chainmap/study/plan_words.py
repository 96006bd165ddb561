"""The programme in sentences: what it is worth, what it rests on, what stood against the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from chainmap.core.words import figure, say
from chainmap.study.content import chain_name, link_name, short_name
from chainmap.study.given_up import given_up

if TYPE_CHECKING:
    from chainmap.plan.problem import Problem
    from chainmap.study import JsonRow, Study
    from chainmap.study.cores import Cores
    from chainmap.study.given_up import GivenUp
    from chainmap.study.programme import Programme

BENCH = 5
NAMED = 3
CHECKED = 3  # prices that are looked up by planning again
PRICED = 10


def _joint(lang: str) -> str:
    return "、" if lang == "zh" else ", "


def _percent(share: float | None) -> str:
    if share is None:
        return "-"
    return f"{100 * share:.2f}%" if share < 0.01 else f"{100 * share:.1f}%"


def summary(
    study: Study,
    found: Programme,
    rows: Sequence[JsonRow],
    envelope: Mapping[str, Any],
    lang: str,
) -> Iterator[str]:
    """What a mayor's office asks first: how good, against what, resting on what."""
    draft = found.draft
    proof = say("plan.proven", lang)
    if not envelope["proven"]:
        proof = say("plan.gap", lang, gap=_percent(envelope["gap"]))
    yield say(
        "plan.objective", lang, objective=figure(envelope["objective"]),
        bound=figure(envelope["bound"]) or say("unknown", lang), proof=proof,
        seconds=f"{envelope['seconds']:.0f}",
    )  # fmt: skip
    parts = {name: figure(envelope[name]) for name in ("closed", "match", "cluster", "misplaced")}
    yield say("plan.parts", lang, **parts)
    if found.by_hand is None:
        yield say("plan.by_hand_none", lang)
    else:
        loss = 1 - found.by_hand / envelope["objective"] if envelope["objective"] > 0 else 0.0
        yield say("plan.by_hand", lang, value=figure(found.by_hand), loss=_percent(loss))
    groups = {study.world.group(row["firm"]) for row in rows}
    yield say(
        "plan.counts", lang, count=len(rows), chains=len({row["chain"] for row in rows}),
        links=len({(row["chain"], row["link"]) for row in rows}), groups=len(groups),
        checks=sum(row["kind"] == "check" for row in rows),
    )  # fmt: skip
    known = [row["expected_100m_cny"] for row in rows if row["expected_100m_cny"] is not None]
    if known:
        yield say("plan.money", lang, known=len(known), value=figure(sum(known)),
                  unknown=len(rows) - len(known))  # fmt: skip
    counts = Counter(row["district"] for row in rows).most_common()
    yield say(
        "plan.by_district", lang, parts=_joint(lang).join(f"{name} {n}" for name, n in counts)
    )
    if draft.unlimited:
        names = _joint(lang).join(draft.unlimited[:NAMED])
        more = " .." if len(draft.unlimited) > NAMED else ""
        yield say("plan.unlimited", lang, count=len(draft.unlimited), names=names + more)
    if draft.without_needs:
        yield say("plan.without_needs", lang, all=len(draft.problem.targets),
                  count=draft.without_needs)  # fmt: skip
    if draft.assumed:
        settings = study.world.settings
        yield say("plan.assumed", lang, count=len(draft.assumed),
                  meetings=f"{settings['plan.meetings_a_quarter']:g}",
                  each=f"{settings['plan.meetings']:g}")  # fmt: skip
    if draft.gone:
        yield say("plan.gone", lang, count=len(draft.gone))


def core_lines(study: Study, cores: Cores, rows: Sequence[JsonRow], lang: str) -> Iterator[str]:
    """How many of the programme are core, borderline or exterior, and who is on the bench."""
    if not cores.draws:
        yield say("plan.core_none", lang)
        return
    settings = study.world.settings
    high, low = settings["plan.core"], settings["plan.exterior"]
    shares = [row["core_index"] for row in rows]
    core, exterior = sum(s >= high for s in shares), sum(s <= low for s in shares)
    yield say("plan.core_line", lang, draws=cores.draws, asked=cores.asked, core=core,
              border=len(rows) - core - exterior, exterior=exterior)  # fmt: skip
    placed = [share for row in rows if (share := row["core_place"]) is not None]
    same, seldom = sum(s >= high for s in placed), sum(s <= low for s in placed)
    yield say("plan.core_places", lang, core=same, border=len(placed) - same - seldom,
              exterior=seldom)  # fmt: skip
    chosen = {(row["chain"], row["link"], row["firm"]) for row in rows}
    bench = [(key, n) for key, n in cores.taken.items() if key not in chosen]
    bench.sort(key=lambda one: (-one[1], one[0]))
    if bench:
        names = [
            f"{short_name(study, firm)}（{link_name(study.chain(chain), link, lang)} "
            f"{n / cores.draws:.0%}）"
            for (chain, link, firm), n in bench[:BENCH]
        ]
        yield say("plan.bench", lang, names=_joint(lang).join(names))


def given_up_lines(study: Study, found: Programme, count: int, lang: str) -> Iterator[str]:
    """The targets of most worth that were left out, each with what stood against it."""
    for one in given_up(found, count):
        chain = study.chain(one.chain)
        target = f"{chain_name(chain, lang)}/{link_name(chain, one.link, lang)}"
        mark = "：" if lang == "zh" else ": "
        firm = short_name(study, one.firm)
        yield f"{firm}  {target}  {figure(one.expected)}{mark}{given_up_words(study, one, lang)}"


def given_up_words(study: Study, one: GivenUp, lang: str) -> str:
    """What stood against a target, in words."""
    names = []
    for word in one.instead:
        chain, _, link = word.partition("/")
        named = link_name(study.chain(chain), link, lang) if link else short_name(study, word)
        names.append(named)
    return say(f"plan.against.{one.why}", lang, who=_joint(lang).join(names))


def rule_words(study: Study, problem: Problem, rule: tuple[str, ...], lang: str) -> str:
    """A rule of the programme as a sentence."""
    kind, *who = rule
    most: Any = ""
    if kind in ("land", "budget", "projects"):
        most = f"{problem.limits[who[0], kind]:g}"
    elif kind == "seats":
        most = problem.seats[who[0]]
    elif kind in ("per_link", "per_group"):
        most = getattr(problem, kind)
    elif kind in ("least", "most"):
        most = getattr(problem, kind)[who[0]]
    elif kind == "after":
        most, who = "/".join(who[2:]), who[:2]
    if kind in ("must", "forbid"):
        group, _, at = who[0].partition(".")
        plan = study.workspace.plan
        assert plan is not None
        because = getattr(plan.file, group)[int(at)].because
        line = plan.place(group, int(at)).line
        return say(f"plan.rule.{kind}", lang, line=line, because=because)
    name = "/".join(who)
    if kind in ("least", "most", "seats") and who[0] in study.workspace.chains:
        name = chain_name(study.chain(who[0]), lang)
    return say(f"plan.rule.{kind}", lang, who=name, most=most)


def priced(study: Study, found: Programme, seconds: float | None) -> dict[str, Any]:
    """Prices of the limits and costs of what must be, for the envelope of the programme."""
    from chainmap.plan.prices import costs, prices

    assert found.solution is not None
    problem, solution = found.draft.problem, found.solution
    patience = study.world.settings["plan.seconds"] if seconds is None else seconds
    return {
        "prices": [
            {"rule": list(one.rule), "price": one.price, "gain": one.gain}
            for one in prices(problem, solution, patience, CHECKED)
        ],
        "costs": [
            {"rule": list(one.rule), "cost": one.cost} for one in costs(problem, solution, patience)
        ],
    }


def price_lines(
    study: Study, found: Programme, envelope: Mapping[str, Any], lang: str
) -> Iterator[str]:
    """The dearest limits with what one more unit really adds, and what each must costs."""
    problem = found.draft.problem
    if not envelope["prices"]:
        yield say("plan.price_none", lang)
    for one in envelope["prices"][:PRICED]:
        checked = ""
        if one["gain"] is not None:
            checked = say("plan.price_checked", lang, gain=figure(one["gain"]))
        rule = rule_words(study, problem, tuple(one["rule"]), lang)
        yield say("plan.price", lang, rule=rule, price=figure(one["price"]), checked=checked)
    for one in envelope["costs"]:
        rule = rule_words(study, problem, tuple(one["rule"]), lang)
        yield say("plan.cost", lang, rule=rule, cost=figure(one["cost"]))
