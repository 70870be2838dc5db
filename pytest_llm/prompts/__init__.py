"""Prompts in files: found by name, filled with variables, and known again in the requests that they went into."""
