"""Words of the test on the past."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
}  # fmt: skip
