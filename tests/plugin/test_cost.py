"""``cost``, ``latency`` and ``usage``: of a response and of a test, the same recorded and replayed."""

from __future__ import annotations

import re

import pytest

from .project import Project, errors
from .server import Answer, Provider

PRICES = """
    from pytest_llm import Price

    def pytest_llm_prices(config):
        return {"house-model": Price(1000.0, 2000.0), "house-embed": Price(100.0, 0.0)}
"""
HOUSE = "10 * 1000 / 1e6 + 5 * 2000 / 1e6"
UNKNOWN = "The cost is not known: there is no price for 'house-model'. Give it one by the hook pytest_llm_prices."


def test_every_way_to_ask_has_its_cost_recorded_and_replayed(project: Project, provider: Provider) -> None:
    project.write(PRICES, "conftest.py")
    project.ini(llm_model="house-model")
    project.write(f"""
        import asyncio

        import pytest

        HOUSE = {HOUSE}

        def test_it(llm, async_llm, llm_cassette):
            chat = llm.chat()
            responses = [
                llm.ask("Hi"),
                chat.ask("Ho"),
                llm.stream("Count.").response,
                asyncio.run(async_llm.ask("Hi there")),
                llm.using("gpt-4").ask("Hi"),
                llm.using("house-embed").embed("Hi"),
            ]
            figures = [response.cost for response in responses]
            assert figures == pytest.approx([HOUSE] * 4 + [10 * 30 / 1e6 + 5 * 60 / 1e6, 4 * 100 / 1e6])
            assert [one.response.cost for one in llm_cassette.interactions] == figures
            assert llm_cassette.cost == pytest.approx(sum(figures))
            assert llm_cassette.trajectory.cost == pytest.approx(sum(figures[:-1]))
            assert (llm_cassette.usage.input_tokens, llm_cassette.usage.output_tokens) == (54, 25)
            assert responses[0].usage.total_tokens == 15
            assert responses[0].cost < 0.05
    """)
    project.record()

    project.run().assert_outcomes(passed=1)


def test_latency_is_the_recorded_one(project: Project) -> None:
    project.write("def test_it(llm):\n    llm.ask('Hi')\n    llm.ask('Ho')\n")
    project.record()
    text = project.cassette().read_text("utf-8")
    project.cassette().write_text(re.sub(r'"latency": [\d.]+', '"latency": 1.5', text), encoding="utf-8")
    project.write("""
        def test_it(llm, llm_cassette):
            assert llm.ask("Hi").latency == 1.5
            llm.ask("Ho")
            assert llm_cassette.latency == 3.0
    """)

    project.run().assert_outcomes(passed=1)


def test_a_budget_that_is_exceeded_shows_the_figure(project: Project) -> None:
    project.write(PRICES, "conftest.py")
    project.ini(llm_model="house-model")
    project.write("""
        def test_it(llm, llm_cassette):
            response = llm.ask("Hi")
            assert response.cost < 0.01
    """)

    result = project.run("--llm-record=once")

    assert errors(result) == [
        "AssertionError: assert 0.02 < 0.01",
        "+  where 0.02 = Response('answer 1', finish_reason='stop', model='house-model').cost",
    ]


@pytest.mark.parametrize(
    ("model", "cost"),
    [
        pytest.param("local/smollm2-135m", 0.0, id="a local model"),
        pytest.param("smollm2-135m", 0.0, id="a local model's served name"),
        pytest.param("house-model", 0.0, id="another on this machine"),
        pytest.param("gpt-4", 10 * 30 / 1e6 + 5 * 60 / 1e6, id="a known price on this machine"),
    ],
)
def test_what_runs_on_this_machine_is_free_unless_it_has_a_price(project: Project, model: str, cost: float) -> None:
    source = f"""
        import openai
        import pytest

        def test_it(llm_cassette):
            client = openai.OpenAI(base_url="{{url}}", api_key="x", max_retries=0)
            hi = [dict(role="user", content="Hi")]
            client.chat.completions.create(model="{model.removeprefix("local/")}", messages=hi)
            assert llm_cassette.cost == pytest.approx({cost})
    """
    project.write(source.format(url=project.provider.url))
    project.record()
    project.write(source.format(url="https://api.openai.com/v1"))

    project.run().assert_outcomes(passed=1)


def test_an_unknown_price_is_an_error_that_names_the_model_and_the_hook(project: Project) -> None:
    project.ini(llm_model="house-model")
    project.write("def test_it(llm):\n    llm.ask('Hi')\n")
    project.record()
    text = project.cassette().read_text("utf-8")
    project.cassette().write_text(text.replace('"local": true, ', ""), encoding="utf-8")
    project.write("""
        def test_it(llm, llm_cassette):
            assert llm.ask("Hi").cost is None
            assert llm_cassette.cost < 1
    """)

    result = project.run()

    result.assert_outcomes(failed=1)
    assert errors(result) == [f"pytest_llm.errors.ConfigurationError: {UNKNOWN}"]


def test_a_call_that_failed_costs_nothing(project: Project, provider: Provider) -> None:
    provider.script = [Answer(status=429, headers={"retry-after": "0"}), Answer("Hi")]
    project.write("""
        import pytest

        def test_it(llm, llm_cassette):
            cost = llm.ask("Hi").cost
            assert [one.response.cost for one in llm_cassette.interactions] == [0.0, cost]
            assert llm_cassette.cost == pytest.approx(4.5e-06)
    """)
    project.record()

    project.run().assert_outcomes(passed=1)


def test_a_price_that_changes_changes_the_cost_of_what_is_recorded(project: Project) -> None:
    project.ini(llm_model="house-model")
    project.write(PRICES, "conftest.py")
    project.write(f"def test_it(llm):\n    assert llm.ask('Hi').cost == {HOUSE}\n")
    project.record()
    project.write(PRICES.replace("1000.0, 2000.0", "0.0, 0.0"), "conftest.py")
    project.write("def test_it(llm):\n    assert llm.ask('Hi').cost == 0\n")

    project.run().assert_outcomes(passed=1)
