"""Relations are counted for every variant, summed up in a table, and replayed from the cassette."""

from __future__ import annotations

import json

import pytest

from .project import Project, errors, section
from .server import Answer, Call, Provider

CODE = """
    from pytest_llm import strategies as llm_st

    PROMPTS = [
        "Please tell our customers when these items may travel home again because they asked.",
        "Explain whether somebody could return something that they bought here yesterday evening.",
    ]

    @llm_st.metamorphic(invariant=["typos", "case"], of=PROMPTS, variants=3, at_least=AT_LEAST)
    def test_it(llm, original, variant):
        assert llm.ask(variant).text == llm.ask(original).text
"""


def code(at_least: float = 1.0) -> str:
    return CODE.replace("AT_LEAST", str(at_least))


def shouted(call: Call) -> Answer:
    """Answer otherwise to who shouts."""
    return Answer("No." if call.text.isupper() else "Yes.")


def mistyped(call: Call) -> Answer:
    """Answer otherwise when one of two words is mistyped."""
    text = call.text.lower()
    return Answer("Yes." if "customers" in text or "yesterday" in text else "No.")


TABLE = [
    "Robustness of 1 test, variants for which each relation holds:",
    "  case               2/4 hold (95% CI 0.09-0.91)  not shown to flip more than asking again (p = 0.16)",
    "  typos              6/6 hold (95% CI 0.34-1.00)",
    "  asked again        6/6 hold (95% CI 0.34-1.00)",
]


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_the_table_is_replayed_with_identical_numbers(
    project: Project, provider: Provider, workers: tuple[str, ...]
) -> None:
    provider.reply = shouted
    project.write(code(at_least=0.5))
    recorded = section(project.record())
    calls, before = len(provider.calls), project.cassette().read_bytes()

    result = project.run(*workers)

    result.assert_outcomes(passed=1)
    assert (
        [line for line in recorded if "hold" in line] == [line for line in section(result) if "hold" in line] == TABLE
    )
    assert len(provider.calls) == calls
    assert project.cassette().read_bytes() == before


def test_a_relation_that_holds_too_seldom_fails_the_test(project: Project, provider: Provider) -> None:
    provider.reply = shouted
    project.write(code(at_least=0.9))

    result = project.run("--llm-record=once")

    result.assert_outcomes(failed=1)
    assert errors(result) == [
        "AssertionError: assert case: 2/4 hold (95% CI 0.09-0.91), wanted 90%",
        "asked again: 6/6 hold (95% CI 0.34-1.00)",
        "of 'Explain whether somebody could return something that they bought here yesterday evening.'",
        "case: Explain whether somebody could return s…e yesterday evening. → EXPLAIN WHETHER SOMEBODY COULD RETURN "
        "S…E YESTERDAY EVENING.",
        "assert 'No.' == 'Yes.'",
    ]


def test_the_variants_come_from_the_cassette(project: Project, provider: Provider) -> None:
    provider.always("Yes.")
    project.write(code())
    project.record()
    content = json.loads(project.cassette().read_text("utf-8"))
    examples = content["examples"]

    assert {entry["relation"] for entry in examples} == {"typos", "case"}
    assert {entry["variant"] for entry in examples} <= set(provider.asked)
    assert [sorted(entry) for entry in examples] == [["of", "relation", "test", "variant", "wanted"]] * 10


def test_a_failure_is_shrunk_to_the_fewest_changed_words_and_replayed_so(project: Project, provider: Provider) -> None:
    project.write("""
        from pytest_llm import strategies as llm_st

        PROMPT = "please tell our customers when these items may travel home again because they asked about it today"

        @llm_st.metamorphic(invariant="typos", of=PROMPT, variants=20, again=0)
        def test_it(llm, variant):
            assert llm.ask(variant).text == "Yes."
    """)
    provider.reply = lambda call: Answer("Yes." if "customers" in call.text else "No.")
    live = project.run("--llm-record=once")
    calls = len(provider.calls)
    replayed = project.run()

    live.assert_outcomes(failed=1)
    assert errors(live) == errors(replayed)
    assert errors(live)[2] == "typos: our customers → our custmoers"
    assert len(provider.calls) == calls == len(set(provider.asked))


def test_a_directional_relation_must_change_the_answer(project: Project, provider: Provider) -> None:
    project.write("""
        from pytest_llm import strategies as llm_st

        @llm_st.metamorphic(directional="negation", of="Is it true that water is wet?", variants=2)
        def test_it(llm, original, variant):
            assert llm.ask(variant).text != llm.ask(original).text
    """)
    provider.reply = lambda call: Answer("No." if " not " in call.text else "Yes.")

    result = project.record()

    assert "  negation        2/2 hold (95% CI 0.21-1.00)" in section(result)


