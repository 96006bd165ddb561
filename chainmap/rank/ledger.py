"""A firm in one line: is it here, what could it serve, what to do about it, and why.

Everything is about the whole group where a list is gone through (``group``), and about the firm
alone where it stands for itself (``own``), as one that may move does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from chainmap.core.derivation import Ask
from chainmap.core.model import Row
from chainmap.rank.candidates import KINDS
from chainmap.rank.criteria import CRITERIA, LIKELIHOOD, figure_of
from chainmap.rank.marks import Mark
from chainmap.rank.score import Score, Weights

MAKING = ("投产", "达产")
COMING = ("签约", "开工", "建设")
LINES = ("approach", "likely", "cultivate")  # in scoring.yaml
VERDICTS = ("A", "B", "C", "D", "?")
HERE = ("yes", "absent", "mentioned", "not_looked")


@dataclass(frozen=True, slots=True)
class Here:
    """Whether a group has come to the region, and the rows that say so.

    ``yes``: a site that has not ended, or a project in production. ``mentioned``: a project that
    is not there yet, or a look that found it mentioned, though no row says where. ``absent``:
    looked for and not found. ``not_looked``.
    """

    word: str
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Best:
    """The candidate of a firm with the highest score that rests on more than a code."""

    firm: str
    chain: str
    link: str
    score: float
    likelihood: float | None

    def __str__(self) -> str:
        return f"{self.chain}/{self.link}/{self.firm} {self.score:.4g}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A approach now, B cultivate, C watch, D unsuitable, ? not analysed; and the reason.

    The reason is a sentence of the message catalogue with the words that it needs.
    """

    letter: str
    reason: str
    words: Mapping[str, Any] = field(default_factory=dict)
    rows: tuple[Row, ...] = ()


def place(ask: Ask, name: str, firm: str) -> Row | None:
    """The firm's place on a list: ``global500`` its newest one, ``global500:2024`` that year's.

    The better one where it has two in a year, as after a merger; None where it has none.
    """
    wanted, _, year = name.partition(":")
    rows = ask.rows("lists", ("list", "firm"), (wanted, firm))
    newest = year or max((row.text("year") for row in rows), default="")
    mine = [row for row in rows if row.text("year") == newest]
    found = min(mine, key=lambda row: (row.number("rank") or 0, row.order), default=None)
    if found is not None:
        for column in ("list", "year", "rank"):
            ask.cell(found, column)
    return found


def line(ask: Ask, name: str, firm: str) -> Verdict:
    """What the ledger says of a firm on a list: its verdict, beside whether it is here."""
    ask("ledger.place", name, firm)
    ask("ledger.here", firm)
    verdict: Verdict = ask("ledger.verdict", firm, "group")
    ask("ledger.would_change", firm, "group")
    return verdict


def members(ask: Ask, firm: str, scope: str) -> tuple[str, ...]:
    """The firm alone, or every firm of its group."""
    if scope == "own":
        return (firm,)
    group = ask.world.group(firm)
    return tuple(dict.fromkeys((firm, *ask.world.groups.get(group, ()), group)))


def here(ask: Ask, firm: str) -> Here:
    """Whether the firm's group is in the region, has been looked for, or neither."""
    today = ask.today().last
    found: list[Row] = []
    coming: list[Row] = []
    absent: list[Row] = []
    group = members(ask, firm, "group")
    for member in group:
        for row in ask.rows("presence", ("firm",), (member,)):
            if not row.runs(today):
                continue
            (absent if ask.cell(row, "activity") == "none" else found).append(row)
        for row in ask.rows("projects", ("firm",), (member,)):
            stage = ask("project_stage", row.text("project"))
            if stage in (*MAKING, *COMING):
                ask.cell(row, "stage")
                (found if stage in MAKING else coming).append(row)
    if found:
        return Here("yes", tuple(found))
    looks = [row for member in group for row in ask.rows("searched", ("firm",), (member,))]
    mentioned = [row for row in looks if ask.cell(row, "found") == "yes"]
    if coming or mentioned:
        return Here("mentioned", (*coming, *mentioned))
    rows = (*absent, *looks)
    return Here("absent", rows) if rows else Here("not_looked")


def links(ask: Ask, firm: str, scope: str) -> tuple[tuple[str, str, str], ...]:
    """(firm, chain, link) that the firm or its group could serve by what it makes, in order.

    By activities and matches of the business scope; an equal industry code alone is not enough.
    """
    found: dict[tuple[str, str, str], None] = {}
    chains = ask.world.workspace.chains
    for member in members(ask, firm, scope):
        for table in ("activities", "screened"):
            for row in ask.rows(table, ("firm",), (member,)):
                chain, link = row.text("chain"), row.text("link")
                if chain in chains and link in chains[chain].index:
                    ask.cell(row, "link")
                    found[member, chain, link] = None
    return tuple(sorted(found, key=lambda one: (one[1], one[2], one[0])))


