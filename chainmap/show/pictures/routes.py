"""Lines between boxes: along the rows and up or down one free channel, never through a box."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from chainmap.show.draw.scene import Point, arc

STEP = 3.0  # units from one channel that is tried to the next
AFTER, BEFORE = 9.0, 14.0  # room kept behind the source and in front of the target
APART = 12.0  # between the channels of different sources
RADIUS = 6.0


@dataclass(frozen=True, slots=True)
class Block:
    """A place that no line may touch."""

    left: float
    top: float
    right: float
    bottom: float

    def on_level(self, y: float, first: float, last: float) -> bool:
        """Whether a level line from first to last meets it."""
        return self.top < y < self.bottom and first < self.right and last > self.left

    def on_channel(self, x: float, first: float, last: float) -> bool:
        """Whether an upright line from first to last meets it."""
        return self.left < x < self.right and first < self.bottom and last > self.top


@dataclass(slots=True)
class Router:
    """Finds ways one after the other; a channel that is taken keeps others at a distance."""

    blocks: Sequence[Block]
    taken: list[tuple[float, float, float, str]] = field(default_factory=list)

    def way(self, source: str, begin: Point, end: Point) -> tuple[Point, ...] | None:
        """From the end of a source box to the start of a target box; None where none is free."""
        (x0, y0), (x1, y1) = begin, end
        if abs(y0 - y1) < 0.01:
            return (begin, end) if x1 - x0 >= 2 and not self._level(y0, x0, x1) else None
        low, high = min(y0, y1), max(y0, y1)
        channel = x0 + AFTER
        while channel <= x1 - BEFORE:
            if self._free(source, channel, low, high) and not (
                self._level(y0, x0, channel) or self._level(y1, channel, x1)
            ):
                self.taken.append((channel, low, high, source))
                return (begin, (channel, y0), (channel, y1), end)
            channel += STEP
        return None

    def _level(self, y: float, first: float, last: float) -> bool:
        return any(block.on_level(y, first + 0.5, last - 0.5) for block in self.blocks)

    def _free(self, source: str, x: float, low: float, high: float) -> bool:
        if any(block.on_channel(x, low, high) for block in self.blocks):
            return False
        return all(
            abs(x - other) >= APART or last < low or first > high or (who == source and x == other)
            for other, first, last, who in self.taken
        )


def rounded(points: Sequence[Point]) -> tuple[Point, ...]:
    """The way with its corners rounded."""
    found: list[Point] = [points[0]]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        found += _corner(before, corner, after)
    return (*found, points[-1])


def _corner(before: Point, corner: Point, after: Point) -> list[Point]:
    x, y = corner
    in_x, in_y = _sign(x - before[0]), _sign(y - before[1])
    out_x, out_y = _sign(after[0] - x), _sign(after[1] - y)
    lengths = (abs(x - before[0]) + abs(y - before[1]), abs(after[0] - x) + abs(after[1] - y))
    r = min(RADIUS, *(length / 2 for length in lengths))
    middle = (x - in_x * r + out_x * r, y - in_y * r + out_y * r)
    angle = {(0, -1): 270.0, (1, 0): 0.0, (0, 1): 90.0, (-1, 0): 180.0}
    begin = angle[(-out_x, -out_y)]
    end = angle[(in_x, in_y)]
    turn = (end - begin + 540) % 360 - 180
    return arc(*middle, r, begin, begin + turn, 6)


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)
