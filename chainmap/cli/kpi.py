"""The command that counts what a city is examined on: kpi."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from chainmap.cli.options import File, Format
from chainmap.cli.session import Output, Session, Sheet, Stop, session
from chainmap.core.words import say

if TYPE_CHECKING:
    from chainmap.show.terminal import Terminal
    from chainmap.study import JsonRow, Study

KEYS = (
    "ref", "figure", "value", "unit", "period", "compared", "change", "sources", "compared_value",
    "growth", "target", "done", "lower_bound", "unknown", "compared_lower_bound",
    "compared_unknown", "cut", "by", "group",
)  # fmt: skip
NEEDS = ("sources", "firms", "projects", "visits", "targets", "talent", "lists", "rates")
By = Literal["chain", "district", "unit"]


def register(app: typer.Typer) -> None:
    """Put this module's command into the application."""
    app.command(help="help.kpi")(kpi)


def kpi(
    context: typer.Context,
    period: Annotated[str | None, typer.Option(help="help.kpi_period")] = None,
    versus: Annotated[str | None, typer.Option("--vs", help="help.kpi_vs")] = None,
    by: Annotated[By | None, typer.Option("--by", help="help.kpi_by")] = None,
    form: Format = None,
    output: File = None,
) -> None:
    from chainmap.show.progress import working
    from chainmap.study.kpi import default_period, grouped_rows, kpi_rows

    run = session(context)
    study = run.open(NEEDS)
    wanted = _named(run, period) if period is not None else default_period(study).text
    other = _named(run, versus) if versus is not None else None
    with working(run.say("progress.kpi")):
        rows = kpi_rows(study, wanted, other)
        groups = grouped_rows(study, wanted, by, other) if by else {}
    every = [row for found in groups.values() for row in found] if by else rows
    run.emit(
        Output(output, form),
        study,
        Sheet(every, KEYS, {"period": wanted, "compared": other, "by": by}),
        lambda terminal: _screen(run, study, rows, groups, terminal, by),
    )
    run.finish()


def _named(run: Session, word: str) -> str:
    """The period of that name; wrong usage where it is none."""
    from chainmap.track.periods import parse_period

    try:
        return parse_period(word).text
    except ValueError:
        raise Stop(2, run.say("use.period", word=word)) from None


def _screen(
    run: Session,
    study: Study,
    rows: list[JsonRow],
    groups: dict[str, list[JsonRow]],
    terminal: Terminal,
    by: By | None,
) -> None:
    from chainmap.show.kpi import LIMITS, grouped_lines, kpi_lines

    lang = run.lang
    words = {"region": study.region(lang), "period": rows[0]["period"]}
    by_word = say(f"kpi.by.{by}", lang) if by else ""
    title = (
        say("title.kpi_by", lang, by=by_word, **words) if by else say("title.kpi", lang, **words)
    )
    terminal.say(f"{title}    {say('as_of', lang, day=study.world.at.text)}", "bold")
    if rows[0]["cut"]:
        terminal.say(say("kpi.cut", lang, period=rows[0]["period"], day=rows[0]["cut"]))
    if not study.world.newest("projects"):
        terminal.say(say("kpi.empty", lang))
    terminal.say()
    limits = {name: study.world.settings[f"kpi.{name}"] for name in LIMITS}
    if by:
        shown = {**groups, "*": rows}
        names = {**_names(study, by, list(groups), lang), "*": say("kpi.total", lang)}
        terminal.lines(grouped_lines(names, shown, lang, terminal.width, by_word))
    else:
        terminal.lines(kpi_lines(rows, limits, lang, terminal.width))
    terminal.say()
    terminal.say(say("kpi.foot", lang), "dim")
    terminal.say(say("kpi.foot_money", lang), "dim")


def _names(study: Study, by: str, groups: list[str], lang: str) -> dict[str, str]:
    from chainmap.study.content import chain_name

    chains = study.workspace.chains
    return {
        group: chain_name(chains[group], lang)
        if by == "chain" and group in chains
        else group or say("kpi.no_group", lang)
        for group in groups
    }
