"""How sure a ranking is, told in full: beside a slow recount, and the same wherever it is run."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import acceptability_oracle
import pytest
import random_worlds
import test_rank_cases
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rank_worlds import rank_worlds
from running import ROOT, as_json, chainmap

from chainmap.core import mcda
from chainmap.core.derivation import replay
from chainmap.rank.criteria import CRITERIA, IMPACT, LIKELIHOOD
from chainmap.rank.ranks import Request, scope_of
from chainmap.rank.score import marks as marks_of
from chainmap.rank.stability import Stability
from chainmap.study import Study, open_study

thorough = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
CORE = 10


class Recount:
    """The same draws looked at one by one, every list sorted anew."""

    def __init__(self, study: Study, scope: tuple[str, ...], draws: int, seed: int, how: str):
        book, numbers = study.book, study.world.settings
        self.order = book.value("ranks", *scope).order
        self.marks = [marks_of(book, c.firm, c.chain, c.link) for c in self.order]
        self.scores = [book.value("score", c.firm, c.chain, c.link).score for c in self.order]
        stated = mcda.stated(numbers.group("weights"))
        self.stated = dict(zip(CRITERIA, stated, strict=True))
        self.weights = mcda.draw_weights(stated, how, numbers["robust.kappa"], draws, seed)
        ranges = {
            quantity.name: (quantity.low, quantity.high)
            for marks in self.marks
            for mark in marks.values()
            for quantity, _ in mark.unknown
        }
        self.drawn = {
            name: mcda.draw_uniform(name, *ends, draws, seed) for name, ends in ranges.items()
        }
        self.ranges = ranges

    def keys(self, draw: int) -> list[int]:
        found = []
        for marks in self.marks:
            total = 0.0
            for at, name in enumerate(CRITERIA):
                mark = marks[name]
                moved = sum(scale * self.drawn[q.name][draw] for q, scale in mark.unknown)
                total += float(self.weights[draw][at]) * (mark.base + moved)
            found.append(round(total * 1e9))
        return found

    def swaps(self, again: list[list[float]]) -> float:
        """``again``: the scores of all rows in each draw, were one thing known."""
        exact = [[Fraction(score) for score in line] for line in again]
        before = [Fraction(score) for score in self.scores]
        return float(acceptability_oracle.swaps(before, exact, CORE))

    def with_quantity(self, name: str) -> list[list[float]]:
        low, high = self.ranges[name]
        lines = []
        for value in self.drawn[name]:
            line = []
            for marks, score in zip(self.marks, self.scores, strict=True):
                scale = sum(
                    self.stated[criterion] * scale
                    for criterion, mark in marks.items()
                    for q, scale in mark.unknown
                    if q.name == name
                )
                line.append(score + scale * (value - (low + high) / 2))
            lines.append(line)
        return lines

    def with_weight(self, criterion: str) -> list[list[float]]:
        own, at = self.stated[criterion], CRITERIA.index(criterion)
        lines = []
        for weight in self.weights[:, at]:
            line = []
            for marks, score in zip(self.marks, self.scores, strict=True):
                mark = marks[criterion].value
                line.append(weight * mark + (1 - weight) * (score - own * mark) / (1 - own))
            lines.append(line)
        return lines


def told(study: Study, request: Request) -> Stability:
    scope = scope_of(request, study.world.settings)
    found: Stability = study.book.value("stability", *scope)
    return found


@thorough
@given(rank_worlds(ties=True), st.sampled_from(["around", "any", "order"]))
def test_a_recount_finds_the_same(world: random_worlds.World, how: str) -> None:
    with tempfile.TemporaryDirectory() as directory:
        random_worlds.write(world, Path(directory))
        study = open_study(directory)
        request = Request(None, draws=20, seed=5, weights=how)
        scope = scope_of(request, study.world.settings)
        found = told(study, request)
        count = Recount(study, scope, 20, 5, how)
        figure = study.book.figure("stability", *scope)
        assert replay(study.book, figure) == found
    rows = len(count.order)
    keys = [count.keys(draw) for draw in range(20)]
    firsts = [acceptability_oracle.places(line, 1) for line in keys] if rows else []
    for at, standing in enumerate(found.standings):
        assert standing.row == count.order[at]
        for other in range(len(found.standings)):
            won = sum((k[at] > k[other]) + (k[at] == k[other]) / 2 for k in keys) / 20
            assert found.wins[at][other] == pytest.approx(won, abs=1e-12)
        first = float(sum(line[at] for line in firsts)) / 20
        assert standing.first == pytest.approx(first, abs=1e-12)
        if first:
            assert standing.central is not None
            for criterion, name in enumerate(CRITERIA):
                weight = sum(
                    float(line[at]) * count.weights[draw][criterion]
                    for draw, line in enumerate(firsts)
                )
                assert standing.central[name] == pytest.approx(weight / 20 / first, abs=1e-9)
        else:
            assert standing.central is None and standing.confidence is None
    worth = {(one.kind, one.name): one for one in found.worth}
    assert len(worth) == len(found.worth)
    for name in count.ranges:
        wanted = count.swaps(count.with_quantity(name))
        one = worth.get(("unknown", name))
        assert (one.swaps if one else 0.0) == pytest.approx(wanted, abs=1e-9), name
    for name, weight in count.stated.items():
        if 0 < weight < 1 and rows:
            wanted = count.swaps(count.with_weight(name))
            assert worth["weight", name].swaps == pytest.approx(wanted, abs=1e-9), name
    assert [one.swaps for one in found.worth] == sorted(
        (o.swaps for o in found.worth), reverse=True
    )


@thorough
@given(rank_worlds(), st.data())
def test_the_factor_that_makes_a_firm_first_does_so(
    world: random_worlds.World, data: st.DataObject
) -> None:
    """The weights of a group are multiplied in scoring.yaml, and the workspace ranked again."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory)
        random_worlds.write(world, path)
        study = open_study(path)
        found = told(study, Request(None, draws=20))
        chances = [
            (standing.row, group, ends)
            for standing in found.standings
            for group, ends in standing.first_if.items()
        ]
        if not chances:
            return
        row, group, (low, high) = data.draw(st.sampled_from(chances))
        factor = low if high is None or low > 0 else (low + high) / 2
        numbers = study.world.settings
        names = {"impact": IMPACT, "likelihood": LIKELIHOOD}.get(group, (group,))
        changed = {f"weights.{name}": numbers[f"weights.{name}"] * factor for name in names}
        world.numbers = {**world.numbers, **changed}
        if not any(
            changed.get(f"weights.{name}", numbers[f"weights.{name}"]) > 0 for name in CRITERIA
        ):
            return
        (path / "changed").mkdir()
        random_worlds.write(world, path / "changed")
        rows = open_study(path / "changed").ranking(Request(None, draws=1)).rows
        best = rows[0]["score"]
        (own,) = [r["score"] for r in rows if (r["firm"], r["chain"], r["link"]) == key(row)]
        assert own == pytest.approx(best, abs=1e-6)


