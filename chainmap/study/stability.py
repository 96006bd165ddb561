"""How sure a ranking is, as an envelope for scripts and as rows and sentences for a reader."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from chainmap.core.words import say
from chainmap.rank.criteria import IMPACT, LIKELIHOOD
from chainmap.study import JsonRow, Study
from chainmap.study.content import chain_name, link_name, short_name

if TYPE_CHECKING:
    from chainmap.rank.robust import Ranking, Rows
    from chainmap.rank.stability import Stability, Standing, Worth

GROUPS = {"impact": IMPACT, "likelihood": LIKELIHOOD}


def staying(study: Study, rows: Rows) -> dict[str, Any]:
    """How many of the first rows stay on top, and how many intervals the first one overlaps.

    ``surest`` is the row of the first ones that is most often on top; rows must have been drawn.
    """
    core = int(study.world.settings["robust.core"])
    mostly = study.world.settings["robust.mostly"]
    among = rows[:core]
    return {
        "core": len(among),
        "mostly": mostly,
        "staying": sum(row["p_top"] >= mostly for row in among),
        "surest": max(among, key=lambda row: row["p_top"])["ref"],
        "overlapping": rows.overlapping(),
    }


def stable_lines(study: Study, found: Ranking, lang: str) -> list[str]:
    """The stability of a ranking in words, every one a computed fact."""
    from chainmap.show.ranks import likely

    if not found.rows or found.rows[0]["p_top"] is None:
        return []
    told = staying(study, found.rows)
    (surest,) = (row for row in found.rows[: told["core"]] if row["ref"] == told["surest"])
    share = likely(surest["p_top"], surest["p_top_error"])
    name = short_name(study, surest["firm"])
    mostly = f"{told['mostly']:.0%}"
    lines = [
        say("rank.stable", lang, core=told["core"], staying=told["staying"], mostly=mostly,
            top=found.top, name=name, share=share)
    ]  # fmt: skip
    if len(found.rows) > 1:
        count = told["overlapping"]
        lines.append(say("rank.overlap", lang, count=count) if count else say("rank.apart", lang))
    return lines


def envelope(study: Study, found: Ranking, account: Stability) -> dict[str, Any]:
    """The full account for scripts."""
    refs = [_ref(one) for one in account.standings]
    mean, most = account.by_chance
    return {
        "stability": staying(study, found.rows) if found.rows else None,
        "pairwise": {"refs": refs, "wins": [list(line) for line in account.wins]},
        "central_weights": [
            {
                "ref": _ref(one),
                "first": one.first,
                "weights": one.central,
                "confidence": one.confidence,
                "first_if": {name: list(ends) for name, ends in one.first_if.items()},
            }
            for one in account.standings
        ],
        "value_of_knowing": [
            {
                "kind": one.kind,
                "name": one.name,
                "swaps": one.swaps,
                "gain": one.gain,
                "gain_by_chance": mean,
                "gain_by_chance_most": most,
            }
            for one in account.worth
        ],
    }


def standings(study: Study, found: Ranking, account: Stability, lang: str) -> list[JsonRow]:
    """The first candidates with their chances, and in words when they would be first."""
    rows = []
    for at, one in enumerate(account.standings):
        last = at + 1 == len(account.standings)
        link = link_name(study.chain(one.row.chain), one.row.link, lang)
        rows.append(
            {
                "name": short_name(study, one.row.firm),
                "link_name": link,
                "beats_next": None if last else account.wins[at][at + 1],
                "first": one.first,
                "confidence": one.confidence,
                "when": _when(study, one, found.weights, lang),
            }
        )
    return rows


def knowing(study: Study, account: Stability, lang: str, kind: str, most: int) -> list[JsonRow]:
    """The unknown quantities or weights that move the first candidates most, in words."""
    found = [one for one in account.worth if one.kind == kind and one.swaps > 0]
    return [
        {"what": _named(study, one, lang), "swaps": one.swaps, "gain": one.gain}
        for one in found[:most]
    ]


def _ref(one: Standing) -> str:
    return f"{one.row.chain}/{one.row.link}/{one.row.firm}"


def _group(name: str, lang: str) -> str:
    return say(f"weights.{name}" if name in GROUPS else f"criterion.{name}", lang)


def _when(study: Study, one: Standing, stated: Mapping[str, float], lang: str) -> str:
    """When a candidate is first: by the smallest change of one weight that makes it so."""
    reach = study.world.settings["robust.factor"]
    ends = one.first_if.values()
    if ends and all(low <= 1 and (high is None or high >= 1) for low, high in ends):
        return say("first.now", lang)
    near = []
    for name, (low, high) in one.first_if.items():
        edge = low if low > 1 else high if high is not None and high < 1 else 1.0
        far = max(edge, 1 / edge) if edge > 0 else float("inf")
        if far <= reach:
            near.append((far, name, low, high))
    if near:
        _, name, low, high = min(near)
        words = {"name": _group(name, lang), "low": _times(low)}
        if high is None:
            return say("first.over", lang, **words)
        if low <= 0:
            return say("first.under", lang, name=words["name"], high=_times(high))
        return say("first.between", lang, high=_times(high), **words)
    if one.central is None:
        return say("first.never", lang)
    return _central(one.central, stated, lang)


def _central(central: Mapping[str, float], stated: Mapping[str, float], lang: str) -> str:
    """Which criterion weighs most above what is stated, when the candidate is first."""
    whole = sum(stated.values())
    times, name = max(
        (central[name] * whole / weight, name) for name, weight in stated.items() if weight > 0
    )
    return say("first.central", lang, name=_group(name, lang), times=_times(times))


def _times(factor: float) -> str:
    return f"{factor:.3g}"


def _named(study: Study, one: Worth, lang: str) -> str:
    """What an unknown quantity or a weight is called."""
    if one.kind == "weight":
        return say("knowing.weight", lang, name=say(f"criterion.{one.name}", lang))
    kind, *ids = one.name.split("/")
    if kind == "gap":
        chain = study.chain(ids[0])
        names = {"chain": chain_name(chain, lang), "link": link_name(chain, ids[1], lang)}
        return say("knowing.gap", lang, **names)
    words = {"firm": short_name(study, ids[0])}
    if kind == "fit":
        words["link"] = link_name(study.chain(ids[1]), ids[2], lang)
    return say(f"knowing.{kind}", lang, **words)
