"""The package hypothesis, imported when it is first used, or named as the extra to install."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from pytest_llm.errors import MissingExtraError

if TYPE_CHECKING:
    import hypothesis
    from hypothesis import strategies as st

__all__ = ["hypothesis", "st"]


class _Late:
    """A module that is imported at the first look into it."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> object:
        try:
            module = import_module(self._name)
        except ImportError as error:
            if not (error.name or "").startswith("hypothesis"):
                raise
            raise MissingExtraError(
                "pytest_llm.strategies draws with hypothesis, which is not installed: "
                'pip install "pytest-llm-regression[hypothesis]"'
            ) from None
        return getattr(module, attribute)


if not TYPE_CHECKING:
    hypothesis = _Late("hypothesis")
    st = _Late("hypothesis.strategies")
