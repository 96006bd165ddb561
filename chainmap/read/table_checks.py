"""The rules of rows beyond their cells: one check, one function, one docstring.

A check yields problems with the row that each belongs to; a row with an error is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from chainmap.core.model import Row
from chainmap.core.problems import Place, Problem, problem
from chainmap.core.schema import BY_NAME, EXTRA_KEYS, Column
from chainmap.read.chain_checks import ring_text, rings
from chainmap.read.guesses import Guesses
from chainmap.read.tables import TableRead
from chainmap.read.values import title


@dataclass(frozen=True)
class Tables:
    """Everything that the rows of a workspace may refer to."""

    reads: Mapping[str, TableRead]
    links: Mapping[str, frozenset[str]] | None  # of each sound chain; None: chains not known
    broken: frozenset[str] = frozenset()  # chains whose files did not load
    signals: frozenset[str] = frozenset()  # kinds that have a weight
    guess: Guesses = field(default_factory=Guesses)

    def known(self, table: str) -> set[str] | None:
        """The keys of a table's rows, sound or not; None where the table cannot tell."""
        read = self.reads.get(table)
        return read.named if read is not None and read.usable else None


Found = tuple[TableRead, Row, Problem]
Check = Callable[[Tables], Iterator[Found]]
CHECKS: list[Check] = []


def check(function: Check) -> Check:
    """Enter a check into the table."""
    CHECKS.append(function)
    return function


def settle(tables: Tables) -> list[Problem]:
    """Check all rows, and leave those with an error out of the tables."""
    problems: list[Problem] = []
    out: dict[str, set[int]] = {}
    for one in CHECKS:
        for read, row, found in one(tables):
            problems.append(found)
            if found.severity == "error":
                out.setdefault(read.table.name, set()).add(row.order)
    for name, orders in out.items():
        read = tables.reads[name]
        read.rows = [row for row in read.rows if row.order not in orders]
    return problems + list(_on_unsound_sources(tables))


def _each(tables: Tables, wanted: Callable[[Column], bool]) -> Iterator[tuple[TableRead, Column]]:
    for read in tables.reads.values():
        for column in read.table.columns:
            if wanted(column) and column.name in read.fields:
                yield read, column


@check
def references_resolve(tables: Tables) -> Iterator[Found]:
    """T110: firms, sources, districts and parks that a row names stand in their tables."""
    for read, column in _each(tables, lambda column: column.refers in BY_NAME):
        known = tables.known(column.refers)
        if known is None:
            continue
        for row in read.rows:
            value = row.cells.get(column.name)
            if value is None or (value.__class__ is str and value in known):
                continue
            for word in value if isinstance(value, tuple) else (str(value),):
                if word not in known:
                    yield _dangling(tables, read, row, column, word, known)


def _dangling(
    tables: Tables, read: TableRead, row: Row, column: Column, word: str, known: set[str]
) -> Found:
    where = f"data/{column.refers}.csv"
    guess = tables.guess(word, known)
    at = read.place(row, column.name)
    return read, row, problem("T110", at, guess, column=title(column), value=word, where=where)


@check
def chains_and_links_exist(tables: Tables) -> Iterator[Found]:
    """T110, T109: a row's chain has a file, its link stands in that chain, and no link alone."""
    if tables.links is None:
        return
    for read, column in _each(tables, lambda column: column.refers == "link"):
        chain_column = read.table.column("chain")
        for row in read.rows:
            chain, link = row.cells.get("chain"), row.cells.get("link")
            if chain is None:
                if link is not None:
                    at = read.place(row, "link")
                    yield read, row, problem("T109", at, column=title(chain_column))
                continue
            links = tables.links.get(str(chain))
            if links is None and chain not in tables.broken:
                at = read.place(row, "chain")
                guess = tables.guess(str(chain), tables.links)
                words = {"column": title(chain_column), "value": chain, "where": "chains/"}
                yield read, row, problem("T110", at, guess, **words)
            elif links is not None and link is not None and link not in links:
                at = read.place(row, "link")
                guess = tables.guess(str(link), links)
                words = {"column": title(column), "value": link, "where": f"chains/{chain}.yaml"}
                yield read, row, problem("T110", at, guess, **words)


