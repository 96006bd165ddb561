"""Options and arguments that several commands take."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import click
import typer

FORMAT = click.Choice(["table", "csv", "json", "md"])

Format = Annotated[str | None, typer.Option("--format", help="help.format", click_type=FORMAT)]
File = Annotated[Path | None, typer.Option("-o", "--output", help="help.output")]
Chain = Annotated[str, typer.Argument(metavar="CHAIN", help="help.chain")]
MaybeChain = Annotated[str | None, typer.Argument(metavar="[CHAIN]", help="help.chain")]
Top = Annotated[int | None, typer.Option("--top", min=1, help="help.top")]
