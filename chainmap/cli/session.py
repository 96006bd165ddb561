"""What every command shares: the options before it, the study, and how rows leave."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import typer

from chainmap.core.problems import Language, Problem
from chainmap.core.words import say

if TYPE_CHECKING:
    from chainmap.core.dates import Day
    from chainmap.show.columns import Line
    from chainmap.show.terminal import Terminal
    from chainmap.study import Study

T = TypeVar("T")
EVIDENCE = ("sources", "firms", "findings", "presence", "projects", "requests")
RANKING = (
    *EVIDENCE, "activities", "screened", "signals", "affinity", "lists", "rates", "sectors",
    "searched",
)  # fmt: skip


class Stop(Exception):
    """An end with an exit code and a sentence for stderr."""

    def __init__(self, code: int, sentence: str = "") -> None:
        super().__init__(sentence)
        self.code, self.sentence = code, sentence


@dataclass
class Session:
    """The options before the command; opens the study and prints what a command found."""

    workspace: str | None = None
    as_of: str | None = None
    lang: Language = "zh"
    colour: bool | None = None
    debug: bool = False
    failed: bool = field(default=False, init=False)
    read_only: bool = field(default=False, init=False)
    root: Path = field(default=Path(), init=False)  # of the workspace, once it is open

    def say(self, key: str, **words: Any) -> str:
        """A sentence of the catalogue in the session's language."""
        return say(key, self.lang, **words)

    def tell(self, sentence: str) -> None:
        """A line on stderr."""
        from chainmap.show.terminal import Terminal

        Terminal(sys.stderr, self.colour).line([(sentence, "")])

    def adjust(self, words: Iterable[str]) -> None:
        """Set limits of this run; ends with wrong usage where a word sets none."""
        from chainmap.core.limits import WrongLimit, adjust, table

        try:
            adjust(words)
        except WrongLimit as wrong:
            what, word = wrong.args
            known = {one.name: one for one in table()}
            name = word.partition("=")[0]
            if what == "name":
                self.unknown("use.limit", name, known)
            one = known[name]
            number = {"word": word, "name": name, "most": one.most, "limit": one.number}
            raise Stop(2, self.say("use.limit_number", **number)) from None

    @property
    def terminal(self) -> Terminal:
        """Where data for a reader goes."""
        from chainmap.show.terminal import Terminal

        return Terminal(sys.stdout, self.colour)

    def open(self, needs: Iterable[str] = EVIDENCE, chain: str | None = None) -> Study:
        """The study; problems of files that the command needs go to stderr, others are counted.

        Raises Stop where the chain that was asked for cannot be read, or is not there.
        """
        study = self.open_any()
        needed = {f"data/{name}.csv" for name in needs} | {"data/region.yaml", "data/scoring.yaml"}
        files = [f"chains/{chain}.yaml"] if chain else []
        mine: list[Problem] = []
        other: list[Problem] = []
        for one in study.read_problems:
            file = one.at.file
            here = file in needed or file in files or (not chain and file.startswith("chains/"))
            (mine if here else other).append(one)
        for one in mine:
            if one.severity == "error":
                self.failed = True
                self.tell(one.line(self.lang))
        warnings = [one for one in mine if one.severity == "warning"]
        rest = [*other, *warnings]
        if rest:
            errors = sum(one.severity == "error" for one in rest)
            self.tell(self.say("problems.elsewhere", errors=errors, warnings=len(rest) - errors))
        if (
            chain
            and chain not in study.workspace.chains
            and any(one.at.file in files and one.severity == "error" for one in mine)
        ):
            raise Stop(1, self.say("error.chain_broken", file=files[0]))
        if any(one.at.file == "data/region.yaml" and one.severity == "error" for one in mine):
            raise Stop(1, self.say("error.input"))
        if chain is not None and chain not in study.workspace.chains:
            self.unknown("use.chain", chain, study.workspace.chains)
        return study

    def open_any(self) -> Study:
        """The study, whatever its problems; where the workspace was found goes to stderr."""
        from chainmap.core.dates import parse_day
        from chainmap.read.memory import memory
        from chainmap.read.where import find, inside_package
        from chainmap.read.workspace import load
        from chainmap.show.progress import working
        from chainmap.study import Study

        found = find(self.workspace, os.environ, Path.cwd())
        if not (found.root / "chains").is_dir() or not (found.root / "data").is_dir():
            raise Stop(2, self.say("use.no_workspace", path=found.root))
        self.root = found.root
        self.read_only = found.how == "shipped" or inside_package(found.root)
        if found.how == "parent":
            self.tell(self.say("workspace.parent", root=found.root))
        elif found.how == "shipped":
            self.tell(self.say("workspace.shipped"))
        with working(self.say("progress.read")):
            workspace, problems = load(found.root)
        try:
            at = parse_day(self.as_of) if self.as_of else workspace.study_date
        except ValueError:
            raise Stop(2, self.say("use.as_of", word=self.as_of)) from None
        study = Study(workspace, problems, at)
        study.world.memory = memory(os.environ)
        return study

    def day(self, study: Study, date: str | None) -> Day:
        """The date of what is written: the study date, or one that can be seen from it."""
        from chainmap.core.dates import parse_day

        try:
            day = parse_day(date) if date else study.world.at
        except ValueError:
            raise Stop(2, self.say("use.as_of", word=date)) from None
        if day.last > study.world.today:
            raise Stop(2, self.say("use.not_yet", day=day.text, today=study.world.at.text))
        return day

    def emit(
        self, out: Output, study: Study, sheet: Sheet, lines: Callable[[Terminal], None]
    ) -> None:
        """Rows in the format that was asked for: ``lines`` prints the terminal form."""
        kind = out.format(self)
        if kind == "table":
            lines(self.terminal)
        else:
            self.deliver(out, sheet.encoded(kind, study))
        if study.unseen:
            self.tell(self.say("unseen", count=study.unseen, day=study.world.at.text))

    def deliver(self, out: Output, data: bytes) -> None:
        """Bytes to the output file, whole, or to stdout."""
        if out.file is None:
            sys.stdout.flush()
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
            return
        self.put(out.file, data)
        self.tell(self.say("written", path=out.file))

    def put(self, path: Path, data: bytes) -> None:
        """A file, whole; ends with 4 where it cannot be written."""
        from chainmap.core.whole import write_whole

        try:
            write_whole(path, data)
        except OSError as error:
            reason = error.strerror or str(error)
            raise Stop(4, self.say("error.write", path=path, reason=reason)) from error

    def need_own(self) -> None:
        """Ends with 4 where the workspace is the one that ships with the tool, or where what is
        written into it would land elsewhere."""
        from chainmap.read.where import leading_out

        if self.read_only:
            raise Stop(4, self.say("error.read_only"))
        out = leading_out(self.root)
        if out is not None:
            raise Stop(4, self.say("error.leads_out", path=out))

    def optional(self, make: Callable[[], T]) -> T:
        """What an optional part makes; ends with 3 and the command that installs it."""
        from chainmap.show.draw.extras import MissingExtra

        try:
            return make()
        except MissingExtra as error:
            raise Stop(3, self.say("use.extra", command=error.command)) from None

    def finish(self) -> None:
        """Ends with 1 where the input that a command needed has errors."""
        if self.failed:
            raise Stop(1)

    def unknown(self, key: str, word: str, known: Iterable[str]) -> NoReturn:
        """Ends with wrong usage: what is unknown, what was probably meant, what is known."""
        from chainmap.core.text import near

        names = list(known)
        sentence = self.say(key, word=word)
        guess = near(word, names)
        if guess:
            sentence += self.say("use.guess", guess=guess)
        elif names:
            some = "、".join(names[:12]) + (" .." if len(names) > 12 else "")
            sentence += self.say("use.known", known=some)
        raise Stop(2, sentence)


