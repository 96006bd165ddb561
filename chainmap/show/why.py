"""The derivation of a figure as a tree: for a terminal, and as data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from chainmap.core.dates import Day
from chainmap.core.derivation import Figure, Found, Leaf
from chainmap.core.formula import Work, middle, short, shown, total
from chainmap.core.model import Row
from chainmap.core.problems import Problem
from chainmap.core.words import WORDS, say
from chainmap.show.why_past import order_texts
from chainmap.show.why_ranks import interval_texts
from chainmap.show.why_records import record_text
from chainmap.show.why_tree import Node, number

SourceOf = Callable[[str], Row | None]
MOST_ROWS = 5
MOST = 40  # figures shown below one; the data form has them all
# Figures whose arguments are the scope of a ranking, which is told below them.
_OF_A_RANKING = (
    "interval",
    "ranks",
    "candidates",
    "key_table",
    "key_cell",
    "coverage.refs",
    "coverage.firms",
    "coverage.past",
)
# Figures about the whole ledger, of which a reader is told the size; the data form has them all.
_ROLLED = ("projects.all", "projects.pairs", "projects.rivals", "landing.spells")
# Figures made of all there is: thousands of lines that nobody reads on a screen.
_SUMMED = ("plan.draft",)
_HEADINGS = ("link_figures", "chain_figures")


def tree(figure: Figure, source_of: SourceOf, lang: str) -> Node:
    """The derivation of a figure for a reader.

    Cells of one row stand on one line; a part that was shown is not shown twice; what is
    unknown is named and not unfolded further (the data form unfolds everything).
    """
    subject = figure.args[2:5] if figure.rule == "cell" else figure.args
    node = _Grower(source_of, lang, subject).grow(figure)
    number(node, lang)
    return node


class _Grower:
    def __init__(self, source_of: SourceOf, lang: str, subject: tuple[str, ...]) -> None:
        self.source_of, self.lang, self.subject = source_of, lang, subject
        self.shown: dict[int, Node] = {}
        self.cited: set[str] = set()

    def grow(self, figure: Figure) -> Node:
        node = Node(self._title(figure), _style(figure.value))
        node.first = self.shown.get(id(figure)) if figure.inputs else None
        if node.first is not None:
            return node
        self.shown[id(figure)] = node
        if figure.rule == "cell":
            figure = _only(figure, "key_cell")
        if figure.rule in (*_ROLLED, "stage.projects"):
            return node
        if (
            worded(figure.value, self.lang) == say("unknown", self.lang)
            and figure.rule not in _HEADINGS
        ):
            return node
        if figure.rule == "path":  # what it rests on stands beside it, as far as it counts here
            return node
        if figure.rule in _SUMMED:
            node.text += say("why.in_data", self.lang)
            return node
        if figure.rule == "interval":
            node.below = [Node(text) for text in interval_texts(figure, worded, self.lang)]
            return node
        if figure.rule == "backtest.order":
            node.below = [Node(text) for text in order_texts(figure, self.lang)]
            return node
        node.below = [
            *self._formulas(figure),
            *self._parts(list(once(figure))),
            *(self._row(row) for row in _bare_rows(figure)[:MOST_ROWS]),
        ]
        return node

    def _parts(self, parts: list[Leaf | Found | Figure]) -> list[Node]:
        """Figures one by one; leaves of one row, file or kind together."""
        nodes: list[Node] = []
        together: dict[object, list[Leaf]] = {}
        figures = [p for p in parts if isinstance(p, Figure) and _worth_showing(p)]
        left_out = {id(part) for part in figures[MOST:]}
        for part in parts:
            if isinstance(part, Figure):
                if _worth_showing(part) and id(part) not in left_out:
                    nodes.append(self.grow(_behind(part)))
            elif isinstance(part, Leaf):
                if part.kind != "date":
                    place = part.at if part.kind == "cell" else part.kind
                    together.setdefault(place, []).append(part)
            elif not part.rows and not any(isinstance(p, Figure) for p in parts):
                table = f"data/{part.table}.csv"
                nodes.append(Node(say("why.no_rows", self.lang, table=table), "dim"))
        if left_out:
            nodes.append(Node(say("why.more", self.lang, count=len(left_out)), "dim"))
        return nodes + [self._leaves(leaves) for leaves in together.values()]

    def _leaves(self, leaves: list[Leaf]) -> Node:
        first = leaves[0]
        if first.kind == "cell":
            known = [leaf for leaf in leaves if leaf.value is not None] or leaves
            cells = ", ".join(f"{leaf.name} = {worded(leaf.value, self.lang)}" for leaf in known)
            grades = " ".join(f"<{self._grade(s)}>{s}" for s in first.sources)
            node = Node(f"{self._place(first)}  {cells}  {first.as_of}  {grades}".rstrip())
        elif first.kind == "setting":
            cells = ", ".join(f"{leaf.name} = {worded(leaf.value, self.lang)}" for leaf in leaves)
            lines = "/".join(dict.fromkeys(str(leaf.at.line) for leaf in leaves))
            place = f"{first.at.file}:{lines}" if first.at.line else self._place(first)
            node = Node(f"{place}  {cells}", "dim")
        else:
            cells = ", ".join(
                f"{leaf.name.rsplit('.', 1)[-1]} {worded(leaf.value, self.lang)}:{leaf.at.line}"
                for leaf in leaves
            )
            node = Node(f"{first.at.file}  {cells}", "dim")
        sources = dict.fromkeys(source for leaf in leaves for source in leaf.sources)
        node.below = [self._source(source) for source in sources if source not in self.cited]
        self.cited.update(sources)
        return node

    def _place(self, leaf: Leaf) -> str:
        """Where a leaf stands; what is supposed stands nowhere and says what was supposed."""
        if leaf.at.line:
            return f"{leaf.at.file}:{leaf.at.line}"
        return self._supposed(leaf.at.file)

    def _supposed(self, what: str) -> str:
        return say("why.supposed", self.lang, what=what)

    def _row(self, row: Row) -> Node:
        """A row that counts as a whole: where it stands, its date and its sources."""
        grades = " ".join(f"<{self._grade(s)}>{s}" for s in row.sources)
        place = self._supposed(row.given) if row.given else worded(row, self.lang)
        node = Node(f"{place}  {row.text('as_of')}  {grades}".rstrip())
        node.below = [self._source(s) for s in row.sources if s not in self.cited]
        self.cited.update(row.sources)
        return node

    def _grade(self, source: str) -> str:
        row = self.source_of(source)
        return row.text("grade") if row else "?"

    def _source(self, source: str) -> Node:
        row = self.source_of(source)
        words = {name: row.text(name) if row else "?" for name in ("grade", "date", "title")}
        sentence = say("why.source", self.lang, source=source, **words)
        place = f"  ({row.file}:{row.line})" if row else ""
        return Node(sentence + place, "dim")

    def _title(self, figure: Figure) -> str:
        lang = self.lang
        if figure.rule == "cell":
            return f"{figure.args[1]}: {worded(figure.value, lang)}"
        key = figure.rule if figure.rule.startswith("criterion.") else f"rule.{figure.rule}"
        text = say(key, lang)
        mine = figure.args in (self.subject, self.subject[1:], self.subject[:1], ())
        if not mine and figure.rule not in (*_HEADINGS, *_OF_A_RANKING):
            text += " " + "/".join(part for part in figure.args if part)
        if figure.rule in _HEADINGS:
            text += " " + "/".join(figure.args)
        elif own := [one for one in figure.work if not one.name]:
            text += f" = {formula(own[0], lang)} = {worded(figure.value, lang)}"
        else:
            basis = figure.rule == "basis"
            word = say(f"basis.{figure.value}", lang) if basis else worded(figure.value, lang)
            if figure.rule in _ROLLED:
                word = say("why.count", lang, count=len(figure.value))
            text += f": {word}"
        if figure.world.supposed:
            text += say("why.as_if", lang, what=figure.world.supposed)
        if figure.note is not None:
            text += "  -- " + note(figure, lang)
        return text

    def _formulas(self, figure: Figure) -> list[Node]:
        """The formulas of parts of a figure, a line each; trivial ones are left to the data."""
        return [
            Node(f"{say(one.name, self.lang)} = {formula(one, self.lang)} = {short(one.value)}")
            for one in works(figure)
            if one.name and not _plain(one)
        ]


def once(figure: Figure) -> Iterator[Leaf | Found | Figure]:
    """The inputs, each once: a rule may read the same cell twice."""
    seen: set[object] = set()
    for part in figure.inputs:
        key: object = (part.name, part.at) if isinstance(part, Leaf) else id(part)
        if isinstance(part, Found):
            key = (part.table, part.key)
        if key not in seen:
            seen.add(key)
            yield part


def _bare_rows(figure: Figure) -> list[Row]:
    """Rows that the figure consists of and found itself, none of whose cells it read."""
    if not isinstance(figure.value, tuple):
        return []
    found = {row for part in figure.inputs if isinstance(part, Found) for row in part.rows}
    read = {(part.at.file, part.at.line) for part in figure.inputs if isinstance(part, Leaf)}
    rows = [row for row in figure.value if isinstance(row, Row) and row in found]
    return [row for row in rows if (row.file, row.line) not in read]


def _only(figure: Figure, rule: str) -> Figure:
    """The figure's only input where that is of a rule that merely words it, else the figure."""
    (first, *rest) = figure.inputs
    return first if isinstance(first, Figure) and first.rule == rule and not rest else figure


