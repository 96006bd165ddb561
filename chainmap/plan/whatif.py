"""What-if: changes as words, and the world in which they are so. Nothing is ever written.

Losses, numbers and districts come first and the landings after them, so that a firm that is lost
in one place can land in another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import unquote

from chainmap.core.dates import Day
from chainmap.core.model import Chain, Override, Row, Setting, Value, Workspace
from chainmap.core.problems import Place
from chainmap.core.world import World

NONE = "none"
MONEY = "亿元"
_MARKS = "%+/@:.= "


@dataclass(frozen=True, slots=True)
class Landing:
    """A firm that makes a link's product here from the study date; output in 亿元 where known."""

    firm: str
    link: str
    amount: float | None = None
    district: str = ""

    @property
    def word(self) -> str:
        """As it is written on the command line."""
        amount = "" if self.amount is None else f":{number(self.amount)}"
        district = f"@{_quoted(self.district)}" if self.district else ""
        return f"land={self.firm}@{self.link}{amount}{district}"


@dataclass(frozen=True, slots=True)
class Loss:
    """A link that is missing, or a firm whose sites and projects end."""

    what: str  # link | firm
    id: str

    @property
    def word(self) -> str:
        """As it is written on the command line."""
        return f"lose={self.what}:{self.id}"


@dataclass(frozen=True, slots=True)
class Number:
    """Another number in scoring.yaml."""

    key: str
    value: float

    @property
    def word(self) -> str:
        """As it is written on the command line."""
        return f"set={self.key}={number(self.value)}"


@dataclass(frozen=True, slots=True)
class District:
    """Another land or budget of a district."""

    district: str
    column: str
    value: float

    @property
    def word(self) -> str:
        """As it is written on the command line."""
        return f"district={_quoted(self.district)}.{self.column}={number(self.value)}"


Change = Landing | Loss | Number | District


@dataclass(frozen=True, slots=True)
class Changes:
    """What is put in as if it were so, and how ranks are drawn."""

    all: tuple[Change, ...] = ()
    draws: int | None = None
    seed: int | None = None

    @property
    def landings(self) -> tuple[Landing, ...]:
        """The firms that come."""
        return tuple(one for one in self.all if isinstance(one, Landing))

    @property
    def others(self) -> tuple[Change, ...]:
        """All but the landings."""
        return tuple(one for one in self.all if not isinstance(one, Landing))

    @property
    def word(self) -> str:
        """All of it in one word that can stand in a ref; ``none`` where nothing is changed."""
        drawn = [f"{name}={value}" for name, value in (("draws", self.draws), ("seed", self.seed))
                 if value is not None]  # fmt: skip
        return "+".join([*(one.word for one in self.all), *drawn]) or NONE


def number(value: float) -> str:
    """A number as short as it can be without losing any of it, and without a plus."""
    return repr(float(value)).removesuffix(".0").replace("e+", "e")


def _quoted(name: str) -> str:
    return "".join(f"%{ord(ch):02X}" if ch in _MARKS else ch for ch in name)


def parsed(word: str) -> Changes:
    """The changes that a word of ``Changes`` says; ValueError for any other."""
    found: list[Change] = []
    drawn: dict[str, int] = {}
    for part in word.split("+") if word != NONE else ():
        kind, _, rest = part.partition("=")
        if kind == "land":
            firm, place, *where = rest.split("@")
            link, *amount = place.split(":")
            district = unquote(where[0]) if where else ""
            found.append(Landing(firm, link, float(amount[0]) if amount else None, district))
        elif kind == "lose":
            what, name = rest.split(":")
            found.append(Loss(what, name))
        elif kind == "set":
            key, value = rest.split("=")
            found.append(Number(key, float(value)))
        elif kind == "district":
            path, value = rest.split("=")
            name, column = path.split(".")
            found.append(District(unquote(name), column, float(value)))
        elif kind in ("draws", "seed"):
            drawn[kind] = int(rest)
        else:
            raise ValueError(word)
    changes = Changes(tuple(found), **drawn)
    if changes.word != word:
        raise ValueError(word)
    return changes


# Worlds


def first(world: World, chain: str, changes: Changes) -> World:
    """The world after all but the landings; the world itself where there is nothing else."""
    if not changes.others:
        return world
    tables = dict(world.workspace.tables)
    numbers = dict(world.settings.numbers)
    links: dict[str, str] = {}
    for one in changes.others:
        if isinstance(one, Number):
            numbers[one.key] = Setting(one.value, "", Place(one.word, 0))
        elif isinstance(one, District):
            _give(tables, world, one)
        elif isinstance(one, Loss) and one.what == "link":
            links[one.id] = "missing"
        elif isinstance(one, Loss):
            _end(tables, world, one)
    settings = replace(world.settings, numbers=numbers)
    workspace = replace(world.workspace, tables=tables, settings=settings)
    word = "+".join(one.word for one in changes.others)
    return _by_hand(world, workspace, chain, links, word)


