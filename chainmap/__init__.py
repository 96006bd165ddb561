"""Find and rank the firms that could strengthen, fill, extend or build a city's industry chains."""

__version__ = "0.1.0"
