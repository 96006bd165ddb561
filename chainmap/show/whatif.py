"""What-if and resilience as they stand on a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chainmap.core.words import figure, say
from chainmap.show.columns import Cell, Head, Line, lay_out
from chainmap.show.screens import completeness, kind_word, span

Row = Mapping[str, Any]
Figures = Mapping[tuple[str, str | None, str | None], tuple[Any, Any]]


def figures_of(rows: Sequence[Row]) -> Figures:
    """(before, after) by what, link and firm."""
    return {(r["what"], r["link"], r["firm"]): (r["before"], r["after"]) for r in rows}


def chain_lines(
    found: Figures, links: int, one_figure_at: float, lang: str, limit: int
) -> list[Line]:
    """The chain's figures before and after."""

    def pick(side: int, *names: str) -> dict[str, Any]:
        return {name: found[name, None, None][side] for name in names}

    cells = []
    for key in ("completeness", "local_count", "local_value", "stopped_share"):
        texts = []
        for side in (0, 1):
            if key == "completeness":
                row = pick(side, "completeness_low", "completeness_high", "unknown")
                texts.append(completeness({**row, "links": links}, one_figure_at))
            elif key == "local_count":
                row = pick(side, "local_ratio_count_low", "local_ratio_count_high")
                texts.append(span(row["local_ratio_count_low"], row["local_ratio_count_high"]))
            else:
                name = "local_ratio_value" if key == "local_value" else key
                value = found[name, None, None][side]
                texts.append(span(value, value))
        style = "bold" if texts[0] != texts[1] else ""
        cells.append([Cell(say(f"whatif.{key}", lang)), Cell(texts[0]), Cell(texts[1], style)])
    heads = [Head(say("head.figure", lang)), Head(say("head.before", lang), right=True),
             Head(say("head.after", lang), right=True)]  # fmt: skip
    return lay_out(heads, cells, limit)


def link_heads(lang: str) -> list[str]:
    """What is told of a link that changes."""
    names = ("link", "status", "kind", "makers", "value_after", "priority")
    return [say(f"head.{name}", lang) for name in names]


def link_texts(changed: Sequence[Row], lang: str) -> list[list[str]]:
    """Links of which some figure differs: one row each, both sides where they differ."""
    found = []
    for row in changed:
        was, now = row["before"], row["after"]
        tags = [say(f"tag.{side['status']}", lang) for side in (was, now)]
        kinds = [kind_word({**side, "settled": True}, lang) for side in (was, now)]
        found.append(
            [
                row["name"],
                _arrow(tags[0], tags[1], lang),
                _arrow(kinds[0], kinds[1], lang),
                _numbers(was["producers"], now["producers"], 0, lang),
                _numbers(was["value_100m_cny"], now["value_100m_cny"], 1, lang),
                _numbers(was["priority"], now["priority"], 0, lang),
            ]
        )
    return found


def link_lines(changed: Sequence[Row], lang: str, limit: int) -> list[Line]:
    """The same as lines of a terminal."""
    link, status, kind, makers, value, priority = link_heads(lang)
    heads = [
        Head(link, shrink_to=10),
        Head(status),
        Head(kind, shrink_to=14),
        Head(makers),
        Head(value, may_go=True),
        Head(priority, may_go=True),
    ]
    cells = []
    for row, texts in zip(changed, link_texts(changed, lang), strict=True):
        name, tag, *rest = texts
        cells.append(
            [Cell(name, "bold"), Cell(tag, row["after"]["status"]), *(Cell(text) for text in rest)]
        )
    return lay_out(heads, cells, limit)


def rank_lines(changed: Sequence[Row], lang: str, limit: int) -> list[Line]:
    """Candidates whose place or interval differs: one line each."""
    heads = [
        Head(say("head.firm", lang), shrink_to=14),
        Head(say("head.rank_before", lang), right=True),
        Head(say("head.rank_after", lang), right=True),
        Head(say("head.score", lang), right=True, may_go=True),
    ]
    cells = [
        [
            Cell(row["name"], "bold"),
            Cell(_place(row["before"], lang)),
            Cell(_place(row["after"], lang)),
            Cell(_numbers(row["before"]["score"], row["after"]["score"], 1, lang)),
        ]
        for row in changed
    ]
    return lay_out(heads, cells, limit)


