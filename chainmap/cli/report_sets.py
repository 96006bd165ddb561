"""A set of reports in a directory: over all cores, only what changed, or only what is stale."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from chainmap.cli.pictures import tell_lacking
from chainmap.cli.session import Session, Stop

if TYPE_CHECKING:
    from chainmap.study import Study
    from chainmap.study.sets import Job, Order, Outcome, Part


def deliver_set(
    run: Session, study: Study, what: tuple[str | None, Path], order: Order, check: bool
) -> None:
    """The set of one chain, or of the city, brought up to date; or what of it is stale.

    Raises Stop: 1 where something is stale, 3 without an optional part, 4 where a file cannot be
    written.
    """
    chain, folder = what
    try:
        _deliver(run, study, chain, folder, order, check)
    except OSError as error:
        reason = error.strerror or str(error)
        raise Stop(
            4, run.say("error.write", path=error.filename or folder, reason=reason)
        ) from error


def _deliver(
    run: Session, study: Study, chain: str | None, folder: Path, order: Order, check: bool
) -> None:
    from chainmap.study import sets

    old = sets.read_manifest(folder)
    made_by = sets.program()
    inputs = sets.inputs_of(study, order, made_by)
    jobs = {
        one.id: sets.Job(folder, "" if chain else f"{one.id}/", order, made_by, check)
        for one in study.chains(chain)
    }
    fresh: dict[str, Part] = {}
    stale: list[tuple[str, str]] = []
    for name, job in jobs.items():
        part = old.get(name)
        if part and part.inputs == inputs and _lies(part, job.below):
            changed = sets.touched(folder, part)
            if check or not changed:
                fresh[name] = part
                stale += changed
    waiting = [name for name in jobs if name not in fresh]
    if waiting and not check:
        _need_all(run)
        folder.mkdir(parents=True, exist_ok=True)
    outcomes = list(_each(run, study, waiting, jobs, old))
    parts = fresh | {one.name: one.part for one in outcomes}
    if chain is None:
        whole = sets.Job(folder, "", order, made_by, check)
        listed = {name: tuple(sorted(parts[name].files)) for name in jobs}
        city = sets.city_outcome(study, whole, old.get(sets.CITY), listed)
        outcomes.append(city)
        parts[sets.CITY] = city.part
    others = {name: part for name, part in old.items() if name not in parts}
    if chain is None:
        stale += [("orphan", name) for part in others.values() for name in part.files
                  if (folder / name).is_file()]  # fmt: skip
    stale += [one for outcome in outcomes for one in outcome.stale]
    if check:
        _tell_stale(run, stale)
        return
    if chain is None:
        for part in others.values():
            sets.remove(folder, part.files)
        others = {}
    sets.write_manifest(folder, {**others, **parts})
    tell_lacking(run, {ch for outcome in outcomes for ch in outcome.lacking})
    written = sum(len(outcome.written) for outcome in outcomes)
    total = sum(len(part.files) for part in parts.values())
    run.tell(run.say("set.written", folder=folder, written=written, same=total - written))


def _need_all(run: Session) -> None:
    """Ends with 3 before anything is written where a format cannot be."""
    from chainmap.show.draw.extras import MissingExtra
    from chainmap.study.sets import need_all

    try:
        need_all()
    except MissingExtra as error:
        raise Stop(3, run.say("use.extra", command=error.command)) from None


def _lies(part: Part, below: str) -> bool:
    """Whether a part's files lie in that folder of the set."""
    return all(("/" in name) == bool(below) for name in part.files)


def _tell_stale(run: Session, stale: list[tuple[str, str]]) -> None:
    """The stale files, a line each; ends with 1 where there are any."""
    for why, name in sorted(stale, key=lambda one: one[1]):
        run.terminal.say(f"{run.say(f'set.{why}')} {name}")
    if stale:
        raise Stop(1, run.say("set.stale", count=len(stale)))
    run.tell(run.say("set.fresh"))


def _each(
    run: Session, study: Study, chains: list[str], jobs: dict[str, Job], old: dict[str, Part]
) -> Iterator[Outcome]:
    """The outcome of every chain, the longest first, over all cores where there are several."""
    from chainmap.show.progress import counted
    from chainmap.study.sets import chain_outcome

    by_size = sorted(chains, key=lambda name: -len(study.chain(name).links))
    with counted(run.say("progress.set"), len(by_size)) as step:
        if len(by_size) < 2 or (os.cpu_count() or 1) < 2:
            for name in by_size:
                outcome = chain_outcome(study, name, jobs[name], old.get(name))
                step(name)
                yield outcome
            return
        yield from _over_cores(study, by_size, jobs, old, step)


def _over_cores(
    study: Study,
    chains: list[str],
    jobs: dict[str, Job],
    old: dict[str, Part],
    step: Callable[[str], None],
) -> Iterator[Outcome]:
    from concurrent.futures import ProcessPoolExecutor, as_completed
    from multiprocessing import get_context

    from chainmap.study.sets import in_worker, open_worker

    count = min(os.cpu_count() or 1, len(chains))
    start = (str(study.workspace.root), study.world.at.text)
    pool = ProcessPoolExecutor(count, get_context("spawn"), open_worker, start)
    try:
        waiting = {pool.submit(in_worker, name, jobs[name], old.get(name)) for name in chains}
        for done in as_completed(waiting):
            outcome = done.result()
            step(outcome.name)
            yield outcome
    finally:
        pool.shutdown(cancel_futures=True)
