"""Spark against the local engine: the same bytes, killed executors, a damaged file, and the cost.

Run by hand, in a directory with room: ``python tests/bench/screen_spark.py ROOM [WHAT ...]``.
``same``: oracle, both kernels and Spark on 100,000 rows. ``large``: local and Spark on 1 and 5
million rows, start-up apart. ``killed``: an executor of a cluster dies in the middle.
``damaged``: a file is damaged in the middle. ``grown``: the local engine up to 20 million rows,
with its memory, and what 100 million would cost. Ends with 1 where something does not hold.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "bench")]

import pyarrow as pa  # noqa: E402
import pyarrow.parquet as pq  # noqa: E402
import register_made as made  # noqa: E402

from chainmap.core.register import Part  # noqa: E402
from chainmap.read.register import register  # noqa: E402
from chainmap.read.register_heads import Heads  # noqa: E402
from chainmap.screen.local import screen_local  # noqa: E402
from chainmap.screen.results import Progress, Screened  # noqa: E402
from chainmap.screen.rule import LinkWords, Rule, make_rule, normalise  # noqa: E402
from chainmap.screen.spark import screen_spark  # noqa: E402
from chainmap.screen.spark_session import LOOPBACK, quiet, session  # noqa: E402
from chainmap.screen.weights import weights  # noqa: E402

KEEP = 500
ROUNDS = 2  # the better one of each counts
WARM = 60_000  # enough for the compiled kernel to be loaded
LARGE = (1_000_000, 5_000_000)
TWICE = 2.0  # what Spark may take, start-up apart
FLAT = 1.5 * 2**30  # bytes that the local engine may hold
EXPONENT = 1.05


def rule() -> Rule:
    """Nine hundred made links; weights from the first rows."""
    links = [
        LinkWords(chain, link, tuple(map(normalise, include)), tuple(map(normalise, exclude)))
        for chain, link, include, exclude in made.links()
    ]
    sample = made.block(0, 20_000)["scope"].to_pylist()
    return make_rule(links, weights(sample, links, 10.0), KEEP)


def parts_of(*paths: Path) -> list[Part]:
    """The parts of a register."""
    held = register(list(paths), Heads())
    assert not held.problems, held.problems
    return list(held.parts)


def digest(found: Screened) -> str:
    """Of the bytes of the best rows."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, found.best.schema) as stream:
        stream.write_table(found.best.combine_chunks())
    return hashlib.sha256(sink.getvalue()).hexdigest()[:16]


def same(room: Path) -> bool:
    """Oracle, library kernel, compiled kernel and Spark on 100,000 rows in parts of all sizes."""
    from screen_oracle import best

    from chainmap.screen.best import merge, schema
    from chainmap.screen.kernel import kernel

    rows, asked = 100_000, rule()
    files = uneven(room / "uneven", rows)
    found = {}
    start = time.perf_counter()
    sound = best(
        (
            {**row, "capital": -1 if row["capital"] is None else row["capital"]}
            for batch in made.blocks(rows)
            for row in batch.to_pylist()
            if row["status"] != "吊销"
        ),
        asked,
    )
    columns = zip(*sound, strict=True)
    table = pa.table([pa.array(column) for column in columns], schema=schema())
    found["oracle"] = digest(Screened(table)), time.perf_counter() - start
    for name, fast in (("library", False), ("compiled", True)):
        start = time.perf_counter()
        try:
            one = kernel(asked, fast)
        except ModuleNotFoundError:
            continue
        for part in parts_of(*files):
            for batch in part.batches(3_333):
                if isinstance(batch, pa.RecordBatch):
                    one.add(batch)
        found[name] = digest(Screened(merge([one.result()], KEEP))), time.perf_counter() - start
    start = time.perf_counter()
    local = screen_local(parts_of(*files), asked, workers=2, batch=7_000)
    found["local"] = digest(local), time.perf_counter() - start
    start = time.perf_counter()
    found["spark"] = (
        digest(screen_spark(parts_of(*files), asked, master="local[2]", batch=5_000)),
        time.perf_counter() - start,
    )
    for name, (code, seconds) in found.items():
        print(f"{name:9} {code} {seconds:7.1f} s  {table.num_rows} rows")
    return len({code for code, _ in found.values()}) == 1


def uneven(folder: Path, rows: int, files: int = 7) -> list[Path]:
    """The rows in files of uneven size and in another order: the last block's rows first."""
    import numpy as np

    folder.mkdir(exist_ok=True)
    table = pa.Table.from_batches(list(made.blocks(rows)))
    table = table.take(pa.array(np.random.default_rng(3).permutation(rows)))
    ends = (np.linspace(0, 1, files + 1) ** 2 * rows).astype(int)
    paths = []
    for at in range(files):
        path = folder / f"{at}.parquet"
        piece = table.slice(ends[at], ends[at + 1] - ends[at])
        pq.write_table(
            piece, path, compression="zstd", row_group_size=4_000, write_page_checksum=True
        )
        paths.append(path)
    return paths


