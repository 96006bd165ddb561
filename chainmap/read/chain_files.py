"""Chain files and region.yaml: text in, checked models and every problem out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from chainmap.core.dates import Day
from chainmap.core.limits import LIMITS, Limits
from chainmap.core.model import (
    Chain,
    ChainFile,
    Flow,
    GroupName,
    Link,
    Milestone,
    Override,
    Panorama,
    Plain,
    Stage,
    Text,
    When,
)
from chainmap.core.problems import Both, Place, Problem, problem
from chainmap.core.text import near
from chainmap.read.chain_checks import Surroundings, broken_rules, hidden_marks
from chainmap.read.files import Intake, name_of
from chainmap.read.nodes import Document, document
from chainmap.read.nodes import Path as NodePath

# Whom relocation is about unless region.yaml says otherwise: the programme speaks of firms that
# move out of the capital.
MOVING_FROM = ("北京",)
M = TypeVar("M", bound=BaseModel)


class RegionFile(BaseModel):
    """data/region.yaml: the city and the study date."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    region: Text
    region_en: Text | None = None
    study_date: When
    within: tuple[Text, ...] = ()
    moving_from: tuple[Text, ...] = MOVING_FROM


@dataclass(frozen=True)
class Region:
    """The city, the areas that it lies within, the study date and where that stands."""

    name: str
    name_en: str | None
    within: tuple[str, ...]
    moving_from: tuple[str, ...]
    study_date: Day
    study_date_at: Place


@dataclass(frozen=True)
class ChainRead:
    """What came of one chain file; ``ids`` are the chain ids it stands for, sound or not."""

    chain: Chain | None
    problems: list[Problem]
    ids: frozenset[str]


_MODELS: dict[tuple[str, ...], type[BaseModel]] = {
    (): ChainFile,
    ("panorama",): Panorama,
    ("panorama", "stages"): Stage,
    ("panorama", "groups"): GroupName,
    ("panorama", "links"): Link,
    ("panorama", "links", "status"): Override,
    ("panorama", "flows"): Flow,
    ("path",): Milestone,
}
_TYPES = {
    "text": Both("文字", "text"),
    "date": Both("日期", "a date"),
    "number": Both("数字", "a number"),
    "boolean": Both("true 或 false", "true or false"),
    "null": Both("空值", "null"),
    "amount": Both("不小于 0 的数字", "a number of at least 0"),
    "count": Both("不小于 0 的整数", "a whole number of at least 0"),
    "list": Both("列表", "a list"),
    "mapping": Both("键值对", "a mapping"),
}
_SHAPES = {"tuple_type": "list", "model_type": "mapping", "model_attributes_type": "mapping"}
# What a wrong or missing value is replaced by, so that the other rules can still be checked.
_STAND_INS: dict[str, Any] = {
    "name": "?", "title": "?", "because": "?", "region": "?", "products": ["?"], "as_of": "1900",
    "kind": "traditional", "action": "build", "source": None, "is": "weak",
}  # fmt: skip
# Left out, these would make other parts of the file look wrong that are not.
_TELLING = frozenset(("need", "links", "stages", "id", "from", "to", "stage", "panorama"))


def chain_file(
    path: Path,
    root: Path,
    sources: Mapping[str, str] | None = None,
    limits: Limits = LIMITS,
) -> tuple[Chain | None, list[Problem]]:
    """Read one chain file: the chain where it has no errors, and every problem.

    ``sources`` gives the grade of every known source; without it sources are not checked.
    """
    read = read_chain(Intake(root, limits), path, sources)
    return read.chain, read.problems


def read_chain(intake: Intake, path: Path, sources: Mapping[str, str] | None) -> ChainRead:
    """Read one chain file of a workspace."""
    found = document_of(intake, path)
    if isinstance(found, Problem):
        return ChainRead(None, [found], frozenset((path.stem,)))
    ids = {path.stem}
    if isinstance(found.data, dict) and isinstance(found.data.get("chain"), str):
        ids.add(str(found.data["chain"]))
    problems = list(found.problems)
    chain = None
    if found.whole:
        model, wrong = validated(ChainFile, found, _MODELS)
        problems += wrong
        if model is not None:
            chain = Chain(model, found.places)
            problems += broken_rules(chain, Surroundings(path.stem, sources))
        problems += hidden_marks(found.data, found.places)
    if any(one.severity == "error" for one in problems):
        chain = None
    return ChainRead(chain, problems, frozenset(ids))


