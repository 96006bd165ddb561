"""What a path says in words: how many actions, the longest way, what is late or at risk, and
what does not agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from chainmap.core.dates import Day, parse_day
from chainmap.core.text import safe
from chainmap.core.words import say

Row = Mapping[str, Any]
ORDER = ("check", "advance", "fill", "strengthen", "extend", "build")
RISKS = ("time", "needs", "stage", "next_due", "news")
COLUMNS = ("code", "title", "start", "due", "term", "owner", "needs", "project", "next", "state")


class Step(Protocol):
    """An action of the path, as far as it is looked up by its id."""

    @property
    def id(self) -> str: ...
    @property
    def code(self) -> str: ...


class Clash(Protocol):
    """Two actions whose dates do not agree, and how."""

    @property
    def kind(self) -> str: ...

    @property
    def action(self) -> str: ...
    @property
    def need(self) -> str: ...
    @property
    def start(self) -> Day: ...
    @property
    def due(self) -> Day: ...


class Plan(Protocol):
    """What a drawing needs of a path beside its rows."""

    @property
    def actions(self) -> Sequence[Step]: ...
    @property
    def stages(self) -> Sequence[str]: ...
    @property
    def conflicts(self) -> Sequence[Clash]: ...
    @property
    def critical(self) -> Sequence[str]: ...
    @property
    def months(self) -> int: ...
    @property
    def first(self) -> Day: ...
    @property
    def terms(self) -> Sequence[Day]: ...
    @property
    def basis(self) -> str: ...


def conclusion(path: Plan, rows: Sequence[Row], lang: str) -> list[str]:
    """How many actions of which kind, and the longest way through them: a sentence each."""
    kinds = Counter("strengthen" if r["action"] == "deepen" else r["action"] for r in rows)
    parts = [f"{kind_word(kind, lang)} {kinds[kind]}" for kind in ORDER if kinds[kind]]
    text = _say("counts", lang, count=len(rows), parts=("、" if lang == "zh" else ", ").join(parts))
    late_from = path.terms[2].last
    counts = {
        "conditional": sum(row["conditional"] for row in rows),
        "started": sum(row["started"] for row in rows),
        "late": sum(row["late"] for row in rows),
        "risky": sum(row["at_risk"] for row in rows),
        "beyond": sum(parse_day(row["due"]).last > late_from for row in rows if row["due"]),
    }
    joint = "" if lang == "zh" else " "
    for key, count in counts.items():
        if count:
            text += joint + _say(key, lang, count=count, day=path.terms[2].text)
    if path.basis != "gaps":
        inside, outside = (sum(row["in_plan"] is sure for row in rows) for sure in (True, False))
        text += joint + _say(f"in.{path.basis}", lang, count=inside, rest=outside)
    by_code = {row["code"]: row for row in rows}
    code = {action.id: action.code for action in path.actions}
    way = [by_code[code[id]] for id in path.critical]
    sentences = [text]
    if len(way) > 1:
        names = " -> ".join(say(f"act.{row['action']}", lang) + label(row, lang) for row in way)
        day = way[-1]["due"]
        key = "critical" if day else "critical.open"
        text = _say(key, lang, months=path.months, way=names, day=day)
        if any(row["conditional"] for row in way):
            text += joint + _say("if", lang)
        sentences.append(text)
    return sentences


def remarks(path: Plan, rows: Sequence[Row], lang: str) -> list[str]:
    """What has no dates, what is late or at risk and why, and what clashes: a sentence each."""
    code = {action.id: action.code for action in path.actions}
    named = {row["code"]: f"{safe(row['code'])} {safe(row['title'])}" for row in rows}
    joint = "、" if lang == "zh" else ", "
    sentences = []
    open_ones = [named[row["code"]] for row in rows if not row["due"]]
    if open_ones:
        sentences.append(_say("unscheduled", lang, names=joint.join(open_ones)))
    late = [named[row["code"]] for row in rows if row["late"]]
    if late:
        sentences.append(_say("late_ones", lang, names=joint.join(late)))
    reasons = []
    for risk in RISKS:
        codes = [safe(row["code"]) for row in rows if risk in row["risk"]]
        if codes:
            reasons.append(f"{_say(f'risk.{risk}', lang)} {joint.join(codes)}")
    if reasons:
        told = ("；" if lang == "zh" else "; ").join(reasons)
        sentences.append(_say("risky_ones", lang, reasons=told))
    by_code = {row["code"]: row for row in rows}
    checked = [
        clash
        for clash in path.conflicts
        if clash.kind == "delay"
        and _own_check(by_code[code[clash.need]], by_code[code[clash.action]])
    ]
    if checked:
        shown = joint.join(safe(code[clash.action]) for clash in checked)
        sentences.append(_say("delayed_by_check", lang, count=len(checked), codes=shown))
    rest = [clash for clash in path.conflicts if clash not in checked]
    return [*sentences, *(_clash(clash, code, named, lang) for clash in rest)]


def _own_check(need: Row, row: Row) -> bool:
    """Whether what keeps an action is the check of its own link."""
    return bool(need["action"] == "check" and need["link"] == row["link"])


def _clash(clash: Clash, code: Mapping[str, str], named: Mapping[str, str], lang: str) -> str:
    one, other = named[code[clash.action]], named[code[clash.need]]
    dates = {"start": clash.start.text, "due": clash.due.text}
    return _say(f"conflict.{clash.kind}", lang, one=one, other=other, **dates)


def kind_word(kind: str, lang: str) -> str:
    """``核实``, ``推进``, ``补链`` …"""
    return _say(kind, lang) if kind in ("check", "advance") else say(f"kind.{kind}", lang)


def label(row: Row, lang: str) -> str:
    """The link where the action is generated, its title where it was written by hand, the name of
    a project, who is to come of a row of the plan; and how far its project is."""
    if row["origin"] == "hand":
        return staged(safe(row["title"]), row, lang)
    name = safe(row["project_name"] if row["origin"] == "project" else row["name"])
    if row["target"]:
        key = "bring_to" if row["district"] else "bring"
        words = {"name": safe(row["target"]), "district": safe(row["district"] or "")}
        name = _say("target.short", lang, name=name, firm=_say(key, lang, **words))
    elif row["action"] == "deepen":
        name = _say("deepen", lang, name=name)
    return staged(name, row, lang)


def staged(name: str, row: Row, lang: str) -> str:
    """A name with the stage of the action's project, as past where it is long ago."""
    stage = row["project_stage"]
    if not stage:
        return name
    key = "staged_old" if silent(row) else "staged"
    return _say(key, lang, name=name, stage=_say(f"stage.{stage}", lang))


