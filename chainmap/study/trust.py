"""Evidence coverage: on which grades of evidence a score's weight rests.

A criterion's weight goes, whole, to the worst grade among the sources of the cells that its mark
was computed from. It goes to ``unknown`` where any part of the mark is unknown, or where nothing
was read for it. Links and flows are domain knowledge (grade D), which every mark may use: they
decide only where a mark was read from the chain file alone. A/B are told as one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from weakref import WeakKeyDictionary

from chainmap.core.derivation import Ask, Figure, Found, Rule
from chainmap.core.formula import Number, ratio, total
from chainmap.core.world import PastWorld, World
from chainmap.find.value import WEIGHTS as PRIORITY
from chainmap.rank.backtest.methods import best_row
from chainmap.rank.backtest.past import DIGITS
from chainmap.rank.backtest.scope import parse
from chainmap.rank.backtest.units import Units
from chainmap.rank.criteria import CRITERIA, figure_of
from chainmap.rank.marks import Mark

Shares = dict[str, float]
BUCKETS = ("A/B", "C", "D", "unknown")
# The figure behind each term of the priority of a gap.
TERMS = {
    "term.value": "worth",
    "term.dependents": "dependents",
    "term.critical": "critical",
    "term.wanted": "wanted_count",
}
# The figure behind each part of the score of a leader firm.
LEADER_PARTS = {
    "scale": "leaders.scale",
    "pull": "leaders.pull",
    "sourcing": "leaders.sourcing",
    "single": "leaders.sourcing",
}
_NOTHING = ("", "")


def behind(world: World, figure: Figure) -> tuple[str, str]:
    """The worst grade in a figure's derivation and a source that has it.

    ``("D", "")`` where only the chain file was read, two empty words where nothing was.
    """
    known: WeakKeyDictionary[Figure, tuple[str, str]] = world.once(
        "trust/behind", WeakKeyDictionary
    )
    found = known.get(figure)
    if found is None:
        worst, structure = _NOTHING, False
        for part in figure.inputs:
            if isinstance(part, Figure):
                below = behind(world, part)
                structure = structure or below == ("D", "")
                if below[1]:
                    worst = max(worst, below)
            elif not isinstance(part, Found):
                structure = structure or part.kind == "structure"
                if part.value is not None:
                    graded = ((world.grades.get(s, "D"), s) for s in part.sources)
                    worst = max(worst, *graded, _NOTHING)
        found = known[figure] = worst if worst[1] or not structure else ("D", "")
    return found


def grade_behind(ask: Ask, rule: str, *args: str) -> str:
    """What a mark rests on: A, B, C or D, or unknown."""
    figure = ask.figure(rule, *args)
    value = figure.value
    unknown = value.unknown if isinstance(value, Mark) else getattr(value, "value", value) is None
    if unknown:
        return "unknown"
    grade, source = behind(ask.world, figure)
    if source:
        return str(ask("source_grade", source))
    return grade or "unknown"


def _shares(ask: Ask, weights: Mapping[str, tuple[str, float]]) -> Shares | None:
    """The share of the weights by bucket, of (grade, weight) pairs; None where all are 0."""
    whole = total([weight for _, weight in weights.values()])
    if not whole > 0:
        return None
    parts: dict[str, dict[str, float]] = {}
    for name, (grade, weight) in weights.items():
        parts.setdefault("A/B" if grade in ("A", "B") else grade, {})[name] = weight
    return {
        bucket: ask.work(f"coverage.{bucket}", part_of, parts[bucket], whole)
        if bucket in parts
        else 0.0
        for bucket in BUCKETS
    }


def of_candidate(ask: Ask, firm: str, chain: str, link: str) -> Shares | None:
    """The share of the weights of the criteria by what their marks rest on."""
    weights = ask("weights").of
    return _shares(
        ask,
        {
            f"criterion.{name}": (
                ask("trust", *figure_of(name, firm, chain, link)),
                weights[name],
            )
            for name in CRITERIA
        },
    )


def of_link(ask: Ask, chain: str, link: str) -> Shares | None:
    """The same of the terms of a gap's priority; None for a link without one.

    The value counts with its weight also where it is unknown and so left out of the priority.
    Whether a link to check is a gap at all is told by its kind, not here.
    """
    if ask("priority", chain, link) is None:
        return None
    terms = {**TERMS}
    if ask("gap", chain, link).kind == "check":
        terms["term.value"] = "check_worth"
    return _shares(
        ask,
        {
            term: (ask("trust", terms[term], chain, link), ask.setting(setting))
            for term, setting in PRIORITY.items()
        },
    )


def of_rank(ask: Ask, *which: str) -> Shares | None:
    """The mean over the candidates that a request lets through."""
    found = ask("candidates", *which)
    return _mean(ask, [ask("coverage.candidate", c.firm, c.chain, c.link) for c in found if c.link])


def of_gaps(ask: Ask, chain: str) -> Shares | None:
    """The mean over the links of a chain, or of all, that have a priority."""
    chains = [chain] if chain else list(ask.world.workspace.chains)
    pairs = [(name, link.id) for name in chains for link in ask.world.chain(name).links]
    return _mean(ask, [ask("coverage.link", *pair) for pair in pairs])


def of_refs(ask: Ask, *refs: str) -> Shares | None:
    """The mean over the candidates of some rows, by their refs."""
    parts = [ref.split("/") for ref in refs]
    return _mean(ask, [ask("coverage.candidate", firm, chain, link) for chain, link, firm in parts])


def of_firms(ask: Ask, scope: str, *firms: str) -> Shares | None:
    """The mean over the best candidates of firms, or of their groups; others have no score."""
    best = [ask("ledger.best", firm, scope) for firm in firms]
    return _mean(
        ask, [ask("coverage.candidate", one.firm, one.chain, one.link) for one in best if one]
    )


def of_leader(ask: Ask, firm: str) -> Shares | None:
    """The share of the weights of a leader's score by what its parts rest on."""
    return _shares(
        ask,
        {
            f"leaders.part.{part}": (
                ask("trust", rule, firm),
                ask.setting(f"leaders.weights.{part}"),
            )
            for part, rule in LEADER_PARTS.items()
        },
    )


