"""A criterion's mark: a known part, and unknown quantities that move it (0 to 100)."""

from __future__ import annotations

import math
from dataclasses import dataclass

from chainmap.core.formula import Number, middle, within


@dataclass(frozen=True, slots=True)
class Quantity:
    """Something unknown, by name: every mark that uses it shares it. Uniform over its range."""

    name: str
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Mark:
    """``base + sum(scale * quantity)``; known where nothing unknown is left."""

    base: float
    unknown: tuple[tuple[Quantity, float], ...] = ()

    @property
    def value(self) -> float:
        """The mark with every unknown quantity at the middle of its range."""
        if not self.unknown:
            return self.base
        value: float = middle(*self.given)
        return value

    @property
    def given(self) -> tuple[float, list[tuple[float, float, float]]]:
        """What ``middle`` takes: the known part, and (scale, low, high) of what is unknown."""
        return self.base, [(scale, q.low, q.high) for q, scale in self.unknown]

    @property
    def span(self) -> tuple[float, float] | None:
        """Lowest and highest mark, None where it is known."""
        if not self.unknown:
            return None
        return (
            math.fsum([self.base, *(scale * q.low for q, scale in self.unknown)]),
            math.fsum([self.base, *(scale * q.high for q, scale in self.unknown)]),
        )


def unknown(name: str, low: float = 0.0, high: float = 100.0) -> Mark:
    """A mark that is one unknown quantity; known where its range is a point.

    The ends may come in either order: settings may put one above the other.
    """
    low, high = min(low, high), max(low, high)
    return Mark(low) if low == high else Mark(0.0, ((Quantity(name, low, high), 1.0),))


def clamp(value: Number) -> Number:
    """The value, kept between 0 and 100."""
    return within(0.0, value, 100.0)
