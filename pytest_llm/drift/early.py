"""How soon a comparison would have been decided, had it stopped as soon as it could."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pytest_llm.drift.settings import Settings
from pytest_llm.drift.values import Probe

__all__ = ["Early", "decided_after"]


@dataclass(frozen=True, slots=True)
class Early:
    orders: int

def decided_after(probes: Sequence[Probe], settings: Settings, orders: int) -> Early | None:
    return None
