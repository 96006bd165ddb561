"""Candidates in their order, with the interval that each rank has over weights and unknowns."""

from __future__ import annotations

import hashlib
import io
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, overload

import numpy as np

from chainmap.core import mcda
from chainmap.core.derivation import Book
from chainmap.core.world import World
from chainmap.rank.candidates import Candidate
from chainmap.rank.criteria import CRITERIA
from chainmap.rank.marks import Mark
from chainmap.rank.ranks import APART, Ranks, Request, interval_at, need_room, scope_of
from chainmap.rank.score import marks as marks_of

METHOD = 2  # raise it when ``core.mcda`` comes to give other numbers for the same input


KEPT = 20_000  # rows that are made once only


@dataclass(frozen=True)
class Ranking:
    """Rows in order, the settings behind them, and who stands apart."""

    rows: Rows
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
    ranks = None if request.basis in APART else book.value("ranks", *scope)
    rows = Rows(book, ranks.order if ranks else book.value("candidates", *which), ranks)
    fields = [book.value("field", chain) for chain in chains]
    firms = dict.fromkeys(one.firm for one in rows.order)
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


class Rows(Sequence[dict[str, Any]]):
    """The rows of a ranking in their order, each made when it is looked at.

    Of a million candidates a reader sees twenty.
    """

    def __init__(self, book: Book, order: Sequence[Candidate], ranks: Ranks | None) -> None:
        self.book, self.order, self.ranks = book, order, ranks
        self._made: dict[int, dict[str, Any]] = {}

    def __len__(self) -> int:
        return len(self.order)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    @overload
    def __getitem__(self, at: int) -> dict[str, Any]: ...

    @overload
    def __getitem__(self, at: slice) -> list[dict[str, Any]]: ...

    def __getitem__(self, at: int | slice) -> dict[str, Any] | list[dict[str, Any]]:
        if isinstance(at, slice):
            return [self[one] for one in range(*at.indices(len(self)))]
        at = range(len(self))[at]
        row = self._made.get(at)
        if row is None:
            row = self._row(at)
            if len(self._made) < KEPT:
                self._made[at] = row
        return row

    def bases(self) -> Counter[str]:
        """How many rows there are on each basis."""
        return Counter(one.basis for one in self.order)

    def grades(self) -> Counter[str]:
        """How many rows rest on which evidence grade, the worst one of each."""
        graded = (_evidence(self.book, one) for one in self.order)
        return Counter(self.book.world.worst(sources) or "-" for sources in graded)

    def overlapping(self) -> int:
        """How many intervals begin before that of the first row ends."""
        robust = self.ranks.robust if self.ranks else None
        return 0 if robust is None else int((robust.p05[1:] <= robust.p95[0]).sum())

    def _row(self, at: int) -> dict[str, Any]:
        if self.ranks is None:
            row = _apart_row(self.book, self.order[at])
        else:
            row = _ranked_row(self.book, self.ranks, at)
        return row | {"position": at + 1}


def _ranked_row(book: Book, found: Ranks, at: int) -> dict[str, Any]:
    """The row at a place of the order, from 0, with its interval."""
    candidate = found.order[at]
    firm, chain, link = candidate.firm, candidate.chain, candidate.link
    score = book.value("score", firm, chain, link)
    marks = marks_of(book, firm, chain, link)
    sure = interval_at(found, at)
    return _row(book, candidate) | {
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


Moved = tuple["array[int]", "array[float]"]


@dataclass(frozen=True, eq=False)
class Drawn:
    """What the draws of a ranking are made of, and the draws: the same for the same settings.

    base: (rows, criteria), the known part of each mark; stated: (criteria,); weights: (draws,
    criteria). uses: by quantity and criterion the rows that it moves, and how far each.
    """

    base: mcda.Floats
    ranges: dict[str, tuple[float, float]]
    uses: dict[tuple[str, int], Moved]
    stated: mcda.Floats
    kappa: float
    how: tuple[str, int, int]

    def key(self, top: int) -> str:
        """Changes with anything that the ranks depend on, the method included."""
        digest = hashlib.sha256(self.base.tobytes() + self.stated.tobytes())
        version = (METHOD, np.__version__)
        digest.update(repr((version, self.base.shape, self.kappa, top, self.how)).encode())
        for name, ends in self.ranges.items():
            digest.update(repr((name, ends)).encode())
        for use, (rows, scales) in self.uses.items():
            digest.update(repr((use, len(rows))).encode())
            digest.update(rows.tobytes() + scales.tobytes())
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
                np.array(rows, dtype=np.int64),
                self.drawn[name],
                np.array(scales, dtype=float),
            )
            for (name, criterion), (rows, scales) in self.uses.items()
        ]


