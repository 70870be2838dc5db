"""Cassettes: the files of recorded interactions, how they match, and how a miss explains itself."""
