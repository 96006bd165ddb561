"""A workspace at a moment in one file: its inputs, by content, and what was worked out from them.

Inputs are addressed by what they say: the rows of a table are a set, links and flows of a chain
have no order, and neither have columns; line ends, spaces and comments say nothing. The files
themselves are kept beside, so that a later program can work everything out again.
"""

from __future__ import annotations

import gzip
import json
import math
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from chainmap.core.dates import parse_day
from chainmap.core.limits import LIMITS
from chainmap.core.model import Chain, Row, Settings, Value, Workspace
from chainmap.core.schema import BY_NAME
from chainmap.core.text import ID

FORMAT = 1
SUFFIX = ".json.gz"
SETTINGS = "data/scoring.yaml"
REGION = "data/region.yaml"
_WORDS = ("status", "basis", "kind", "suspect")
_CHAIN = re.compile(r"chains/[a-z0-9][a-z0-9_-]{0,63}\.yaml\Z")
_TABLE = re.compile(r"data/[a-z][a-z0-9_]{0,63}\.csv\Z")
Files = Mapping[str, bytes]
Results = dict[str, dict[str, Any]]


class Damaged(ValueError):
    """A snapshot that cannot be believed."""


@dataclass(frozen=True)
class Snapshot:
    """What a snapshot file holds; ``inputs`` is the address of the inputs, ``hashes`` by part."""

    name: str
    taken: str
    region: str
    as_of: str
    code: str
    hashes: Mapping[str, str]
    files: Files
    results: Results

    @property
    def inputs(self) -> str:
        """One address of everything that was put in, whatever the order of rows and columns."""
        return address(self.hashes, self.as_of)


def belongs(file: str) -> bool:
    """Whether a file is one of those that a study reads; nothing else enters a snapshot."""
    if file in (SETTINGS, REGION) or _CHAIN.match(file):
        return True
    folder, _, name = file.partition("/")
    return folder == "data" and name.endswith(".csv") and name.removesuffix(".csv") in BY_NAME


def is_safe(file: str) -> bool:
    """Whether a file of a snapshot may be laid out: also a table that this program has not."""
    return belongs(file) or bool(_TABLE.match(file))


def is_name(name: str) -> bool:
    """Whether a snapshot may be called so."""
    return bool(ID.match(name)) and name != "now"


# What inputs say


def _said(value: Value) -> str:
    if isinstance(value, tuple):
        return "|".join(value)
    return repr(float(value)) if isinstance(value, int | float) else str(value)


def said(row: Row) -> tuple[tuple[str, str], ...]:
    """What a row says: its known cells by column, whatever their order."""
    cells = ((name, _said(value)) for name, value in row.cells.items() if value is not None)
    return tuple(sorted(cells))


def chain_said(chain: Chain) -> dict[str, Any]:
    """What a chain file says, links, flows and milestones in a fixed order."""
    whole = chain.file.model_dump(by_alias=True, exclude_defaults=True)
    panorama = whole["panorama"]
    for holder, name in ((panorama, "links"), (panorama, "flows"), (whole, "path")):
        if name in holder:
            holder[name] = sorted(holder[name], key=_dumped)
    return whole


def _dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)


def _hash(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def settings_hash(settings: Settings) -> str:
    """The address of the numbers; reasons are words about them."""
    return _hash(_dumped({name: repr(one.value) for name, one in settings.numbers.items()}))


def hashes(workspace: Workspace) -> dict[str, str]:
    """The address of each part of a workspace: a table, a chain, the region, the settings."""
    found = {}
    for name, rows in workspace.tables.items():
        if rows:
            found[f"data/{name}.csv"] = _hash(_dumped(sorted({said(row) for row in rows})))
    for chain in workspace.chains.values():
        found[f"chains/{chain.id}.yaml"] = _hash(_dumped(chain_said(chain)))
    region = [workspace.region, sorted(workspace.within), sorted(workspace.moving_from)]
    found[REGION] = _hash(_dumped(region))
    found[SETTINGS] = settings_hash(workspace.settings)
    return found


def address(parts: Mapping[str, str], as_of: str) -> str:
    """One address over the parts and the study date."""
    return _hash(_dumped({**parts, "as_of": as_of}))


# The file


def encode(snapshot: Snapshot) -> bytes:
    """The file: packed JSON with a digest of all of it; equal snapshots give equal bytes."""
    body = {
        "format": FORMAT,
        "name": snapshot.name,
        "taken": snapshot.taken,
        "region": snapshot.region,
        "as_of": snapshot.as_of,
        "code": snapshot.code,
        "inputs": snapshot.inputs,
        "hashes": dict(snapshot.hashes),
        "results": snapshot.results,
        "files": {
            name: data.decode("utf-8", "surrogateescape")
            for name, data in sorted(snapshot.files.items())
        },
    }
    body["digest"] = _hash(_dumped(body))
    text = json.dumps(body, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    return gzip.compress(text.encode("ascii"), 9, mtime=0)


def _sound(results: Any) -> bool:
    """Whether results are rows of words and numbers, as those that work with them take them."""
    for part in ("links", "chains", "ranks", "kpi"):
        for row in results[part].values():
            if part == "links" and not isinstance(row["status"], str):
                return False
            for name, value in row.items():
                if part == "links" and name in _WORDS:
                    sound = value is None or isinstance(value, str)
                elif part == "kpi" and name != "value":
                    sound = True  # how much of a figure is not known
                else:
                    sound = value is None or (
                        isinstance(value, int | float)
                        and not isinstance(value, bool)
                        and abs(value) < math.inf
                    )
                if not sound:
                    return False
    return True


def decode(data: bytes) -> Snapshot:
    """A snapshot from its bytes. Raises Damaged with what is wrong."""
    try:
        unpacker = zlib.decompressobj(wbits=31)
        text = unpacker.decompress(data, LIMITS.snapshot_unpacked)
        if unpacker.unconsumed_tail or not unpacker.eof or unpacker.unused_data:
            raise Damaged("gzip")
        body = json.loads(text)
        digest = body.pop("digest")
        if digest != _hash(_dumped(body)):
            raise Damaged("digest")
        if body["format"] != FORMAT:
            raise Damaged(f"format {body['format']}")
        files = {
            name: text.encode("utf-8", "surrogateescape") for name, text in body["files"].items()
        }
        if not all(map(is_safe, files)):
            raise Damaged("files")
        if not _sound(body["results"]):
            raise Damaged("results")
        plain = {k: str(body[k]) for k in ("name", "taken", "region", "as_of", "code")}
        if plain["as_of"]:
            parse_day(plain["as_of"])
        return Snapshot(**plain, hashes=body["hashes"], files=files, results=body["results"])
    except Damaged:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, zlib.error, RecursionError) as error:
        raise Damaged(type(error).__name__) from error
