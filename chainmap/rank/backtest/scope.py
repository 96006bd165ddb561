"""What a test on the past is about: a list, a cut-off, an end, and how it is counted."""

from __future__ import annotations

from dataclasses import dataclass

from chainmap.core.dates import Day, parse_day, years_later

FLAGS = ("walk", "strict", "chain")
PARTS = ("all", "new", "here")  # every unit, those that had not come by the cut-off, those that had


@dataclass(frozen=True, slots=True)
class Scope:
    """The list, the (first) cut-off, until when outcomes count, and of which part it tells.

    ``walk``: a cut-off a year. ``strict``: industry divisions alone suggest firms, no products.
    ``by_chain``: a unit is a group on a chain, not a group.
    """

    on: str
    first: Day
    until: Day
    walk: bool = False
    strict: bool = False
    by_chain: bool = False
    part: str = "all"

    @property
    def word(self) -> str:
        """The scope as one word of a ref: ``global500:2019-12-31:2022-12-31:walk``."""
        flags = (self.walk, self.strict, self.by_chain)
        said = [flag for flag, on in zip(FLAGS, flags, strict=True) if on]
        parts = () if self.part == "all" else (self.part,)
        return ":".join((self.on, self.first.text, self.until.text, *said, *parts))

    @property
    def mode(self) -> str:
        """What suggests a firm: ``strict`` equal divisions alone, ``codes`` products and codes."""
        return "strict" if self.strict else "codes"

    @property
    def by(self) -> str:
        """What is counted once: a ``group``, or a group on each ``chain``."""
        return "chain" if self.by_chain else "group"

    def cut_offs(self, months: int) -> tuple[Day, ...]:
        """The first cut-off, and with ``walk`` one a year as long as its window ends by the end."""
        found = [self.first]
        while self.walk:
            following = years_later(self.first.last, len(found))
            if years_later(following, months / 12) > self.until.last:
                break
            found.append(parse_day(following.isoformat()))
        return tuple(found)


def parse(word: str) -> Scope:
    """The scope that a word stands for; ValueError where it stands for none."""
    on, first, until, *flags = word.split(":")  # ValueError where there are fewer
    part = next((flag for flag in flags if flag in PARTS[1:]), "all")
    walk, strict, by_chain = (flag in flags for flag in FLAGS)
    scope = Scope(on, parse_day(first), parse_day(until), walk, strict, by_chain, part)
    if scope.word != word or scope.until.last <= scope.first.last:
        raise ValueError(word)
    return scope
