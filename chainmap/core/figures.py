"""What a computed figure is: its value, and the record of all that was read for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from chainmap.core.formula import Work
from chainmap.core.model import Row, Value
from chainmap.core.problems import Place
from chainmap.core.world import World


@dataclass(frozen=True, slots=True)
class Leaf:
    """A cell, a setting, a node of a chain file, a line of plan.yaml or the study date."""

    kind: str  # cell | setting | structure | planned | date
    name: str
    value: Value | bool
    at: Place
    sources: tuple[str, ...] = ()
    as_of: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """Which rows stood behind a question, also when there were none."""

    table: str
    key: tuple[str, ...]
    rows: tuple[Row, ...]


class Figure:
    """A computed figure: the rule, its arguments, its value and all that was read for it.

    ``inputs`` is what the rule was given, ``note`` how it says the figure came about, ``work``
    holds the formulas that were run, with their numbers; ``world`` is what it was computed in.
    Of a figure that came at a glance the record is made when someone asks for it, by the same
    rule run once more.
    """

    __slots__ = ("__weakref__", "_record", "args", "rule", "value", "world")

    def __init__(
        self,
        rule: str,
        args: tuple[str, ...],
        value: Any,
        inputs: tuple[Input, ...],
        note: Note,
        work: tuple[Work, ...],
        world: World,
    ) -> None:
        self.rule, self.args, self.value, self.world = rule, args, value, world
        self._record: Record | Callable[[], Record] = (inputs, note, work)

    @classmethod
    def seen(
        cls, rule: str, args: tuple[str, ...], value: Any, world: World, record: Recording
    ) -> Figure:
        """A figure that came at a glance; ``record`` runs its rule again, pen in hand."""
        one = cls(rule, args, value, (), None, (), world)
        one._record = record
        return one

    @property
    def record(self) -> Record:
        """Inputs, note and work."""
        found = self._record
        if callable(found):
            found = self._record = found()
        return found

    @property
    def inputs(self) -> tuple[Input, ...]:
        """What the figure was worked out from, in the order in which it was asked for."""
        return self.record[0]

    @property
    def note(self) -> Note:
        """What the rule said of it in words."""
        return self.record[1]

    @property
    def work(self) -> tuple[Work, ...]:
        """The formulas that it was worked out by, with their numbers."""
        return self.record[2]


Input = Leaf | Found | Figure
Note = tuple[str, Mapping[str, Any]] | None
Record = tuple[tuple[Input, ...], Note, tuple[Work, ...]]
Recording = Callable[[], Record]
