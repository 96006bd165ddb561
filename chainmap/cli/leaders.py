"""Commands about leader firms: leaders, leaders intake, requests, vet, cluster."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from chainmap.cli.options import File, Format, Top
from chainmap.cli.session import RANKING, Output, Session, Sheet, Stop, only, session
from chainmap.core.text import ID
from chainmap.core.words import say

if TYPE_CHECKING:
    from chainmap.show.terminal import Terminal
    from chainmap.study import JsonRow, Study
    from chainmap.study.leaders import Proposal

KEYS = (
    "ref", "firm", "name", "chains", "links", "scale", "pull", "bought", "local_low",
    "local_high", "single_source", "single_of", "score", "score_low", "score_high",
    "evidence_grade", "sources",
)  # fmt: skip
REQUEST_KEYS = (
    "id", "leader", "chain", "link", "wanted", "purchase_100m_cny", "status", "reason", "leaders",
    "as_of", "sources",
)  # fmt: skip
CLUSTER_KEYS = ("leader", "chain", "link", "wanted", "status", "candidates", "districts")
NEEDS = (*RANKING, "districts")
SHOWN = 20
MaybeOf = Annotated[str | None, typer.Argument(metavar="[CHAIN]", help="help.chain")]


def register(app: typer.Typer) -> None:
    """Put this module's group of commands into the application."""
    group = typer.Typer(rich_markup_mode=None, add_completion=False)
    group.callback(invoke_without_command=True, help="help.leaders")(leaders)
    group.command(help="help.leaders_intake")(intake)
    group.command(help="help.leaders_requests")(requests)
    group.command(help="help.leaders_vet")(vet)
    group.command(help="help.leaders_cluster")(cluster)
    app.add_typer(group, name="leaders")


def leaders(
    context: typer.Context,
    chain: Annotated[str | None, typer.Option("--chain", help="help.chain")] = None,
    top: Top = None,
    form: Format = None,
    output: File = None,
) -> None:
    if context.invoked_subcommand is not None:
        return
    from chainmap.study.leaders import leader_rows

    run = session(context)
    study = run.open(NEEDS, chain)
    rows = leader_rows(study, chain)
    run.emit(
        Output(output, form),
        study,
        Sheet(only(rows[:top], KEYS), KEYS),
        lambda terminal: _leaders_screen(run, study, chain, rows, terminal, top),
    )
    run.finish()


def _leaders_screen(
    run: Session,
    study: Study,
    chain: str | None,
    rows: Sequence[JsonRow],
    terminal: Terminal,
    top: int | None,
) -> None:
    from chainmap.show.leaders import leader_lines
    from chainmap.study.content import chain_name, short_name

    lang = run.lang
    name = chain_name(study.chain(chain), lang) if chain else ""
    title = say("title.leaders", lang, region=study.workspace.region, chain=name)
    terminal.say(f"{title}    {say('as_of', lang, day=study.world.at.text)}", "bold")
    if not rows:
        terminal.say(say("leaders.none", lang))
        return
    makers = sum(bool(row["links"]) for row in rows)
    terminal.say(say("leaders.counts", lang, count=len(rows), makers=makers))
    terminal.say()
    shown = [{**row, "short": short_name(study, row["firm"])} for row in rows[: top or SHOWN]]
    terminal.lines(leader_lines(shown, lang, terminal.width))
    terminal.say()
    if len(rows) > len(shown):
        terminal.say(say("more.rows", lang, count=len(rows) - len(shown)), "dim")
    terminal.say(say("leaders.foot", lang), "dim")
    terminal.say(say("leaders.formula", lang), "dim")


