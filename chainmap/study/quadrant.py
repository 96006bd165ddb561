"""The quadrant of a chain as figures: how far a point may lie, and how many stand where."""

from __future__ import annotations

import math
from collections.abc import Mapping
from operator import itemgetter

from chainmap.core.derivation import Ask, Rule
from chainmap.rank.criteria import IMPACT, LIKELIHOOD, figure_of
from chainmap.rank.ranks import Ranks, Request, interval_at, scope_of
from chainmap.rank.score import Score, Weights, weighted_mean
from chainmap.study.column import Column

AXES = {"impact": IMPACT, "likelihood": LIKELIHOOD}
Span = tuple[float, float]
COUNTS = ("all", "first", "whole", "over")


def span(ask: Ask, firm: str, chain: str, link: str, axis: str) -> Span | None:
    """Impact or likelihood with every unknown mark at its lowest and at its highest.

    None where all its weights are 0; both ends are the point where nothing is unknown.
    """
    stated: Weights = ask("weights")
    marks = {name: ask(*figure_of(name, firm, chain, link)) for name in AXES[axis]}
    if not math.fsum(stated.of[name] for name in marks) > 0:
        return None
    found = []
    for end, word in enumerate(("low", "high")):
        terms = {
            f"criterion.{name}": (stated.of[name], mark.span[end] if mark.span else mark.value)
            for name, mark in marks.items()
        }
        found.append(float(ask.work(f"formula.{word}", weighted_mean, terms)))
    return found[0], found[1]


def quadrant(ask: Ask, chain: str, *scope: str) -> Mapping[str, int]:
    """Of the candidates that a chart draws, how many stand in its first quarter, and how surely.

    ``first``: at the top right; ``whole``: also at their worst; ``over``: a cross meets a line.
    The chart draws the first ``top`` by median rank. Without a scope it is that of the report.
    """
    found: Ranks = ask("ranks", *(scope or scope_of(Request(chain), ask.world.settings)))
    lines = {axis: ask.setting(f"quadrant.{axis}") for axis in AXES}
    places = [interval_at(found, at) for at in range(len(found.order))]
    shown = sorted(places, key=lambda one: (one.median or 0.0, one.position))[: found.top]
    counts = dict.fromkeys(COUNTS, 0)
    for place in shown:
        one = found.order[place.position - 1]
        key = (one.firm, one.chain, one.link)
        point: Score = ask("score", *key)
        if point.impact is None or point.likelihood is None:
            continue
        spans = {axis: ask("quadrant.span", *key, axis) for axis in AXES}
        first = all(getattr(point, axis) >= line for axis, line in lines.items())
        counts["all"] += 1
        counts["first"] += first
        counts["whole"] += first and all(spans[axis][0] >= line for axis, line in lines.items())
        counts["over"] += any(spans[axis][0] < line <= spans[axis][1]
                              for axis, line in lines.items())  # fmt: skip
    return counts


def _end(axis: str, at: int) -> Column:
    return Column("quadrant.span", lambda found: found and found[at], lambda a: (*a, axis))


SPAN_COLUMNS = {
    f"{axis}_{word}": _end(axis, at) for axis in AXES for at, word in enumerate(("low", "high"))
}
COUNT_COLUMNS = {name: Column("quadrant", itemgetter(name), scoped=True) for name in COUNTS}
RULES: dict[str, Rule] = {"quadrant": quadrant, "quadrant.span": span}
