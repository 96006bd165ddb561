"""A register written as Parquet or CSV, row group by row group, whole or not at all."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chainmap.core.whole import whole_file

if TYPE_CHECKING:
    import pyarrow as pa

ENDINGS = (".parquet", ".csv")


def write_register(
    path: Path,
    batches: Iterable[pa.RecordBatch],
    about: Mapping[str, Any],
    told: Callable[[int], None],
) -> None:
    """Write batches of text columns; Parquet also says what it is. Raises OSError.

    ``told`` is called with the rows written so far.
    """
    with whole_file(path) as file:
        if path.suffix.lower() == ".csv":
            _as_csv(file, batches, told)
        else:
            _as_parquet(file, batches, about, told)


def _as_parquet(
    file: Path,
    batches: Iterable[pa.RecordBatch],
    about: Mapping[str, Any],
    told: Callable[[int], None],
) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    writer = None
    rows = 0
    try:
        for batch in batches:
            if writer is None:
                note = {b"chainmap.demo": json.dumps(about, ensure_ascii=False).encode()}
                schema = batch.schema.with_metadata(note)
                writer = pq.ParquetWriter(
                    file, schema, compression="zstd", write_page_checksum=True
                )
            table = pa.Table.from_batches([batch.replace_schema_metadata(writer.schema.metadata)])
            writer.write_table(table, row_group_size=batch.num_rows)
            rows += batch.num_rows
            told(rows)
    finally:
        if writer is not None:
            writer.close()


def _as_csv(file: Path, batches: Iterable[pa.RecordBatch], told: Callable[[int], None]) -> None:
    rows = 0
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        for batch in batches:
            if not rows:
                writer.writerow(batch.schema.names)
            writer.writerows(zip(*(column.to_pylist() for column in batch.columns), strict=True))
            rows += batch.num_rows
            told(rows)
