"""Candidates, criteria, score and how sure the rank is."""
