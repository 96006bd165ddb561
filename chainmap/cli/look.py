"""Commands that look at what is there: chains, gaps."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated

import typer

from chainmap.cli.options import File, Format, MaybeChain
from chainmap.cli.session import RANKING, Output, Session, Sheet, session
from chainmap.core.words import say

if TYPE_CHECKING:
    from chainmap.show.terminal import Terminal
    from chainmap.study import JsonRow, Study

GAP_KEYS = (
    "ref", "chain", "link", "name", "stage", "status", "basis", "kind", "suspect", "settled",
    "depth", "break", "value_100m_cny", "value_is_lower_bound", "alternative", "dependents",
    "critical", "priority", "producers", "groups", "evidence_grade", "sources",
)  # fmt: skip
CHAIN_KEYS = (
    "ref", "chain", "name", "kind", "links", "strong", "weak", "present", "missing", "planned",
    "unknown", "completeness_low", "completeness_high", "local_ratio_value",
    "local_ratio_count_low", "local_ratio_count_high",
)  # fmt: skip


def register(app: typer.Typer) -> None:
    """Put this module's commands into the application."""
    app.command(help="help.chains")(chains)
    app.command(help="help.gaps")(gaps)


def chains(context: typer.Context, form: Format = None, output: File = None) -> None:
    run = session(context)
    study = run.open()
    rows = study.chain_rows()

    def lines(terminal: Terminal) -> None:
        from chainmap.show.screens import chain_lines, legend
        from chainmap.study.content import chain_name

        named = [{**row, "name": chain_name(study.chain(row["chain"]), run.lang)} for row in rows]
        terminal.say(
            _heading(run, study, say("title.chains", run.lang, region=study.region(run.lang)))
        )
        at = study.world.settings["figures.one_figure_at"]
        terminal.lines(chain_lines(named, at, run.lang, terminal.width))
        terminal.say()
        for sentence in legend(run.lang):
            terminal.say(sentence, "dim")

    run.emit(Output(output, form), study, Sheet(rows, CHAIN_KEYS), lines)
    run.finish()


def gaps(
    context: typer.Context,
    chain: MaybeChain = None,
    every: Annotated[bool, typer.Option("--all", help="help.all")] = False,
    form: Format = None,
    output: File = None,
) -> None:
    run = session(context)
    study = run.open(RANKING, chain)
    rows = study.gap_rows(chain, every)
    coverage = {"coverage": study.book.value("coverage.gaps", chain or "")}
    run.emit(
        Output(output, form),
        study,
        Sheet(rows, GAP_KEYS, coverage),
        lambda terminal: gap_screen(run, study, chain, rows, terminal),
    )
    run.finish()


def gap_screen(
    run: Session, study: Study, chain: str | None, rows: list[JsonRow], terminal: Terminal
) -> None:
    """Gaps for a reader: counts, one line a link, what was left out."""
    from chainmap.show.screens import gap_lines, tally
    from chainmap.show.why import coverage_line
    from chainmap.study.content import candidates_by_link, chain_name, gap_note, link_name

    title = chain_name(study.chain(chain), run.lang) if chain else say("title.all", run.lang)
    heading = say("title.gaps", run.lang, region=study.region(run.lang), chain=title)
    terminal.say(_heading(run, study, heading), "bold")
    counts: Counter[str] = Counter()
    open_to: dict[str, int] = {}
    for one in study.chains(chain):
        counts += study.book.value("counts", one.id)
        for link, count in candidates_by_link(study, one.id).items():
            open_to[f"{one.id}/{link}"] = count
    terminal.say(f"{say('links', run.lang, count=counts.total())}  {tally(counts, run.lang)}")
    terminal.say()
    if not rows:
        terminal.say(say("gaps.none", run.lang))
        return
    notes = {row["ref"]: gap_note(study, row, run.lang) for row in rows}
    named = [
        {**row, "name": link_name(study.chain(row["chain"]), row["link"], run.lang)} for row in rows
    ]
    terminal.lines(gap_lines(named, notes, open_to, run.lang, terminal.width))
    terminal.say()
    left = study.gap_rows(chain, True)[len(rows) :]
    if left:
        kinds = Counter(row["kind"] for row in left)
        joint = "、" if run.lang == "zh" else ", "
        parts = joint.join(f"{say(f'kind.{k}', run.lang)} {n}" for k, n in kinds.items())
        terminal.say(say("more.links", run.lang, count=len(left), parts=parts), "dim")
    terminal.say(say("gaps.foot", run.lang), "dim")
    covered = study.book.value("coverage.gaps", chain or "")
    terminal.say(coverage_line(covered, "priority", run.lang), "dim")
    terminal.say(say("legend.3", run.lang), "dim")


def _heading(run: Session, study: Study, title: str) -> str:
    return f"{title}    {say('as_of', run.lang, day=study.world.at.text)}"
