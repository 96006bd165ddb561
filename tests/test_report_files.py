"""The report as files: each format holds the two maps and the table, and opens elsewhere."""

from __future__ import annotations

import io
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from chainmap.show.key_table import COLUMNS
from tests.browsers import browser, need_chromium
from tests.running import as_json, chainmap

CHAIN = "hydrogen"
A4, A3 = (595, 842), (1191, 842)
FORMATS = ("svg", "png", "pdf", "pptx", "html", "docx", "xlsx")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("report")


def made(folder: Path, suffix: str, *more: str) -> bytes:
    file = folder / f"r{'-'.join(more)}.{suffix}"
    if not file.exists():
        done = chainmap("report", CHAIN, *more, "-o", file)
        assert done.returncode == 0, done.stderr.decode()
    return file.read_bytes()


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = as_json("table", CHAIN)["rows"]
    return found


def pdf_text(data: bytes) -> str:
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=data, capture_output=True,
                          check=True)  # fmt: skip
    return done.stdout.decode()


def sheets(data: bytes, folder: Path) -> list[tuple[int, int]]:
    file = folder / "sizes.pdf"
    file.write_bytes(data)
    done = subprocess.run(["pdfinfo", "-l", "99", file], capture_output=True, check=True)
    found = re.findall(r"size:\s+([\d.]+) x ([\d.]+)", done.stdout.decode())
    return [(round(float(w)), round(float(h))) for w, h in found]


def test_the_pdf_is_a_page_to_read_and_sheets_to_look_things_up(
    folder: Path, rows: list[dict[str, Any]]
) -> None:
    data = made(folder, "pdf")
    sizes = sheets(data, folder)
    assert sizes[0] == A4
    assert {width for width, _ in sizes[1:]} == {A3[0]}
    assert len(sizes) >= 4
    text = re.sub(r"\s", "", pdf_text(data))
    for row in rows:
        assert row[COLUMNS[1]] in text or row[COLUMNS[1]][:7] in text
    for word in ("一页报告", "产业链全景图", "产业链路径图", "重点招商项目表", "合计"):
        assert word in text


def test_the_page_alone_is_a_picture(folder: Path) -> None:
    assert b'viewBox="0 0 794 1123"' in made(folder, "svg")
    png = made(folder, "png")
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(png[16:20], "big") < int.from_bytes(png[20:24], "big")


def test_slides_hold_maps_intervals_and_a_table_that_can_be_edited(
    folder: Path, rows: list[dict[str, Any]]
) -> None:
    from pptx import Presentation

    show = Presentation(io.BytesIO(made(folder, "pptx")))
    assert round(show.slide_width / show.slide_height, 2) == 1.78
    tables = [s.table for slide in show.slides for s in slide.shapes if s.has_table]
    told = [[cell.text_frame.text for cell in row.cells] for t in tables for row in t.rows]
    heads, *_ = told
    body = [line for line in told if line != heads]
    assert [line[1] for line in body] == [row[COLUMNS[1]] for row in rows[: len(body)]]
    assert len(body) == 20
    notes = "\n".join(
        slide.notes_slide.notes_text_frame.text for slide in show.slides if slide.has_notes_slide
    )
    cited = {source for row in rows[:20] for source in as_json_sources(row)}
    assert cited
    assert all(re.search(rf"^{re.escape(source)}\b", notes, re.M) for source in cited)
    assert len(show.slides) >= 5


def as_json_sources(row: dict[str, Any]) -> list[str]:
    found: list[str] = row["证据"].partition("：")[2].split("、")
    return found


def test_the_document_holds_the_table_and_its_sources(
    folder: Path, rows: list[dict[str, Any]]
) -> None:
    import docx

    document = docx.Document(io.BytesIO(made(folder, "docx")))
    table = max(document.tables, key=lambda one: len(one.rows))
    names = [cell.text for cell in table.columns[1].cells][2:]
    assert names[: len(rows)] == [row[COLUMNS[1]] for row in rows]
    text = "\n".join(p.text for p in document.paragraphs)
    assert "链情：" in text
    for source in {source for row in rows for source in as_json_sources(row)}:
        assert re.search(rf"^{re.escape(source)}\b", text, re.M), source
    assert len(document.inline_shapes) >= 2


