"""Loading and checking the workspace against an import, and how it grows with the work.

Run by hand: ``python tests/bench/reading.py``. The workspace is repeated ten-fold with ids of its
own for every copy; the exponent is log10 of the ratio of the two times without start-up.
"""

from __future__ import annotations

import csv
import math
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
TIMES = 7
LOAD = """
import gc, sys, time
gc.disable()
from pathlib import Path
from chainmap.read.workspace import load
begun = time.perf_counter()
_, problems = load(Path(sys.argv[1]))
assert not [one for one in problems if one.severity == "error"], problems[:3]
print(time.perf_counter() - begun)
"""
# Columns that hold an id of a chain, firm, source or project, or several of them.
IDS = {"source", "firm", "parent", "chain", "project", "leader", "nearest_chain", "visit"}


def repeated(times: int, to: Path) -> None:
    """A workspace with every chain, firm, source and project so many times."""
    (to / "chains").mkdir(parents=True)
    (to / "data").mkdir()
    for path in (ROOT / "chains").glob("[a-z]*.yaml"):
        text = path.read_text(encoding="utf-8")
        for at in range(times):
            name = f"{at}-{path.stem}" if at else path.stem
            copy = re.sub(rf"^chain: {path.stem}$", f"chain: {name}", text, flags=re.M)
            (to / "chains" / f"{name}.yaml").write_text(copy, encoding="utf-8")
    for path in (ROOT / "data").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            head, *rows = list(csv.reader(file))
        out = [head]
        whole = path.stem in ("districts", "parks", "rates", "sectors")
        for at in range(1 if whole else times):
            out += [_renamed(head, row, at, path.stem) for row in rows]
        with (to / "data" / path.name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(out)
    for name in ("region.yaml", "scoring.yaml"):
        (to / "data" / name).write_bytes((ROOT / "data" / name).read_bytes())


def _renamed(head: list[str], row: list[str], at: int, table: str) -> list[str]:
    if at == 0:
        return row
    cells = list(row)
    for place, name in enumerate(head):
        if (name in IDS or (table == "lists" and name == "list")) and cells[place]:
            cells[place] = "|".join(f"{at}-{part}"[:64] for part in cells[place].split("|"))
    return cells


def seconds(*command: str) -> float:
    """Wall time of a whole process."""
    begun = time.perf_counter()
    subprocess.run([sys.executable, *command], cwd=ROOT, check=True, capture_output=True)
    return time.perf_counter() - begun


def loading(workspace: Path) -> float:
    """Seconds that reading and checking take inside a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", LOAD, str(workspace)], cwd=ROOT, check=True, capture_output=True
    )
    return float(done.stdout)


def main() -> int:
    with tempfile.TemporaryDirectory() as directory:
        once, ten = Path(directory, "1"), Path(directory, "10")
        repeated(1, once)
        repeated(10, ten)
        base, whole, small, large = [], [], [], []
        for _ in range(TIMES):
            base.append(seconds("-c", "import pandas, networkx, yaml"))
            whole.append(seconds("-m", "chainmap", "--workspace", str(once), "validate"))
            small.append(loading(once))
            large.append(loading(ten))
    middle = statistics.median
    ratio = middle(whole) / middle(base)
    exponent = math.log10(middle(large) / middle(small))
    print(f"validate / import pandas, networkx, yaml: {ratio:.2f} (at most 4)")
    print(f"load once {middle(small):.3f} s, ten-fold {middle(large):.3f} s: "
          f"exponent {exponent:.2f} (at most 1.15)")  # fmt: skip
    return 0 if ratio <= 4 and exponent <= 1.15 else 1


if __name__ == "__main__":
    sys.exit(main())
