"""Accepted answers in files, what they are compared by, and what caused a difference."""
