"""Deterministic measures of texts, computed here: scores, edits, numbers, overlaps."""
