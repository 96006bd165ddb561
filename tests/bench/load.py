"""Every command on a made-up city: its time, its memory, and how both grow with the city.

    python tests/bench/load.py [SHARE ...] [--only WORD] [--minutes M] [--keep DIRECTORY]

Each share of the full size (200 chains of 300 links, 200,000 firms, 2,000,000 activities; see
``load_city.py``) is made once and every command runs on it in a process of its own, with nothing
kept between runs. Processor seconds are those of the process, so that others on the machine count
little; memory is the most that it held. The exponent is the slope of log(seconds) over log(size),
start-up (an empty city) taken off; what is linear has 1. Exit 1 where a command ends otherwise
than it should, does not end in time, or has an exponent above 1.2.
"""

from __future__ import annotations

import argparse
import math
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import load_city

ROOT = Path(__file__).parents[2]
MOST_EXPONENT = 1.2
CHAIN, LINK = "chain-001", "chain-001/l003"
DAYS = ("--as-of", "2024-06-30", "--until", "2025-06-30", "--list", "china500")
# Every command that reads a workspace; ``{out}`` is a directory to write into.
COMMANDS = (
    "validate",
    "chains",
    "gaps",
    f"gaps {CHAIN}",
    f"rank {CHAIN}",
    f"rank {CHAIN} --link l003",
    "rank --draws 0",
    "rank --list china500",
    "rank",
    f"why {LINK}",
    f"table {CHAIN}",
    "table",
    f"map {CHAIN}",
    f"map {CHAIN} -o {{out}}/map.svg",
    f"map {CHAIN} --view path",
    f"report {CHAIN}",
    f"report {CHAIN} -o {{out}}/report.html",
    "ledger --list china500",
    "relocation",
    f"data {CHAIN}",
    "data",
    "kpi",
    "projects board",
    "projects landing",
    "firms find 华东海天",
    "leaders requests",
    f"leaders select {CHAIN}",
    "leaders select",
    f"resilience {CHAIN}",
    f"whatif {CHAIN} --draws 0",
    f"plan {CHAIN} --seconds 20 --core 0",
    "plan --seconds 20 --core 0",
    "backtest " + " ".join(DAYS),
    "week",
    "snapshot load",
)


@dataclass
class Run:
    """What one command took: processor seconds, seconds on the clock, MB; its end."""

    busy: float
    wall: float
    megabytes: float
    code: int | None  # None: stopped because its time was up


def run(workspace: Path, command: str, minutes: float, out: Path) -> Run:
    """One command in a process of its own."""
    words = [word.replace("{out}", str(out)) for word in command.split()]
    environ = os.environ | {"CHAINMAP_CACHE": "off", "PYTHONPATH": str(ROOT)}
    begun = time.monotonic()
    with (out / "stderr").open("wb") as told:
        one = subprocess.Popen(
            [sys.executable, "-m", "chainmap", "--workspace", str(workspace), *words],
            cwd=out, env=environ, stdout=subprocess.DEVNULL, stderr=told,
        )  # fmt: skip
        end, killed = begun + minutes * 60, False
        while True:
            pid, status, used = os.wait4(one.pid, os.WNOHANG)
            if pid:
                break
            if time.monotonic() > end and not killed:
                one.send_signal(signal.SIGKILL)
                killed = True
            time.sleep(0.02)
    one.returncode = os.waitstatus_to_exitcode(status)
    wall = time.monotonic() - begun
    code = None if killed else one.returncode
    return Run(used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1024, code)


def slope(points: list[tuple[float, float]]) -> float | None:
    """The least-squares slope of log y over log x; None from less than two points."""
    logs = [(math.log(x), math.log(y)) for x, y in points if y > 0]
    if len(logs) < 2:
        return None
    mean_x, mean_y = (sum(part) / len(logs) for part in zip(*logs, strict=True))
    return sum((x - mean_x) * (y - mean_y) for x, y in logs) / sum(
        (x - mean_x) ** 2 for x, _ in logs
    )


def main() -> int:
    """Print a table; 1 where a command misses."""
    parser = argparse.ArgumentParser()
    parser.add_argument("shares", nargs="*", type=float)
    parser.add_argument("--only", action="append")
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--keep", type=Path)
    told = parser.parse_args()
    shares = told.shares or [0.25, 0.5, 1.0]
    commands = [c for c in COMMANDS if not told.only or c in told.only]
    missed = False
    with tempfile.TemporaryDirectory() as room:
        keep = told.keep or Path(room)
        cities = {share: keep / f"city-{share:g}" for share in shares}
        for share, city in cities.items():
            if not city.exists():
                load_city.written(city, load_city.Size.of(share))
        print(f"{'command':<44}{'share':>7}{'cpu s':>9}{'wall s':>9}{'MB':>8}{'exit':>6}  exponent")
        for command in commands:
            found: list[tuple[float, float]] = []
            floor = run(ROOT, "--version", 5, Path(room)).busy
            for share, city in cities.items():
                one = run(city, command, told.minutes, Path(room))
                found.append((share, max(0.01, one.busy - floor)))
                power = slope(found) if share == shares[-1] else None
                missed |= one.code not in (0, 1) or (power or 0) > MOST_EXPONENT
                end = "killed" if one.code is None else str(one.code)
                print(
                    f"{command:<44}{share:>7g}{one.busy:>9.1f}{one.wall:>9.1f}"
                    f"{one.megabytes:>8.0f}{end:>6}  {'' if power is None else f'{power:.2f}'}",
                    flush=True,
                )
                if one.code not in (0, 1):
                    print("   ", (Path(room) / "stderr").read_text(errors="replace")[-300:].strip())
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
