"""Content turned into what a reader sees: terminal, CSV, JSON, Markdown."""