@check
def ids_of_sources_once(tables: Tables) -> Iterator[Found]:
    """T117: an id stands for one source."""
    read = tables.reads.get("sources")
    first: dict[str, int] = {}
    for row in read.rows if read else ():
        source = row.text("source")
        if read and source in first:
            at = read.place(row, "source")
            yield read, row, problem("T117", at, value=source, other=first[source])
        first.setdefault(source, row.line)


@check
def sources_have_dates(tables: Tables) -> Iterator[Found]:
    """T128: a source says when it came out; without, it is out of sight of every back-test."""
    read = tables.reads.get("sources")
    for row in read.rows if read else ():
        if read and "date" not in row.cells:
            yield read, row, problem("T128", read.place(row, "date"), source=row.text("source"))


@check
def same_key_and_date_agree(tables: Tables) -> Iterator[Found]:
    """T111, T123: rows of the same key and date say the same; the same row stands once."""
    for read in tables.reads.values():
        if not read.table.dated:
            continue
        for rows in _same_key(read):
            contents = [_content(row) for row in rows]
            for row, content in zip(rows, contents, strict=True):
                other = next((rows[at] for at, one in enumerate(contents) if one != content), None)
                if other is not None:
                    at = Place(read.file, row.line)
                    yield read, row, problem("T111", at, other=other.line)
            if all(content == contents[0] for content in contents):
                yield from _repeated(read, rows)


def _same_key(read: TableRead) -> Iterable[list[Row]]:
    """Groups of two or more rows with the same key and last day.

    Where the date is part of the key it is compared as written, as every key cell is.
    """
    columns = (*read.table.keys, *EXTRA_KEYS.get(read.table.name, ()))
    first: dict[tuple[object, ...], Row] = {}
    more: dict[tuple[object, ...], list[Row]] = {}
    for row in read.rows:
        key = (row.as_of, *map(row.cells.get, columns))
        held = first.setdefault(key, row)
        if held is not row:
            more.setdefault(key, [held]).append(row)
    return more.values()


def _content(row: Row) -> dict[str, object]:
    """What a row says, whoever says it and however its date is written."""
    return {name: cell for name, cell in row.cells.items() if name not in ("source", "as_of")}


def _repeated(read: TableRead, rows: list[Row]) -> Iterator[Found]:
    first: dict[tuple[str, ...], int] = {}
    for row in rows:
        sources = tuple(sorted(row.sources))
        if sources in first:
            yield read, row, problem("T123", Place(read.file, row.line), other=first[sources])
        first.setdefault(sources, row.line)


@check
def parents_form_no_circle(tables: Tables) -> Iterator[Found]:
    """T112: no firm is its own parent, at whatever date one looks."""
    read = tables.reads.get("firms")
    if read is None:
        return
    told: set[tuple[int, ...]] = set()
    for circle in _circles(_tangled(read.rows)):
        orders = tuple(sorted(row.order for row in circle))
        if orders in told:
            continue
        told.add(orders)
        ring = ring_text([row.text("firm") for row in circle])
        for row in circle:
            yield read, row, problem("T112", read.place(row, "parent"), ring=ring)


def _tangled(rows: list[Row]) -> list[Row]:
    """The rows of firms that may stand in a circle: peels off, from the top, all others. O(n)."""
    below: dict[str, list[str]] = {}
    upwards: dict[str, int] = {}
    for row in rows:
        if parent := row.text("parent"):
            below.setdefault(parent, []).append(row.text("firm"))
            upwards[row.text("firm")] = upwards.get(row.text("firm"), 0) + 1
    free = [firm for firm in below if firm not in upwards]
    while free:
        for firm in below.pop(free.pop(), ()):
            upwards[firm] -= 1
            if not upwards[firm]:
                del upwards[firm]
                free.append(firm)
    return [row for row in rows if row.text("firm") in upwards]


def _circles(rows: list[Row]) -> Iterator[list[Row]]:
    """Circles among the rows that are in force together on some day."""
    force: dict[str, Row] = {}
    days: dict[date, list[Row]] = {}
    for row in rows:
        days.setdefault(row.as_of, []).append(row)
    for day in sorted(days):
        force |= {row.text("firm"): row for row in days[day]}
        above = {firm: [row.text("parent")] for firm, row in force.items() if row.text("parent")}
        for ring in rings(above):
            yield [force[firm] for firm in ring]


