"""What can be seen at the study date: the newest visible rows, indexed; grades of sources."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cached_property
from typing import Any, Protocol, TypeVar

from chainmap.core.dates import Day
from chainmap.core.graph import ChainGraph
from chainmap.core.model import Chain, Row, Settings, Workspace
from chainmap.core.schema import BY_NAME, EXTRA_KEYS, GRADES

Key = tuple[str, ...]
T = TypeVar("T")


class Memory(Protocol):
    """Where results are kept between runs."""

    def recall(self, key: str) -> bytes | None:
        """What was kept under the key, or None."""

    def keep(self, key: str, data: bytes) -> None:
        """Keep the bytes under the key; never fails."""


class World:
    """A workspace seen at a study date. Rows dated after it are out of sight."""

    def __init__(self, workspace: Workspace, at: Day) -> None:
        self.workspace = workspace
        self.at = at
        self.today = at.last
        self._newest: dict[str, tuple[Row, ...]] = {}
        self._indexes: dict[tuple[str, Key], dict[Key, tuple[Row, ...]]] = {}
        self._graphs: dict[str, ChainGraph] = {}
        self.unseen: dict[str, int] = {}
        self._of_tables: dict[str, Any] = {}
        self.memory: Memory | None = None  # results of earlier runs, where the user keeps them
        self.supposed = ""  # what is put in as if it were so, empty in the world as it is

    def once(self, name: str, make: Callable[[], T]) -> T:
        """Something worked out from the tables alone, kept under its name."""
        if name not in self._of_tables:
            self._of_tables[name] = make()
        found: T = self._of_tables[name]
        return found

    def with_chain(self, chain: Chain, supposed: str = "") -> World:
        """The same world but for one chain; what was looked up in the tables is shared.

        ``supposed`` says what was put in as if it were so.
        """
        chains = {**self.workspace.chains, chain.id: chain}
        other = World(replace(self.workspace, chains=chains), self.at)
        other.supposed = supposed
        other._newest, other._indexes, other.unseen = self._newest, self._indexes, self.unseen
        other._of_tables = self._of_tables
        for name in ("grades", "_parents", "groups"):
            if name in self.__dict__:
                other.__dict__[name] = self.__dict__[name]
        return other

    def changed(self, workspace: Workspace, supposed: str) -> World:
        """Another workspace on the same day; ``supposed`` says what was put in as if it were so.

        Only rows, numbers and statuses may differ, not links and flows. What was looked up in
        tables that are the same is shared.
        """
        other = World(workspace, self.at)
        other.supposed, other.memory = supposed, self.memory
        mine, theirs = self.workspace.tables, workspace.tables
        same = {table for table, rows in mine.items() if theirs.get(table) is rows}
        other._newest = {table: rows for table, rows in self._newest.items() if table in same}
        other._indexes = {at: found for at, found in self._indexes.items() if at[0] in same}
        other._graphs, other.unseen = self._graphs, dict(self.unseen)
        return other

    @property
    def settings(self) -> Settings:
        """The numbers of scoring.yaml."""
        return self.workspace.settings

    def chain(self, chain: str) -> Chain:
        """The chain of that id; KeyError where there is none."""
        return self.workspace.chains[chain]

    def graph(self, chain: str) -> ChainGraph:
        """The chain's graph, built once."""
        if chain not in self._graphs:
            self._graphs[chain] = ChainGraph(self.chain(chain))
        return self._graphs[chain]

    @cached_property
    def grades(self) -> dict[str, str]:
        """Grade of every source."""
        return {row.text("source"): row.text("grade") for row in self.workspace.rows("sources")}

    def grade(self, row: Row) -> str:
        """The grade of a row's best source."""
        return min((self.grades.get(source, "D") for source in row.sources), default="D")

    def worst(self, sources: Iterable[str]) -> str | None:
        """The worst grade among sources, None where there are none."""
        return max((self.grades.get(source, "D") for source in sources), default=None)

    def age(self, row: Row) -> tuple[object, ...]:
        """Sorts rows from oldest to newest: by date, then better grade, then later row.

        A supposed row has no grade: of its day it is the newest.
        """
        return (row.as_of, 1 if row.given else -GRADES.index(self.grade(row)), row.order)

    def visible(self, row: Row) -> bool:
        """Whether a row of a dated table is in sight at the study date."""
        return row.as_of <= self.today

    def newest(self, table: str) -> tuple[Row, ...]:
        """Of the rows with the same key the newest visible one, in file order."""
        if table not in self._newest:
            rows = self.workspace.rows(table)
            if BY_NAME[table].dated:
                seen = [row for row in rows if self.visible(row)]
                self.unseen[table] = len(rows) - len(seen)
                rows = self._newest_of(table, seen)
            self._newest[table] = tuple(rows)
        return self._newest[table]

    def _newest_of(self, table: str, rows: list[Row]) -> tuple[Row, ...]:
        keys = BY_NAME[table].keys + EXTRA_KEYS.get(table, ())
        best: dict[tuple[object, ...], Row] = {}
        for row in rows:
            key = tuple(map(row.cells.get, keys))
            held = best.get(key)
            if held is None or self.age(row) > self.age(held):
                best[key] = row
        return tuple(sorted(best.values(), key=lambda row: row.order))

    def versions(self, table: str, columns: Key, key: Key) -> tuple[Row, ...]:
        """All visible rows whose columns hold the key, the oldest first."""
        name = f"versions/{table}/{'/'.join(columns)}"

        def index() -> dict[Key, list[Row]]:
            lists: dict[Key, list[Row]] = {}
            for row in sorted(filter(self.visible, self.workspace.rows(table)), key=self.age):
                lists.setdefault(_key(row, columns), []).append(row)
            return lists

        return tuple(self.once(name, index).get(key, ()))

    def rows(self, table: str, columns: Key, key: Key) -> tuple[Row, ...]:
        """The newest visible rows whose columns hold the key, in file order."""
        index = self._indexes.get((table, columns))
        if index is None:
            lists: dict[Key, list[Row]] = {}
            for row in self.newest(table):
                lists.setdefault(_key(row, columns), []).append(row)
            index = {at: tuple(rows) for at, rows in lists.items()}
            self._indexes[table, columns] = index
        return index.get(key, ())

    @cached_property
    def _parents(self) -> dict[str, str]:
        return {row.text("firm"): row.text("parent") for row in self.newest("firms")}

    def group(self, firm: str) -> str:
        """The ultimate parent of a firm; the firm itself where it has none."""
        seen = {firm}
        while (parent := self._parents.get(firm, "")) and parent not in seen:
            seen.add(parent)
            firm = parent
        return firm

    @cached_property
    def groups(self) -> dict[str, tuple[str, ...]]:
        """Ultimate parent to every firm below it, itself included."""
        members: dict[str, list[str]] = {}
        # A parent counts also where no row of its own is visible yet.
        for firm in dict.fromkeys([*self._parents, *filter(None, self._parents.values())]):
            members.setdefault(self.group(firm), []).append(firm)
        return {group: tuple(firms) for group, firms in members.items()}

    def name(self, firm: str) -> str:
        """A firm's name; its id where no visible row names it."""
        rows = self.rows("firms", ("firm",), (firm,))
        return rows[0].text("name") if rows else firm


