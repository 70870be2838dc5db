import pytest
from assistant import TOOL, answer, get_weather

from pytest_llm import calls, calls_exactly, calls_nothing


@pytest.mark.parametrize(
    ("question", "word"),
    [
        pytest.param("What is the weather in Paris?", "sunny", id="paris"),
        pytest.param("Tell me the weather in Oslo.", "-4", id="oslo"),
    ],
)
def test_the_answer_tells_what_the_tool_said(openai_client, question, word):
    assert word in answer(openai_client, question)


def test_the_tool_is_asked_first_and_its_result_sent_back(openai_client, llm_cassette):
    answer(openai_client, "What is the weather in Paris?")
    run = llm_cassette.trajectory

    assert run == calls_exactly(calls(TOOL, city="Paris"))
    assert [call.result for call in run.calls] == ["sunny, 21 degrees"]
    assert run.steps[-1] == calls_nothing()
    assert run.usage.total_tokens < 300
    assert llm_cassette.cost == 0


def test_a_function_is_a_tool(llm):
    chat = llm.chat(temperature=0, max_tokens=60)
    asked = chat.ask("What is the weather in Paris?", tools=[get_weather], tool_choice="required")
    for call in asked.tool_calls:
        chat.tool_result(call, get_weather(**call.arguments))
    told = chat.ask(tools=[get_weather])

    assert asked == calls(get_weather, city="Paris", times=1)
    assert "sunny" in told.text
