"""Gaps and chains as they stand on a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chainmap.core.words import figure, say
from chainmap.show.columns import Cell, Head, Line, lay_out

Row = Mapping[str, Any]
STATUSES = ("strong", "weak", "present", "missing", "planned", "unknown")


def kind_word(row: Row, lang: str) -> str:
    """A gap's kind; what it may be where it is not settled."""
    if row["kind"] == "check":
        return say("kind.suspect", lang, kind=say(f"kind.{row['suspect']}", lang))
    word = say("kind.break" if row.get("break") else f"kind.{row['kind']}", lang)
    return word if row["settled"] else say("kind.unsettled", lang, kind=word)


def tally(counts: Mapping[str, int], lang: str, all_of_them: bool = True) -> str:
    """``[强] 9  [弱] 9 …``: the counts by status."""
    return "  ".join(
        f"{say(f'tag.{status}', lang)} {counts.get(status, 0)}"
        for status in STATUSES
        if all_of_them or counts.get(status)
    )


def evidence(row: Row) -> str:
    """``A/4``: the grade and how many sources; a bar where there are none."""
    return f"{row['evidence_grade'] or '-'}/{len(row['sources'])}" if row["sources"] else "-"


def gap_lines(
    rows: Sequence[Row], notes: Mapping[str, str], open_to: Mapping[str, int], lang: str, limit: int
) -> list[Line]:
    """The gaps: one line a link, its note cut last."""
    several = len({row["chain"] for row in rows}) > 1
    names = ("status", "kind", "link", "local", "evidence", "open", "priority", "note")
    heads = [Head(say(f"head.{name}", lang), right=name in ("local", "open", "priority"))
             for name in names]  # fmt: skip
    heads[2] = Head(heads[2].title, shrink_to=10)
    heads[-1] = Head(heads[-1].title, shrink_to=6)
    cells = []
    for row in rows:
        name = f"{row['chain']}/{row['name']}" if several else row["name"]
        name += "*" if row["critical"] else ""
        local = say("unknown", lang) if row["status"] == "unknown" else str(row["producers"])
        cells.append(
            [
                Cell(say(f"tag.{row['status']}", lang), row["status"]),
                Cell(kind_word(row, lang), "" if row["settled"] else "unknown"),
                Cell(name, "bold"),
                Cell(local),
                Cell(evidence(row)),
                Cell(str(open_to.get(row["ref"], 0))),
                Cell(figure(row["priority"], 0) or "-"),
                Cell(notes.get(row["ref"], "")),
            ]
        )
    return lay_out(heads, cells, limit)


def legend(lang: str) -> list[str]:
    """What the tags mean, a sentence a line."""
    return [say(f"legend.{number}", lang) for number in (1, 2, 3)]


def chain_lines(rows: Sequence[Row], one_figure_at: float, lang: str, limit: int) -> list[Line]:
    """The chains with their counts and figures."""
    heads = [Head(say("head.chain", lang), shrink_to=10, may_go=True), Head("id"),
             Head(say("head.links", lang), right=True)]  # fmt: skip
    heads += [Head(say(f"tag.{status}", lang), right=True) for status in STATUSES]
    heads += [
        Head(say(f"head.{name}", lang), right=True, may_go=name != "completeness")
        for name in ("completeness", "local_count", "local_value")
    ]
    cells = [
        [
            Cell(row["name"], "bold"),
            Cell(row["chain"]),
            Cell(str(row["links"])),
            *(Cell(str(row[status])) for status in STATUSES),
            Cell(completeness(row, one_figure_at)),
            Cell(span(row["local_ratio_count_low"], row["local_ratio_count_high"])),
            Cell(span(row["local_ratio_value"], row["local_ratio_value"])),
        ]
        for row in rows
    ]
    return lay_out(heads, cells, limit)


def completeness(row: Row, one_figure_at: float) -> str:
    """Completeness as a range; as one figure only where few links are unknown."""
    low, high = row["completeness_low"], row["completeness_high"]
    if low is not None and row["unknown"] <= one_figure_at * row["links"]:
        return f"{low:.0%}"
    return span(low, high)


def span(low: float | None, high: float | None) -> str:
    """``21%-68%``; a bar where there is nothing to divide by."""
    if low is None or high is None:
        return "-"
    return f"{low:.0%}" if low == high else f"{low:.0%}-{high:.0%}"


def by_grade(counts: Mapping[str, int]) -> str:
    """How many rows rest on which evidence grade."""
    return "  ".join(f"<{grade}> {counts[grade]}" for grade in sorted(counts))


def coverage_lines(rows: Sequence[Row], lang: str, limit: int) -> list[Line]:
    """What the data cover: a line a chain, and their sum."""
    heads = [Head(say("head.chain", lang), shrink_to=10), Head("id", may_go=True)]
    names = ("links", "unknown", "grades", "looked", "stale", "open", "no_candidates")
    heads += [Head(say(f"head.{name}", lang), right=True) for name in names]
    heads.append(Head(say("head.dates", lang), may_go=True))
    cells = [[*_coverage_cells(row), Cell(_dates(row))] for row in rows]
    if len(rows) > 1:
        total = {
            key: sum(row[key] for row in rows)
            for key, value in rows[0].items()
            if isinstance(value, int)
        }
        last = {**total, "name": say("data.all", lang), "chain": ""}
        cells.append([*_coverage_cells(last), Cell("")])
    return lay_out(heads, cells, limit)


def _coverage_cells(row: Row) -> list[Cell]:
    grades = "/".join(str(row[f"grade_{grade}"]) for grade in ("a", "b", "c", "d", "none"))
    counts = (row["links"], row["unknown"], grades, row["looked"], row["stale"],
              row["candidates"], row["no_candidates"])  # fmt: skip
    return [Cell(row["name"], "bold"), Cell(row["chain"]), *(Cell(str(count)) for count in counts)]


def _dates(row: Row) -> str:
    return f"{row['oldest'][:7]} - {row['newest'][:7]}" if row["oldest"] else "-"


def verify_lines(rows: Sequence[Row], lang: str, limit: int) -> list[Line]:
    """Open links by what an answer would change."""
    heads = [
        Head(say("head.position", lang), right=True),
        Head(say("head.chain", lang), shrink_to=10),
        Head(say("head.link", lang), shrink_to=12),
        Head(say("head.status", lang)),
        Head(say("head.kind", lang)),
        Head(say("head.kinds", lang), right=True),
        Head(say("head.top20", lang), right=True),
        Head(say("head.look", lang), shrink_to=4, may_go=True),
    ]
    cells = [
        [
            Cell(str(at + 1)),
            Cell(row["chain_name"]),
            Cell(row["name"], "bold"),
            Cell(say(f"tag.{row['status']}", lang), row["status"]),
            Cell(say("kind.suspect", lang, kind=say(f"kind.{row['suspect']}", lang))),
            Cell(str(row["kinds"])),
            Cell(str(row["top20"])),
            Cell(say(f"note.{row['looked']}", lang)),
        ]
        for at, row in enumerate(rows)
    ]
    return lay_out(heads, cells, limit)
