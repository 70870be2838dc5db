"""What every statistic refuses: impossible counts, rates and confidences outside (0, 1), values that are no numbers."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from pytest_llm.errors import ConfigurationError

__all__ = ["check_counts", "check_pairs", "check_probability", "check_values"]


def check_probability(name: str, value: float) -> None:
    """Refuse a number that is not strictly between 0 and 1."""
    if not 0 < value < 1:
        hint = f" Did you mean {value / 100:g}?" if 1 < value < 100 else ""
        raise ConfigurationError(f"{name} must be between 0 and 1, both excluded, and is {value!r}.{hint}")


def check_counts(successes: int, n: int) -> None:
    """Refuse counts of which no rate can be made."""
    if n != int(n) or n < 1:
        raise ConfigurationError(
            f"A rate needs at least one trial, and n is {n!r}. Take trials before asking for a rate."
        )
    if successes != int(successes) or not 0 <= successes <= n:
        raise ConfigurationError(f"successes must be a whole number from 0 to n = {n}, and is {successes!r}.")


def check_values(name: str, values: Sequence[float], least: int = 1) -> list[float]:
    """Return the values as floats, refusing too few of them and those that are no finite numbers."""
    floats = [float(value) for value in values]
    if len(floats) < least:
        raise ConfigurationError(f"{name} must hold at least {least} values, and holds {len(floats)}.")
    for place, value in enumerate(floats):
        if not isfinite(value):
            raise ConfigurationError(
                f"{name}[{place}] is {value!r}. Leave out what has no value, and count it as an error instead."
            )
    return floats


def check_pairs(before: Sequence[float], after: Sequence[float], least: int = 1) -> tuple[list[float], list[float]]:
    """Return both as floats, refusing sequences that do not pair."""
    if len(before) != len(after):
        raise ConfigurationError(
            f"Paired values need one before and one after for each case, and there are {len(before)} and {len(after)}. "
            "Compare them as unpaired samples instead."
        )
    return check_values("before", before, least), check_values("after", after, least)
