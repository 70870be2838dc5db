"""A scripted model answers whoever asks: its own client, and the clients that the code under test builds."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import openai
import pytest
from hypothesis import Phase, find, given, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from pytest_llm import Response, ToolCall
from pytest_llm import strategies as llm_st
from pytest_llm.strategies import ScriptedModel
from pytest_llm.strategies.failures import FAILURES, Failure

few = settings(max_examples=20, deadline=None, database=None, derandomize=True, stateful_step_count=5)
ASKED: Any = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Hello?"}]}


def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@pytest.fixture(scope="module")
def client() -> Iterator[openai.OpenAI]:
    with openai.OpenAI(api_key="none", base_url="https://api.openai.com/v1") as made:
        yield made


def test_it_answers_its_own_client() -> None:
    model = ScriptedModel(["Hello.", ToolCall("add", {"a": 1, "b": 2}), Response("Whole.", finish_reason="length")])
    with model as llm:
        answers = [llm.ask("Hi."), llm.ask("1 + 2?", tools=[add]), llm.ask("More.")]

    assert [answer.text for answer in answers] == ["Hello.", "", "Whole."]
    assert answers[1].tool_calls == (ToolCall("add", {"a": 1, "b": 2}, "call_2_1"),)
    assert answers[2].finish_reason == "length"
    assert [request.messages[-1].text for request in model.requests] == ["Hi.", "1 + 2?", "More."]


def test_it_answers_a_client_that_the_code_under_test_builds(client: openai.OpenAI) -> None:
    with ScriptedModel(["Hello."]):
        completion = client.chat.completions.create(**ASKED)

    assert completion.choices[0].message.content == "Hello."


def test_it_streams_to_who_asks_for_a_stream(client: openai.OpenAI) -> None:
    with ScriptedModel(["Hello, world.", "Again."]) as llm:
        chunks = list(client.chat.completions.create(**ASKED, stream=True))
        pieces = llm.stream("Hi.")
        text = "".join(pieces)

    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == "Hello, world."
    assert text == pieces.response.text == "Again."


@pytest.mark.asyncio
async def test_it_answers_asynchronous_clients() -> None:
    with (model := ScriptedModel(["Hello."])):
        answer = await model.async_llm.ask("Hi.")

    assert answer.text == "Hello."


def test_a_function_may_be_its_script() -> None:
    with ScriptedModel(lambda request: request.messages[-1].text.upper()) as llm:
        assert llm.ask("hello").text == "HELLO"


@pytest.mark.parametrize("name", FAILURES)
def test_an_error_of_its_script_reaches_the_caller_when_the_sdk_has_tried_again(
    client: openai.OpenAI, name: Failure
) -> None:
    @few
    @given(llm_st.errors(name))
    def same(error: Exception) -> None:
        model = ScriptedModel(lambda request: error)
        with model, pytest.raises(openai.APIError) as raised:
            client.chat.completions.create(**ASKED)

        assert type(raised.value) is type(error)
        assert getattr(raised.value, "status_code", 0) == getattr(error, "status_code", 0)
        assert len(model.requests) == (1 if name == "400" else 3)

    same()


def test_a_stream_that_is_cut_begins_and_breaks_off(client: openai.OpenAI) -> None:
    cut = find(llm_st.errors("cut stream"), lambda error: True)
    heard: list[str] = []
    with ScriptedModel([cut]), pytest.raises(openai.APIConnectionError) as raised:
        heard.extend(
            chunk.choices[0].delta.content or "" for chunk in client.chat.completions.create(**ASKED, stream=True)
        )

    assert "".join(heard) == "The "
    assert raised.value.__cause__ is cut.__cause__


def test_a_request_beyond_the_script_fails_the_test(client: openai.OpenAI) -> None:
    with ScriptedModel(["One."]):
        client.chat.completions.create(**ASKED)
        with pytest.raises(pytest.fail.Exception) as told:
            client.chat.completions.create(**ASKED)

    assert str(told.value) == "The model was asked once more than its script has answers (1)."


def test_a_loop_that_does_not_end_fails_the_test(client: openai.OpenAI) -> None:
    def forever() -> None:
        while True:
            client.chat.completions.create(**ASKED)

    with ScriptedModel(lambda request: "Go on.", max_calls=3), pytest.raises(pytest.fail.Exception) as told:
        forever()

    assert str(told.value) == "The model was asked more than 3 times (max_calls=3)."


def test_another_api_is_refused(client: openai.OpenAI) -> None:
    with ScriptedModel(["Hello."]), pytest.raises(pytest.fail.Exception) as told:
        client.embeddings.create(model="text-embedding-3-small", input="Hi.")

    assert str(told.value) == "A ScriptedModel answers chat completions, and POST /v1/embeddings asks for another API."


def test_a_key_is_there_while_it_is_entered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with ScriptedModel([]):
        inside = os.environ.get("OPENAI_API_KEY")

    assert inside == "scripted"
    assert "OPENAI_API_KEY" not in os.environ


class Agent:
    """Keeps a conversation, runs the tools that are asked for, three steps at most."""

    def __init__(self) -> None:
        self.messages: list[Any] = []

    def answer(self, client: openai.OpenAI, question: str) -> str:
        self.messages.append({"role": "user", "content": question})
        for _ in range(3):
            try:
                message = client.chat.completions.create(model="m", messages=self.messages).choices[0].message
            except openai.APIError:
                self.messages.append({"role": "assistant", "content": "Something went wrong."})
                return "Something went wrong."
            self.messages.append(message.model_dump(exclude_none=True))
            if not message.tool_calls:
                return message.content or message.refusal or ""
            for call in message.tool_calls:
                self.messages.append({"role": "tool", "tool_call_id": call.id, "content": "3"})
        return "That took too long."


class AnyModel(RuleBasedStateMachine):
    """The agent against any behaviour of the model."""

    @initialize(model=llm_st.scripted_models(tools=[add], broken=True, failures=True, max_calls=200))
    def begin(self, model: ScriptedModel) -> None:
        self.model, self.agent = model, Agent()

    @rule(question=llm_st.texts())
    def ask(self, question: str) -> None:
        with self.model as llm:
            assert isinstance(self.agent.answer(llm.sdk, question), str)

    @invariant()
    def every_tool_call_has_its_result(self) -> None:
        said = self.agent.messages if hasattr(self, "agent") else []
        called = [call["id"] for message in said for call in message.get("tool_calls", ())]
        assert called == [message["tool_call_id"] for message in said if message["role"] == "tool"]


def test_an_agent_is_tested_as_a_state_machine_against_any_model() -> None:
    run_state_machine_as_test(AnyModel, settings=few)  # type: ignore[no-untyped-call]


def test_a_failing_example_tells_what_the_model_answered() -> None:
    @settings(
        max_examples=50,
        deadline=None,
        database=None,
        derandomize=True,
        print_blob=False,
        phases=[Phase.generate, Phase.shrink],
    )
    @given(llm_st.scripted_models(tools=[add]))
    def never_calls(model: ScriptedModel) -> None:
        with model as llm:
            assert not llm.ask("1 + 2?", tools=[add]).tool_calls

    with pytest.raises(AssertionError) as told:
        never_calls()

    assert told.value.__notes__[-1] == (
        "Draw 1 (the model answers): Response('', tool_calls=(ToolCall(name='add', arguments={'a': 0, 'b': 0}, "
        "id='call_1'),), finish_reason='tool_calls', model='scripted')"
    )
