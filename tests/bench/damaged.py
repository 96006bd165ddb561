"""What each damaged input costs against a clean run of the same command, in the same session.

Run by hand: ``python tests/bench/damaged.py [PART-OF-A-NAME]``. Ends with 1 where a case takes
more than a second or 300 MB beyond the clean run.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from bad_inputs import SOUND, build, cases  # noqa: E402

MORE_SECONDS = 1.0
MORE_MEGABYTES = 300.0


# Starts the command from a small process of its own: a process begins with the peak of the one
# that started it, so that started from here it would never show less than this program takes.
STARTER = """
import resource, subprocess, sys, time
start = time.perf_counter()
null = subprocess.DEVNULL
code = subprocess.run(sys.argv[1:], stdout=null, stderr=null).returncode
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
print(time.perf_counter() - start, peak, code)
"""


def measured(root: Path) -> tuple[float, float, int]:
    """Seconds, peak megabytes and exit code of one ``validate``."""
    command = [sys.executable, "-m", "chainmap", "--workspace", str(root), "validate"]
    done = subprocess.run(
        [sys.executable, "-S", "-c", STARTER, *command],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    seconds, megabytes, code = done.stdout.split()
    return float(seconds), float(megabytes), int(code)


def clean() -> tuple[float, float]:
    """Seconds and megabytes of the best of some clean runs."""
    runs = [measured(SOUND) for _ in range(7)]
    return min(run[0] for run in runs), min(run[1] for run in runs)


def main(part: str = "") -> int:
    """Measure every case and print a table, the dearest first."""
    seconds, megabytes = clean()
    print(f"clean run: {seconds:.2f} s, {megabytes:.0f} MB\n")
    rows = []
    for case in cases():
        if part not in case.name:
            continue
        with tempfile.TemporaryDirectory() as room:
            root = build(case, Path(room) / "workspace")
            # The best of three: another process of the machine is not the input's fault.
            runs = [measured(root) for _ in range(3)]
        more = min(run[0] for run in runs) - seconds, min(run[1] for run in runs) - megabytes
        rows.append((*more, runs[0][2], case))
    print(f"{'case':44} {'more s':>7} {'more MB':>8} {'exit':>5}")
    failed = 0
    for more_s, more_mb, code, case in sorted(rows, key=lambda row: -row[0]):
        dear = more_s > MORE_SECONDS or more_mb > MORE_MEGABYTES
        failed += dear
        print(f"{case.name:44} {more_s:7.2f} {more_mb:8.0f} {code:5}{'  <--' if dear else ''}")
    print(f"\n{len(rows)} cases, {failed} beyond the limits")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
