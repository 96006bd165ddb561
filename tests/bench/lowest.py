"""The tour of the README in bare environments: with the lowest and the newest dependencies.

    python tests/bench/lowest.py [--python PYTHON] [--extra all] [--sbom FILE] [lowest] [newest]

Builds the wheel, makes an environment that holds it and the lowest (or the newest) releases that
pyproject.toml allows for what it names itself, with warnings turned into errors where they come
from the product, and runs every command of README.md there, on a copy of the repository without
the package. Prints what was installed and every command that ended otherwise than the README says
or printed otherwise than it quotes; exit 1 where there is one. ``--sbom`` writes the newest
environment as CycloneDX JSON. Needs ``pip install --editable '.[release]'``.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from tour import Command, commands, kept_files, run_all, unreal  # noqa: E402

BIN = Path(sys.executable).parent
PAGE = "README.md"
# What the tour does not write: one command for each part that needs a package of its own.
MORE = (
    "chainmap doctor",
    "chainmap report hydrogen -o everything",
    "chainmap map hydrogen -o panorama.png",
    "chainmap plan hydrogen --core 0 -o plan.docx",
    "chainmap plan hydrogen --core 0 -o plan.xlsx",
    "chainmap projects landing",
    "chainmap --lang en week -o week.html",
)
HOW = {"lowest": "lowest-direct", "newest": "highest"}
EVERY_WARNING = "import warnings; warnings.filterwarnings('error', module=r'chainmap(\\..*)?')\n"


def tool(name: str, *arguments: str | Path, cwd: Path = ROOT) -> str:
    """What a tool of this environment prints; its errors go to the screen, and it must succeed."""
    done = subprocess.run(
        [BIN / name, *arguments], cwd=cwd, stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout


def prepare(place: Path, wheel: Path, python: str, extra: str, resolution: str) -> Path:
    """A bare environment with the wheel; returns its directory of programs."""
    where = place / "environment"
    tool("uv", "venv", "--quiet", "--python", python, where)
    of = ("--quiet", "--python", where / "bin/python")
    # Lowest is for what pyproject.toml names: a wheel's own needs would not count as direct.
    needs, how = place / "needs.txt", HOW[resolution]
    wanted = ("pyproject.toml", "--extra", extra, "--resolution", how, "--output-file", needs)
    tool("uv", "pip", "compile", *of, *wanted)
    it = f"industry-chainmap[{extra}] @ {wheel.as_uri()}"
    tool("uv", "pip", "install", *of, "--constraint", needs, it)
    (library,) = where.glob("lib/python3*/site-packages")
    (library / "warned.pth").write_text(EVERY_WARNING)
    print(tool("uv", "pip", "list", *of, "--format", "freeze"))
    return where / "bin"


def kept(to: Path) -> Path:
    """A copy of what git keeps, so that a change meanwhile changes nothing here."""
    for name in kept_files():
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, to / name)
    return to


def tour(clone: Path, binaries: Path) -> list[str]:
    """What went otherwise than the README says, in a copy of the repository."""
    listed = [*commands(clone / PAGE), *(Command(line, 0) for line in MORE)]
    done = run_all(listed, clone, binaries)
    wrong = [
        f"{one.line}: exit {end.code}\n" + "\n".join(end.lines[-12:])
        for one, end in zip(listed, done, strict=True)
        if end.code != one.ends
    ]
    print(f"{len(listed)} commands, {len(wrong)} ended otherwise")
    return wrong + unreal(clone / PAGE, listed, done)


def main() -> int:
    """Run what was asked for; how many environments went wrong."""
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--python", default=sys.executable)
    asked.add_argument("--extra", default="all")
    asked.add_argument("--sbom", type=Path)
    asked.add_argument("which", nargs="*", default=[*HOW])
    given = asked.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory() as directory:
        built, source = Path(directory) / "built", kept(Path(directory) / "source")
        tool("hatchling", "build", "--target", "wheel", "--directory", built, cwd=source)
        shutil.rmtree(source / "chainmap")
        (wheel,) = built.glob("*.whl")
        for which in given.which:
            place = Path(directory) / which
            place.mkdir()
            print(f"== {which}")
            binaries = prepare(place, wheel, given.python, given.extra, which)
            if given.sbom and which == "newest":
                describe(binaries / "python", given.sbom)
            wrong = tour(shutil.copytree(source, place / "clone"), binaries)
            print("\n\n".join(wrong))
            failed += bool(wrong)
    return int(failed > 0)


def describe(python: Path, to: Path) -> None:
    """The environment as CycloneDX JSON, the same bytes for the same environment."""
    about = ("--pyproject", ROOT / "pyproject.toml", "--mc-type", "application")
    tool(
        "cyclonedx-py", "environment", *about, "--output-reproducible", "--output-file", to, python
    )


if __name__ == "__main__":
    sys.exit(main())
