"""A cell's text as the value its column holds, or what is wrong with it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

from chainmap.core.dates import parse_day
from chainmap.core.model import Value
from chainmap.core.problems import Both
from chainmap.core.schema import SPOKEN, Column
from chainmap.core.text import ID, halve, is_control, near

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)\Z")
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}\Z")
_CODE = re.compile(r"[0-9]{2,4}\Z")
_URL = re.compile(r"https?://[^\s/]+\S*\Z", re.IGNORECASE)
_OTHER_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})(?:[-/.月](\d{1,2}))?[日月]?\Z")

# Kinds whose digits and letters may come full-width; of the others only the ends are trimmed.
_NARROW = frozenset(("id", "ref", "refs", "number", "whole", "day", "first_day", "code", "codes"))


class WrongCell(ValueError):
    """A cell that its column cannot hold: code, words of the sentence, a guess."""

    def __init__(self, code: str, guess: str | None = None, **words: object) -> None:
        super().__init__(code)
        self.code, self.guess, self.words = code, guess, words


Read = Callable[[str], Value]


def is_name(column: Column) -> bool:
    """Whether a reference is by a name, not by an id."""
    return column.kind == "ref" and column.refers in ("districts", "parks")


def title(column: Column) -> Both:
    """A column's name in sentences."""
    return Both(column.zh, column.name)


def tidied(text: str, column: Column) -> str:
    """The cell without outer spaces and, where it is no free text, with half-width signs."""
    if column.kind in _NARROW and not is_name(column):
        text = halve(text)
    return text.strip(" \t\u3000\xa0")


def has_marks(text: str) -> bool:
    """Whether control or direction marks stand in a text; line ends and tabs may."""
    return not text.isprintable() and any(is_control(ch) for ch in text if ch not in "\t\r\n")


def reader(table: str, column: Column) -> Read:
    """The function that reads the cells of a column. It raises WrongCell."""
    kind = column.kind
    if kind in ("id", "ref"):
        return _text if is_name(column) else _ident(column)
    if kind == "refs":
        return _many(_ident(column))
    if kind == "texts":
        return _many(_text)
    if kind in ("number", "whole"):
        return _amount(column)
    if kind in ("day", "first_day"):
        return _day(column)
    if kind == "word":
        return _word(column, SPOKEN.get((table, column.name), {}))
    if kind in ("code", "codes"):
        one = _matching(column, _CODE, "T127")
        return _many(one) if kind == "codes" else one
    if kind == "url":
        return _matching(column, _URL, "T122")
    return _text


def _text(text: str) -> str:
    return text


def _matching(column: Column, form: re.Pattern[str], code: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if not form.match(text):
            raise WrongCell(code, column=title(column), value=text)
        return text

    return read


def _ident(column: Column) -> Callable[[str], str]:
    def read(text: str) -> str:
        if not ID.match(text):
            lower = text.lower().replace(" ", "-")
            guess = lower if ID.match(lower) else None
            raise WrongCell("T108", guess, column=title(column), value=text)
        return text

    return read


def _many(one: Callable[[str], str]) -> Read:
    def read(text: str) -> tuple[str, ...] | None:
        parts = (part.strip(" \u3000") for part in text.split("|"))
        return tuple(one(part) for part in parts if part) or None

    return read


def _amount(column: Column) -> Read:
    form, make = (_WHOLE, int) if column.kind == "whole" else (_NUMBER, float)
    low = -math.inf if column.low is None else column.low
    high = math.inf if column.high is None else column.high

    def read(text: str) -> float | int:
        number = make(text) if form.match(text) else math.nan
        if not math.isfinite(number):
            raise WrongCell("T105", _plain_number(text), column=title(column), value=text)
        if not low <= number <= high:
            raise WrongCell(
                "T119", column=title(column), value=text, low=_bound(low), high=_bound(high)
            )
        return number

    return read


def _plain_number(text: str) -> str | None:
    without = re.sub(r"(?<=\d),(?=\d{3}(\D|\Z))", "", text)
    return without if without != text and _NUMBER.match(without) else None


def _bound(number: float) -> Both | str:
    return Both("不限", "any") if math.isinf(number) else f"{number:g}"


def _day(column: Column) -> Read:
    def read(text: str) -> Value:
        try:
            return parse_day(text)
        except ValueError:
            raise WrongCell("T106", likely_day(text), column=title(column), value=text) from None

    return read


def likely_day(text: str) -> str | None:
    """The same date as we write it, where another way of writing dates was used."""
    found = _OTHER_DAY.match(text)
    if found is None:
        return None
    year, *rest = (part for part in found.groups() if part)
    likely = "-".join([year, *(part.zfill(2) for part in rest)])
    try:
        return parse_day(likely).text
    except ValueError:
        return None


def _word(column: Column, spoken: dict[str, str]) -> Read:
    def read(text: str) -> str:
        if text in column.words:
            return text
        if text in spoken:
            return spoken[text]
        guess = near(text, (*column.words, *spoken)) if len(text) < 40 else None
        raise WrongCell(
            "T107", guess, column=title(column), value=text, allowed=" ".join(column.words)
        )

    return read
