"""The command that says what is expected to land: projects landing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import typer

from chainmap.cli.options import File, Format
from chainmap.cli.session import EVIDENCE, Output, Session, Sheet, Stop, session
from chainmap.core.words import say

if TYPE_CHECKING:
    from chainmap.show.terminal import Terminal
    from chainmap.study import JsonRow, Study

NEEDS = (*EVIDENCE, "cohorts")


def register(group: typer.Typer) -> None:
    """Put the command beside the board."""
    group.command(help="help.landing")(landing)


def landing(context: typer.Context, form: Format = None, output: File = None) -> None:
    from chainmap.study.landing import landing_rows, left_out, prior_row, rate_rows
    from chainmap.study.project_columns import LANDING_COLUMNS

    run = session(context)
    study = run.open(NEEDS)
    rows, rates = needing(run, lambda: (landing_rows(study), rate_rows(study)))
    left, prior = left_out(study), prior_row(study)
    envelope = {"rates": rates, "left_out": left, "prior": prior}
    run.emit(
        Output(output, form),
        study,
        Sheet(rows, tuple(LANDING_COLUMNS), envelope),
        lambda terminal: _screen(run, study, rows, envelope, terminal),
    )
    run.finish()


def needing(run: Session, make: Callable[[], Any]) -> Any:
    """What an optional library works out; ends with 3 and what installs it."""
    from chainmap.show.draw.extras import EXTRA_OF, MissingExtra

    try:
        return make()
    except ModuleNotFoundError as error:
        if error.name not in EXTRA_OF:
            raise
        raise Stop(3, run.say("use.extra", command=MissingExtra(error.name).command)) from None


def _screen(
    run: Session,
    study: Study,
    rows: Sequence[JsonRow],
    envelope: dict[str, Any],
    terminal: Terminal,
) -> None:
    from chainmap.core.words import figure
    from chainmap.show.landing import landing_lines, rate_lines

    lang = run.lang
    title = say("title.landing", lang, region=study.workspace.region)
    terminal.say(f"{title}    {say('as_of', lang, day=study.world.at.text)}", "bold")
    settings = study.world.settings
    terminal.say(say("landing.what", lang, level=f"{settings['landing.level']:.0%}"))
    terminal.say()
    terminal.lines(landing_lines(rows, lang, terminal.width))
    terminal.say()
    if envelope["prior"] is not None and any(row["prior"] for row in rows):
        prior = envelope["prior"]
        names = ("；" if lang == "zh" else "; ").join(prior["names"])
        terminal.say(say("landing.prior", lang, names=names, sources="、".join(prior["sources"])))
    for one in envelope["left_out"]:
        words = {"count": one["count"], "amount": figure(one["investment_100m_cny"])}
        days = f"{settings['landing.silent_days']:g}"
        terminal.say(say(f"landing.left.{one['why']}", lang, days=days, **words), "dim")
    terminal.say()
    enough = f"{settings['landing.enough']:g}"
    terminal.say(say("landing.history", lang, enough=enough), "bold")
    terminal.lines(rate_lines(envelope["rates"], lang, terminal.width))
    terminal.say(say("landing.bias", lang), "dim")
