"""The rung of log-probabilities: what another temperature does to the tokens that are drawn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pytest_llm.drift.logprobs import logprob_evidence
from pytest_llm.drift.settings import Settings
from pytest_llm.drift.values import Draw, Probe

SETTINGS = Settings()
TOKENS, WORDS = 12, 20
TOP = {"The": -0.4, "A": -1.1}


def draw(rng: np.random.Generator, odds: np.ndarray, temperature: float) -> Draw:
    """Draw tokens at a temperature, in places that differ in how sure the model is; log-probabilities are before it."""
    logprobs = odds - np.log(np.exp(odds).sum(axis=1, keepdims=True))
    heated = np.exp(logprobs / temperature)
    places = rng.integers(len(odds), size=TOKENS)
    tokens = [rng.choice(WORDS, p=heated[place] / heated[place].sum()) for place in places]
    chosen = tuple(float(logprobs[place, token]) for place, token in zip(places, tokens, strict=True))
    return Draw("", top=TOP, chosen=chosen, likeliest=tuple(map(float, logprobs[places].max(axis=1))))


def probes(seed: int, temperature: float, requests: int = 2, draws: int = 8) -> list[Probe]:
    rng = np.random.default_rng(seed)
    odds = rng.normal(size=(40, WORDS)) * rng.uniform(0, 6, size=(40, 1))
    sides = [
        [tuple(draw(rng, odds, heat) for _ in range(draws)) for heat in (0.7, temperature)] for _ in range(requests)
    ]
    return [Probe(f"r{place}", *side) for place, side in enumerate(sides)]


def without_likeliest(found: list[Probe]) -> list[Probe]:
    return [
        replace(one, **{side: tuple(replace(draw, likeliest=()) for draw in getattr(one, side)) for side in SIDES})
        for one in found
    ]


SIDES = ("baseline", "fresh")


def p_of(found: list[Probe], settings: Settings = SETTINGS) -> float:
    evidence = logprob_evidence(found, settings)
    assert evidence is not None
    assert evidence.p is not None
    return evidence.p


def test_another_temperature_is_seen_in_how_far_the_drawn_tokens_are_below_the_likeliest() -> None:
    evidence = logprob_evidence(probes(1, 1.4), SETTINGS)

    assert str(evidence) == (
        "the drawn tokens are 0.92 nats below the likeliest on the mean, the baseline's 0.34; the first token is as "
        "likely as before, so that temperature or top_p may be another (p = 0.0005; 2 requests, 16 + 16 draws)"
    )


def test_without_the_likeliest_tokens_the_drawn_ones_are_compared_alone() -> None:
    evidence = logprob_evidence(without_likeliest(probes(1, 3.0)), SETTINGS)

    assert str(evidence) == (
        "the drawn tokens have a mean log-probability of -3.10, the baseline's -1.49; the first token is as likely as "
        "before, so that temperature or top_p may be another (p = 0.0005; 2 requests, 16 + 16 draws)"
    )


def test_the_likeliest_tokens_show_a_temperature_that_the_drawn_ones_alone_do_not() -> None:
    quick = Settings(permutations=199)
    found = [probes(seed, 1.0, draws=6) for seed in range(20)]
    seen = [p_of(one, quick) <= 0.05 for one in found]
    alone = [p_of(without_likeliest(one), quick) <= 0.05 for one in found]

    assert (np.mean(seen), np.mean(alone)) == (0.8, 0.5)


def test_the_same_temperature_raises_no_more_alarms_than_promised() -> None:
    quick = Settings(permutations=99)
    alarms = np.mean([p_of(probes(seed, 0.7, draws=5), quick) <= 0.1 for seed in range(200)])

    assert 0.1 - 3 * (0.1 * 0.9 / 200) ** 0.5 <= alarms <= 0.1 + 3 * (0.1 * 0.9 / 200) ** 0.5


def test_a_draw_that_lacks_what_the_others_have_is_left_out_and_not_its_request() -> None:
    (one,) = probes(1, 1.4, requests=1)
    evidence = logprob_evidence(
        [replace(one, fresh=(*one.fresh, Draw("", top={"\N{REPLACEMENT CHARACTER}": -0.1})))], SETTINGS
    )

    assert evidence is not None
    assert (evidence.p, evidence.calls) == (p_of([one]), 8)


def test_nothing_is_said_where_one_side_has_no_log_probabilities() -> None:
    assert logprob_evidence([Probe("r", (Draw("a", chosen=(-0.1,)),), (Draw("a"),))], SETTINGS) is None
