"""data/plan.yaml: what a task-force adds to a plan by hand. All of it may be left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from chainmap.core.model import Ident, Text, amount, count
from chainmap.core.problems import Place

Amount = Annotated[float, BeforeValidator(amount)]
Count = Annotated[int, BeforeValidator(count)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Leader(_Part):
    """Whose time limits the projects of some chains."""

    leader: Text = Field(description="领导（写职务）")
    chains: tuple[Ident, ...] = Field(min_length=1, description="由其负责的产业链")
    meetings_a_quarter: Count | None = Field(None, description="每季度能安排的洽谈次数")


class Ground(_Part):
    """The limits of a district or a park; they come before those of its table."""

    district: Text | None = Field(None, description="区市")
    park: Text | None = Field(None, description="园区")
    land_mu: Amount | None = Field(None, description="可用土地（亩）")
    budget_100m_cny: Amount | None = Field(None, description="可用资金（亿元）")
    projects: Count | None = Field(None, description="至多几个项目")


class Needs(_Part):
    """What a target would need."""

    chain: Ident
    link: Ident
    firm: Ident
    land_mu: Amount | None = Field(None, description="需用土地（亩）")
    budget_100m_cny: Amount | None = Field(None, description="需要本地出资（亿元）")


class Line(_Part):
    """A line that asks for a choice, or forbids one; what is left out stands for any."""

    because: Text = Field(description="理由")
    firm: Ident | None = None
    chain: Ident | None = None
    link: Ident | None = None
    district: Text | None = None
    year: Count | None = Field(None, description="第几年，从 1 数起")


class Range(_Part):
    """How many targets a chain gets."""

    chain: Ident
    least: Count | None = Field(None, description="至少")
    most: Count | None = Field(None, description="至多")


class Order(_Part):
    """A link whose targets wait for those of another."""

    chain: Ident
    link: Ident
    after: Ident = Field(description="须先落地的环节")


class PlanFile(_Part):
    """The whole file."""

    leaders: tuple[Leader, ...] = ()
    grounds: tuple[Ground, ...] = ()
    targets: tuple[Needs, ...] = ()
    must: tuple[Line, ...] = ()
    never: tuple[Line, ...] = ()
    chains: tuple[Range, ...] = ()
    order: tuple[Order, ...] = ()


@dataclass(frozen=True)
class PlanLines:
    """The file as read, with the place of every node."""

    file: PlanFile
    places: Mapping[tuple[str | int, ...], Place]

    def place(self, *path: str | int) -> Place:
        """Where the node of that path stands, or the nearest node around it."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places[path]


NO_LINES = PlanLines(PlanFile(), {(): Place("data/plan.yaml")})