@check
def figures_have_units(tables: Tables) -> Iterator[Found]:
    """T113: a figure whose unit is a column of its own says it there."""
    for read, column in _each(tables, lambda column: column.kind == "number"):
        units = [one for one in read.table.columns if one.name == column.unit]
        for row in read.rows if units else ():
            if column.name in row.cells and column.unit not in row.cells:
                at = read.place(row, column.name)
                words = {"column": title(column), "unit": title(units[0])}
                yield read, row, problem("T113", at, None, **words)


@check
def evidence_is_better_than_d(tables: Tables) -> Iterator[Found]:
    """T114: what sets a status, presence, signal or request has a source of grade A to C."""
    grades = _grades(tables)
    for read in tables.reads.values():
        if not read.table.graded or not grades:
            continue
        for row in read.rows:
            if all(grades.get(source) == "D" for source in row.sources):
                yield read, row, problem("T114", read.place(row, "source"))


def _grades(tables: Tables) -> dict[str, str]:
    read = tables.reads.get("sources")
    return {row.text("source"): row.text("grade") for row in read.rows} if read else {}


@check
def until_after_since(tables: Tables) -> Iterator[Found]:
    """T124: nothing ends before it begins."""
    for read in tables.reads.values():
        if not {"since", "until"} <= read.fields.keys():
            continue
        column = read.table.column("until")
        for row in read.rows:
            since, until = row.day("since"), row.day("until")
            if since and until and since.first > until.last:
                at = read.place(row, "until")
                words = {"column": title(column), "since": since.text, "until": until.text}
                yield read, row, problem("T124", at, None, **words)


@check
def cohorts_add_up(tables: Tables) -> Iterator[Found]:
    """T129, T124: no more of a cohort got there than there were, nor before the last came in."""
    read = tables.reads.get("cohorts")
    for row in read.rows if read else ():
        assert read is not None
        entered, reached = row.number("entered") or 0.0, row.number("reached") or 0.0
        if reached > entered:
            at = read.place(row, "reached")
            yield read, row, problem("T129", at, reached=f"{reached:g}", entered=f"{entered:g}")
        until, seen = row.day("until"), row.day("observed")
        if until and seen and until.last > seen.last:
            words = {"column": title(read.table.column("observed")), "since": until.text,
                     "until": seen.text}  # fmt: skip
            yield read, row, problem("T124", read.place(row, "observed"), None, **words)


@check
def signals_have_weights(tables: Tables) -> Iterator[Found]:
    """T107: a signal's kind has a weight among the settings."""
    read = tables.reads.get("signals")
    if read is None or not tables.signals:
        return
    column = read.table.column("kind")
    for row in read.rows:
        kind = row.text("kind")
        if kind not in tables.signals:
            guess = tables.guess(kind, tables.signals)
            words = {
                "column": title(column),
                "value": kind,
                "allowed": " ".join(sorted(tables.signals)),
            }
            yield read, row, problem("T107", read.place(row, "kind"), guess, **words)


def _on_unsound_sources(tables: Tables) -> Iterator[Problem]:
    """T126: rows whose sources all have errors are left out and counted.

    Their grade cannot be told; the error itself was reported once, where it stands.
    """
    known, grades = tables.known("sources"), _grades(tables)
    if known is None:
        return
    unsound = known - grades.keys()
    for read in tables.reads.values() if unsound else ():
        if not read.table.dated:
            continue
        resting = [row for row in read.rows if _rests_on(row, unsound, grades, read.table.graded)]
        if not resting:
            continue
        orders = {row.order for row in resting}
        read.rows = [row for row in read.rows if row.order not in orders]
        cited = sorted({source for row in resting for source in row.sources if source in unsound})
        ids = " ".join(cited[:5]) + (" …" if len(cited) > 5 else "")
        yield problem("T126", Place(read.file), count=len(resting), ids=ids)


def _rests_on(row: Row, unsound: set[str], grades: Mapping[str, str], graded: bool) -> bool:
    if not any(source in unsound for source in row.sources):
        return False
    return not any(
        source in grades and not (graded and grades[source] == "D") for source in row.sources
    )
