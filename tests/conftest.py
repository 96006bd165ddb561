"""Settings for all tests."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, settings

if TYPE_CHECKING:
    from registers import Here

settings.register_profile(
    "explore",  # other examples at each run: HYPOTHESIS_PROFILE=explore
    max_examples=400,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
# The same examples at each run: a green run stays green until the code changes.
settings.register_profile(
    "default", settings.get_profile("explore"), derandomize=True, database=None
)
# For judging code that was broken on purpose: the same examples each time, none made simpler.
UNVARIED = {"derandomize": True, "database": None, "phases": (Phase.explicit, Phase.generate)}
for name, examples in (("brief", 60), ("unvaried", 400)):
    settings.register_profile(
        name, settings.get_profile("default"), max_examples=examples, **UNVARIED
    )
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> Here:
    """The command line, run within this process."""
    from registers import Here

    return Here(monkeypatch, capsysbinary)
