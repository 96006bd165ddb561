"""Words of the ledger and of relocation."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
}  # fmt: skip