PARAPHRASED = """
    from pytest_llm import strategies as llm_st

    PARAPHRASES = {
        "Is water wet?": ["Would you call water wet?", "Is it true that water is wet?"],
        "Is fire cold?": "Would you call fire cold?",
    }

    @llm_st.metamorphic(invariant=llm_st.paraphrasing(PARAPHRASES), of=PARAPHRASES, variants=1, again=1, at_least=0.5)
    def test_it(llm, original, variant):
        assert llm.ask(variant).text == llm.ask(original).text
"""


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_answers_agree_under_every_paraphrase_that_the_test_gives(
    project: Project, provider: Provider, workers: tuple[str, ...]
) -> None:
    project.write(PARAPHRASED)
    provider.reply = lambda call: Answer("No." if "true" in call.text else "Yes.")
    project.record()

    result = project.run(*workers)

    assert section(result)[1:] == [
        "Robustness of 1 test, variants for which each relation holds:",
        "  paraphrases        2/3 hold (95% CI 0.15-0.96)  not shown to flip more than asking again (p = 0.67)",
        "  asked again        2/2 hold (95% CI 0.34-1.00)",
    ]


def test_a_paraphrase_that_is_new_in_the_test_is_asked_too(project: Project, provider: Provider) -> None:
    project.write(PARAPHRASED)
    provider.always("Yes.")
    project.record()
    project.write(PARAPHRASED.replace('"Would you call fire cold?"', '["Would you call fire cold?", "Is fire icy?"]'))
    replayed, calls = project.run(), len(provider.calls)
    project.record(mode="missing")

    replayed.assert_outcomes(failed=1)
    assert provider.asked[calls:] == ["Is fire icy?"]


def test_paraphrases_may_be_the_answers_of_a_model_which_are_recorded(project: Project, provider: Provider) -> None:
    project.write(
        """
        import openai
        from pytest_llm import strategies as llm_st

        def reworded(prompt):
            asked = [{"role": "user", "content": f"Put otherwise: {prompt}"}]
            answer = openai.OpenAI(api_key="k", base_url=BASE_URL).chat.completions.create(model="m", messages=asked)
            return [answer.choices[0].message.content]

        @llm_st.metamorphic(invariant=llm_st.paraphrasing(reworded), of="Is water wet?", again=0)
        def test_it(llm, original, variant):
            assert llm.ask(variant).text == llm.ask(original).text
    """.replace("BASE_URL", repr(provider.url))
    )
    provider.reply = lambda call: Answer("Would you call water wet?" if "otherwise" in call.text else "Yes.")
    project.record()

    result = project.run()

    assert "  paraphrases        1/1 hold (95% CI 0.21-1.00)" in section(result)
    assert provider.asked == ["Put otherwise: Is water wet?", "Would you call water wet?", "Is water wet?"]


EVIDENCE = """
    from pytest_llm import strategies as llm_st

    EVIDENCE = ["It broke after a day.", "Nobody answered.", "It smelled, too."]

    def stars(response):
        return int(response.text)

    @llm_st.metamorphic(directional=llm_st.adding_evidence(EVIDENCE), of=["A kettle.", "A toaster."], at_least=AT_LEAST)
    def test_it(llm, original, variant):
        assert stars(llm.ask(variant)) <= stars(llm.ask(original))
"""


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_a_score_is_monotone_in_the_evidence_piece_by_piece(
    project: Project, provider: Provider, workers: tuple[str, ...]
) -> None:
    project.write(EVIDENCE.replace("AT_LEAST", "0.5"))
    provider.reply = lambda call: Answer("3" if "Nobody" in call.text and "smelled" not in call.text else "2")
    project.record()

    result = project.run(*workers)

    assert "  added evidence        4/6 hold (95% CI 0.16-0.95)" in section(result)
    assert provider.asked[:4] == [
        "A kettle. It broke after a day.",
        "A kettle.",
        "A kettle. It broke after a day. Nobody answered.",
        "A kettle. It broke after a day. Nobody answered. It smelled, too.",
    ]


def test_the_piece_of_evidence_that_a_score_gets_wrong_is_told(project: Project, provider: Provider) -> None:
    project.write(EVIDENCE.replace("AT_LEAST", "0.9"))
    provider.reply = lambda call: Answer("3" if "Nobody" in call.text and "smelled" not in call.text else "2")

    result = project.run("--llm-record=once")

    result.assert_outcomes(failed=1)
    assert errors(result) == [
        "AssertionError: assert added evidence: 4/6 hold (95% CI 0.16-0.95), wanted 90%",
        "of 'A kettle. It broke after a day.'",
        "added evidence: day. → day. Nobody answered.",
        "assert 3 <= 2",
    ]


def test_a_prompt_without_paraphrases_is_told(project: Project) -> None:
    project.write("""
        from pytest_llm import strategies as llm_st

        @llm_st.metamorphic(invariant=llm_st.paraphrasing({"Is water wet?": ["Is it?"]}), of=["Is water wet", "x"])
        def test_it(llm, variant):
            assert llm.ask(variant).text
    """)

    result = project.run()

    result.assert_outcomes(failed=1)
    assert errors(result)[-1] == (
        "pytest_llm.errors.ConfigurationError: paraphrasing() has no texts for the prompt 'Is water wet'. It needs one "
        "or several for each prompt."
    )


