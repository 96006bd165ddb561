"""The command for the Monday meeting: week."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from chainmap.cli.options import File, Format
from chainmap.cli.session import RANKING, Output, Session, session
from chainmap.cli.session import Sheet as Rows
from chainmap.core.words import say

if TYPE_CHECKING:
    from chainmap.show.week import Sheet
    from chainmap.study import Study
    from chainmap.study.week import Week

KEYS = ("ref", "part", "name", "what", "day", "days", "note", "leader", "unit", "sources")
NEEDS = (*RANKING, "no_fit", "visits", "targets", "talent")
SHOWN = 6
NUMERALS = "一二三四五六七"


def register(app: typer.Typer) -> None:
    """Put this module's command into the application."""
    app.command(help="help.week")(week)


def week(
    context: typer.Context,
    days: Annotated[int | None, typer.Option(min=1, max=3660, help="help.week_days")] = None,
    top: Annotated[int, typer.Option("--top", min=1, help="help.week_top")] = SHOWN,
    form: Format = None,
    output: File = None,
) -> None:
    from chainmap.show.progress import working
    from chainmap.show.week import week_lines, week_markdown, week_page
    from chainmap.study import week as page

    run = session(context)
    out = Output(output, form, (".html", ".docx"))
    kind = out.format(run)
    study = run.open(NEEDS)
    with working(run.say("progress.week")):
        found = page.week(study, run.lang, days)
    sheet = _sheet(run, study, found, top)
    if kind == "html":
        run.deliver(out, week_page(sheet))
    elif kind == "docx":
        from chainmap.show.office.note import as_note

        run.deliver(out, run.optional(lambda: as_note(sheet)))
    elif kind == "md":
        run.deliver(out, week_markdown(sheet))
    else:
        before = found.before.name if found.before else None
        envelope = {"since": found.since, "snapshot": before}

        def lines(terminal: object) -> None:
            del terminal
            run.terminal.say(sheet.title, "bold")
            for line in sheet.about:
                run.terminal.say(line)
            run.terminal.lines(week_lines(sheet, run.terminal.width))

        run.emit(out, study, Rows(found.rows, KEYS, envelope), lines)
    run.finish()


def _sheet(run: Session, study: Study, found: Week, top: int) -> Sheet:
    """The page in words."""
    from chainmap.show.week import Sheet, section
    from chainmap.study.week import PARTS

    lang, settings = run.lang, study.world.settings
    words = {
        "stuck": {"days": f"{settings['projects.stale_days']:g}"},
        "due": {"days": f"{settings['projects.due_days']:g}"},
        "check": {"count": f"{settings['week.looked_at']:g}"},
        "rose": {"top": f"{settings['robust.top']:g}"},
    }
    shown = [part for part in PARTS if found.before or part not in ("status", "rose")]
    titles = [
        say("week.numbered", lang, number=NUMERALS[at] if lang == "zh" else at + 1,
            title=say(f"week.{part}", lang, **words.get(part, {})))
        for at, part in enumerate(shown)
    ]  # fmt: skip
    sections = [
        section(title, found.part(part), top, lang)
        for title, part in zip(titles, shown, strict=True)
    ]
    about = [say("week.about", lang, since=found.since, day=study.world.at.text)]
    if found.before is None:
        about.append(say("week.no_before", lang))
    else:
        taken = found.before.taken[:10]
        about.append(say("week.before", lang, name=found.before.name, taken=taken))
    return Sheet(say("title.week", lang, region=study.region(lang)), about, sections, lang)
