"""What a programme gave up: the targets of most worth that it left out, and for whom."""

from __future__ import annotations

from dataclasses import dataclass

from chainmap.study.programme import Programme, worth_of


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A target that was left out although it was worth much: by which rule, and for whom."""

    chain: str
    link: str
    firm: str
    expected: float
    why: str  # per_link | per_group | seats | most | limit | never | after | less
    instead: tuple[str, ...]


def given_up(found: Programme, count: int) -> list[GivenUp]:
    """The targets of most worth that were not chosen, each with what stood against it."""
    if found.solution is None:
        return []
    from chainmap.plan.state import State

    problem, choice = found.draft.problem, found.solution.choice
    state = State(problem, choice)
    left = sorted(
        (at for at in range(len(problem.targets)) if at not in choice),
        key=lambda at: (-worth_of(problem, at), at),
    )
    rows = []
    for at in left[:count]:
        target = problem.targets[at]
        why = state.against(at)
        rivals = {
            "per_link": [one for one in choice if problem.targets[one].at == target.at],
            "per_group": [one for one in choice if problem.targets[one].group == target.group],
        }.get(why, [])
        instead = tuple(
            "/".join(problem.targets[one].at) if why == "per_group" else problem.targets[one].firm
            for one in sorted(rivals, key=lambda one: (-worth_of(problem, one), one))
        )
        rows.append(
            GivenUp(target.chain, target.link, target.firm, worth_of(problem, at), why, instead)
        )
    return rows
