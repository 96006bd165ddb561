"""The words of a rule as arrays: classes of characters and a double-array trie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chainmap.screen.characters import folded, joining
from chainmap.screen.rule import Rule

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

# What the table of characters says of one that decides nothing alone: see ``joining``.
JOINS = -1
_CODES = 0x110000


@dataclass(frozen=True)
class Classes:
    """Each character as the number of what it becomes: 0 where no word has it.

    ``table`` (int32, by code point): a class; ``JOINS``; or -2 - x for one that becomes several,
    of which the classes are ``more[start[x]:start[x + 1]]``. ``plain`` is the same for text that
    is normalised already. ``longest``: at most so many classes for each byte of UTF-8.
    """

    table: Array
    plain: Array
    start: Array
    more: Array
    longest: int
    number: Mapping[str, int]


@dataclass(frozen=True)
class Trie:
    """Words as walks over classes. ``first[class]`` is the slot of a one-class walk, or 0; from
    slot s, class c leads to ``t = base[s] + c`` where ``check[t] == s``; ``word[s]`` is the
    number of the word that ends there, or -1. Method: Aoe, "An efficient digital search
    algorithm by using a double-array structure", 1989.
    """

    first: Array
    base: Array
    check: Array
    word: Array


def classes(rule: Rule) -> Classes:
    """The classes of all characters for the words of a rule."""
    import numpy as np

    letters = sorted({letter for word in rule.words for letter in word})
    number = {letter: at for at, letter in enumerate(letters, start=1)}
    plain = np.zeros(_CODES, np.int32)
    for letter, at in number.items():
        plain[ord(letter)] = at
    table = plain.copy()
    simple = dict(zip(*rule.simplified, strict=True))
    start, more, longest = [0], [], 1
    for old in {**folded(), **simple}:
        new = [simple.get(one, one) for one in folded().get(old, old)]
        found = [number.get(one, 0) for one in new]
        if len(found) == 1 or not any(found):
            table[ord(old)] = found[0] if len(found) == 1 else 0
            continue
        table[ord(old)] = -1 - len(start)
        more.extend(found)
        start.append(len(more))
        longest = max(longest, -(-len(found) // len(old.encode())))
    for letter in joining():
        table[ord(letter)] = JOINS
    return Classes(
        table, plain, np.array(start, np.int32), np.array(more or [0], np.int32), longest, number
    )


def trie(words: Sequence[str], number: Mapping[str, int]) -> Trie:
    """The trie of the words; their numbers are their positions."""
    import numpy as np

    root: dict[int, Any] = {}
    for at, word in enumerate(words):
        node = root
        for letter in word:
            node = node.setdefault(number[letter], {})
        node[-1] = at
    built = _Slots()
    first = np.zeros(len(number) + 1, np.int32)
    # Nodes with many branches are the hard ones to place, and those next to the root have most.
    row = []
    for one, node in root.items():
        first[one] = built.alone()
        row.append((int(first[one]), node))
    while row:
        below = []
        for slot, node in sorted(row, key=lambda one: -len(one[1])):
            below += built.place(slot, node)
        row = below
    size = len(built.check) + len(number) + 1  # so that base + class is inside for each class
    return Trie(
        first,
        _filled(built.base, size, 0),
        _filled(built.check, size, 0),
        _filled(built.word, size, -1),
    )


def _filled(values: list[int], size: int, empty: int) -> Array:
    import numpy as np

    made = np.full(size, empty, np.int32)
    made[: len(values)] = values
    return made


class _Slots:
    """Slots of a double array while it is filled; slot 0 stands for none."""

    def __init__(self) -> None:
        self.used = bytearray(b"\1")
        self.base, self.check, self.word = [0], [0], [-1]

    def alone(self) -> int:
        """A free slot that no other leads to."""
        slot = self._free(1)
        self._take(slot, -1)
        return slot

    def place(self, slot: int, node: dict[int, Any]) -> list[tuple[int, dict[int, Any]]]:
        """Give each branch of the node in a slot a slot of its own; what is still to place."""
        self.word[slot] = node.pop(-1, -1)
        if not node:
            return []
        letters = sorted(node)
        at = self._free(letters[0])
        while any(self._is_used(at - letters[0] + letter) for letter in letters[1:]):
            at = self._free(at + 1)
        base = at - letters[0]
        self.base[slot] = base
        for letter in letters:
            self._take(base + letter, slot)
        return [(base + letter, node[letter]) for letter in letters]

    def _free(self, start: int) -> int:
        found = self.used.find(0, start)
        return found if found >= 0 else max(start, len(self.used))

    def _is_used(self, slot: int) -> bool:
        return slot < len(self.used) and bool(self.used[slot])

    def _take(self, slot: int, parent: int) -> None:
        short = slot + 1 - len(self.used)
        if short > 0:
            self.used += bytes(short)
            self.base += [0] * short
            self.check += [0] * short
            self.word += [-1] * short
        self.used[slot] = 1
        self.check[slot] = parent
