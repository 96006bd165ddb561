"""Commands about target firms: rank, table."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from chainmap.cli.options import File, Format, MaybeChain, Top
from chainmap.cli.pictures import SUFFIXES, deliver_pages
from chainmap.cli.session import RANKING, Output, Session, Sheet, Stop, only, session
from chainmap.core.words import say

if TYPE_CHECKING:
    from chainmap.rank.robust import Ranking
    from chainmap.rank.stability import Stability
    from chainmap.show.draw.scene import Page
    from chainmap.show.terminal import Terminal
    from chainmap.study import JsonRow, Study

RANK_KEYS = (
    "ref", "position", "firm", "name", "chain", "link", "kind", "suspect", "settled", "basis",
    "score", "impact", "likelihood", "rank_p05", "rank_p95", "p_top", "criteria", "unknown",
    "evidence_grade", "sources", "p_top_error",
)  # fmt: skip
Kind = Literal["strengthen", "deepen", "fill", "extend", "build", "check"]
Basis = Literal["activity", "match", "industry", "any", "expansion"]
Scheme = Literal["around", "any", "order"]
APART = ("any", "expansion")
SHOWN = 20
KNOWING = (("unknown", 8), ("weight", 4))  # how many of each are shown


def register(app: typer.Typer) -> None:
    """Put this module's commands into the application."""
    app.command(help="help.rank")(rank)
    app.command(help="help.table")(table)


def rank(
    context: typer.Context,
    chain: MaybeChain = None,
    link: Annotated[str | None, typer.Option(help="help.link")] = None,
    kind: Annotated[Kind | None, typer.Option(help="help.kind")] = None,
    on: Annotated[str | None, typer.Option("--list", help="help.list")] = None,
    basis: Annotated[Basis | None, typer.Option(help="help.basis")] = None,
    top: Top = None,
    draws: Annotated[int | None, typer.Option(min=0, max=1_000_000, help="help.draws")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="help.seed")] = None,
    weights: Annotated[Scheme, typer.Option(help="help.weights")] = "around",
    stability: Annotated[bool, typer.Option("--stability", help="help.stability")] = False,
    form: Format = None,
    output: File = None,
) -> None:
    from chainmap.rank.ranks import Request

    run = session(context)
    study = run.open(RANKING, chain)
    out = Output(output, form, SUFFIXES)
    drawn = f".{out.format(run)}" in SUFFIXES
    if drawn and basis in APART:
        raise Stop(2, run.say("chart.apart"))
    if (drawn or stability) and (draws == 0 or basis in APART):
        raise Stop(2, run.say("rank.needs_draws"))
    if on is not None:
        lists = dict.fromkeys(row.text("list") for row in study.world.newest("lists"))
        if on not in lists:
            run.unknown("use.list", on, lists)
    request = Request(chain, link, kind, on, basis, top, draws, seed, weights)
    found = ranked(run, study, request)
    if drawn:
        deliver_pages(run, out, chart_pages(study, found, chain, run.lang))
        run.finish()
        return
    envelope = {
        "weights": found.weights,
        "draws": found.draws,
        "seed": found.seed,
        "top": found.top,
        "expansion": found.expansion,
        "undecided": found.undecided,
        "no_gap": found.no_gap,
        "gone": found.gone,
        "coverage": study.book.value("coverage.rank", *found.scope[:5]),
    }
    account = accounted(run, study, found) if stability else None
    if account is not None:
        from chainmap.study.stability import envelope as told

        envelope |= told(study, found, account)

    def screen(terminal: Terminal) -> None:
        rank_screen(run, study, found, request, terminal)
        if account is not None:
            stability_screen(run, study, found, account, terminal)

    # A screen looks at the first rows only, and makes them itself.
    rows = [] if out.format(run) == "table" else only(found.rows[:top], RANK_KEYS)
    run.emit(out, study, Sheet(rows, RANK_KEYS, envelope), screen)
    run.finish()


def ranked(run: Session, study: Study, request: Any) -> Ranking:
    """The ranking; wrong usage where the request names a link that is not there."""
    from chainmap.rank.ranks import TooManyDraws
    from chainmap.show.progress import working
    from chainmap.study import UnknownRef

    try:
        with working(run.say("progress.rank")):
            found = study.ranking(request)
        if request.draws is None and found.draws < study.world.settings["robust.draws"]:
            run.tell(run.say("rank.fewer", draws=found.draws, count=len(found.rows)))
        return found
    except UnknownRef as error:
        run.unknown(f"use.{error.what}", error.word, error.known)
    except TooManyDraws as error:
        raise Stop(2, run.say("use.draws", most=error.most)) from None


