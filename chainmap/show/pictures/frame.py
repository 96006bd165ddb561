"""What stands around every picture: title, conclusion, date, footer."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, combinations

from chainmap.show.draw.fonts import fit, width, wrap
from chainmap.show.draw.scene import Item, Text

WIDE = 1600.0
MARGIN = 32.0
RIGHT = WIDE - MARGIN
TALL = {"16:9": 900.0, "a3": 1131.0}
BODY = 110.0  # where the body begins, below title and conclusion


def heading(title: str, conclusion: str, date: str) -> list[Item]:
    """Title, date, and the conclusion on one line, or on two where it is long."""
    date_wide = width(date, 16, True)
    items: list[Item] = [
        Text(MARGIN, 56, fit(title, RIGHT - MARGIN - date_wide - 40, 32, True), 32, "ink", True),
        Text(RIGHT, 50, date, 16, "ink", True, "end"),
    ]
    lines = wrap(conclusion, RIGHT - MARGIN, 17)
    if len(lines) == 1:
        return [*items, Text(MARGIN, 88, lines[0], 17, "sub")]
    second = fit("".join(lines[1:]), RIGHT - MARGIN, 16)
    return [*items, Text(MARGIN, 80, lines[0], 16, "sub"), Text(MARGIN, 101, second, 16, "sub")]


def footing(left: str, right: str, height: float) -> list[Item]:
    """Sources at the left, which picture and edition at the right."""
    room = RIGHT - MARGIN - width(right, 14) - 30
    return [
        Text(MARGIN, height - 20, fit(left, room, 14), 14, "sub"),
        Text(RIGHT, height - 20, right, 14, "sub", anchor="end"),
    ]


def shared_out(highs: Sequence[float], room: float) -> list[int]:
    """How many of things in a row stand on each page: as few pages as can be, evenly filled.

    Of all ways to break the row into so few pages, the one whose fullest page is the least full;
    each page takes all that fits below that. A thing higher than the room has a page of its own.
    """
    fewest = len(_filled(highs, room))
    sums = {
        round(upto - start, 6) for start, upto in combinations(accumulate(highs, initial=0.0), 2)
    }
    caps = sorted(one for one in sums if one <= room + 1e-6)
    low, high = 0, len(caps)  # caps[high:] do, and caps[:low] do not
    while low < high:
        middle = (low + high) // 2
        if len(_filled(highs, caps[middle])) <= fewest:
            high = middle
        else:
            low = middle + 1
    return _filled(highs, caps[low] if low < len(caps) else room)


def _filled(highs: Sequence[float], room: float) -> list[int]:
    """How many stand on each page where every page takes all that it can."""
    counts: list[int] = []
    used = 0.0
    for high in highs:
        if counts and used + high <= room + 1e-6:
            counts[-1], used = counts[-1] + 1, used + high
        else:
            counts.append(1)
            used = high
    return counts
