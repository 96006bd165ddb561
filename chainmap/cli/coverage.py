"""The command that says what the data cover: data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from chainmap.cli.options import File, Format, MaybeChain, Top
from chainmap.cli.session import RANKING, Output, Session, Sheet, session
from chainmap.core.words import say

if TYPE_CHECKING:
    from chainmap.show.terminal import Terminal
    from chainmap.study import JsonRow, Study

COVERAGE_KEYS = (
    "ref", "chain", "name", "links", "unknown", "basis_override", "basis_capacity",
    "basis_finding", "basis_count", "basis_search", "basis_project", "basis_none", "grade_a",
    "grade_b", "grade_c", "grade_d", "grade_none", "oldest", "newest", "stale", "looked",
    "candidates", "no_candidates",
)  # fmt: skip
VERIFY_KEYS = (
    "ref", "chain", "link", "name", "status", "suspect", "priority", "kinds", "top20",
    "changes", "looked",
)  # fmt: skip
SHOWN = 20


def register(app: typer.Typer) -> None:
    """Put this module's command into the application."""
    app.command(help="help.data")(data)


def data(
    context: typer.Context,
    chain: MaybeChain = None,
    verify: Annotated[bool, typer.Option("--verify", help="help.verify")] = False,
    top: Top = None,
    form: Format = None,
    output: File = None,
) -> None:
    from chainmap.show.progress import working
    from chainmap.study.coverage import coverage_rows, verify_rows

    run = session(context)
    study = run.open((*RANKING, "no_fit"), chain)
    with working(run.say("progress.verify")):
        rows = verify_rows(study, chain) if verify else coverage_rows(study, chain)
    keys = VERIFY_KEYS if verify else COVERAGE_KEYS
    run.emit(
        Output(output, form),
        study,
        Sheet(rows[:top], keys),
        lambda terminal: (_verify_screen if verify else _coverage_screen)(
            run, study, rows if top is None else rows[:top], terminal
        ),
    )
    run.finish()


def _coverage_screen(run: Session, study: Study, rows: list[JsonRow], terminal: Terminal) -> None:
    from chainmap.show.screens import coverage_lines
    from chainmap.study.content import chain_name
    from chainmap.study.coverage import firms_without_activity

    lang = run.lang
    terminal.say(_heading(run, study, "title.data"), "bold")
    named = [{**row, "name": chain_name(study.chain(row["chain"]), lang)} for row in rows]
    terminal.lines(coverage_lines(named, lang, terminal.width))
    terminal.say()
    left, listed = firms_without_activity(study)
    terminal.say(say("data.firms", lang, all=listed, open=left))
    terminal.say(say("data.foot", lang), "dim")


def _verify_screen(run: Session, study: Study, rows: list[JsonRow], terminal: Terminal) -> None:
    from chainmap.show.screens import verify_lines
    from chainmap.study.content import chain_name, link_name

    lang = run.lang
    terminal.say(_heading(run, study, "title.verify"), "bold")
    named = [
        {
            **row,
            "chain_name": chain_name(study.chain(row["chain"]), lang),
            "name": link_name(study.chain(row["chain"]), row["link"], lang),
        }
        for row in rows[:SHOWN]
    ]
    terminal.lines(verify_lines(named, lang, terminal.width))
    terminal.say()
    if len(rows) > SHOWN:
        terminal.say(say("more.rows", lang, count=len(rows) - SHOWN), "dim")
    terminal.say(say("verify.foot", lang), "dim")


def _heading(run: Session, study: Study, key: str) -> str:
    title = say(key, run.lang, region=study.region(run.lang))
    return f"{title}    {say('as_of', run.lang, day=study.world.at.text)}"
