"""Shared words, types and arithmetic: everything above builds on this room."""
