"""Commands for the shell that chainmap is called from: completion, manual."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from chainmap import __version__
from chainmap.cli.session import Output, session

if TYPE_CHECKING:
    from chainmap.show.manual import Entry, Item

Shell = Literal["bash", "zsh", "fish", "powershell"]
SCRIPTS = {"bash": "bash", "zsh": "zsh", "fish": "fish", "powershell": "ps1"}


def register(app: typer.Typer) -> None:
    """Put this module's commands into the application."""
    app.command(help="help.completion")(completion)
    app.command(help="help.manual")(manual)


def completion(
    context: typer.Context,
    shell: Annotated[Shell, typer.Argument(metavar="SHELL", help="help.shell")],
) -> None:
    from chainmap.show.shells import FOLDER

    script = FOLDER / f"chainmap.{SCRIPTS[shell]}"
    session(context).deliver(Output(None, None), script.read_bytes())


def manual(context: typer.Context) -> None:
    from chainmap.show.manual import page

    run = session(context)
    root = context.find_root().command
    text = page(__version__, entry((), root), list(_entries((), root)), run.lang)
    run.deliver(Output(None, None), text.encode())


def _entries(path: tuple[str, ...], command: Any) -> list[Entry]:
    """The commands below one, in the order of the help, groups before what is in them."""
    found = []
    for name, below in getattr(command, "commands", {}).items():
        if not below.hidden:
            found += [entry((*path, name), below), *_entries((*path, name), below)]
    return found


def entry(path: tuple[str, ...], command: Any) -> Entry:
    """What the manual says of a command: all of it comes from the command itself."""
    from chainmap.show.manual import Entry

    arguments, options = [], []
    for one in command.params:
        if one.param_type_name == "argument":
            name = one.metavar or one.name.upper()
            arguments.append((name if one.required else f"[{name.strip('[]')}]", one.help or ""))
        else:
            options.append(_option(one))
    return Entry(path, command.help or "", tuple(arguments), tuple(options))


def _option(one: Any) -> Item:
    """Spellings and what follows them, and the meaning of an option."""
    names = ", ".join(one.opts)
    if not one.is_flag:
        choices = [
            choice.value for choice in one.shell_complete(None, "") if choice.type == "plain"
        ]
        names += f" {'|'.join(choices) or one.metavar or one.name.upper().strip('_')}"
    return names, one.help or ""
