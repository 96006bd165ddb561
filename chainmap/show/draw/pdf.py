"""Pages as PDF: each SVG on a sheet of its own, text kept as text."""

from __future__ import annotations

import json
from collections.abc import Sequence

from chainmap.show.draw.extras import extra
from chainmap.show.draw.fonts import FOLDER
from chainmap.show.draw.scene import Page
from chainmap.show.draw.svg import as_svg

A3_WIDE, A4_WIDE = 420.0, 210.0  # mm: a sheet to look things up in, and a page to read
# Data come in as JSON and are never part of the program text.
_PROGRAM = """
#let pages = json(bytes(sys.inputs.pages))
#set document(title: pages.first().title, date: none)
#set text(font: "Noto Sans CJK SC")
#for page in pages {
  std.page(
    width: page.width * 1mm, height: page.height * 1mm, margin: 0mm,
    image(bytes(page.svg), format: "svg", width: 100%, height: 100%, alt: page.title),
  )
}
"""


def as_pdf(pages: Sequence[Page], own_fonts_only: bool = True) -> bytes:
    """The pages on paper of their own: upright ones at A4 width, others at A3 width."""
    typst = extra("typst")
    data = [
        {
            "svg": as_svg(page),
            "title": page.title,
            "width": paper(page),
            "height": round(paper(page) * page.height / page.width, 3),
        }
        for page in pages
    ]
    drawn = typst.compile(
        _PROGRAM.encode(),
        font_paths=[str(FOLDER)],
        ignore_system_fonts=own_fonts_only,
        sys_inputs={"pages": json.dumps(data, ensure_ascii=False)},
    )
    return bytes(drawn)


def paper(page: Page) -> float:
    """How wide the paper of a page is, in mm."""
    return A4_WIDE if page.height > page.width else A3_WIDE
