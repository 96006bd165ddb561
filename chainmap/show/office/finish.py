"""Office files from empty to their bytes: what every workbook and document has in common."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from chainmap.show.draw.extras import extra
from chainmap.show.draw.steady import CREATED, steady

_STRINGS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
            "strings_to_numbers": False}  # fmt: skip


def workbook(title: str, write: Callable[[Any], None]) -> bytes:
    """A workbook that ``write`` fills; its strings are strings, whatever they begin with.

    The title is clean. Raises MissingExtra where the writer of workbooks is not installed.
    """
    xlsxwriter = extra("xlsxwriter")
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, _STRINGS)
    book.set_properties({"title": title, "author": "chainmap", "created": CREATED})
    write(book)
    book.close()
    return steady(out.getvalue())


def document(made: Any, title: str) -> bytes:
    """The bytes of a document that is ready; the title is clean."""
    about = made.core_properties
    about.title = title[:255]  # as long as a property may be
    about.author = about.last_modified_by = "chainmap"
    about.comments, about.created, about.modified = "", CREATED, CREATED
    about.revision = 1
    out = io.BytesIO()
    made.save(out)
    return steady(out.getvalue())
