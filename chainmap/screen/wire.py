"""Tables on their way from one process to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa


def written(table: pa.Table, compression: str | None = None) -> bytes:
    """A table as an Arrow stream; equal tables give equal bytes."""
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression=compression)
    with pa.ipc.new_stream(sink, table.schema, options=options) as stream:
        stream.write_table(table)
    made: bytes = sink.getvalue().to_pybytes()
    return made


def read(body: bytes) -> pa.Table:
    """The table that ``written`` wrote."""
    import pyarrow as pa

    with pa.ipc.open_stream(body) as stream:
        return stream.read_all()
