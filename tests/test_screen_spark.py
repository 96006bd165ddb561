"""Spark gives the bytes of the local engine and of the oracle, survives deaths, and stays home."""

from __future__ import annotations

import os
import re
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from register_parts import (
    WORDS,
    Deadly,
    Faulty,
    Puzzled,
    Rows,
    Sieved,
    command,
    firms,
    split,
)
from registers import Here
from screen_oracle import best

from chainmap.core.register import Part, Tally
from chainmap.screen.local import screen_local
from chainmap.screen.results import Progress, Screened
from chainmap.screen.rule import LinkWords, Rule, make_rule
from chainmap.screen.spark import SparkFault, screen_spark, weigh_spark
from chainmap.screen.spark_session import session
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


def test_the_command_writes_the_same_bytes(
    monkeypatch: pytest.MonkeyPatch,
    capsysbinary: pytest.CaptureFixture[bytes],
    tmp_path: Path,
) -> None:
    home, words = command(tmp_path)
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
    # Which of the firms is named hangs on who reads first.
    assert all("Could not convert string" in one.said for one in said)
    assert not any("Traceback" in one.said for one in said)
