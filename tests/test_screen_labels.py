"""What the screen finds of labelled scopes does not get worse."""

from __future__ import annotations

from collections import Counter

import pytest
from running import ROOT
from screen_labels import CHAINS, Label, Share, found, labels, precision_recall

from chainmap.core.model import Chain
from chainmap.read.workspace import load

# Measured with tests/bench/screen_labels.py on all pairs: of those found, and of those that fit.
REACHED = {
    "hydrogen": (44 / 57, 44 / 55),
    "integrated-circuits": (44 / 64, 44 / 55),
    "smart-appliance": (54 / 75, 54 / 54),
}


@pytest.fixture(scope="module")
def chains() -> dict[str, Chain]:
    return dict(load(ROOT)[0].chains)


@pytest.mark.parametrize("chain", CHAINS)
def test_precision_and_recall_are_what_was_reached(chains: dict[str, Chain], chain: str) -> None:
    rows = labels(chain)
    precision, recall = precision_recall(rows, found(chains[chain], rows))
    assert precision.value >= REACHED[chain][0]
    assert recall.value >= REACHED[chain][1]


@pytest.mark.parametrize("chain", CHAINS)
def test_the_labels_are_many_balanced_and_in_part_held_back(
    chains: dict[str, Chain], chain: str
) -> None:
    rows = labels(chain)
    assert len(rows) >= 100
    assert 0.4 < sum(one.fits for one in rows) / len(rows) < 0.6
    assert 0.25 < sum(one.held for one in rows) / len(rows) < 0.42
    assert sum(one.real for one in rows) / len(rows) > 0.4
    assert {one.link for one in rows} <= set(chains[chain].index)
    assert max(Counter((one.link, one.scope) for one in rows).values()) == 1


def test_an_interval_is_that_of_the_textbook() -> None:
    """Newcombe (1998), table 1: 15 of 148 by Wilson is 0.0624 to 0.1605."""
    low, high = Share(15, 148).interval
    assert (round(low, 4), round(high, 4)) == (0.0624, 0.1605)
    assert Share(0, 0).interval == (0.0, 1.0)


def test_what_is_counted_can_go_wrong(chains: dict[str, Chain]) -> None:
    rows = [
        Label("stack", True, "", True, False, "燃料电池电堆的生产"),
        Label("stack", True, "", True, False, "发电堆组装"),
        Label("stack", False, "", True, False, "电堆模块的零售"),
        Label("stack", False, "", True, False, "食品销售"),
    ]
    hits = found(chains["hydrogen"], rows)
    assert hits == [True, False, True, False]
    assert precision_recall(rows, hits) == (Share(1, 2), Share(1, 2))
