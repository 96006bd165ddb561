"""The things that pass between rooms: chains, rows, settings. All frozen.

The chain models are pydantic models; the JSON Schema of a chain file is generated from them,
and their field descriptions are what an editor shows.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from chainmap.core.dates import Day, parse_day
from chainmap.core.problems import Place
from chainmap.core.text import ID

if TYPE_CHECKING:
    from chainmap.core.plan_file import PlanLines

Value = str | float | int | Day | tuple[str, ...] | None
Status = Literal["strong", "weak", "present", "missing", "planned", "unknown"]
ACTIVE: frozenset[str] = frozenset(("strong", "weak", "present"))


class Plain(str):
    """A plain YAML scalar that YAML reads as something other than text.

    ``is_a`` says as what: "number", "boolean" or "null".
    """

    is_a: str

    def __new__(cls, text: str, is_a: str) -> Plain:
        made = super().__new__(cls, text)
        made.is_a = is_a
        return made


def _text(value: Any) -> str:
    if isinstance(value, Plain):
        raise PydanticCustomError(
            "not_text", "{found} {value}", {"found": value.is_a, "value": str(value)}
        )
    if not isinstance(value, str):
        raise PydanticCustomError("wrong_shape", "{wanted}", {"wanted": "text"})
    if not value.strip():
        raise PydanticCustomError("empty_text", "empty")
    return value


def _ident(value: Any) -> str:
    text = _text(value)
    if not ID.match(text):
        raise PydanticCustomError("bad_id", "{id}", {"id": text})
    return text


def _day(value: Any) -> Day:
    if isinstance(value, Day):
        return value
    if not isinstance(value, str):
        raise PydanticCustomError("wrong_shape", "{wanted}", {"wanted": "date"})
    try:
        return parse_day(str(value))
    except ValueError:
        raise PydanticCustomError("bad_date", "{value}", {"value": str(value)}) from None


def _number(value: Any) -> float:
    if isinstance(value, float):
        return value
    if isinstance(value, Plain) and value.is_a == "number":
        try:
            number = float(value)
        except ValueError:  # a form that only YAML takes for a number: 0x1F, 12:30
            number = math.nan
        if math.isfinite(number):
            return number
    raise PydanticCustomError("wrong_shape", "{wanted}", {"wanted": "number"})


def amount(value: Any) -> float:
    """A number of at least 0. Raises PydanticCustomError, which the reader puts into words."""
    number = _number(value)
    if number < 0:
        raise PydanticCustomError("wrong_shape", "{wanted}", {"wanted": "amount"})
    return number


def count(value: Any) -> int:
    """A whole number of at least 0. Raises PydanticCustomError as ``amount`` does."""
    number = amount(value)
    if number != int(number):
        raise PydanticCustomError("wrong_shape", "{wanted}", {"wanted": "count"})
    return int(number)


def _flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, Plain) and value.is_a == "boolean":
        return value.lower() in ("true", "yes", "on")
    raise PydanticCustomError("wrong_shape", "{wanted}", {"wanted": "boolean"})


def _sources(value: str) -> str:
    for part in value.split("|"):
        if not ID.match(part.strip()):
            raise PydanticCustomError("bad_id", "{id}", {"id": part.strip()})
    return value


def _industry(value: str) -> str:
    if not (len(value) == 4 and value.isascii() and value.isdigit()):
        raise PydanticCustomError("bad_code", "{value}", {"value": value})
    return value


def _one_or_many(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else (value,)


_ID_SCHEMA = {"type": "string", "pattern": "^[a-z0-9][a-z0-9_-]{0,63}$"}
_CODE_SCHEMA = {"type": "string", "pattern": "^[0-9]{4}$"}
_SHARE_SCHEMA = {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}
_DATE_SCHEMA = {"type": ["string", "integer"], "pattern": r"^\d{4}(-\d{2}(-\d{2})?)?$"}
Text = Annotated[str, BeforeValidator(_text)]
Ident = Annotated[str, BeforeValidator(_ident), WithJsonSchema(_ID_SCHEMA)]
When = Annotated[Day, BeforeValidator(_day), WithJsonSchema(_DATE_SCHEMA)]
Share = Annotated[float, BeforeValidator(_number), WithJsonSchema(_SHARE_SCHEMA)]
Flag = Annotated[bool, BeforeValidator(_flag)]
Source = Annotated[Text, AfterValidator(_sources)]
Code = Annotated[Text, AfterValidator(_industry), WithJsonSchema(_CODE_SCHEMA)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=False)


class Override(_Part):
    """A status set by hand; it holds from its date until it is changed."""

    status: Annotated[Status, BeforeValidator(_text)] = Field(
        alias="is", description="strong | weak | present | missing | planned | unknown"
    )
    because: Text = Field(description="为什么这样定")
    source: Source = Field(description="数据源编号，可用 | 连接几个")
    as_of: When = Field(description="从哪一天起")


class Stage(_Part):
    """A column of the panorama."""

    id: Ident = Field(description="编号")
    name: Text = Field(description="名称，如 上游")
    name_en: Text | None = Field(None, description="英文名称")


class GroupName(_Part):
    """What a group of links is called in English."""

    name: Text = Field(description="分组，与环节的 group 一致")
    name_en: Text = Field(description="英文名称")


class Link(_Part):
    """A node of the panorama: something made or done."""

    id: Ident = Field(description="编号")
    name: Text = Field(description="环节名称")
    stage: Ident = Field(description="所在的段")
    products: tuple[Text, ...] = Field(description="在经营范围里能认出它的词", min_length=1)
    name_en: Text | None = Field(None, description="英文名称")
    group: Text | None = Field(None, description="分组")
    exclude: tuple[Text, ...] = Field((), description="出现即排除的词")
    industry: tuple[Code, ...] = Field((), description="GB/T 4754-2017 四位代码，加引号")
    critical: Flag = Field(False, description="是否关键环节")
    status: Override | None = Field(None, description="人工定级")


class Flow(_Part):
    """Output of one link (or of any one of several) that is an input of another."""

    sources: Annotated[
        tuple[Ident, ...],
        BeforeValidator(_one_or_many),
        WithJsonSchema(
            {"anyOf": [_ID_SCHEMA, {"type": "array", "items": _ID_SCHEMA, "minItems": 2}]}
        ),
    ] = Field(alias="from", description="来自哪个环节；need: any 时可写几个")
    target: Ident = Field(alias="to", description="流向哪个环节")
    need: Annotated[Literal["required", "any", "optional"], BeforeValidator(_text)] = Field(
        "required", description="required 必需 | any 任一即可 | optional 可有可无"
    )
    share: Share | None = Field(None, description="单位产值中该投入的价值，0 与 1 之间")
    source: Source | None = Field(None, description="份额的数据源")


class Panorama(_Part):
    """Stages, links and flows."""

    stages: tuple[Stage, ...] = Field(min_length=1, description="各段，按顺序")
    groups: tuple[GroupName, ...] = Field((), description="分组的英文名称")
    links: tuple[Link, ...] = Field((), description="环节")
    flows: tuple[Flow, ...] = Field((), description="流")


class Milestone(_Part):
    """A step of the path written by hand."""

    id: Ident = Field(description="编号")
    link: Ident | None = Field(None, description="环节")
    action: Annotated[
        Literal["strengthen", "deepen", "fill", "extend", "build", "check"], BeforeValidator(_text)
    ] = Field(description="strengthen | deepen | fill | extend | build | check")
    title: Text = Field(description="要做的事")
    start: When | None = Field(None, description="开始")
    due: When | None = Field(None, description="完成")
    needs: tuple[Ident, ...] = Field((), description="前置事项的编号")
    owner: Text | None = Field(None, description="责任单位或区市")


class ChainFile(_Part):
    """One chain file."""

    chain: Ident = Field(description="编号，与文件名一致")
    name: Text = Field(description="产业链名称")
    name_en: Text | None = Field(None, description="英文名称")
    kind: Annotated[
        Literal["traditional", "emerging", "future", "service"], BeforeValidator(_text)
    ] = Field(description="traditional | emerging | future | service")
    region: Text = Field(description="城市")
    as_of: When = Field(description="本文件的日期")
    chief: Text | None = Field(None, description="链长（职务）")
    bureau: Text | None = Field(None, description="责任单位")
    panorama: Panorama
    path: tuple[Milestone, ...] = Field((), description="手写的里程碑")


@dataclass(frozen=True)
class Chain:
    """A chain as read: the checked file, with the place of every node."""

    file: ChainFile
    places: Mapping[tuple[str | int, ...], Place]

    @property
    def id(self) -> str:
        """The chain's id."""
        return self.file.chain

    @property
    def links(self) -> tuple[Link, ...]:
        """The links, in the order of the file."""
        return self.file.panorama.links

    @property
    def flows(self) -> tuple[Flow, ...]:
        """The flows, in the order of the file."""
        return self.file.panorama.flows

    def link(self, link: str) -> Link:
        """The link of that id; KeyError where there is none."""
        return self.links[self.index[link]]

    @cached_property
    def index(self) -> Mapping[str, int]:
        """Link id to its position in the file."""
        return {link.id: at for at, link in enumerate(self.links)}

    @cached_property
    def outflows(self) -> Mapping[str, tuple[int, ...]]:
        """Link id to the positions of the flows that it feeds."""
        found: dict[str, list[int]] = {}
        for at, flow in enumerate(self.flows):
            for source in flow.sources:
                found.setdefault(source, []).append(at)
        return {link: tuple(flows) for link, flows in found.items()}

    def place(self, *path: str | int) -> Place:
        """Where the node of that path stands, or the nearest node around it."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places[path]

    def stage_of(self, link: str) -> Stage:
        """The stage that a link stands in."""
        wanted = self.link(link).stage
        return next(stage for stage in self.file.panorama.stages if stage.id == wanted)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: typed cells, and where they stand.

    ``given`` is empty but for a row that is supposed: it says what was put in, and then the row
    stands on line 0 of no file.
    """

    table: str
    line: int
    order: int
    cells: Mapping[str, Value]
    given: str = ""

    def __hash__(self) -> int:
        return hash((self.table, self.order))

    def text(self, column: str) -> str:
        """The cell as text; empty where it is unknown."""
        value = self.cells.get(column)
        return "" if value is None else str(value)

    def number(self, column: str) -> float | None:
        """The cell as a number, None where it is unknown."""
        value = self.cells.get(column)
        assert value is None or isinstance(value, int | float)
        return value

    def day(self, column: str) -> Day | None:
        """The cell as a date, None where it is unknown."""
        value = self.cells.get(column)
        assert value is None or isinstance(value, Day)
        return value

    def runs(self, today: date) -> bool:
        """Whether a day lies in the time from ``since`` to ``until``; an empty end is open."""
        since, until = self.day("since"), self.day("until")
        begun = since is None or since.first <= today
        return begun and (until is None or until.last >= today)

    def many(self, column: str) -> tuple[str, ...]:
        """The cell as several ids or texts."""
        value = self.cells.get(column)
        assert value is None or isinstance(value, tuple)
        return value or ()

    @property
    def sources(self) -> tuple[str, ...]:
        """The ids of the row's sources; none where it names none."""
        return self.many("source")

    @property
    def as_of(self) -> date:
        """The last day of the row's date."""
        day = self.day("as_of")
        assert day is not None
        return day.last

    @property
    def file(self) -> str:
        """The file that the row stands in, from the root of the workspace."""
        return self.given or f"data/{self.table}.csv"


