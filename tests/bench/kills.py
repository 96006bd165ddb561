"""200 kills at random moments with four writers: no line lost, none torn, the journal replays.

``python tests/bench/kills.py [KILLS] [SEED]``
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import desk_kills


def main(kills: int, seed: int) -> None:
    with tempfile.TemporaryDirectory() as room:
        found = desk_kills.run(Path(room) / "data", kills, seed)
    print(", ".join(f"{name} {count}" for name, count in found.items()))


if __name__ == "__main__":
    main(*(int(word) for word in (*sys.argv[1:], "200", "1")[:2]))
