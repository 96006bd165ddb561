"""Limits: one table, in force everywhere, raised and lowered by one flag."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest
from bad_inputs import SOUND
from running import chainmap

from chainmap.core.limits import LIMITS, Limits, WrongLimit, adjust, markdown, table
from chainmap.core.schema import BY_NAME
from chainmap.read.files import Intake
from chainmap.read.nodes import document
from chainmap.read.tables import read_table

ROOT = Path(__file__).parent.parent
MARK = "<!-- limits -->\n"


def test_the_table_holds_every_limit_and_each_is_used() -> None:
    names = [one.name for one in table()]
    assert names == [one.name for one in fields(Limits)]
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for path in (ROOT / "chainmap").rglob("*.py")
        if path.name != "limits.py"
    )
    used = set(re.findall(r"(?:LIMITS|limits)\.(\w+)", code)) | set(re.findall(r'"(\w+)"', code))
    assert [name for name in names if name not in used] == []
    for one in table():
        assert 1 <= one.number <= one.most
        assert one.what.zh and one.what.en


@pytest.mark.parametrize(("readme", "lang"), [("README.md", "en"), ("README.zh-CN.md", "zh")])
def test_the_table_of_a_readme_is_made_from_the_definition(readme: str, lang: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    if MARK not in text:
        pytest.skip("the page has no table of limits yet")
    assert text.split(MARK)[1].startswith(markdown(lang))


def test_the_table_says_what_holds() -> None:
    lines = markdown("en").splitlines()
    assert "| `rows` | rows of a CSV table | 5,000,000 |" in lines
    assert "| `table_bytes` | a CSV table | 512 MiB |" in lines
    assert "| `book_seconds` | reading a workbook | 120 seconds |" in lines
    assert "| `book_seconds` | 读一个工作簿 | 120 秒 |" in markdown("zh").splitlines()
    assert len(lines) == len(list(table())) + 2


def test_a_limit_is_set_by_a_word() -> None:
    mine = Limits()
    adjust(["rows=2_000_000", "depth=1", "rows=7"], mine)
    assert (mine.rows, mine.depth, mine.nodes) == (7, 1, LIMITS.nodes)
    assert (Limits().rows, LIMITS.rows) == (5_000_000, 5_000_000)


@pytest.mark.parametrize(
    ("word", "what"),
    [("rows", "number"), ("rows=", "number"), ("rows=0", "number"), ("rows=-1", "number"),
     ("rows=1.5", "number"), ("rows=1e6", "number"), ("rows=１", "number"),
     ("rows=" + "9" * 30, "number"),
     ("depth=201", "number"), ("depth= 5", "number"), ("row=1", "name"), ("=1", "name"),
     ("", "name"),     ("__init__=1", "name")],
)  # fmt: skip
def test_a_word_that_sets_no_limit_changes_none(word: str, what: str) -> None:
    mine = Limits()
    with pytest.raises(WrongLimit) as wrong:
        adjust(["nodes=5", word], mine)
    assert wrong.value.args == (what, word)
    assert mine.nodes == LIMITS.nodes


def test_the_flag_reaches_the_reader_and_its_error_names_it() -> None:
    done = chainmap("--limit", "rows=1", "--limit", "nodes=9", "validate", workspace=SOUND)
    told = (done.stdout + done.stderr).decode()
    assert done.returncode == 1
    assert "T121" in told and "--limit rows=N" in told
    assert "Y105" in told and "--limit nodes=N" in told
    assert chainmap("--limit", "rows=9", "validate", workspace=SOUND).returncode == 0
    wrong = chainmap("--lang", "en", "--limit", "row=9", "validate", workspace=SOUND)
    assert wrong.returncode == 2 and "rows" in wrong.stderr.decode()
    wrong = chainmap("--lang", "en", "--limit", "depth=900", "validate", workspace=SOUND)
    assert wrong.returncode == 2 and "from 1 to 200" in wrong.stderr.decode()


def test_a_raised_limit_lets_more_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sources.csv").write_text(
        "source,title,publisher,url,date,grade\ns1," + "长" * 200_000 + ",,,2025,A\n",
        encoding="utf-8",
    )

    def codes() -> list[str]:
        read = read_table(Intake(tmp_path), tmp_path / "sources.csv", BY_NAME["sources"])
        return [one.code for one in read.problems]

    assert codes() == ["T120"]
    monkeypatch.setattr(LIMITS, "cell_characters", 300_000)
    assert codes() == []
    deep = "a: " + "[" * 150 + "]" * 150
    assert [one.code for one in document(deep, "f").problems] == ["Y104"]
    monkeypatch.setattr(LIMITS, "depth", 200)
    assert document(deep, "f").problems == []