def accounted(run: Session, study: Study, found: Ranking) -> Stability:
    """The full account of how sure a ranking is."""
    from chainmap.show.progress import working

    with working(run.say("progress.stability")):
        account: Stability = study.book.value("stability", *found.scope)
    return account


def stability_screen(
    run: Session, study: Study, found: Ranking, account: Stability, terminal: Terminal
) -> None:
    """Who beats whom, when each would be first, and what is most worth finding out."""
    from chainmap.core.words import figure
    from chainmap.show.ranks import knowing_lines, standing_lines
    from chainmap.study.stability import knowing, standings

    if not account.standings:
        return
    lang, core = run.lang, min(account.core, len(found.rows))
    rows = standings(study, found, account, lang)
    terminal.say()
    terminal.say(say("stable.title", lang, count=len(rows)), "bold")
    terminal.lines(standing_lines(rows, lang, terminal.width))
    terminal.say()
    unknown, weights = (knowing(study, account, lang, k, n) for k, n in KNOWING)
    if not unknown and not weights:
        terminal.say(say("knowing.none", lang, core=core))
        return
    terminal.say(say("knowing.title", lang, core=core), "bold")
    terminal.lines(knowing_lines([*unknown, *weights], lang, terminal.width))
    terminal.say()
    chance = figure(account.by_chance[1], 2)
    terminal.say(say("knowing.foot", lang, core=core, chance=chance), "dim")


def chart_pages(study: Study, found: Ranking, chain: str | None, lang: str) -> list[Page]:
    """The intervals of the ranks, then impact against likelihood."""
    from chainmap.show.pictures.quadrant import quadrant_page
    from chainmap.show.pictures.ranks import rank_pages
    from chainmap.study.charts import rank_content

    content = rank_content(study, found, chain, lang)
    return [*rank_pages(content), *quadrant_page(content)]


def rank_screen(
    run: Session, study: Study, found: Ranking, request: Any, terminal: Terminal
) -> None:
    """Candidates for a reader, and everything that stands apart from them."""
    from chainmap.show.ranks import rank_lines
    from chainmap.show.screens import by_grade
    from chainmap.show.why import coverage_line
    from chainmap.study.content import chain_name
    from chainmap.study.stability import stable_lines

    lang, chain = run.lang, request.chain
    name = chain_name(study.chain(chain), lang) if chain else say("title.all", lang)
    heading = say("title.rank", lang, region=study.region(lang), chain=name)
    terminal.say(f"{heading}    {say('as_of', lang, day=study.world.at.text)}", "bold")
    rows = found.rows
    if not rows:
        terminal.say(say("rank.empty", lang))
    shown = [_shown(study, row, lang) for row in rows[: request.top or SHOWN]]
    apart = request.basis in ("any", "expansion")
    if rows:
        joint = "，" if lang == "zh" else ", "
        bases = sorted(rows.bases().items())
        parts = joint.join(f"{say(f'basis.{b}', lang)} {n}" for b, n in bases)
        terminal.say(say("rank.bases", lang, count=len(rows), parts=parts))
        terminal.say(say("rank.coverage", lang, parts=by_grade(rows.grades())))
        covered = study.book.value("coverage.rank", *found.scope[:5])
        if covered is not None:
            terminal.say(coverage_line(covered, "score", lang))
        terminal.say()
        terminal.lines(
            rank_lines(
                shown,
                total=len(rows),
                top=found.top,
                lang=lang,
                limit=terminal.width,
                several=chain is None,
            )
        )
        terminal.say()
    if len(rows) > len(shown):
        terminal.say(say("more.rows", lang, count=len(rows) - len(shown)), "dim")
    if rows and not apart and found.draws:
        for line in stable_lines(study, found, lang):
            terminal.say(line)
        terminal.say(say("rank.foot", lang, draws=found.draws, seed=found.seed), "dim")
        if terminal.width >= 100:
            terminal.say(say("rank.strip", lang), "dim")
    elif rows and not apart:
        terminal.say(say("rank.scores_only", lang), "dim")
    if found.expansion and not apart:
        terminal.say(say("rank.expansion", lang, count=found.expansion), "dim")
    if found.undecided and not apart:
        terminal.say(say("rank.undecided", lang, count=found.undecided), "dim")
    if found.no_gap and not apart:
        terminal.say(say("rank.no_gap", lang, count=found.no_gap), "dim")
    if found.gone:
        joint = "；" if lang == "zh" else "; "
        firms = joint.join(f"{one['name']} {one['toward']} {one['date']}" for one in found.gone)
        terminal.say(say("rank.gone", lang, firms=firms), "dim")


