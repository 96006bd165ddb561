"""The key-project table: its 21 columns, and how each cell is put (DESIGN section 8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chainmap.core.words import say
from chainmap.show.columns import Cell, Head, Line, lay_out

COLUMNS = (
    "序号", "项目（目标企业）名称", "投资主体/总部", "企业类别", "产业链", "环节", "招商类型",
    "项目内容", "计划总投资（亿元）", "内外资", "需用土地/载体", "拟落区市", "来源", "综合得分",
    "阶段", "对接进展", "下一步/时限", "责任领导", "责任单位", "排名区间", "证据",
)  # fmt: skip
ENGLISH = (
    "No.", "Project (target firm)", "Investor / HQ", "Class", "Chain", "Link", "Kind",
    "Content", "Investment (100m CNY)", "Capital", "Land / site", "District", "Origin", "Score",
    "Stage", "Progress", "Next step / due", "Leader", "Unit", "Rank", "Evid.",
)  # fmt: skip
NAME = COLUMNS[1]
NUMBERS = frozenset(("序号", "计划总投资（亿元）", "综合得分"))
NOT_OFFICIAL = ("综合得分", "排名区间", "证据")


def heads(official: bool = False) -> tuple[str, ...]:
    """The columns in their order; the signed form leaves the scores out."""
    return tuple(c for c in COLUMNS if not (official and c in NOT_OFFICIAL))


def title_of(column: str, lang: str) -> str:
    """What a column is called for a reader; files keep the names of the contract."""
    return column if lang == "zh" else ENGLISH[COLUMNS.index(column)]


def score_title(lang: str) -> str:
    """The score with its interval, in one column."""
    name, span = title_of("综合得分", lang), title_of("排名区间", lang)
    return f"{name}（{span}）" if lang == "zh" else f"{name} ({span})"


def paint_of(kind: str, lang: str) -> str:
    """The colour of a kind of gap, as its cell has it."""
    pairs = (("fill", "missing"), ("strengthen", "strong"), ("deepen", "strong"),
             ("extend", "weak"), ("build", "planned"))  # fmt: skip
    return next((p for name, p in pairs if kind.startswith(say(f"kind.{name}", lang))), "unknown")


def official_line(bureau: str, day: str, lang: str = "zh") -> str:
    """Who reports, as of when, who reviews: the line below the signed form."""
    colon = "：" if lang == "zh" else ": "
    parts = (("unit", bureau), ("as_of", day), ("reviewer", "________"))
    return "    ".join(f"{say(f'official.{name}', lang)}{colon}{value}" for name, value in parts)


def table_lines(rows: Sequence[Mapping[str, Any]], lang: str, limit: int) -> list[Line]:
    """The columns that fit a terminal; the file holds all 21."""
    names = ["序号", "项目（目标企业）名称", "企业类别", "环节", "招商类型", "综合得分",
             "排名区间", "证据", "阶段"]  # fmt: skip
    if limit < 100:
        names.remove("企业类别")
    titles = COLUMNS if lang == "zh" else ENGLISH
    shrink = {"项目（目标企业）名称": 18, "环节": 10, "企业类别": 9, "招商类型": 12}
    columns = [
        Head(
            titles[COLUMNS.index(n)].split("（")[0].split(" (")[0],
            n in NUMBERS,
            shrink.get(n),
            may_go=n == "阶段",
        )
        for n in names
    ]
    cells = [[_cell(name, row[name]) for name in names] for row in rows]
    return lay_out(columns, cells, limit)


def _cell(name: str, value: Any) -> Cell:
    if name == "证据":
        return Cell(str(value).split("：")[0])  # the sources themselves are in the file
    style = "bold" if name == NAME else ""
    return Cell(_text(value), style)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.1f}" if isinstance(value, float) else str(value)