def best(ask: Ask, firm: str, scope: str) -> Best | None:
    """The best scored of those links that has a gap and no site of the group yet."""
    scored: list[Best] = []
    for who, chain, link in ask("ledger.links", firm, scope):
        if ask("gap", chain, link).kind not in KINDS:
            continue
        makers = {ask.world.group(p.firm) for p in ask("producing", chain, link) if p.firm}
        if ask.world.group(who) in makers:
            continue
        score: Score = ask("score", who, chain, link)
        scored.append(Best(who, chain, link, score.score, score.likelihood))
    if not scored:
        return None
    return min(scored, key=lambda one: (-round(one.score, 9), one.firm, one.chain, one.link))


def verdict(ask: Ask, firm: str, scope: str) -> Verdict:
    """What to do about a firm, from what is known of it; thresholds are in scoring.yaml.

    A: the best candidate reaches both lines. B: it reaches the lower one. C: it does not, or no
    gap is open, or the group goes elsewhere with its seat, which leaves it free to invest. D: it
    was judged unfit, or it stands for itself and goes elsewhere. ``?``: nobody looked at it.
    """
    if scope == "own" and (left := ask("gone", firm)) is not None:
        return _gone(ask, "D", left)
    could = ask("ledger.links", firm, scope)
    if not could:
        for member in members(ask, firm, scope):
            for row in ask.rows("no_fit", ("firm",), (member,)):
                why = str(ask.cell(row, "reason"))
                return Verdict("D", "ledger.unfit", {"reason": why}, (row,))
        return Verdict("?", "ledger.open")
    found: Best | None = ask("ledger.best", firm, scope)
    if found is None:
        return Verdict("C", "ledger.no_gap", {"count": len({pair[1:] for pair in could})})
    for who in dict.fromkeys((firm, found.firm)):
        if (left := ask("gone", who)) is not None:
            return _gone(ask, "C", left)
    lines = (ask.setting(f"ledger.{name}") for name in LINES)
    letter = _letter(found.score, found.likelihood, *lines)
    about = {name: getattr(found, name) for name in ("chain", "link", "score", "likelihood")}
    why = f"ledger.score_{letter.lower()}"
    if letter == "B" and found.score >= ask.setting("ledger.approach"):
        why = "ledger.unlikely"
    return Verdict(letter, why, about)


def _gone(ask: Ask, letter: str, left: Row) -> Verdict:
    day = ask.day(left, "date")
    words = {"toward": str(ask.cell(left, "toward") or ""), "day": day.text if day else ""}
    return Verdict(letter, "ledger.gone", words, (left,))


def _letter(
    score: float, likelihood: float | None, approach: float, likely: float, cultivate: float
) -> str:
    if score >= approach and (likelihood is None or likelihood >= likely):
        return "A"
    return "B" if score >= cultivate else "C"


def would_change(ask: Ask, firm: str, scope: str) -> tuple[str, str] | None:
    """The one open fact that would change the verdict most: (criterion, verdict it leads to).

    Each criterion of the best candidate that is not fully known is put at its better end, the
    others left as they are; for an A, at its worse end. Of those that change the verdict the one
    that moves the score most counts. None where no single fact would.
    """
    now: Verdict = ask("ledger.verdict", firm, scope)
    found: Best | None = ask("ledger.best", firm, scope)
    if found is None or "link" not in now.words:
        return None
    stated: Weights = ask("weights")
    marks: dict[str, Mark] = {
        name: ask(*figure_of(name, found.firm, found.chain, found.link)) for name in CRITERIA
    }
    limits = [ask.setting(f"ledger.{name}") for name in LINES]
    moves = []
    for at, name in enumerate(CRITERIA):
        span = marks[name].span
        if span is None or not stated.total:
            continue
        step = (span[0] if now.letter == "A" else span[1]) - marks[name].value
        score = found.score + stated.of[name] * step / stated.total
        likelihood = found.likelihood
        if name in LIKELIHOOD and likelihood is not None and stated.likelihood:
            likelihood += stated.of[name] * step / stated.likelihood
        letter = _letter(score, likelihood, *limits)
        if letter != now.letter:
            # Rounded, so that of equal moves the first criterion counts and not the last bit.
            moves.append((-round(abs(score - found.score), 9), at, name, letter))
    return min(moves)[2:] if moves else None
