"""Commands about projects: the board, one project, the journal; edits stand in ``cli.desk``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from chainmap.cli import desk, landing, project_import
from chainmap.cli.leaders import Selecting
from chainmap.cli.options import File, Format, Top
from chainmap.cli.session import EVIDENCE, Output, Session, Sheet, Stop, session
from chainmap.core.words import say

if TYPE_CHECKING:
    from chainmap.core.problems import Problem
    from chainmap.show.terminal import Terminal
    from chainmap.study import JsonRow, Study

NEEDS = (*EVIDENCE, "districts", "parks", "rates", "apart")
LOG_KEYS = ("ref", "edit", "when", "who", "project", "as_of", "field", "from", "to", "why")
SHOW_KEYS = ("ref", "field", "title", "value")
SHOWN, A_STAGE = 20, 5
Stage = Literal["谋划", "洽谈", "签约", "开工", "建设", "投产", "达产", "终止"]
Wanted = Annotated[str | None, typer.Option(help="help.fits")]


def register(app: typer.Typer) -> None:
    """Put this module's group of commands into the application."""
    group = typer.Typer(cls=Selecting, rich_markup_mode=None, add_completion=False)
    group.command("board", help="help.board")(board)
    group.command(help="help.project_show")(show)
    group.command(help="help.project_log")(log)
    desk.register(group)
    project_import.register(group)
    landing.register(group)
    app.add_typer(group, name="projects", help="help.projects")


def board(
    context: typer.Context,
    leader: Wanted = None,
    unit: Wanted = None,
    district: Wanted = None,
    chain: Wanted = None,
    firm: Wanted = None,
    stage: Annotated[Stage | None, typer.Option("--stage", help="help.stage")] = None,
    stale: Annotated[bool, typer.Option("--stale", help="help.stale")] = False,
    due: Annotated[bool, typer.Option("--due", help="help.due")] = False,
    days: Annotated[int | None, typer.Option("--days", min=0, help="help.days")] = None,
    top: Top = None,
    form: Format = None,
    output: File = None,
) -> None:
    from chainmap.study.project_columns import PROJECT_COLUMNS
    from chainmap.study.projects import board_rows, doubts_of, due_rows, stage_rows

    run = session(context)
    study = run.open(NEEDS)
    if chain is not None and chain not in study.workspace.chains:
        run.unknown("use.chain", chain, study.workspace.chains)
    asked = {"leader": leader, "unit": unit, "district": district, "chain": chain, "firm": firm}
    rows = board_rows(study, {name: word for name, word in asked.items() if word}, stage)
    if stale:
        rows = [row for row in rows if row["stale"]]
    if due or days is not None:
        rows = due_rows(study, rows, days)
    stages, doubts = stage_rows(study, rows), doubts_of(study, rows)
    told = [{"code": one.code, "file": one.at.file, "line": one.at.line,
             "other": one.words.get("other"), "message": one.message(run.lang)}
            for one in doubts]  # fmt: skip
    out = Output(output, form, (".xlsx", ".html"))
    if out.format(run) in ("xlsx", "html"):
        run.deliver(out, run.optional(lambda: _file(run, study, rows, stages, doubts, out)))
        return
    run.emit(
        out,
        study,
        Sheet(rows[:top], tuple(PROJECT_COLUMNS), {"stages": stages, "doubts": told}),
        lambda terminal: _board_screen(run, study, (rows, stages, doubts), terminal, top, stage),
    )
    _tell_pending(run, study)
    run.finish()


def _file(
    run: Session,
    study: Study,
    rows: Sequence[JsonRow],
    stages: Sequence[JsonRow],
    doubts: Sequence[Problem],
    out: Output,
) -> bytes:
    from chainmap.show.projects import Board
    from chainmap.study.projects import named_rows

    lang = run.lang
    title = say("title.projects", lang, region=study.workspace.region)
    date = say("as_of", lang, day=study.world.at.text)
    told = [one.line(lang) for one in doubts]
    about = Board(title, date, lang, named_rows(study, rows, lang), stages, told)
    if out.format(run) == "xlsx":
        from chainmap.show.office.board import as_xlsx

        return as_xlsx(about)
    from chainmap.show.web.board import as_html

    return as_html(about)


def _board_screen(
    run: Session,
    study: Study,
    found: tuple[Sequence[JsonRow], Sequence[JsonRow], Sequence[Problem]],
    terminal: Terminal,
    top: int | None,
    stage: str | None,
) -> None:
    from chainmap.show.projects import board_lines, stage_lines
    from chainmap.study.projects import named_rows

    lang, (rows, stages, doubts) = run.lang, found
    title = say("title.projects", lang, region=study.workspace.region)
    terminal.say(f"{title}    {say('as_of', lang, day=study.world.at.text)}", "bold")
    if not rows:
        terminal.say(say("projects.none", lang))
        return
    stuck, late = (sum(row[name] for row in rows) for name in ("stale", "overdue"))
    counts = {"count": len(rows), "stale": stuck, "overdue": late, "doubts": len(doubts)}
    terminal.say(say("projects.counts", lang, **counts))
    terminal.say()
    terminal.lines(stage_lines(stages, lang, terminal.width))
    terminal.say()
    shown = list(rows[: top or SHOWN]) if top or stage else _of_each_stage(rows)
    terminal.lines(board_lines(named_rows(study, shown, lang), lang, terminal.width))
    terminal.say()
    if len(rows) > len(shown):
        terminal.say(say("more.projects", lang, count=len(rows) - len(shown)), "dim")
    for one in doubts[:A_STAGE]:
        terminal.say(one.line(lang), "warning")
    if len(doubts) > A_STAGE:
        terminal.say(say("more.doubts", lang, count=len(doubts) - A_STAGE), "dim")
    days = study.world.settings["projects.stale_days"]
    terminal.say(say("projects.foot", lang, days=f"{days:g}"), "dim")


