"""Candidates in their order, with the interval that each rank has over weights and unknowns."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from chainmap.core import mcda
from chainmap.core.derivation import Book
from chainmap.rank.candidates import Candidate, Field, agreeing_rows, field_of, on_list
from chainmap.rank.criteria import CRITERIA
from chainmap.rank.marks import Mark
from chainmap.rank.score import marks as marks_of

APART = ("any", "expansion")
METHOD = 1  # raise it when ``core.mcda`` comes to give other numbers for the same input


MOST_DRAWN = 250_000_000  # unknown quantities times draws: 2 GB of numbers


class TooManyDraws(ValueError):
    """More draws than memory holds for so many unknown quantities; ``most`` are possible."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most


class Memory(Protocol):
    """Where results are kept between runs."""

    def recall(self, key: str) -> bytes | None: ...

    def keep(self, key: str, data: bytes) -> None: ...


@dataclass(frozen=True, slots=True)
class Request:
    """Which candidates to rank, and how the weights are drawn."""

    chain: str | None = None
    link: str | None = None
    kind: str | None = None
    on: str | None = None
    basis: str | None = None
    top: int | None = None
    draws: int | None = None
    seed: int | None = None
    weights: str = "around"


@dataclass(frozen=True)
class Ranking:
    """Rows in order, the settings behind them, and who stands apart."""

    rows: list[dict[str, Any]]
    weights: dict[str, float]
    draws: int
    seed: int
    top: int
    expansion: int
    undecided: int
    no_gap: int
    gone: list[dict[str, str]]


def rank(
    book: Book, chains: Sequence[str], request: Request, memory: Memory | None = None
) -> Ranking:
    """Rank the candidates of the chains that the request lets through.

    Ranks and intervals are among those; ``top`` only sets k of P(top k) and what is printed.
    """
    settings = book.world.settings
    draws = request.draws or int(settings["robust.draws"])
    seed = int(settings["robust.seed"]) if request.seed is None else request.seed
    top = request.top or int(settings["robust.top"])
    fields = {chain: field_of(book, chain) for chain in chains}
    chosen = _chosen(book, fields, request)
    if request.basis in APART:
        rows = [_apart_row(book, candidate) for candidate in chosen]
    else:
        rows = _ranked_rows(book, chosen, top, (request.weights, draws, seed), memory)
    for at, row in enumerate(rows):
        row["position"] = at + 1
    firms = dict.fromkeys(row["firm"] for row in rows)
    gone = [_gone(book, firm) for firm in firms if book.value("gone", firm) is not None]
    return Ranking(
        rows,
        settings.group("weights"),
        draws,
        seed,
        top,
        sum(len(f.expansion) for f in fields.values()),
        sum(len(f.undecided) for f in fields.values()),
        sum(f.no_gap for f in fields.values()),
        gone,
    )


def _chosen(book: Book, fields: dict[str, Field], request: Request) -> list[Candidate]:
    names = {"any": "undecided", "expansion": "expansion"}
    which = names.get(request.basis or "", "running")
    found = [c for f in fields.values() for c in getattr(f, which)]
    if request.link:
        found = [c for c in found if c.link == request.link]
    if request.kind:
        found = [c for c in found if c.link and _kind(book, c) == request.kind]
    if request.on:
        firms = on_list(book.world, request.on)
        found = [c for c in found if c.firm in firms]
    if request.basis and request.basis not in APART:
        found = [c for c in found if c.basis == request.basis]
    return found


def _kind(book: Book, candidate: Candidate) -> str:
    kind: str = book.value("gap", candidate.chain, candidate.link).kind
    return kind


def _ranked_rows(
    book: Book,
    chosen: list[Candidate],
    top: int,
    how: tuple[str, int, int],
    memory: Memory | None,
) -> list[dict[str, Any]]:
    """Rows by score, firm and link, with their intervals."""
    scored = [(book.value("score", c.firm, c.chain, c.link), c) for c in chosen]
    scored.sort(key=lambda pair: (-round(pair[0].score, 9), pair[1].firm, pair[1].link,
                                  pair[1].chain))  # fmt: skip
    marks = [marks_of(book, c.firm, c.chain, c.link) for _, c in scored]
    robust = _robust(book, marks, top, how, memory)
    rows = []
    for at, (score, candidate) in enumerate(scored):
        row = _row(book, candidate)
        row |= {
            "score": score.score,
            "impact": score.impact,
            "likelihood": score.likelihood,
            "rank_p05": int(robust.p05[at]),
            "rank_p95": int(robust.p95[at]),
            "p_top": float(robust.p_top[at]),
            "criteria": {name: mark.value for name, mark in marks[at].items()},
            "unknown": {name: list(m.span) for name, m in marks[at].items() if m.span},
        }
        rows.append(row)
    return rows


