"""Three hundred hostile names in every text of every format: nothing is live, nothing is lost."""

# ruff: noqa: E501
from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import openpyxl
import pytest
from hostile import NAMES

from chainmap.core.text import safe, unguard
from chainmap.show.draw.fonts import lacking
from chainmap.show.draw.scene import Page, Text, flat, groups, texts
from chainmap.show.key_table import COLUMNS, NUMBERS
from chainmap.show.pictures.content import Card, Panorama, Stage
from chainmap.show.pictures.path import path_pages
from chainmap.show.pictures.path_content import Job, PathContent
from chainmap.show.pictures.ranks import Candidate, RankContent
from chainmap.show.pictures.table import TableContent, table_pages


def bare(text: str) -> str:
    return "".join(text.split())


def rows() -> list[dict[str, Any]]:
    found = []
    for at, name in enumerate(NAMES, 1):
        others = {c: NAMES[(at * 7 + n) % len(NAMES)] for n, c in enumerate(COLUMNS)
                  if c not in NUMBERS}  # fmt: skip
        numbers = {"序号": at, COLUMNS[8]: None, COLUMNS[13]: 50.0}
        found.append({"ref": f"c/l/f{at}", **others, **numbers, COLUMNS[1]: name})
    return found


ROWS = rows()
TABLE = TableContent(NAMES[13], NAMES[14], "数据截至 2026", ROWS, NAMES[20], "1.0", NAMES[36],
                     NAMES[50], "2026", False, NAMES[12])  # fmt: skip
SOURCES = [
    {"source": f"s{at}", "grade": "A", "date": "2026", "publisher": name, "title": name,
     "url": name}
    for at, name in enumerate(NAMES)
]  # fmt: skip
CARDS = tuple(
    Card(f"c/l{at}", name, "unknown", "A·1", "", False, (name,), 1, (name,), name, name)
    for at, name in enumerate(NAMES[:120])
)
PANORAMA = Panorama(
    NAMES[13], NAMES[14], "数据截至 2026", (Stage(NAMES[15], NAMES[16], CARDS),), NAMES[17],
    NAMES[18], NAMES[19], "2026",
)  # fmt: skip
PATH = PathContent(
    NAMES[13], NAMES[14], "数据截至 2026", ("上游",),
    tuple(Job(f"上{n}", "fill", name, name, "上游", 24300 + n % 12, 24306 + n % 12, "2026-01", "near",
              (), said=name) for n, name in enumerate(NAMES[:20])),
    24300, (24312, 24336, 24360), (NAMES[20],), NAMES[21], "2026",
)  # fmt: skip
RANKS = RankContent(
    NAMES[13], NAMES[14], "数据截至 2026",
    tuple(Candidate(f"c/l/f{n}", name, name, "fill", 50.0, (1, 2, 3.0, 4, 5), 0.5, 50.0, 50.0)
          for n, name in enumerate(NAMES[:20])),
    20, 20, (NAMES[22],), NAMES[23], "2026", 10, 1, (50.0, 50.0),
)  # fmt: skip


def all_pages() -> list[Page]:
    from chainmap.show.pictures.panorama import panorama
    from chainmap.show.pictures.quadrant import quadrant_page
    from chainmap.show.pictures.ranks import rank_pages

    maps = [*panorama(PANORAMA, "16:9"), *panorama(PANORAMA, "a3"), *path_pages(PATH)]
    return [*maps, *rank_pages(RANKS), *quadrant_page(RANKS), *table_pages(TABLE)]


PAGES = all_pages()


def test_there_are_three_hundred_of_them() -> None:
    assert len(NAMES) == len(set(NAMES)) == 300


