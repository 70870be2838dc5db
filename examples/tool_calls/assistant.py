"""A weather assistant: the model asks for a tool, the application runs it, the model answers with its result."""

import json
from typing import Any

from openai import OpenAI

MODEL = "smollm2-135m"
REPORTS = {"Paris": "sunny, 21 degrees", "Oslo": "snow, -4 degrees"}
TOOL = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The current weather in a city",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}


def get_weather(city: str) -> str:
    """The current weather in a city"""
    return REPORTS.get(city, "no report")


def answer(client: OpenAI, question: str) -> str:
    messages: list[Any] = [{"role": "user", "content": question}]
    asked = client.chat.completions.create(
        model=MODEL, messages=messages, tools=[TOOL], tool_choice="required", temperature=0, max_tokens=60
    )
    message = asked.choices[0].message
    messages.append(message.model_dump(exclude_none=True))
    for call in message.tool_calls or ():
        result = get_weather(**json.loads(call.function.arguments))
        messages.append({"role": "tool", "tool_call_id": call.id, "content": result})
    told = client.chat.completions.create(model=MODEL, messages=messages, tools=[TOOL], temperature=0, max_tokens=40)
    return told.choices[0].message.content or ""