def intake(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="help.catalogue")],
    leader: Annotated[str, typer.Option("--leader", help="help.leader")],
    source: Annotated[str | None, typer.Option("--source", help="help.take_source")] = None,
    date: Annotated[str | None, typer.Option("--date", help="help.take_date")] = None,
    grade: Annotated[Literal["A", "B", "C"], typer.Option("--grade", help="help.take_grade")] = "B",
    yes: Annotated[bool, typer.Option("--yes", help="help.yes")] = False,
    rest: Annotated[Path | None, typer.Option("--rest", help="help.rest")] = None,
) -> None:
    from chainmap.read.catalogue import read_catalogue
    from chainmap.show.draw.extras import MissingExtra
    from chainmap.study.leaders import proposals

    run = session(context)
    study = run.open(NEEDS)
    _need_firm(run, study, leader)
    day = _day(run, study, date)
    id = source or re.sub(r"[^a-z0-9_-]", "-", f"catalogue-{leader}-{day}")[:64]
    if not ID.match(id):
        raise Stop(2, run.say("use.source_id", word=id))
    try:
        catalogue, problems = read_catalogue(file)
    except ModuleNotFoundError as error:
        missing = MissingExtra(str(error.name))
        raise Stop(3, run.say("use.extra", command=missing.command)) from None
    for one in problems:
        run.tell(one.line(run.lang))
    if problems:
        raise Stop(1)
    found = proposals(study, leader, catalogue.lines, day)
    _intake_screen(run, study, file, leader, catalogue.heads, found)
    new = [one.cells for one in found if one.how == "new"]
    if rest is not None:
        _write_rest(run, rest, found)
    if not yes:
        run.tell(run.say("intake.ask", count=len(new)))
        return
    if new:
        _write(run, study, new, (id, file.name, study.world.name(leader), day, grade))
    run.tell(run.say("intake.done", count=len(new), source=id))


def _need_firm(run: Session, study: Study, firm: str) -> None:
    if not study.world.rows("firms", ("firm",), (firm,)):
        run.unknown("use.leader", firm, [row.text("firm") for row in study.world.newest("firms")])


def _day(run: Session, study: Study, date: str | None) -> str:
    from chainmap.core.dates import parse_day

    try:
        return parse_day(date).text if date else study.world.at.text
    except ValueError:
        raise Stop(2, run.say("use.as_of", word=date)) from None


def _intake_screen(
    run: Session,
    study: Study,
    file: Path,
    leader: str,
    heads: dict[str, str],
    found: Sequence[Proposal],
) -> None:
    from chainmap.show.leaders import proposal_lines

    lang, terminal = run.lang, run.terminal
    title = say("title.intake", lang, leader=study.world.name(leader), file=file.name)
    terminal.say(title, "bold")
    told = "，".join(f"{name} = {head}" for name, head in heads.items())
    terminal.say(say("intake.heads", lang, heads=told), "dim")
    terminal.say()
    rows = [
        {
            "place": f"{one.line.at.file}:{one.line.at.line}" if one.line.at.line
            else one.line.at.file,
            "how": one.how,
            "product": one.line.product,
            "firm": one.line.firm,
            "result": _result(study, one),
        }
        for one in found
    ]  # fmt: skip
    terminal.lines(proposal_lines(rows, lang, terminal.width))
    terminal.say()
    counts = Counter(one.how for one in found)
    words = {how: counts[how] for how in ("new", "known", "ambiguous", "nothing")}
    terminal.say(say("intake.counts", lang, **words))


def _result(study: Study, one: Proposal) -> str:
    if one.how in ("new", "known"):
        wanted = study.world.name(one.cells["wanted"])
        return f"{one.cells['chain']}/{one.cells['link']} {wanted}"
    return "、".join(one.choices[:4]) + ("…" if one.choices[4:] else "")


def _write_rest(run: Session, path: Path, found: Sequence[Proposal]) -> None:
    from chainmap.show.formats import as_csv

    left = [one for one in found if one.how not in ("new", "known")]
    rows = [
        [str(one.line.at), one.how, one.line.product, one.line.firm, one.line.purchase,
         one.line.note, "|".join(one.choices)]
        for one in left
    ]  # fmt: skip
    heads = ("place", "how", "product", "firm", "purchase_100m_cny", "note", "links")
    run.deliver(Output(path, None), as_csv(heads, rows))