def key(row: Any) -> tuple[str, str, str]:
    return row.firm, row.chain, row.link


# Through the command line


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The worked case with the most firms."""
    case = max(test_rank_cases.CASES, key=lambda case: len(case["firms"]))
    path = tmp_path_factory.mktemp("small")
    random_worlds.write(test_rank_cases.world_of(case), path)
    return path


def test_a_row_ends_with_the_standard_error(small: Path) -> None:
    found = as_json("rank", "--draws", "200", workspace=small)
    for row in found["rows"]:
        assert list(row)[-1] == "p_top_error"
        assert row["p_top_error"] <= math.sqrt(0.25 / 200) + 1e-12
    assert "pairwise" not in found


def test_the_whole_account_stands_in_the_envelope(small: Path) -> None:
    found = as_json("rank", "--stability", "--draws", "200", "--top", "3", workspace=small)
    whole = as_json("rank", "--draws", "200", "--top", "3", workspace=small)
    assert found["rows"] == whole["rows"]
    more = ["stability", "pairwise", "central_weights", "value_of_knowing"]
    assert list(found) == [*list(whole)[:-1], *more, "rows"]
    refs = found["pairwise"]["refs"]
    wins = found["pairwise"]["wins"]
    assert len(refs) == len(wins) >= len(found["rows"])
    for at, line in enumerate(wins):
        for other, share in enumerate(line):
            assert share + wins[other][at] == pytest.approx(1)
    for one in found["central_weights"]:
        if one["weights"] is not None:
            assert math.fsum(one["weights"].values()) == pytest.approx(1)
    known = found["value_of_knowing"]
    assert {one["kind"] for one in known} <= {"weight", "unknown"}
    assert [one["swaps"] for one in known] == sorted((o["swaps"] for o in known), reverse=True)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("columns", ["80", "100", "120"])
def test_a_screen_keeps_to_its_width(small: Path, columns: str, lang: str) -> None:
    from chainmap.core.text import width

    for workspace, more in ((small, ()), (ROOT, ("textile",))):
        texts = []
        for encoding in ("gbk", "utf-8"):
            env = {"COLUMNS": columns, "PYTHONIOENCODING": encoding}
            asked = ("--lang", lang, "rank", *more, "--stability")
            done = chainmap(*asked, workspace=workspace, env=env)
            assert done.returncode == 0
            texts.append(done.stdout.decode(encoding))
        assert texts[0] == texts[1]  # no character was lost
        assert max(map(width, texts[0].splitlines())) <= int(columns)


def test_without_draws_there_are_scores_and_no_ranks(small: Path) -> None:
    found = as_json("rank", "--draws", "0", workspace=small)
    drawn = as_json("rank", workspace=small)
    assert found["draws"] == 0
    for row, other in zip(found["rows"], drawn["rows"], strict=True):
        assert row["score"] == other["score"] and row["ref"] == other["ref"]
        assert [row[k] for k in ("rank_p05", "rank_p95", "p_top", "p_top_error")] == [None] * 4
    text = chainmap("rank", "--draws", "0", workspace=small).stdout.decode()
    first = next(line for line in text.splitlines() if found["rows"][0]["name"] in line)
    assert not first.split()[0].isdigit()
    assert "名次区间" not in text and "前20" not in text


@pytest.mark.parametrize("more", [("--stability",), ("-o", "x.svg")])
def test_what_needs_draws_says_so(small: Path, tmp_path: Path, more: tuple[str, ...]) -> None:
    done = chainmap("rank", "--draws", "0", *more, workspace=small, cwd=tmp_path)
    assert done.returncode == 2 and "--draws" in done.stderr.decode()
    assert not list(tmp_path.iterdir())


RUN = """
import os, sys
threads, memory = int(sys.argv.pop(1)), int(sys.argv.pop(1))
os.cpu_count = lambda: threads
from chainmap.core import acceptability, mcda
if memory:
    mcda.MEMORY, mcda.WORTH_THREADS, acceptability.IN_CACHE = memory, 0, memory // 8
    acceptability.WORTH_THREADS = 0
