"""One way for every computed figure: a rule asks for what it needs, and what it read is kept.

A rule is a plain function ``rule(ask, *args)``. Whatever it reads goes through ``ask``: cells of
rows, numbers of scoring.yaml, nodes of a chain file, and other figures. The record of those
reads is the figure's derivation, so the answer to "why" is the calculation itself and not a
second one made for display. ``replay`` evaluates a derivation again from its leaves alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from chainmap.core.dates import Day
from chainmap.core.formula import Formula, Work
from chainmap.core.model import Row, Value
from chainmap.core.problems import Place
from chainmap.core.world import World

Rule = Callable[..., Any]


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


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """A computed figure: the rule, its arguments, its value and all that was read for it.

    ``work`` holds the formulas that were run, with their numbers; ``world`` is what it was
    computed in.
    """

    rule: str
    args: tuple[str, ...]
    value: Any
    inputs: tuple[Input, ...]
    note: tuple[str, Mapping[str, Any]] | None
    work: tuple[Work, ...]
    world: World


Input = Leaf | Found | Figure


class Ask:
    """What a rule reads through; it writes down every answer it gives."""

    def __init__(
        self,
        world: World,
        figure: Callable[..., Figure],
        other: Callable[..., Figure] | None = None,
    ) -> None:
        self.world = world
        self._other = other
        self.inputs: list[Input] = []
        self.note: tuple[str, Mapping[str, Any]] | None = None
        self.done: list[Work] = []
        self._figure = figure

    def __call__(self, rule: str, *args: str) -> Any:
        """The value of another figure."""
        return self.figure(rule, *args).value

    def figure(self, rule: str, *args: str) -> Figure:
        """Another figure with its derivation, for a rule about how figures came about."""
        figure = self._figure(rule, *args)
        self.inputs.append(figure)
        return figure

    def elsewhere(self, world: World, rule: str, *args: str) -> Any:
        """The value of a figure in another world, where something is put in as if it were so."""
        assert self._other is not None
        figure = self._other(world, rule, *args)
        self.inputs.append(figure)
        return figure.value

    def rows(self, table: str, columns: tuple[str, ...], key: tuple[str, ...]) -> tuple[Row, ...]:
        """The newest visible rows of a table whose columns hold the key."""
        found = Found(table, key, self.world.rows(table, columns, key))
        self.inputs.append(found)
        return found.rows

    def versions(
        self, table: str, columns: tuple[str, ...], key: tuple[str, ...]
    ) -> tuple[Row, ...]:
        """All visible rows of a table whose columns hold the key, the oldest first."""
        found = Found(table, (*key, "*"), self.world.versions(table, columns, key))
        self.inputs.append(found)
        return found.rows

    def cell(self, row: Row, column: str) -> Value:
        """A cell of a row."""
        value = row.cells.get(column)
        at = Place(row.file, row.line)
        # A row of the table of sources is a source, and has none.
        sources = () if row.table == "sources" else row.sources
        self.inputs.append(Leaf("cell", column, value, at, sources, row.text("as_of")))
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

    def planned(self, path: tuple[str | int, ...], value: Any) -> Any:
        """What a line of plan.yaml says."""
        plan = self.world.workspace.plan
        assert plan is not None
        name = ".".join(str(part) for part in path)
        self.inputs.append(Leaf("planned", name, value, plan.place(*path)))
        return value

    def today(self) -> Day:
        """The study date."""
        workspace = self.world.workspace
        self.inputs.append(Leaf("date", "study_date", self.world.at, workspace.study_date_at))
        return self.world.at

    def work(self, name: str, formula: Formula, *numbers: Any) -> Any:
        """What a formula gives for these numbers; how it did stays on record.

        ``name`` is a key of the message catalogue for the part of the figure that it gives,
        empty where it gives the figure itself.
        """
        value = formula(*numbers)
        self.done.append(Work(name, formula, numbers, value))
        return value

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
        self._elsewhere: dict[str, Book] = {}

    def figure(self, rule: str, *args: str) -> Figure:
        """The figure of a rule for these arguments, with its derivation."""
        key = (rule, *args)
        figure = self._figures.get(key)
        if figure is None:
            if key in self._open:
                raise AssertionError(f"figure depends on itself: {key}")
            self._open.add(key)
            ask = Ask(self.world, self.figure, self.elsewhere)
            value = self.rules[rule](ask, *args)
            figure = Figure(
                rule, args, value, tuple(ask.inputs), ask.note, tuple(ask.done), self.world
            )
            self._figures[key] = figure
            self._open.discard(key)
        return figure

    def elsewhere(self, world: World, rule: str, *args: str) -> Figure:
        """The figure of a rule in another world; what was asked there before is kept."""
        return self.beside(world).figure(rule, *args)

    def beside(self, world: World) -> Book:
        """The book of another world, opened once; the same one for the world of this book."""
        if world is self.world:
            return self
        if world.supposed not in self._elsewhere:
            self._elsewhere[world.supposed] = Book(world, self.rules)
        return self._elsewhere[world.supposed]

    def forget(self, rule: str, *args: str) -> None:
        """Let go of a figure, and of all other worlds; who asks again gets it computed again."""
        self._figures.pop((rule, *args), None)
        self._elsewhere.clear()

    def value(self, rule: str, *args: str) -> Any:
        """The value of a figure."""
        return self.figure(rule, *args).value


class Replay(Ask):
    """Gives a rule the answers on record, and nothing else.

    Raises AssertionError where the rule asks for something that is not on record.
    """

    def __init__(self, figure: Figure, again: Callable[[Figure], Figure]) -> None:
        super().__init__(figure.world, lambda *_: figure)
        self._again = again
        self._record: dict[tuple[Any, ...], Input] = {}
        for one in figure.inputs:
            self._record.setdefault(_question(one), one)

    def _answer(self, *question: Any) -> Any:
        if question not in self._record:
            raise AssertionError(f"not on record: {question}")
        return self._record[question]

    def figure(self, rule: str, *args: str) -> Figure:
        return self._again(self._answer("figure", self.world.supposed, rule, *args))

    def elsewhere(self, world: World, rule: str, *args: str) -> Any:
        return self._again(self._answer("figure", world.supposed, rule, *args)).value

    def rows(self, table: str, columns: tuple[str, ...], key: tuple[str, ...]) -> tuple[Row, ...]:
        del columns
        rows: tuple[Row, ...] = self._answer("rows", table, key).rows
        return rows

    def versions(
        self, table: str, columns: tuple[str, ...], key: tuple[str, ...]
    ) -> tuple[Row, ...]:
        return self.rows(table, columns, (*key, "*"))

    def cell(self, row: Row, column: str) -> Value:
        value: Value = self._answer("cell", column, row.file, row.line).value
        return value

    def setting(self, name: str) -> float:
        at = self.world.settings.numbers[name].at
        value: float = self._answer("setting", name, at.file, at.line).value
        return value

    def structure(
        self, chain: str, path: tuple[str | int, ...], value: Any, sources: tuple[str, ...] = ()
    ) -> Any:
        del value, sources
        at = self.world.chain(chain).place(*path)
        name = ".".join(str(part) for part in path)
        return self._answer("structure", name, at.file, at.line).value

    def planned(self, path: tuple[str | int, ...], value: Any) -> Any:
        del value
        plan = self.world.workspace.plan
        assert plan is not None
        at = plan.place(*path)
        name = ".".join(str(part) for part in path)
        return self._answer("planned", name, at.file, at.line).value

    def today(self) -> Day:
        at = self.world.workspace.study_date_at
        day: Day = self._answer("date", "study_date", at.file, at.line).value
        return day


def _question(one: Input) -> tuple[Any, ...]:
    """What a rule asked when it was given this."""
    if isinstance(one, Figure):
        return ("figure", one.world.supposed, one.rule, *one.args)
    if isinstance(one, Found):
        return ("rows", one.table, one.key)
    return (one.kind, one.name, one.at.file, one.at.line)


def replay(book: Book, figure: Figure) -> Any:
    """Evaluate a derivation again from its leaves alone.

    Every figure in it is worked out anew, its inputs first, and no rule is given anything but
    what stands on record. Raises AssertionError where a rule asks for something else.
    """
    done: dict[int, Figure] = {}

    def again(one: Figure) -> Figure:
        if id(one) not in done:
            value = book.rules[one.rule](Replay(one, again), *one.args)
            done[id(one)] = replace(one, value=value)
        return done[id(one)]

    return again(figure).value
