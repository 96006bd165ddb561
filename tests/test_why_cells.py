"""500 cells, drawn from what the real commands print, are evaluated again to the last bit."""

from __future__ import annotations

import json
import random
import tempfile
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import random_worlds
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_worlds import World
from rank_worlds import rank_worlds
from read_back import ReadBack, calculated, nodes
from running import ROOT, as_json, chainmap

from chainmap.core.derivation import replay
from chainmap.rank.ranks import Request
from chainmap.show.why_data import as_data, plain
from chainmap.study import Study, open_study
from chainmap.study.content import table_rows
from chainmap.study.coverage import coverage_rows, verify_rows

MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
SEED = 500
CELLS = 500
CHAINS = ("hydrogen", "integrated-circuits", "textile", "commerce")
# Every command whose rows answer why, and whom a rank is among there.
COMMANDS: dict[str, tuple[tuple[str, ...], str]] = {
    "gaps": (("gaps", "--all"), ""),
    "chains": (("chains",), ""),
    "data": (("data",), ""),
    "data --verify": (("data", "hydrogen", "--verify"), ""),
    "ledger": (("ledger", "--list", "global500"), ""),
    "relocation": (("relocation",), ""),
    "leaders": (("leaders",), ""),
    "plan": (("plan", "hydrogen", "--core", "0"), ""),
    **{f"rank {chain}": (("rank", chain), chain) for chain in CHAINS},
    **{f"table {chain}": (("table", chain), chain) for chain in CHAINS},
}
# Commands whose draws come from every chain share their columns.
STRATUM = {name: name.split(" ")[0] if name != "data --verify" else name for name in COMMANDS}
Cell = tuple[str, str, str, Any]  # command, ref, column, what was printed


@cache
def rows_of(command: str) -> list[dict[str, Any]]:
    """The rows that a command prints."""
    found: list[dict[str, Any]] = as_json(*COMMANDS[command][0])["rows"]
    return found


def cells() -> list[Cell]:
    """500 cells: each column of each command in turn, its row at random."""
    draw = random.Random(SEED)
    strata = sorted({(STRATUM[name], column) for name in COMMANDS for column in rows_of(name)[0]})
    found: list[Cell] = []
    while len(found) < CELLS:
        stratum, column = strata[len(found) % len(strata)]
        name = draw.choice([name for name in COMMANDS if STRATUM[name] == stratum])
        row = draw.choice(rows_of(name))
        found.append((name, row["ref"], column, row[column]))
    return found


@pytest.fixture(scope="module")
def study() -> Study:
    return open_study(ROOT)


def test_every_column_of_every_command_is_drawn() -> None:
    drawn = Counter((STRATUM[name], column) for name, _, column, _ in cells())
    for name in COMMANDS:
        for column in rows_of(name)[0]:
            assert drawn[STRATUM[name], column] >= 2


def test_the_cells_follow_from_their_derivations_and_from_the_json_of_these(study: Study) -> None:
    formulas = 0
    for name, ref, column, printed in cells():
        among = COMMANDS[name][1]
        figure = study.why(ref, column, Request(chain=among or None))
        assert plain(figure.value) == printed, (name, ref, column)
        assert plain(replay(study.book, figure)) == printed, (name, ref, column)
        tree = json.loads(json.dumps(as_data(figure, {}.get)))
        back = ReadBack(study, tree)
        assert plain(back.value(back.figure(tree))) == printed, (name, ref, column)
        for one in nodes(tree):
            for formula in one.get("formulas", ()):
                formulas += 1
                assert calculated(formula) == formula["value"], formula
    assert formulas > 1000


def through_the_command() -> Iterator[Cell]:
    """One cell of each kind of command, a computed one."""
    wanted = {
        "gaps": "priority",
        "chains": "local_ratio_count_high",
        "data": "grade_c",
        "data --verify": "changes",
        "ledger": "verdict",
        "relocation": "chain_closeness",
        "rank hydrogen": "p_top",
        "rank textile": "score",
        "table hydrogen": "排名区间",
    }
    for name, column in wanted.items():
        rows = [row for row in rows_of(name) if row[column] is not None]
        row = random.Random(SEED).choice(rows)
        yield name, row["ref"], column, row[column]


def test_the_command_prints_the_same_trees(study: Study) -> None:
    for _, ref, column, printed in through_the_command():
        (row,) = as_json("why", ref, "--column", column)["rows"]
        assert row["ref"] == ref and row["column"] == column
        assert row["value"] == printed == row["tree"]["value"]
        back = ReadBack(study, row["tree"])
        assert plain(back.value(back.figure(row["tree"]))) == printed


def test_a_changed_number_in_the_json_changes_what_comes_out(study: Study) -> None:
    """The evaluation reads the leaves: another weight in the JSON gives another score."""
    row = rows_of("rank hydrogen")[0]
    figure = study.why(row["ref"], "score")
    tree = json.loads(json.dumps(as_data(figure, {}.get)))
    for one in nodes(tree):
        if one.get("kind") == "setting" and one["name"] == "weights.fit":
            one["value"] = one["value"] + 10
    back = ReadBack(study, tree)
    assert back.value(back.figure(tree)) != row["score"]


def test_an_unknown_column_is_wrong_usage_with_a_guess() -> None:
    done = chainmap("why", "hydrogen", "--column", "linsk")
    assert done.returncode == 2
    assert "links" in done.stderr.decode()


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(rank_worlds(ties=True), st.integers(0, 2**16))
def test_every_column_of_a_random_workspace_is_read_back_from_json(world: World, pick: int) -> None:
    """One row of each kind, all its columns; the row as the command would print it."""
    with tempfile.TemporaryDirectory(dir=MEMORY) as directory:
        random_worlds.write(world, Path(directory))
        study = open_study(directory)
        request = Request(draws=3)
        kinds: list[list[dict[str, Any]]] = [
            study.gap_rows(all_links=True),
            study.chain_rows(),
            coverage_rows(study),
            verify_rows(study),
            study.ranking(request).rows,
            table_rows(study, request, None)[0],
        ]
        for rows in filter(None, kinds):
            row = rows[pick % len(rows)]
            for column in study.understood(row["ref"]).kind.columns.keys() & row.keys():
                figure = study.why(row["ref"], column, request)
                assert plain(figure.value) == plain(row[column]), (row["ref"], column)
                tree = json.loads(json.dumps(as_data(figure, {}.get)))
                back = ReadBack(study, tree)
                assert plain(back.value(back.figure(tree))) == plain(row[column])
                for one in nodes(tree):
                    for formula in one.get("formulas", ()):
                        assert calculated(formula) == formula["value"], formula
