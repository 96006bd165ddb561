"""How fast the screen of a register is, beside the usual ways, in the same run.

Run by hand: ``python tests/bench/screen.py [--oracle] [--keep K] [ROWS ...]``, by default at
1,000,000 rows, with nine hundred links of eight words (``register_made``). Every measurement is a
process of its own; start-up and loading of compiled code are left out of the rates and shown.
The slower ways look at fewer rows, and their rates are compared; what they find is compared too.
``--oracle`` compares the bytes of both kernels with the definition on 100,000 rows (minutes).
Ends with 1 where a limit is missed: 100 × pandas, 2 × polars, 1.5 GiB, an exponent of 1.05.
"""

from __future__ import annotations

import json
import math
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "bench")]

import register_made as made  # noqa: E402

PANDAS, POLARS, ORACLE = 1_000, 60_000, 100_000
MOST_MEMORY, MOST_EXPONENT = 1536, 1.05
SAMPLE, SCALE = 20_000, 10.0


def rule_of(keep: int, weights: dict[str, int]) -> Any:
    from chainmap.screen.rule import LinkWords, make_rule, normalise

    def words(some: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(map(normalise, some)))

    links = [LinkWords(chain, link, words(i), words(e)) for chain, link, i, e in made.links()]
    return make_rule(links, weights or {w: 1 for one in links for w in one.include}, keep)


def parts_of(file: Path) -> Any:
    from chainmap.read.register import register
    from chainmap.read.register_heads import Heads

    found = register([file], Heads())
    assert not found.problems, found.problems
    return found.parts


