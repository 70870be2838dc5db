import pytest
from assistant import answer, get_weather


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
    first, second = llm_cassette.interactions
    (call,) = first.response.tool_calls

    assert (call.name, call.arguments) == ("get_weather", {"city": "Paris"})
    assert second.request.messages[-1].text == "sunny, 21 degrees"
    assert second.request.messages[-1].tool_call_id == call.id
    assert not second.response.tool_calls


def test_a_function_is_a_tool(llm):
    chat = llm.chat(temperature=0, max_tokens=60)
    asked = chat.ask("What is the weather in Paris?", tools=[get_weather], tool_choice="required")
    for call in asked.tool_calls:
        chat.tool_result(call, get_weather(**call.arguments))
    told = chat.ask(tools=[get_weather])

    assert [call.name for call in asked.tool_calls] == ["get_weather"]
    assert "sunny" in told.text
