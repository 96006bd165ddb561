"""The figures of a period: against a plain count, as rows, and as an analyst asks for them."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import kpi_oracle
import pytest
from kpi_worlds import LIMITS, TextRow, a_ledger, a_period, a_workspace
from published_figures import half_digit, ratios, span
from read_back import calculated, nodes
from running import ROOT, as_csv, as_json, chainmap, copy_of

from chainmap.core.derivation import replay
from chainmap.core.schema import BY_NAME
from chainmap.show.why_data import as_data
from chainmap.study import Study, open_study
from chainmap.study.kpi import grouped_rows, kpi_rows
from chainmap.track.kpi import BY, UNITS, WHOLE_ONLY, Asked, parse_asked
from chainmap.track.periods import parse_period

COUNTED = [name for name in UNITS if name not in ("fdi_growth", "fdi_share")]
BATCH = 500


def today_of(draw: random.Random) -> date:
    return date(2023, 6, 1) + timedelta(days=draw.randint(0, 1000))


def same(got: tuple[Any, int, bool], wanted: tuple[Any, int, bool]) -> bool:
    if got[1:] != wanted[1:] or (got[0] is None) != (wanted[0] is None):
        return False
    return got[0] is None or got[0] == pytest.approx(wanted[0])


@pytest.mark.parametrize("batch", range(4))
def test_every_figure_is_what_a_plain_count_gives(batch: int) -> None:
    """2,000 random ledgers; each figure of a period, whole or of a group."""
    seen = dict.fromkeys(COUNTED, 0)
    for number in range(batch * BATCH, (batch + 1) * BATCH):
        draw = random.Random(number)
        tables, today, period = a_ledger(draw), today_of(draw), a_period(draw)
        study = Study(a_workspace(tables, today), [], a_workspace(tables, today).study_date)
        other = a_period(draw) if draw.random() < 0.5 else ""
        by = draw.choice(("", *BY))
        group = draw.choice(sorted({row[by] for row in tables["projects"]} or {""})) if by else ""
        plain = kpi_oracle.Counting(tables, LIMITS, today, period)
        end = kpi_oracle.shortened(period, other, today) if other else None
        past = other and kpi_oracle.Counting(tables, LIMITS, today, other, end)
        for name in COUNTED:
            own = "" if name in WHOLE_ONLY else by
            asked = Asked(name, period, other, own, group if own else "")
            line = study.book.value("kpi.line", asked.spec)
            wanted = plain.figure(name, own, group if own else "")
            got = (line.value, line.unknown, line.lower_bound)
            assert same(got, wanted), (number, asked.spec, got, wanted)
            seen[name] += bool(line.value)
            if past:
                then = past.figure(name, own, group if own else "")
                got = (line.compared_value, line.compared_unknown, line.compared_lower_bound)
                assert same(got, then), (number, asked.spec, got, then)
                both = line.value is not None and then[0] is not None
                assert line.change == (pytest.approx(wanted[0] - then[0]) if both else None)
    assert all(seen.values()), seen


def test_growth_is_against_the_same_part_of_the_year_before() -> None:
    checked = 0
    for number in range(1500):
        draw = random.Random(number)
        tables, today, period = a_ledger(draw), today_of(draw), a_period(draw)
        study = Study(a_workspace(tables, today), [], a_workspace(tables, today).study_date)
        before = parse_period(period).year_before().text
        end = kpi_oracle.shortened(period, before, today)
        now = kpi_oracle.Counting(tables, LIMITS, today, period).figure("fdi_arrived")
        then = kpi_oracle.Counting(tables, LIMITS, today, before, end).figure("fdi_arrived")
        got = study.book.value("kpi.line", f"fdi_growth:{period}").value
        wanted = kpi_oracle.growth(now[0], then[0])
        assert got == (None if wanted is None else pytest.approx(wanted)), number
        checked += got is not None
    assert checked >= 3


def test_the_derivation_of_a_figure_gives_the_figure_again() -> None:
    for number in range(60):
        draw = random.Random(number)
        tables, today = a_ledger(draw), today_of(draw)
        study = Study(a_workspace(tables, today), [], a_workspace(tables, today).study_date)
        for name in UNITS:
            figure = study.book.figure("kpi.line", f"{name}:2024:vs=2023")
            assert replay(study.book, figure) == figure.value


def test_groups_add_up_to_the_whole() -> None:
    for number in range(200):
        draw = random.Random(number)
        tables, today = a_ledger(draw), today_of(draw)
        study = Study(a_workspace(tables, today), [], a_workspace(tables, today).study_date)
        whole = {row["figure"]: row for row in kpi_rows(study, "2024")}
        for by in BY:
            groups = grouped_rows(study, "2024", by)
            for name in ("signed_projects", "signed_amount", "fdi_arrived", "domestic_arrived"):
                parts = [row for rows in groups.values() for row in rows if row["figure"] == name]
                assert sum(row["unknown"] for row in parts) == whole[name]["unknown"]
                known = [row["value"] for row in parts if row["value"] is not None]
                assert sum(known) == pytest.approx(whole[name]["value"] or 0)


# Published figures through the whole rule


@pytest.mark.parametrize(
    ("publication", "ratio"), [p for p in ratios("share") if p.values[1].get("ledger")]
)
def test_a_ledger_with_the_published_numbers_has_the_published_rate(
    publication: str, ratio: dict[str, Any]
) -> None:
    part, whole = (int(span(publication, name)[0]) for name in ratio["from"])
    projects: list[TextRow] = [
        {"project": f"p{n}", "signed": "2021-03", "investment_100m_cny": "5", "as_of": "2021-06",
         "stage": "签约", "started": "2021-05" if n < part else ""}
        for n in range(whole)
    ]  # fmt: skip
    study = study_of({"projects": projects}, date(2021, 12, 31))
    line = study.book.value("kpi.line", "start_rate:2021")
    assert (line.unknown, line.lower_bound) == (0, False)
    assert abs(line.value - float(ratio["stated"])) <= float(half_digit(ratio["stated"])) + 1e-9


def study_of(tables: dict[str, list[TextRow]], today: date) -> Study:
    workspace = a_workspace(
        {name: [blank(name) | row for row in rows] for name, rows in tables.items()}, today
    )
    return Study(workspace, [], workspace.study_date)


def blank(table: str) -> TextRow:
    return {column.name: "" for column in BY_NAME[table].columns if column.name != "source"}


def value(study: Study, spec: str) -> Any:
    return study.book.value("kpi.line", spec).value


ONE = {"project": "p", "signed": "2025-03", "investment_100m_cny": "8", "as_of": "2025-12"}
DAY = date(2025, 12, 31)
YEAR = {"period": "2025", "as_of": "2025"}


def test_one_project_counts_once_and_its_newest_row_counts() -> None:
    rows = [{**ONE, "as_of": "2025-04"}, ONE, {**ONE, "as_of": "2025-06", "signed": "2025-02"}]
    study = study_of({"projects": rows}, DAY)
    assert value(study, "signed_projects:2025") == 1
    assert value(study, "signed_projects:2025-02") == 0


def test_an_ended_project_stays_signed_and_is_begun_only_by_a_date() -> None:
    ended = {**ONE, "stage": "终止", "ended": "2025-11"}
    study = study_of({"projects": [ended]}, DAY)
    assert value(study, "signed_projects:2025") == 1 and value(study, "start_rate:2025") == 0
    begun = study_of({"projects": [{**ended, "started": "2025-06"}]}, DAY)
    assert value(begun, "start_rate:2025") == 100


def test_what_no_row_says_is_unknown_and_never_nothing() -> None:
    study = study_of({"projects": [{**ONE, "investment_100m_cny": ""}]}, DAY)
    line = study.book.value("kpi.line", "signed_projects:2025")
    assert (line.value, line.unknown, line.lower_bound) == (None, 1, True)
    assert value(study_of({}, DAY), "signed_projects:2025") is None
    assert value(study, "signed_projects:2026") is None


def test_arrived_money_is_the_rise_of_the_running_total() -> None:
    firm = {"firm": "f", "country": "中国", "as_of": "2020"}
    old = {**ONE, "firm": "f", "signed": "2023-03", "arrived_100m_cny": "2", "as_of": "2024-12"}
    new = {**old, "arrived_100m_cny": "5.5", "as_of": "2025-12"}
    study = study_of({"projects": [old, new], "firms": [firm]}, DAY)
    assert value(study, "domestic_arrived:2025") == 3.5
    alone = study_of({"projects": [new], "firms": [firm]}, DAY)
    assert value(alone, "domestic_arrived:2025") is None  # how much came before is not known


def test_foreign_money_has_not_arrived_before_work_began() -> None:
    row = {**ONE, "foreign_musd": "30"}
    signed = study_of({"projects": [{**row, "stage": "签约"}]}, DAY)
    assert value(signed, "fdi_contract:2025") == 30 and value(signed, "fdi_arrived:2025") == 0
    begun = study_of({"projects": [{**row, "started": "2025-08"}]}, DAY)
    assert value(begun, "fdi_arrived:2025") == 30 and value(begun, "fdi_arrived:2025-Q3") is None


def test_targets_and_the_province_are_taken_in_their_own_unit() -> None:
    tables = {
        "projects": [{**ONE, "foreign_musd": "30", "started": "2025-08"}],
        "targets": [
            {**YEAR, "figure": "signed_projects", "value": "4", "unit": "个"},
            {**YEAR, "figure": "fdi_arrived", "value": "4", "unit": "亿美元"},
            {**YEAR, "figure": "fdi_province", "value": "1.2", "unit": "亿美元"},
        ],
        "talent": [{**YEAR, "figure": "博士", "value": "120", "unit": "人"}],
    }  # fmt: skip
    study = study_of(tables, DAY)
    lines = {row["figure"]: row for row in kpi_rows(study, "2025")}
    assert (lines["signed_projects"]["target"], lines["signed_projects"]["done"]) == (4, 25)
    assert lines["fdi_arrived"]["target"] is None  # a target in another unit is not compared
    assert lines["fdi_share"]["value"] == 25
    assert (lines["talent.博士"]["value"], lines["talent.博士"]["unit"]) == (120, "人")


def test_a_list_is_that_of_the_period_and_a_subsidiary_counts_for_its_group() -> None:
    tables = {
        "projects": [{**ONE, "firm": "sub"}],
        "firms": [{"firm": "sub", "parent": "group", "as_of": "2020"},
                  {"firm": "group", "as_of": "2020"}],
        "lists": [{"list": "global500", "year": year, "rank": "1", "firm": firm, "as_of": "2020"}
                  for year, firm in (("2024", "group"), ("2026", "other"))],
    }  # fmt: skip
    assert value(study_of(tables, DAY), "global500_projects:2025") == 1


@pytest.mark.parametrize(
    ("figure", "cells", "lacking"),
    [
        ("signed_projects", {"signed": "", "stage": "签约"}, "signed"),
        ("signed_projects", {"investment_100m_cny": ""}, "size"),
        ("signed_started", {"stage": "开工", "as_of": "2026-01"}, "begun"),
        ("global500_projects", {"firm": ""}, "firm"),
        ("domestic_large", {"investment_100m_cny": "200"}, "money"),
        ("fdi_contract", {"firm": "f"}, "size"),
        ("fdi_arrived", {"firm": "f", "started": "2025-05"}, "now"),
        ("fdi_arrived", {"foreign_musd": "9", "started": "2024-05"}, "before"),
        ("domestic_arrived", {"firm": "home"}, "now"),
        ("domestic_arrived",
         {"firm": "home", "signed": "2024-03", "arrived_100m_cny": "4"}, "before"),
    ],
)  # fmt: skip
def test_an_unknown_says_what_is_lacking(figure: str, cells: TextRow, lacking: str) -> None:
    firms = [{"firm": "f", "ownership": "foreign", "as_of": "2020"},
             {"firm": "home", "ownership": "private", "as_of": "2020"}]  # fmt: skip
    study = study_of({"projects": [{**ONE, **cells}], "firms": firms}, date(2026, 6, 30))
    found = study.book.figure("kpi.adds", figure, "p", "2025")
    assert found.value.value is None and found.note is not None
    assert found.note[0] == f"kpi.lacks.{lacking}"


# Periods


@pytest.mark.parametrize(
    "word", ["2025-Q5", "2025-13", "2025-00", "25", "2025Q1", "0000", "", "2025-1"]
)
def test_a_period_that_is_none_is_refused(word: str) -> None:
    with pytest.raises(ValueError):
        parse_period(word)
    done = chainmap("kpi", "--period", word)
    assert done.returncode == 2 and b"Traceback" not in done.stderr


def test_a_period_that_is_not_over_is_compared_with_as_much_of_the_other() -> None:
    today = date(2024, 2, 29)
    assert parse_period("2023").like(parse_period("2024"), today).cut == date(2023, 2, 28)
    assert parse_period("2023-Q1").like(parse_period("2024-Q1"), today).cut == date(2023, 2, 28)
    assert parse_period("2023-02").like(parse_period("2024-02"), today).cut is None
    assert parse_period("2023").like(parse_period("2022"), today).cut is None


# As an analyst asks


@pytest.fixture(scope="module")
def study() -> Study:
    return open_study(ROOT)


def test_the_rows_have_the_keys_of_the_contract_first() -> None:
    found = as_json("kpi", "--period", "2025", "--vs", "2024")
    keys = list(found["rows"][0])
    assert keys[1:8] == ["figure", "value", "unit", "period", "compared", "change", "sources"]
    assert [row["figure"] for row in found["rows"]] == list(UNITS)
    assert {row["compared"] for row in found["rows"]} == {"2024"}
    assert found["period"] == "2025"


def tree_of(study: Study, ref: str) -> dict[str, Any]:
    sources = {row.text("source"): row for row in study.workspace.rows("sources")}
    return as_data(study.why(ref), sources.get)


def test_every_printed_figure_unfolds_to_rows(study: Study) -> None:
    rows = as_json("kpi", "--period", "2025", "--vs", "2024")["rows"]
    (found,) = as_json("why", rows[0]["ref"])["rows"]
    assert found["tree"]["value"]["value"] == rows[0]["value"]
    for row in rows:
        tree = tree_of(study, row["ref"])
        assert tree["value"]["value"] == row["value"]
        for node in nodes(tree):
            for formula in node.get("formulas", ()):
                assert calculated(formula) == formula["value"]
        if row["value"]:
            assert any(leaf.get("kind") == "cell" for leaf in nodes(tree))
    (cell,) = as_json("why", rows[0]["ref"], "--column", "change")["rows"]
    assert cell["value"] == rows[0]["change"]


@pytest.mark.parametrize("by", BY)
def test_groups_have_refs_that_unfold(study: Study, by: str) -> None:
    rows = as_json("kpi", "--period", "2022", "--by", by)["rows"]
    assert rows
    for row in rows:
        assert tree_of(study, row["ref"])["value"]["value"] == row["value"]
        assert parse_asked(row["ref"].removeprefix("kpi/")).group == row["group"]


@pytest.mark.parametrize(
    "ref",
    ["kpi", "kpi/nosuch:2025", "kpi/start_rate:20x5", "kpi/start_rate:2025:vs=x",
     "kpi/start_rate:2025:chain=nosuch", "kpi/fdi_share:2025:chain=display", "kpi/start_rate"],
)  # fmt: skip
def test_a_wrong_ref_of_a_figure_is_wrong_usage(ref: str) -> None:
    done = chainmap("why", ref)
    assert done.returncode == 2 and b"Traceback" not in done.stderr


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_fits_and_marks_least_values(lang: str) -> None:
    done = chainmap(
        "--lang", lang, "kpi", "--period", "2025", "--vs", "2024", env={"COLUMNS": "80"}
    )
    text = done.stdout.decode()
    assert done.returncode == 0 and ">=" in text and "2024" in text
    done = chainmap("--lang", lang, "kpi", "--by", "chain", env={"COLUMNS": "100"})
    assert done.returncode == 0 and "2026" in done.stdout.decode()


def test_a_firm_name_is_never_a_formula(tmp_path: Path) -> None:
    own = copy_of(ROOT, tmp_path / "w")
    with (own / "data/projects.csv").open("a", encoding="utf-8") as file:
        columns = [column.name for column in BY_NAME["projects"].columns]
        row = dict.fromkeys(columns, "") | {
            "project": "evil", "name": "x", "unit": "'=1+1", "signed": "2025-03-01",
            "investment_100m_cny": "9", "source": "ol_xha20200324", "as_of": "2025-04"}  # fmt: skip
        file.write(",".join(row[c] for c in columns) + "\n")
    done = chainmap("kpi", "--period", "2025", "--by", "unit", "--format", "csv", workspace=own)
    assert done.returncode == 0
    cells = {cell for row in as_csv(done.stdout) for cell in row}
    assert "'=1+1" in cells and "=1+1" not in cells
