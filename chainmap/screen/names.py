"""Which firm is meant by a name that someone wrote: decided where certain, asked where not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from chainmap.core.model import Row
from chainmap.screen.spelling import Spelling, bracketed, fits, normalise, plain, spelled

__all__ = ["Found", "How", "Names", "normalise"]

How = Literal["literal", "normalised", "alias", "part"]

_PROVINCES = (
    "中国", "北京", "天津", "上海", "重庆", "河北", "山西", "内蒙古", "辽宁",
    "吉林", "黑龙江", "江苏", "浙江", "安徽", "福建", "江西", "山东", "河南",
    "湖北", "湖南", "广东", "广西", "海南", "四川", "贵州", "云南", "西藏",
    "陕西", "甘肃", "青海", "宁夏", "新疆", "香港", "澳门", "台湾",
)  # fmt: skip
_AREAS = ("省", "市", "自治区")
# Words that short names leave off: 立讯精密工业 is written 立讯精密.
_TRADES = ("科技", "工业", "实业", "技术")
# A short name keeps at least a proper name and a trade: 格力电器, but not 银行 or 建工.
_SHORTEST = 4
# A word in more names than this, such as 国际 or 有色, is no proper name.
_COMMON = 3
_PROPOSED = 5
_BLOCK = 256  # names compared at once
# Below this, two names have little more in common than their length.
_LIKE = 50.0


@dataclass(frozen=True, slots=True)
class Found:
    """What a written name led to: one firm, several to choose from, or proposals only.

    ``how`` says of each firm that was not only proposed in which way it has the name.
    """

    decided: str | None = None
    ambiguous: tuple[str, ...] = ()
    proposed: tuple[tuple[str, float], ...] = ()
    how: Mapping[str, How] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Key:
    """A way to write a firm, and what the endings of its name claim (None: not known)."""

    firm: str
    claims: frozenset[str] | None
    how: How
    # Only a name that is not a whole legal one, or has no ending at all, may be read this way.
    loose: bool = False
    bare: bool = False


_Index = dict[str, list[_Key]]


class Names:
    """An index of firms by name and alias.

    A name is looked for as it is written, then normalised, with a bracketed place where it
    stands and at the front, then among short forms. Likeness of letters only ever proposes.
    """

    def __init__(self, firms: Iterable[Row]) -> None:
        rows = list(firms)
        # A group stands before its subsidiaries wherever firms are listed.
        self._order = {
            row.text("firm"): (bool(row.text("parent")), at) for at, row in enumerate(rows)
        }
        self._places = _places(rows)
        self._longest = max(map(len, self._places))
        self._names: _Index = {}
        self._aliases: _Index = {}
        self._cores: _Index = {}
        self._short: _Index = {}
        common = Counter(pair for row in rows for pair in _pairs(normalise(row.text("name"))))
        for row in rows:
            self._enter(row)
            self._enter_short(row, common)
        known: dict[tuple[str, str], None] = {}
        for index in (self._names, self._aliases, self._cores, self._short):
            known.update(((word, key.firm), None) for word, keys in index.items() for key in keys)
        self._known = list(known)

    def find(self, written: str) -> Found:
        """The firm of that name, or firms to choose from, or proposals. Raises nothing."""
        found = self.known(written)
        if found != Found():
            return found
        text = plain(written)
        return Found(proposed=self._like(_readings(written.strip())[0].core, text) if text else ())

    def alike(self, names: Sequence[str], least: float) -> list[tuple[tuple[str, float], ...]]:
        """Of many names at once: up to five firms with at least so much likeness, best first.

        Likeness is in per cent. Takes O(names x known names) steps, and memory for a block.
        """
        import numpy as np
        from rapidfuzz import fuzz, process

        words = [name for name, _ in self._known]
        cores = [spelled(name.strip()).core for name in names]
        found: list[tuple[tuple[str, float], ...]] = []
        for start in range(0, len(cores), _BLOCK):
            block = cores[start : start + _BLOCK]
            table = process.cdist(
                block, words, scorer=fuzz.ratio, score_cutoff=least, dtype=np.float32
            )
            for core, row in zip(block, table, strict=True):
                best: dict[str, float] = {}
                for at in np.flatnonzero(row) if core else ():
                    firm = self._known[at][1]
                    best[firm] = max(float(row[at]), best.get(firm, 0.0))
                found.append(self._first(best))
        return found

    def known(self, written: str) -> Found:
        """The firm of that name, or firms to choose from; no proposals. Raises nothing."""
        text, whole = written.strip(), plain(written)
        if not whole:
            return Found()
        for name in (text, whole):
            if name in self._names:
                return self._answer(self._names[name])
        said = _readings(text)
        aliases = self._aliases.get(text) or self._aliases.get(whole, [])
        keys = [*aliases, *_matching(self._cores, said)] or _matching(self._short, said)
        if not keys:
            return self._asked(said[0]) or Found()
        if not aliases and said[0].bare:
            # 华润 is what a whole group is called: none of its firms is meant for certain.
            keys += self._beginning(said[0].core)
        return self._answer(keys)

    def _answer(self, keys: list[_Key]) -> Found:
        """One firm is decided; of several none is, and groups stand first."""
        how: dict[str, How] = {}
        for key in keys:
            how.setdefault(key.firm, key.how)
        firms = sorted(how, key=self._order.__getitem__)
        if len(firms) == 1:
            return Found(decided=firms[0], how=how)
        return Found(ambiguous=tuple(firms), how=how)

    def _asked(self, said: Spelling) -> Found | None:
        """Firms that have the bare word in their names, where there are several."""
        if not said.bare or len(said.core) < 2:
            return None
        # In Latin letters every short word is inside some other word.
        start = said.core.isascii()
        keys = [
            _Key(firm, None, "part")
            for word, firm in self._known
            if (word.startswith(said.core) if start else said.core in word)
        ]
        found = self._answer(keys) if keys else Found()
        return found if found.ambiguous else None

    def _beginning(self, word: str) -> Iterator[_Key]:
        """Firms with a name that begins with the word and goes on."""
        for name, firm in self._known:
            if name != word and name.startswith(word):
                yield _Key(firm, None, "part")

    def _like(self, *written: str) -> tuple[tuple[str, float], ...]:
        """Up to five firms with the most similar names, best first."""
        from rapidfuzz import fuzz, process

        best: dict[str, float] = {}
        words = [name for name, _ in self._known]
        for one in dict.fromkeys(written):
            for _, score, at in process.extract(
                one, words, scorer=fuzz.ratio, limit=None, score_cutoff=_LIKE
            ):
                firm = self._known[at][1]
                best[firm] = max(score, best.get(firm, 0.0))
        return self._first(best)

    def _first(self, best: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
        ordered = sorted(best, key=lambda firm: (-best[firm], self._order[firm]))
        return tuple((firm, best[firm]) for firm in ordered[:_PROPOSED])

    def _enter(self, row: Row) -> None:
        """The ways to write a firm that say all of its name or of an alias."""
        firm, name = row.text("firm"), row.text("name")
        own = spelled(name)
        claims = own.registered
        _put(self._names, name, _Key(firm, claims, "literal"))
        _put(self._names, plain(name), _Key(firm, claims, "normalised"))
        for one in _readings(name):
            _put(self._cores, one.core, _Key(firm, claims, "normalised"))
        for alias in row.many("aliases"):
            _put(self._aliases, alias, _Key(firm, claims, "literal"))
            _put(self._aliases, plain(alias), _Key(firm, claims, "alias"))
            self._enter_alias(firm, claims, alias)
            for place in self._stated_places(name, own.core, alias):
                _put(self._cores, place + normalise(alias), _Key(firm, claims, "alias", loose=True))

    def _enter_alias(self, firm: str, claims: frozenset[str] | None, alias: str) -> None:
        """An alias without its endings, where it still names the firm."""
        one = spelled(alias)
        if alias.isascii() or one.legal:
            _put(self._cores, one.core, _Key(firm, one.claims, "alias"))
        # Without 股份 or 控股 a short name is often a common word or another firm's: 光电股份.
        elif not alias.endswith(("股份", "控股")):
            # A short name with 有限公司 behind it is some other firm of the group.
            _put(self._cores, one.core, _Key(firm, claims, "alias", loose=True))

    def _stated_places(self, name: str, core: str, alias: str) -> Iterator[str]:
        """The place in a name that its alias leaves off: 青岛 of 芯恩(青岛) for 芯恩."""
        parts = bracketed(name)
        if parts and parts[1] in self._places:
            yield normalise(parts[1])
        front, rest = self._split(core)
        if front and rest.startswith(normalise(alias)):
            yield front

    def _enter_short(self, row: Row, common: Counter[str]) -> None:
        """The ways that leave off a place or a trade, where what is left is a proper name."""
        firm, name = row.text("firm"), row.text("name")
        own = spelled(name)
        claims = own.registered
        parts = bracketed(name)
        place, rest = self._split(own.core)
        shorter = []
        # X(青岛) of a group is not X; 中国X集团 is rarely X, which may be the stock it floated.
        if parts and parts[1] in self._places and not row.text("parent"):
            shorter.append(normalise(parts[0] + parts[2]))
        if place and not (place == "中国" and "group" in own.claims):
            shorter.append(rest)
        for core in shorter:
            if _proper(core, common):
                _put(self._short, core, _Key(firm, claims, "normalised", loose=True))
        core = own.core[:-2]
        if own.core.endswith(_TRADES) and _proper(core, common):
            _put(self._short, core, _Key(firm, claims, "normalised", bare=True))

    def _split(self, core: str) -> tuple[str, str]:
        """The place that a core begins with, if any, and the rest."""
        for length in range(min(len(core) - 1, self._longest), 1, -1):
            if core[:length] in self._places:
                rest = core[length:]
                area = next((one for one in _AREAS if rest.startswith(one)), "")
                return core[:length], rest.removeprefix(area)
        return "", core


def _places(rows: Iterable[Row]) -> frozenset[str]:
    """Provinces, and every city in which a firm has its head office."""
    cities = {city for row in rows for city in row.text("hq_city").split("/")}
    return frozenset(_PROVINCES) | {city for city in cities if len(city) >= 2}


def _pairs(core: str) -> set[str]:
    return {core[at : at + 2] for at in range(len(core) - 1)}


def _proper(core: str, common: Counter[str]) -> bool:
    """Whether a short form still has a proper name in it, and not 银行 or 国际金融 alone."""
    return len(core) >= _SHORTEST and common[core[:2]] <= _COMMON


def _put(index: _Index, word: str, key: _Key) -> None:
    if word:
        index.setdefault(word, []).append(key)


def _readings(name: str) -> list[Spelling]:
    """The name with its bracket where it stands, and with what it holds moved to the front."""
    parts = bracketed(name)
    moved = [spelled(parts[1] + parts[0] + parts[2])] if parts else []
    return [spelled(name), *moved]


def _matching(index: _Index, said: list[Spelling]) -> list[_Key]:
    """The keys that the readings fit; of legal names an exact form goes before all others."""
    held = [(one, key) for one in said for key in index.get(one.core, ())]
    found = [
        (one, key)
        for one, key in held
        if fits(one, key.claims)
        and not (key.loose and one.legal)
        and not (key.bare and not one.bare)
    ]
    exact = [key for one, key in found if one.legal and one.claims == key.claims]
    if exact:
        return exact
    if any(one.legal for one, _ in found):
        # Where several firms bear the name, one more legal form of it may well be one more firm.
        return [key for _, key in held]
    return [key for _, key in found]
