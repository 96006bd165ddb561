"""Candidates in their order, with the interval that each rank has over weights and unknowns."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from chainmap.core import mcda
from chainmap.core.derivation import Book
from chainmap.core.world import World
from chainmap.rank.candidates import Candidate
from chainmap.rank.criteria import CRITERIA
from chainmap.rank.marks import Mark
from chainmap.rank.ranks import APART, Ranks, Request, TooManyDraws, interval_at, scope_of
from chainmap.rank.score import marks as marks_of

METHOD = 2  # raise it when ``core.mcda`` comes to give other numbers for the same input


MOST_DRAWN = 250_000_000  # unknown quantities times draws: 2 GB of numbers


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
    scope: tuple[str, ...]  # the arguments of the figure that holds the ranks


def rank(book: Book, chains: Sequence[str], request: Request) -> Ranking:
    """Rank the candidates of the chains that the request lets through.

    Ranks and intervals are among those; ``top`` only sets k of P(top k) and what is printed.
    """
    settings = book.world.settings
    scope = scope_of(request, settings)
    *which, top, draws, seed, _ = scope
    if request.basis in APART:
        chosen = book.value("candidates", *which)
        rows = [_apart_row(book, candidate) for candidate in chosen]
    else:
        rows = _ranked_rows(book, book.value("ranks", *scope))
    for at, row in enumerate(rows):
        row["position"] = at + 1
    fields = [book.value("field", chain) for chain in chains]
    firms = dict.fromkeys(row["firm"] for row in rows)
    gone = [_gone(book, firm) for firm in firms if book.value("gone", firm) is not None]
    return Ranking(
        rows,
        settings.group("weights"),
        int(draws),
        int(seed),
        int(top),
        sum(len(field.expansion) for field in fields),
        sum(len(field.undecided) for field in fields),
        sum(field.no_gap for field in fields),
        gone,
        scope,
    )


def _ranked_rows(book: Book, found: Ranks) -> list[dict[str, Any]]:
    """Rows in their order, with their intervals."""
    rows = []
    for at, candidate in enumerate(found.order):
        firm, chain, link = candidate.firm, candidate.chain, candidate.link
        score = book.value("score", firm, chain, link)
        marks = marks_of(book, firm, chain, link)
        sure = interval_at(found, at)
        row = _row(book, candidate)
        row |= {
            "score": score.score,
            "impact": score.impact,
            "likelihood": score.likelihood,
            "rank_p05": sure.p05,
            "rank_p95": sure.p95,
            "p_top": sure.p_top,
            "criteria": {name: mark.value for name, mark in marks.items()},
            "unknown": {name: list(m.span) for name, m in marks.items() if m.span},
            "rank_p25": sure.p25,
            "rank_p75": sure.p75,
            "rank_median": sure.median,
            "p_top_error": sure.p_top_error,
        }
        rows.append(row)
    return rows


@dataclass(frozen=True, eq=False)
class Drawn:
    """What the draws of a ranking are made of, and the draws: the same for the same settings.

    base: (rows, criteria), the known part of each mark; stated: (criteria,); weights: (draws,
    criteria). uses: by quantity and criterion the rows that it moves and how far.
    """

    base: mcda.Floats
    ranges: dict[str, tuple[float, float]]
    uses: dict[tuple[str, int], list[tuple[int, float]]]
    stated: mcda.Floats
    kappa: float
    how: tuple[str, int, int]

    def key(self, top: int) -> str:
        """Changes with anything that the ranks depend on, the method included."""
        digest = hashlib.sha256(self.base.tobytes() + self.stated.tobytes())
        version = (METHOD, np.__version__)
        rest = (version, self.base.shape, self.ranges, self.uses, self.kappa, top, self.how)
        digest.update(repr(rest).encode())
        return f"ranks-{digest.hexdigest()}.npy"

    @cached_property
    def weights(self) -> mcda.Floats:
        """The drawn weights."""
        return mcda.draw_weights(self.stated, self.how[0], self.kappa, *self.how[1:])

    @cached_property
    def drawn(self) -> dict[str, mcda.Floats]:
        """What was drawn for each unknown quantity, once a draw."""
        return mcda.draw_uniforms(self.ranges, *self.how[1:])

    @cached_property
    def unknown(self) -> list[mcda.Unknown]:
        """The unknown quantities with the marks that they move."""
        return [
            mcda.Unknown(
                criterion,
                np.array([at for at, _ in rows]),
                self.drawn[name],
                np.array([scale for _, scale in rows]),
            )
            for (name, criterion), rows in self.uses.items()
        ]


def drawn(
    marks: Sequence[Mapping[str, Mark]],
    weights: tuple[Mapping[str, float], float],
    how: tuple[str, int, int],
) -> Drawn:
    """The draws for rows with these marks.

    ``weights`` are the stated ones and kappa, ``how`` the scheme, the draws and the seed. Raises
    TooManyDraws.
    """
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
    return Drawn(base, ranges, uses, mcda.stated(weights[0]), weights[1], how)


def sure(
    world: World,
    marks: Sequence[Mapping[str, Mark]],
    weights: tuple[Mapping[str, float], float],
    top: int,
    how: tuple[str, int, int],
) -> mcda.Robust:
    """How sure each rank is: from memory where the very same was worked out before.

    Arguments as for ``drawn``; raises TooManyDraws.
    """
    asked = drawn(marks, weights, how)
    key = asked.key(top) if world.memory else ""
    found = _unpacked(world.memory.recall(key), len(marks)) if world.memory else None
    if found is None:
        found = mcda.robust(asked.base, asked.weights, asked.unknown, top)
        if world.memory:
            world.memory.keep(key, _packed(found))
    return found


def _packed(found: mcda.Robust) -> bytes:
    out = io.BytesIO()
    ends = [found.p05, found.p25, found.p75, found.p95]
    columns = [*ends, found.median, found.p_top, found.p_top_error]
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
    if columns.shape != (7, rows) or columns.dtype != float or not np.isfinite(columns).all():
        return None
    *ends, median, p_top, error = columns
    p05, p25, p75, p95 = (end.astype(np.int64) for end in ends)
    return mcda.Robust(p05, p25, p75, p95, median, p_top, error)


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
        behind = book.value("undecided", candidate.chain, candidate.firm)
        sources = list(dict.fromkeys(s for row in behind for s in row.sources))
        row = {
            "ref": f"undecided/{candidate.chain}/{candidate.firm}",
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
    beside = dict.fromkeys(("rank_p25", "rank_p75", "rank_median", "p_top_error"))
    return {**row, **empty, "criteria": {}, "unknown": {}, **beside}


def _gone(book: Book, firm: str) -> dict[str, str]:
    row = book.value("gone", firm)
    return {
        "firm": firm,
        "name": book.world.name(firm),
        "toward": row.text("toward"),
        "date": row.text("date"),
        "note": row.text("note"),
    }
