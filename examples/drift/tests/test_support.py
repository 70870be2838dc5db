import pytest


@pytest.mark.parametrize("city", ["Paris", "Tokyo"])
def test_sight_is_in_its_city(llm, city):
    answer = llm.ask(f"Name one sight of {city}.", temperature=0.7, max_tokens=12)

    assert city in answer.text


def test_week_has_seven_days(llm):
    assert "7" in llm.ask("How many days does a week have?", temperature=0, max_tokens=12).text