@dataclass(frozen=True)
class _Problem:
    """All that the intervals follow from: marks, unknown quantities, weights and draws."""

    base: mcda.Floats
    ranges: dict[str, tuple[float, float]]
    uses: dict[tuple[str, int], list[tuple[int, float]]]
    stated: mcda.Floats
    kappa: float
    top: int
    how: tuple[str, int, int]

    @property
    def key(self) -> str:
        """Changes with anything that the result depends on, the method included."""
        digest = hashlib.sha256(self.base.tobytes() + self.stated.tobytes())
        version = (METHOD, np.__version__)
        rest = (version, self.base.shape, self.ranges, self.uses, self.kappa, self.top, self.how)
        digest.update(repr(rest).encode())
        return f"ranks-{digest.hexdigest()}.npy"

    def solved(self) -> mcda.Robust:
        """Draw weights and unknown quantities, each quantity once a draw, and rank."""
        scheme, draws, seed = self.how
        weights = mcda.draw_weights(self.stated, scheme, self.kappa, draws, seed)
        drawn = mcda.draw_uniforms(self.ranges, draws, seed)
        unknown = [
            mcda.Unknown(
                criterion,
                np.array([at for at, _ in rows]),
                drawn[name],
                np.array([scale for _, scale in rows]),
            )
            for (name, criterion), rows in self.uses.items()
        ]
        return mcda.robust(self.base, weights, unknown, self.top)


def _robust(
    book: Book,
    marks: list[dict[str, Mark]],
    top: int,
    how: tuple[str, int, int],
    memory: Memory | None = None,
) -> mcda.Robust:
    """How sure each rank is: from memory where the very same was worked out before."""
    settings = book.world.settings
    base = np.array([[m[name].base for name in CRITERIA] for m in marks], dtype=float)
    base = base.reshape(len(marks), len(CRITERIA))
    uses: dict[tuple[str, int], list[tuple[int, float]]] = {}
    ranges: dict[str, tuple[float, float]] = {}
    for at, mark in enumerate(marks):
        for criterion, name in enumerate(CRITERIA):
            for quantity, scale in mark[name].unknown:
                ranges[quantity.name] = (quantity.low, quantity.high)
                uses.setdefault((quantity.name, criterion), []).append((at, scale))
    if how[1] * len(ranges) > MOST_DRAWN:
        raise TooManyDraws(MOST_DRAWN // len(ranges))
    stated = mcda.stated({name: settings[f"weights.{name}"] for name in CRITERIA})
    asked = _Problem(base, ranges, uses, stated, settings["robust.kappa"], top, how)
    if memory is None:
        return asked.solved()
    key = asked.key
    found = _unpacked(memory.recall(key), len(marks))
    if found is None:
        found = asked.solved()
        memory.keep(key, _packed(found))
    return found


def _packed(found: mcda.Robust) -> bytes:
    out = io.BytesIO()
    columns = [found.p05, found.p95, found.median, found.p_top, found.p_top_error]
    np.save(out, np.array(columns, dtype=float), allow_pickle=False)
    return out.getvalue()


def _unpacked(data: bytes | None, rows: int) -> mcda.Robust | None:
    """The result that was kept, None where it is none that could have been kept."""
    if data is None:
        return None
    try:
        columns = np.load(io.BytesIO(data), allow_pickle=False)
    except (ValueError, EOFError, OSError):
        return None
    if columns.shape != (5, rows) or columns.dtype != float or not np.isfinite(columns).all():
        return None
    p05, p95, median, p_top, error = columns
    return mcda.Robust(p05.astype(np.int64), p95.astype(np.int64), median, p_top, error)


def _row(book: Book, candidate: Candidate) -> dict[str, Any]:
    firm, chain, link = candidate.firm, candidate.chain, candidate.link
    gap = book.value("gap", chain, link)
    standing = book.value("standing", chain, link)
    behind = (*standing.rows, *book.value("basis_rows", firm, chain, link))
    sources = dict.fromkeys([*(s for row in behind for s in row.sources), *standing.sources])
    return {
        "ref": f"{chain}/{link}/{firm}",
        "position": 0,
        "firm": firm,
        "name": book.world.name(firm),
        "chain": chain,
        "link": link,
        "kind": gap.kind,
        "suspect": gap.suspect,
        "settled": gap.settled,
        "basis": candidate.basis,
        "evidence_grade": book.world.worst(sources),
        "sources": list(sources),
    }


def _apart_row(book: Book, candidate: Candidate) -> dict[str, Any]:
    """A firm of the expansion list, or one whose link is not decided: listed, not ranked."""
    if candidate.link:
        row = _row(book, candidate)
    else:
        behind = agreeing_rows(book.world, candidate.firm, candidate.chain, 3)
        sources = list(dict.fromkeys(s for row in behind for s in row.sources))
        row = {
            "ref": candidate.chain,
            "position": 0,
            "firm": candidate.firm,
            "name": book.world.name(candidate.firm),
            "chain": candidate.chain,
            "link": None,
            "kind": None,
            "suspect": None,
            "settled": None,
            "basis": candidate.basis,
            "evidence_grade": book.world.worst(sources),
            "sources": sources,
        }
    empty = dict.fromkeys(("score", "impact", "likelihood", "rank_p05", "rank_p95", "p_top"))
    return {**row, **empty, "criteria": {}, "unknown": {}}


def _gone(book: Book, firm: str) -> dict[str, str]:
    row = book.value("gone", firm)
    return {
        "firm": firm,
        "name": book.world.name(firm),
        "toward": row.text("toward"),
        "date": row.text("date"),
        "note": row.text("note"),
    }
