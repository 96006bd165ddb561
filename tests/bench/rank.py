"""What the draws of a ranking cost: ``rank`` with 1,000 draws against ``rank`` without any.

    python tests/bench/rank.py [REPETITIONS]

Whole processes on the whole reference workspace, nothing kept between runs, one after the other
in turn, so that a busy moment hits both. Compiled modules are kept for both alike. Exit 1 where
the ratio of the medians misses its target.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
LEAST, MOST = 5, 2.0
DRAWS = ("0", "1000")


def environment(compiled: str) -> dict[str, str]:
    """The environment of every run: no results of earlier ones."""
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPYCACHEPREFIX": compiled, "CHAINMAP_CACHE": "off"}


def seconds(draws: str, environ: dict[str, str]) -> float:
    """Wall time of one ``rank``; its output is thrown away."""
    begun = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "chainmap", "rank", "--draws", draws],
        cwd=ROOT,
        env=environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    return time.perf_counter() - begun


def main(repetitions: int) -> int:
    """Print the medians and their ratio; 1 where it is missed."""
    times: dict[str, list[float]] = {draws: [] for draws in DRAWS}
    with tempfile.TemporaryDirectory() as compiled:
        environ = environment(compiled)
        for turn in range(repetitions + 1):
            for draws in DRAWS:
                taken = seconds(draws, environ)
                if turn:  # the first round only compiles and warms up
                    times[draws].append(taken)
    middle = {draws: statistics.median(taken) for draws, taken in times.items()}
    for draws in DRAWS:
        print(f"rank --draws {draws:<5} median {middle[draws] * 1000:6.0f} ms"
              f"   minimum {min(times[draws]) * 1000:6.0f} ms")  # fmt: skip
    ratio = middle["1000"] / middle["0"]
    print(f"ratio {ratio:.2f}   at most {MOST:g}   {'held' if ratio <= MOST else 'MISSED'}")
    return 1 if ratio > MOST else 0


if __name__ == "__main__":
    sys.exit(main(max(LEAST, int(sys.argv[1]) if len(sys.argv) > 1 else LEAST)))
