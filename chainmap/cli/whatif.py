"""Commands about what is not so, or not yet: whatif, resilience."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from chainmap.cli.options import Chain, File, Format, Top
from chainmap.cli.pictures import SUFFIXES, deliver_pages
from chainmap.cli.session import RANKING, Output, Session, Sheet, Stop, only, session
from chainmap.core.words import say

if TYPE_CHECKING:
    from chainmap.show.terminal import Terminal
    from chainmap.study import JsonRow, Study
    from chainmap.study.whatif_rows import Resilience

KEYS = ("ref", "what", "name", "before", "after", "chain", "link", "firm")
LOSS_KEYS = (
    "ref", "what", "name", "stops_without", "stops_low", "stops_high", "chain", "link", "firm",
    "status", "groups", "single_point", "stopped",
)  # fmt: skip
TARGET_KEYS = ("ref", "link", "name", "saves", "firms")
SHOWN = 20
DRAWN = ("svg", "png", "pdf", "pptx", "html")
Many = list[str]


def register(app: typer.Typer) -> None:
    """Put this module's commands into the application."""
    app.command("whatif", help="help.whatif")(whatif)
    app.command(help="help.resilience")(resilience)


def whatif(
    context: typer.Context,
    chain: Chain,
    land: Annotated[
        Many | None,
        typer.Option("--land", metavar="FIRM@LINK[:亿元][@DISTRICT]", help="help.whatif_land"),
    ] = None,
    lose: Annotated[
        Many | None, typer.Option("--lose", metavar="LINK|FIRM", help="help.whatif_lose")
    ] = None,
    set_: Annotated[
        Many | None, typer.Option("--set", metavar="KEY=VALUE", help="help.whatif_set")
    ] = None,
    district: Annotated[
        Many | None,
        typer.Option("--district", metavar="DISTRICT.land_mu=VALUE", help="help.whatif_district"),
    ] = None,
    draws: Annotated[int | None, typer.Option(min=0, max=1_000_000, help="help.draws")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="help.seed")] = None,
    plan: Annotated[bool, typer.Option("--plan", help="help.whatif_plan")] = False,
    form: Format = None,
    output: File = None,
) -> None:
    from chainmap.show.progress import working
    from chainmap.study.whatif_rows import Problems, changes_of, whatif_rows

    run = session(context)
    study = run.open(("districts", *RANKING), chain)
    word = changes_of(study, chain, land or (), lose or (), set_ or (), district or (), draws, seed)
    if isinstance(word, Problems):
        *others, last = word.lines(run.lang)
        for sentence in others:
            run.tell(sentence)
        raise Stop(2, last)
    out = Output(output, form, (*SUFFIXES, ".html"))
    with working(run.say("progress.whatif")):
        rows = whatif_rows(study, chain, word, run.lang, plan)
    if out.format(run) in DRAWN:
        _deliver_maps(run, study, chain, word, rows, out)
    else:
        _emit(run, study, chain, word, rows, out)
    run.finish()


def _deliver_maps(
    run: Session, study: Study, chain: str, word: str, rows: Sequence[JsonRow], out: Output
) -> None:
    """The two maps side by side, as a picture or as a page."""
    from chainmap.study.whatif_pictures import beside_content

    content = beside_content(study, chain, word, rows, run.lang)
    if out.format(run) == "html":
        from chainmap.show.web.beside import beside_document
        from chainmap.show.whatif import link_heads, link_texts
        from chainmap.study.whatif_words import changed_links

        texts = link_texts(changed_links(rows), run.lang)
        run.deliver(out, beside_document(content, link_heads(run.lang), texts))
        return
    from chainmap.show.pictures.beside import beside_page

    deliver_pages(run, out, [beside_page(content)])


def _emit(
    run: Session, study: Study, chain: str, word: str, rows: Sequence[JsonRow], out: Output
) -> None:
    """The rows with what each change did."""
    effects = study.book.value("whatif.effects", chain, word)
    envelope = {
        "chain": chain,
        "changes": [
            {"change": one.change, "link": one.link, "before": one.before, "after": one.after,
             "reason": one.reason or None, "at": one.at or None}
            for one in effects
        ],
        "held": dict(study.book.value("whatif.held", chain, word)),
        "stopped": list(study.book.value("whatif.stopped", chain, word).links),
    }  # fmt: skip
    run.emit(
        out,
        study,
        Sheet(rows, KEYS, envelope),
        lambda terminal: _screen(run, study, chain, word, rows, terminal),
    )