def _write(
    run: Session,
    study: Study,
    rows: Sequence[dict[str, str]],
    source: tuple[str, str, str, str, str],
) -> None:
    """The source first, so that no request ever stands without one."""
    from chainmap.read.edits import append_rows

    id, title, publisher, day, grade = source
    data = Path(study.workspace.root) / "data"
    try:
        if not study.world.rows("sources", ("source",), (id,)):
            told = {"source": id, "title": title, "publisher": publisher, "date": day,
                    "grade": grade}  # fmt: skip
            append_rows(data / "sources.csv", "sources", [told])
        append_rows(data / "requests.csv", "requests", [{**row, "source": id} for row in rows])
    except (OSError, KeyError) as error:
        raise Stop(4, run.say("error.write", path=data, reason=error)) from error


def requests(
    context: typer.Context,
    status: Annotated[
        Literal["proposed", "accepted", "rejected"] | None,
        typer.Option("--status", help="help.request_status"),
    ] = None,
    form: Format = None,
    output: File = None,
) -> None:
    from chainmap.study.leaders import request_rows

    run = session(context)
    study = run.open(NEEDS)
    rows = request_rows(study, status, run.lang)

    def lines(terminal: Terminal) -> None:
        from chainmap.show.leaders import request_lines

        title = say("title.requests", run.lang, region=study.workspace.region)
        terminal.say(f"{title}    {say('as_of', run.lang, day=study.world.at.text)}", "bold")
        terminal.say()
        if rows:
            terminal.lines(request_lines(rows, run.lang, terminal.width))
        else:
            terminal.say(say("requests.none", run.lang))

    run.emit(Output(output, form), study, Sheet(only(rows, REQUEST_KEYS), REQUEST_KEYS), lines)
    run.finish()


def vet(
    context: typer.Context,
    id: Annotated[str, typer.Argument(metavar="ID", help="help.request")],
    accept: Annotated[bool, typer.Option("--accept", help="help.accept")] = False,
    reject: Annotated[bool, typer.Option("--reject", help="help.reject")] = False,
    because: Annotated[str | None, typer.Option("--because", help="help.because")] = None,
    source: Annotated[str | None, typer.Option("--source", help="help.take_source")] = None,
    date: Annotated[str | None, typer.Option("--date", help="help.take_date")] = None,
) -> None:
    from chainmap.read.edits import append_rows
    from chainmap.study.leaders import KEY, request_id, request_of

    run = session(context)
    study = run.open(NEEDS)
    row = request_of(study, id)
    if row is None:
        ids = [request_id(one) for one in study.world.newest("requests")]
        run.unknown("use.request", id, ids)
    if accept == reject or not because:
        raise Stop(2, run.say("use.judge"))
    if source is not None and not study.world.rows("sources", ("source",), (source,)):
        raise Stop(2, run.say("use.source_unknown", word=source))
    day = _day(run, study, date)
    if day <= row.text("as_of"):
        raise Stop(2, run.say("use.vet_date", day=day, was=row.text("as_of")))
    cells: dict[str, Any] = {column: row.text(column) for column in (*KEY, "purchase_100m_cny")}
    cells |= {"status": "accepted" if accept else "rejected", "reason": because}
    cells |= {"source": source or "|".join(row.sources), "as_of": day}
    file = Path(study.workspace.root) / "data" / "requests.csv"
    try:
        append_rows(file, "requests", [cells])
    except (OSError, KeyError) as error:
        raise Stop(4, run.say("error.write", path=file, reason=error)) from error
    run.tell(run.say("vet.done", id=id, status=run.say(f"request.{cells['status']}")))


def cluster(
    context: typer.Context,
    leader: Annotated[str, typer.Argument(metavar="LEADER", help="help.leader")],
    form: Format = None,
    output: File = None,
) -> None:
    from chainmap.study.leaders import cluster_rows

    run = session(context)
    study = run.open(NEEDS)
    _need_firm(run, study, leader)
    rows = cluster_rows(study, leader, run.lang)

    def lines(terminal: Terminal) -> None:
        from chainmap.show.leaders import cluster_lines

        name = study.world.name(leader)
        terminal.say(say("title.cluster", run.lang, leader=name), "bold")
        terminal.say()
        if rows:
            terminal.lines(cluster_lines(rows, run.lang, terminal.width))
        else:
            terminal.say(say("cluster.none", run.lang, leader=name))

    run.emit(Output(output, form), study, Sheet(only(rows, CLUSTER_KEYS), CLUSTER_KEYS), lines)
    run.finish()
