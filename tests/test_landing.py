"""Expected landing: the product limit against a plain one, priors, quarters, and what is thin."""

from __future__ import annotations

import math
import os
import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from one_link import opened
from running import ROOT, as_json, chainmap, copy_of

from chainmap.core.text import width
from chainmap.study import Study, open_study
from chainmap.track.landing import (
    Prior,
    expected_share,
    product_limit,
    quarter_ends,
    solved,
    wilson,
)

Z = 1.959963984540054
TODAY = date(2025, 12, 31)


def plain_limit(days: list[float], reached: list[bool]) -> list[tuple[float, float, float, float]]:
    """Kaplan and Meier by hand, with Greenwood's variance on the scale of log(-log S).

    Time, share that got there, and its 95 % interval, at each time at which someone did; the
    interval is left out where S is 0.
    """
    found = []
    survival, spread = 1.0, 0.0
    for time in sorted({day for day, one in zip(days, reached, strict=True) if one}):
        risk = sum(day >= time for day in days)
        events = sum(day == time and one for day, one in zip(days, reached, strict=True))
        survival *= 1 - events / risk
        if survival == 0:
            found.append((time, 1.0, math.nan, math.nan))
            continue
        spread += events / (risk * (risk - events))
        half = Z * math.sqrt(spread) / abs(math.log(survival))
        low, high = (1 - survival ** math.exp(sign * half) for sign in (-1, 1))
        found.append((time, 1 - survival, low, high))
    return found


@given(st.lists(st.tuples(st.integers(0, 40), st.booleans()), min_size=1, max_size=40))
def test_the_product_limit_is_that_of_a_plain_loop(cases: list[tuple[int, bool]]) -> None:
    days, reached = [float(day) for day, _ in cases], [one for _, one in cases]
    curve = product_limit(days, reached, 0.95)
    for time, share, low, high in plain_limit(days, reached):
        got = curve.by(time)
        assert got[0] == pytest.approx(share, abs=1e-12)
        if not math.isnan(low):
            assert got[1] == pytest.approx(low, abs=1e-9)
            assert got[2] == pytest.approx(high, abs=1e-9)
        assert got[1] <= got[0] + 1e-12 and got[0] <= got[2] + 1e-12
    assert all(a <= b for a, b in zip(curve.shares, curve.shares[1:], strict=False))


def test_where_nothing_is_known_yet_the_interval_is_not_of_no_width() -> None:
    curve = product_limit([5.0] * 9 + [3.0], [True] * 9 + [False], 0.95)
    share, low, high = curve.by(3)
    assert share == low == 0 and 0.2 < high < 0.35


# Published cohorts


@given(st.floats(1e-4, 0.05), st.integers(0, 400), st.integers(0, 400))
def test_the_rate_of_a_cohort_is_found_again(rate: float, window: int, gap: int) -> None:
    if window + gap < 5:
        return
    share = expected_share(rate, window, gap)
    if 1e-6 < share < 1 - 1e-6:
        assert solved(share, lambda r: expected_share(r, window, gap)) == pytest.approx(rate, 1e-4)


def test_the_share_of_a_cohort_is_that_of_its_members_one_by_one() -> None:
    ages = [30 + 180 * (at + 0.5) / 10_000 for at in range(10_000)]
    plain = sum(1 - math.exp(-0.004 * age) for age in ages) / len(ages)
    assert expected_share(0.004, 180, 30) == pytest.approx(plain, 1e-6)
    assert expected_share(0.004, 0, 30) == pytest.approx(1 - math.exp(-0.12))


def test_the_interval_of_a_share_is_that_of_wilson() -> None:
    low, high = wilson(391, 440, 0.95)
    for end in (low, high):
        z = (391 / 440 - end) / math.sqrt(end * (1 - end) / 440)
        assert abs(z) == pytest.approx(Z)


def test_the_shipped_cohorts_are_what_the_city_published() -> None:
    study = open_study(ROOT)
    told: Prior = study.book.value("landing.prior", "签约", "开工")
    assert told.sources == ("qdnews_20210719",)
    for row in study.workspace.rows("cohorts"):
        share = (row.number("reached") or 0) / (row.number("entered") or 1)
        assert round(100 * share, 1) in (56.2, 54.9)
    assert told.low < told.middle < told.high


# A ledger with a history


