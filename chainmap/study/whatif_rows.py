"""What-if and resilience for the commands: words checked, rows in order."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from chainmap.core.derivation import Ask
from chainmap.core.words import say
from chainmap.plan.whatif import Change, Changes, District, Landing, Loss, Number, parsed
from chainmap.rank.ranks import Request, scope_of
from chainmap.read.guesses import Guesses
from chainmap.read.scoring import allowed
from chainmap.study import JsonRow, Study, refs
from chainmap.study import whatif as rules

TOP = 20
LIMITS = ("land_mu", "budget_100m_cny")


@dataclass
class Problems:
    """Words of a what-if that mean nothing here, each with what was probably meant."""

    found: list[tuple[str, dict[str, Any], str | None]] = field(default_factory=list)

    def add(self, key: str, guess: str | None = None, **words: Any) -> None:
        """One more wrong word."""
        self.found.append((key, words, guess))

    def lines(self, lang: str) -> list[str]:
        """A sentence each."""
        return [
            say(key, lang, **words) + (say("use.guess", lang, guess=guess) if guess else "")
            for key, words, guess in self.found
        ]


def changes_of(
    study: Study,
    chain: str,
    land: Sequence[str] = (),
    lose: Sequence[str] = (),
    set: Sequence[str] = (),
    district: Sequence[str] = (),
    draws: int | None = None,
    seed: int | None = None,
) -> str | Problems:
    """The changes as one word, checked against the workspace; all that is wrong where any is."""
    reading = _Reading(study, chain)
    makers: tuple[tuple[Sequence[str], Callable[[str], Change | None]], ...] = (
        (land, reading.landing),
        (lose, reading.loss),
        (set, reading.number),
        (district, reading.district),
    )
    made = [make(word) for words, make in makers for word in words]
    if reading.problems.found:
        return reading.problems
    changes = dict.fromkeys(one for one in made if one is not None)
    return Changes(tuple(changes), draws, seed).word


class _Reading:
    """Reads words of the command line, and keeps what is wrong with them."""

    def __init__(self, study: Study, chain: str) -> None:
        self.problems = Problems()
        self.guess = Guesses()
        self.links = list(study.chain(chain).index)
        self.firms = _firms(study)
        self.numbers = study.world.settings.numbers
        self.districts = [row.text("district") for row in study.world.newest("districts")]

    def _known(self, what: str, word: str, known: Sequence[str], whole: str) -> bool:
        if word in known:
            return True
        self.problems.add(f"whatif.no_{what}", self.guess(word, known), word=word, whole=whole)
        return False

    def _amount(self, text: str, whole: str, low: float = 0.0, high: float = 1e12) -> float | None:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if math.isfinite(value) and low <= value <= high:
            return value
        self.problems.add("whatif.bad_number", word=text, whole=whole, low=f"{low:g}",
                          high=f"{high:g}")  # fmt: skip
        return None

    def landing(self, word: str) -> Landing | None:
        """``FIRM@LINK[:亿元][@DISTRICT]``."""
        firm, at, rest = word.partition("@")
        place, _, district = rest.partition("@")
        link, colon, amount = place.replace("：", ":").partition(":")
        if not at or not firm or not link:
            self.problems.add("whatif.bad_land", whole=word)
            return None
        sound = self._known("firm", firm, self.firms, word)
        sound = self._known("link", link, self.links, word) and sound
        if district:
            sound = self._known("district", district, self.districts, word) and sound
        value = self._amount(amount, word, low=1e-9) if colon else None
        if not sound or (colon and value is None):
            return None
        return Landing(firm, link, value, district)

    def loss(self, word: str) -> Loss | None:
        """``LINK`` or ``FIRM``; ``link:ID`` or ``firm:ID`` where a word is both."""
        what, colon, name = word.partition(":")
        if colon and what in ("link", "firm"):
            known = self.links if what == "link" else self.firms
            return Loss(what, name) if self._known(what, name, known, word) else None
        kinds = [kind for kind, ids in (("link", self.links), ("firm", self.firms)) if word in ids]
        if len(kinds) == 1:
            return Loss(kinds[0], word)
        if kinds:
            self.problems.add("whatif.both", word=word)
        else:
            near = self.guess(word, [*self.links, *self.firms])
            self.problems.add("whatif.no_loss", near, word=word)
        return None

    def number(self, word: str) -> Number | None:
        """``key=value``, the key as in scoring.yaml."""
        key, sign, text = word.partition("=")
        key = key.removeprefix("scoring.")
        if not sign:
            self.problems.add("whatif.bad_set", whole=word)
            return None
        if not self._known("key", key, list(self.numbers), word):
            return None
        low, high = allowed(key)
        value = self._amount(text, word, low, high)
        return None if value is None else Number(key, value)

    def district(self, word: str) -> District | None:
        """``DISTRICT.land_mu=…`` or ``DISTRICT.budget_100m_cny=…``."""
        path, sign, text = word.partition("=")
        name, dot, column = path.rpartition(".")
        if not sign or not dot:
            self.problems.add("whatif.bad_district", whole=word)
            return None
        sound = self._known("district", name, self.districts, word)
        sound = self._known("column", column, LIMITS, word) and sound
        value = self._amount(text, word)
        return District(name, column, value) if sound and value is not None else None


def checked(study: Study, chain: str, word: str) -> bool:
    """Whether a word of a ref says changes that are possible here."""
    try:
        changes = parsed(word)
    except (ValueError, TypeError):
        return False
    told: dict[str, list[str]] = {}
    for one in changes.all:
        kind, _, rest = one.word.partition("=")
        if isinstance(one, District):
            rest = f"{one.district}.{one.column}={one.value!r}"
        elif isinstance(one, Landing) and one.district:
            rest = f"{rest.rpartition('@')[0]}@{one.district}"
        told.setdefault(kind, []).append(rest)
    return not isinstance(changes_of(study, chain, **told), Problems)  # type: ignore[arg-type]


def after_study(study: Study, chain: str, word: str) -> Study:
    """The study of the world after the changes; the study itself where there are none."""
    book = study.book
    ask = Ask(study.world, book.figure, book.elsewhere)
    world = rules.after_world(ask, chain, word)
    if world is study.world:
        return study
    other = Study(world.workspace, study.read_problems, world.at, world)
    other.book = book.beside(world)
    return other


def whatif_rows(
    study: Study, chain: str, word: str, lang: str = "zh", plan: bool = False
) -> list[JsonRow]:
    """Every figure of the chain before and after, in a fixed order.

    With ``plan`` the chain's programme as well, which is worked out twice.
    """
    from chainmap.study.content import chain_name, link_name, short_name

    file = study.chain(chain)

    def row(what: str, shown: str, link: str | None = None, firm: str | None = None) -> JsonRow:
        name = "-" if link is None else link if firm is None else f"{firm}@{link}"
        pair = study.book.value("whatif.line", chain, word, what, name)
        return {
            "ref": f"whatif/{chain}/{word}/{what}/{name}",
            "what": what, "name": shown, "before": pair.before, "after": pair.after,
            "chain": chain, "link": link, "firm": firm,
        }  # fmt: skip

    whole = chain_name(file, lang)
    rows = [row(what, whole) for what in (*rules.OF_CHAIN, rules.STOPPED_SHARE)]
    for one in file.links:
        shown = link_name(file, one.id, lang)
        rows += [row(what, shown, one.id) for what in (*rules.OF_LINK, rules.STOPS)]
    for firm, link in best(study, chain, word):
        shown = f"{short_name(study, firm)}（{link_name(file, link, lang)}）"
        rows += [row(what, shown, link, firm) for what in rules.OF_CANDIDATE]
    if not plan:
        return rows
    rows += [row(what, whole) for what in (rules.PLAN_OBJECTIVE, rules.PLAN_TARGETS)]
    for firm, link in planned(study, chain, word):
        shown = f"{short_name(study, firm)}（{link_name(file, link, lang)}）"
        rows += [row(what, shown, link, firm) for what in rules.OF_SEAT]
    return rows


def planned(study: Study, chain: str, word: str) -> Iterable[tuple[str, str]]:
    """The targets of the programme after the changes, and those of the one before."""
    found: dict[tuple[str, str], None] = {}
    for one in (after_study(study, chain, word), study):
        seats = one.book.value("plan.programme", chain).seats
        found |= {(seat.firm, seat.link): None for seat in seats}
    return found


def best(study: Study, chain: str, word: str) -> Iterable[tuple[str, str]]:
    """The first candidates after the changes, and those who were among them before."""
    changes = rules.changes_in(study.world, word)
    request = Request(chain, draws=changes.draws, seed=changes.seed)
    found: dict[tuple[str, str], None] = {}
    for one in (after_study(study, chain, word), study):
        ranks = one.book.value("ranks", *scope_of(request, one.world.settings))
        found |= {(c.firm, c.link): None for c in ranks.order[:TOP]}
    return found


# Resilience


@dataclass(frozen=True)
class Resilience:
    """Losses, the worst first; how exposed the chain is; and who would lower that most."""

    losses: list[JsonRow]
    exposure: float | None
    targets: list[JsonRow]


def resilience_rows(study: Study, chain: str, lang: str = "zh") -> Resilience:
    """What stops when each link or each firm here is lost."""
    from chainmap.study.content import link_name, short_name

    file, value = study.chain(chain), study.book.value
    named = [("link", link.id, link_name(file, link.id, lang)) for link in file.links]
    firms = {firm for made in value("resilience.producers", chain).values() for firm in made}
    named += [("firm", firm, short_name(study, firm)) for firm in sorted(firms)]
    columns = refs.WORDED["resilience"].columns
    losses = []
    for what, one, name in named:
        row = refs.row_of(study.book, columns, (chain, f"{what}:{one}"))
        losses.append({**row, "name": name})
    losses.sort(key=lambda row: (-row["stops_high"], -row["stops_low"], -row["stops_without"],
                                 row["ref"]))  # fmt: skip
    return Resilience(losses, value("resilience.exposure", chain), _targets(study, chain, lang))


def _targets(study: Study, chain: str, lang: str) -> list[JsonRow]:
    """Links where one more maker lowers the exposure, with the best candidates by score."""
    from chainmap.study.content import link_name, short_name

    file, value = study.chain(chain), study.book.value
    by_link: dict[str, list[tuple[float, str]]] = {}
    for one in value("field", chain).running:
        score = value("score", one.firm, chain, one.link).score
        by_link.setdefault(one.link, []).append((-round(score, 9), one.firm))
    rows: list[JsonRow] = []
    for link, scored in by_link.items():
        saves = value("resilience.relief", chain, link)
        if saves > 0:
            firms = [firm for _, firm in sorted(scored)]
            rows.append(
                {"ref": f"relief/{chain}/{link}", "link": link,
                 "name": link_name(file, link, lang), "saves": saves, "firms": firms,
                 "names": [short_name(study, firm) for firm in firms]}
            )  # fmt: skip
    return sorted(rows, key=lambda row: (-row["saves"], row["link"]))


def _firms(study: Study) -> list[str]:
    """Every firm, also one of whom nothing was known at the study date."""
    return list(dict.fromkeys(row.text("firm") for row in study.workspace.rows("firms")))


def known_part(study: Study, what: str, parts: Sequence[str]) -> Iterable[str]:
    """The words that may stand in a part of a ref of a what-if or of a loss."""
    chain = parts[0]
    links = study.chain(chain).index
    if what == "changes":
        return (parts[1],) if checked(study, chain, parts[1]) else ()
    if what == "loss":
        return [*(f"link:{one}" for one in links), *(f"firm:{one}" for one in _firms(study))]
    firm, at, link = parts[3].partition("@")
    if what == "name":
        return (parts[3],) if at and firm in _firms(study) and link in links else ("-", *links)
    if at:
        return (*rules.OF_CANDIDATE, *rules.OF_SEAT)
    if parts[3] == "-":
        whole = (rules.STOPPED_SHARE, rules.PLAN_OBJECTIVE, rules.PLAN_TARGETS)
        return (*rules.OF_CHAIN, *whole)
    return (*rules.OF_LINK, rules.STOPS)
