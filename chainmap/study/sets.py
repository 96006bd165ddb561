"""Sets of reports: which files a chain and the city have, which of them are stale, and writing.

A manifest beside the files holds a hash of what each part says, of what it was made from, and of
every file. A part whose inputs or content are the same is not made again; a file with the same
bytes is not written again.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from chainmap.core.whole import write_whole
from chainmap.study import Study
from chainmap.study.papers import Papers, picture
from chainmap.study.since import states
from chainmap.study.targets import recall

if TYPE_CHECKING:
    from chainmap.show.draw.scene import Page

MANIFEST = "manifest.json"
CITY = "*"  # the part of the city: no chain can be called that
MODULES = ("resvg_py", "typst", "pptx", "docx", "xlsxwriter")
REPORTS = ("html", "pdf", "pptx", "docx", "png", "svg")
DRAWING = (("core", "words"), ("core", "text.py"), ("study", "papers.py"), ("study", "sets.py"))
Maker = Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked for."""

    lang: str = "zh"
    official: bool = False
    top: int | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be done with a part: where, and whether it is only looked at."""

    folder: Path
    below: str  # the folder of the part's files, with its slash
    order: Order
    made_by: tuple[str, str]  # the hashes of the program, and of what of it draws
    check: bool = False


@dataclass(frozen=True)
class Part:
    """What the manifest says of a chain or of the city."""

    inputs: str
    content: str
    files: Mapping[str, str]  # name below the set's folder to hash


@dataclass
class Outcome:
    """What came of a part: its state now, what was written, or what is stale and why."""

    name: str
    part: Part
    written: list[str] = field(default_factory=list)
    stale: list[tuple[str, str]] = field(default_factory=list)  # why, file
    lacking: set[str] = field(default_factory=set)


def need_all() -> None:
    """Raises MissingExtra where a part that writes one of the formats is not installed."""
    from chainmap.show.draw.extras import extra

    for module in MODULES:
        extra(module)


def program() -> tuple[str, str]:
    """Hashes of the whole program, and of the part of it that draws, with its libraries.

    A change elsewhere in the program works out everything again, and draws again what differs.
    """
    root = Path(__file__).parent.parent
    files = [file for file in sorted(root.rglob("*")) if file.suffix in (".py", ".css", ".js")]
    drawing = [file for file in files if file.relative_to(root).parts[:2] in DRAWING
               or file.relative_to(root).parts[0] == "show"]  # fmt: skip
    return _hash_of(root, files), _hash_of(root, drawing)


def _hash_of(root: Path, files: Iterable[Path]) -> str:
    from importlib.metadata import PackageNotFoundError, version

    whole = hashlib.sha256()
    for file in files:
        whole.update(file.relative_to(root).as_posix().encode() + file.read_bytes())
    for name in ("resvg-py", "typst", "python-pptx", "python-docx", "XlsxWriter", "fonttools"):
        with contextlib.suppress(PackageNotFoundError):
            whole.update(f"{name} {version(name)}".encode())
    return whole.hexdigest()


def inputs_of(study: Study, order: Order, made_by: tuple[str, str]) -> str:
    """A hash of all that the files can depend on."""
    parts = (made_by[0], study.workspace.hash, study.world.at.text, order, recall(study.world),
             states(study))  # fmt: skip
    return hashlib.sha256(repr(parts).encode()).hexdigest()


# what the manifest holds


def read_manifest(folder: Path) -> dict[str, Part]:
    """The parts of a set; empty where there is no sound manifest."""
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return {
            str(name): Part(
                str(part["inputs"]),
                str(part["content"]),
                {str(file): str(sha) for file, sha in part["files"].items()},
            )
            for name, part in found["parts"].items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def write_manifest(folder: Path, parts: Mapping[str, Part]) -> None:
    """Put the parts down, if anything differs from what stands there."""
    told: dict[str, Any] = {
        name: {"inputs": part.inputs, "content": part.content,
               "files": dict(sorted(part.files.items()))}
        for name, part in sorted(parts.items())
    }  # fmt: skip
    data = (json.dumps({"parts": told}, ensure_ascii=False, indent=1) + "\n").encode()
    write_changed(folder, MANIFEST, data)


def write_changed(folder: Path, name: str, data: bytes) -> bool:
    """Write a file unless the same bytes stand there; whether it was written."""
    path = folder / name
    if path.is_file() and path.read_bytes() == data:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.parent.resolve().is_relative_to(folder.resolve()):
        raise NotADirectoryError(errno.ENOTDIR, "a link that leads out", str(path.parent))
    write_whole(path, data)
    return True


def touched(folder: Path, part: Part) -> list[tuple[str, str]]:
    """The files of a part that are gone or were changed since they were written."""
    found = []
    for name, sha in part.files.items():
        path = folder / name
        if not path.is_file():
            found.append(("gone", name))
        elif _sha(path.read_bytes()) != sha:
            found.append(("edited", name))
    return found


def remove(folder: Path, files: Mapping[str, str]) -> list[str]:
    """Take away files that no longer belong, if they are as they were written, below the folder."""
    removed = []
    root = folder.resolve()
    for name, sha in files.items():
        path = folder / name
        inside = path.resolve().is_relative_to(root) and ".." not in PurePosixPath(name).parts
        if inside and path.is_file() and _sha(path.read_bytes()) == sha:
            path.unlink()
            removed.append(name)
            with contextlib.suppress(OSError):
                if path.parent != folder:
                    path.parent.rmdir()
    return removed


# the files of a chain and of the city


def chain_files(papers: Papers, folder: str) -> Iterator[tuple[str, Maker]]:
    """The names of a chain's files, and what makes each."""
    start = f"{folder}{papers.chain.id}-"
    for kind in REPORTS:
        yield f"{start}report.{kind}", partial(papers.made, kind)
    yield f"{start}table.xlsx", partial(papers.made, "xlsx")
    yield f"{start}table.csv", papers.csv
    yield f"{start}panorama.dot", papers.dot
    yield f"{start}panorama.json", papers.json
    named: Sequence[tuple[str, Sequence[Page]]] = (
        ("panorama", papers.panorama_pages("16:9")),
        ("path", papers.path_pages("16:9")),
        ("ranks", papers.rank_pages),
        ("quadrant", papers.quadrant_pages),
    )
    for name, pages in named:
        yield from picture_files(f"{start}{name}", pages)


