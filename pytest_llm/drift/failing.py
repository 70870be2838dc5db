"""Which verdicts fail a run, by the short names that options give them."""

from __future__ import annotations

from pytest_llm.errors import ConfigurationError

__all__ = ["DEFAULT", "KINDS", "failing"]

KINDS = {
    "behaviour": "BEHAVIOUR CHANGED",
    "identity": "IDENTITY CHANGED",
    "distribution": "DISTRIBUTION CHANGED",
    "not-enough": "NOT ENOUGH EVIDENCE",
    "unmeasured": "COULD NOT MEASURE",
}
DEFAULT = "behaviour,identity,distribution"


def failing(option: str, given: str) -> frozenset[str]:
    """Return the kinds of verdict that a list of names means; none for ``never``.

    Raises ``ConfigurationError``, which names the ``option``, for another name.
    """
    names = [name.strip() for name in given.split(",")]
    if names == ["never"]:
        return frozenset()
    if wrong := [name for name in names if name and name not in KINDS]:
        raise ConfigurationError(
            f"{option}={given!r}: {wrong[0]!r} is no verdict. Valid ones: {', '.join(KINDS)}; or never alone."
        )
    return frozenset(KINDS[name] for name in names if name)
