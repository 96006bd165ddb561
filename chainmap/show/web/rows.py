"""Tables and pictures as parts of a page."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from html import escape

from chainmap.core.text import safe
from chainmap.show.draw.scene import Page
from chainmap.show.draw.svg import as_svg

MANY = 8  # more columns than that are not squeezed into a narrow screen


def table(
    label: str,
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    numbers: Collection[int] = (),
) -> str:
    """A table that scrolls by itself where a screen is narrow; ``numbers`` are columns of numbers,
    counted from 0."""
    titles = "".join(f'<th scope="col">{text(head)}</th>' for head in heads)
    lines = "\n".join(
        "<tr>"
        + "".join(
            f'<td class="number">{text(cell)}</td>' if at in numbers else f"<td>{text(cell)}</td>"
            for at, cell in enumerate(row)
        )
        + "</tr>"
        for row in rows
    )
    kind = "rows wide" if len(heads) > MANY else "rows"
    return (
        f'<div class="scroll" tabindex="0" role="group" aria-label="{text(label)}">'
        f'<table class="{kind}"><thead><tr>{titles}</tr></thead>\n'
        f"<tbody>{lines}</tbody></table></div>"
    )


def sheets(pages: Sequence[Page]) -> str:
    """Pictures that scroll by themselves where a screen is narrower than they can be read."""
    return "\n".join(
        f'<div class="sheet" tabindex="0" role="group" aria-label="{text(page.title)}">'
        f"{as_svg(page, None)}</div>"
        for page in pages
    )


def text(words: str) -> str:
    """Words of anyone as text of a page."""
    return escape(safe(words))
