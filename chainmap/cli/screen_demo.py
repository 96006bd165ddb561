"""A register to try the screen on, and how well it was screened: screen --demo, --answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from chainmap.cli.session import Output, Session, Sheet, Stop
from chainmap.core.words import say

if TYPE_CHECKING:
    from chainmap.show.terminal import Terminal
    from chainmap.study import JsonRow, Study
    from chainmap.study.screening import Screening
    from chainmap.study.screening_demo import Answer

JUDGED_KEYS = ("kind", "wanted", "planted", "found", "recall", "false", "precision")


def make(run: Session, rows: int, seed: int, chain: str | None, output: Path | None) -> None:
    """Write a made-up register, and beside it what was planted."""
    from chainmap.core.whole import write_whole
    from chainmap.screen.demo import ANSWER_HEADS
    from chainmap.show.formats import as_csv
    from chainmap.show.progress import in_rows
    from chainmap.show.register_file import ENDINGS, write_register
    from chainmap.study.screening_demo import about, demo_of

    if output is None or output.suffix.lower() not in ENDINGS:
        raise Stop(2, run.say("use.demo_output", known=" ".join(ENDINGS)))
    study = run.open((), chain)
    try:
        demo = demo_of(study, rows, seed, chain)
    except ValueError as error:
        raise Stop(1, run.say("demo.no_phrases", reason=error)) from None
    answers = output.with_name(f"{output.name}.answers.csv")
    try:
        with in_rows(run.say) as tell:
            write_register(
                output,
                demo.batches(),
                about(study, demo),
                lambda done: tell("progress.demo", done, rows, 0),
            )
        write_whole(answers, as_csv(ANSWER_HEADS, list(demo.answers())))
    except OSError as error:
        reason = error.strerror or str(error)
        raise Stop(4, run.say("error.write", path=output, reason=reason)) from error
    count = f"{len(demo.plants):,}"
    run.tell(run.say("demo.made", path=output, rows=f"{rows:,}", seed=seed))
    run.tell(run.say("demo.answers", path=answers, count=count, name=output, answers=answers))


def answers_of(run: Session, path: Path) -> Mapping[str, Answer]:
    """The planted answers of a file; ends with wrong usage where it holds none."""
    from chainmap.study.screening_demo import NoAnswers, read_answers

    try:
        return read_answers(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, NoAnswers) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise Stop(2, run.say("use.answers", path=path, reason=reason)) from None


def judge(
    run: Session, study: Study, out: Output, done: Screening, answers: Mapping[str, Answer]
) -> None:
    """Precision and recall for each kind of noise."""
    from chainmap.study.screening_demo import judged

    rows = judged(done, answers)
    run.emit(
        out,
        study,
        Sheet(rows, JUDGED_KEYS, {"rule": done.rule.digest}),
        lambda terminal: _screen(run, rows, terminal),
    )


def _screen(run: Session, rows: Sequence[JsonRow], terminal: Terminal) -> None:
    from chainmap.show.screening import judged_lines

    terminal.say(say("title.judged", run.lang), "bold")
    terminal.say()
    terminal.lines(judged_lines(rows, run.lang, terminal.width))
    terminal.say()
    terminal.say(say("judged.foot", run.lang), "dim")
