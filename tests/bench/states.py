"""What a snapshot and a difference cost, against reading the workspace and ranking once.

Run by hand: ``python tests/bench/states.py``. Times are of the processor, in one process; every
line is a multiple of the baseline of the same run.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from chainmap.study import open_study  # noqa: E402
from chainmap.study.diff import difference  # noqa: E402
from chainmap.study.snapshots import results, state, study_of, take  # noqa: E402
from chainmap.track.snapshot import decode  # noqa: E402

SCORING = "data/scoring.yaml"


def timed(make: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.process_time()
    made = make()
    return time.process_time() - begun, made


def main() -> None:
    study = open_study(ROOT)
    now = state(study, "now")
    base, _ = timed(lambda: results(study_of(now.files, now.as_of)[0], intervals=False))
    print(f"read and work out once: {base:.2f} s")
    cost, (_, data) = timed(lambda: take(study, "bench", ""))
    raw = sum(len(one) for one in now.files.values())
    print(f"snapshot: {cost / base:.1f}x, {len(data)} bytes of {raw} ({len(data) / raw:.0%})")
    print(f"read back: {timed(lambda: decode(data))[0] / base:.2f}x")
    text = now.files[SCORING].replace(b"gap: {value: 25,", b"gap: {value: 35,")
    head, *rows = now.files["data/activities.csv"].splitlines(keepends=True)
    fewer = b"".join([head, *rows[10:]])
    for what, files in {
        "nothing": {},
        "data": {"data/activities.csv": fewer},
        "settings": {SCORING: text},
        "both": {"data/activities.csv": fewer, SCORING: text},
    }.items():
        other = replace(now, label="other", files={**now.files, **files})
        cost, found = timed(lambda other=other: difference(now, other))
        print(f"difference, {what} changed: {cost / base:.1f}x, {len(found.rows)} changes")


if __name__ == "__main__":
    main()
