"""The smallest input that breaks a door in the same way.

    python tests/bench/fuzz/shrink.py TARGET FILE OUT

The way is the kind of exception and the place in the package that raised it. Pieces are left out,
halves first, as long as what is left still fails so; of an archive the pieces are those of its
parts. OUT goes to tests/cases/fuzz/TARGET, where tests/test_fuzz.py replays it for ever.
"""

from __future__ import annotations

import io
import sys
import time
import traceback
import zipfile
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parents[2]), str(HERE.parents[1]), str(HERE)]

BUDGET = 60.0  # seconds


def way(target: Callable[[bytes], None], data: bytes) -> str:
    """How an input breaks a door; empty where it does not."""
    try:
        target(data)
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        mine = [one for one in frames if "/chainmap/" in one.filename] or frames
        return f"{type(error).__name__} {Path(mine[-1].filename).name}:{mine[-1].lineno}"
    return ""


def shrunk(data: bytes, fails: Callable[[bytes], bool], ends: float) -> bytes:
    """The data without every piece that the failure does not need."""
    size = max(1, len(data) // 2)
    while time.monotonic() < ends:
        at, left = 0, data
        while at < len(left) and time.monotonic() < ends:
            shorter = left[:at] + left[at + size :]
            if fails(shorter):
                left = shorter
            else:
                at += size
        if size == 1 and left == data:
            return data
        size, data = max(1, size // 2) if size > 1 else 1, left
    return data


def packed(parts: dict[str, bytes]) -> bytes:
    """The parts as an archive; the same parts give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(zipfile.ZipInfo(name), body, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def main(name: str, file: Path, out: Path) -> None:
    """Shrink a file."""
    from fuzz_targets import TARGETS

    target, data = TARGETS[name], file.read_bytes()
    how = way(target, data)
    if not how:
        sys.exit("it does not fail")
    ends = time.monotonic() + BUDGET
    if not zipfile.is_zipfile(io.BytesIO(data)):
        data = shrunk(data, lambda one: way(target, one) == how, ends)
    else:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = {one: archive.read(one) for one in archive.namelist()}
        for one in list(parts):
            fewer = {key: body for key, body in parts.items() if key != one}
            if way(target, packed(fewer)) == how:
                parts = fewer
        for one in parts:

            def fails(body: bytes, one: str = one) -> bool:
                return way(target, packed(parts | {one: body})) == how

            parts[one] = shrunk(parts[one], fails, ends)
        data = packed(parts)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(data)
    print(f"{how}: {file.stat().st_size} -> {len(data)} bytes")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
