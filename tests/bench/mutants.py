"""Which deliberate errors the tests notice: mutation testing of the rules and the arithmetic.

    pip install cosmic-ray
    python tests/bench/mutants.py AREA DIRECTORY [--again | --report]

AREA is find, score, mcda, read, books, edits or escape. A clone of the last commit is made in
DIRECTORY and broken there, one small error at a time; the tests of the area run on each until one
fails. What was judged before in the same DIRECTORY stands, so a run may be stopped and taken up
again; errors are tried in a random order, so that those judged so far are a fair sample.
``--again`` judges the survivors once more, by the tests as they are now; ``--report`` only says
what was found so far. At the end: the share that was noticed, by module, and each error that was
not. HYPOTHESIS_PROFILE says how many examples the property tests try: brief (the default) or
unvaried; see tests/conftest.py.

Left out are errors that would only flatter or blur the share: in annotations, which are never
evaluated; shifts and bits for sums and products, which fall over on the first float; and identity
for equality, which on words that Python keeps once is no error.
"""

from __future__ import annotations

import ast
import gc
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
NOT_NOTICED = "SURVIVED"


Spot = tuple[int, int]  # line and column


class Area(NamedTuple):
    """Modules to break, the tests that should notice, and what they use that stays whole."""

    modules: tuple[str, ...]
    tests: tuple[str, ...]
    whole: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()  # where not empty: only what stands in functions so named


CASES = ("tests/test_conformance.py", "tests/test_find_edges.py", "tests/test_find_said.py")
AREAS = {
    "find": Area(
        ("chainmap/find",),
        (*CASES, "tests/test_find_properties.py"),
        ("chainmap.read.workspace", "chainmap.core.graph", "chainmap.rank"),
    ),
    "score": Area(
        ("chainmap/rank/score.py", "chainmap/rank/marks.py"),
        ("tests/test_score_edges.py", "tests/test_rank_cases.py"),
        ("chainmap.read.workspace", "chainmap.core.graph", "chainmap.find"),
    ),
    # The doors: chain files, tables and what is checked of them.
    "read": Area(
        tuple(
            f"chainmap/read/{name}.py"
            for name in (
                "cells",
                "chain_checks",
                "chain_files",
                "files",
                "nodes",
                "plan_file",
                "scoring",
                "table_checks",
                "tables",
                "values",
                "workspace",
            )
        ),
        (
            "tests/test_read_workspace.py",
            "tests/test_bad_inputs.py::test_reading_reports_exactly_what_is_wrong",
            "tests/test_read_chains.py",
            "tests/test_read_tables.py",
            "tests/test_plan_file.py",
        ),
        ("chainmap.core.plan_file", "chainmap.core.schema", "chainmap.core.text"),
    ),
    # Workbooks and lists that others sent.
    "books": Area(
        tuple(
            f"chainmap/read/{name}.py"
            for name in ("book_scan", "bureau", "catalogue", "holdings", "sheets", "workbook")
        ),
        (
            "tests/test_workbook_abuse.py::test_a_workbook_made_to_hurt_is_refused",
            "tests/test_catalogue.py",
            "tests/test_workbook_tables.py",
            "tests/test_workbook_names.py",
        ),
        ("chainmap.core.schema", "chainmap.core.text", "openpyxl"),
    ),
    # What changes a file, and the one function that writes.
    "edits": Area(
        (
            "chainmap/core/whole.py",
            *(f"chainmap/read/{name}.py" for name in ("edits", "memory", "private", "table_edits")),
        ),
        (
            "tests/test_whole.py",
            "tests/test_memory.py",
            "tests/test_edits.py",
            "tests/test_workbook_tables.py",
        ),
        ("chainmap.core.schema", "chainmap.core.text"),
    ),
    # Every function that makes a text safe for where it goes.
    "escape": Area(
        (
            "chainmap/core/book.py",
            "chainmap/core/text.py",
            "chainmap/show/dot.py",
            "chainmap/show/draw/pptx.py",
            "chainmap/show/draw/svg.py",
            "chainmap/show/formats.py",
            "chainmap/show/office/handout.py",
            "chainmap/show/office/xlsx.py",
            "chainmap/show/terminal.py",
            "chainmap/show/web/page.py",
            "chainmap/show/web/report.py",
        ),
        ("tests/test_escapes.py",),
        (),
        (
            "is_control",
            "safe",
            "width",
            "cut",
            "pad",
            "halve",
            "fold",
            "near",
            "guard",
            "unguard",
            "shown",
            "meant",
            "_character",
            "_quoted",
            "safe_lines",
            "escape",
            "plain",
            "as_json",
            "as_csv",
            "as_markdown",
            "_bar",
            "_marked",
            "escaped",
            "_name",
            "_header",
            "printable",
            "as_data",
            "_address",
        ),
    ),
    "mcda": Area(
        ("chainmap/core/mcda.py",),
        (
            "tests/test_mcda_edges.py",
            "tests/test_mcda_crosscheck.py::test_ranks_agree_with_counting_in_fractions",
            "tests/test_mcda_crosscheck.py::test_a_quantity_is_the_philox_stream_of_its_name",
            "tests/test_mcda.py",
        ),
    ),
}
# The front door shows nothing that the corridor does not, and takes long; what may not change a
# figure says little of the figure.
SLOW = "not command and not changes_nothing"
FLAGS = ["-p", "no:cacheprovider", "-o", "addopts=", "-q", "-x", "-k", SLOW]
SEED = 1  # of the order in which errors are tried
LONGEST = 60  # seconds of the processor that the tests of an area may take
STUCK = 3_600.0  # seconds by the clock, for what waits
TIMEOUT = "timeout"
OUT_OF_TIME = (signal.SIGXCPU, signal.SIGKILL)  # what the system ends a process with for that
LIBRARIES = ("hypothesis", "networkx", "numpy", "pydantic", "yaml")
BITS = ("BitAnd", "BitOr", "BitXor", "LShift", "RShift")
SETTINGS = """[cosmic-ray]
module-path = {modules}
timeout = 1
excluded-modules = []
test-command = "unused"
[cosmic-ray.distributor]
name = "local"
"""


