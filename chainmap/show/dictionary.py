"""The data dictionary for people and for machines, both made from ``core.schema``."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from chainmap.core.schema import TABLES, Column, Table

_ID = "^[a-z0-9][a-z0-9_-]{0,63}$"
_DAY = r"^\d{4}(-\d{2}(-\d{2})?)?$"
_KINDS = {
    "id": "编号",
    "ref": "编号（引用）",
    "refs": "编号，可几个，用 | 连接",
    "text": "文字",
    "texts": "文字，可几个，用 | 连接",
    "number": "数",
    "whole": "整数",
    "day": "日期（可只写年或年月，按最后一天算）",
    "first_day": "日期（可只写年或年月，按第一天算）",
    "word": "选词",
    "code": "行业代码",
    "codes": "行业代码，可几个，用 | 连接",
    "url": "网址",
}


def datapackage(present: Iterable[str]) -> bytes:
    """A Frictionless data package (version 1) of the tables that are there."""
    names = set(present)
    resources = [_resource(table, names) for table in TABLES if table.name in names]
    package = {
        "profile": "data-package",
        "name": "industry-chainmap-reference",
        "title": "Reference workspace: firms, evidence and projects of a city's industry chains",
        "description": "Facts and figures with their sources; see NOTICE for their origin.",
        "resources": resources,
    }
    return (json.dumps(package, ensure_ascii=False, indent=1) + "\n").encode()


def _resource(table: Table, present: set[str]) -> dict[str, Any]:
    keys = [
        {"fields": c.name, "reference": {"resource": c.refers, "fields": _key_of(c.refers)}}
        for c in table.columns
        if c.kind == "ref" and c.refers in present and c.refers != table.name
    ]
    schema: dict[str, Any] = {
        "fields": [_field(column) for column in table.columns],
        "missingValues": [""],
    }
    if keys:
        schema["foreignKeys"] = keys
    return {
        "name": table.name.replace("_", "-"),
        "path": f"{table.name}.csv",
        "profile": "tabular-data-resource",
        "title": table.zh,
        "description": table.meaning,
        "encoding": "utf-8",
        "schema": schema,
    }


def _key_of(table: str) -> str:
    return next(t.keys[0] for t in TABLES if t.name == table)


def _field(column: Column) -> dict[str, Any]:
    field: dict[str, Any] = {"name": column.name, "title": column.zh, "type": "string"}
    limits: dict[str, Any] = {}
    if column.kind in ("number", "whole"):
        field["type"] = "number" if column.kind == "number" else "integer"
        limits |= {"minimum": column.low} if column.low is not None else {}
        limits |= {"maximum": column.high} if column.high is not None else {}
    elif column.kind == "id":
        limits["pattern"] = _ID
    elif column.kind in ("day", "first_day"):
        limits["pattern"] = _DAY
    elif column.kind == "word":
        limits["enum"] = list(column.words)
    if column.required:
        limits["required"] = True
    if column.meaning:
        field["description"] = column.meaning
    if column.unit:
        field["unit"] = column.unit
    if limits:
        field["constraints"] = limits
    return field


def dictionary_page() -> str:
    """The data dictionary as a Markdown page, in Chinese with the names that files use."""
    parts = [
        "# 数据字典",
        "本页由程序的数据字典生成，请勿手改。表头可用英文名或中文名，列的次序不限；"
        "加粗的列合起来是键。空格表示不知道。",
    ]
    for table in TABLES:
        parts += [f"## {table.name}.csv　{table.zh}", table.meaning + "。" + _rules(table)]
        lines = ["| 列 | 中文表头 | 类型 | 单位 | 说明 |", "| --- | --- | --- | --- | --- |"]
        lines += [_line(column) for column in table.columns]
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _rules(table: Table) -> str:
    rules = []
    if table.must_exist:
        rules.append("必须有此表。")
    if table.graded:
        rules.append("只有 D 级来源的行不得写入。")
    return "".join(rules)


def dictionary_rows() -> list[tuple[str, ...]]:
    """Every column of every table: table, column, Chinese header, key, type, unit, meaning."""
    return [
        (f"{table.name} {table.zh}", column.name, column.zh, "是" if column.key else "",
         _KINDS[column.kind], column.unit, _meaning(column))
        for table in TABLES
        for column in table.columns
    ]  # fmt: skip


def _meaning(column: Column) -> str:
    must = "必填" if column.required and not column.key else ""
    return "；".join(part for part in (must, column.meaning, " / ".join(column.words)) if part)


def _line(column: Column) -> str:
    name = f"**{column.name}**" if column.key else column.name
    meaning = _meaning(column).replace("|", "\\|")
    cells = (name, column.zh, _KINDS[column.kind], column.unit, meaning)
    return "| " + " | ".join(cells) + " |"
