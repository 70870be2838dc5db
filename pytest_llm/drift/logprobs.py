"""The rung of log-probabilities: first-token distributions, and how likely the drawn tokens were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import compress
from statistics import fmean
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

__all__ = ["lead", "logprob_blocks", "logprob_evidence"]

_DRAWN = "drawn tokens"


def logprob_evidence(probes: Sequence[Probe], settings: Settings) -> Evidence | None:
    """Compare the log-probabilities of fresh and baseline calls within each request; None where there are none.

    First-token top-k over the union of tokens, a missing token censored at that call's smallest value, each token
    studentised, compared by the energy distance and permuted (after Chauvin et al. 2025, "Log probability tracking of
    LLM APIs", arXiv:2512.03816). Those are taken before temperature and top_p and blind to both, so the drawn tokens
    are compared as well: how far below the likeliest tokens of their places they are on the mean, or where those are
    not known their mean log-probability; within each request, and the shift over all of them, for another temperature
    moves every request the same way.
    """
    told = _told(probes)
    if not told:
        return None
    evidence, test = measured("log-probabilities", logprob_blocks(probes), settings)
    moved = _moved(told)
    drawn = _drawn(told) if moved is None or (test.strongest.startswith(_DRAWN) and test.p <= settings.alpha) else ""
    said = "; ".join(part for part in (drawn, _first(moved, drawn)) if part)
    # No share of answers: a draw that is replaced by an unlike one has no log-probability of its own to go by.
    return replace(evidence, detectable=None, sentence=f"{said} ({of_p(evidence)}; {counted(told)})")


def logprob_blocks(probes: Sequence[Probe]) -> list[Block]:
    """Return the log-probabilities of each request that has some on both sides as a block."""
    return [_block(probe) for probe in _told(probes)]


def lead(top: Mapping[str, float]) -> float | None:
    """Return by how many nats the likeliest first token leads the second; None when fewer than two are known."""
    best = sorted(top.values(), reverse=True)[:2]
    return best[0] - best[1] if len(best) == 2 else None


def _told(probes: Sequence[Probe]) -> list[Probe]:
    return [kept for probe in probes if (kept := _with_logprobs(probe)).measured]


def _with_logprobs(probe: Probe) -> Probe:
    """Return a probe without the draws that lack what its others have, as one that begins with half a character may."""
    sides = (probe.baseline, probe.fresh)
    first, drawn = (all(any(has(draw) for draw in side) for side in sides) for has in (_has_first, _has_drawn))
    before, after = (
        tuple(draw for draw in side if (_has_first(draw) or not first) and (_has_drawn(draw) or not drawn))
        for side in sides
    )
    return replace(probe, baseline=before, fresh=after) if first or drawn else replace(probe, baseline=(), fresh=())


def _has_first(draw: Draw) -> bool:
    return len(draw.top) > 1


def _has_drawn(draw: Draw) -> bool:
    return bool(draw.chosen)


def _block(probe: Probe) -> Block:
    import numpy as np

    draws, fresh, sessions = draws_of(probe)
    grams: dict[str, NDArray[np.float64]] = {}
    features: dict[str, NDArray[np.floating]] = {}
    if all(map(_has_first, draws)):
        grams["first token"] = energy_gram(studentised(logprob_rows([draw.top for draw in draws])))
    if all(map(_has_drawn, draws)):
        means = np.array([[value] for value in _likelihoods(draws)])
        grams[_DRAWN] = energy_gram(means)
        if not probe.greedy:  # as for texts: it would stand in for the baseline's own disagreement
            features[f"{_DRAWN} overall"] = means
    return Block(fresh, grams, features=features, sessions=sessions)


def _likelihoods(draws: Sequence[Draw]) -> list[float]:
    """Return how likely each draw's tokens were, in nats a token: below the likeliest ones, where those are known.

    That leaves out how sure the model is of each place of an answer, which is most of what varies.
    """
    if all(draw.likeliest for draw in draws):
        pairs = [zip(draw.chosen, draw.likeliest, strict=True) for draw in draws]
        return [fmean(drawn - best for drawn, best in one) for one in pairs]
    return [fmean(draw.chosen) for draw in draws]


def _first(moved: tuple[float, float] | None, drawn: str) -> str:
    if moved is None:
        return ""
    between, inside = moved
    if drawn and between <= inside + 0.005:
        return "the first token is as likely as before, so that temperature or top_p may be another"
    said = f"first-token log-probabilities differ by {between:.2f} nats from the baseline's mean"
    return f"{said}, which itself varies by {inside:.2f}"


def _drawn(probes: Sequence[Probe]) -> str:
    pooled = [draws_of(probe)[:2] for probe in probes if not probe.greedy] or [draws_of(probe)[:2] for probe in probes]
    ranked = [one for one in pooled if all(draw.likeliest for draw in one[0])]
    told = ranked or [one for one in pooled if all(map(_has_drawn, one[0]))]
    if not told:
        return ""
    means = [[fmean(compress(_likelihoods(draws), side)) for side in (~fresh, fresh)] for draws, fresh in told]
    before, after = map(fmean, zip(*means, strict=True))
    if ranked:
        return f"the drawn tokens are {-after:.2f} nats below the likeliest on the mean, the baseline's {-before:.2f}"
    return f"the drawn tokens have a mean log-probability of {after:.2f}, the baseline's {before:.2f}"


def _moved(probes: Sequence[Probe]) -> tuple[float, float] | None:
    """Return the mean absolute difference in nats of fresh calls, and of baseline calls, from the baseline's mean.

    None where no request has the first token's likeliest alternatives.
    """
    import numpy as np

    between, inside = [], []
    for probe in probes:
        draws, fresh, _ = draws_of(probe)
        if all(map(_has_first, draws)):
            rows = logprob_rows([draw.top for draw in draws])
            away = np.abs(rows - rows[~fresh].mean(axis=0)).mean(axis=1)
            between.append(away[fresh].mean())
            inside.append(away[~fresh].mean())
    return (float(np.mean(between)), float(np.mean(inside))) if between else None
