"""The command that screens a business register: screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from chainmap.cli import screening_into as ways
from chainmap.cli.options import File, Format
from chainmap.cli.screen_demo import answers_of, judge, make
from chainmap.cli.session import EVIDENCE, Output, Session, Sheet, Stop, session
from chainmap.core.register import FIELDS, rows_of
from chainmap.core.words import say

if TYPE_CHECKING:
    from chainmap.read.register import Register
    from chainmap.read.register_heads import Heads
    from chainmap.show.terminal import Terminal
    from chainmap.study import JsonRow, Study
    from chainmap.study.screening import Asked, Screening

KEYS = (
    "chain", "link", "position", "firm", "name", "score", "words", "known_firm", "register_id",
    "capital", "city", "ref", "like",
)  # fmt: skip
ALL = 100_000  # the most firms of a link that can be asked for
JAVA = "apt-get install default-jre-headless"
Paths = Annotated[
    list[Path] | None, typer.Argument(metavar="REGISTER...", help="help.screen_register")
]
Engine = Annotated[Literal["local", "spark"], typer.Option("--engine", help="help.screen_engine")]
Map = Annotated[
    list[str] | None, typer.Option("--map", metavar="HEAD=FIELD", help="help.screen_map")
]


def register(app: typer.Typer) -> None:
    """Put this module's command into the application."""
    app.command(help="help.screen")(screen)


def screen(
    context: typer.Context,
    paths: Paths = None,
    chain: Annotated[str | None, typer.Option("--chain", help="help.screen_chain")] = None,
    top: Annotated[
        int | None, typer.Option("--top", min=1, max=ALL, help="help.screen_top")
    ] = None,
    engine: Engine = "local",
    master: Annotated[str | None, typer.Option("--master", help="help.screen_master")] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, max=1024, help="help.screen_workers")
    ] = None,
    where: Annotated[str | None, typer.Option("--where", help="help.screen_where")] = None,
    more: Map = None,
    broken: Annotated[Path | None, typer.Option("--broken", help="help.screen_broken")] = None,
    weights: Annotated[Path | None, typer.Option("--weights", help="help.screen_weights")] = None,
    demo: Annotated[
        int | None,
        typer.Option("--demo", min=1, max=10**9, metavar="ROWS", help="help.screen_demo"),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="help.screen_seed")] = 1,
    answers: Annotated[Path | None, typer.Option("--answers", help="help.screen_answers")] = None,
    into: ways.IntoFile = None,
    source: ways.Source = None,
    yes: ways.Yes = False,
    region: ways.Region = None,
    absent: ways.Absent = False,
    complete: ways.Complete = False,
    form: Format = None,
    output: File = None,
) -> None:
    run = session(context)
    if demo is not None:
        if paths or answers or into or absent:
            raise Stop(2, run.say("use.demo_alone"))
        need(run)
        make(run, demo, seed, chain, output)
        return
    out = Output(output, form)
    out.format(run)
    if not paths:
        raise Stop(2, run.say("use.screen_register"))
    if master is not None and engine != "spark":
        raise Stop(2, run.say("use.screen_master"))
    wish = ways.Wish(into, source, yes, region, absent, complete)
    ways.usable(run, wish, where)
    if answers and not wish.plain:
        raise Stop(2, run.say("use.answers_alone"))
    some = where is not None or region is not None or absent
    need(run, "duckdb" if some else "", "pyspark" if engine == "spark" else "")
    given = None if weights is None else _weights(run, weights)
    planted = None if answers is None else answers_of(run, answers)
    study = run.open(("firms", "sources", *(EVIDENCE if absent else ())), chain)
    ways.writable(run, study, wish)
    found = opened(run, study, paths, ways.condition(run, study, wish, where), more or ())
    spare(run, found, output, broken)
    from chainmap.study.screening import Asked

    # To judge the words, none must fall out of a full list.
    keep = min(len(planted), ALL) if planted else top
    asked = Asked(chain, keep, engine, master, workers or 0, given)
    done = carried_out(run, study, found, asked, weights)
    if planted:
        judge(run, study, out, done, planted)
    elif wish.plain:
        _deliver(run, study, out, found, done, paths, top, chain)
    else:
        ways.carry(run, study, out, done, wish)
    side(run, paths, broken, done)
    if found.files and not done.found.tally.read:
        count = done.found.tally.broken
        raise Stop(1, run.say("screen.nothing", files=found.files, broken=count))
    run.finish()


