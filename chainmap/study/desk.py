"""What an edit of the ledger of projects does: plans that are carried out on the table as it is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chainmap.core.dates import Day, parse_day
from chainmap.core.problems import Place, Problem, problem
from chainmap.core.schema import BY_NAME, STAGE_DATES, STAGES
from chainmap.core.text import ID, near
from chainmap.core.words import say
from chainmap.read.desk import Batch, Cells, Change, Line, Plan
from chainmap.read.values import WrongCell, reader, title
from chainmap.study import Study
from chainmap.track.journal import Entry, changes

TABLE = BY_NAME["projects"]
OWN = "desk-"  # how ids of the desk's own sources begin
ENDED = STAGES[-1]


class Refused(ValueError):
    """An edit that makes no sense: a key of the catalogue and its words."""

    def __init__(self, key: str, **words: Any) -> None:
        super().__init__(key)
        self.key, self.words = key, words


@dataclass(frozen=True, slots=True)
class Told:
    """Who edits, when, why, for which day, and on which source.

    Without a source the edit rests on the desk's own record of that day.
    """

    when: str
    who: str
    why: str
    day: Day
    source: str = ""

    @property
    def record(self) -> str:
        """The id of the source that the edit cites."""
        return self.source or OWN + self.day.text.replace("-", "")

    @property
    def sources(self) -> tuple[Cells, ...]:
        """The desk's own record as a source, where no other is cited."""
        if self.source:
            return ()
        day = self.day.text
        return ({"source": self.record, "title": say("desk.source", day=day), "date": day,
                 "publisher": self.who, "grade": "B"},)  # fmt: skip

    def cited(self, before: str) -> str:
        """The edit's source before those that a row had, without older records of the desk."""
        old = [one for one in before.split("|") if one and not one.startswith(OWN)]
        return "|".join(dict.fromkeys((self.record, *old)))


def newest(lines: Sequence[Line], project: str) -> Line | None:
    """The newest record of a project, as the newest date has it and then the later line."""
    mine = [one for one in lines if one.cells.get("project") == project]
    return max(mine, key=lambda one: (_last(one.cells.get("as_of", "")), one.line), default=None)


def _last(text: str) -> str:
    try:
        return parse_day(text).last.isoformat()
    except ValueError:
        return ""


def adding(cells: Cells, told: Told) -> Plan:
    """A new project at the end of the table. The plan raises Refused where its id is taken."""

    def plan(lines: Sequence[Line], number: int) -> Batch:
        if newest(lines, cells["project"]) is not None:
            raise Refused("desk.taken", project=cells["project"])
        now = {**cells, "source": told.cited(cells.get("source", "")), "as_of": told.day.text}
        return _batch([(Change(now), _entries(None, now, told, number))], told.sources)

    return plan


def editing(project: str, cells: Cells, told: Told) -> Plan:
    """Other cells for a project: in the row of that day, or in a new row that goes on from it."""
    return edits([(project, cells)], told)


def edits(wanted: Sequence[tuple[str, Cells]], told: Told) -> Plan:
    """Several projects at once, new ones among them, as one edit."""

    def plan(lines: Sequence[Line], number: int) -> Batch:
        made = []
        for project, cells in wanted:
            held = newest(lines, project)
            if held is None:
                source = told.cited(cells.get("source", ""))
                now = {"project": project, **cells, "source": source, "as_of": told.day.text}
                made.append((Change(now), _entries(None, now, told, number)))
            else:
                made += _edited(held, cells, told, number)
        return _batch(made, told.sources)

    return plan


def _edited(
    held: Line, cells: Cells, told: Told, number: int
) -> list[tuple[Change, tuple[Entry, ...]]]:
    was = held.cells
    if all(was.get(name, "") == cell for name, cell in cells.items()):
        return []
    day = parse_day(was["as_of"])
    if told.day.last < day.last:
        raise Refused("desk.early", day=told.day.text, was=day.text)
    same = told.day.last == day.last
    now = {**was, **cells, "as_of": day.text if same else told.day.text}
    now["source"] = told.cited(was.get("source", ""))
    entries = _entries(was, now, told, number)
    if not same:
        return [(Change({k: v for k, v in now.items() if v}), entries)]
    other = {name: cell for name, cell in now.items() if was.get(name, "") != cell}
    key = {name: now[name] for name in ("project", "as_of")}
    before = {name: was.get(name, "") for name in (*other, *key)}
    return [(Change({**key, **other}, held.line, before), entries)]


def _entries(was: Cells | None, now: Cells, told: Told, number: int) -> tuple[Entry, ...]:
    words = {"when": told.when, "who": told.who, "why": told.why}
    return tuple(changes(was, now, words, number))