def says_nothing(operator: str) -> bool:
    """Whether an operator of cosmic-ray makes errors that say nothing of the tests."""
    _, _, change = operator.partition("Operator_")
    old, _, new = change.partition("_")
    if "BinaryOperator" in operator:
        return (old in BITS) != (new in BITS)
    return new in ("Is", "IsNot") and old not in ("Is", "IsNot")


def in_annotations(path: Path) -> Iterator[tuple[Spot, Spot]]:
    """Where the annotations of a file begin and end: (line, column) each."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        for field in ("annotation", "returns"):
            found = getattr(node, field, None)
            if found is not None:
                yield (found.lineno, found.col_offset), (found.end_lineno, found.end_col_offset)


def outside(
    path: Path, names: tuple[str, ...]
) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Where the code of a file that stands in none of these functions begins and ends."""
    if not names:
        return
    inside = sorted(
        (node.lineno, node.end_lineno or node.lineno)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name in names
    )
    last = 0
    for first, end in inside:
        yield (last, 0), (first, 0)
        last = max(last, end + 1)
    yield (last, 0), (10**9, 0)


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
    (directory / "settings.toml").write_text(
        SETTINGS.format(modules=list(area.modules)), encoding="utf-8"
    )
    subprocess.run(
        [Path(sys.executable).parent / "cosmic-ray", "init", directory / "settings.toml", session],
        check=True,
        cwd=tree,
    )
    with use_db(str(session)) as work:
        for item in list(work.pending_work_items):
            (mutation,) = item.mutations
            place, path = tuple(mutation.start_pos), tree / mutation.module_path
            if says_nothing(mutation.operator_name) or any(
                begin <= place <= end
                for begin, end in (*in_annotations(path), *outside(path, area.functions))
            ):
                work.set_result(item.job_id, WorkResult(WorkerOutcome.SKIPPED))
    return session


def judge(session: Path, area: Area) -> None:
    """Try every error that has not been judged, in the clone, and keep what came of it.

    cosmic-ray would start Python anew for each. Here the tests run in a fork of this process, to
    which pytest, the libraries and the modules that stay whole are known already: a third of it.
    """
    import pytest
    from cosmic_ray import mutating
    from cosmic_ray.work_db import use_db
    from cosmic_ray.work_item import TestOutcome

    # Plug-ins of pytest that these tests do not need take longer than the tests.
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    os.environ.setdefault("HYPOTHESIS_PROFILE", "brief")
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(session.parent / "tree"))
    for name in (*LIBRARIES, *area.whole):
        import_module(name)
    broken = [module.removesuffix(".py").replace("/", ".") for module in area.modules]
    assert not [name for name in sys.modules if name.startswith(tuple(broken))]
    gc.freeze()
    gc.disable()  # a fork that lives for seconds need not clean up
    words = [*FLAGS, *area.tests]
    longest = LONGEST  # from what the tests take on what is not broken, once that is known

    def run(_: str, timeout: float) -> tuple[TestOutcome, str]:
        with tempfile.TemporaryFile() as output:
            child = os.fork()
            if child == 0:
                os.setsid()
                resource.setrlimit(resource.RLIMIT_CPU, (longest, longest))
                os.dup2(output.fileno(), 1)
                os.dup2(output.fileno(), 2)
                os._exit(pytest.main(words))
            outcome, ends = "", time.monotonic() + timeout
            while not outcome:
                done, code = os.waitpid(child, os.WNOHANG)
                if done and os.WIFSIGNALED(code) and os.WTERMSIG(code) in OUT_OF_TIME:
                    return TestOutcome.KILLED, TIMEOUT
                if done:
                    outcome = TestOutcome.KILLED if code else TestOutcome.SURVIVED
                elif time.monotonic() > ends:
                    os.killpg(child, signal.SIGKILL)
                    os.waitpid(child, 0)
                    return TestOutcome.KILLED, TIMEOUT
                time.sleep(0.02)
            output.seek(0)
            return outcome, output.read().decode(errors="replace")

    mutating.run_tests = run
    os.chdir(session.parent / "tree")
    # A run that was stopped leaves its last error in the clone.
    subprocess.run(["git", "checkout", "--quiet", "--", "chainmap"], check=True)
    unbroken, said = run("", STUCK)
    if unbroken != TestOutcome.SURVIVED:
        sys.exit(f"the tests fail on what is not broken:\n{said}")
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    longest = round(5 + 3 * (spent.ru_utime + spent.ru_stime))
    with use_db(str(session)) as work:
        open_ones = list(work.pending_work_items)
        random.Random(SEED).shuffle(open_ones)
        for item in open_ones:
            work.set_result(item.job_id, mutating.mutate_and_test(item.mutations, "", STUCK))


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
                count["timeouts"] += result.output == TIMEOUT
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
    if "--again" in more:
        shutil.copytree(ROOT / "tests", directory / "tree" / "tests", dirs_exist_ok=True)
        forget_survivors(session)
    if "--report" not in more:
        judge(session, AREAS[name])
    report(session)


if __name__ == "__main__":
    main()
