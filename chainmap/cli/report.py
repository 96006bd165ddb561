"""The report: both maps and the table, on a terminal, as one file, or as a set of files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from chainmap.cli.look import GAP_KEYS
from chainmap.cli.maps import panorama_screen, path_screen
from chainmap.cli.options import File, Format, MaybeChain, Top
from chainmap.cli.pictures import SUFFIXES, tell_lacking
from chainmap.cli.ranking import covered, key_rows, table_screen
from chainmap.cli.session import RANKING, Output, Session, Sheet, Stop, session
from chainmap.core.words import say

if TYPE_CHECKING:
    from chainmap.core.model import Chain as ChainModel
    from chainmap.show.terminal import Terminal
    from chainmap.study import JsonRow, Study

ENDINGS = (*SUFFIXES, ".html", ".docx", ".xlsx")
Signed = Annotated[bool, typer.Option("--official", help="help.official")]


def register(app: typer.Typer) -> None:
    """Put this module's commands into the application."""
    app.command(help="help.report")(report)


def report(
    context: typer.Context,
    chain: MaybeChain = None,
    whole: Annotated[bool, typer.Option("--all", help="help.all_chains")] = False,
    official: Signed = False,
    check: Annotated[bool, typer.Option("--check", help="help.check")] = False,
    top: Top = None,
    form: Format = None,
    output: File = None,
) -> None:
    run = session(context)
    if (chain is None) != whole:
        raise Stop(2, run.say("report.which"))
    folder = _folder(output) and form is None
    if (whole or check) and not folder:
        raise Stop(2, run.say("report.folder"))
    study = run.open(RANKING, chain)
    if folder:
        from chainmap.cli.report_sets import deliver_set
        from chainmap.study.sets import Order

        assert output is not None
        deliver_set(run, study, (chain, output), Order(run.lang, official, top), check)
        run.finish()
        return
    assert chain is not None
    out = Output(output, form, ENDINGS)
    kind = out.format(run)
    if f".{kind}" in ENDINGS:
        _file(run, study, chain, (out, kind), official, top)
    else:
        _rows(run, study, chain, out, official, top)
    run.finish()


def _folder(output: Path | None) -> bool:
    """Whether the output is a directory: one that is there, or a name without an ending."""
    return output is not None and (output.is_dir() or not output.suffix)


def _file(
    run: Session, study: Study, chain: str, to: tuple[Output, str], official: bool, top: int | None
) -> None:
    """The report as one file."""
    from chainmap.study.papers import Papers

    out, kind = to
    papers = Papers(study, study.chain(chain), run.lang, official, top)
    data = run.optional(lambda: papers.made(kind))
    tell_lacking(run, papers.lacking)
    run.deliver(out, data)


def _rows(
    run: Session, study: Study, chain: str, out: Output, official: bool, top: int | None
) -> None:
    """The report on a terminal, or as rows for machines."""
    kind = out.format(run)
    rows, aside = key_rows(study, chain, top, run.lang if kind == "table" else "zh")
    if kind == "md":
        run.deliver(out, _markdown(run, study, study.chain(chain), rows, official))
        return

    def lines(terminal: Terminal) -> None:
        panorama_screen(run, study, study.chain(chain), terminal)
        terminal.say()
        path_screen(run, study, chain, terminal)
        terminal.say()
        table_screen(run, study, chain, rows, aside, terminal, top)

    run.emit(out, study, _report_sheet(run, study, chain, rows, official), lines)


def _report_sheet(
    run: Session, study: Study, chain: str, rows: list[JsonRow], official: bool
) -> Sheet:
    """The table as rows; both maps around it."""
    from chainmap.plan.path import rows as path_rows
    from chainmap.show.key_table import heads

    maps = {
        "chain": chain,
        "panorama": study.gap_rows(chain, True),
        "path": path_rows(study.path(chain), study.chain(chain), run.lang),
        "coverage": covered(study, rows),
    }
    return Sheet(rows, heads(official), maps, _signed(study, chain, official))


def _markdown(
    run: Session, study: Study, chain: ChainModel, rows: list[JsonRow], official: bool
) -> bytes:
    """Both maps and the table as three Markdown tables under their titles."""
    from chainmap.plan.path import ROW_KEYS
    from chainmap.plan.path import rows as path_rows
    from chainmap.show.formats import as_markdown, escaped
    from chainmap.show.key_table import heads
    from chainmap.study.content import chain_name, conclusion, coverage

    lang = run.lang
    region, name = study.region(lang), chain_name(chain, lang)
    panorama = study.gap_rows(chain.id, True)
    steps = path_rows(study.path(chain.id), chain, lang)
    parts = [
        ("panorama", GAP_KEYS, panorama, conclusion(study, chain, lang)),
        ("path", ROW_KEYS, steps, coverage(study, chain, lang)),
        ("table", heads(official), rows, say("as_of", lang, day=study.world.at.text)),
    ]
    whole = b""
    for title, columns, found, sentence in parts:
        heading = say(f"title.{title}", lang, region=region, chain=name)
        whole += f"## {escaped(heading)}\n\n{escaped(sentence)}\n\n".encode()
        whole += as_markdown(columns, [[row.get(one) for one in columns] for row in found]) + b"\n"
    for line in _signed(study, chain.id, official):
        whole += f"\n{escaped(line[0])}\n".encode()
    return whole


def _signed(study: Study, chain: str, official: bool) -> list[list[str]]:
    """The last line of the signed form."""
    from chainmap.show.key_table import heads, official_line

    if not official:
        return []
    bureau = study.chain(chain).file.bureau or ""
    line = official_line(bureau, study.world.at.text)
    return [[line, *[""] * (len(heads(True)) - 1)]]
