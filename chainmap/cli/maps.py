"""Commands that draw: map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from chainmap.cli.look import GAP_KEYS
from chainmap.cli.options import Chain, File, Format
from chainmap.cli.pictures import SUFFIXES, deliver_pages
from chainmap.cli.session import RANKING, Output, Session, Sheet, session
from chainmap.core.words import say

if TYPE_CHECKING:
    from chainmap.core.model import Chain as ChainModel
    from chainmap.show.draw.scene import Page
    from chainmap.show.terminal import Terminal
    from chainmap.study import Study

Sheets = Annotated[Literal["16:9", "a3"], typer.Option("--sheet", help="help.sheet")]
View = Annotated[Literal["panorama", "path"], typer.Option("--view", help="help.view")]


def register(app: typer.Typer) -> None:
    """Put this module's commands into the application."""
    app.command("map", help="help.map")(draw)


def draw(
    context: typer.Context,
    chain: Chain,
    view: View = "panorama",
    sheet: Sheets = "16:9",
    form: Format = None,
    output: File = None,
) -> None:
    run = session(context)
    study = run.open((*RANKING, *(("districts", "parks") if view == "path" else ())), chain)
    out = Output(output, form, (*SUFFIXES, ".html", *((".dot",) if view == "panorama" else ())))
    kind = out.format(run)
    if view == "path" and study.path(chain).basis == "greedy":
        run.tell(run.say("path.hint"))
    if f".{kind}" in SUFFIXES:
        deliver_pages(run, out, _pages(run, study, chain, view, sheet))
    elif view == "path" and kind == "html":
        run.deliver(out, _path_page(run, study, study.chain(chain)))
    elif view == "path":
        _emit_path(run, study, chain, out)
    elif kind == "html":
        run.deliver(out, _page(run, study, study.chain(chain), sheet))
    elif kind == "dot":
        from chainmap.study.papers import graph

        run.deliver(out, graph(study, study.chain(chain), run.lang))
    else:
        _emit_panorama(run, study, chain, out)
    run.finish()


def _pages(run: Session, study: Study, chain: str, view: str, sheet: str) -> list[Page]:
    from chainmap.study.pictures import panorama_content, path_content

    if view == "path":
        from chainmap.show.pictures.path import path_pages

        return path_pages(path_content(study, study.chain(chain), run.lang))
    from chainmap.show.pictures.panorama import panorama

    return panorama(panorama_content(study, study.chain(chain), run.lang), sheet)


def _page(run: Session, study: Study, chain: ChainModel, sheet: str) -> bytes:
    from chainmap.show.pictures.panorama import panorama
    from chainmap.show.web.page import panorama_page
    from chainmap.study.pictures import link_evidence, panorama_content

    content = panorama_content(study, chain, run.lang)
    return panorama_page(content, panorama(content, sheet), link_evidence(study, chain, run.lang))


def _path_page(run: Session, study: Study, chain: ChainModel) -> bytes:
    from chainmap.plan.path import rows
    from chainmap.show.pictures.path import path_pages
    from chainmap.show.web.path import path_page
    from chainmap.study.content import in_words_of, path_in_words
    from chainmap.study.pictures import path_content

    chain = in_words_of(chain, run.lang)
    content = path_content(study, chain, run.lang)
    found = rows(path_in_words(study, chain, run.lang), chain, run.lang)
    return path_page(content, path_pages(content), found)


def _emit_panorama(run: Session, study: Study, chain: str, out: Output) -> None:
    from chainmap.study.papers import graph_rows

    file = study.chain(chain)
    links, flows = graph_rows(study, chain)
    sheet = Sheet(links, (*GAP_KEYS, "group"), {"chain": chain, "flows": flows})
    run.emit(out, study, sheet, lambda terminal: panorama_screen(run, study, file, terminal))


def _emit_path(run: Session, study: Study, chain: str, out: Output) -> None:
    from chainmap.plan.path import ROW_KEYS, rows

    found = rows(study.path(chain), study.chain(chain), run.lang)
    sheet = Sheet(found, ROW_KEYS, {"chain": chain})
    run.emit(out, study, sheet, lambda terminal: path_screen(run, study, chain, terminal))


def panorama_screen(run: Session, study: Study, chain: ChainModel, terminal: Terminal) -> None:
    """The panorama for a reader: title, conclusion, stages, legend, coverage."""
    from chainmap.show.panorama import panorama_lines
    from chainmap.show.screens import legend
    from chainmap.study.content import (
        bands,
        chain_name,
        conclusion,
        coverage,
        in_words_of,
    )

    lang = run.lang
    chain, region = in_words_of(chain, lang), study.region(lang)
    heading = say("title.panorama", lang, region=region, chain=chain_name(chain, lang))
    terminal.say(f"{heading}    {say('as_of', lang, day=study.world.at.text)}", "bold")
    terminal.say(conclusion(study, chain, lang))
    terminal.say()
    terminal.lines(panorama_lines(bands(study, chain, lang), lang, terminal.width))
    terminal.say()
    for sentence in legend(lang):
        terminal.say(sentence, "dim")
    terminal.say(coverage(study, chain, lang), "dim")


def path_screen(run: Session, study: Study, chain: str, terminal: Terminal) -> None:
    """The path for a reader: title and timeline."""
    from chainmap.plan.path import rows
    from chainmap.show.timeline import timeline
    from chainmap.study.content import chain_name, in_words_of, path_in_words

    lang = run.lang
    file = in_words_of(study.chain(chain), lang)
    words = {"region": study.region(lang), "chain": chain_name(file, lang)}
    heading = say("title.path", lang, **words)
    terminal.say(f"{heading}    {say('as_of', lang, day=study.world.at.text)}", "bold")
    path = path_in_words(study, file, lang)
    terminal.lines(timeline(path, rows(path, file, lang), terminal.width, lang))
