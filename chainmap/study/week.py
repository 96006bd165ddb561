"""The page for the Monday meeting: projects, open questions, targets that rose, and figures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from chainmap.core.formula import short
from chainmap.core.schema import BY_NAME, STAGES
from chainmap.core.words import say
from chainmap.read.desk import journal
from chainmap.read.edits import Changed
from chainmap.show.kpi import LIMITS, figure_name, number, unit_word
from chainmap.show.projects import stage_word
from chainmap.show.snapshots import cause_words
from chainmap.study import JsonRow, Study
from chainmap.study.content import chain_name, link_name
from chainmap.study.diff import described, difference
from chainmap.study.kpi import default_period, kpi_rows
from chainmap.study.project_columns import PROJECT_COLUMNS
from chainmap.study.refs import VERIFY_COLUMNS, row_of
from chainmap.study.snapshots import NOW, newest, state, state_of
from chainmap.study.verify import ANSWERS
from chainmap.track.journal import Entry, entry
from chainmap.track.snapshot import Snapshot
from chainmap.track.week import Move

PARTS = ("moved", "stuck", "due", "check", "status", "rose", "figures")
# Columns of the ledger whose edits are told; notes on contacts and the like are not.
_TOLD = ("stage", "progress", "next_step", "next_due", "investment_100m_cny", "arrived_100m_cny",
         "district", "leader", "unit")  # fmt: skip
MOST_EDITS = 2  # of one project
FIGURES = ("signed_projects", "signed_amount", "start_rate", "fdi_arrived", "domestic_arrived",
           "leader_visits")  # fmt: skip


@dataclass(frozen=True)
class Week:
    """The rows of the page, part by part, since a day; ``before`` is what it is compared with."""

    since: str
    before: Snapshot | None
    rows: list[JsonRow]

    def part(self, name: str) -> list[JsonRow]:
        """The rows of one part."""
        return [row for row in self.rows if row["part"] == name]


def week(study: Study, lang: str = "zh", days: int | None = None) -> Week:
    """The page at the study date; ``days`` is how far back a move counts, the setting by default.

    Links and targets are compared with the snapshot taken last, where there is one.
    """
    back = int(study.world.settings["week.days"]) if days is None else days
    since = (study.world.today - timedelta(days=back)).isoformat()
    before = newest(study)
    rows = [
        *_moved(study, since, lang), *_stuck(study, lang), *_due(study, lang), *_check(study, lang),
        *(_since(study, before, lang) if before else ()), *_figures(study, lang),
    ]  # fmt: skip
    return Week(since, before, sorted(rows, key=lambda row: PARTS.index(row["part"])))


def _row(part: str, ref: str, name: str, what: str, **more: object) -> JsonRow:
    blank = dict.fromkeys(("day", "days", "note", "leader", "unit"))
    return {"part": part, "ref": ref, "name": name, "what": what, **blank, "sources": [], **more}


def _project(study: Study, part: str, project: str, lang: str, **more: object) -> JsonRow:
    mine = row_of(study.book, PROJECT_COLUMNS, (project,))
    about = {name: mine[name] for name in ("leader", "unit", "sources")}
    row = _row(part, mine["ref"], mine["name"], stage_word(mine["stage"], lang), **about)
    return {**row, "note": mine["next_step"], **more}


def _moved(study: Study, since: str, lang: str) -> Iterator[JsonRow]:
    """Projects with a dated step, and those that the journal of edits says were worked on."""
    edits = _edits(study, since)
    dated: tuple[str, ...] = study.book.value("week.moved", since)
    known = study.book.value("projects.all")
    for project in (*dated, *(one for one in edits if one in known and one not in dated)):
        found: tuple[Move, ...] = study.book.value("week.moves", project, since)
        words = [
            say("week.news", lang) if move.what == "progress" else stage_word(move.what, lang)
            for move in found
        ]
        entries = edits.get(project, [])
        notes = [study.book.value("project.text", project, "progress") if found else None,
                 *(_edit(one, lang) for one in entries[-MOST_EDITS:])]  # fmt: skip
        joint = "；" if lang == "zh" else "; "
        day = found[0].day.text if found else entries[-1].when[:10]
        what = "、".join(dict.fromkeys(words or [say("week.edited", lang)]))
        note = joint.join(note for note in notes if note) or None
        yield _project(study, "moved", project, lang, what=what, day=day, note=note)


def _edits(study: Study, since: str) -> dict[str, list[Entry]]:
    """What the journal says of the days after one, by project; nothing where it cannot be read."""
    found: dict[str, list[Entry]] = {}
    today = study.world.today.isoformat()
    try:
        entries = [entry(cells) for cells in journal(Path(study.workspace.root) / "data")]
    except (Changed, OSError, ValueError):
        return found
    for one in entries:
        if since < one.when[:10] <= today and one.field in _TOLD:
            found.setdefault(one.project, []).append(one)
    return found


def _edit(one: Entry, lang: str) -> str:
    column = BY_NAME["projects"].column(one.field)
    name = column.zh if lang == "zh" else column.name
    why = say("week.because", lang, why=one.why) if one.why else ""
    ends = [stage_word(end, lang) if end in STAGES else end or "-" for end in (one.was, one.now)]
    return f"{name} {ends[0]} → {ends[1]}{why}"


def _stuck(study: Study, lang: str) -> Iterator[JsonRow]:
    for project in study.book.value("week.stuck"):
        quiet = study.book.value("project.quiet", project)
        yield _project(study, "stuck", project, lang, days=quiet)


def _due(study: Study, lang: str) -> Iterator[JsonRow]:
    for project in study.book.value("week.due"):
        day = study.book.value("project.text", project, "next_due")
        left = study.book.value("project.due_in", project)
        yield _project(study, "due", project, lang, day=day, days=left)


def _check(study: Study, lang: str) -> Iterator[JsonRow]:
    """Of the open links of most priority, those whose answer would change most."""
    gaps = [row for row in study.gap_rows() if row["status"] in ANSWERS]
    gaps.sort(key=lambda row: (-(row["priority"] or 0.0), row["ref"]))
    found = []
    for gap in gaps[: int(study.world.settings["week.looked_at"])]:
        found.append(row_of(study.book, VERIFY_COLUMNS, (gap["chain"], gap["link"])))
        study.book.forget("verify", gap["chain"], gap["link"])  # its worlds are many
    found.sort(key=lambda row: (-row["changes"], -(row["priority"] or 0.0), row["ref"]))
    for row in found:
        chain = study.chain(row["chain"])
        name = f"{chain_name(chain, lang)}·{link_name(chain, row['link'], lang)}"
        kind = say("kind.suspect", lang, kind=say(f"kind.{row['suspect']}", lang))
        note = say("week.would_change", lang, kinds=row["kinds"], best=row["top20"])
        yield _row("check", row["ref"], name, kind, note=note)


def _since(study: Study, before: Snapshot, lang: str) -> Iterator[JsonRow]:
    """Links whose status is another one, and targets that rose within the top, with the rows."""
    top = study.world.settings["robust.top"]
    for row in difference(state_of(before), state(study, NOW)).rows:
        rose = row["after"] is not None and (row["before"] is None or row["after"] < row["before"])
        if row["what"] == "rank" and not (rose and row["after"] <= top):
            continue
        if row["what"] not in ("status", "rank"):
            continue
        ends = ["-" if end is None else str(end) for end in (row["before"], row["after"])]
        if row["what"] == "status":
            ends = ["-" if end == "-" else say(f"status.{end}", lang) for end in ends]
        what = " → ".join(ends)
        joint = "；" if lang == "zh" else "; "
        because = joint.join(cause_words(place, lang) for place in row["rows"][:2])
        part = "status" if row["what"] == "status" else "rose"
        yield _row(part, row["ref"], described(study, row, lang), what, note=because)


def _figures(study: Study, lang: str) -> Iterator[JsonRow]:
    period = default_period(study)
    limits = {name: study.world.settings[f"kpi.{name}"] for name in LIMITS}
    for row in kpi_rows(study, period.text, period.year_before().text):
        if row["figure"] in FIGURES:
            value = number(row["value"], row["lower_bound"], lang, row["unit"] == "%")
            past = number(row["compared_value"], bool(row["compared_lower_bound"]), lang,
                          row["unit"] == "%")  # fmt: skip
            notes = [say("week.year_before", lang, value=past)] if past else []
            if row["done"] is not None:
                notes.append(say("week.done", lang, value=short(row["done"])))
            name = figure_name(row["figure"], limits, lang)
            what = f"{value} {unit_word(row['unit'], lang)}" if value else say("unknown", lang)
            joint = "；" if lang == "zh" else "; "
            yield _row("figures", row["ref"], name, what, note=joint.join(notes) or None,
                       sources=list(row["sources"]))  # fmt: skip
