"""``--where`` is one expression over the columns: what it may say, and what it cannot reach."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from registers import as_csv, read

from chainmap.core.register import Tally
from chainmap.read.register_where import BadWhere, check
from chainmap.study.screening_absent import rows_here

HEADS = ("id", "name", "scope", "capital", "city", "founded", "status")
ROWS = [
    ["a", "甲", "硅片", "100", "青岛", "2015-01-01", ""],
    ["b", "乙", "硅片", "", "青岛", "2016-01-01", ""],
    ["c", "丙", "电池", "50", "", "", ""],
    ["d", "丁", "硅片", "7", "济南", "2014-01-01", "注销"],
]


@pytest.mark.parametrize(
    ("expression", "ids"),
    [
        ("city = '青岛' and capital > 10", "a"), ("capital >= 50", "ac"),
        ("city <> '青岛'", ""), ("city is null", "c"), ("capital is null", "b"),
        ("city in ('青岛', '济南')", "ab"),
        ("scope like '%硅%' or capital between 40 and 60", "abc"),
        ("founded < '2016'", "a"), ("lower(id) = 'c' -- the third", "c"), ("not city = '青岛'", ""),
        ("case when capital > 60 then true else false end", "a"), ("scope ~ '^硅'", "ab"),
        ("CITY = '青岛' AND founded >= '2016-01-01'", "b"), ("capital * 2 = 200", "a"),
    ],
)  # fmt: skip
def test_it_chooses_rows_and_unknown_is_neither_way(
    tmp_path: Path, expression: str, ids: str
) -> None:
    path = as_csv(tmp_path / "a.csv", ROWS, HEADS)
    for size in (1, 100):
        rows, broken, tally = read(path, size=size, where=expression)
        assert "".join(row["id"] for row in rows) == ids
        assert not broken and tally == Tally(read=4, revoked=1, filtered=3 - len(ids))


@pytest.mark.parametrize(
    "expression",
    [
        "", " ", "capital >", "1=1; drop table batch", "1) from batch; select (1", "*",
        "exists(select 1)", "capital in (select 1)", "(select true)",
        "read_text('/etc/passwd') = ''",
        "city = getenv('HOME')", "random() > 1", "sum(capital) > 1", "city = ?", "city = $x",
        "batch.city = ''", "current_date > founded", "now() is null", "nosuch = 1",
        "founded > 2015",
        "row_number() over () > 1", "columns('c.*') = 'x'", "city[1] = 'x'", "1 /*",
        "city = 'x' limit 1", "city='x') union select (true", "repeat(city, 99999999999) = ''",
        "list_filter([1], x -> x > 1) = []", "city = 'x' collate nocase", "glob('/*') is null",
        "current_setting('home_directory') = ''", "pg_sleep(9) is null", "name = '\ud800'",
    ],
)  # fmt: skip
def test_it_reaches_nothing_else(expression: str) -> None:
    with pytest.raises(BadWhere) as found:
        check(expression)
    again = pickle.loads(pickle.dumps(found.value))
    assert (again.key, again.word) == (found.value.key, found.value.word)


def test_rows_that_may_be_in_a_region_are_those_without_a_city_too(tmp_path: Path) -> None:
    places = [("甲", "山东省青岛市"), ("乙", ""), ("青岛丙公司", "济南市"), ("丁", "济南")]
    rows = [[id_, name, "", "1", city, "", ""]
            for id_, (name, city) in zip("abcd", places, strict=True)]  # fmt: skip
    path = as_csv(tmp_path / "a.csv", rows, HEADS)
    assert "".join(row["id"] for row in read(path, where=rows_here("青岛市"))[0]) == "abc"


def test_a_cell_that_cannot_be_cast_ends_it_in_words(tmp_path: Path) -> None:
    path = as_csv(tmp_path / "a.csv", [*ROWS, ["e", "", "", "1", "", "last year", ""]], HEADS)
    with pytest.raises(BadWhere) as found:
        read(path, where="year(founded::date) > 2014")
    assert "last year" in found.value.word
