"""The geometry of the panorama: nothing overlaps, nothing leaves its card, nothing is lost."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given, settings

from chainmap.show.draw.scene import Box, Group, Page, Text, flat, groups, texts
from chainmap.show.pictures.content import Panorama
from chainmap.show.pictures.panorama import panorama
from tests.picture_worlds import panoramas

SPARE = 0.6  # units: what is rounded in the drawing


def outline(card: Group) -> Box:
    return next(item for item in flat(card.items) if isinstance(item, Box))


def overlap(a: Box, b: Box) -> bool:
    return (
        a.x < b.x + b.w - 0.01
        and b.x < a.x + a.w - 0.01
        and a.y < b.y + b.h - 0.01
        and b.y < a.y + a.h - 0.01
    )


def cards_of(page: Page) -> list[Group]:
    return list(groups(page.items, "card"))


@pytest.mark.parametrize("sheet", ["16:9", "a3"])
@settings(max_examples=60, deadline=None)
@given(content=panoramas())
def test_every_link_is_drawn_once_and_its_text_stays_in_its_card(
    sheet: str, content: Panorama
) -> None:
    pages = panorama(content, sheet)
    drawn = Counter(card.ref for page in pages for card in cards_of(page))
    assert drawn == Counter(card.ref for card in content.cards())
    for page in pages:
        boxes = [outline(card) for card in cards_of(page)]
        assert not any(overlap(a, b) for a, b in combinations(boxes, 2))
        for card, box in zip(cards_of(page), boxes, strict=True):
            for text in flat(card.items):
                if isinstance(text, Text):
                    assert box.x - SPARE <= text.left
                    assert text.left + text.width <= box.x + box.w + SPARE, text
                    assert box.y < text.y < box.y + box.h


@pytest.mark.parametrize("sheet", ["16:9", "a3"])
@settings(max_examples=40, deadline=None)
@given(content=panoramas(most=130))
def test_everything_stays_on_the_page_and_texts_do_not_run_into_each_other(
    sheet: str, content: Panorama
) -> None:
    for page in panorama(content, sheet):
        lines = list(texts(page))
        for line in lines:
            assert line.left >= 20
            assert line.left + line.width <= page.width - 20 + SPARE
            assert 0 < line.y < page.height
        for a, b in combinations(lines, 2):
            if abs(a.y - b.y) < 0.6 * min(a.size, b.size):
                apart = a.left + a.width <= b.left + SPARE or b.left + b.width <= a.left + SPARE
                assert apart, (a, b)


@settings(max_examples=30, deadline=None)
@given(content=panoramas(most=60))
def test_the_same_content_gives_the_same_picture(content: Panorama) -> None:
    assert panorama(content) == panorama(content)
