"""Commands about the workspace as one workbook: export, import."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from chainmap.cli.changes import change_rows, show_changes
from chainmap.cli.desk import Who, Why, now, said, who_edits
from chainmap.cli.options import File, Format
from chainmap.cli.session import Output, Session, Sheet, Stop, session

if TYPE_CHECKING:
    from chainmap.read.workbook import BookRead
    from chainmap.study import Study
    from chainmap.study.workbook import Taken

IMPORT_KEYS = ("what", "sheet", "key", "at", "cells")
_KINDS = "signals.weights"


def register(app: typer.Typer) -> None:
    """Put this module's commands into the application."""
    app.command("export", help="help.export")(export)
    app.command("import", help="help.import")(bring_in)


def export(
    context: typer.Context,
    book: Annotated[Path, typer.Argument(metavar="BOOK.xlsx", help="help.export_book")],
) -> None:
    run = session(context)
    _need_xlsx(run, book)
    study = run.open_any()
    run.deliver(Output(book, None), book_of(run, study))
    run.finish()


def _need_xlsx(run: Session, book: Path) -> None:
    if book.suffix.lower() != ".xlsx":
        raise Stop(2, run.say("use.xlsx", path=book))


def book_of(run: Session, study: Study) -> bytes:
    """The workbook of a workspace; what of it cannot be read is told and left out."""
    from chainmap.read.holdings import holdings
    from chainmap.show.office.workbook import Guide, as_workbook
    from chainmap.study.workbook import contents

    held = holdings(Path(study.workspace.root))
    for one in held.problems:
        run.failed = True
        run.tell(one.line(run.lang))
    kinds = sorted(study.workspace.settings.group(_KINDS))
    about = Guide(study.workspace.region, run.lang, kinds)
    return run.optional(lambda: as_workbook(contents(held), about))


def bring_in(
    context: typer.Context,
    book: Annotated[Path, typer.Argument(metavar="BOOK.xlsx", help="help.import_book")],
    yes: Annotated[bool, typer.Option("--yes", help="help.import_yes")] = False,
    delete: Annotated[bool, typer.Option("--delete", help="help.import_delete")] = False,
    who: Who = None,
    because: Why = None,
    form: Format = None,
    output: File = None,
) -> None:
    from chainmap.read.desk import pending
    from chainmap.study.workbook import taken

    run = session(context)
    _need_xlsx(run, book)
    study = run.open_any()
    if yes and pending(Path(study.workspace.root) / "data"):
        run.need_own()
        _finish(run, Path(study.workspace.root))
        study = run.open_any()
    read = _read(run, book)
    found = taken(Path(study.workspace.root), read, study.read_problems, delete)
    for one in found.problems:
        run.tell(one.line(run.lang))
    if found.refused:
        raise Stop(1, run.say("import.refused"))
    rows = change_rows(found.changes)
    run.emit(
        Output(output, form),
        study,
        Sheet(rows, IMPORT_KEYS, {"files": list(found.files)}),
        lambda terminal: show_changes(
            run.say("import.title", file=book.name), rows, found.files, run.lang, terminal
        ),
    )
    for file in found.recast:
        run.tell(run.say("import.recast", file=file))
    if found.behind:
        run.tell(run.say("import.behind", count=found.behind))
    if found.kept:
        run.tell(run.say("import.kept", count=found.kept))
    if not found.files:
        return
    if not yes:
        run.tell(run.say("import.ask"))
        return
    run.need_own()
    words = {"when": now(), "who": who_edits(who), "why": (because or book.name).strip()}
    _write(run, Path(study.workspace.root), found, words)
    run.tell(run.say("import.done", count=len(found.files)))


def _read(run: Session, book: Path) -> BookRead:
    """The workbook; ends with every problem that keeps it from being read."""
    from chainmap.read.workbook import read_workbook
    from chainmap.show.draw.extras import EXTRA_OF, MissingExtra
    from chainmap.show.progress import working

    try:
        with working(run.say("progress.workbook")):
            return read_workbook(book)
    except ModuleNotFoundError as error:
        if error.name not in EXTRA_OF:
            raise
        raise Stop(3, run.say("use.extra", command=MissingExtra(error.name).command)) from None


def _finish(run: Session, root: Path) -> None:
    """End an edit of the ledger that was cut off, before its rows are compared."""
    from chainmap.read.desk import finish

    try:
        finish(root / "data")
    except (OSError, KeyError) as error:
        raise Stop(4, run.say("error.write", path=root / "data", reason=said(error))) from error


def _write(run: Session, root: Path, found: Taken, words: Mapping[str, str]) -> None:
    from chainmap.read.staging import write_all
    from chainmap.study.book_ledger import journalled, private

    try:
        leak = private(root, found.ledger)
    except OSError as error:
        raise Stop(1, said(error)) from error
    if leak:
        raise Stop(2, run.say("desk.leak", words="、".join(leak)))
    try:
        files = {**found.files, **journalled(root, found.ledger, words)}
        write_all(root, files, *(["data/desk"] if found.ledger else []))
    except OSError as error:
        raise Stop(4, run.say("error.write", path=root, reason=said(error))) from error
