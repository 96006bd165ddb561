"""The compiled way finds the same as the other to the bit, and is not needed."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from running import ROOT

from chainmap.core import acceptability, fused, mcda
from chainmap.core.acceptability import Members
from chainmap.core.mcda import Floats, Unknown

compiled = pytest.mark.skipif(not fused.installed(), reason="numba is not installed")
thorough = settings(max_examples=150, deadline=None, derandomize=True, database=None)


def alike(one: Members, other: Members) -> None:
    for name in ("draw", "row", "share"):
        assert getattr(one, name).tobytes() == getattr(other, name).tobytes(), name


def both(
    values: Floats, weights: Floats, unknown: list[Unknown], top: int
) -> tuple[Members, Members]:
    found = [
        acceptability.members(values, weights, unknown, top, compiled=way) for way in (True, False)
    ]
    return found[0], found[1]


@compiled
@thorough
@given(
    st.sampled_from([1, 2, 23, 1023, 1024, 1025, 2500]),
    st.integers(1, 9),
    st.integers(1, 40),
    st.sampled_from([1, 2, 20, 300, 5000]),
    st.sampled_from([0, 1, 7]),
    st.booleans(),
    st.integers(0, 2**32),
)
def test_it_is_the_other_way_to_the_bit(
    rows: int, criteria: int, draws: int, top: int, unknowns: int, ties: bool, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    values = rng.random((rows, criteria)) * 100
    if ties:
        values = np.rint(values / 40) * 20
    weights = rng.dirichlet(np.ones(criteria), draws)
    unknown = []
    for _ in range(unknowns):
        touched = rng.choice(rows, size=min(rows, 40), replace=False)
        scale = rng.random(len(touched))
        drawn = rng.random(draws) * 100
        unknown.append(Unknown(int(rng.integers(criteria)), touched, drawn, scale))
    alike(*both(values, weights, unknown, top))


@compiled
@pytest.mark.parametrize("values", [np.full((3000, 2), 7.0), np.zeros((1, 1))])
def test_a_tie_of_all_makes_room_for_all(values: Floats) -> None:
    weights = np.full((5, values.shape[1]), 1 / values.shape[1])
    found, wanted = both(values, weights, [], 3)
    alike(found, wanted)
    assert found.shares == pytest.approx(min(3, len(values)) / len(values))


@compiled
def test_rows_that_get_better_and_better_are_all_looked_at() -> None:
    values = np.linspace(0, 100, 6000)[:, None]
    alike(*both(values, np.ones((3, 1)), [], 20))
    alike(*both(values[::-1].copy(), np.ones((3, 1)), [], 20))


@compiled
def test_a_billionth_decides_at_the_border_as_it_does_there() -> None:
    rng = np.random.default_rng(4)
    values = 50 + rng.integers(-3, 4, (4000, 1)) * 4e-10
    alike(*both(values, np.ones((9, 1)), [], 7))


@compiled
def test_it_is_taken_above_the_rows_from_which_it_pays(monkeypatch: pytest.MonkeyPatch) -> None:
    ways = []
    real = fused.at_least
    monkeypatch.setattr(fused, "at_least", lambda *a: ways.append(len(a[0])) or real(*a))
    for rows in (fused.WORTH_ROWS, fused.WORTH_ROWS + 1):
        values = np.arange(rows, dtype=float)[:, None]
        acceptability.members(values, np.ones((2, 1)), [], 3)
    assert ways == [fused.WORTH_ROWS + 1]


WITHOUT = """
import sys
sys.modules["numba"] = None  # as where it is not installed
import numpy as np
from chainmap.core import acceptability, fused
fused.find_spec = lambda name: None
values = np.arange(6000.0)[:, None]
found = acceptability.members(values, np.ones((2, 1)), [], 2)
assert found.shares[-2:].tolist() == [1, 1] and found.shares.sum() == 2
try:
    acceptability.members(values, np.ones((2, 1)), [], 2, compiled=True)
except RuntimeError as error:
    print(error)
"""


def test_without_the_compiler_everything_works() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "numba is not installed\n"), done.stderr


def test_the_compiler_is_not_loaded_where_it_is_not_used() -> None:
    code = "import sys; from chainmap.core import acceptability; print('numba' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"


def test_both_ways_agree_with_the_full_sort() -> None:
    rng = np.random.default_rng(5)
    values, weights = rng.random((1500, 4)) * 100, rng.dirichlet(np.ones(4), 60)
    wanted = mcda.robust(values, weights, [], 20).p_top
    for way in (True, False)[not fused.installed() :]:
        found = acceptability.members(values, weights, [], 20, compiled=way)
        assert found.shares.tobytes() == wanted.tobytes()
