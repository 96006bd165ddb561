"""The system's Chromium, driven for real; a test that needs it is skipped where there is none."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = (
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-quic",
)  # fmt: skip


def need_chromium() -> str:
    """Where Chromium is; skips without it, and fails where CI must have it."""
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("no Chromium on a machine that must have it (.ci/run installs it)")
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    return CHROMIUM


@contextmanager
def browser() -> Iterator[Any]:
    """A headless browser of its own."""
    path = need_chromium()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        one = driver.chromium.launch(executable_path=path, args=list(QUIET))
        try:
            yield one
        finally:
            one.close()
