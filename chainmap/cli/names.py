"""Commands about firms by their names: firms find."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from chainmap.cli.options import File, Format, Top
from chainmap.cli.session import Output, Session, Sheet, session
from chainmap.core.words import WORDS, say

if TYPE_CHECKING:
    from chainmap.screen.names import Found
    from chainmap.show.columns import Line
    from chainmap.show.terminal import Terminal
    from chainmap.study import JsonRow, Study

FOUND_KEYS = ("firm", "name", "how", "score", "city", "lists")
NEEDS = ("sources", "firms", "lists")
SHOWN = 20

firms = typer.Typer(no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Put this module's group of commands into the application."""
    app.add_typer(firms, name="firms", help="help.firms")


@firms.callback()
def group() -> None:
    """Keeps ``find`` a command of its own while the group has no other."""


@firms.command(help="help.firms_find")
def find(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="help.name")],
    top: Top = None,
    form: Format = None,
    output: File = None,
) -> None:
    from chainmap.screen.names import Names

    run = session(context)
    study = run.open(NEEDS)
    found = Names(study.world.newest("firms")).find(name)
    rows = found_rows(study, found)
    run.emit(
        Output(output, form),
        study,
        Sheet(rows[:top], FOUND_KEYS),
        lambda terminal: _screen(run, rows[:top], terminal),
    )
    if found.decided is None:
        key = "ambiguous" if found.ambiguous else "proposed" if found.proposed else "nothing"
        run.tell(run.say(f"names.{key}", word=name, count=len(rows)))
    run.finish()


def found_rows(study: Study, found: Found) -> list[JsonRow]:
    """The firm, or those to choose from, each with the way in which it has the name."""
    sure = [found.decided] if found.decided else found.ambiguous
    ways: list[tuple[str, str, float | None]] = [(firm, found.how[firm], None) for firm in sure]
    ways += [(firm, "proposed", score) for firm, score in found.proposed]
    rows = []
    for firm, how, score in ways:
        (row,) = study.world.rows("firms", ("firm",), (firm,))
        places = study.world.rows("lists", ("firm",), (firm,))
        rows.append(
            {
                "firm": firm,
                "name": row.text("name"),
                "how": how,
                "score": score,
                "city": row.text("hq_city") or None,
                "lists": list(dict.fromkeys(place.text("list") for place in places)),
            }
        )
    return rows


def _screen(run: Session, rows: list[JsonRow], terminal: Terminal) -> None:
    if rows:
        terminal.lines(_lines(rows[:SHOWN], run.lang, terminal.width))
    if len(rows) > SHOWN:
        terminal.say(say("more.rows", run.lang, count=len(rows) - SHOWN), "dim")


def _lines(rows: list[JsonRow], lang: str, limit: int) -> list[Line]:
    from chainmap.core.words import figure
    from chainmap.show.columns import Cell, Head, lay_out

    heads = [
        Head(say("head.id", lang), shrink_to=12),
        Head(say("head.name", lang), shrink_to=16),
        Head(say("head.how", lang)),
        Head(say("head.alike", lang), right=True),
        Head(say("head.city", lang), may_go=True),
        Head(say("head.list", lang), shrink_to=8),
    ]
    joint = "、" if lang == "zh" else ", "
    cells = [
        [
            Cell(row["firm"]),
            Cell(row["name"], "bold"),
            Cell(say(f"how.{row['how']}", lang)),
            Cell(figure(row["score"], 0)),
            Cell(row["city"] or ""),
            Cell(joint.join(_list_name(name, lang) for name in row["lists"])),
        ]
        for row in rows
    ]
    return lay_out(heads, cells, limit)


def _list_name(name: str, lang: str) -> str:
    key = f"list.{name}"
    return say(key, lang) if key in WORDS else name
