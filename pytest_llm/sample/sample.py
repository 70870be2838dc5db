"""A sample: the answers to one request, asked several times, or to several cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import fmean
from typing import Any, overload

from pytest_llm import host
from pytest_llm.errors import ConfigurationError
from pytest_llm.expectations.base import Drawn
from pytest_llm.messages import Response
from pytest_llm.sample.outcomes import Check, name_of, outcome_of
from pytest_llm.sample.rate import Rate, confidence_of
from pytest_llm.sample.score import Metric, Score, scored
from pytest_llm.stats.estimators import pass_at_k, pass_hat_k
from pytest_llm.text import plural, short

__all__ = ["Sample"]

_CASE = "sample"


@dataclass(frozen=True, init=False, repr=False)
class Sample(Drawn, Sequence[Response]):
    """Several answers, in the order in which they were asked for.

    ``llm.sample(prompt, trials=20)`` gives one; ``Sample(answers)`` makes one of responses or texts. ``cases`` says
    which input each answers (one label an answer): answers of one case are no independent evidence about others, and
    two samples are compared case by case. ``first + second`` joins samples.

    ``assert sample == expectation`` expects it of *every* draw, ``!=`` of none.
    """

    responses: tuple[Response, ...]
    cases: tuple[str, ...]
    any_time: bool

    def __init__(self, answers: Iterable[Response | str], cases: Iterable[str] = (), *, any_time: bool = False) -> None:
        responses = tuple(map(_response, [answers] if isinstance(answers, str) else answers))
        labels = tuple(cases) or (_CASE,) * len(responses)
        if not responses:
            raise ConfigurationError(
                "A sample holds at least one answer, and this one is empty: it would prove anything."
            )
        if len(labels) != len(responses):
            raise ConfigurationError(
                f"Sample(cases=...) takes one label an answer: {len(labels)} for {plural(len(responses), 'answer')}."
            )
        object.__setattr__(self, "responses", responses)
        object.__setattr__(self, "cases", labels)
        object.__setattr__(self, "any_time", any_time)

    def __len__(self) -> int:
        return len(self.responses)

    @overload
    def __getitem__(self, index: int) -> Response: ...
    @overload
    def __getitem__(self, index: slice) -> Sample: ...

    def __getitem__(self, index: int | slice) -> Response | Sample:
        if isinstance(index, slice):
            return Sample(self.responses[index], self.cases[index], any_time=self.any_time)
        return self.responses[index]

    def __iter__(self) -> Iterator[Response]:
        return iter(self.responses)

    def __add__(self, other: Sample) -> Sample:
        if not isinstance(other, Sample):
            return NotImplemented
        return Sample(
            (*self.responses, *other.responses),
            (*self.cases, *other.cases),
            any_time=self.any_time or other.any_time,
        )

    def __radd__(self, other: object) -> Sample:
        """Let ``sum(samples)`` join them."""
        return self if other == 0 else NotImplemented

    def __repr__(self) -> str:
        cases = len(set(self.cases))
        of = f" of {cases} cases" if cases > 1 else ""
        mostly = short(self.majority(), 40)
        return f"<Sample: {plural(len(self), 'draw')}{of}, {len(self.distinct())} distinct, mostly {mostly!r}>"

    @property
    def draws(self) -> Sequence[Response]:
        """The responses."""
        return self.responses

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts of the responses."""
        return tuple(one.text for one in self.responses)

    # -- what holds of how many --

    def rate(self, check: Check, *, confidence: float | None = None) -> Rate:
        """Return the share of draws that satisfy a predicate (a function of a response) or an expectation.

        ``confidence`` is that of its interval, ``llm_confidence`` unless given.
        """
        outcomes = tuple(outcome_of(check, draw) for draw in self.responses)
        return Rate(name_of(check), outcomes, self.cases, _confidence(confidence), self.any_time, self, check)

    def scores(self, metric: Metric, *, confidence: float | None = None) -> Score:
        """Return the scores of the draws by a metric, a function of a response that returns a number."""
        if not callable(metric):
            raise ConfigurationError(f"sample.scores({metric!r}) takes a function of a response that returns a number.")
        found = [scored(metric, draw) for draw in self.responses]
        pairs = [(value, case) for (_, value), case in zip(found, self.cases, strict=True) if value is not None]
        return Score(
            name_of(metric),
            tuple(outcome for outcome, _ in found),
            tuple(value for value, _ in pairs),
            tuple(case for _, case in pairs),
            _confidence(confidence),
            self,
            metric,
        )

    def pass_at_k(self, k: int, check: Check) -> float:
        """Return the chance that at least one of k draws passes, of several cases the mean (Chen et al. 2021).

        Raises ``ConfigurationError`` when k is more than the draws of a case.
        """
        return self._over_cases(pass_at_k, k, check)

    def pass_hat_k(self, k: int, check: Check) -> float:
        """Return the chance that all of k draws pass: unbiased, of several cases the mean (Yao et al. 2024)."""
        return self._over_cases(pass_hat_k, k, check)

    def _over_cases(self, estimator: Callable[[int, int, int], float], k: int, check: Check) -> float:
        rate = self.rate(check)
        if rate.errors:
            raise ConfigurationError(f"{rate.name} raised, so there is no telling of {k} draws: {rate.evidence()[0]}")
        trials = Counter(self.cases)
        passed = Counter(case for one, case in zip(rate.outcomes, self.cases, strict=True) if one.passed)
        return fmean(estimator(count, passed[case], k) for case, count in trials.items())

    # -- how alike they are --

    def distinct(self, key: Callable[[Response], object] | None = None) -> list[Any]:
        """Return the different answers in order of appearance: their texts, or what ``key`` makes of a response."""
        return list(Counter(map(key or _text, self.responses)))

    def majority(self, key: Callable[[Response], object] | None = None) -> Any:
        """Return the most frequent answer, the first of equals: a text, or what ``key`` makes of a response."""
        return Counter(map(key or _text, self.responses)).most_common(1)[0][0]

    @property
    def consistency(self) -> float:
        """The share of draws with the most frequent text (self-consistency, Wang et al. 2022); of cases the mean."""
        parts = self.by_case().values()
        return fmean(Counter(map(_text, part)).most_common(1)[0][1] / len(part) for part in parts)

    def similarity(self) -> float:
        """Return the mean similarity of all pairs of draws of a case, by the configured embedder: 1.0 when all agree.

        Raises ``ConfigurationError`` where no case has two draws.
        """
        runner = host.current()
        if runner is None:
            raise ConfigurationError("sample.similarity() needs an embedder, which only a pytest run has.")
        pairs = [pair for part in self.by_case().values() for pair in combinations(map(_text, part), 2)]
        if not pairs:
            raise ConfigurationError(
                "sample.similarity() compares two draws of a case, and each has one. Take more trials."
            )
        counted = Counter(tuple(sorted(pair)) for pair in pairs)
        partners: dict[str, list[str]] = {}
        for one, other in counted:
            if one != other:
                partners.setdefault(one, []).append(other)
        known: dict[tuple[str, str], float] = {}
        for text, others in partners.items():
            scores = runner.similarities(text, others)
            known.update({(text, other): found.score for other, found in zip(others, scores, strict=True)})
        return sum(known.get((one, other), 1.0) * count for (one, other), count in counted.items()) / len(pairs)

    def by_case(self) -> dict[str, tuple[Response, ...]]:
        """Return the draws of each case, in order of their first ones."""
        found: dict[str, list[Response]] = {}
        for case, draw in zip(self.cases, self.responses, strict=True):
            found.setdefault(case, []).append(draw)
        return {case: tuple(draws) for case, draws in found.items()}


def _response(answer: object) -> Response:
    if isinstance(answer, Response):
        return answer
    if isinstance(answer, str):
        return Response(answer)
    raise ConfigurationError(f"A sample holds responses or texts, and {short(repr(answer), 60)} is neither.")


def _text(response: Response) -> str:
    return response.text.strip()


def _confidence(given: float | None) -> float:
    runner = host.current()
    return confidence_of(given, runner.confidence if runner is not None else 0.95)
