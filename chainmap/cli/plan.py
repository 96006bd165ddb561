"""The command plan: the programme of all chains or of one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from chainmap.cli.options import File, Format, MaybeChain, Top
from chainmap.cli.session import RANKING, Output, Session, Sheet, Stop, session
from chainmap.core.words import figure, say

if TYPE_CHECKING:
    from chainmap.show.terminal import Terminal
    from chainmap.study import JsonRow, Study
    from chainmap.study.cores import Cores
    from chainmap.study.programme import Programme

NEEDS = (*RANKING, "districts", "parks")
SHOWN = 20
GIVEN_UP = 5
PAPERS = (".html", ".xlsx", ".docx")
PLACES = 8


def register(app: typer.Typer) -> None:
    """Put this module's command into the application."""
    app.command(help="help.plan")(plan)


def plan(
    context: typer.Context,
    chain: MaybeChain = None,
    years: Annotated[int | None, typer.Option(min=1, max=10, help="help.plan_years")] = None,
    seconds: Annotated[float | None, typer.Option(min=0.1, help="help.plan_seconds")] = None,
    core: Annotated[int | None, typer.Option(min=0, max=1000, help="help.plan_core")] = None,
    firm: Annotated[
        str | None, typer.Option("--firm", metavar="FIRM", help="help.plan_firm")
    ] = None,
    prices: Annotated[bool, typer.Option("--prices", help="help.plan_prices")] = False,
    top: Top = None,
    form: Format = None,
    output: File = None,
) -> None:
    from chainmap.show.progress import working
    from chainmap.study.plan_paper import as_file, need_writer, plan_paper
    from chainmap.study.plan_words import priced
    from chainmap.study.programme import COLUMNS, Asked, programme_rows

    run = session(context)
    study = run.open(NEEDS, chain)
    if any(one.at.file == "data/plan.yaml" and one.severity == "error" for one in study.problems):
        for one in study.problems:
            if one.at.file == "data/plan.yaml":
                run.tell(one.line(run.lang))
        raise Stop(1)
    out = Output(output, form, PAPERS)
    kind = out.format(run)
    run.optional(lambda: need_writer(kind))
    of = Asked(chain or "all", years, seconds, core).of
    if firm is not None and firm not in study.firms:
        run.unknown("use.firm", firm, study.firms)
    with working(run.say("progress.plan")):
        found: Programme = study.book.value("plan.programme", of)
    if found.solution is None:
        raise Stop(1, _why_not(run, study, found))
    if firm is not None:
        _place(run, study, of, firm, Output(output, form))
        return
    with working(run.say("progress.core")):
        rows = programme_rows(study, of, run.lang)
    cores: Cores = study.book.value("plan.cores", of)
    envelope = _envelope(study, found, rows, cores)
    if prices:
        with working(run.say("progress.prices")):
            envelope |= priced(study, found, seconds)
    if f".{kind}" in PAPERS:
        paper = plan_paper(study, found, rows[:top], envelope, cores, run.lang, chain)
        run.deliver(out, run.optional(lambda: as_file(paper, kind)))
        run.finish()
        return
    run.emit(
        out,
        study,
        Sheet(rows[:top], tuple(COLUMNS), envelope),
        lambda terminal: _screen(run, study, found, rows, envelope, cores, terminal, top, chain),
    )
    run.finish()


def _envelope(
    study: Study,
    found: Programme,
    rows: Sequence[JsonRow],
    cores: Cores,
) -> dict[str, Any]:
    """What is said of the whole: the contract's keys first."""
    assert found.solution is not None and found.worth is not None
    solution, worth = found.solution, found.worth
    refs = [f"{row['chain']}/{row['link']}/{row['firm']}" for row in rows]
    return {
        "objective": solution.objective,
        "bound": None if math.isinf(solution.bound) else solution.bound,
        "gap": solution.gap,
        "greedy_objective": found.by_hand,
        "proven": solution.proven,
        "seconds": solution.seconds,
        "years": found.draft.problem.years,
        "closed": worth.closed,
        "match": worth.match,
        "cluster": worth.cluster,
        "misplaced": worth.misplaced,
        "draws": cores.draws,
        "coverage": study.book.value("coverage.refs", *refs),
    }


