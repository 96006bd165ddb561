"""One way for every computed figure: a rule asks for what it needs, and what it read is kept.

A rule is a plain function ``rule(ask, *args)``. Whatever it reads goes through ``ask``: cells of
rows, numbers of scoring.yaml, nodes of a chain file, and other figures. The record of those
reads is the figure's derivation, so the answer to "why" is the calculation itself and not a
second one made for display. ``replay`` evaluates a derivation again from its leaves alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from chainmap.core.dates import Day
from chainmap.core.figures import Figure, Found, Input, Leaf, Record
from chainmap.core.formula import Formula, Work
from chainmap.core.model import Row, Value
from chainmap.core.problems import Place
from chainmap.core.world import World

Rule = Callable[..., Any]
T = TypeVar("T")

__all__ = ["Ask", "Book", "Figure", "Found", "Glance", "Glanced", "Input", "Leaf", "Replay",
           "Rule", "replay"]  # fmt: skip


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


class Glance(Ask):
    """What a rule reads through when no one has asked yet how the figure comes about.

    It gives the same answers and writes nothing down.
    """

    def __init__(self, book: Book) -> None:
        super().__init__(book.world, book.figure)
        self._book = book

    def __call__(self, rule: str, *args: str) -> Any:
        return self._book.value(rule, *args)

    def figure(self, rule: str, *args: str) -> Figure:
        return self._figure(rule, *args)

    def elsewhere(self, world: World, rule: str, *args: str) -> Any:
        return self._book.beside(world).value(rule, *args)

    def rows(self, table: str, columns: tuple[str, ...], key: tuple[str, ...]) -> tuple[Row, ...]:
        return self.world.rows(table, columns, key)

    def versions(
        self, table: str, columns: tuple[str, ...], key: tuple[str, ...]
    ) -> tuple[Row, ...]:
        return self.world.versions(table, columns, key)

    def cell(self, row: Row, column: str) -> Value:
        return row.cells.get(column)

    def setting(self, name: str) -> float:
        return self.world.settings.numbers[name].value

    def structure(
        self, chain: str, path: tuple[str | int, ...], value: Any, sources: tuple[str, ...] = ()
    ) -> Any:
        del chain, path, sources
        return value

    def planned(self, path: tuple[str | int, ...], value: Any) -> Any:
        del path
        return value

    def today(self) -> Day:
        return self.world.at

    def work(self, name: str, formula: Formula, *numbers: Any) -> Any:
        del name
        return formula(*numbers)

    def say(self, key: str, **words: Any) -> None:
        pass


@dataclass(frozen=True, slots=True)
class Glanced:
    """Rules whose figures are worked out at a glance, and recorded when someone asks.

    There are millions of figures like these, and of a hundred thousand one is asked about. What
    stands in ``passing`` takes no time to work out: of those only so many are kept at once.
    """

    kept: frozenset[str] = frozenset()
    passing: frozenset[str] = frozenset()


MOST_VALUES, MOST_FIGURES = 1_000_000, 200_000  # that pass and are kept at once: 300 MB each


class Book:
    """Computes each figure once, on demand, and keeps how it came about.

    Figures of ``glanced`` rules are worked out first and recorded later, if at all.
    """

    def __init__(
        self, world: World, rules: Mapping[str, Rule], glanced: Glanced | None = None
    ) -> None:
        self.world = world
        self.rules = rules
        self.glanced = glanced or Glanced()
        self._at_a_glance = self.glanced.kept | self.glanced.passing
        self._figures: dict[tuple[str, ...], Figure] = {}
        self._values: dict[tuple[str, ...], Any] = {}
        self._passing: dict[tuple[str, ...], Any] = {}
        self._passing_figures: dict[tuple[str, ...], Figure] = {}
        self._open: set[tuple[str, ...]] = set()
        self._elsewhere: dict[str, Book] = {}
        self._glance = Glance(self)

    def figure(self, rule: str, *args: str) -> Figure:
        """The figure of a rule for these arguments, with its derivation."""
        key = (rule, *args)
        figure = self._figures.get(key) or self._passing_figures.get(key)
        if figure is not None:
            return figure
        if rule in self._at_a_glance:
            figure = Figure.seen(
                rule, args, self.value(*key), self.world, lambda: self._recorded(key)[1]
            )
            if rule in self.glanced.passing:
                return self._pass(self._passing_figures, MOST_FIGURES, key, figure)
        else:
            value, record = self._recorded(key)
            figure = Figure(rule, args, value, *record, self.world)
        self._figures[key] = figure
        return figure

    @staticmethod
    def _pass(held: dict[tuple[str, ...], T], most: int, key: tuple[str, ...], one: T) -> T:
        """Keep something for as long as there is room."""
        if len(held) >= most:
            held.clear()
        held[key] = one
        return one

    def _recorded(self, key: tuple[str, ...]) -> tuple[Any, Record]:
        """What a rule gives, and the record of what it read for it."""
        ask = Ask(self.world, self.figure, self.elsewhere)
        value = self._run(key, ask)
        return value, (tuple(ask.inputs), ask.note, tuple(ask.done))

    def _run(self, key: tuple[str, ...], ask: Ask) -> Any:
        if key in self._open:
            raise AssertionError(f"figure depends on itself: {key}")
        self._open.add(key)
        try:
            return self.rules[key[0]](ask, *key[1:])
        finally:
            self._open.discard(key)

    def elsewhere(self, world: World, rule: str, *args: str) -> Figure:
        """The figure of a rule in another world; what was asked there before is kept."""
        return self.beside(world).figure(rule, *args)

    def beside(self, world: World) -> Book:
        """The book of another world, opened once; the same one for the world of this book."""
        if world is self.world:
            return self
        if world.supposed not in self._elsewhere:
            self._elsewhere[world.supposed] = Book(world, self.rules, self.glanced)
        return self._elsewhere[world.supposed]

    def forget(self, rule: str, *args: str) -> None:
        """Let go of a figure, and of all other worlds; who asks again gets it computed again."""
        self._figures.pop((rule, *args), None)
        self._elsewhere.clear()

    def value(self, rule: str, *args: str) -> Any:
        """The value of a figure."""
        if rule not in self._at_a_glance:
            return self.figure(rule, *args).value
        key = (rule, *args)
        held = self._passing if rule in self.glanced.passing else self._values
        try:
            return held[key]
        except KeyError:
            pass
        value = self._run(key, self._glance)
        if held is self._passing:
            return self._pass(held, MOST_VALUES, key, value)
        held[key] = value
        return value


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
            done[id(one)] = Figure(one.rule, one.args, value, *one.record, one.world)
        return done[id(one)]

    return again(figure).value
