"""A what-if in words: what is supposed, what it did, and what opens next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chainmap.core.model import ACTIVE
from chainmap.core.words import say
from chainmap.plan.whatif import Change, District, Landing, Number, number
from chainmap.study import JsonRow, Study
from chainmap.study.content import link_name, short_name
from chainmap.study.whatif import OF_CANDIDATE, OF_LINK, OF_SEAT, Effect, changes_in

NEXT = ("fill", "extend", "strengthen", "build")
NAMED = 8  # links named in a sentence


def told(study: Study, chain: str, word: str, lang: str) -> list[str]:
    """Each change with what it did, and the links that keep their status."""
    changes, value = changes_in(study.world, word), study.book.value
    if not changes.all:
        return [say("whatif.none", lang)]
    effects: Sequence[Effect] = value("whatif.effects", chain, word)
    joint = "；" if lang == "zh" else "; "
    colon = "：" if lang == "zh" else ": "
    sentences = []
    for one in changes.all:
        did = [_did(study, chain, effect, lang) for effect in effects if effect.change == one.word]
        sentences.append(_change(study, chain, one, lang) + colon + joint.join(did))
    held = [link_name(study.chain(chain), link, lang)
            for link, _ in value("whatif.held", chain, word)]  # fmt: skip
    if held:
        sentences.append(say("whatif.held", lang, links=_joined(held, lang)))
    return sentences


def _change(study: Study, chain: str, one: Change, lang: str) -> str:
    if isinstance(one, Landing):
        parts = [
            "" if one.amount is None else say("whatif.amount", lang, amount=number(one.amount)),
            one.district,
        ]
        more = ("，" if lang == "zh" else ", ").join(part for part in parts if part)
        more = (f"（{more}）" if lang == "zh" else f" ({more})") if more else ""
        link = link_name(study.chain(chain), one.link, lang)
        return say("whatif.land", lang, firm=short_name(study, one.firm), link=link, more=more)
    if isinstance(one, Number):
        return say("whatif.set", lang, key=one.key)
    if isinstance(one, District):
        return say("whatif.district", lang, district=one.district, column=one.column)
    if one.what == "link":
        return say("whatif.lose_link", lang, link=link_name(study.chain(chain), one.id, lang))
    return say("whatif.lose_firm", lang, firm=short_name(study, one.id))


def _did(study: Study, chain: str, effect: Effect, lang: str) -> str:
    """What a change did to a link's status or to a number."""
    if effect.link is None:
        if effect.reason:
            return say(f"whatif.reason.{effect.reason}", lang)
        before, after = (_number(side) for side in (effect.before, effect.after))
        return say("whatif.arrow", lang, before=before, after=after)
    link = link_name(study.chain(chain), effect.link, lang)
    before, after = (say(f"status.{side}", lang) for side in (effect.before, effect.after))
    if effect.before != effect.after:
        return f"{link} " + say("whatif.arrow", lang, before=before, after=after)
    same = say("whatif.same", lang, link=link, status=after)
    arrives = effect.change.startswith("land=")
    # What a landing was to bring is there already, and what a loss was to take is not.
    if arrives == (effect.after in ACTIVE):
        return same
    reason = say(f"whatif.reason.{effect.reason}", lang)
    because = say("whatif.because", lang, reason=reason, at=effect.at or "-")
    return same + ("，" if lang == "zh" else ", ") + because


def _number(value: float | None) -> str:
    return "-" if value is None else number(value)


def changed_links(rows: Sequence[JsonRow]) -> list[JsonRow]:
    """Links of which some figure differs, with all figures before and after."""
    return [row for row in _joined_rows(rows, OF_LINK, "link") if row["before"] != row["after"]]


def changed_ranks(rows: Sequence[JsonRow]) -> list[JsonRow]:
    """Candidates whose place or interval differs, with both sides."""
    found = _joined_rows(rows, OF_CANDIDATE, "firm")
    return [row for row in found if row["before"] != row["after"]]


def changed_seats(rows: Sequence[JsonRow]) -> list[JsonRow]:
    """Targets that come into the programme, leave it, or go elsewhere or in another year."""
    found = _joined_rows(rows, OF_SEAT, "firm")
    return [row for row in found if row["before"] != row["after"]]


def _joined_rows(rows: Sequence[JsonRow], whats: Sequence[str], by: str) -> list[JsonRow]:
    found: dict[tuple[Any, Any], JsonRow] = {}
    for row in rows:
        if row["what"] not in whats or row["link"] is None or (by == "firm") != bool(row["firm"]):
            continue
        one = found.setdefault(
            (row["link"], row["firm"]),
            {"name": row["name"], "link": row["link"], "firm": row["firm"], "before": {},
             "after": {}},
        )  # fmt: skip
        for side in ("before", "after"):
            one[side][row["what"]] = row[side]
    return list(found.values())


def opening(study: Study, chain: str, word: str, links: Sequence[JsonRow], lang: str) -> list[str]:
    """What becomes fillable or extendable next, and what stops."""
    file = study.chain(chain)
    sentences = []
    for kind in NEXT:
        names = [row["name"] for row in links
                 if _kind(row["after"]) == kind != _kind(row["before"])]  # fmt: skip
        if names:
            kind_word = say(f"kind.{kind}", lang)
            sentences.append(say("whatif.opens", lang, kind=kind_word, links=_joined(names, lang)))
    stopped = study.book.value("whatif.stopped", chain, word)
    if stopped.links:
        names = [link_name(file, link, lang) for link in stopped.links]
        links_named = _joined(names, lang)
        sentences.append(say("whatif.stop_line", lang, count=len(names), links=links_named))
    return sentences


def _kind(row: JsonRow) -> str:
    """The kind, or what it may be where it is not settled."""
    kind: str = row["suspect"] if row["kind"] == "check" else row["kind"]
    return kind


def _joined(names: Sequence[str], lang: str) -> str:
    joint = "、" if lang == "zh" else ", "
    rest = len(names) - NAMED
    text = joint.join(names[:NAMED])
    if rest <= 0:
        return text
    return say("whatif.more", lang, links=text, count=len(names))
