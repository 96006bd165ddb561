"""Commands about the workspace itself: init, validate, doctor."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from chainmap import __version__
from chainmap.cli.options import File, Format
from chainmap.cli.session import Output, Sheet, Stop, session
from chainmap.core.words import say

if TYPE_CHECKING:
    from chainmap.show.terminal import Terminal

PROBLEM_KEYS = ("severity", "code", "file", "line", "column", "message", "hint")
LIBRARIES = ("typer", "rich", "PyYAML", "pydantic", "networkx", "numpy")


def register(app: typer.Typer) -> None:
    """Put this module's commands into the application."""
    app.command(help="help.init")(init)
    app.command(help="help.validate")(validate)
    app.command(help="help.doctor")(doctor)


def init(
    context: typer.Context,
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="help.directory")],
    xlsx: Annotated[bool, typer.Option("--xlsx", help="help.init_xlsx")] = False,
) -> None:
    from chainmap.cli.workbook import book_of
    from chainmap.read.template import NotEmpty, init_workspace

    run = session(context)
    try:
        init_workspace(directory)
    except NotEmpty:
        raise Stop(2, run.say("use.not_empty", path=directory)) from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise Stop(4, run.say("error.write", path=directory, reason=reason)) from error
    if xlsx:
        file = directory / "workbook.xlsx"
        run.workspace = str(directory)
        run.deliver(Output(file, None), book_of(run, run.open_any()))
        run.tell(run.say("init.book", path=file, name=file.name))
    run.tell(run.say("init.done", path=directory))


def validate(context: typer.Context, form: Format = None, output: File = None) -> None:
    run = session(context)
    study = run.open_any()
    problems = study.problems
    rows = [
        {
            "severity": one.severity,
            "code": one.code,
            "file": one.at.file,
            "line": one.at.line,
            "column": one.at.column,
            "message": one.message(run.lang),
            "hint": one.hint(run.lang),
        }
        for one in problems
    ]
    errors = sum(one.severity == "error" for one in problems)

    def lines(terminal: Terminal) -> None:
        for one in problems:
            terminal.line([(one.line(run.lang), one.severity)])
        if problems:
            warnings = len(problems) - errors
            terminal.say(say("problems.count", run.lang, errors=errors, warnings=warnings), "bold")
        else:
            terminal.say(say("problems.clean", run.lang))

    run.emit(Output(output, form), study, Sheet(rows, PROBLEM_KEYS), lines)
    if errors:
        raise Stop(1)


def doctor(context: typer.Context, form: Format = None, output: File = None) -> None:
    import platform

    run = session(context)
    study = run.open_any()
    terminal = run.terminal
    errors = sum(one.severity == "error" for one in study.read_problems)
    warnings = len(study.read_problems) - errors
    console = say(
        "doctor.console_is",
        run.lang,
        encoding=terminal.encoding,
        width=terminal.width,
        colour=say("doctor.on" if terminal.coloured else "doctor.off", run.lang),
    )
    facts = [
        ("version", __version__),
        ("python", f"{platform.python_version()} {sys.platform}"),
        ("workspace", study.workspace.root),
        ("study_date", study.world.at.text),
        ("chains", str(len(study.workspace.chains))),
        ("problems", say("problems.count", run.lang, errors=errors, warnings=warnings)),
        ("console", console),
        *(("library", f"{name} {_installed(name, run.lang)}") for name in LIBRARIES),
    ]
    rows = [{"what": say(f"doctor.{name}", run.lang), "value": value} for name, value in facts]

    def lines(terminal: Terminal) -> None:
        from chainmap.core.text import pad

        for row in rows:
            terminal.line([(pad(row["what"], 14), "dim"), (row["value"], "")])

    run.emit(Output(output, form), study, Sheet(rows, ("what", "value")), lines)


def _installed(name: str, lang: str) -> str:
    # Reading package metadata takes the mail parser along; a help page should not.
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(name)
    except PackageNotFoundError:
        return say("doctor.missing", lang)
