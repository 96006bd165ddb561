"""Which open question would change most if it were answered: figures of worlds as they may be."""

from __future__ import annotations

from dataclasses import dataclass

from chainmap.core.derivation import Ask, Rule
from chainmap.core.model import Chain, Override
from chainmap.core.world import World

# What a look could find: an unknown link is there or not; one that is there is strong or weak.
ANSWERS = {"unknown": ("missing", "present"), "present": ("strong", "weak")}
TOP = 20


@dataclass(frozen=True, slots=True)
class Outcome:
    """Every link's gap (kind, suspect, settled, value), and the refs of the best by score."""

    gaps: dict[str, tuple[str, str | None, bool, float | None]]
    best: frozenset[str]


@dataclass(frozen=True, slots=True)
class Change:
    """How many gaps and how many of the best an answer would change, at most."""

    kinds: int
    top20: int

    @property
    def changes(self) -> int:
        """Both together."""
        return self.kinds + self.top20


def outcome(ask: Ask, chain: str) -> Outcome:
    """Gaps and the twenty best candidates of a chain by point score."""
    gaps = {}
    for link in ask.world.chain(chain).links:
        gap = ask("gap", chain, link.id)
        value = ask("worth", chain, link.id).value
        gaps[link.id] = (gap.kind, gap.suspect, gap.settled, value)
    best = sorted(
        (-round(ask("score", c.firm, chain, c.link).score, 9), c.firm, c.link)
        for c in ask("field", chain).running
    )
    return Outcome(gaps, frozenset(f"{link}/{firm}" for _, firm, link in best[:TOP]))


def verify(ask: Ask, chain: str, link: str) -> Change | None:
    """What the answer that changes most would change; None where the link is not open.

    Each possible answer is put in as if set by hand, and the chain is worked out again.
    """
    status: str = ask("status", chain, link)
    if status not in ANSWERS:
        return None
    before: Outcome = ask("outcome", chain)
    kinds = best = 0
    for answer in ANSWERS[status]:
        after: Outcome = ask.elsewhere(as_if(ask.world, chain, link, answer), "outcome", chain)
        kinds = max(kinds, sum(after.gaps[name] != was for name, was in before.gaps.items()))
        best = max(best, len(after.best - before.best))
    ask.say("verify.is", answers=len(ANSWERS[status]), kinds=kinds, best=best)
    return Change(kinds, best)


def as_if(world: World, chain: str, link: str, status: str) -> World:
    """The world with one link's status set by hand; the one given is left as it is."""
    was = world.chain(chain)
    by_hand = Override.model_validate(
        {"is": status, "because": "as if", "source": "none", "as_of": world.at}
    )
    at = was.index[link]
    links = list(was.links)
    links[at] = links[at].model_copy(update={"status": by_hand})
    panorama = was.file.panorama.model_copy(update={"links": tuple(links)})
    file = was.file.model_copy(update={"panorama": panorama})
    return world.with_chain(Chain(file, was.places), f"{chain}/{link} = {status}")


RULES: dict[str, Rule] = {"outcome": outcome, "verify": verify}
