"""Where one firm is best placed: every place for every gap that it could close."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chainmap.core.derivation import Ask, Rule
from chainmap.core.words import say
from chainmap.study.column import Args, Column, with_

if TYPE_CHECKING:
    from chainmap.plan.placement import Placement
    from chainmap.study import JsonRow, Study
    from chainmap.study.programme import Programme

CONTRACT = "zh"


@dataclass(frozen=True, slots=True)
class Site:
    """A placement with the firms that make the same there already."""

    found: Placement
    rivals: tuple[str, ...]


def site(ask: Ask, of: str, chain: str, link: str, firm: str, name: str) -> Site:
    """A firm's target at a place, beside the programme."""
    from chainmap.plan.placement import placed
    from chainmap.plan.problem import Target

    found: Programme = ask("plan.programme", of)
    problem = found.draft.problem
    known = next(
        (t for t in problem.targets if (t.chain, t.link, t.firm) == (chain, link, firm)), None
    )
    target = known or Target(firm, ask.world.group(firm), chain, link,
                             ask("plan.share", firm, chain, link))  # fmt: skip
    choice = found.solution.choice if found.solution else {}
    at = next(at for at, p in enumerate(problem.places) if name == (p.park or p.district))
    district = problem.places[at].district
    rivals = [
        one.firm
        for one in ask("producing", chain, link)
        if one.row.text("district") == district and one.firm != firm
    ]
    return Site(placed(problem, choice, target, at), tuple(dict.fromkeys(filter(None, rivals))))


def reason(ask: Ask, of: str, chain: str, link: str, firm: str, name: str, lang: str) -> str:
    """What speaks for the place and against it, as a sentence."""
    one: Site = ask("plan.site", of, chain, link, firm, name)
    found, file, joint = one.found, ask.world.chain(chain), "、" if lang == "zh" else ", "

    def link_names(links: Any) -> str:
        named = (file.link(other) for _, other in links)
        return joint.join((n.name_en or n.name) if lang == "en" else n.name for n in named)

    parts = []
    if found.leads:
        parts.append(say("place.why.leads", lang))
    if found.here:
        parts.append(say("place.why.here", lang, names=link_names(found.here)))
    if found.planned:
        parts.append(say("place.why.plan", lang, names=link_names(found.planned)))
    if found.misplaced:
        parts.append(say("place.why.away", lang, districts=joint.join(found.misplaced)))
    if one.rivals:
        names = joint.join(ask.world.name(rival) for rival in one.rivals)
        parts.append(say("place.why.rivals", lang, names=names))
    if found.crowds:
        problem = ask("plan.programme", of).draft.problem
        names = joint.join(ask.world.name(problem.targets[at].firm) for at in found.crowds)
        parts.append(say("place.why.crowds", lang, names=names))
    elif found.room is False:
        parts.append(say("place.why.full", lang))
    return ("；" if lang == "zh" else "; ").join(parts) or say("place.why.nothing", lang)


def _of(name: str) -> Column:
    return Column("plan.site", lambda one: getattr(one.found, name))


def _links(name: str) -> Column:
    return Column("plan.site", lambda one: [link for _, link in getattr(one.found, name)])


COLUMNS: dict[str, Column] = {
    "ref": Column("cell.ref", args=lambda args: ("/".join(("place", *args)),)),
    "firm": Column("cell.firm", args=lambda args: args[3:4]),
    "chain": Column("cell.chain", args=lambda args: (args[1], "chain")),
    "link": Column("cell.link", args=lambda args: (*args[1:3], "id")),
    "district": Column("plan.site", lambda one: one.found.place.district),
    "park": Column("plan.site", lambda one: one.found.place.park or None),
    "points": _of("points"),
    "leads": _of("leads"),
    "neighbours": _links("here"),
    "planned": _links("planned"),
    "rivals": Column("plan.site", lambda one: list(one.rivals)),
    "room": _of("room"),
    "crowds": Column("plan.site", lambda one: len(one.found.crowds)),
    "reason": Column("plan.site_reason", args=with_(CONTRACT)),
}


def place_rows(study: Study, of: str, firm: str, lang: str = "zh") -> list[JsonRow]:
    """Every place for every gap that a firm could close: gaps by worth, places by points.

    Of equal points the place with room, then the one with fewer rivals, then by name.
    """
    found: Programme = study.book.value("plan.programme", of)
    targets = [t for t in found.draft.problem.targets if t.firm == firm]
    worth = found.draft.problem.worth
    targets.sort(key=lambda t: (-worth[t.at] * t.share, t.at))
    rows = []
    for target in targets:
        mine = []
        for place in found.draft.problem.places:
            args: Args = (of, target.chain, target.link, firm, place.park or place.district)
            row = {name: one.pick(study.book.value(one.rule, *one.args(args)))
                   for name, one in COLUMNS.items()}  # fmt: skip
            if place.park and not row["leads"]:
                continue  # a park of other chains is no place for this one
            mine.append({**row, "reason": study.book.value("plan.site_reason", *args, lang)})
        mine.sort(key=_turn)
        rows += mine
    return rows


def _turn(row: JsonRow) -> tuple[Any, ...]:
    crowded = row["room"] is False
    place = (row["park"] or "", row["district"])
    return (-round(row["points"], 9), crowded, len(row["rivals"]), *place)


RULES: dict[str, Rule] = {"plan.site": site, "plan.site_reason": reason}
