"""What the path says, before any layout: its tasks, and which wait for which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chainmap.core.dates import parse_day
from chainmap.core.words import say
from chainmap.show.path_words import facts

Row = Mapping[str, Any]
ALONE = 3  # as many like tasks keep a box each; more share one
TERMS = ("near", "mid", "far")


@dataclass(frozen=True, slots=True)
class Job:
    """One box of the path: a task, or several that differ in the link only."""

    code: str
    kind: str
    title: str
    words: str  # its aim, or the links that share it
    lane: str
    start: int  # month, counted from year 0
    end: int  # the month after its last
    due: str
    term: str
    needs: tuple[tuple[str, str], ...]  # code of the box, and of the task in it
    started: bool = False
    conditional: bool = False
    critical: bool = False
    late: bool = False
    risky: bool = False
    count: int = 1
    said: str = ""  # everything in words
    name: str = ""  # what it is about, where the kind is shown beside it


@dataclass(frozen=True, slots=True)
class PathContent:
    """The tasks of a chain with the sentences around them."""

    title: str
    conclusion: str
    date: str
    lanes: tuple[str, ...]
    jobs: tuple[Job, ...]
    first: int  # first month drawn
    terms: tuple[int, int, int]  # the months after which near, mid and far end
    below: tuple[str, ...]  # what has no date, and what clashes
    footer: str
    edition: str
    lang: str = "zh"


def is_support(stage: str) -> bool:
    """Whether a stage stands beside the flow, and is no step of it."""
    return stage.split(" ", maxsplit=1)[0] in (say("path.support"), say("path.support", "en"))


def month(text: str, last: bool = False) -> int:
    """The month of a date as it is written, counted from year 0."""
    day = parse_day(text)
    at = day.last if last else day.first
    return at.year * 12 + at.month - 1


def jobs_of(rows: Sequence[Row], lang: str) -> tuple[Job, ...]:
    """The boxes for the dated rows of a path; like ones share a box."""
    dated = [row for row in rows if row["due"]]
    by_code = {row["code"]: row for row in dated}
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in dated:
        key = _alike(row, by_code) or (row["code"],)
        groups.setdefault(key, []).append(row)
    split: list[list[Row]] = []
    for group in groups.values():
        split += [group] if len(group) > ALONE else [[row] for row in group]
    box = {row["code"]: group[0]["code"] for group in split for row in group}
    return tuple(_job(group, box, lang) for group in split)


def _alike(row: Row, by_code: Mapping[str, Row]) -> tuple[str, ...] | None:
    """What tasks that may share a box have in common; None for one that has its own.

    Checks, and tasks that hang on nothing but the check of their own link. What is settled,
    started, late, critical or written by hand always stands alone.
    """
    alone = ("started", "late", "at_risk", "critical")
    if row["origin"] != "generated" or any(row[key] for key in alone):
        return None
    if row["action"] != "check" and not row["conditional"]:
        return None
    others = [code for code in row["needs"] if by_code.get(code, row)["link"] != row["link"]]
    if others:
        return None
    return (row["stage"], row["action"], row["start"], row["due"], str(row["conditional"]))


def _job(group: Sequence[Row], box: Mapping[str, str], lang: str) -> Job:
    first = group[0]
    needs: dict[str, str] = {}
    for code in (code for row in group for code in row["needs"] if code in box):
        if box[code] != first["code"]:
            needs.setdefault(box[code], code)
    title, words = first["title"], " · ".join(facts(first, lang))
    if len(group) > 1:
        key = "path.share.check" if first["action"] == "check" else "path.share.kind"
        title = say(key, lang, count=len(group), kind=say(f"kind.{first['action']}", lang))
        words = ("、" if lang == "zh" else ", ").join(row["name"] for row in group)
        if first["in_plan"] is False:
            words = f"{say('path.outside', lang)} · {words}"
    told = (f"{row['code']} {row['title']} {row['start']}—{row['due']}" for row in group)
    return Job(
        first["code"],
        first["action"],
        title,
        words,
        first["stage"],
        month(first["start"]),
        month(first["due"], last=True) + 1,
        first["due"],
        first["term"] or "far",
        tuple(needs.items()),
        first["started"],
        first["conditional"],
        first["critical"],
        first["late"],
        first["at_risk"],
        len(group),
        ("；" if lang == "zh" else "; ").join(told),
        first["name"] if len(group) == 1 and first["origin"] in ("generated", "plan") else title,
    )
