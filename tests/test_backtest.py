"""The test on the past: nothing from after the cut-off gets in, and a planted truth comes out."""

from __future__ import annotations

import hashlib
import json
import math
import re
import shutil
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from chainmap.core.dates import parse_day
from chainmap.core.derivation import Book, replay
from chainmap.core.words import WORDS
from chainmap.core.world import PastWorld
from chainmap.rank.backtest.scope import Scope
from chainmap.rank.criteria import figure_of
from chainmap.show.why_data import as_data
from chainmap.study import RULES, open_study, past
from chainmap.study.trust import BUCKETS
from tests.backtest_worlds import add_rows, planted_city, table_rows
from tests.read_back import ReadBack, graded
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
    assert text.splitlines()[0].startswith("样本不足,仅供描述")
    claims = [WORDS[key][0].partition("{")[0] for key in ("backtest.better", "backtest.no_better")]
    assert not any(claim in text for claim in claims)
    found = at(CUT)
    assert found["enough"] is False and found["note"].startswith("样本不足,仅供描述")


def test_with_thirty_groups_something_may_be_claimed(city: Path) -> None:
    set_weights(city, signals=4, closeness=3, strength=0.5)
    text = chainmap("--as-of", CUT, *ASKED, workspace=city).stdout.decode()
    assert "样本不足" not in text
    assert WORDS["backtest.better"][0].partition("{")[0] in text
    assert WORDS["method.random"][0] in text.split(WORDS["backtest.better"][0].partition("{")[0])[1]


def test_walking_forward_pools_the_cut_offs(city: Path) -> None:
    found = as_json("--as-of", CUT, "backtest", "--until", "2023-12-31", "--walk", workspace=city)
    assert found["cut_offs"] == ["2019-12-31", "2020-12-31"]
    assert found["universe"] == 480
    ones = [
        as_json("--as-of", day, "backtest", "--until", "2023-12-31", workspace=city)
        for day in found["cut_offs"]
    ]
    assert found["positives"] == sum(one["positives"] for one in ones)
    for at_once, *apart in zip(found["rows"], *(one["rows"] for one in ones), strict=True):
        average = sum(
            row["average_precision"] * one["positives"]
            for row, one in zip(apart, ones, strict=True)
        )
        assert at_once["average_precision"] == pytest.approx(average / found["positives"])
        for key in ("p_at_10", "p_at_20", "p_at_50"):
            assert at_once[key] == pytest.approx(sum(row[key] for row in apart) / 2)


def test_strict_uses_divisions_alone(city: Path) -> None:
    loose, strict = at(CUT, workspace=city), at(CUT, "--strict", workspace=city)
    assert loose["rows"] != strict["rows"]
    assert strict["strict"] is True


def test_by_chain_every_group_stands_on_every_chain() -> None:
    """Also where nothing suggests it: who counts must not depend on who came."""
    found = at(CUT, "--by", "chain")
    chains = len(as_json("chains")["rows"])
    assert found["universe"] == at(CUT)["universe"] * chains
    assert found["unit"] == "group and chain"
    for part in ("new", "here"):
        (chance,) = [row for row in found[part] if row["method"] == "random"]
        assert chance["lift"] == pytest.approx(1)


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


def test_the_first_day_of_a_list_is_said_where_it_was_not_out_yet() -> None:
    done = chainmap("backtest", "--as-of", "2012-12-31", "--until", "2015-12-31")
    assert done.returncode == 2
    assert "2019-07-22" in done.stderr.decode()


def test_the_hash_is_that_of_the_file(city: Path, tmp_path: Path) -> None:
    data = (ROOT / "data" / "scoring.yaml").read_bytes()
    assert at(CUT)["scoring_hash"] == hashlib.sha256(data).hexdigest()
    other = copy_of(city, tmp_path)
    (other / "data" / "scoring.yaml").write_bytes(data + b"# changed\n")
    assert at(CUT, workspace=other)["scoring_hash"] != hashlib.sha256(data).hexdigest()
    assert hashlib.sha256(data + b"# changed\n").hexdigest() in chainmap(
        "--as-of", CUT, *ASKED, workspace=other
    ).stdout.decode().replace("\n", "")


