"""``llm_cassette.trajectory`` and the expectations of tool calls: recorded, replayed, and what a failure prints."""

from __future__ import annotations

import json
from typing import Any

import pytest

from .project import Project, errors
from .server import Answer, Call, Provider

APP = """
    def get_weather(city: str, days: int = 1) -> str:
        '''The weather in a city.'''
        return f"{city}: snow"

    def run(llm, question):
        '''An agent: it runs the tools that the model calls, until the model answers in words.'''
        chat = llm.chat(question + " Be brief.")
        answer = chat.ask(question, tools=[get_weather])
        while answer.tool_calls:
            for call in answer.tool_calls:
                chat.tool_result(call, get_weather(**call.arguments))
            answer = chat.ask(tools=[get_weather])
        return answer.text
"""


def calling(*arguments: dict[str, Any], ids: str = "call") -> Answer:
    calls = [
        {"id": f"{ids}_{n}", "type": "function", "function": {"name": "get_weather", "arguments": json.dumps(one)}}
        for n, one in enumerate(arguments)
    ]
    return Answer(message={"content": None, "tool_calls": calls}, finish_reason="tool_calls")


def one_city_after_the_other(call: Call) -> Answer:
    """Ask for each city of the question, one a turn, under ids that begin anew with every answer."""
    messages = call.body["messages"]
    cities = messages[1]["content"].removesuffix("?").split()
    done = sum(message["role"] == "tool" for message in messages)
    return calling({"city": cities[done]}) if done < len(cities) else Answer(f"{messages[-1]['content']}.")


@pytest.fixture
def agent(project: Project, provider: Provider) -> Project:
    provider.reply = one_city_after_the_other
    project.write(APP, "app.py")
    project.ini(pythonpath=".")
    return project


def test_a_run_is_the_same_recorded_and_replayed(agent: Project) -> None:
    agent.write("""
        from pathlib import Path

        from app import get_weather, run
        from pytest_llm.expectations.tools import calls, calls_nothing
        from pytest_llm.expectations.trajectories import calls_exactly

        def test_it(llm, llm_cassette):
            assert run(llm, "Oslo Rome?") == "Rome: snow."
            trajectory = llm_cassette.trajectory
            assert [(call.name, call.arguments, call.result) for call in trajectory.calls] == [
                ("get_weather", {"city": "Oslo"}, "Oslo: snow"),
                ("get_weather", {"city": "Rome"}, "Rome: snow"),
            ]
            assert (len(trajectory), trajectory.text) == (3, "Rome: snow.")
            assert trajectory == calls_exactly(calls(get_weather, city="Oslo"), "get_weather")
            assert llm_cassette == calls("get_weather", city="Rome", times=1)
            assert trajectory.steps[-1] == calls_nothing()
            with Path("seen.txt").open("a") as file:
                print(trajectory, file=file)
    """)
    agent.record()
    agent.run().assert_outcomes(passed=1)

    recorded, replayed = agent.path.joinpath("seen.txt").read_text().split("1. ")[1:]
    assert recorded == replayed
    assert recorded.splitlines()[:5] == [
        "gpt-4o-mini calls",
        "     get_weather(city='Oslo') → 'Oslo: snow'",
        "2. gpt-4o-mini calls",
        "     get_weather(city='Rome') → 'Rome: snow'",
        "3. gpt-4o-mini says 'Rome: snow.'",
    ]


def test_agents_side_by_side_count_each_call_once_and_keep_their_results(agent: Project, provider: Provider) -> None:
    provider.seconds = 0.02
    agent.write("""
        from concurrent.futures import ThreadPoolExecutor

        from app import run

        def test_it(llm, llm_cassette):
            with ThreadPoolExecutor(3) as pool:
                assert len(list(pool.map(run, [llm] * 3, ["Oslo Rome?", "Bonn?", "Bern Oslo?"]))) == 3
            trajectory = llm_cassette.trajectory
            cities = sorted(call.arguments["city"] for call in trajectory.calls)
            assert cities == ["Bern", "Bonn", "Oslo", "Oslo", "Rome"]
            assert all(call.result == call.arguments["city"] + ": snow" for call in trajectory.calls)
            assert trajectory.recall(["get_weather"] * 4) == 1.0
            assert trajectory.precision(["get_weather"] * 4) == 0.8
    """)
    agent.record()

    agent.run().assert_outcomes(passed=1)


