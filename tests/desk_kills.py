"""Kills writers of a ledger at random moments, and holds what they leave against the journal."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from chainmap.core.dates import parse_day
from chainmap.core.schema import BY_NAME
from chainmap.read import desk
from chainmap.read.tables import table
from chainmap.study.desk import Told, editing
from chainmap.track.journal import drift, entry, replay, rewind

HERE = Path(__file__).parent
HEAD = "project,name,内部备注,stage,signed,started,building,ended_because,progress,source,as_of\n"
BASE = HEAD + 'shared,"共用,项目",甲,洽谈,,,,,,s1,2025-01-01\nold,旧项目,,签约,,,,,,s1,2024\n'
SOURCES = "source,title,date,grade\ns1,示例,2024,A\n"


def ledger(data: Path) -> Path:
    """A small ledger with a column of its own, in GB18030 and with CRLF."""
    data.mkdir(parents=True)
    (data / "projects.csv").write_bytes(BASE.replace("\n", "\r\n").encode("gb18030"))
    (data / "sources.csv").write_text(SOURCES, encoding="utf-8")
    return data


class Writers:
    """Four writers at a time; one that is killed is followed by another."""

    def __init__(self, data: Path, seed: int) -> None:
        self.data, self.draw, self.seed = data, random.Random(seed), seed * 1000
        self.logs = data.parent / "logs"
        self.logs.mkdir()
        self.running = [self._start(name) for name in "abcd"]

    def _start(self, name: str) -> tuple[str, subprocess.Popen[bytes]]:
        self.seed += 1
        out = (self.logs / f"{name}-{self.seed}").open("wb")
        command = [sys.executable, str(HERE / "desk_writer.py"), self.data, name, str(self.seed)]
        env = {**os.environ, "PYTHONPATH": str(HERE.parent)}
        with out:
            return name, subprocess.Popen(command, stdout=out, stderr=subprocess.PIPE, env=env)

    def kill_one(self, start_again: bool = True) -> None:
        """SIGKILL for one of them, which must still be writing."""
        at = self.draw.randrange(len(self.running))
        name, one = self.running.pop(at)
        assert one.poll() is None, one.stderr and one.stderr.read().decode()
        one.kill()
        one.wait()
        if one.stderr:
            one.stderr.close()
        if start_again:
            self.running.append(self._start(name))

    def written(self) -> list[list[str]]:
        """What the writers were told is written; a last line that was cut off is none."""
        logs = [log.read_bytes().split(b"\n")[:-1] for log in self.logs.iterdir()]
        return [json.loads(line) for lines in logs for line in lines]


def run(data: Path, kills: int, seed: int) -> dict[str, Any]:
    """Kill so many writers, then hold the ledger to its journal; what was counted."""
    base = [one.cells for one in desk.lines(ledger(data))]
    writers = Writers(data, seed)
    deadline = time.monotonic() + 60
    while not (data / "journal.csv").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    interrupted = 0
    for _ in range(kills):
        time.sleep(writers.draw.uniform(0.05, 0.4))
        writers.kill_one()
        interrupted += desk.pending(data)
    while writers.running:
        writers.kill_one(start_again=False)
    interrupted += desk.pending(data)
    told = Told("2026-01-01T00:00:00+00:00", "z", "", parse_day("2026-11-25"))
    desk.write(data, editing("old", {"progress": "最后一次"}, told))
    entries = held_together(data, base, writers.written())
    return {"kills": kills + 4, "interrupted": interrupted, "edits": entries}


def held_together(data: Path, base: list[dict[str, str]], written: list[list[str]]) -> int:
    """No line lost, none torn, the journal replays to the table; how many edits there are."""
    rows = [one.cells for one in desk.lines(data)]
    entries = [entry(cells) for cells in desk.journal(data)]
    numbers = list(dict.fromkeys(one.edit for one in entries))
    assert numbers == list(range(1, len(numbers) + 1))
    assert drift(rows, entries) == []
    assert [full(row, rows[0]) for row in replay(base, entries)] == rows
    assert [full(row, rows[0]) for row in rewind(rows, entries)] == base
    told = {(one.project, one.field, one.now) for one in entries}
    for project, field, text in written:
        assert (project, field, text.strip()) in told, (project, field, text)
    raw = (data / "projects.csv").read_bytes()
    assert raw.startswith(HEAD.replace("\n", "\r\n").encode("gb18030"))
    sound, problems = table(data / "projects.csv", data.parent, BY_NAME["projects"])
    assert len(sound) == len(rows)
    assert not [one for one in problems if one.severity == "error"]
    left = sorted(path.name for path in data.iterdir())
    assert left == ["journal.csv", "projects.csv", "sources.csv"], left
    return len(numbers)


def full(row: dict[str, str], like: dict[str, str]) -> dict[str, str]:
    """A row with every column, as the table has it."""
    return {name: row.get(name, "") for name in like}
