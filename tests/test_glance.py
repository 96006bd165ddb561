"""A glance at a workspace: ids in a moment, nothing from what is broken, never an error."""

from __future__ import annotations

from pathlib import Path

import pytest
from running import ROOT

from chainmap.read.glance import cells, chains, links
from chainmap.read.workspace import load


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "chains").mkdir()
    (tmp_path / "data").mkdir()
    return tmp_path


def chain(root: Path, name: str, text: str | bytes) -> None:
    data = text.encode() if isinstance(text, str) else text
    (root / "chains" / f"{name}.yaml").write_bytes(data)


def table(root: Path, name: str, text: str | bytes) -> None:
    data = text.encode() if isinstance(text, str) else text
    (root / "data" / f"{name}.csv").write_bytes(data)


def test_a_glance_sees_the_ids_that_a_reading_finds() -> None:
    workspace, _ = load(ROOT)
    assert dict(chains(ROOT)) == {one.id: one.file.name for one in workspace.chains.values()}
    for one in workspace.chains.values():
        assert list(links(ROOT, one.id)) == [(link.id, link.name) for link in one.links]
    firms = [(row.text("firm"), row.text("name")) for row in workspace.rows("firms")]
    assert sorted(dict(cells(ROOT, "firms", "firm", "name"))) == sorted(dict(firms))


def test_templates_and_what_is_hidden_are_no_chains(root: Path) -> None:
    for name in ("_template", ".hidden", "real"):
        chain(root, name, "name: 真\n")
    assert list(chains(root)) == [("real", "真")]
    assert list(chains(root / "nowhere")) == []


@pytest.mark.parametrize(
    "text",
    [
        "panorama:\n  links:\n  - {id: a, name: 甲, status: {is: weak, id: no}}\n  - id: b\n",
        "path: [{id: x}]\npanorama: {stages: [{id: y}], links: [{name: 甲, id: a}, {id: b}]}",
        'panorama:\n  links:\n  - id: "a"\n    name: 甲\n    products: [id, x]\n  - id: b\n',
    ],
)
def test_links_are_found_however_they_are_written(text: str, root: Path) -> None:
    chain(root, "c", text)
    assert list(links(root, "c")) == [("a", "甲"), ("b", "")]


@pytest.mark.parametrize(
    "text",
    [
        "", "x", "panorama: {links: []}", "panorama: {links: {id: a}}", "[" * 5000, "a: [",
        "panorama: {links: [[{id: a}]]}", "links: [{id: a}]", b"\xff\xfe\x00a", "\t- x",
        "? [a]\n: b",
    ],
)  # fmt: skip
def test_a_broken_chain_has_no_links(text: str | bytes, root: Path) -> None:
    chain(root, "c", text)
    assert list(links(root, "c")) == []


def test_links_before_a_mistake_are_offered(root: Path) -> None:
    chain(root, "c", "panorama:\n  links:\n  - {id: a}\n  - {id: b\n")
    assert list(links(root, "c")) == [("a", "")]


@pytest.mark.parametrize("name", ["../data/x", "nowhere", "a/b", ""])
def test_no_name_leads_out_of_the_chains(name: str, root: Path) -> None:
    (root / "data" / "x.yaml").write_text("panorama: {links: [{id: a}]}")
    assert list(links(root, name)) == []


def test_cells_are_found_under_either_header_and_in_either_encoding(root: Path) -> None:
    table(root, "firms", "﻿企业,名称\r\na,甲\r\na,乙\r\nb\r\n,丙\r\n")
    assert list(cells(root, "firms", "firm", "name")) == [("a", "甲"), ("b", "")]
    table(root, "firms", "name,firm\n甲公司,a\n".encode("gb18030"))
    assert list(cells(root, "firms", "firm", "name")) == [("a", "甲公司")]
    assert list(cells(root, "firms", "firm")) == [("a", "")]


def test_cells_of_some_rows(root: Path) -> None:
    table(root, "activities", "firm,chain,link\na,c,l\nb,c,m\nc,d,l\n")
    found = cells(root, "activities", "firm", "", {"chain": "c", "link": "l"})
    assert list(found) == [("a", "")]
    assert list(cells(root, "activities", "firm", "", {"product": "x"})) == []


@pytest.mark.parametrize("text", ["", "x,y\n1,2\n", b"\x00", 'firm\n"' + "x" * 200_000])
def test_a_broken_table_has_no_cells(text: str | bytes, root: Path) -> None:
    table(root, "firms", text)
    assert list(cells(root, "firms", "firm")) == []
    assert list(cells(root, "rates", "year")) == []