def test_calls_sent_at_once_stand_in_the_order_sent(project: Project, provider: Provider) -> None:
    provider.reply = lambda call: Answer(pieces=[call.text])
    project.write("""
        import asyncio

        def test_it(async_llm, llm_cassette):
            async def main():
                first = await async_llm.stream("sent first")
                second = await async_llm.stream("sent second")
                await second.response()
                await first.response()
            asyncio.run(main())
            assert [step.text for step in llm_cassette.trajectory] == ["sent first", "sent second"]
    """)
    project.record()

    project.run().assert_outcomes(passed=1)


def test_a_stream_is_a_step(project: Project, provider: Provider) -> None:
    provider.script = [Answer("It is cold .")]
    project.write("""
        from pytest_llm.expectations.tools import calls_nothing

        def test_it(llm, llm_cassette):
            "".join(llm.stream("Is it cold?"))
            assert llm_cassette.trajectory.text == "It is cold . "
            assert llm_cassette == calls_nothing()
    """)
    project.record()

    project.run().assert_outcomes(passed=1)


def test_a_failure_prints_what_is_called_instead(agent: Project) -> None:
    agent.write("""
        from app import get_weather, run
        from pytest_llm.expectations.tools import calls
        from pytest_llm.expectations.trajectories import calls_in_order

        def test_one(llm):
            answer = llm.chat("Be brief.").ask("Oslo?", tools=[get_weather])
            assert answer == calls(get_weather, city="Rome")

        def test_run(llm, llm_cassette):
            run(llm, "Oslo Rome?")
            oslo, rome = calls(get_weather, city="Oslo"), calls(get_weather, city="Rome")
            assert llm_cassette.trajectory == calls_in_order(rome, oslo)

        def test_figure(llm, llm_cassette):
            run(llm, "Oslo Rome?")
            assert llm_cassette.trajectory.recall(["get_weather", "book"]) >= 0.9
    """)

    result = agent.run("--llm-record=once")

    result.assert_outcomes(failed=3)
    told = errors(result)
    assert told[:2] == [
        "assert calls get_weather(city='Rome')  (it calls get_weather(city='Oslo'))",
        "city: 'Oslo' == 'Rome'",
    ]
    assert told[2:6] == [
        "assert calls in this order get_weather(city='Rome'), get_weather(city='Oslo')  "
        "(each is called, but in another order)",
        "- get_weather(city='Rome')",
        "= get_weather(city='Oslo')",
        "get_weather(city='Rome')",
    ]
    assert told[6] == "AssertionError: assert 0.5 >= 0.9"


def test_a_change_in_an_earlier_call_is_the_cause_of_another_trajectory(project: Project, provider: Provider) -> None:
    source = """
        def test_it(llm, llm_cassette, llm_snapshot):
            llm.ask("Sort this letter into {kind}.", temperature={temperature})
            llm.ask("Name a city.", temperature=0)
            assert llm_cassette.trajectory == llm_snapshot
    """
    project.write(source.format(kind="a folder", temperature=0))
    provider.script = [Answer("Mail."), Answer("Paris.")]
    project.run("--llm-record=once")
    project.run("--llm-accept")
    provider.script = [Answer("Bill."), Answer("Paris."), Answer("Note."), Answer("Paris.")]
    project.write(source.format(kind="a drawer", temperature=0))
    prompt = errors(project.run("--llm-record=all"))
    project.write(source.format(kind="a folder", temperature=1))
    parameter = errors(project.run("--llm-record=all"))

    assert prompt[0].endswith("assert value == llm_snapshot  (the prompt changed)")
    assert prompt[1] == "prompt, message 1 (user): Sort this letter into a [-folder-]{+drawer+}."
    assert parameter[0].endswith("assert value == llm_snapshot  (the parameters changed, the prompt did not)")