def test_what_was_out_of_sight_is_counted_on_stderr(city: Path) -> None:
    done = chainmap("--as-of", CUT, *ASKED, "--format", "csv", workspace=city)
    late = sum(row["source"] == "late" for row in table_rows(city, "projects"))
    assert f"{CUT} {late}" in done.stderr.decode()
    assert len(done.stdout.decode("utf-8-sig").splitlines()) == 1 + 15


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_screen_says_what_it_rests_on(city: Path, lang: str) -> None:
    where = {"workspace": city, "env": {"COLUMNS": "80"}}
    told = chainmap("--lang", lang, "--as-of", CUT, *ASKED, **where).stdout.decode()
    assert all(len(line.encode("gbk")) <= 80 for line in told.splitlines())
    flat = "".join(told.split())
    for key in ("unlabelled", "hindsight", "compiled"):
        said = "".join(WORDS[f"backtest.{key}"][lang == "en"].split())
        assert said in flat
    assert "".join(WORDS["backtest.strict"][0].split()) not in flat
    strict = chainmap("--as-of", CUT, *ASKED, "--strict", **where).stdout.decode()
    assert "".join(WORDS["backtest.strict"][0].split()) in "".join(strict.split())


# What counts as an outcome, and for whom


def signing(project: str, firm: str, **cells: str) -> dict[str, object]:
    return {"project": project, "name": project, "firm": firm, "chain": "probe", "link": "l0",
            "source": "late", "as_of": "2023-01-01", **cells}  # fmt: skip


@pytest.fixture
def quiet(tmp_path: Path) -> Path:
    """A small city where no one came."""
    planted_city(tmp_path, 3, {"signals": 4, "closeness": 3, "strength": 0.5}, size=24)
    header = (
        "project,name,firm,partners,chain,link,stage,proposed,signed,started,building,produced,"
        "ended,source,as_of\n"
    )
    (tmp_path / "data" / "projects.csv").write_text(
        header + "none,谋划中,f23,,probe,l1,谋划,2020,,,,,,late,2023-01-01\n", encoding="utf-8"
    )
    return tmp_path


@pytest.mark.parametrize(
    ("row", "came"),
    [
        (signing("a", "f1", signed="2020-01-01"), 1),
        (signing("a", "f1", signed="2019-12-31"), 0),  # the cut-off is before the window
        (signing("a", "f1", signed="2022-12-31"), 1),
        (signing("a", "f1", signed="2023-01-01"), 0),
        (signing("a", "f1", signed="2020"), 1),  # a year counts as its last day
        (signing("a", "f1", signed="2019"), 0),
        (signing("a", "f1", started="2021-05"), 1),  # no signing known: work began
        (signing("a", "f1", building="2021-05"), 1),
        (signing("a", "f1", signed="2018", started="2021-05"), 0),  # signed before
        (signing("a", "f1", produced="2021-05"), 0),  # signed who knows when
        (signing("a", "f1", proposed="2021-05"), 0),
        (signing("a", "f1", stage="签约"), 0),  # no day of its own
        (signing("a", "f1", signed="2021", ended="2022", stage="终止"), 1),  # signed all the same
        (signing("a", "x1", signed="2021"), 1),  # a subsidiary of f1
        (signing("a", "y1", signed="2021"), 0),  # on no list
        (signing("a", "y1", partners="f2|某公司", signed="2021"), 1),  # f2 signed with it
        (signing("a", "y1", partners="企业2", signed="2021"), 1),
    ],
    ids=str,
)
def test_what_counts_as_an_outcome(quiet: Path, row: dict[str, object], came: int) -> None:
    dated = {"source": "s1", "as_of": "2019-01-01"}
    add_rows(quiet, "firms", [{"firm": "x1", "name": "子一", "parent": "f1", **dated},
                              {"firm": "y1", "name": "外一", **dated}])  # fmt: skip
    add_rows(quiet, "projects", [row])
    scope = Scope("global500", parse_day(CUT), parse_day(UNTIL))
    found = past.test_on_the_past(open_study(quiet), scope)
    assert (found.all.positives, found.all.universe) == (came, 24)
    assert (found.all.rows != []) == bool(came)


