"""Pictures as files: which endings there are, and how pages go out in each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from chainmap.cli.session import Output, Session

if TYPE_CHECKING:
    from chainmap.show.draw.scene import Page

SUFFIXES = (".svg", ".png", ".pdf", ".pptx")


def deliver_pages(run: Session, out: Output, pages: Sequence[Page]) -> None:
    """Pages to the output file; SVG and PNG hold one each, further ones get a number."""
    assert out.file is not None
    _warn(run, pages)
    # Everything is drawn before anything is written.
    drawn = [(path, run.optional(make)) for path, make in _files(out.file, pages)]
    for path, data in drawn:
        run.deliver(Output(path, None), data)


def _files(file: Path, pages: Sequence[Page]) -> list[tuple[Path, Callable[[], bytes]]]:
    suffix = file.suffix.lower()
    own = not _lacking(pages)
    if suffix == ".pptx":
        from chainmap.show.draw.pptx import as_pptx

        return [(file, lambda: as_pptx(pages))]
    if suffix == ".pdf":
        from chainmap.show.draw.pdf import as_pdf

        return [(file, lambda: as_pdf(pages, own))]
    return [
        (_numbered(file, at), lambda page=page: _picture(page, suffix, own))  # type: ignore[misc]
        for at, page in enumerate(pages, 1)
    ]


def _picture(page: Page, suffix: str, own_fonts_only: bool) -> bytes:
    if suffix == ".svg":
        from chainmap.show.draw.svg import as_svg

        return as_svg(page).encode()
    from chainmap.show.draw.png import as_png

    return as_png(page, own_fonts_only)


def _numbered(file: Path, page: int) -> Path:
    return file if page == 1 else file.with_stem(f"{file.stem}-{page}")


def _lacking(pages: Sequence[Page]) -> set[str]:
    from chainmap.core.text import safe
    from chainmap.show.draw.fonts import lacking
    from chainmap.show.draw.scene import texts

    return {ch for page in pages for text in texts(page) for ch in lacking(safe(text.text))}


def _warn(run: Session, pages: Sequence[Page]) -> None:
    tell_lacking(run, _lacking(pages))


def tell_lacking(run: Session, characters: set[str]) -> None:
    """Names characters that the shipped font lacks: another font draws them."""
    found = sorted(characters)
    if found:
        shown = "、".join(f"{ch} (U+{ord(ch):04X})" for ch in found[:8])
        run.tell(run.say("font.lacking", count=len(found), characters=shown))