def of_leaders(ask: Ask, *firms: str) -> Shares | None:
    """The mean over leader firms."""
    return _mean(ask, [ask("coverage.leader", firm) for firm in firms])


def of_past_row(ask: Ask, firm: str, chain: str, link: str, basis: str) -> Shares | None:
    """The share of the weights of a score at a cut-off by what its marks rested on then.

    Where codes alone suggest the firm its fit is unknown. To be asked in the world of the cut-off.
    """
    weights = ask("weights").of
    return _shares(
        ask,
        {
            f"criterion.{name}": (
                "unknown"
                if name == "fit" and basis in DIGITS
                else ask("trust", *figure_of(name, firm, chain, link)),
                weights[name],
            )
            for name in CRITERIA
        },
    )


def of_past(ask: Ask, word: str) -> Shares | None:
    """The mean over the units of a test on the past that any row suggests, by the best of each."""
    scope = parse(word)
    shares = []
    for day in scope.cut_offs(int(ask.setting("backtest.months"))):
        asked = (scope.on, day.text, scope.until.text, scope.mode, scope.by)
        units: Units = ask("backtest.units", *asked)
        world = PastWorld(ask.world.workspace, day)
        for one in units.of(scope.part):
            best = best_row(one)
            if best is not None:
                row = (best.firm, best.chain, best.link, best.basis)
                shares.append(ask.elsewhere(world, "coverage.past_row", *row))
    return _mean(ask, shares)


def report(ask: Ask, name: str, chain: str) -> Shares | None:
    """Evidence coverage of a report: ``rank`` or ``gaps`` of a chain, or of ``all``."""
    which = "" if chain == "all" else chain
    found: Shares | None = (
        ask("coverage.gaps", which)
        if name == "gaps"
        else ask("coverage.rank", which, "", "", "", "")
    )
    return found


def _mean(ask: Ask, rows: Sequence[Shares | None]) -> Shares | None:
    known = [shares for shares in rows if shares is not None]
    if not known:
        return None
    return {
        bucket: ask.work(
            f"coverage.{bucket}", mean, total([one[bucket] for one in known]), len(known)
        )
        for bucket in BUCKETS
    }


# The formulas


def part_of(weights: Mapping[str, Number], whole: Number) -> Number:
    """The sum of some weights over that of all."""
    return total(list(weights.values())) / whole


def mean(summed: Number, count: Number) -> Number:
    """A sum over how many."""
    return ratio(summed, count)


RULES: dict[str, Rule] = {
    "trust": grade_behind,
    "coverage": report,
    "coverage.candidate": of_candidate,
    "coverage.link": of_link,
    "coverage.rank": of_rank,
    "coverage.gaps": of_gaps,
    "coverage.refs": of_refs,
    "coverage.firms": of_firms,
    "coverage.leader": of_leader,
    "coverage.leaders": of_leaders,
    "coverage.past_row": of_past_row,
    "coverage.past": of_past,
}
