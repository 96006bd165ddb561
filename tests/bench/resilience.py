"""The sweep over all losses of a large chain, as multiples of other things of the same run.

    python tests/bench/resilience.py [REPETITIONS]

Random chains whose links need links before them or, now and then, after them, so that there are
cycles: loose ones with one need a link on average, a third of them any-groups, where a loss stops
few; tight ones with two or three required inputs each, where it stops many. Beside the sweep: one
link after the other with the same rule (a tenth of the links, times ten), and a plain look at
every flow of the chain. The exponent is that of the time over the number of links, from the
smallest chain to the largest. Exit 1 where a target is missed.
"""

from __future__ import annotations

import math
import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from chainmap.core.graph import ChainGraph, stopped_together, sweep  # noqa: E402
from chainmap.core.model import Chain, ChainFile, Flow, Link, Panorama  # noqa: E402

SIZES = (500, 1000, 2000, 4000)
PART = 10
FASTER = 10.0  # than link by link, on the largest tight chain
EXPONENT = 1.5
LOOSE, TIGHT = ((0, 1, 2), (1, 1, 3)), ((2, 3), (1,))  # how many needs, of how many members
SEED = 20260101
NEAR = 60


def chain_of(
    links: int, shape: tuple[tuple[int, ...], tuple[int, ...]], rng: random.Random
) -> Chain:
    """A chain whose links need something from the ones around them."""
    names = [f"l{at}" for at in range(links)]
    flows = []
    for at, name in enumerate(names):
        pool = names[max(0, at - NEAR) : at] + names[at + 1 : at + 3] * (rng.random() < 0.05)
        for _ in range(rng.choice(shape[0])):
            some = rng.sample(pool, min(len(pool), rng.choice(shape[1])))
            pool = [one for one in pool if one not in some]
            if some:
                need = "any" if len(some) > 1 else "required"
                flows.append(Flow.model_construct(sources=tuple(some), target=name, need=need))
    made = tuple(Link.model_construct(id=name) for name in names)
    panorama = Panorama.model_construct(stages=(), links=made, flows=tuple(flows))
    return Chain(ChainFile.model_construct(chain="bench", panorama=panorama), {})


def timed(run: Callable[[], object]) -> float:
    begun = time.perf_counter()
    run()
    return time.perf_counter() - begun


def measured(
    links: int, shape: tuple[tuple[int, ...], tuple[int, ...]], times: int
) -> tuple[float, float, str]:
    """Seconds of a sweep, how many times that link by link takes, and both in words."""
    rng = random.Random(SEED)
    graph = ChainGraph(chain_of(links, shape, rng))
    standby = frozenset(rng.sample(list(graph.links), links // 2))
    some = rng.sample(list(graph.links), links // PART)

    def one_by_one() -> list[int]:
        return [len(stopped_together(graph, {link}, standby)) for link in some]

    def all_at_once() -> list[int]:
        found = sweep(graph, standby)
        return [found.count(link) for link in graph.links]

    def look() -> int:
        return sum(len(found) for link in graph.links for _, found in graph.needs(link))

    spent: dict[str, list[float]] = {"sweep": [], "link by link": [], "look": []}
    for _ in range(times):
        for name, run in (("sweep", all_at_once), ("link by link", one_by_one), ("look", look)):
            spent[name].append(timed(run) * (PART if name == "link by link" else 1))
    mine, slow, bare = (statistics.median(spent[name]) for name in spent)
    found = sweep(graph, standby)
    assert [found.count(one) + 1 for one in some] == one_by_one()
    mean = statistics.mean(found.count(link) for link in graph.links)
    told = f"{mean:7.1f} stop on average: {mine * 1e3:8.1f} ms = {mine / bare:6.1f} looks"
    return mine, slow / mine, told


def main() -> int:
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    sound = True
    for name, shape in (("loose", LOOSE), ("tight", TIGHT)):
        first = 0.0
        for links in SIZES:
            mine, slower, told = measured(links, shape, times)
            first = first or mine
            print(f"{name} {links:6} links, {told}, link by link {slower:6.1f} times that")
        grown = math.log(mine / first, SIZES[-1] / SIZES[0])
        print(f"{name}: exponent {grown:.2f} (at most {EXPONENT})")
        sound = sound and grown <= EXPONENT
    return 0 if sound and slower >= FASTER else 1


if __name__ == "__main__":
    sys.exit(main())
