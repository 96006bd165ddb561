"""Fuzzing of every door: inputs grown by the branches that they reach, each within bounds.

    pip install atheris
    python tests/bench/fuzz/run.py TARGET RUNS DIRECTORY [SEED]

TARGET is a name of tests/fuzz_targets.py, or ``replay`` for what stands in tests/cases/fuzz. An
input fails when an exception comes out of the door, when it takes more than a second of the
processor, or when the peak of memory grows by more than 300 MB over that of a clean run. Each
failure of another kind is kept in DIRECTORY/TARGET/failed with what was said; a run goes on after
it. At the end a line says what ran; the same is in DIRECTORY/TARGET/summary.json. To be made
permanent a failure is shrunk: ``shrink.py TARGET FILE``.
"""

from __future__ import annotations

import gc
import json
import os
import random
import resource
import signal
import sys
import time
import traceback
from pathlib import Path

import atheris

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parents[2]), str(HERE.parents[1]), str(HERE)]

SECONDS, MEGABYTES, STUCK = 1.0, 300.0, 600
# What a command does when its words are right takes seconds: of these the clean run counts too.
MORE_SECONDS = {"arguments": 5.0}
LONGEST = 64_000
# What is counted: where bytes become data. The rest runs at its own speed.
COUNTED = {
    "snapshot": ["chainmap.track.snapshot", "chainmap.study.diff", "chainmap.track.diff"],
    "arguments": ["chainmap.cli", "chainmap.study"],
    "register": [
        "chainmap.read.register",
        "chainmap.read.register_cells",
        "chainmap.read.register_csv",
        "chainmap.read.register_heads",
    ],
}


def peak() -> float:
    """Megabytes that the process has ever taken."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


class Stuck(BaseException):
    """An input that does not come to an end."""


def _stuck(*_: object) -> None:
    raise Stuck


class Bench:
    """One target, what it did so far, and what failed."""

    def __init__(self, name: str, runs: int, out: Path) -> None:
        import fuzz_targets

        self.name, self.runs, self.out = name, runs, out
        self.target = fuzz_targets.TARGETS[name]
        self.count = 0
        self.slowest, self.failures = 0.0, dict[str, str]()
        (out / "failed").mkdir(parents=True, exist_ok=True)
        self.begun = time.monotonic()
        self.clean = 0.0

    def warm(self, first: bytes) -> None:
        """A clean run: what it takes is no input's fault."""
        for _ in range(3):
            self.target(first)
        self.clean = peak()
        signal.signal(signal.SIGALRM, _stuck)

    def one(self, data: bytes) -> None:
        """Try an input; what fails is kept, and the run goes on."""
        start, before = time.process_time(), peak()
        signal.setitimer(signal.ITIMER_REAL, STUCK)
        try:
            self.target(data)
        except Stuck:
            self.keep("stuck", data, traceback.format_exc())
        except BaseException as error:
            frames = traceback.extract_tb(error.__traceback__)
            mine = [one for one in frames if "/chainmap/" in one.filename] or frames
            at = f"{Path(mine[-1].filename).name}-{mine[-1].lineno}"
            self.keep(f"{type(error).__name__}-{at}", data, traceback.format_exc())
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        took = time.process_time() - start
        self.slowest = max(self.slowest, took)
        if took > SECONDS + MORE_SECONDS.get(self.name, 0.0):
            self.keep(f"slow-{took:.0f}", data, f"{took:.2f} s")
        if peak() - before > MEGABYTES:
            self.keep(f"large-{peak() - before:.0f}", data, f"{peak() - before:.0f} MB")
        self.count += 1
        if self.count % 200 == 0:
            gc.collect()
            self.summary()
        if self.count >= self.runs:
            print(self.summary(), flush=True)
            os._exit(1 if self.failures else 0)

    def keep(self, kind: str, data: bytes, said: str) -> None:
        """The first input of each kind of failure."""
        if kind not in self.failures:
            self.failures[kind] = said
            (self.out / "failed" / kind).write_bytes(data)
            (self.out / "failed" / f"{kind}.txt").write_text(said, encoding="utf-8")

    def summary(self) -> str:
        """What ran so far, in a line; also written beside the failures."""
        seconds = time.monotonic() - self.begun
        told = {
            "target": self.name,
            "runs": self.count,
            "seconds": round(seconds, 1),
            "processor_seconds": round(time.process_time(), 1),
            "slowest_seconds": round(self.slowest, 3),
            "clean_mb": round(self.clean),
            "peak_mb": round(peak()),
            "failures": sorted(self.failures),
        }
        (self.out / "summary.json").write_text(json.dumps(told, indent=1), encoding="utf-8")
        return json.dumps(told)


def main(name: str, runs: int, directory: Path, seed: int) -> None:
    """Grow inputs until so many were tried."""
    counted = COUNTED.get(name, ["chainmap.read", "chainmap.core.text", "chainmap.core.model"])
    with atheris.instrument_imports(include=counted, enable_loader_override=False):
        from mutate import archive, text, words
        from seeds import seeds

    out = directory / name
    corpus = out / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    os.environ["CHAINMAP_CACHE"] = "off"
    bench = Bench(name, runs, out)
    first = b""
    for number, data in enumerate(seeds(name)):
        (corpus / f"seed-{number:04}").write_bytes(data)
        first = first or data
    bench.warm(first)

    def change(data: bytes, longest: int, number: int) -> bytes:
        chance = random.Random(number)
        if name == "arguments":
            return words(data, chance)[:longest]
        if data[:2] == b"PK":
            return archive(data, chance, atheris.Mutate)[:longest]
        if chance.random() < 0.3:
            return atheris.Mutate(data, longest)
        return text(data, chance)[:longest]

    atheris.Setup(
        [sys.argv[0], str(corpus), f"-max_len={LONGEST}", f"-seed={seed}", "-verbosity=0",
         "-print_final_stats=0", "-timeout=600", "-rss_limit_mb=3000", "-len_control=0"],
        bench.one,
        custom_mutator=change,
    )  # fmt: skip
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]), int((*sys.argv[4:], "1")[0]))
