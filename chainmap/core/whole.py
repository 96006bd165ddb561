"""Files that appear whole or not at all."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

if sys.platform != "win32":
    import fcntl

ENDING = ".part"  # of what is still being written
_STEM = 40  # characters of the file's name in that of the part: a name may be as long as it can
_STALE = 60.0  # seconds after which a part that nobody holds is what a killed writer left


def write_whole(path: Path, data: bytes) -> None:
    """Write a file through a temporary one in the same directory, then rename it into place.

    What killed writers of the same file left beside it goes. Raises OSError where it cannot be
    written; what stood there before is then untouched.
    """
    with whole_file(path) as part:
        part.write_bytes(data)


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A temporary file in the same directory to be written piece by piece; put into place at the
    end, removed where that is not reached. Otherwise as ``write_whole``."""
    with _part(path) as temporary:
        yield temporary.path
        temporary.finish(path.stat().st_mode & 0o777 if path.exists() else None)
        temporary.path.replace(path)
    _settle(path.parent)


def write_new(path: Path, data: bytes) -> None:
    """Write a file that is not there yet, whole; of two who do so at once one comes too late.

    Raises FileExistsError where something stands there, and what ``write_whole`` does.
    """
    if path.exists():
        raise FileExistsError(path)
    with _part(path) as temporary:
        temporary.path.write_bytes(data)
        temporary.finish(None)
        try:
            # A link is made or not, and never over another.
            os.link(temporary.path, path)
            temporary.path.unlink()
        except FileExistsError:
            raise
        except OSError:  # a file system without links
            if path.exists():
                raise FileExistsError(path) from None
            temporary.path.replace(path)
    _settle(path.parent)


def sweep(path: Path, older: float = _STALE) -> None:
    """Remove what writers of a file that were killed had begun beside it.

    A part that its writer still holds, or that is younger than so many seconds, stays.
    """
    with contextlib.suppress(OSError):
        with os.scandir(path.parent) as found:
            begun = [one.path for one in found if _is_part(one.name, path.name)]
        for name in begun:
            part = Path(name)
            if time.time() - part.stat().st_mtime >= older and _free(part):
                _drop(part)


def _is_part(name: str, of: str) -> bool:
    return name.startswith(_start(of)) and name.endswith(ENDING)


def _start(name: str) -> str:
    return f".{name[:_STEM]}."


@dataclass
class _Part:
    """What is being written, and the handle that holds it."""

    path: Path
    handle: int

    def finish(self, mode: int | None) -> None:
        """Bring the bytes to the disk and give the file its mode: that of a new one by default."""
        os.fsync(self.handle)
        self.close()  # Windows renames no open file
        self.path.chmod(0o666 & ~_umask() if mode is None else mode)

    def close(self) -> None:
        """Let go of it."""
        if self.handle >= 0:
            os.close(self.handle)
            self.handle = -1


@contextlib.contextmanager
def _part(path: Path) -> Iterator[_Part]:
    """A file beside the path, held until it has its place and removed where it gets none."""
    sweep(path)
    handle, name = tempfile.mkstemp(ENDING, _start(path.name), path.parent)
    one = _Part(Path(name), handle)
    try:
        _hold(handle)
        yield one
    except BaseException:
        _drop(one.path)
        raise
    finally:
        one.close()


def _hold(handle: int) -> bool:
    """Take the system's own lock, which ends with its holder; whether nobody else has it."""
    if sys.platform != "win32":
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:  # a file system without locks
            return True
    return True


def _free(part: Path) -> bool:
    """Whether nobody writes to a part any more; Windows removes no open file anyway."""
    handle = os.open(part, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    try:
        return _hold(handle)
    finally:
        os.close(handle)


def _drop(part: Path) -> None:
    with contextlib.suppress(OSError):
        part.unlink()


def _settle(directory: Path) -> None:
    """Bring the directory itself to the disk, where the system can."""
    with contextlib.suppress(OSError):
        at = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(at)
        finally:
            os.close(at)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
