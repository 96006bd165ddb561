"""An order of the test on the past as a reader can follow it: who stood first, and who came."""

from __future__ import annotations

from collections.abc import Iterator

from chainmap.core.derivation import Figure
from chainmap.core.words import say

FIRST = 10


def order_texts(figure: Figure, lang: str) -> Iterator[str]:
    """The first places of an order with their scores, then all who came, each with the signing.

    The whole derivation, down to every mark at the cut-off, is in the data form.
    """
    order = figure.value
    count = len(order.groups)
    came = [at for at, projects in enumerate(order.came) if projects]
    yield say("why.past_units", lang, count=count, came=len(came))
    shown = dict.fromkeys([*range(min(FIRST, count)), *came])
    for at in sorted(shown):
        name = "/".join(part for part in (figure.world.name(order.groups[at]), order.chains[at])
                        if part)  # fmt: skip
        text = f"{at + 1}. {name}  {order.scores[at]:g}"
        yield "  ".join((text, *(_signing(figure, project) for project in order.came[at])))


def _signing(figure: Figure, project: str) -> str:
    rows = figure.world.rows("projects", ("project",), (project,))
    (row,) = rows[-1:]
    day = row.text("signed") or row.text("started") or row.text("building")
    return f"<- {row.text('name')} {day} ({row.file}:{row.line})"
