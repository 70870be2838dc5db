"""``Rate``: what it compares with, what it says, and what it refuses."""

from __future__ import annotations

import pytest
from scipy.stats import binomtest
from statsmodels.stats.proportion import proportion_confint

from pytest_llm import Rate, Sample, UndecidedWarning, contains_all, host, similar_to
from pytest_llm.errors import ConfigurationError
from pytest_llm.messages import Response

YES = ["yes"] * 13 + ["no"] * 5 + ["maybe"] * 2


def is_yes(response: Response) -> bool:
    return response.text == "yes"


def brittle(response: Response) -> bool:
    if response.text == "maybe":
        raise ValueError("neither")
    return response.text == "yes"


def rate_of(passed: int, trials: int) -> Rate:
    return Sample(["yes"] * passed + ["no"] * (trials - passed)).rate(is_yes)


def test_it_is_the_share_that_passes_with_wilsons_interval() -> None:
    rate = Sample(YES).rate(is_yes)
    low, high = proportion_confint(13, 20, 0.05, "wilson")

    assert float(rate) == 0.65
    assert (rate.passed, rate.trials, rate.errors) == (13, 20, 0)
    assert (rate.interval.low, rate.interval.high) == pytest.approx((low, high), abs=1e-9)
    assert repr(rate) == "rate 0.65  (13 of 20 trials, 95% CI 0.43-0.82)"


def test_it_compares_with_numbers_by_the_share_that_was_observed() -> None:
    rate = Sample(YES).rate(is_yes)

    assert rate >= 0.65
    assert rate > 0.6
    assert rate <= 0.65
    assert rate < 0.7
    assert rate == 0.65
    assert rate != 0.6
    assert not rate >= 0.66


def test_an_expectation_is_a_predicate_too() -> None:
    assert Sample(YES).rate(contains_all("yes")) == 0.65


@pytest.mark.parametrize(
    ("passed", "trials", "bound", "said"),
    [
        pytest.param(13, 20, 0.95, "rate 0.65 >= 0.95  (13 of 20 trials, 95% CI 0.43-0.82)", id="two decimals"),
        pytest.param(949, 1000, 0.95, "rate 0.949 >= 0.95  (949 of 1,000 trials, 95% CI 0.93-0.96)", id="as it takes"),
        pytest.param(0, 1, 0.5, "rate 0.00 >= 0.50  (0 of 1 trial, 95% CI 0.00-0.79)", id="one trial"),
        pytest.param(2, 3, 2 / 3 + 1e-9, "rate 0.666666667 >= 0.666667  (2 of 3 trials, 95% CI 0.21-0.94)", id="near"),
    ],
)
def test_its_claim_shows_on_which_side_of_the_bound_it_lies(passed: int, trials: int, bound: float, said: str) -> None:
    assert rate_of(passed, trials).claim(">=", bound) == said


def test_its_evidence_names_the_trials_that_fail_each_distinct_answer_once() -> None:
    assert Sample(YES).rate(is_yes).evidence() == ("trials 14-18: 'no'", "trials 19, 20: 'maybe'")
    assert Sample(YES).rate(is_yes).evidence(passing=True) == ("trials 1-6 and 7 more: 'yes'",)


def test_what_a_predicate_raises_is_an_error_of_that_trial_and_neither_pass_nor_fail() -> None:
    rate = Sample(YES).rate(brittle)

    assert (rate.passed, rate.trials, rate.errors) == (13, 18, 2)
    assert rate.claim(">=", 0.5) == "rate 0.72 >= 0.50  (13 of 18 trials, 2 errors, 95% CI 0.49-0.88)"
    assert rate.evidence() == ("trials 19, 20: ValueError: neither", "trials 14-18: 'no'")


def test_a_rate_with_errors_meets_no_bound() -> None:
    rate = Sample(YES).rate(brittle)

    assert not rate >= 0.5
    assert not rate <= 0.9
    assert not rate.at_least(0.2)


def test_where_every_trial_is_an_error_there_is_no_rate() -> None:
    rate = Sample(["maybe", "maybe"]).rate(brittle)

    with pytest.raises(ConfigurationError, match=r"^brittle raised in each of 2 trials: ValueError: neither\.$"):
        assert rate >= 0.5


def test_trouble_of_ours_is_no_trials() -> None:
    with pytest.raises(ConfigurationError, match=r"^similar_to\('yes'\) needs an embedder"):
        Sample(YES).rate(similar_to("yes"))


