"""The last step to a terminal: safe text for its encoding, colour where it is wanted."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, TextIO

from chainmap.core.text import safe
from chainmap.show.columns import Line, wrap

if TYPE_CHECKING:
    from rich.console import Console

# The status colours of the design; each is only ever added to text that says the same.
STYLES = {
    "strong": "bold #0B5680",
    "present": "#0B5680",
    "weak": "#855000",
    "missing": "bold #A61B1B",
    "unknown": "#535C67",
    "planned": "#5A379C",
    "dim": "dim",
    "bold": "bold",
    "error": "bold red",
    "warning": "yellow",
}


class Terminal:
    """Writes lines of spans. The text is the same with and without colour."""

    def __init__(self, stream: TextIO | None = None, colour: bool | None = None) -> None:
        self.stream = stream or sys.stdout
        self.encoding = getattr(self.stream, "encoding", None) or "utf-8"
        self.width = _width()
        tty = self.stream.isatty() and os.environ.get("TERM") != "dumb"
        wanted = tty and "NO_COLOR" not in os.environ if colour is None else colour and tty
        self._console = self._rich() if wanted else None

    @property
    def coloured(self) -> bool:
        """Whether colour is added."""
        return self._console is not None

    def _rich(self) -> Console:
        from rich.console import Console

        return Console(file=self.stream, width=10_000, highlight=False, markup=False, emoji=False)

    def printable(self, text: str) -> str:
        """The text with control characters made visible, in characters that the stream has."""
        return safe(text).encode(self.encoding, "replace").decode(self.encoding)

    def line(self, line: Line) -> None:
        """One line of spans."""
        if self._console is None:
            self.stream.write("".join(self.printable(text) for text, _ in line) + "\n")
            return
        from rich.text import Text

        text = Text()
        for part, style in line:
            text.append(self.printable(part), STYLES.get(style, ""))
        self._console.print(text, soft_wrap=True)

    def lines(self, lines: Iterable[Line]) -> None:
        """Several lines of spans."""
        for line in lines:
            self.line(line)

    def say(self, text: str = "", style: str = "") -> None:
        """A sentence, wrapped to the width."""
        for part in wrap(text, self.width) or [""]:
            self.line([(part, style)])


def _width() -> int:
    """Cells of the terminal, 80 at least; 100 where nothing says how wide it is."""
    return max(80, min(160, shutil.get_terminal_size((100, 24)).columns))
