"""Who is moving, where to, and how close the region's chains are to it."""

from __future__ import annotations

from dataclasses import dataclass

from chainmap.core.derivation import Ask
from chainmap.core.model import Row
from chainmap.core.world import World
from chainmap.rank.candidates import on_list

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


def destination(ask: Ask, firm: str) -> Destination:
    """The announced destination of a firm that goes elsewhere, and its dated events as a window.

    The window holds the dates at which it announced to move, looks for a site, or leaves one.
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
    toward = ""
    if left is not None:
        toward = str(ask.cell(left, "toward") or "")
        rows.append(left)
    return Destination(toward, "|".join(told), tuple(dict.fromkeys(rows)))


def chain_closeness(ask: Ask, firm: str) -> float | None:
    """The greatest share of active neighbours, in percent, over the links that a firm could serve.

    Computed from the graph; None where it could serve no link, 0 for a link without neighbours.
    """
    shares = []
    for _, chain, link in ask("ledger.links", firm, "own"):
        active, near = ask("neighbours", chain, link)
        shares.append(100 * active / near if near else 0.0)
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