def _plain(work: Work) -> bool:
    """Whether a formula says nothing that its numbers do not: a single term, halfway."""
    if work.formula is middle:
        base, unknown = work.numbers
        return not base and len(unknown) == 1 and unknown[0][0] == 1
    return work.formula is total and len(work.numbers[0]) < 2


def _behind(figure: Figure) -> Figure:
    """The figure that says how a status came about, past those that only hand it on."""
    while figure.rule in ("status", "standing") and figure.note is None:
        figure = next(part for part in figure.inputs if isinstance(part, Figure))
    return figure


def _worth_showing(figure: Figure) -> bool:
    """Whether a figure says anything: an empty list of rows does not."""
    if getattr(figure.value, "rests_on", "") in ("silent", "landed"):
        return False  # a project that is not counted
    return figure.value not in ((), False) or bool(figure.note)


def worded(value: Any, lang: str) -> str:
    """A value as a reader sees it."""
    if value is None:
        return say("unknown", lang)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(round(value, 6)).removesuffix(".0")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Day | str | int):
        return str(value)
    if isinstance(value, Row):
        return f"{value.file}:{value.line}"
    if isinstance(value, Problem):
        return f"[{value.code}] {value.message('zh' if lang == 'zh' else 'en')}"
    told = record_text(value, lang, worded)
    if told is not None:
        return told
    sized = _whole_record(value, lang)
    if sized is not None:
        return sized
    for name in ("status", "kind", "known", "value", "impact"):
        if hasattr(value, name):
            return _record(value, lang)
    if isinstance(value, Mapping) and "A/B" in value:
        return shares(value, lang)
    if isinstance(value, Mapping):
        return ", ".join(f"{k} {worded(v, lang)}" for k, v in value.items())
    if isinstance(value, tuple | list):
        rows = [part for part in value if isinstance(part, Row) or _is_of_a_firm(part)]
        if rows:
            return say("why.count", lang, count=len(rows))
        if value and all(isinstance(part, tuple) for part in value):
            return ", ".join("/".join(map(str, part)) for part in value)
        return " / ".join(worded(part, lang) for part in value) or "-"
    return str(value)


