"""A register as Parquet: row groups read one by one, whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chainmap.core.problems import Place, Problem, problem
from chainmap.core.register import Broken, Tally
from chainmap.read.register_cells import Cells, cut
from chainmap.read.register_heads import Shape

if TYPE_CHECKING:
    import pyarrow as pa

MAGIC = b"PAR1"
# A row group up to this size is read at once. A larger one is read twice: to see that all of it
# can be, then batch by batch; else what a damaged one gives would hang on the size of batches.
_AT_ONCE = 128 * 2**20


def opened(path: Path) -> Any:
    """The file with its footer. Raises OSError, and ValueError where it is damaged."""
    import pyarrow.parquet as pq

    return pq.ParquetFile(path, page_checksum_verification=True)


def wrong_types(file: str, schema: pa.Schema, shape: Shape) -> list[Problem]:
    """Columns that cannot be made text or an amount."""
    import pyarrow as pa

    found = []
    for name, at in shape.at.items():
        kind = schema.types[at]
        kind = kind.value_type if pa.types.is_dictionary(kind) else kind
        if pa.types.is_nested(kind) or pa.types.is_boolean(kind):
            words = {"head": shape.heads[at], "type": str(kind), "column": name}
            found.append(problem("I115", Place(file), **words))
    return found


def batches(
    path: Path, file: str, groups: Sequence[tuple[int, int]], shape: Shape, size: int
) -> Iterator[pa.RecordBatch | Broken | Tally]:
    """Row groups, each with the number of its first row, as canonical batches."""
    import pyarrow as pa

    cells = Cells(shape)
    try:
        source = opened(path)
    except (OSError, ValueError) as error:
        yield Broken(file, 0, "broken.file", cut(str(error)))
        yield Tally(broken=1)
        return
    with source:
        for group, first in groups:
            try:
                found = _group(source, group, shape, size)
                row = first
                for batch in found:
                    columns = {name: batch.column(shape.head(name)) for name in shape.at}
                    rows = pa.array(range(row, row + batch.num_rows), pa.int64())
                    row += batch.num_rows
                    clean, broken, tally = cells.canonical(file, columns, rows)
                    yield from broken
                    yield tally
                    yield clean
            except (OSError, ValueError, pa.ArrowException) as error:
                rows_of = source.metadata.row_group(group).num_rows
                text = f"{first}-{first + rows_of - 1}: {error}"
                yield Broken(file, first, "broken.group", cut(text))
                yield Tally(broken=rows_of)


def _group(source: Any, group: int, shape: Shape, size: int) -> Iterator[pa.RecordBatch]:
    """The batches of a row group. Raises before the first one where any of it is damaged."""
    heads = [shape.head(name) for name in shape.at]
    if source.metadata.row_group(group).total_byte_size <= _AT_ONCE:
        whole = source.read_row_group(group, columns=heads, use_threads=False)
        yield from whole.to_batches(max_chunksize=size)
        return
    wanted = {"batch_size": size, "row_groups": [group], "columns": heads, "use_threads": False}
    for _ in source.iter_batches(**wanted):
        pass
    yield from source.iter_batches(**wanted)
