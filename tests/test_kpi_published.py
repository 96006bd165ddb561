"""What was published of the city's figures: each stated ratio comes out of its own parts."""

from __future__ import annotations

from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from published_figures import PUBLISHED, half_digit, ratios, span

from chainmap.track.kpi import growth, percent, points


def computed(publication: str, ratio: dict[str, Any]) -> tuple[float, float]:
    """The least and the greatest that the published parts allow."""
    parts: list[Any] = ratio["from"]
    if ratio["kind"] == "rate_of_parts":
        ends = [[span(publication, one) for one in pair] for pair in parts]
        values = []
        for corner in product(*(one for pair in ends for one in pair)):
            done, rate = corner[::2], corner[1::2]
            plan = sum(d / (r / 100) for d, r in zip(done, rate, strict=True))
            values.append(percent(sum(done), plan))
        return min(values), max(values)
    spans = [span(publication, part) for part in parts]
    values = []
    for corner in product(*spans):
        if ratio["kind"] == "share":
            values.append(percent(*corner))
        elif ratio["kind"] == "points":
            values.append(points(*corner))
        else:
            assert ratio["kind"] == "share_of_before"
            part, now, grown = corner
            before = now / (1 + grown / 100)
            assert growth(now, before) == pytest.approx(grown)
            values.append(percent(part, before))
    return min(values), max(values)


@pytest.mark.parametrize(("publication", "ratio"), ratios())
def test_a_published_ratio_comes_out_of_its_parts(publication: str, ratio: dict[str, Any]) -> None:
    stated = Decimal(ratio["stated"])
    half = float(half_digit(ratio["stated"]))
    if ratio["kind"] == "some_part_of":
        (whole, _) = span(publication, ratio["from"][0])
        shares = [percent(part, whole) for part in range(int(whole) + 1)]
        assert any(abs(share - float(stated)) <= half for share in shares)
        return
    low, high = computed(publication, ratio)
    assert low - half <= float(stated) <= high + half
    if low == high:  # whole counts: to the printed digit
        assert abs(low - float(stated)) <= half + 1e-9


def test_every_ratio_has_its_parts_or_says_which_were_not_published() -> None:
    for one in PUBLISHED.values():
        for name in ("title", "publisher", "url", "date", "grade"):
            assert one[name], one["publication"]
        for ratio in one["ratios"]:
            assert ("from" in ratio) != ("not_from" in ratio), ratio
    assert len(ratios()) >= 25
    assert sum(ratio["stated"] != "100" for *_, ratio in (p.values for p in ratios("share"))) >= 14
