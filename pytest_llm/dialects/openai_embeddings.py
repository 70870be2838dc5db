"""OpenAI embeddings, as OpenAI and the providers that speak them (Voyage, Jina, Mistral, ...) send them."""

from __future__ import annotations

import re

from pytest_llm.dialects.attachments import describe_other
from pytest_llm.dialects.layout import Layout
from pytest_llm.dialects.reading import integer, mapping, optional_string, sequence, string
from pytest_llm.dialects.vectors import vectors
from pytest_llm.dialects.wireformat import Body, WireFormat
from pytest_llm.messages import Message, Response, Usage

__all__ = ["OPENAI_EMBEDDINGS", "read_inputs"]


def read_inputs(value: object) -> list[Message]:
    """Return one user message for each text to embed; tokens and images are attachments."""
    if isinstance(value, str):
        return [Message("user", value)]
    items = sequence(value)
    if items and all(isinstance(item, int) for item in items):
        return [_input(items)]
    return [_input(item) for item in items]


def _input(item: object) -> Message:
    if isinstance(item, str):
        return Message("user", item)
    text = string(mapping(item).get("text"))
    if text:
        return Message("user", text)
    part = item if isinstance(item, dict) else {"type": "tokens", "tokens": item}
    return Message("user", attachments=(describe_other(part),))


def _read_answer(body: Body) -> Response:
    usage = mapping(body.get("usage"))
    total = usage.get("prompt_tokens") or usage.get("input_tokens") or usage.get("total_tokens")
    return Response(
        embeddings=vectors(body),
        usage=Usage(input_tokens=integer(total)) if usage else None,
        model=string(body.get("model")),
        id=optional_string(body.get("id")),
    )


def _asks(body: Body) -> bool:
    return isinstance(body.get("model"), str) and isinstance(body.get("input"), (str, list))


OPENAI_EMBEDDINGS = WireFormat(
    name="openai-embeddings",
    endpoint=re.compile(r"(?:/deployments/(?P<model>[^/]+))?(?<!/api)/(?:multimodal)?embeddings/?$"),
    layout=Layout(prompt=frozenset({"input", "inputs"})),
    messages=lambda body: read_inputs(body.get("input") or body.get("inputs")),
    answer=_read_answer,
    asks=_asks,
    volatile=frozenset({"id", "created"}),
)
