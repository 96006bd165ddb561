"""What is written opens elsewhere: LibreOffice reads the same text, Chromium draws the same SVG."""

from __future__ import annotations

import csv
import io
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.browsers import browser, need_chromium
from tests.running import chainmap

CHAINS = ("hydrogen", "smart-appliance")
OFFICE = shutil.which("soffice")
MOST_OFF = 0.02  # mean difference of the pixels, of their range: edges are smoothed differently


def need_office() -> str:
    if OFFICE is None:
        if os.environ.get("CI"):
            pytest.fail("no LibreOffice on a machine that must have it (.ci/run installs it)")
        pytest.skip("no LibreOffice on this machine")
    return OFFICE


def converted(file: Path, to: str, folder: Path) -> Path:
    """The file as LibreOffice has it, in another format."""
    profile, out = f"-env:UserInstallation={(folder / 'profile').as_uri()}", folder / "out"
    command = [need_office(), "--headless", profile, "--convert-to", to, "--outdir", out, file]
    subprocess.run(command, capture_output=True, check=True, timeout=200)
    return folder / "out" / f"{file.stem}.{to.partition(':')[0]}"


def written(chain: str, suffix: str, folder: Path) -> Path:
    file = folder / f"{chain}.{suffix}"
    done = chainmap("report", chain, "-o", file)
    assert done.returncode == 0, done.stderr.decode()
    return file


def bare(text: str) -> str:
    return "".join(text.split())


def lines_of_slides(file: Path) -> Iterator[str]:
    from pptx import Presentation

    def shown(shapes: Any) -> Iterator[str]:
        for shape in shapes:
            if shape.shape_type == 6:
                yield from shown(shape.shapes)
            elif shape.has_text_frame:
                yield shape.text_frame.text
            elif shape.has_table:
                yield from (cell.text_frame.text for row in shape.table.rows for cell in row.cells)

    for slide in Presentation(str(file)).slides:
        yield from shown(slide.shapes)


def lines_of_document(file: Path) -> Iterator[str]:
    import docx

    document = docx.Document(str(file))
    yield from (p.text for p in document.paragraphs)
    yield from (cell.text for table in document.tables for row in table.rows for cell in row.cells)


@pytest.mark.parametrize("chain", CHAINS)
@pytest.mark.parametrize(("suffix", "lines_of"), [("pptx", lines_of_slides),
                                                  ("docx", lines_of_document)])  # fmt: skip
def test_libreoffice_reads_the_same_text(
    tmp_path: Path, chain: str, suffix: str, lines_of: Any
) -> None:
    need_office()
    file = written(chain, suffix, tmp_path)
    again = converted(file, suffix, tmp_path)
    lines, back = ([bare(x) for x in lines_of(path) if bare(x)] for path in (file, again))
    assert len(lines) > 300
    assert sorted(back) == sorted(lines)


@pytest.mark.parametrize("chain", CHAINS)
def test_libreoffice_reads_the_same_cells(tmp_path: Path, chain: str) -> None:
    need_office()
    file = written(chain, "xlsx", tmp_path)
    text = converted(file, "csv:Text - txt - csv (StarCalc):44,34,76,1", tmp_path)
    read = list(csv.reader(io.StringIO(text.read_text(encoding="utf-8"))))
    sheet = openpyxl.load_workbook(file).worksheets[0]
    assert len(read) == sheet.max_row
    for line, row in zip(read[1:], sheet.iter_rows(2), strict=True):
        for shown, cell in zip(line, row, strict=False):
            if isinstance(cell.value, int | float):
                assert float(shown) == pytest.approx(cell.value, abs=0.05)
            else:
                assert shown == ("" if cell.value is None else str(cell.value))


@pytest.mark.parametrize("view", ["panorama", "path"])
def test_resvg_and_chromium_draw_the_same_picture(tmp_path: Path, view: str) -> None:
    import numpy as np
    from PIL import Image

    need_chromium()
    svg, png = tmp_path / "m.svg", tmp_path / "m.png"
    for file in (svg, png):
        done = chainmap("map", CHAINS[1], "--view", view, "-o", file)
        assert done.returncode == 0, done.stderr.decode()
    with browser() as chromium:
        page = chromium.new_page(viewport={"width": 1600, "height": 900}, device_scale_factor=1.5)
        page.goto(svg.as_uri())
        page.screenshot(path=tmp_path / "c.png")
    ours, theirs = (
        np.asarray(Image.open(tmp_path / name).convert("L"), dtype=float)
        for name in ("m.png", "c.png")
    )
    high = min(ours.shape[0], theirs.shape[0])
    assert ours.shape[1] == theirs.shape[1]
    off = np.abs(ours[:high] - theirs[:high]) / 255
    assert off.mean() < MOST_OFF
    blank = np.abs(ours[:high] - 255).mean() / 255
    assert blank > 2 * off.mean()  # a picture without its contents would not pass
