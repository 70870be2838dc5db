"""The expectation that a sample is no worse than an accepted one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from pytest_llm import host
from pytest_llm.errors import ConfigurationError
from pytest_llm.expectations.base import LINES, Drawn, Expectation, Finding, limited, unfit
from pytest_llm.sample.comparison import Compared, compared
from pytest_llm.sample.outcomes import Check, name_of
from pytest_llm.sample.rate import Rate, confidence_of
from pytest_llm.sample.sample import Sample
from pytest_llm.sample.score import Metric, Score
from pytest_llm.sample.verdict import Verdict
from pytest_llm.text import short

__all__ = ["Baseline", "BaselineKeeper", "NoWorse", "no_worse_than"]

_NAME = re.compile(r"\w[\w .-]{0,79}")


class BaselineKeeper(Protocol):
    """Keeps a test's baselines."""

    def read(self, name: str) -> Sample | None:
        """Return an accepted sample, None when there is none."""

    def former(self, name: str, sample: Sample) -> Sample | None:
        """Return the sample of these very draws that is accepted under the name of a test that is gone."""

    def wait(self, name: str, sample: Sample, cause: str) -> None:
        """Keep a sample until it is reviewed, if anything may be written."""

    def settle(self, name: str) -> None:
        """Drop what waits under a name."""


@dataclass(frozen=True)
class Baseline:
    """This test's accepted sample, given by the fixture ``llm_baseline``; ``llm_baseline("name")`` is a second one."""

    keeper: BaselineKeeper
    name: str = ""

    def __repr__(self) -> str:
        return f"llm_baseline({self.name!r})" if self.name else "llm_baseline"

    def __call__(self, name: str) -> Baseline:
        """Return the baseline of this name."""
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise ConfigurationError(
                f"llm_baseline({name!r}) is no name: letters, digits, spaces, '.', '-' and '_', at most 80 of them."
            )
        return replace(self, name=name)

    @property
    def sample(self) -> Sample | None:
        """The accepted sample, None when there is none."""
        return self.keeper.read(self.name)


def no_worse_than(
    baseline: Baseline | Sample,
    check: Check | None = None,
    *,
    scores: Metric | None = None,
    margin: float = 0.05,
    confidence: float | None = None,
) -> Expectation:
    """Expect that a sample is worse than ``baseline`` (``llm_baseline``, or another sample) by no more than ``margin``.

    What is worse is a lower rate of draws that satisfy ``check``, or a lower mean of ``scores``, a metric; ``margin``
    is in its unit. On the left stands a sample, or the rate or score of one, which says it already:
    ``assert sample.rate(is_right) == no_worse_than(llm_baseline)``. It holds, fails, or is undecided
    (``llm_undecided``): a test of non-inferiority at ``confidence``, paired by case. Draws that are the baseline's own
    are no worse.
    """
    if not isinstance(baseline, Baseline | Sample):
        raise ConfigurationError(f"no_worse_than({baseline!r}) takes llm_baseline or a sample.")
    if check is not None and scores is not None:
        raise ConfigurationError("no_worse_than() compares one thing: a predicate, or scores=.")
    if isinstance(margin, bool) or not isinstance(margin, int | float) or margin <= 0 or (margin >= 1 and not scores):
        hint = f" Did you mean {margin / 100:g}?" if isinstance(margin, int | float) and 1 <= margin < 100 else ""
        raise ConfigurationError(
            f"no_worse_than(margin={margin!r}): a margin is above 0, for without one no number of trials could show "
            f"it, and of a rate below 1.{hint}"
        )
    if isinstance(check, Expectation):
        check.use()
    confidence_of(confidence, 0.95)
    return NoWorse(baseline, check, scores, float(margin), confidence)


