"""Office files are ZIP archives; the same content is to be the same bytes on every day."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime

THEN = (1980, 1, 1, 0, 0, 0)  # the first date that a ZIP archive can hold
CREATED = datetime(2000, 1, 1)  # what stands in the properties of a document


def steady(data: bytes) -> bytes:
    """The archive with every member dated alike, in the order it had."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            member = zipfile.ZipInfo(name, THEN)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o600 << 16
            new.writestr(member, old.read(name))
    return out.getvalue()