def _is_of_a_firm(part: Any) -> bool:
    return hasattr(part, "row") or hasattr(part, "firm")


def shares(value: Mapping[str, float], lang: str) -> str:
    """Shares by grade of evidence: ``A/B 12%, C 30%, ..``."""
    joint = "，" if lang == "zh" else ", "
    return joint.join(f"{say(f'coverage.{k}', lang)} {share:.0%}" for k, share in value.items())


def coverage_line(value: Mapping[str, float] | None, of: str, lang: str) -> str:
    """How much of a score's weight rests on which grade; ``of`` is ``score`` or ``priority``."""
    return say(f"coverage.{of}", lang, parts="-" if value is None else shares(value, lang))


def _whole_record(value: Any, lang: str) -> str | None:
    """Records of a whole chain or ranking by their size; None for any other value."""
    if hasattr(value, "p_top_error"):
        return say("why.interval", lang, position=value.position, of=value.of,
                   span="-" if value.p05 is None else f"{value.p05}-{value.p95}",
                   p_top="-" if value.p_top is None else f"{value.p_top:.1%}")  # fmt: skip
    if hasattr(value, "average") and hasattr(value, "lift"):
        return say("why.past_line", lang, average=worded(value.average, lang),
                   universe=value.universe, positives=value.positives)  # fmt: skip
    for name in ("running", "order", "gaps", "levels", "units", "actions"):
        if hasattr(value, name):
            return say("why.count", lang, count=len(getattr(value, name)))
    if hasattr(value, "letter"):
        return say(f"verdict.{value.letter}", lang)
    if hasattr(value, "word") and hasattr(value, "rows"):
        return say(f"here.{value.word}", lang)
    if hasattr(value, "top20"):
        return f"{value.kinds} / {value.top20}"
    if hasattr(value, "single"):
        return say("leaders.sourcing_is", lang, needs=value.needs, met=value.met,
                   maybe=value.maybe, single=value.single, counted=value.counted)  # fmt: skip
    if hasattr(value, "score") and hasattr(value, "low"):
        return say("why.range", lang, low=f"{value.low:.1f}", high=f"{value.high:.1f}",
                   middle=f"{value.score:.1f}")  # fmt: skip
    return None


