"""Columns of text, measured in terminal cells; ASCII rules, only the last column is ever cut."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chainmap.core.text import cut, pad, width

Span = tuple[str, str]  # text, style
Line = list[Span]


@dataclass(frozen=True, slots=True)
class Head:
    """One column: its title, whether it stands right, its least width when it must shrink, and
    whether it may be left out where all others would not fit."""

    title: str
    right: bool = False
    shrink_to: int | None = None
    may_go: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its text and the style that colour may add."""

    text: str
    style: str = ""


def lay_out(heads: Sequence[Head], rows: Sequence[Sequence[Cell]], limit: int) -> list[Line]:
    """Head, rule and rows, at most ``limit`` cells wide.

    The gap between columns narrows from three to one before any text is cut; then columns that
    may shrink do, the last one first.
    """
    kept = _fitting_columns(heads, rows, limit)
    heads = [heads[at] for at in kept]
    rows = [[row[at] for at in kept] for row in rows]
    widths = _natural(heads, rows)
    gap = next((g for g in (3, 2, 1) if sum(widths) + g * len(widths) <= limit), 1)
    over = sum(widths) + gap * len(widths) - limit
    for at in reversed(range(len(heads))):
        least = heads[at].shrink_to
        if over > 0 and least is not None and widths[at] > least:
            take = min(over, widths[at] - least)
            widths[at] -= take
            over -= take
    space = " " * gap
    lines: list[Line] = [[(" ", "")]]
    lines[0] += _joined([Cell(h.title, "dim") for h in heads], heads, widths, space)
    lines.append([(" " + "-" * min(limit - 1, sum(widths) + gap * (len(widths) - 1)), "dim")])
    lines += [[(" ", ""), *_joined(row, heads, widths, space)] for row in rows]
    return [_trimmed(line) for line in lines]


def _natural(heads: Sequence[Head], rows: Sequence[Sequence[Cell]]) -> list[int]:
    return [
        max([width(head.title), *(width(row[at].text) for row in rows)])
        for at, head in enumerate(heads)
    ]


def _fitting_columns(
    heads: Sequence[Head], rows: Sequence[Sequence[Cell]], limit: int
) -> list[int]:
    """The columns to keep: the last ones that may go do, while even shrunk ones do not fit."""
    widths = _natural(heads, rows)
    least = [min(cells, head.shrink_to or cells) for cells, head in zip(widths, heads, strict=True)]
    kept = list(range(len(heads)))
    for at in reversed(range(len(heads))):
        if sum(least[k] for k in kept) + len(kept) <= limit:
            break
        if heads[at].may_go:
            kept.remove(at)
    return kept


def _joined(row: Sequence[Cell], heads: Sequence[Head], widths: list[int], space: str) -> Line:
    line: Line = []
    for at, (cell, head, cells) in enumerate(zip(row, heads, widths, strict=True)):
        if at:
            line.append((space, ""))
        line.append((pad(cut(cell.text, cells), cells, head.right), cell.style))
    return line


def _trimmed(line: Line) -> Line:
    while line and not line[-1][0].strip():
        line.pop()
    if line:
        text, style = line[-1]
        line[-1] = (text.rstrip(), style)
    return line


def wrap(text: str, limit: int, indent: str = "") -> list[str]:
    """A sentence on lines of at most ``limit`` cells, broken after a mark or between words."""
    lines, line = [], ""
    for piece in _pieces(text):
        rest = piece
        if line and width(line + rest.rstrip()) > limit:
            lines.append(line.rstrip())
            line = indent
        while width(line + rest.rstrip()) > limit:
            head = _fitting(rest, limit - width(line))
            lines.append(line + head)
            line, rest = indent, rest[len(head) :]
        line += rest
    return [*lines, line.rstrip()] if line.strip() else lines


def _pieces(text: str) -> list[str]:
    """Parts that a line may end after: words, and clauses of Chinese text."""
    pieces, held = [], ""
    for ch in text:
        held += ch
        if ch in " ，。；、：）":
            pieces.append(held)
            held = ""
    return [*pieces, held] if held else pieces


def _fitting(text: str, cells: int) -> str:
    kept = ""
    for ch in text:
        if width(kept + ch) > max(cells, 2):
            break
        kept += ch
    return kept or text[:1]


def whole_names(names: Sequence[str], cells: int, more: Callable[[str, int], str]) -> str:
    """As many whole names as fit, then how many there are; one alone is cut with dots.

    ``more(firms, count)`` makes the sentence that names some of them and counts them all.
    """
    joined = "、".join(names)
    if width(joined) <= cells or not names:
        return joined
    for kept in range(len(names) - 1, 0, -1):
        text = more("、".join(names[:kept]), len(names))
        if width(text) <= cells:
            return text
    room = cells - width(more("", len(names)))
    return more(cut(names[0], max(4, room)), len(names)) if len(names) > 1 else cut(joined, cells)
