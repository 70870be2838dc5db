"""The texts that models send: answers of any kind, JSON with its messes, refusals."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from pytest_llm.messages import Response
from pytest_llm.strategies.breaking import Vain, ways_of
from pytest_llm.strategies.extra import st
from pytest_llm.strategies.json_values import json_values
from pytest_llm.strategies.messes import MESSES, Mess, messy

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

__all__ = ["json_answers", "refusals", "texts"]

_TYPICAL = (
    "Yes.",
    "I don't know.",
    "Sure! Here is what I found:\n\n1. First\n2. Second\n\nLet me know if you need anything else.",
    "**Answer:** 42",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "```python\nprint('hello')\n```",
    "<think>\nThe user wants a greeting.\n</think>\n\nHello!",
    "<|im_start|>assistant\nHello<|im_end|>",
    "\u201cCertainly\u201d \u2014 it\u2019s 3\u202f000\u00a0\u20ac \u2192 \U0001f44d\U0001f3fd",
    "The answer is the answer is the answer is the answer is",
    " \n",
)
_SORRY = (
    "I can't help with that.",
    "I'm sorry, but I can't assist with that request.",
    "I\u2019m sorry, but I cannot provide that information.",
    "As an AI language model, I cannot provide medical advice.",
    "Unfortunately, I am unable to share that.",
    "I cannot assist with that. **Here is what I can do instead:**\n\n- Offer general information",
    "Lo siento, pero no puedo ayudar con eso.",
    "Es tut mir leid, aber dabei kann ich nicht helfen.",
)


def texts() -> SearchStrategy[str]:
    """Draw texts as models send them: empty, any Unicode, and typical ones with markup, reasoning and stray tokens."""
    return st.text() | st.sampled_from(_TYPICAL)


def json_answers(schema: object, mess: bool | Mess | Collection[Mess] = True) -> SearchStrategy[str]:
    """Draw answers that hold JSON which conforms to ``schema`` (whatever ``conforming_to`` takes), or that fail to.

    ``mess=False`` draws clean JSON only; a name or several draw that mess, always; ``True`` draws clean JSON and all
    messes: ``"fenced"`` and ``"prose"`` keep the JSON whole, ``"cut off"``, ``"single quotes"``, ``"comments"``,
    ``"trailing commas"``, ``"nan"`` and ``"duplicated keys"`` break it. A mess is drawn for the values to which it
    applies (``"nan"`` to one with a number).
    """
    values, messes = json_values(schema), ways_of("mess", mess, MESSES)
    vain = Vain(
        f"mess={', '.join(map(repr, messes))} applied to none of the values that were drawn: 'nan' needs a number, "
        "'duplicated keys' an object with keys, the others an object or an array."
    )

    @st.composite
    def answers(draw: DrawFn) -> str | None:
        value = draw(values)
        made: dict[str, list[str]] = {one: found for one in messes if (found := messy(value, one))}
        if isinstance(mess, bool):
            made = {"clean": [json.dumps(value, ensure_ascii=False), json.dumps(value)], **made}
        return draw(st.sampled_from(made[draw(st.sampled_from(list(made)))])) if made else None

    found: SearchStrategy[Any] = answers().filter(vain.found)
    return found


def refusals() -> SearchStrategy[Response]:
    """Draw responses that refuse: by the provider's own sign, or by a sentence that says so."""
    said = [Response(text, (text,), finish_reason="stop") for text in _SORRY]
    signed = [Response(refusal=text, texts=("",), finish_reason="stop") for text in _SORRY]
    return st.sampled_from([*signed, *said, Response(texts=("",), finish_reason="content_filter")])
