"""What the implementations of our hooks returned, checked and put together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from pytest_llm.errors import ConfigurationError
from pytest_llm.prices import Price

__all__ = ["prices_of", "things_of"]

Kind = TypeVar("Kind")


def things_of(hook: str, results: list[Any], kind: type[Kind]) -> list[Kind]:
    """Return what the implementations of a hook gave, checked: lists of one kind of thing."""
    found: list[Kind] = []
    for result in results:
        if isinstance(result, str) or not isinstance(result, Iterable):
            raise ConfigurationError(f"{hook} returned {result!r}, not a list of {kind.__name__}.")
        found += result
    if wrong := [item for item in found if not isinstance(item, kind)]:
        raise ConfigurationError(f"{hook} returned {wrong[0]!r}, which is no {kind.__name__}.")
    return found


def prices_of(results: list[Any]) -> dict[str, Price]:
    """Return the prices that the hook gave, the first implementation's winning."""
    found: dict[str, Price] = {}
    for prices in reversed(results):
        for name, price in prices.items():
            if not isinstance(price, Price):
                raise ConfigurationError(
                    f"pytest_llm_prices returned {price!r} for {name!r}. "
                    "A price is pytest_llm.Price(input=..., output=...), in USD per million tokens."
                )
            found[name] = price
    return found
