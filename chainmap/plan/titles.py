"""What the actions of a path are called: their codes and titles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count
from typing import TYPE_CHECKING

from chainmap.core.model import Chain
from chainmap.core.words import say
from chainmap.plan.tasks import WORK, Task

if TYPE_CHECKING:
    from chainmap.plan.path import Action

_WHOLE_LETTER, _CHECK_LETTER = "总", "核"


def codes_of(chain: Chain, tasks: Iterable[Task]) -> dict[str, str]:
    """A code for every task: the first character of the stage, and the link's number in it.

    The number counts the links of the catalogue, not the tasks, so that a code means the same
    link in every edition as long as new links are added behind.
    """
    letters = {stage.id: stage.name.strip()[:1] for stage in chain.file.panorama.stages}
    numbers: dict[str, Iterator[int]] = {}
    stem = {}
    for link in chain.links:
        letter = letters[link.stage]
        stem[link.id] = f"{letter}{next(numbers.setdefault(letter, count(1)))}"
    codes: dict[str, str] = {}
    used: dict[str, int] = {}
    rank = ("check", *WORK, "advance")
    for task in sorted(tasks, key=lambda t: (rank.index(t.kind), t.id)):
        if task.link is None:
            codes[task.id] = f"{_WHOLE_LETTER}{next(numbers.setdefault(_WHOLE_LETTER, count(1)))}"
            continue
        code = stem[task.link] + (_CHECK_LETTER if task.kind == "check" else "")
        used[code] = used.get(code, 0) + 1
        codes[task.id] = code + _suffix(used[code])
    return codes


def codes_in(codes: Iterable[str], chain: Chain, named: Chain, lang: str) -> dict[str, str]:
    """What the codes are in the reader's language: ``上10核`` is ``U10chk`` where 上游 is Upstream.

    ``named`` is the chain with its stages so named. Where two stages would share a letter, or one
    has no name in that language, the codes stay as they are.
    """
    kept = {code: code for code in codes}
    pairs = zip(chain.file.panorama.stages, named.file.panorama.stages, strict=True)
    letters = {old.name.strip()[:1]: new.name.strip()[:1] for old, new in pairs}
    apart = len(set(letters.values())) == len(letters)
    if lang == "zh" or not apart or not all(letter.isascii() for letter in letters.values()):
        return kept
    letters[_WHOLE_LETTER] = say("path.whole.letter", lang)
    check = say("act.check", lang).strip("[]")
    return {
        code: letters.get(code[:1], code[:1]) + code[1:].replace(_CHECK_LETTER, check)
        for code in kept
    }


def _suffix(number: int) -> str:
    """Nothing for the first task of a link, then b, c, … and numbers past z."""
    if number == 1:
        return ""
    return chr(ord("a") + number - 1) if number <= 26 else f"-{number}"


def name_of(chain: Chain, link: str | None, lang: str) -> str:
    """The name of a link in the language, or of the whole chain where there is none."""
    if link is None:
        return say("path.whole", lang)
    found = chain.link(link)
    return (found.name_en or found.name) if lang == "en" else found.name


def title_of(action: Action, chain: Chain, lang: str) -> str:
    """``补链：光刻胶``, or ``若缺则补链：光刻胶`` where a check comes first; of a row of the plan
    also who is to come, and of a project its name."""
    if action.origin == "project" and action.progress:
        key = "path.look" if action.progress.silent else "path.advance"
        return say("path.title", lang, kind=say(key, lang), name=action.progress.name)
    key = f"path.if.{action.condition}" if action.condition else "path.title"
    kind = action.kind
    word = say("path.check", lang) if kind == "check" else say(f"kind.{kind}", lang)
    name = name_of(chain, action.link, lang)
    row = action.chosen
    if row is None:
        return say(key, lang, kind=word, name=name)
    key = f"path.target.{action.condition}" if action.condition else "path.target"
    return say(key, lang, kind=word, name=name, firm=incoming(row.name, row.district, lang))


def incoming(name: str, district: str | None, lang: str) -> str:
    """``引进 甲公司（即墨区）``."""
    key = "path.bring_to" if district else "path.bring"
    return say(key, lang, name=name, district=district)
