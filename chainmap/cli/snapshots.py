"""Commands about states of a workspace: snapshot, snapshots, diff."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from chainmap.cli.options import File, Format, Top
from chainmap.cli.session import Output, Session, Sheet, Stop, session
from chainmap.core.words import say

if TYPE_CHECKING:
    from chainmap.show.terminal import Terminal
    from chainmap.study import JsonRow, Study
    from chainmap.study.diff import Difference
    from chainmap.study.snapshots import State

STATUSES = ("strong", "weak", "present", "missing", "planned", "unknown")
LIST_KEYS = ("name", "taken", "as_of", "inputs", "code", *STATUSES, "bytes")
KEYS = (
    "what", "ref", "column", "before", "after", "change", "data", "settings", "code", "rows",
)  # fmt: skip
SHOWN = 12
Name = Annotated[str, typer.Argument(metavar="NAME", help="help.snapshot_name")]


def register(app: typer.Typer) -> None:
    """Put this module's commands into the application."""
    app.command(help="help.snapshot")(snapshot)
    app.command(help="help.snapshots")(snapshots)
    app.command(help="help.diff")(diff)


def snapshot(context: typer.Context, name: Name) -> None:
    from chainmap.show.progress import working
    from chainmap.study import snapshots as kept
    from chainmap.track.snapshot import Damaged, is_name

    run = session(context)
    study = run.open_any()
    run.need_own()
    if not is_name(name):
        raise Stop(2, run.say("use.snapshot_name", word=name))
    if name in kept.names(study):
        raise Stop(2, run.say("use.snapshot_taken", word=name))
    before = kept.newest(study)
    try:
        with working(run.say("progress.snapshot")):
            found, data = kept.take(study, name, datetime.now().astimezone().isoformat("T"))
            path = kept.keep(study, name, data)
    except FileExistsError:
        raise Stop(2, run.say("use.snapshot_taken", word=name)) from None
    except Damaged as error:
        raise Stop(1, run.say("error.unread", reason=error)) from None
    except OSError as error:
        reason = error.strerror or str(error)
        where = Path(study.workspace.root) / "data" / "snapshots"
        raise Stop(4, run.say("error.write", path=where, reason=reason)) from error
    words = {"inputs": found.inputs[:12], "size": len(data) // 1024, "day": found.as_of}
    run.tell(run.say("snapshot.taken", name=name, **words))
    if before is not None and before.inputs == found.inputs:
        run.tell(run.say("snapshot.same", name=before.name))
    run.tell(run.say("written", path=path))


def snapshots(context: typer.Context, form: Format = None, output: File = None) -> None:
    run = session(context)
    study = run.open_any()
    rows = _listed(study)

    def lines(terminal: Terminal) -> None:
        from chainmap.show.snapshots import snapshot_lines

        terminal.say(say("title.snapshots", run.lang, region=study.region(run.lang)), "bold")
        if not rows:
            terminal.say(say("snapshot.none", run.lang))
        else:
            terminal.lines(snapshot_lines(rows, run.lang, terminal.width))

    run.emit(Output(output, form), study, Sheet(rows, LIST_KEYS), lines)


def _listed(study: Study) -> list[JsonRow]:
    """Every snapshot by the time it was taken; what cannot be read has a name and a size."""
    from chainmap.study import snapshots as kept
    from chainmap.track.snapshot import Damaged

    rows: list[JsonRow] = []
    for name in kept.names(study):
        row: JsonRow = {**dict.fromkeys(LIST_KEYS), "name": name, "bytes": kept.size(study, name)}
        try:
            one = kept.read(study, name)
        except (Damaged, OSError):
            rows.append(row)
            continue
        states = [link["status"] for link in one.results["links"].values()]
        row |= {"taken": one.taken, "as_of": one.as_of, "inputs": one.inputs, "code": one.code}
        rows.append(row | {status: states.count(status) for status in STATUSES})
    return sorted(rows, key=lambda row: (row["taken"] or "", row["name"]))


def diff(
    context: typer.Context,
    a: Annotated[str, typer.Argument(metavar="A", help="help.diff_a")],
    b: Annotated[str, typer.Argument(metavar="[B]", help="help.diff_b")] = "now",
    top: Top = None,
    form: Format = None,
    output: File = None,
) -> None:
    from chainmap.show.progress import working
    from chainmap.study.diff import difference

    run = session(context)
    study = run.open_any()
    one, other = _state(run, study, a), _state(run, study, b)
    with working(run.say("progress.diff")):
        found = difference(one, other)
    run.emit(
        Output(output, form),
        study,
        Sheet(found.rows[:top], KEYS, {"a": a, "b": b, "inputs": _inputs(found)}),
        lambda terminal: _screen(run, study, (a, b), found, terminal, top or SHOWN),
    )


def _state(run: Session, study: Study, word: str) -> State:
    """The state of that name; says why there is none."""
    from chainmap.read.revisions import NoRevision
    from chainmap.study import UnknownRef
    from chainmap.study import snapshots as kept
    from chainmap.track.snapshot import Damaged

    try:
        return kept.state(study, word)
    except UnknownRef as error:
        run.unknown("use.snapshot", error.word, error.known)
    except NoRevision as error:
        _no_revision(run, str(error), word.removeprefix(kept.REVISION))
    except (Damaged, OSError) as error:
        raise Stop(1, run.say("error.snapshot", word=word, reason=error)) from None


def _no_revision(run: Session, why: str, word: str) -> NoReturn:
    words = {"word": word} if why in ("revision", "workspace") else {}
    raise Stop(3 if why == "git" else 2, run.say(f"revision.{why}", **words))


def _inputs(found: Difference) -> JsonRow:
    inputs = found.inputs
    rows = [{"kind": row.kind, "table": row.table, "key": row.key, "old": row.old,
             "new": row.new, "columns": row.columns} for row in inputs.rows]  # fmt: skip
    return {"rows": rows, "chains": inputs.chains, "settings": inputs.settings,
            "as_of": inputs.as_of, "code": inputs.code}  # fmt: skip


def _screen(
    run: Session,
    study: Study,
    names: tuple[str, str],
    found: Difference,
    terminal: Terminal,
    top: int,
) -> None:
    from chainmap.show.snapshots import change_lines
    from chainmap.study.diff import ORDER, described

    lang = run.lang
    title = say("title.diff", lang, region=study.region(lang), a=names[0], b=names[1])
    terminal.say(title, "bold")
    _input_lines(run, found, terminal, top)
    by_code = any(row["code"] for row in found.rows)
    for what in ORDER[:-1]:
        rows = [row for row in found.rows if row["what"] == what]
        if not rows:
            continue
        came = sum(row["before"] is None for row in rows)
        gone = sum(row["after"] is None for row in rows)
        words = {"came": came, "gone": gone} if what == "rank" else {}
        terminal.say()
        terminal.say(say(f"diff.part.{what}", lang, count=len(rows), **words), "bold")
        terminal.lines(
            change_lines(
                rows[:top], lambda row: described(study, row, lang), by_code, lang, terminal.width
            )
        )
        if len(rows) > top:
            terminal.say(say("more.rows", lang, count=len(rows) - top), "dim")
    terminal.say()
    terminal.say(say("diff.foot" if found.rows else "diff.none", lang), "dim")


def _input_lines(run: Session, found: Difference, terminal: Terminal, top: int) -> None:
    inputs, lang = found.inputs, run.lang
    if not inputs.data and not inputs.settings:
        terminal.say(say("diff.no_inputs", lang))
    else:
        terminal.say(say("diff.inputs", lang), "bold")
    if inputs.as_of[0] != inputs.as_of[1]:
        terminal.say("  " + say("diff.dates", lang, a=inputs.as_of[0], b=inputs.as_of[1]))
    if inputs.code[0] != inputs.code[1]:
        terminal.say("  " + say("diff.code", lang, a=inputs.code[0], b=inputs.code[1]))
    for table in dict.fromkeys(row.table for row in inputs.rows):
        kinds = [row.kind for row in inputs.rows if row.table == table]
        counts = {kind: kinds.count(kind) for kind in ("added", "removed", "changed")}
        terminal.say("  " + say("diff.table", lang, table=f"{table}.csv", **counts))
    for chain, parts in inputs.chains.items():
        shown = "、".join(parts[:5])
        if len(parts) > 5:
            shown = say("diff.chain_more", lang, parts=shown, count=len(parts))
        terminal.say("  " + say("diff.chain", lang, chain=chain, parts=shown))
    for name, (old, new) in list(inputs.settings.items())[:top]:
        words = {"a": "-" if old is None else f"{old:g}", "b": "-" if new is None else f"{new:g}"}
        terminal.say("  " + say("diff.setting", lang, name=name, **words))