def _shown(study: Study, row: JsonRow, lang: str) -> JsonRow:
    """The row with the link's name, and the firm's short name where the full one is long."""
    from chainmap.study.content import link_name

    link = link_name(study.chain(row["chain"]), row["link"], lang) if row["link"] else "-"
    return {**row, "link_name": link, "name": _fitting(study, row["name"], row["firm"])}


def _fitting(study: Study, name: str, firm: str) -> str:
    """A firm's name, or its short one where it would push the other columns out."""
    from chainmap.core.text import width
    from chainmap.study.content import short_name

    return name if width(name) <= 20 else short_name(study, firm)


def table(
    context: typer.Context,
    chain: MaybeChain = None,
    top: Top = None,
    official: Annotated[bool, typer.Option("--official", help="help.official")] = False,
    form: Format = None,
    output: File = None,
) -> None:
    from chainmap.show.key_table import heads, official_line

    run = session(context)
    study = run.open(RANKING, chain)
    out = Output(output, form, (".xlsx",))
    kind = out.format(run)
    lang = run.lang if kind == "table" else "zh"
    rows, aside = key_rows(study, chain, top, lang)
    columns = heads(official)
    below: list[list[str]] = []
    line = ""
    if official:
        bureaus = dict.fromkeys(c.file.bureau or "" for c in study.chains(chain))
        line = official_line("、".join(b for b in bureaus if b), study.world.at.text)
        below = [[line, *[""] * (len(columns) - 1)]]
    if kind == "xlsx":
        from chainmap.study.books import table_book

        run.deliver(out, run.optional(lambda: table_book(study, chain, columns, rows, line)))
        run.finish()
        return
    run.emit(
        out,
        study,
        Sheet(only(rows, ("ref", *columns)), columns, {"coverage": covered(study, rows)}, below),
        lambda terminal: table_screen(run, study, chain, rows, aside, terminal, top),
    )
    run.finish()


def key_rows(
    study: Study, chain: str | None, top: int | None, lang: str
) -> tuple[list[JsonRow], int]:
    """Rows of the key-project table, and how many candidates were set aside.

    A file is the table of the contract, whatever the language of the screen.
    """
    from chainmap.rank.ranks import Request
    from chainmap.study.content import table_rows

    return table_rows(study, Request(chain), top, lang)


def covered(study: Study, rows: list[JsonRow]) -> dict[str, float] | None:
    """On which grades of evidence the scores of some rows rest, by weight."""
    found: dict[str, float] | None = study.book.value("coverage.refs", *(r["ref"] for r in rows))
    return found


def table_screen(
    run: Session,
    study: Study,
    chain: str | None,
    rows: list[JsonRow],
    aside: int,
    terminal: Terminal,
    top: int | None = None,
) -> None:
    """The table for a reader: the columns that fit, totals, what was set aside."""
    from chainmap.core.words import figure
    from chainmap.show.key_table import NAME, table_lines
    from chainmap.show.why import coverage_line
    from chainmap.study.content import chain_name

    lang = run.lang
    name = chain_name(study.chain(chain), lang) if chain else say("title.all", lang)
    heading = say("title.table", lang, region=study.region(lang), chain=name)
    terminal.say(f"{heading}    {say('as_of', lang, day=study.world.at.text)}", "bold")
    if not rows:
        terminal.say(say("table.none", lang))
        return
    terminal.say()
    rests_on = coverage_line(covered(study, rows), "score", lang)
    more, rows = len(rows), rows[: top or int(study.world.settings["table.rows"])]
    more -= len(rows)
    shown = [{**r, NAME: _fitting(study, r[NAME], r["ref"].split("/")[-1])} for r in rows]
    terminal.lines(table_lines(shown, lang, terminal.width))
    terminal.say()
    kinds = Counter(row["招商类型"] for row in rows)
    joint = "、" if lang == "zh" else ", "
    parts = joint.join(f"{kind} {count}" for kind, count in kinds.items())
    terminal.say(say("table.total", lang, rows=len(rows), parts=parts))
    money = [row["计划总投资（亿元）"] for row in rows]
    known = [amount for amount in money if amount is not None]
    unknown = len(money) - len(known)
    if known:
        terminal.say(say("table.money", lang, sum=figure(math.fsum(known)), unknown=unknown))
    else:
        terminal.say(say("table.no_money", lang))
    if more:
        terminal.say(say("more.rows", lang, count=more), "dim")
    if aside:
        settings = study.world.settings
        firm, link = int(settings["table.per_firm"]), int(settings["table.per_link"])
        terminal.say(say("table.set_aside", lang, count=aside, firm=firm, link=link), "dim")
    terminal.say(rests_on)
    terminal.say(say("table.grades", lang), "dim")
