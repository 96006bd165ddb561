"""Parts that are installed on demand: which package serves which extra."""

from __future__ import annotations

import importlib
from typing import Any

EXTRA_OF = {
    "resvg_py": "pictures",
    "typst": "pdf",
    "pptx": "office",
    "docx": "office",
    "xlsxwriter": "office",
    "openpyxl": "xlsx",
    "scipy": "landing",
    "pyarrow": "screen",
    "ahocorasick": "screen",
    "duckdb": "screen",
    "numba": "fast",
    "pyspark": "spark",
}
DISTRIBUTION = "industry-chainmap"


class MissingExtra(ImportError):
    """An optional part is not installed; ``command`` installs it."""

    def __init__(self, module: str) -> None:
        self.extra = EXTRA_OF[module]
        self.command = f'pip install "{DISTRIBUTION}[{self.extra}]"'
        super().__init__(self.command)


def extra(module: str) -> Any:
    """The module of an optional part; MissingExtra where it is not installed."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise MissingExtra(module.split(".", maxsplit=1)[0]) from error