def _key(row: Row, columns: Key) -> Key:
    """What ``Row.text`` gives for each of the columns, without a call for each of a million."""
    cells = map(row.cells.get, columns)
    return tuple([c if c.__class__ is str else "" if c is None else str(c) for c in cells])


class PastWorld(World):
    """What could really be known at a past date: each source of a row must be out by then too.

    A source without a date is not known to be out. The tables of HINDSIGHT are looked at with
    today's eyes, and every report that rests on them says so.
    """

    HINDSIGHT = ("sectors",)

    def __init__(self, workspace: Workspace, at: Day) -> None:
        super().__init__(workspace, at)
        chains = {name: self.known_then(chain) for name, chain in workspace.chains.items()}
        self.workspace = replace(workspace, chains=chains)
        self.supposed = f"T = {at.text}"

    def known_then(self, chain: Chain) -> Chain:
        """The chain without the statuses set by hand whose sources were not out."""
        links = [
            link
            if link.status is None or all(map(self.is_out, link.status.source.split("|")))
            else link.model_copy(update={"status": None})
            for link in chain.links
        ]
        panorama = chain.file.panorama.model_copy(update={"links": tuple(links)})
        return Chain(chain.file.model_copy(update={"panorama": panorama}), chain.places)

    def visible(self, row: Row) -> bool:
        """Whether the row and its sources were out by the study date; some tables always are."""
        if row.table in self.HINDSIGHT:
            return True
        return row.as_of <= self.today and all(map(self.is_out, row.sources))

    def is_out(self, source: str) -> bool:
        """Whether a source is known to have been out by the study date."""
        day = self._dates.get(source.strip())
        return day is not None and day.last <= self.today

    @cached_property
    def _dates(self) -> dict[str, Day | None]:
        return {row.text("source"): row.day("date") for row in self.workspace.rows("sources")}
