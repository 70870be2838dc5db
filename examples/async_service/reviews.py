"""A service that rates customers' reviews, many at a time."""

from collections.abc import Sequence
from typing import Literal

import anyio
from openai import AsyncOpenAI
from pydantic import BaseModel

MODEL = "smollm2-135m"
INSTRUCTION = "Say whether the review is positive or negative."


class Rating(BaseModel):
    sentiment: Literal["positive", "negative"]


async def rate(client: AsyncOpenAI, review: str) -> str:
    completion = await client.chat.completions.parse(
        model=MODEL,
        messages=[{"role": "system", "content": INSTRUCTION}, {"role": "user", "content": review}],
        response_format=Rating,
        temperature=0,
        max_tokens=20,
    )
    parsed = completion.choices[0].message.parsed
    return parsed.sentiment if parsed else "unknown"


async def rate_all(reviews: Sequence[str]) -> list[str]:
    """Rate all reviews at once; the ratings stand in the order of the reviews."""
    ratings = ["unknown"] * len(reviews)

    async def one(index: int) -> None:
        ratings[index] = await rate(client, reviews[index])

    async with AsyncOpenAI() as client, anyio.create_task_group() as group:
        for index in range(len(reviews)):
            group.start_soon(one, index)
    return ratings
