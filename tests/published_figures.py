"""The city's published figures, read for tests: their parts, and how exactly they were printed."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

CASES = Path(__file__).parent / "cases/kpi/published.yaml"
PUBLISHED: dict[str, dict[str, Any]] = {
    one["publication"]: one for one in yaml.safe_load(CASES.read_text(encoding="utf-8"))
}
COUNTS = ("个", "家")


def ratios(kind: str | None = None) -> list[Any]:
    """Publication and ratio, of those whose parts were published."""
    return [
        pytest.param(name, ratio, id=f"{name}-{ratio['what']}")
        for name, one in PUBLISHED.items()
        for ratio in one["ratios"]
        if "kind" in ratio and kind in (None, ratio["kind"])
    ]


def half_digit(text: str) -> Decimal:
    """Half of the last digit that was printed."""
    exponent = Decimal(text).as_tuple().exponent
    assert isinstance(exponent, int)
    return Decimal(5).scaleb(exponent - 1)


def span(publication: str, name: Any) -> tuple[float, float]:
    """Between what a published figure may lie, as it was rounded; counts are exact."""
    if isinstance(name, list):
        low, high = zip(*(span(publication, part) for part in name), strict=True)
        return sum(low), sum(high)
    home, _, last = name.rpartition(".")
    figure = PUBLISHED[home or publication]["figures"][last]
    value = Decimal(figure["value"])
    if figure["unit"] in COUNTS or last == "schedule":
        return float(value), float(value)
    half = half_digit(figure["value"])
    return float(value - half), float(value + half)