@dataclass(eq=False, repr=False)
class NoWorse(Expectation):
    """See ``no_worse_than``."""

    takes_samples = True

    baseline: Baseline | Sample
    of: Check | None
    metric: Metric | None
    margin: float
    given: float | None

    def __repr__(self) -> str:
        given = [repr(self.baseline)]
        given += [short(name_of(self.of), 60)] if self.of is not None else []
        given += [f"scores={name_of(self.metric)}"] if self.metric is not None else []
        given += [f"margin={self.margin:g}"] if self.margin != 0.05 else []
        return f"no_worse_than({', '.join(given)})"

    def finding(self, value: object) -> Finding:
        """Compare with the accepted sample; leave a first one, or a worse one, for review."""
        sample, after = self._figure(value)
        if sample is None or after is None:
            return unfit(f"{short(repr(value), 60)} is a sample or its rate  (its type is {type(value).__name__})")
        accepted = self._accepted(sample)
        if accepted is None:
            self._wait(sample, "there is none yet")
            return Finding(False, f"sample == {self!r}  (there is none yet)", after.evidence(most=LINES))
        if isinstance(self.baseline, Baseline) and _same(sample, accepted):
            self._settle()
            claim = f"{_mean(after)} no worse than {self.baseline!r}  (its own draws)"
            if isinstance(after, Rate) and (runner := host.current()) is not None:
                runner.judged(after, claim, True)
            return Finding(True, claim)
        before = self._of(accepted, after)
        if after.errors or before.errors:
            of = after if after.errors else before
            return Finding(False, f"{of!r} no worse than {self.baseline!r}", of.evidence(), unfit=True)
        return self._compared(sample, accepted, before, after)

    def _accepted(self, sample: Sample) -> Sample | None:
        """Return what is compared with; of a test that was renamed the baseline of these very draws."""
        if isinstance(self.baseline, Sample):
            return self.baseline
        return self.baseline.sample or self.baseline.keeper.former(self.baseline.name, sample)

    def negate(self) -> None:
        """Refuse: that a sample is not shown to be no worse does not show it to be worse."""
        raise ConfigurationError(f"~{self!r} says nothing when the trials are few. Compare the other way round.")

    def _figure(self, value: object) -> tuple[Sample | None, Rate | Score | None]:
        if isinstance(value, Rate | Score):
            if self.of is not None or self.metric is not None:
                raise ConfigurationError(
                    f"{self!r} says what to compare, and the left side does too. Leave one of them out."
                )
            return value.sample, value
        if not isinstance(value, Sample):
            return None, None
        if self.of is None and self.metric is None:
            raise ConfigurationError(
                f"{self!r} does not say what is worse. Give it a predicate, an expectation or a metric: "
                f"no_worse_than({self.baseline!r}, is_right) or no_worse_than({self.baseline!r}, scores=metric)."
            )
        return value, self._of(value, None)

    def _of(self, sample: Sample, like: Rate | Score | None) -> Rate | Score:
        """Return the rate or score of a sample that is compared."""
        metric = self.metric or (like.metric if isinstance(like, Score) else None)
        if metric is not None:
            return sample.scores(metric, confidence=self._sure)
        check = self.of if like is None or not isinstance(like, Rate) else self.of or like.check
        assert check is not None
        return sample.rate(check, confidence=self._sure)

    @property
    def _sure(self) -> float:
        runner = host.current()
        return confidence_of(self.given, runner.confidence if runner is not None else 0.95)

    def _compared(self, sample: Sample, accepted: Sample, before: Rate | Score, after: Rate | Score) -> Finding:
        found = compared(before, after, self.margin, self._sure)
        claim = (
            f"{_mean(after)} no worse than {_mean(before).partition(' ')[2]} by {self.margin:g}  "
            f"({found.word} at {self._sure * 100:g}% confidence: {found.difference.mean:+.2g}, "
            f"{found.difference.interval.signed()}, {found.matter}, "
            f"{found.difference.test} p = {found.difference.p:.2g})"
        )
        verdict = Verdict(found.word, claim, _changes(accepted, sample, before, after))
        if (runner := host.current()) is not None:
            runner.compared_samples(found.word, found, isinstance(after, Rate))
        if found.word == "FAIL":
            self._wait(sample, _cause(found))
        else:
            self._settle()
        return Finding(bool(verdict), claim, verdict.evidence, unfit=found.word != "PASS")

    def _wait(self, sample: Sample, cause: str) -> None:
        if isinstance(self.baseline, Baseline):
            self.baseline.keeper.wait(self.baseline.name, sample, cause)

    def _settle(self) -> None:
        if isinstance(self.baseline, Baseline):
            self.baseline.keeper.settle(self.baseline.name)


def _same(one: Drawn, other: Drawn) -> bool:
    """Say whether two samples hold the same draws, in whatever order: the same answers after the same time."""
    return Counter(map(_answer, one.draws)) == Counter(map(_answer, other.draws))


def _answer(draw: object) -> str:
    return repr([getattr(draw, name) for name in ("text", "tool_calls", "latency")])


def _mean(figure: Rate | Score) -> str:
    return repr(figure).partition("  (")[0]


def _cause(found: Compared) -> str:
    return f"worse by {-found.difference.mean:.2g} ({found.difference.test} p = {found.difference.p:.2g})"


def _changes(accepted: Sample, sample: Sample, before: Rate | Score, after: Rate | Score) -> tuple[str, ...]:
    """Return the cases that passed and fail now; of other samples what fails."""
    if not isinstance(before, Rate) or not isinstance(after, Rate):
        return after.evidence()
    old = _by_case(accepted, before)
    new = _by_case(sample, after)
    lost = [case for case in new if len(new) > 1 and case in old and old[case][0] and not new[case][0]]
    if not lost:
        return after.evidence()
    lines: Sequence[str] = [f"{short(case, 20)}: {old[case][1]} → {new[case][1]}" for case in lost]
    return limited(lines, LINES)


def _by_case(sample: Sample, rate: Rate) -> dict[str, tuple[bool, str]]:
    """Return of each case whether all its draws pass, and the first that does not."""
    found: dict[str, tuple[bool, str]] = {}
    for case, draw, outcome in zip(sample.cases, sample.draws, rate.outcomes, strict=True):
        if case not in found or (found[case][0] and not outcome.passed):
            found[case] = (bool(outcome.passed), repr(short(draw.text, 34)))
    return found
