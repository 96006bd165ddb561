"""The path on a terminal: a bar an action, lanes by stage, half-years across."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chainmap.core.dates import parse_day
from chainmap.core.text import cut, pad, safe, width
from chainmap.core.words import say
from chainmap.show.columns import Line, wrap
from chainmap.show.path_words import ORDER, Plan, Row, conclusion, kind_word, label, remarks

ONE_PAGE = 24  # more actions than that are drawn term by term
ALONE = 3  # as many like actions of one time and stage keep a line each; more share one
TERMS = ("near", "mid", "far")
SIGNS = {"late": "!", "at_risk": "?", "critical": "*", "in_plan": "+"}  # the first that holds
STYLES = {
    "fill": "missing",
    "strengthen": "strong",
    "deepen": "strong",
    "extend": "weak",
    "build": "planned",
    "check": "unknown",
    "advance": "planned",
}


def timeline(path: Plan, rows: Sequence[Row], limit: int, lang: str) -> list[Line]:
    """Conclusion, bars, legend, what has no dates, and what clashes; ``limit`` cells at most."""
    if not rows:
        return [[(_say("none", lang), "")]]
    sentences = conclusion(path, rows, lang)
    lines = [_plain(line) for text in sentences for line in wrap(text, limit, "  ")]
    if any(row["due"] for row in rows):
        chart = _chart(path, rows, limit, lang)
        lines += _one_page(chart) if len(rows) <= ONE_PAGE else _by_term(chart, path)
        lines += [[], *_legend(chart)]
    lines += _below(path, rows, limit, lang)
    return lines


@dataclass(frozen=True)
class _Chart:
    """The columns of the drawing, and what every line of it looks up."""

    rows: Sequence[Row]
    stages: Sequence[str]
    by_code: Mapping[str, Row]
    lang: str
    limit: int
    first: int  # first month drawn, a January or July
    months: int
    code: int  # widths in cells
    tag: int
    name: int
    area: int
    due: int
    near: tuple[int, int, int]  # the months after which the terms end

    @property
    def indent(self) -> int:
        """The cells before the area."""
        return 1 + self.code + 1 + self.tag + 1 + self.name + 1

    def column(self, month: int) -> int:
        """The cell of the area where a month begins, kept within it."""
        return max(0, min(self.area, (month - self.first) * self.area // self.months))


def _chart(path: Plan, rows: Sequence[Row], limit: int, lang: str) -> _Chart:
    placed = [row for row in rows if row["due"]]
    first = _first(path.first.text)
    ends = tuple(_first(day.text) + 1 for day in path.terms)
    start = first - first % 6
    halves = -(-(ends[2] - start) // 6)
    code = max(width(safe(row["code"])) for row in placed)
    tag = max(width(say(f"act.{row['action']}", lang)) for row in placed)
    due = max(width(row["due"]) for row in placed)
    left = limit - (1 + code + 1 + tag + 1 + 1 + 1 + due)
    longest = max(12, *(width(label(row, lang)) for row in placed))
    # Names first: a half-year is worth two to five cells, as many as leave a name of 22 whole,
    # and where firms are named of 36.
    room = max(halves, left - min(longest, 36 if any(row["target"] for row in placed) else 22))
    area = min(5, max(1, room // halves)) * halves
    area = max(6, min(area, left - 12))
    name = max(12, min(longest, left - area))
    by_code = {row["code"]: row for row in rows}
    return _Chart(placed, path.stages, by_code, lang, limit, start, halves * 6, code, tag, name,
                  area, due, (ends[0], ends[1], ends[2]))  # fmt: skip


def _one_page(chart: _Chart) -> list[Line]:
    return [[], *_axis(chart, terms=True), *_lanes(chart, chart.rows)]


def _by_term(chart: _Chart, path: Plan) -> list[Line]:
    """One section a term; every section on the same years, so that they can be compared."""
    lines: list[Line] = []
    begins = (path.first.text, *(_month(month) for month in chart.near[:2]))
    for term, first, last in zip(TERMS, begins, path.terms, strict=True):
        rows = [row for row in chart.rows if row["term"] == term]
        if not rows:
            continue
        words = {"first": first, "last": last.text, "count": len(rows)}
        title = _say("term", chart.lang, term=_say(term, chart.lang), **words)
        rule = f"== {title} " + "=" * (chart.limit - width(title) - 4)
        lines += [[], [(rule, "bold")], *_axis(chart, terms=False), *_lanes(chart, rows)]
    return lines


def _axis(chart: _Chart, terms: bool) -> list[Line]:
    """The years, and a rule with a mark at each half-year; the terms above where asked for."""
    indent = " " * chart.indent
    years, rule = "", ["-"] * chart.area
    for month in range(chart.first, chart.first + chart.months, 6):
        at = chart.column(month)
        rule[at] = "|" if month % 12 == 0 else "+"
        if month % 12 == 0 and len(years) <= at <= chart.area - 4:
            years = pad(years, at) + f"{month // 12} "
    lines: list[Line] = []
    if terms:
        text, starts = "", (chart.first, *chart.near[:2])
        for term, month in zip(TERMS, starts, strict=True):
            text = pad(text, chart.column(month)) + _say(term, chart.lang)
        lines.append([(indent + text, "bold")])
    lines.append([(indent + years.rstrip(), "dim")])
    lines.append([(indent + "".join(rule), "dim")])
    return lines


def _lanes(chart: _Chart, rows: Sequence[Row]) -> list[Line]:
    """The stages in catalogue order, what belongs to the whole chain first."""
    order = {stage: at for at, stage in enumerate(chart.stages)}
    lanes: dict[str, list[Row]] = {}
    for row in sorted(rows, key=lambda row: order.get(row["stage"], -1)):
        lanes.setdefault(row["stage"], []).append(row)
    lines: list[Line] = []
    for stage, lane in lanes.items():
        lines.append([(safe(stage), "bold")])
        shared = _alike(chart, lane)
        for group in shared:
            lines += _shared(chart, group)
        taken = {row["code"] for group in shared for row in group}
        alone = [row for row in lane if row["code"] not in taken]
        lines += [_bar(chart, row) for row in sorted(alone, key=lambda row: _first(row["start"]))]
    return lines


def _alike(chart: _Chart, lane: Sequence[Row]) -> list[list[Row]]:
    """Checks, and actions that hang on nothing but their own check, which differ in the link only.

    Twenty equal bars say less than one bar with twenty names. What is settled, started, late,
    critical or written by hand, or waits for others, always has a line of its own.
    """
    groups: dict[tuple[str, str, str], list[Row]] = {}
    for row in lane:
        plain = row["origin"] == "generated" and not (
            row["started"] or row["late"] or row["at_risk"]
        )
        open_one = row["action"] == "check" or row["conditional"]
        if plain and open_one and not row["critical"] and not _waits_for(chart, row):
            groups.setdefault((row["action"], row["start"], row["due"]), []).append(row)
    shared = [group for group in groups.values() if len(group) > ALONE]
    return sorted(shared, key=lambda group: _first(group[0]["start"]))


def _shared(chart: _Chart, group: Sequence[Row]) -> list[Line]:
    """One bar for all of a group, and below it the links, each with its code and name."""
    key = "share.check" if group[0]["action"] == "check" else "share.conditional"
    lines = [_line(chart, " ", "", _say(key, chart.lang, count=len(group)), group[0], "")]
    names = [f"{safe(row['code'])} {label(row, chart.lang)}" for row in group]
    indent = " " * (chart.code + 2)
    joint = "、" if chart.lang == "zh" else ", "
    inner = _items(names, chart.limit - len(indent), joint)
    return lines + [[(indent + text, "dim")] for text in inner]


def _bar(chart: _Chart, row: Row) -> Line:
    mark = next((sign for key, sign in SIGNS.items() if row[key]), " ")
    return _line(
        chart, mark, safe(row["code"]), label(row, chart.lang), row, _waits_for(chart, row)
    )


def _line(chart: _Chart, mark: str, code: str, label: str, row: Row, waits: str) -> Line:
    tag = say(f"act.{row['action']}", chart.lang)
    style = STYLES[row["action"]]
    before, bar, behind = _area(chart, row, waits)
    return [
        (f"{mark}{pad(code, chart.code)} ", "bold" if row["critical"] else ""),
        (pad(tag, chart.tag) + " ", style),
        (pad(cut(label, chart.name), chart.name) + " ", ""),
        (before, "dim"),
        (bar, style),
        (behind + " ", "dim"),
        (row["due"], ""),
    ]


def _area(chart: _Chart, row: Row, waits: str) -> tuple[str, str, str]:
    """What stands before, in and behind the bar, over the marks of the years."""
    start, due = _first(row["start"]), _last(row["due"]) + 1
    last = chart.first + chart.months
    begin = min(chart.column(start), chart.area - 1)
    end = max(begin + 1, chart.column(due))
    bar = ("=" if row["started"] else "." if row["conditional"] else "-") * (end - begin)
    if start < chart.first:
        bar = "<" + bar[1:]
    if due > last:
        bar = bar[:-1] + ">"
    years = [" "] * chart.area
    for month in range(chart.first - chart.first % 12 + 12, last, 12):
        years[chart.column(month)] = "|"
    grid = "".join(years)
    before, behind = grid[:begin], grid[end:]
    if waits and width(waits) <= begin:
        before = before[: begin - width(waits)] + waits
    return before, bar, behind


def _waits_for(chart: _Chart, row: Row) -> str:
    """``上3+2>``: of what it waits for the one that is due last, and how many more there are.

    Its own check goes without saying.
    """
    needs = [
        need
        for code in row["needs"]
        if (need := chart.by_code[code])["action"] != "check" or need["link"] != row["link"]
    ]
    if not needs:
        return ""
    last = max(needs, key=lambda need: _last(need["due"]) if need["due"] else 0)["code"]
    more = f"+{len(needs) - 1}" if len(needs) > 1 else ""
    return f"{safe(last)}{more}>"


def _legend(chart: _Chart) -> list[Line]:
    """Only what was drawn."""
    rows, lang = chart.rows, chart.lang
    kinds = {"strengthen" if row["action"] == "deepen" else row["action"] for row in rows}
    parts = [
        f"{say(f'act.{kind}', lang)} {kind_word(kind, lang)}" for kind in ORDER if kind in kinds
    ]
    states = [
        ("started", any(row["started"] for row in rows)),
        ("open", any(not row["started"] and not row["conditional"] for row in rows)),
        ("conditional", any(row["conditional"] for row in rows)),
    ]
    drawn = {next((key for key in SIGNS if row[key]), "") for row in rows}
    states += [(key, key in drawn) for key in ("critical", "late", "at_risk", "in_plan")]
    marks = [_say(f"legend.{key}", lang) for key, shown in states if shown]
    waits = [text for row in rows if (text := _waits_for(chart, row))]
    if waits:
        several = next((text for text in waits if "+" in text), "")
        key = "legend.several" if several else "legend.needs"
        marks.append(_say(key, lang, code=(several or waits[0]).rstrip(">").split("+")[0]))
    if any(set(_area(chart, row, "")[1]) & set("<>") for row in rows):
        marks.append(_say("legend.outside", lang))
    return [[(line, "dim")] for items in (parts, marks) for line in _items(items, chart.limit)]


def _items(items: Sequence[str], limit: int, joint: str = "  ") -> list[str]:
    """Items on lines, none of them broken that fits on a line."""
    lines, held = [], ""
    for at, item in enumerate(items):
        piece = cut(item, limit) + (joint if at + 1 < len(items) else "")
        if held and width((held + piece).rstrip()) > limit:
            lines.append(held.rstrip())
            held = ""
        held += piece
    return [*lines, held.rstrip()] if held else lines


def _below(path: Plan, rows: Sequence[Row], limit: int, lang: str) -> list[Line]:
    return [
        [(line, "weak" if text.startswith("[") else "")]
        for text in remarks(path, rows, lang)
        for line in wrap(text, limit, "  ")
    ]


def _plain(text: str) -> Line:
    return [(text, "")]


def _say(key: str, lang: str, **words: Any) -> str:
    return say(f"path.{key}", lang, **words)


def _first(text: str) -> int:
    day = parse_day(text).first
    return day.year * 12 + day.month - 1


def _last(text: str) -> int:
    day = parse_day(text).last
    return day.year * 12 + day.month - 1


def _month(month: int) -> str:
    return f"{month // 12}-{month % 12 + 1:02d}"