@pytest.mark.parametrize(
    ("bound", "said"),
    [
        pytest.param(95, "rate >= 95: a rate lies from 0 to 1, and 95 does not. Did you mean 0.95?", id="percent"),
        pytest.param(1.2, "rate >= 1.2: a rate lies from 0 to 1, and 1.2 does not. Did you mean 0.012?", id="above"),
        pytest.param(-0.1, "rate >= -0.1: a rate lies from 0 to 1, and -0.1 does not.", id="below"),
        pytest.param(
            "0.9", "rate >= '0.9': a rate is compared with a number from 0 to 1, and '0.9' is none.", id="text"
        ),
        pytest.param(True, "rate >= True: a rate is compared with a number from 0 to 1, and True is none.", id="bool"),
        pytest.param(0, "rate >= 0 always holds, so it checks nothing.", id="always"),
    ],
)
def test_a_bound_that_is_none_is_refused(bound: float, said: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        _ = rate_of(3, 4) >= bound

    assert str(error.value) == said


def test_a_rate_is_no_truth_value() -> None:
    with pytest.raises(ConfigurationError, match=r"^rate 0\.75 .* Did you mean: assert rate >= 0\.9\?$"):
        assert rate_of(3, 4)


def test_two_rates_are_compared_by_no_worse_than() -> None:
    with pytest.raises(ConfigurationError, match=r"no_worse_than\(llm_baseline, \.\.\.\)$"):
        _ = rate_of(3, 4) >= rate_of(2, 4)  # type: ignore[operator]


# -- demands with a confidence --


@pytest.mark.parametrize(
    ("passed", "trials", "said"),
    [
        (59, 59, "rate 1.00 is at least 0.95  (PASS at 95% confidence: 59 of 59 trials, which show at least 0.95)"),
        (50, 60, "rate 0.83 is at least 0.95  (FAIL at 95% confidence: 50 of 60 trials, which show at most 0.907)"),
        (
            58,
            60,
            "rate 0.97 is at least 0.95  (UNDECIDED at 95% confidence: 58 of 60 trials, which show at least 0.899; "
            "at this rate about 577 would decide)",
        ),
        (
            56,
            60,
            "rate 0.93 is at least 0.95  (UNDECIDED at 95% confidence: 56 of 60 trials, which show at least 0.854)",
        ),
    ],
)
def test_the_data_support_at_least_a_rate_or_not_or_do_not_tell(passed: int, trials: int, said: str) -> None:
    verdict = rate_of(passed, trials).at_least(0.95)
    test = binomtest(passed, trials, 0.95)

    assert repr(verdict) == said
    low = test.proportion_ci(0.9, "exact").low
    high = test.proportion_ci(0.9, "exact").high
    assert verdict.word == ("PASS" if low >= 0.95 else "FAIL" if high < 0.95 else "UNDECIDED")


def test_at_most_is_at_least_of_the_others() -> None:
    assert repr(rate_of(0, 60).at_most(0.05)) == (
        "rate 0.00 is at most 0.05  (PASS at 95% confidence: 0 of 60 trials, which show at most 0.0487)"
    )
    assert repr(rate_of(10, 60).at_most(0.05)) == (
        "rate 0.17 is at most 0.05  (FAIL at 95% confidence: 10 of 60 trials, which show at least 0.0933)"
    )


def test_a_demand_that_so_many_trials_could_never_meet_is_refused_with_the_number_that_could() -> None:
    with pytest.raises(ConfigurationError) as error:
        rate_of(10, 10).at_least(0.95)

    assert str(error.value) == (
        "10 trials can never show a rate of at least 0.95 at 95% confidence, even when all pass. "
        "It takes at least 59: trials=59."
    )


@pytest.mark.parametrize("bound", [0, 1])
def test_no_number_of_trials_shows_a_rate_of_all_or_none(bound: float) -> None:
    with pytest.raises(ConfigurationError, match=r"no number of trials shows that"):
        rate_of(10, 10).at_least(bound)


@pytest.mark.parametrize("confidence", [95, 1.0, 0.2, True, "high"])
def test_a_confidence_that_is_none_is_refused(confidence: float) -> None:
    with pytest.raises(ConfigurationError, match=r"is not a confidence: from 0\.5 to below 1, as 0\.95\."):
        rate_of(10, 10).at_least(0.5, confidence=confidence)


def test_an_undecided_demand_warns_and_holds() -> None:
    verdict = rate_of(56, 60).at_least(0.95)

    with pytest.warns(UndecidedWarning, match=r"^rate 0\.93 is at least 0\.95"):
        assert verdict


def test_an_undecided_demand_fails_where_the_run_says_so() -> None:
    class Run:
        undecided = "fail"
        confidence = 0.95

        def judged(self, *told: object) -> None:
            """Take no note."""

        refused = judged

    run = Run()
    host.enter(lambda: run)  # type: ignore[arg-type,return-value]
    verdict = rate_of(56, 60).at_least(0.95)
    holds = bool(verdict)
    host.leave(host._hosts[-1])

    assert not holds


# -- several trials of several cases --


def test_trials_that_share_a_case_widen_the_interval_as_clusters_do() -> None:
    from statsmodels.regression.linear_model import OLS

    texts = ["yes"] * 9 + ["no"] * 3 + ["yes"] * 6 + ["no"] * 6
    cases = [f"case {number // 4}" for number in range(24)]
    rate = Sample(texts, cases).rate(is_yes)
    outcomes = [float(text == "yes") for text in texts]
    groups = [number // 4 for number in range(24)]
    fit = OLS(outcomes, [1.0] * 24).fit(
        cov_type="cluster", cov_kwds={"groups": groups, "use_correction": True, "df_correction": True}, use_t=True
    )
    low, high = fit.conf_int()[0]
    # statsmodels corrects by (n - 1) / (n - k) too, which is 1 for a mean
    assert (rate.interval.low, rate.interval.high) == pytest.approx((max(0, low), min(1, high)), abs=1e-9)
    assert repr(rate) == f"rate 0.62  (15 of 24 trials of 6 cases, {rate.interval})"


def test_cases_that_all_pass_count_as_one_trial_each() -> None:
    cases = [f"case {number // 20}" for number in range(60)]
    rate = Sample(["yes"] * 60, cases).rate(is_yes)

    assert rate.interval.low == pytest.approx(proportion_confint(3, 3, 0.05, "wilson")[0], abs=1e-9)
    with pytest.raises(ConfigurationError, match=r"^3 trials can never show a rate of at least 0\.95"):
        rate.at_least(0.95)


@pytest.mark.parametrize(
    ("side", "bound", "said"),
    [
        (
            "at_least",
            0.6,
            "rate 0.82 is at least 0.6  (PASS at 95% confidence: 49 of 60 trials, which show at least 0.713)",
        ),
        (
            "at_least",
            0.75,
            "rate 0.82 is at least 0.75  (UNDECIDED at 95% confidence: 49 of 60 trials, which show at least 0.713)",
        ),
        (
            "at_most",
            0.9,
            "rate 0.82 is at most 0.9  (UNDECIDED at 95% confidence: 49 of 60 trials, which show at most 0.92)",
        ),
        (
            "at_most",
            0.95,
            "rate 0.82 is at most 0.95  (PASS at 95% confidence: 49 of 60 trials, which show at most 0.92)",
        ),
        (
            "at_most",
            0.6,
            "rate 0.82 is at most 0.6  (FAIL at 95% confidence: 49 of 60 trials, which show at least 0.713)",
        ),
    ],
)
def test_a_demand_on_trials_that_share_a_case_is_decided_by_the_clustered_bound(
    side: str, bound: float, said: str
) -> None:
    from statsmodels.regression.linear_model import OLS

    right = [5, 5, 4, 5, 3, 4, 5, 2, 4, 5, 3, 4]
    texts = [text for count in right for text in ["yes"] * count + ["no"] * (5 - count)]
    rate = Sample(texts, [f"case {number // 5}" for number in range(60)]).rate(is_yes)
    verdict = rate.at_least(bound) if side == "at_least" else rate.at_most(bound)

    fit = OLS([float(text == "yes") for text in texts], [1.0] * 60).fit(
        cov_type="cluster", cov_kwds={"groups": [number // 5 for number in range(60)]}, use_t=True
    )
    low, high = fit.conf_int(alpha=0.1)[0]
    holds, fails = (low >= bound, high < bound) if side == "at_least" else (high <= bound, low > bound)

    assert repr(verdict) == said
    assert verdict.word == ("PASS" if holds else "FAIL" if fails else "UNDECIDED")
    assert f"{low:.3g}" in said or f"{high:.3g}" in said