@dataclass(frozen=True)
class Output:
    """Where and how a command's rows go; ``also`` are endings that this command can write too."""

    file: Path | None
    wanted: str | None
    also: tuple[str, ...] = ()

    def format(self, session: Session) -> str:
        """table, csv, json, md or another ending; wrong usage where --format disagrees with it."""
        from chainmap.show.formats import FORMATS

        if self.file is None:
            return self.wanted or "table"
        known = {**FORMATS, **{suffix: suffix.removeprefix(".") for suffix in self.also}}
        suffix = self.file.suffix.lower()
        if suffix not in known:
            some = " ".join(known)
            raise Stop(2, session.say("use.no_suffix", suffix=suffix, known=some))
        if self.wanted not in (None, known[suffix]):
            raise Stop(2, session.say("use.suffix", suffix=suffix, format=self.wanted))
        return known[suffix]


@dataclass(frozen=True)
class Sheet:
    """Rows for machines: their keys in order, what goes around them, and lines below them."""

    rows: Sequence[Mapping[str, Any]]
    heads: Sequence[str]
    envelope: Mapping[str, Any] = field(default_factory=dict)
    below: Sequence[Sequence[Any]] = ()

    def encoded(self, kind: str, study: Study) -> bytes:
        """The rows in one of the formats."""
        from chainmap.show.formats import WRITERS, as_json

        if kind == "json":
            first = {"as_of": study.world.at.text, "workspace_hash": study.workspace.hash}
            return as_json({**first, **self.envelope}, self.rows)
        cells = [*([row.get(head) for head in self.heads] for row in self.rows), *self.below]
        return WRITERS[kind](self.heads, cells)


def only(rows: Sequence[Mapping[str, Any]], keys: Sequence[str]) -> list[dict[str, Any]]:
    """The rows with those keys alone, in their order: what a script may rely on."""
    return [{key: row[key] for key in keys} for row in rows]


def session(context: typer.Context) -> Session:
    """The session of the running command."""
    found = context.find_object(Session)
    assert found is not None
    return found


def as_lines(lines: Sequence[Line]) -> Callable[[Terminal], None]:
    """Lines that are ready, as something to print."""
    return lambda terminal: terminal.lines(lines)
