"""Responses as draws, greedy requests, border inputs, and the example of a change."""

from __future__ import annotations

import pytest

from pytest_llm.drift.example import Example, most_changed
from pytest_llm.drift.logprobs import lead
from pytest_llm.drift.planning import Candidate, plan
from pytest_llm.drift.reading import draw_of, is_greedy
from pytest_llm.drift.values import Draw, Probe
from pytest_llm.messages import Response, TokenLogprob, ToolCall, Usage


def test_a_draw_holds_what_the_api_said_of_an_answer() -> None:
    response = Response(
        "Paris.",
        tool_calls=(ToolCall("look", {"b": 2, "a": 1}, "call_7"),),
        model="m-1",
        system_fingerprint="fp",
        usage=Usage(12, 3),
        logprobs=(TokenLogprob("Paris", -0.1, (("Paris", -0.1), ("The", -2.5))), TokenLogprob(".", -0.2)),
    )

    assert draw_of(response, session="night 1", outcome=1.0, headers={"openai-version": "1"}) == Draw(
        'Paris.\nlook({"a": 1, "b": 2})',
        None,
        {"Paris": -0.1, "The": -2.5},
        (-0.1, -0.2),
        "m-1",
        "fp",
        12,
        {"openai-version": "1"},
        "night 1",
        1.0,
    )


def test_a_draw_holds_the_likeliest_tokens_where_each_place_has_them() -> None:
    first = TokenLogprob("The", -2.5, (("Paris", -0.1), ("The", -2.5)))
    second = TokenLogprob(".", -0.2, ((".", -0.2),))

    assert draw_of(Response("", logprobs=(first, second))).likeliest == (-0.1, -0.2)
    assert draw_of(Response("", logprobs=(first, TokenLogprob(".", -0.2)))).likeliest == ()


@pytest.mark.parametrize(
    ("params", "greedy"),
    [
        ({"temperature": 0}, True),
        ({"temperature": 0.0, "max_tokens": 5}, True),
        ({"generationConfig": {"temperature": 0}}, True),
        ({"top_k": 1}, True),
        ({"generationConfig": {"topK": 1}}, True),
        ({"temperature": 0.7}, False),
        ({}, False),
    ],
)
def test_a_request_is_greedy_at_temperature_0(params: dict[str, object], greedy: bool) -> None:
    assert is_greedy(params) is greedy


def test_border_inputs_are_the_nearly_tied_the_closest_first() -> None:
    tops = {"clear": {"a": -0.1, "b": -3.0}, "near": {"a": -1.0, "b": -1.2}, "tied": {"a": -1.0, "b": -1.01, "c": -9.0}}
    candidates = [Candidate(name, False, 2, lead(top)) for name, top in tops.items()]

    assert [name for name, _ in plan([Candidate("unknown", False, 0), *candidates], None)] == [
        "tied",
        "near",
        "clear",
        "unknown",
    ]
    assert lead({"a": -1.0}) is None


def test_the_example_is_the_request_whose_sides_are_least_alike_and_its_typical_answers() -> None:
    same = Probe("same", (Draw("It is four."),) * 3, (Draw("It is four."),) * 3)
    other = Probe("other", (Draw("It is ten."), Draw("It is ten!"), Draw("Who knows")), (Draw("Arrr, matey"),), "Sum?")

    assert most_changed([same, other]) == Example("other", "Sum?", "It is ten.", "Arrr, matey")
    assert most_changed([Probe("fresh only", (), (Draw("x"),))]) is None


def test_the_example_of_a_direction_went_that_way() -> None:
    better = Probe("better", (Draw("a", outcome=0.0),), (Draw("entirely different", outcome=1.0),))
    worse = Probe("worse", (Draw("b", outcome=1.0),), (Draw("b!", outcome=0.0),))

    assert most_changed([better, worse], "worse") == Example("worse", "", "b", "b!")
