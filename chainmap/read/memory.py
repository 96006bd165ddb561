"""What was worked out before, kept by the hash of everything it was worked out from.

Safe to delete at any time and never stale: a key is made of all inputs, the settings and the
version of the method. ``CHAINMAP_CACHE`` names another directory; ``off`` keeps nothing.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from chainmap.core.whole import write_whole

VARIABLE = "CHAINMAP_CACHE"
KEPT = 64  # files; the ones that were not used for longest go first
LARGEST = 64 * 2**20  # bytes of a file that is believed


class Memory:
    """Bytes by key in a directory of the user; every failure counts as not remembering."""

    def __init__(self, directory: Path | None, kept: int | None = KEPT) -> None:
        self.directory = directory
        self.kept = kept

    def branch(self, name: str, kept: int | None) -> Memory:
        """A directory below, with as many entries of its own; None for any number."""
        return Memory(None if self.directory is None else self.directory / name, kept)

    def recall(self, key: str) -> bytes | None:
        """What was kept under a key, None where nothing was or it cannot be read."""
        if self.directory is None:
            return None
        path = self.directory / key
        try:
            if not path.is_file() or path.stat().st_size > LARGEST:
                return None
            found = path.read_bytes()
            os.utime(path)
        except OSError:
            return None
        return found

    def keep(self, key: str, data: bytes) -> None:
        """Keep bytes under a key, and let go of what was not used for longest."""
        if self.directory is None:
            return
        with contextlib.suppress(OSError):
            self.directory.mkdir(parents=True, exist_ok=True)
            write_whole(self.directory / key, data)
            if self.kept is not None:
                files = [path for path in self.directory.iterdir() if path.is_file()]
                files.sort(key=lambda p: p.stat().st_mtime_ns)
                for path in files[: -self.kept]:
                    path.unlink()

    def drop(self, but: str) -> None:
        """Let go of everything but one key."""
        if self.directory is None:
            return
        with contextlib.suppress(OSError):
            for path in self.directory.iterdir():
                if path.name != but and path.is_file():
                    path.unlink()

    def forget(self, kept: int, but: str) -> None:
        """Let go of all branches but the newest ones, and one more."""
        if self.directory is None:
            return
        with contextlib.suppress(OSError):
            held = [one for one in self.directory.iterdir() if one.is_dir() and one.name != but]
            held.sort(key=lambda p: p.stat().st_mtime_ns)
            for old in held[:-kept]:
                Memory(old).drop(but="")
                old.rmdir()


def memory(environ: Mapping[str, str]) -> Memory:
    """The memory of the user, as the environment says."""
    named = environ.get(VARIABLE)
    if named == "off":
        return Memory(None)
    if named:
        return Memory(Path(named))
    base = environ.get("LOCALAPPDATA" if sys.platform == "win32" else "XDG_CACHE_HOME")
    home = environ.get("HOME")
    if not base and not home:
        return Memory(None)
    return Memory((Path(base) if base else Path(str(home)) / ".cache") / "chainmap")
