"""Whether two rows of a ledger are one project: names without firm, place and filler, compared.

The name of a project is made of the firm, a place, what is done, and words that every project
has. Firm, place and phase are told apart first, since they decide; what is left is compared by
the signs that both names have, in any order, so that 三峡深远海风电 is 风电（三峡深远海）.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

# Ways to write one word, the longer ones first.
SPELLINGS = (
    ("封装测试", "封测"), ("电子商务", "电商"), ("第三代半导体", "三代半"), ("虚拟现实", "vr"),
    ("三维", "3d"), ("第三方", "三方"), ("动物用", "兽用"), ("装备", "设备"), ("首期", "一期"),
    ("研究", "研发"), ("工厂", "基地"), ("千克", "kg"), ("公斤", "kg"), ("克", "g"),
    ("mini led", "miniled"), ("六英寸", "6英寸"), ("八英寸", "8英寸"), ("十二英寸", "12英寸"),
)  # fmt: skip
_LEGAL = re.compile("股份有限公司|有限责任公司|有限公司|集团公司|集团|股份|总公司")
_MARKS = re.compile(r"[^\w]|_")
_DIGITS = "一二三四五六七八九十"
_PHASE = re.compile(rf"第?((?:[{_DIGITS}]|\d)(?:[、和及,](?:[{_DIGITS}]|\d))*)期")
_AREA = re.compile("(示范区|高新区|片区|开发区|经济区|功能区|园区)$")
_KIND_OF_PLACE = re.compile("(示范区|自贸片区|经济区|新区|[市区县省])$")
# A type that is a letter or more and a number: H135 and H145 are two.
_TYPE = re.compile(r"([a-z]+)(\d+)(?![a-z])")
# Signs of the words that stand in most names: 项目, 基地, 产业园 and the like.
FILLER = frozenset(
    "项目工程基地产业园区建设生产制造中心智能新的与及和一体化国省市有公司线链科技研发总部级大型年万高端"
)


@dataclass(frozen=True, slots=True)
class Named:
    """A project as its row names it.

    ``group`` is the firm's ultimate parent, empty where no firm is given, and ``words`` are the
    names and aliases of the firm and its group. ``others`` are the names of partners.
    """

    name: str
    group: str = ""
    words: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    link: str = ""
    district: str = ""
    year: int | None = None

    def __str__(self) -> str:
        parts = (self.name, self.group, self.link, self.district, str(self.year or ""))
        return " | ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two rows are, from 0 to 1, and the fact that rules it out where one does."""

    value: float
    unlike: str = ""  # phase | type | firm | place


@dataclass(frozen=True)
class _Read:
    """A name taken apart."""

    row: Named
    text: str  # folded, without phases
    bare: str  # without marks and places as well
    phases: frozenset[int]
    places: frozenset[str]
    words: frozenset[str]

    @cached_property
    def types(self) -> Mapping[str, set[str]]:
        found: dict[str, set[str]] = {}
        for letters, digits in _TYPE.findall(self.text):
            found.setdefault(letters, set()).add(digits)
        return found


