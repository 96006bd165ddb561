"""Who a firm of a register is: one that firms.csv knows for certain, or a new one."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from chainmap.core.credit_code import credit_code
from chainmap.core.model import Row
from chainmap.screen.names import Found, Names
from chainmap.screen.spelling import plain, spelled

How = Literal["code", "id", "name", "former"]
_PREFIX = "r-"
_PLAIN_ID = re.compile(r"[A-Z0-9_-]{1,60}")
_DIGITS = 16  # of a hash: at a hundred million firms two alike are not to be expected
_WHOLE = 6  # characters that a name without a legal ending must have to tell a firm
_MOST = 5  # firms proposed as alike
# 海尔智家股份有限公司（曾用名：青岛海尔股份有限公司）; 原 alone is also the start of many names.
_FORMER = re.compile(r"[(（]\s*(?:曾用名|原名称?|原称|前称|原)\s*[:：为]?\s*([^()（）]+)[)）]\s*$")


@dataclass(frozen=True, slots=True)
class Who:
    """The id of a firm, whether firms.csv has it, and by what it was known.

    ``like`` are firms that it might be, each with its likeness in per cent: for a person to
    judge, never taken as the same.
    """

    firm: str
    known: bool
    how: How | None = None
    like: tuple[tuple[str, float], ...] = ()


class Entities:
    """Resolves firms of a register against firms.csv.

    The credit code decides first (a firm has it among its aliases, or in the id that was proposed
    for it), then a whole legal name, the present one or a former one, that belongs to one firm
    alone, or the whole name of an institute. A name never joins two firms whose codes differ.
    A likeness of ``alike`` per cent or more is proposed.
    """

    def __init__(self, firms: Iterable[Row], alike: float) -> None:
        rows = list(firms)
        self._names = Names(rows)
        self._alike = alike
        self._code: dict[str, str] = {}  # firm by code
        self._codes: dict[str, set[str]] = {}
        for row in rows:
            firm = row.text("firm")
            written = (*row.many("aliases"), firm.removeprefix(_PREFIX))
            for code in filter(None, map(credit_code, written)):
                self._code.setdefault(code, firm)
                self._codes.setdefault(firm, set()).add(code)
        self._own = {row.text("firm"): plain(row.text("name")) for row in rows}
        shared = Counter(self._own.values())
        # An institute or a plant has no legal ending: its name written out is as good as one.
        self._whole = {
            name: firm
            for firm, name in self._own.items()
            if shared[name] == 1 and len(name) >= _WHOLE
        }

    def who(self, register_id: str, name: str) -> Who:
        """Who a firm is, without firms that it might be. Raises nothing."""
        return self._who(register_id, name)[0]

    def resolve(self, firms: Sequence[tuple[str, str]]) -> list[Who]:
        """Who each of (register id, name) is, and whom those that are new might be."""
        found = [self._who(*one) for one in firms]
        new = [at for at, (who, _) in enumerate(found) if not who.known]
        near = self._names.alike([split_former(firms[at][1])[0] for at in new], self._alike)
        likely = dict(zip(new, near, strict=True))
        return [
            who if who.known else replace(who, like=_likely(likely[at], asked))
            for at, (who, asked) in enumerate(found)
        ]

    def _who(self, register_id: str, name: str) -> tuple[Who, list[str]]:
        """Who a firm is, and firms that bear its name but are not certain."""
        code = credit_code(register_id)
        if code is not None and code in self._code:
            return Who(self._code[code], True, "code"), []
        asked: list[str] = []
        present, former = split_former(name)
        named: tuple[tuple[str, How], ...] = ((present, "name"), (former, "former"))
        for written, how in named:
            if spelled(written).legal:
                found = self._names.known(written)
            else:  # a branch, a shop, a short name: only all of a firm's name is certain
                found = Found(decided=self._whole.get(plain(written)))
            firm = found.decided
            if firm and not self._contradicts(firm, code):
                return Who(firm, True, how), []
            asked += _firms(found)
        firm = proposed_id(register_id, name)
        if firm in self._own and self._own[firm] == plain(name) and code is None:
            return Who(firm, True, "id"), []
        while firm in self._own:  # someone else has it
            firm = _hashed(firm, name)
        return Who(firm, False), asked

    def _contradicts(self, firm: str, code: str | None) -> bool:
        return code is not None and bool(self._codes.get(firm)) and code not in self._codes[firm]


def _likely(
    near: Sequence[tuple[str, float]], asked: Iterable[str]
) -> tuple[tuple[str, float], ...]:
    """Firms that bear the name, then those with similar letters; best first."""
    share = {**dict(near), **dict.fromkeys(asked, 100.0)}
    return tuple(sorted(share.items(), key=lambda one: (-one[1], one[0])))[:_MOST]


def _firms(found: Found) -> tuple[str, ...]:
    return (found.decided,) if found.decided else found.ambiguous


def split_former(name: str) -> tuple[str, str]:
    """A name and the former one that it gives in brackets, if it is a whole legal name.

    >>> split_former("海尔智家股份有限公司（曾用名：青岛海尔股份有限公司）")
    ('海尔智家股份有限公司', '青岛海尔股份有限公司')
    """
    found = _FORMER.search(name)
    if found is None or not spelled(found[1]).legal:
        return name, ""
    return name[: found.start()].strip(), found[1].strip()


def proposed_id(register_id: str, name: str) -> str:
    """The id that a new firm gets: its credit code, or a hash of its register id and name.

    The same firm of a register gets the same id in every workspace and at every run.
    """
    # Where small letters stand in it, capitals may stand in that of another firm.
    if _PLAIN_ID.fullmatch(register_id):
        return _PREFIX + register_id.lower()
    return _hashed(register_id, name)


def _hashed(*parts: str) -> str:
    text = "\n".join((parts[0], plain(parts[1]) or parts[1]))
    return _PREFIX + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]