def _record(value: Any, lang: str) -> str:
    if hasattr(value, "basis"):
        return f"{say(f'status.{value.status}', lang)} ({say(f'basis.{value.basis}', lang)})"
    if hasattr(value, "kind"):
        word = say(f"kind.{value.kind}", lang)
        if value.suspect:
            word += " " + say("kind.suspect", lang, kind=say(f"kind.{value.suspect}", lang))
        if value.breaks:
            word += " " + say("kind.break", lang)
        return word + say("why.settled" if value.settled else "why.unsettled", lang)
    if hasattr(value, "low") and hasattr(value, "known"):
        low, known = worded(value.low, lang), worded(value.known, lang)
        return f"{known} (S_low {low}) {value.unit or ''}".rstrip()
    if hasattr(value, "impact"):
        return f"{value.score if hasattr(value, 'score') else value.total:.4g}"
    if hasattr(value, "span"):
        if value.span is None:
            return f"{value.value:.1f}"
        low, high = value.span
        middle = f"{value.value:.1f}"
        return say("why.range", lang, low=f"{low:.1f}", high=f"{high:.1f}", middle=middle)
    marks = ">= " if getattr(value, "lower_bound", False) else ""
    return marks + worded(value.value, lang)


def note(figure: Figure, lang: str) -> str:
    """How the figure came about, as a sentence; empty where the rule said nothing."""
    if figure.note is None:
        return ""
    key, words = figure.note
    return say(key, lang, **{name: _short(value) for name, value in words.items()})


def works(figure: Figure) -> list[Work]:
    """The formulas behind a figure: those of its rule, and the middle of what is unknown."""
    # A row has a word of that name for what was put in as if it were so.
    given = None if isinstance(figure.value, Row) else getattr(figure.value, "given", None)
    if given is None or not given[1]:
        return list(figure.work)
    return [*figure.work, Work("formula.middle", middle, given, figure.value.value)]


def formula(work: Work, lang: str) -> str:
    """The formula with its numbers put in: ``100×(3×0.62 + 2×1) / (3 + 2)``."""
    return shown(work.term, lambda label: say(label, lang) if label in WORDS else "")


def _short(value: Any) -> Any:
    if isinstance(value, float):
        return repr(round(value, 4)).removesuffix(".0")
    return "、".join(value) if isinstance(value, list) and value and isinstance(value[0], str) \
        else value  # fmt: skip


def _style(value: Any) -> str:
    return str(getattr(value, "status", "")) if hasattr(value, "basis") else ""