def spare(run: Session, source: Register, *outputs: Path | None) -> None:
    """Ends with wrong usage where an output would replace a file of the register."""
    from chainmap.read.register import FilePart

    held = {Path(one.path) for one in source.parts if isinstance(one, FilePart)}
    for path in outputs:
        if path is not None and path.resolve() in held:
            raise Stop(2, run.say("use.own_register", path=path))


def need(run: Session, *more: str) -> None:
    """Ends with 3 where a part that screening needs is not installed."""
    from chainmap.show.draw.extras import MissingExtra, extra

    try:
        for module in ("pyarrow", "ahocorasick", *filter(None, more)):
            extra(module)
    except MissingExtra as error:
        raise Stop(3, run.say("screen.extra", command=error.command)) from None


def opened(
    run: Session, study: Study, paths: Sequence[Path], where: str | None, more: Sequence[str]
) -> Register:
    """The register, its columns understood; what was newly understood is shown and kept."""
    from chainmap.read import register_heads as heads
    from chainmap.read.register import NoRegister
    from chainmap.read.register import register as read_register
    from chainmap.read.register_where import BadWhere

    data = Path(study.workspace.root) / "data"
    held, problems = heads.kept(data)
    told, wrong = heads.told_by(more)
    if wrong:
        words = {"fields": " ".join(FIELDS), "units": " ".join(heads.UNITS)}
        raise Stop(2, run.say("use.screen_map", word=" ".join(wrong), **words))
    if not problems:
        try:
            source = read_register(paths, heads.joined(held, told), where)
        except NoRegister as error:
            raise Stop(2, run.say(error.key, path=error.path)) from None
        except BadWhere as error:
            raise Stop(2, _where(run, error)) from None
        problems = source.problems
    if problems:
        for one in problems[:20]:
            run.tell(one.line(run.lang))
        raise Stop(1)
    _remember(run, data, held, heads.joined(heads.joined(held, told), source.heads))
    return source


def _where(run: Session, error: Exception) -> str:
    from chainmap.read.register_where import BadWhere

    assert isinstance(error, BadWhere)
    words = {"fields": " ".join(FIELDS)} if error.key == "where.column" else {}
    return run.say("use.where", reason=run.say(error.key, word=error.word, **words))


def _remember(run: Session, data: Path, before: Heads, after: Heads) -> None:
    """Show and keep what was understood for the first time."""
    from chainmap.read.register_heads import FILE, keep

    new = {head: name for head, name in after.columns.items() if before.columns.get(head) != name}
    if not new and after.units == before.units:
        return
    columns = "、".join(f"{head} = {name}" for head, name in new.items())
    for head, unit in after.units.items():
        if before.units.get(head) != unit:
            columns += f"（{head}：{unit}）" if run.lang == "zh" else f" ({head}: {unit})"
    sentence = run.say("screen.columns", columns=columns)
    if not run.read_only:
        try:
            keep(data, after)
            sentence += run.say("screen.columns_kept", file=FILE)
        except OSError as error:
            run.tell(run.say("screen.columns_lost", file=FILE, reason=error.strerror or error))
    run.tell(sentence)


def carried_out(
    run: Session, study: Study, source: Register, asked: Asked, weights: Path | None = None
) -> Screening:
    """The screening, with its progress; ends with 130 where it is stopped."""
    from chainmap.read.register_where import BadWhere
    from chainmap.show.progress import in_rows
    from chainmap.study.screening import Words, memory_of, screened

    spark = _spark_ends(run) if asked.engine == "spark" else {}
    total = rows_of(source.parts)
    try:
        with in_rows(run.say) as tell:
            return screened(
                study,
                source,
                asked,
                lambda rows: tell("progress.sample", rows, total, 0),
                lambda now: tell("progress.screen", now.rows, now.total, now.again),
            )
    except BadWhere as error:
        raise Stop(2, _where(run, error)) from None
    except Words as error:
        raise Stop(2, run.say("use.screen_weights", path=weights, reason=error)) from None
    except tuple(spark) as error:
        raise spark[type(error)](error) from None
    except KeyboardInterrupt:
        kept = memory_of(study).directory is not None and asked.engine == "local"
        raise Stop(130, run.say("screen.stopped" if kept else "screen.stopped_lost")) from None


