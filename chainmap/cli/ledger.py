"""Commands that go through firms one by one: ledger, relocation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from chainmap.cli.options import File, Format, Top
from chainmap.cli.session import RANKING, Output, Session, Sheet, Stop, session
from chainmap.core.words import WORDS, say

if TYPE_CHECKING:
    from chainmap.show.terminal import Terminal
    from chainmap.study import JsonRow, Study

KEYS = (
    "ref", "firm", "name", "list", "rank", "here", "chains", "links", "verdict", "reason",
    "evidence_grade", "sources", "year", "would_change", "here_by",
)  # fmt: skip
RELOCATION_KEYS = (
    "ref", "firm", "name", "level", "parent", "hq_city", "destination", "market", "resource",
    "chain_closeness", "verdict", "reason", "sources", "window", "links", "would_change",
)  # fmt: skip
SHOWN = 20
Letter = Literal["A", "B", "C", "D", "?"]
Presence = Literal["yes", "absent", "mentioned", "not_looked"]


def register(app: typer.Typer) -> None:
    """Put this module's commands into the application."""
    app.command(help="help.ledger")(ledger)
    app.command(help="help.relocation")(relocation)


def ledger(
    context: typer.Context,
    on: Annotated[str, typer.Option("--list", help="help.ledger_list")] = "global500",
    year: Annotated[str | None, typer.Option("--year", help="help.ledger_year")] = None,
    verdict: Annotated[Letter | None, typer.Option("--verdict", help="help.ledger_verdict")] = None,
    here: Annotated[Presence | None, typer.Option("--here", help="help.ledger_here")] = None,
    chain: Annotated[str | None, typer.Option("--chain", help="help.ledger_chain")] = None,
    top: Top = None,
    form: Format = None,
    output: File = None,
) -> None:
    from chainmap.rank.ledger import HERE, VERDICTS
    from chainmap.show.progress import working
    from chainmap.study.ledger import ledger_rows

    run = session(context)
    study = run.open((*RANKING, "no_fit"))
    _need_list(run, study, on, year)
    if chain not in (None, *study.workspace.chains):
        run.unknown("use.chain", chain or "", study.workspace.chains)
    with working(run.say("progress.ledger")):
        rows = ledger_rows(study, on, year, run.lang)
    counts = {
        "here": {word: sum(row["here"] == word for row in rows) for word in HERE},
        "verdict": {word: sum(row["verdict"] == word for row in rows) for word in VERDICTS},
    }
    chosen = [
        row
        for row in rows
        if verdict in (None, row["verdict"])
        and here in (None, row["here"])
        and (chain is None or chain in row["chains"])
    ]
    envelope = {
        "list": on,
        "year": rows[0]["year"] if rows else year,
        "counts": counts,
        "coverage": _covered(study, chosen, "group"),
    }
    run.emit(
        Output(output, form),
        study,
        Sheet(chosen[:top], KEYS, envelope),
        lambda terminal: _ledger_screen(run, study, rows, chosen, terminal, top),
    )
    run.finish()


def _need_list(run: Session, study: Study, name: str, year: str | None) -> None:
    """Wrong usage where there is no such list, or not in that year."""
    lists = dict.fromkeys(row.text("list") for row in study.world.newest("lists"))
    if name not in lists:
        run.unknown("use.list", name, lists)
    places = study.world.rows("lists", ("list",), (name,))
    years = sorted({row.text("year") for row in places})
    if year is not None and year not in years:
        known = say("use.known", run.lang, known="、".join(years))
        raise Stop(2, run.say("use.year", list=name, word=year) + known)