def test_options_in_another_order_are_expected_under_their_new_labels(project: Project, provider: Provider) -> None:
    project.write("""
        from pytest_llm import strategies as llm_st

        QUESTION = "What is the capital of Norway?\\nA) Rome\\nB) Oslo\\nC) Paris"

        @llm_st.metamorphic(invariant="option order", of=QUESTION, variants=4)
        def test_it(llm, variant):
            assert llm.ask(variant).text == variant.expected("B")
    """)
    provider.reply = lambda call: Answer(next(line[0] for line in call.text.splitlines() if "Oslo" in line))

    result = project.record()

    assert "  option order        4/4 hold (95% CI 0.21-1.00)" in "\n".join(section(result))


def test_asking_again_tells_a_model_that_disagrees_with_itself(project: Project, provider: Provider) -> None:
    project.write("""
        from pytest_llm import strategies as llm_st

        @llm_st.metamorphic(invariant="politeness", of="Is it true?", variants=4, again=8, at_least=0.01)
        def test_it(llm, original, variant):
            assert llm.ask(variant).text == llm.ask(original).text
    """)
    provider.reply = lambda call: Answer("Yes." if call.number % 2 else "No.")

    recorded, replayed = project.record(), project.run()

    lines = [line for line in section(recorded) if "hold" in line]

    assert lines == [line for line in section(replayed) if "hold" in line]
    assert lines[-1].startswith("  asked again        4/8 hold (")
    assert [call.text for call in provider.calls].count("Is it true?") == 9  # the first answer, and each of eight once


def test_an_asynchronous_test_has_relations_too(project: Project, provider: Provider) -> None:
    provider.always("Yes.")
    project.write("""
        import pytest
        from pytest_llm import strategies as llm_st

        @pytest.mark.asyncio
        @llm_st.metamorphic(invariant="case", of="Is it true?", variants=2, again=1)
        async def test_it(async_llm, original, variant):
            assert (await async_llm.ask(variant)).text == (await async_llm.ask(original)).text
    """)
    project.record()

    project.run().assert_outcomes(passed=1)


def test_the_original_need_not_be_asked(project: Project, provider: Provider) -> None:
    provider.always("Yes.")
    project.write("""
        from pytest_llm import strategies as llm_st

        @llm_st.metamorphic(invariant="case", of="Is it true?", variants=2, again=3)
        def test_it(llm, original, variant):
            assert llm.ask(variant).text == "Yes.", original
    """)
    recorded, calls = project.record(), len(provider.calls)

    result = project.run()

    result.assert_outcomes(passed=1)
    assert section(result)[1:] == section(recorded)[1:]
    assert len(provider.calls) == calls == 2 + 3


def test_a_method_has_relations_and_examples_too(project: Project, provider: Provider) -> None:
    provider.always("Yes.")
    project.write("""
        from hypothesis import given, settings
        from pytest_llm import strategies as llm_st

        class TestIt:
            @llm_st.metamorphic(invariant="case", of="Is it true?", variants=2, again=0)
            def test_related(self, llm, variant):
                assert llm.ask(variant).text == "Yes."

            @settings(max_examples=3)
            @given(variant=llm_st.prompts_like("Is it true?", ["politeness"]))
            def test_drawn(self, llm, variant):
                assert llm.ask(variant).text == "Yes."
    """)
    project.record()

    project.run().assert_outcomes(passed=2)


def test_variants_that_are_not_recorded_are_unrecorded(project: Project) -> None:
    project.write(code())

    result = project.run()

    result.assert_outcomes(failed=1)
    assert section(result) == ['1 test lacks a recording. Record it: pytest --llm-record=once "test_it.py::test_it"']


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(
            "invariant='negation', of='x'",
            "'negation' changes the answer, so it is no invariance. Give it as directional=.",
            id="not invariant",
        ),
        pytest.param(
            "of='x'", "metamorphic() needs a relation: invariant='typos', directional='negation', ...", id="none"
        ),
        pytest.param("invariant='case', of=[]", "metamorphic(of=()) needs a prompt, or several.", id="no prompt"),
        pytest.param(
            "invariant='case', of='x', at_least=90",
            "metamorphic(at_least=90) is no share above 0 and up to 1.",
            id="per cent",
        ),
        pytest.param(
            "invariant='case', of='x', variants=0",
            "metamorphic(variants=0, again=0): at least one variant.",
            id="no variant",
        ),
    ],
)
def test_what_cannot_be_run_is_told_at_collection(project: Project, arguments: str, message: str) -> None:
    project.write(f"""
        from pytest_llm import strategies as llm_st

        @llm_st.metamorphic({arguments})
        def test_it(llm, variant):
            assert llm.ask(variant).text
    """)

    result = project.run()

    result.assert_outcomes(errors=1)
    assert f"pytest_llm.errors.ConfigurationError: {message}" in errors(result)


def test_an_error_of_a_fixture_names_the_file_of_the_test(project: Project) -> None:
    path = project.write(
        """
        from pytest_llm import strategies as llm_st

        @llm_st.metamorphic(invariant="typos", of="Where is my parcel?")
        def test_it(absent, variant):
            pass
        """
    )

    project.run().stdout.fnmatch_lines([f"file {path}, line 4", "E       fixture 'absent' not found"])
