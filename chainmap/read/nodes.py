"""YAML as plain data with the place of every node. The only module that knows YAML.

The parser's events are turned into data one by one on a stack of our own, so that a limit is
met before its cost is paid and no nesting is deep enough to exhaust a call stack.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from chainmap.core.limits import LIMITS, Limits
from chainmap.core.model import Plain
from chainmap.core.problems import Place, Problem, problem

Path = tuple[str | int, ...]

# What YAML 1.1 or 1.2 reads as a number, a boolean or null when it is written plainly.
_NUMBER = re.compile(
    r"""[-+]?(?:
        0b[01_]+ | 0o[0-7]+ | 0x[0-9a-fA-F_]+
      | [0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?
      | [0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?
      | \.[0-9][0-9_]*(?:[eE][-+]?[0-9]+)?
      | \.(?:inf|Inf|INF)
    )\Z | \.(?:nan|NaN|NAN)\Z""",
    re.VERBOSE,
)
_BOOLEANS = frozenset(
    form for word in ("y", "n", "yes", "no", "on", "off", "true", "false")
    for form in (word, word.capitalize(), word.upper())
)  # fmt: skip
_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
# Where an anchor, alias, tag, merge or directive may stand, or a character that may not.
_UNUSUAL = re.compile(
    r"(?:^|[\s,\[\]{}:?-])[&*!]|<<|^%|^---|^\.\.\.|[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]",
    re.M,
)
_UNPRINTABLE = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_MANY = 100  # problems of one kind in a file, past which it is not a chain file at all


@dataclass
class Document:
    """What a YAML file holds: plain data, the place of each node, and what was refused."""

    data: Any
    places: dict[Path, Place]
    problems: list[Problem]
    refused: set[Path] = field(default_factory=set)
    whole: bool = True  # False where reading stopped before the end


def plain(text: str) -> str:
    """A plain scalar: text, or ``Plain`` where YAML would read something else.

    >>> plain("000001").is_a
    'number'
    """
    if text in _NULLS:
        return Plain(text, "null")
    if text in _BOOLEANS:
        return Plain(text, "boolean")
    return Plain(text, "number") if _NUMBER.match(text) else text


class _Unusual(Exception):
    """Something that the quick way does not deal with."""


@dataclass(slots=True)
class _Frame:
    """A collection that is still open."""

    data: dict[str, Any] | list[Any]
    path: Path
    key: str | None = None  # of a mapping: the key whose value comes next
    unkeyed: bool = False  # its value belongs to no key: read over it
    is_key: bool = False
    lines: dict[str, int] = field(default_factory=dict)


class _Builder:
    """Builds the data of one document from parser events."""

    def __init__(self, file: str, limits: Limits) -> None:
        self.file = file
        self.limits = limits
        self.document = Document(None, {(): Place(file)}, [])
        self.stack: list[_Frame] = []
        self.nodes = 0

    def at(self, event: Any) -> Place:
        mark = event.start_mark
        return Place(self.file, mark.line + 1, mark.column + 1)

    def report(self, code: str, at: Place, **words: object) -> bool:
        """Note a problem; whether reading may go on."""
        self.document.problems.append(problem(code, at, None, **words))
        return len(self.document.problems) < _MANY

    def take(self, kind: str, event: Any) -> bool:
        """Take one event in; False where the file is not worth reading on."""
        if kind in ("SequenceEndEvent", "MappingEndEvent"):
            frame = self.stack.pop()
            if frame.is_key:
                self.stack[-1].key, self.stack[-1].unkeyed = "", True
            return True
        self.nodes += 1
        at = self.at(event)
        if self.nodes > self.limits.nodes:
            self.report("Y105", at, limit=self.limits.nodes, name="nodes")
            return False
        going = self._refusals(kind, event, at)
        if kind in ("AliasEvent", "ScalarEvent"):
            return self._scalar(kind, event, at) and going
        if len(self.stack) >= self.limits.depth:
            self.report("Y104", at, limit=self.limits.depth, name="depth")
            return False
        going = self._open({} if kind == "MappingStartEvent" else [], at) and going
        if event.tag is not None:  # what the tag would have made of it is anyone's guess
            self.document.refused.add(self.stack[-1].path)
        return going

    def _refusals(self, kind: str, event: Any, at: Place) -> bool:
        """Anchors, aliases and tags: noted; the data goes on without them."""
        going = True
        if event.anchor is not None:
            going = self.report("Y102", at)
        if kind != "AliasEvent" and event.tag is not None:
            going = self.report("Y107", at, tag=event.tag) and going
        return going

    def _scalar(self, kind: str, event: Any, at: Place) -> bool:
        text = "" if kind == "AliasEvent" else event.value
        is_plain = kind == "ScalarEvent" and not event.style and event.tag is None
        value = plain(text) if is_plain else text
        frame = self.stack[-1] if self.stack else None
        if frame is not None and isinstance(frame.data, dict) and frame.key is None:
            merge = is_plain and text == "<<"
            return self._key(frame, value, at, alias=kind == "AliasEvent", merge=merge)
        path = self._place(value, at)
        if kind == "AliasEvent":
            self.document.refused.add(path)
        return True

    def _key(self, frame: _Frame, value: str, at: Place, alias: bool, merge: bool) -> bool:
        frame.key, frame.unkeyed = str(value), False
        if alias or merge:
            frame.unkeyed = True
            self.document.refused.add(frame.path)
            return alias or self.report("Y102", at)
        if isinstance(value, Plain):
            frame.unkeyed = True
            return self.report("Y108", at)
        if value in frame.lines:
            frame.unkeyed = True
            return self.report("Y103", at, key=value, other=frame.lines[value])
        frame.lines[value] = at.line
        self.document.places[*frame.path, f"key:{value}"] = at
        return True

    def _open(self, data: dict[str, Any] | list[Any], at: Place) -> bool:
        frame = self.stack[-1] if self.stack else None
        if frame is not None and isinstance(frame.data, dict) and frame.key is None:
            self.stack.append(_Frame(data, (*frame.path, "key:"), is_key=True))
            return self.report("Y108", at)
        self.stack.append(_Frame(data, self._place(data, at)))
        return True

    def _place(self, value: Any, at: Place) -> Path:
        """Put a value where it belongs, and note its place."""
        if not self.stack:
            self.document.data = value
            self.document.places[()] = at
            return ()
        frame = self.stack[-1]
        if isinstance(frame.data, list):
            path: Path = (*frame.path, len(frame.data))
            frame.data.append(value)
        else:
            assert frame.key is not None
            path = (*frame.path, frame.key)
            if frame.unkeyed:
                path = (*frame.path, f"over:{frame.key}")
            else:
                frame.data[frame.key] = value
            frame.key, frame.unkeyed = None, False
        self.document.places[path] = at
        return path


def document(text: str, file: str, limits: Limits = LIMITS) -> Document:
    """The data of a YAML text, with every problem that its form has."""
    return plainly_sound(text, file, limits) or examined(text, file, limits)


def plainly_sound(text: str, file: str, limits: Limits = LIMITS) -> Document | None:
    """The data of a text in which nothing is wrong or unusual; None where something may be.

    Three times as fast as looking at every event. The parser bounds its own depth, and a text
    of so many characters has no more nodes than the limit.
    """
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", None)
    if loader is None or len(text) > limits.nodes or _UNUSUAL.search(text):
        return None
    places: dict[Path, Place] = {}

    def data_of(node: Any, path: Path) -> Any:
        mark = node.start_mark
        places[path] = Place(file, mark.line + 1, mark.column + 1)
        kind = node.id
        if kind == "scalar":
            return node.value if node.style else plain(node.value)
        if len(path) >= limits.depth:
            raise _Unusual
        if kind == "sequence":
            return [data_of(part, (*path, at)) for at, part in enumerate(node.value)]
        data: dict[str, Any] = {}
        for key, part in node.value:
            name = key.value
            if key.id != "scalar" or name in data or (not key.style and plain(name) is not name):
                raise _Unusual
            mark = key.start_mark
            places[*path, f"key:{name}"] = Place(file, mark.line + 1, mark.column + 1)
            data[name] = data_of(part, (*path, name))
        return data

    try:
        root = yaml.compose(text, Loader=loader)
        return None if root is None else Document(data_of(root, ()), places, [])
    except (yaml.YAMLError, _Unusual):
        return None


def examined(text: str, file: str, limits: Limits = LIMITS) -> Document:
    """The data of a YAML text by its events, each looked at before it costs anything."""
    import yaml

    builder = _Builder(file, limits)
    found = builder.document
    bad = _UNPRINTABLE.search(text)
    if bad is not None:
        line = text.count("\n", 0, bad.start()) + 1
        column = bad.start() - text.rfind("\n", 0, bad.start())
        reason = f"control character U+{ord(bad.group()):04X}"
        found.problems.append(problem("Y101", Place(file, line, column), reason=reason))
        found.whole = False
        return found
    try:
        # Only a long text can hold too many nodes; counting them costs a quarter of building.
        if len(text) > limits.nodes and (too_many := _first_beyond(text, limits.nodes)):
            builder.report("Y105", builder.at(too_many), limit=limits.nodes, name="nodes")
            found.whole = False
            return found
        found.whole = _take_all(builder, _events(text))
    except yaml.MarkedYAMLError as error:
        at, reason = _fault(error, file), _reason(error)
        deep = "nesting depth" in reason  # the parser's own limit, met while it looks ahead
        found.problems.append(
            problem("Y104", at, limit=limits.depth, name="depth")
            if deep
            else problem("Y101", at, reason=reason)
        )
        found.whole = False
    return found


def _first_beyond(text: str, limit: int) -> Any | None:
    """The event of the first node past the limit, where the text is sound that far."""
    import yaml

    ends = (yaml.CollectionEndEvent, yaml.DocumentStartEvent, yaml.DocumentEndEvent)
    passed = (*ends, yaml.StreamStartEvent, yaml.StreamEndEvent)
    nodes = (event for event in _events(text) if not isinstance(event, passed))
    try:
        return next(islice(nodes, limit, None), None)
    except yaml.YAMLError:
        return None  # building meets it as well, unless it has reason to stop before


def _take_all(builder: _Builder, events: Iterator[Any]) -> bool:
    documents = 0
    for event in events:
        kind = type(event).__name__
        if kind == "DocumentStartEvent":
            documents += 1
            if documents > 1:
                builder.report("Y106", builder.at(event))
                return False
        elif kind not in (
            "StreamStartEvent", "StreamEndEvent", "DocumentEndEvent",
        ) and not builder.take(kind, event):  # fmt: skip
            return False
    return True


def _events(text: str) -> Iterator[Any]:
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
    try:
        while loader.check_event():
            yield loader.get_event()
    finally:
        loader.dispose()


def _fault(error: Any, file: str) -> Place:
    """Where the author should look: at what was left open rather than at the file's end."""
    mark = error.problem_mark or error.context_mark
    if error.context_mark is not None and re.search("quoted|flow [sm]", error.context or ""):
        mark = error.context_mark
    return Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)


def _reason(error: Any) -> str:
    said = [part for part in (error.context, error.problem) if part]
    return ", ".join(said) or "unreadable"
