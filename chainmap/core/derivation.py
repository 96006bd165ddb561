"""One way for every computed figure: a rule asks for what it needs, and what it read is kept.

A rule is a plain function ``rule(ask, *args)``. Whatever it reads goes through ``ask``: cells of
rows, numbers of scoring.yaml, nodes of a chain file, and other figures. The record of those
reads is the figure's derivation, so the answer to "why" is the calculation itself and not a
second one made for display. ``replay`` evaluates a derivation again from its leaves alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from chainmap.core.dates import Day
from chainmap.core.model import Row, Value
from chainmap.core.problems import Place
from chainmap.core.world import World

Rule = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Leaf:
    """A cell, a number of scoring.yaml, a node of a chain file or the study date."""

    kind: str  # cell | setting | structure | date
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


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """A computed figure: the rule, its arguments, its value and all that was read for it."""

    rule: str
    args: tuple[str, ...]
    value: Any
    inputs: tuple[Input, ...]
    note: tuple[str, Mapping[str, Any]] | None


Input = Leaf | Found | Figure


class Ask:
    """What a rule reads through; it writes down every answer it gives."""

    def __init__(self, world: World, figure: Callable[..., Figure]) -> None:
        self.world = world
        self.inputs: list[Input] = []
        self.note: tuple[str, Mapping[str, Any]] | None = None
        self._figure = figure

    def __call__(self, rule: str, *args: str) -> Any:
        """The value of another figure."""
        figure = self._figure(rule, *args)
        self.inputs.append(figure)
        return figure.value

    def rows(self, table: str, columns: tuple[str, ...], key: tuple[str, ...]) -> tuple[Row, ...]:
        """The newest visible rows of a table whose columns hold the key."""
        found = Found(table, key, self.world.rows(table, columns, key))
        self.inputs.append(found)
        return found.rows

    def cell(self, row: Row, column: str) -> Value:
        """A cell of a row."""
        value = row.cells.get(column)
        at = Place(row.file, row.line)
        self.inputs.append(Leaf("cell", column, value, at, row.sources, row.text("as_of")))
        return value

    def number(self, row: Row, column: str) -> float | None:
        """A cell that is a number or unknown."""
        value = self.cell(row, column)
        assert value is None or isinstance(value, int | float)
        return value

    def day(self, row: Row, column: str) -> Day | None:
        """A cell that is a date or unknown."""
        value = self.cell(row, column)
        assert value is None or isinstance(value, Day)
        return value

    def setting(self, name: str) -> float:
        """A number of scoring.yaml."""
        setting = self.world.settings.numbers[name]
        self.inputs.append(Leaf("setting", name, setting.value, setting.at))
        return setting.value

    def structure(
        self, chain: str, path: tuple[str | int, ...], value: Any, sources: tuple[str, ...] = ()
    ) -> Any:
        """A node of a chain file, with the value that it has there."""
        at = self.world.chain(chain).place(*path)
        name = ".".join(str(part) for part in path)
        self.inputs.append(Leaf("structure", name, value, at, sources))
        return value

    def today(self) -> Day:
        """The study date."""
        workspace = self.world.workspace
        self.inputs.append(Leaf("date", "study_date", self.world.at, workspace.study_date_at))
        return self.world.at

    def say(self, key: str, **words: Any) -> None:
        """How the figure came about, as a sentence of the message catalogue."""
        self.note = (key, words)


class Book:
    """Computes each figure once, on demand, and keeps how it came about."""

    def __init__(self, world: World, rules: Mapping[str, Rule]) -> None:
        self.world = world
        self.rules = rules
        self._figures: dict[tuple[str, ...], Figure] = {}
        self._open: set[tuple[str, ...]] = set()

    def figure(self, rule: str, *args: str) -> Figure:
        """The figure of a rule for these arguments, with its derivation."""
        key = (rule, *args)
        figure = self._figures.get(key)
        if figure is None:
            if key in self._open:
                raise AssertionError(f"figure depends on itself: {key}")
            self._open.add(key)
            ask = Ask(self.world, self.figure)
            value = self.rules[rule](ask, *args)
            figure = Figure(rule, args, value, tuple(ask.inputs), ask.note)
            self._figures[key] = figure
            self._open.discard(key)
        return figure

    def value(self, rule: str, *args: str) -> Any:
        """The value of a figure."""
        return self.figure(rule, *args).value


class _Replay(Ask):
    """Gives a rule the answers on record, in their order, and nothing else."""

    def __init__(self, world: World, figure: Figure, again: Callable[[Figure], Any]) -> None:
        super().__init__(world, lambda *_: figure)
        self._answers = iter(figure.inputs)
        self._again = again

    def __call__(self, rule: str, *args: str) -> Any:
        recorded = next(self._answers)
        if not isinstance(recorded, Figure) or (recorded.rule, recorded.args) != (rule, args):
            raise AssertionError(f"asked for {(rule, *args)}, on record is {recorded}")
        return self._again(recorded)

    def rows(self, table: str, columns: tuple[str, ...], key: tuple[str, ...]) -> tuple[Row, ...]:
        del columns
        recorded = next(self._answers)
        assert isinstance(recorded, Found) and (recorded.table, recorded.key) == (table, key)
        return recorded.rows

    def _leaf(self, name: str) -> Any:
        recorded = next(self._answers)
        assert isinstance(recorded, Leaf) and recorded.name == name
        return recorded.value

    def cell(self, row: Row, column: str) -> Value:
        del row
        value: Value = self._leaf(column)
        return value

    def setting(self, name: str) -> float:
        value: float = self._leaf(name)
        return value

    def structure(
        self, chain: str, path: tuple[str | int, ...], value: Any, sources: tuple[str, ...] = ()
    ) -> Any:
        del chain, value, sources
        return self._leaf(".".join(str(part) for part in path))

    def today(self) -> Day:
        day: Day = self._leaf("study_date")
        return day


def replay(book: Book, figure: Figure) -> Any:
    """Evaluate a derivation again from its leaves alone.

    Raises AssertionError where a rule now asks for something that is not on record.
    """
    done: dict[int, Any] = {}

    def again(one: Figure) -> Any:
        if id(one) not in done:
            done[id(one)] = book.rules[one.rule](_Replay(book.world, one, again), *one.args)
        return done[id(one)]

    return again(figure)
