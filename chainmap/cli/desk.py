"""Commands that edit the ledger of projects: add, move, note, adopt, contact."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from chainmap.cli.session import EVIDENCE, RANKING, Session, Stop, session
from chainmap.core.words import say

if TYPE_CHECKING:
    from chainmap.read.desk import Batch, Plan
    from chainmap.study import Study
    from chainmap.study.desk import Told

NEEDS = (*EVIDENCE, "districts", "parks")
Stage = Literal["谋划", "洽谈", "签约", "开工", "建设", "投产", "达产", "终止"]
Project = Annotated[str, typer.Argument(metavar="ID", help="help.project")]
Source = Annotated[str | None, typer.Option("--source", help="help.edit_source")]
Date = Annotated[str | None, typer.Option("--date", help="help.edit_date")]
Who = Annotated[str | None, typer.Option("--who", help="help.who")]
Why = Annotated[str | None, typer.Option("--because", help="help.edit_why")]
Set = Annotated[list[str] | None, typer.Option("--set", metavar="FIELD=VALUE", help="help.set")]
Text = Annotated[str | None, typer.Option(help="help.cell")]


def register(group: typer.Typer) -> None:
    """Put the edits beside the board."""
    group.command(help="help.project_add")(add)
    group.command(help="help.project_move")(move)
    group.command(help="help.project_note")(note)
    group.command(help="help.project_adopt")(adopt)
    group.command(help="help.project_contact")(contact)


def add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="help.project_name")],
    id: Annotated[str | None, typer.Option("--id", help="help.project_id")] = None,
    firm: Text = None,
    chain: Text = None,
    link: Text = None,
    district: Text = None,
    content: Text = None,
    investment: Annotated[str | None, typer.Option("--investment", help="help.investment")] = None,
    stage: Annotated[Stage, typer.Option("--stage", help="help.stage_of")] = "谋划",
    on: Annotated[str | None, typer.Option("--on", help="help.on")] = None,
    leader: Text = None,
    unit: Text = None,
    more: Set = None,
    source: Source = None,
    date: Date = None,
    who: Who = None,
    because: Why = None,
) -> None:
    from chainmap.study.desk import stage_cells

    run = session(context)
    study = run.open(NEEDS)
    told = told_by(run, study, who, because, source, date)
    given = {"name": name, "firm": firm, "chain": chain, "link": link, "district": district,
             "content": content, "investment_100m_cny": investment, "leader": leader,
             "unit": unit}  # fmt: skip
    cells = {key: cell for key, cell in given.items() if cell} | _set(run, more)
    cells |= stage_cells(stage, on or told.day.text)
    _new(run, study, cells, id, told)


def adopt(
    context: typer.Context,
    firm: Annotated[str, typer.Argument(metavar="FIRM", help="help.firm_id")],
    chain: Annotated[str, typer.Argument(metavar="CHAIN", help="help.chain")],
    link: Annotated[str, typer.Argument(metavar="LINK", help="help.link_id")],
    id: Annotated[str | None, typer.Option("--id", help="help.project_id")] = None,
    stage: Annotated[Stage, typer.Option("--stage", help="help.stage_of")] = "谋划",
    on: Annotated[str | None, typer.Option("--on", help="help.on")] = None,
    more: Set = None,
    source: Source = None,
    date: Date = None,
    who: Who = None,
    because: Why = None,
) -> None:
    from chainmap.study.desk import Refused, adopted, stage_cells

    run = session(context)
    study = run.open((*RANKING, "districts", "parks"), chain)
    if link not in study.chain(chain).index:
        run.unknown("use.link", link, study.chain(chain).index)
    if not study.world.rows("firms", ("firm",), (firm,)):
        run.unknown("use.firm", firm, [row.text("firm") for row in study.world.newest("firms")])
    told = told_by(run, study, who, because, source, date)
    try:
        cells = adopted(study, firm, chain, link)
    except Refused as error:
        raise Stop(2, run.say(error.key, **error.words)) from None
    cells |= stage_cells(stage, on or told.day.text) | _set(run, more)
    _new(run, study, cells, id, told)


def _new(run: Session, study: Study, cells: dict[str, str], id: str | None, told: Told) -> None:
    from chainmap.core.text import ID
    from chainmap.read.desk import Line
    from chainmap.study.desk import adding, free_id

    if id is not None and not ID.match(id):
        raise Stop(2, run.say("use.project_id", word=id))

    def plan(lines: Sequence[Line], number: int) -> Batch:
        project = id or free_id(cells, lines)
        return adding({"project": project, **cells}, told)(lines, number)

    carry_out(run, study, plan, cells)


def move(
    context: typer.Context,
    project: Project,
    stage: Annotated[Stage, typer.Argument(metavar="STAGE", help="help.stage_of")],
    on: Annotated[str | None, typer.Option("--on", help="help.on")] = None,
    source: Source = None,
    date: Date = None,
    who: Who = None,
    because: Why = None,
) -> None:
    from chainmap.study.desk import moved, stage_cells

    run = session(context)
    study = run.open(NEEDS)
    _need(run, study, project)
    told = told_by(run, study, who, because, source, date)
    day = on or told.day.text
    carry_out(run, study, moved(project, stage, day, told), stage_cells(stage, day))


def note(
    context: typer.Context,
    project: Project,
    text: Annotated[str | None, typer.Argument(metavar="[TEXT]", help="help.progress")] = None,
    step: Annotated[str | None, typer.Option("--next", help="help.next")] = None,
    due: Annotated[str | None, typer.Option("--due", help="help.next_due")] = None,
    leader: Text = None,
    unit: Text = None,
    more: Set = None,
    private: Annotated[bool, typer.Option("--private", help="help.note_private")] = False,
    source: Source = None,
    date: Date = None,
    who: Who = None,
    because: Why = None,
) -> None:
    from chainmap.study.desk import editing

    run = session(context)
    study = run.open(NEEDS)
    _need(run, study, project)
    given = {"next_step": step, "next_due": due, "leader": leader, "unit": unit}
    cells = {key: cell for key, cell in given.items() if cell is not None} | _set(run, more)
    if private:
        if not text or cells:
            raise Stop(2, run.say("use.private_note"))
        row = {"project": project, "when": now(), "who": who_edits(who), "note": text}
        _keep(run, study, "notes.csv", row)
        return
    told = told_by(run, study, who, because, source, date)
    if text:
        cells |= {"progress": text, "progress_date": told.day.text}
    if not cells:
        raise Stop(2, run.say("use.nothing"))
    carry_out(run, study, editing(project, cells, told), cells)


def contact(
    context: typer.Context,
    project: Project,
    name: Annotated[str, typer.Option("--name", help="help.contact_name")],
    post: Annotated[str, typer.Option("--post", help="help.contact_post")] = "",
    phone: Annotated[str, typer.Option("--phone", help="help.contact_phone")] = "",
    mail: Annotated[str, typer.Option("--mail", help="help.contact_mail")] = "",
    text: Annotated[str, typer.Option("--note", help="help.contact_note")] = "",
) -> None:
    run = session(context)
    study = run.open(NEEDS)
    _need(run, study, project)
    row = {"project": project, "name": name, "post": post, "phone": phone, "mail": mail,
           "note": text}  # fmt: skip
    _keep(run, study, "contacts.csv", row)


def _keep(run: Session, study: Study, name: str, row: Mapping[str, str]) -> None:
    from chainmap.read.private import keep

    run.need_own()
    data = Path(study.workspace.root) / "data"
    try:
        keep(data, name, row)
    except (OSError, UnicodeError) as error:
        raise Stop(4, run.say("error.write", path=data / "private", reason=said(error))) from error
    run.tell(run.say("desk.kept", file=f"data/private/{name}"))


def _need(run: Session, study: Study, project: str) -> None:
    known = study.book.value("projects.all")
    if project not in known:
        run.unknown("use.project", project, known)


def _set(run: Session, more: Sequence[str] | None) -> dict[str, str]:
    """Cells given as FIELD=VALUE, by the English or the Chinese name of the column."""
    from chainmap.core.schema import BY_NAME
    from chainmap.core.text import fold

    table = BY_NAME["projects"]
    names = {fold(name): one.name for one in table.columns for name in (one.name, one.zh)}
    fixed = ("project", "source", "as_of", "stage")
    found = {}
    for one in more or ():
        field, equals, value = one.partition("=")
        name = names.get(fold(field))
        if not equals or name is None or name in fixed:
            run.unknown("use.field", field, [n for n in names.values() if n not in fixed])
        found[name] = value.strip()
    return found


def told_by(
    run: Session, study: Study, who: str | None, why: str | None, source: str | None,
    date: str | None,
) -> Told:  # fmt: skip
    """Who edits, when, why, for which day and on which source; wrong usage where that is none."""
    from chainmap.study.desk import Told

    for one in (source or "").split("|"):
        if one and not study.world.rows("sources", ("source",), (one,)):
            raise Stop(2, run.say("use.source_unknown", word=one))
    grades = [study.world.grades[one] for one in (source or "").split("|") if one]
    if grades and min(grades) == "D":
        raise Stop(2, run.say("use.source_grade", word=source))
    return Told(now(), who_edits(who), (why or "").strip(), run.day(study, date), source or "")


def who_edits(who: str | None) -> str:
    """The unit or post that edits: as given, else as the environment says; never a login name."""
    return (who or os.environ.get("CHAINMAP_WHO") or say("desk.unsigned")).strip()


def now() -> str:
    """The local time, to the second, with its distance from UTC."""
    from datetime import datetime

    return datetime.now().astimezone().isoformat(timespec="seconds")


def carry_out(run: Session, study: Study, plan: Plan, cells: Mapping[str, str]) -> Batch:
    """Check cells, keep what is private out, write the edit whole, and say what it changed."""
    from chainmap.read.desk import write
    from chainmap.read.private import leaks
    from chainmap.study.desk import Refused, problems_of

    data = Path(study.workspace.root) / "data"
    wrong = problems_of(study, cells)
    for one in wrong:
        run.tell(one.line(run.lang))
    if wrong:
        raise Stop(2)
    run.need_own()

    def safe_plan(lines: Sequence[object], number: int) -> Batch:
        batch = plan(lines, number)  # type: ignore[arg-type]
        texts = [cell for one in batch.entries for name, cell in one.items() if name != "when"]
        found = leaks(data, texts)
        if found:
            raise Refused("desk.leak", words="、".join(found))
        return batch

    try:
        batch = write(data, safe_plan)
    except Refused as error:
        raise Stop(2, run.say(error.key, **error.words)) from None
    except KeyError as error:
        raise Stop(4, run.say("desk.no_column", column=error.args[0])) from error
    except (OSError, UnicodeError) as error:
        raise Stop(4, run.say("error.write", path=data, reason=said(error))) from error
    _report(run, batch)
    return batch


def _report(run: Session, batch: Batch) -> None:
    from chainmap.core.schema import BY_NAME

    if not batch.entries:
        run.tell(run.say("desk.same"))
        return
    zh = {one.name: one.zh for one in BY_NAME["projects"].columns}
    for one in batch.entries:
        if one["field"] not in ("as_of", "source"):
            field = zh.get(one["field"], one["field"]) if run.lang == "zh" else one["field"]
            run.tell(f"{one['project']}  {field}: {one['from'] or '-'} -> {one['to'] or '-'}")
    projects = dict.fromkeys(one["project"] for one in batch.entries)
    run.tell(run.say("desk.done", edit=batch.entries[0]["edit"], count=len(projects)))


def said(error: Exception) -> str:
    """What went wrong, in the system's words."""
    return getattr(error, "strerror", None) or str(error)