def ledger(directory: Path, rows: list[dict[str, Any]], cohorts: str = "") -> Study:
    directory.mkdir(exist_ok=True)
    given_ = [{"firm": "", "link": "", "chain": "", "stage": "签约", **row} for row in rows]
    study = opened(directory, projects=given_)
    if cohorts:
        (directory / "data" / "cohorts.csv").write_text(cohorts, encoding="utf-8")
        study = open_study(directory)
    return study


def history(seed: int, count: int) -> list[dict[str, Any]]:
    """Signed in ten years; some started, some ended, the others last seen at some day."""
    draw = random.Random(seed)
    rows = []
    for at in range(count):
        signed = date(2015, 1, 1) + timedelta(days=draw.randrange(3900))
        row: dict[str, Any] = {"project": f"p{at}", "name": f"第{at}个", "signed": signed}
        after = signed + timedelta(days=draw.randrange(1500))
        kind = draw.random()
        if after <= TODAY and kind < 0.5:
            row |= {"started": after, "stage": "开工", "as_of": after}
        elif after <= TODAY and kind < 0.65:
            row |= {"ended": after, "stage": "终止", "as_of": after}
        else:
            row |= {"as_of": min(after, TODAY)}
        row["investment_100m_cny"] = draw.choice(["", 1, 2.5, 40])
        rows.append(row)
    return rows


def plain_spells(rows: list[dict[str, Any]]) -> tuple[list[float], list[bool]]:
    """Days and whether started, told from the cells alone; who ended stays at risk to the end."""
    days, reached = [], []
    for row in rows:
        start = row["signed"]
        end = row.get("started") or (TODAY if "ended" in row else row["as_of"])
        days.append(float((end - start).days))
        reached.append("started" in row)
    return days, reached


@pytest.mark.parametrize("seed", range(3))
def test_the_curve_of_a_ledger_is_the_product_limit_of_its_cells(seed: int, tmp_path: Path) -> None:
    rows = history(seed, 60)
    study = ledger(tmp_path, rows)
    curve = study.book.value("landing.curve", "签约", "开工", "0", "", "")
    days, reached = plain_spells(rows)
    begun = [(day, one) for day, one in zip(days, reached, strict=True) if day > 0]
    for time, share, _, _ in plain_limit([d for d, _ in begun], [one for _, one in begun]):
        assert curve.by(time)[0] == pytest.approx(share, abs=1e-12)
    later = study.book.value("landing.curve", "签约", "开工", "365", "", "")
    left = [(day - 365, one) for day, one in begun if day > 365]
    for time, share, _, _ in plain_limit([d for d, _ in left], [one for _, one in left]):
        assert later.by(time)[0] == pytest.approx(share, abs=1e-12)


def test_a_quarter_is_amounts_times_chances_by_an_independent_sum(tmp_path: Path) -> None:
    rows = history(1, 120)
    fresh = [
        {"project": f"new{at}", "name": f"新{at}", "signed": TODAY - timedelta(days=40 * at + 10),
         "as_of": TODAY, "investment_100m_cny": 10 + at}
        for at in range(5)
    ]  # fmt: skip
    study = ledger(tmp_path, rows + fresh)
    days, reached = plain_spells(rows + fresh)
    until = date(2026, 3, 31)
    expected = 0.0
    counted = 0
    for row in rows + fresh:
        if "started" in row or "ended" in row or not row["investment_100m_cny"]:
            continue
        if (TODAY - max(row["signed"], row.get("as_of") or TODAY)).days > 730:
            continue
        news = row["signed"]  # the only day in the row that is news
        if (TODAY - news).days > 730:
            continue
        age = (TODAY - row["signed"]).days
        left = [(d - age, one) for d, one in zip(days, reached, strict=True) if d > age]
        if sum(one for _, one in left) < 10:
            continue
        steps = plain_limit([d for d, _ in left], [one for _, one in left])
        by = [share for time, share, _, _ in steps if time <= (until - TODAY).days]
        if by:
            expected += row["investment_100m_cny"] * by[-1]
            counted += 1
    found = study.book.value("landing.quarter", "2026Q1")
    assert counted >= 3 and expected > 0
    assert found.by_then == pytest.approx(expected)
    assert found.low <= found.by_then <= found.high


COHORTS = (
    "cohort,name,from_stage,to_stage,entered,reached,since,until,observed,source,as_of\n"
    "c1,某批,签约,开工,100,60,2021-01-01,2021-01-01,2021-12-31,s1,2022-01-01\n"
)