def _ledger_screen(
    run: Session,
    study: Study,
    rows: Sequence[JsonRow],
    chosen: Sequence[JsonRow],
    terminal: Terminal,
    top: int | None,
) -> None:
    from chainmap.rank.ledger import HERE
    from chainmap.show.ledger import WIDE, ledger_lines, tally
    from chainmap.show.why import coverage_line

    lang = run.lang
    name = rows[0]["list"] if rows else ""
    word = say(f"list.{name}", lang) if f"list.{name}" in WORDS else name
    year = rows[0]["year"] if rows else "-"
    title = say("title.ledger", lang, region=study.region(lang), list=word, year=year)
    terminal.say(f"{title}    {say('as_of', lang, day=study.world.at.text)}", "bold")
    here = tally(
        Counter(row["here"] for row in rows), {w: say(f"here.{w}", lang) for w in HERE}, lang
    )
    terminal.say(say("ledger.counts", lang, count=len(rows), here=here))
    verdicts = _verdicts(rows, lang)
    terminal.say(say("ledger.verdicts", lang, verdicts=verdicts))
    grades = Counter(row["evidence_grade"] for row in rows)
    parts = "  ".join(f"<{grade}> {grades[grade]}" for grade in "ABCD" if grades[grade])
    terminal.say(say("ledger.evidence", lang, parts=parts, none=grades[None]))
    terminal.say(coverage_line(_covered(study, chosen, "group"), "score", lang))
    if not chosen:
        terminal.say(say("ledger.none", lang))
        return
    terminal.say()
    shown = _short(study, chosen[: top or SHOWN], "group", lang)
    terminal.lines(ledger_lines(shown, lang, terminal.width))
    terminal.say()
    if len(chosen) > len(shown):
        terminal.say(say("more.rows", lang, count=len(chosen) - len(shown)), "dim")
    terminal.say(say("ledger.foot", lang), "dim")
    wide = terminal.width >= WIDE
    terminal.say(say("ledger.change_foot" if wide else "ledger.change_wide", lang), "dim")


def _verdicts(rows: Sequence[JsonRow], lang: str) -> str:
    from chainmap.rank.ledger import VERDICTS
    from chainmap.show.ledger import tally

    words = {letter: say(f"verdict.{letter}", lang) for letter in VERDICTS}
    return tally(Counter(row["verdict"] for row in rows), words, lang)


def _covered(study: Study, rows: Sequence[JsonRow], scope: str) -> dict[str, float] | None:
    """On which grades of evidence the scores behind the verdicts rest, by weight."""
    firms = dict.fromkeys(row["firm"] for row in rows)
    found: dict[str, float] | None = study.book.value("coverage.firms", scope, *firms)
    return found


def _short(study: Study, rows: Sequence[JsonRow], scope: str, lang: str) -> list[JsonRow]:
    """The rows with what a line of a terminal has room for."""
    from chainmap.study.content import short_name

    return [
        {
            **row,
            "short": short_name(study, row["firm"]),
            "brief": study.book.value("ledger.brief", row["firm"], scope, lang),
        }
        for row in rows
    ]


def relocation(
    context: typer.Context,
    top: Top = None,
    form: Format = None,
    output: File = None,
) -> None:
    from chainmap.show.progress import working
    from chainmap.study.ledger import relocation_rows

    run = session(context)
    study = run.open((*RANKING, "no_fit"))
    with working(run.say("progress.ledger")):
        rows = relocation_rows(study, run.lang)
    run.emit(
        Output(output, form),
        study,
        Sheet(rows[:top], RELOCATION_KEYS, {"coverage": _covered(study, rows, "own")}),
        lambda terminal: _relocation_screen(run, study, rows, terminal, top),
    )
    run.finish()


def _relocation_screen(
    run: Session, study: Study, rows: Sequence[JsonRow], terminal: Terminal, top: int | None
) -> None:
    from chainmap.rank.candidates import on_list
    from chainmap.show.ledger import relocation_lines, tally
    from chainmap.show.why import coverage_line

    lang = run.lang
    title = say("title.relocation", lang, region=study.region(lang))
    terminal.say(f"{title}    {say('as_of', lang, day=study.world.at.text)}", "bold")
    central = on_list(study.world, "central_soe")
    counts = Counter(row["level"] or "none" for row in rows)
    words = {w: say(f"level.{w}", lang) for w in ("group", "subsidiary", "branch", "none")}
    levels = tally(counts, words, lang)
    levels += "、" if lang == "zh" else ", "
    levels += say("level.soe", lang, count=sum(row["firm"] in central for row in rows))
    gone = sum(study.book.value("gone", row["firm"]) is not None for row in rows)
    terminal.say(say("relocation.counts", lang, count=len(rows), levels=levels, gone=gone))
    verdicts = _verdicts(rows, lang)
    terminal.say(say("ledger.verdicts", lang, verdicts=verdicts))
    terminal.say(coverage_line(_covered(study, rows, "own"), "score", lang))
    terminal.say()
    shown = _short(study, rows[: top or SHOWN], "own", lang)
    terminal.lines(relocation_lines(shown, lang, terminal.width))
    terminal.say()
    if len(rows) > len(shown):
        terminal.say(say("more.rows", lang, count=len(rows) - len(shown)), "dim")
    terminal.say(say("relocation.foot", lang), "dim")
