"""A conversation whose answers are shown while they come."""

from collections.abc import Iterator
from typing import Any

from openai import OpenAI

MODEL = "smollm2-135m"
TEACHER = "You are a geography teacher. Answer in one short sentence."


class Conversation:
    def __init__(self, client: OpenAI) -> None:
        self._client = client
        self.messages: list[Any] = [{"role": "system", "content": TEACHER}]

    def say(self, text: str) -> Iterator[str]:
        """Yield the pieces of the answer; the whole joins the history at its end."""
        self.messages.append({"role": "user", "content": text})
        pieces = []
        for chunk in self._client.chat.completions.create(
            model=MODEL, messages=self.messages, stream=True, temperature=0, max_tokens=40
        ):
            if chunk.choices and (piece := chunk.choices[0].delta.content):
                pieces.append(piece)
                yield piece
        self.messages.append({"role": "assistant", "content": "".join(pieces)})
