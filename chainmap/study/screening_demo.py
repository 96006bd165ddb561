"""The made-up register of a workspace, and how well a screening found what was planted in it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from chainmap import __version__
from chainmap.screen.demo import ANSWER_HEADS, Demo
from chainmap.screen.noise import KINDS
from chainmap.screen.rule import normalise
from chainmap.study import JsonRow, Study
from chainmap.study.screening import Screening, links_of


@dataclass(frozen=True, slots=True)
class Answer:
    """What was planted in a row."""

    chain: str
    link: str
    kind: str
    wanted: bool
    word: str


class NoAnswers(ValueError):
    """A file that holds no planted answers."""


def demo_of(study: Study, rows: int, seed: int, chain: str | None) -> Demo:
    """A made-up register with plants for the links of a chain, or of all. Raises ValueError."""
    words = {
        f"{one.id}/{link.id}": (link.name, *link.products)
        for one in study.chains(chain) for link in one.links
    }  # fmt: skip
    return Demo(links_of(study, chain), words, rows, seed, study.workspace.region)


def about(study: Study, demo: Demo) -> dict[str, Any]:
    """What stands in a made-up register about itself."""
    return {
        "synthetic": True,
        "note": "虚构数据，仅供试用；没有一行是真实企业",
        "rows": demo.rows,
        "seed": demo.seed,
        "chainmap": __version__,
        "workspace_hash": study.workspace.hash,
    }


def read_answers(text: str) -> dict[str, Answer]:
    """Planted answers by the id of their row. Raises NoAnswers."""
    try:
        rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
        found = {
            row["id"]: Answer(row["chain"], row["link"], row["kind"], row["wanted"] == "true",
                              row["word"])
            for row in rows
        }  # fmt: skip
    except (KeyError, TypeError, csv.Error) as error:
        raise NoAnswers(str(error)) from None
    if not found or any(one.kind not in KINDS for one in found.values()):
        raise NoAnswers(" ".join(ANSWER_HEADS))
    return found


def judged(screening: Screening, answers: Mapping[str, Answer]) -> list[JsonRow]:
    """Precision and recall for each kind of noise, and over all.

    ``recall``: of the wanted plants, the share found for their link. ``precision``: of the pairs
    found with a planted firm, the share that is right: a wanted firm, for its link or for
    another one that has the same word.
    """
    links = screening.rule.links
    found: dict[str, set[int]] = {}
    best = screening.found.best
    for firm, link in zip(best["id"].to_pylist(), best["link"].to_pylist(), strict=True):
        if firm in answers:
            found.setdefault(firm, set()).add(link)
    counts = {kind: [0, 0, 0, 0] for kind in KINDS}  # planted, found, pairs, right pairs
    for firm, one in answers.items():
        count = counts[one.kind]
        count[0] += 1
        word = normalise(one.word)
        for at in found.get(firm, ()):
            mine = (links[at].chain, links[at].link) == (one.chain, one.link)
            count[1] += mine
            count[2] += 1
            count[3] += one.wanted and (mine or word in links[at].include)
    rows = [_row(kind, KINDS[kind], [counts[kind]]) for kind in KINDS if counts[kind][0]]
    wanted = [counts[kind] for kind in KINDS if KINDS[kind]]
    total = _row("all", None, counts.values())
    total["recall"] = _share(sum(c[1] for c in wanted), sum(c[0] for c in wanted))
    return [*rows, total]


def _row(kind: str, wanted: bool | None, counts: Iterable[list[int]]) -> JsonRow:
    planted, found, pairs, right = map(sum, zip(*counts, strict=True))
    return {
        "kind": kind,
        "wanted": wanted,
        "planted": planted,
        "found": found,
        "recall": _share(found, planted) if wanted else None,
        "false": pairs - right,
        "precision": _share(right, pairs),
    }


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
