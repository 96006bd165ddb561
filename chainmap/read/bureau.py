"""A bureau's own list of projects: any headers, CSV or XLSX, taken for columns of the ledger.

Which header is which column is guessed from the words of the trade, told by the user once, and
kept in ``data/projects_import.yaml``, one line a header.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path

from chainmap.core.problems import Place, Problem, problem
from chainmap.core.schema import BY_NAME, STAGES
from chainmap.core.text import fold
from chainmap.core.whole import write_whole
from chainmap.read.catalogue import Record, records_of
from chainmap.read.files import Intake, name_of
from chainmap.read.nodes import document
from chainmap.read.values import WrongCell, likely_day, reader, title

TABLE = BY_NAME["projects"]
KEPT = "projects_import.yaml"
NONE = "-"  # the column that is not taken in
_ABOVE = 10  # a header is looked for in so many rows
# What headers of lists like these end with, for each column of the ledger.
GUESSES: dict[str, tuple[str, ...]] = {
    "project": ("项目编号", "编号"),
    "name": ("项目名称", "项目名", "项目"),
    "firm": ("投资方", "投资主体", "投资企业", "投资商", "企业名称", "企业", "建设单位",
             "项目单位"),
    "partners": ("合作方", "合作单位"),
    "chain": ("产业链", "产业"),
    "link": ("环节",),
    "district": ("区市", "落户区市", "所在区", "属地", "落地区域", "拟落区市"),
    "park": ("园区",),
    "content": ("建设内容", "项目内容", "主要内容", "建设规模及内容"),
    "investment_100m_cny": ("总投资", "投资额", "总投资额"),
    "foreign_musd": ("外资", "合同外资", "外资额"),
    "arrived_100m_cny": ("到位资金", "到账资金", "累计到位"),
    "land_mu": ("用地", "用地面积", "土地"),
    "stage": ("阶段", "项目阶段", "状态", "项目状态"),
    **{column: (f"{stage}时间", f"{stage}日期") for stage, column in zip(
        STAGES[2:], ("signed", "started", "building", "produced", "full_output", "ended"),
        strict=True)},
    "progress": ("进展", "进展情况", "最新进展", "工作进展", "对接进展"),
    "progress_date": ("更新时间", "更新日期", "进展日期"),
    "next_step": ("下一步", "下一步计划", "下步计划", "工作计划"),
    "next_due": ("时限", "完成时限", "办结时限"),
    "leader": ("责任领导", "包联领导", "市级领导", "牵头领导"),
    "unit": ("责任单位", "牵头单位", "专班"),
    NONE: ("序号", "联系人", "联系电话", "电话", "手机", "联系方式", "邮箱"),
}  # fmt: skip
_STAGES = {"在谈": "洽谈", "对接": "洽谈", "已签约": "签约", "已开工": "开工", "在建": "建设",
           "建设中": "建设", "已投产": "投产", "已达产": "达产", "已终止": "终止", "线索": "谋划",
           "前期": "谋划"}  # fmt: skip
_BRACKETS = re.compile(r"[(\[【].*?[)\]】]")
_UNITS: dict[str, tuple[tuple[str, str], ...]] = {
    "亿元": (("亿元", "1"), ("百万元", "0.01"), ("万元", "0.0001"), ("千元", "0.0000001")),
    "百万美元": (("亿美元", "100"), ("百万美元", "1"), ("万美元", "0.01"), ("musd", "1")),
    "亩": (("公顷", "15"), ("亩", "1")),
}


@dataclass(frozen=True)
class Taken:
    """A line of the list: its cells by the ledger's columns, and where each of them stands."""

    at: Place
    cells: Mapping[str, str]
    places: Mapping[str, Place]


@dataclass(frozen=True)
class Listing:
    """A list as read: its lines, which header was taken for what, and headers nobody knows."""

    lines: tuple[Taken, ...] = ()
    heads: Mapping[str, str] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    sheet: str = ""


def read_listing(path: Path, told: Mapping[str, str]) -> tuple[Listing, list[Problem]]:
    """Read a list of projects. With any problem, or an unknown header, nothing of it is used.

    ``told`` are headers with their columns, which go before any guess. Raises
    ModuleNotFoundError for a workbook where openpyxl is not installed.
    """
    problems: list[Problem] = []
    sheets: list[str] = []
    rows = records_of(path, problems, sheets)
    if problems:
        return Listing(), problems
    best = max(range(min(len(rows), _ABOVE)), key=lambda at: _known(rows[at], told), default=None)
    if best is None or not _known(rows[best], told):
        at = rows[0].places[0] if rows else Place(path.name, 0)
        shown = "、".join(cell for cell in rows[0].cells if cell) if rows else ""
        return Listing(), [problem("I109", at, heads=shown)]
    head = rows[best]
    columns = {at: column_of(text, told) for at, text in enumerate(head.cells) if text}
    unknown = tuple(head.cells[at] for at, name in columns.items() if name is None)
    at_of = _once(head, columns, problems)
    heads = {head.cells[at]: name for at, name in columns.items() if name}
    if unknown or problems:
        return Listing((), heads, unknown, "".join(sheets[:1])), problems
    found = [_taken(row, head, at_of, problems) for row in rows[best + 1 :]]
    lines = tuple(one for one in found if one is not None)
    return Listing(lines, heads, (), "".join(sheets[:1])), problems


def _known(row: Record, told: Mapping[str, str]) -> int:
    return sum(column_of(text, told) not in (None, NONE) for text in row.cells if text)


