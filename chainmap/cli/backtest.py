"""The command that tests the ranking on the past: backtest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from chainmap.cli.options import File, Format
from chainmap.cli.session import RANKING, Output, Session, Sheet, Stop, session

if TYPE_CHECKING:
    from chainmap.core.dates import Day
    from chainmap.rank.backtest.scope import Scope
    from chainmap.study import Study
    from chainmap.study.past import Test

KEYS = (
    "ref", "method", "p_at_10", "p_at_20", "p_at_50", "recall_at_50", "average_precision",
    "ap_low", "ap_high", "lift",
)  # fmt: skip
UNITS = {"group": "group", "chain": "group and chain"}


def register(app: typer.Typer) -> None:
    """Put this module's command into the application."""
    app.command(help="help.backtest")(backtest)


def backtest(
    context: typer.Context,
    as_of: Annotated[str | None, typer.Option("--as-of", help="help.backtest_as_of")] = None,
    until: Annotated[str | None, typer.Option("--until", help="help.until")] = None,
    on: Annotated[str, typer.Option("--list", help="help.backtest_list")] = "global500",
    walk: Annotated[bool, typer.Option("--walk", help="help.walk")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="help.strict")] = False,
    by: Annotated[Literal["group", "chain"], typer.Option("--by", help="help.by")] = "group",
    form: Format = None,
    output: File = None,
) -> None:
    from chainmap.rank.backtest.scope import Scope
    from chainmap.show.backtest import backtest_page, first_line

    run = session(context)
    # Outcomes are looked at with today's eyes: the cut-off is no study date.
    asked, run.as_of = as_of or run.as_of, None
    study = run.open(RANKING)
    first, end = _days(run, study, asked, until)
    scope = Scope(on, first, end, walk, strict, by == "chain")
    found = _tested(run, study, scope)
    out = Output(output, form)
    settings = study.world.settings
    note = first_line(found, settings, run.lang)
    if out.format(run) != "table":
        run.tell(note)
    run.emit(
        out,
        study,
        Sheet(found.all.rows, KEYS, _envelope(study, scope, found, note)),
        lambda terminal: backtest_page(found, scope, settings, study.region(run.lang), terminal,
                                       run.lang),
    )  # fmt: skip
    unseen = zip(found.cut_offs, found.unseen, strict=True)
    counts = "; ".join(f"{day} {count}" for day, count in unseen)
    run.tell(run.say("backtest.unseen", counts=counts))
    run.finish()


def _tested(run: Session, study: Study, scope: Scope) -> Test:
    """The test; wrong usage where the list was not out, an end with each row that leaked."""
    from chainmap.rank.backtest.guard import Leak
    from chainmap.show.progress import working
    from chainmap.study.past import NotOut, test_on_the_past

    try:
        with working(run.say("progress.backtest")):
            return test_on_the_past(study, scope)
    except NotOut as error:
        lists = dict.fromkeys(row.text("list") for row in study.world.newest("lists"))
        known = "、".join(lists)
        key = "backtest.not_out" if error.first else "backtest.no_list"
        raise Stop(2, run.say(key, list=error.on, known=known, first=error.first)) from None
    except Leak as leak:
        places = "；".join(f"{at.file}:{at.line} {why}" for at, why in leak.rows)
        raise Stop(1, run.say("backtest.leak", day=scope.first.text, rows=places)) from None


def _envelope(study: Study, scope: Scope, found: Test, note: str) -> dict[str, Any]:
    enough = study.world.settings["backtest.enough"]
    parts = {"new": found.new, "here": found.here}
    return {
        "as_of": scope.first.text,
        "until": scope.until.text,
        "universe": found.all.universe,
        "positives": found.all.positives,
        "positive_groups": found.all.groups,
        "enough": found.all.groups >= enough,
        "note": note,
        "cut_offs": list(found.cut_offs),
        "list": scope.on,
        "unit": UNITS[scope.by],
        "strict": scope.strict,
        "scoring_hash": study.world.settings.sha256,
        **{f"{name}_universe": part.universe for name, part in parts.items()},
        **{f"{name}_positives": part.positives for name, part in parts.items()},
        **{name: part.rows for name, part in parts.items()},
        "coverage": found.coverage,
    }


def _days(run: Session, study: Study, as_of: str | None, until: str | None) -> tuple[Day, Day]:
    """The cut-off and the end; by default three years back, and the study date."""
    from chainmap.core.dates import parse_day, years_later

    words = [as_of, until]
    days: list[Day] = []
    back = study.world.settings["backtest.months"] / 12
    default = [years_later(study.world.today, -back).isoformat(), study.world.at.text]
    for word, otherwise in zip(words, default, strict=True):
        try:
            days.append(parse_day(word or otherwise))
        except ValueError:
            raise Stop(2, run.say("use.as_of", word=word)) from None
    if days[1].last <= days[0].last:
        raise Stop(2, run.say("use.until", until=days[1].text, cut_off=days[0].text))
    return days[0], days[1]
