"""What a workbook changes, as lines of a terminal: a line a row, the cells before and after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chainmap.core.book import SHEET_OF
from chainmap.core.text import cut
from chainmap.core.words import say
from chainmap.show.columns import Line

LIMIT = 40  # rows that a terminal shows
_STYLE = {"added": "strong", "changed": "", "removed": "missing"}
_ROOM = 36  # cells that one value takes


def change_lines(rows: Sequence[Mapping[str, Any]], lang: str) -> list[Line]:
    """The changes by sheet, in the order that the workbook has."""
    lines: list[Line] = []
    last = ""
    for row in rows[:LIMIT]:
        if row["sheet"] != last:
            last = row["sheet"]
            lines.append([(SHEET_OF[last].zh if lang == "zh" else last, "bold")])
        word = say(f"import.{row['what']}", lang)
        lines.append([(f"  {word} ", _STYLE[row["what"]]), (row["key"], "bold"),
                      (f"  {row['at']}", "dim")])  # fmt: skip
        lines += [[(f"    {cell}", "")] for cell in _cells(row, lang)]
    if len(rows) > LIMIT:
        lines.append([(say("import.more", lang, count=len(rows) - LIMIT), "dim")])
    return lines


def _cells(row: Mapping[str, Any], lang: str) -> list[str]:
    """Each cell before and after; of a row that comes or goes what it says, on one line."""
    known = {column.name: column.zh for column in SHEET_OF[row["sheet"]].columns}
    heads = {name: known.get(name, name) if lang == "zh" else name for name in row["cells"]}
    if row["what"] == "changed":
        empty = say("import.empty", lang)
        return [
            say("import.cell", lang, column=heads[name], before=cut(cell["before"] or empty, _ROOM),
                after=cut(cell["after"] or empty, _ROOM))
            for name, cell in row["cells"].items()
        ]  # fmt: skip
    joint = "　" if lang == "zh" else "  "
    side = "after" if row["what"] == "added" else "before"
    return [cut(joint.join(cell[side] for cell in row["cells"].values()), 2 * _ROOM)]
