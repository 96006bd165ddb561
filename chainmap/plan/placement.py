"""Where one target is best placed, given what is there and what a programme puts there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chainmap.plan.problem import Choice, LinkId, Place, Problem, Slot, Target, has_room, remaining


@dataclass(frozen=True, slots=True)
class Placement:
    """What speaks for a place and against it. ``points``: what it adds to the worth of the target.

    ``room``: None where no limit is known. ``crowds``: numbers of chosen targets, of least worth
    first, that would have to give way.
    """

    place: Place
    points: float
    leads: bool
    misplaced: tuple[str, ...]  # districts that lead the chain and have room
    here: tuple[LinkId, ...]
    planned: tuple[LinkId, ...]
    room: bool | None
    crowds: tuple[int, ...]


def placed(problem: Problem, choice: Choice, target: Target, at: int) -> Placement:
    """A target at the place of that number, beside a choice in which it has no place itself."""
    place, points = problem.places[at], problem.points
    others: dict[int, Slot] = {
        one: slot
        for one, slot in choice.items()
        if (problem.targets[one].firm, problem.targets[one].at) != (target.firm, target.at)
    }
    left = remaining(problem, others)
    near = problem.near.get(target.at, ())
    here = tuple(link for link in near if (*link, place.district) in problem.here)
    planned = tuple(
        link
        for link in near
        if link not in here
        and any(
            problem.targets[one].at == link and problem.places[p].district == place.district
            for one, (p, _) in others.items()
        )
    )
    leads = target.chain in place.leads
    away = tuple(d for d in problem.leading(target.chain) if has_room(left, d, target))
    gain = points.neighbours(len(here) + len(planned))
    gain += points.match if leads else -points.misplaced if away else 0.0
    limited = any(owner in place.owners for owner, _ in problem.limits)
    room = all(has_room(left, owner, target) for owner in place.owners) if limited else None
    return Placement(
        place,
        target.share * gain,
        leads,
        () if leads else away,
        here,
        planned,
        room,
        _crowded(problem, others, target, place) if room is False else (),
    )


def _crowded(
    problem: Problem, others: Mapping[int, Slot], target: Target, place: Place
) -> tuple[int, ...]:
    """The targets of least worth there that have to go until there is room; none where even
    all of them would not do."""
    kept = dict(others)
    there = sorted(
        (one for one, (p, _) in others.items() if problem.places[p].district == place.district),
        key=lambda one: (problem.worth[problem.targets[one].at] * problem.targets[one].share, one),
    )
    gone = []
    for one in there:
        left = remaining(problem, kept)
        if all(has_room(left, owner, target) for owner in place.owners):
            break
        del kept[one]
        gone.append(one)
    left = remaining(problem, kept)
    fits = all(has_room(left, owner, target) for owner in place.owners)
    return tuple(gone) if fits else ()
