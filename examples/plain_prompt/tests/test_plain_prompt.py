import pytest
from headlines import PARAMS, headline_prompt

from pytest_llm import contains_all


@pytest.mark.parametrize(
    ("topic", "keyword"),
    [
        pytest.param("bees in the garden", "bees", id="bees"),
        pytest.param("repairing a bicycle", "bicycle", id="bicycle"),
        pytest.param("winter in Norway", "norway", id="winter"),
    ],
)
def test_a_headline_names_its_topic(llm, topic, keyword):
    headline = llm.ask(headline_prompt(topic), **PARAMS)

    assert headline == contains_all(keyword, ignore_case=True)


def test_a_headline_is_one_short_line(llm):
    headline = llm.ask(headline_prompt("bees in the garden"), **PARAMS).text

    assert "\n" not in headline
    assert len(headline) <= 80


def test_a_headline_comes_to_its_end(llm):
    response = llm.ask(headline_prompt("repairing a bicycle"), **PARAMS)

    assert response.finish_reason == "stop"
    assert response.usage.output_tokens < PARAMS["max_tokens"]


def test_five_headlines_vary_and_most_keep_to_the_topic(llm):
    writer = llm.using(**PARAMS).using(temperature=0.8)
    headlines = [writer.ask(headline_prompt("baking bread at home")).text.lower() for _ in range(5)]
    on_topic = [text for text in headlines if any(word in text for word in ("bread", "bak", "home", "oven"))]

    assert len(set(headlines)) == 5
    assert len(on_topic) >= 3
