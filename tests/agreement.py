"""When two answers are the same: every key alike, numbers within rounding, nothing else excused."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any


def same(found: Any, wanted: Any) -> bool:
    """Whether two values say the same; 1 and 1.0 do, but True and 1 or None and 0 do not."""
    numbers = [isinstance(v, int | float) and not isinstance(v, bool) for v in (found, wanted)]
    if all(numbers):
        return math.isclose(found, wanted, rel_tol=1e-9, abs_tol=1e-9)
    return type(found) is type(wanted) and bool(found == wanted)


def differences(
    found: Mapping[str, Mapping[str, Any]], wanted: Mapping[str, Mapping[str, Any]]
) -> list[tuple[str, str, Any, Any]]:
    """(row, key, found, wanted) wherever a row lacks a wanted key or says something else."""
    wrong: list[tuple[str, str, Any, Any]] = [
        (row, "row", row in found, row in wanted) for row in sorted(found.keys() ^ wanted.keys())
    ]
    wrong += [
        (row, key, found[row].get(key, "absent"), value)
        for row in found.keys() & wanted.keys()
        for key, value in wanted[row].items()
        if not same(found[row].get(key, "absent"), value)
    ]
    return sorted(wrong, key=lambda one: one[:2])
