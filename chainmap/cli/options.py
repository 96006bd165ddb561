"""Options and arguments that several commands take."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

Format = Annotated[
    Literal["table", "csv", "json", "md"] | None, typer.Option("--format", help="help.format")
]
File = Annotated[Path | None, typer.Option("-o", "--output", help="help.output")]
Chain = Annotated[str, typer.Argument(metavar="CHAIN", help="help.chain")]
MaybeChain = Annotated[str | None, typer.Argument(metavar="[CHAIN]", help="help.chain")]
Top = Annotated[int | None, typer.Option("--top", min=1, help="help.top")]
