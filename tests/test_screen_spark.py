"""Spark gives the bytes of the local engine and of the oracle, survives deaths, and stays home."""

from __future__ import annotations

import os
import pickle
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import one_link
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from register_parts import SCHEMA, WORDS, Deadly, Faulty, Puzzled, Rows, Sieved, firms, split
from registers import Here
from running import chainmap
from screen_oracle import best

from chainmap.core.register import Part, Tally
from chainmap.read.register import register
from chainmap.read.register_heads import Heads
from chainmap.screen.local import screen_local
from chainmap.screen.results import Progress, Screened
from chainmap.screen.rule import LinkWords, Rule, make_rule
from chainmap.screen.spark import SparkFault, screen_spark, weigh_spark
from chainmap.screen.spark_session import MissingJava, is_here, java_version, packed, session
from chainmap.screen.weights import weigh

RULE = make_rule(
    [
        LinkWords("pv", "wafer", ("硅片", "光伏硅片", "单晶硅"), ("玻璃",)),
        LinkWords("pv", "cell", ("电池片",)),
        LinkWords("pv", "module", ("组件", "光伏组件"), ("支架", "银浆")),
        LinkWords("pv", "nobody", ("没有这个词",)),
    ],
    {word: 3 * at + len(word) for at, word in enumerate([*WORDS, "没有这个词"])},
    keep=40,
)
LOOPBACK = {"0100007F", "0" * 24 + "01000000", "0" * 16 + "FFFF00000100007F"}


@pytest.fixture(scope="module", autouse=True)
def one_spark() -> Iterator[Any]:
    """One Java for all tests here; afterwards nothing of it is left."""
    before = set(Path(tempfile.gettempdir()).glob("chainmap-spark-*"))
    with session("local[2,4]") as spark:
        java = spark.sparkContext._gateway.proc
        yield spark
    assert java.poll() is not None
    assert set(Path(tempfile.gettempdir()).glob("chainmap-spark-*")) == before


def same(parts: Sequence[Part], rule: Rule = RULE, batch: int = 11) -> Screened:
    """What Spark found, having held it against the local engine."""
    found = screen_spark(parts, rule, batch=batch)
    local = screen_local(parts, rule, workers=1)
    assert found.best.equals(local.best)
    assert (found.tally, found.broken) == (local.tally, local.broken)
    return found


def tuples(found: Screened) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in found.best.to_pylist()]


@pytest.mark.parametrize(("parts", "batch"), [(1, 1000), (3, 7), (9, 1), (40, 64)])
def test_any_split_gives_the_oracles_rows(parts: int, batch: int) -> None:
    rows = firms(600, seed=5)
    found = same(split(rows, parts, seed=parts), batch=batch)
    assert tuples(found) == best(rows, RULE)
    assert found.tally.read == len(rows)
    assert found.tally.broken == len(found.broken) > 0


def test_more_links_than_groups_and_more_to_keep_than_there_is() -> None:
    words = ["".join(pair) for pair in zip(WORDS * 20, sorted(WORDS * 20), strict=True)]
    links = [LinkWords("c", str(at), (WORDS[at % 10], words[at])) for at in range(150)]
    rule = make_rule(links, {w: len(w) for one in links for w in one.include}, keep=10_000)
    rows = firms(80, seed=8)
    assert tuples(same(split(rows, 5, seed=1), rule)) == best(rows, rule)


def test_nothing_in_gives_nothing() -> None:
    assert same([]) == Screened(same([]).best, Tally(), ())
    assert same([Rows("empty", ())]).best.num_rows == 0


def test_a_process_that_dies_in_the_middle_changes_nothing(tmp_path: Path) -> None:
    rows = firms(300, seed=3)
    parts: list[Rows] = split(rows, 5, seed=2)
    grave = tmp_path / "grave"
    parts[2] = Deadly(parts[2].name, parts[2].held, parts[2].broken, str(grave))
    found = screen_spark(parts, RULE, batch=5)
    assert grave.exists()
    assert tuples(found) == best(rows, RULE)
    assert found.tally.read == len(rows)
    assert found.broken == same(split(rows, 5, seed=2)).broken


def test_the_sample_is_full_where_most_rows_are_set_aside() -> None:
    parts = [Sieved(one.name, one.held) for one in split(firms(400, seed=2), 5, seed=1)]
    found = weigh_spark(parts, RULE.links, sample=100, scale=10.0)
    assert found == weigh(parts, RULE.links, sample=100, scale=10.0)


def test_it_tells_how_far_it_is() -> None:
    told: list[Progress] = []
    parts = split(firms(200, seed=4), 6, seed=4)
    screen_spark(parts, RULE, told=told.append)
    assert told[-1] == Progress(200, 200, 6, 6)
    assert [one.parts for one in told] == sorted(one.parts for one in told)


