"""Commands about leader firms: leaders, leaders requests, leaders cluster."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from typer.core import TyperGroup

from chainmap.cli import requests as wishes
from chainmap.cli.options import File, Format, MaybeChain, Top
from chainmap.cli.session import RANKING, Output, Session, Sheet, only, session
from chainmap.core.words import say

if TYPE_CHECKING:
    from chainmap.show.terminal import Terminal
    from chainmap.study import JsonRow, Study

REQUEST_KEYS = (
    "ref", "id", "leader", "chain", "link", "wanted", "purchase_100m_cny", "status", "reason",
    "leaders", "as_of", "sources",
)  # fmt: skip
CLUSTER_KEYS = (
    "ref", "leader", "chain", "link", "wanted", "status", "candidates", "districts", "id",
    "leaders",
)  # fmt: skip
NEEDS = (*RANKING, "districts")
SHOWN = 20


class Selecting(TyperGroup):
    """A group whose first command is meant where none is named."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the first command in front, but for help and where a command is named."""
        if not args or (args[0] not in self.commands and args[0] not in ctx.help_option_names):
            args = [next(iter(self.commands)), *args]
        return super().parse_args(ctx, args)


def register(app: typer.Typer) -> None:
    """Put this module's group of commands into the application."""
    group = typer.Typer(cls=Selecting, rich_markup_mode=None, add_completion=False)
    group.command("select", help="help.leaders_select")(leaders)
    group.command("intake", help="help.leaders_intake")(wishes.intake)
    group.command(help="help.leaders_requests")(requests)
    group.command("vet", help="help.leaders_vet")(wishes.vet)
    group.command(help="help.leaders_cluster")(cluster)
    app.add_typer(group, name="leaders", help="help.leaders")


def leaders(
    context: typer.Context,
    chain: MaybeChain = None,
    top: Top = None,
    form: Format = None,
    output: File = None,
) -> None:
    from chainmap.study.leaders import leader_rows
    from chainmap.study.refs import LEADER_COLUMNS

    run = session(context)
    study = run.open(NEEDS, chain)
    rows = leader_rows(study, chain)
    covered = study.book.value("coverage.leaders", *(row["firm"] for row in rows))
    run.emit(
        Output(output, form),
        study,
        Sheet(rows[:top], tuple(LEADER_COLUMNS), {"coverage": covered}),
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
    from chainmap.show.why import coverage_line
    from chainmap.study.content import chain_name, short_name

    lang = run.lang
    name = chain_name(study.chain(chain), lang) if chain else ""
    title = say("title.leaders", lang, region=study.region(lang), chain=name)
    terminal.say(f"{title}    {say('as_of', lang, day=study.world.at.text)}", "bold")
    if not rows:
        terminal.say(say("leaders.none", lang))
        return
    makers = sum(bool(row["links"]) for row in rows)
    terminal.say(say("leaders.counts", lang, count=len(rows), makers=makers))
    covered = study.book.value("coverage.leaders", *(row["firm"] for row in rows))
    terminal.say(coverage_line(covered, "score", lang))
    terminal.say()
    shown = [{**row, "short": short_name(study, row["firm"])} for row in rows[: top or SHOWN]]
    terminal.lines(leader_lines(shown, lang, terminal.width))
    terminal.say()
    if len(rows) > len(shown):
        terminal.say(say("more.rows", lang, count=len(rows) - len(shown)), "dim")
    terminal.say(say("leaders.foot", lang), "dim")
    terminal.say(say("leaders.formula", lang), "dim")


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

        title = say("title.requests", run.lang, region=study.region(run.lang))
        terminal.say(f"{title}    {say('as_of', run.lang, day=study.world.at.text)}", "bold")
        terminal.say()
        if rows:
            terminal.lines(request_lines(rows, run.lang, terminal.width))
        else:
            terminal.say(say("requests.none", run.lang))

    run.emit(Output(output, form), study, Sheet(only(rows, REQUEST_KEYS), REQUEST_KEYS), lines)
    run.finish()


def cluster(
    context: typer.Context,
    leader: Annotated[str, typer.Argument(metavar="LEADER", help="help.leader")],
    form: Format = None,
    output: File = None,
) -> None:
    from chainmap.show.leaders import flat
    from chainmap.study.leaders import cluster_rows

    run = session(context)
    study = run.open(NEEDS)
    wishes.need_firm(run, study, leader)
    rows = cluster_rows(study, leader, run.lang)

    def lines(terminal: Terminal) -> None:
        from chainmap.show.leaders import cluster_lines

        name = study.world.name(leader)
        terminal.say(say("title.cluster", run.lang, leader=name), "bold")
        terminal.say()
        if rows:
            terminal.lines(cluster_lines(rows, run.lang, terminal.width))
            terminal.say()
            terminal.say(say("cluster.foot", run.lang), "dim")
        else:
            terminal.say(say("cluster.none", run.lang, leader=name))

    out = Output(output, form)
    if out.format(run) in ("csv", "md"):
        rows = [flat(row) for row in rows]
    run.emit(out, study, Sheet(only(rows, CLUSTER_KEYS), CLUSTER_KEYS), lines)
    run.finish()