def test_a_window_that_ends_before_until_is_cut_there(quiet: Path) -> None:
    add_rows(quiet, "projects", [signing("a", "f1", signed="2023-06-01")])
    for until, months in (("2026-12-31", 0), ("2023-05-31", 0)):
        found = as_json("--as-of", CUT, "backtest", "--until", until, workspace=quiet)
        assert found["positives"] == months
    found = as_json("--as-of", "2020-12-31", "backtest", "--until", "2026-12-31", workspace=quiet)
    assert found["positives"] == 1


def test_who_was_here_is_told_apart_with_todays_eyes(quiet: Path) -> None:
    """f1 signed before the cut-off, which became known only later; f2 came new."""
    add_rows(quiet, "projects", [
        signing("a", "f1", signed="2017"), signing("b", "f1", signed="2021"),
        signing("c", "f2", signed="2021"),
    ])  # fmt: skip
    found = at(CUT, workspace=quiet)
    assert (found["positives"], found["new_positives"], found["here_positives"]) == (2, 1, 1)
    assert (found["new_universe"], found["here_universe"]) == (23, 1)
    (known,) = [row for row in found["rows"] if row["method"] == "already_here"]
    (chance,) = [row for row in found["rows"] if row["method"] == "random"]
    # The baseline itself may not know.
    assert {**known, "ref": "", "method": ""} == {**chance, "ref": "", "method": ""}


def test_a_group_stands_where_its_best_firm_stands(quiet: Path) -> None:
    """Nothing suggests f1 itself; what its subsidiary makes brings it to the top."""
    dated = {"source": "s1", "as_of": "2019-01-01"}
    acts = [row for row in table_rows(quiet, "activities") if row["firm"] != "f1"]
    (quiet / "data" / "activities.csv").unlink()
    header = ",".join(acts[0])
    (quiet / "data" / "activities.csv").write_text(
        header + "\n" + "".join(",".join(map(str, row.values())) + "\n" for row in acts), "utf-8"
    )
    add_rows(quiet, "projects", [signing("a", "f1", signed="2021")])
    fit = "criterion.fit"

    def places() -> dict[str, float]:
        rows = at(CUT, workspace=quiet)["rows"]
        return {row["method"]: row["average_precision"] for row in rows}

    assert places()[fit] == pytest.approx(1 / 24)  # the last of all
    add_rows(quiet, "firms", [{"firm": "x1", "name": "子一", "parent": "f1", **dated}])
    add_rows(quiet, "activities", [{"firm": "x1", "chain": "probe", "link": "l3",
                                    "product": "产品3", "role": "main", **dated}])  # fmt: skip
    # All 24 are alike then.
    assert places()[fit] == pytest.approx(places()["random"])


def test_a_link_without_a_gap_suggests_no_one(quiet: Path) -> None:
    shutil.copy(ROOT / "data" / "scoring.yaml", quiet / "data" / "scoring.yaml")
    add_rows(quiet, "projects", [signing("a", "f1", signed="2021")])
    header = "chain,link,status,supply,demand,unit,note,source,as_of\n"
    (quiet / "data" / "findings.csv").write_text(
        header + "probe,l1,strong,,,,,s1,2019-01-01\n", "utf-8"
    )
    rows = {row["method"]: row for row in at(CUT, workspace=quiet)["rows"]}
    assert rows["chainmap"]["average_precision"] == pytest.approx(1 / 24)


# Every figure answers why


