"""A derivation as lines of a terminal: branches, and numbers for what is referred to again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from chainmap.core.words import say
from chainmap.show.columns import Line, wrap


@dataclass(slots=True)
class Node:
    """One line of the tree with what stands below it."""

    text: str
    style: str = ""
    below: list[Node] = field(default_factory=list)
    first: Node | None = None  # where the same figure is unfolded


def number(root: Node, lang: str) -> None:
    """Number what is referred to again, from the top down, there and where it is referred to."""
    nodes = list(_below(root))
    shared = {id(node.first) for node in nodes if node.first is not None}
    numbers = {one: at for at, one in enumerate((id(n) for n in nodes if id(n) in shared), 1)}
    for node in nodes:
        if node.first is not None:
            node.text += say("why.seen", lang, number=numbers[id(node.first)])
        elif id(node) in numbers:
            node.text += f" #{numbers[id(node)]}"


def _below(node: Node) -> Iterator[Node]:
    yield node
    for part in node.below:
        yield from _below(part)


def tree_lines(node: Node, limit: int) -> list[Line]:
    """The tree with ASCII branches, long lines wrapped under their branch."""
    lines: list[Line] = [[(part, node.style)] for part in wrap(node.text, limit)]
    _branches(node, "", lines, limit)
    return lines


def _branches(node: Node, stem: str, lines: list[Line], limit: int) -> None:
    for at, below in enumerate(node.below):
        last = at == len(node.below) - 1
        branch, on = ("`-- ", "    ") if last else ("+-- ", "|   ")
        for number, part in enumerate(wrap(below.text, max(30, limit - len(stem) - 4))):
            lines.append([(stem + (branch if number == 0 else on), "dim"), (part, below.style)])
        _branches(below, stem + on, lines, limit)