class Sameness:
    """Compares projects by what their rows say.

    ``districts`` are the parts of the region, ``around`` the region and what it lies in: words
    that tell nothing apart. ``weigh`` gives a number of scoring.yaml below ``same``.
    """

    def __init__(
        self, districts: Iterable[str], around: Iterable[str], weigh: Callable[[str], float]
    ) -> None:
        forms = {folded(form): place for place in districts for form in _forms(place)}
        forms |= {folded(form): "" for place in around for form in _forms(place)}
        self._forms = dict(sorted(forms.items(), key=lambda one: -len(one[0])))
        self._weigh = weigh
        self._read: dict[Named, _Read] = {}

    def read(self, row: Named) -> _Read:
        """A row's name taken apart, once."""
        if row not in self._read:
            text, phases = _phases(folded(row.name))
            places = frozenset(place for form, place in self._forms.items() if form in text)
            words = frozenset(w for word in row.words if (w := self._firm_word(word)))
            bare = _without(_MARKS.sub("", text), self._forms)
            self._read[row] = _Read(row, text, bare, phases, places - {""}, words)
        return self._read[row]

    def _firm_word(self, word: str) -> str:
        text = _MARKS.sub("", _LEGAL.sub("", folded(word)))
        short = _without(text, self._forms)
        kept = short if len(short) >= 2 else text
        return kept if len(kept) >= 2 else ""

    def compare(self, one: Named, other: Named) -> Likeness:
        """How alike two rows are."""
        a, b = self.read(one), self.read(other)
        if _other_phase(a.phases, b.phases):
            return Likeness(0.0, "phase")
        return self._whatever_phase(a, b)

    def is_phase_of(self, part: Named, whole: Named) -> bool:
        """Whether one row is a numbered phase of what the other names without a number."""
        a, b = self.read(part), self.read(whole)
        if not a.phases or b.phases:
            return False
        return self._whatever_phase(a, b).value >= self._weigh("at")

    def _whatever_phase(self, a: _Read, b: _Read) -> Likeness:
        for unlike, holds in (
            ("type", any(not b.types[t] & n for t, n in a.types.items() if t in b.types)),
            ("firm", self._other_firm(a, b)),
            ("place", self._other_place(a, b)),
        ):
            if holds:
                return Likeness(0.0, unlike)
        value = self._names(a, b) - self._against(a.row, b.row)
        return Likeness(max(0.0, min(1.0, value)))

    def _names(self, a: _Read, b: _Read) -> float:
        """How much of the shorter and of the longer name the other has."""
        words = a.words | b.words
        bare = [a.bare, b.bare]
        cut = [_without(text, words) for text in bare]
        filler = self._weigh("filler")
        sums = [_mass(Counter(text), filler) for text in cut]
        if min(sums) < self._weigh("least"):
            # Nothing but filler is left of one of them: the firm was all that the name said.
            cut = bare
            sums = [_mass(Counter(text), filler) for text in cut]
        shared = _mass(Counter(cut[0]) & Counter(cut[1]), filler)
        if not min(sums):
            return 0.0
        part = self._weigh("part")
        return part * shared / min(sums) + (1 - part) * shared / max(sums)

    def _against(self, one: Named, other: Named) -> float:
        """What the rest of the rows says against it."""
        off = 0.0
        if one.link and other.link and one.link != other.link:
            off += self._weigh("other_link")
        if not one.group or not other.group:
            off += self._weigh("no_firm")
        if one.year is not None and other.year is not None:
            off += self._weigh("per_year") * max(0, abs(one.year - other.year) - 1)
        return off

    def _other_firm(self, a: _Read, b: _Read) -> bool:
        """Different groups, neither of which is named as the other's partner."""
        if not a.row.group or not b.row.group or a.row.group == b.row.group:
            return False
        return not (self._partner(a, b) or self._partner(b, a))

    def _partner(self, a: _Read, b: _Read) -> bool:
        named = {self._firm_word(word) for word in b.row.others}
        return any(word in other or other in word for word in a.words for other in named if other)

    def _other_place(self, a: _Read, b: _Read) -> bool:
        """A name says a place, and the other row is in another of the same kind."""
        return self._elsewhere(a, b) or self._elsewhere(b, a)

    def _elsewhere(self, a: _Read, b: _Read) -> bool:
        theirs = b.places | ({b.row.district} if b.row.district else set())
        return any(
            said not in theirs and any(_is_area(said) == _is_area(place) for place in theirs)
            for said in a.places
        )


def _forms(place: str) -> tuple[str, ...]:
    """How a place is written: whole, and without what kind of place it is."""
    short = _KIND_OF_PLACE.sub("", place)
    return (place, short) if len(short) >= 2 else (place,)


def _is_area(place: str) -> bool:
    """Whether it is a zone, which lies within districts, and not a district itself."""
    return _AREA.search(place) is not None


def folded(text: str) -> str:
    """A form for comparing names of projects: width, case and usual spellings made one."""
    text = unicodedata.normalize("NFKC", text).casefold()
    for one, other in SPELLINGS:
        text = text.replace(one, other)
    return text


def _without(text: str, words: Iterable[str]) -> str:
    for word in sorted(words, key=lambda word: (-len(word), word)):
        text = text.replace(word, "")
    return text


def _phases(text: str) -> tuple[str, frozenset[int]]:
    """The text without its phases, and their numbers.

    >>> _phases("芯恩一、二期项目")
    ('芯恩项目', frozenset({1, 2}))
    """
    found: set[int] = set()

    def number(match: re.Match[str]) -> str:
        for sign in match[1]:
            if sign in _DIGITS:
                found.add(_DIGITS.index(sign) + 1)
            elif sign.isdigit():
                found.add(int(sign))
        return ""

    return _PHASE.sub(number, text), frozenset(found)


def _other_phase(one: frozenset[int], other: frozenset[int]) -> bool:
    """Whether the phases differ; a name without one is that of the first, or of all."""
    return not (one or {1}) & (other or {1})


def _mass(signs: Counter[str], filler: float) -> float:
    # Exactly rounded, so that the order of the signs does not matter.
    return math.fsum(count * (filler if sign in FILLER else 1.0) for sign, count in signs.items())
