"""Slides written in one go are what the library builds call by call, to the byte."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from pptx import Presentation

from chainmap.show.draw.drawing_ml import Writer
from chainmap.show.draw.pptx import fill_slide
from chainmap.show.draw.scene import Box, Disc, Group, Item, Shape, Stroke, Text
from chainmap.show.draw.tokens import LIGHT
from tests.pptx_oracle import SlowSlide

PLACES = st.floats(-50, 1600, allow_nan=False).map(lambda x: round(x, 3))
LENGTHS = st.floats(0.5, 900, allow_nan=False).map(lambda x: round(x, 3))
PAINTS = st.sampled_from(sorted(LIGHT))
WORDS = st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(
    ["电解槽 & <b>", "]]>", "_x0041_", "a\tb\nc", '"quoted"', "\u202e反", "=1+1", ""]
)
STROKES = st.none() | st.builds(
    Stroke, PAINTS, st.floats(0.3, 4), st.none() | st.sampled_from([(1.5, 3.0), (6.0, 4.0)])
)
BOXES = st.builds(Box, PLACES, PLACES, LENGTHS, LENGTHS, st.none() | PAINTS, STROKES,
                  st.sampled_from([0.0, 3.0, 6.0, 800.0]))  # fmt: skip
DISCS = st.builds(Disc, PLACES, PLACES, st.floats(0.5, 40), st.none() | PAINTS, STROKES)
SHAPES = st.builds(
    Shape, st.lists(st.tuples(PLACES, PLACES), min_size=2, max_size=6).map(tuple),
    st.none() | PAINTS, STROKES, st.booleans(),
)  # fmt: skip
TEXTS = st.builds(Text, PLACES, PLACES, WORDS, st.floats(7, 33), PAINTS, st.booleans(),
                  st.sampled_from(["start", "middle", "end"]))  # fmt: skip
LEAVES: st.SearchStrategy[Item] = st.one_of(BOXES, DISCS, SHAPES, TEXTS)
GROUPS = st.builds(Group, st.lists(LEAVES, max_size=5).map(tuple), st.just("card"), WORDS, WORDS)
NESTED = st.builds(
    Group, st.lists(LEAVES | GROUPS, min_size=1, max_size=4).map(tuple), st.just("legend")
)


def slide() -> Any:
    show = Presentation()
    return show.slides.add_slide(show.slide_layouts[6])


@settings(max_examples=60, deadline=None)
@given(
    items=st.lists(LEAVES | GROUPS | NESTED, max_size=8),
    unit=st.sampled_from([7620.0, 6063.66, 9144.1]),
    left=st.sampled_from([0.0, 163.4]),
)
def test_what_is_written_is_what_the_library_builds(
    items: list[Item], unit: float, left: float
) -> None:
    slow, fast = slide(), slide()
    SlowSlide(LIGHT, unit, left).put(slow.shapes, items)
    fill_slide(fast.shapes, Writer(LIGHT, unit, left), items)
    assert etree.tostring(fast._element) == etree.tostring(slow._element)
