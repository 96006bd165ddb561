"""What may follow on the command line: answers the scripts that ``chainmap completion`` prints.

The scripts call ``chainmap __complete SHELL WORDS... =WORD`` (bash: the line as it stands) and get
a line for each word that fits: the word, a tab, what it means. Only words of letters, digits and
``-_./:@`` are offered, so that no shell can take one for anything else, whatever a file of the
workspace holds; anything else is typed by hand. Nothing else is ever printed, and nothing fails.
"""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from chainmap.core.problems import Language
from chainmap.core.text import safe
from chainmap.core.words import say

MOST = 300  # words that are offered at once: more is no choice
_OFFERED = re.compile(r"[\w-][\w./:@=-]*\Z")
Item = tuple[str, str]
Given = Mapping[str, str]


def answer(
    arguments: Sequence[str],
    tree: Callable[[Language], Any],
    language: Callable[[Sequence[str]], Language],
) -> None:
    """Print the words that fit; ``arguments`` are those after ``__complete``.

    ``tree`` gives the commands in a language, ``language`` the one that words ask for.
    """
    try:
        before, word, breaks = _typed(arguments)
        lang = language(before)
        for item, meaning in islice(_fitting(tree(lang), before, word, breaks, lang), MOST):
            line = f"{item}\t{safe(meaning)}\n" if meaning else f"{item}\n"
            sys.stdout.buffer.write(line.encode(sys.stdout.encoding, "replace"))
        sys.stdout.buffer.flush()
    except Exception:  # a word that cannot be completed is typed by hand
        return


def _typed(arguments: Sequence[str]) -> tuple[list[str], str, str]:
    """The complete words, the one that is being typed, and where bash breaks words apart."""
    shell, *rest = arguments
    if shell != "bash":
        return rest[:-1], rest[-1].removeprefix("="), ""
    _, *words = _split(rest[0].removeprefix("="))
    return words[:-1], words[-1] if words else "", rest[1] if rest[1:] else ""


def _fitting(
    root: Any, before: Sequence[str], word: str, breaks: str, lang: Language
) -> Iterator[Item]:
    spot = _walk(root, before)
    option, equals, value = word.partition("=")
    start = ""
    if equals and option in spot.options:
        spot.waits, start, word = spot.options[option], f"{option}=", value
    # bash replaces only what stands behind the last of its breaks.
    keep = max((f"{start}{word}".rfind(mark) + 1 for mark in breaks), default=0)
    for item, meaning in _offers(spot, word, lang):
        if item.startswith(word) and _OFFERED.match(item):
            yield f"{start}{item}"[keep:], meaning


def _split(line: str) -> list[str]:
    """The words of a line that is still being typed, the last one empty after a space."""
    reader = shlex.shlex(line, posix=True)
    reader.whitespace_split = True
    reader.commenters = ""
    words: list[str] = []
    try:
        words.extend(reader)
    except ValueError:  # a quote is still open
        return [*words, reader.token]
    return [*words, ""] if line[-1:].isspace() else words


@dataclass
class _Spot:
    """Where on the command line a word stands."""

    command: Any
    path: tuple[str, ...] = ()
    given: dict[str, str] = field(default_factory=dict)  # parameter to its word, root's too
    waits: Any = None  # the option whose value comes next
    places: int = 0  # arguments given so far
    plain: bool = False  # behind --
    lost: bool = False  # behind a word that is no command

    @property
    def options(self) -> dict[str, Any]:
        """The options of the command by each of their spellings."""
        return {
            spelling: one
            for one in self.command.params
            if one.param_type_name == "option"
            for spelling in (*one.opts, *one.secondary_opts)
        }

    @property
    def parameter(self) -> Any:
        """What the next word is the value of: the option that waits, or an argument."""
        if self.waits is not None:
            return self.waits
        arguments = [one for one in self.command.params if one.param_type_name == "argument"]
        return arguments[self.places] if self.places < len(arguments) else None

    def enter(self, name: str) -> None:
        self.command = self.command.commands[name]
        self.path, self.places = (*self.path, name), 0


def _walk(root: Any, words: Iterable[str]) -> _Spot:
    """Go along the complete words; what is wrong there is passed over."""
    spot = _Spot(root)
    for word in words:
        option, equals, value = word.partition("=")
        if spot.waits is not None:
            if word != "=":  # bash's own way to part an option from its value
                spot.given[spot.waits.name] = word
                spot.waits = None
        elif word == "--":
            spot.plain = True
        elif not spot.plain and word.startswith("-"):
            one = spot.options.get(option)
            if one is None or one.is_flag:
                continue
            if equals:
                spot.given[one.name] = value
            else:
                spot.waits = one
        else:
            commands = getattr(spot.command, "commands", {})
            if word in commands:
                spot.enter(word)
                continue
            if commands and spot.path:
                spot.enter(next(iter(commands)))  # the one that is meant where none is named
            spot.lost = spot.lost or not spot.path
            if spot.parameter is not None:
                spot.given[spot.parameter.name] = word
                spot.places += 1
    return spot


