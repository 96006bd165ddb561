"""Words of the leader firms, their catalogues and clusters."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
}  # fmt: skip