def silent(row: Row) -> bool:
    """Whether nothing was said for long of the project of an action."""
    return "news" in row["risk"] or (row["origin"] == "project" and row["action"] == "check")


def facts(row: Row, lang: str) -> list[str]:
    """What is known of an action beside its title and dates: its project, what is wrong with it,
    whether it is in the plan, and who answers for it."""
    parts = []
    if row["project_stage"]:
        day = f" {row['stage_date']}" if row["stage_date"] else ""
        parts.append(staged("", row, lang).strip(" ()（）") + day)
    parts += [_say(f"risk.{risk}", lang) for risk in row["risk"]]
    if row["in_plan"] is False:
        parts.append(_say("outside", lang))
    return [*parts, *filter(None, [row["owner"]])]


def cells(row: Row, lang: str) -> list[str]:
    """An action in the words of COLUMNS, for a table that is read."""
    joint = "、" if lang == "zh" else ", "
    project = staged(row["project_name"] or "", row, lang) if row["project"] else ""
    states = ("started", "late", "at_risk", "conditional", "critical")
    state = [_say(f"state.{name}", lang) for name in states if row[name]]
    state += [_say(f"risk.{risk}", lang) for risk in row["risk"]]
    if row["in_plan"] is not None:
        state.append(_say("inside" if row["in_plan"] else "outside", lang))
    return [
        row["code"],
        row["title"],
        row["start"] or "",
        row["due"] or _say("state.undated", lang),
        _say(row["term"], lang) if row["term"] else "",
        row["owner"] or "",
        joint.join(row["needs"]),
        " ".join(part for part in (project, row["stage_date"]) if part),
        " ".join(part for part in (row["next_step"], row["next_due"]) if part),
        joint.join(state),
    ]


def _say(key: str, lang: str, **words: Any) -> str:
    return say(f"path.{key}", lang, **words)