@dataclass(frozen=True, slots=True)
class Setting:
    """One number of scoring.yaml with its reason and place."""

    value: float
    because: str
    at: Place


@dataclass(frozen=True)
class Settings:
    """Every number of scoring.yaml by its dotted name; ``sha256`` is that of the file."""

    numbers: Mapping[str, Setting]
    sha256: str = ""

    def __getitem__(self, name: str) -> float:
        return self.numbers[name].value

    def group(self, name: str) -> dict[str, float]:
        """The numbers below a name, in file order: ``group("weights")``."""
        start = name + "."
        return {
            key[len(start) :]: setting.value
            for key, setting in self.numbers.items()
            if key.startswith(start)
        }


@dataclass(frozen=True)
class Workspace:
    """Everything that was read: chains, tables, settings, study date, and a hash of it all."""

    root: str
    region: str
    region_en: str | None
    within: tuple[str, ...]  # areas that contain the region, such as its province
    moving_from: tuple[str, ...]  # cities that firms move out of: whom relocation lists
    study_date: Day
    study_date_at: Place
    chains: Mapping[str, Chain]
    tables: Mapping[str, tuple[Row, ...]]
    settings: Settings
    hash: str
    plan: PlanLines | None = None  # data/plan.yaml, where there is one

    def rows(self, table: str) -> tuple[Row, ...]:
        """The sound rows of a table, in file order; none where the table does not exist."""
        return self.tables.get(table, ())
