"""What the evidence amounts to: every verdict, with its sentence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from pytest_llm.drift.attribution import verdict
from pytest_llm.drift.confirmation import alpha_per_run, confirm
from pytest_llm.drift.ladder import climb
from pytest_llm.drift.power import needed
from pytest_llm.drift.settings import Settings
from pytest_llm.drift.suite import corrected, judge_suite
from pytest_llm.drift.values import Draw, Evidence, Probe, Verdict
from pytest_llm.errors import ConfigurationError

SETTINGS = Settings()
WORDS = "the a refund order parcel is was late soon blue never store".split()


def texts(rng: np.random.Generator, many: int, extra: str = "") -> list[Draw]:
    return [Draw(" ".join([*rng.choice(WORDS, 6), extra]).strip()) for _ in range(many)]


def probe(name: str, before: Sequence[Draw], after: Sequence[Draw], **fields: bool) -> Probe:
    return Probe(name, tuple(before), tuple(after), f"Prompt of {name}?", **fields)


def sampled(seed: int, extra: str = "", before: int = 10, after: int = 10, many: int = 4) -> list[Probe]:
    rng = np.random.default_rng(seed)
    return [probe(f"r{place}", texts(rng, before), texts(rng, after, extra)) for place in range(many)]


def with_all(probes: Sequence[Probe], change: Callable[[Draw], Draw], *sides: str) -> list[Probe]:
    return [replace(one, **{side: tuple(map(change, getattr(one, side))) for side in sides}) for one in probes]


def test_nothing_changed_and_the_sentence_says_what_would_have_been_seen() -> None:
    found = verdict(sampled(1), SETTINGS)

    assert (found.kind, found.level, found.changed, found.calls) == ("UNCHANGED", "PASS", False, 40)
    assert found.sentence == "no difference is seen; with power 0.8 it sees 38% of the answers replaced by unlike ones"
    assert [str(one) for one in found.evidence] == ["no difference in the texts (p = 0.56; 4 requests, 40 + 40 draws)"]


def test_other_texts_are_a_changed_distribution_and_a_warning_until_it_is_confirmed() -> None:
    found = verdict(sampled(2, extra="arrr"), SETTINGS)

    assert (found.kind, found.level, found.direction) == ("DISTRIBUTION CHANGED", "WARN", "")
    assert found.p == 1 / 2000
    assert found.sentence == (
        "the wording differs in one direction over all requests (p = 0.0005; 4 requests, 40 + 40 draws)"
    )


def test_texts_that_differ_where_the_tests_hold_say_so() -> None:
    passing = with_all(sampled(2, extra="arrr"), lambda draw: replace(draw, outcome=1.0), "baseline", "fresh")
    found = verdict(passing, SETTINGS)

    assert found.kind == "DISTRIBUTION CHANGED"
    assert found.sentence.endswith("; the tests hold")


@pytest.mark.parametrize(("outcome", "direction"), [(0.0, "worse"), (1.0, "better")])
def test_other_outcomes_are_changed_behaviour_with_a_direction(outcome: float, direction: str) -> None:
    probes = with_all(sampled(3), lambda draw: replace(draw, outcome=1 - outcome), "baseline")
    found = verdict(with_all(probes, lambda draw: replace(draw, outcome=outcome), "fresh"), SETTINGS)

    assert (found.kind, found.direction, found.level) == ("BEHAVIOUR CHANGED", direction, "WARN")
    assert found.sentence.startswith(f"{direction}: pass rate {1 - outcome:.3f} → {outcome:.3f} (")


def test_another_served_model_is_a_fact() -> None:
    probes = with_all(sampled(4), lambda draw: replace(draw, served_model="m-2026-01"), "baseline")
    found = verdict(with_all(probes, lambda draw: replace(draw, served_model="m-2026-09"), "fresh"), SETTINGS)

    assert (found.kind, found.level) == ("IDENTITY CHANGED", "FAIL")
    assert found.sentence == "the served model changed: m-2026-01 → m-2026-09"


def test_another_number_of_tokens_of_the_same_prompt_is_a_fact() -> None:
    probes = with_all(sampled(4), lambda draw: replace(draw, prompt_tokens=12), "baseline")
    found = verdict(with_all(probes, lambda draw: replace(draw, prompt_tokens=31), "fresh"), SETTINGS)

    assert (found.kind, found.sentence) == (
        "IDENTITY CHANGED",
        "the same prompt has another number of tokens: 12 → 31 for 'Prompt of r0?' and others, 4 requests of 4; "
        "the tokenizer, the chat template or a system prompt is another",
    )


def test_a_new_fingerprint_or_version_is_told_and_changes_no_verdict() -> None:
    probes = with_all(
        sampled(1),
        lambda draw: replace(draw, system_fingerprint="fp_1", headers={"openai-version": "1"}),
        "baseline",
    )
    fresh = with_all(
        probes, lambda draw: replace(draw, system_fingerprint="fp_2", headers={"openai-version": "2"}), "fresh"
    )
    found = verdict(fresh, SETTINGS)

    assert found.kind == "UNCHANGED"
    assert [str(one) for one in found.evidence][:2] == [
        "a system fingerprint never seen before: fp_2 (was fp_1)",
        "the header openai-version changed: 1 → 2",
    ]


def test_few_draws_are_not_enough_and_the_sentence_says_how_many_are() -> None:
    found = verdict(sampled(5, before=6, after=1, many=1), SETTINGS)

    assert (found.kind, found.level) == ("NOT ENOUGH EVIDENCE", "PASS")
    assert found.needed is not None
    assert found.sentence == (
        f"no difference is seen, but it takes {found.needed} fresh calls a request to see 50% of the answers replaced"
    )


def test_a_baseline_of_too_few_draws_says_how_many_it_takes() -> None:
    found = verdict([probe("r", [Draw("yes")], [Draw("yes")], greedy=True)], SETTINGS)

    assert (found.kind, found.needed) == ("NOT ENOUGH EVIDENCE", None)
    assert found.sentence == (
        "no difference is seen, but the baseline has too few draws: it takes at least 12 baseline draws and 12 "
        "fresh calls a request to see 50% of the answers replaced"
    )


@pytest.mark.parametrize(("requests", "before", "after"), [(1, 1, 1), (1, 3, 10), (4, 2, 1), (2, 1, 4)])
def test_as_many_draws_as_a_verdict_asks_for_are_enough(requests: int, before: int, after: int) -> None:
    short = [
        probe(f"r{place}", [Draw("yes")] * before, [Draw("yes")] * after, greedy=True) for place in range(requests)
    ]
    lacks = needed(short, climb(short, SETTINGS), SETTINGS)
    many = lacks.baseline or before, lacks.fresh or 0
    longer = [probe(one.name, [Draw("yes")] * many[0], [Draw("yes")] * many[1], greedy=True) for one in short]

    assert verdict(short, SETTINGS).kind == "NOT ENOUGH EVIDENCE"
    assert verdict(longer, SETTINGS).kind == "UNCHANGED"


def test_failed_calls_are_never_unchanged() -> None:
    nothing = [Probe("r", (Draw("yes"),), (), errors=5)]
    mostly = [replace(one, errors=11) for one in sampled(1)]

    assert str(verdict(nothing, SETTINGS)) == "COULD NOT MEASURE: 5 draws wanted, none answered"
    assert str(verdict(mostly, SETTINGS)) == "COULD NOT MEASURE: 44 of 84 draws failed; the others show no change"
    assert str(verdict([Probe("r", (), (Draw("yes"),))], SETTINGS)) == (
        "COULD NOT MEASURE: there is no baseline to compare with"
    )
    assert str(verdict([], SETTINGS)) == "COULD NOT MEASURE: no call"


def test_log_probabilities_that_never_varied_show_the_smallest_change() -> None:
    before = [Draw("yes", top={"yes": -0.1, "no": -2.3})] * 5
    after = [Draw("yes", top={"yes": -0.11, "no": -2.2})] * 2
    found = verdict([probe(f"r{place}", before, after) for place in range(3)], SETTINGS)

    assert found.kind == "DISTRIBUTION CHANGED"
    assert found.sentence == (
        "first-token log-probabilities differ by 0.05 nats from the baseline's mean, which itself varies by 0.00 "
        "(p = 0.0005; 3 requests, 15 + 6 draws)"
    )


def test_two_of_ten_canaries_that_answer_otherwise_are_enough() -> None:
    canaries = [
        probe(f"r{place}", [Draw("yes")] * 10, [Draw("no" if place < 2 else "yes")], greedy=True) for place in range(10)
    ]
    found = verdict(canaries, Settings(permutations=9999))

    assert found.kind == "DISTRIBUTION CHANGED"
    assert found.sentence.startswith("2 of 10 greedy answers were never given before (p = 0.0")


def sessions(seed: int, effects: Sequence[float], fresh: int) -> list[Probe]:
    """Two requests, five draws a session; a session says "now" with its own probability."""
    rng = np.random.default_rng(seed)
    probes = []
    for name in ("a", "b"):
        draws = [
            [
                replace(draw, session=f"{place}", text=draw.text + " as of right now" * int(rng.random() < share))
                for draw in texts(rng, 5)
            ]
            for place, share in enumerate(effects)
        ]
        split = len(effects) - fresh
        before, after = ([draw for one in side for draw in one] for side in (draws[:split], draws[split:]))
        probes.append(probe(name, before, after))
    return probes


def test_a_baseline_of_several_sessions_is_judged_by_sessions() -> None:
    quiet = sessions(1, [0, 1, 0, 1, 1, 0, 1, 1], fresh=3)
    moved = sessions(2, [0, 0, 0, 0, 0, 1, 1, 1], fresh=3)

    assert verdict(quiet, SETTINGS).kind in ("UNCHANGED", "NOT ENOUGH EVIDENCE")
    assert (verdict(moved, SETTINGS).kind, verdict(moved, SETTINGS).level) == ("DISTRIBUTION CHANGED", "FAIL")
    assert verdict(moved, SETTINGS).p == 1 / 56


def test_outcomes_too_are_told_with_the_p_of_permuted_sessions() -> None:
    passing = with_all(sessions(1, [0, 1, 0, 1], fresh=1), lambda draw: replace(draw, outcome=1.0), "baseline")
    found = verdict(with_all(passing, lambda draw: replace(draw, outcome=0.0), "fresh"), SETTINGS)

    assert str(found.evidence[-1]) == (
        "pass rate 1.000 → 0.000 (-1.000, 95% CI -1.000 to -0.759; p = 0.0001, by session = 0.25, permutation within "
        "requests; 2 requests, 30 + 10 outcomes)"
    )


def test_one_fresh_session_against_several_is_a_warning_at_most() -> None:
    found = verdict(sessions(3, [0, 0, 0, 0, 1], fresh=1), SETTINGS)

    assert (found.kind, found.level) == ("DISTRIBUTION CHANGED", "WARN")


def looks(seed: int, first: float, again: float, before: Sequence[float] = (0,)) -> tuple[list[Probe], list[Probe]]:
    both = sessions(seed, [*before, first, again], fresh=2)
    size = 5
    one = [replace(probe, fresh=probe.fresh[:size]) for probe in both]
    two = [replace(probe, fresh=probe.fresh[size:]) for probe in both]
    return one, two


def confirmed(one: Sequence[Probe], two: Sequence[Probe], settings: Settings = SETTINGS) -> Verdict:
    return confirm(verdict(one, settings), one, two, settings)


def test_an_alarm_that_a_fresh_session_confirms_is_a_failure() -> None:
    found = confirmed(*looks(4, 1, 1))

    assert (found.kind, found.level) == ("DISTRIBUTION CHANGED", "FAIL")
    assert found.sentence.endswith("; confirmed in a fresh session")


def test_an_alarm_that_a_fresh_session_does_not_confirm_is_none() -> None:
    found = confirmed(*looks(5, 1, 0))

    assert not found.changed
    assert found.sentence.startswith("a first alarm is not confirmed in a fresh session: ")


def test_the_rung_that_raised_the_alarm_is_not_corrected_for_those_asked_beside_it_again() -> None:
    """Four canaries of four, p = 0.0006 here, are too many by chance for one question at 0.001, not for one of two."""
    settings = Settings(alpha=0.001)
    before = [Draw("yes", session="0")] * 10

    def canaries(session: str) -> Probe:
        return replace(probe("r", before, [Draw("no", session=session)] * 4), greedy=True)

    beside = Probe("s", *(tuple(Draw(f"{number}") for number in range(many)) for many in (10, 5)))
    one, two = [canaries("1")], [canaries("2"), beside]
    found = confirmed(one, two, settings)

    assert verdict(one, settings).changed
    assert not verdict(two, settings).changed
    assert (found.kind, found.level) == ("DISTRIBUTION CHANGED", "FAIL")
    assert found.sentence.startswith("4 of 4 greedy answers were never given before (p = 0.00")


def test_fresh_sessions_that_differ_from_each_other_blame_the_sessions() -> None:
    one, two = looks(6, 1, 1)
    two = with_all(
        two, lambda draw: replace(draw, text=draw.text.replace("as of right now", "by and by, perhaps")), "fresh"
    )
    found = confirmed(one, two)

    assert (found.kind, found.level) == ("DISTRIBUTION CHANGED", "WARN")
    assert found.sentence.endswith(
        "; the fresh sessions may differ from each other as well; record a baseline of several sessions"
    )


def test_sessions_of_a_baseline_that_are_alike_let_one_run_confirm() -> None:
    found = confirmed(*looks(7, 1, 1, before=(0, 0, 0, 0)))

    assert (found.kind, found.level) == ("DISTRIBUTION CHANGED", "FAIL")
    assert found.sentence.endswith("; confirmed in a fresh session")


def test_sessions_of_a_baseline_that_differ_take_more_than_one_run() -> None:
    def own(draw: Draw) -> Draw:
        return replace(draw, text=f"{draw.text} {int(draw.session) * 111}")

    one, two = (with_all(look, own, "baseline", "fresh") for look in looks(7, 1, 1, before=(0, 0, 0, 0)))
    found = confirmed(one, two)

    assert (found.kind, found.level) == ("DISTRIBUTION CHANGED", "WARN")
    assert found.sentence.endswith(
        "; sessions of one side may differ from each other as well, so that one run cannot tell"
    )


def test_where_something_changed_the_tests_are_asked_one_question() -> None:
    """Four failures of four, after ten passes of ten: p = 0.001, too much for one of five questions at 0.004."""
    settings = Settings(alpha=0.004)
    passed, other = [Draw("Paris", outcome=1.0)] * 10, [Draw("Paris", served_model="m-2", outcome=0.0)] * 4
    before = [replace(draw, served_model="m-1") for draw in passed]
    found = verdict([probe("r", before, other)], settings)

    assert (found.kind, found.level, found.direction) == ("BEHAVIOUR CHANGED", "FAIL", "worse")


def test_too_few_outcomes_that_differ_are_not_said_to_hold() -> None:
    before = [Draw("Paris", served_model="m-1", outcome=1.0)] * 3
    found = verdict([probe("r", before, [Draw("Paris", served_model="m-2", outcome=0.0)] * 3)], SETTINGS)

    assert found.sentence == ("the served model changed: m-1 → m-2; too few outcomes tell whether the tests hold")


def test_tests_that_may_go_otherwise_do_not_hold() -> None:
    before = [Draw("Paris", served_model="m-1", outcome=1.0)] * 4
    after = [Draw("Paris", served_model="m-2", outcome=0.0)] * 4
    found = verdict([probe("r", before, after)], Settings(alpha=0.004))

    assert (found.kind, found.sentence) == (
        "IDENTITY CHANGED",
        "the served model changed: m-1 → m-2; the tests may go otherwise: pass rate 1.000 → 0.000, p = 0.028",
    )


@pytest.mark.parametrize(("canaries", "level"), [(0, "FAIL"), (3, "WARN")])
def test_sessions_that_differ_on_another_rung_take_more_than_one_run(canaries: int, level: str) -> None:
    alike = looks(7, 0, 0, before=(0, 0, 0, 0))
    worse = [
        with_all(with_all(look, lambda draw: replace(draw, outcome=1.0), "baseline"), failed, "fresh") for look in alike
    ]
    one, two = (look + [replace(own(probe), greedy=True) for probe in look[:canaries]] for look in worse)
    found = confirmed(one, two)

    assert (found.kind, found.level) == ("BEHAVIOUR CHANGED", level)


def failed(draw: Draw) -> Draw:
    return replace(draw, outcome=0.0)


def own(probe: Probe) -> Probe:
    """Return a probe whose answers are those of their session, and all alike within one."""
    sides = {
        side: tuple(Draw(f"answer {draw.session}", session=draw.session) for draw in getattr(probe, side))
        for side in ("baseline", "fresh")
    }
    return replace(probe, name=f"{probe.name} at temperature 0", **sides)


def test_one_item_of_many_that_differs_by_chance_is_unchanged() -> None:
    items = {f"test_{seed}": sampled(seed, many=1) for seed in range(100, 140)}
    found = judge_suite(items, Settings(alpha=0.2))
    alone = [verdict(probes, Settings(alpha=0.1)).changed for probes in items.values()]

    assert any(alone)
    assert not any(one.changed for one in found.items.values())
    assert not found.verdict.changed


def test_one_item_of_many_that_did_change_is_found() -> None:
    items = {f"test_{seed}": sampled(seed, many=1) for seed in range(20, 40)}
    found = judge_suite(items | {"test_moved": sampled(9, extra="arrr", many=1)}, SETTINGS)

    assert [name for name, one in found.items.items() if one.changed] == ["test_moved"]
    assert found.verdict.kind == "DISTRIBUTION CHANGED"
    assert found.verdict.sentence.startswith("1 of 21 items changed; ")


def test_an_item_whose_difference_was_not_seen_again_is_none_of_those_that_changed() -> None:
    items = {f"test_{seed}": sampled(seed, many=1) for seed in range(20, 40)}
    moved = {name: sampled(9, extra="arrr", many=1) for name in ("test_moved", "test_odd")}
    found = judge_suite(items | moved, SETTINGS, dropped={"test_odd"})

    assert [name for name, one in found.items.items() if one.changed] == ["test_moved", "test_odd"]
    assert found.verdict.sentence.startswith("1 of 22 items changed; ")


def test_behaviour_that_does_not_survive_the_correction_leaves_the_fact_of_another_model() -> None:
    fact = Evidence("identity", "the served model changed: m-1 → m-2", True)
    one = Verdict("BEHAVIOUR CHANGED", "worse: ...", "WARN", "worse", (fact,), p=0.04)
    found = corrected({"a": one, "b": Verdict("UNCHANGED", "...", p=0.9)}, 0.05)

    assert (found["a"].kind, found["a"].sentence) == ("IDENTITY CHANGED", "the served model changed: m-1 → m-2")
    assert found["b"].kind == "UNCHANGED"


def test_a_suite_of_one_item_has_its_verdict_and_one_of_none_could_not_be_measured() -> None:
    found = judge_suite({"a": sampled(1)}, SETTINGS)

    assert found.verdict == found.items["a"]
    assert judge_suite({}, SETTINGS).verdict.kind == "COULD NOT MEASURE"


def test_a_suite_without_an_item_of_enough_evidence_has_not_enough() -> None:
    items = {f"test_{number}": sampled(number, before=5, after=3, many=2) for number in range(6)}
    found = judge_suite(items, SETTINGS)

    assert {one.kind for one in found.items.values()} == {"NOT ENOUGH EVIDENCE"}
    assert found.verdict.kind == "NOT ENOUGH EVIDENCE"
    assert found.verdict.sentence.startswith("none of 6 items has evidence enough; together: no difference is seen; ")


def test_two_sessions_against_two_can_be_the_most_extreme() -> None:
    moved = sessions(2, [0, 0, 1, 1], fresh=2)
    (evidence,) = climb(moved, SETTINGS)

    assert evidence.session_p == evidence.smallest_session_p == pytest.approx(1 / 3)
    assert verdict(moved, SETTINGS).changed


def test_a_suite_with_an_item_that_could_not_be_measured_is_not_unchanged() -> None:
    found = judge_suite({"a": sampled(1), "b": [Probe("r", (Draw("yes"),), (), errors=2)]}, SETTINGS)

    assert found.verdict.kind == "COULD NOT MEASURE"
    assert found.verdict.sentence.startswith("1 of 2 items could not be measured; no difference is seen")


def test_the_false_alarm_rate_of_a_run_is_one_over_the_runs_between_two() -> None:
    assert alpha_per_run(100) == 0.01
    with pytest.raises(ConfigurationError, match=r"^An average run length of 0.5 runs is none. Valid: 1 or more.$"):
        alpha_per_run(0.5)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"alpha": 0}, "alpha=0 is no false-alarm rate. Valid: a number between 0 and 1."),
        (
            {"alpha": 0.001, "permutations": 99},
            "permutations=99 can give no p-value of 0.001. At least 1000 are needed.",
        ),
        ({"detect": 0}, "detect=0 is no share of answers. Valid: above 0, at most 1."),
    ],
)
def test_rules_that_cannot_work_are_refused(fields: dict[str, float], said: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        Settings(**fields)

    assert str(raised.value) == said
