"""The answers of Chen, Zaharia and Zou (2023) as samples: their accuracies, and the fall from March to June."""

from __future__ import annotations

import csv
import random
import re
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from pytest_llm import Rate, Response, Sample, UndecidedWarning, no_worse_than
from pytest_llm.sample.comparison import compared

GPT4 = ("openaichat/gpt-4-0314", "openaichat/gpt-4-0613")
GPT35 = ("openaichat/gpt-3.5-turbo-0301", "openaichat/gpt-3.5-turbo-0613")


@cache
def rows(path: Path) -> list[dict[str, str]]:
    csv.field_size_limit(sys.maxsize)
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def is_right(response: Response) -> bool:
    """The last bracketed answer, compared lower-case; the right one stands in ``id`` of the response."""
    found = re.findall(r"\[(yes|no)\]", response.text.lower())
    return bool(found) and found[-1] == (response.id or "").lower()


def primes(folder: Path, model: str, only: str = "") -> Sample:
    wanted = [row for row in rows(folder / "PRIME_FULL_EVAL.csv") if row["model"] == model]
    kept = [row for row in wanted if not only or row["ref_answer"].lower() == only]
    return Sample([Response(row["answer"], id=row["ref_answer"]) for row in kept], [row["query"] for row in kept])


def sensitive(folder: Path, model: str) -> Sample:
    kept = [row for row in rows(folder / "SENSITIVEQ_EVAL.csv") if row["model"] == model]
    return Sample([Response(row["answer"], id=row["Response Rate"]) for row in kept], [row["query"] for row in kept])


def answers(response: Response) -> bool:
    return float(response.id or 0) == 1


@pytest.mark.parametrize(
    ("model", "only", "accuracy"),
    [
        pytest.param(GPT4[0], "yes", 0.976, id="GPT-4 in March, primes"),
        pytest.param(GPT4[1], "yes", 0.024, id="GPT-4 in June, primes"),
        pytest.param(GPT35[0], "yes", 0.052, id="GPT-3.5 in March, primes"),
        pytest.param(GPT35[1], "yes", 0.842, id="GPT-3.5 in June, primes"),
        pytest.param(GPT4[0], "", 0.840, id="GPT-4 in March"),
        pytest.param(GPT4[1], "", 0.502, id="GPT-4 in June"),
        pytest.param(GPT35[0], "", 0.518, id="GPT-3.5 in March"),
        pytest.param(GPT35[1], "", 0.680, id="GPT-3.5 in June"),
    ],
)
def test_the_rates_are_the_accuracies_of_the_paper(llmdrift: Path, model: str, only: str, accuracy: float) -> None:
    assert round(float(primes(llmdrift, model, only).rate(is_right)), 3) == accuracy


def test_the_rates_of_direct_answers_are_those_of_the_paper(llmdrift: Path) -> None:
    assert [float(sensitive(llmdrift, model).rate(answers)) for model in GPT4] == [0.21, 0.05]
    assert [float(sensitive(llmdrift, model).rate(answers)) for model in GPT35] == [0.02, 0.08]


def test_the_fall_from_march_to_june_is_flagged(llmdrift: Path) -> None:
    march, june = (primes(llmdrift, model) for model in GPT4)
    found = no_worse_than(march, is_right).check(june)

    assert not found.holds
    assert found.claim == (
        "rate 0.50 no worse than 0.84 by 0.05  (FAIL at 95% confidence: -0.34, 95% CI [-0.38, -0.29], "
        "1000 cases paired, McNemar p = 2.8e-44)"
    )


def test_the_fall_of_direct_answers_is_flagged(llmdrift: Path) -> None:
    march, june = (sensitive(llmdrift, model) for model in GPT4)

    assert (
        no_worse_than(march, answers, margin=0.02)
        .check(june)
        .claim.partition(":")[0]
        .endswith("(FAIL at 95% confidence")
    )


def test_an_improvement_is_no_worse(llmdrift: Path) -> None:
    march, june = (primes(llmdrift, model) for model in GPT35)

    assert june == no_worse_than(march, is_right)


def test_halves_of_one_month_differ_at_the_stated_rate(llmdrift: Path) -> None:
    rate = primes(llmdrift, GPT4[0]).rate(is_right)
    found = [compared(*halves(rate, seed), 0.05, 0.95) for seed in range(400)]

    assert sum(one.word == "FAIL" for one in found) / 400 <= 0.05
    assert sum(one.difference.p <= 0.05 for one in found) / 400 <= 0.05 + 2 * (0.05 * 0.95 / 400) ** 0.5


def halves(rate: Rate, seed: int) -> tuple[Rate, Rate]:
    order = random.Random(seed).sample(range(len(rate.outcomes)), len(rate.outcomes))
    one, other = (
        replace(rate, outcomes=tuple(rate.outcomes[at] for at in half), cases=tuple(rate.cases[at] for at in half))
        for half in (order[::2], order[1::2])
    )
    return one, other


def test_few_cases_do_not_decide(llmdrift: Path) -> None:
    march = primes(llmdrift, GPT4[0], "yes")

    with pytest.warns(UndecidedWarning, match=r"UNDECIDED at 95% confidence.*8 trials against 8, Fisher"):
        assert march[8:16] == no_worse_than(march[:8], is_right)