def _spark_ends(run: Session) -> dict[type[BaseException], Callable[[Any], Stop]]:
    """How the command ends where Spark does not do its work."""
    from chainmap.screen.spark import MissingJava, SparkFault

    return {
        MissingJava: lambda error: Stop(
            3, run.say("screen.java", found=error.found or "-", command=JAVA)
        ),
        SparkFault: lambda error: Stop(1, run.say("screen.spark", reason=error)),
    }


def _weights(run: Session, path: Path) -> dict[str, int]:
    from chainmap.study.screening import known_weights

    try:
        return known_weights(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise Stop(2, run.say("use.screen_weights", path=path, reason=reason)) from None


def _deliver(
    run: Session,
    study: Study,
    out: Output,
    source: Register,
    done: Screening,
    paths: Sequence[Path],
    top: int | None,
    chain: str | None,
) -> None:
    from chainmap.study.screening import envelope, screen_rows, weights_file

    rows = screen_rows(study, done)
    about = envelope(done, source, paths)
    run.emit(
        out,
        study,
        Sheet(rows, KEYS, about),
        lambda terminal: _screen(run, study, done, rows, paths, terminal, top, chain),
    )
    if out.file is not None and out.format(run) != "json":
        # JSON holds the weights itself.
        beside = out.file.with_name(f"{out.file.name}.weights.json")
        run.deliver(Output(beside, None), weights_file(done))


def _screen(
    run: Session,
    study: Study,
    done: Screening,
    rows: Sequence[JsonRow],
    paths: Sequence[Path],
    terminal: Terminal,
    top: int | None,
    chain: str | None,
) -> None:
    from chainmap.show.screening import screen_lines, shown_rows
    from chainmap.study.content import chain_name, link_name

    lang = run.lang
    name = chain_name(study.chain(chain), lang) if chain else ""
    name = f" {name}" if name and lang == "en" else name
    title = say("title.screen", lang, region=study.region(lang), chain=name)
    terminal.say(f"{title}    {say('as_of', lang, day=study.world.at.text)}", "bold")
    for sentence in _counts(run, done, paths):
        terminal.say(sentence)
    if not rows:
        terminal.say(say("screen.none", lang))
        return
    links = {(row["chain"], row["link"]) for row in rows}
    firms = {row["firm"]: row["known_firm"] for row in rows}
    counts = {"with_firms": len(links), "links": len(done.rule.links), "rows": f"{len(rows):,}"}
    counts |= {"firms": f"{len(firms):,}", "known": f"{sum(firms.values()):,}"}
    terminal.say(say("screen.found", lang, **counts))
    terminal.say()
    groups = shown_rows(rows, top)
    names = {}
    for one, link in links:
        found = study.chain(one)
        before = "" if chain else chain_name(found, lang) + (" " if lang == "en" else "·")
        names[one, link] = before + link_name(found, link, lang)
    terminal.lines(screen_lines(groups, names, lang, terminal.width))
    terminal.say()
    left = len(rows) - sum(map(len, groups))
    if left:
        others = len(links) - len(groups)
        more = {"links": others, "rows": f"{left:,}", "count": f"{left:,}"}
        terminal.say(say("screen.more" if others else "more.rows", lang, **more), "dim")
    terminal.say(say("screen.foot", lang), "dim")


def _counts(run: Session, done: Screening, paths: Sequence[Path]) -> list[str]:
    """How many rows were read, set aside, left out and broken."""
    tally = done.found.tally
    matched = tally.matched
    names = "、".join(path.name for path in paths[:3]) + (" .." if len(paths) > 3 else "")
    first = run.say("screen.read", register=names, read=f"{tally.read:,}", matched=f"{matched:,}")
    said = [
        run.say(key, count=f"{count:,}")
        for key, count in (
            ("screen.revoked", tally.revoked), ("screen.filtered", tally.filtered),
            ("screen.broken", tally.broken), ("screen.again", done.again),
        ) if count
    ]  # fmt: skip
    joint, end = ("；", "。") if run.lang == "zh" else ("; ", ".")
    return [joint.join([first, *said]) + end]


def side(run: Session, paths: Sequence[Path], asked: Path | None, done: Screening) -> None:
    """The side file of broken rows: written where there are any, or one is there already."""
    from chainmap.show.screening import broken_csv

    first = paths[0]
    path = asked or first.with_name(f"{first.resolve().name}.broken.csv")
    tally = done.found.tally
    if not tally.broken and not (asked or path.exists()):
        return
    run.put(path, broken_csv(done.found.broken, run.lang))
    run.tell(run.say("screen.side", count=f"{tally.broken:,}", path=path))
