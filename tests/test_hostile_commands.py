"""Three hundred hostile names through every command and every format, as a user would run them."""

from __future__ import annotations

import io
import itertools
import json
import os
import re
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from every_command import FILES, SPOILED, lines, run, workspace
from hostile import NAMES

from chainmap.core.text import is_control

Made = tuple[Path, list[tuple[list[str], int | None, str, bytes]]]
# Workspaces, each with the names that follow: a sixth of them where nothing says otherwise.
ROUNDS = int(os.environ.get("CHAINMAP_HOSTILE_ROUNDS", "1"))
LIVE = {"hlinkClick", "hyperlink", "fldSimple", "instrText", "f", "script", "oleObject"}


def worlds() -> Iterator[str]:
    """The names in turn; what no file can hold as it is stands as something near."""
    for name in itertools.cycle(NAMES):
        yield name.replace("\0", "\x01").replace("|", "｜").strip() or "甲"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    """Where every command was run, and what came of each."""
    room = tmp_path_factory.mktemp("hostile")
    names, found, before = worlds(), [], Path.cwd()
    os.environ |= {"CHAINMAP_CACHE": "off", "COLUMNS": "100"}
    try:
        for number in range(ROUNDS):
            here = room / str(number)
            here.mkdir()
            os.chdir(here)
            root = workspace(here / "w", names)
            for _, words in lines(root):
                code, told, data = run(words, root)
                found.append((words, code, told, data))
    finally:
        os.chdir(before)
    yield room, found


def files(room: Path, *endings: str) -> list[Path]:
    return [one for one in sorted(room.rglob("*"))
            if one.is_file() and one.suffix in endings and "/w/" not in one.as_posix()]  # fmt: skip


def test_six_workspaces_have_room_for_all_of_them() -> None:
    slots = sum(text.count("{name}") + text.count("{text}") for text in FILES.values())
    assert slots * 6 >= len(NAMES)


def test_no_command_breaks(made: Made) -> None:
    spoiled = [(words, told) for words, code, told, _ in made[1] if code in SPOILED]
    assert not spoiled
    assert sum(code == 0 for _, code, _, _ in made[1]) > 0.8 * len(made[1])


def test_nothing_steers_the_terminal(made: Made) -> None:
    for words, _, told, data in made[1]:
        shown = told if {"-o", "--format"} & set(words) else told + data.decode()
        if "completion" in words or "manual" in words:
            continue  # scripts: their own tests read them
        steering = {ch for ch in shown if is_control(ch) and ch not in "\n\t"}
        assert not steering, (words, steering)


def test_nothing_is_live_in_a_document(made: Made) -> None:
    found = files(made[0], ".xlsx", ".docx", ".pptx")
    assert {one.suffix for one in found} == {".xlsx", ".docx", ".pptx"}
    for path in found:
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                assert not name.startswith(("/", "..")) and "\\" not in name
                if not name.endswith((".xml", ".rels")):
                    continue
                for node in ET.fromstring(archive.read(name)).iter():
                    tag = node.tag.rpartition("}")[2]
                    assert tag not in LIVE, (path.name, name, tag)
                    assert node.get("TargetMode") != "External", (path.name, name)


class Tags(HTMLParser):
    """The elements of a page with their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_a_page_has_its_own_elements_alone(made: Made) -> None:
    pages = files(made[0], ".html")
    assert len(pages) >= 3 * ROUNDS
    for path in pages:
        tags = Tags()
        tags.feed(path.read_text(encoding="utf-8"))
        assert sum(tag == "script" for tag, _ in tags.found) <= 2, path.name
        for tag, attrs in tags.found:
            assert tag not in ("img", "iframe", "object", "embed", "link", "form", "base"), path
            assert not [name for name in attrs if name.startswith("on") or name == "src"], path
            if tag == "a":
                assert re.match(r"https?://|#|[\w./-]+\Z", attrs["href"] or "#"), (path, attrs)


def test_a_picture_has_no_script(made: Made) -> None:
    found = files(made[0], ".svg")
    assert len(found) >= 3 * ROUNDS
    for path in found:
        for node in ET.parse(path).getroot().iter():
            assert node.tag.rpartition("}")[2] not in ("script", "a", "image", "foreignObject")
            assert not [key for key in node.attrib if key.startswith("on") or "href" in key]


def test_no_pdf_acts(made: Made) -> None:
    found = files(made[0], ".pdf")
    assert found
    for path in found:
        data = path.read_bytes()
        assert not re.search(rb"/(JavaScript|JS|URI|Launch|OpenAction|EmbeddedFile)\b", data)


def test_no_cell_of_a_table_is_a_formula(made: Made) -> None:
    import csv

    tables = [path.read_bytes() for path in files(made[0], ".csv") if path.stem.islower()]
    tables += [data for words, code, _, data in made[1] if "csv" in words and code == 0]
    assert tables
    for data in tables:
        for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")):
            for cell in row:
                bare = cell.lstrip(" \u3000\xa0")
                number = re.fullmatch(r"[-+]?\d+(\.\d+)?(e[-+]?\d+)?", cell)
                assert number or not bare.startswith(tuple("=+-@＝＋－＠\t\r\n")), cell


def test_the_workbook_brings_the_same_names_back(made: Made) -> None:
    for number in range(ROUNDS):
        here = made[0] / str(number)
        code, told, data = run(["import", str(here / "book.xlsx"), "--format", "json"], here / "w")
        assert code == 0, told
        changes = json.loads(data)["rows"]
        assert not changes, changes[:2]
