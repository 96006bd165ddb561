"""The command that says where a figure comes from: why."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from chainmap.cli.options import File, Format
from chainmap.cli.session import RANKING, Output, Session, Sheet, session
from chainmap.core.words import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chainmap.core.derivation import Figure
    from chainmap.rank.ranks import Request
    from chainmap.study import JsonRow, Study

FLAT_KEYS = ("depth", "rule", "args", "value", "formula", "file", "line", "as_of", "sources", "id",
             "seen")  # fmt: skip
Scheme = Literal["around", "any", "order"]


def register(app: typer.Typer) -> None:
    """Put this module's command into the application."""
    app.command(help="help.why")(why)


def why(
    context: typer.Context,
    ref: Annotated[str, typer.Argument(metavar="REF", help="help.ref")],
    column: Annotated[str | None, typer.Option(help="help.column")] = None,
    among: Annotated[str | None, typer.Option(metavar="CHAIN|all", help="help.among")] = None,
    draws: Annotated[int | None, typer.Option(min=0, max=1_000_000, help="help.draws")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="help.seed")] = None,
    weights: Annotated[Scheme, typer.Option(help="help.weights")] = "around",
    top: Annotated[int | None, typer.Option(min=1, help="help.why_top")] = None,
    form: Format = None,
    output: File = None,
) -> None:
    from chainmap.rank.ranks import Request
    from chainmap.study.refs import chain_of

    run = session(context)
    study = run.open((*RANKING, "no_fit"))
    chain = {None: chain_of(ref), "all": None}.get(among, among)
    asked = Request(chain=chain, draws=draws, seed=seed, weights=weights, top=top)
    figure = _figure(run, study, ref, column, asked)
    out = Output(output, form)
    kind = out.format(run)
    if kind == "table":
        _screen(run, study, ref, figure)
    else:
        _deliver(run, study, (ref, column), figure, out)
    run.finish()


def _figure(run: Session, study: Study, ref: str, column: str | None, asked: Request) -> Figure:
    """The figure; wrong usage where the ref or the column is not there."""
    from chainmap.cli.landing import needing
    from chainmap.study import UnknownRef

    try:
        if asked.chain is not None and asked.chain in study.workspace.chains:
            study.chain(asked.chain)
        figure: Figure = needing(run, lambda: study.why(ref, column, asked))
        return figure
    except UnknownRef as error:
        run.unknown(f"use.{error.what}", error.word, error.known)


def _screen(run: Session, study: Study, ref: str, figure: Figure) -> None:
    from chainmap.show.why import tree
    from chainmap.show.why_tree import tree_lines

    terminal = run.terminal
    sources = {row.text("source"): row for row in study.workspace.rows("sources")}
    terminal.lines(tree_lines(tree(figure, sources.get, run.lang), terminal.width))
    for one in study.evidence_problems():
        if str(one.words["ref"]) == "/".join(ref.split("/")[:2]):
            terminal.say(say("why.against", run.lang, at=one.line(run.lang)), "warning")


def _deliver(
    run: Session, study: Study, asked: tuple[str, str | None], figure: Figure, out: Output
) -> None:
    from chainmap.show.why_data import as_data, as_lines, plain

    kind = out.format(run)
    sources = {row.text("source"): row for row in study.workspace.rows("sources")}
    data = as_data(figure, sources.get, run.lang)
    if kind == "json":
        envelope = {"as_of": study.world.at.text, "workspace_hash": study.workspace.hash}
        ref, column = asked
        cell = {} if column is None else {"column": column, "value": plain(figure.value)}
        run.deliver(out, as_lines(envelope, {"ref": ref, **cell}, data))
    else:
        run.deliver(out, Sheet(list(_flat(data)), FLAT_KEYS).encoded(kind, study))


def _flat(tree: JsonRow) -> Iterator[JsonRow]:
    """The tree as rows, each with its depth; what came before is named once more by its id."""
    known: dict[int, JsonRow] = {}
    waiting: list[tuple[JsonRow, int]] = [(tree, 0)]
    while waiting:
        node, depth = waiting.pop()
        whole = known.setdefault(node["id"], node)
        if whole.get("kind") == "rows":
            continue
        row = _row(whole) if whole is node else {**_row(whole), "value": None, "formula": None}
        yield {**row, "depth": depth, "id": node["id"], "seen": True if whole is not node else None}
        if whole is node:
            waiting += [(part, depth + 1) for part in reversed(node.get("inputs", ()))]


def _row(node: JsonRow) -> JsonRow:
    if "rule" not in node:
        ids = [source["source"] for source in node["sources"]]
        return {**node, "rule": node["kind"], "args": node["name"], "sources": ids}
    value = node["value"]
    text = value if isinstance(value, str | int | float) else json.dumps(value, ensure_ascii=False)
    run = "; ".join(str(one["shown"]) for one in node.get("formulas", ()))
    return {"rule": node["rule"], "args": "/".join(node["args"]), "value": text, "formula": run}
