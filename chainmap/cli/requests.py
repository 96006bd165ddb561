"""Commands that write what leader firms want: leaders intake, leaders vet."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from chainmap.cli.options import File, Format
from chainmap.cli.session import RANKING, Output, Session, Sheet, Stop, only, session
from chainmap.core.text import ID
from chainmap.core.words import say

if TYPE_CHECKING:
    from chainmap.read.catalogue import Catalogue
    from chainmap.show.terminal import Terminal
    from chainmap.study import JsonRow, Study
    from chainmap.study.leaders import Proposal

INTAKE_KEYS = (
    "ref", "line", "how", "why", "product", "supplier", "leader", "chain", "link", "wanted",
    "purchase_100m_cny", "reason", "like", "choices", "leaders",
)  # fmt: skip
WAYS = ("new", "merged", "known", "ambiguous", "nothing")
Source = Annotated[str | None, typer.Option("--source", help="help.take_source")]
Date = Annotated[str | None, typer.Option("--date", help="help.take_date")]


def intake(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="help.catalogue")],
    leader: Annotated[str, typer.Option("--leader", help="help.leader")],
    source: Source = None,
    title: Annotated[str | None, typer.Option("--title", help="help.take_title")] = None,
    date: Date = None,
    grade: Annotated[Literal["A", "B", "C"], typer.Option("--grade", help="help.take_grade")] = "B",
    yes: Annotated[bool, typer.Option("--yes", help="help.yes")] = False,
    rest: Annotated[Path | None, typer.Option("--rest", help="help.rest")] = None,
    form: Format = None,
    output: File = None,
) -> None:
    from chainmap.study.leaders import proposals

    run = session(context)
    study = run.open(RANKING)
    need_firm(run, study, leader)
    day = run.day(study, date)
    read = _read(run, file)
    id = source or _source_id(leader, day.text, file)
    if not ID.match(id):
        raise Stop(2, run.say("use.source_id", word=id))
    found = proposals(study, leader, read.lines, day.text)
    rows = [_row(one, leader, run.lang) for one in found]
    run.emit(
        Output(output, form),
        study,
        Sheet(only(rows, INTAKE_KEYS), INTAKE_KEYS, {"source": id, "heads": dict(read.heads)}),
        lambda terminal: _screen(run, study, file, leader, read, rows, terminal),
    )
    if rest is not None:
        _write_rest(run, rest, rows)
    new = [one.cells for one in found if one.how == "new"]
    if not yes:
        run.tell(run.say("intake.ask", count=len(new)))
        return
    run.need_own()
    if new:
        told = {"source": id, "title": title or file.name, "publisher": study.world.name(leader),
                "date": day.text, "grade": grade}  # fmt: skip
        _write(run, study, new, told)
    run.tell(run.say("intake.done", count=len(new), source=id))


def need_firm(run: Session, study: Study, firm: str) -> None:
    """Wrong usage where no visible row knows the firm."""
    if not study.world.rows("firms", ("firm",), (firm,)):
        run.unknown("use.leader", firm, [row.text("firm") for row in study.world.newest("firms")])


def _source_id(leader: str, day: str, file: Path) -> str:
    """An id of its own for every catalogue: its leader, its day and what is in it."""
    sum = hashlib.sha256(file.read_bytes()).hexdigest()[:6]
    stem = re.sub(r"[^a-z0-9_-]", "-", f"cat-{leader}"[:44])
    return f"{stem}-{day.replace('-', '')}-{sum}"


def _read(run: Session, file: Path) -> Catalogue:
    """The catalogue; ends with every problem of it, or with what reads a workbook."""
    from chainmap.read.catalogue import read_catalogue
    from chainmap.show.draw.extras import EXTRA_OF, MissingExtra

    try:
        read, problems = read_catalogue(file)
    except ModuleNotFoundError as error:
        if error.name not in EXTRA_OF:
            raise
        raise Stop(3, run.say("use.extra", command=MissingExtra(error.name).command)) from None
    for one in problems:
        run.tell(one.line(run.lang))
    if problems:
        raise Stop(1)
    return read


def _row(one: Proposal, leader: str, lang: str) -> JsonRow:
    """What becomes of a line, and why it comes to nothing where it does."""
    cells = one.cells
    chain, link = cells.get("chain"), cells.get("link")
    purchase = cells.get("purchase_100m_cny")
    return {
        "ref": f"{chain}/{link}" if chain else None,
        "line": str(one.line.at),
        "how": one.how,
        "why": _why(one, lang),
        "product": one.line.product or None,
        "supplier": one.line.firm or None,
        "leader": leader,
        "chain": chain,
        "link": link,
        "wanted": cells.get("wanted"),
        "purchase_100m_cny": float(purchase) if purchase else one.line.purchase,
        "reason": cells.get("reason", one.line.note) or None,
        "like": list(one.like),
        "choices": list(one.choices),
        "leaders": one.leaders,
    }


def _why(one: Proposal, lang: str) -> str | None:
    if one.how == "ambiguous":
        return say("intake.why_links", lang, count=len(one.choices))
    if one.how != "nothing":
        return None
    if one.line.link:
        return say("intake.why_link", lang, link=one.line.link)
    return say("intake.why_product" if one.line.product else "intake.why_firm", lang)


def _screen(
    run: Session,
    study: Study,
    file: Path,
    leader: str,
    read: Catalogue,
    rows: Sequence[JsonRow],
    terminal: Terminal,
) -> None:
    from chainmap.show.leaders import proposal_lines

    lang = run.lang
    joint = "，" if lang == "zh" else ", "
    title = say("title.intake", lang, leader=study.world.name(leader), file=file.name)
    terminal.say(title, "bold")
    told = joint.join(f"{say(f'column.{name}', lang)} = {h}" for name, h in read.heads.items())
    terminal.say(say("intake.heads", lang, heads=told), "dim")
    if read.unused:
        terminal.say(say("intake.unused", lang, heads=joint.join(read.unused)), "dim")
    if read.others:
        words = {"sheet": read.sheet, "others": joint.join(read.others)}
        terminal.say(say("intake.sheet", lang, **words), "dim")
    terminal.say()
    named = [{**row, "wanted_name": study.world.name(row["wanted"] or ""),
              "like_names": [study.world.name(firm) for firm in row["like"]]}
             for row in rows]  # fmt: skip
    terminal.lines(proposal_lines(named, lang, terminal.width))
    terminal.say()
    counts = Counter(row["how"] for row in rows)
    terminal.say(say("intake.counts", lang, **{how: counts[how] for how in WAYS}))


def _write_rest(run: Session, path: Path, rows: Sequence[JsonRow]) -> None:
    """The lines that no request is made of, as a catalogue to mend and take in again.

    Which of the ``choices`` is meant goes into the column ``link``.
    """
    from chainmap.show.formats import as_csv

    heads = ("line", "why", "product", "supplier", "purchase_100m_cny", "note", "link", "choices")
    left = [
        {**row, "note": row["reason"]} for row in rows if row["how"] in ("ambiguous", "nothing")
    ]
    out = Output(path, None)
    out.format(run)
    run.deliver(out, as_csv(heads, [[row.get(head) for head in heads] for row in left]))


def _write(
    run: Session, study: Study, rows: Sequence[Mapping[str, str]], source: Mapping[str, str]
) -> None:
    """The source first, so that no request ever stands without one."""
    from chainmap.read.edits import append_rows

    data, id = Path(study.workspace.root) / "data", source["source"]
    try:
        if not study.world.rows("sources", ("source",), (id,)):
            append_rows(data / "sources.csv", "sources", [source])
        append_rows(data / "requests.csv", "requests", [{**row, "source": id} for row in rows])
    except (OSError, KeyError, UnicodeError) as error:
        raise Stop(4, run.say("error.write", path=data, reason=_said(error))) from error


def _said(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)


def vet(
    context: typer.Context,
    id: Annotated[str, typer.Argument(metavar="ID", help="help.request")],
    accept: Annotated[bool, typer.Option("--accept", help="help.accept")] = False,
    reject: Annotated[bool, typer.Option("--reject", help="help.reject")] = False,
    because: Annotated[str | None, typer.Option("--because", help="help.because")] = None,
    source: Annotated[str | None, typer.Option("--source", help="help.vet_source")] = None,
    date: Annotated[str | None, typer.Option("--date", help="help.vet_date")] = None,
) -> None:
    from chainmap.read.edits import append_rows, change_row
    from chainmap.study.leaders import KEY, judged, request_id, request_of

    run = session(context)
    study = run.open(RANKING)
    row = request_of(study, id)
    if row is None:
        ids = [request_id(one) for one in study.world.newest("requests")]
        run.unknown("use.request", id, ids)
    if accept == reject or not (because and because.strip()):
        raise Stop(2, run.say("use.judge"))
    for one in (source or "").split("|"):
        if one and not study.world.rows("sources", ("source",), (one,)):
            raise Stop(2, run.say("use.source_unknown", word=one))
    day = run.day(study, date)
    if day.last < row.as_of:
        raise Stop(2, run.say("use.vet_date", day=day.text, was=row.text("as_of")))
    run.need_own()
    cells = judged(row, "accepted" if accept else "rejected", because.strip(), source, day)
    file = Path(study.workspace.root) / "data" / "requests.csv"
    try:
        if day.last == row.as_of:
            was = {column: row.text(column) for column in KEY}
            change_row(file, "requests", row.line, cells, was)
        else:
            append_rows(file, "requests", [cells])
    except (OSError, KeyError, UnicodeError) as error:
        raise Stop(4, run.say("error.write", path=file, reason=_said(error))) from error
    run.tell(run.say("vet.done", id=id, status=run.say(f"request.{cells['status']}")))
