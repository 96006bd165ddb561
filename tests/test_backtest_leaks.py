"""Nothing from after the cut-off gets into the ranking: a filter keeps it out, a guard tells."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainmap.core.derivation import Figure
from chainmap.core.world import PastWorld
from chainmap.study import open_study
from tests.backtest_worlds import LATE, WAYS, add_rows, furnish, late_rows, planted_city
from tests.running import chainmap, copy_of

CUT, UNTIL = "2019-12-31", "2022-12-31"
MODES = ("codes", "strict")


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("city")
    planted_city(path, 5, {"signals": 4, "closeness": 3, "strength": 0.5}, size=24)
    furnish(path)
    return path


def units(path: Path, mode: str = "codes") -> Figure:
    return open_study(path).book.figure("backtest.units", "global500", CUT, UNTIL, mode, "group")


def ranked(path: Path, mode: str = "codes") -> dict[str, Any]:
    """Everything that the ranking says of each group at the cut-off."""
    found = units(path, mode)
    groups = [one.value for one in found.inputs if isinstance(one, Figure)]
    return {group.group: group for group in groups if hasattr(group, "group")}


def test_every_table_of_a_ranking_is_tried() -> None:
    from chainmap.cli.session import RANKING

    # Sources have dates of their own, sectors are declared hindsight, and register matches
    # stand in no file of their own yet.
    assert set(LATE) == set(RANKING) - {"sources", "sectors", "screened"}


def test_the_planted_rows_would_be_seen_if_they_could(city: Path, tmp_path: Path) -> None:
    """Else the tests below could not fail: each row changes something when it is in time."""
    before = ranked(city)
    for table, row in LATE.items():
        other = copy_of(city, tmp_path / table)
        add_rows(other, table, [{**row, "source": "s1", "as_of": "2019-06-01"}])
        assert not open_study(other).read_problems or table, table
        assert ranked(other) != before, table


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("way", WAYS)
def test_rows_that_were_not_out_change_nothing(
    city: Path, tmp_path: Path, way: str, mode: str
) -> None:
    other = copy_of(city, tmp_path)
    before = ranked(other, mode)
    late_rows(other, way)
    assert len(before) == 24
    assert ranked(other, mode) == before


@pytest.mark.parametrize("way", WAYS)
def test_the_guard_names_each_row_where_the_filter_is_off(
    city: Path, tmp_path: Path, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chainmap.rank.backtest.guard import Leak, guard

    other = copy_of(city, tmp_path)
    guard([units(other)])
    planted = late_rows(other, way)
    guard([units(other)])
    monkeypatch.setattr(PastWorld, "visible", lambda *_: True)
    with pytest.raises(Leak) as caught:
        guard([units(other)])
    named = {(place.file, place.line) for place, _ in caught.value.rows}
    missed = {t for t, line in planted.items() if (f"data/{t}.csv", line) not in named}
    assert missed == set()
    # Nothing but what is late is named: the planted rows, and signings from after the cut-off.
    others = {file for file, line in named if (file, line) not in {
        (f"data/{t}.csv", line) for t, line in planted.items()}}  # fmt: skip
    assert others <= {"data/projects.csv"}
    why = {place.file: word for place, word in caught.value.rows}["data/affinity.csv"]
    assert why == {"a late row": "as_of", "a source without a date": "undated"}.get(way, "late")


def test_a_leak_ends_the_command_and_names_the_row(
    city: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    from chainmap.cli.main import main

    other = copy_of(city, tmp_path)
    planted = late_rows(other, "a late source")
    monkeypatch.setattr(PastWorld, "visible", lambda self, row: row.as_of <= self.today)
    with pytest.raises(SystemExit) as ended:
        main(["--workspace", str(other), "backtest", "--as-of", CUT, "--until", UNTIL])
    assert ended.value.code == 1
    said = capsys.readouterr()
    assert f"data/signals.csv:{planted['signals']}" in said.err
    assert said.out == ""


def by_hand(path: Path, source: str, day: str) -> None:
    file = path / "chains" / "probe.yaml"
    text = file.read_text(encoding="utf-8")
    status = (
        f"status: {{is: strong, because: 核查, source: {source}, as_of: {day}}}, industry: ['3411']"
    )
    assert "industry: ['3411']" in text
    file.write_text(text.replace("industry: ['3411']", status), encoding="utf-8")


@pytest.mark.parametrize(
    ("source", "day", "seen"),
    [("s1", "2019-06-01", True), ("late", "2019-06-01", False), ("s1", "2020-06-01", False),
     ("s1|undated", "2019-06-01", False)],
)  # fmt: skip
def test_a_status_set_by_hand_counts_like_a_row(
    city: Path, tmp_path: Path, source: str, day: str, seen: bool
) -> None:
    other = copy_of(city, tmp_path)
    before = ranked(other)
    by_hand(other, source, day)
    assert (ranked(other) != before) == seen


def test_the_guard_names_a_late_status_set_by_hand(
    city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chainmap.rank.backtest.guard import Leak, guard

    other = copy_of(city, tmp_path)
    by_hand(other, "late", "2019-06-01")
    monkeypatch.setattr(PastWorld, "known_then", lambda _, chain: chain)
    with pytest.raises(Leak) as caught:
        guard([units(other)])
    assert {place.file for place, _ in caught.value.rows} == {"chains/probe.yaml"}


# Any rows from after the cut-off: added, changed, or taken away

days = st.dates(date(2019, 1, 2), date(2025, 12, 31))


@st.composite
def unseen_rows(draw: Any) -> dict[str, list[dict[str, object]]]:
    """Rows of any table that are late, have a late source or one without a date."""
    found: dict[str, list[dict[str, object]]] = {}
    firm = st.sampled_from([f"f{n}" for n in range(24)])
    link = st.sampled_from([f"l{n}" for n in range(24)])
    for table in draw(st.lists(st.sampled_from(sorted(LATE)), min_size=1, max_size=8)):
        row = dict(LATE[table])
        for column, values in (("firm", firm), ("link", link), ("wanted", firm)):
            if column in row:
                row[column] = draw(values)
        for column in ("revenue", "revenue_100m_cny", "value", "output", "rank", "cny"):
            if column in row:
                row[column] = draw(st.integers(1, 90))
        if table == "firms":
            row["name"] = draw(st.sampled_from(["改名", "另一名"]))
            row["industry"] = draw(st.sampled_from(["", "3405", "34"]))
        if table == "projects":
            row["project"] = draw(st.sampled_from(["old", "new", "p1", "p2"]))
        if table == "lists":
            row["year"] = draw(st.integers(2018, 2024))
        if table == "signals":
            row["date"] = str(draw(days))
        day, source = draw(days), draw(st.sampled_from(["s1", "late", "s1|late", "undated"]))
        late = source == "s1" and day.year < 2020
        row |= {"source": "late" if late else source, "as_of": str(day)}
        found.setdefault(table, []).append(row)
    return found


@settings(max_examples=40, deadline=None)
@given(one=unseen_rows(), other=unseen_rows())
def test_the_future_may_be_anything(city: Path, one: dict[str, Any], other: dict[str, Any]) -> None:
    """Cities with the same past rank alike, bit for bit, whatever came after."""
    with tempfile.TemporaryDirectory() as place:
        answers = [repr(sorted(ranked(city).items()))]
        for name, rows in (("one", one), ("other", other)):
            path = copy_of(city, Path(place) / name)
            for table, more in rows.items():
                add_rows(path, table, more)
            answers.append(repr(sorted(ranked(path).items())))
    assert answers[0] == answers[1] == answers[2]


def test_an_undated_source_is_no_source(city: Path, tmp_path: Path) -> None:
    other = copy_of(city, tmp_path)
    text = (other / "data" / "sources.csv").read_text(encoding="utf-8")
    (other / "data" / "sources.csv").write_text(text.replace(",2019-01-01,", ",,"), "utf-8")
    done = chainmap("backtest", "--as-of", CUT, "--until", UNTIL, workspace=other)
    assert done.returncode == 2
    assert "global500" in done.stderr.decode()
