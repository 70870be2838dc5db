import pytest
from shop import FAQ, Shop

from pytest_llm import excludes, similar_to


@pytest.mark.parametrize(
    ("question", "entry"),
    [
        pytest.param("How long is the guarantee on my new frame?", "How long is the guarantee on a frame?", id="frame"),
        pytest.param("When does the shop open on Saturday?", "When is the shop open?", id="hours"),
        pytest.param(
            "How many days does delivery take?", "How long does the delivery of a parcel take?", id="delivery"
        ),
    ],
)
def test_the_right_entry_is_found(openai_client, question, entry):
    assert Shop(openai_client).find(question)[0] == entry


@pytest.mark.parametrize(
    ("question", "fact"),
    [
        pytest.param("What does the repair of a flat tyre cost?", "15 euros", id="repair"),
        pytest.param("Within how many days can I return a bicycle?", "30 days", id="return"),
    ],
)
def test_the_answer_holds_the_fact(openai_client, question, fact):
    assert fact in Shop(openai_client).answer(question)


def test_the_answer_means_what_the_shop_says(openai_client):
    answer = Shop(openai_client).answer("What does the repair of a flat tyre cost?")

    assert answer == similar_to("Repairing a flat tyre costs fifteen euros.") & excludes("guarantee")


def test_the_model_is_told_the_entry_that_was_found(openai_client, llm_cassette):
    Shop(openai_client).answer("What does the repair of a flat tyre cost?")
    documents, question, chat = llm_cassette.interactions

    assert len(documents.response.embeddings) == len(FAQ)
    assert len(question.response.embeddings) == 1
    assert "The repair of a tyre costs 15 euros." in chat.request.messages[0].text


def test_a_paraphrase_is_nearer_than_another_subject(llm):
    texts = ["When is the shop open?", "When does the shop open?", "The cat sleeps."]
    asked, paraphrase, other = llm.embed(texts).embeddings

    assert _distance(asked, paraphrase) < _distance(asked, other)


def _distance(one, two):
    return sum((a - b) ** 2 for a, b in zip(one, two, strict=True))
