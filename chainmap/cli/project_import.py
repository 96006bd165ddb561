"""The command that takes in a bureau's own list of projects: projects import."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from chainmap.cli.desk import NEEDS, Date, Source, Who, Why, carry_out, said, told_by
from chainmap.cli.options import File, Format
from chainmap.cli.session import Output, Session, Sheet, Stop, session
from chainmap.core.words import say

if TYPE_CHECKING:
    from chainmap.read.bureau import Listing
    from chainmap.show.terminal import Terminal
    from chainmap.study import JsonRow
    from chainmap.study.bureau import Proposal

KEYS = ("ref", "line", "how", "project", "name", "changes", "like", "unknown_firms")
WAYS = ("new", "changed", "same", "like")
Map = Annotated[
    list[str] | None, typer.Option("--map", metavar="HEAD=FIELD", help="help.listing_map")
]


def register(group: typer.Typer) -> None:
    """Put the command beside the board."""
    group.command("import", help="help.project_import")(take_in)


def take_in(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="help.listing")],
    more: Map = None,
    yes: Annotated[bool, typer.Option("--yes", help="help.yes")] = False,
    source: Source = None,
    date: Date = None,
    who: Who = None,
    because: Why = None,
    form: Format = None,
    output: File = None,
) -> None:
    from chainmap.read import desk
    from chainmap.study.bureau import dated, proposals
    from chainmap.study.desk import edits

    run = session(context)
    study = run.open((*NEEDS, "lists"))
    data = Path(study.workspace.root) / "data"
    if yes and desk.pending(data):
        _end(run, data)  # or the list would be held against half an edit
        study = run.open((*NEEDS, "lists"))
    told = told_by(run, study, who, because, source, date)
    heads, listing = _read(run, data, file, more or ())
    found, problems = proposals(study, listing.lines, desk.lines(data))
    for one in problems:
        run.tell(one.line(run.lang))
    if problems:
        raise Stop(1)
    rows = [_row(one) for one in found]
    run.emit(
        Output(output, form),
        study,
        Sheet(rows, KEYS, {"heads": dict(listing.heads)}),
        lambda terminal: _screen(run, file, listing, rows, terminal),
    )
    wanted = [(one.project, dated(one.cells, one.changes, told.day.text))
              for one in found if one.how in ("new", "changed")]  # fmt: skip
    if not yes:
        run.tell(run.say("listing.ask", count=len(wanted)))
        return
    run.need_own()
    _remember(run, data, heads)
    if wanted:
        carry_out(run, study, edits(wanted, told), {})
    left = sum(one.how == "like" for one in found)
    if left:
        run.tell(run.say("listing.left", count=left))


def _end(run: Session, data: Path) -> None:
    """End the edit that someone who was killed had begun."""
    from chainmap.read.desk import finish

    run.need_own()
    try:
        finish(data)
    except (OSError, UnicodeError) as error:
        raise Stop(4, run.say("error.write", path=data, reason=said(error))) from error


def _read(
    run: Session, data: Path, file: Path, more: Sequence[str]
) -> tuple[dict[str, str], Listing]:
    """The headers with their columns, old and new, and the list; asks once for what is unknown."""
    from chainmap.read.bureau import kept_map, read_listing
    from chainmap.show.draw.extras import EXTRA_OF, MissingExtra

    heads, problems = kept_map(data)
    heads = {**heads, **_told(run, more)}
    try:
        listing, wrong = read_listing(file, heads)
        if listing.unknown and not (problems or wrong):
            heads |= _asked(run, listing)
            listing, wrong = read_listing(file, heads)
    except ModuleNotFoundError as error:
        if error.name not in EXTRA_OF:
            raise
        raise Stop(3, run.say("use.extra", command=MissingExtra(error.name).command)) from None
    for one in (*problems, *wrong):
        run.tell(one.line(run.lang))
    if problems or wrong:
        raise Stop(1)
    return heads, listing


def _told(run: Session, more: Sequence[str]) -> dict[str, str]:
    from chainmap.read.bureau import field_of, fields

    found = {}
    for one in more:
        head, equals, word = one.rpartition("=")
        name = field_of(word)
        if not equals or name is None:
            run.unknown("use.field", word, fields())
        found[head.strip()] = name
    return found


def _asked(run: Session, listing: Listing) -> dict[str, str]:
    """Ask what a header means, where someone is there to answer; else wrong usage, with how."""
    from chainmap.read.bureau import NONE, field_of

    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        example = " ".join(f'--map "{head}=-"' for head in listing.unknown)
        heads = "、".join(listing.unknown)
        raise Stop(2, run.say("listing.unknown", heads=heads, example=example))
    found = {}
    for head in listing.unknown:
        name: str | None = None
        while name is None:
            word = typer.prompt(run.say("listing.which", head=head), default=NONE, err=True)
            name = field_of(word)
        found[head] = name
    return found


def _remember(run: Session, data: Path, heads: dict[str, str]) -> None:
    from chainmap.read.bureau import KEPT, keep_map, kept_map

    if not heads or heads == kept_map(data)[0]:
        return
    try:
        keep_map(data, heads)
    except OSError as error:
        raise Stop(4, run.say("error.write", path=data / KEPT, reason=said(error))) from error


def _row(one: Proposal) -> JsonRow:
    return {
        "ref": f"projects/{one.project}" if one.how in ("changed", "same") else None,
        "line": str(one.line.at),
        "how": one.how,
        "project": one.project or None,
        "name": one.cells["name"],
        "changes": [list(change) for change in one.changes],
        "like": one.like or None,
        "unknown_firms": list(one.notes),
    }


def _screen(
    run: Session, file: Path, listing: Listing, rows: Sequence[JsonRow], terminal: Terminal
) -> None:
    from chainmap.show.projects import import_lines

    lang = run.lang
    terminal.say(say("title.import", lang, file=file.name), "bold")
    joint = "，" if lang == "zh" else ", "
    heads = joint.join(f"{head} = {name}" for head, name in listing.heads.items())
    terminal.say(say("intake.heads", lang, heads=heads), "dim")
    terminal.say()
    terminal.lines(import_lines(rows, lang, terminal.width))
    terminal.say()
    counts = Counter(row["how"] for row in rows)
    terminal.say(say("listing.counts", lang, **{how: counts[how] for how in WAYS}))
    strangers = list(dict.fromkeys(name for row in rows for name in row["unknown_firms"]))
    if strangers:
        terminal.say(say("listing.strangers", lang, names="、".join(strangers)), "warning")
