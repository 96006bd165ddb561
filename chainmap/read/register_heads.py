"""Which column of a register is what: guessed once, said by the user where no guess serves, kept.

``data/register.yaml`` holds one line a heading, so that registers of several offices, each with
its own headings, can be read in one workspace.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chainmap.core.problems import Place, Problem, problem
from chainmap.core.register import FIELDS
from chainmap.core.text import fold, near
from chainmap.core.whole import write_whole

if TYPE_CHECKING:  # the executors of a cluster read registers, but no settings
    from chainmap.read.nodes import Document

KEPT = "register.yaml"
FILE = f"data/{KEPT}"
NONE = "-"  # a heading that is not read
NEEDED = ("id", "name", "scope")
# A firm whose status holds one of these is set aside: it has ended, or its row is that of an
# office which it has left (迁出: it stands again, with its new city, in the register of another).
ENDED = ("吊销", "注销", "撤销", "责令关闭", "迁出", "revoked", "cancelled", "canceled",
         "deregistered", "dissolved")  # fmt: skip
UNITS = {"元": 1, "万元": 10**4, "百万元": 10**6, "亿元": 10**8}
WORDED = "text"  # the unit of a capital that says its own: 1000万元人民币
# Headings as registers and their vendors write them, the likelier first.
GUESSES: dict[str, tuple[str, ...]] = {
    "id": ("id", "统一社会信用代码", "统一信用代码", "社会信用代码", "信用代码", "uscc",
           "credit_code", "unified_social_credit_code", "注册号", "工商注册号", "reg_no",
           "registration_number", "企业编号", "企业id"),
    "name": ("name", "企业名称", "公司名称", "市场主体名称", "单位名称", "名称", "企业名",
             "firm", "company", "company_name", "enterprise_name", "firm_name"),
    "scope": ("scope", "经营范围", "营业范围", "业务范围", "经营业务范围", "business_scope"),
    "capital": ("capital", "注册资本", "注册资金", "注册资本金", "出资额", "registered_capital",
                "reg_capital"),
    "city": ("city", "城市", "所属城市", "所在城市", "所属市", "地市", "市"),
    "founded": ("founded", "成立日期", "成立时间", "注册日期", "注册时间", "核准设立日期",
                "established", "founding_date", "establishment_date"),
    "status": ("status", "经营状态", "登记状态", "企业状态", "市场主体状态", "状态",
               "operating_status", "reg_status"),
}  # fmt: skip
_UNIT = re.compile(r"[(\[【_]?\s*(人民币)?\s*(亿元|百万元|万元|元|cny|yuan|rmb)\s*[)\]】]?$")
_CNY = ("cny", "yuan", "rmb")


@dataclass(frozen=True)
class Heads:
    """What ``register.yaml`` says: fields and units by heading, and words of ended firms."""

    columns: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    ended: tuple[str, ...] = ENDED


@dataclass(frozen=True)
class Shape:
    """How the columns of one file are read: which position is which field, in what unit."""

    at: Mapping[str, int]  # field to the position of its column
    heads: tuple[str, ...]  # of the file, in order
    unit: str  # of the capital: a word of UNITS, or WORDED
    ended: tuple[str, ...]

    def head(self, name: str) -> str:
        """The heading under which a field stands."""
        return self.heads[self.at[name]]


def shape_of(
    file: str, heads: Sequence[str], told: Heads, bare: Callable[[str], bool]
) -> tuple[Shape | None, Heads, list[Problem]]:
    """The shape of a file with these headings, and what was newly guessed for it.

    ``bare`` says whether the first cells below a heading are plain numbers: capitals that are need
    a unit.
    """
    at: dict[str, int] = {}
    problems: list[Problem] = []
    for name in FIELDS:
        found = [k for k, head in enumerate(heads) if told.columns.get(head.strip()) == name]
        if not found:
            found = _guessed(name, heads, told)
        if len(found) > 1:
            one, other = heads[found[0]], heads[found[1]]
            problems.append(problem("I102", Place(file), one=one, other=other, what=name))
        if found:
            at[name] = found[0]
    shown = "、".join(head for head in heads if head.strip())[:400]
    problems += [
        problem("I112", Place(file), column=name, heads=shown) for name in NEEDED if name not in at
    ]
    unit = WORDED
    if "capital" in at:
        head = heads[at["capital"]].strip()
        unit = told.units.get(head) or unit_of(head) or WORDED
        if unit == WORDED and head not in told.units and bare(heads[at["capital"]]):
            problems.append(problem("I113", Place(file), head=head))
    new = Heads(
        {heads[k].strip(): name for name, k in at.items()},
        {heads[at["capital"]].strip(): unit} if unit != WORDED else {},
    )
    if problems:
        return None, new, problems
    return Shape(at, tuple(heads), unit, told.ended), new, []


def _guessed(name: str, heads: Sequence[str], told: Heads) -> list[int]:
    """The heading that means a field; several where the same one stands twice."""
    plain = {k: _plain(head) for k, head in enumerate(heads) if head.strip() not in told.columns}
    for word in GUESSES[name]:
        found = [k for k, head in plain.items() if head == fold(word)]
        if found:
            return found
    return []


def _plain(head: str) -> str:
    """A heading without case, spaces and what stands in brackets or for a unit at its end."""
    text = unicodedata.normalize("NFKC", head).casefold().strip()
    cut = re.sub(r"[(\[【].*?[)\]】]", "", text).strip() or text
    return fold(_UNIT.sub("", cut) or cut)


def unit_of(head: str) -> str | None:
    """The unit that a heading of capital says.

    >>> unit_of("注册资本（万元）"), unit_of("capital_cny"), unit_of("注册资本")
    ('万元', '元', None)
    """
    text = unicodedata.normalize("NFKC", head).casefold().strip()
    if text == "capital":
        return "元"  # our own heading for whole 元
    found = _UNIT.search(text)
    return None if found is None else "元" if found[2] in _CNY else found[2]


def told_by(words: Sequence[str]) -> tuple[Heads, list[str]]:
    """What ``--map HEAD=FIELD`` and ``--map HEAD=capital:UNIT`` say, and those that say nothing."""
    columns: dict[str, str] = {}
    units: dict[str, str] = {}
    wrong: list[str] = []
    for word in words:
        head, sign, rest = word.rpartition("=")
        name, colon, unit = rest.partition(":")
        sound = bool(sign and head.strip()) and name in (*FIELDS, NONE)
        if not sound or (colon and (name != "capital" or unit not in (*UNITS, WORDED))):
            wrong.append(word)
            continue
        columns[head.strip()] = name
        if colon:
            units[head.strip()] = unit
    return Heads(columns, units), wrong


def joined(first: Heads, then: Heads) -> Heads:
    """Both, where the second goes before the first."""
    return Heads({**first.columns, **then.columns}, {**first.units, **then.units}, first.ended)


def kept(data: Path) -> tuple[Heads, list[Problem]]:
    """What was kept before; every problem of the file with its place."""
    path = data / KEPT
    if not path.exists():
        return Heads(), []
    from chainmap.read.files import Intake, name_of
    from chainmap.read.nodes import document

    intake = Intake(data.parent)
    text = intake.text(path, "yaml_bytes")
    if isinstance(text, Problem):
        return Heads(), [text]
    found = document(text, name_of(path, data.parent), intake.limits)
    problems = [*found.problems, *_wrong(found)]
    if problems:
        return Heads(), problems
    held = found.data
    ended = tuple(str(word) for word in held.get("set_aside", ENDED))
    columns = {str(head): str(name) for head, name in held.get("columns", {}).items()}
    units = {str(head): str(unit) for head, unit in held.get("units", {}).items()}
    return Heads(columns, units, ended), []


_GROUPS: dict[str, tuple[str, ...] | None] = {
    "columns": (*FIELDS, NONE), "units": (*UNITS, WORDED), "set_aside": None,
}  # fmt: skip


def _wrong(found: Document) -> Iterator[Problem]:
    """What is no mapping of headings in the form in which ``keep`` writes it."""

    def at(*way: str | int) -> Place:
        return found.places.get(way) or found.places[way[:-1]]

    if not isinstance(found.data, dict):
        yield problem("I114", found.places[()], key=KEPT, wanted=" ".join(_GROUPS))
        return
    for key, group in found.data.items():
        if key not in _GROUPS:
            guess = near(key, _GROUPS)
            yield problem("I114", at(f"key:{key}"), guess, key=key, wanted=" ".join(_GROUPS))
        elif key == "set_aside":
            yield from _wrong_words(group, at)
        elif not isinstance(group, dict):
            yield problem("I114", at(key), key=key, wanted="HEAD: FIELD")
        else:
            yield from _wrong_group(key, group, at)


def _wrong_words(words: Any, at: Any) -> Iterator[Problem]:
    if not isinstance(words, list):
        yield problem("I114", at("set_aside"), key="set_aside", wanted="[...]")
        return
    for nth, word in enumerate(words):
        if not isinstance(word, str) or not word.strip():
            yield problem("I114", at("set_aside", nth), key=str(word), wanted="text")


def _wrong_group(key: str, group: Mapping[str, Any], at: Any) -> Iterator[Problem]:
    allowed = _GROUPS[key]
    assert allowed is not None
    for head, word in group.items():
        if not isinstance(word, str) or word not in allowed:
            guess = near(str(word), allowed)
            yield problem("I114", at(key, head), guess, key=str(word), wanted=" ".join(allowed))


def keep(data: Path, told: Heads) -> None:
    """Remember headings. Raises OSError."""

    def lines(group: Mapping[str, str]) -> str:
        # A quoted JSON text is a YAML text.
        return "".join(
            f"  {json.dumps(head, ensure_ascii=False)}: {json.dumps(word, ensure_ascii=False)}\n"
            for head, word in group.items()
        )

    body = (
        "# 登记册的列：由 screen 第一次读取时写下，可以改。每行为“登记册的列头: 字段”，\n"
        f"# 字段为 {' '.join(FIELDS)}；不读的列写 {NONE}。\n"
        f"columns:\n{lines(told.columns)}"
    )
    if told.units:
        body += (
            f"# 注册资本的单位：{' '.join(UNITS)}；单位写在单元格里的写 {WORDED}。\n"
            f"units:\n{lines(told.units)}"
        )
    words = ", ".join(json.dumps(word, ensure_ascii=False) for word in told.ended)
    body += f"# 状态含有这些词的企业不参加匹配，只计数。\nset_aside: [{words}]\n"
    write_whole(data / KEPT, body.encode())
