"""The command that tests the ranking on the past: backtest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from chainmap.cli.options import File, Format
from chainmap.cli.session import RANKING, Output, Session, Sheet, Stop, session
from chainmap.core.words import WORDS, say

if TYPE_CHECKING:
    from chainmap.core.dates import Day
    from chainmap.show.terminal import Terminal
    from chainmap.study import Study
    from chainmap.study.past import Test

KEYS = (
    "ref", "method", "p_at_10", "p_at_20", "p_at_50", "recall_at_50", "average_precision",
    "ap_low", "ap_high", "lift",
)  # fmt: skip


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
    by_chain: Annotated[bool, typer.Option("--by-chain", help="help.by_chain")] = False,
    form: Format = None,
    output: File = None,
) -> None:
    from chainmap.rank.backtest import Leak
    from chainmap.show.progress import working
    from chainmap.study.past import NoList, cut_offs_of, test_on_the_past

    run = session(context)
    # Outcomes are looked at with today's eyes: the cut-off is no study date.
    asked, run.as_of = as_of or run.as_of, None
    study = run.open(RANKING)
    first, end = _days(run, study, asked, until)
    months = int(study.world.settings["backtest.months"])
    cut_offs = cut_offs_of(first, end, months, walk)
    try:
        with working(run.say("progress.backtest")):
            found = test_on_the_past(study, on, cut_offs, end, strict, by_chain)
    except NoList:
        lists = dict.fromkeys(row.text("list") for row in study.world.newest("lists"))
        known = "、".join(lists)
        raise Stop(2, run.say("backtest.no_list", list=on, known=known)) from None
    except Leak as leak:
        places = "；".join(f"{at.file}:{at.line} {why}" for at, why in leak.rows)
        raise Stop(1, run.say("backtest.leak", day=first.text, rows=places)) from None
    unit = "group and chain" if by_chain else "group"
    envelope: dict[str, Any] = {
        "as_of": first.text,
        "until": found.until,
        "universe": found.universe,
        "positives": found.positives,
        "positive_groups": found.positive_groups,
        "enough": found.positive_groups >= study.world.settings["backtest.enough"],
        "cut_offs": list(found.cut_offs),
        "list": on,
        "unit": unit,
        "strict": strict,
        "scoring_hash": found.scoring_hash,
        "new": found.new,
        "here": found.here,
    }
    run.emit(
        Output(output, form),
        study,
        Sheet(found.rows, KEYS, envelope),
        lambda terminal: _screen(run, study, found, on, by_chain, terminal),
    )
    run.finish()


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


def _screen(
    run: Session, study: Study, found: Test, on: str, by_chain: bool, terminal: Terminal
) -> None:
    from chainmap.show.backtest import backtest_lines, better_than, method_name

    lang = run.lang
    enough = int(study.world.settings["backtest.enough"])
    words = {"groups": found.positive_groups, "enough": enough}
    many = found.positive_groups >= enough
    terminal.say(say("backtest.enough" if many else "backtest.few", lang, **words), "bold")
    name = say(f"list.{on}", lang) if f"list.{on}" in WORDS else on
    terminal.say(say("title.backtest", lang, region=study.workspace.region, list=name), "bold")
    unit = say("backtest.unit_chain" if by_chain else "backtest.unit", lang)
    counts = {"universe": found.universe, "positives": found.positives, "unit": unit}
    cut_offs = "、".join(found.cut_offs)
    terminal.say(say("backtest.universe", lang, cut_offs=cut_offs, until=found.until, **counts))
    for key, rows in (("all", found.rows), ("new", found.new), ("here", found.here)):
        terminal.say()
        terminal.say(say(f"backtest.{key}", lang), "bold")
        if rows:
            terminal.lines(backtest_lines(rows, lang, terminal.width))
        else:
            terminal.say(say("backtest.no_outcome", lang))
    terminal.say()
    if many and found.rows:
        beaten = better_than(found.rows)
        methods = "、".join(method_name(method, lang) for method in beaten)
        key = "backtest.better" if beaten else "backtest.no_better"
        terminal.say(say(key, lang, methods=methods) if beaten else say(key, lang))
    terminal.say(say("backtest.unlabelled", lang), "dim")
    terminal.say(say("backtest.hindsight", lang), "dim")
    terminal.say(say("backtest.hash", lang, hash=found.scoring_hash[:16]), "dim")
