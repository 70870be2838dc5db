"""A small application that reads what models send, with five bugs that real ones had."""

from __future__ import annotations

import json
from typing import Any

from openai import OpenAI
from openai.types.chat import ChatCompletion, ChatCompletionChunk

SCHEMA = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "days": {"type": "integer", "minimum": 0}},
    "required": ["name", "days"],
    "additionalProperties": False,
}


def book_room(city: str, nights: int) -> str:
    """Book a room."""
    return f"{city}: {nights * 100} EUR"


def unfenced(answer: str) -> Any:
    """Bug 1: the fence is looked for at the very beginning, and models like to say something before it."""
    return json.loads(answer.strip().removeprefix("```json").removeprefix("```").removesuffix("```"))


def streamed_text(chunks: list[ChatCompletionChunk]) -> str:
    """Bug 2: a chunk may have no choice: the last one, with the usage, and Azure's first."""
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks)


def word_count(completion: ChatCompletion) -> int:
    """Bug 3: an answer that calls a tool, or refuses, has no content."""
    return len(completion.choices[0].message.content.split())  # type: ignore[union-attr]


def run_tool(arguments: Any) -> str:
    """Bug 4: a model may send a number as a string, which Python multiplies too."""
    try:
        return book_room(**arguments)
    except TypeError:
        return "wrong arguments"


def ask_until_done(client: OpenAI, question: str) -> str:
    """Bug 5: a model that never stops calling tools is asked for ever."""
    messages: list[Any] = [{"role": "user", "content": question}]
    while True:
        message = client.chat.completions.create(model="gpt-4o-mini", messages=messages).choices[0].message
        if not message.tool_calls:
            return message.content or ""
        messages.append(message)
        messages += [{"role": "tool", "tool_call_id": call.id, "content": "done"} for call in message.tool_calls]
