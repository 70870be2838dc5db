import pytest
from capitals import MODEL, capital_of


@pytest.mark.parametrize(("country", "capital"), [("Japan", "Tokyo"), ("Italy", "Rome"), ("Norway", "Oslo")])
def test_a_capital_is_found(llm_cassette, country, capital):
    assert capital_of(country) == capital


def test_an_answer_that_names_no_capital_is_an_error(llm_cassette):
    with pytest.raises(ValueError, match="no capital in the answer"):
        capital_of("Atlantis")


def test_one_question_is_one_call_of_few_tokens(llm_cassette):
    capital_of("Egypt")
    call = llm_cassette.interactions[0]

    assert len(llm_cassette) == 1
    assert "Egypt" in call.request.messages[0].text
    assert call.response.model == MODEL
    assert call.response.usage.total_tokens < 100
