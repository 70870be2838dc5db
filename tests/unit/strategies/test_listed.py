"""Relations whose variants the test lists: all of them are used, and none is made up."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import find, settings

from pytest_llm import strategies as llm_st
from pytest_llm.errors import ConfigurationError
from pytest_llm.strategies.recording import decoded, encoded

LISTS = {"How long?": ["Until when?", "How many days?", "Until when?"]}


@pytest.mark.parametrize(
    "given", [pytest.param(LISTS, id="by prompt"), pytest.param(LISTS.__getitem__, id="a function of the prompt")]
)
def test_every_paraphrase_is_a_variant_once_however_few_are_asked_for(given: Callable[[str], list[str]]) -> None:
    made = llm_st.paraphrasing(given).variants("How long?", 1)

    assert made == ["Until when?", "How many days?"]
    assert {(one.original, one.of, one.relation, one.alters) for one in made} == (
        {("How long?", "How long?", "paraphrases", False)}
    )


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        pytest.param("A kettle.", "A kettle. It broke.", "A kettle. It broke. It smells.", id="a line"),
        pytest.param("A\nkettle.", "A\nkettle.\n\nIt broke.", "A\nkettle.\n\nIt broke.\n\nIt smells.", id="lines"),
    ],
)
def test_each_piece_of_evidence_is_added_to_those_before(text: str, first: str, second: str) -> None:
    made = llm_st.adding_evidence(["It broke.", "It smells."]).variants(text)

    assert [(str(one), one.original) for one in made] == [(first, text), (second, first)]
    assert {(one.of, one.relation, one.alters) for one in made} == {(text, "added evidence", True)}


def test_evidence_may_be_given_by_prompt_and_as_one_text() -> None:
    by_prompt = llm_st.adding_evidence({"A kettle.": "It broke.", "A pan.": ["It is black."]})

    assert by_prompt.variants("A kettle.") == ["A kettle. It broke."]
    assert llm_st.adding_evidence("It broke.").variants("A pan.") == ["A pan. It broke."]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        pytest.param(
            lambda: llm_st.paraphrasing(LISTS).variants("How long"),
            "paraphrasing() has no texts for the prompt 'How long'. It needs one or several for each prompt.",
            id="another prompt",
        ),
        pytest.param(
            lambda: llm_st.paraphrasing(lambda prompt: [1]).variants("How long?"),  # type: ignore[list-item]
            "paraphrasing() has (1,) for the prompt 'How long?'. It needs one or several for each prompt.",
            id="no text",
        ),
        pytest.param(
            lambda: llm_st.adding_evidence([]).variants("A pan."),
            "adding_evidence() has no texts for the prompt 'A pan.'. It needs one or several for each prompt.",
            id="no evidence",
        ),
    ],
)
def test_what_is_not_listed_is_told(make: Callable[[], object], message: str) -> None:
    with pytest.raises(ConfigurationError) as told:
        make()

    assert str(told.value) == message


def test_hypothesis_draws_them_too() -> None:
    few = settings(database=None, derandomize=True, deadline=None)
    drawn = llm_st.prompts_like("A pan.", [llm_st.adding_evidence(["It broke.", "It smells."])])

    assert find(drawn, lambda variant: "smells" in variant, settings=few) == "A pan. It broke. It smells."


@pytest.mark.parametrize(
    "relation",
    [
        pytest.param(llm_st.adding_evidence(["It broke.", "It smells."]), id="evidence"),
        pytest.param(llm_st.renaming({"Ann": "Eve"}), id="renamed"),
        pytest.param(llm_st.RELATIONS["typos"], id="typos"),
        pytest.param(llm_st.RELATIONS["negation"], id="negation"),
    ],
)
def test_a_variant_comes_back_from_a_cassette_as_it_was(relation: llm_st.Relation) -> None:
    variant = relation.variants("Ann is where the kettle stands.")[-1]
    again = decoded(encoded(("x", [variant])))[1][0]

    assert {name: getattr(again, name) for name in llm_st.Variant.__slots__} == (
        {name: getattr(variant, name) for name in llm_st.Variant.__slots__}
    )
    assert again == variant