def _of_each_stage(rows: Sequence[JsonRow]) -> list[JsonRow]:
    """The first few of each stage that is still open, then of the others while there is room."""
    from chainmap.track.projects import OPEN

    counts: dict[str | None, int] = {}
    shown = []
    for row in rows:
        counts[row["stage"]] = counts.get(row["stage"], 0) + 1
        if counts[row["stage"]] <= (A_STAGE if row["stage"] in (None, *OPEN) else 2):
            shown.append(row)
    return shown


def show(
    context: typer.Context,
    project: Annotated[str, typer.Argument(metavar="ID", help="help.project")],
    private: Annotated[bool, typer.Option("--private", help="help.project_private")] = False,
    form: Format = None,
    output: File = None,
) -> None:
    from chainmap.read import desk as ledger
    from chainmap.study.projects import doubts_of, project_facts

    run = session(context)
    study = run.open(NEEDS)
    need_project(run, study, project)
    if private and (output is not None or form not in (None, "table")):
        raise Stop(2, run.say("use.private_screen"))
    rows = project_facts(study, project, run.lang)
    data = Path(study.workspace.root) / "data"
    edits = [one for one in ledger.journal(data) if one["project"] == project]
    doubts = doubts_of(study, [{"project": project}])

    def lines(terminal: Terminal) -> None:
        from chainmap.show.projects import fact_lines, journal_lines

        row = study.book.value("project.row", project)
        terminal.say(f"{row.text('name')}    {project}", "bold")
        terminal.lines(fact_lines(rows, terminal.width))
        for one in doubts:
            terminal.say(one.line(run.lang), "warning")
        if edits:
            terminal.say()
            terminal.lines(journal_lines(edits[-SHOWN:], run.lang, terminal.width))
        if private:
            _private_lines(run, data, project, terminal)

    run.emit(Output(output, form), study, Sheet(rows, SHOW_KEYS, {"journal": edits}), lines)
    run.finish()


def _private_lines(run: Session, data: Path, project: str, terminal: Terminal) -> None:
    from chainmap.read.private import CONTACTS, NOTES, kept

    terminal.say()
    terminal.say(say("projects.private", run.lang), "bold")
    try:
        rows = [*kept(data, CONTACTS, project), *kept(data, NOTES, project)]
    except OSError as error:
        raise Stop(1, str(error.strerror)) from error
    for row in rows:
        terminal.say("  ".join(cell for name, cell in row.items() if cell and name != "project"))


def need_project(run: Session, study: Study, project: str) -> None:
    """Wrong usage where no visible row knows the project."""
    known = study.book.value("projects.all")
    if project not in known:
        run.unknown("use.project", project, known)


def log(
    context: typer.Context,
    project: Annotated[str | None, typer.Argument(metavar="[ID]", help="help.project")] = None,
    top: Top = None,
    form: Format = None,
    output: File = None,
) -> None:
    from chainmap.read import desk as ledger
    from chainmap.read.edits import Changed
    from chainmap.track.journal import drift, entry

    run = session(context)
    study = run.open(NEEDS)
    data = Path(study.workspace.root) / "data"
    try:
        rows = ledger.journal(data)
        entries = [entry(row) for row in rows]
        apart = drift((line.cells for line in ledger.lines(data)), entries)
    except (Changed, ValueError, KeyError) as error:
        raise Stop(1, run.say("error.journal", reason=error)) from None
    mine = [row for row in rows if project in (None, row["project"])]
    newest: list[dict[str, Any]] = [
        {"ref": f"projects/{row['project']}", **row} for row in reversed(mine)
    ]
    run.emit(
        Output(output, form),
        study,
        Sheet(newest[:top], LOG_KEYS, {"drift": len(apart)}),
        lambda terminal: _log_screen(run, newest[: top or SHOWN], len(newest), terminal),
    )
    for one in apart:
        told, found = one.entry, "-" if one.found is None else one.found
        words = {"project": told.project, "day": told.as_of, "field": told.field}
        run.tell(run.say("projects.drift", **words, wanted=told.now, found=found))
    _tell_pending(run, study)


def _log_screen(
    run: Session, rows: Sequence[dict[str, Any]], count: int, terminal: Terminal
) -> None:
    from chainmap.show.projects import journal_lines

    if not rows:
        terminal.say(say("projects.no_edits", run.lang))
        return
    terminal.lines(journal_lines(rows, run.lang, terminal.width))
    if count > len(rows):
        terminal.say(say("more.rows", run.lang, count=count - len(rows)), "dim")


def _tell_pending(run: Session, study: Study) -> None:
    from chainmap.read.desk import pending

    if pending(Path(study.workspace.root) / "data"):
        run.tell(run.say("projects.pending"))
