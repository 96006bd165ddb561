"""What ``screen`` does with its result beside showing it: --into, --absent, --region."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from chainmap.cli.changes import change_rows, counted, show_changes
from chainmap.cli.session import Output, Session, Sheet, Stop
from chainmap.core.words import say

if TYPE_CHECKING:
    from chainmap.show.terminal import Terminal
    from chainmap.study import JsonRow, Study
    from chainmap.study.screening import Screening
    from chainmap.study.screening_absent import Absence
    from chainmap.study.screening_into import Into

CHANGE_KEYS = ("what", "sheet", "key", "at", "cells", "ref")
ABSENT_KEYS = ("chain", "link", "name", "verdict", "count", "leads", "ref")
IntoFile = Annotated[Path | None, typer.Option("--into", metavar="FILE", help="help.screen_into")]
Source = Annotated[str | None, typer.Option("--source", help="help.screen_source")]
Yes = Annotated[bool, typer.Option("--yes", help="help.yes")]
Region = Annotated[str | None, typer.Option("--region", help="help.screen_region")]
Absent = Annotated[bool, typer.Option("--absent", help="help.screen_absent")]
Complete = Annotated[bool, typer.Option("--complete", help="help.screen_complete")]


@dataclass(frozen=True)
class Wish:
    """What is wanted of a result: where it goes, on which source, and whether absence is asked."""

    into: Path | None
    source: str | None
    yes: bool
    region: str | None
    absent: bool
    complete: bool

    @property
    def plain(self) -> bool:
        """Whether the rows are only to be shown."""
        return self.into is None and not self.absent


def usable(run: Session, wish: Wish, where: str | None) -> None:
    """Ends with 2 where the options do not go together."""
    key = ""
    if wish.absent and not wish.complete:
        key = "into.complete"
    elif wish.absent and where is not None:
        key = "into.where"
    elif wish.into is not None and wish.source is None:
        key = "into.no_source"
    elif wish.into is None and (wish.yes or wish.source is not None):
        key = "into.no_file"
    if key:
        raise Stop(2, run.say(key))


def condition(run: Session, study: Study, wish: Wish, where: str | None) -> str | None:
    """The condition on the register's rows; absence is asked of the workspace's own region."""
    from chainmap.study.screening_absent import rows_here, stem
    from chainmap.study.screening_into import Refused

    region = wish.region or (study.workspace.region if wish.absent else None)
    if region is None:
        return where
    own = study.workspace.region
    if wish.absent and wish.into is not None and stem(region) != stem(own):
        raise Stop(2, run.say("into.other_place", region=region, own=own))
    try:
        here = rows_here(region)
    except Refused as error:
        raise Stop(2, run.say(error.key, **error.words)) from None
    return here if where is None else f"({where}) AND ({here})"


def writable(run: Session, study: Study, wish: Wish) -> None:
    """Ends with 2 before anything is read where the result could not be written."""
    from chainmap.study.screening_into import Refused, source_row

    if wish.into is None:
        return
    name = "findings" if wish.absent else "screened"
    root = Path(study.workspace.root)
    asked = {wish.into.resolve(), (root / wish.into).resolve()}
    if (root / f"data/{name}.csv").resolve() not in asked:
        raise Stop(2, run.say("into.file", file=f"data/{name}.csv", path=wish.into))
    try:
        source_row(study, wish.source or "", "B" if wish.absent else "D")
    except Refused as error:
        raise Stop(2, run.say(error.key, **error.words)) from None


def carry(run: Session, study: Study, out: Output, done: Screening, wish: Wish) -> None:
    """Show what follows from a result, what of it would change in the files, and write it."""
    from chainmap.study.screening import screen_rows
    from chainmap.study.screening_into import into_screened, source_row

    rows = screen_rows(study, done)
    if wish.absent:
        _absent(run, study, out, done, rows, wish)
        return
    links = {(one.chain, one.link) for one in done.rule.links}
    found = into_screened(study, rows, links, source_row(study, wish.source or ""))
    _refuse(run, found)
    changes = change_rows(found.changes)
    title = f"{run.say('title.into')}    {run.say('as_of', day=study.world.at.text)}"
    run.emit(
        out,
        study,
        Sheet(changes, CHANGE_KEYS, {"files": list(found.files)}),
        lambda terminal: show_changes(title, changes, found.files, run.lang, terminal),
    )
    likely = sum(bool(row["like"]) for row in {row["firm"]: row for row in rows}.values())
    for key, count in (
        ("into.nameless", found.nameless), ("into.elsewhere", found.elsewhere),
        ("into.likely", likely),
    ):  # fmt: skip
        if count:
            run.tell(run.say(key, count=count))
    _write(run, study, found, wish)


def _absent(
    run: Session, study: Study, out: Output, done: Screening, rows: Sequence[JsonRow], wish: Wish
) -> None:
    from chainmap.study.content import chain_name, link_name
    from chainmap.study.screening_absent import absences, none_found, someone
    from chainmap.study.screening_into import Into, Refused, into_findings, source_row

    links = done.rule.links
    region = wish.region or study.workspace.region
    found = absences(study, links, rows, wish.source or "")
    writing = Into()
    try:
        someone(done.found.tally, region)
        if wish.into is not None:
            source = source_row(study, wish.source or "", "B")
            wanted = none_found(found, links, done.found.tally, region, source)
            places = {(one.chain, one.link) for one in links}
            writing = into_findings(study, wanted, places, source)
    except Refused as error:
        raise Stop(1, run.say(error.key, **error.words)) from None
    _refuse(run, writing)
    names = {
        (one.chain, one.link): f"{chain_name(study.chain(one.chain), run.lang)}·"
        f"{link_name(study.chain(one.chain), one.link, run.lang)}"
        for one in found
    }
    sheet = [_absence(one, names[one.chain, one.link]) for one in found]
    run.emit(
        out,
        study,
        Sheet(sheet, ABSENT_KEYS, {"region": region, "files": list(writing.files)}),
        lambda terminal: _show_absent(run, study, done, sheet, region, terminal),
    )
    if done.found.tally.broken:
        run.tell(run.say("absent.broken", count=done.found.tally.broken))
    if wish.into is not None:
        run.tell(counted((one.what for one in writing.changes), writing.files, run.lang))
        _write(run, study, writing, wish)


def _absence(one: Absence, name: str) -> JsonRow:
    leads = [f"{row['name']} ({row['firm']})" for row in one.leads]
    return {
        "chain": one.chain, "link": one.link, "name": name, "verdict": one.verdict,
        "count": len(leads), "leads": leads, "ref": f"{one.chain}/{one.link}",
    }  # fmt: skip


def _show_absent(
    run: Session,
    study: Study,
    done: Screening,
    sheet: Sequence[JsonRow],
    region: str,
    terminal: Terminal,
) -> None:
    from chainmap.show.screening import absent_lines

    tally, lang = done.found.tally, run.lang
    day = say("as_of", lang, day=study.world.at.text)
    terminal.say(f"{say('title.absent', lang, region=region)}    {day}", "bold")
    counts = Counter(row["verdict"] for row in sheet)
    none, leads = counts["none_found"], counts["leads"]
    words: dict[str, Any] = {"links": len(sheet), "none": none, "leads": leads}
    terminal.say(say("absent.counts", lang, rows=f"{tally.matched:,}", **words))
    terminal.say()
    terminal.lines(absent_lines(sheet, lang, terminal.width))
    terminal.say()
    terminal.say(say("absent.foot", lang), "dim")


def _refuse(run: Session, found: Into) -> None:
    """Ends with 1 where the workspace's own checks would find an error."""
    for one in found.problems[:20]:
        run.tell(one.line(run.lang))
    if found.problems:
        raise Stop(1, run.say("import.refused"))


def _write(run: Session, study: Study, found: Into, wish: Wish) -> None:
    from chainmap.read.edits import Changed, Locked
    from chainmap.read.staging import write_all

    if not found.files:
        return
    if not wish.yes:
        run.tell(run.say("import.ask"))
        return
    run.need_own()
    root = Path(study.workspace.root)
    try:
        write_all(root, found.files)
    except (Changed, Locked, OSError) as error:
        reason = error.strerror or error
        raise Stop(4, run.say("error.write", path=root, reason=reason)) from error
    run.tell(run.say("import.done", count=len(found.files)))
