"""Kills everything that writes: no line lost, none torn, no file half, nothing left lying about.

python tests/bench/kills.py desk [KILLS] [SEED]     four writers of one ledger at random moments
python tests/bench/kills.py steps [WORD]            every command, at each step that it takes
python tests/bench/kills.py moments [KILLS] [SEED]  every command, at random moments
"""

from __future__ import annotations

import itertools
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import crash_commands
import crash_points
import desk_kills


def desk(kills: int, seed: int) -> None:
    """Four writers at a time, killed at random moments."""
    with tempfile.TemporaryDirectory() as room:
        found = desk_kills.run(Path(room) / "data", kills, seed)
    print(", ".join(f"{name} {count}" for name, count in found.items()))


def steps(word: str) -> int:
    """Every command (whose words hold ``word``) at each of its steps; how many broke."""
    broken = points = number = 0
    with tempfile.TemporaryDirectory() as place:
        base = Path(place, "base")
        base.mkdir()
        crash_commands.workspace(base)
        for command in crash_commands.commands():
            name = " ".join(command)
            if word not in name:
                continue
            number += 1
            # A workspace is sixty files that are written one like the other.
            ways = itertools.count(1, 17 if command[0] == "init" else 1)
            try:
                count = crash_points.hold(base, Path(place, "room"), command, ways)
                points += count
                print(f"{count:4} points  {name}", flush=True)
            except AssertionError as error:
                broken += 1
                print(f"BROKEN        {name}: {error}", flush=True)
    print(f"{number} commands, {points} points, {broken} broken")
    return broken


def moments(kills: int, seed: int) -> int:
    """Every command in turn, killed somewhere on its way; how many left something wrong."""
    draw, broken, done = random.Random(seed), 0, 0
    with tempfile.TemporaryDirectory() as place:
        base, room = Path(place, "base"), Path(place, "room")
        base.mkdir()
        crash_commands.workspace(base)
        took: dict[tuple[str, ...], float] = {}
        states = {}
        for command in itertools.islice(itertools.cycle(crash_commands.commands()), kills):
            if command not in took:
                begun = time.monotonic()
                states[command] = crash_points.clean(base, room, command)
                took[command] = time.monotonic() - begun
            crash_points.fresh(base, room)
            one = subprocess.Popen(
                [sys.executable, "-m", "chainmap", *command], cwd=room,
                env=os.environ | {"PYTHONPATH": str(crash_points.HERE.parent)},
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            # Most of what a command does lies before its end, most of what it writes at its end.
            time.sleep(took[command] * draw.uniform(0.5, 1.1))
            one.kill()
            one.wait()
            done += one.returncode != 0
            try:
                crash_points.judge(room, command, *states[command], "at random")
            except AssertionError as error:
                broken += 1
                print(f"BROKEN  {' '.join(command)}: {error}", flush=True)
    print(f"{kills} runs, {done} killed before their end, {broken} broken")
    return broken


def main(what: str = "desk", *more: str) -> int:
    if what == "steps":
        return steps(more[0] if more else "")
    kills, seed = (int(word) for word in (more + ("200", "1")[len(more) :])[:2])
    if what == "moments":
        return moments(kills, seed)
    desk(kills, seed)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) > 0)