def read_region(intake: Intake, path: Path) -> tuple[Region | None, list[Problem]]:
    """Read region.yaml."""
    found = document_of(intake, path)
    if isinstance(found, Problem):
        return None, [found]
    problems = list(found.problems)
    if not found.whole:
        return None, problems
    model, wrong = validated(RegionFile, found, {(): RegionFile})
    problems += [*wrong, *hidden_marks(found.data, found.places)]
    if model is None or any(one.severity == "error" for one in problems):
        return None, problems
    at = found.places["study_date",]
    region = Region(
        model.region, model.region_en, model.within, model.moving_from, model.study_date, at
    )
    return region, problems


def document_of(intake: Intake, path: Path) -> Document | Problem:
    """The YAML of a file with its places, or why the file cannot be read."""
    text = intake.text(path, "yaml_bytes")
    if isinstance(text, Problem):
        return text
    return document(text, name_of(path, intake.root), intake.limits)


def validated(
    model: type[M], found: Document, models: Mapping[tuple[str, ...], type[BaseModel]]
) -> tuple[M | None, list[Problem]]:
    """The model of a document, and what is wrong with its nodes.

    Where something is wrong, a model may still come back in which stand-ins fill the wrong
    places: good for checking the rest, not for use.
    """
    try:
        return model.model_validate(found.data), []
    except ValidationError as error:
        errors: list[Any] = error.errors(include_url=False)
    problems = [_problem(one, found, models) for one in errors if not _follows(one, found.refused)]
    if not all(_mended(found.data, one) for one in errors):
        return None, problems
    try:
        return model.model_validate(found.data), problems
    except ValidationError:
        return None, problems


def _follows(error: Any, refused: set[NodePath]) -> bool:
    """Whether the error only follows from another, or from a node that was refused before."""
    loc = tuple(error["loc"])
    if error["type"] == "too_short" and error["input"]:
        return True  # its members are wrong, and say so
    if error["type"] == "missing":
        return loc[:-1] in refused
    return any(loc[:length] in refused for length in range(1, len(loc) + 1))


def _mended(data: Any, error: Any) -> bool:
    """Take a wrong node out of the data, or put a stand-in there; whether that was possible."""
    *way, key = error["loc"] or (None,)
    if not isinstance(key, str):
        return False
    for step in way:
        data = data[step]
    if error["type"] != "extra_forbidden" and key in _STAND_INS and _STAND_INS[key] is not None:
        data[key] = _STAND_INS[key]
        return True
    if error["type"] == "missing" or (key in _TELLING and error["type"] != "extra_forbidden"):
        return False
    data.pop(key, None)
    return True


def _problem(
    error: Any, found: Document, models: Mapping[tuple[str, ...], type[BaseModel]]
) -> Problem:
    """The problem of the catalogue that a validation error stands for."""
    loc: NodePath = tuple(error["loc"])
    kind, words, given = error["type"], error.get("ctx", {}), error["input"]
    if kind == "extra_forbidden":
        at = found.places.get((*loc[:-1], f"key:{loc[-1]}")) or _place(found, loc)
        known = _keys(models.get(tuple(step for step in loc[:-1] if isinstance(step, str))))
        return problem("C101", at, near(str(loc[-1]), known), key=loc[-1])
    at = _place(found, loc)
    if kind == "missing":
        return problem("C102", at, key=loc[-1])
    if kind == "not_text":
        return problem("C109", at, found=_TYPES[words["found"]], value=words["value"])
    if kind in ("bad_date", "bad_id", "bad_code"):
        code = {"bad_date": "C110", "bad_id": "C113", "bad_code": "C121"}[kind]
        return problem(code, at, **words)
    if kind == "literal_error":
        allowed = re.findall(r"'([^']+)'", words["expected"])
        return problem(
            "C117", at, near(str(given), allowed), value=given, allowed=", ".join(allowed)
        )
    if kind == "empty_text":
        return problem("C119", at)
    if kind == "too_short":
        return problem("C116", at, wanted=Both("至少一项", "at least one item"), found="[]")
    wanted = _SHAPES.get(kind) or str(words.get("wanted", "mapping"))
    return problem("C116", at, wanted=_TYPES[wanted], found=_described(given))


def _keys(model: type[BaseModel] | None) -> list[str]:
    if model is None:
        return []
    return [part.alias or name for name, part in model.model_fields.items()]


def _place(found: Document, loc: NodePath) -> Place:
    """The place of a node, or of the nearest node around it."""
    while loc not in found.places:
        loc = loc[:-1]
    return found.places[loc]


def _described(given: Any) -> Both | str:
    """What was found in a place, in words."""
    if isinstance(given, Plain):
        return _TYPES[given.is_a]
    kinds = {str: "text", list: "list", dict: "mapping", type(None): "null"}
    return _TYPES[kinds.get(type(given), "text")]
