import anyio
import pytest
from reviews import INSTRUCTION, Rating, rate, rate_all

pytestmark = pytest.mark.anyio

REVIEWS = {
    "The food was great and the staff was friendly.": "positive",
    "My order was wrong and nobody said sorry.": "negative",
    "What a wonderful place.": "positive",
    "The room was dirty and loud.": "negative",
    "Terrible. Never again.": "negative",
}


@pytest.fixture
def anyio_backend():
    return "asyncio"


async def test_most_reviews_are_rated_right(llm_cassette):
    ratings = await rate_all(list(REVIEWS))
    right = [rating for rating, expected in zip(ratings, REVIEWS.values(), strict=True) if rating == expected]

    assert len(llm_cassette) == 5
    assert len(right) >= 4


async def test_a_review_is_rated(async_openai_client):
    assert await rate(async_openai_client, "The room was dirty and loud.") == "negative"


async def test_a_rating_is_one_of_two_words(async_llm):
    response = await async_llm.ask(f"{INSTRUCTION} The soup was cold.", schema=Rating, temperature=0, max_tokens=20)

    assert response.json()["sentiment"] in ("positive", "negative")


async def test_the_same_question_asked_at_once_has_an_answer_each(async_llm):
    answers = []

    async def ask():
        answers.append(await async_llm.ask("Suggest a name for a cat.", temperature=1, max_tokens=12))

    async with anyio.create_task_group() as group:
        for _ in range(4):
            group.start_soon(ask)

    assert len({answer.id for answer in answers}) == 4


async def test_a_stream_is_read_as_it_comes(async_llm):
    stream = await async_llm.stream("What is the capital of Japan?", temperature=0, max_tokens=40)
    pieces = [piece async for piece in stream]

    assert "Tokyo" in "".join(pieces)
    assert (await stream.response()).finish_reason == "stop"
