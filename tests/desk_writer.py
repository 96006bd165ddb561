"""A writer of the ledger that edits until it is killed, and says what it has written.

``python desk_writer.py DATA NAME SEED``: each line of its output is an edit that ``write`` has
returned from: the project, the field and the new text.
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

from chainmap.core.dates import parse_day
from chainmap.read.desk import write
from chainmap.study.desk import Told, adding, editing, moved

SHARED = "shared"


def main(data: Path, name: str, seed: int) -> None:
    draw = random.Random(seed)
    mine: list[str] = []
    number = 0
    while True:
        number += 1
        day = f"2026-{draw.randint(1, 11):02}-{draw.randint(1, 28):02}"
        told = Told("2026-01-01T00:00:00+00:00", name, "例行", parse_day("2026-11-25"))
        project = draw.choice([*mine, SHARED])
        kind = draw.random()
        if kind < 0.4 or not mine:
            project = f"{name}-{seed}-{number}"
            text = f'{name}的"项目"，第{number}个'
            write(data, adding({"project": project, "name": text, "stage": "洽谈"}, told))
            mine.append(project)
            field = "name"
        elif kind < 0.7:
            field, text = "progress", f"{name}\n第{number}次=进展"
            write(data, editing(project, {field: text}, told))
        else:
            field, text = "stage", draw.choice(["签约", "开工", "建设"])
            write(data, moved(project, text, day, told))
        print(json.dumps([project, field, text]), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
