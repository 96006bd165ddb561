"""A register screened for the links of chains: what is asked, what an engine gives, the rows."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from chainmap import __version__
from chainmap.core.register import Broken, Part, Tally
from chainmap.read.memory import Memory
from chainmap.read.register import Register, shown
from chainmap.screen.results import Progress, Screened
from chainmap.screen.rule import LinkWords, Rule, link_words, make_rule
from chainmap.study import JsonRow, Study
from chainmap.study.screening_into import resolved

Engine = Literal["local", "spark"]
KEPT_RUNS = 3  # unfinished or finished screenings that are remembered
BATCH = 1 << 16  # rows that a kernel takes at once
_METHOD = "1"  # of keeping parts: another number forgets what was kept


@dataclass(frozen=True)
class Asked:
    """What a screening is asked: for which chain, how many firms a link, by which engine."""

    chain: str | None = None
    keep: int | None = None  # None: as the settings say
    engine: Engine = "local"
    master: str | None = None
    workers: int = 0  # 0: as many as there are cores
    weights: Mapping[str, int] | None = None  # of an earlier result


@dataclass(frozen=True)
class Screening:
    """The rule that was followed and what it found."""

    rule: Rule
    found: Screened
    again: int  # rows that an earlier run had matched


class Words(ValueError):
    """Given weights that do not serve: the word that lacks one, or is no integer."""


def links_of(study: Study, chain: str | None) -> tuple[LinkWords, ...]:
    """The words of every link of a chain, or of all chains."""
    return tuple(words for one in study.chains(chain) for words in link_words(one))


def screened(
    study: Study,
    register: Register,
    asked: Asked,
    sampled: Callable[[int], None] | None = None,
    told: Callable[[Progress], None] | None = None,
) -> Screening:
    """Screen a register. Parts that an earlier run finished are not read again.

    ``sampled`` is told the rows read for the weights, ``told`` how far the matching is. Raises
    Words, and BadWhere where ``--where`` fails for a value.
    """
    with _engine(asked):
        return _screened(study, register, asked, sampled, told)


@contextmanager
def _engine(asked: Asked) -> Iterator[None]:
    """One Spark for the weights and the matching, which takes some seconds to start."""
    if asked.engine != "spark":
        yield
        return
    from chainmap.screen.spark import running

    with running(asked.master):
        yield


def _screened(
    study: Study,
    register: Register,
    asked: Asked,
    sampled: Callable[[int], None] | None,
    told: Callable[[Progress], None] | None,
) -> Screening:
    links = links_of(study, asked.chain)
    settings = study.world.settings
    keep = asked.keep or int(settings["screen.keep"])
    if asked.weights is None:
        weights = _weights(study, register, links, asked, sampled)
    else:
        weights = asked.weights
        missing = [word for one in links for word in one.include if word not in weights]
        if missing:
            raise Words("、".join(missing[:5]))
    try:
        rule = make_rule(links, weights, keep)
    except ValueError as error:
        raise Words(str(error)) from None
    if asked.engine == "spark":
        from chainmap.screen.spark import screen_spark

        found = screen_spark(register.parts, rule, master=asked.master, batch=BATCH, told=told)
        return Screening(rule, found, 0)
    store = Store(memory_of(study), rule, register)
    whole = store.recall(Store.WHOLE)
    if whole is not None:
        return Screening(rule, whole, whole.tally.read)
    last: list[Progress] = []

    def noted(progress: Progress) -> None:
        last[:] = [progress]
        if told:
            told(progress)

    from chainmap.screen.local import screen_local

    found = screen_local(
        register.parts, rule, workers=asked.workers or None, batch=BATCH, told=noted, done=store
    )
    store.finish(found)
    return Screening(rule, found, last[0].again if last else 0)


def memory_of(study: Study) -> Memory:
    """Where results of earlier runs are kept; one that keeps nothing where there is none."""
    memory = study.world.memory
    return memory if isinstance(memory, Memory) else Memory(None)


def _weights(
    study: Study,
    register: Register,
    links: Sequence[LinkWords],
    asked: Asked,
    sampled: Callable[[int], None] | None,
) -> Mapping[str, int]:
    """The weights of the words in this register; kept, so that going on starts at once."""
    settings = study.world.settings
    sample, scale = int(settings["screen.sample"]), float(settings["screen.scale"])
    words = sorted({word for one in links for word in one.include})
    memory = memory_of(study)
    key = _key("weights", register.identity, json.dumps(words), f"{sample} {scale!r}")
    held = memory.recall(key)
    if held is not None:
        found: Mapping[str, int] = json.loads(held)
        return found
    if asked.engine == "spark":
        from chainmap.screen.spark import weigh_spark

        found = weigh_spark(
            register.parts, links, sample=sample, scale=scale, master=asked.master, batch=BATCH,
            told=lambda now: sampled(now.rows) if sampled else None,
        )  # fmt: skip
    else:
        from chainmap.screen.weights import weigh

        found = weigh(register.parts, links, sample=sample, scale=scale, told=sampled)
    memory.keep(key, json.dumps(found).encode())
    return found


def _key(*parts: str) -> str:
    text = json.dumps([__version__, _METHOD, *parts])
    return hashlib.sha256(text.encode()).hexdigest()[:40]


class Store:
    """Finished parts of a screening, beside the other things that are remembered.

    A part is known by the rule, by what is read of its file, and by the file's size and time.
    When all are finished, the whole takes their place.
    """

    WHOLE = "whole"

    def __init__(self, memory: Memory, rule: Rule, register: Register) -> None:
        self._rule = rule.digest
        key = _key(rule.digest, register.identity)
        screens = memory.branch("screen", None)
        screens.forget(KEPT_RUNS, key)
        self._memory = screens.branch(key, None)

    def get(self, part: Part) -> Screened | None:
        """What was found in a part; None where it was not, or cannot be read."""
        return self.recall(self._name(part))

    def put(self, part: Part, found: Screened) -> None:
        """Keep what was found in a part."""
        self._memory.keep(self._name(part), _packed(found))

    def recall(self, name: str) -> Screened | None:
        """What is kept under a name."""
        data = self._memory.recall(name)
        return None if data is None else _unpacked(data)

    def finish(self, found: Screened) -> None:
        """Keep the whole, and let go of the parts."""
        self._memory.keep(self.WHOLE, _packed(found))
        self._memory.drop(but=self.WHOLE)

    def _name(self, part: Part) -> str:
        identity = getattr(part, "identity", part.name)
        return hashlib.sha256(f"{self._rule} {identity}".encode()).hexdigest()[:40]


def _packed(found: Screened) -> bytes:
    """What was found, with a digest before it, so that damage is seen."""
    import pyarrow as pa

    tally = found.tally
    more = {
        "tally": [tally.read, tally.revoked, tally.filtered, tally.broken],
        "broken": [[one.file, one.row, one.reason, one.text] for one in found.broken],
    }
    best = found.best.replace_schema_metadata({b"chainmap": json.dumps(more).encode()})
    out = io.BytesIO()
    options = pa.ipc.IpcWriteOptions(compression="lz4")
    with pa.ipc.new_file(out, best.schema, options=options) as sink:
        sink.write_table(best)
    return hashlib.sha256(out.getvalue()).digest() + out.getvalue()


def _unpacked(data: bytes) -> Screened | None:
    import pyarrow as pa

    if hashlib.sha256(data[32:]).digest() != data[:32]:
        return None
    with pa.ipc.open_file(pa.BufferReader(data[32:])) as source:
        best = source.read_all().combine_chunks()
    more = json.loads(best.schema.metadata[b"chainmap"])
    broken = [Broken(*row) for row in more["broken"]]
    return Screened(best.replace_schema_metadata(None), Tally(*more["tally"]), broken)


# rows


def screen_rows(study: Study, screening: Screening) -> list[JsonRow]:
    """The rows of a result by chain, link and position, with who the firms are.

    ``firm`` is the id of firms.csv where the firm is known, a proposed one otherwise; ``like``
    are firms that a new one might be.
    """
    links = screening.rule.links
    best = screening.found.best.to_pylist()
    known = resolved(study, [(one["id"], one["name"]) for one in best])
    rows: list[JsonRow] = []
    position = 0
    before = -1
    for one in best:
        position = position + 1 if one["link"] == before else 1
        before = one["link"]
        words = links[before]
        who = known[one["id"], one["name"]]
        rows.append(
            {
                "chain": words.chain, "link": words.link, "position": position, "firm": who.firm,
                "name": one["name"], "score": one["score"], "words": one["words"].split("|"),
                "known_firm": who.known, "register_id": one["id"],
                "capital": one["capital"] if one["capital"] >= 0 else None,
                "city": one["city"] or None, "ref": f"{words.chain}/{words.link}/{who.firm}",
                "like": [firm for firm, _ in who.like],
            }
        )  # fmt: skip
    return rows


def envelope(screening: Screening, register: Register, paths: Sequence[Path]) -> dict[str, Any]:
    """What a result says of itself: the register, what was counted, the rule with its weights."""
    tally = screening.found.tally
    return {
        "register": [shown(path.name) for path in paths],
        "files": register.files,
        "rows_read": tally.read,
        "revoked": tally.revoked,
        "filtered": tally.filtered,
        "broken": tally.broken,
        "keep": screening.rule.keep,
        "rule": screening.rule.digest,
        "weights": dict(screening.rule.weights),
    }


def weights_file(screening: Screening) -> bytes:
    """The weights of a result, as ``known_weights`` takes them."""
    held = {"rule": screening.rule.digest, "weights": dict(screening.rule.weights)}
    return (json.dumps(held, ensure_ascii=False, indent=1) + "\n").encode()


def known_weights(data: bytes) -> dict[str, int]:
    """The weights of an earlier result, or a JSON object of words. Raises ValueError."""
    held = json.loads(data)
    if isinstance(held, dict) and isinstance(held.get("weights"), dict):
        held = held["weights"]
    if not isinstance(held, dict) or not all(type(value) is int for value in held.values()):
        raise ValueError("weights")
    return {str(word): value for word, value in held.items()}
