"""Labelled business scopes: what the screen finds of them, with intervals."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from chainmap.core.model import Chain
from chainmap.core.register import FIELDS
from chainmap.screen.kernel import kernel
from chainmap.screen.rule import link_words, make_rule

CASES = Path(__file__).parent / "cases/screen"
CHAINS = ("hydrogen", "integrated-circuits", "smart-appliance")
Z = 1.96


@dataclass(frozen=True)
class Label:
    """A scope beside a link: whether a task-force would want it, and why it is hard."""

    link: str
    fits: bool
    kind: str
    real: bool
    held: bool
    scope: str


def labels(chain: str) -> list[Label]:
    lines = (CASES / f"{chain}.csv").read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader(line for line in lines if not line.startswith("#"))
    return [
        Label(row["link"], row["fits"] == "yes", row["kind"], row["origin"] != "composed",
              row["part"] == "held", row["scope"])
        for row in rows
    ]  # fmt: skip


def found(chain: Chain, rows: Sequence[Label]) -> list[bool]:
    """Whether the screen finds each pair, by its own kernel on all of them at once."""
    links = link_words(chain)
    weights = {word: 1 for one in links for word in one.include}
    rule = make_rule(links, weights, len(rows))
    running = kernel(rule, False)
    texts = {name: [""] * len(rows) for name in FIELDS}
    texts |= {"id": [str(at) for at in range(len(rows))], "scope": [one.scope for one in rows]}
    columns = {
        name: pa.array([-1] * len(rows), pa.int64()) if name == "capital" else pa.array(cells)
        for name, cells in texts.items()
    }
    running.add(pa.RecordBatch.from_pydict(columns))
    hits = {(links[one["link"]].link, one["id"]) for one in running.result().to_pylist()}
    return [(one.link, str(at)) in hits for at, one in enumerate(rows)]


@dataclass(frozen=True)
class Share:
    """So many of so many, with its interval by Wilson (1927) at 95 %."""

    part: int
    whole: int

    @property
    def value(self) -> float:
        return self.part / self.whole if self.whole else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        if not self.whole:
            return 0.0, 1.0
        n, p = self.whole, self.value
        middle = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
        half = Z / (1 + Z * Z / n) * math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
        return middle - half, middle + half

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.part:3}/{self.whole:<3} {self.value:5.2f} ({low:.2f}-{high:.2f})"


def precision_recall(rows: Sequence[Label], hits: Sequence[bool]) -> tuple[Share, Share]:
    """Precision and recall of the pairs that were found."""
    right = sum(hit and one.fits for one, hit in zip(rows, hits, strict=True))
    return Share(right, sum(hits)), Share(right, sum(one.fits for one in rows))
