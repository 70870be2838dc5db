"""The evidence ladder: every rung that the draws allow, the strongest first."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_llm.drift.behaviour import behaviour_evidence
from pytest_llm.drift.identity import identity_evidence
from pytest_llm.drift.logprobs import logprob_evidence
from pytest_llm.drift.settings import Settings
from pytest_llm.drift.texts import greedy_evidence, text_evidence
from pytest_llm.drift.values import Evidence, Probe

__all__ = ["climb"]

_MEASURED = (logprob_evidence, greedy_evidence, text_evidence, behaviour_evidence)


def climb(probes: Sequence[Probe], settings: Settings) -> tuple[Evidence, ...]:
    """Return what each rung says of these probes; a rung that has nothing to compare is left out."""
    found = [rung(probes, settings) for rung in _MEASURED]
    return (*identity_evidence(probes), *(evidence for evidence in found if evidence is not None))
