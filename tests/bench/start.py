"""How long a start takes, as ratios against a baseline in the same run.

    python tests/bench/start.py [REPETITIONS]

Every repetition runs all programs once, one after the other, so that a busy moment hits all of
them. Compiled modules are kept for all programs alike, as an installation keeps them, whatever the
environment says. Exit 1 where a median misses its target.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
LEAST = 7

EMPTY = """
import typer
app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False)
@app.command()
def nothing() -> None: ...
app(["--help"])
"""
PROGRAMS: dict[str, list[str]] = {
    "python -c pass": ["-c", "pass"],
    "an empty Typer app": ["-c", EMPTY],
    "import pandas, networkx": ["-c", "import pandas, networkx"],
    "chainmap --help": ["-m", "chainmap", "--help"],
    "chainmap --version": ["-m", "chainmap", "--version"],
    "chainmap validate": ["-m", "chainmap", "validate"],
    "chainmap gaps": ["-m", "chainmap", "gaps"],
    "chainmap rank": ["-m", "chainmap", "rank"],
}


class Target(NamedTuple):
    """A program, what it is held against, and the largest ratio of their medians."""

    program: str
    baseline: str
    most: float


TARGETS = (
    Target("chainmap --help", "an empty Typer app", 2.0),
    Target("chainmap --version", "an empty Typer app", 2.0),
    Target("chainmap validate", "import pandas, networkx", 1.0),
    Target("chainmap rank", "import pandas, networkx", 2.5),
)


def environment(compiled: str) -> dict[str, str]:
    """The environment of every run: modules are compiled once, into that directory."""
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPYCACHEPREFIX": compiled}


def seconds(arguments: list[str], environ: dict[str, str]) -> float:
    """Wall time of one run from the reference workspace; its output is thrown away."""
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    return time.perf_counter() - start


def measure(repetitions: int) -> dict[str, list[float]]:
    """Wall times of every program, interleaved; the first round only compiles and warms up."""
    times: dict[str, list[float]] = {name: [] for name in PROGRAMS}
    with tempfile.TemporaryDirectory() as compiled:
        environ = environment(compiled)
        for turn in range(repetitions + 1):
            for name, arguments in PROGRAMS.items():
                taken = seconds(arguments, environ)
                if turn:
                    times[name].append(taken)
    return times


def main(repetitions: int) -> int:
    """Print the table; 1 where a target is missed."""
    times = measure(repetitions)
    middle = {name: statistics.median(taken) for name, taken in times.items()}
    print(f"{repetitions} repetitions, milliseconds")
    print(f"{'program':<26}{'minimum':>9}{'median':>9}{'maximum':>9}")
    for name, taken in times.items():
        figures = (min(taken), middle[name], max(taken))
        print(f"{name:<26}" + "".join(f"{figure * 1000:>9.0f}" for figure in figures))
    print()
    missed = 0
    for program, baseline, most in TARGETS:
        ratio = middle[program] / middle[baseline]
        verdict = "held" if ratio <= most else "MISSED"
        missed += ratio > most
        print(f"{program:<20}/ {baseline:<25}{ratio:6.2f}   at most {most}   {verdict}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(max(LEAST, int(sys.argv[1]) if len(sys.argv) > 1 else LEAST)))
