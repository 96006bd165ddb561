"""The JSON Schema, the template and a fresh workspace agree with the reader."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from chainmap.read import template, workspace
from chainmap.read.chain_files import chain_file
from chainmap.read.where import shipped

ROOT = Path(__file__).parents[1]
CHAINS = sorted((ROOT / "chains").glob("*.yaml"))


class _DatesAsText(yaml.SafeLoader):
    """What an editor sees: everything but dates as YAML says."""


_DatesAsText.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in forms if tag != "tag:yaml.org,2002:timestamp"]
    for first, forms in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _loaded(text: str) -> Any:
    return yaml.load(text, _DatesAsText)


def test_the_repository_holds_the_schema_and_template_that_the_code_makes() -> None:
    assert (ROOT / "chains" / template.SCHEMA_NAME).read_text("utf-8") == template.chain_schema()
    assert (ROOT / "chains" / template.TEMPLATE_NAME).read_text("utf-8") == template.TEMPLATE


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(template.chain_schema()))


@pytest.mark.parametrize("path", CHAINS, ids=[path.stem for path in CHAINS])
def test_the_schema_accepts_every_chain_file(path: Path) -> None:
    data = _loaded(path.read_text("utf-8"))
    jsonschema.validate(data, json.loads(template.chain_schema()))


@pytest.mark.parametrize(
    "edit",
    [
        ("kind: emerging", "kind: emergent"),
        ("name: 材料", "nam: 材料"),
        ("industry: ['3484']", "industry: [3484]"),
        ("id: material", "id: Material"),
        ("as_of: 2025-12-31", "as_of: 2025年"),
    ],
)
def test_the_schema_refuses_what_the_reader_refuses(edit: tuple[str, str], tmp_path: Path) -> None:
    text = template.TEMPLATE.replace(*edit)
    assert text != template.TEMPLATE
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(_loaded(text), json.loads(template.chain_schema()))
    path = tmp_path / "my-chain.yaml"
    path.write_text(text, encoding="utf-8")
    assert chain_file(path, tmp_path)[0] is None


def test_the_template_is_a_sound_chain_that_names_its_schema(tmp_path: Path) -> None:
    assert template.TEMPLATE.startswith(f"# yaml-language-server: $schema={template.SCHEMA_NAME}\n")
    path = tmp_path / "my-chain.yaml"
    path.write_text(template.TEMPLATE, encoding="utf-8")
    chain, problems = chain_file(path, tmp_path)
    assert chain is not None
    assert problems == []
    assert {flow.need for flow in chain.flows} == {"required", "any", "optional"}


def test_a_fresh_workspace_reads_like_the_one_that_ships(tmp_path: Path) -> None:
    written = template.init_workspace(tmp_path / "new")
    assert tmp_path / "new" / "chains" / template.SCHEMA_NAME in written
    fresh, problems = workspace.load(tmp_path / "new")
    reference, same = workspace.load(shipped())
    assert [one.line() for one in problems] == [one.line() for one in same]
    assert fresh.hash == reference.hash
    assert fresh.tables == reference.tables


def test_a_directory_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x")
    with pytest.raises(template.NotEmpty):
        template.init_workspace(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_an_empty_directory_may_be_used(tmp_path: Path) -> None:
    template.init_workspace(tmp_path)
    assert (tmp_path / "data" / "sources.csv").is_file()
