"""What pictures and reports cost, as ratios against ``rank`` in the same run.

    python tests/bench/pictures.py [REPETITIONS]

First an SVG of a chain of 60 links against ``rank``: wall time of whole commands, the median of the
repetitions. Then every format for every chain, in one process, by its processor time a chain. Exit
1 where the SVG misses its target.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chainmap.study.papers import Papers

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))
MOST = 2.0
LEAST = 5
LINKS = 60

HEAD = """\
chain: sixty
name: 六十环
kind: emerging
region: 青岛市
as_of: 2025-12-31
panorama:
  stages:
    - {id: up, name: 上游 材料}
    - {id: mid, name: 中游 部件}
    - {id: down, name: 下游 整机}
  links:
"""


def sixty() -> str:
    """A chain of sixty links in three stages and twelve groups, each link fed by the one before."""
    stages = ("up", "mid", "down")
    links = [
        f"    - {{id: l{n}, name: 第{n}号关键装备与材料, stage: {stages[n * 3 // LINKS]},"
        f" group: 第{n // 5}组, products: [产品{n}]}}"
        for n in range(LINKS)
    ]
    flows = [f"    - {{from: l{n}, to: l{n + 1}}}" for n in range(LINKS - 1)]
    return HEAD + "\n".join([*links, "  flows:", *flows]) + "\n"


def seconds(workspace: Path, *words: str) -> float:
    """Wall time of one command, its output thrown away."""
    start = time.perf_counter()
    command = [sys.executable, "-m", "chainmap", "--workspace", str(workspace), *words]
    subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                   check=True)  # fmt: skip
    return time.perf_counter() - start


def svg_against_rank(repetitions: int) -> float:
    """The ratio of the medians: the map of sixty links as SVG, over ``rank`` of all chains."""
    from tests.running import copy_of

    times: dict[str, list[float]] = {"map": [], "rank": []}
    with tempfile.TemporaryDirectory() as folder:
        workspace = copy_of(ROOT, Path(folder) / "w")
        (workspace / "chains/sixty.yaml").write_text(sixty(), encoding="utf-8")
        file = str(Path(folder) / "m.svg")
        for turn in range(repetitions + 1):
            found = {
                "map": seconds(workspace, "map", "sixty", "-o", file),
                "rank": seconds(workspace, "rank"),
            }
            if turn:
                for name, taken in found.items():
                    times[name].append(taken)
    middle = {name: statistics.median(taken) for name, taken in times.items()}
    for name, taken in times.items():
        figures = (min(taken), middle[name], max(taken))
        print(f"{name:<10}" + "".join(f"{figure * 1000:>9.0f}" for figure in figures))
    return middle["map"] / middle["rank"]


def every_format() -> dict[str, list[float]]:
    """Processor time of every format for every chain, and of its ranking, in seconds."""
    from chainmap.rank.ranks import Request
    from chainmap.study import open_study
    from chainmap.study.papers import SINGLE, Papers

    study = open_study(ROOT)
    times: dict[str, list[float]] = {}
    for chain in study.chains():
        start = time.process_time()
        study.ranking(Request(chain.id))
        times.setdefault("ranking", []).append(time.process_time() - start)
        papers = Papers(study, chain)
        start = time.process_time()
        papers.fingerprint()
        times.setdefault("content", []).append(time.process_time() - start)
        makers: dict[str, Callable[[], object]] = {k: partial(papers.made, k) for k in SINGLE}
        makers |= {"csv": papers.csv, "dot": papers.dot, "json": papers.json}
        makers["pictures"] = partial(_pictures, papers)
        for kind, make in makers.items():
            start = time.process_time()
            make()
            times.setdefault(kind, []).append(time.process_time() - start)
    return times


def _pictures(papers: Papers) -> None:
    """The maps and charts of a set as svg and png; those drawn for the document are at hand."""
    from chainmap.study.sets import chain_files

    for name, make in chain_files(papers, ""):
        if not name.startswith(f"{papers.chain.id}-report") and name.endswith((".svg", ".png")):
            make()


def main(repetitions: int) -> int:
    """Print both tables; 1 where the SVG misses its target."""
    print(f"{repetitions} repetitions, milliseconds: minimum, median, maximum")
    ratio = svg_against_rank(repetitions)
    verdict = "held" if ratio <= MOST else "MISSED"
    print(f"a 60-link SVG / rank {ratio:.2f}   at most {MOST}   {verdict}\n")
    times = every_format()
    base = sum(times["ranking"])
    print(f"{'format':<10}{'chains':>8}{'median ms':>11}{'all s':>8}{'/ ranking':>11}")
    for name, taken in times.items():
        whole = sum(taken)
        print(f"{name:<10}{len(taken):>8}{statistics.median(taken) * 1000:>11.0f}{whole:>8.1f}"
              f"{whole / base:>11.1f}")  # fmt: skip
    return 0 if ratio <= MOST else 1


if __name__ == "__main__":
    sys.exit(main(max(LEAST, int(sys.argv[1]) if len(sys.argv) > 1 else LEAST)))