def _offers(spot: _Spot, word: str, lang: Language) -> Iterator[Item]:
    if spot.lost:
        return
    dashed = spot.waits is None and word.startswith("-") and not spot.plain
    commands = getattr(spot.command, "commands", {})
    if commands and not dashed and spot.waits is None:
        for name, command in commands.items():
            if not command.hidden:
                yield name, command.help or ""
    if commands and spot.path:
        spot.enter(next(iter(commands)))
    if dashed:
        yield "--help", say("help.help", lang)
        for spelling, one in spot.options.items():
            if spelling.startswith("--") and (one.multiple or one.name not in spot.given):
                yield spelling, one.help or ""
    elif spot.parameter is not None:
        yield from _values(spot, spot.parameter, word)


def _values(spot: _Spot, parameter: Any, word: str) -> Iterator[Item]:
    for choice in parameter.shell_complete(None, ""):
        if choice.type == "plain":
            yield choice.value, ""
    wanted = values_of(spot.path, parameter)
    if wanted is not None:
        yield from wanted(_root(spot.given), spot.given, word)


def _root(given: Given) -> Path:
    from chainmap.read.where import find

    return find(given.get("workspace"), os.environ, Path.cwd()).root


# Where the words come from. Each takes the workspace, the words given before, and the beginning.


def _chains(root: Path, given: Given, word: str) -> Iterable[Item]:
    from chainmap.read.glance import chains

    del given, word
    return chains(root)


def _links(root: Path, given: Given, word: str) -> Iterable[Item]:
    from chainmap.read.glance import links

    del word
    return links(root, given["chain"]) if given.get("chain") else ()


def _of(table: str, column: str, label: str = "") -> Callable[[Path, Given, str], Iterable[Item]]:
    def found(root: Path, given: Given, word: str) -> Iterable[Item]:
        from chainmap.read.glance import cells

        del given, word
        return cells(root, table, column, label)

    return found


_firms = _of("firms", "firm", "name")


def _refs(root: Path, given: Given, word: str) -> Iterable[Item]:
    """Step by step: a chain, its links, the firms that could serve one."""
    from chainmap.read.glance import cells, chains, links

    del given
    chain, *more = word.split("/")
    if not more:
        return chains(root)
    if len(more) == 1:
        return ((f"{chain}/{link}", name) for link, name in links(root, chain))
    start = f"{chain}/{more[0]}"
    here = {"chain": chain, "link": more[0]}
    return ((f"{start}/{firm}", "") for firm, _ in cells(root, "activities", "firm", "", here))


def _landing(root: Path, given: Given, word: str) -> Iterable[Item]:
    """``FIRM@LINK``."""
    firm, at, _ = word.partition("@")
    if not at:
        return ((f"{one}@", name) for one, name in _firms(root, given, word))
    return ((f"{firm}@{link}", name) for link, name in _links(root, given, word))


def _losing(root: Path, given: Given, word: str) -> Iterable[Item]:
    yield from _links(root, given, word)
    yield from _firms(root, given, word)


def _snapshots(root: Path, given: Given, word: str) -> Iterable[Item]:
    from chainmap.read.snapshots import snapshot_names
    from chainmap.track.snapshot import SUFFIX

    del given, word
    return ((name, "") for name in snapshot_names(root, SUFFIX))


Values = Callable[[Path, Given, str], Iterable[Item]]
# By the last spelling of a parameter, or by command and spelling where that says more.
VALUES: dict[str, Values] = {
    "chain": _chains,
    "--chain": _chains,
    "--among": _chains,
    "link": _links,
    "--link": _links,
    "firm": _firms,
    "--firm": _firms,
    "leaders intake --leader": _firms,
    "leaders cluster leader": _firms,
    "--list": _of("lists", "list"),
    "ref": _refs,
    "project": _of("projects", "project", "name"),
    "--district": _of("districts", "district"),
    "whatif --land": _landing,
    "whatif --lose": _losing,
    "a": _snapshots,
    "b": _snapshots,
    "--source": _of("sources", "source", "title"),
}


def values_of(path: Sequence[str], parameter: Any) -> Values | None:
    """Where the words for a parameter of the command at ``path`` come from; None if nowhere."""
    spelling = parameter.opts[-1]
    return VALUES.get(" ".join((*path, spelling))) or VALUES.get(spelling)
