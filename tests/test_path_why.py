"""``why`` for the path: every cell of every action is what the row says, from its leaves alone."""

from __future__ import annotations

import random

import pytest
from running import ROOT, chainmap

from chainmap.core.derivation import replay
from chainmap.core.words import WORDS
from chainmap.plan.path import ROW_KEYS, rows
from chainmap.show.why import tree
from chainmap.show.why_tree import tree_lines
from chainmap.study import Study, open_study

CHAIN = "hydrogen"


@pytest.fixture(scope="module")
def study() -> Study:
    return open_study(ROOT)


def test_every_cell_of_every_action_unfolds_to_the_value_in_the_row(study: Study) -> None:
    found = rows(study.path(CHAIN), study.chain(CHAIN))
    assert len({row["ref"] for row in found}) == len(found)
    draw = random.Random(3)
    for row in draw.sample(found, 12):
        for column in ROW_KEYS:
            assert study.why(row["ref"], column).value == row[column], (row["ref"], column)


def test_the_path_is_worked_out_again_from_what_is_on_record(study: Study) -> None:
    found = study.path(CHAIN)
    assert replay(study.book, study.book.figure("path", CHAIN)) == found
    waiting = next(action for action in found.actions if action.needs)
    ref = f"path/{CHAIN}/{waiting.code}"
    figure = study.why(ref, "due")
    assert waiting.due and replay(study.book, figure) == waiting.due.text


def test_an_action_says_why_then_and_shows_what_it_waits_for_and_its_project(study: Study) -> None:
    sources = {row.text("source"): row for row in study.workspace.rows("sources")}

    def told(code: str) -> str:
        node = tree(study.why(f"path/{CHAIN}/{code}"), sources.get, "zh")
        return "".join(text for line in tree_lines(node, 100) for text, _ in line)

    found = study.path(CHAIN)
    codes = {action.id: action.code for action in found.actions}
    waiting = next(action for action in found.actions if len(action.needs) > 1)
    text = told(waiting.code)
    assert f"等 {len(waiting.needs)} 项前置完成后开始" in text
    assert all(f"{codes[need]} " in text for need in waiting.needs)
    moved = next(action for action in found.actions if action.project)
    assert "data/projects.csv:" in told(moved.code)
    assert moved.progress and f"stage = {moved.stage}" in told(moved.code)


def test_an_action_that_is_not_there_is_named_with_those_that_are() -> None:
    done = chainmap("why", f"path/{CHAIN}/没有")
    assert done.returncode == 2
    assert WORDS["use.action"][0].format(word="没有") in done.stderr.decode()
