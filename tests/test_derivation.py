"""Every figure follows from its leaves, every leaf stands in its file, an edit shows in both."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import random_worlds
import yaml
from agreement import same
from hypothesis import HealthCheck, given, settings
from random_worlds import World
from rank_worlds import rank_worlds
from running import ROOT, as_json, copy_of

from chainmap.core.derivation import Figure, Leaf, replay
from chainmap.rank.criteria import figure_of
from chainmap.rank.ranks import Request
from chainmap.study import Study, open_study

MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
Tree = dict[str, Any]


def figures(study: Study) -> list[Figure]:
    """Every figure behind a link, a chain or a candidate, each once."""
    rows = [*study.gap_rows(all_links=True), *study.chain_rows()]
    found: dict[int, Figure] = {}
    waiting = [study.why(row["ref"]) for row in rows]
    for basis in (None, "expansion"):
        rows = study.ranking(Request(draws=2, basis=basis)).rows
        waiting += [study.book.figure("score", r["firm"], r["chain"], r["link"]) for r in rows]
    while waiting:
        figure = waiting.pop()
        if id(figure) not in found:
            found[id(figure)] = figure
            waiting += [part for part in figure.inputs if isinstance(part, Figure)]
    return list(found.values())


class Files:
    """The files of a workspace as text, and their records by the line on which they begin."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.records: dict[str, dict[int, dict[str, str]]] = {}

    def record(self, file: str, line: int) -> dict[str, str]:
        if file not in self.records:
            text = (self.root / file).read_text(encoding="utf-8-sig")
            reader = csv.reader(io.StringIO(text, newline=""))
            header, begins = next(reader), reader.line_num + 1
            rows = self.records[file] = {}
            for cells in reader:
                rows[begins] = dict(zip(header, cells, strict=True))
                begins = reader.line_num + 1
        return self.records[file][line]

    def line(self, file: str, line: int) -> str:
        root = self.root if (self.root / file).exists() else ROOT
        return (root / file).read_text(encoding="utf-8").splitlines()[line - 1]


def says(raw: str, value: Any) -> bool:
    """Whether a cell as written holds the value."""
    raw = raw.strip()
    if value is None:
        return raw == ""
    if isinstance(value, tuple):
        return tuple(part.strip() for part in raw.split("|")) == value
    if isinstance(value, int | float):
        return float(raw) == value
    return raw == str(value)


def assert_stands(leaf: Leaf, files: Files) -> None:
    """The leaf's value is what its file says at its line."""
    if leaf.kind == "cell":
        record = files.record(leaf.at.file, leaf.at.line)
        assert says(record.get(leaf.name, ""), leaf.value), leaf
        assert says(record["source"], leaf.sources)
        assert record["as_of"].strip() == leaf.as_of
        return
    line = files.line(leaf.at.file, leaf.at.line)
    if leaf.kind == "setting":
        (told,) = yaml.safe_load(line).values()  # name: {value: .., because: ..}, or value: ..
        told = told["value"] if isinstance(told, dict) else told
        assert float(told) == leaf.value, leaf
    elif leaf.value is False:
        assert "true" not in line.partition("critical:")[2][:6], leaf  # what no one wrote is false
    else:
        word = "true" if leaf.value is True else str(leaf.value)
        assert word in line, leaf


def assert_all_follow(study: Study, root: Path) -> None:
    files = Files(root)
    for figure in figures(study):
        assert replay(study.book, figure) == figure.value
        for part in figure.inputs:
            if isinstance(part, Leaf):
                assert_stands(part, files)


