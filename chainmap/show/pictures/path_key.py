"""How to read a path: its kinds of tasks, their states, and the lines between them."""

from __future__ import annotations

from collections.abc import Sequence

from chainmap.core.words import say
from chainmap.show.draw.fonts import width
from chainmap.show.draw.scene import Box, Group, Item, Shape, Stroke, Text
from chainmap.show.draw.tokens import ACTS
from chainmap.show.path_words import kind_word
from chainmap.show.pictures.frame import MARGIN, RIGHT
from chainmap.show.pictures.path_content import PathContent


def arrow(
    points: Sequence[tuple[float, float]], critical: bool, dash: tuple[float, float] | None
) -> list[Item]:
    """A line to what waits: the critical path is strong, what is conditional is dashed."""
    wide, paint = (3.2, "ink") if critical else (1.5, "sub")
    (x, y) = points[-1]
    head = 9.0 if critical else 8.0
    line = (*points[:-1], (x - head + 1, y))
    return [
        Shape(line, None, Stroke("panel", wide + 3.5), closed=False),
        Shape(line, None, Stroke(paint, wide, dash), closed=False),
        Shape(((x - head, y - head / 2), (x, y), (x - head, y + head / 2)), paint),
    ]


def path_key(content: PathContent, y: float) -> list[Item]:
    """The kinds of tasks, their states, and the lines."""
    lang = content.lang
    label = say("path.key", lang)
    items: list[Item] = [Text(MARGIN, y, label, 15, "ink", True)]
    x = MARGIN + width(label, 15, True) + 14
    kinds = {job.kind if job.kind != "deepen" else "strengthen" for job in content.jobs}
    for kind in ("fill", "strengthen", "extend", "build", "advance", "check"):
        if kind not in kinds:
            continue
        mark = say(f"act.{kind}", lang).strip("[]")
        wide = max(24.0, width(mark, 14, True) + 8)
        word = kind_word(kind, lang)
        items += [
            Box(x, y - 17, wide, 22, ACTS[kind], None, 4),
            Text(x + wide / 2, y - 1, mark, 14, "on-head", True, "middle"),
            Text(x + wide + 7, y, word, 15, "ink"),
        ]
        x += wide + 7 + width(word, 15) + 18
    for state, stroke, solid in (
        ("started", Stroke("head", 1.8), True),
        ("open", Stroke("faint", 1.2), False),
        ("conditional", Stroke("head", 1.4, (6.0, 4.0)), False),
    ):
        word = say(f"path.key.{state}", lang)
        if solid:
            items.append(Box(x, y - 17, 12, 22, "head", None, 3))
        items.append(Box(x, y - 17, 32, 22, None, stroke, 4))
        items.append(Text(x + 40, y, word, 15, "ink"))
        x += 40 + width(word, 15) + 18
    for state, critical in (("edge", False), ("critical", True)):
        word = say(f"path.key.{state}", lang)
        items += arrow(((x, y - 6), (x + 40, y - 6)), critical, None)
        items.append(Text(x + 48, y, word, 15, "ink"))
        x += 48 + width(word, 15) + 18
    for sign, paint, state, shown in (
        ("!", "missing", "late", any(job.late for job in content.jobs)),
        ("△", "weak", "risk", any(job.risky for job in content.jobs)),
    ):
        if shown:
            text = f"{sign} {say(f'path.key.{state}', lang)}"
            items.append(Text(x, y, text, 15, paint, True))
            x += width(text, 15, True) + 18
    how = say("path.key.how", lang)
    if width(how, 14) <= RIGHT - x:
        items.append(Text(RIGHT, y, how, 14, "sub", anchor="end"))
    return [Group(tuple(items), "legend")]
