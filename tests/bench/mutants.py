"""Which deliberate errors the tests notice: mutation testing of the rules and the arithmetic.

    pip install cosmic-ray
    python tests/bench/mutants.py AREA DIRECTORY [--again]

AREA is find, score or mcda. A clone of the last commit is made in DIRECTORY and broken there, one
small error at a time; the tests of the area run on each until one fails. What was judged before
in the same DIRECTORY stands, so a run may be stopped and taken up again. ``--again`` judges the
survivors once more, with more examples. At the end: the share that was noticed, by module, and
each error that was not.

Annotations are left out: they are never evaluated, and so no error in them can do anything.
"""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
NOT_NOTICED = "SURVIVED"


class Area(NamedTuple):
    """Modules to break, and the tests that should notice."""

    modules: tuple[str, ...]
    tests: tuple[str, ...]


CASES = ("tests/test_conformance.py", "tests/test_find_edges.py")
AREAS = {
    "find": Area(("chainmap/find",), (*CASES, "tests/test_find_properties.py")),
    "score": Area(
        ("chainmap/rank/score.py", "chainmap/rank/marks.py"),
        ("tests/test_score_edges.py", "tests/test_rank_cases.py"),
    ),
    "mcda": Area(("chainmap/core/mcda.py",), ("tests/test_mcda_edges.py", "tests/test_mcda.py")),
}
# The front door shows nothing that the corridor does not, and takes long; what may not change a
# figure says little of the figure.
SLOW = "not command and not changes_nothing"
SETTINGS = """[cosmic-ray]
module-path = {modules}
timeout = 120.0
excluded-modules = []
test-command = "{command}"
[cosmic-ray.distributor]
name = "local"
"""


def in_annotations(path: Path) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Where the annotations of a file begin and end: (line, column) each."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        for field in ("annotation", "returns"):
            found = getattr(node, field, None)
            if found is not None:
                yield (found.lineno, found.col_offset), (found.end_lineno, found.end_col_offset)


def prepare(area: Area, directory: Path) -> Path:
    """The session file of an area: a clone, its settings, and every error that is to be tried."""
    from cosmic_ray.work_db import use_db
    from cosmic_ray.work_item import WorkerOutcome, WorkResult

    session, tree = directory / "session.sqlite", directory / "tree"
    if session.exists():
        return session
    shutil.rmtree(tree, ignore_errors=True)
    subprocess.run(["git", "clone", "--quiet", ROOT, tree], check=True)
    # Compiled once here, since the runs write nothing; a broken file has another date than this.
    subprocess.run(
        [sys.executable, "-m", "compileall", "-q", "chainmap", "tests"], check=True, cwd=tree
    )
    tests = [test for test in area.tests if (tree / test).exists()]
    flags = f"-p no:cacheprovider -o addopts= -q -x -k '{SLOW}'"
    command = " ".join([sys.executable, "-m", "pytest", flags, *tests])
    (directory / "settings.toml").write_text(
        SETTINGS.format(modules=list(area.modules), command=command), encoding="utf-8"
    )
    cosmic_ray(directory, "brief", "init")
    with use_db(str(session)) as work:
        for item in list(work.pending_work_items):
            (mutation,) = item.mutations
            place, path = tuple(mutation.start_pos), tree / mutation.module_path
            if any(begin <= place <= end for begin, end in in_annotations(path)):
                work.set_result(item.job_id, WorkResult(WorkerOutcome.SKIPPED, "annotation"))
    return session


def cosmic_ray(directory: Path, profile: str, step: str) -> None:
    """One step of cosmic-ray on the clone, with those examples of the property tests."""
    tree = directory / "tree"
    # A run that was stopped leaves its last error in the clone.
    subprocess.run(["git", "checkout", "--quiet", "--", "chainmap"], cwd=tree, check=True)
    words = [Path(sys.executable).parent / "cosmic-ray", step]
    words += [directory / "settings.toml", directory / "session.sqlite"]
    # Plug-ins of pytest that these tests do not need take half of the time.
    environment = os.environ | {
        "HYPOTHESIS_PROFILE": profile,
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }
    subprocess.run(words, cwd=tree, env=environment, check=True)


def forget_survivors(session: Path) -> None:
    """Drop the judgement on what no test noticed, so that it is judged anew."""
    import sqlite3

    with sqlite3.connect(session) as database:
        database.execute("DELETE FROM work_results WHERE test_outcome = ?", (NOT_NOTICED,))


def report(session: Path) -> None:
    """Print the counts by module, and the errors that no test noticed."""
    from cosmic_ray.work_db import use_db
    from cosmic_ray.work_item import TestOutcome

    counts: dict[str, Counter[str]] = {}
    lines = []
    with use_db(str(session)) as work:
        results = dict(work.results)
        for item in work.work_items:
            (mutation,) = item.mutations
            result, path = results.get(item.job_id), mutation.module_path.as_posix()
            count = counts.setdefault(path, Counter())
            if result is None:
                count["open"] += 1
            elif result.test_outcome is None:
                count["left out"] += 1
            else:
                count["judged"] += 1
                count["timeouts"] += result.output == "timeout"
                count["killed"] += result.test_outcome != TestOutcome.SURVIVED
            if result is not None and result.test_outcome == TestOutcome.SURVIVED:
                changed = [
                    line
                    for line in (result.diff or "").splitlines()
                    if line[:1] in "+-" and line[:3] not in ("+++", "---")
                ]
                lines.append((path, mutation.start_pos[0], *(line.strip() for line in changed)))
    print(f"{'module':30}{'judged':>8}{'killed':>8}{'timeouts':>10}{'survived':>10}{'%':>7}")
    for path, count in sorted(counts.items()):
        survived = count["judged"] - count["killed"]
        share = 100 * count["killed"] / max(1, count["judged"])
        print(
            f"{path:30}{count['judged']:8}{count['killed']:8}{count['timeouts']:10}"
            f"{survived:10}{share:7.1f}"
            + (f"  ({count['open']} not yet judged)" if count["open"] else "")
        )
    for path, line, *changed in sorted(lines):
        print(f"\n{path}:{line}", *changed, sep="\n  ")


def main() -> None:
    """Break, judge and report."""
    name, place, *more = sys.argv[1:]
    directory = Path(place).resolve()
    directory.mkdir(parents=True, exist_ok=True)
    session = prepare(AREAS[name], directory)
    if "--report" not in more:
        if "--again" in more:
            forget_survivors(session)
        cosmic_ray(directory, "unvaried" if "--again" in more else "brief", "exec")
    report(session)


if __name__ == "__main__":
    main()