def _once(
    head: Record, columns: Mapping[int, str | None], problems: list[Problem]
) -> dict[str, int]:
    """Where each column of the ledger stands; a problem where two headers are taken for one."""
    found: dict[str, int] = {}
    for at, name in columns.items():
        if name in (None, NONE):
            continue
        assert name is not None
        if name in found:
            one = head.cells[found[name]]
            what = title(TABLE.column(name))
            problems.append(problem("I102", head.places[at], one=one, other=head.cells[at],
                                    what=what))  # fmt: skip
        found.setdefault(name, at)
    if "name" not in found:
        problems.append(problem("I109", head.places[0], heads="、".join(filter(None, head.cells))))
    return found


def column_of(head: str, told: Mapping[str, str]) -> str | None:
    """The ledger's column that a header means; NONE for one left out, None where nobody knows.

    >>> column_of("计划总投资（万元）", {}), column_of("联系电话", {}), column_of("备注", {})
    ('investment_100m_cny', '-', None)
    """
    if head in told:
        return told[head]
    text = fold(_BRACKETS.sub("", unicodedata.normalize("NFKC", head)))
    for column in TABLE.columns[:-2]:
        if text in (fold(column.name), fold(column.zh)):
            return column.name
    held = [(len(word), name) for name, words in GUESSES.items() for word in words
            if text == fold(word)
            or (len(word) > 2 and name != "project" and text.endswith(fold(word)))]  # fmt: skip
    return max(held)[1] if held else None


def _taken(
    row: Record, head: Record, at_of: Mapping[str, int], problems: list[Problem]
) -> Taken | None:
    cells: dict[str, str] = {}
    places: dict[str, Place] = {}
    for name, at in at_of.items():
        if at >= len(row.cells) or not row.cells[at]:
            continue
        places[name] = row.places[at]
        if row.formulas[at]:
            problems.append(problem("I105", row.places[at]))
            continue
        try:
            cells[name] = _cell(name, row.cells[at], head.cells[at])
        except WrongCell as wrong:
            problems.append(problem(wrong.code, row.places[at], wrong.guess, **wrong.words))
    if not cells and not places:
        return None
    first = row.places[at_of["name"]] if at_of["name"] < len(row.places) else row.places[0]
    if "name" not in places:
        problems.append(problem("T109", first, column=title(TABLE.column("name"))))
        return None
    return Taken(first, cells, places)


def _cell(name: str, text: str, head: str) -> str:
    """A cell as the ledger has it: dates, stages and amounts in its own form. Raises WrongCell."""
    column = TABLE.column(name)
    if column.kind == "day":
        day = likely_day(text) or text
        reader(TABLE.name, column)(day)
        return day
    if name == "stage":
        word = _STAGES.get(text, text)
        reader(TABLE.name, column)(word)
        return word
    if column.kind == "number":
        return _amount(name, text, head)
    return text


def _amount(name: str, text: str, head: str) -> str:
    """An amount in the ledger's unit, by the unit in its header or behind the number."""
    column = TABLE.column(name)
    plain = unicodedata.normalize("NFKC", text).replace(",", "").replace(" ", "")
    match = re.fullmatch(r"(\d+(?:\.\d+)?)(\D*)", plain)
    unit = match[2] if match and match[2] else unicodedata.normalize("NFKC", head).casefold()
    factor = next((f for word, f in _UNITS[column.unit] if word in unit.casefold()), None)
    if match is None:
        raise WrongCell("T105", column=title(column), value=text)
    if factor is None or (column.unit == "亿元" and re.search("[美欧日港]元", unit)):
        raise WrongCell("I110", head=head, column=title(column), unit=column.unit)
    try:
        value = Decimal(match[1]) * Decimal(factor)
    except InvalidOperation:
        raise WrongCell("T105", column=title(column), value=text) from None
    shown = format(value, "f")
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def kept_map(data: Path) -> tuple[dict[str, str], list[Problem]]:
    """The headers that were told before, with their columns; problems where the file is none."""
    path = data / KEPT
    if not path.exists():
        return {}, []
    intake = Intake(data.parent)
    text = intake.text(path, "yaml_bytes")
    if isinstance(text, Problem):
        return {}, [text]
    found = document(text, name_of(path, data.parent), intake.limits)
    held = found.data if isinstance(found.data, dict) else {}
    names = {column.name for column in TABLE.columns} | {NONE}
    wrong = [problem("I111", Place(f"data/{KEPT}", 0), head=head) for head, name in held.items()
             if str(name) not in names]  # fmt: skip
    return {str(head): str(name) for head, name in held.items()}, [*found.problems, *wrong]


def keep_map(data: Path, told: Mapping[str, str]) -> None:
    """Remember headers with their columns. Raises OSError."""
    # A quoted JSON text is a YAML text.
    body = "".join(f"{json.dumps(head, ensure_ascii=False)}: {json.dumps(name)}\n"
                   for head, name in told.items())  # fmt: skip
    note = f"# 外来项目表的列头: 台账的列（{NONE} 为不导入）；由 projects import 写下，可以改。\n"
    write_whole(data / KEPT, (note + body).encode())


def fields() -> Iterable[str]:
    """The columns that a header can be taken for."""
    return [column.name for column in TABLE.columns[:-2]]


def field_of(word: str) -> str | None:
    """The column of that English or Chinese name, or NONE; None where there is none."""
    if word.strip() == NONE:
        return NONE
    names: Sequence[tuple[str, str]] = [(c.name, c.zh) for c in TABLE.columns[:-2]]
    return next((name for name, zh in names if fold(word) in (fold(name), fold(zh))), None)