def test_the_workbook_is_that_of_the_table(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "t.xlsx"
    assert chainmap("table", CHAIN, "-o", file).returncode == 0
    assert made(folder, "xlsx") == file.read_bytes()


def words_of(data: bytes, suffix: str) -> str:
    if suffix == "pdf":
        return pdf_text(data)
    if suffix == "xlsx":
        book = openpyxl.load_workbook(io.BytesIO(data))
        return "\n".join(str(cell.value) for line in book.worksheets[0] for cell in line)
    if suffix == "docx":
        import docx

        document = docx.Document(io.BytesIO(data))
        cells = (c.text for t in document.tables for row in t.rows for c in row.cells)
        return "\n".join([*(p.text for p in document.paragraphs), *cells])
    if suffix == "pptx":
        from pptx import Presentation

        def shown(shapes: Any) -> Iterator[str]:
            for shape in shapes:
                if shape.shape_type == 6:
                    yield from shown(shape.shapes)
                elif shape.has_text_frame:
                    yield shape.text_frame.text
                elif getattr(shape, "has_table", False):
                    yield from (c.text_frame.text for row in shape.table.rows for c in row.cells)

        return "\n".join(
            text for slide in Presentation(io.BytesIO(data)).slides for text in shown(slide.shapes)
        )
    return re.sub(r"<(style|script)[^>]*>.*?</\1>", "", data.decode(), flags=re.S)


@pytest.mark.parametrize("suffix", ["svg", "pdf", "pptx", "html", "docx", "xlsx"])
def test_the_signed_form_has_no_scores_and_says_who_signs(folder: Path, suffix: str) -> None:
    text = re.sub(r"\s", "", words_of(made(folder, suffix, "--official"), suffix))
    assert "得分" not in text
    assert "排名区间" not in text
    assert "填报单位" in text
    assert "审核人" in text
    if suffix != "xlsx":
        assert "氢能产业链重点招商项目表" in text
    assert "得分" in re.sub(r"\s", "", words_of(made(folder, suffix), suffix))


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_same_workspace_gives_the_same_bytes(folder: Path, tmp_path: Path, suffix: str) -> None:
    places = {"PYTHONHASHSEED": "11", "TZ": "Asia/Tokyo", "LC_ALL": "C"}
    file = tmp_path / f"again.{suffix}"
    done = chainmap("report", CHAIN, "-o", file, env=places)
    assert done.returncode == 0, done.stderr.decode()
    assert file.read_bytes() == made(folder, suffix)


@pytest.mark.parametrize(
    ("suffix", "module", "part"),
    [("docx", "docx", "office"), ("pptx", "pptx", "office"), ("pdf", "typst", "pdf"),
     ("png", "resvg_py", "pictures"), ("docx", "resvg_py", "pictures")],
)  # fmt: skip
def test_a_missing_part_ends_with_3_and_the_command_that_installs_it(
    tmp_path: Path, suffix: str, module: str, part: str
) -> None:
    (tmp_path / f"{module}.py").write_text(f"raise ModuleNotFoundError(name='{module}')")
    path = f"{tmp_path}:{Path(__file__).parent.parent}"
    file = tmp_path / f"r.{suffix}"
    done = chainmap("report", CHAIN, "-o", file, env={"PYTHONPATH": path})
    assert done.returncode == 3
    assert f'pip install "industry-chainmap[{part}]"' in done.stderr.decode()
    assert not file.exists()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    need_chromium()
    with browser() as one:
        yield one


@pytest.mark.parametrize("wide", [1440, 390])
def test_the_page_asks_for_nothing_and_never_scrolls_sideways(
    chromium: Any, folder: Path, rows: list[dict[str, Any]], wide: int
) -> None:
    made(folder, "html")
    page = chromium.new_page(viewport={"width": wide, "height": 850})
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda one: asked.append(one.url))
    page.on("console", lambda one: said.append(one.text))
    page.on("pageerror", lambda one: said.append(str(one)))
    address = (folder / "r.html").as_uri()
    page.goto(address)
    assert asked == [address]
    assert said == []
    assert page.locator("#table tbody tr").count() == len(rows)
    assert page.evaluate("document.documentElement.scrollWidth") <= wide
    page.locator(".toggle.unknown").click()
    assert "/ 30" in page.locator("#count").inner_text()
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_has_no_serious_barrier(chromium: Any, folder: Path, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    made(folder, "html")
    page = chromium.new_page(viewport={"width": 1440, "height": 900}, color_scheme=scheme)
    page.goto((folder / "r.html").as_uri())
    found = Axe().run(page).response["violations"]
    serious = [one for one in found if one["impact"] in ("serious", "critical")]
    assert not serious, [(one["id"], [n["html"][:90] for n in one["nodes"]]) for one in serious]
    page.close()


def test_a_source_is_a_link_only_where_it_is_an_address(folder: Path) -> None:
    text = made(folder, "html").decode()
    links = re.findall(r'href="([^"]*)"', text)
    assert links
    assert all(re.match(r"https?://", link) for link in links)
    assert len(re.findall(r'rel="noopener noreferrer"', text)) == len(links)
