"""A page as PNG: the SVG, drawn with the shipped font."""

from __future__ import annotations

from functools import lru_cache

from chainmap.show.draw.extras import extra
from chainmap.show.draw.fonts import FAMILY, FILES
from chainmap.show.draw.scene import Page
from chainmap.show.draw.svg import as_svg

KEPT = 16  # pictures: a chain's sheets stand in its document and beside it
SCALE = 1.5  # pixels a unit: sharp on a slide, small enough to send


def as_png(page: Page, own_fonts_only: bool = True) -> bytes:
    """The page in pixels, ``SCALE`` to a unit.

    Characters that the shipped font lacks need the fonts of the system: ``own_fonts_only`` False
    reads those too, which takes longer.
    """
    return _drawn(as_svg(page), round(page.width * SCALE), own_fonts_only)


@lru_cache(maxsize=KEPT)
def _drawn(svg: str, wide: int, own_fonts_only: bool) -> bytes:
    resvg = extra("resvg_py")
    drawn = resvg.svg_to_bytes(
        svg_string=svg,
        width=wide,
        font_files=[str(file) for file in FILES.values()],
        skip_system_fonts=own_fonts_only,
        font_family=FAMILY,
        sans_serif_family=FAMILY,
    )
    return bytes(drawn)
