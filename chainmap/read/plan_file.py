"""data/plan.yaml: read, checked against chains and tables, every problem with its place."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from chainmap.core.model import Chain
from chainmap.core.plan_file import (
    Ground,
    Leader,
    Line,
    Needs,
    Order,
    PlanFile,
    PlanLines,
    Range,
)
from chainmap.core.problems import Both, Problem, problem
from chainmap.core.text import near
from chainmap.read.chain_checks import hidden_marks
from chainmap.read.chain_files import document_of, validated
from chainmap.read.files import Intake

_MODELS: dict[tuple[str, ...], type[BaseModel]] = {
    (): PlanFile,
    ("leaders",): Leader,
    ("grounds",): Ground,
    ("targets",): Needs,
    ("must",): Line,
    ("never",): Line,
    ("chains",): Range,
    ("order",): Order,
}
_WORDS = {
    "chain": Both("产业链", "chain"),
    "link": Both("环节", "link"),
    "firm": Both("企业", "firm"),
    "district": Both("区市", "district"),
    "park": Both("园区", "park"),
}


@dataclass(frozen=True)
class Known:
    """What the lines may speak of; a table that cannot be read knows everything (None)."""

    chains: Mapping[str, Chain]
    firms: Container[str] | None
    districts: Container[str] | None
    parks: Container[str] | None


def read_plan(intake: Intake, path: Path, known: Known) -> tuple[PlanLines | None, list[Problem]]:
    """The lines of a plan; none where one of them has an error, since a plan without it would
    be another plan."""
    found = document_of(intake, path)
    if isinstance(found, Problem):
        return None, [found]
    problems = list(found.problems)
    if not found.whole:
        return None, problems
    model, wrong = validated(PlanFile, found, _MODELS)
    problems += [*wrong, *hidden_marks(found.data, found.places)]
    if model is not None:
        problems += _strangers(PlanLines(model, found.places), known)
    if model is None or any(one.severity == "error" for one in problems):
        return None, problems
    return PlanLines(model, found.places), problems


def _strangers(plan: PlanLines, known: Known) -> Iterator[Problem]:
    """Words of lines that name nothing that is there, and lines that say nothing."""
    tables = {"firm": known.firms, "district": known.districts, "park": known.parks}
    for group in PlanFile.model_fields:
        for at, line in enumerate(getattr(plan.file, group)):
            said: dict[str, Any] = {
                key: value for key, value in line.model_dump().items() if value is not None
            }
            here = plan.place(group, at)
            if group in ("must", "never") and said.keys() == {"because"}:
                yield problem("L101", here)
            if group == "grounds" and ("district" in said) == ("park" in said):
                yield problem("L102", here)
            if said.get("year") == 0:
                yield problem("L104", plan.place(group, at, "year"))
            for key, table in tables.items():
                if key in said and table is not None and said[key] not in table:
                    yield _stranger(plan, (group, at, key), said[key], table)
            for key in ("chain", "chains"):
                for word in said.get(key, ()) if key == "chains" else [said.get(key)]:
                    if word is not None and word not in known.chains:
                        yield _stranger(plan, (group, at, key), word, known.chains, "chain")
            chain = known.chains.get(said.get("chain", ""))
            for key in ("link", "after"):
                if key in said and chain is not None and said[key] not in chain.index:
                    yield _stranger(plan, (group, at, key), said[key], chain.index, "link")


def _stranger(
    plan: PlanLines, path: tuple[str | int, ...], word: str, known: Any, what: str = ""
) -> Problem:
    what = what or str(path[-1])
    return problem("L103", plan.place(*path), near(word, known), what=_WORDS[what], id=word)
