"""``--where``: one SQL expression over the columns of a register, and nothing but that.

DuckDB parses and evaluates it; between the two stands a list of what may occur in it, so that
no sub-query, no file and no clock is reached. The database sees one Arrow batch and nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from chainmap.core.register import FIELDS

if TYPE_CHECKING:
    import pyarrow as pa

MEMORY = "256MB"  # what the database may use for a batch
_CLASSES = frozenset(
    ("CONSTANT", "COLUMN_REF", "COMPARISON", "CONJUNCTION", "OPERATOR", "BETWEEN", "CAST", "CASE",
     "FUNCTION")
)  # fmt: skip
# Functions of their arguments alone.
_FUNCTIONS = frozenset(
    ("~~", "!~~", "~~*", "!~~*", "~~~", "like_escape", "not_like_escape", "ilike_escape",
     "not_ilike_escape", "regexp_matches", "regexp_full_match", "regexp_extract", "contains",
     "prefix", "suffix", "starts_with", "ends_with", "lower", "upper", "trim", "ltrim", "rtrim",
     "length", "len", "left", "right", "substring", "substr", "replace", "instr", "position",
     "strpos", "concat", "||", "+", "-", "*", "/", "//", "%", "abs", "round", "floor", "ceil",
     "greatest", "least", "ifnull", "nfc_normalize", "strip_accents", "year", "month", "day")
)  # fmt: skip
_BARRED = frozenset(("ARRAY_EXTRACT", "STRUCT_EXTRACT", "ARRAY_SLICE", "ARROW", "TRY"))


class BadWhere(ValueError):
    """An expression that is not to be had: why, in a sentence of the database or of the
    catalogue (``key``, with its word)."""

    def __init__(self, key: str, word: str) -> None:
        super().__init__(word)
        self.key, self.word = key, word

    def __reduce__(self) -> tuple[Any, ...]:
        return BadWhere, (self.key, self.word)


def connection() -> Any:
    """A database that reaches nothing: no files, no extensions, no change of its settings."""
    import duckdb

    return duckdb.connect(
        ":memory:",
        config={
            "enable_external_access": "false",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "allow_community_extensions": "false",
            "python_enable_replacements": "false",
            "threads": "1",
            "memory_limit": MEMORY,
            "temp_directory": "",
            "lock_configuration": "true",
        },
    )


def check(expression: str) -> None:
    """Look at an expression before anything is read. Raises BadWhere."""
    import duckdb
    import pyarrow as pa

    database = connection()
    # In brackets on a line of their own: a comment at its end cannot swallow what follows.
    query = f"SELECT 1 FROM register WHERE (\n{expression}\n)"
    try:
        found = json.loads(
            database.execute("SELECT json_serialize_sql(?::VARCHAR)", [query]).fetchone()[0]
        )
    except duckdb.Error as error:
        raise BadWhere("where.bad", _first_line(error)) from None
    if found.get("error"):
        raise BadWhere("where.bad", str(found.get("error_message")))
    statements = found["statements"]
    node = statements[0]["node"] if len(statements) == 1 else {}
    if node.get("type") != "SELECT_NODE" or node.get("qualify") or node.get("modifiers"):
        raise BadWhere("where.one", "")
    for key, word in _refused(node.get("where_clause")):
        raise BadWhere(key, word)
    Where(expression).mask(
        pa.RecordBatch.from_arrays(
            [
                pa.array(["1"]) if name != "capital" else pa.array([1], pa.int64())
                for name in FIELDS
            ],
            names=list(FIELDS),
        ),
        probing=True,
    )


def _refused(node: Any) -> Iterator[tuple[str, str]]:
    """What of an expression's tree is not on the lists."""
    if isinstance(node, list):
        for part in node:
            yield from _refused(part)
        return
    if not isinstance(node, dict):
        return
    kind = node.get("class")
    if kind is not None and kind != "TYPE" and kind not in _CLASSES:
        yield "where.part", str(kind).lower()
        return
    if kind == "COLUMN_REF":
        names = node["column_names"]
        if len(names) != 1 or names[0].casefold() not in FIELDS:
            yield "where.column", ".".join(names)
        return
    if kind == "FUNCTION" and node["function_name"].casefold() not in _FUNCTIONS:
        yield "where.function", node["function_name"]
        return
    if node.get("type") in _BARRED:
        yield "where.part", str(node["type"]).lower()
        return
    for part in node.values():
        yield from _refused(part)


class Where:
    """An expression that was checked, ready for batches; one for each thread."""

    def __init__(self, expression: str) -> None:
        self._database = connection()
        columns = ", ".join(
            f"nullif({name}, {-1 if name == 'capital' else chr(39) * 2}) AS {name}"
            for name in FIELDS
        )
        self._query = (
            f"SELECT ((\n{expression}\n)::BOOLEAN) IS TRUE AS wanted "
            f"FROM (SELECT {columns} FROM batch) AS register"
        )

    def mask(self, batch: pa.RecordBatch, probing: bool = False) -> pa.Array:
        """Which rows are wanted; an unknown cell is NULL. Raises BadWhere.

        ``probing`` lets pass what fails for a value only, not for the expression.
        """
        import duckdb
        import pyarrow as pa

        self._database.register("batch", pa.Table.from_batches([batch]))
        try:
            found = self._database.sql(self._query).to_arrow_table().column("wanted")
        except (duckdb.ConversionException, duckdb.OutOfRangeException) as error:
            if probing:
                return pa.array([True] * batch.num_rows)
            raise BadWhere("where.bad", _first_line(error)) from None
        except duckdb.Error as error:
            raise BadWhere("where.bad", _first_line(error)) from None
        finally:
            self._database.unregister("batch")
        return found.combine_chunks()


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n", maxsplit=1)[0]
