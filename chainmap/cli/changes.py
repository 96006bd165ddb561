"""Rows of the workspace's files that a command would change: told first, the same everywhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from chainmap.core.words import say

if TYPE_CHECKING:
    from chainmap.show.terminal import Terminal
    from chainmap.study import JsonRow
    from chainmap.study.book_changes import Change


def change_rows(changes: Iterable[Change]) -> list[JsonRow]:
    """A row a change, for machines and for ``show_changes``."""
    return [
        {
            "what": one.what,
            "sheet": one.sheet,
            "key": one.key,
            "at": str(one.at),
            "cells": {name: {"before": was, "after": now} for name, was, now in one.cells},
            "ref": str(one.at),
        }
        for one in changes
    ]


def show_changes(
    title: str, rows: Sequence[JsonRow], files: Collection[str], lang: str, terminal: Terminal
) -> None:
    """The changes under a title, and how many there are."""
    from chainmap.show.workbook import change_lines

    if not rows:
        terminal.say(say("import.none", lang))
        return
    terminal.say(title, "bold")
    terminal.lines(change_lines(rows, lang))
    terminal.say(counted((row["what"] for row in rows), files, lang))


def counted(whats: Iterable[str], files: Collection[str], lang: str) -> str:
    """How many rows come, change and go, and in which files."""
    counts = Counter(whats)
    words = {what: counts[what] for what in ("added", "changed", "removed")}
    joint = "、" if lang == "zh" else ", "
    return say("import.counts", lang, files=len(files), names=joint.join(files), **words)