def drawn(
    marks: Iterable[Mapping[str, Mark]],
    weights: tuple[Mapping[str, float], float],
    how: tuple[str, int, int],
) -> Drawn:
    """The draws for rows with these marks, which are gone through once.

    ``weights`` are the stated ones and kappa, ``how`` the scheme, the draws and the seed. Raises
    TooManyDraws.
    """
    known = array("d")
    uses: dict[tuple[str, int], Moved] = {}
    ranges: dict[str, tuple[float, float]] = {}
    for at, mark in enumerate(marks):
        for criterion, name in enumerate(CRITERIA):
            known.append(mark[name].base)
            for quantity, scale in mark[name].unknown:
                ranges[quantity.name] = (quantity.low, quantity.high)
                use = (quantity.name, criterion)
                if use not in uses:
                    uses[use] = (array("q"), array("d"))
                rows, scales = uses[use]
                rows.append(at)
                scales.append(scale)
    base = np.array(known, dtype=float).reshape(-1, len(CRITERIA))
    need_room(how[1], len(ranges))
    return Drawn(base, ranges, uses, mcda.stated(weights[0]), weights[1], how)


def sure(
    world: World,
    marks: Iterable[Mapping[str, Mark]],
    weights: tuple[Mapping[str, float], float],
    top: int,
    how: tuple[str, int, int],
) -> mcda.Robust:
    """How sure each rank is: from memory where the very same was worked out before.

    Arguments as for ``drawn``; raises TooManyDraws.
    """
    asked = drawn(marks, weights, how)
    key = asked.key(top) if world.memory else ""
    found = _unpacked(world.memory.recall(key), len(asked.base)) if world.memory else None
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


def _evidence(book: Book, candidate: Candidate) -> list[str]:
    """The sources of the rows behind the status and the basis, each once."""
    firm, chain, link = candidate.firm, candidate.chain, candidate.link
    if not link:
        behind = book.value("undecided", chain, firm)
        return list(dict.fromkeys(s for row in behind for s in row.sources))
    standing = book.value("standing", chain, link)
    rows = (*standing.rows, *book.value("basis_rows", firm, chain, link))
    return list(dict.fromkeys([*(s for row in rows for s in row.sources), *standing.sources]))


def _row(book: Book, candidate: Candidate) -> dict[str, Any]:
    firm, chain, link = candidate.firm, candidate.chain, candidate.link
    gap = book.value("gap", chain, link) if link else None
    sources = _evidence(book, candidate)
    return {
        "ref": f"{chain}/{link}/{firm}" if link else f"undecided/{chain}/{firm}",
        "position": 0,
        "firm": firm,
        "name": book.world.name(firm),
        "chain": chain,
        "link": link or None,
        "kind": gap and gap.kind,
        "suspect": gap and gap.suspect,
        "settled": gap and gap.settled,
        "basis": candidate.basis,
        "evidence_grade": book.world.worst(sources),
        "sources": sources,
    }


def _apart_row(book: Book, candidate: Candidate) -> dict[str, Any]:
    """A firm of the expansion list, or one whose link is not decided: listed, not ranked."""
    empty = dict.fromkeys(("score", "impact", "likelihood", "rank_p05", "rank_p95", "p_top"))
    beside = dict.fromkeys(("rank_p25", "rank_p75", "rank_median", "p_top_error"))
    return {**_row(book, candidate), **empty, "criteria": {}, "unknown": {}, **beside}


def _gone(book: Book, firm: str) -> dict[str, str]:
    row = book.value("gone", firm)
    return {
        "firm": firm,
        "name": book.world.name(firm),
        "toward": row.text("toward"),
        "date": row.text("date"),
        "note": row.text("note"),
    }
