"""The test on the past: nothing from after the cut-off gets in, and a planted truth comes out."""

from __future__ import annotations

import csv
import json
import math
import re
from pathlib import Path
from typing import Any

import pytest

from chainmap.core.dates import parse_day
from chainmap.core.world import PastWorld
from chainmap.study import open_study
from tests.backtest_worlds import planted_city
from tests.running import as_json, chainmap, copy_of

ROOT = Path(__file__).parent.parent
KEYS = ["ref", "method", "p_at_10", "p_at_20", "p_at_50", "recall_at_50", "average_precision",
        "ap_low", "ap_high", "lift"]  # fmt: skip
CUT, UNTIL = "2019-12-31", "2022-12-31"
ASKED = ("backtest", "--until", UNTIL)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("city")
    planted_city(path, 11, {"signals": 4, "closeness": 3, "strength": 0.5})
    return path


def at(day: str, *more: str, **where: Any) -> dict[str, Any]:
    return as_json("--as-of", day, *ASKED, *more, **where)


def set_weights(path: Path, **weights: float) -> None:
    """Only those criteria count."""
    text = (ROOT / "data" / "scoring.yaml").read_text(encoding="utf-8")
    head, rest = text.split("\nweights:\n")
    block, tail = rest.split("\nfit:\n")
    lines = []
    for line in block.splitlines():
        name = line.split(":")[0].strip()
        lines.append(re.sub(r"value: [\d.]+", f"value: {weights.get(name, 0)}", line))
    (path / "data" / "scoring.yaml").write_text(
        f"{head}\nweights:\n" + "\n".join(lines) + f"\nfit:\n{tail}", encoding="utf-8"
    )


def test_the_planted_weights_come_out_on_top_and_chance_last(city: Path) -> None:
    set_weights(city, signals=4, closeness=3, strength=0.5)
    found = at("2019-12-31", workspace=city)
    assert found["positive_groups"] >= 30
    by_method = {row["method"]: row for row in found["rows"]}
    average = {name: row["average_precision"] for name, row in by_method.items()}
    assert average["chainmap"] == max(average.values())
    assert average["criterion.signals"] > average["criterion.closeness"] > average["random"]
    assert average["criterion.closeness"] > average["revenue"]
    assert by_method["chainmap"]["ap_low"] > average["random"]
    assert by_method["chainmap"]["lift"] > 2


def test_turned_weights_are_seen_to_be_wrong(city: Path, tmp_path: Path) -> None:
    other = copy_of(city, tmp_path)
    set_weights(other, headroom=1, pull=1)
    found = {row["method"]: row for row in at(CUT, workspace=other)["rows"]}
    assert found["chainmap"]["average_precision"] < found["criterion.signals"]["average_precision"]


def test_the_keys_of_the_contract_and_the_envelope() -> None:
    found = at(CUT)
    assert found["as_of"] == CUT and found["until"] == UNTIL
    assert found["universe"] == 500 or 400 < found["universe"] < 500
    assert found["positives"] == found["positive_groups"] or found["positives"] > 0
    assert len(found["scoring_hash"]) == 64
    assert [list(row) for row in found["rows"]] == [KEYS] * len(found["rows"])
    methods = [row["method"] for row in found["rows"]]
    assert methods[0] == "chainmap"
    assert {"random", "revenue", "list_rank", "china_by_revenue", "already_here",
            "sector_size"} <= set(methods)  # fmt: skip
    assert sum(method.startswith("criterion.") for method in methods) == 8


def test_random_is_the_base_rate() -> None:
    found = at(CUT)
    (chance,) = [row for row in found["rows"] if row["method"] == "random"]
    rate = found["positives"] / found["universe"]
    for key in ("p_at_10", "p_at_20", "p_at_50"):
        assert chance[key] == pytest.approx(rate)
    assert chance["lift"] == pytest.approx(1)


def test_few_outcomes_are_said_first_and_nothing_is_claimed() -> None:
    done = chainmap("--as-of", CUT, *ASKED, env={"NO_COLOR": "1"})
    text = done.stdout.decode()
    assert text.splitlines()[0].startswith("样本不足，仅供描述")
    assert "优于" not in text