def peak() -> float:
    """The largest resident set of this process so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def local(file: Path, rows: int, keep: int, weights: dict[str, int], fast: bool) -> dict[str, Any]:
    """Weights, then the screen itself, on all cores; the bytes of the result as a digest."""
    from hashlib import sha256

    from chainmap.screen.local import screen_local
    from chainmap.screen.weights import weigh
    from chainmap.screen.wire import written

    begun = time.perf_counter()
    rule, parts = rule_of(keep, weights), parts_of(file)
    small = made.write(1_000, file.with_name("small.parquet"))
    screen_local(parts_of(small), rule, workers=1, fast=fast)
    start = time.perf_counter()
    weigh(parts, rule.links, sample=SAMPLE, scale=SCALE)
    weighed = time.perf_counter()
    cpu = time.process_time()
    found = screen_local(parts, rule, fast=fast)
    done = time.perf_counter()
    assert found.tally.read == rows
    return {
        "start": start - begun,
        "weigh": weighed - start,
        "screen": done - weighed,
        "cpu": time.process_time() - cpu,
        "rows": found.best.num_rows,
        "peak": peak(),
        "digest": sha256(written(found.best)).hexdigest(),
    }


def weighed(file: Path) -> dict[str, int]:
    from chainmap.screen.weights import weigh

    return weigh(parts_of(file), rule_of(1, {}).links, sample=SAMPLE, scale=SCALE)


def scopes_of(file: Path, rows: int) -> Any:
    import pyarrow.parquet as pq

    return next(pq.ParquetFile(file).iter_batches(rows, columns=["id", "scope", "capital"]))


def by_pandas(file: Path, keep: int, weights: dict[str, int]) -> dict[str, Any]:
    """One ``Series.str.contains`` for each word."""
    import pandas as pd

    rule = rule_of(keep, weights)
    texts = pd.Series(scopes_of(file, PANDAS)["scope"].to_pylist())
    begun = time.perf_counter()
    hits = sum(int(texts.str.contains(word, regex=False).sum()) for word in rule.words)
    return {"seconds": time.perf_counter() - begun, "rows": len(texts), "hits": hits}


def by_polars(file: Path, keep: int, weights: dict[str, int]) -> dict[str, Any]:
    """``extract_many`` over the same automaton's words, then joins, sums and the best of each.

    The texts are normalised before, which is not counted.
    """
    import polars as pl

    from chainmap.screen.kernel import kernel

    rule = rule_of(keep, weights)
    batch = scopes_of(file, POLARS)
    texts = rule.normals(batch["scope"].to_pylist())
    table = pl.DataFrame(
        {"id": batch["id"].to_pylist(), "capital": batch["capital"].fill_null(-1), "scope": texts}
    ).with_row_index("row")
    entries = pl.DataFrame(
        [
            (word, at, rule.weights[word] if good else 0, not good)
            for at, link in enumerate(rule.links)
            for good, words in ((True, link.include), (False, link.exclude))
            for word in words
        ],
        schema=["word", "link", "weight", "out"],
        orient="row",
    )
    words = pl.Series([list(rule.words)])
    begun = time.perf_counter()
    best = None
    for part in table.iter_slices(20_000):
        hits = part.select(
            "row", pl.col("scope").str.extract_many(words.explode().implode(), overlapping=True)
        )
        sums = (
            hits.explode("scope")
            .drop_nulls()
            .unique()
            .join(entries, left_on="scope", right_on="word")
            .group_by("row", "link")
            .agg(pl.col("weight").sum(), pl.col("out").any())
            .filter(~pl.col("out"))
            .join(part.select("row", "id", "capital"), on="row")
            .select("link", "id", "capital", "weight")
        )
        best = sums if best is None else pl.concat([best, sums])
        best = (
            best.sort("link", "weight", "capital", "id", descending=[False, True, True, False])
            .group_by("link", maintain_order=True)
            .head(keep)
        )
    seconds = time.perf_counter() - begun
    assert best is not None
    one = kernel(rule)
    import pyarrow as pa

    empty = pa.array([""] * batch.num_rows)
    one.add(
        pa.RecordBatch.from_arrays(
            [batch["id"], empty, batch["scope"], batch["capital"].fill_null(-1), empty],
            names=["id", "name", "scope", "capital", "city"],
        )
    )
    ours = one.result()
    mine = list(zip(*(ours[name].to_pylist() for name in ("link", "id", "score")), strict=True))
    return {
        "seconds": seconds,
        "rows": batch.num_rows,
        "equal": best.select("link", "id", "weight").rows() == mine,
    }


def by_duckdb(file: Path) -> dict[str, Any]:
    """The bare scan of the same column, all cores."""
    import duckdb

    query = f"select sum(strlen(scope)), count(*) from '{file}'"
    duckdb.sql(query).fetchall()
    begun = time.perf_counter()
    ((size, rows),) = duckdb.sql(query).fetchall()
    return {"seconds": time.perf_counter() - begun, "bytes": int(size), "rows": rows}


def by_definition(file: Path, keep: int, weights: dict[str, int]) -> dict[str, Any]:
    """Both kernels against the oracle."""
    import pyarrow.parquet as pq
    from screen_made import rows_of
    from screen_oracle import best

    from chainmap.screen.kernel import kernel
    from chainmap.screen.wire import written

    rule = rule_of(keep, weights)
    batch = next(pq.ParquetFile(file).iter_batches(ORACLE))
    at = batch.schema.get_field_index("capital")
    batch = batch.set_column(at, "capital", batch["capital"].fill_null(-1))
    found = []
    for fast in (False, True):
        one = kernel(rule, fast)
        one.add(batch)
        found.append(one.result())
    same = written(found[0]) == written(found[1])
    return {"rows": ORACLE, "equal": same and rows_of(found[0]) == best(batch.to_pylist(), rule)}


def apart(what: str, *more: Any) -> Any:
    """A function of this file in a process of its own."""
    said = json.dumps([what, *more])
    done = subprocess.run(
        [sys.executable, __file__, "--one"],
        input=said,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


def one(said: str) -> None:
    what, file, *more = json.loads(said)
    print(json.dumps(globals()[what](Path(file), *more)))


def main(sizes: list[int], keep: int, oracle: bool) -> int:
    failed = 0
    with tempfile.TemporaryDirectory() as room:
        shortest = file = made.write(sizes[0], Path(room) / f"{sizes[0]}.parquet")
        weights = apart("weighed", str(file))
        runs = []
        for rows in sizes:
            file = made.write(rows, Path(room) / f"{rows}.parquet")
            run = apart("local", str(file), rows, keep, weights, True)
            scan = apart("by_duckdb", str(file))
            runs.append((rows, run))
            print(
                f"compiled {rows:>11,} rows: {run['screen']:7.2f} s {rows / run['screen']:9,.0f} "
                f"rows/s; with weights {rows / (run['screen'] + run['weigh']):9,.0f} rows/s; "
                f"cpu {run['cpu']:.2f} s; start {run['start']:.2f} s; peak {run['peak']:.0f} MiB; "
                f"best {run['rows']:,}; {run['screen'] / scan['seconds']:.1f} x the bare scan "
                f"({scan['seconds']:.2f} s)",
                flush=True,
            )
            failed += run["peak"] > MOST_MEMORY
        first, last = runs[0], runs[-1]
        if last[0] > first[0]:
            slope = math.log(last[1]["screen"] / first[1]["screen"]) / math.log(last[0] / first[0])
            print(f"exponent from {first[0]:,} to {last[0]:,}: {slope:.3f}")
            failed += slope > MOST_EXPONENT
        rate = last[0] / last[1]["screen"]
        file = shortest
        library = apart("local", str(file), sizes[0], keep, weights, False)
        same = library["digest"] == first[1]["digest"]
        print(
            f"library  {sizes[0]:>11,} rows: {sizes[0] / library['screen']:9,.0f} rows/s, "
            f"{'the same bytes' if same else 'OTHER BYTES'}",
            flush=True,
        )
        failed += not same
        for name, least in (("pandas", 100), ("polars", 2)):
            run = apart(f"by_{name}", str(file), keep, weights)
            times = rate / (run["rows"] / run["seconds"])
            equal = "" if run.get("equal", True) else ", OTHER ROWS"
            print(
                f"{name:8} {run['rows']:>11,} rows: {run['rows'] / run['seconds']:9,.0f} rows/s, "
                f"compiled is {times:,.1f} x{equal}",
                flush=True,
            )
            failed += times < least or not run.get("equal", True)
        if oracle:
            run = apart("by_definition", str(file), keep, weights)
            print(f"definition {run['rows']:,} rows: {'equal' if run['equal'] else 'DIFFERENT'}")
            failed += not run["equal"]
    return 1 if failed else 0


if __name__ == "__main__":
    words = sys.argv[1:]
    if words[:1] == ["--one"]:
        one(sys.stdin.read())
        sys.exit()
    with_oracle = "--oracle" in words
    kept = int(words[words.index("--keep") + 1]) if "--keep" in words else 50
    if "--keep" in words:
        del words[words.index("--keep") : words.index("--keep") + 2]
    wanted = sorted(int(word) for word in words if word != "--oracle") or [1_000_000]
    sys.exit(main(wanted, kept, with_oracle))
