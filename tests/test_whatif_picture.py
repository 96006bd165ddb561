"""The two maps side by side: every link in both, each difference marked and nothing else."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from picture_worlds import STATUSES, panoramas
from running import chainmap

from chainmap.core.text import safe
from chainmap.show.draw.scene import Box, Group, Page, Text, flat, groups, texts
from chainmap.show.draw.svg import as_svg
from chainmap.show.pictures.beside import Beside, Mark, beside_page
from chainmap.show.pictures.content import Panorama
from chainmap.show.web.beside import beside_document

SPARE = 0.6


@st.composite
def pairs(draw: st.DrawFn, most: int = 90) -> Beside:
    """A panorama before and after, some links of another status, some of another kind."""
    before = draw(panoramas(most=most))
    marks: dict[str, Mark] = {}
    stages = []
    for stage in before.stages:
        cards = []
        for card in stage.cards:
            told = draw(st.sampled_from(("same", "same", "same", "status", "kind", "stops")))
            now = card
            if told == "status":
                now = replace(card, status=draw(st.sampled_from(STATUSES)))
                told = "status" if now.status != card.status else "same"
            if told != "same":
                chip = {"status": "缺→有", "kind": "延链", "stops": "停"}[told]
                marks[card.ref] = Mark(chip, told == "status", told == "stops")
            cards.append(now)
        stages.append(replace(stage, cards=tuple(cards)))
    after = replace(before, stages=tuple(stages))
    sentences = tuple(draw(st.lists(st.text("落地企业环节 ABC，", min_size=1), max_size=4)))
    return Beside("标题", sentences, "数据截至 2026-11-25", before, after,
                  ("完整度 30%-90%", "完整度 33%-90%"), marks, "来源", "zh")  # fmt: skip


def cards_of(page: Page) -> list[Group]:
    return list(groups(page.items, "card"))


def outline(card: Group) -> Box:
    return next(item for item in flat(card.items) if isinstance(item, Box))


@settings(max_examples=60, deadline=None)
@given(pairs())
def test_every_link_stands_in_both_maps_with_its_status(content: Beside) -> None:
    page = beside_page(content)
    cards = cards_of(page)
    middle = page.width / 2
    left = [card for card in cards if outline(card).x < middle]
    right = [card for card in cards if outline(card).x >= middle]
    for drawn, told in ((left, content.before), (right, content.after)):
        wanted = Counter((card.ref, card.status) for card in told.cards())
        assert Counter((card.ref, card.status) for card in drawn) == wanted
    boxes = [outline(card) for card in cards]
    for a, b in combinations(boxes, 2):
        apart = a.x + a.w <= b.x + 0.01 or b.x + b.w <= a.x + 0.01
        assert apart or a.y + a.h <= b.y + 0.01 or b.y + b.h <= a.y + 0.01


@settings(max_examples=60, deadline=None)
@given(pairs())
def test_the_links_that_differ_are_marked_in_both_maps_and_no_others(content: Beside) -> None:
    page = beside_page(content)
    marked = Counter(group.ref for group in groups(page.items, "changed"))
    assert marked == Counter(dict.fromkeys(content.marks, 2))
    chips = Counter(group.ref for group in groups(page.items, "chip"))
    assert chips == Counter(dict.fromkeys(content.marks, 1))
    said = Counter(
        text.text for group in groups(page.items, "chip") for text in flat(group.items)
        if isinstance(text, Text)
    )  # fmt: skip
    assert said == Counter(mark.chip for mark in content.marks.values())


@settings(max_examples=60, deadline=None)
@given(pairs())
def test_everything_stays_on_the_page_and_no_text_runs_into_another(content: Beside) -> None:
    page = beside_page(content)
    lines = list(texts(page))
    for line in lines:
        assert line.left >= 20 and line.left + line.width <= page.width - 20 + SPARE
        assert 0 < line.y < page.height
    for a, b in combinations(lines, 2):
        if abs(a.y - b.y) < 0.6 * min(a.size, b.size):
            apart = a.left + a.width <= b.left + SPARE or b.left + b.width <= a.left + SPARE
            assert apart, (a, b)


@settings(max_examples=20, deadline=None)
@given(panoramas(most=60))
def test_nothing_changed_marks_nothing_and_gives_the_same_picture(before: Panorama) -> None:
    content = Beside("标题", (), "日期", before, before, ("", ""), {}, "来源", "zh")
    page = beside_page(content)
    assert not [*groups(page.items, "changed"), *groups(page.items, "chip")]
    assert as_svg(page) == as_svg(beside_page(content))


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("suffix", ["svg", "png", "html"])
def test_the_command_draws_the_two_maps(tmp_path: Path, suffix: str, lang: str) -> None:
    file = tmp_path / f"out.{suffix}"
    done = chainmap(
        "--lang", lang, "whatif", "new-energy-vehicle", "--lose", "battery-cell",
        "--draws", "50", "-o", file,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    data = file.read_bytes()
    if suffix == "png":
        assert data.startswith(b"\x89PNG")
    else:
        text = data.decode()
        tags = {"zh": "有→缺", "en": "here→miss"}
        assert tags[lang] in text and 'class="changed' in text
        assert "http://" not in text.replace("http://www.w3.org/2000/svg", "")
        assert ("<script" in text) is False


def test_hostile_names_stay_text_on_the_page_and_in_the_picture() -> None:
    from test_hostile_names import CARDS, NAMES, PANORAMA, Seen, bare

    marks = {card.ref: Mark(card.name[:9], True, True) for card in CARDS}
    content = Beside(NAMES[13], NAMES, NAMES[14], PANORAMA, PANORAMA, (NAMES[15], NAMES[16]),
                     marks, NAMES[17])  # fmt: skip
    data = beside_document(content, ("环节", "状态"), [(name, name) for name in NAMES])
    seen = Seen()
    seen.feed(data.decode())
    tags = [tag for tag, _ in seen.tags]
    assert "script" not in tags and "img" not in tags and "a" not in tags
    for _, attrs in seen.tags:
        assert not [name for name in attrs if name.startswith("on") or name in ("src", "style")]
    cells = {bare(cell) for cell in seen.cells}
    assert all(bare(safe(name)) in cells for name in NAMES if bare(name))
    space = "{http://www.w3.org/2000/svg}"
    for node in ET.fromstring(as_svg(beside_page(content))).iter():
        shapes = {"svg", "title", "desc", "g", "rect", "path", "circle", "text"}
        assert node.tag.removeprefix(space) in shapes