def test_without_a_history_published_cohorts_stand_in_by_name(tmp_path: Path) -> None:
    fresh = [{"project": "p", "name": "甲", "signed": "2025-12-01", "as_of": TODAY,
              "investment_100m_cny": 10}]  # fmt: skip
    bare = ledger(tmp_path / "a", fresh)
    assert bare.book.value("landing.chance", "p", "90").rests_on == "thin"
    assert bare.book.value("landing.quarter", "2026Q1").by_then == 0
    told = ledger(tmp_path / "b", fresh, COHORTS)
    one = told.book.value("landing.chance", "p", "90")
    rate = -math.log(0.4) / 364
    assert one.rests_on == "prior"
    assert one.value == pytest.approx(1 - math.exp(-90 * rate), 1e-6)
    assert one.low < one.value < one.high
    found = told.book.value("landing.quarter", "2026Q1")
    assert (found.history, found.prior) == (0, 1)
    assert found.by_then == pytest.approx(10 * one.value)


def test_a_project_nobody_heard_of_is_not_hoped_for(tmp_path: Path) -> None:
    old = [{"project": "p", "name": "甲", "signed": "2020-12-01", "investment_100m_cny": 10}]
    study = ledger(tmp_path, old, COHORTS)
    assert study.book.value("landing.chance", "p", "90").rests_on == "silent"


def test_quarters_add_up_to_what_has_landed_by_then(tmp_path: Path) -> None:
    fresh = [{"project": f"p{at}", "name": f"甲{at}", "signed": "2025-12-01", "as_of": TODAY,
              "investment_100m_cny": 10 * at + 1} for at in range(4)]  # fmt: skip
    study = ledger(tmp_path, fresh, COHORTS)
    added = 0.0
    for name, _ in quarter_ends(TODAY, 8):
        found = study.book.value("landing.quarter", name)
        added += found.value
        assert found.by_then == pytest.approx(added)
        assert found.low <= found.by_then <= found.high


def test_a_cohort_that_cannot_be_is_an_error(tmp_path: Path) -> None:
    home = copy_of(ROOT, tmp_path / "home")
    file = home / "data" / "cohorts.csv"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace(",178,100,", ",178,200,"), encoding="utf-8")
    done = chainmap("validate", workspace=home)
    assert done.returncode == 1 and "data/cohorts.csv:2" in done.stdout.decode()
    assert "T129" in done.stdout.decode()


# The command


def test_every_cell_of_the_quarters_and_rates_answers_why() -> None:
    found = as_json("projects", "landing")
    study = open_study(ROOT)
    for row in found["rows"][:3]:
        for column in study.understood(row["ref"]).kind.columns:
            assert study.why(row["ref"], column).value == row[column], column
    for row in found["rates"]:
        for column in study.understood(row["ref"]).kind.columns:
            assert study.why(row["ref"], column).value == row[column], (row["ref"], column)
    done = chainmap("why", found["rows"][0]["ref"])
    assert done.returncode == 0 and "qdnews_20210719" in done.stdout.decode()
    for ref in ("landing/1999Q1", "rates/终止", "rates/nosuch"):
        assert chainmap("why", ref).returncode == 2


def test_thin_history_is_called_thin_and_the_page_fits() -> None:
    for lang, word in (("zh", "样本不足"), ("en", "too thin")):
        done = chainmap("--lang", lang, "projects", "landing", env={"COLUMNS": "80"})
        said = done.stdout.decode()
        assert done.returncode == 0 and word in said
        said.encode("gbk")
        assert max(map(width, said.splitlines())) <= 80


def test_what_is_not_counted_is_told() -> None:
    found = as_json("projects", "landing")
    board = as_json("projects")["rows"]
    waiting = [row for row in board if row["stage"] in ("谋划", "洽谈", "签约")]
    last = found["rows"][-1]
    assert sum(one["count"] for one in found["left_out"]) + last["history"] + last["prior"] == len(
        waiting
    )


def test_without_scipy_its_command_is_named(tmp_path: Path) -> None:
    (tmp_path / "scipy.py").write_text(
        "raise ModuleNotFoundError('no scipy', name='scipy')\n", encoding="utf-8"
    )
    paths = os.pathsep.join([str(tmp_path), str(ROOT)])
    for words in (("projects", "landing"), ("why", "rates/签约")):
        done = chainmap(*words, env={"PYTHONPATH": paths}, cwd=tmp_path)
        assert done.returncode == 3, done.stderr.decode()
        assert 'pip install "industry-chainmap[landing]"' in done.stderr.decode()