def landed(
    world: World,
    chain: str,
    landings: Sequence[Landing],
    stated: Mapping[str, tuple[float, str]],
) -> World:
    """The world with the firms that come, each as a production row of the study date.

    ``stated`` holds the links whose supply a finding states, with amount and unit: there a row of
    the study date says the same supply with what comes on top, since those who were counted do
    not go when someone comes. A firm that makes the thing there already grows by the amount, where
    both are known.
    """
    presence = list(world.workspace.rows("presence"))
    added: dict[str, tuple[float, list[str]]] = {}
    for one in landings:
        more, words = added.get(one.link, (0.0, []))
        added[one.link] = (more + (one.amount or 0.0), [*words, one.word])
        presence = _with_site(world, chain, presence, one)
    findings = list(world.workspace.rows("findings"))
    for link, (more, words) in added.items():
        if link in stated:
            known, unit = stated[link]
            cells: dict[str, Value] = {
                "chain": chain, "link": link, "as_of": world.at, "source": (),
                "supply": known + (more if unit == MONEY else 0.0), "unit": unit,
            }  # fmt: skip
            findings.append(Row("findings", 0, _after(findings), cells, "+".join(words)))
    tables = {**world.workspace.tables, "presence": tuple(presence)}
    if stated:
        tables["findings"] = tuple(findings)
    words = [*filter(None, [world.supposed]), *(one.word for one in landings)]
    return world.changed(replace(world.workspace, tables=tables), "+".join(words))


def held(world: World, chain: str, statuses: Mapping[str, str]) -> World:
    """The world with links that keep a status, as if set by hand."""
    if not statuses:
        return world
    word = world.supposed + "+" + "+".join(f"{link}={status}" for link, status in statuses.items())
    return _by_hand(world, world.workspace, chain, statuses, word)


def _by_hand(
    world: World, workspace: Workspace, chain: str, statuses: Mapping[str, str], word: str
) -> World:
    was = workspace.chains[chain]
    links = [
        link.model_copy(update={"status": _override(statuses[link.id], world.at, word)})
        if link.id in statuses
        else link
        for link in was.links
    ]
    panorama = was.file.panorama.model_copy(update={"links": tuple(links)})
    file = was.file.model_copy(update={"panorama": panorama})
    chains = {**workspace.chains, chain: Chain(file, was.places)}
    return world.changed(replace(workspace, chains=chains), word)


def _override(status: str, day: Day, word: str) -> Override:
    """A status set by hand without a source; no file could say that."""
    return Override.model_construct(status=status, because=word, source="", as_of=day)


def _give(tables: dict[str, tuple[Row, ...]], world: World, one: District) -> None:
    """Another land or budget: in every row of the district, so that the newest says it."""
    tables["districts"] = tuple(
        replace(row, cells={**row.cells, one.column: one.value}, line=0, given=one.word)
        if row.text("district") == one.district
        else row
        for row in tables["districts"]
    )
    del world


def _end(tables: dict[str, tuple[Row, ...]], world: World, one: Loss) -> None:
    """The firm's sites end on the day before the study date, and its projects on that day."""
    eve = world.today - timedelta(days=1)
    over = Day(eve.isoformat(), eve, eve)

    def ended(row: Row) -> Row:
        if row.text("firm") != one.id:
            return row
        cells: dict[str, Value] = {"until": over}
        if row.table == "projects":
            cells = {"ended": world.at}
        elif row.text("activity") != "production" or _is_over(row, world):
            return row
        return replace(row, cells={**row.cells, **cells}, line=0, given=_marked(row, one))

    for table in ("presence", "projects"):
        if table in tables:
            tables[table] = tuple(map(ended, tables[table]))


def _marked(row: Row, one: Change) -> str:
    """Where the row stands and what was done to it."""
    return f"{one.word} ({row.given or f'{row.file}:{row.line}'})"


def _is_over(row: Row, world: World) -> bool:
    until = row.day("until")
    return until is not None and until.last < world.today


def _with_site(world: World, chain: str, rows: list[Row], one: Landing) -> list[Row]:
    """The rows of presence with the firm's site, of its key the newest."""
    key = {"firm": one.firm, "chain": chain, "link": one.link, "district": one.district}
    key["activity"] = "production"
    same = [row for row in rows if all(row.text(name) == word for name, word in key.items())]
    seen = [row for row in same if world.visible(row)]
    newest = max(seen, key=world.age, default=None)
    output: Value = one.amount
    unit: Value = None if one.amount is None else MONEY
    if newest is not None and newest.runs(world.today):
        known, unit = newest.number("output"), newest.cells.get("output_unit")
        both = known is not None and one.amount is not None and unit == MONEY
        output = known + one.amount if both and known and one.amount else known
    cells: dict[str, Value] = {
        **{name: word or None for name, word in key.items()},
        "output": output, "output_unit": unit, "since": world.at, "until": None,
        "source": (), "as_of": world.at,
    }  # fmt: skip
    site = Row("presence", 0, _after(rows), cells, one.word)
    return [*rows, site]


def _after(rows: Sequence[Row]) -> int:
    return max((row.order for row in rows), default=-1) + 1
