"""The workbook of a workspace: its sheets, their columns, and text as a cell holds it.

Written by ``show.office.workbook`` and read by ``read.workbook``; neither knows the other.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from chainmap.core.schema import BY_NAME, SPOKEN, TABLES, Column, Table

NEEDS = ("required", "any", "optional")
STATUSES = ("strong", "weak", "present", "missing", "planned", "unknown")
ACTIONS = ("strengthen", "deepen", "fill", "extend", "build", "check")
CHAIN_KINDS = ("traditional", "emerging", "future", "service")
MARK = "_行"  # the hidden column that says which row of the files a row of the sheet was
BASE = "_底本"  # the hidden sheet with the marks of everything that was written
LISTS = "_清单"  # the hidden sheet that the drop-downs draw on
GUIDES = ("说明", "guide")  # the sheet that says how to fill in the others
CELL_LIMIT = 32_767  # characters that a cell can hold


def _c(name: str, zh: str, kind: str = "text", meaning: str = "", **more: object) -> Column:
    return Column(name, zh, kind, meaning, **more)  # type: ignore[arg-type]


_CHAIN = _c("chain", "产业链", "ref", "产业链编号", key=True, required=True, refers="chain")


def _sheet(name: str, zh: str, meaning: str, *columns: Column) -> Table:
    return Table(name, zh, meaning, columns)


# The chains on six sheets. Several values of one cell are joined by | as in the tables.
CHAIN_SHEETS: tuple[Table, ...] = (
    _sheet("chains", "链", "一行一条产业链；写一行新的，再写它的段、环节和流，就新建一条链",
        _c("chain", "产业链", "id", "产业链编号，也是文件名", key=True, required=True),
        _c("name", "名称", required=True),
        _c("name_en", "英文名称"),
        _c("kind", "类别", "word", words=CHAIN_KINDS, required=True),
        _c("region", "城市", required=True),
        _c("as_of", "数据日期", "day", "本链资料的日期", required=True),
        _c("chief", "链长", meaning="写职务，不写姓名"),
        _c("bureau", "责任单位")),
    _sheet("stages", "段", "一行一个段（全景图的一栏），从左到右",
        _CHAIN,
        _c("stage", "段", "id", "段编号，如 upstream", key=True, required=True),
        _c("name", "名称", meaning="如 上游 制氢", required=True),
        _c("name_en", "英文名称")),
    _sheet("groups", "组名", "一行一个分组的英文名称，只有英文版面用到",
        _CHAIN,
        _c("name", "分组", meaning="与环节的分组一致", key=True, required=True),
        _c("name_en", "英文名称", required=True)),
    _sheet("links", "环节", "一行一个环节：做出来的东西或提供的服务",
        _CHAIN,
        _c("link", "环节", "id", "环节编号", key=True, required=True),
        _c("name", "名称", required=True),
        _c("stage", "段", "ref", "所在段的编号", refers="stage", required=True),
        _c("products", "产品词", "texts", "在经营范围里能认出它的词，用 | 连接", required=True),
        _c("name_en", "英文名称"),
        _c("group", "分组"),
        _c("exclude", "排除词", "texts", "出现即排除的词，用 | 连接"),
        _c("industry", "行业代码", "codes", "四位 GB/T 4754-2017 代码，用 | 连接"),
        _c("critical", "关键", "word", "是否关键环节", words=("yes", "no")),
        _c("status", "人工定级", "word", "只在证据说不清而专家看得清时使用", words=STATUSES),
        _c("because", "定级理由"),
        _c("source", "定级来源", "refs", "A 至 C 级数据源，用 | 连接", refers="sources"),
        _c("as_of", "定级日期", "day")),
    _sheet("flows", "流", "一行一条流：谁的产出是谁的投入",
        _CHAIN,
        _c("from", "来自", "refs", "环节编号；任一即可时用 | 连接几个", key=True, required=True,
           refers="link"),
        _c("to", "流向", "ref", "环节编号", key=True, required=True, refers="link"),
        _c("need", "必需", "word", "空着就是必需", words=NEEDS),
        _c("share", "份额", "number", "单位产值中该投入的价值，0 与 1 之间；不知道就不写",
           low=0.0, high=1.0),
        _c("source", "份额来源", "refs", "数据源编号", refers="sources")),
    _sheet("milestones", "里程碑", "一行一个手写的里程碑；其余由程序生成",
        _CHAIN,
        _c("milestone", "里程碑", "id", "编号", key=True, required=True),
        _c("link", "环节", "ref", "环节编号", refers="link"),
        _c("action", "行动", "word", words=ACTIONS, required=True),
        _c("title", "要做的事", required=True),
        _c("start", "开始", "first_day"),
        _c("due", "完成", "day"),
        _c("needs", "前置", "texts", "前置里程碑的编号，用 | 连接"),
        _c("owner", "责任方")),
)  # fmt: skip
SHEETS: tuple[Table, ...] = (*CHAIN_SHEETS, *TABLES)
SHEET_OF: dict[str, Table] = {table.name: table for table in SHEETS}
_CHAIN_WORDS: dict[tuple[str, str], dict[str, str]] = {
    ("chains", "kind"): {
        "传统": "traditional", "新兴": "emerging", "未来": "future", "服务业": "service",
    },
    ("links", "critical"): {"是": "yes", "否": "no"},
    ("links", "status"): {
        "强": "strong", "弱": "weak", "有": "present", "缺": "missing", "建": "planned",
        "核": "unknown",
    },
    ("flows", "need"): {"必需": "required", "任一": "any", "可选": "optional"},
    ("milestones", "action"): {
        "强链": "strengthen", "锻长板": "deepen", "补链": "fill", "延链": "extend",
        "建链": "build", "待核": "check",
    },
}  # fmt: skip


def spoken(table: str, column: str) -> dict[str, str]:
    """The Chinese words of a column, each with the identifier it stands for."""
    return _CHAIN_WORDS.get((table, column)) or SPOKEN.get((table, column), {})


def is_table(name: str) -> bool:
    """Whether a sheet is a table of ``data/``, not a part of the chains."""
    return name in BY_NAME


# What XML cannot hold, and what libraries take for an escape of it.
_AWAY = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|<(?=U\\+[0-9A-F]{4}>)|x(?=005F_)")
_BACK = re.compile("<U\\+(00[01][0-9A-F]|003C|0078|FFFE|FFFF)>")


def shown(text: str) -> str:
    """A text as a cell can hold it: what no cell can hold stands as a code.

    >>> shown("a\\x1b[31m")
    'a<U+001B>[31m'
    """
    return _AWAY.sub(lambda found: f"<U+{ord(found.group()):04X}>", text)[:CELL_LIMIT]


def meant(text: str) -> str:
    """The text of which a cell shows codes, as it was before ``shown``.

    >>> meant(shown("<U+001B>")), meant(shown("\\x1b"))
    ('<U+001B>', '\\x1b')
    """
    return _BACK.sub(_character, text)


def _character(found: re.Match[str]) -> str:
    code = int(found.group(1), 16)
    return chr(code) if code else found.group()  # no table holds a NUL


@dataclass(frozen=True)
class SheetContent:
    """What a sheet is to hold: its columns, those of the user's own last, and its rows.

    Each row is what its cells say, and its mark.
    """

    schema: Table
    columns: tuple[str, ...]
    rows: tuple[tuple[Mapping[str, str], str], ...]