def _screen(
    run: Session, study: Study, chain: str, word: str, rows: Sequence[JsonRow], terminal: Terminal
) -> None:
    from chainmap.show.whatif import chain_lines, figures_of, link_lines, plan_lines, rank_lines
    from chainmap.study.content import chain_name
    from chainmap.study.whatif import PLAN_OBJECTIVE
    from chainmap.study.whatif_words import (
        changed_links,
        changed_ranks,
        changed_seats,
        opening,
        told,
    )

    lang, file = run.lang, study.chain(chain)
    title = say("title.whatif", lang, region=study.workspace.region, chain=chain_name(file, lang))
    terminal.say(f"{title}    {say('as_of', lang, day=study.world.at.text)}", "bold")
    for sentence in told(study, chain, word, lang):
        terminal.say(sentence)
    terminal.say()
    at = study.world.settings["figures.one_figure_at"]
    terminal.lines(chain_lines(figures_of(rows), len(file.links), at, lang, terminal.width))
    terminal.say()
    links = changed_links(rows)
    if links:
        terminal.say(say("whatif.links", lang, count=len(links)), "bold")
        terminal.lines(link_lines(links, lang, terminal.width))
        for sentence in opening(study, chain, word, links, lang):
            terminal.say(sentence)
    else:
        terminal.say(say("whatif.no_links", lang))
    terminal.say()
    ranks, top = changed_ranks(rows), SHOWN
    if ranks:
        terminal.say(say("whatif.ranks", lang, count=len(ranks), top=top), "bold")
        terminal.lines(rank_lines(ranks, lang, terminal.width))
    else:
        terminal.say(say("whatif.no_ranks", lang, top=top))
    terminal.say()
    if any(row["what"] == PLAN_OBJECTIVE for row in rows):
        seats = changed_seats(rows)
        terminal.lines(plan_lines(figures_of(rows), seats, lang, terminal.width))
        terminal.say()
    else:
        terminal.say(say("whatif.plan_foot", lang), "dim")
    terminal.say(say("whatif.foot", lang), "dim")


def resilience(
    context: typer.Context,
    chain: Chain,
    top: Top = None,
    form: Format = None,
    output: File = None,
) -> None:
    from chainmap.show.progress import working
    from chainmap.study.whatif_rows import resilience_rows

    run = session(context)
    study = run.open(RANKING, chain)
    with working(run.say("progress.whatif")):
        found = resilience_rows(study, chain, run.lang)
    envelope = {
        "chain": chain,
        "exposure": found.exposure,
        "targets": only(found.targets, TARGET_KEYS),
    }
    run.emit(
        Output(output, form),
        study,
        Sheet(found.losses[:top], LOSS_KEYS, envelope),
        lambda terminal: _resilience_screen(run, study, chain, found, terminal, top),
    )
    run.finish()


def _resilience_screen(
    run: Session, study: Study, chain: str, found: Resilience, terminal: Terminal, top: int | None
) -> None:
    from chainmap.show.whatif import loss_lines, target_lines
    from chainmap.study.content import chain_name

    lang = run.lang
    name = chain_name(study.chain(chain), lang)
    title = say("title.resilience", lang, region=study.workspace.region, chain=name)
    terminal.say(f"{title}    {say('as_of', lang, day=study.world.at.text)}", "bold")
    if found.exposure is None:
        terminal.say(say("resilience.none", lang))
        return
    points = [row["single_point"] for row in found.losses]
    terminal.say(
        say("resilience.counts", lang, losses=len(found.losses), exposure=f"{found.exposure:.1%}",
            single=points.count("yes"), maybe=points.count("maybe"))
    )  # fmt: skip
    terminal.say()
    shown = found.losses[: top or SHOWN]
    terminal.lines(loss_lines(shown, lang, terminal.width))
    if len(found.losses) > len(shown):
        terminal.say(say("more.rows", lang, count=len(found.losses) - len(shown)), "dim")
    terminal.say()
    if found.targets:
        terminal.say(say("resilience.targets", lang), "bold")
        count = int(study.world.settings["resilience.shown"])
        terminal.lines(target_lines(found.targets[: top or SHOWN], count, lang, terminal.width))
        more = len(found.targets) - len(found.targets[: top or SHOWN])
        if more:
            terminal.say(say("more.rows", lang, count=more), "dim")
    else:
        terminal.say(say("resilience.no_targets", lang))
    terminal.say()
    terminal.say(say("resilience.foot", lang), "dim")
