"""What calls cost: at most before they are sent, in fact when they are answered, and what replay saves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pytest_llm.cassettes.entry import Entry
from pytest_llm.errors import BudgetExceededError
from pytest_llm.http import HTTPRequest
from pytest_llm.messages import Request, Response, Usage
from pytest_llm.prices import Price, cost, price_of, worst_case
from pytest_llm.studio import is_loopback

__all__ = ["at_most", "paid", "saved"]


def at_most(asked: Request, request: HTTPRequest, prices: Mapping[str, Price], max_cost: float | None) -> float:
    """Return the most that a call can cost in USD; 0.0 when no cost budget is set.

    Raises ``BudgetExceededError`` when a cost budget is set and the model has no known price.
    """
    if max_cost is None:
        return 0.0
    price = price_of(asked.model, prices)
    if price is None and is_loopback(request.host):
        return 0.0
    if price is None:
        raise BudgetExceededError(
            f"--llm-max-cost={max_cost:g} cannot be kept: no price is known for "
            f"{asked.model!r}. Give it one by the hook pytest_llm_prices, or limit calls instead: --llm-max-calls"
        )
    return worst_case(request.body, asked.params, price)


def paid(response: Response, asked: str, prices: Mapping[str, Price]) -> float | None:
    """Return what an answered call cost in USD by the served model's price or the asked one's; None if none is known.

    An answer that tells no usage cost nothing that is known of, 0.0.
    """
    usage = response.usage
    if usage is None:
        return 0.0
    price = price_of(response.model or asked, prices) or price_of(asked, prices)
    return None if price is None else cost(usage, price)


def saved(entries: Iterable[Entry], prices: Mapping[str, Price]) -> float:
    """Return what replayed calls would have cost in USD, as far as prices are known."""
    total, known = 0.0, dict[str, Price | None]()
    for entry in entries:
        model = entry.get("model") or ""
        if model not in known:
            known[model] = price_of(model, prices)
        price, usage = known[model], entry.get("usage")
        if price is not None and usage:
            total += cost(Usage(**usage), price)
    return total