def test_svg_is_text_and_shapes_alone() -> None:
    from chainmap.show.draw.svg import as_svg

    space = "{http://www.w3.org/2000/svg}"
    for page in PAGES:
        root = ET.fromstring(as_svg(page))
        for node in root.iter():
            assert node.tag.removeprefix(space) in {
                "svg", "title", "desc", "g", "rect", "path", "circle", "text",
            }  # fmt: skip
            assert not [k for k in node.attrib if k.startswith("on") or "href" in k]
        said = [node.text or "" for node in root.iter(f"{space}text")]
        assert said == [safe(text.text) for text in texts(page)]
    back: dict[str, str] = {}
    for page in table_pages(TABLE):
        for cell in groups(page.items, "cell"):
            line = "".join(item.text for item in flat(cell.items) if isinstance(item, Text))
            back[cell.ref] = back.get(cell.ref, "") + line
    for row in ROWS:
        assert bare(back[f"{row['ref']}#{COLUMNS[1]}"]) == bare(safe(row[COLUMNS[1]]))


def test_png_draws_them() -> None:
    from chainmap.show.draw.png import as_png

    for page in (PAGES[0], PAGES[-1]):
        assert as_png(page)[:8] == b"\x89PNG\r\n\x1a\n"


def test_pdf_holds_every_line_and_no_action() -> None:
    from chainmap.show.draw.pdf import as_pdf

    data = as_pdf(PAGES)
    done = subprocess.run(["pdftotext", "-raw", "-", "-"], input=data, capture_output=True,
                          check=True)  # fmt: skip
    told = bare(done.stdout.decode())
    for page in table_pages(TABLE):
        for text in texts(page):
            shown = safe(text.text)
            if not lacking(shown) and shown.isascii():
                assert bare(shown) in told, shown
    assert not re.search(rb"/(JavaScript|JS|URI|Launch|OpenAction|EmbeddedFile)\b", data)


