"""What a screening writes into the workspace: matches for the ranking, and the firms of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from chainmap.core.book import spoken
from chainmap.core.credit_code import credit_code
from chainmap.core.model import Row
from chainmap.core.problems import Place, Problem
from chainmap.core.schema import BY_NAME
from chainmap.core.text import is_control
from chainmap.read.holdings import Cells, held_table
from chainmap.read.staging import New, tried
from chainmap.read.table_edits import Edit, edited
from chainmap.screen.entities import Entities, Who
from chainmap.study import JsonRow, Study
from chainmap.study.book_changes import Cell, Change, Key, What

GRADES = ("A", "B", "C", "D")


class Refused(ValueError):
    """The screening may not be written: a key of the catalogue that says why, and its words."""

    def __init__(self, key: str, **words: object) -> None:
        super().__init__(key)
        self.key, self.words = key, words


@dataclass
class Into:
    """What would be written: the rows that differ, the files they make, and what speaks against."""

    changes: list[Change] = field(default_factory=list)
    files: dict[str, New] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    nameless: int = 0  # firms of the register without a name: they cannot be entered
    elsewhere: int = 0  # rows that another source of the same date has already


def entities(study: Study) -> Entities:
    """Who firms of a register are, by all rows of firms.csv, whatever their date."""
    newest: dict[str, Row] = {}
    for row in study.workspace.rows("firms"):
        newest[row.text("firm")] = row
    return Entities(newest.values(), study.world.settings["screen.alike"])


def resolved(study: Study, firms: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Who]:
    """Who each (register id, name) is, each asked once."""
    once = list(dict.fromkeys(firms))
    return dict(zip(once, entities(study).resolve(once), strict=True))


def source_row(study: Study, ident: str, least: str = "D") -> Row:
    """The row of sources.csv that a result rests on, of that grade or a better one.

    Raises Refused where there is none, it has no date, or its grade is worse.
    """
    rows = [row for row in study.workspace.rows("sources") if row.text("source") == ident]
    if not rows:
        raise Refused("into.source", source=ident)
    row = rows[0]
    if row.day("date") is None:
        raise Refused("into.undated", source=ident, line=row.line)
    if GRADES.index(row.text("grade")) > GRADES.index(least):
        raise Refused("into.grade", source=ident, grade=row.text("grade"), line=row.line)
    return row


def into_screened(
    study: Study, rows: Iterable[JsonRow], links: Collection[tuple[str, str]], source: Row
) -> Into:
    """The rows of a screening as rows of screened.csv, and its new firms as rows of firms.csv.

    ``links`` are the (chain, link) that were asked: of the same source, rows on them that the
    screening does not give any more are removed. Of two rows of a firm on a link the better one
    counts. Firms that are there stay as they are.
    """
    found, day, ident = Into(), source.text("date"), source.text("source")
    tail = {"source": ident, "as_of": day}
    wanted: dict[Key, dict[str, str]] = {}
    firms: dict[Key, dict[str, str]] = {}
    nameless = set()
    for row in rows:
        name = _tidy(str(row["name"]))
        if not name and not row["known_firm"]:
            nameless.add(row["firm"])
            continue
        key = (row["firm"], row["chain"], row["link"])
        if key not in wanted:  # rows come with the better one first
            said = {"words": "|".join(row["words"]), "score": str(row["score"])}
            wanted[key] = dict(zip(("firm", "chain", "link"), key, strict=True)) | said | tail
        if not row["known_firm"]:
            code = credit_code(str(row["register_id"])) or ""
            city = _tidy(str(row["city"] or ""))
            cells = {"firm": row["firm"], "name": name, "aliases": code, "hq_city": city} | tail
            firms.setdefault((row["firm"],), {k: v for k, v in cells.items() if v})
    found.nameless = len(nameless)

    def mine(cells: Cells) -> bool:
        place = (cells.get("chain", ""), cells.get("link", ""))
        return cells.get("source") == ident and place in links

    _differ(study, found, "screened", ("firm", "chain", "link"), wanted, mine)
    _differ(study, found, "firms", ("firm",), firms, None)
    _try(study, found)
    return found


def into_findings(
    study: Study, wanted: Mapping[Key, Cells], links: Collection[tuple[str, str]], source: Row
) -> Into:
    """Rows ``none_found`` by (chain, link, as_of, source) as rows of findings.csv.

    Those of the same source on the links that were asked are replaced; other findings stay.
    """
    found, ident = Into(), source.text("source")

    def mine(cells: Cells) -> bool:
        place = (cells.get("chain", ""), cells.get("link", ""))
        status = cells.get("status", "")
        searched = spoken("findings", "status").get(status, status) == "none_found"
        return searched and cells.get("source") == ident and place in links

    _differ(study, found, "findings", ("chain", "link", "as_of", "source"), wanted, mine)
    _try(study, found)
    return found


def _differ(
    study: Study,
    found: Into,
    name: str,
    keys: Key,
    wanted: Mapping[Key, Cells],
    mine: Callable[[Cells], bool] | None,
) -> None:
    """Compare the rows that are wanted with those of the file that are ours; note what differs.

    Without ``mine`` a row of the same key stays as it is, and none goes.
    """
    table = held_table(Path(study.workspace.root), BY_NAME[name])
    if isinstance(table, Problem):
        found.problems.append(table)
        return
    left = dict(wanted)
    changed: dict[int, dict[str, str]] = {}
    removed: set[int] = set()
    for held in table.rows:
        key = tuple(held.cells.get(column, "") for column in keys)
        if mine is None:
            left.pop(key, None)
        elif not mine(held.cells):
            # Two rows of one key and date must agree: what another source says stays.
            if key in left and held.cells.get("as_of") == left[key]["as_of"]:
                del left[key]
                found.elsewhere += 1
        elif key not in left:
            removed.add(held.line)
            gone = tuple((column, cell, "") for column, cell in held.cells.items())
            _note(found, "removed", name, key, held.line, gone)
        else:
            row = left.pop(key)
            new = {column: cell for column, cell in row.items() if held.cells.get(column) != cell}
            if new:
                changed[held.line] = new
                cells = tuple((c, held.cells.get(c, ""), cell) for c, cell in new.items())
                _note(found, "changed", name, key, held.line, cells)
    for key, row in left.items():
        _note(found, "added", name, key, 0, tuple((c, "", cell) for c, cell in row.items()))
    if changed or removed or left:
        edit = Edit(changed, frozenset(removed), list(left.values()))
        found.files[f"data/{name}.csv"] = New(table.data, edited(table, edit).data)


def _note(
    found: Into, what: What, table: str, key: Key, line: int, cells: tuple[Cell, ...]
) -> None:
    at = Place(f"data/{table}.csv", line)
    found.changes.append(Change(what, table, "/".join(key), at, cells))


def _try(study: Study, found: Into) -> None:
    """What the workspace's own checks would say that they do not say now."""
    if found.problems or not found.files:
        found.files.clear()
        return
    before = {(one.code, one.at.file, str(one.words)) for one in study.read_problems}
    found.problems += [
        one
        for one in tried(Path(study.workspace.root), found.files)
        if one.severity == "error" and (one.code, one.at.file, str(one.words)) not in before
    ]
    if found.problems:
        found.files.clear()


def _tidy(text: str) -> str:
    """A cell on one line, without control and direction marks."""
    return " ".join("".join(" " if is_control(ch) else ch for ch in text).split())
