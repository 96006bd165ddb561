"""Texts from outside against what the workspace knows: firms found by the names people write."""
