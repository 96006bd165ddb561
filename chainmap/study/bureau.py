"""A bureau's list held against the ledger: what is new, what changes, what may be the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from chainmap.core.problems import Problem, problem
from chainmap.core.schema import BY_NAME
from chainmap.core.text import ID, fold
from chainmap.read.bureau import Taken
from chainmap.read.desk import Cells, Line
from chainmap.read.values import title
from chainmap.screen.names import Names
from chainmap.study import Study
from chainmap.study.desk import free_id, problems_of
from chainmap.track.guards import sameness_in
from chainmap.track.sameness import Named

TABLE = BY_NAME["projects"]
NEW = "new"  # in the column of ids: a project of its own, however alike another is


@dataclass(frozen=True)
class Proposal:
    """What becomes of a line: ``how`` is new, changed, same, or like.

    ``like`` is the project that it may be: nothing is written of such a line until its column of
    ids says which. ``changes`` are column, old and new text.
    """

    line: Taken
    how: str
    project: str
    cells: Cells
    changes: tuple[tuple[str, str, str], ...] = ()
    like: str = ""
    notes: tuple[str, ...] = field(default=())


def proposals(
    study: Study, lines: Sequence[Taken], held: Sequence[Line]
) -> tuple[list[Proposal], list[Problem]]:
    """Hold each line against the ledger as it stands; every problem with file, row and column."""
    problems: list[Problem] = []
    found: list[Proposal] = []
    names = Names(study.world.newest("firms"))
    before = {one.cells["project"]: one.cells for one in held}
    taken = list(held)
    for line in lines:
        cells, notes = _in_ids(study, names, line, problems)
        for one in problems_of(study, cells):
            at = line.places.get(one.at.file, line.at)
            problems.append(problem(one.code, at, one.guess, **one.words))
        id = cells.pop("project", "")
        project, like = _whose(study, id, cells, before)
        if like:
            found.append(Proposal(line, "like", "", cells, (), like, notes))
            continue
        known = before.get(project)
        if known is None:
            project = project or free_id(cells, taken)
            taken.append(Line(0, {"project": project}))
        if any(one.project == project for one in found):
            problems.append(problem("T117", line.at, value=project, other=_line_of(found, project)))
        was = known or {}
        changes = tuple((name, was.get(name, ""), cell) for name, cell in cells.items()
                        if was.get(name, "") != cell)  # fmt: skip
        how = "new" if known is None else "changed" if changes else "same"
        found.append(Proposal(line, how, project, cells, changes, "", notes))
    return found, problems


def _line_of(found: Sequence[Proposal], project: str) -> int:
    return next(one.line.at.line for one in found if one.project == project)


def _in_ids(
    study: Study, names: Names, line: Taken, problems: list[Problem]
) -> tuple[Cells, tuple[str, ...]]:
    """The cells with ids for names: of firms where certain, of chains, links and districts."""
    cells, notes = dict(line.cells), []
    id = cells.get("project", "")
    if id and not ID.match(id):
        words = {"column": title(TABLE.column("project")), "value": id}
        problems.append(problem("T108", line.places["project"], None, **words))
    written = cells.pop("firm", "")
    if written:
        firm = written if written in study.firms else names.find(written).decided
        if firm:
            cells["firm"] = firm
        else:
            # Nobody is made up: who it is stays written where partners stand.
            cells["partners"] = "|".join(filter(None, (written, cells.get("partners", ""))))
            notes.append(written)
    chains = {one.id: (one.id, one.file.name) for one in study.workspace.chains.values()}
    _named(cells, "chain", chains)
    if cells.get("chain") in study.workspace.chains:
        file = study.workspace.chains[cells["chain"]]
        links = {one.id: (one.id, one.name) for one in file.links}
        _named(cells, "link", links)
    for column, table in (("district", "districts"), ("park", "parks")):
        known = {row.text(column): (row.text(column),) for row in study.workspace.rows(table)}
        _named(cells, column, known)
    return cells, tuple(notes)


def _named(cells: Cells, column: str, known: Mapping[str, Sequence[str]]) -> None:
    """Put the id for a name that is known; what is not is left for the check of the cells."""
    word = cells.get(column)
    if word is None:
        return
    exact = [id for id, names in known.items() if fold(word) in map(fold, names)]
    within = [id for id, names in known.items() if any(fold(word) in fold(n) for n in names)]
    for found in (exact, within):
        if len(found) == 1:
            cells[column] = found[0]
            return


def _whose(study: Study, id: str, cells: Cells, before: Mapping[str, Cells]) -> tuple[str, str]:
    """The project that a line is about, and that which it may be instead.

    By its id; else by its very name; else the guard against projects entered twice is asked.
    """
    if id == NEW:
        return "", ""
    if id:
        return id, ""
    same = [project for project, row in before.items() if fold(row["name"]) == fold(cells["name"])]
    if len(same) == 1:
        return same[0], ""
    if same:
        return "", same[0]
    judge, at = sameness_in(study.world), study.world.settings["same.at"]
    one = _as_named(study, cells)
    alike = [(judge.compare(one, study.book.value("project.named", project)).value, project)
             for project in study.book.value("projects.all")]  # fmt: skip
    best = max(alike, default=(0.0, ""))
    return "", best[1] if best[0] >= at else ""


def _as_named(study: Study, cells: Cells) -> Named:
    firm = cells.get("firm", "")
    row = study.firms.get(firm)
    words = (row.text("name"), *row.many("aliases")) if row else ()
    link = f"{cells.get('chain')}/{cells['link']}" if cells.get("link") else ""
    partners = tuple(part for part in cells.get("partners", "").split("|") if part)
    return Named(cells["name"], study.world.group(firm) if firm else "", words, partners, link,
                 cells.get("district", ""))  # fmt: skip


def dated(cells: Cells, changes: Sequence[tuple[str, str, str]], day: str) -> Cells:
    """Cells with a date for progress that is new and has none of its own."""
    fresh = any(name == "progress" for name, _, _ in changes)
    return {**cells, "progress_date": day} if fresh and "progress_date" not in cells else cells
