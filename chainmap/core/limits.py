"""How large an input may be, and how long a step may take: every limit, in one table.

Past a limit a file is damaged or not meant for us. ``--limit NAME=NUMBER`` raises or lowers one;
the error of each says its name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple

from chainmap.core.problems import Both

MB = 2**20
_BYTES, _COUNT, _SECONDS = Both("字节", "bytes"), Both("个", "items"), Both("秒", "seconds")


class Limit(NamedTuple):
    """A limit as it ships: its name, its number, what it counts, and how far it can be raised."""

    name: str
    number: int
    what: Both
    unit: Both
    most: int


def _limit(number: int, zh: str, en: str, unit: Both = _COUNT, most: int = 2**50) -> Any:
    return field(default=number, metadata={"what": Both(zh, en), "unit": unit, "most": most})


@dataclass(slots=True, eq=False)
class Limits:
    """The limits of a run. ``LIMITS`` is the one in force; only the front door changes it."""

    yaml_bytes: int = _limit(4 * MB, "一个 YAML 文件", "a YAML file", _BYTES)
    depth: int = _limit(20, "YAML 嵌套层数", "levels of nesting in YAML", most=200)
    nodes: int = _limit(200_000, "一个 YAML 文件的节点", "nodes of a YAML file")
    table_bytes: int = _limit(512 * MB, "一张 CSV 表", "a CSV table", _BYTES)
    rows: int = _limit(5_000_000, "一张 CSV 表的行", "rows of a CSV table")
    columns: int = _limit(500, "一张 CSV 表的列", "columns of a CSV table", most=16_384)
    line_bytes: int = _limit(MB, "文本文件的一行", "a line of a text file", _BYTES)
    cell_characters: int = _limit(32_767, "CSV 一格的字符", "characters of a CSV cell")
    list_rows: int = _limit(50_000, "外来名单的行（链主目录、项目表）", "rows of a list brought in")
    list_columns: int = _limit(100, "外来名单的列", "columns of a list brought in", most=16_384)
    book_bytes: int = _limit(64 * MB, "一个工作簿", "a workbook", _BYTES)
    book_unpacked: int = _limit(512 * MB, "工作簿解压后", "a workbook unpacked", _BYTES)
    book_ratio: int = _limit(
        200, "工作簿的压缩倍数（解压后超过 16 MB 时）", "unpacked to packed, above 16 MB"
    )
    book_kept: int = _limit(
        64 * MB, "工作簿一次读入的部件（共享文字、样式）", "a part that is read at once", _BYTES
    )
    book_parts: int = _limit(2_000, "工作簿压缩包里的文件", "files in a workbook's archive")
    book_sheets: int = _limit(200, "工作簿的工作表", "sheets of a workbook")
    book_rows: int = _limit(200_000, "一张工作表的行", "rows of a sheet", most=1_048_576)
    book_columns: int = _limit(16_384, "一行的单元格", "cells of a row", most=16_384)
    book_cells: int = _limit(4_000_000, "工作簿的单元格", "cells of a workbook")
    book_strings: int = _limit(1_000_000, "工作簿的共享文字", "shared strings of a workbook")
    book_elements: int = _limit(
        300_000,
        "工作簿其他部件（样式、目录）的 XML 元素",
        "XML elements of its styles etc.",
    )
    book_text: int = _limit(MB, "其中一段文字或一个标签", "one text or tag in it", _BYTES)
    book_depth: int = _limit(100, "工作簿 XML 的嵌套层数", "levels of XML in it", most=1_000)
    book_seconds: int = _limit(120, "读一个工作簿", "reading a workbook", _SECONDS)
    snapshot_bytes: int = _limit(128 * MB, "一个快照文件", "a snapshot file", _BYTES)
    snapshot_unpacked: int = _limit(256 * MB, "快照解压后", "a snapshot unpacked", _BYTES)
    git_refs: int = _limit(100_000, "git 仓库的引用（rev:）", "refs of a git repository (rev:)")
    git_seconds: int = _limit(120, "一次 git 读取（rev:）", "one reading of git (rev:)", _SECONDS)


LIMITS = Limits()


def table() -> Iterable[Limit]:
    """Every limit as it ships, in the order of the table."""
    for one in fields(Limits):
        told = one.metadata
        assert isinstance(one.default, int)
        yield Limit(one.name, one.default, told["what"], told["unit"], told["most"])


def markdown(lang: str) -> str:
    """The table as README prints it.

    >>> markdown("en").splitlines()[2]
    '| `yaml_bytes` | a YAML file | 4 MiB |'
    """
    at = 0 if lang == "zh" else 1
    heads = ("| 名称 | 管什么 | 上限 |", "| name | what it bounds | limit |")[at]
    rows = [f"| `{one.name}` | {one.what[at]} | {_shown(one, at)} |" for one in table()]
    return "\n".join([heads, "| --- | --- | ---: |", *rows]) + "\n"


def _shown(one: Limit, at: int) -> str:
    if one.unit is _BYTES:
        return f"{one.number // MB} MiB"
    return f"{one.number:,}" + (f" {one.unit[at]}" if one.unit is _SECONDS else "")


def named(name: str) -> Both:
    """What a limit bounds, in words."""
    found: Both = Limits.__dataclass_fields__[name].metadata["what"]
    return found


class WrongLimit(ValueError):
    """A word that sets no limit: ``name`` where the name is unknown, else ``number``."""


def adjust(words: Iterable[str], limits: Limits = LIMITS) -> None:
    """Set limits by words like ``rows=2000000``. Raises WrongLimit before any is set.

    >>> mine = Limits()
    >>> adjust(["rows=7", "depth=30"], mine)
    >>> mine.rows, mine.depth
    (7, 30)
    """
    known = {one.name: one for one in table()}
    found: dict[str, int] = {}
    for word in words:
        name, _, number = word.partition("=")
        if name not in known:
            raise WrongLimit("name", word)
        plain = number.replace("_", "")
        sound = plain.isascii() and plain.isdigit() and len(plain) < 19
        if not sound or not 1 <= int(plain) <= known[name].most:
            raise WrongLimit("number", word)
        found[name] = int(plain)
    for name, value in found.items():
        setattr(limits, name, value)
