"""The ``chainmap`` command: options before the command, and how a run ends."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer
from typer.exceptions import TyperException

from chainmap import __version__
from chainmap.cli.session import Session, Stop
from chainmap.core.problems import Language
from chainmap.core.words import WORDS, say

app = typer.Typer(
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"chainmap {__version__}")
        raise typer.Exit


@app.callback(help="help.app")
def options(
    context: typer.Context,
    workspace: Annotated[str | None, typer.Option(help="help.workspace")] = None,
    as_of: Annotated[str | None, typer.Option(help="help.as_of")] = None,
    lang: Annotated[Language, typer.Option(help="help.lang")] = "zh",
    no_color: Annotated[bool, typer.Option("--no-color", help="help.no_color")] = False,
    limit: Annotated[
        list[str] | None, typer.Option("--limit", metavar="NAME=N", help="help.limit")
    ] = None,
    debug: Annotated[bool, typer.Option("--debug", help="help.debug")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="help.version")
    ] = False,
) -> None:
    del version
    colour = False if no_color else None
    context.obj = Session(workspace, as_of, lang, colour, debug)
    context.obj.adjust(limit or ())


def _language(arguments: Sequence[str]) -> Language:
    """The language of the help pages, told before the arguments are parsed."""
    for at, word in enumerate(arguments):
        if word == "--lang=en" or (word == "--lang" and arguments[at + 1 : at + 2] == ["en"]):
            return "en"
    return "zh"


def command(lang: Language) -> Any:
    """The whole command tree, its help in one language."""
    from chainmap.cli import (
        backtest,
        coverage,
        files,
        kpi,
        leaders,
        ledger,
        look,
        maps,
        names,
        plan,
        projects,
        ranking,
        report,
        screen,
        shell,
        snapshots,
        week,
        whatif,
        why,
        workbook,
    )

    known = bool(app.registered_commands)  # a process may ask more than once
    for group in (
        files,
        look,
        why,
        coverage,
        ranking,
        maps,
        report,
        names,
        ledger,
        backtest,
        leaders,
        kpi,
        workbook,
        whatif,
        snapshots,
        projects,
        week,
        plan,
        screen,
        shell,
    ):
        if not known:
            group.register(app)
    root = typer.main.get_command(app)
    _translate(root, lang)
    return root


def _translate(one: Any, lang: Language) -> None:
    """Help texts stand in the code as keys of the catalogue."""
    if one.help in WORDS:
        one.help = say(one.help, lang)
    for parameter in one.params:
        text = getattr(parameter, "help", None)
        if text in WORDS:
            parameter.help = say(text, lang)
    for below in getattr(one, "commands", {}).values():
        _translate(below, lang)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and leave with its exit code."""
    # A command is short: what it builds is needed to its end, and looking for garbage among
    # hundreds of thousands of small objects would take a fifth of its time.
    gc.disable()
    words = list(sys.argv[1:] if arguments is None else arguments)
    lang = _language(words)
    debug = "--debug" in words
    if words[:1] == ["__complete"]:
        from chainmap.cli.completion import answer

        answer(words[1:], command, _language)
        _leave(0)
    try:
        code = _run(words, lang)
        sys.stdout.flush()
    except KeyboardInterrupt:
        _tell(say("error.interrupted", lang))
        code = 130
    except BrokenPipeError:
        _drop_stdout()
        code = 0
    except OSError as error:
        # Only writing to stdout is left to fail here; files are read and written with care.
        _drop_stdout()
        _tell(say("error.write", lang, path="stdout", reason=error.strerror or error))
        code = 4
    except Exception as error:
        if debug:
            raise
        _tell(say("error.bug", lang, kind=type(error).__name__, reason=error))
        code = 70
    if arguments is None:
        _leave(code)
    sys.exit(code)


def _leave(code: int) -> None:
    """End the process at once: taking a large workspace apart again serves no one."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            _drop_stdout()
            code = code or 4
    os._exit(code)


def _run(words: list[str], lang: Language) -> int:
    try:
        result = command(lang).main(words, prog_name="chainmap", standalone_mode=False)
    except Stop as stop:
        sys.stdout.flush()
        if stop.sentence:
            _tell(stop.sentence)
        return stop.code
    except typer.Abort:
        raise KeyboardInterrupt from None
    except TyperException as error:
        context = getattr(error, "ctx", None)
        if context is not None:
            _tell(context.get_usage())
        _tell(error.format_message())
        return 2
    return result if isinstance(result, int) else 0


def _tell(text: str) -> None:
    """Lines on stderr; what a word of the command line holds steers no terminal."""
    from chainmap.core.text import safe

    encoding = getattr(sys.stderr, "encoding", None) or "utf-8"
    shown = "\n".join(safe(line) for line in text.split("\n"))
    print(shown.encode(encoding, "replace").decode(encoding), file=sys.stderr)


def _drop_stdout() -> None:
    """Point stdout at nothing, so that the last flush of the interpreter does not fail again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