def rows_from_after(path: Path) -> dict[str, int]:
    """Adds to every table a row that only a leak could bring in; gives back their lines."""
    places = {}
    for file in sorted((path / "data").glob("*.csv")):
        with file.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        table = file.stem
        if table in ("sources", "projects"):
            continue
        late = {**rows[0], "source": "late", "as_of": "2019-06-01"}
        changed = {"firms": "revenue_100m_cny", "lists": "revenue", "affinity": "value"}
        if table in changed:
            late[changed[table]] = "7777"
        if table == "affinity":
            late["value"] = "1"
        if table == "lists":
            late["rank"] = "999"
        if table == "activities":
            late["product"] = "后来的产品"
        if table == "signals":
            late["date"] = f"{2018}-07-01"
        with file.open("a", encoding="utf-8", newline="") as stream:
            csv.DictWriter(stream, list(rows[0]), extrasaction="ignore").writerow(late)
        places[table] = len(rows) + 2
    return places


def test_rows_of_later_sources_change_nothing(city: Path, tmp_path: Path) -> None:
    other = copy_of(city, tmp_path)
    before = at(CUT, workspace=other)
    rows_from_after(other)
    after = at(CUT, workspace=other)
    assert after["rows"] == before["rows"]


class Careless(PastWorld):
    """A world whose filter was forgotten."""

    def visible(self, row: Any) -> bool:
        return row.as_of <= self.today


def test_the_guard_names_each_row_that_leaks(city: Path, tmp_path: Path) -> None:
    from chainmap.rank.backtest import Leak, guard
    from chainmap.study import Study
    from chainmap.study.past import ranked_past

    other = copy_of(city, tmp_path)
    places = rows_from_after(other)
    read = open_study(other)
    day = parse_day(CUT)
    world = Careless(read.workspace, day)
    study = Study(read.workspace, [], day, world)
    figures = ranked_past(study, "global500", strict=False)
    with pytest.raises(Leak) as caught:
        guard(world, figures)
    named = {(place.file, place.line) for place, _ in caught.value.rows}
    for table in ("firms", "lists", "activities", "affinity", "signals"):
        assert (f"data/{table}.csv", places[table]) in named, table
    guarded = PastWorld(read.workspace, day)
    clean = Study(read.workspace, [], day, guarded)
    guard(guarded, ranked_past(clean, "global500", strict=False))


def test_an_undated_source_is_no_source(city: Path, tmp_path: Path) -> None:
    other = copy_of(city, tmp_path)
    text = (other / "data" / "sources.csv").read_text(encoding="utf-8")
    (other / "data" / "sources.csv").write_text(text.replace(",2019-01-01,", ",,"), "utf-8")
    done = chainmap("--as-of", CUT, *ASKED, "--format", "json", workspace=other)
    assert done.returncode == 2
    assert "global500" in done.stderr.decode()


def test_walking_forward_pools_the_cut_offs(city: Path) -> None:
    found = as_json("--as-of", CUT, "backtest", "--until", "2023-12-31", "--walk", workspace=city)
    assert found["cut_offs"] == ["2019-12-31", "2020-12-31"]
    assert found["universe"] == 480


def test_strict_uses_divisions_alone(city: Path) -> None:
    loose, strict = at(CUT, workspace=city), at(CUT, "--strict", workspace=city)
    assert loose["rows"] != strict["rows"]
    assert strict["strict"] is True


def test_by_chain_is_a_table_of_its_own() -> None:
    found = at(CUT, "--by-chain")
    assert found["universe"] > 0
    assert found["unit"] == "group and chain"


def test_the_same_seed_gives_the_same_figures() -> None:
    one = chainmap("--as-of", CUT, *ASKED, "--format", "json", env={"PYTHONHASHSEED": "1"})
    two = chainmap("--as-of", CUT, *ASKED, "--format", "json",
                   env={"PYTHONHASHSEED": "2", "TZ": "Asia/Tokyo"})  # fmt: skip
    assert one.stdout == two.stdout
    rows = json.loads(one.stdout)["rows"]
    for row in rows:
        low, high = row["ap_low"], row["ap_high"]
        assert low is None or (0 <= low <= high <= 1 and not math.isnan(low))


def test_until_before_the_cut_off_is_wrong_usage() -> None:
    done = chainmap("--as-of", "2022-12-31", "backtest", "--until", "2019-12-31")
    assert done.returncode == 2