def test_a_figure_of_the_back_test_answers_why(quiet: Path) -> None:
    add_rows(quiet, "projects", [signing("a", "f1", signed="2021"),
                                 signing("b", "f2", signed="2022-02")])  # fmt: skip
    rows = at(CUT, workspace=quiet)["rows"]
    for row in rows[:3]:
        assert row["ref"].startswith("backtest/global500:")
        for column in KEYS[2:]:
            (told,) = as_json("why", row["ref"], "--column", column, workspace=quiet)["rows"]
            assert told["value"] == row[column]
    text = chainmap("why", rows[0]["ref"], workspace=quiet).stdout.decode()
    assert "企业1" in text and "2021" in text
    for wrong in ("backtest/global500:2019-12-31:2022-12-31/nosuch", "backtest/global500/chainmap",
                  "backtest/global500:2019-12-31:nodate/chainmap"):  # fmt: skip
        assert chainmap("why", wrong, workspace=quiet).returncode == 2


def test_the_figures_of_the_back_test_can_be_worked_out_again(quiet: Path) -> None:
    """From what is on record alone, and to the last bit."""
    add_rows(quiet, "projects", [signing("a", "f1", signed="2021"),
                                 signing("b", "f2", signed="2022-02")])  # fmt: skip
    study = open_study(quiet)
    scope = Scope("global500", parse_day(CUT), parse_day(UNTIL))
    for row in past.test_on_the_past(study, scope).all.rows[:8:7]:
        for column in KEYS[2:]:
            figure = study.why(row["ref"], column)
            again = replay(study.book, figure)
            assert repr(again) == repr(figure.value) == repr(row[column])
        tree = json.loads(json.dumps(as_data(figure, {}.get)))
        back = ReadBack(study, tree)
        assert repr(back.value(back.figure(tree))) == repr(row[column])


# What the scores at the cut-offs rest on


@pytest.mark.parametrize("flags", [(), ("walk",), ("strict",), ("chain",)], ids=str)
def test_coverage_is_that_of_the_best_row_of_each_unit_at_its_cut_off(
    flags: tuple[str, ...],
) -> None:
    study = open_study(ROOT)
    asked = {{"chain": "by_chain"}.get(flag, flag): True for flag in flags}
    scope = Scope("global500", parse_day(CUT), parse_day("2023-12-31"), **asked)
    weights = study.world.settings.group("weights")
    sources = {row.text("source"): row for row in study.workspace.rows("sources")}
    assert len(scope.cut_offs(36)) == (2 if scope.walk else 1)
    summed, count = dict.fromkeys(BUCKETS, 0.0), 0
    for day in scope.cut_offs(36):
        book = Book(PastWorld(study.workspace, day), RULES)
        graded_once = cache(
            lambda *figure, book=book: graded(as_data(book.figure(*figure), sources.get))
        )
        ranked = study.book.value(
            "backtest.units", "global500", day.text, "2023-12-31", scope.mode, scope.by
        )
        for unit in ranked.units:
            rows = [row for row in unit.past.rows if unit.chain in ("", row.chain)]
            if not rows:
                continue
            best = max(rows, key=lambda row: round(row.score, 9))
            count += 1
            for name, weight in weights.items():
                told = name != "fit" or best.basis in ("activity", "match")
                figure = figure_of(name, best.firm, best.chain, best.link)
                grade = graded_once(*figure) if told else "unknown"
                summed[grade] += weight / sum(weights.values())
    assert count > 100
    found = past.test_on_the_past(study, scope)
    assert found.coverage == pytest.approx({name: part / count for name, part in summed.items()})


def test_the_coverage_of_a_back_test_answers_why(quiet: Path) -> None:
    add_rows(quiet, "projects", [signing("a", "f1", signed="2021")])
    found = at(CUT, workspace=quiet)
    ref = found["rows"][0]["ref"]
    (told,) = as_json("why", ref, "--column", "coverage", workspace=quiet)["rows"]
    assert told["value"] == found["coverage"] and "coverage" not in found["rows"][0]
    study = open_study(quiet)
    figure = study.why(ref, "coverage")
    assert replay(study.book, figure) == figure.value == found["coverage"]


def test_where_nothing_suggests_anyone_the_coverage_is_not_known(quiet: Path) -> None:
    (quiet / "data" / "activities.csv").unlink()
    found = at(CUT, workspace=quiet)
    assert found["coverage"] is None