def _batch(made: Sequence[tuple[Change, tuple[Entry, ...]]], sources: tuple[Cells, ...]) -> Batch:
    entries = tuple(one.cells for _, found in made for one in found)
    return Batch(tuple(change for change, _ in made), entries, sources if made else ())


def stage_cells(stage: str, on: str) -> Cells:
    """A stage and its date."""
    return {"stage": stage, STAGE_DATES[STAGES.index(stage)]: on}


def moved(project: str, stage: str, on: str, told: Told) -> Plan:
    """A project at another stage since a day. Going back takes the later stages' dates away.

    The plan raises Refused where going back or ending has no reason.
    """

    def plan(lines: Sequence[Line], number: int) -> Batch:
        held = newest(lines, project)
        was = held.cells if held else {}
        at, cells = STAGES.index(stage), stage_cells(stage, on)
        later = [name for name in STAGE_DATES[at + 1 :] if was.get(name)]
        before = was.get("stage", "")
        back = bool(later) or (before in STAGES and STAGES.index(before) > at)
        if (back or stage == ENDED) and not told.why:
            raise Refused("desk.because", stage=stage, was=before)
        cells |= dict.fromkeys(later, "")
        if stage == ENDED:
            cells["ended_because"] = told.why
        elif was.get("ended_because"):
            cells["ended_because"] = ""
        return editing(project, cells, told)(lines, number)

    return plan


def problems_of(study: Study, cells: Mapping[str, str]) -> list[Problem]:
    """What is wrong with cells before they are written: their form, and what they refer to."""
    found = []
    for name, text in cells.items():
        if not text or name not in {column.name for column in TABLE.columns}:
            continue
        column, at = TABLE.column(name), Place(name, 0)
        known = _known(study, column.refers, cells.get("chain", ""))
        try:
            # What is not there is told as that, whatever its form.
            value = text if column.kind == "ref" else reader(TABLE.name, column)(text)
        except WrongCell as wrong:
            found.append(problem(wrong.code, at, wrong.guess, **wrong.words))
            continue
        for word in value if isinstance(value, tuple) else (str(value),):
            if known is not None and word not in known[1]:
                words = {"column": title(column), "value": word, "where": known[0]}
                found.append(problem("T110", at, near(word, known[1]), **words))
    return found


def _known(study: Study, refers: str, chain: str) -> tuple[str, list[str]] | None:
    """Where the ids stand that a column refers to, and which there are."""
    chains = study.workspace.chains
    if refers == "chain":
        return "chains/", list(chains)
    if refers == "link":
        return f"chains/{chain}.yaml", list(chains[chain].index) if chain in chains else []
    if refers in BY_NAME:
        key = BY_NAME[refers].keys[0]
        rows = study.workspace.rows(refers)
        return f"data/{refers}.csv", list(dict.fromkeys(row.text(key) for row in rows))
    return None


def free_id(cells: Mapping[str, str], lines: Sequence[Line]) -> str:
    """An id for a new project: its link or chain and its firm, numbered where that says little.

    That is where it is taken, or where no firm is known.
    """
    taken = {one.cells.get("project", "") for one in lines}
    parts = [cells.get("link") or cells.get("chain") or "", cells.get("firm") or ""]
    plain_parts = re.sub(r"[^a-z0-9_-]", "-", "-".join(part for part in parts if part))
    stem = plain_parts.lstrip("-_")[:58] or "p"
    number, plain = 1, bool(cells.get("firm"))
    while (made := stem if number == 1 and plain else f"{stem}-{number}") in taken:
        number += 1
    assert ID.match(made)
    return made


def adopted(study: Study, firm: str, chain: str, link: str) -> Cells:
    """A row of the key-project table as a project: its firm, its link, its content, its evidence.

    Its sources are those behind the candidate, which stand behind that of the edit itself. Raises
    Refused where the firm is no candidate for the link.
    """
    candidates = study.book.value("field", chain).running
    if not any((c.firm, c.link) == (firm, link) for c in candidates):
        raise Refused("desk.no_candidate", firm=firm, ref=f"{chain}/{link}")
    value = study.book.value
    content = value("key_cell", "项目内容", "zh", firm, chain, link)
    sources = value("cell.candidate_sources", firm, chain, link)
    file = study.chain(chain)
    name = say("desk.adopted", name=value("cell.firm_name", firm), link=file.link(link).name)
    cells = {"name": name, "firm": firm, "chain": chain, "link": link,
             "content": "" if content == say("unknown") else str(content)}  # fmt: skip
    return {**cells, "source": "|".join(sources)}
