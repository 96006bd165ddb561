"""The path as a page and as CSV: nothing live, nothing lost, readable on a telephone."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from path_worlds import busy, busy_worlds, chain_of

from chainmap.core.text import safe
from chainmap.plan.path import ROW_KEYS, rows
from chainmap.show.path_words import COLUMNS, cells
from chainmap.show.pictures.path import path_pages
from chainmap.show.web.path import path_page
from chainmap.study import open_study
from chainmap.study.pictures import path_content
from tests.browsers import browser, need_chromium
from tests.running import as_json, chainmap

CHAIN = "hydrogen"
HOSTILE = [
    "=1+1",
    "<script>alert(1)</script>",
    "</td><img src=x>",
    "a\x1b[31m\u202eb",
    "'x",
    "&lt;",
]


@pytest.fixture(scope="module")
def page() -> str:
    """The page of the reference chain with names that try to get out of their cells."""
    study = open_study(Path(__file__).parent.parent)
    chain = study.chain(CHAIN)
    found = rows(study.path(CHAIN), chain)
    for at, row in enumerate(found):
        name = HOSTILE[at % len(HOSTILE)]
        row |= {"title": name, "owner": name, "project": "p", "project_name": name,
                "project_stage": "签约", "next_step": name}  # fmt: skip
    content = path_content(study, chain, "zh")
    return path_page(content, path_pages(content), found).decode()


def read_back(page: str) -> list[list[str]]:
    """The text of the cells of the table of actions."""
    body = page.split("<tbody>")[1].split("</tbody>", maxsplit=1)[0]
    lines = re.findall(r"<tr>(.*?)</tr>", body, re.S)
    return [[html.unescape(c) for c in re.findall(r"<td>(.*?)</td>", line, re.S)] for line in lines]


def test_every_name_reads_back_and_none_is_alive(page: str) -> None:
    found = read_back(page)
    assert len(found) == len(as_json("map", CHAIN, "--view", "path")["rows"])
    for at, cells_of in enumerate(found):
        assert len(cells_of) == len(COLUMNS)
        assert cells_of[1] == safe(HOSTILE[at % len(HOSTILE)])
    assert "<script" not in page and "<img" not in page and "\x1b" not in page
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", page)
    assert "default-src 'none'" in page and "script-src" not in page


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(busy_worlds())
def test_a_row_in_words_says_what_the_action_says(world: tuple[Any, ...]) -> None:
    links, flows, _, path, stages = world[0]
    found = busy(world)
    made = rows(found, chain_of(links, flows, path, stages))
    for action, row in zip(found.actions, made, strict=True):
        assert list(row) == list(ROW_KEYS)
        told = dict(zip(COLUMNS, cells(row, "zh"), strict=True))
        assert told["code"] == action.code and told["owner"] == (action.owner or "")
        state = told["state"].split("、") if told["state"] else []
        flags = {"已启动": action.started, "逾期": action.late, "有风险": action.at_risk,
                 "条件任务": action.conditional, "关键路径": action.critical,
                 "列入计划": action.in_plan is True,
                 "未列入计划": action.in_plan is False}  # fmt: skip
        assert {word for word, true in flags.items() if true} == {w for w in state if w in flags}
        assert len(state) == sum(flags.values()) + len(action.risk)
        assert (told["project"] != "") == (action.project is not None)


def test_the_csv_holds_the_rows_of_the_json(tmp_path: Path) -> None:
    out = tmp_path / "path.csv"
    assert chainmap("map", CHAIN, "--view", "path", "-o", out).returncode == 0
    found = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8-sig"))))
    wanted = as_json("map", CHAIN, "--view", "path")["rows"]
    assert list(found[0]) == list(ROW_KEYS)
    for row, same in zip(found, wanted, strict=True):
        for name in ("code", "start", "due", "owner", "project", "project_stage", "forecast"):
            assert row[name] == (same[name] or "")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    need_chromium()
    with browser() as one:
        yield one


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_a_browser_asks_for_nothing_and_does_not_scroll_sideways(
    chromium: Any, page: str, tmp_path: Path, size: tuple[int, int]
) -> None:
    file = tmp_path / "path.html"
    file.write_text(page, encoding="utf-8")
    view = chromium.new_page(viewport={"width": size[0], "height": size[1]})
    asked, said = [], []
    view.on("request", lambda one: asked.append(one.url))
    view.on("console", lambda one: said.append(one.text))
    view.on("pageerror", lambda one: said.append(str(one)))
    view.goto(file.as_uri())
    assert asked == [file.as_uri()] and said == []
    assert view.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert view.locator("table.rows tbody tr").count() == len(read_back(page))
    view.close()