def spent() -> float:
    """Seconds of processor that this process and all that it began have taken, in all."""
    clock = os.sysconf("SC_CLK_TCK")
    seen: dict[int, tuple[int, float]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            words = stat.read_text().rpartition(")")[2].split()
            took = sum(map(int, words[11:15])) / clock  # its own, and of those it waited for
            seen[int(stat.parent.name)] = int(words[1]), took
    mine, more = {os.getpid()}, True
    while more:
        found = {one for one, (parent, _) in seen.items() if parent in mine}
        more = not found <= mine
        mine |= found
    return sum(seen[one][1] for one in mine if one in seen)


def large(room: Path) -> bool:
    """Local and Spark on the same two cores, start-up apart; the same bytes.

    The seconds of processor say the same on a machine that others use as well.
    """
    asked, sound = rule(), True
    warm = parts_of(made.write(WARM, room / "warm.parquet"))
    with quiet(), session("local[2]"):
        began = time.perf_counter()
        screen_spark(warm, asked)
        print(f"first tasks on a Spark that has started: {time.perf_counter() - began:.1f} s")
        screen_local(warm, asked, workers=2)
        for rows in LARGE:
            parts = parts_of(made.write(rows, room / f"{rows}.parquet"))
            told: dict[str, tuple[str, float]] = {}
            for name in ("local", "spark") * ROUNDS:
                start, before = time.perf_counter(), spent()
                if name == "local":
                    found = screen_local(parts, asked, workers=2)
                else:
                    found = screen_spark(parts, asked)
                took, busy = time.perf_counter() - start, spent() - before
                speed = rows / took / 1e3
                print(f"{rows:>9} {name:6} {took:6.1f} s {speed:5.0f} krow/s", end="")
                print(f" {busy:6.1f} s of processor", flush=True)
                best = min(took, told.get(name, ("", math.inf))[1])
                told[name] = digest(found), best
            ratio = told["spark"][1] / told["local"][1]
            equal = told["spark"][0] == told["local"][0]
            print(f"{rows:>9} spark / local {ratio:.2f}, the same bytes: {equal}")
            sound &= equal and (ratio <= TWICE or rows < 5_000_000)
    return sound


def killed(room: Path) -> bool:
    """A cluster of two executors on the loopback address, one killed in the middle."""
    asked = rule()
    parts = parts_of(*uneven(room / "uneven", 400_000, 12))
    clean = screen_local(parts, asked, workers=2)
    deaths: list[int] = []
    with cluster(room) as (master, workers):

        def told(progress: Progress) -> None:
            if progress.parts >= 3 and not deaths:
                victim = executors(workers)[0]
                os.kill(victim, signal.SIGKILL)
                deaths.append(progress.parts)

        found = screen_spark(parts, asked, master=master, told=told)
    equal = digest(found) == digest(clean) and found.tally == clean.tally
    print(f"an executor killed after {deaths} of {len(parts)} parts; equal: {equal}")
    return bool(deaths) and equal and found.broken == clean.broken


@contextlib.contextmanager
def cluster(room: Path) -> Iterator[tuple[str, list[int]]]:
    """A master and two workers of one core: the master's address and the workers' processes."""
    import pyspark

    with socket.socket() as free:
        free.bind((LOOPBACK, 0))
        port = free.getsockname()[1]
    start = Path(pyspark.__file__).parent / "bin" / "spark-class"
    env = {**os.environ, "SPARK_LOCAL_IP": LOOPBACK, "SPARK_NO_DAEMONIZE": "1"}
    env["SPARK_DAEMON_MEMORY"] = "256m"
    deploy = "org.apache.spark.deploy"
    commands = [[f"{deploy}.master.Master", "--host", LOOPBACK, "--port", str(port)]]
    commands[0] += ["--webui-port", "0"]
    master = f"spark://{LOOPBACK}:{port}"
    for at in range(2):
        folder = ["-d", str(room / f"worker{at}")]
        size = ["--cores", "1", "--memory", "1g", "--webui-port", "0", "--host", LOOPBACK]
        commands.append([f"{deploy}.worker.Worker", *size, *folder, master])
    running = []
    try:
        for at, command in enumerate(commands):
            log = (room / f"cluster{at}.log").open("wb")
            running.append(
                subprocess.Popen([start, *command], env=env, stdout=log, stderr=log, cwd=room)
            )
            _until(room / f"cluster{at}.log", "I have been elected|Successfully registered")
        yield master, [one.pid for one in running[1:]]
    finally:
        for one in reversed(running):
            one.terminate()
            one.wait()


def _until(log: Path, words: str) -> None:
    end = time.monotonic() + 90
    while not re.search(words, log.read_text(encoding="utf-8", errors="replace")):
        assert time.monotonic() < end, log.read_text(encoding="utf-8")[-2000:]
        time.sleep(0.2)


def executors(workers: Sequence[int]) -> list[int]:
    """The processes of executors that these workers started."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
            line = (stat.parent / "cmdline").read_bytes()
            if parent in workers and b"ExecutorBackend" in line:
                found.append(int(stat.parent.name))
    return sorted(found)


def damaged(room: Path) -> bool:
    """Bytes in the middle of one of seven files changed: only its rows are gone, and told."""
    asked = rule()
    files = uneven(room / "damaged", 100_000)
    clean = screen_local(parts_of(*files), asked, workers=2)
    victim = files[3]
    footer = pq.ParquetFile(victim).metadata
    group = footer.num_row_groups // 2
    column = footer.row_group(group).column(2)
    data = bytearray(victim.read_bytes())
    begin = column.dictionary_page_offset or column.data_page_offset
    middle = begin + column.total_compressed_size // 2
    data[middle : middle + 64] = bytes(64)
    table = pq.read_table(victim)
    first = sum(footer.row_group(at).num_rows for at in range(group))
    gone = footer.row_group(group).num_rows
    victim.write_bytes(data)
    found = screen_spark(parts_of(*files), asked, master="local[2]")
    local = screen_local(parts_of(*files), asked, workers=2)
    kept = pa.concat_tables([table.slice(0, first), table.slice(first + gone)])
    pq.write_table(kept, victim, row_group_size=4_000)
    without = screen_local(parts_of(*files), asked, workers=2)
    told = len(found.broken) == 1 and found.broken == local.broken
    rest = digest(found) == digest(local) == digest(without)
    print(f"{found.broken[0].reason} {found.broken[0].text[:60]}: {found.tally.broken} rows")
    print(f"the other rows give what they give without them: {rest}")
    return rest and told and clean.tally.read == found.tally.read + gone == 100_000


GROWN = """
import resource, sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import screen_spark as bench
asked = bench.rule()
bench.screen_local(bench.parts_of(Path(sys.argv[2])), asked, workers=2)
parts = bench.parts_of(Path(sys.argv[3]))
start = time.perf_counter()
found = bench.screen_local(parts, asked, workers=2)
took = time.perf_counter() - start
peak = max(resource.getrusage(who).ru_maxrss for who in (0, -1))
print(took, peak * 1024, bench.digest(found), found.tally.read)
"""


def grown(room: Path) -> bool:
    """Seconds and memory of the local engine from 1 to 20 million rows, and the exponent."""
    warm = made.write(WARM, room / "warm.parquet")
    seen: list[tuple[int, float, float]] = []
    for rows in (1_000_000, 5_000_000, 20_000_000):
        file = made.write(rows, room / f"{rows}.parquet")
        code = [sys.executable, "-c", GROWN, str(Path(__file__).parent), str(warm), str(file)]
        done = subprocess.run(code, capture_output=True, text=True, check=True)
        took, peak, found, read = done.stdout.split()
        seen.append((rows, float(took), float(peak)))
        print(
            f"{rows:>9} rows {float(took):7.1f} s {rows / float(took) / 1e3:5.0f} krow/s"
            f" {float(peak) / 2**30:5.2f} GiB {found} {read}",
            flush=True,
        )
    (small, quick, _), (_, _, _), (big, slow, _) = seen
    exponent = math.log(slow / quick) / math.log(big / small)
    slope = (slow - quick) / (big - small)
    whole = slow + slope * (1e8 - big)
    print(f"exponent {exponent:.3f}; each further million rows {slope * 1e6:.2f} s")
    print(f"100 M rows at that slope: {whole / 60:.1f} min on these two cores (not run)")
    print(json.dumps({"seconds_per_row": slope, "hundred_million_seconds": whole}))
    return exponent <= EXPONENT and all(peak <= FLAT for *_, peak in seen)


ALL = {"same": same, "large": large, "killed": killed, "damaged": damaged, "grown": grown}


def main(where: str, *what: str) -> int:
    """Run what was asked, else everything."""
    room = Path(where).resolve()
    room.mkdir(parents=True, exist_ok=True)
    held: dict[str, Any] = {}
    for name in what or ALL:
        print(f"== {name}", flush=True)
        held[name] = ALL[name](room)
    print(held)
    return 0 if all(held.values()) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
