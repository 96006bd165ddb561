"""Pictures as files: the same bytes every time, the same text in every format."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.running import chainmap

ROOT = Path(__file__).parent.parent
CHAIN = "smart-appliance"
SVG = "{http://www.w3.org/2000/svg}"


def drawn(folder: Path, name: str, *more: str) -> bytes:
    file = folder / name
    done = chainmap("map", CHAIN, *more, "-o", file)
    assert done.returncode == 0, done.stderr
    return file.read_bytes()


def words_of_svg(data: bytes) -> list[str]:
    return [text.text or "" for text in ET.fromstring(data).iter(f"{SVG}text")]


@pytest.fixture(scope="module")
def svg(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return drawn(tmp_path_factory.mktemp("svg"), "map.svg")


def test_an_svg_names_every_link_and_refers_to_nothing_outside(svg: bytes) -> None:
    text = svg.decode()
    assert len(re.findall(r'data-ref="smart-appliance/', text)) == 29
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"<script|href|url\(|@import|on[a-z]+=", text)
    assert any("29 个环节" in words for words in words_of_svg(svg))


def test_a_png_is_a_picture_of_the_page(tmp_path: Path) -> None:
    data = drawn(tmp_path, "map.png")
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    wide, tall = (int.from_bytes(data[at : at + 4], "big") for at in (16, 20))
    assert (wide, tall) == (2400, 1350)


def test_slides_hold_the_same_text_as_the_svg(tmp_path: Path, svg: bytes) -> None:
    from pptx import Presentation

    show = Presentation(io.BytesIO(drawn(tmp_path, "map.pptx")))
    found: list[str] = []

    def collect(shapes: object) -> None:
        for shape in shapes:  # type: ignore[attr-defined]
            if shape.shape_type == 6:
                collect(shape.shapes)
            elif shape.has_text_frame and shape.text_frame.text:
                found.append(shape.text_frame.text)

    collect(show.slides[0].shapes)
    assert found == words_of_svg(svg)


def test_the_a3_sheet_is_higher(tmp_path: Path) -> None:
    root = ET.fromstring(drawn(tmp_path, "map.svg", "--sheet", "a3"))
    assert root.get("viewBox") == "0 0 1600 1131"


@pytest.mark.parametrize("suffix", ["svg", "png", "pdf", "pptx"])
def test_the_same_workspace_gives_the_same_bytes(tmp_path: Path, suffix: str) -> None:
    first = drawn(tmp_path, f"one.{suffix}")
    places = {"PYTHONHASHSEED": "7", "TZ": "Asia/Shanghai", "LC_ALL": "C"}
    file = tmp_path / f"two.{suffix}"
    done = chainmap("map", CHAIN, "-o", file, env=places)
    assert done.returncode == 0, done.stderr
    assert file.read_bytes() == first


def test_another_format_beside_a_picture_is_wrong_usage(tmp_path: Path) -> None:
    done = chainmap("map", CHAIN, "--format", "csv", "-o", tmp_path / "m.svg")
    assert done.returncode == 2
    assert not (tmp_path / "m.svg").exists()
