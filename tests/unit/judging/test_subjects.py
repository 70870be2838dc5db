"""What a judge is shown of texts, responses, conversations and runs."""

from __future__ import annotations

import pytest

from pytest_llm import Message, Response, Rubric, ToolCall, UngradedError
from pytest_llm.errors import ConfigurationError
from pytest_llm.judging.subjects import inputs_of, subject
from pytest_llm.trajectory import Step, TracedCall, Trajectory

CALL = ToolCall("get_weather", {"city": "Oslo"}, "call-1")


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        pytest.param("Paris", "Paris", id="text"),
        pytest.param(Response("Paris"), "Paris", id="response"),
        pytest.param(Response("", refusal="No."), "No.", id="refusal"),
        pytest.param(
            Response("", tool_calls=(CALL,)),
            {"text": "", "tool_calls": [{"name": "get_weather", "arguments": {"city": "Oslo"}}]},
            id="tool-calls",
        ),
        pytest.param(
            [Message("user", "Weather?"), Message("assistant", "", (CALL,)), {"role": "tool", "content": "4 C"}],
            [
                {"role": "user", "text": "Weather?"},
                {
                    "role": "assistant",
                    "text": "",
                    "tool_calls": [{"name": "get_weather", "arguments": {"city": "Oslo"}}],
                },
                {"role": "tool", "content": "4 C"},
            ],
            id="conversation",
        ),
        pytest.param(
            Trajectory((Step("m", Response(""), (TracedCall("f", "{", None, "4 C"),)), Step("m", Response("4 C.")))),
            [{"text": "", "tool_calls": [{"name": "f", "arguments": "{", "result": "4 C"}]}, {"text": "4 C."}],
            id="trajectory",
        ),
    ],
)
def test_an_answer_is_shown_with_its_tool_calls(answer: object, shown: object) -> None:
    assert subject(answer) == shown


@pytest.mark.parametrize("answer", [None, 3, [], ["Paris"], b"Paris"])
def test_what_is_no_answer_is_refused(answer: object) -> None:
    with pytest.raises(ConfigurationError, match=r"^A judge grades a text, a response, a conversation"):
        subject(answer)


def test_an_error_is_no_answer() -> None:
    with pytest.raises(UngradedError) as raised:
        subject(Response(status=429, error="Slow down."))

    assert str(raised.value) == "There is no answer to judge: the provider answered 429: Slow down."


def test_what_belongs_to_an_answer_may_be_responses_and_the_answer_comes_last() -> None:
    inputs = inputs_of("Paris", Response("Capital?"), ["a", Response("b"), ""], "Paris.")

    assert list(inputs.data().items()) == [
        ("question", "Capital?"),
        ("context", ["a", "b"]),
        ("reference", "Paris."),
        ("answer", "Paris"),
    ]


def test_what_a_rubric_needs_must_be_given() -> None:
    with pytest.raises(ConfigurationError) as raised:
        inputs_of("Paris", None, None, "").check(Rubric.builtin("correctness"))

    assert str(raised.value) == (
        "The rubric 'correctness' needs question= and reference=, which are not given or empty."
    )
