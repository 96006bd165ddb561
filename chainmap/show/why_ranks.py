"""The interval of a rank as a reader can follow it: own marks, how it was drawn, who is near."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from chainmap.core.derivation import Figure
from chainmap.core.words import say

NEAR = 3  # rivals shown on either side
Worded = Callable[[Any, str], str]


def interval_texts(figure: Figure, worded: Worded, lang: str) -> Iterator[str]:
    """What stands below an interval: its scope, the draws, its own marks, the nearest rivals.

    The whole derivation, with the marks of every rival, is in the data form.
    """
    ranks = next(part for part in figure.inputs if isinstance(part, Figure))
    chain, link, kind, on, basis, top, draws, seed, scheme = ranks.args
    among = "/".join(part for part in (chain or say("title.all", lang), link) if part)
    some = " ".join(part for part in (kind, on, basis) if part)
    order = ranks.value.order
    yield say("why.among", lang, among=f"{among} {some}".rstrip(), count=len(order))
    yield say("why.drawn", lang, draws=draws, seed=seed, scheme=scheme, top=top)
    own = figure.args[:3]
    scores: dict[tuple[str, ...], Figure] = {}
    marks: list[Figure] = []
    weights: dict[str, float] = {}
    for part in ranks.inputs:
        if not isinstance(part, Figure):
            continue
        if part.rule == "score":
            scores[part.args] = part
        elif part.rule == "weights":
            weights = part.value.of
        elif part.rule.startswith("criterion.") and part.args in (own, own[:1], own[1:]):
            marks.append(part)
    for mark in {id(mark): mark for mark in marks}.values():
        weight = weights[mark.rule.removeprefix("criterion.")]
        yield say("why.mark", lang, name=say(mark.rule, lang), mark=worded(mark.value, lang),
                  weight=f"{weight:g}")  # fmt: skip
    if figure.value is None:
        return
    yield say("why.near", lang)
    at = figure.value.position - 1
    for place in range(max(0, at - NEAR), min(len(order), at + NEAR + 1)):
        one = order[place]
        score = scores[one.firm, one.chain, one.link].value.score
        robust = ranks.value.robust
        span = f"{robust.p05[place]:g}-{robust.p95[place]:g}" if robust is not None else "-"
        ref = f"{one.chain}/{one.link}/{one.firm}"
        yield f"{'>' if place == at else ' '} {place + 1}. {ref}  {score:.1f}  [{span}]"
