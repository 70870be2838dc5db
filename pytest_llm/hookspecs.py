"""The hooks through which others extend the plugin."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytest_llm.cassettes.redaction import Redaction
    from pytest_llm.dialects.base import Dialect
    from pytest_llm.embedders.base import Embedder
    from pytest_llm.judges.grade import Grade
    from pytest_llm.messages import Interaction
    from pytest_llm.prices import Price

__all__ = [
    "pytest_llm_dialect",
    "pytest_llm_embedder",
    "pytest_llm_graded",
    "pytest_llm_inference",
    "pytest_llm_prices",
    "pytest_llm_recorded",
    "pytest_llm_redactions",
]


@pytest.hookspec
def pytest_llm_dialect(config: pytest.Config) -> Sequence[Dialect] | None:
    """Return dialects of provider APIs that are not built in; they are asked before the built-in ones."""


@pytest.hookspec(firstresult=True)
def pytest_llm_embedder(config: pytest.Config, name: str) -> Embedder | None:
    """Return the embedder that ``--llm-embedder`` names, or None when the name is not yours.

    It is an object with ``embed(texts)``, one vector a text. Asked once a run, and only when a score is not recorded.
    """


@pytest.hookspec(firstresult=True)
def pytest_llm_inference(config: pytest.Config) -> Callable[[str, str], str] | None:
    """Return a natural-language-inference model for ``similar_to``.

    It is called with the expected and the actual text and returns "entailment", "neutral" or "contradiction"; its
    answers are recorded like scores, so let it load when it is first called.
    """


@pytest.hookspec
def pytest_llm_redactions(config: pytest.Config) -> Sequence[Redaction] | None:
    """Return what else must reach no file, report or terminal: names, e-mail addresses.

    They apply to requests before matching too, so replay still matches.
    """


@pytest.hookspec
def pytest_llm_prices(config: pytest.Config) -> Mapping[str, Price] | None:
    """Return prices by model name, in USD per million tokens; they win over the built-in table."""


@pytest.hookspec
def pytest_llm_recorded(config: pytest.Config, interaction: Interaction, cost: float) -> None:
    """Take note that a live call was recorded and what it cost in USD."""


@pytest.hookspec
def pytest_llm_graded(config: pytest.Config, nodeid: str, grade: Grade) -> None:
    """Take note of a grade that ``llm_judge`` gave in a test; several may come at the same time, from threads."""
