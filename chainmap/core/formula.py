"""Formulas that are computed and shown by the same lines of code.

A formula is a plain function of numbers. A rule runs it on floats; when someone asks why, the
very same function runs once more on ``Term``s, numbers that remember what was done to them, and
so it writes itself down with the numbers put in. ``exact`` gives that as an expression that any
calculator (and a test) can evaluate to the last bit, ``shown`` gives it for a reader.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Formula = Callable[..., Any]
Number = Any  # a float in a rule, a Term when the formula is written down
Label = Callable[[str], str]

_SUM, _PRODUCT, _POWER, _ATOM = 1, 2, 3, 4
_STRENGTH = {"+": _SUM, "-": _SUM, "sum": _SUM, "*": _PRODUCT, "/": _PRODUCT, "**": _POWER}
_CALLS = {"ln": "log", "least": "min", "most": "max"}


@dataclass(frozen=True, slots=True)
class Term:
    """A number with the operation and the terms that made it; ``op`` is empty for a given one."""

    value: float
    op: str = ""
    parts: tuple[Term, ...] = ()
    label: str = ""

    def __add__(self, other: Number) -> Term:
        return _made("+", self, other)

    def __radd__(self, other: Number) -> Term:
        return _made("+", other, self)

    def __sub__(self, other: Number) -> Term:
        return _made("-", self, other)

    def __rsub__(self, other: Number) -> Term:
        return _made("-", other, self)

    def __mul__(self, other: Number) -> Term:
        return _made("*", self, other)

    def __rmul__(self, other: Number) -> Term:
        return _made("*", other, self)

    def __truediv__(self, other: Number) -> Term:
        return _made("/", self, other)

    def __rtruediv__(self, other: Number) -> Term:
        return _made("/", other, self)

    def __rpow__(self, other: Number) -> Term:
        return _made("**", other, self)

    def __bool__(self) -> bool:
        return bool(self.value)


def _term(number: Number) -> Term:
    return number if isinstance(number, Term) else Term(number)


def _value(op: str, values: Sequence[float]) -> float:
    """What an operation gives: the one place where the arithmetic of a Term is done."""
    if op == "sum":
        return math.fsum(values)
    if op == "ln":
        return math.log(values[0])
    if op in ("least", "most"):
        return (min if op == "least" else max)(values)
    one, other = values
    if op == "+":
        return one + other
    if op == "-":
        return one - other
    if op == "*":
        return one * other
    power: float = one / other if op == "/" else one**other
    return power


def _made(op: str, *numbers: Number) -> Term:
    parts = tuple(map(_term, numbers))
    return Term(_value(op, [part.value for part in parts]), op, parts)


def _apply(op: str, numbers: Sequence[Number]) -> Number:
    if any(isinstance(number, Term) for number in numbers):
        return _made(op, *numbers)
    return _value(op, numbers)


def total(numbers: Sequence[Number]) -> Number:
    """The exactly rounded sum."""
    try:
        return math.fsum(numbers)
    except TypeError:  # a Term among them
        return _made("sum", *numbers)


def ln(number: Number) -> Number:
    """The natural logarithm."""
    return _apply("ln", (number,))


def least(one: Number, other: Number) -> Number:
    """The smaller of two numbers."""
    return _apply("least", (one, other))


def most(one: Number, other: Number) -> Number:
    """The greater of two numbers."""
    return _apply("most", (one, other))


def ratio(part: Number, whole: Number) -> Number:
    """A part of a whole."""
    return part / whole


def middle(base: Number, unknown: Sequence[tuple[Number, Number, Number]]) -> Number:
    """A known part, and every (scale, low, high) at the middle of its range."""
    return total([base, *(scale * (low + high) / 2 for scale, low, high in unknown)])


def within(low: float, number: Number, high: float) -> Number:
    """The number, kept between two others."""
    return least(high, most(low, number))


@dataclass(frozen=True, slots=True)
class Work:
    """A formula that a rule ran, with the numbers that went in and what came out.

    ``name`` says which part of the figure it gives; it is empty where it gives the figure itself.
    """

    name: str
    formula: Formula
    numbers: tuple[Any, ...]
    value: Any

    @property
    def term(self) -> Term:
        """The formula written down: the same function, run on terms."""
        return _term(self.formula(*map(_written, self.numbers)))


def _written(given: Any, label: str = "") -> Any:
    """Given numbers as terms; what a mapping calls them becomes their label."""
    if isinstance(given, Mapping):
        return {name: _written(part, name) for name, part in given.items()}
    if isinstance(given, list | tuple):
        return [_written(part, label if at == 0 else "") for at, part in enumerate(given)]
    return Term(given, label=label)


def exact(term: Term) -> str:
    """The term as an expression of fsum, log, min, max and the four operations, unrounded.

    >>> exact(total([Term(0.1), Term(3) * Term(0.2)]) / Term(4))
    'fsum([0.1, 3 * 0.2]) / 4'
    """
    if not term.op:
        return repr(term.value) if term.value >= 0 else f"({term.value!r})"
    if term.op == "sum":
        return f"fsum([{', '.join(map(exact, term.parts))}])"
    if term.op in _CALLS:
        return f"{_CALLS[term.op]}({', '.join(map(exact, term.parts))})"
    left, right = (exact(part) for part in term.parts)
    bound = {"sum": _ATOM}  # fsum(...) binds as a call does
    if _binds(term.parts[0], bound) < _STRENGTH[term.op] or term.op == "**":
        left = _bracketed(term.parts[0], left)
    if _binds(term.parts[1], bound) <= _STRENGTH[term.op]:
        right = _bracketed(term.parts[1], right)
    return f"{left} {term.op} {right}"


def _bracketed(part: Term, text: str) -> str:
    return text if part.op in ("", "sum", *_CALLS) else f"({text})"


def _binds(term: Term, special: Mapping[str, int]) -> int:
    return special.get(term.op, _STRENGTH.get(term.op, _ATOM))


def shown(term: Term, label: Label = str) -> str:
    """The term for a reader: rounded numbers, labels before the numbers that carry them.

    A bound that was not reached is left out, and so are the labels of a divisor.

    >>> shown(total([Term(0.1), Term(3) * Term(0.2)]) / Term(4))
    '(0.1 + 3×0.2) / 4'
    """
    if not term.op:
        name = label(term.label) if term.label else ""
        space = " " if name.isascii() and name else ""  # a Chinese word needs none
        return f"{name}{space}{short(term.value)}"
    if term.op == "sum":
        return " + ".join(shown(part, label) for part in term.parts) or "0"
    if term.op == "ln":
        return f"ln({shown(term.parts[0], label)})"
    if term.op in _CALLS and (acting := _acting(term)) is not None:
        return shown(acting, label)
    if term.op in _CALLS:
        return f"{_CALLS[term.op]}({', '.join(shown(part, label) for part in term.parts)})"
    left = shown(term.parts[0], label)
    # What is divided has said the names already.
    right = shown(term.parts[1], _silent if term.op == "/" and term.parts[0].op else label)
    if _loose(term.parts[0]) < _STRENGTH[term.op] or (term.op == "**" and term.parts[0].op):
        left = f"({left})"
    if _loose(term.parts[1]) <= _STRENGTH[term.op]:
        right = f"({right})"
    if term.op == "/" and not any(part.op or part.label for part in term.parts):
        return f"{left}/{right}"
    sign = {"*": "×", "**": "^"}.get(term.op, f" {term.op} ")
    return f"{left}{sign}{right}"


def _silent(label: str) -> str:
    del label
    return ""


def _hidden(term: Term) -> bool:
    return term.op in ("least", "most") and _acting(term) is not None


def _acting(term: Term) -> Term | None:
    """The part of a bound that was not reached: the bound need not be read then."""
    bound, part = sorted(term.parts, key=lambda one: bool(one.op))
    return part if part.op and not bound.op and part.value == term.value else None


def _loose(term: Term) -> int:
    """How strongly a term binds on the page; a sum of one part binds as that part does."""
    while (term.op == "sum" and len(term.parts) == 1) or _hidden(term):
        acting = _acting(term) if term.op in _CALLS else None
        term = acting or term.parts[0]
    return _STRENGTH.get(term.op, _ATOM) if not (term.op == "" and term.value < 0) else _SUM


def short(value: float) -> str:
    """A number of a formula as a reader sees it: at most four digits that count.

    >>> short(63.2758), short(12345.678), short(2.0), short(0.0000123)
    ('63.28', '12345.7', '2', '1.23e-05')
    """
    if float(value).is_integer() and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.1f}" if abs(value) >= 1000 else f"{value:.4g}"
