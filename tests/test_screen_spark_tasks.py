"""Whatever executor does which part, and does it again, the tasks give the oracle's rows."""

from __future__ import annotations

import pickle
import random
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from register_parts import SCHEMA, WORDS, command, firms, split
from running import chainmap
from screen_oracle import best

from chainmap.core.register import Tally
from chainmap.read.register import register
from chainmap.read.register_heads import Heads
from chainmap.screen import spark_tasks as tasks
from chainmap.screen.best import merge
from chainmap.screen.rule import LinkWords, make_rule
from chainmap.screen.spark_session import MissingJava, is_here, java_version, packed

LINKS = [
    LinkWords("c", str(at), (WORDS[at % 10], WORDS[(3 * at + 1) % 10]), (WORDS[(at + 5) % 10],))
    for at in range(70)
]
WEIGHTS = {word: 2 + 5 * at for at, word in enumerate(WORDS)}


@settings(max_examples=25)
@given(
    rows=st.integers(0, 120),
    parts=st.integers(1, 9),
    keep=st.sampled_from([1, 3, 50]),
    links=st.sampled_from([1, 5, 70]),
    seed=st.integers(0, 10**6),
)
def test_lost_and_repeated_tasks_change_nothing(
    rows: int, parts: int, keep: int, links: int, seed: int
) -> None:
    rng = random.Random(seed)
    rule = make_rule(LINKS[:links], WEIGHTS, keep)
    held = firms(rows, seed)
    pieces = split(held, parts, seed)
    work = tasks.Work(
        "k", [pickle.dumps(one) for one in pieces], rule, rng.choice([1, 7, 99]), False
    )
    stations = [tasks.Station(work) for _ in range(3)]

    def done(number: int) -> list[tuple[int, int, bytes]]:
        """A part as one of the executors gives it, with the floor that it has by then."""
        tasks._stations.clear()
        tasks._stations["k"] = rng.choice(stations)
        asked = pa.RecordBatch.from_pydict({"id": [number]})
        return [
            (one.column(0)[0].as_py(), number, one.column(2)[0].as_py())
            for one in tasks.matched([asked], work)
        ]

    order = rng.sample(range(parts), parts)
    first = [done(number) for number in order]
    # An executor dies: some parts are done again, by others, after all else; which of both a
    # merge gets is not the same for all groups.
    again = {number: done(number) for number in rng.sample(order, rng.randrange(parts + 1))}
    sent = [
        one
        for part in first
        for at, one in enumerate(part)
        if one[1] not in again or (one[0] >= 0 and one[0] % 2)
    ] + [one for part in again.values() for one in part if one[0] < 0 or one[0] % 2 == 0]
    rng.shuffle(sent)
    fates = [pickle.loads(body) for group, _, body in sent if group == tasks.FATE]
    assert sum((tally for tally, _ in fates), Tally()).read == rows
    merged = []
    for remainder in range(4):  # four merges
        mine = [one for one in sent if one[0] >= 0 and one[0] % 4 == remainder]
        batches = [tasks.row(*one) for one in mine]
        merged += [tasks.read(one.column(2)[0].as_py()) for one in tasks.merged(batches, keep)]
    found = merge(merged, keep)
    assert [tuple(row.values()) for row in found.to_pylist()] == best(held, rule)


def test_the_groups_of_links_are_a_partition_in_order() -> None:
    held = firms(200, seed=3)
    rule = make_rule(LINKS, WEIGHTS, 500)
    station = tasks.Station(tasks.Work("k", (), rule, 50, False))
    whole = station.screen(split(held, 1, seed=1)[0]).best
    pieces = list(tasks.cut(whole, len(LINKS)))
    assert pa.concat_tables([piece for _, piece in pieces]).equals(whole)
    assert [group for group, _ in pieces] == sorted({group for group, _ in pieces})
    assert max(group for group, _ in pieces) < tasks.GROUPS
    links = [set(piece["link"].to_pylist()) for _, piece in pieces]
    assert sum(map(len, links)) == len(set().union(*links))


def test_an_executor_needs_the_packed_code_and_the_matching_alone(tmp_path: Path) -> None:
    code = """
import sys
sys.path.insert(0, sys.argv[1])
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in sys.argv[2].split(): raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Absent())
import pickle
import pyarrow as pa
from chainmap.read.register import register
from chainmap.read.register_heads import Heads
from chainmap.screen import spark_tasks as tasks
from chainmap.screen.rule import LinkWords, Rule
assert ".zip" in tasks.__file__
parts = pickle.loads(bytes.fromhex(sys.argv[3]))
rule = Rule((LinkWords("c", "l", ("硅片",)),), {"硅片": 4}, 5)
asked = pa.RecordBatch.from_pydict({"id": [0]})
work = tasks.Work("one", parts, rule, 9, False)
rows = list(tasks.merged(tasks.matched([asked], work), 5))
print(tasks.read(rows[-1].column(2)[0].as_py()).num_rows)
"""
    file = tmp_path / "register.parquet"
    pq.write_table(pa.Table.from_pylist(firms(50, seed=1), schema=SCHEMA), file)
    held = register([file], Heads())
    assert not held.problems
    parts = pickle.dumps([pickle.dumps(part) for part in held.parts])
    absent = "pydantic yaml typer rich networkx opencc rapidfuzz duckdb pandas pyspark highspy"
    done = subprocess.run(
        [sys.executable, "-c", code, str(packed(tmp_path / "code.zip")), absent, parts.hex()],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "5\n", "")


def test_without_java_the_command_says_what_installs_it(
    tmp_path: Path,
) -> None:
    home, words = command(tmp_path)
    env = {"PATH": str(tmp_path), "JAVA_HOME": ""}
    done = chainmap(*words, "--engine", "spark", workspace=home, env=env)
    assert done.returncode == 3
    assert b"apt-get install default-jre-headless" in done.stderr
    assert not done.stdout and b"Traceback" not in done.stderr


def test_it_knows_which_masters_are_here() -> None:
    for here in (
        "local",
        "local[2]",
        "local[*,4]",
        "spark://127.0.0.1:7077",
        "local-cluster[2,1,9]",
    ):
        assert is_here(here)
    for far in (
        "spark://10.0.0.8:7077",
        "spark://localhost:1,10.0.0.8:1",
        "yarn",
        "k8s://https://x",
    ):
        assert not is_here(far)


def test_a_java_that_is_missing_or_old_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingJava) as caught:
        java_version()
    assert caught.value.found is None
    java = tmp_path / "java"
    java.write_text("#!/bin/sh\necho 'openjdk version \"1.8.0_392\"' >&2\n", encoding="utf-8")
    java.chmod(0o755)
    with pytest.raises(MissingJava) as caught:
        java_version()
    assert caught.value.found == 8
    java.write_text("#!/bin/sh\necho 'openjdk version \"21\" 2023' >&2\n", encoding="utf-8")
    assert java_version() == 21