def test_an_interrupt_ends_the_tasks_and_leaves_spark_sound(one_spark: Any) -> None:
    def stop(_: Progress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        screen_spark(split(firms(2000, seed=6), 40, seed=6), RULE, told=stop)
    tracker = one_spark.sparkContext.statusTracker()
    end = time.monotonic() + 20
    while tracker.getActiveJobsIds() and time.monotonic() < end:
        time.sleep(0.1)
    assert not tracker.getActiveJobsIds()
    same([Rows("one", tuple(firms(20, seed=1)))])


def test_a_fault_is_one_line() -> None:
    rows = tuple(firms(30, seed=1))
    with pytest.raises(SparkFault) as caught:
        screen_spark([Rows("sound", rows), Faulty("faulty", rows)], RULE)
    assert str(caught.value) == "RuntimeError: faulty is not what it should be"


def test_a_bad_question_raises_what_it_raises_here() -> None:
    parts = [Rows("sound", tuple(firms(30, seed=1))), *(Puzzled(str(at), ()) for at in range(3))]
    with pytest.raises(ValueError, match="0 has no such column"):
        screen_spark(parts, RULE)
    with pytest.raises(ValueError, match="0 has no such column"):
        weigh_spark(parts, RULE.links, sample=10, scale=10.0)


@pytest.mark.parametrize(("rows", "sample"), [(3000, 60), (3000, 2900), (300, 1000), (0, 5)])
def test_the_weights_are_those_of_one_reading(rows: int, sample: int) -> None:
    parts = split(firms(rows, seed=9), 11, seed=9)
    found = weigh_spark(parts, RULE.links, sample=sample, scale=10.0, batch=100)
    assert found == weigh(parts, RULE.links, sample=sample, scale=10.0)


def test_it_listens_on_the_loopback_address_alone(one_spark: Any) -> None:
    seen: set[str] = set()
    over = threading.Event()

    def look() -> None:
        while not over.is_set():
            seen.update(_addresses(one_spark.sparkContext._gateway.proc.pid))
            time.sleep(0.05)

    watcher = threading.Thread(target=look)
    watcher.start()
    screen_spark(split(firms(400, seed=7), 8, seed=7), RULE)
    over.set()
    watcher.join()
    assert seen
    assert seen <= LOOPBACK


def _addresses(java: int) -> set[str]:
    """Both ends of each connection, and what is listened on, of a process and those it began."""
    tree, more = {java, os.getpid()}, True
    while more:
        found = set()
        for status in Path("/proc").glob("[0-9]*/stat"):
            try:
                parent = int(status.read_text().rpartition(")")[2].split()[1])
            except (OSError, ValueError):
                continue
            if parent in tree:
                found.add(int(status.parent.name))
        more = not found <= tree
        tree |= found
    inodes = set()
    for process in tree:
        for one in Path(f"/proc/{process}/fd").glob("*"):
            try:
                inodes.update(re.findall(r"socket:\[(\d+)\]", str(one.readlink())))
            except OSError:
                continue
    ends = set()
    for table in ("tcp", "tcp6", "udp", "udp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            _, local, remote, state, *_, inode = line.split()[:10]
            if inode in inodes:
                ends.add(local.split(":")[0])
                if state != "0A":  # a listening socket has no other end
                    ends.add(remote.split(":")[0])
    return ends


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


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str | Path]]:
    """A workspace, and the words that screen a register of two files, one damaged row in it."""
    home = tmp_path_factory.mktemp("command")
    (home / "w").mkdir()
    links = {"wafer": {"products": ["硅片", "光伏硅片"], "exclude": ["硅片清洗"]}}
    one_link.opened(home / "w", {**links, "module": {"products": ["光伏组件"]}})
    rows = [["name", "id", "scope", "capital", "city", "founded", "status"]]
    rows += [[one[name] for name in rows[0]] for one in firms(500, seed=12)]
    rows = [[str(cell).replace("-1", "") for cell in row] for row in rows]
    (home / "r").mkdir()
    for at in range(2):
        text = "\n".join(
            ",".join(row) for row in [rows[0], *rows[1 + at :: 2], ["torn"]][: 250 + at]
        )
        (home / "r" / f"{at}.csv").write_bytes((text + "\n").encode("gb18030"))
    return home / "w", ["screen", home / "r", "--format", "json"]


def test_the_command_writes_the_same_bytes(
    asked: tuple[Path, list[str | Path]],
    monkeypatch: pytest.MonkeyPatch,
    capsysbinary: pytest.CaptureFixture[bytes],
    tmp_path: Path,
) -> None:
    home, words = asked
    run = Here(monkeypatch, capsysbinary)
    made = []
    for engine in (["local"], ["spark", "--master", "local[2]"]):
        side = tmp_path / engine[0]
        done = run(*words, "--broken", side, "--engine", *engine, workspace=home)
        assert done.returncode == 0, done.said
        assert b'"position": 50' in done.stdout
        made.append((done.stdout, side.read_bytes()))
    assert made[0] == made[1]
    where = ["--where", "cast(name as integer) > 1", "--engine"]
    said = [run(*words, *where, engine, workspace=home) for engine in ("local", "spark")]
    assert [one.returncode for one in said] == [2, 2]
    assert said[0].said.split("--where")[1:] == said[1].said.split("--where")[1:]


def test_without_java_the_command_says_what_installs_it(
    asked: tuple[Path, list[str | Path]], tmp_path: Path
) -> None:
    home, words = asked
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
