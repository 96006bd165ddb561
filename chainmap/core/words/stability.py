"""Words about how sure a rank is, and why a figure is what it is."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
}  # fmt: skip