@settings(
    max_examples=400,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(rank_worlds(ties=True))
def test_every_figure_of_a_random_workspace_follows_from_cells_that_stand_there(
    world: World,
) -> None:
    with tempfile.TemporaryDirectory(dir=MEMORY) as directory:
        random_worlds.write(world, Path(directory))
        assert_all_follow(open_study(directory), Path(directory))


def test_every_figure_of_the_reference_workspace_follows_from_cells_that_stand_there(
    tmp_path: Path,
) -> None:
    root = copy_of(ROOT, tmp_path)
    assert_all_follow(open_study(root), root)


# The edit test: change the cell behind a leaf, ask again


def nodes(tree: Tree) -> Iterator[Tree]:
    yield tree
    for part in tree.get("inputs", ()):
        yield from nodes(part)


def node(tree: Tree, rule: str) -> Tree:
    """The figure of that rule that stands nearest to the root for the tree's own subject."""
    found = [one for one in nodes(tree) if one.get("rule") == rule and "seen" not in one]
    return found[0]


def leaves(tree: Tree, table: str, column: str) -> list[Tree]:
    file = f"data/{table}.csv"
    return [
        one
        for one in nodes(tree)
        if one.get("kind") == "cell" and (one["file"], one["name"]) == (file, column)
    ]


def why(root: Path, ref: str) -> Tree:
    (row,) = as_json("why", ref, workspace=root)["rows"]
    assert row["ref"] == ref
    tree: Tree = row["tree"]
    return tree


def rewrite(root: Path, leaf: Tree, to: str) -> None:
    """Change one cell of the file on disk, and nothing else in it."""
    path = root / leaf["file"]
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    (header,) = csv.reader([lines[0].lstrip("\ufeff")])
    (cells,) = csv.reader([lines[leaf["line"] - 1]])
    assert says(cells[header.index(leaf["name"])], leaf["value"])
    cells[header.index(leaf["name"])] = to
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(cells)
    lines[leaf["line"] - 1] = out.getvalue()
    path.write_text("".join(lines), encoding="utf-8", newline="")


def candidate_with(
    study: Study, table: str, column: str, criterion: str, fits: Callable[[Any], bool]
) -> tuple[str, Leaf]:
    """The best candidate whose criterion reads such a cell directly, and the cell."""
    wanted = (f"data/{table}.csv", column)
    for row in study.ranking(Request(draws=2)).rows:
        pair = (row["firm"], row["chain"], row["link"])
        figure = study.book.figure(*figure_of(criterion, *pair))
        cells = [part for part in figure.inputs if isinstance(part, Leaf)]
        for part in cells:
            at_hand = (part.at.file, part.name) == wanted and part.value is not None
            if at_hand and fits(part.value):
                return row["ref"], part
    raise AssertionError(f"no candidate reads {table}.{column}")


def again(root: Path, ref: str, leaf: Tree, to: str) -> tuple[Tree, Tree]:
    """The tree after the edit, and the changed leaf in it."""
    rewrite(root, leaf, to)
    tree = why(root, ref)
    (changed,) = [
        one
        for one in leaves(tree, Path(leaf["file"]).stem, leaf["name"])
        if one["line"] == leaf["line"]
    ][:1]
    assert changed["value"] == (float(to) if to.replace(".", "").isdigit() else to)
    return tree, changed


SCORES: list[tuple[str, str, str, Callable[[Any], bool], str]] = [
    ("activities", "role", "fit", lambda value: value == "main", "minor"),
    ("affinity", "value", "closeness", lambda value: value != 3, "3"),
    ("firms", "revenue_100m_cny", "strength", lambda value: 5 < value < 9000, "2.5"),
    ("signals", "date", "signals", lambda value: str(value) < "2026", "2012-03-04"),
    ("signals", "kind", "signals", lambda value: value == "new_base", "exit"),
]


@pytest.mark.parametrize(
    ("table", "column", "criterion", "fits", "to"),
    SCORES,
    ids=[f"{table}.{column}" for table, column, *_ in SCORES],
)
def test_an_edited_cell_shows_in_the_tree_of_a_score_and_in_the_score(
    table: str,
    column: str,
    criterion: str,
    fits: Callable[[Any], bool],
    to: str,
    tmp_path: Path,
) -> None:
    root = copy_of(ROOT, tmp_path)
    ref, cell = candidate_with(open_study(root), table, column, criterion, fits)
    before = why(root, ref)
    (leaf,) = [one for one in leaves(before, table, column) if one["line"] == cell.at.line][:1]
    tree, _ = again(root, ref, leaf, to)
    assert not same(tree["value"]["score"], before["value"]["score"])
    rows = as_json("rank", ref.split("/")[0], "--draws", "5", workspace=root)["rows"]
    (row,) = [row for row in rows if row["ref"] == ref]
    for key in ("score", "impact", "likelihood"):
        assert same(tree["value"][key], row[key])
    told = node(tree, f"criterion.{criterion}")["value"]
    assert same(told["value"], row["criteria"][criterion])
    assert told["range"] == row["unknown"].get(criterion)


def link_by_finding(study: Study) -> str:
    """A link that stands as present by a finding alone."""
    for row in study.gap_rows(all_links=True):
        if (row["status"], row["basis"]) == ("present", "finding"):
            return str(row["ref"])
    raise AssertionError("no link stands by a finding")


@pytest.mark.parametrize("status", ["weak", "missing", "wanted"])
def test_an_edited_finding_shows_in_status_gap_and_chain_figure(
    status: str, tmp_path: Path
) -> None:
    root = copy_of(ROOT, tmp_path)
    ref = link_by_finding(open_study(root))
    chain = ref.split("/")[0]
    old = node(why(root, ref), "evidence_standing")
    old_chain = node(why(root, chain), "completeness")["value"]
    (leaf,) = leaves(old, "findings", "status")[:1]
    tree, _ = again(root, ref, leaf, status)
    rows = as_json("gaps", chain, "--all", workspace=root)["rows"]
    (row,) = [row for row in rows if row["ref"] == ref]
    standing, gap = node(tree, "standing")["value"], node(tree, "gap")["value"]
    assert standing["status"] != "present" or standing["basis"] != "finding"
    assert (standing["status"], standing["basis"]) == (row["status"], row["basis"])
    assert (gap["kind"], gap["suspect"]) == (row["kind"], row["suspect"])
    assert (gap["settled"], gap["depth"], gap["breaks"]) == (
        row["settled"],
        row["depth"],
        row["break"],
    )
    assert same(node(tree, "priority")["value"], row["priority"])
    figures_now = why(root, chain)
    chains = as_json("chains", workspace=root)["rows"]
    (line,) = [line for line in chains if line["ref"] == chain]
    low, high = node(figures_now, "completeness")["value"]
    assert (low, high) == (line["completeness_low"], line["completeness_high"])
    if status == "missing":
        assert low < old_chain[0]
    ratio = node(figures_now, "local_ratio_count")["value"]
    assert ratio == [line["local_ratio_count_low"], line["local_ratio_count_high"]]


def test_an_edited_date_of_a_project_shows_in_the_status_of_its_link(tmp_path: Path) -> None:
    """A project under way makes a link planned; once it has ended, the link is not."""
    root = copy_of(ROOT, tmp_path)
    planned = [
        row
        for row in open_study(root).gap_rows(all_links=True)
        if (row["status"], row["basis"]) == ("planned", "project")
    ]
    row = planned[0]
    tree = why(root, row["ref"])
    standing = node(tree, "evidence_standing")
    cells = {one["line"]: one for one in leaves(standing, "projects", "ended")}
    for leaf in cells.values():
        if leaf["value"] is None:
            tree, _ = again(root, row["ref"], leaf, "2020-01-02")
    now = node(tree, "standing")["value"]
    rows = as_json("gaps", row["chain"], "--all", workspace=root)["rows"]
    (changed,) = [one for one in rows if one["ref"] == row["ref"]]
    assert now["basis"] != "project"
    assert (now["status"], now["basis"]) == (changed["status"], changed["basis"])