def _place(row: Row, lang: str) -> str:
    """``3 (2-8)``: a place with its interval."""
    if row["position"] is None:
        return say("whatif.out", lang)
    if row["rank_p05"] is None:
        return str(row["position"])
    return f"{row['position']} ({row['rank_p05']}-{row['rank_p95']})"


def _arrow(before: str, after: str, lang: str) -> str:
    return after if before == after else say("whatif.arrow", lang, before=before, after=after)


def _numbers(before: float | None, after: float | None, digits: int, lang: str) -> str:
    return _arrow(figure(before, digits) or "-", figure(after, digits) or "-", lang)


def plan_lines(found: Figures, seats: Sequence[Row], lang: str, limit: int) -> list[Line]:
    """What the programme is worth before and after, and the targets that differ."""
    worth = _numbers(*found["plan_objective", None, None], 1, lang)
    count = _numbers(*found["plan_targets", None, None], 0, lang)
    told: list[Line] = [[(say("whatif.plan", lang, worth=worth, count=count), "bold")]]
    if not seats:
        return [*told, [(say("whatif.no_plan", lang), "")]]
    heads = [
        Head(say("head.firm", lang), shrink_to=14),
        Head(say("head.before", lang)),
        Head(say("head.after", lang)),
    ]
    cells = [
        [
            Cell(row["name"], "bold"),
            Cell(_seat(row["before"], lang)),
            Cell(_seat(row["after"], lang)),
        ]
        for row in seats
    ]
    return [*told, *lay_out(heads, cells, limit)]


def _seat(row: Row, lang: str) -> str:
    if row["plan_district"] is None:
        return say("whatif.out", lang)
    return say("whatif.seat", lang, district=row["plan_district"], year=row["plan_year"])


# Resilience


def loss_lines(rows: Sequence[Row], lang: str, limit: int) -> list[Line]:
    """One line a loss, the worst first."""
    heads = [
        Head(say("head.loss", lang)),
        Head(say("head.name", lang), shrink_to=12),
        Head(say("head.status", lang), may_go=True),
        Head(say("head.groups", lang), right=True, may_go=True),
        Head(say("head.without", lang), right=True),
        Head(say("head.with", lang), right=True),
        Head(say("head.verdict_single", lang)),
    ]
    cells = []
    for row in rows:
        status = row["status"]
        point = row["single_point"]
        cells.append(
            [
                Cell(say(f"resilience.loss_{row['what']}", lang)),
                Cell(row["name"], "bold"),
                Cell(say(f"tag.{status}", lang) if status else "", status or ""),
                Cell(_groups(row)),
                Cell(span(row["stops_without"], row["stops_without"])),
                Cell(span(row["stops_low"], row["stops_high"])),
                Cell(say(f"resilience.single_{point}", lang) if point in ("yes", "maybe") else "",
                     "missing" if point == "yes" else "unknown"),
            ]
        )  # fmt: skip
    return lay_out(heads, cells, limit)


def _groups(row: Row) -> str:
    """How many groups make a link; a bar where nobody knows."""
    if row["what"] == "firm":
        return ""
    return "-" if row["groups"] is None else str(row["groups"])


def target_lines(rows: Sequence[Row], shown: int, lang: str, limit: int) -> list[Line]:
    """Links where one more maker helps, with the best candidates."""
    heads = [
        Head(say("head.link", lang), shrink_to=12),
        Head(say("head.saves", lang), right=True),
        Head(say("head.by_score", lang), shrink_to=20),
    ]
    joint = "、" if lang == "zh" else ", "
    cells = [
        [Cell(row["name"], "bold"), Cell(f"{row['saves']:.1%}"),
         Cell(joint.join(row["names"][:shown]))]
        for row in rows
    ]  # fmt: skip
    return lay_out(heads, cells, limit)
