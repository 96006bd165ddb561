"""Who is moving, where to, and how close the region's chains are to it."""

from __future__ import annotations

from dataclasses import dataclass

from chainmap.core.derivation import Ask
from chainmap.core.model import Row
from chainmap.core.world import World
from chainmap.rank.candidates import on_list
from chainmap.rank.criteria import percent
from chainmap.rank.ledger import Best

LISTS = ("central_soe", "beijing_soe")
BELOW = ("subsidiary", "branch")
# Events that say when a firm could move, beside those that say where to.
WINDOWS = ("relocation_announced", "site_search", "lease_ending")


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a firm is committed to go, if anywhere; and when it could be spoken to."""

    toward: str
    window: str
    rows: tuple[Row, ...] = ()

    def __str__(self) -> str:
        return self.toward or "-"


def destination(ask: Ask, firm: str) -> Destination:
    """The announced destination of a firm, and its dated events as a window.

    One that goes elsewhere is committed there, whatever it announced since; else the newest
    announcement counts. The window holds the dates at which it announced to move, looks for a
    site, or leaves one.
    """
    left: Row | None = ask("gone", firm)
    today = ask.today().last
    rows = [
        row
        for row in ask.rows("signals", ("firm",), (firm,))
        if ask.cell(row, "kind") in WINDOWS
        and (day := row.day("date")) is not None
        and day.last <= today
    ]
    told = [f"{row.text('date')} {row.text('kind')}" for row in rows]
    told_of = [row for row in rows if row.text("kind") == "relocation_announced"]
    last = left or max(told_of, key=ask.world.age, default=None)
    toward = "" if last is None else str(ask.cell(last, "toward") or "")
    if left is not None:
        rows.append(left)
    return Destination(toward, "|".join(told), tuple(dict.fromkeys(rows)))


def assessed(ask: Ask, firm: str, dimension: str) -> float | None:
    """Closeness in ``market`` or ``resource`` as someone assessed it; None where nobody did."""
    for row in ask.rows("affinity", ("firm", "dimension"), (firm, dimension)):
        return ask.number(row, "value")
    return None


def chain_closeness(ask: Ask, firm: str) -> float | None:
    """The share of active neighbours, in percent, of the link that the verdict speaks of.

    Where it speaks of none, the greatest share over the links that the firm could serve. Computed
    from the graph; None where it could serve no link, 0 for a link without neighbours.
    """
    found: Best | None = ask("ledger.best", firm, "own")
    pairs = [(chain, link) for _, chain, link in ask("ledger.links", firm, "own")]
    if found is not None:
        pairs = [(found.chain, found.link)]
    shares = []
    for pair in pairs:
        active, near = ask("neighbours", *pair)
        shares.append(ask.work("formula.chain", percent, active, near) if near else 0.0)
    return max(shares, default=None)


def movers(world: World) -> list[str]:
    """Central enterprises, firms seated where firms move out of, and their own firms there.

    A subsidiary counts where its seat is in such a city, or is not known; in the order of the
    table of firms.
    """
    listed = {firm for name in LISTS for firm in on_list(world, name)}
    cities = world.workspace.moving_from

    def seated(row: Row) -> bool:
        return any(city in row.text("hq_city") for city in cities)

    found = []
    known = set()
    for row in world.newest("firms"):
        firm = row.text("firm")
        known.add(firm)
        below = world.group(firm) in listed and not row.text("hq_city")
        if firm in listed or seated(row) or below:
            found.append(firm)
    return [*found, *sorted(listed - known)]