def _why_not(run: Session, study: Study, found: Programme) -> str:
    """Why there is no programme: a smallest set of rules that cannot be kept together."""
    from chainmap.study.plan_words import rule_words

    if found.timed_out:
        return run.say("plan.timeout")
    lines = [f"  - {rule_words(study, found.draft.problem, rule, run.lang)}"
             for rule in found.conflict]  # fmt: skip
    return "\n".join([run.say("plan.infeasible"), *lines])


def _screen(
    run: Session,
    study: Study,
    found: Programme,
    rows: Sequence[JsonRow],
    envelope: dict[str, Any],
    cores: Cores,
    terminal: Terminal,
    top: int | None,
    chain: str | None,
) -> None:
    from chainmap.show.plan import programme_lines
    from chainmap.show.why import coverage_line
    from chainmap.study.content import chain_name, link_name, short_name
    from chainmap.study.plan_words import core_lines, given_up_lines, price_lines, summary

    lang = run.lang
    region = study.region(lang)
    name = chain_name(study.chain(chain), lang) if chain else say("plan.all_chains", lang)
    title = say("title.plan", lang, region=region, chain=name, years=envelope["years"])
    terminal.say(f"{title}    {say('as_of', lang, day=study.world.at.text)}", "bold")
    if not rows:
        terminal.say(say("plan.none", lang))
        return
    for sentence in summary(study, found, rows, envelope, lang):
        terminal.say(sentence)
    for sentence in core_lines(study, cores, rows, lang):
        terminal.say(sentence)
    terminal.say(coverage_line(envelope["coverage"], "score", lang))
    terminal.say()
    shown = [
        {
            **row,
            "short": short_name(study, row["firm"]),
            "chain_name": chain_name(study.chain(row["chain"]), lang),
            "link_name": link_name(study.chain(row["chain"]), row["link"], lang),
        }
        for row in rows[: top or SHOWN]
    ]
    terminal.lines(programme_lines(shown, lang, terminal.width, chain is None))
    if len(rows) > len(shown):
        terminal.say(say("more.rows", lang, count=len(rows) - len(shown)), "dim")
    terminal.say()
    terminal.say(say("plan.given_up", lang), "bold")
    for sentence in given_up_lines(study, found, GIVEN_UP, lang):
        terminal.say(f" {sentence}")
    if "prices" in envelope:
        terminal.say()
        terminal.say(say("plan.prices", lang), "bold")
        for sentence in price_lines(study, found, envelope, lang):
            terminal.say(f" {sentence}")
    terminal.say()
    terminal.say(say("plan.foot", lang, of=chain or "all"), "dim")


def _place(run: Session, study: Study, of: str, firm: str, out: Output) -> None:
    """Where one firm is best placed, for each gap that it could close."""
    from chainmap.study.placement import COLUMNS, place_rows

    rows = place_rows(study, of, firm, run.lang)
    if not rows:
        raise Stop(2, run.say("use.not_candidate", word=firm))
    run.emit(
        out,
        study,
        Sheet(rows, tuple(COLUMNS)),
        lambda terminal: _place_screen(run, study, rows, firm, terminal),
    )
    run.finish()


def _place_screen(
    run: Session, study: Study, rows: Sequence[JsonRow], firm: str, terminal: Terminal
) -> None:
    from chainmap.show.plan import place_lines
    from chainmap.study.content import chain_name, link_name

    lang = run.lang
    title = say("title.placement", lang, firm=study.world.name(firm))
    terminal.say(f"{title}    {say('as_of', lang, day=study.world.at.text)}", "bold")
    for chain, link in dict.fromkeys((row["chain"], row["link"]) for row in rows):
        file = study.chain(chain)
        mine = [row for row in rows if (row["chain"], row["link"]) == (chain, link)]
        expected = figure(study.book.value("plan.expected", firm, chain, link))
        terminal.say()
        names = {"chain": chain_name(file, lang), "link": link_name(file, link, lang)}
        terminal.say(say("place.gap", lang, **names, expected=expected), "bold")
        terminal.lines(place_lines(mine[:PLACES], lang, terminal.width))
    terminal.say()
    terminal.say(say("place.foot", lang), "dim")
