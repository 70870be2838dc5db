"""Checks of the arguments that several expectations take."""

from __future__ import annotations

import math

from pytest_llm.errors import ConfigurationError

__all__ = ["bound", "texts"]


def texts(name: str, given: object) -> tuple[str, ...]:
    """Return one text or several as a tuple; anything else, and no text at all, is refused."""
    if isinstance(given, str):
        return (given,)
    if not isinstance(given, list | tuple) or not given:
        raise ConfigurationError(f"{name}({given!r}) needs a text, or a list of texts of which the best one counts.")
    for one in given:
        if not isinstance(one, str):
            raise ConfigurationError(f"{name}() takes texts, and {one!r} is none.")
    return tuple(given)


def bound(call: str, option: str, given: object, top: int) -> float:
    """Return a lower bound on a scale from 0 to ``top``; one that every text reaches, or none can, is refused."""
    valid = f"above 0 and at most {top}"
    if isinstance(given, bool) or not isinstance(given, int | float) or math.isnan(given):
        raise ConfigurationError(f"{call}: {option}={given!r} is not a number {valid}.")
    if given <= 0:
        raise ConfigurationError(f"{call}: {option}={given!r} can never fail. Give a number {valid}.")
    if given > top:
        near = f" Did you mean {option}={given / 100:g}?" if top == 1 and given <= 100 else ""
        raise ConfigurationError(f"{call}: {option}={given!r} can never pass: the scale ends at {top}.{near}")
    if top == 100 and given <= 1:
        raise ConfigurationError(
            f"{call}: {option}={given!r} is next to nothing on a scale from 0 to 100."
            f" Did you mean {option}={given * 100:g}?"
        )
    return given