def picture_files(start: str, pages: Sequence[Page]) -> Iterator[tuple[str, Maker]]:
    """Pages as pictures, each as svg and png; further pages get a number."""
    for at, page in enumerate(pages, 1):
        name = start if at == 1 else f"{start}-{at}"
        for kind in ("svg", "png"):
            yield f"{name}.{kind}", partial(picture, page, kind)


def city_files(
    study: Study, lang: str, files: Mapping[str, Sequence[str]]
) -> tuple[str, list[tuple[str, Maker]]]:
    """What the city's page says, as a hash, and its files; ``files`` are those of each chain."""
    from chainmap.show.draw.pdf import as_pdf
    from chainmap.show.pictures.city import city_pages
    from chainmap.show.web.index import index_page
    from chainmap.study.city import city_content

    city = city_content(study, lang)
    pages = city_pages(city)
    named: list[tuple[str, Maker]] = [("city.pdf", partial(as_pdf, pages))]
    named += picture_files("city", pages)
    listed = {**files, "": tuple(name for name, _ in named)}
    named.append(("index.html", partial(index_page, city, pages, listed)))
    return hashlib.sha256(repr((city, listed)).encode()).hexdigest(), named


# making and checking


def update(
    job: Job, old: Part | None, fresh: tuple[str, str], files: Iterable[tuple[str, Maker]]
) -> tuple[Part, list[str], list[tuple[str, str]]]:
    """A part brought up to date, and what was written; or only what of it is stale.

    ``fresh`` are the hashes of the inputs and of the content as they are now.
    """
    inputs, content = fresh
    before = old.files if old else {}
    changed = touched(job.folder, old) if old else []
    if old and old.content == content and (job.check or not changed):
        return Part(inputs, content, before), [], changed
    if job.check:
        names = [name for name, _ in files]
        stale = [("outdated", name) for name in names]
        stale += [("orphan", name) for name in before if name not in names]
        return Part(inputs, content, dict.fromkeys(names, "")), [], stale
    hashes: dict[str, str] = {}
    written = []
    for name, make in files:
        data = make()
        hashes[name] = _sha(data)
        if write_changed(job.folder, name, data):
            written.append(name)
    remove(job.folder, {name: sha for name, sha in before.items() if name not in hashes})
    return Part(inputs, content, hashes), written, []


def chain_outcome(study: Study, chain: str, job: Job, old: Part | None) -> Outcome:
    """A chain's part of the set: made, or looked at."""
    order = job.order
    papers = Papers(study, study.chain(chain), order.lang, order.official, order.top)
    said = f"{job.made_by[1]}{job.below}{papers.fingerprint()}"
    fresh = (inputs_of(study, order, job.made_by), _sha(said.encode()))
    part, written, stale = update(job, old, fresh, chain_files(papers, job.below))
    return Outcome(chain, part, written, stale, papers.lacking if written else set())


def city_outcome(
    study: Study, job: Job, old: Part | None, files: Mapping[str, Sequence[str]]
) -> Outcome:
    """The city's part of the set: made, or looked at."""
    content, named = city_files(study, job.order.lang, files)
    fresh = (inputs_of(study, job.order, job.made_by), _sha(f"{job.made_by[1]}{content}".encode()))
    return Outcome(CITY, *update(job, old, fresh, named))


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


# over several processes

_opened: list[Study] = []


def open_worker(root: str, as_of: str) -> None:
    """Read the workspace once in a process of its own."""
    import os

    from chainmap.read.memory import memory
    from chainmap.study import open_study

    study = open_study(root, as_of)
    study.world.memory = memory(os.environ)
    _opened.append(study)


def in_worker(chain: str, job: Job, old: Part | None) -> Outcome:
    """A chain's part, worked out in such a process."""
    return chain_outcome(_opened[0], chain, job, old)