from chainmap.cli.main import main
sys.argv[0] = "chainmap"
main()
"""


def printed(small: Path, threads: int = 1, memory: int = 0, **env: str) -> tuple[bytes, str]:
    """JSON and screen of one run."""
    found = []
    for more in (["--format", "json"], []):
        done = subprocess.run(
            [sys.executable, "-c", RUN, str(threads), str(memory), "--workspace", str(small),
             "rank", "--stability", "--draws", "300", *more],
            cwd=ROOT,
            env={**os.environ, "CHAINMAP_CACHE": "off", "COLUMNS": "100", **env},
            capture_output=True,
            check=True,
        )  # fmt: skip
        found.append(done.stdout)
    return found[0], found[1].decode(env.get("PYTHONIOENCODING", "utf-8"))


@pytest.fixture(scope="module")
def once(small: Path) -> Iterator[tuple[bytes, str]]:
    yield printed(small, PYTHONHASHSEED="0")


@pytest.mark.parametrize(
    "env",
    [
        {"PYTHONHASHSEED": "1", "TZ": "Asia/Shanghai"},
        {"PYTHONHASHSEED": "4242", "TZ": "America/St_Johns"},
        {"LC_ALL": "C", "PYTHONIOENCODING": "utf-8", "TZ": "Pacific/Kiritimati"},
        {"LC_ALL": "zh_CN.GB18030", "PYTHONIOENCODING": "gb18030"},
        {"LC_ALL": "de_DE.UTF-8", "PYTHONIOENCODING": "utf-8"},
        {"OPENBLAS_NUM_THREADS": "2", "OMP_NUM_THREADS": "2"},
    ],
    ids=str,
)
def test_the_same_is_printed_wherever_it_runs(
    small: Path, once: tuple[bytes, str], env: dict[str, str]
) -> None:
    assert printed(small, **env) == once


@pytest.mark.parametrize(("threads", "memory"), [(1, 1), (2, 1), (2, 20_000), (3, 5_000)])
def test_the_same_is_printed_by_any_threads_and_chunks(
    small: Path, once: tuple[bytes, str], threads: int, memory: int
) -> None:
    assert printed(small, threads, memory) == once


def test_another_seed_is_another_run(small: Path, once: tuple[bytes, str]) -> None:
    found = as_json("rank", "--draws", "300", "--seed", "9", workspace=small)
    assert found["rows"] != json.loads(once[0])["rows"]


def test_probabilities_add_up_and_agree_with_the_intervals() -> None:
    """On a chain of the reference workspace, with a few k."""
    for top in (1, 5, 20, 10_000):
        rows = open_study(ROOT).ranking(Request("hydrogen", top=top, draws=400)).rows
        assert math.fsum(r["p_top"] for r in rows) == pytest.approx(min(top, len(rows)))
        for row in rows:
            assert 1 <= row["rank_p05"] <= row["rank_median"] <= row["rank_p95"] <= len(rows)
            if row["rank_p95"] <= top:
                assert row["p_top"] >= 0.95 - 1e-9
            # Rows that tie across the border have part of a place though their middle lies past it.
            if row["rank_p05"] > top + len(rows) / 2:
                assert row["p_top"] <= 0.05 + 1e-9


@pytest.mark.parametrize("seed", range(5))
def test_without_ties_every_interval_agrees_with_its_probability(seed: int) -> None:
    import numpy as np

    rng = np.random.default_rng(seed)
    values = rng.random((60, 4)) * 100
    weights = mcda.draw_weights(mcda.stated(dict.fromkeys("abcd", 1.0)), "any", 30, 500, seed)
    for top in (1, 7, 30):
        found = mcda.robust(values, weights, [], top)
        assert found.p_top.sum() == pytest.approx(top)
        outside, inside = found.p05 > top, found.p95 <= top
        assert (found.p_top[outside] <= 0.05).all() and (found.p_top[inside] >= 0.95).all()
        assert outside.any()


def test_shuffled_firms_are_ranked_the_same(small: Path, tmp_path: Path) -> None:
    case = max(test_rank_cases.CASES, key=lambda case: len(case["firms"]))
    world = test_rank_cases.world_of(case)
    for rows in world.tables.values():
        Random(3).shuffle(rows)
    random_worlds.write(world, tmp_path)
    asked = ("rank", "--stability", "--draws", "100")
    one, other = (as_json(*asked, workspace=path) for path in (small, tmp_path))
    for key in ("pairwise", "central_weights", "value_of_knowing"):
        assert one[key] == other[key]
