"""The scripts that tell a shell what may follow on the command line, one for each shell."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent
