"""Many lines of CSV at once, by Arrow's reader, where it reads what the strict one would.

Arrow is lenient where quotes are misplaced, and ten times as fast. So the quotes of a block are
looked at first: only where each opens at the start of a cell and closes at its end do the two
agree; all else is left to the strict reader.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from chainmap.read.register_cells import LONGEST

if TYPE_CHECKING:
    import pyarrow as pa

_ENDS = (b",", b"\n", b"\r")


def table(block: bytes, encoding: str, width: int, at: Mapping[str, int]) -> pa.RecordBatch | None:
    """Whole lines as columns of text by field; None where anything in them is not as usual.

    ``width`` cells a record; ``at`` says which cell each field is.
    """
    import pyarrow as pa
    from pyarrow import csv

    if not block or block.count(b"\r") != block.count(b"\r\n") or not _sound(block):
        return None
    if max(map(len, block.split(b"\n"))) > LONGEST:
        return None
    try:
        text = block.decode(encoding)
    except UnicodeDecodeError:
        return None
    data = block if encoding == "utf-8" else text.encode()
    names = [f"c{place}" for place in range(width)]
    wanted = {name: names[place] for name, place in at.items()}
    try:
        found = csv.read_csv(
            pa.BufferReader(data),
            csv.ReadOptions(use_threads=False, block_size=len(data) + 1, column_names=names),
            csv.ParseOptions(newlines_in_values=True),
            csv.ConvertOptions(
                check_utf8=False,  # it was decoded strictly
                column_types=dict.fromkeys(names, pa.string()),
                include_columns=list(wanted.values()),
            ),
        )
    except (pa.ArrowException, ValueError):
        return None
    batch = pa.Table.from_arrays(
        [found.column(name) for name in wanted.values()], names=list(wanted)
    ).combine_chunks()
    return batch.to_batches()[0] if batch.num_rows else None


def _sound(block: bytes) -> bool:
    """Whether every quote opens a cell at its start or closes it at its end, and none is open.

    Cut at quotes, every second piece stands within them. Between two of those stands nothing
    where a quote is doubled, or else what begins and ends with the end of a cell.
    """
    pieces = block.split(b'"')
    if len(pieces) == 1:
        return True
    if len(pieces) % 2 == 0:
        return False
    first, last = pieces[0], pieces[-1]
    if (first and not first.endswith(_ENDS)) or (last and not last.startswith(_ENDS)):
        return False
    long = 0  # of the cell in quotes
    for nth in range(1, len(pieces) - 1):
        piece = pieces[nth]
        if nth % 2:
            long += len(piece) + 1
            if long > LONGEST:
                return False
        elif piece:
            if not (piece.startswith(_ENDS) and piece.endswith(_ENDS)):
                return False
            long = 0
    return True
