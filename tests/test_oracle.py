"""The oracle agrees with the worked cases, and with itself where nothing that matters changed."""

from __future__ import annotations

import ast
import json
import sys
import tempfile
from pathlib import Path
from random import Random
from typing import Any

import oracle
import pytest
import random_worlds
import world_changes
from agreement import differences
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_worlds import World, worlds

CASES = sorted(path for path in (Path(__file__).parent / "conformance").iterdir() if path.is_dir())
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
quick = settings(
    max_examples=400,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def answer(world: World, chain: str = "probe") -> dict[str, dict[str, Any]]:
    with tempfile.TemporaryDirectory(dir=MEMORY) as directory:
        random_worlds.write(world, Path(directory))
        found = oracle.answer(Path(directory), chain)
    return {**found["gaps"], "chain itself": found["chains"]}


def test_the_oracle_shares_no_code_with_the_product() -> None:
    here = Path(__file__).parent
    text = "".join((here / f"{name}.py").read_text("utf-8") for name in ("oracle", "oracle_files"))
    imported = {
        (node.module if isinstance(node, ast.ImportFrom) else node.names[0].name).split(".")[0]
        for node in ast.walk(ast.parse(text.replace("from __future__ import annotations", "")))
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert imported - sys.stdlib_module_names == {"yaml", "oracle_files"}


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_the_oracle_agrees_with_a_worked_case(case: Path) -> None:
    expected = json.loads((case / "expected.json").read_text(encoding="utf-8"))
    found = oracle.answer(case, "probe")
    assert differences(found["gaps"], expected["gaps"]) == []
    assert differences({"": found["chains"]}, {"": expected["chains"]}) == []


@quick
@given(worlds(), st.integers(0, 2**32))
def test_new_ids_change_nothing(world: World, seed: int) -> None:
    names = world_changes.new_names(world, Random(seed))
    found = answer(world_changes.renamed(world, names), names.chains["probe"])
    wanted = {names.links.get(("probe", link), link): row for link, row in answer(world).items()}
    assert differences(found, wanted) == []


@quick
@given(worlds(), st.integers(0, 2**32))
def test_another_order_changes_nothing(world: World, seed: int) -> None:
    assert differences(answer(world_changes.reordered(world, Random(seed))), answer(world)) == []


@quick
@given(st.data())
def test_an_unrelated_chain_changes_nothing(data: st.DataObject) -> None:
    world = data.draw(worlds())
    changed = data.draw(world_changes.unrelated(world))
    assert differences(answer(changed), answer(world)) == []


@quick
@given(st.data())
def test_what_is_dated_later_changes_nothing(data: st.DataObject) -> None:
    world = data.draw(worlds())
    changed = data.draw(world_changes.foretold(world))
    assert differences(answer(changed), answer(world)) == []


def test_random_worlds_reach_every_answer() -> None:
    """A property over worlds that never come to a rule would prove nothing about it."""
    seen: set[tuple[Any, ...]] = set()

    @settings(quick, max_examples=500, derandomize=True, database=None)
    @given(worlds())
    def look(world: World) -> None:
        for link, row in answer(world).items():
            if link != "chain itself":
                seen.add((row["status"], row["basis"]))
                seen.add((row["kind"], row["suspect"]))
                seen.add((row["kind"], row["settled"]))
                seen.add(("depth above 1", (row["depth"] or 0) > 1))
                seen.add(("one group, two firms", row["groups"] < row["producers"]))
                seen.add(("break", row["break"]))
                seen.add(("lower bound", row["value_is_lower_bound"]))
                seen.add(("alternative", row["alternative"]))

    look()
    evidence = {("missing", "search"), ("planned", "project"), ("present", "count")}
    evidence |= {(s, "capacity") for s in ("strong", "weak", "missing")}
    evidence |= {(s, "finding") for s in ("strong", "weak", "present", "missing")}
    evidence |= {(s, "override") for s in random_worlds.STATUSES} | {("unknown", "none")}
    kinds = {(k, None) for k in ("strengthen", "deepen", "none", "planned")}
    kinds |= {(k, None) for k in ("fill", "extend", "covered", "build")}
    kinds |= {("check", s) for s in ("strengthen", "fill", "extend", "covered", "build")}
    settled = {(k, v) for k in ("fill", "extend", "build") for v in (True, False)}
    more = {(flag, True) for flag in ("depth above 1", "one group, two firms", "break")}
    more |= {("alternative", True), ("lower bound", True)}
    assert (evidence | kinds | settled | more) - seen == set()
