"""The rung of log-probabilities: first-token distributions, and how likely the drawn tokens were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_llm.drift.blocks import draws_of
from pytest_llm.drift.measuring import counted, measured, of_p
from pytest_llm.drift.settings import Settings
from pytest_llm.drift.values import Draw, Evidence, Probe
from pytest_llm.stats.kernels import energy_gram, logprob_rows, studentised
from pytest_llm.stats.two_sample import Block

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["border_inputs", "lead", "logprob_evidence"]


def logprob_evidence(probes: Sequence[Probe], settings: Settings) -> Evidence | None:
    """Compare the log-probabilities of fresh and baseline calls within each request; None where there are none.

    First-token top-k over the union of tokens, a missing token censored at that call's smallest value, each token
    studentised, compared by the energy distance and permuted (after Chauvin et al. 2025, "Log probability tracking of
    LLM APIs", arXiv:2512.03816). Those are taken before temperature and top_p and blind to both, so the mean
    log-probability of the drawn tokens is compared as well.
    """
    told = [kept for probe in probes if (kept := _with_logprobs(probe)).measured]
    if not told:
        return None
    evidence, _ = measured("log-probabilities", [_block(probe) for probe in told], settings)
    between, inside = _moved(told)
    said = f"first-token log-probabilities differ by {between:.2f} nats from the baseline's mean"
    told_of = f"{of_p(evidence)}; {counted(told)}"
    return replace(evidence, sentence=f"{said}, which itself varies by {inside:.2f} ({told_of})")


def lead(top: Mapping[str, float]) -> float | None:
    """Return by how many nats the likeliest first token leads the second; None when fewer than two are known."""
    best = sorted(top.values(), reverse=True)[:2]
    return best[0] - best[1] if len(best) == 2 else None


def border_inputs(probes: Sequence[Probe], nats: float = 0.25) -> list[Probe]:
    """Return the probes whose two likeliest first tokens are nearly tied in the baseline, the closest first.

    Such a request answers otherwise after the smallest change of the model (a border input of Chauvin et al. 2026,
    "Token-efficient change detection in LLM APIs", arXiv:2602.11083), so calls are best spent on it. ``nats`` is how
    near counts as tied.
    """
    leads = [(min(found), place) for place, probe in enumerate(probes) if (found := _leads(probe))]
    return [probes[place] for least, place in sorted(leads) if least <= nats]


def _leads(probe: Probe) -> list[float]:
    return [value for draw in probe.baseline if (value := lead(draw.top)) is not None]


def _with_logprobs(probe: Probe) -> Probe:
    before, after = (
        tuple(draw for draw in draws if draw.top or draw.chosen) for draws in (probe.baseline, probe.fresh)
    )
    return replace(probe, baseline=before, fresh=after)


def _block(probe: Probe) -> Block:
    import numpy as np

    draws, fresh, sessions = draws_of(probe)
    grams: dict[str, NDArray[np.float64]] = {}
    if all(len(draw.top) > 1 for draw in draws):
        grams["first token"] = energy_gram(studentised(logprob_rows([draw.top for draw in draws])))
    if all(draw.chosen for draw in draws):
        grams["drawn tokens"] = energy_gram(np.array([[_mean(draw)] for draw in draws]))
    return Block(fresh, grams, sessions=sessions)


def _mean(draw: Draw) -> float:
    return sum(draw.chosen) / len(draw.chosen)


def _moved(probes: Sequence[Probe]) -> tuple[float, float]:
    """Return the mean absolute difference in nats of fresh calls, and of baseline calls, from the baseline's mean."""
    import numpy as np

    between, inside = [], []
    for probe in probes:
        draws, fresh, _ = draws_of(probe)
        if all(len(draw.top) > 1 for draw in draws):
            rows = logprob_rows([draw.top for draw in draws])
            away = np.abs(rows - rows[~fresh].mean(axis=0)).mean(axis=1)
            between.append(away[fresh].mean())
            inside.append(away[~fresh].mean())
    return (float(np.mean(between)), float(np.mean(inside))) if between else (0.0, 0.0)
