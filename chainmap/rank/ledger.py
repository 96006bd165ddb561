"""A firm in one line: is it here, what could it serve, what to do about it, and why.

Everything is about the whole group where a list is gone through (``group``), and about the firm
alone where a subsidiary stands for itself (``own``).
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

ARRIVED = ("签约", "开工", "建设", "投产", "达产")
VERDICTS = ("A", "B", "C", "D", "?")
HERE = ("yes", "absent", "mentioned", "not_looked")


@dataclass(frozen=True, slots=True)
class Here:
    """Whether a group has come to the region, and the rows that say so.

    ``yes``: a site that has not ended, or a project that was signed. ``absent``: looked for and
    not found. ``mentioned``: a look found it mentioned, and no row says where. ``not_looked``.
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


@dataclass(frozen=True, slots=True)
class Verdict:
    """A approach now, B cultivate, C watch, D unsuitable, ? not analysed; and the reason.

    The reason is a sentence of the message catalogue with the words that it needs.
    """

    letter: str
    reason: str
    words: Mapping[str, Any] = field(default_factory=dict)
    rows: tuple[Row, ...] = ()


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
    absent: list[Row] = []
    for member in members(ask, firm, "group"):
        for row in ask.rows("presence", ("firm",), (member,)):
            until, since = row.day("until"), row.day("since")
            over = until is not None and until.last < today
            if over or (since is not None and since.first > today):
                continue
            (absent if ask.cell(row, "activity") == "none" else found).append(row)
        found += [
            row
            for row in ask.rows("projects", ("firm",), (member,))
            if ask("project_stage", row.text("project")) in ARRIVED
        ]
    if found:
        return Here("yes", tuple(found))
    looks = [
        row
        for member in members(ask, firm, "group")
        for row in ask.rows("searched", ("firm",), (member,))
    ]
    mentioned = tuple(row for row in looks if ask.cell(row, "found") == "yes")
    if mentioned:
        return Here("mentioned", mentioned)
    rows = (*absent, *looks)
    return Here("absent", rows) if rows else Here("not_looked")


def links(ask: Ask, firm: str, scope: str) -> tuple[tuple[str, str, str], ...]:
    """(firm, chain, link) that the firm or its group could serve by what it makes, in order.

    By activities and matches of the business scope; an equal industry code alone is not enough.
    """
    found: dict[tuple[str, str, str], None] = {}
    chains = ask.world.workspace.chains
    for member in members(ask, firm, scope):
        for table in ("activities", "matches"):
            for row in ask.rows(table, ("firm",), (member,)):
                chain, link = row.text("chain"), row.text("link")
                if chain in chains and link in chains[chain].index:
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
    """What to do about a firm, from what is known of it; thresholds are in scoring.yaml."""
    could = ask("ledger.links", firm, scope)
    if not could:
        rows = [
            row
            for member in members(ask, firm, scope)
            for row in ask.rows("no_fit", ("firm",), (member,))
        ]
        if rows:
            why = str(ask.cell(rows[0], "reason"))
            return Verdict("D", "ledger.unfit", {"reason": why}, (rows[0],))
        return Verdict("?", "ledger.open")
    found: Best | None = ask("ledger.best", firm, scope)
    if found is None:
        return Verdict("C", "ledger.no_gap", {"count": len({pair[1:] for pair in could})})
    for who in dict.fromkeys((firm, found.firm)):
        left: Row | None = ask("gone", who)
        if left is not None:
            words = {"toward": left.text("toward"), "day": left.text("date")}
            return Verdict("C", "ledger.gone", words, (left,))
    letter = _letter(
        found.score,
        found.likelihood,
        ask.setting("ledger.approach"),
        ask.setting("ledger.likely"),
        ask.setting("ledger.cultivate"),
    )
    about: dict[str, Any] = {"chain": found.chain, "link": found.link, "score": found.score}
    about["likelihood"] = found.likelihood
    return Verdict(letter, f"ledger.score_{letter.lower()}", about)


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
    if found is None or not now.reason.startswith("ledger.score"):
        return None
    stated: Weights = ask("weights")
    marks: dict[str, Mark] = {
        name: ask(*figure_of(name, found.firm, found.chain, found.link)) for name in CRITERIA
    }
    limits = [ask.setting(f"ledger.{name}") for name in ("approach", "likely", "cultivate")]
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
            moves.append((-abs(score - found.score), at, name, letter))
    return min(moves)[2:] if moves else None