def parts_of(data: bytes) -> Iterator[tuple[str, str]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                yield name, archive.read(name).decode()


def nothing_live_in(data: bytes) -> None:
    for name, text in parts_of(data):
        root = ET.fromstring(text)
        for node in root.iter():
            tag = node.tag.rpartition("}")[2]
            assert tag not in {"hlinkClick", "hyperlink", "fldSimple", "instrText", "f"}, name
            assert node.get("TargetMode") != "External", name


def test_pptx_is_text() -> None:
    from pptx import Presentation

    from chainmap.show.draw.pptx import as_pptx
    from chainmap.show.pictures.slides import table_slides

    slides = table_slides(TABLE, 300, {row["ref"]: (row[COLUMNS[1]],) for row in ROWS})
    data = as_pptx([*PAGES[:1], *slides])
    nothing_live_in(data)
    show = Presentation(io.BytesIO(data))
    cells = [row.cells[1].text_frame.text for slide in show.slides for shape in slide.shapes
             if shape.has_table for row in list(shape.table.rows)[1:]]  # fmt: skip
    assert [bare(cell) for cell in cells] == [bare(safe(name)) for name in NAMES]


def test_docx_is_text() -> None:
    import docx

    from chainmap.show.office.docx import Paper, as_docx

    findings = [(name, name) for name in NAMES]
    data = as_docx(Paper(NAMES[13], NAMES[14], findings, NAMES, NAMES[15], PAGES[:1], TABLE,
                         SOURCES))  # fmt: skip
    nothing_live_in(data)
    document = docx.Document(io.BytesIO(data))
    cells = [cell.text for cell in document.tables[0].columns[1].cells][2:]
    assert cells == [safe(name) for name in NAMES]
    told = {p.text for p in document.paragraphs}
    for at, name in enumerate(NAMES):
        assert f"{at + 1}. {safe(name)}" in told
        assert f"s{at}　A　2026　{safe(name)}　{safe(name)}　{safe(name)}" in told or not name


def test_xlsx_is_text() -> None:
    from chainmap.show.office.xlsx import Book, as_xlsx

    data = as_xlsx(COLUMNS, ROWS, Book(NAMES[0], NAMES[1], SOURCES, NAMES[:3]))
    nothing_live_in(data)
    book = openpyxl.load_workbook(io.BytesIO(data))
    cells = [line[1].value or "" for line in book.worksheets[0].iter_rows(3, 302)]
    assert cells == [safe(name) for name in NAMES]
    assert not any(c.data_type == "f" for s in book for line in s.iter_rows() for c in line)


class Seen(HTMLParser):
    """The elements of a page with their attributes, and the text of each table row's cells."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.cells: list[str] = []
        self.inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "td":
            self.cells.append("")
            self.inside = True

    def handle_endtag(self, tag: str) -> None:
        if tag == "td":
            self.inside = False

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.cells[-1] += data


def test_html_has_its_own_elements_alone() -> None:
    from chainmap.show.web.page import Evidence
    from chainmap.show.web.report import Whole, report_document

    evidence = {card.ref: [Evidence("A", card.name, card.name, card.name)] for card in CARDS}
    findings = [(name, name) for name in NAMES]
    data = report_document(
        Whole(NAMES[13], NAMES[14], findings, NAMES, NAMES[15], PANORAMA, PAGES[:1], evidence,
              PAGES[1:3], PAGES[-3:], TABLE, SOURCES)
    )  # fmt: skip
    seen = Seen()
    seen.feed(data.decode())
    names = {tag for tag, _ in seen.tags}
    assert names <= {
        "html", "head", "meta", "title", "style", "body", "div", "header", "h1", "h2", "p", "b",
        "main", "section", "input", "button", "select", "option", "span", "svg", "desc", "g", "rect",
        "path", "circle", "text", "table", "thead", "tbody", "tr", "th", "td", "a", "script",
    }  # fmt: skip
    assert [tag for tag, _ in seen.tags].count("script") == 2
    for tag, attrs in seen.tags:
        assert not [name for name in attrs if name.startswith("on") or name in ("src", "style")]
        if tag == "a":
            assert re.match(r"https?://", attrs["href"] or "")
    cells = {bare(cell) for cell in seen.cells}
    assert all(bare(safe(name)) in cells for name in NAMES if bare(name))


def test_csv_and_json_read_back() -> None:
    from chainmap.show.formats import as_csv, as_json

    data = as_csv(("name",), [[name] for name in NAMES])
    read = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))[1:]
    assert [unguard(line[0]) if line else "" for line in read] == list(NAMES)
    for line in read:
        assert not line or not line[0].lstrip(" 　\xa0").startswith(tuple("=+-@＝＋－＠\t\r\n"))
    back = json.loads(as_json({}, [{"name": name} for name in NAMES]))
    assert [row["name"] for row in back["rows"]] == list(NAMES)


def test_markdown_renders_as_the_text_it_is() -> None:
    from markdown_it import MarkdownIt

    from chainmap.show.formats import as_markdown

    text = as_markdown(("name",), [[name] for name in NAMES]).decode()
    drawn = MarkdownIt("commonmark").enable("table").render(text)
    seen = Seen()
    seen.feed(drawn)
    assert {tag for tag, _ in seen.tags} <= {"table", "thead", "tbody", "tr", "th", "td"}
    assert [bare(cell) for cell in seen.cells] == [bare(safe(name)) for name in NAMES]


def test_dot_keeps_names_in_their_quotes() -> None:
    from chainmap.show.dot import STYLES, as_dot
    from chainmap.show.panorama import Band
    from chainmap.show.panorama import Card as Line

    cards = tuple(Line(f"c/l{n}", name, "", "unknown", "", "", ()) for n, name in enumerate(NAMES))
    data = as_dot(NAMES[13], [Band(NAMES[14], cards)], [], dict.fromkeys(STYLES, "[核]")).decode()
    quoted = re.findall(r'"((?:[^"\\]|\\.)*)"', data)
    bald = re.sub(r'"(?:[^"\\]|\\.)*"', '""', data)
    assert not re.search(r"script|alert|javascript|#import|/etc/", bald)
    told = "\n".join(quoted).replace('\\"', '"').replace("\\\\", "\\")
    for name in NAMES:
        assert bare(safe(name)) in bare(told), name


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "http://a b", "https://"]
)
def test_only_a_web_address_is_a_link(url: str) -> None:
    from chainmap.show.web.report import _address

    assert "<a" not in _address(url)
    assert '<a href="https://a.example/x?y=1&amp;z=2"' in _address("https://a.example/x?y=1&z=2")
