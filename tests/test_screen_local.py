"""The local driver: the same bytes however a register is cut, read, stopped and gone on with."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pyarrow as pa
import pytest
from screen_made import Held, batch, firm, made_rows, made_rule, rows_of, rule_of
from screen_oracle import best

from chainmap.core.register import Broken, Part, Tally
from chainmap.screen.drive import drive
from chainmap.screen.local import Progress, Screened, screen_local
from chainmap.screen.weights import Sample, weigh
from chainmap.screen.wire import written

RULE = made_rule(random.Random(8), links=6, keep=4)
ROWS = made_rows(random.Random(9), 2_000)
EXPECTED = best(ROWS, RULE)


def cut(rows: list[dict[str, Any]], sizes: list[int]) -> list[Part]:
    """Parts of these sizes, and one of the rest."""
    parts: list[Part] = []
    for at, size in enumerate([*sizes, len(rows)]):
        parts.append(Held(f"part {at}", tuple(rows[:size])))
        rows = rows[size:]
    return parts


@dataclass
class Kept:
    """A store in memory."""

    found: dict[str, Screened] = field(default_factory=dict)
    asked: int = 0

    def get(self, part: Part) -> Screened | None:
        return self.found.get(part.name)

    def put(self, part: Part, found: Screened) -> None:
        assert threading.current_thread() is threading.main_thread()
        self.found[part.name] = found


@pytest.mark.parametrize("fast", [False, True], ids=["library", "compiled"])
def test_any_split_order_batch_and_number_of_workers_give_the_same_bytes(fast: bool) -> None:
    chance = random.Random(1)
    whole = written(screen_local(cut(ROWS, []), RULE, workers=1, fast=fast).best)
    assert rows_of(screen_local(cut(ROWS, []), RULE, workers=1, fast=fast).best) == EXPECTED
    for workers in (1, 3) if fast else (1,):
        for sizes in ([], [1_000], [1, 0, 700, 3], [200] * 9):
            rows = chance.sample(ROWS, len(ROWS))
            size = chance.choice((1, 13, 500, 1 << 16)) if len(sizes) == 1 else 97
            found = screen_local(cut(rows, sizes), RULE, workers=workers, batch=size, fast=fast)
            assert written(found.best) == whole
            assert found.tally == Tally(read=len(ROWS)) and found.broken == ()


def test_the_library_in_processes_gives_the_same_bytes() -> None:
    for sizes in ([], [600, 5, 700]):
        found = screen_local(cut(ROWS, sizes), RULE, workers=2, batch=101, fast=False)
        assert rows_of(found.best) == EXPECTED
        large = [Held(part.name, part.held * 20) for part in cut(ROWS, sizes)]  # type: ignore[attr-defined]
        again = screen_local(large, RULE, workers=2, fast=False)
        assert written(again.best) == written(found.best)
        assert again.tally.read == 40_000


def test_broken_rows_stay_in_the_order_of_the_parts_and_counts_add_up() -> None:
    parts = [
        replace(part, broken=tuple(Broken(part.name, at, "no") for at in range(3)))  # type: ignore[type-var]
        for part in cut(ROWS, [300, 300, 300])
    ]
    found = screen_local(parts, RULE, workers=3, batch=50, fast=True)
    assert [(row.file, row.row) for row in found.broken] == [
        (part.name, at) for part in parts for at in range(3)
    ]
    assert found.tally == Tally(read=2_000, broken=12)


def test_progress_never_falls_and_ends_with_every_row_and_part() -> None:
    seen: list[Progress] = []
    screen_local(cut(ROWS, [500, 500]), RULE, workers=2, batch=40, told=seen.append, fast=True)
    assert seen == sorted(seen, key=lambda one: (one.rows, one.parts))
    assert seen[-1] == Progress(2_000, 2_000, 3, 3)
    assert len(seen) > 40


def test_a_run_that_was_stopped_goes_on_with_what_it_had() -> None:
    parts = cut(ROWS, [250] * 7)
    before = threading.active_count()
    for stop in (1, 3, 8):
        kept = Kept()

        def told(progress: Progress, stop: int = stop) -> None:
            if progress.parts >= stop:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            screen_local(parts, RULE, workers=2, batch=100, told=told, done=kept, fast=True)
        assert threading.active_count() == before
        assert stop <= len(kept.found) < stop + 2
        seen: list[Progress] = []
        found = screen_local(
            parts, RULE, workers=2, batch=100, told=seen.append, done=kept, fast=True
        )
        assert rows_of(found.best) == EXPECTED
        assert found.tally.read == 2_000
        assert seen[-1].again >= 250 * stop
        assert seen[-1].rows == 2_000
        # What is lost is found again: floors that its rows had raised still stand.
        lost = random.Random(stop).sample(sorted(kept.found), 5)
        for name in lost:
            del kept.found[name]
        again = screen_local(parts, RULE, workers=1, batch=300, done=kept, fast=False)
        assert rows_of(again.best) == EXPECTED


@dataclass(frozen=True)
class Failing:
    """A part that raises in the middle."""

    name: str = "failing"
    rows: int | None = None

    def batches(self, size: int) -> Iterator[pa.RecordBatch | Broken | Tally]:
        yield batch(ROWS[:size])
        raise ValueError("no such function")


def test_what_a_part_raises_is_raised_and_nothing_is_left_running() -> None:
    before = threading.active_count()
    for fast in (False, True):
        with pytest.raises(ValueError, match="no such function"):
            screen_local([*cut(ROWS, [900]), Failing()], RULE, workers=2, batch=50, fast=fast)
        assert threading.active_count() == before


def test_a_matching_process_that_is_killed_is_an_error_and_no_wait_for_ever() -> None:
    from chainmap.screen.remote import Remote

    remote = Remote(RULE)
    remote.start()
    remote.add(batch(ROWS[:50]))
    assert rows_of(remote.result()) == best(ROWS[:50], RULE)
    remote._process.kill()
    with pytest.raises(RuntimeError, match="-9"):
        for _ in range(3):
            remote.add(batch(ROWS[:50]))
    remote.close()


def test_an_empty_register_and_one_without_parts() -> None:
    for parts in ([], [Held("none", ())], [Held("some", ()), Held("one", (firm("1", "x"),))]):
        found = screen_local(parts, RULE, workers=2)
        assert found.best.num_rows == 0
    rule = rule_of(("硅片", ""))
    parts = [Held("some", ()), Held("one", (firm("1", "硅片"),))]
    assert screen_local(parts, rule, workers=4).best.num_rows == 1


def test_weights_are_those_of_all_rows_whatever_the_split_and_the_workers() -> None:
    rows = list({row["id"]: row for row in ROWS}.values())
    whole = Sample(300)
    whole.add(batch(rows))
    expected = weigh(cut(rows, []), RULE.links, sample=300, scale=10, workers=1)
    told: list[int] = []
    found = weigh(
        cut(rows, [90] * 8), RULE.links, sample=300, scale=10, told=told.append, workers=3
    )
    assert found == expected and set(found) == set(RULE.weights)
    assert told == sorted(told) and told[-1] == len(rows)
    assert len(set(expected.values())) > 5


def test_several_workers_share_one_part_and_all_of_it_is_read_once() -> None:
    together = threading.Barrier(4, timeout=60)

    @dataclass
    class Ids:
        seen: list[str] = field(default_factory=list)

        def add(self, batch: pa.RecordBatch) -> None:
            if not self.seen:
                together.wait()
            self.seen += batch["id"].to_pylist()

        def result(self) -> list[str]:
            return self.seen

    eaten = list(drive([Held("one", tuple(ROWS))], lambda _: Ids(), workers=4, batch=3))
    ids = [one for part in eaten for made in part.made for one in made]
    assert sorted(ids) == sorted(row["id"] for row in ROWS)
